use thiserror::Error;

use super::DocumentDeviation;

/// Why octets are no XML document that can be read here.
///
/// Offsets count octets from the start of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlError {
    /// A character that XML 1.0 forbids, written out or as a reference.
    #[error("forbidden character at octet {offset}")]
    Character {
        /// Where it is.
        offset: usize,
    },
    /// A strict parser met what a lenient one would have accepted.
    #[error("{deviation} at octet {offset}")]
    Deviation {
        /// What was met.
        deviation: DocumentDeviation,
        /// Where it was met.
        offset: usize,
    },
    /// A DOCTYPE: there is no DTD for these documents, and one from a peer is not to be trusted (ruling C16).
    #[error("DOCTYPE at octet {offset}")]
    Doctype {
        /// Where it starts.
        offset: usize,
    },
    /// Octets that are not UTF-8, or a declaration of another encoding (RFC 5438 §11.1, RFC 3994 §6).
    #[error("not UTF-8 at octet {offset}")]
    Encoding {
        /// Where the first such octet is, or the declaration.
        offset: usize,
    },
    /// A reference to an entity other than the five predefined ones.
    #[error("unknown entity at octet {offset}")]
    Entity {
        /// Where the reference is, or the tag with the attribute that has it.
        offset: usize,
    },
    /// Something that can be no XML in that place.
    #[error("malformed markup at octet {offset}")]
    Malformed {
        /// Where it is.
        offset: usize,
    },
    /// An end tag that is not that of the element that is open.
    #[error("mismatched end tag at octet {offset}")]
    Mismatched {
        /// Where the end tag is.
        offset: usize,
    },
    /// No element at all.
    #[error("no element")]
    NoElement,
    /// Elements nested deeper than 32 levels.
    #[error("elements nested too deep at octet {offset}")]
    TooDeep {
        /// Where the first element above the limit starts.
        offset: usize,
    },
    /// More than 64 KiB.
    #[error("document of more than {limit} octets")]
    TooLong {
        /// The number of octets that would have been read.
        limit: usize,
    },
    /// More than 1024 elements.
    #[error("too many elements at octet {offset}")]
    TooManyElements {
        /// Where the first element above the limit starts.
        offset: usize,
    },
    /// More than 64 namespace declarations in force at once.
    #[error("too many namespaces at octet {offset}")]
    TooManyNamespaces {
        /// Where the element with the first one above the limit starts.
        offset: usize,
    },
    /// Text or a second element behind the end of the document's element.
    #[error("trailing content at octet {offset}")]
    Trailing {
        /// Where it starts.
        offset: usize,
    },
    /// The document ends before the element does.
    #[error("the element from octet {offset} on does not end")]
    Unclosed {
        /// Where the innermost open element starts.
        offset: usize,
    },
    /// A prefix that no namespace is declared for.
    #[error("undeclared prefix at octet {offset}")]
    UndeclaredPrefix {
        /// Where the element that uses it starts.
        offset: usize,
    },
}
