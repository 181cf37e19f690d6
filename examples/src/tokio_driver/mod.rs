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

pub use self::call::{Call, CallError};
pub use self::connect::{connect, connect_any};
pub use self::driver::Driver;
pub use self::endpoint::{
    ConnectError, ConnectErrorReason, DeadlinePassed, Delivery, Endpoint, Expected, Lost, News, Options,
    Sender, Session, StreamError,
};
pub use crate::std_driver::seed;
