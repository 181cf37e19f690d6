//! What can go wrong with relays.

use thiserror::Error;

use super::RelayConfig;
use crate::wire::StatusCode;
use crate::wire::digest::ChallengeError;

/// Why relays are not asked for a path. The configuration is given back.
#[derive(Clone, Debug, Error)]
#[error("{reason}")]
pub struct RelayError {
    /// The configuration, untouched.
    pub config: Box<RelayConfig>,
    /// What is wrong with it.
    #[source]
    pub reason: RelayErrorReason,
}

/// See [`RelayError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelayErrorReason {
    /// The connection is closing or lost.
    #[error("the connection is closing")]
    Closing,
    /// The URI of a relay is not `msrps`: AUTH goes over TLS only (RFC 4976 §8).
    #[error("a relay is reached over TLS only")]
    Insecure,
    /// The own URI has no port (RFC 4976 §8).
    #[error("the URI has no port")]
    NoPort,
    /// The own URI names a host, not a session (RFC 4975 §6).
    #[error("the URI has no session-id")]
    NoSessionId,
    /// The link is not protected (RFC 4976 §9.2).
    #[error("AUTH needs a protected link")]
    NotSecure,
    /// As many paths are asked for or held as the connection may have sessions.
    #[error("too many paths")]
    TooMany,
    /// More than [`RelayPath::MAX`](crate::RelayPath::MAX) relays in a row.
    #[error("too many relays in a row")]
    TooManyRelays,
}

/// Why there is no path through relays, or none any more.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelayFailure {
    /// The challenge of a 401 is none that may be answered.
    #[error("the challenge cannot be answered: {0}")]
    Challenge(#[from] ChallengeError),
    /// The connection ended: a path is valid on the connection that it came over only (RFC 4976 §6.3).
    #[error("the connection ended")]
    ConnectionLost,
    /// The relay refuses the credentials.
    #[error("the credentials were refused")]
    Credentials,
    /// The path has expired.
    #[error("the path has expired")]
    Expired,
    /// The relay grants no lifetime, or none that it can agree upon with this side (RFC 4976 §4.6).
    #[error("no agreement about the lifetime")]
    Lifetime,
    /// There are no credentials for this realm.
    #[error("no credentials for the realm {0:?}")]
    NoCredentials(Box<str>),
    /// The relay has not proved that it knows the password, or its proof is wrong (RFC 4976 §9.1).
    #[error("the relay has not proved itself")]
    NotAuthenticated,
    /// The relay answered with that status, such as 403.
    #[error("the relay answered {0}")]
    Refused(StatusCode),
    /// The application has given the path up.
    #[error("given up")]
    Released,
    /// The session that used the path has ended; a path is for one (RFC 4976 §3.1).
    #[error("the session on it has ended")]
    SessionEnded,
    /// No response within the time.
    #[error("timed out")]
    TimedOut,
    /// The request does not fit into a message of the transport ([`Link`](crate::Link)).
    #[error("longer than a message of the transport")]
    TooLong,
    /// The 200 has no Use-Path that could be used (RFC 4976 §4.1, §4.2).
    #[error("no usable Use-Path")]
    UsePath,
}
