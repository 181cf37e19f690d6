//! What media sections say of files.

use msrp_proto::Direction;

use super::{FileAttributes, FilePart, FileSelector};
use crate::{Fingerprints, Media};

impl Media {
    /// What this section, the one at `index` of its description, says of a file.
    pub fn file_part(&self, index: usize) -> FilePart {
        FilePart {
            section: index,
            attributes: self.file.clone().unwrap_or_default(),
            direction: self.direction,
            closed: self.is_refused(),
        }
    }

    /// The section that refuses this one, or closes it, and says of the file what `part` says (RFC 5547 §8.3, §8.4).
    #[must_use]
    pub fn refused_with(&self, part: &FilePart) -> Self {
        Self {
            direction: part.direction,
            file: Some(part.attributes.mirrored()),
            ..self.refused()
        }
    }

    /// What this side can do, for descriptions that open no session: port 0, no path, the types and sizes taken, and the
    /// bare `file-selector`, which says that files are transferred (RFC 5547 §8.5).
    #[must_use]
    pub fn capability(&self) -> Self {
        Self {
            port: 0,
            connection: None,
            path: None,
            direction: Direction::SendRecv,
            setup: None,
            cema: false,
            fingerprints: Fingerprints::default(),
            label: None,
            file: Some(FileAttributes {
                selector: Some(FileSelector::new()),
                ..FileAttributes::default()
            }),
            ..self.clone()
        }
    }
}
