use msrp_proto::Direction;

use super::FileAttributes;

/// Which way a file goes, as this side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileRole {
    /// This side sends the file: it pushes it, or the peer pulls it.
    Sender,
    /// This side receives the file: it pulls it, or the peer pushes it.
    Receiver,
}

/// What a media section says of a file, without what it says of MSRP: from here it goes into
/// [`Local::file`](crate::Local::file), and it comes from [`Media`](crate::Media).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// The index of the media section in the description, from 0; of a data channel its stream id.
    pub section: usize,
    /// The file attributes; none of them where the section is an ordinary one.
    pub attributes: FileAttributes,
    /// Which way messages go, as the writer of the section sees it; with what the session level says.
    pub direction: Direction,
    /// Whether the section is refused or closed: its port is 0.
    pub closed: bool,
}

impl FileRole {
    /// The direction that the section of this side has (RFC 5547 §8).
    pub const fn direction(self) -> Direction {
        match self {
            Self::Sender => Direction::SendOnly,
            Self::Receiver => Direction::RecvOnly,
        }
    }

    /// The role of the side that receives an offer or answer with this direction; `None` if it is one that no transfer of
    /// a file has.
    pub(super) const fn opposite_of(direction: Direction) -> Option<Self> {
        match direction {
            Direction::SendOnly => Some(Self::Receiver),
            Direction::RecvOnly => Some(Self::Sender),
            _ => None,
        }
    }
}

impl FilePart {
    /// The same without an icon: for a peer that does not take multiparts (RFC 5547 §8.8). The identifier stays.
    #[must_use]
    pub fn without_icon(mut self) -> Self {
        self.attributes.icon = None;
        self
    }

    /// An answer or offer that refuses or closes: of the attributes only selector and identifier (RFC 5547 §8.3).
    pub(super) fn closing(section: usize, attributes: &FileAttributes, direction: Direction) -> Self {
        Self {
            section,
            attributes: attributes.mirrored(),
            direction,
            closed: true,
        }
    }

    /// The answer that refuses this offer.
    pub(super) fn refusal(&self) -> Self {
        Self::closing(
            self.section,
            &self.attributes,
            crate::side::mirrored(self.direction),
        )
    }
}
