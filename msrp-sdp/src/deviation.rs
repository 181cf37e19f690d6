//! Slips that are forgiven, and remembered.

use std::collections::{BTreeSet, btree_set};
use std::fmt;

/// A slip in a session description that leaves only one reading (ruling S0).
///
/// The lenient parsers accept and record it, the strict ones refuse it. Builders never write one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// `nicknames` for the chat token `nickname` (RFC 7701 §8, ruling S17).
    Alias,
    /// An attribute whose name is no token (RFC 8866 §9): kept, and no attribute that anybody knows.
    AttributeName,
    /// A `setup` that is none of the four roles of RFC 4145 §4; as if it were absent.
    BadRole,
    /// A `t=` that is not two numbers (RFC 8866 §5.9); it has no effect.
    BadTime,
    /// A chat token that is no token of RFC 3261 §25.1; as if it were absent.
    BadToken,
    /// A line that ends in LF alone (RFC 8866 §5).
    BareLf,
    /// SP where the grammar has none, or more than one SP between the entries of a list.
    Blank,
    /// A file's disposition, dates or icon in the answer of who receives it (RFC 5547 §8.3.1).
    DispositionInAnswer,
    /// The same attribute twice with the same value (ruling S2), or the same chat token (RFC 7701 §8).
    Duplicate,
    /// Empty lines behind the last.
    EmptyLine,
    /// An `s=` with nothing behind it (RFC 8866 §5.3), read as `s=-`.
    EmptySessionName,
    /// An attribute with a colon and nothing behind it, or an empty `i=` (RFC 8866 §9).
    EmptyValue,
    /// The format of an MSRP media line is not `*` alone (RFC 4975 §8.1).
    Format,
    /// Hexadecimal digits in lower case (RFC 8122 §5, ruling S6).
    LowerHex,
    /// No direction, or `sendrecv`, in the answer to an offer about a file (RFC 5547 §8).
    MissingDirection,
    /// No `file-selector`, or no `file-transfer-id`, in an answer about a file (RFC 5547 §5, §8.1).
    MissingFileAttribute,
    /// No `c=` at session level nor in the media section (RFC 8866 §5.7).
    NoConnection,
    /// The last line does not end (RFC 8866 §5).
    NoLineEnd,
    /// No `t=` (RFC 8866 §5.9), read as `t=0 0`.
    NoTime,
    /// A file name, a parameter of a file type, or the label of a data channel, that is not UTF-8 (RFC 5547 §6,
    /// RFC 8864 §5.1.3); its octets are kept.
    NotUtf8,
    /// A line behind one that it should precede (RFC 8866 §5).
    Order,
    /// The answer to an offer of a file says nothing of it (RFC 5547 §4); it is taken all the same.
    PeerLacksFileTransfer,
    /// A value of `ordered` other than `true` and `false`, read as `true` (RFC 8864 §5.1.7).
    Ordered,
    /// A `dcsa` whose stream has no `dcmap` (RFC 8864 §6.7); it is discarded.
    OrphanDcsa,
    /// A number of ports in an MSRP media line (RFC 8866 §5.14).
    PortCount,
    /// `msrps` in the path and no TLS in the protocol field (ruling R-45); the path counts.
    Protocol,
    /// `msrp` in the path of a data channel (ruling S24).
    Scheme,
    /// Another file selector in the answer of who receives the file (RFC 5547 §8.3.1).
    SelectorChanged,
    /// A TTL or a count behind a unicast address (RFC 8866 §5.7).
    SlashOnUnicast,
    /// A slip in a list of types, such as a misplaced blank or a value without its quotes (ruling R-48).
    Types,
    /// Octets in a quoted string that should be written as `%` and two digits (RFC 8864 §5.1.1).
    Unescaped,
    /// An option of `dcmap` other than the six of RFC 8864 §5.1.1; it is ignored (ruling S25).
    UnknownOption,
    /// A selector of a file other than the four of RFC 5547 §6; kept, and selects nothing (ruling S8).
    UnknownSelector,
    /// A value that should stand in quotes (RFC 5547 §6, RFC 8864 §5.1.1).
    Unquoted,
    /// A date whose day of the week is another one (ruling S12); the date counts.
    Weekday,
    /// A file size of 0, which the grammar does not have (RFC 5547 §6, ruling S8).
    ZeroSize,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alias => "nicknames instead of nickname",
            Self::AttributeName => "attribute name that is no token",
            Self::BadRole => "unknown setup role",
            Self::BadTime => "time that is not two numbers",
            Self::BadToken => "malformed chat token",
            Self::BareLf => "line that ends in LF alone",
            Self::Blank => "misplaced blank",
            Self::Duplicate => "repeated attribute or token",
            Self::DispositionInAnswer => "disposition, dates or icon of a file in the answer of its receiver",
            Self::EmptyLine => "empty lines at the end",
            Self::EmptySessionName => "empty session name",
            Self::EmptyValue => "empty value",
            Self::Format => "format other than *",
            Self::LowerHex => "hexadecimal digits in lower case",
            Self::MissingDirection => "no direction in an answer about a file",
            Self::MissingFileAttribute => "answer about a file without selector or identifier",
            Self::NoConnection => "no connection data",
            Self::NoLineEnd => "last line without an end",
            Self::NoTime => "no time",
            Self::NotUtf8 => "octets that are not UTF-8",
            Self::Order => "line out of order",
            Self::PeerLacksFileTransfer => "peer without file transfer",
            Self::Ordered => "unknown value of ordered",
            Self::OrphanDcsa => "dcsa without a dcmap",
            Self::PortCount => "number of ports",
            Self::Protocol => "protocol field without TLS for an msrps path",
            Self::Scheme => "path of a data channel that is not msrps",
            Self::SelectorChanged => "answer with another file selector",
            Self::SlashOnUnicast => "TTL or count behind a unicast address",
            Self::Types => "slip in a list of types",
            Self::Unescaped => "octets that should be percent-encoded",
            Self::UnknownOption => "unknown option of a dcmap",
            Self::UnknownSelector => "unknown file selector",
            Self::Unquoted => "value without quotes",
            Self::Weekday => "day of the week of another date",
            Self::ZeroSize => "file size of 0",
        })
    }
}

