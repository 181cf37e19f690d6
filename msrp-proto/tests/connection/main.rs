//! The connection, by its public API.

mod smoke;
