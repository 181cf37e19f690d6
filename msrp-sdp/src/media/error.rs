//! Why a section cannot be understood.

use msrp_multipart::MediaRangesError;
use msrp_proto::wire::PathError;
use thiserror::Error;

use crate::{
    ConnectionDataError, DescriptionError, Deviation, FileAttributesError, FingerprintError, LabelError,
    MaxSizeError, MediaLineError,
};

/// Why there is no session in a media section. Such a section is answered with port 0
/// ([`Description::answer`](crate::Description::answer) does it for every section that is not accepted).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Not an MSRP section: another media type or protocol.
    #[error("not an MSRP media section")]
    NotMsrp,
    /// A text that is no media section.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// An unreadable `m=`.
    #[error(transparent)]
    Line(#[from] MediaLineError),
    /// An unreadable `c=`.
    #[error(transparent)]
    Connection(#[from] ConnectionDataError),
    /// No `path`, in a section that is not refused (RFC 4975 §8).
    #[error("no path attribute")]
    NoPath,
    /// A malformed `path`.
    #[error("illegal path: {0}")]
    Path(#[from] PathError),
    /// A URI without a port in the path (RFC 4975 §8.2).
    #[error("a URI without a port in the path")]
    NoPort,
    /// `msrp` in the leftmost URI of a section that says TLS, or in the path of a data channel.
    #[error("the path is not secure although the protocol is")]
    Insecure,
    /// No `accept-types`, in a section that is not refused (RFC 4975 §8.6).
    #[error("no accept-types attribute")]
    NoAcceptTypes,
    /// A malformed `accept-types` or `accept-wrapped-types`.
    #[error("illegal list of types: {0}")]
    Types(#[from] MediaRangesError),
    /// A malformed `max-size`.
    #[error(transparent)]
    MaxSize(#[from] MaxSizeError),
    /// Two different directions (RFC 8866 §6.7).
    #[error("contradictory directions")]
    Direction,
    /// A malformed `fingerprint`.
    #[error(transparent)]
    Fingerprint(#[from] FingerprintError),
    /// More than 64 fingerprints.
    #[error("too many fingerprints")]
    TooManyFingerprints,
    /// A malformed `label`.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A malformed attribute of a file transfer.
    #[error(transparent)]
    File(#[from] FileAttributesError),
    /// The attribute stands twice, with different values (ruling S2).
    #[error("contradictory {0} attributes")]
    Repeated(&'static str),
    /// The attribute needs a value and has none, or one that is not UTF-8.
    #[error("no readable value of {0}")]
    Value(&'static str),
    /// A slip that only the strict parser refuses.
    #[error("{0}")]
    Deviation(Deviation),
}
