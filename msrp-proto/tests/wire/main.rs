//! The wire codec, by its public API.

mod rewrite;
mod support;

mod codes;
mod debug;
mod encode;
mod framing;
mod headers;
mod start_line;
mod vectors;