/// The set of [`Deviation`]s met while parsing; empty for input that keeps to the grammar.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Deviations(BTreeSet<Deviation>);

impl Deviations {
    /// Whether the input kept to the grammar.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `deviation` occurred at least once.
    pub fn contains(&self, deviation: Deviation) -> bool {
        self.0.contains(&deviation)
    }

    /// The deviations that occurred, each once.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Deviation> {
        btree_set::Iter::copied(self.0.iter())
    }

    /// The first, for errors of strict parsers.
    pub(crate) fn first(&self) -> Option<Deviation> {
        self.0.first().copied()
    }

    /// The value without SP at its ends, which are noted.
    pub(crate) fn trim<'a>(&mut self, value: &'a [u8]) -> &'a [u8] {
        let mut trimmed = value;
        while let [b' ', rest @ ..] | [rest @ .., b' '] = trimmed {
            trimmed = rest;
        }
        if trimmed.len() < value.len() {
            self.insert(Deviation::Blank);
        }
        trimmed
    }

    /// The value without SP at its end, which are noted.
    pub(crate) fn trim_end<'a>(&mut self, value: &'a [u8]) -> &'a [u8] {
        let mut trimmed = value;
        while let [rest @ .., b' '] = trimmed {
            trimmed = rest;
        }
        if trimmed.len() < value.len() {
            self.insert(Deviation::Blank);
        }
        trimmed
    }

    pub(crate) fn insert(&mut self, deviation: Deviation) {
        self.0.insert(deviation);
    }

    pub(crate) fn extend(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }
}

impl fmt::Debug for Deviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
