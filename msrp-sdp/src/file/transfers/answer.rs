use msrp_proto::Direction;
use thiserror::Error;

use super::FileTransfers;
use crate::file::{
    FileAttributes, FileDates, FileFate, FileHash, FileInfo, FilePart, FileRange, FileRole, FileSelector,
    FileTransfer, FileTransferId,
};
use crate::{Deviation, Deviations};

/// Why a transfer cannot be accepted. It can still be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileAcceptError {
    /// The peer has offered no such transfer, or it was answered already.
    #[error("no transfer that awaits an answer")]
    NotOffered,
    /// The file would go the other way.
    #[error("the file would go the other way")]
    Role,
    /// The file has not the octets that are wanted (ruling S11).
    #[error("the range goes beyond the end of the file")]
    Range,
    /// Nothing is known of the file that could be said of it.
    #[error("no file selector")]
    EmptySelector,
}

/// What became of an offer of this side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum FileAnswer {
    /// The file may be sent, or will come. What was forgiven in the answer.
    Accepted(Deviations),
    /// The file is on its way already: nothing begins. What was forgiven in the answer.
    Unchanged(Deviations),
    /// The peer does not want it, or not any more.
    Refused {
        /// The transfer, if it was on its way: it is to be aborted.
        abort: Option<FileTransferId>,
    },
}

/// Why an answer is none to what was offered. The transfer counts as aborted, and its session is to be closed
/// ([`FileTransfers::close`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileAnswerError {
    /// The section has no transfer that this side has offered.
    #[error("no transfer was offered")]
    NotOffered,
    /// The peer does not know file transfer, and so will not send the file (RFC 5547 §4).
    #[error("the peer does not know file transfer")]
    NotSupported,
    /// The answer is about another transfer.
    #[error("the answer has another identifier of the transfer")]
    IdMismatch,
    /// The answer has another range, or none where one was offered (RFC 5547 §8.3).
    #[error("the answer has another range")]
    RangeMismatch,
    /// The answer is about another file than the one that was asked for.
    #[error("the answer is about another file")]
    SelectorMismatch,
    /// The file would go the same way on both sides, or none.
    #[error("the answer has the wrong direction")]
    Direction,
}

impl FileTransfers {
    /// Accepts a file that the peer wants to send, and gives what is answered: selector, identifier and range as they were
    /// offered (RFC 5547 §8.3.1, ruling S10).
    ///
    /// # Errors
    ///
    /// [`FileAcceptError::NotOffered`] or [`FileAcceptError::Role`].
    pub fn accept(&mut self, id: &FileTransferId) -> Result<FilePart, FileAcceptError> {
        let transfer = self.undecided(id, FileRole::Receiver)?;
        let answer = FileAttributes {
            range: transfer.offer.range,
            ..transfer.offer.mirrored()
        };
        Ok(transfer.start(answer))
    }

    /// Accepts to send a file that the peer wants, and gives what is answered: identifier and range as they were offered;
    /// the hash of the whole file, and its type; what is to be done with it, and its icon. Name, size and dates are left to
    /// the Content-Disposition of the message (RFC 5547 §8.3.2). A hash that differs from the one asked for is left out.
    ///
    /// # Errors
    ///
    /// [`FileAcceptError::NotOffered`], [`FileAcceptError::Role`], and [`FileAcceptError::Range`] if the file has not the
    /// octets that are wanted; then it should be [refused](Self::refuse).
    pub fn accept_pull(&mut self, id: &FileTransferId, file: &FileInfo) -> Result<FilePart, FileAcceptError> {
        let transfer = self.undecided(id, FileRole::Sender)?;
        if file
            .size()
            .is_some_and(|size| transfer.range().within(size).is_none())
        {
            return Err(FileAcceptError::Range);
        }
        let selector = answered_selector(file, &transfer.selector).ok_or(FileAcceptError::EmptySelector)?;
        let disposition = file.disposition();
        let answer = FileAttributes {
            selector: Some(selector),
            disposition: (!disposition.is("render")).then(|| disposition.clone()),
            icon: file.icon().cloned(),
            range: transfer.offer.range,
            ..transfer.offer.mirrored()
        };
        Ok(transfer.start(answer))
    }

    /// Refuses a transfer that the peer has offered, and gives what is answered: port 0, selector and identifier as they
    /// were offered (RFC 5547 §8.3). `None` if it does not await an answer.
    pub fn refuse(&mut self, id: &FileTransferId) -> Option<FilePart> {
        let transfer = self
            .transfers
            .get_mut(id)
            .filter(|transfer| transfer.is_undecided())?;
        transfer.end(FileFate::Refused);
        Some(transfer.closing_part())
    }

