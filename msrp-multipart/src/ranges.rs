use alloc::{string::String, vec, vec::Vec};
use core::{fmt, slice};

use crate::{
    Deviation, Deviations, MediaRange, MediaRangesError, MediaType, Profile,
    chars::ascii_str,
    scan::{Outline, Scanner},
};

/// The types that someone accepts, best first: the value of `accept-types` or `accept-wrapped-types`
/// (`format-list`, RFC 4975 §8.6).
///
/// An empty list accepts nothing. Entries keep their order, spelling and parameters, repeated ones too; for
/// matching, neither case nor parameters count.
///
/// ```
/// use msrp_multipart::{MediaRange, MediaRanges, MediaType};
///
/// let offer = MediaRanges::new()
///     .with(MediaType::new("message", "cpim")?)?
///     .with(MediaRange::any_subtype("text")?)?;
/// assert_eq!(offer.to_string(), "message/cpim text/*");
/// assert!(offer.accepts_essence("Text", "HTML"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct MediaRanges {
    entries: Vec<MediaRange>,
}

impl MediaRanges {
    /// The number of entries above which parsing and building fail.
    pub const MAX_ENTRIES: usize = 128;

    /// The empty list.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// The list with the one entry `*`.
    pub fn any() -> Self {
        Self {
            entries: vec![MediaRange::any()],
        }
    }

    /// The same with one entry more, behind the others.
    ///
    /// # Errors
    ///
    /// [`MediaRangesError::TooManyEntries`] above [`MAX_ENTRIES`](Self::MAX_ENTRIES).
    pub fn with(mut self, entry: impl Into<MediaRange>) -> Result<Self, MediaRangesError> {
        self.push(entry.into())?;
        Ok(self)
    }

    /// Reads the value of the attribute, without the label and the colon. Blanks at either end, several
    /// between two entries, and an empty list are tolerated besides the slips inside entries.
    ///
    /// # Errors
    ///
    /// [`MediaRangesError::Entry`] for a malformed entry, [`MediaRangesError::TooManyEntries`] above
    /// [`MAX_ENTRIES`](Self::MAX_ENTRIES).
    pub fn parse(input: &[u8]) -> Result<Self, MediaRangesError> {
        Ok(Self::parse_with_deviations(input)?.0)
    }

    /// As [`parse`](Self::parse); tells also what had to be tolerated.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(input: &[u8]) -> Result<(Self, Deviations), MediaRangesError> {
        Self::scan(Scanner::new(input, Profile::Sdp, false))
    }

    /// Reads the value of the attribute and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and
    /// [`MediaTypeError::Deviation`](crate::MediaTypeError::Deviation) for the first [`Deviation`].
    pub fn parse_strict(input: &[u8]) -> Result<Self, MediaRangesError> {
        Ok(Self::scan(Scanner::new(input, Profile::Sdp, true))?.0)
    }

    /// Whether an entry covers this type. Case and parameters do not count.
    pub fn accepts(&self, media_type: &MediaType) -> bool {
        self.entries.iter().any(|entry| entry.accepts(media_type))
    }

    /// Whether an entry covers the type given by its two halves. Case does not count.
    pub fn accepts_essence(&self, type_: &str, subtype: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.accepts_essence(type_, subtype))
    }

    /// Whether an entry covers everything: `*`.
    pub fn is_any(&self) -> bool {
        self.entries.iter().any(|entry| entry.type_().is_none())
    }

    /// Whether an entry covers the media type that is written there; no if none is, by the rules of
    /// [`MediaType::parse`]. Allocates nothing.
    pub fn accepts_written(&self, media_type: &[u8], profile: Profile) -> bool {
        Outline::of(media_type, profile, false).is_ok_and(|(outline, _)| {
            self.accepts_essence(ascii_str(outline.type_), ascii_str(outline.subtype))
        })
    }

    /// The entries, best first.
    pub fn iter(&self) -> slice::Iter<'_, MediaRange> {
        self.entries.iter()
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry, so that nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Appends the canonical form, exact also for parameter values that are not UTF-8.
    pub fn write(&self, out: &mut Vec<u8>) {
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                out.push(b' ');
            }
            entry.write(out);
        }
    }

    fn scan(mut scanner: Scanner<'_>) -> Result<(Self, Deviations), MediaRangesError> {
        let mut ranges = Self::new();
        scanner.edge()?;
        while !scanner.is_at_end() {
            let entry = if scanner.skip_any() {
                MediaRange::any()
            } else {
                MediaType::from_outline(&scanner.media_type()?).into()
            };
            ranges.push(entry)?;
            scanner.list_separator()?;
        }
        if ranges.is_empty() {
            scanner.deviate(Deviation::EmptyList, &[])?;
        }
        Ok((ranges, scanner.deviations()))
    }

    fn push(&mut self, entry: MediaRange) -> Result<(), MediaRangesError> {
        if self.entries.len() >= Self::MAX_ENTRIES {
            return Err(MediaRangesError::TooManyEntries {
                limit: Self::MAX_ENTRIES,
            });
        }
        self.entries.push(entry);
        Ok(())
    }
}

impl<'a> IntoIterator for &'a MediaRanges {
    type Item = &'a MediaRange;
    type IntoIter = slice::Iter<'a, MediaRange>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Writes the canonical form; octets that are not UTF-8 show as U+FFFD, see [`MediaRanges::write`].
impl fmt::Display for MediaRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        self.write(&mut octets);
        f.pad(&String::from_utf8_lossy(&octets))
    }
}

impl fmt::Debug for MediaRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MediaRanges")
            .field(&format_args!("{self}"))
            .finish()
    }
}
