//! From the attributes of a section to its channels.

use std::collections::BTreeMap;
use std::str;

use super::dcsa::{self, Attribute, Dcsa};
use super::{Channel, ChannelError, DataChannels, DataChannelsError, Dcmap, DcmapError, stream_ids};
use crate::{Deviation, Deviations, Media, MediaError, MediaLine, Section};

impl DataChannels {
    /// Reads the section of an association as text: its `m=` line and those that follow.
    ///
    /// # Errors
    ///
    /// A [`DataChannelsError`] if it cannot be said which channels there are.
    pub fn parse(text: &[u8]) -> Result<Self, DataChannelsError> {
        Self::parse_with_deviations(text).map(|(channels, _)| channels)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(text: &[u8]) -> Result<(Self, Deviations), DataChannelsError> {
        let (section, mut deviations) = Section::parse_with_deviations(text)?;
        let (channels, of_channels) = Self::from_section(&section)?;
        deviations.extend(&of_channels);
        Ok((channels, deviations))
    }

    /// As [`parse`](Self::parse), and refuses what the grammar does not allow.
    ///
    /// # Errors
    ///
    /// As there, and [`DataChannelsError::Deviation`].
    pub fn parse_strict(text: &[u8]) -> Result<Self, DataChannelsError> {
        let (channels, deviations) = Self::parse_with_deviations(text)?;
        match deviations.first() {
            None => Ok(channels),
            Some(deviation) => Err(DataChannelsError::Deviation(deviation)),
        }
    }

    /// Reads a section of a [`Description`](crate::Description), and tells what was forgiven in it.
    ///
    /// # Errors
    ///
    /// A [`DataChannelsError`] if it cannot be said which channels there are. One that is described badly does not
    /// hurt the others: it is an error of its own, which [`get`](Self::get) and [`iter`](Self::iter) show.
    pub fn from_section(section: &Section) -> Result<(Self, Deviations), DataChannelsError> {
        Self::from_attributes(section.media(), section.attributes())
    }

    /// Reads the attributes that another parser of SDP has found in the section: pairs of a name and what stands behind
    /// the colon. Tells what was forgiven, too.
    ///
    /// # Errors
    ///
    /// As [`from_section`](Self::from_section).
    pub fn from_attributes<'a>(
        line: &MediaLine,
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
    ) -> Result<(Self, Deviations), DataChannelsError> {
        if !is_association(line) {
            return Err(DataChannelsError::NotDataChannels);
        }
        let mut found = Found::default();
        for (name, value) in attributes {
            found.take(name, value)?;
        }
        // Of several bundled sections only the first has a port in an offer (RFC 8843 §6).
        if line.port() == 0 && !found.bundle_only {
            return Ok((Self::default(), Deviations::default()));
        }
        found.into_channels(line.port())
    }
}

/// Whether the section is that of an SCTP association for data channels (RFC 8841 §4).
pub(super) fn is_association(line: &MediaLine) -> bool {
    let is_one_of = |field: &str, names: &[&str]| names.iter().any(|name| field.eq_ignore_ascii_case(name));
    is_one_of(line.media(), &["application"])
        && is_one_of(line.proto(), &["UDP/DTLS/SCTP", "TCP/DTLS/SCTP"])
        && is_one_of(line.formats(), &["webrtc-datachannel"])
}

#[derive(Default)]
struct Found<'a> {
    deviations: Deviations,
    streams: BTreeMap<u16, Lines<'a>>,
    max_message_size: Option<&'a [u8]>,
    bundle_only: bool,
}

/// The lines about one stream.
#[derive(Default)]
struct Lines<'a> {
    dcmap: Option<&'a [u8]>,
    repeated: bool,
    contradictory: bool,
    attributes: Vec<Attribute<'a>>,
    malformed: bool,
    deviations: Deviations,
}

