use msrp_multipart::MediaType;
use thiserror::Error;

use super::select::type_fits;
use super::{FileHasher, FileInfo, FileName, FileRange, FileSelector};

/// More octets than were announced, or than the limit allows. The transfer is to be aborted (RFC 5547 §10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more octets than the file has")]
pub struct TooMuchData;

/// In what a received file differs from what was negotiated. The transfer has failed, and the user should be told
/// (RFC 5547 §8.2.2, §8.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileMismatch {
    /// A hash.
    #[error("the file has another hash")]
    Hash,
    /// The number of octets.
    #[error("the file has another size")]
    Size,
    /// The media type.
    #[error("the file has another type")]
    Type,
    /// The name.
    #[error("the file has another name")]
    Name,
}

/// How far a received file was compared with what was negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum FileVerified {
    /// By its hash, too.
    WithHash,
    /// Without a hash: none by a known function was negotiated, only a part of the file is there, or its octets did not
    /// come in order. In the last case the stored file can be given to another receipt, from its beginning.
    WithoutHash,
}

/// Follows a file as it arrives: where its octets belong, when there are too many, and in the end whether it is the one
/// that was negotiated.
///
/// ```
/// use msrp_sdp::{FileRange, FileReceipt, FileSelector, FileVerified};
///
/// let selector = FileSelector::parse(
///     b"size:10 hash:sha-1:87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16",
/// )?;
/// let mut receipt = FileReceipt::new(selector, FileRange::WHOLE);
/// assert_eq!(receipt.take(0, b"01234")?, 0);
/// assert_eq!(receipt.take(5, b"56789")?, 5);
/// assert_eq!(receipt.finish(None, None)?, FileVerified::WithHash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FileReceipt {
    selector: FileSelector,
    range: FileRange,
    max_size: Option<u64>,
    hasher: FileHasher,
    /// So many octets of the file, from its beginning, went into the hasher.
    hashed: u64,
    /// The offset in the file behind the last octet seen.
    end: u64,
}

impl FileReceipt {
    /// For a file of which `range` is transferred. `selector` is what both sides have said of it.
    pub fn new(selector: FileSelector, range: FileRange) -> Self {
        Self {
            hasher: FileHasher::for_selector(&selector),
            selector,
            range,
            max_size: None,
            hashed: 0,
            end: range.offset(),
        }
    }

    /// The same for files of at most so many octets. Default: no limit but what the peer announced.
    #[must_use]
    pub fn max_size(self, octets: Option<u64>) -> Self {
        Self {
            max_size: octets,
            ..self
        }
    }

    /// Takes octets of the file that are there already, before those of a transfer that is resumed: for the hash. They are
    /// given in order, from the beginning of the file, and before any that arrive.
    pub fn take_stored(&mut self, octets: &[u8]) {
        self.hash(self.hashed, octets);
    }

    /// Takes octets as they arrive, and tells at which offset of the file they belong, counted from 0. `offset` is where
    /// they stand in what is transferred, without any wrapper, from 0 whatever the range is (RFC 5547 §6).
    ///
    /// # Errors
    ///
    /// [`TooMuchData`] if the file has no such octets: it or its range was announced as shorter, or is limited.
    pub fn take(&mut self, offset: u64, octets: &[u8]) -> Result<u64, TooMuchData> {
        let start = self.range.offset().checked_add(offset).ok_or(TooMuchData)?;
        let len = u64::try_from(octets.len()).map_err(|_| TooMuchData)?;
        let end = start.checked_add(len).ok_or(TooMuchData)?;
        let limits = [self.range.stop(), self.selector.size(), self.max_size];
        if limits.into_iter().flatten().any(|limit| end > limit) {
            return Err(TooMuchData);
        }
        self.end = self.end.max(end);
        self.hash(start, octets);
        Ok(start)
    }

    /// Compares the file with what was negotiated, when the transfer is complete. `name` and `media_type` are those
    /// that came with the file, in its Content-Disposition and Content-Type; what did not come is not compared.
    ///
    /// # Errors
    ///
    /// A [`FileMismatch`] if it is not the file that was negotiated.
    pub fn finish(
        self,
        name: Option<&FileName>,
        media_type: Option<&MediaType>,
    ) -> Result<FileVerified, FileMismatch> {
        let selector = &self.selector;
        let expected_end = self.range.stop().or(selector.size());
        if expected_end.is_some_and(|end| end != self.end) {
            return Err(FileMismatch::Size);
        }
        let differs = |wanted: &MediaType, found: &MediaType| !type_fits(wanted, found);
        if selector
            .media_type()
            .zip(media_type)
            .is_some_and(|(wanted, found)| differs(wanted, found))
        {
            return Err(FileMismatch::Type);
        }
        if selector
            .name()
            .zip(name)
            .is_some_and(|(wanted, found)| wanted != found)
        {
            return Err(FileMismatch::Name);
        }
        // With its last octet missing a file has another hash. An open range goes to the end by itself.
        let is_end = self.range.stop().is_none() || selector.size() == Some(self.end);
        if !is_end || self.hashed != self.end {
            return Ok(FileVerified::WithoutHash);
        }
        let hashes = self.hasher.finish();
        if hashes.is_empty() {
            return Ok(FileVerified::WithoutHash);
        }
        if !selector.hashes_fit(&FileInfo::new().with_hashes(hashes)) {
            return Err(FileMismatch::Hash);
        }
        Ok(FileVerified::WithHash)
    }

    /// Only what follows upon what was hashed can be hashed; what was there already is passed over.
    fn hash(&mut self, start: u64, octets: &[u8]) {
        let seen = self.hashed.checked_sub(start);
        let seen = seen.and_then(|seen| usize::try_from(seen).ok());
        if let Some(new) = seen.and_then(|seen| octets.get(seen..)) {
            self.hasher.update(new);
            self.hashed = self.hashed.saturating_add(new.len() as u64);
        }
    }
}
