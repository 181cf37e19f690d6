//! `msrp listen` and `msrp send` as processes.

mod arrives;
mod cpim;
mod ends;
mod hostile;
mod parts;
mod refused;
mod support;
