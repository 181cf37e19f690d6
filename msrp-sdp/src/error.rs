//! Why a description cannot be read, or a value not be put into one.

use thiserror::Error;

use crate::{ConnectionDataError, Deviation, MediaLineError, OriginError};

/// Why octets are no session description, or no media section of one. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DescriptionError {
    /// A line that is not a letter, `=` and a value (RFC 8866 §5).
    #[error("line {line} is not of the form letter=value")]
    BadLine {
        /// Which line.
        line: usize,
    },
    /// NUL or CR within a line (RFC 8866 §9).
    #[error("NUL or CR in line {line}")]
    BadOctet {
        /// Which line.
        line: usize,
    },
    /// A `c=` that cannot be read (RFC 8866 §5.7).
    #[error("line {line}: {reason}")]
    Connection {
        /// Which line.
        line: usize,
        /// What is wrong with it.
        #[source]
        reason: ConnectionDataError,
    },
    /// A strict parser met what a lenient one would have accepted.
    #[error("{0}")]
    Deviation(Deviation),
    /// A line that may stand only once stands twice.
    #[error("line {line} repeats one that may stand only once")]
    Duplicate {
        /// Which line is the second.
        line: usize,
    },
    /// An `m=` that cannot be read (RFC 8866 §5.14).
    #[error("line {line}: {reason}")]
    Media {
        /// Which line.
        line: usize,
        /// What is wrong with it.
        #[source]
        reason: MediaLineError,
    },
    /// A line that has to be there is not.
    #[error("no {letter}=")]
    Missing {
        /// Its letter: `v`, `o`, `s`, or `m` for a media section.
        letter: char,
    },
    /// A line where it has no meaning: anything before `v=`, a second `v=`, lines of the session behind an `m=`
    /// (RFC 8866 §5).
    #[error("line {line} is out of order")]
    Order {
        /// Which line.
        line: usize,
    },
    /// An `o=` that cannot be read (RFC 8866 §5.2).
    #[error("line {line}: {reason}")]
    Origin {
        /// Which line.
        line: usize,
        /// What is wrong with it.
        #[source]
        reason: OriginError,
    },
    /// More than [`Description::MAX_LEN`](crate::Description::MAX_LEN) octets.
    #[error("description too long")]
    TooLong,
    /// More than [`Description::MAX_LINES`](crate::Description::MAX_LINES) lines.
    #[error("too many lines")]
    TooManyLines,
    /// More than [`Description::MAX_SECTIONS`](crate::Description::MAX_SECTIONS) media sections.
    #[error("too many media sections")]
    TooManySections,
    /// A letter that RFC 8866 does not know; the whole description is then unacceptable (§5).
    #[error("unknown type in line {line}")]
    UnknownType {
        /// Which line.
        line: usize,
    },
    /// `v=` is not 0 (RFC 8866 §5.1).
    #[error("not version 0")]
    Version,
}

/// Why a value cannot be put into a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The name of an attribute is no token, or the user name has blanks (RFC 8866 §9).
    #[error("illegal name")]
    BadName,
    /// NUL, CR or LF (RFC 8866 §5).
    #[error("NUL, CR or LF")]
    BadOctet,
    /// No octet where there has to be one (RFC 8866 §9).
    #[error("empty value")]
    Empty,
}
