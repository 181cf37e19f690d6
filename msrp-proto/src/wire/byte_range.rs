//! The Byte-Range header (RFC 4975 §7.1.1, §9).

use core::fmt;

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
        match Self::parse_front(input)? {
            (range, []) => Ok(range),
            _ => Err(ByteRangeError),
        }
    }

    /// The range that the input begins with, and what is behind it. By hand: it stands in every chunk.
    pub(super) fn parse_front(input: &[u8]) -> Result<(Self, &[u8]), ByteRangeError> {
        let mut rest = input;
        match grammar(&mut rest) {
            Some(range) if range.start > 0 => Ok((range, rest)),
            _ => Err(ByteRangeError),
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

/// `range-start "-" range-end "/" total`.
fn grammar(rest: &mut &[u8]) -> Option<ByteRange> {
    let start = number(rest)?;
    *rest = rest.strip_prefix(b"-")?;
    let end = bound(rest)?;
    *rest = rest.strip_prefix(b"/")?;
    let total = bound(rest)?;
    Some(ByteRange { start, end, total })
}

fn bound(rest: &mut &[u8]) -> Option<Option<u64>> {
    match rest.strip_prefix(b"*") {
        Some(behind) => {
            *rest = behind;
            Some(None)
        }
        None => number(rest).map(Some),
    }
}

/// `1*DIGIT`, of no more than 64 bits.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let input = *rest;
    let mut number = 0u64;
    while let [octet, behind @ ..] = *rest
        && let digit @ 0..=9 = octet.wrapping_sub(b'0')
    {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        *rest = behind;
    }
    match input.len() - rest.len() {
        0 => None,
        // Too few to overflow.
        1..=19 => Some(number),
        len => str::from_utf8(input.get(..len)?).ok()?.parse().ok(),
    }
}
