//! Endpoints behind a relay that says what the test tells it to.

mod authorize;
mod events;
mod idle;
mod scripted;
mod service;
mod sessions;
