//! What can be wrong with data channels.

use thiserror::Error;

use super::{Channel, DcmapError};
use crate::{DescriptionError, Deviation, MediaError, MediaLineError, NegotiationError};

/// Why a section has no data channels that could be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DataChannelsError {
    /// Its `m=` is not that of an SCTP association for data channels (RFC 8841 §4).
    #[error("not a section of data channels")]
    NotDataChannels,
    /// A text that is no media section.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// An unreadable `m=`.
    #[error(transparent)]
    Line(#[from] MediaLineError),
    /// A `dcmap` without a stream id, or with both `max-retr` and `max-time`, for which an offer has to be rejected as a
    /// whole (RFC 8864 §6.2).
    #[error("illegal dcmap: {0}")]
    Dcmap(#[from] DcmapError),
    /// A `dcsa` without a stream id.
    #[error("dcsa without a stream id")]
    Dcsa,
    /// A `max-message-size` that is no number, or two that differ (RFC 8841 §6).
    #[error("illegal max-message-size")]
    MaxMessageSize,
    /// The stream has a channel already.
    #[error("stream {0} is in use")]
    StreamInUse(u16),
    /// The answer has a channel that was not offered (RFC 8864 §6.4).
    #[error("stream {0} was not offered")]
    NotOffered(u16),
    /// A slip that only the strict parser refuses.
    #[error("{0}")]
    Deviation(Deviation),
}

/// Why a data channel cannot carry an MSRP session. It is refused, or closed; the others go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// An illegal `dcmap`, or two that differ (ruling S2). What protocol is spoken there is not known.
    #[error("illegal dcmap: {0}")]
    Dcmap(#[from] DcmapError),
    /// `max-retr`, `max-time` or `ordered=false` (RFC 8873 §4.3).
    #[error("the channel is not reliable or not in order")]
    Unreliable,
    /// One of the attributes that have to be embedded in `dcsa`, or nothing usable in it: `path`, `msrp-cema` or `setup`
    /// (RFC 8873 §4.4).
    #[error("no {0} in a dcsa")]
    MissingDcsa(&'static str),
    /// A `dcsa` with nothing that could be an attribute in it.
    #[error("a dcsa without an attribute")]
    Dcsa,
    /// An attribute embedded in `dcsa` is malformed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The session to be offered is not one of [`Local::data_channel`](crate::Local::data_channel).
    #[error("not a session for a data channel")]
    Carrier,
}

/// Why no session comes of an offered channel and its answer. The channel is to be closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChannelNegotiationError {
    /// The offer does not describe an MSRP channel; it should have been left out of the answer.
    #[error("illegal offer: {0}")]
    Offer(ChannelError),
    /// The answer does not describe an MSRP channel.
    #[error("illegal answer: {0}")]
    Answer(ChannelError),
    /// Offer and answer do not fit together.
    #[error(transparent)]
    Negotiation(#[from] NegotiationError),
}

/// The stream has a channel already: each carries one session (RFC 8873 §5.1).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the stream has a channel already")]
pub struct ChannelBusy {
    /// The channel that was not taken.
    pub channel: Box<Channel>,
}
