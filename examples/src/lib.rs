//! Drivers for `msrp-proto`, over blocking sockets and with tokio, in TCP and TLS, and the pieces of the `msrp`
//! program.

pub mod call;
pub mod chat;
pub mod decode;
pub mod demo;
pub mod dscp;
pub mod listen;
pub mod meet;
mod reach;
mod receiving;
pub mod room;
pub mod send;
pub mod std_driver;
pub mod terminal;
pub mod tls;
pub mod tokio_driver;
pub mod unreachable;

/// Compiles the examples of the README.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
#[derive(Debug)]
pub struct Readme;