impl<'a> Found<'a> {
    fn take(&mut self, name: &'a str, value: Option<&'a [u8]>) -> Result<(), DataChannelsError> {
        let value = value.unwrap_or_default();
        match name {
            "dcmap" => {
                let (stream, _) = stream_ids::split(value).ok_or(DcmapError::Stream)?;
                let lines = self.streams.entry(stream).or_default();
                match lines.dcmap.replace(value) {
                    Some(before) if before != value => lines.contradictory = true,
                    Some(_) => lines.repeated = true,
                    None => {}
                }
            }
            "dcsa" => {
                let mut deviations = Deviations::default();
                let dcsa = Dcsa::parse(value, &mut deviations).ok_or(DataChannelsError::Dcsa)?;
                let lines = self.streams.entry(dcsa.stream).or_default();
                match dcsa.attribute {
                    None => lines.malformed = true,
                    Some(attribute) if dcsa::is_embedded(&attribute) => {
                        lines.attributes.push(attribute);
                        lines.deviations.extend(&deviations);
                    }
                    Some(_) => {}
                }
            }
            "max-message-size" => match self.max_message_size.replace(value) {
                Some(before) if before != value => return Err(DataChannelsError::MaxMessageSize),
                Some(_) => self.deviations.insert(Deviation::Duplicate),
                None => {}
            },
            "bundle-only" => self.bundle_only = true,
            _ => {}
        }
        Ok(())
    }

    fn into_channels(self, port: u16) -> Result<(DataChannels, Deviations), DataChannelsError> {
        let mut deviations = self.deviations;
        let mut channels = BTreeMap::new();
        for (stream, lines) in self.streams {
            let Some(dcmap) = lines.dcmap else {
                deviations.insert(Deviation::OrphanDcsa);
                continue;
            };
            match Dcmap::parse_with_deviations(dcmap) {
                Err(DcmapError::Exclusive) => return Err(DcmapError::Exclusive.into()),
                _ if lines.contradictory => {
                    channels.insert(stream, Err(DcmapError::Repeated("dcmap").into()));
                }
                Err(error) => {
                    channels.insert(stream, Err(error.into()));
                }
                Ok((dcmap, slips)) if dcmap.is_msrp() => {
                    deviations.extend(&slips);
                    channels.insert(stream, lines.into_channel(port, dcmap, &mut deviations));
                }
                Ok(_) => {}
            }
        }
        let max_message_size = self.max_message_size.map(message_size).transpose()?;
        let channels = DataChannels {
            channels,
            max_message_size,
        };
        Ok((channels, deviations))
    }
}

impl Lines<'_> {
    fn into_channel(
        self,
        port: u16,
        dcmap: Dcmap,
        deviations: &mut Deviations,
    ) -> Result<Channel, ChannelError> {
        if self.repeated {
            deviations.insert(Deviation::Duplicate);
        }
        deviations.extend(&self.deviations);
        if !dcmap.is_reliable() {
            return Err(ChannelError::Unreliable);
        }
        if self.malformed {
            return Err(ChannelError::Dcsa);
        }
        let (media, slips) = match Media::of_data_channel(port, self.attributes) {
            Err(MediaError::NoPath) => return Err(ChannelError::MissingDcsa("path")),
            read => read?,
        };
        deviations.extend(&slips);
        let missing = if media.path().is_none() {
            Some("path")
        } else if !media.cema() {
            Some("msrp-cema")
        } else if media.setup().is_none() {
            Some("setup")
        } else {
            None
        };
        match missing {
            Some(name) => Err(ChannelError::MissingDcsa(name)),
            None => Ok(Channel::new(dcmap, media)),
        }
    }
}

/// 0 is no limit (RFC 8841 §6.1); more than fits is none either.
fn message_size(value: &[u8]) -> Result<usize, DataChannelsError> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(DataChannelsError::MaxMessageSize);
    }
    let size = str::from_utf8(value)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .filter(|size| *size > 0);
    Ok(size.unwrap_or(usize::MAX))
}
