use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use thiserror::Error;

use crate::{Deviation, Deviations, MediaType};

/// What stands between the parts of a multipart: 1 to 70 characters (RFC 2046 §5.1.1).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Boundary(Box<[u8]>);

impl Boundary {
    /// The most characters of a boundary.
    pub const MAX_LEN: usize = 70;

    /// A boundary to write.
    ///
    /// # Errors
    ///
    /// [`BoundaryError`] if it is empty, too long, ends with a space or has a character that is not allowed.
    pub fn new(text: &str) -> Result<Self, BoundaryError> {
        let (boundary, _) = Self::read(text.as_bytes())?;
        boundary.check()?;
        Ok(boundary)
    }

    /// A boundary of 120 random bits, of letters and digits only. `fill` fills a buffer with random octets.
    pub fn generate(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut random = [0; 15];
        fill(&mut random);
        Self(
            data_encoding::BASE32
                .encode(&random)
                .into_bytes()
                .into_boxed_slice(),
        )
    }

    /// The boundary that a media type declares.
    ///
    /// # Errors
    ///
    /// [`BoundaryError`] if it is no multipart, or has no boundary that can be used.
    pub fn of(media_type: &MediaType) -> Result<Self, BoundaryError> {
        Ok(Self::declared(media_type)?.0)
    }

    /// The characters.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The characters as text; empty if a peer's boundary is not UTF-8.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether it may be written, which that of a peer need not.
    pub(crate) fn check(&self) -> Result<(), BoundaryError> {
        match Self::read(&self.0)?.1.is_empty() {
            true => Ok(()),
            false => Err(BoundaryError::Illegal),
        }
    }

    pub(crate) fn declared(media_type: &MediaType) -> Result<(Self, Deviations), BoundaryError> {
        if !media_type.type_().eq_ignore_ascii_case("multipart") {
            return Err(BoundaryError::NotMultipart);
        }
        Self::read(media_type.parameter("boundary").ok_or(BoundaryError::Missing)?)
    }

    fn read(octets: &[u8]) -> Result<(Self, Deviations), BoundaryError> {
        if octets.is_empty() {
            return Err(BoundaryError::Empty);
        }
        if octets.len() > Self::MAX_LEN {
            return Err(BoundaryError::TooLong);
        }
        // It could not be told from the padding behind it.
        if octets.ends_with(b" ") || octets.ends_with(b"\t") {
            return Err(BoundaryError::BlankAtEnd);
        }
        let mut deviations = Deviations::default();
        if !octets.iter().copied().all(is_legal) {
            deviations.insert(Deviation::BadBoundary);
        }
        Ok((Self(octets.into()), deviations))
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Boundary({self})")
    }
}

/// Why there is no boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BoundaryError {
    /// A blank at its end.
    #[error("a boundary does not end with a blank")]
    BlankAtEnd,
    /// Without characters.
    #[error("empty boundary")]
    Empty,
    /// A character that a boundary to write may not have.
    #[error("illegal character in the boundary")]
    Illegal,
    /// The media type declares none.
    #[error("no boundary parameter")]
    Missing,
    /// The media type is none of a multipart.
    #[error("no multipart")]
    NotMultipart,
    /// More than [`Boundary::MAX_LEN`] characters.
    #[error("more than {} characters in the boundary", Boundary::MAX_LEN)]
    TooLong,
}

/// What a line says that begins with two hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No delimiter, whatever follows.
    No,
    /// It depends on what follows.
    Undecided,
    /// The delimiter of one of the boundaries.
    Delimiter {
        index: usize,
        /// It is the closing one.
        closes: bool,
        /// Octets of the line, its CRLF included.
        len: usize,
        /// It has one, and is not ended by the input.
        crlf: bool,
    },
}

/// Blanks behind a delimiter above which a line is none: they have to be kept until the line ends.
const MAX_PADDING: usize = 64;

/// Tells whether the octets at the begin of a line are a delimiter of one of these boundaries (RFC 2046 §5.1.1, ruling
/// C18). The innermost, which is the last, goes first. `ended`: there are no further octets.
pub(crate) fn judge<'a>(
    line: &[u8],
    boundaries: impl DoubleEndedIterator<Item = &'a Boundary> + ExactSizeIterator,
    ended: bool,
) -> Verdict {
    let Some(text) = line.strip_prefix(b"--") else {
        return undecided(!ended && b"--".starts_with(line));
    };
    let mut open = false;
    for (index, boundary) in boundaries.enumerate().rev() {
        let Some(rest) = text.strip_prefix(boundary.as_bytes()) else {
            open |= boundary.as_bytes().starts_with(text);
            continue;
        };
        open |= rest == b"-";
        let (closes, rest) = match rest.strip_prefix(b"--") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        match line_end(rest, ended) {
            Some(Some(behind)) => {
                let len = line.len() - behind;
                let crlf = line.get(..len).is_some_and(|line| line.ends_with(b"\r\n"));
                return Verdict::Delimiter {
                    index,
                    closes,
                    len,
                    crlf,
                };
            }
            Some(None) => open = true,
            None => {}
        }
    }
    undecided(open && !ended)
}

fn undecided(open: bool) -> Verdict {
    if open { Verdict::Undecided } else { Verdict::No }
}

/// Whether only padding stands before the end of the line, and how many octets are behind it. The outer `None`: no;
/// the inner one: perhaps.
fn line_end(rest: &[u8], ended: bool) -> Option<Option<usize>> {
    let blanks = rest
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t'))
        .count();
    if blanks > MAX_PADDING {
        return None;
    }
    match rest.get(blanks..)? {
        [b'\r', b'\n', behind @ ..] => Some(Some(behind.len())),
        [] if ended => Some(Some(0)),
        [] | [b'\r'] if !ended => Some(None),
        _ => None,
    }
}

/// Octets that are looked at until it is clear what a line is: hyphens, boundary, hyphens, padding, line end.
pub(crate) const MAX_LINE: usize = 2 + Boundary::MAX_LEN + 2 + MAX_PADDING + 2;

/// `bchars` (RFC 2046 §5.1.1).
fn is_legal(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&octet)
}

/// Whether a line of these octets begins with the delimiter, whatever may follow it: some readers need no more.
pub(crate) fn collides(octets: &[u8], boundary: &Boundary) -> bool {
    let delimiter: Vec<u8> = [b"--", boundary.as_bytes()].concat();
    memchr::memmem::find_iter(octets, &delimiter).any(|at| {
        let before = at.checked_sub(1).and_then(|before| octets.get(before));
        matches!(before, None | Some(b'\r' | b'\n'))
    })
}
