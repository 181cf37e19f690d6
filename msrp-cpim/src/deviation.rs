use std::fmt;

/// A slip in a message/cpim that leaves only one reading (ruling C0).
///
/// The lenient parser accepts and records it, the strict one refuses it, as
/// [`ParseError::Deviation`](crate::ParseError::Deviation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// A header that holds an address holds none that can be read (RFC 3862 §4.1).
    BadAddress,
    /// A DateTime that is no date and time of RFC 3339 (RFC 3862 §4.4).
    BadDateTime,
    /// A `lang` parameter that is no language tag (RFC 3862 §3.3).
    BadLanguage,
    /// A Message-ID that is no token, but has no blank in it (RFC 5438 §10, ruling C17).
    BadToken,
    /// A URI that is not plain US-ASCII, or that names a namespace and is not absolute or has a fragment; it is
    /// kept.
    BadUri,
    /// A SP too many, or one too few, in an address, or an escape outside its quotes.
    LooseAddress,
    /// No empty line between the headers and those of the content (ruling C1).
    MissingSeparator,
    /// No SP behind the colon, or behind the parameters.
    MissingSpace,
    /// An escape that no writer needs (RFC 3862 §2.3.1): of a printable character by its number, unknown, or cut
    /// off by the end of the line.
    NeedlessEscape,
    /// A SP in the list of a Require header (ruling C3).
    SpaceInList,
    /// A SP at the end of a line; it is part of the value.
    TrailingWhitespace,
    /// A prefix that no NS header before it declares; what it stands before belongs to no namespace.
    UndeclaredPrefix,
}

impl Deviation {
    const ALL: [Self; 12] = [
        Self::BadAddress,
        Self::BadDateTime,
        Self::BadLanguage,
        Self::BadToken,
        Self::BadUri,
        Self::LooseAddress,
        Self::MissingSeparator,
        Self::MissingSpace,
        Self::NeedlessEscape,
        Self::SpaceInList,
        Self::TrailingWhitespace,
        Self::UndeclaredPrefix,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAddress => "unreadable address",
            Self::BadDateTime => "unreadable date and time",
            Self::BadLanguage => "unreadable language tag",
            Self::BadToken => "identifier that is no token",
            Self::BadUri => "illegal URI",
            Self::LooseAddress => "misplaced space or escape in an address",
            Self::MissingSeparator => "missing empty line before the content headers",
            Self::MissingSpace => "missing space before a value",
            Self::NeedlessEscape => "needless or unknown escape",
            Self::SpaceInList => "space in a list",
            Self::TrailingWhitespace => "space at the end of a line",
            Self::UndeclaredPrefix => "undeclared namespace prefix",
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
