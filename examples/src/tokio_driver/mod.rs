//! Drives connections with tokio.
//!
//! - [`Driver`] is for one connection over any stream: TCP, TLS, a pipe in memory. It is a value that is
//!   polled, not a task, so it fits into whatever structure an application has.

mod driver;
mod room;

pub use self::driver::Driver;
pub use crate::std_driver::seed;
