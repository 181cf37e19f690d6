//! `msrp call` as two processes.

mod by_hand;
mod ends;
mod files;
mod refused;
mod support;
mod tampered;
