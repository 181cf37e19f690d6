use msrp_multipart::{DecodingError, FieldError, HeadersError};
use thiserror::Error;

use crate::{Deviation, Deviations, Single};

/// Why octets are not a message/cpim (RFC 3862). Offsets count octets from the start of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseError {
    /// No name of a header where one has to be, or one with an illegal character or more than one `.` (RFC 3862
    /// §3.1).
    #[error("no valid header name at octet {offset}")]
    BadHeaderName {
        /// Where a legal character, or the colon, was expected.
        offset: usize,
    },
    /// An NS header that declares nothing (RFC 3862 §4.6).
    #[error("no valid namespace declaration at octet {offset}")]
    BadNamespace {
        /// Where its value begins.
        offset: usize,
    },
    /// A `;` behind the colon with no parameter behind it (RFC 3862 §3.6).
    #[error("no valid parameter at octet {offset}")]
    BadParameter {
        /// Where it went wrong.
        offset: usize,
    },
    /// A Require header whose value is no list of header names (RFC 3862 §4.7).
    #[error("no valid list of required names at octet {offset}")]
    BadRequire {
        /// Where a name was expected.
        offset: usize,
    },
    /// The header fields of the content cannot be read. Offsets inside count from the first of them.
    #[error("content: {0}")]
    Content(#[source] HeadersError),
    /// A control character, a CR or LF alone among them, in the headers (RFC 3862 §2.2).
    #[error("control character at octet {offset}")]
    ControlChar {
        /// Where it stands.
        offset: usize,
    },
    /// A strict parser met what a lenient one would have accepted.
    #[error("{deviation} at octet {offset}")]
    Deviation {
        /// What was met.
        deviation: Deviation,
        /// Where it was met, or where the value with it begins.
        offset: usize,
    },
    /// A header has two parameters of one name.
    #[error("second parameter of the same name at octet {offset}")]
    DuplicateParameter {
        /// Where the second begins.
        offset: usize,
    },
    /// Octets that are not UTF-8 in the headers (RFC 3629).
    #[error("not UTF-8 at octet {offset}")]
    InvalidUtf8 {
        /// Where the first of them stands.
        offset: usize,
    },
    /// A header line that begins with a blank: there is no folding (RFC 3862 §2.2).
    #[error("blank at the start of a line at octet {offset}")]
    LeadingWhitespace {
        /// Where the line begins.
        offset: usize,
    },
    /// The input ends in the headers: the rest of the message is missing.
    #[error("the message ends within its headers")]
    MissingContent,
    /// The content has no Content-Type (RFC 3862 §2.4).
    #[error("the content has no Content-Type")]
    MissingContentType,
    /// More octets of headers than [`Limits::header_octets`](crate::Limits::header_octets).
    #[error("more than {limit} octets of headers")]
    TooLong {
        /// The octets that would have been accepted.
        limit: usize,
    },
    /// More headers than [`Limits::headers`](crate::Limits::headers).
    #[error("more than {limit} headers")]
    TooManyHeaders {
        /// The number that would have been accepted.
        limit: usize,
    },
    /// More parameters than [`Header::MAX_PARAMETERS`](crate::Header::MAX_PARAMETERS).
    #[error("too many parameters at octet {offset}")]
    TooManyParameters {
        /// Where the first above the limit begins.
        offset: usize,
    },
}

