//! All transfers of files of a session of signalling, in both directions (RFC 5547 §8).

mod answer;
mod inspect;
mod offer;

use std::collections::BTreeMap;

pub use self::answer::{FileAcceptError, FileAnswer, FileAnswerError};
pub use self::inspect::{FileRefusal, FileVerdict};
pub use self::offer::FileOfferError;

use super::{FileFate, FileLimits, FilePart, FileReceipt, FileTransfer, FileTransferId};

/// The transfers of files of one session of signalling (RFC 5547 §8), those that are over among them: an identifier is
/// never used again, and a repeated offer starts nothing.
///
/// Each transfer has a media section and an MSRP session of its own. This knows what the sections say of files, and how far
/// the transfers have come; it does no I/O and knows no MSRP, so the application tells it what happens, and does what it
/// says: a transfer that is to be aborted is one whose message is ended
/// ([`Outgoing::abort`](msrp_proto::Outgoing::abort), [`Incoming::reject`](msrp_proto::Incoming::reject)).
///
/// - Offering: [`free_section`](Self::free_section) finds a place, [`push`](Self::push), [`pull`](Self::pull) and
///   [`resume`](Self::resume) give the section of an offer, and [`answered`](Self::answered) takes that of the answer.
/// - Answering: [`offered`](Self::offered) inspects the section of an offer. What is new is answered with
///   [`accept`](Self::accept), [`accept_pull`](Self::accept_pull) or [`refuse`](Self::refuse).
/// - Running: [`receipt`](Self::receipt) follows the octets, [`completed`](Self::completed) and
///   [`aborted`](Self::aborted) tell how it ended, [`close`](Self::close) gives the section of the offer that ends it.
/// - In later offers, [`parts`](Self::parts) is what stands in the sections of files.
#[derive(Debug, Clone, Default)]
pub struct FileTransfers {
    limits: FileLimits,
    transfers: BTreeMap<FileTransferId, FileTransfer>,
    /// The last transfer of each section.
    sections: BTreeMap<usize, FileTransferId>,
}

impl FileTransfers {
    /// Without transfers.
    pub fn new(limits: FileLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// A transfer, which may be over.
    pub fn get(&self, id: &FileTransferId) -> Option<&FileTransfer> {
        self.transfers.get(id)
    }

    /// The transfer that a section has, or had last.
    pub fn of_section(&self, section: usize) -> Option<(&FileTransferId, &FileTransfer)> {
        let id = self.sections.get(&section)?;
        Some((id, self.transfers.get(id)?))
    }

    /// What stands in the sections of files in an offer of this side, in order. Sections whose transfer is over stay, with
    /// port 0 and its identifier (RFC 5547 §8.1).
    pub fn parts(&self) -> impl Iterator<Item = FilePart> {
        let of_section = |section| self.of_section(section).map(|(_, transfer)| transfer);
        let transfers = self
            .sections
            .keys()
            .filter_map(move |section| of_section(*section));
        transfers.map(FileTransfer::offered_part)
    }

    /// What follows the octets of a file that is being received.
    pub fn receipt(&self, id: &FileTransferId) -> Option<FileReceipt> {
        let transfer = self.get(id)?;
        let receipt = FileReceipt::new(transfer.selector().clone(), transfer.range());
        Some(receipt.max_size(self.limits.max_size))
    }

    /// The file has arrived, and is the one that was negotiated. Its sender should now close the session.
    pub fn completed(&mut self, id: &FileTransferId) {
        if let Some(transfer) = self.transfers.get_mut(id) {
            transfer.end(FileFate::Completed);
        }
    }

    /// The transfer has failed, or was ended by this side or the peer, in MSRP.
    pub fn aborted(&mut self, id: &FileTransferId) {
        if let Some(transfer) = self.transfers.get_mut(id) {
            transfer.end(FileFate::Aborted);
        }
    }

    /// The section of an offer that closes the session of a transfer: port 0 and its identifier (RFC 5547 §8.4). If it is
    /// not over, it is aborted: first end the message, then send the offer. `None` if there is no such transfer, or its
    /// section has another one by now.
    pub fn close(&mut self, id: &FileTransferId) -> Option<FilePart> {
        let transfer = self.transfers.get_mut(id)?;
        if self.sections.get(&transfer.section) != Some(id) {
            return None;
        }
        transfer.end(FileFate::Aborted);
        transfer.closed = true;
        Some(transfer.closing_part())
    }

    /// Gives a section to a new transfer. What it had before is over: if that was on its way, its identifier is returned,
    /// and it has to be aborted.
    fn begin(&mut self, id: FileTransferId, transfer: FileTransfer) -> Option<FileTransferId> {
        let abort = self.end_section(transfer.section);
        let replaced = self.sections.insert(transfer.section, id.clone());
        self.transfers.insert(id, FileTransfer { replaced, ..transfer });
        abort
    }

    /// Ends what the section has, and tells if that was on its way.
    fn end_section(&mut self, section: usize) -> Option<FileTransferId> {
        let id = self.sections.get(&section)?;
        let was_running = self.transfers.get_mut(id)?.end(FileFate::Aborted);
        was_running.then(|| id.clone())
    }
}
