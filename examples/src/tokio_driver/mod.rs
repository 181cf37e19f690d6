//! Drives connections with tokio.
//!
//! - [`Driver`] is for one connection over any stream: TCP, TLS, a pipe in memory. It is a value that is
//!   polled, not a task, so it fits into whatever structure an application has.
//! - [`Endpoint`] is for many sessions: it listens, connects, shares connections and has a task for each.

mod driver;
mod endpoint;
mod room;

pub use self::driver::Driver;
pub use self::endpoint::{
    ConnectError, ConnectErrorReason, DeadlinePassed, Delivery, Endpoint, Expected, News, Sender, Session,
    StreamError,
};
pub use crate::std_driver::seed;
