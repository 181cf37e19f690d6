//! The wire codec, by its public API.

mod support;

mod framing;
