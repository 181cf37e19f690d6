//! What `msrp-proto` costs, beside what the machine allows.
//!
//! - [`streams`] makes the octet streams that everything is measured with, always the same ones.
//! - [`decode`], [`receive`], [`send`] and [`reassemble`] are the work that is measured, as an application
//!   would do it, by the public API alone.
//! - [`floor`] is what the same octets cost at least.
//!
//! `cargo bench` measures time, the programs `instructions` and `memory` what their names say. The README of
//! this folder has the figures and how to repeat them.

pub mod baseline;
pub mod decode;
pub mod floor;
pub mod machine;
pub mod reassemble;
pub mod receive;
pub mod send;
pub mod streams;

use std::time::Instant;

/// Time as the work sees it: it stands still, so that no clock is measured along.
pub fn clock() -> Instant {
    Instant::now()
}
