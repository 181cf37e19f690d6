use msrp_multipart::{ContentId, Disposition, MediaType};

use super::{FileDates, FileDisposition, FileHash, FileName, FileSelector, FileSelectorError, file_type};

/// What an application knows of a file. All of it can be missing; what is there goes into the selector, the other
/// attributes, and the Content-Disposition of the message, so that they say the same (RFC 5547 §6).
///
/// ```
/// use msrp_sdp::{FileDisposition, FileHasher, FileInfo, FileName};
///
/// let mut hasher = FileHasher::sha_1();
/// hasher.update(b"0123456789");
/// let file = FileInfo::new()
///     .with_name(FileName::new("digits.txt")?)
///     .with_media_type("text/plain".parse()?)?
///     .with_size(10)
///     .with_hashes(hasher.finish())
///     .with_disposition(FileDisposition::attachment());
/// assert_eq!(
///     file.selector().to_string(),
///     "name:\"digits.txt\" type:text/plain size:10 \
///      hash:sha-1:87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16"
/// );
/// assert_eq!(file.content_disposition().to_string(), "attachment;filename=digits.txt;size=10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo {
    name: Option<FileName>,
    media_type: Option<MediaType>,
    size: Option<u64>,
    hashes: Vec<FileHash>,
    dates: FileDates,
    disposition: FileDisposition,
    icon: Option<ContentId>,
}

impl FileInfo {
    /// Nothing known; to be rendered.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with the name.
    #[must_use]
    pub fn with_name(self, name: FileName) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }

    /// The same with the media type.
    ///
    /// # Errors
    ///
    /// As [`FileSelector::with_media_type`].
    pub fn with_media_type(self, media_type: MediaType) -> Result<Self, FileSelectorError> {
        file_type::write(&media_type).ok_or(FileSelectorError::BadType)?;
        Ok(Self {
            media_type: Some(media_type),
            ..self
        })
    }

    /// The same with the size of the whole file in octets, without any wrapper.
    #[must_use]
    pub fn with_size(self, octets: u64) -> Self {
        Self {
            size: Some(octets),
            ..self
        }
    }

    /// The same with hashes of the whole file, see [`FileHasher`](super::FileHasher). They replace those there were.
    #[must_use]
    pub fn with_hashes(self, hashes: impl IntoIterator<Item = FileHash>) -> Self {
        Self {
            hashes: hashes.into_iter().collect(),
            ..self
        }
    }

    /// The same with the dates.
    #[must_use]
    pub fn with_dates(self, dates: FileDates) -> Self {
        Self { dates, ..self }
    }

    /// The same with what is to be done with the file.
    #[must_use]
    pub fn with_disposition(self, disposition: FileDisposition) -> Self {
        Self { disposition, ..self }
    }

    /// The same with a small picture of the file, which is a part of the body that carries the SDP (RFC 5547 §8.8): see
    /// [`SdpBody`](crate::SdpBody).
    #[must_use]
    pub fn with_icon(self, icon: ContentId) -> Self {
        Self {
            icon: Some(icon),
            ..self
        }
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

    /// The hash by a function, such as [`FileHash::SHA_1`].
    pub fn hash(&self, algorithm: &str) -> Option<&FileHash> {
        self.hashes
            .iter()
            .find(|hash| hash.algorithm().eq_ignore_ascii_case(algorithm))
    }

    /// The dates.
    pub const fn dates(&self) -> &FileDates {
        &self.dates
    }

    /// What is to be done with the file.
    pub const fn disposition(&self) -> &FileDisposition {
        &self.disposition
    }

    /// The small picture of the file.
    pub const fn icon(&self) -> Option<&ContentId> {
        self.icon.as_ref()
    }

    /// The selector that says all of it that there are selectors for: a size of 0 has none, nor has a hash by SHA-256
    /// without one by SHA-1 (rulings S7, S8).
    pub fn selector(&self) -> FileSelector {
        let mut selector = FileSelector::new().with_size(self.size.unwrap_or_default());
        selector.name = self.name.clone();
        selector.media_type = self.media_type.clone();
        self.written_hashes().fold(selector, FileSelector::with_hash)
    }

    /// The Content-Disposition of the message or the wrapper that carries the file (RFC 2183).
    pub fn content_disposition(&self) -> Disposition {
        let mut disposition = self.disposition.to_disposition();
        if let Some(name) = &self.name {
            disposition = disposition.with_file_name(&name.to_text());
        }
        if let Some(date) = self.dates.creation() {
            disposition = disposition.with_creation_date(date);
        }
        if let Some(date) = self.dates.modification() {
            disposition = disposition.with_modification_date(date);
        }
        if let Some(date) = self.dates.read() {
            disposition = disposition.with_read_date(date);
        }
        match self.size {
            Some(size) => disposition.with_size(size),
            None => disposition,
        }
    }

    /// SHA-1, and behind it SHA-256.
    pub(super) fn written_hashes(&self) -> impl Iterator<Item = FileHash> {
        let sha_1 = self.hash(FileHash::SHA_1).cloned();
        let sha_256 = sha_1.as_ref().and_then(|_| self.hash(FileHash::SHA_256).cloned());
        sha_1.into_iter().chain(sha_256)
    }
}
