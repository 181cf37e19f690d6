use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, Weekday};
use thiserror::Error;

use super::pieces;
use crate::{Deviation, Deviations};

/// Why something is no `file-date`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileDatesError {
    /// It is not made of `creation`, `modification` and `read`, each with a colon and a quoted string.
    #[error("not the dates of a file")]
    Syntax,
    /// One of the three twice.
    #[error("the same date twice")]
    Duplicate,
    /// A date that is none, or not of RFC 5322 §3.3.
    #[error("illegal date")]
    BadDate,
    /// A zone that is named and not given by digits.
    #[error("the zone of a date is not numeric")]
    NamedZone,
    /// A slip, in strict reading.
    #[error("{0}")]
    Deviation(Deviation),
}

/// When a file was created, last changed and last read: `file-date` (RFC 5547 §6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FileDates {
    creation: Option<DateTime<FixedOffset>>,
    modification: Option<DateTime<FixedOffset>>,
    read: Option<DateTime<FixedOffset>>,
}

impl FileDates {
    /// The same with the date of creation. It is written to the second, its zone to the minute; one whose year has not
    /// four digits cannot be written, and changes nothing.
    #[must_use]
    pub fn with_creation(mut self, date: DateTime<FixedOffset>) -> Self {
        self.creation = writable(date).or(self.creation);
        self
    }

    /// The same with the date of the last change; as [`with_creation`](Self::with_creation).
    #[must_use]
    pub fn with_modification(mut self, date: DateTime<FixedOffset>) -> Self {
        self.modification = writable(date).or(self.modification);
        self
    }

    /// The same with the date when it was last read; as [`with_creation`](Self::with_creation).
    #[must_use]
    pub fn with_read(mut self, date: DateTime<FixedOffset>) -> Self {
        self.read = writable(date).or(self.read);
        self
    }

    /// Reads the value of the attribute. What breaks a rule but has only one reading is accepted.
    ///
    /// # Errors
    ///
    /// A [`FileDatesError`] if it has not the form, or a date is none.
    pub fn parse(value: &[u8]) -> Result<Self, FileDatesError> {
        Ok(Self::parse_with_deviations(value)?.0)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), FileDatesError> {
        let mut deviations = Deviations::default();
        let mut read = Self::default();
        let words = pieces::words(value, &mut deviations).ok_or(FileDatesError::Syntax)?;
        for word in words {
            let (name, date) = pieces::split_once(word, b':').ok_or(FileDatesError::Syntax)?;
            let date = pieces::unquoted(date).ok_or(FileDatesError::Syntax)?;
            let place = if name.eq_ignore_ascii_case("creation") {
                &mut read.creation
            } else if name.eq_ignore_ascii_case("modification") {
                &mut read.modification
            } else if name.eq_ignore_ascii_case("read") {
                &mut read.read
            } else {
                return Err(FileDatesError::Syntax);
            };
            if place.is_some() {
                return Err(FileDatesError::Duplicate);
            }
            *place = Some(read_date(date, &mut deviations)?);
        }
        if read.is_empty() {
            return Err(FileDatesError::Syntax);
        }
        Ok((read, deviations))
    }

    /// Reads the value of the attribute and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`FileDatesError::Deviation`] for a deviation.
    pub fn parse_strict(value: &[u8]) -> Result<Self, FileDatesError> {
        let (read, deviations) = Self::parse_with_deviations(value)?;
        deviations
            .first()
            .map_or(Ok(read), |first| Err(FileDatesError::Deviation(first)))
    }

    /// When it was created.
    pub const fn creation(&self) -> Option<DateTime<FixedOffset>> {
        self.creation
    }

    /// When it was last changed.
    pub const fn modification(&self) -> Option<DateTime<FixedOffset>> {
        self.modification
    }

    /// When it was last read.
    pub const fn read(&self) -> Option<DateTime<FixedOffset>> {
        self.read
    }

    /// Whether there is no date; then there is no attribute.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The value of the attribute; empty if there is no date.
impl fmt::Display for FileDates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let all = [
            ("creation", self.creation),
            ("modification", self.modification),
            ("read", self.read),
        ];
        for (name, date) in all {
            if let Some(date) = date {
                write!(f, "{separator}{name}:\"{}\"", date.to_rfc2822())?;
                separator = " ";
            }
        }
        Ok(())
    }
}

/// As it can be written: RFC 5322 has whole seconds, zones of whole minutes, and four digits for the year.
fn writable(date: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let zone = FixedOffset::east_opt(date.offset().local_minus_utc() / 60 * 60)?;
    let date = DateTime::from_timestamp(date.timestamp(), 0)?.with_timezone(&zone);
    (1000..=9999).contains(&date.year()).then_some(date)
}

fn read_date(text: &[u8], deviations: &mut Deviations) -> Result<DateTime<FixedOffset>, FileDatesError> {
    const BAD: FileDatesError = FileDatesError::BadDate;
    let text = std::str::from_utf8(text).map_err(|_| BAD)?;
    let zone = text.rsplit(' ').next().unwrap_or_default();
    if zone.bytes().all(|octet| octet.is_ascii_alphabetic()) {
        return Err(FileDatesError::NamedZone);
    }
    let digits = zone.strip_prefix(['+', '-']).ok_or(BAD)?;
    if digits.len() != 4 || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(BAD);
    }
    // The day of the week is looked at apart, as it decides nothing (ruling S12).
    let (weekday, rest) = match text.split_once(',') {
        Some((weekday, rest)) => (Some(weekday), rest),
        None => (None, text),
    };
    // It would be taken a second time.
    if rest.contains(',') {
        return Err(BAD);
    }
    let date = DateTime::parse_from_rfc2822(rest.trim_start_matches(' ')).map_err(|_| BAD)?;
    let date = writable(date).ok_or(BAD)?;
    if let Some(weekday) = weekday {
        let named = weekday.len() == 3;
        let named: Weekday = weekday.parse().ok().filter(|_| named).ok_or(BAD)?;
        if named != date.weekday() {
            deviations.insert(Deviation::Weekday);
        }
    }
    Ok(date)
}
