use core::fmt;

use bytes::Bytes;
use thiserror::Error;

use crate::{BoundaryError, Deviation, Deviations, Headers, HeadersError, MediaType};

/// Bounds on what a multipart may have in it (ruling C20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Multiparts within each other, the outermost included. Default: 8.
    pub depth: usize,
    /// Parts altogether, those of inner multiparts included. Default: 100.
    pub parts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 8, parts: 100 }
    }
}

/// A piece of a multipart. Each part is one `Part`, any number of `Body`, and one `End`; if it is itself a multipart
/// that is opened, its parts stand in the place of `Body`.
///
/// `Debug` shows how long a body is, not what it says.
#[derive(Clone)]
#[non_exhaustive]
pub enum Item {
    /// A part begins.
    Part(PartHead),
    /// Octets of the body of a part, in order, never empty: slices of the input, but for a few octets at a time that
    /// looked like a delimiter across two inputs.
    Body(Bytes),
    /// The part ends.
    End(PartEnd),
}

/// The begin of a part.
#[derive(Clone, Debug)]
pub struct PartHead {
    pub(crate) headers: Headers,
    pub(crate) depth: usize,
    pub(crate) is_multipart: bool,
    pub(crate) in_digest: bool,
    pub(crate) has_blank_line: bool,
    pub(crate) position: u64,
}

impl PartHead {
    /// The fields of the part.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// What the body is to be taken for: [`Headers::media_type`], but in a multipart/digest `message/rfc822` where
    /// nothing is declared (RFC 2046 §5.1.5). A type that cannot be read is `text/plain` there, too.
    pub fn media_type(&self) -> MediaType {
        self.headers.media_type_or(|| {
            if self.in_digest && self.headers.field("Content-Type").is_none() {
                MediaType::fixed("message", "rfc822", None)
            } else {
                MediaType::fixed("text", "plain", Some("us-ascii"))
            }
        })
    }

    /// In how many multiparts the part stands, besides the outermost.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Whether parts follow instead of a body.
    pub fn is_multipart(&self) -> bool {
        self.is_multipart
    }

    /// Where the first octet of the fields stands in the body of the outermost multipart.
    pub fn position(&self) -> u64 {
        self.position
    }
}

/// The end of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartEnd {
    pub(crate) position: u64,
    pub(crate) deviations: Deviations,
}

impl PartEnd {
    /// One behind the last octet of the part in the body of the outermost multipart.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// What had to be tolerated, the fields apart: of a multipart, that its closing delimiter or its parts are missing.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => f.debug_tuple("Part").field(part).finish(),
            Self::Body(octets) => write!(f, "Body({} octets)", octets.len()),
            Self::End(end) => f.debug_tuple("End").field(end).finish(),
        }
    }
}

/// Why a multipart cannot be read further. Offsets count octets from the start of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The media type has no boundary that can be used.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
    /// A strict reader met what a lenient one would have accepted.
    #[error("{deviation} in the part at octet {offset}")]
    Deviation {
        /// What was met.
        deviation: Deviation,
        /// Where it was met.
        offset: u64,
    },
    /// The fields of a part.
    #[error("{error}, from octet {offset} on")]
    Headers {
        /// What is wrong with them.
        error: HeadersError,
        /// Where they begin.
        offset: u64,
    },
    /// There is no delimiter, or only a closing one.
    #[error("no part")]
    NoParts,
    /// More multiparts within each other than [`Limits::depth`].
    #[error("multiparts too deep within each other at octet {offset}")]
    TooDeep {
        /// Where the part begins that is one too many.
        offset: u64,
    },
    /// More parts than [`Limits::parts`].
    #[error("too many parts at octet {offset}")]
    TooManyParts {
        /// Where the part begins that is one too many.
        offset: u64,
    },
}
