//! Two connections and the network between them, for tests: deterministic, with a clock of its own.
//!
//! With the feature `test-util`. Drives [`Connection`](crate::Connection) by its public API alone, so it
//! also serves to test a driver or an application.

mod pair;
mod pipe;

pub use self::pair::{Pair, Side, epoch};
pub use self::pipe::Pipe;
