//! From attributes to their meaning.

use std::str;
use std::sync::Arc;

use msrp_multipart::Deviation as TypesDeviation;
use msrp_proto::wire::{Path, PathError, Scheme, UriRef};
use msrp_proto::{Direction, MediaRanges};

use super::{Carrier, Media, MediaError};
use crate::{
    Chatroom, ConnectionData, Deviation, Deviations, FileAttributes, Fingerprint, Fingerprints, Label,
    MaxSize, MediaLine, Protocol, Section, Setup,
};

/// More than any certificate needs: they are compared with one another.
const MAX_FINGERPRINTS: usize = 64;

/// What the session level says for all media sections that do not say otherwise (RFC 8866 §5): the address, the
/// direction, `setup` and `fingerprint`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionLevel {
    connection: Option<ConnectionData>,
    direction: Option<Direction>,
    setup: Option<Setup>,
    fingerprints: Fingerprints,
}

impl SessionLevel {
    /// Reads the attributes before the first media section: pairs of a name and what stands behind the colon.
    /// Attributes of MSRP and of file transfers mean nothing there (RFC 4975 §15.7, RFC 5547 §6).
    ///
    /// # Errors
    ///
    /// A [`MediaError`] if one of them is malformed, or two contradict each other.
    pub fn from_attributes<'a>(
        connection: Option<&ConnectionData>,
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
    ) -> Result<(Self, Deviations), MediaError> {
        let mut found = Found::default();
        for (name, value) in attributes {
            found.take_of_either_level(name, value)?;
        }
        let level = Self {
            connection: connection.cloned(),
            direction: found.direction,
            setup: found.setup,
            fingerprints: found.fingerprints.into_iter().collect(),
        };
        Ok((level, found.deviations))
    }
}

impl Media {
    /// The most URIs that a path may have.
    pub const MAX_PATH: usize = 32;

    /// Reads one media section as text: its `m=` line and those that follow.
    ///
    /// # Errors
    ///
    /// A [`MediaError`] if there is no MSRP session in it.
    pub fn parse(text: &[u8]) -> Result<Self, MediaError> {
        Self::parse_with_deviations(text).map(|(media, _)| media)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(text: &[u8]) -> Result<(Self, Deviations), MediaError> {
        let (section, mut deviations) = Section::parse_with_deviations(text)?;
        let (media, of_media) = Self::from_section(&section, &SessionLevel::default())?;
        deviations.extend(&of_media);
        Ok((media, deviations))
    }

    /// As [`parse`](Self::parse), and refuses what the grammar does not allow.
    ///
    /// # Errors
    ///
    /// As there, and [`MediaError::Deviation`].
    pub fn parse_strict(text: &[u8]) -> Result<Self, MediaError> {
        let (media, deviations) = Self::parse_with_deviations(text)?;
        match deviations.first() {
            None => Ok(media),
            Some(deviation) => Err(MediaError::Deviation(deviation)),
        }
    }

    /// Reads a section of a [`Description`](crate::Description), and tells what was forgiven in it.
    ///
    /// # Errors
    ///
    /// A [`MediaError`] if there is no MSRP session in it.
    pub fn from_section(section: &Section, session: &SessionLevel) -> Result<(Self, Deviations), MediaError> {
        Self::from_attributes(
            section.media(),
            section.connection(),
            section.attributes(),
            session,
        )
    }

    /// Reads the attributes that another parser of SDP has found in a media section: pairs of a name and what stands
    /// behind the colon. Tells what was forgiven, too.
    ///
    /// # Errors
    ///
    /// A [`MediaError`] if there is no MSRP session in them.
    pub fn from_attributes<'a>(
        line: &MediaLine,
        connection: Option<&ConnectionData>,
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
        session: &SessionLevel,
    ) -> Result<(Self, Deviations), MediaError> {
        let protocol = line.msrp_protocol().ok_or(MediaError::NotMsrp)?;
        let connection = connection.or(session.connection.as_ref()).cloned();
        let mut found = Found::default();
        found.deviations.extend(&line.msrp_deviations());
        if connection.is_none() {
            found.deviations.insert(Deviation::NoConnection);
        }
        found.take_all(attributes)?;
        found.into_media(Carrier::Stream(protocol), line.port(), connection, session)
    }

    /// Reads the attributes of a data channel (RFC 8873 §4.4): those embedded in `dcsa`.
    pub(crate) fn of_data_channel<'a>(
        port: u16,
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
    ) -> Result<(Self, Deviations), MediaError> {
        let mut found = Found::default();
        found.take_all(attributes)?;
        found.into_media(Carrier::DataChannel, port, None, &SessionLevel::default())
    }
}

