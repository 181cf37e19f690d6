use std::fmt;

use msrp_multipart::MediaType;
use thiserror::Error;

use super::{FileHash, FileName, file_type, pieces};
use crate::{Deviation, Deviations, chars};

/// Why a file selector cannot be read, or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileSelectorError {
    /// It is not made of `name`, `size`, `type` and `hash`, each with a colon and a value; or a quote is not closed, or
    /// stands where none may.
    #[error("not a file selector")]
    Syntax,
    /// A name, size or type twice, or two hashes by one function that differ (ruling S8).
    #[error("the same file selector twice")]
    DuplicateSelector,
    /// More than [`FileSelector::MAX_SELECTORS`].
    #[error("too many file selectors")]
    TooManySelectors,
    /// A `%` without two hexadecimal digits behind it.
    #[error("illegal percent-encoding")]
    BadPercent,
    /// A name without characters.
    #[error("empty file name")]
    EmptyName,
    /// A size that is no decimal number, or has a leading zero.
    #[error("illegal file size")]
    BadInteger,
    /// A size of more than 64 bits.
    #[error("file size over 64 bits")]
    Overflow,
    /// Not a media type, or one with a parameter without a value, which cannot be written.
    #[error("illegal file type")]
    BadType,
    /// A hash that is not the name of a function and octets in hexadecimal digits, with colons between.
    #[error("illegal file hash")]
    BadHash,
    /// A hash that has not the length which those of its function have.
    #[error("file hash of illegal length")]
    HashLength,
    /// A slip, in strict reading.
    #[error("{0}")]
    Deviation(Deviation),
}

/// Which file: the `file-selector` attribute (RFC 5547 §5, §6), a tuple of name, type, size and hashes, each of which may
/// be missing.
///
/// ```
/// use msrp_sdp::FileSelector;
///
/// let read = FileSelector::parse(br#"name:"My cool picture.jpg" type:image/jpeg size:4092"#)?;
/// assert_eq!(read.name().unwrap().to_text(), "My cool picture.jpg");
/// assert_eq!(read.size(), Some(4092));
/// # Ok::<(), msrp_sdp::FileSelectorError>(())
/// ```
///
/// Without any it is the bare attribute, which tells that file transfer is supported (RFC 5547 §8.5). Two are equal if
/// they say the same, however it was written.
#[derive(Debug, Clone, Default)]
pub struct FileSelector {
    pub(super) name: Option<FileName>,
    pub(super) media_type: Option<MediaType>,
    pub(super) size: Option<u64>,
    /// One for each function.
    pub(super) hashes: Vec<FileHash>,
    unknown: Vec<Box<str>>,
    /// What was read, to be mirrored.
    received: Option<Box<str>>,
}

impl FileSelector {
    /// The number of selectors above which parsing fails.
    pub const MAX_SELECTORS: usize = 32;

    /// Without any selector.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with the name.
    #[must_use]
    pub fn with_name(self, name: FileName) -> Self {
        Self {
            name: Some(name),
            ..self.changed()
        }
    }

    /// The same with the media type.
    ///
    /// # Errors
    ///
    /// [`FileSelectorError::BadType`] if a parameter has no value, or an empty one: the grammar has none.
    pub fn with_media_type(self, media_type: MediaType) -> Result<Self, FileSelectorError> {
        file_type::write(&media_type).ok_or(FileSelectorError::BadType)?;
        Ok(Self {
            media_type: Some(media_type),
            ..self.changed()
        })
    }

    /// The same with the size of the whole file in octets, without any wrapper. 0 takes the selector away: the grammar
    /// has no such size (ruling S8).
    #[must_use]
    pub fn with_size(self, octets: u64) -> Self {
        Self {
            size: (octets > 0).then_some(octets),
            ..self.changed()
        }
    }

    /// The same with a hash; one by the same function is replaced.
    #[must_use]
    pub fn with_hash(self, hash: FileHash) -> Self {
        let mut changed = self.changed();
        changed
            .hashes
            .retain(|other| other.algorithm() != hash.algorithm());
        changed.hashes.push(hash);
        changed
    }

    /// Reads the value of the attribute, which is empty if the attribute is bare. What breaks a rule but has only one
    /// reading is accepted.
    ///
    /// # Errors
    ///
    /// A [`FileSelectorError`] that says what is wrong.
    pub fn parse(value: &[u8]) -> Result<Self, FileSelectorError> {
        Ok(Self::parse_with_deviations(value)?.0)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), FileSelectorError> {
        if value.iter().any(|octet| b"\0\r\n".contains(octet)) {
            return Err(FileSelectorError::Syntax);
        }
        let mut deviations = Deviations::default();
        let mut read = Self::default();
        let words = pieces::words(value, &mut deviations).ok_or(FileSelectorError::Syntax)?;
        if words.len() > Self::MAX_SELECTORS {
            return Err(FileSelectorError::TooManySelectors);
        }
        for word in words {
            read.read_selector(word, &mut deviations)?;
        }
        read.received = std::str::from_utf8(value).ok().map(Into::into);
        Ok((read, deviations))
    }

