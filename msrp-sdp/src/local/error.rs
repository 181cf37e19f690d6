//! What cannot be offered.

use msrp_multipart::MediaRangesError;
use msrp_proto::TargetError;
use msrp_proto::wire::{BuildError, PathError};
use thiserror::Error;

use crate::accept_types::NoContainer;

/// Why no session can be described from what a [`Local`](crate::Local) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LocalError {
    /// A listener at port 0, which refuses a section, or 9, which says that nobody listens (RFC 6135 §4.2.2).
    #[error("not a port to listen on")]
    Port,
    /// An address of a group; or, of a side that listens, one that nobody could find: the unspecified one, or a name under
    /// `.invalid`.
    #[error("not an address to be reached at")]
    Host,
    /// TLS between peers without a fingerprint, and without a certificate that proves itself by name (RFC 8122 §5,
    /// RFC 4975 §14.4).
    #[error("TLS without a fingerprint")]
    MissingFingerprint,
    /// A fingerprint where there is no TLS.
    #[error("a fingerprint without TLS")]
    FingerprintWithoutTls,
    /// A WebSocket that leads to no relay (RFC 7977 §5.1).
    #[error("a WebSocket endpoint needs a relay")]
    RelayRequired,
    /// Nobody could connect to the outermost relay, or the URI of one has no port: those in SDP do (RFC 4975 §8.2).
    #[error("an unusable relay: {0}")]
    Relay(#[from] TargetError),
    /// A data channel behind a relay (RFC 8873 §6).
    #[error("a data channel has no relay")]
    RelayNotAllowed,
    /// A chat room, or a label of RFC 4574, on a data channel, for which they are not defined (RFC 8873 §9.3). The channel
    /// itself has a label.
    #[error("not defined for data channels")]
    NotEmbedded,
    /// A URI that must not be, such as one of a WebSocket or data channel without TLS (RFC 7977 §5.1, RFC 8873 §4.2).
    #[error(transparent)]
    Uri(#[from] BuildError),
    /// The path would be too long.
    #[error(transparent)]
    Path(#[from] PathError),
    /// No accepted types: `accept-types` has to be there, and to have an entry (RFC 4975 §8.6).
    #[error("no accepted types")]
    NoTypes,
    /// Wrapped types without a container type (RFC 4975 §8.6).
    #[error(transparent)]
    NoContainer(#[from] NoContainer),
    /// Too many types.
    #[error(transparent)]
    Types(#[from] MediaRangesError),
}
