//! `a=max-size`: the largest message that is wanted (RFC 4975 §8.6).

use std::fmt;

use thiserror::Error;

use crate::{Deviation, Deviations};

/// Why a largest size cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MaxSizeError {
    /// It is not digits alone.
    #[error("not a number")]
    Digits,
    /// A slip, for the strict parser.
    #[error("{0}")]
    Deviation(Deviation),
}

/// The size in octets of the largest complete message that a side wants to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxSize(u64);

impl MaxSize {
    /// A size of so many octets.
    pub const fn new(octets: u64) -> Self {
        Self(octets)
    }

    /// Reads the value of the attribute. A number that is too large for 64 bits becomes the largest that is not,
    /// which is no limit in practice.
    ///
    /// # Errors
    ///
    /// [`MaxSizeError::Digits`].
    pub fn parse(value: &[u8]) -> Result<Self, MaxSizeError> {
        Self::parse_with_deviations(value).map(|(size, _)| size)
    }

    /// As [`parse`](Self::parse), and tells whether SP at the ends was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), MaxSizeError> {
        let mut deviations = Deviations::default();
        let digits = deviations.trim(value);
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(MaxSizeError::Digits);
        }
        let octets = digits.iter().fold(0_u64, |octets, digit| {
            octets
                .saturating_mul(10)
                .saturating_add(u64::from(digit.saturating_sub(b'0')))
        });
        Ok((Self(octets), deviations))
    }

    /// As [`parse`](Self::parse), and forgives nothing.
    ///
    /// # Errors
    ///
    /// As there, and [`MaxSizeError::Deviation`].
    pub fn parse_strict(value: &[u8]) -> Result<Self, MaxSizeError> {
        let (size, deviations) = Self::parse_with_deviations(value)?;
        match deviations.first() {
            None => Ok(size),
            Some(deviation) => Err(MaxSizeError::Deviation(deviation)),
        }
    }

    /// The size in octets.
    pub const fn octets(self) -> u64 {
        self.0
    }
}

impl fmt::Display for MaxSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