    /// Reads the value of the attribute and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`FileSelectorError::Deviation`] for a deviation.
    pub fn parse_strict(value: &[u8]) -> Result<Self, FileSelectorError> {
        let (read, deviations) = Self::parse_with_deviations(value)?;
        deviations
            .first()
            .map_or(Ok(read), |first| Err(FileSelectorError::Deviation(first)))
    }

    /// The name.
    pub fn name(&self) -> Option<&FileName> {
        self.name.as_ref()
    }

    /// The media type.
    pub fn media_type(&self) -> Option<&MediaType> {
        self.media_type.as_ref()
    }

    /// The size of the whole file in octets.
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The hashes of the whole file, each by another function.
    pub fn hashes(&self) -> impl ExactSizeIterator<Item = &FileHash> {
        self.hashes.iter()
    }

    /// The hash by a function, such as [`FileHash::SHA_1`]; case does not count in the name.
    pub fn hash(&self, algorithm: &str) -> Option<&FileHash> {
        self.hashes
            .iter()
            .find(|hash| hash.algorithm().eq_ignore_ascii_case(algorithm))
    }

    /// Selectors of other kinds, as a peer has written them (ruling S8).
    pub fn unknown(&self) -> impl ExactSizeIterator<Item = &str> {
        self.unknown.iter().map(|selector| &**selector)
    }

    /// Whether there is no selector.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What answers mirror: octet for octet what was read, if that was text (RFC 5547 §8.3).
    pub(super) fn mirrored(&self) -> String {
        self.received
            .as_ref()
            .map_or_else(|| self.to_string(), |received| received.to_string())
    }

    /// The same without selectors of unknown kinds.
    pub(super) fn known(self) -> Self {
        Self {
            unknown: Vec::new(),
            ..self.changed()
        }
    }

    fn changed(self) -> Self {
        Self {
            received: None,
            ..self
        }
    }

    fn read_selector(&mut self, word: &[u8], deviations: &mut Deviations) -> Result<(), FileSelectorError> {
        const SYNTAX: FileSelectorError = FileSelectorError::Syntax;
        let (kind, value) = pieces::split_once(word, b':').ok_or(SYNTAX)?;
        if kind.eq_ignore_ascii_case("name") {
            let encoded = pieces::maybe_quoted(value, deviations).ok_or(SYNTAX)?;
            let name = FileName::decode(encoded)?;
            if std::str::from_utf8(name.as_octets()).is_err() {
                deviations.insert(Deviation::NotUtf8);
            }
            set(&mut self.name, name)
        } else if kind.eq_ignore_ascii_case("size") {
            let size = read_size(value)?;
            if size == 0 {
                deviations.insert(Deviation::ZeroSize);
            }
            set(&mut self.size, size)
        } else if kind.eq_ignore_ascii_case("type") {
            set(&mut self.media_type, file_type::parse(value, deviations)?)
        } else if kind.eq_ignore_ascii_case("hash") {
            let (hash, found) = FileHash::parse_with_deviations(value)?;
            deviations.extend(&found);
            match self.hash(hash.algorithm()) {
                None => self.hashes.push(hash),
                Some(same) if *same == hash => deviations.insert(Deviation::Duplicate),
                Some(_) => return Err(FileSelectorError::DuplicateSelector),
            }
            Ok(())
        } else if chars::is_token(kind.as_bytes()) {
            deviations.insert(Deviation::UnknownSelector);
            let selector = std::str::from_utf8(word).map_err(|_| SYNTAX)?;
            self.unknown.push(selector.into());
            Ok(())
        } else {
            Err(SYNTAX)
        }
    }
}

impl PartialEq for FileSelector {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |selector: &Self| {
            let mut hashes = selector.hashes.clone();
            hashes.sort_unstable();
            hashes
        };
        self.name == other.name
            && self.media_type == other.media_type
            && self.size == other.size
            && sorted(self) == sorted(other)
            && self.unknown == other.unknown
    }
}

impl Eq for FileSelector {}

/// The value of the attribute in canonical form; empty if there is no selector. A size of 0 is left out.
impl fmt::Display for FileSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.name.as_ref().map(|name| format!("name:\"{name}\"")));
        let media_type = self.media_type.as_ref().and_then(file_type::write);
        words.extend(media_type.map(|written| format!("type:{written}")));
        let size = self.size.filter(|&size| size > 0);
        words.extend(size.map(|size| format!("size:{size}")));
        words.extend(self.hashes.iter().map(|hash| format!("hash:{hash}")));
        words.extend(self.unknown.iter().map(|selector| selector.to_string()));
        f.pad(&words.join(" "))
    }
}

fn set<T>(place: &mut Option<T>, value: T) -> Result<(), FileSelectorError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(FileSelectorError::DuplicateSelector),
    }
}

/// `integer` of RFC 8866 §9, and 0.
fn read_size(digits: &[u8]) -> Result<u64, FileSelectorError> {
    let legal = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok().filter(|_| legal);
    let text = text.ok_or(FileSelectorError::BadInteger)?;
    if text.len() > 1 && text.starts_with('0') {
        return Err(FileSelectorError::BadInteger);
    }
    text.parse().map_err(|_| FileSelectorError::Overflow)
}
