//! The clock type. This is the only file that names it, so another one can be put in its place.

pub use std::time::Instant;
