//! One data channel and its session.

use super::{ChannelError, Dcmap};
use crate::{LocalSession, Media, Refusal};

/// A data channel that carries an MSRP session, as one side describes it (RFC 8873 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    dcmap: Dcmap,
    media: Media,
}

impl Channel {
    pub(super) const fn new(dcmap: Dcmap, media: Media) -> Self {
        Self { dcmap, media }
    }

    /// Offers a session on a new channel. `stream` is usually drawn from [`StreamIds`](super::StreamIds); the label is for
    /// the application to choose.
    ///
    /// # Errors
    ///
    /// A [`ChannelError`] if stream or label are not allowed, or the session is not one of
    /// [`Local::data_channel`](crate::Local::data_channel).
    pub fn offer(stream: u16, label: &str, session: &LocalSession) -> Result<Self, ChannelError> {
        Self::with_session(Dcmap::msrp(stream, label)?, session)
    }

    /// The same channel in a further offer, with what the session now says (RFC 8873 §4.4). Its `dcmap` stays.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Carrier`] if the session is not one of [`Local::data_channel`](crate::Local::data_channel).
    pub fn reoffer(&self, session: &LocalSession) -> Result<Self, ChannelError> {
        Self::with_session(self.dcmap.clone(), session)
    }

    /// Accepts this channel of an offer, with its id and its parameters (RFC 8864 §6.4). It is refused by leaving it out of
    /// the answer.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] if no session can come of it.
    pub fn answer(&self, session: &LocalSession) -> Result<Self, Refusal> {
        let media = session.answer_on_channel(&self.media)?;
        Ok(Self::new(self.dcmap.clone(), media))
    }

    fn with_session(dcmap: Dcmap, session: &LocalSession) -> Result<Self, ChannelError> {
        if !session.is_data_channel() {
            return Err(ChannelError::Carrier);
        }
        Ok(Self::new(dcmap, session.offer()))
    }

    /// The id of its SCTP stream.
    pub const fn stream(&self) -> u16 {
        self.dcmap.stream()
    }

    /// Its parameters: what the application makes the channel with.
    pub const fn dcmap(&self) -> &Dcmap {
        &self.dcmap
    }

    /// Its session: the attributes embedded in `dcsa`.
    pub const fn media(&self) -> &Media {
        &self.media
    }

    /// The attributes that describe it, names and values, in the order in which they are written: `dcmap`, then `dcsa`.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let stream = self.stream();
        let mut attributes = vec![("dcmap", self.dcmap.to_string())];
        for (name, value) in self.media.attributes() {
            let embedded = match value {
                None => format!("{stream} {name}"),
                Some(value) => format!("{stream} {name}:{value}"),
            };
            attributes.push(("dcsa", embedded));
        }
        attributes
    }
}
