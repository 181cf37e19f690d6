//! Media sections (RFC 8866 §5.14).

use std::fmt;

use crate::level::{Level, write_line};
use crate::reader::{RawLine, Reader};
use crate::{ConnectionData, DescriptionError, Deviations, MediaLine, MediaLineError, ValueError};

/// A media section, of MSRP or of anything else: an `m=` and what belongs to it. Lines keep their octets.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    media: MediaLine,
    level: Level,
}

impl Section {
    /// A section with nothing but this line.
    pub fn new(line: MediaLine) -> Self {
        Self {
            media: line,
            level: Level::default(),
        }
    }

    /// Reads one media section, from `m=` on.
    ///
    /// # Errors
    ///
    /// A [`DescriptionError`] if it has not one reading, or exceeds the limits of a description.
    pub fn parse(text: &[u8]) -> Result<Self, DescriptionError> {
        Self::parse_with_deviations(text).map(|(section, _)| section)
    }

    /// As [`parse`](Self::parse), and refuses what it would forgive.
    ///
    /// # Errors
    ///
    /// As there, and [`DescriptionError::Deviation`].
    pub fn parse_strict(text: &[u8]) -> Result<Self, DescriptionError> {
        let (section, deviations) = Self::parse_with_deviations(text)?;
        match deviations.first() {
            Some(deviation) => Err(DescriptionError::Deviation(deviation)),
            None => Ok(section),
        }
    }

    /// As [`parse`](Self::parse), and tells what was forgiven. That there is no `c=` is not told: the session may
    /// have one.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(text: &[u8]) -> Result<(Self, Deviations), DescriptionError> {
        let mut reader = Reader::new(text)?;
        let line = reader.next()?.ok_or(DescriptionError::Missing { letter: 'm' })?;
        if line.letter != b'm' {
            return Err(DescriptionError::Missing { letter: 'm' });
        }
        match Self::read(line, &mut reader)? {
            (section, None) => Ok((section, reader.deviations)),
            (_, Some(next)) => Err(DescriptionError::Order { line: next.number }),
        }
    }

    /// The media line.
    pub const fn media(&self) -> &MediaLine {
        &self.media
    }

    /// The text of `i=`, which describes the media or, in file transfer, the file (RFC 5547 §6).
    pub fn info(&self) -> Option<&[u8]> {
        self.level.first(b'i')
    }

    /// The address of this section; `None` if it has none of its own, or it is not that of one host of the Internet.
    pub const fn connection(&self) -> Option<&ConnectionData> {
        self.level.connection()
    }

    /// The attributes, in order: their names and what stands behind the colon. Names are compared with regard to
    /// case.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.level.attributes()
    }

    /// What stands behind the colon of the first attribute of this name; `None` if there is no such attribute.
    pub fn attribute(&self, name: &str) -> Option<Option<&[u8]>> {
        self.attributes()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The same section with this address and no other.
    #[must_use]
    pub fn with_connection(mut self, connection: ConnectionData) -> Self {
        self.level.set_connection(connection);
        self
    }

    /// The same section with another `i=`.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the text is empty, or has NUL, CR or LF in it.
    pub fn with_info(mut self, text: &[u8]) -> Result<Self, ValueError> {
        self.level.set(b'i', text)?;
        Ok(self)
    }

    /// The same section with one more attribute.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the name is no token, or the value is empty or has NUL, CR or LF in it.
    pub fn with_attribute(mut self, name: &str, value: Option<&[u8]>) -> Result<Self, ValueError> {
        self.level.add_attribute(name, value)?;
        Ok(self)
    }

    /// The section that refuses this one: port 0, the same protocol and formats, and nothing else (RFC 8866 §5.14,
    /// RFC 4975 §8.1).
    #[must_use]
    pub fn refused(&self) -> Self {
        Self::new(self.media.clone().with_port(0))
    }

    /// The section as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Appends the section as it is sent.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_line(b'm', self.media.to_string().as_bytes(), out);
        self.level.write(out);
    }

    /// The same section with port 0.
    pub(crate) fn closed(self) -> Self {
        Self {
            media: self.media.with_port(0),
            ..self
        }
    }

    /// Whether there is a `c=`, of whatever kind.
    pub(crate) fn has_connection(&self) -> bool {
        self.level.has(b'c')
    }

    /// Reads on from an `m=`, up to the next one, which is returned.
    pub(crate) fn read<'a>(
        first: RawLine<'a>,
        reader: &mut Reader<'a>,
    ) -> Result<(Self, Option<RawLine<'a>>), DescriptionError> {
        let media = str::from_utf8(reader.deviations.trim_end(first.value))
            .map_err(|_| MediaLineError::Syntax)
            .and_then(MediaLine::parse)
            .map_err(|reason| DescriptionError::Media {
                line: first.number,
                reason,
            })?;
        let is_msrp = media.msrp_protocol().is_some();
        if is_msrp {
            reader.deviations.extend(&media.msrp_deviations());
        }

        let mut level = Level::default();
        let mut next = None;
        while let Some(line) = reader.next()? {
            match line.letter {
                b'm' => {
                    next = Some(line);
                    break;
                }
                // Several are the layers of something sent to groups (RFC 8866 §5.7).
                b'c' if is_msrp && level.has(b'c') => {
                    return Err(DescriptionError::Duplicate { line: line.number });
                }
                b'i' | b'c' | b'b' | b'k' | b'a' => level.read(line, &mut reader.deviations)?,
                _ => return Err(DescriptionError::Order { line: line.number }),
            }
        }
        level.finish();
        Ok((Self { media, level }, next))
    }
}

/// Shows no values of attributes: there are secrets among them.
impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("media", &self.media)
            .field("lines", &self.level)
            .finish()
    }
}
