//! TLS for the drivers, with rustls: who this side is, whom it trusts, and what can go wrong.
//!
//! A session whose URIs say `msrps` has its connection in TLS (RFC 4975 §5.4). Both sides show a certificate, mostly
//! one made when the program starts, and signalling tells each the fingerprint of the other's (RFC 4975 §14.4,
//! RFC 8122). Where both have certificates of an authority, names are compared instead.
//!
//! - [`Identity`]: the own certificate and its key. Its fingerprint is made from [`Identity::certificate`].
//! - [`Trust`]: how the certificate of the peer is judged.
//! - [`Layer`]: a TLS connection without a socket, for drivers that move octets themselves.
//! - [`client_config`], [`relay_client_config`], [`server_config`], [`server_name`]: for those who use rustls themselves, as the tokio driver
//!   does by way of `tokio-rustls`.
//! - [`TlsError`]: why it failed, and what to tell the `Connection`: [`TlsError::link_error`].
//!
//! Whoever writes a driver of his own does this:
//!
//! 1. The side that connects is the TLS client (RFC 6135 §4.3). It names the host of the peer's URI in the handshake,
//!    wherever it connects to (RFC 4975 §14.2, RFC 6714 §7.1).
//! 2. The server asks for a certificate, and a client without one is refused (RFC 8122 §6.2).
//! 3. Nothing is taken from `Connection::poll_transmit` before the handshake is over and the certificate judged. If
//!    either fails, `Connection::handle_failure` ends the sessions, and not an octet of a message has left.
//! 4. A port that several sessions share does not know for which one a connection comes: it has any certificate
//!    prove its key, keeps it, and judges it when the first request names the session, before the request is
//!    accepted. It does so for each session of the connection, and waits if the answer that has the fingerprint
//!    has not arrived.
//! 5. A peer that closes says so with a close_notify. An end without is a failure: somebody may have cut off what
//!    was under way.
//! 6. Connections are not resumed: a resumed one would not have its certificate judged.
//!
//! Versions are TLS 1.2 and 1.3, all cryptography is that of `ring`.

mod config;
mod error;
mod identity;
mod layer;
mod trust;
mod verifier;

pub use self::config::{client_config, relay_client_config, server_config, server_name};
pub use self::error::TlsError;
pub use self::identity::{Identity, IdentityError};
pub use self::layer::{Layer, Taken};
pub use self::trust::{Check, Trust};

/// How long a handshake may take, in either role.
pub const HANDSHAKE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
