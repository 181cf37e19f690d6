use std::{fmt, str::FromStr};

use chrono::{FixedOffset, SecondsFormat};

use crate::DateTimeError;

/// When a message was sent, by its sender's clock: the value of DateTime (RFC 3862 §4.4), a date and time of RFC
/// 3339.
///
/// The text stays as it was read, because disposition notifications repeat it (RFC 5438 §11.1.2). Two are equal
/// if their texts are.
#[derive(Clone)]
pub struct DateTime {
    text: Box<str>,
    instant: chrono::DateTime<FixedOffset>,
}

impl DateTime {
    /// Reads the value of a header.
    ///
    /// # Errors
    ///
    /// [`DateTimeError::Syntax`] if it is no date and time of RFC 3339.
    pub fn parse(value: &str) -> Result<Self, DateTimeError> {
        // The parser of chrono takes more than the grammar has: a blank for the T, the minus sign of Unicode.
        let legal = |octet: u8| octet.is_ascii_digit() || b"-+:.TtZz".contains(&octet);
        if !value.bytes().all(legal) {
            return Err(DateTimeError::Syntax);
        }
        Ok(Self {
            text: value.into(),
            instant: chrono::DateTime::parse_from_rfc3339(value).map_err(|_| DateTimeError::Syntax)?,
        })
    }

    /// The text, as it was read or is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant, with the difference of the sender's zone from UTC. A leap second is the second before it,
    /// with more than 999,999,999 nanoseconds.
    pub fn instant(&self) -> chrono::DateTime<FixedOffset> {
        self.instant
    }
}

impl TryFrom<chrono::DateTime<FixedOffset>> for DateTime {
    type Error = DateTimeError;

    /// [`DateTimeError::OutOfRange`] if the year has not four digits, or the zone has seconds.
    fn try_from(instant: chrono::DateTime<FixedOffset>) -> Result<Self, DateTimeError> {
        let text = instant.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self::parse(&text)
            .ok()
            .filter(|read| read.instant == instant && read.instant.offset() == instant.offset())
            .ok_or(DateTimeError::OutOfRange)
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for DateTime {}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    fn from_str(value: &str) -> Result<Self, DateTimeError> {
        Self::parse(value)
    }
}
