//! The lines of the session or of one media section, in the order of the grammar (RFC 8866 §5, §9).

use std::fmt;

use memchr::memchr;

use crate::reader::RawLine;
use crate::{ConnectionData, DescriptionError, Deviation, Deviations, ValueError, chars};

/// The lines of one level, but for `v=`, `o=` and `m=`. They keep their octets.
///
/// Whatever is put in stands in the order of the grammar; lines of one letter stay in the order in which they came.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Level {
    lines: Vec<Line>,
    /// What the first `c=` says.
    connection: Option<ConnectionData>,
}

#[derive(Clone, PartialEq, Eq)]
struct Line {
    letter: u8,
    value: Box<[u8]>,
}

impl Level {
    /// Takes a line from a parser. [`finish`](Self::finish) has to follow the last.
    pub(crate) fn read(
        &mut self,
        line: RawLine<'_>,
        deviations: &mut Deviations,
    ) -> Result<(), DescriptionError> {
        let RawLine {
            number,
            letter,
            mut value,
        } = line;
        if self
            .lines
            .last()
            .is_some_and(|last| rank(last.letter) > rank(letter))
        {
            deviations.insert(Deviation::Order);
        }
        match letter {
            b's' | b'i' | b'u' if self.has(letter) => {
                return Err(DescriptionError::Duplicate { line: number });
            }
            b'i' if value.is_empty() => deviations.insert(Deviation::EmptyValue),
            b'c' => {
                value = deviations.trim_end(value);
                let (data, slips) = ConnectionData::read(value)
                    .map_err(|reason| DescriptionError::Connection { line: number, reason })?;
                deviations.extend(&slips);
                if !self.has(b'c') {
                    self.connection = data;
                }
            }
            b't' if !is_time(value) => deviations.insert(Deviation::BadTime),
            b'r' | b'z' => self.check_repeat(line, deviations)?,
            b'a' => {
                let (name, value) = split(value);
                if !chars::is_token(name) {
                    deviations.insert(Deviation::AttributeName);
                }
                if value.is_some_and(<[u8]>::is_empty) {
                    deviations.insert(Deviation::EmptyValue);
                }
            }
            _ => {}
        }
        self.lines.push(Line {
            letter,
            value: value.into(),
        });
        Ok(())
    }

    /// After the last line that is read: puts all in order, and drops `k=` (RFC 8866 §5.12).
    pub(crate) fn finish(&mut self) {
        self.lines.retain(|line| line.letter != b'k');
        self.lines.sort_by_key(|line| rank(line.letter));
    }

    /// Puts a line behind those that may precede it.
    pub(crate) fn insert(&mut self, letter: u8, value: &[u8]) {
        let at = self
            .lines
            .partition_point(|line| rank(line.letter) <= rank(letter));
        self.lines.insert(
            at,
            Line {
                letter,
                value: value.into(),
            },
        );
    }

    /// Makes this the only line of its letter.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the value is empty or would end the line.
    pub(crate) fn set(&mut self, letter: u8, value: &[u8]) -> Result<(), ValueError> {
        if value.is_empty() {
            return Err(ValueError::Empty);
        }
        check_octets(value)?;
        self.lines.retain(|line| line.letter != letter);
        self.insert(letter, value);
        Ok(())
    }

    /// Makes this the only `c=`.
    pub(crate) fn set_connection(&mut self, connection: ConnectionData) {
        self.lines.retain(|line| line.letter != b'c');
        self.insert(b'c', connection.to_string().as_bytes());
        self.connection = Some(connection);
    }

    /// Takes over the `t=` of another level. Malformed ones are left behind: what is built here has none.
    pub(crate) fn take_times(&mut self, other: &Self) {
        let mut times = other
            .lines
            .iter()
            .filter(|line| line.letter == b't' && is_time(&line.value))
            .peekable();
        if times.peek().is_some() {
            self.lines.retain(|line| line.letter != b't');
        }
        times.for_each(|time| self.insert(b't', &time.value));
    }

    /// Adds an attribute.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if the name is no token, the value is empty or would end the line.
    pub(crate) fn add_attribute(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), ValueError> {
        if !chars::is_token(name.as_bytes()) {
            return Err(ValueError::BadName);
        }
        let Some(value) = value else {
            self.insert(b'a', name.as_bytes());
            return Ok(());
        };
        if value.is_empty() {
            return Err(ValueError::Empty);
        }
        check_octets(value)?;
        self.insert(b'a', &[name.as_bytes(), b":", value].concat());
        Ok(())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// From behind, so that asking before each of many lines is linear work.
    pub(crate) fn has(&self, letter: u8) -> bool {
        self.lines.iter().rev().any(|line| line.letter == letter)
    }

    /// The value of the first line of this letter.
    pub(crate) fn first(&self, letter: u8) -> Option<&[u8]> {
        self.lines
            .iter()
            .find(|line| line.letter == letter)
            .map(|line| &*line.value)
    }

    pub(crate) const fn connection(&self) -> Option<&ConnectionData> {
        self.connection.as_ref()
    }

    /// The attributes whose names are tokens; nobody knows one of another name.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.lines
            .iter()
            .filter(|line| line.letter == b'a')
            .filter_map(|line| {
                let (name, value) = split(&line.value);
                let name = str::from_utf8(name).ok()?;
                chars::is_token(name.as_bytes()).then_some((name, value))
            })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for line in &self.lines {
            write_line(line.letter, &line.value, out);
        }
    }

    /// `r=` belongs to the `t=` before it, `z=` to the `r=` before it (RFC 8866 §5.11).
    fn check_repeat(&self, line: RawLine<'_>, deviations: &mut Deviations) -> Result<(), DescriptionError> {
        let is_time = |line: &&Line| rank(line.letter) == rank(b't');
        match self.lines.iter().rev().find(is_time).map(|last| last.letter) {
            None => return Err(DescriptionError::Order { line: line.number }),
            Some(b'r') => {}
            Some(b't') if line.letter == b'r' => {}
            Some(_) => deviations.insert(Deviation::Order),
        }
        Ok(())
    }
}

/// Letters and the names of attributes: values may be secret, as session-ids in paths are.
impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.lines.iter().filter(|line| line.letter != b'a');
        f.debug_list()
            .entries(names.map(|line| char::from(line.letter)))
            .entries(self.attributes().map(|(name, _)| name))
            .finish()
    }
}

/// Writes `letter=value` and CR LF.
pub(crate) fn write_line(letter: u8, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[letter, b'=']);
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Where lines of a letter stand: one order serves both levels. `r=` and `z=` stand among the `t=`.
fn rank(letter: u8) -> usize {
    let letter = match letter {
        b'r' | b'z' => b't',
        letter => letter,
    };
    memchr(letter, b"siuepcbtka").unwrap_or_default()
}

fn split(attribute: &[u8]) -> (&[u8], Option<&[u8]>) {
    memchr(b':', attribute)
        .and_then(|at| attribute.split_at_checked(at))
        .and_then(|(name, rest)| Some((name, Some(rest.get(1..)?))))
        .unwrap_or((attribute, None))
}

fn is_time(value: &[u8]) -> bool {
    let mut fields = value.split(|octet| *octet == b' ');
    let mut number = || fields.next().is_some_and(chars::is_digits);
    number() && number() && fields.next().is_none()
}

fn check_octets(value: &[u8]) -> Result<(), ValueError> {
    if value.iter().copied().any(chars::ends_line) {
        return Err(ValueError::BadOctet);
    }
    Ok(())
}
