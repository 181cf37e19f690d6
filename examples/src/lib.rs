//! Drivers for `msrp-proto`, over blocking TCP sockets and with tokio, and the pieces of the `msrp` program.

pub mod decode;
pub mod demo;
pub mod listen;
pub mod send;
pub mod std_driver;
pub mod terminal;
pub mod tokio_driver;

/// Compiles the examples of the README.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
#[derive(Debug)]
pub struct Readme;
