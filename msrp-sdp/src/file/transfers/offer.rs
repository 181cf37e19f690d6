use thiserror::Error;

use super::FileTransfers;
use crate::Ids;
use crate::file::{
    FileAttributes, FileFate, FileHash, FileInfo, FilePart, FileRange, FileRole, FileSelector, FileTransfer,
    FileTransferId,
};

/// Why a transfer cannot be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileOfferError {
    /// Nothing is said of the file (RFC 5547 §6).
    #[error("no file selector")]
    EmptySelector,
    /// A file to be sent has neither type nor size nor hash: a name alone is not enough (RFC 5547 §8.2.1).
    #[error("neither type nor size nor hash of the file")]
    WeakSelector,
    /// A selector that is known by no RFC cannot be asked for.
    #[error("unknown file selector")]
    UnknownSelector,
    /// Hashes, and none of them by SHA-1 (RFC 5547 §6).
    #[error("a file hash without one by SHA-1")]
    MissingSha1,
    /// A range that goes beyond the end of the file, or of what was to be transferred.
    #[error("the range goes beyond the end of the file")]
    Range,
    /// There is no such transfer, or it is not over.
    #[error("no transfer that could be resumed")]
    NotOver,
    /// The section has a file that is offered or on its way: each has its own (RFC 5547 §8.6).
    #[error("the media section is in use")]
    SectionInUse,
    /// The generator repeats itself.
    #[error("no identifier that was not used before")]
    Ids,
}

impl FileTransfers {
    /// A media section for another file (RFC 5547 §8.6, §8.7): the first whose transfer is over, or else a new one behind
    /// all others. `sections` is the number of those that the last description had; what was offered since has its place
    /// behind them. Whichever it is, the MSRP session of the file is a new one.
    pub fn free_section(&self, sections: usize) -> usize {
        let idle = self.sections.keys().find(|section| !self.is_in_use(**section));
        let behind_own = self.sections.last_key_value().map_or(0, |(last, _)| last + 1);
        idle.copied().unwrap_or(sections.max(behind_own))
    }

    /// Offers to send a file, or `range` of it, in this media section: see [`free_section`](Self::free_section).
    ///
    /// # Errors
    ///
    /// A [`FileOfferError`] if too little is known of the file, it has no such range, or the section has another one.
    pub fn push(
        &mut self,
        file: &FileInfo,
        range: FileRange,
        section: usize,
        ids: &mut Ids,
    ) -> Result<FilePart, FileOfferError> {
        let selector = file.selector();
        if selector.is_empty() {
            return Err(FileOfferError::EmptySelector);
        }
        if selector.media_type().is_none() && selector.size().is_none() && selector.hashes().len() == 0 {
            return Err(FileOfferError::WeakSelector);
        }
        check_range(range, file.size())?;
        let disposition = file.disposition();
        let attributes = FileAttributes {
            selector: Some(selector),
            transfer_id: None,
            disposition: (!disposition.is("render")).then(|| disposition.clone()),
            dates: *file.dates(),
            icon: file.icon().cloned(),
            range: (range != FileRange::WHOLE).then_some(range),
        };
        self.offer(FileRole::Sender, attributes, section, ids)
    }

    /// Offers to receive the file that a selector means, or `range` of it; as [`push`](Self::push).
    ///
    /// # Errors
    ///
    /// A [`FileOfferError`] if the selector says too little or more than can be written, or the section has another file.
    pub fn pull(
        &mut self,
        selector: FileSelector,
        range: FileRange,
        section: usize,
        ids: &mut Ids,
    ) -> Result<FilePart, FileOfferError> {
        if selector.unknown().len() > 0 {
            return Err(FileOfferError::UnknownSelector);
        }
        if selector.hashes().len() > 0 && selector.hash(FileHash::SHA_1).is_none() {
            return Err(FileOfferError::MissingSha1);
        }
        check_range(range, selector.size())?;
        let size = selector.size().unwrap_or_default();
        let selector = selector.with_size(size);
        if selector.is_empty() {
            return Err(FileOfferError::EmptySelector);
        }
        let attributes = FileAttributes {
            selector: Some(selector),
            range: (range != FileRange::WHOLE).then_some(range),
            ..FileAttributes::default()
        };
        self.offer(FileRole::Receiver, attributes, section, ids)
    }

    /// Offers to go on with a transfer that is over, from the octet `start` of the file, counted from 1; where it was to
    /// stop stays. It is a new transfer (RFC 5547 §8.1), whichever side has offered the old one; as [`push`](Self::push).
    ///
    /// # Errors
    ///
    /// [`FileOfferError::NotOver`], [`FileOfferError::Range`] or [`FileOfferError::SectionInUse`].
    pub fn resume(
        &mut self,
        id: &FileTransferId,
        start: u64,
        section: usize,
        ids: &mut Ids,
    ) -> Result<FilePart, FileOfferError> {
        let old = self
            .get(id)
            .filter(|old| old.is_over())
            .ok_or(FileOfferError::NotOver)?;
        let range = old.range().starting_at(start).ok_or(FileOfferError::Range)?;
        let selector = old.selector().clone();
        match old.role() {
            FileRole::Receiver => self.pull(selector.known(), range, section, ids),
            FileRole::Sender => {
                check_range(range, selector.size())?;
                let attributes = FileAttributes {
                    selector: Some(selector.known()),
                    transfer_id: None,
                    icon: None,
                    range: Some(range),
                    ..old.offer().clone()
                };
                self.offer(FileRole::Sender, attributes, section, ids)
            }
        }
    }

    /// The offer with this identifier was not answered but rejected as a whole, by signalling: its section is as it was
    /// before.
    pub fn withdrawn(&mut self, id: &FileTransferId) {
        let Some(transfer) = self.transfers.get_mut(id) else {
            return;
        };
        if !transfer.is_own_offer || transfer.fate != FileFate::Offered {
            return;
        }
        transfer.end(FileFate::Refused);
        if self.sections.get(&transfer.section) == Some(id) {
            match transfer.replaced.take() {
                Some(before) => self.sections.insert(transfer.section, before),
                None => self.sections.remove(&transfer.section),
            };
        }
    }

    fn offer(
        &mut self,
        role: FileRole,
        attributes: FileAttributes,
        section: usize,
        ids: &mut Ids,
    ) -> Result<FilePart, FileOfferError> {
        if self.is_in_use(section) {
            return Err(FileOfferError::SectionInUse);
        }
        let id = self.unused_id(ids).ok_or(FileOfferError::Ids)?;
        let attributes = FileAttributes {
            transfer_id: Some(id.clone()),
            ..attributes
        };
        let transfer = FileTransfer::of_own(section, role, attributes);
        let part = transfer.offered_part();
        self.begin(id, transfer);
        Ok(part)
    }

    /// Never one that was used in this session (RFC 5547 §8.1).
    fn unused_id(&self, ids: &mut Ids) -> Option<FileTransferId> {
        let mut drawn = std::iter::repeat_with(|| FileTransferId::random(ids)).take(MAX_DRAWS);
        drawn.find(|id| !self.transfers.contains_key(id))
    }

    fn is_in_use(&self, section: usize) -> bool {
        self.of_section(section)
            .is_some_and(|(_, transfer)| !transfer.is_over())
    }
}

/// With 160 random bits a second one is drawn if the generator is broken, and not otherwise.
const MAX_DRAWS: usize = 16;

fn check_range(range: FileRange, size: Option<u64>) -> Result<(), FileOfferError> {
    let fits = size.is_none_or(|size| range.within(size).is_some());
    fits.then_some(()).ok_or(FileOfferError::Range)
}
