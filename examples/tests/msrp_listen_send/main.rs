//! `msrp listen` and `msrp send` as processes.

mod arrives;
mod ends;
mod hostile;
mod refused;
mod support;
