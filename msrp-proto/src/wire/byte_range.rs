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
        let range = grammar(input).ok_or(ByteRangeError)?;
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

/// `range-start "-" range-end "/" total`. By hand: it stands in every chunk.
fn grammar(input: &[u8]) -> Option<ByteRange> {
    let (start, rest) = number(input)?;
    let (end, rest) = bound(rest.strip_prefix(b"-")?)?;
    let (total, rest) = bound(rest.strip_prefix(b"/")?)?;
    rest.is_empty().then_some(ByteRange { start, end, total })
}

fn bound(input: &[u8]) -> Option<(Option<u64>, &[u8])> {
    match input.strip_prefix(b"*") {
        Some(rest) => Some((None, rest)),
        None => number(input).map(|(number, rest)| (Some(number), rest)),
    }
}

/// `1*DIGIT`, of no more than 64 bits.
fn number(input: &[u8]) -> Option<(u64, &[u8])> {
    let (mut number, mut len) = (0u64, 0);
    for octet in input {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        len += 1;
    }
    let (digits, rest) = input.split_at_checked(len)?;
    match len {
        0 => None,
        // Too few to overflow.
        1..=19 => Some((number, rest)),
        _ => core::str::from_utf8(digits).ok()?.parse().ok().map(|number| (number, rest)),
    }
}
