use alloc::vec::Vec;
use core::fmt;

use crate::{MediaType, MediaTypeError};

/// One entry of a list of accepted types: `*`, `type/*` or a media type (`format-entry`, RFC 4975 §8.6).
///
/// Two entries are equal if both are `*`, or as [`MediaType`] says.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MediaRange {
    /// `None` stands for `*`. A wildcard subtype is kept as the token that it is.
    media_type: Option<MediaType>,
}

impl MediaRange {
    /// The range `*`, which covers every type.
    pub const fn any() -> Self {
        Self { media_type: None }
    }

    /// The range `type/*`, which covers every subtype of one type.
    ///
    /// # Errors
    ///
    /// [`MediaTypeError::Type`] if the type is not a token (RFC 4975 §9).
    pub fn any_subtype(type_: &str) -> Result<Self, MediaTypeError> {
        MediaType::new(type_, "*").map(Self::from)
    }

    /// Whether the range covers this type. Case and the parameters of both do not count (RFC 4975 §8.6).
    pub fn accepts(&self, media_type: &MediaType) -> bool {
        self.accepts_essence(media_type.type_(), media_type.subtype())
    }

    /// Whether the range covers the type given by its two halves. Case does not count.
    pub fn accepts_essence(&self, type_: &str, subtype: &str) -> bool {
        self.media_type.as_ref().is_none_or(|range| {
            range.type_().eq_ignore_ascii_case(type_)
                && (range.subtype() == "*" || range.subtype().eq_ignore_ascii_case(subtype))
        })
    }

    /// Whether this is `*` or `type/*`. Types that are listed without wildcard are to be preferred over
    /// those only covered by one (RFC 4975 §8.6).
    pub fn is_wildcard(&self) -> bool {
        self.subtype().is_none()
    }

    /// The type as it was spelled; `None` for `*`.
    pub fn type_(&self) -> Option<&str> {
        self.media_type.as_ref().map(MediaType::type_)
    }

    /// The subtype as it was spelled; `None` for `*` and `type/*`.
    pub fn subtype(&self) -> Option<&str> {
        self.media_type
            .as_ref()
            .map(MediaType::subtype)
            .filter(|&subtype| subtype != "*")
    }

    /// The media type with its parameters; `None` for `*` and `type/*`.
    pub fn media_type(&self) -> Option<&MediaType> {
        self.media_type.as_ref().filter(|_| !self.is_wildcard())
    }

    /// Appends the canonical form, exact also for parameter values that are not UTF-8.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.media_type {
            Some(media_type) => media_type.write(out),
            None => out.push(b'*'),
        }
    }
}

/// The range that covers this type and no other. As in the grammar, a subtype `*` covers all subtypes; `*/*`
/// becomes `*`.
impl From<MediaType> for MediaRange {
    fn from(media_type: MediaType) -> Self {
        // The grammar has no `*/*`, but read to the letter it would be the type named `*`, which nobody means.
        Self {
            media_type: Some(media_type).filter(|media_type| !media_type.is("*/*")),
        }
    }
}

/// Writes the canonical form; octets that are not UTF-8 show as U+FFFD, see [`MediaRange::write`].
impl fmt::Display for MediaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.media_type {
            Some(media_type) => media_type.fmt(f),
            None => f.pad("*"),
        }
    }
}

impl fmt::Debug for MediaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MediaRange")
            .field(&format_args!("{self}"))
            .finish()
    }
}
