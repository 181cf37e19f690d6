//! Sans-IO implementation of MSRP (RFC 4975).

pub mod wire;
