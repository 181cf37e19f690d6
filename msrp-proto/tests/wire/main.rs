//! The wire codec, by its public API.

mod description;
mod rewrite;
mod support;

mod codes;
mod cost;
mod debug;
mod encode;
mod framing;
mod headers;
mod limits;
mod properties;
mod start_line;
mod vectors;
