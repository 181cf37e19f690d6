//! Connections and the network between them, for tests: deterministic, with a clock of their own.
//!
//! With the feature `test-util`. A [`Pair`] is two connections that talk directly; with the feature `relay`, a
//! `Network` is two with `Relay`s between them. They drive [`Connection`](crate::Connection) by its public API alone, so they
//! also serve to test a driver or an application.

#[cfg(feature = "relay")]
mod network;
mod pair;
mod pipe;
mod random;
#[cfg(feature = "relay")]
mod relay;

#[cfg(feature = "relay")]
pub use self::network::Network;
pub use self::pair::{Pair, Side, epoch};
pub use self::pipe::Pipe;
#[cfg(feature = "relay")]
pub use self::relay::{AuthManner, AuthOptions, HopId, Neighbour, Relay, RelayCounts, RelayOptions};
