use thiserror::Error;

use crate::Deviation;

/// Why octets are not a media type, or why one cannot be built.
///
/// Offsets count octets from the start of the input; those of a builder, from the start of the argument at
/// fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MediaTypeError {
    /// The type is missing or holds something that is no token character.
    #[error("no valid type at octet {offset}")]
    Type {
        /// Where a token character was expected.
        offset: usize,
    },
    /// The type is not followed by `/`.
    #[error("no slash behind the type at octet {offset}")]
    Slash {
        /// Where the `/` was expected.
        offset: usize,
    },
    /// The subtype is missing or holds something that is no token character.
    #[error("no valid subtype at octet {offset}")]
    Subtype {
        /// Where a token character was expected.
        offset: usize,
    },
    /// A parameter name is missing or holds something that is no token character.
    #[error("no valid parameter name at octet {offset}")]
    ParameterName {
        /// Where a token character was expected.
        offset: usize,
    },
    /// What follows a `=` can start no value.
    #[error("no valid parameter value at octet {offset}")]
    ParameterValue {
        /// Where the value was expected.
        offset: usize,
    },
    /// Something other than `;` follows a complete element: a parameter without the `;` before it, an octet
    /// that does not belong in an unquoted value, a second type.
    #[error("neither a semicolon nor the end at octet {offset}")]
    Separator {
        /// Where the `;` or the end was expected.
        offset: usize,
    },
    /// A quoted string without the closing quote.
    #[error("the quoted string from octet {offset} on does not end")]
    UnterminatedString {
        /// Where the string starts.
        offset: usize,
    },
    /// A comment without the closing parenthesis.
    #[error("the comment from octet {offset} on does not end")]
    UnterminatedComment {
        /// Where the outermost comment starts.
        offset: usize,
    },
    /// A control character, other than HTAB, in a value, a quoted string or a comment.
    #[error("control character at octet {offset}")]
    ControlCharacter {
        /// Where the control character is.
        offset: usize,
    },
    /// A parameter name occurs twice, and not with the same value.
    #[error("second parameter of the same name at octet {offset}")]
    DuplicateParameter {
        /// Where the second name starts.
        offset: usize,
    },
    /// More parameters than [`MediaType::MAX_PARAMETERS`](crate::MediaType::MAX_PARAMETERS).
    #[error("too many parameters at octet {offset}")]
    TooManyParameters {
        /// Where the first parameter above the limit starts.
        offset: usize,
    },
    /// A strict parser met what a lenient one would have accepted.
    #[error("{deviation} at octet {offset}")]
    Deviation {
        /// What was met.
        deviation: Deviation,
        /// Where it was met.
        offset: usize,
    },
}

impl MediaTypeError {
    /// The offset of the fault in octets.
    pub const fn offset(self) -> usize {
        match self {
            Self::Type { offset }
            | Self::Slash { offset }
            | Self::Subtype { offset }
            | Self::ParameterName { offset }
            | Self::ParameterValue { offset }
            | Self::Separator { offset }
            | Self::UnterminatedString { offset }
            | Self::UnterminatedComment { offset }
            | Self::ControlCharacter { offset }
            | Self::DuplicateParameter { offset }
            | Self::TooManyParameters { offset }
            | Self::Deviation { offset, .. } => offset,
        }
    }
}

/// Why octets are not a Content-Disposition, or why one cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DispositionError {
    /// The disposition type is missing or holds something that is no token character.
    #[error("no valid disposition type at octet {offset}")]
    Kind {
        /// Where a token character was expected.
        offset: usize,
    },
    /// What follows the type is at fault; the rules of parameters are those of media types.
    #[error(transparent)]
    Parameters(MediaTypeError),
}

impl DispositionError {
    /// The offset of the fault in octets.
    pub const fn offset(self) -> usize {
        match self {
            Self::Kind { offset } => offset,
            Self::Parameters(error) => error.offset(),
        }
    }
}

/// Why octets are not a list of media ranges, or why a list cannot be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MediaRangesError {
    /// An entry, or what stands between two, is malformed. Offsets count from the start of the list.
    #[error(transparent)]
    Entry(#[from] MediaTypeError),
    /// More entries than [`MediaRanges::MAX_ENTRIES`](crate::MediaRanges::MAX_ENTRIES).
    #[error("more than {limit} entries")]
    TooManyEntries {
        /// The number of entries that would have been accepted.
        limit: usize,
    },
}
