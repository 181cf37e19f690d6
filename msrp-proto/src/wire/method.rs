//! Request methods (RFC 4975 §9).

use core::fmt;

/// The method of a request. Case-sensitive (ruling R-08).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Method {
    /// AUTH, by which a client obtains URIs from a relay (RFC 4976 §4.1).
    Auth,
    /// NICKNAME, by which a participant of a chat room asks for a name (RFC 7701 §7.1).
    Nickname,
    /// REPORT, the delivery status of a message. Never answered.
    Report,
    /// SEND, a chunk of a message. The only method that may be chunked.
    Send,
    /// Any other method.
    Other(OtherMethod),
}

impl Method {
    /// Reads a method: capitals, and underscores behind the first letter, which some peers write.
    /// `None` if it is no method.
    pub fn parse(input: &[u8]) -> Option<Self> {
        Some(match input {
            b"SEND" => Self::Send,
            b"REPORT" => Self::Report,
            b"AUTH" => Self::Auth,
            b"NICKNAME" => Self::Nickname,
            _ => Self::Other(OtherMethod::read(input)?),
        })
    }

    /// Whether it can be that of a request to send which is neither SEND nor REPORT. A method that was read may
    /// be one that only some peers write.
    pub(crate) fn is_for_requests(&self) -> bool {
        match self {
            Self::Send | Self::Report => false,
            Self::Auth | Self::Nickname => true,
            Self::Other(other) => OtherMethod::new(&other.0).is_some(),
        }
    }

    /// The method as written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Auth => "AUTH",
            Self::Nickname => "NICKNAME",
            Self::Report => "REPORT",
            Self::Send => "SEND",
            Self::Other(other) => &other.0,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a method that is not one of those named in [`Method`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherMethod(Box<str>);

impl OtherMethod {
    /// A method to send: one or more capitals (RFC 4975 §9), at most 32. `None` for anything else, and
    /// for the names that [`Method`] has a variant for.
    pub fn new(name: &str) -> Option<Self> {
        if name.contains('_') {
            return None;
        }
        match Method::parse(name.as_bytes())? {
            Method::Other(other) if name.len() <= 32 => Some(other),
            _ => None,
        }
    }

    /// The method as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(input: &[u8]) -> Option<Self> {
        let legal = |octet: &u8| octet.is_ascii_uppercase() || *octet == b'_';
        if !input.first()?.is_ascii_uppercase() || !input.iter().all(legal) {
            return None;
        }
        core::str::from_utf8(input).ok().map(|name| Self(name.into()))
    }
}