/// What attributes say, before it is known whether all that is needed is there.
#[derive(Default)]
struct Found<'a> {
    deviations: Deviations,
    direction: Option<Direction>,
    setup: Option<Setup>,
    setup_value: Option<&'a [u8]>,
    fingerprints: Vec<Fingerprint>,
    cema: bool,
    path: Option<&'a [u8]>,
    accept_types: Option<&'a [u8]>,
    accept_wrapped_types: Option<&'a [u8]>,
    max_size: Option<&'a [u8]>,
    label: Option<&'a [u8]>,
    chatroom: Option<Option<&'a [u8]>>,
    file: Vec<(&'a str, Option<&'a [u8]>)>,
}

impl<'a> Found<'a> {
    fn take_all(
        &mut self,
        attributes: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>,
    ) -> Result<(), MediaError> {
        for (name, value) in attributes {
            self.take_of_either_level(name, value)?;
            self.take(name, value)?;
        }
        Ok(())
    }

    fn take_of_either_level(&mut self, name: &'a str, value: Option<&'a [u8]>) -> Result<(), MediaError> {
        match (name, value) {
            ("sendrecv" | "sendonly" | "recvonly" | "inactive", None) => {
                let direction = direction(name);
                match self.direction.replace(direction) {
                    Some(before) if before != direction => return Err(MediaError::Direction),
                    Some(_) => self.deviations.insert(Deviation::Duplicate),
                    None => {}
                }
            }
            ("setup", value) => {
                let value = self.deviations.trim(value.ok_or(MediaError::Value("setup"))?);
                once(&mut self.setup_value, value, "setup", &mut self.deviations)?;
                let text = text(value, "setup")?;
                self.setup = Setup::parse(text);
                if self.setup.is_none() && !text.eq_ignore_ascii_case("holdconn") {
                    self.deviations.insert(Deviation::BadRole);
                }
            }
            ("fingerprint", value) => {
                let value = value.ok_or(MediaError::Value("fingerprint"))?;
                let (fingerprint, deviations) = Fingerprint::parse_with_deviations(value)?;
                self.deviations.extend(&deviations);
                if self.fingerprints.contains(&fingerprint) {
                    self.deviations.insert(Deviation::Duplicate);
                } else if self.fingerprints.len() >= MAX_FINGERPRINTS {
                    return Err(MediaError::TooManyFingerprints);
                } else {
                    self.fingerprints.push(fingerprint);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, name: &'a str, value: Option<&'a [u8]>) -> Result<(), MediaError> {
        let (slot, name) = match name {
            "path" => (&mut self.path, "path"),
            "accept-types" => (&mut self.accept_types, "accept-types"),
            "accept-wrapped-types" => (&mut self.accept_wrapped_types, "accept-wrapped-types"),
            "max-size" => (&mut self.max_size, "max-size"),
            "label" => (&mut self.label, "label"),
            // Without a value, too (RFC 7701 §8).
            "chatroom" => return once(&mut self.chatroom, value, "chatroom", &mut self.deviations),
            "msrp-cema" => {
                // With a value it is another attribute (RFC 6714 §5.2).
                if value.is_none() && std::mem::replace(&mut self.cema, true) {
                    self.deviations.insert(Deviation::Duplicate);
                }
                return Ok(());
            }
            _ if name.starts_with("file-") => {
                self.file.push((name, value));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let value = value.ok_or(MediaError::Value(name))?;
        once(slot, value, name, &mut self.deviations)
    }

    fn into_media(
        self,
        carrier: Carrier,
        port: u16,
        connection: Option<ConnectionData>,
        session: &SessionLevel,
    ) -> Result<(Media, Deviations), MediaError> {
        let mut deviations = self.deviations;
        let closed = port == 0;
        let path = self
            .path
            .map(|value| read_path(value, &mut deviations))
            .transpose()?;
        match &path {
            // Nobody connects to a closed section, whatever its path says.
            Some(_) if closed && carrier != Carrier::DataChannel => {}
            Some(path) => check_path(path, carrier, &mut deviations)?,
            None if closed => {}
            None => return Err(MediaError::NoPath),
        }
        let accept_types = match self.accept_types {
            Some(value) => read_types(value, &mut deviations)?,
            // Optional there (RFC 8873 §4.4, ruling S29).
            None if carrier == Carrier::DataChannel => MediaRanges::any(),
            None if closed => MediaRanges::new(),
            None => return Err(MediaError::NoAcceptTypes),
        };
        let accept_wrapped_types = self
            .accept_wrapped_types
            .map(|value| read_types(value, &mut deviations))
            .transpose()?
            // An empty list adds nothing to the accepted types, as its absence does, and could not be written.
            .filter(|types| !types.is_empty());
        let chatroom = match self.chatroom {
            None => None,
            Some(None) => Some(Chatroom::new()),
            Some(Some(value)) => {
                let (chatroom, slips) = Chatroom::parse_with_deviations(value);
                deviations.extend(&slips);
                Some(chatroom)
            }
        };
        let max_size = match self.max_size {
            None => None,
            Some(value) => {
                let (size, slips) = MaxSize::parse_with_deviations(value)?;
                deviations.extend(&slips);
                Some(size.octets())
            }
        };
        let label = match self.label {
            None => None,
            Some(value) => {
                let (label, slips) = Label::parse_with_deviations(value)?;
                deviations.extend(&slips);
                Some(label)
            }
        };
        let (file, slips) = FileAttributes::from_attributes(self.file)?;
        deviations.extend(&slips);
        let fingerprints = match self.fingerprints {
            none if none.is_empty() => session.fingerprints.clone(),
            own => own.into_iter().collect(),
        };
        let media = Media {
            carrier,
            port,
            connection,
            path,
            accept_types: Arc::new(accept_types),
            accept_wrapped_types: accept_wrapped_types.map(Arc::new),
            max_size,
            direction: self.direction.or(session.direction).unwrap_or_default(),
            setup: self.setup.or(session.setup),
            cema: self.cema,
            fingerprints,
            label,
            chatroom,
            file,
        };
        Ok((media, deviations))
    }
}

/// Of an attribute that stands once the same value again is a slip, another one an error (ruling S2).
fn once<T: PartialEq>(
    slot: &mut Option<T>,
    value: T,
    name: &'static str,
    deviations: &mut Deviations,
) -> Result<(), MediaError> {
    match slot {
        None => *slot = Some(value),
        Some(before) if *before == value => deviations.insert(Deviation::Duplicate),
        Some(_) => return Err(MediaError::Repeated(name)),
    }
    Ok(())
}

fn text<'a>(value: &'a [u8], name: &'static str) -> Result<&'a str, MediaError> {
    str::from_utf8(value).map_err(|_| MediaError::Value(name))
}

fn direction(name: &str) -> Direction {
    match name {
        "sendonly" => Direction::SendOnly,
        "recvonly" => Direction::RecvOnly,
        "inactive" => Direction::Inactive,
        _ => Direction::SendRecv,
    }
}

/// Several SP, and those around the path, are forgiven (ruling R-48).
fn read_path(value: &[u8], deviations: &mut Deviations) -> Result<Path, MediaError> {
    match Path::parse(value, Media::MAX_PATH) {
        Err(PathError::Spacing) => {
            deviations.insert(Deviation::Blank);
            let uris: Vec<&[u8]> = value
                .split(|octet| *octet == b' ')
                .filter(|uri| !uri.is_empty())
                .collect();
            Ok(Path::parse(&uris.join(&b' '), Media::MAX_PATH)?)
        }
        result => Ok(result?),
    }
}

fn check_path(path: &Path, carrier: Carrier, deviations: &mut Deviations) -> Result<(), MediaError> {
    // A WebSocket or data channel is not connected to by its URI; RFC 7977 §8.2.1 writes one without a port.
    let connectable = |uri: &UriRef<'_>| uri.transport().eq_ignore_ascii_case("tcp");
    if path.iter().any(|uri| connectable(&uri) && uri.port().is_none()) {
        return Err(MediaError::NoPort);
    }
    let secure = path.leftmost().scheme() == Scheme::Msrps;
    match carrier {
        Carrier::Stream(Protocol::Tls) if !secure => Err(MediaError::Insecure),
        Carrier::Stream(Protocol::Tcp) if secure => {
            deviations.insert(Deviation::Protocol);
            Ok(())
        }
        // Samples of RFC 8864 have it (ruling S24).
        Carrier::DataChannel if !secure => {
            deviations.insert(Deviation::Scheme);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn read_types(value: &[u8], deviations: &mut Deviations) -> Result<MediaRanges, MediaError> {
    let (ranges, slips) = MediaRanges::parse_with_deviations(value)?;
    if slips.contains(TypesDeviation::EmptyList) {
        deviations.insert(Deviation::EmptyValue);
    }
    if slips.iter().any(|slip| slip != TypesDeviation::EmptyList) {
        deviations.insert(Deviation::Types);
    }
    Ok(ranges)
}
