use core::fmt;

/// A slip in the input that leaves only one reading.
///
/// The lenient parsers accept and record it, the strict ones refuse it
/// ([`MediaTypeError::Deviation`](crate::MediaTypeError::Deviation)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// An extended parameter (`filename*=`, RFC 5987 §3.2) that cannot be decoded; it is passed over.
    BadExtendedValue,
    /// A `size` that is no decimal number of 64 bits (RFC 2183 §2.7); it is passed over.
    BadSize,
    /// SP or HTAB where the grammar has none, or more than one SP between the entries of a list.
    Blank,
    /// A trailing or doubled `;`.
    EmptyParameter,
    /// A `=` with nothing behind it; read as the empty value.
    EmptyValue,
    /// A list without any entry (RFC 4975 §8.6 wants one, §15.7 does not); it accepts nothing.
    EmptyList,
    /// A parameter without `=` under a grammar that demands a value.
    MissingValue,
    /// In a quoted string, a `\` before an octet other than `\` and `"`; the `\` is dropped.
    NeedlessEscape,
    /// Octets above 127 in a MIME field.
    NonAscii,
    /// Octets above 127 that are not UTF-8 (RFC 3629); they are kept as they are.
    NotUtf8,
    /// The same parameter twice with the same value; one of them is kept.
    RepeatedParameter,
    /// A value that is not a token and yet not quoted, such as `type=text/html`.
    UnquotedValue,
}

impl Deviation {
    const ALL: [Self; 12] = [
        Self::BadExtendedValue,
        Self::BadSize,
        Self::Blank,
        Self::EmptyParameter,
        Self::EmptyValue,
        Self::EmptyList,
        Self::MissingValue,
        Self::NeedlessEscape,
        Self::NonAscii,
        Self::NotUtf8,
        Self::RepeatedParameter,
        Self::UnquotedValue,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadExtendedValue => "undecodable extended parameter",
            Self::BadSize => "size that is no number",
            Self::Blank => "misplaced blank",
            Self::EmptyParameter => "empty parameter",
            Self::EmptyValue => "empty value without quotes",
            Self::EmptyList => "empty list",
            Self::MissingValue => "parameter without a value",
            Self::NeedlessEscape => "needless escape",
            Self::NonAscii => "octet outside US-ASCII",
            Self::NotUtf8 => "octets that are not UTF-8",
            Self::RepeatedParameter => "repeated parameter",
            Self::UnquotedValue => "value that lacks its quotes",
        })
    }
}

/// The set of [`Deviation`]s met while parsing; empty for input that keeps to the grammar.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Deviations(u16);

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

    pub(crate) const fn insert(&mut self, deviation: Deviation) {
        self.0 |= deviation.bit();
    }
}

impl fmt::Debug for Deviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
