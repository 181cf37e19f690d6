//! Cuts octets into lines (RFC 8866 §5, §9).

use memchr::{memchr, memchr2};

use crate::{Description, DescriptionError, Deviation, Deviations};

/// One line, without its end.
#[derive(Clone, Copy)]
pub(crate) struct RawLine<'a> {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) letter: u8,
    pub(crate) value: &'a [u8],
}

/// The lines of a description, one after another, within its limits.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    lines: usize,
    /// What is kept so far, in octets as it will be written, so that what was read can be read again.
    len: usize,
    pub(crate) deviations: Deviations,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Result<Self, DescriptionError> {
        if input.len() > Description::MAX_LEN {
            return Err(DescriptionError::TooLong);
        }
        Ok(Self {
            rest: input,
            lines: 0,
            len: 0,
            deviations: Deviations::default(),
        })
    }

    pub(crate) fn next(&mut self) -> Result<Option<RawLine<'a>>, DescriptionError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let octets = self.cut();
        if octets.is_empty() && self.rest.iter().all(|octet| matches!(octet, b'\r' | b'\n')) {
            self.rest = &[];
            self.deviations.insert(Deviation::EmptyLine);
            return Ok(None);
        }
        self.charge(1, octets.len() + 2)?;
        let line = self.lines;
        if memchr2(b'\0', b'\r', octets).is_some() {
            return Err(DescriptionError::BadOctet { line });
        }
        match octets {
            [letter @ b'a'..=b'z', b'=', value @ ..] if b"vosiuepcbtrzkam".contains(letter) => {
                Ok(Some(RawLine {
                    number: line,
                    letter: *letter,
                    value,
                }))
            }
            [b'a'..=b'z', b'=', ..] => Err(DescriptionError::UnknownType { line }),
            _ => Err(DescriptionError::BadLine { line }),
        }
    }

    /// Counts what will be written.
    pub(crate) fn charge(&mut self, lines: usize, octets: usize) -> Result<(), DescriptionError> {
        self.lines = self.lines.saturating_add(lines);
        self.len = self.len.saturating_add(octets);
        if self.lines > Description::MAX_LINES {
            return Err(DescriptionError::TooManyLines);
        }
        if self.len > Description::MAX_LEN {
            return Err(DescriptionError::TooLong);
        }
        Ok(())
    }

    /// Takes the first line off the rest.
    fn cut(&mut self) -> &'a [u8] {
        let Some((line, rest)) = memchr(b'\n', self.rest).and_then(|at| {
            let (line, end) = self.rest.split_at_checked(at)?;
            Some((line, end.get(1..)?))
        }) else {
            self.deviations.insert(Deviation::NoLineEnd);
            let line = std::mem::take(&mut self.rest);
            return line.strip_suffix(b"\r").unwrap_or(line);
        };
        self.rest = rest;
        line.strip_suffix(b"\r").unwrap_or_else(|| {
            self.deviations.insert(Deviation::BareLf);
            line
        })
    }
}
