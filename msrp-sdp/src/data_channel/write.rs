//! Channels in the section of a WebRTC stack.

use super::{DataChannels, DataChannelsError, read, stream_ids};
use crate::Section;

impl DataChannels {
    /// Adds the `dcmap` and `dcsa` lines of all channels to a section of the WebRTC stack, which has everything else: `m=`
    /// with its port, addresses, DTLS and SCTP, and the channels of other protocols. Nothing of that is touched: without
    /// channels the section comes back as it was (RFC 8873 §4.6).
    ///
    /// For those that write SDP otherwise: [`Channel::attributes`](super::Channel::attributes).
    ///
    /// # Errors
    ///
    /// [`DataChannelsError::NotDataChannels`] for another kind of section, [`DataChannelsError::StreamInUse`] if the section
    /// has a channel on one of the streams.
    pub fn write(&self, section: Section) -> Result<Section, DataChannelsError> {
        if !read::is_association(section.media()) {
            return Err(DataChannelsError::NotDataChannels);
        }
        let present = section
            .attributes()
            .filter(|(name, _)| *name == "dcmap")
            .filter_map(|(_, value)| stream_ids::split(value?));
        for (stream, _) in present {
            if self.channels.contains_key(&stream) {
                return Err(DataChannelsError::StreamInUse(stream));
            }
        }
        let mut section = section;
        for (name, value) in self.usable().flat_map(super::Channel::attributes) {
            section = section
                .with_attribute(name, Some(value.as_bytes()))
                .expect("what is written for a channel has no line end and no NUL in it");
        }
        Ok(section)
    }
}
