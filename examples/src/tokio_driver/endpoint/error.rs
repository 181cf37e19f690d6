//! What can go wrong at an endpoint.

use std::io;

use msrp_proto::{ExpectErrorReason, OpenErrorReason, SendError, SendFailure, SessionConfig, TargetError};
use thiserror::Error;

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
    /// It is the peer who connects for this session; see [`Endpoint::expect`](super::Endpoint::expect).
    #[error("it is for the peer to connect")]
    Passive,
    /// The endpoint is shutting down.
    #[error("the endpoint is shutting down")]
    ShuttingDown,
    /// The path of the peer does not say where to connect.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The next hop wants TLS. This endpoint knows TCP only; [`Driver`](super::super::Driver) takes any stream.
    #[error("the next hop wants TLS")]
    Tls,
    /// No address answered: what was said of the last one, or of the name.
    #[error("no connection could be made")]
    Unreachable(#[source] io::Error),
}

impl ConnectErrorReason {
    pub(super) fn with(self, session: SessionConfig) -> ConnectError {
        ConnectError {
            session: Box::new(session),
            reason: self,
        }
    }
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
