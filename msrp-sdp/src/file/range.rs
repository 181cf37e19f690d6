use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;

use thiserror::Error;

/// Why something is no `file-range`: not two positive decimal numbers of 64 bits without leading zeros and with `-`
/// between, of which the second may be `*` and is not less than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("illegal file range")]
pub struct FileRangeError;

/// Which octets of a file are transferred: `file-range` (RFC 5547 §6).
///
/// The first octet of a file is 1, and the last of a range belongs to it. It has nothing to do with Byte-Range, which
/// counts the octets of an MSRP message, from 1 in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileRange {
    start: NonZeroU64,
    /// `None` for the end of the file; never less than `start`.
    stop: Option<NonZeroU64>,
}

impl FileRange {
    /// All of a file: `1-*`, what holds where the attribute is absent.
    pub const WHOLE: Self = Self::from(NonZeroU64::MIN);

    /// From the octet `start` to the octet `stop`, which is included; from 1.
    ///
    /// # Errors
    ///
    /// [`FileRangeError`] if one is 0, or `stop` is before `start`.
    pub fn new(start: u64, stop: u64) -> Result<Self, FileRangeError> {
        let start = NonZeroU64::new(start).ok_or(FileRangeError)?;
        let stop = NonZeroU64::new(stop).filter(|&stop| stop >= start);
        Ok(Self {
            start,
            stop: Some(stop.ok_or(FileRangeError)?),
        })
    }

    /// From the octet `start`, which counts from 1, to the end of the file.
    pub const fn from(start: NonZeroU64) -> Self {
        Self { start, stop: None }
    }

    /// Reads the value of the attribute.
    ///
    /// # Errors
    ///
    /// [`FileRangeError`] if it is none.
    pub fn parse(value: &[u8]) -> Result<Self, FileRangeError> {
        let value = std::str::from_utf8(value).map_err(|_| FileRangeError)?;
        let (start, stop) = value.split_once('-').ok_or(FileRangeError)?;
        let start = position(start)?;
        match stop {
            "*" => Ok(Self::from(start)),
            stop => Self::new(start.get(), position(stop)?.get()),
        }
    }

    /// The first octet, counted from 1.
    pub const fn start(self) -> u64 {
        self.start.get()
    }

    /// The last octet, counted from 1; `None` for the last of the file.
    pub fn stop(self) -> Option<u64> {
        self.stop.map(NonZeroU64::get)
    }

    /// Where the first octet stands, as offsets in files count: from 0.
    pub const fn offset(self) -> u64 {
        // One is the least.
        self.start.get() - 1
    }

    /// The number of octets; `None` if the end of the file decides.
    pub fn octets(self) -> Option<u64> {
        // The stop is not before the start.
        self.stop.map(|stop| stop.get() - self.offset())
    }

    /// The same from another octet on, counted from 1. `None` if that is not one of the range.
    pub(super) fn starting_at(self, start: u64) -> Option<Self> {
        let start = NonZeroU64::new(start).filter(|&start| start >= self.start)?;
        let fits = self.stop.is_none_or(|stop| start <= stop);
        fits.then_some(Self { start, ..self })
    }

    /// The offsets, from 0, of the octets of a file of `size` octets. `None` if one of the two ends lies beyond its end
    /// (ruling S11): a range is never made shorter than it was asked for.
    pub fn within(self, size: u64) -> Option<Range<u64>> {
        let stop = self.stop.map_or(size, NonZeroU64::get);
        // All of an empty file is nothing, and yet all of it.
        let fits = self == Self::WHOLE || self.start.get() <= size;
        (fits && stop <= size).then(|| self.offset()..stop)
    }
}

impl fmt::Display for FileRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stop {
            Some(stop) => write!(f, "{}-{stop}", self.start),
            None => write!(f, "{}-*", self.start),
        }
    }
}

/// `integer` of RFC 8866 §9.
fn position(digits: &str) -> Result<NonZeroU64, FileRangeError> {
    let legal = digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| legal).ok_or(FileRangeError)
}
