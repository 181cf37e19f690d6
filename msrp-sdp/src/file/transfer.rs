use super::{FileAttributes, FileDates, FilePart, FileRange, FileRole, FileSelector, FileTransferId};

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileFate {
    /// Offered, and not yet answered.
    Offered,
    /// Agreed upon: the file is on its way, or about to be.
    Running,
    /// The file is there.
    Completed,
    /// It has failed, or one side has ended it.
    Aborted,
    /// It was refused.
    Refused,
}

/// One transfer of a file, as [`FileTransfers`](super::FileTransfers) remembers it.
#[derive(Debug, Clone)]
pub struct FileTransfer {
    pub(super) section: usize,
    pub(super) role: FileRole,
    pub(super) fate: FileFate,
    /// An exchange has set the port to 0.
    pub(super) closed: bool,
    /// The section had this one before.
    pub(super) replaced: Option<FileTransferId>,
    /// Whether this side has offered it.
    pub(super) is_own_offer: bool,
    /// What was offered, by whichever side.
    pub(super) offer: FileAttributes,
    /// What this side writes while the transfer is not over: its offer or its answer.
    pub(super) own: Option<FileAttributes>,
    /// What was said of the file, in the offer and since.
    pub(super) selector: FileSelector,
}

impl FileTransfer {
    /// Offered by the peer.
    pub(super) fn of_peer(section: usize, role: FileRole, offer: FileAttributes) -> Self {
        Self {
            section,
            role,
            fate: FileFate::Offered,
            closed: false,
            replaced: None,
            is_own_offer: false,
            selector: offer.selector.clone().unwrap_or_default(),
            offer,
            own: None,
        }
    }

    /// Offered by this side.
    pub(super) fn of_own(section: usize, role: FileRole, offer: FileAttributes) -> Self {
        Self {
            is_own_offer: true,
            own: Some(offer.clone()),
            ..Self::of_peer(section, role, offer)
        }
    }

    /// The index of its media section.
    pub const fn section(&self) -> usize {
        self.section
    }

    /// Whether this side sends or receives the file.
    pub const fn role(&self) -> FileRole {
        self.role
    }

    /// How far it has come.
    pub const fn fate(&self) -> FileFate {
        self.fate
    }

    /// What both sides have said of the file.
    pub const fn selector(&self) -> &FileSelector {
        &self.selector
    }

    /// Which octets are transferred.
    pub fn range(&self) -> FileRange {
        self.offer.range.unwrap_or(FileRange::WHOLE)
    }

    /// What was offered.
    pub const fn offer(&self) -> &FileAttributes {
        &self.offer
    }

    /// Whether nothing of it is to come.
    pub(super) const fn is_over(&self) -> bool {
        !matches!(self.fate, FileFate::Offered | FileFate::Running)
    }

    /// Ends it, and tells whether it was on its way.
    pub(super) fn end(&mut self, fate: FileFate) -> bool {
        let was_running = self.fate == FileFate::Running;
        if !self.is_over() {
            self.fate = fate;
        }
        was_running
    }

    /// What stands in an offer of this side: a transfer that is over keeps its section, with port 0 (RFC 5547 §8.1).
    pub(super) fn offered_part(&self) -> FilePart {
        match &self.own {
            Some(own) if !self.is_over() && !self.closed => self.part(own.clone()),
            _ => self.closing_part(),
        }
    }

    /// What this side answers to an offer that brings nothing new; `None` if it has not decided yet. What it said of
    /// icon, disposition and dates in an offer of its own is not said again.
    pub(super) fn answered_part(&self) -> Option<FilePart> {
        if self.closed || matches!(self.fate, FileFate::Aborted | FileFate::Refused) {
            return Some(self.closing_part());
        }
        let own = self.own.clone()?;
        Some(self.part(if self.is_own_offer {
            FileAttributes {
                disposition: None,
                dates: FileDates::default(),
                icon: None,
                ..own
            }
        } else {
            own
        }))
    }

    pub(super) fn closing_part(&self) -> FilePart {
        FilePart::closing(
            self.section,
            self.own.as_ref().unwrap_or(&self.offer),
            self.role.direction(),
        )
    }

    pub(super) fn part(&self, attributes: FileAttributes) -> FilePart {
        FilePart {
            section: self.section,
            attributes,
            direction: self.role.direction(),
            closed: false,
        }
    }
}
