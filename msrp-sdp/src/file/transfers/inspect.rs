use msrp_proto::Direction;
use thiserror::Error;

use super::FileTransfers;
use crate::file::{FileAttributes, FileFate, FilePart, FileRange, FileRole, FileTransfer, FileTransferId};

/// What an offered section means for the transfers of files.
///
/// Where there is something to `abort`, its message is ended first, and then the answer handed out (RFC 5547 §8.4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum FileVerdict {
    /// The section has nothing to do with files.
    NoFile,
    /// A new transfer, about which the user or a policy decides.
    New {
        /// Its identifier.
        id: FileTransferId,
        /// Whether the file would be sent or received here.
        role: FileRole,
        /// Which octets are wanted.
        range: FileRange,
        /// The transfer that the section had, and which is to be aborted: this one takes its place (RFC 5547 §8.1).
        abort: Option<FileTransferId>,
    },
    /// The same as before: nothing begins, and nobody is asked.
    Unchanged {
        /// What is answered; `None` if there is no decision yet about the transfer.
        answer: Option<FilePart>,
    },
    /// Not to be had.
    Refused {
        /// Why.
        why: FileRefusal,
        /// What is answered: port 0.
        answer: FilePart,
        /// The transfer that the section has, and which is to be aborted.
        abort: Option<FileTransferId>,
    },
    /// The peer closes the section, whatever else it says of it.
    Closed {
        /// What is answered: port 0.
        answer: FilePart,
        /// The transfer that the section has, and which is to be aborted.
        abort: Option<FileTransferId>,
    },
}

/// Why an offer about a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileRefusal {
    /// No selector (RFC 5547 §6).
    #[error("offer of a file without a selector")]
    EmptySelector,
    /// No `file-transfer-id` (RFC 5547 §8.1).
    #[error("offer of a file without an identifier of the transfer")]
    MissingTransferId,
    /// Neither `sendonly` nor `recvonly`, or the other one than before (RFC 5547 §8).
    #[error("offer of a file without a direction")]
    Direction,
    /// The identifier of a known transfer, and another file (RFC 5547 §8.1).
    #[error("the identifier belongs to another file")]
    SelectorChanged,
    /// The identifier of a transfer that another section has, or that this one had before its last.
    #[error("the identifier is used")]
    IdUsed,
    /// The file is larger than [`FileLimits::max_size`](crate::FileLimits::max_size).
    #[error("the file is too large")]
    TooLarge,
    /// There are [`FileLimits::max_transfers`](crate::FileLimits::max_transfers) already, or
    /// [`FileLimits::max_known`](crate::FileLimits::max_known).
    #[error("too many transfers")]
    TooManyTransfers,
    /// What is said of the file is longer than 16 KiB.
    #[error("too much is said of the file")]
    TooLong,
    /// A range that goes beyond the end of the file (ruling S11).
    #[error("the range goes beyond the end of the file")]
    Range,
}

impl FileTransfers {
    /// Inspects what an offer of the peer says of a file: the port first, then the identifier, then the file
    /// (RFC 5547 §8.3.1, §8.3.2). All sections of an offer are given in their order; ordinary ones need not be.
    pub fn offered(&mut self, offer: &FilePart) -> FileVerdict {
        let file = &offer.attributes;
        if *file == FileAttributes::default() {
            return self.offered_without_file(offer);
        }
        if offer.closed {
            return self.offered_closed(offer);
        }
        let has_selector = file
            .selector
            .as_ref()
            .is_some_and(|selector| !selector.is_empty());
        let Some(id) = &file.transfer_id else {
            return self.refused(
                offer,
                match has_selector {
                    true => FileRefusal::MissingTransferId,
                    false => FileRefusal::EmptySelector,
                },
            );
        };
        if len(file) > MAX_LEN {
            return self.refused(offer, FileRefusal::TooLong);
        }
        let known = self.transfers.contains_key(id);
        if known && self.sections.get(&offer.section) != Some(id) {
            return self.refused(offer, FileRefusal::IdUsed);
        }
        if !has_selector {
            return self.refused(offer, FileRefusal::EmptySelector);
        }
        let result = if known {
            self.offered_again(offer, id)
        } else {
            self.offered_new(offer, id)
        };
        result.unwrap_or_else(|why| self.refused(offer, why))
    }