    /// Looks at what an answer of the peer says of a file that this side has offered to send or receive.
    ///
    /// # Errors
    ///
    /// A [`FileAnswerError`] if that is no answer to the offer.
    pub fn answered(&mut self, answer: &FilePart) -> Result<FileAnswer, FileAnswerError> {
        let id = self
            .sections
            .get(&answer.section)
            .ok_or(FileAnswerError::NotOffered)?;
        let transfer = self
            .transfers
            .get_mut(id)
            .filter(|transfer| transfer.own.is_some());
        let transfer = transfer.ok_or(FileAnswerError::NotOffered)?;
        if answer.closed || transfer.closed || transfer.is_over() {
            transfer.closed = true;
            let fate = match transfer.fate {
                FileFate::Offered => FileFate::Refused,
                _ => FileFate::Aborted,
            };
            let was_running = transfer.end(fate);
            return Ok(FileAnswer::Refused {
                abort: was_running.then(|| id.clone()),
            });
        }
        match check(transfer, answer) {
            Ok(deviations) => {
                if let Some(selector) = &answer.attributes.selector {
                    transfer.selector = transfer.selector.merged(selector);
                }
                if transfer.fate == FileFate::Running {
                    return Ok(FileAnswer::Unchanged(deviations));
                }
                transfer.fate = FileFate::Running;
                Ok(FileAnswer::Accepted(deviations))
            }
            Err(error) => {
                transfer.end(FileFate::Aborted);
                Err(error)
            }
        }
    }

    fn undecided(
        &mut self,
        id: &FileTransferId,
        role: FileRole,
    ) -> Result<&mut FileTransfer, FileAcceptError> {
        let transfer = self
            .transfers
            .get_mut(id)
            .filter(|transfer| transfer.is_undecided());
        let transfer = transfer.ok_or(FileAcceptError::NotOffered)?;
        if transfer.role != role {
            return Err(FileAcceptError::Role);
        }
        Ok(transfer)
    }
}

impl FileTransfer {
    /// Whether this side has to answer.
    fn is_undecided(&self) -> bool {
        self.fate == FileFate::Offered && !self.is_own_offer
    }

    fn start(&mut self, answer: FileAttributes) -> FilePart {
        self.fate = FileFate::Running;
        self.own = Some(answer.clone());
        self.part(answer)
    }
}

/// What a sender says of a file that it was asked for. `None` if nothing is known of it.
fn answered_selector(file: &FileInfo, asked: &FileSelector) -> Option<FileSelector> {
    let differs = |hash: &FileHash| asked.hash(hash.algorithm()).is_some_and(|other| other != hash);
    // Those by other functions stand behind SHA-1 only.
    let hashes = file.written_hashes().take_while(|hash| !differs(hash));
    let selector = hashes.fold(FileSelector::new(), FileSelector::with_hash);
    let selector = match file.media_type() {
        Some(media_type) => selector.with_media_type(media_type.clone()).ok()?,
        None => selector,
    };
    // An answer has one selector at least (RFC 5547 §6).
    let selector = match (file.size(), file.name()) {
        (Some(size), _) if selector.is_empty() && size > 0 => selector.with_size(size),
        (_, Some(name)) if selector.is_empty() => selector.with_name(name.clone()),
        _ => selector,
    };
    (!selector.is_empty()).then_some(selector)
}

fn check(transfer: &FileTransfer, answer: &FilePart) -> Result<Deviations, FileAnswerError> {
    let mut deviations = Deviations::default();
    let file = &answer.attributes;
    let lacks_file_transfer = *file == FileAttributes::default();
    if lacks_file_transfer && transfer.role == FileRole::Receiver {
        return Err(FileAnswerError::NotSupported);
    }
    match &file.transfer_id {
        Some(id) if transfer.offer.transfer_id.as_ref() != Some(id) => {
            return Err(FileAnswerError::IdMismatch);
        }
        _ => {}
    }
    if FileRole::opposite_of(answer.direction) != Some(transfer.role) {
        if answer.direction != Direction::SendRecv {
            return Err(FileAnswerError::Direction);
        }
        deviations.insert(Deviation::MissingDirection);
    }
    // Absent, it means the whole file.
    if file.range.unwrap_or(FileRange::WHOLE) != transfer.range() {
        return Err(FileAnswerError::RangeMismatch);
    }
    if lacks_file_transfer {
        deviations.insert(Deviation::PeerLacksFileTransfer);
    } else if file.transfer_id.is_none() || file.selector.as_ref().is_none_or(FileSelector::is_empty) {
        deviations.insert(Deviation::MissingFileAttribute);
    }
    if file
        .selector
        .as_ref()
        .is_some_and(|selector| !selector.same_file(&transfer.selector))
    {
        if transfer.role == FileRole::Receiver {
            return Err(FileAnswerError::SelectorMismatch);
        }
        deviations.insert(Deviation::SelectorChanged);
    }
    let describes = file.disposition.is_some() || file.dates != FileDates::default() || file.icon.is_some();
    if describes && transfer.role == FileRole::Sender {
        deviations.insert(Deviation::DispositionInAnswer);
    }
    Ok(deviations)
}
