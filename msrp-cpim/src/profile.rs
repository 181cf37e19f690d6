//! What MSRP asks of a message/cpim beyond RFC 3862 (RFC 4975 §13).

use std::fmt;

use crate::{CORE_NAMESPACE, Message, imdn};

/// A rule of MSRP that a message/cpim breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// There is no From.
    MissingFrom,
    /// There is no To.
    MissingTo,
    /// A header that may stand once stands more often.
    Duplicate(Single),
}

/// A header that may stand once in a message (RFC 4975 §13, RFC 5438 §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Single {
    /// From (RFC 3862 §4.1).
    From,
    /// DateTime (RFC 3862 §4.4).
    DateTime,
    /// Subject (RFC 3862 §4.5), which outside of MSRP may stand once for each language (ruling C7).
    Subject,
    /// Require (RFC 3862 §4.7), which may name several features.
    Require,
    /// Original-To of disposition notification (RFC 5438 §6.4).
    OriginalTo,
}

impl Message {
    /// The rules of MSRP that the message breaks. What comes through a gateway may break them; what is
    /// [built](Self::builder) does not.
    ///
    /// Who shows the sender should look here first: of two From headers [`from`](Self::from) gives one.
    pub fn validate_msrp(&self) -> Vec<Violation> {
        let missing = [("From", Violation::MissingFrom), ("To", Violation::MissingTo)];
        let missing = missing
            .into_iter()
            .filter(|(name, _)| self.header(CORE_NAMESPACE, name).is_none())
            .map(|(_, violation)| violation);
        let duplicate = Single::ALL
            .into_iter()
            .filter(|single| self.headers_named(single.namespace(), single.name()).count() > 1)
            .map(Violation::Duplicate);
        missing.chain(duplicate).collect()
    }
}

impl Single {
    const ALL: [Self; 5] = [
        Self::From,
        Self::DateTime,
        Self::Subject,
        Self::Require,
        Self::OriginalTo,
    ];

    /// The name of the header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::From => "From",
            Self::DateTime => "DateTime",
            Self::Subject => "Subject",
            Self::Require => "Require",
            Self::OriginalTo => "Original-To",
        }
    }

    /// The URI of its namespace.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::OriginalTo => imdn::NAMESPACE,
            _ => CORE_NAMESPACE,
        }
    }
}

impl fmt::Display for Single {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