    fn offered_again(&mut self, offer: &FilePart, id: &FileTransferId) -> Result<FileVerdict, FileRefusal> {
        let (Some(transfer), Some(selector)) = (self.transfers.get_mut(id), &offer.attributes.selector)
        else {
            return Err(FileRefusal::EmptySelector);
        };
        // A call that is put on hold takes all its sections along (RFC 3264 §8.4).
        let is_held = offer.direction == Direction::Inactive;
        if !is_held && FileRole::opposite_of(offer.direction) != Some(transfer.role) {
            return Err(FileRefusal::Direction);
        }
        if !selector.same_file(&transfer.selector) {
            return Err(FileRefusal::SelectorChanged);
        }
        transfer.selector = transfer.selector.merged(selector);
        // What a receiver answers is a copy of what it is offered now.
        if let Some(own) = &mut transfer.own
            && transfer.role == FileRole::Receiver
            && !transfer.is_own_offer
        {
            own.selector = Some(selector.clone());
        }
        let answer = transfer.answered_part().map(|answer| match answer.closed {
            true => offer.refusal(),
            false if is_held => FilePart {
                direction: Direction::Inactive,
                ..answer
            },
            false => answer,
        });
        Ok(FileVerdict::Unchanged { answer })
    }

    fn offered_new(&mut self, offer: &FilePart, id: &FileTransferId) -> Result<FileVerdict, FileRefusal> {
        let role = FileRole::opposite_of(offer.direction).ok_or(FileRefusal::Direction)?;
        let transfer = FileTransfer::of_peer(offer.section, role, offer.attributes.clone());
        let (size, range) = (transfer.selector.size(), transfer.range());
        if role == FileRole::Receiver && size > self.limits.max_size && self.limits.max_size.is_some() {
            return Err(FileRefusal::TooLarge);
        }
        if size.is_some_and(|size| range.within(size).is_none()) {
            return Err(FileRefusal::Range);
        }
        // All but the last of a section are over.
        let running = self
            .transfers
            .values()
            .filter(|other| other.section != offer.section && !other.is_over());
        if running.count() >= self.limits.max_transfers || self.is_full() {
            return Err(FileRefusal::TooManyTransfers);
        }
        Ok(FileVerdict::New {
            id: id.clone(),
            role,
            range,
            abort: self.begin(id.clone(), transfer),
        })
    }

    /// A port of 0 outranks the identifier (RFC 5547 §8.1).
    fn offered_closed(&mut self, offer: &FilePart) -> FileVerdict {
        let abort = self.end_section(offer.section);
        if let Some(id) = self.sections.get(&offer.section)
            && let Some(transfer) = self.transfers.get_mut(id)
        {
            transfer.closed = true;
        }
        self.remember(offer);
        FileVerdict::Closed {
            answer: offer.refusal(),
            abort,
        }
    }

    /// So speaks a peer that does not know file transfer (RFC 5547 §4), and of sections that have no file.
    fn offered_without_file(&mut self, offer: &FilePart) -> FileVerdict {
        match self.of_section(offer.section) {
            Some((_, transfer)) if offer.closed && !transfer.closed => self.offered_closed(offer),
            Some((_, transfer)) if !transfer.is_over() => FileVerdict::Unchanged {
                answer: transfer.answered_part(),
            },
            _ => FileVerdict::NoFile,
        }
    }

    /// The answer has port 0: that ends whatever the section has.
    fn refused(&mut self, offer: &FilePart, why: FileRefusal) -> FileVerdict {
        let abort = self.end_section(offer.section);
        self.remember(offer);
        FileVerdict::Refused {
            why,
            answer: offer.refusal(),
            abort,
        }
    }

    /// An identifier that was refused is used all the same.
    fn remember(&mut self, offer: &FilePart) {
        let Some(id) = &offer.attributes.transfer_id else {
            return;
        };
        let role = FileRole::opposite_of(offer.direction).unwrap_or(FileRole::Receiver);
        if self.transfers.contains_key(id) || self.is_full() {
            return;
        }
        let attributes = match len(&offer.attributes) > MAX_LEN {
            true => FileAttributes {
                transfer_id: Some(id.clone()),
                ..FileAttributes::default()
            },
            false => offer.attributes.clone(),
        };
        let transfer = FileTransfer {
            fate: FileFate::Refused,
            closed: offer.closed,
            ..FileTransfer::of_peer(offer.section, role, attributes)
        };
        self.begin(id.clone(), transfer);
    }

    fn is_full(&self) -> bool {
        self.transfers.len() >= self.limits.max_known
    }
}

/// Octets of file attributes that are remembered of an offer; far more than names, types and hashes need.
const MAX_LEN: usize = 16 << 10;

fn len(attributes: &FileAttributes) -> usize {
    let values = attributes.attributes().into_iter().filter_map(|(_, value)| value);
    values.map(|value| value.len()).sum()
}
