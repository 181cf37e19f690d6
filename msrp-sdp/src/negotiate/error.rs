//! Why no session can work.

use msrp_proto::TargetError;
use msrp_proto::wire::PathError;
use thiserror::Error;

/// Why no session comes of an offer and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NegotiationError {
    /// The offer closes the section: its port is 0.
    #[error("the offer closes the section")]
    Closed,
    /// The answer refuses the section: its port is 0.
    #[error("the answer refuses the section")]
    Refused,
    /// A section without a path.
    #[error("no path")]
    NoPath,
    /// Our own section has no `c=`, so it is not known where to listen.
    #[error("no address to listen on")]
    NoConnection,
    /// None of the types of one side is taken by the other (RFC 4975 §8.6).
    #[error("no common type")]
    NoCommonType,
    /// Offer and answer both are `active`, or active by default (RFC 4145 §4.1).
    #[error("both sides would connect")]
    BothConnect,
    /// The offer is `passive`, and the answer is passive, too, or by default.
    #[error("neither side would connect")]
    NobodyConnects,
    /// The answer is `actpass`, which says nothing (ruling R-58).
    #[error("the answer leaves open who connects")]
    ActpassAnswered,
    /// `msrps` on one side and `msrp` on the other, without a relay between.
    #[error("one side wants TLS and the other does not")]
    Security,
    /// The peer uses TLS and shows no fingerprint, and the policy wants one (RFC 8122 §5).
    #[error("TLS without a fingerprint")]
    NoFingerprint,
    /// None of the peer's fingerprints can be used: hash functions that are unknown or broken.
    #[error("no fingerprint that can be used")]
    NoUsableFingerprint,
    /// The peer's path leads nowhere that could be connected to.
    #[error("the path cannot be connected to: {0}")]
    Target(#[from] TargetError),
    /// The relays here and the path of the peer are too long together.
    #[error(transparent)]
    Path(#[from] PathError),
}
