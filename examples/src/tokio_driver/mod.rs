//! Drives connections with tokio.
//!
//! - [`Driver`] is for one connection over any stream: TCP, TLS, a pipe in memory. It is a value that is
//!   polled, not a task, so it fits into whatever structure an application has.
//! - [`Endpoint`] is for many sessions: it listens, connects, shares connections and has a task for each.
//! - [`Call`] brings a session from an offer and an answer (msrp-sdp) to an `Endpoint`.

mod call;
mod connect;
mod driver;
mod endpoint;
mod room;
mod service;

pub use self::call::{Call, CallError};
pub use self::connect::{connect, connect_any};
pub use self::driver::Driver;
pub use self::endpoint::{
    Arriving, AuthorizeError, AuthorizeErrorReason, ConnectError, ConnectErrorReason, DeadlinePassed,
    Delivery, DeliveryReport, DeliveryStage, DeliveryState, Endpoint, Expected, Judge, Lost, News, Options,
    Relayed, Sender, Session, StreamError,
};
pub use crate::std_driver::seed;
