use core::fmt;

/// A slip in the input that leaves only one reading.
///
/// The lenient parsers accept and record it, the strict ones refuse it, as
/// [`MediaTypeError::Deviation`](crate::MediaTypeError::Deviation) and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// A boundary with an octet that none may have (RFC 2046 §5.1.1); it delimits all the same.
    BadBoundary,
    /// A date that is none, or names its zone instead of giving it by digits (RFC 2183 §2).
    BadDate,
    /// A Content-Disposition that cannot be read; the entity counts as having none.
    BadDisposition,
    /// An extended parameter (`filename*=`, RFC 5987 §3.2) that cannot be decoded; it is passed over.
    BadExtendedValue,
    /// A line that is no header field; it stays where it is and means nothing.
    BadField,
    /// A Content-Type that cannot be read; the entity counts as `text/plain` (RFC 2045 §5.2).
    BadMediaType,
    /// A `size` that is no decimal number of 64 bits (RFC 2183 §2.7); it is passed over.
    BadSize,
    /// A Content-ID that is not `<left@right>`: without its angle brackets, or without two parts (RFC 2045 §7).
    BareContentId,
    /// SP or HTAB where the grammar has none, or more than one SP between the entries of a list.
    Blank,
    /// A control character in a field, a lone CR or LF among them; it is kept.
    ControlCharacter,
    /// A trailing or doubled `;`.
    EmptyParameter,
    /// A `=` with nothing behind it; read as the empty value.
    EmptyValue,
    /// A list without any entry (RFC 4975 §8.6 wants one, §15.7 does not); it accepts nothing.
    EmptyList,
    /// Base64 or quoted-printable on a multipart or message, which is illegal (RFC 2045 §6.4); it is not
    /// opened.
    EncodedComposite,
    /// No empty line behind the fields of an entity; it has no body.
    MissingBlankLine,
    /// A multipart inside another one without a boundary that can be used; it is not opened.
    MissingBoundary,
    /// A multipart/related without `type` (RFC 2387 §3.1).
    MissingType,
    /// A parameter without `=` under a grammar that demands a value.
    MissingValue,
    /// In a quoted string, a `\` before an octet other than `\` and `"`; the `\` is dropped.
    NeedlessEscape,
    /// Octets above 127 in a MIME field.
    NonAscii,
    /// A multipart inside another one in which no part begins (RFC 2046 §5.1).
    NoParts,
    /// Octets above 127 that are not UTF-8 (RFC 3629); they are kept as they are.
    NotUtf8,
    /// The same parameter twice with the same value; one of them is kept.
    RepeatedParameter,
    /// A multipart/related whose `type` is not that of its root (RFC 2387 §3.1).
    RootTypeMismatch,
    /// A value that is not a token and yet not quoted, such as `type=text/html`.
    UnquotedValue,
    /// A multipart without its closing delimiter (ruling C19); what is there of it counts.
    Unterminated,
}

impl Deviation {
    const ALL: [Self; 26] = [
        Self::BadBoundary,
        Self::BadDate,
        Self::BadDisposition,
        Self::BadExtendedValue,
        Self::BadField,
        Self::BadMediaType,
        Self::BadSize,
        Self::BareContentId,
        Self::Blank,
        Self::ControlCharacter,
        Self::EmptyParameter,
        Self::EmptyValue,
        Self::EmptyList,
        Self::EncodedComposite,
        Self::MissingBlankLine,
        Self::MissingBoundary,
        Self::MissingType,
        Self::MissingValue,
        Self::NeedlessEscape,
        Self::NonAscii,
        Self::NoParts,
        Self::NotUtf8,
        Self::RepeatedParameter,
        Self::RootTypeMismatch,
        Self::UnquotedValue,
        Self::Unterminated,
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadBoundary => "illegal octet in the boundary",
            Self::BadDate => "date that is none, or without a numeric zone",
            Self::BadDisposition => "unreadable Content-Disposition",
            Self::BadExtendedValue => "undecodable extended parameter",
            Self::BadField => "line that is no field",
            Self::BadMediaType => "unreadable Content-Type",
            Self::BadSize => "size that is no number",
            Self::BareContentId => "Content-ID without angle brackets or address",
            Self::Blank => "misplaced blank",
            Self::ControlCharacter => "control character",
            Self::EmptyParameter => "empty parameter",
            Self::EmptyValue => "empty value without quotes",
            Self::EmptyList => "empty list",
            Self::EncodedComposite => "transfer encoding of a composite",
            Self::MissingBlankLine => "missing empty line",
            Self::MissingBoundary => "multipart without a boundary",
            Self::MissingType => "missing type parameter",
            Self::MissingValue => "parameter without a value",
            Self::NeedlessEscape => "needless escape",
            Self::NonAscii => "octet outside US-ASCII",
            Self::NoParts => "multipart without parts",
            Self::NotUtf8 => "octets that are not UTF-8",
            Self::RepeatedParameter => "repeated parameter",
            Self::RootTypeMismatch => "type of another root",
            Self::UnquotedValue => "value that lacks its quotes",
            Self::Unterminated => "missing closing delimiter",
        })
    }
}

/// The set of [`Deviation`]s met while parsing; empty for input that keeps to the grammar.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Deviations(u32);

impl Deviations {
    /// Whether the input kept to the grammar.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `deviation` occurred at least once.
    pub const fn contains(self, deviation: Deviation) -> bool {
        self.0 & deviation.bit() != 0
    }

    /// The deviations that occurred, each once, in no meaningful order.
    pub fn iter(self) -> impl Iterator<Item = Deviation> {
        Deviation::ALL
            .into_iter()
            .filter(move |&deviation| self.contains(deviation))
    }

    /// Adds those of another set.
    pub(crate) const fn extend(&mut self, others: Self) {
        self.0 |= others.0;
    }

    pub(crate) const fn insert(&mut self, deviation: Deviation) {
        self.0 |= deviation.bit();
    }
}

impl fmt::Debug for Deviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
