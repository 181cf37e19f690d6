use core::fmt;

/// A slip in a document that leaves only one reading (ruling C0).
///
/// The lenient parsers accept and record it, the strict ones refuse it, as
/// [`XmlError::Deviation`](super::XmlError::Deviation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentDeviation {
    /// A `<contenttype>` that is neither a type nor a type and a subtype (RFC 3994 §3.5); it is passed over.
    BadContentType,
    /// A date that is no absolute xs:dateTime (RFC 3339). `<lastactive>` is passed over, the text of
    /// `<datetime>` kept.
    BadDateTime,
    /// A `<refresh>` that is no positive integer (RFC 3994 §6.1); it is passed over.
    BadRefresh,
    /// Elements in an order that the schema does not have.
    Misplaced,
    /// Text where only elements can be.
    StrayText,
    /// An element, of the namespace of the document or of none, that the format does not have there; it is
    /// passed over.
    UnknownElement,
    /// One recipient element without the other, or a subject without them (ruling C12).
    Unpaired,
}

impl DocumentDeviation {
    const ALL: [Self; 7] = [
        Self::BadContentType,
        Self::BadDateTime,
        Self::BadRefresh,
        Self::Misplaced,
        Self::StrayText,
        Self::UnknownElement,
        Self::Unpaired,
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for DocumentDeviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadContentType => "content type that is none",
            Self::BadDateTime => "date that is none, or without a zone",
            Self::BadRefresh => "refresh interval that is no positive integer",
            Self::Misplaced => "misplaced element",
            Self::StrayText => "text between elements",
            Self::UnknownElement => "unknown element",
            Self::Unpaired => "recipient without its pair",
        })
    }
}

/// The set of [`DocumentDeviation`]s met while reading; empty for a document that keeps to its schema.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DocumentDeviations(u8);

impl DocumentDeviations {
    /// Whether the document kept to its schema.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `deviation` occurred at least once.
    pub const fn contains(self, deviation: DocumentDeviation) -> bool {
        self.0 & deviation.bit() != 0
    }

    /// The deviations that occurred, each once, in no meaningful order.
    pub fn iter(self) -> impl Iterator<Item = DocumentDeviation> {
        DocumentDeviation::ALL
            .into_iter()
            .filter(move |&deviation| self.contains(deviation))
    }

    /// Those of both.
    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn insert(&mut self, deviation: DocumentDeviation) {
        self.0 |= deviation.bit();
    }
}

impl fmt::Debug for DocumentDeviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
