//! Session descriptions (RFC 8866).

use std::fmt;

use crate::level::{Level, write_line};
use crate::reader::Reader;
use crate::{
    AnswerBuilder, ConnectionData, DescriptionError, Deviation, Deviations, Origin, Section, ValueError,
};

/// A session description: what holds for the whole session, and media sections.
///
/// Lines keep their octets: what keeps to the grammar is written as it was read, but for `k=`, which is dropped
/// (RFC 8866 §5.12), whatever the media. `u=`, `e=`, `p=`, `b=`, `r=` and `z=` are kept and not looked into. What was
/// built is always legal.
#[derive(Clone, PartialEq, Eq)]
pub struct Description {
    origin: Origin,
    level: Level,
    sections: Vec<Section>,
}

impl Description {
    /// The longest description that is read, in octets, with CR LF at the ends of lines.
    pub const MAX_LEN: usize = 1 << 20;

    /// The most lines that are read, those of media sections included.
    pub const MAX_LINES: usize = 16_384;

    /// The most media sections that are read.
    pub const MAX_SECTIONS: usize = 1_024;

    /// A description without a name (`s=-`), of no definite time (`t=0 0`), and without media. Where media sections
    /// have no `c=` of their own, the address of the origin is theirs, if it is one of the Internet.
    pub fn new(origin: Origin) -> Self {
        let mut level = Level::default();
        level.insert(b's', b"-");
        if let Some(connection) = origin.connection() {
            level.set_connection(connection);
        }
        level.insert(b't', b"0 0");
        Self {
            origin,
            level,
            sections: Vec::new(),
        }
    }

    /// Reads a description.
    ///
    /// # Errors
    ///
    /// A [`DescriptionError`] if it has not one reading, or exceeds the limits.
    pub fn parse(input: &[u8]) -> Result<Self, DescriptionError> {
        Self::parse_with_deviations(input).map(|(description, _)| description)
    }

    /// As [`parse`](Self::parse), and refuses what it would forgive.
    ///
    /// # Errors
    ///
    /// As there, and [`DescriptionError::Deviation`].
    pub fn parse_strict(input: &[u8]) -> Result<Self, DescriptionError> {
        let (description, deviations) = Self::parse_with_deviations(input)?;
        match deviations.first() {
            Some(deviation) => Err(DescriptionError::Deviation(deviation)),
            None => Ok(description),
        }
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(input: &[u8]) -> Result<(Self, Deviations), DescriptionError> {
        let mut reader = Reader::new(input)?;
        match reader.next()? {
            None => return Err(DescriptionError::Missing { letter: 'v' }),
            Some(line) if line.letter != b'v' => return Err(DescriptionError::Order { line: line.number }),
            Some(line) if line.value != b"0" => return Err(DescriptionError::Version),
            Some(_) => {}
        }

        let mut origin = None;
        let mut level = Level::default();
        let mut media = None;
        while let Some(mut line) = reader.next()? {
            let number = line.number;
            match line.letter {
                b'v' => return Err(DescriptionError::Order { line: number }),
                b'o' => {
                    if !level.is_empty() {
                        reader.deviations.insert(Deviation::Order);
                    }
                    let parsed = Origin::parse(line.value)
                        .map_err(|reason| DescriptionError::Origin { line: number, reason })?;
                    if origin.replace(parsed).is_some() {
                        return Err(DescriptionError::Duplicate { line: number });
                    }
                    continue;
                }
                b'm' => {
                    media = Some(line);
                    break;
                }
                b'c' if level.has(b'c') => return Err(DescriptionError::Duplicate { line: number }),
                b's' if line.value.is_empty() => {
                    reader.deviations.insert(Deviation::EmptySessionName);
                    line.value = b"-";
                    reader.charge(0, 1)?;
                }
                _ => {}
            }
            level.read(line, &mut reader.deviations)?;
        }
        let origin = origin.ok_or(DescriptionError::Missing { letter: 'o' })?;
        if !level.has(b's') {
            return Err(DescriptionError::Missing { letter: 's' });
        }
        level.finish();
        if !level.has(b't') {
            reader.deviations.insert(Deviation::NoTime);
            reader.charge(1, b"t=0 0\r\n".len())?;
            level.insert(b't', b"0 0");
        }

        let mut sections = Vec::new();
        while let Some(line) = media {
            if sections.len() >= Self::MAX_SECTIONS {
                return Err(DescriptionError::TooManySections);
            }
            let (section, next) = Section::read(line, &mut reader)?;
            sections.push(section);
            media = next;
        }
        if !level.has(b'c') && sections.iter().any(|section| !section.has_connection()) {
            reader.deviations.insert(Deviation::NoConnection);
        }
        let description = Self {
            origin,
            level,
            sections,
        };
        Ok((description, reader.deviations))
    }

    /// Who wrote the description, and which version of it this is.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The name of the session: text in UTF-8, unless an attribute `charset` says otherwise. `-` or a blank if it
    /// has none.
    pub fn session_name(&self) -> &[u8] {
        self.level.first(b's').unwrap_or_default()
    }

    /// The address that holds for media sections without one; `None` if there is none, or it is not that of one
    /// host of the Internet.
    pub const fn connection(&self) -> Option<&ConnectionData> {
        self.level.connection()
    }

    /// The attributes of the session, in order: their names and what stands behind the colon. Names are compared
    /// with regard to case.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.level.attributes()
    }

    /// The media sections, in order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The media sections, to be replaced one by one.
    pub fn sections_mut(&mut self) -> &mut [Section] {
        &mut self.sections
    }

    /// The same description with another name.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the name is empty, or has NUL, CR or LF in it.
    pub fn with_session_name(mut self, name: &[u8]) -> Result<Self, ValueError> {
        self.level.set(b's', name)?;
        Ok(self)
    }

    /// The same description with another address for media sections without one.
    #[must_use]
    pub fn with_connection(mut self, connection: ConnectionData) -> Self {
        self.level.set_connection(connection);
        self
    }

    /// The same description with one more attribute of the session.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the name is no token, or the value is empty or has NUL, CR or LF in it.
    pub fn with_attribute(mut self, name: &str, value: Option<&[u8]>) -> Result<Self, ValueError> {
        self.level.add_attribute(name, value)?;
        Ok(self)
    }

    /// The same description with one more media section, the last.
    #[must_use]
    pub fn with_section(mut self, section: impl Into<Section>) -> Self {
        self.sections.push(section.into());
        self
    }

    /// The same description as the one that follows `previous` in its session: it has the same origin, with the next
    /// version if anything else differs, and the same version if nothing does (RFC 8866 §5.2, RFC 4975 §8.4).
    #[must_use]
    pub fn revises(mut self, previous: &Self) -> Self {
        self.origin = previous.origin.clone();
        if self != *previous {
            self.origin = self.origin.next();
        }
        self
    }

    /// Begins an answer to this offer, in which all media sections are refused until they are accepted.
    pub fn answer(&self, origin: Origin) -> AnswerBuilder {
        AnswerBuilder::new(self, origin)
    }

    /// The same description with the `t=` of an offer.
    pub(crate) fn at_times_of(mut self, offer: &Self) -> Self {
        self.level.take_times(&offer.level);
        self
    }

    /// The description as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Appends the description as it is sent.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_line(b'v', b"0", out);
        write_line(b'o', &self.origin.to_bytes(), out);
        self.level.write(out);
        for section in &self.sections {
            section.write(out);
        }
    }
}

/// Shows no values of attributes: there are secrets among them.
impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Description")
            .field("lines", &self.level)
            .field("sections", &self.sections)
            .finish_non_exhaustive()
    }
}
