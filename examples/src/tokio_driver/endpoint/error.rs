//! What can go wrong at an endpoint.

use std::io;

use msrp_proto::{
    ExpectErrorReason, OpenErrorReason, RelayConfig, RelayErrorReason, RelayFailure, SendError, SendFailure,
    SessionConfig, TargetError,
};
use thiserror::Error;

use crate::tls::TlsError;
use crate::unreachable::Unreachable;

/// Why a session could not be opened. It is given back.
#[derive(Debug, Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct ConnectError {
    /// The session, untouched.
    pub session: Box<SessionConfig>,
    /// Why it could not be opened.
    #[source]
    pub reason: ConnectErrorReason,
}

/// See [`ConnectError`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectErrorReason {
    /// The URI is in use, or none for a session.
    #[error(transparent)]
    Expect(#[from] ExpectErrorReason),
    /// The connection does not take the session.
    #[error(transparent)]
    Open(#[from] OpenErrorReason),
    /// The connection broke in the handshake.
    #[error("the connection broke in the handshake")]
    Handshake(#[source] io::Error),
    /// The endpoint has no identity for TLS ([`Options::identity`](super::Options::identity)).
    #[error("the endpoint has no certificate")]
    NoIdentity,
    /// It is the peer who connects for this session; see [`Endpoint::expect`](super::Endpoint::expect).
    #[error("it is for the peer to connect")]
    Passive,
    /// The generator of the operating system has failed.
    #[error("no random octets")]
    Random(#[source] io::Error),
    /// The endpoint is shutting down.
    #[error("the endpoint is shutting down")]
    ShuttingDown,
    /// The path of the peer does not say where to connect.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The peer is not whom it should be, or TLS failed otherwise. Nothing was sent to it.
    /// [`TlsError::Plain`]: the next hop is without TLS, and this was
    /// [`connect_tls`](super::Endpoint::connect_tls).
    #[error("no TLS connection could be made")]
    Tls(#[from] TlsError),
    /// No connection could be made: what was said of each address, or of the name.
    #[error("no connection could be made")]
    Unreachable(#[from] Unreachable),
    /// The next hop wants TLS, and nothing says whom to trust: see
    /// [`connect_tls`](super::Endpoint::connect_tls).
    #[error("the next hop wants TLS")]
    Untrusted,
}

impl ConnectErrorReason {
    pub(super) fn with(self, session: SessionConfig) -> ConnectError {
        ConnectError {
            session: Box::new(session),
            reason: self,
        }
    }
}

/// Why there is no path through relays. What was to be asked is given back.
#[derive(Debug, Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct AuthorizeError {
    /// What was to be asked, untouched.
    pub config: Box<RelayConfig>,
    /// Why there is no path.
    #[source]
    pub reason: AuthorizeErrorReason,
}

/// See [`AuthorizeError`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AuthorizeErrorReason {
    /// The relay cannot be asked.
    #[error(transparent)]
    Config(#[from] RelayErrorReason),
    /// The first relay could not be connected to, or is not the one trusted. It was asked nothing.
    #[error(transparent)]
    Connect(#[from] ConnectErrorReason),
    /// A relay has given no path.
    #[error(transparent)]
    Relay(#[from] RelayFailure),
}

/// The deadline of a shutdown has passed; what was still open was dropped.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not everything could be closed in time")]
pub struct DeadlinePassed;

/// Why a streamed message was not sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StreamError {
    /// It was taken, and failed. [`SendFailure::Aborted`] if the reader had fewer octets than announced.
    #[error(transparent)]
    Failed(#[from] SendFailure),
    /// Its octets could not be read. The peer was told that it is abandoned.
    #[error("the body could not be read")]
    Read(#[source] io::Error),
    /// It was not taken, and is given back.
    #[error(transparent)]
    Send(#[from] SendError),
}
