//! Sans-IO implementation of MSRP (RFC 4975).

mod target;
pub mod wire;

pub use self::target::{Host, Lookup, ReuseKey, Target, TargetError, Transport};
