//! The Byte-Range header (RFC 4975 §7.1.1, §9).

use core::fmt;

use nom::branch::alt;
use nom::character::complete::{char, u64 as number};
use nom::combinator::all_consuming;
use nom::{IResult, Parser};
use thiserror::Error;

/// Where the octets of a chunk stand in its message: `start-end/total`, counted from 1.
///
/// It is metadata and never a length: where a chunk ends is decided by its end-line alone (ruling R-29).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// Position of the first octet, from 1.
    pub start: u64,
    /// Position of the last octet; `None` is `*`, not known beforehand or interruptible. An empty range
    /// ends before it starts, as in `1-0/0`.
    pub end: Option<u64>,
    /// Octets of the whole message; `None` is `*`, not known.
    pub total: Option<u64>,
}

impl ByteRange {
    /// The range of a SEND without content: `1-0/0`.
    pub const EMPTY: Self = Self {
        start: 1,
        end: Some(0),
        total: Some(0),
    };

    /// The range of a request that names none: all of the message (RFC 4975 §7.3.1).
    pub const WHOLE: Self = Self {
        start: 1,
        end: None,
        total: None,
    };

    /// The octets from `start` to `end`, both included.
    pub const fn new(start: u64, end: Option<u64>, total: Option<u64>) -> Self {
        Self { start, end, total }
    }

    /// Reads the value of a Byte-Range header.
    ///
    /// # Errors
    ///
    /// [`ByteRangeError`] for anything but the grammar of RFC 4975 §9, for a start of 0, and for a number
    /// of more than 64 bits (ruling R-11: a saturated position would be a lie).
    pub fn parse(input: &[u8]) -> Result<Self, ByteRangeError> {
        let range = all_consuming(grammar)
            .parse(input)
            .map(|(_, range)| range)
            .map_err(|_| ByteRangeError)?;
        if range.start == 0 {
            Err(ByteRangeError)
        } else {
            Ok(range)
        }
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.start)?;
        match self.end {
            Some(end) => write!(f, "{end}/")?,
            None => f.write_str("*/")?,
        }
        match self.total {
            Some(total) => write!(f, "{total}"),
            None => f.write_str("*"),
        }
    }
}

impl fmt::Debug for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByteRange({self})")
    }
}

/// The value is no Byte-Range.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("illegal Byte-Range")]
pub struct ByteRangeError;

fn grammar(input: &[u8]) -> IResult<&[u8], ByteRange> {
    let bound = || alt((char('*').map(|_| None), number.map(Some)));
    (number, char('-'), bound(), char('/'), bound())
        .map(|(start, _, end, _, total)| ByteRange { start, end, total })
        .parse(input)
}
