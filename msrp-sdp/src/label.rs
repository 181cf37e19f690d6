//! `a=label`: what other documents call a media stream by (RFC 4574).

use std::fmt;

use thiserror::Error;

use crate::{Deviation, Deviations, chars};

/// Why a label cannot be read or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LabelError {
    /// It is no token (RFC 4574 §4, RFC 8866 §9).
    #[error("not a token")]
    Token,
    /// A slip, for the strict parser.
    #[error("{0}")]
    Deviation(Deviation),
}

/// The label of a media stream: a token, compared octet for octet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Box<str>);

impl Label {
    /// Reads the value of the attribute.
    ///
    /// # Errors
    ///
    /// [`LabelError::Token`].
    pub fn parse(value: &[u8]) -> Result<Self, LabelError> {
        Self::parse_with_deviations(value).map(|(label, _)| label)
    }

    /// As [`parse`](Self::parse), and tells whether SP at the ends was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), LabelError> {
        let mut deviations = Deviations::default();
        let label = chars::token(deviations.trim(value)).ok_or(LabelError::Token)?;
        Ok((Self(label.into()), deviations))
    }

    /// As [`parse`](Self::parse), and forgives nothing; also for labels of one's own.
    ///
    /// # Errors
    ///
    /// As there, and [`LabelError::Deviation`].
    pub fn parse_strict(value: &[u8]) -> Result<Self, LabelError> {
        let (label, deviations) = Self::parse_with_deviations(value)?;
        match deviations.first() {
            None => Ok(label),
            Some(deviation) => Err(LabelError::Deviation(deviation)),
        }
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