/// Why a message/cpim cannot be built. Offsets count octets from the start of the argument at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A sender who stays anonymous asks for disposition notifications (RFC 5438 §12.1.1).
    #[error("an anonymous sender does not ask for disposition notifications")]
    AnonymousRequest,
    /// A header name or a prefix with an illegal character, or with dots where none may be (RFC 3862 §3.1).
    #[error("no valid header name at octet {offset}")]
    BadHeaderName {
        /// Where a legal character was expected.
        offset: usize,
    },
    /// No language tag (RFC 3862 §3.3).
    #[error("not a language tag")]
    BadLanguage,
    /// A namespace has to be an absolute URI without a fragment (RFC 3862 §3.4).
    #[error("not an absolute URI without a fragment")]
    BadNamespaceUri,
    /// A Message-ID has to be a token (RFC 5438 §10).
    #[error("not a token")]
    BadToken,
    /// A control character in a value that is to be written as it is.
    #[error("control character at octet {offset}")]
    ControlChar {
        /// Where it stands.
        offset: usize,
    },
    /// A header of RFC 3862, or one without a prefix, where an extension header is expected.
    #[error("not an extension header")]
    CoreHeader,
    /// A header that may stand once would stand twice.
    #[error("second {0} header")]
    Duplicate(Single),
    /// The parameter is there already, or there are too many.
    #[error("one parameter too many")]
    ExtraParameter,
    /// The header fields of the content cannot be written.
    #[error("content: {0}")]
    Field(#[source] FieldError),
    /// What was built, the content above all, is refused by the strict parser.
    #[error(transparent)]
    Illegal(ParseError),
    /// The content has no Content-Type (RFC 3862 §2.4).
    #[error("the content has no Content-Type")]
    MissingContentType,
    /// No DateTime, in a protected message (RFC 4975 §13) or one that asks for disposition notifications
    /// (RFC 5438 §7.1.1.2).
    #[error("no DateTime")]
    MissingDateTime,
    /// No From (RFC 4975 §13).
    #[error("no From")]
    MissingFrom,
    /// No Message-ID in a message that asks for disposition notifications (RFC 5438 §7.1.1.1).
    #[error("no Message-ID")]
    MissingMessageId,
    /// No To (RFC 4975 §13).
    #[error("no To")]
    MissingTo,
    /// The prefix stands for another namespace already.
    #[error("the prefix stands for another namespace")]
    PrefixInUse,
    /// A disposition notification asks for disposition notifications (RFC 5438 §7.2.1).
    #[error("a disposition notification does not ask for disposition notifications")]
    RequestInNotification,
    /// A SP at the end of a value, where no line may have one (RFC 3862 §2.2).
    #[error("space at the end of a value")]
    TrailingWhitespace,
    /// The prefix has not been declared (RFC 3862 §3.4).
    #[error("undeclared namespace prefix")]
    UndeclaredPrefix,
}

/// Why something is no address (RFC 3862 §4.1). Offsets count octets from the start of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// A character that no name without quotes has, or a name whose closing quote is missing.
    #[error("no valid name at octet {offset}")]
    Name {
        /// Where it went wrong.
        offset: usize,
    },
    /// No `<` before the URI, or no `>` behind it at the very end.
    #[error("missing angle bracket at octet {offset}")]
    Bracket {
        /// Where it was expected.
        offset: usize,
    },
    /// What stands between the brackets is no absolute URI.
    #[error("no absolute URI at octet {offset}")]
    Uri {
        /// Where it begins.
        offset: usize,
    },
}

/// Why something is no date and time (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DateTimeError {
    /// Not written as RFC 3339 has it, or a date that no calendar has.
    #[error("not a date and time of RFC 3339")]
    Syntax,
    /// RFC 3339 can write years from 0 to 9999 and zones of whole minutes.
    #[error("date and time that RFC 3339 cannot write")]
    OutOfRange,
}

/// Why messages in messages cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NestedError {
    /// The transfer encoding of a message in another one cannot be undone.
    #[error(transparent)]
    Encoding(#[from] DecodingError),
    /// A message in another one cannot be read. Offsets count from its own start.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// More messages in one another than the caller allows.
    #[error("more than {limit} messages in one another")]
    TooDeep {
        /// The number allowed.
        limit: usize,
    },
}

/// Collects deviations, or ends the reading with the first.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) strict: bool,
    pub(crate) deviations: Deviations,
}

impl Notes {
    pub(crate) fn add(&mut self, deviation: Deviation, offset: usize) -> Result<(), ParseError> {
        if self.strict {
            return Err(ParseError::Deviation { deviation, offset });
        }
        self.deviations.insert(deviation);
        Ok(())
    }

    pub(crate) fn extend(&mut self, deviations: Deviations, offset: usize) -> Result<(), ParseError> {
        deviations
            .iter()
            .try_for_each(|deviation| self.add(deviation, offset))
    }
}
