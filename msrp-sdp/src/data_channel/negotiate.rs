//! What becomes of offered channels.

use std::collections::BTreeMap;

use super::{ChannelError, ChannelNegotiationError, DataChannels, DataChannelsError};
use crate::negotiate::negotiate_channel;
use crate::{Agreement, Side};

/// What an offered channel and its answer come to.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ChannelOutcome {
    /// A session. Its plan is [`Action::DataChannel`](crate::Action::DataChannel): no path leads there (RFC 8873 §4.4).
    Session(Box<Agreement>),
    /// The answer has no such channel: it is refused, and closed where it was open (RFC 8864 §6.5).
    Closed,
}

impl DataChannels {
    /// Puts an offer and its answer together: for each channel offered, the settings of its session, or why there is none.
    /// `side` tells which of the two is ours.
    ///
    /// # Errors
    ///
    /// [`DataChannelsError::NotOffered`] if the answer has a channel of MSRP that was not offered: the exchange has failed
    /// (RFC 8864 §6.4).
    pub fn negotiate(
        offer: &Self,
        answer: &Self,
        side: Side,
    ) -> Result<BTreeMap<u16, Result<ChannelOutcome, ChannelNegotiationError>>, DataChannelsError> {
        for (stream, channel) in answer.iter() {
            // What cannot be read may be the channel of another protocol.
            let is_msrp = !matches!(channel, Err(ChannelError::Dcmap(_)));
            if is_msrp && offer.get(stream).is_none() {
                return Err(DataChannelsError::NotOffered(stream));
            }
        }
        let outcomes = offer.channels.iter().map(|(stream, offered)| {
            let outcome = match (offered, answer.get(*stream)) {
                (_, None) => Ok(ChannelOutcome::Closed),
                (_, Some(Err(error))) => Err(ChannelNegotiationError::Answer(error.clone())),
                (Err(error), Some(Ok(_))) => Err(ChannelNegotiationError::Offer(error.clone())),
                (Ok(offered), Some(Ok(answered))) => {
                    negotiate_channel(offered.media(), answered.media(), side)
                        .map(|agreement| ChannelOutcome::Session(Box::new(agreement)))
                        .map_err(ChannelNegotiationError::Negotiation)
                }
            };
            (*stream, outcome)
        });
        Ok(outcomes.collect())
    }
}
