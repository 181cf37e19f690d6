use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use thiserror::Error;

use crate::percent;

/// The identifier of an entity: the Content-ID field (RFC 2045 §7) without its angle brackets.
///
/// Compared octet by octet. [`Display`](fmt::Display) shows it without the brackets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(Box<str>);

impl ContentId {
    /// An identifier of the form `left@right`, as it stands between the brackets.
    ///
    /// # Errors
    ///
    /// [`ContentIdError`] if it is empty, holds a blank, a control character, one outside US-ASCII or an angle
    /// bracket, or does not have exactly one `@` between two parts that are not empty.
    pub fn new(text: &str) -> Result<Self, ContentIdError> {
        if let Some(offset) = text.bytes().position(|octet| !is_legal(octet)) {
            return Err(ContentIdError::Illegal { offset });
        }
        Some(Self(text.into()))
            .filter(Self::is_address)
            .ok_or(ContentIdError::NoAddress)
    }

    /// A new identifier of 80 random bits, unique in the world as far as `host` and the generator are good.
    /// `fill` fills a buffer with random octets.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), if `host` cannot stand behind the `@`.
    pub fn generate(host: &str, fill: &mut dyn FnMut(&mut [u8])) -> Result<Self, ContentIdError> {
        let mut random = [0; 10];
        fill(&mut random);
        let mut text = String::new();
        for octet in random {
            text.push_str(&format!("{octet:02x}"));
        }
        text.push('@');
        text.push_str(host);
        Self::new(&text)
    }

    /// The identifier without its brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL that refers to the entity: `cid:` and the identifier, with what a URL may not hold
    /// percent-encoded (RFC 2392 §2).
    pub fn to_url(&self) -> String {
        format!("cid:{}", percent::encode(&self.0))
    }

    /// The identifier that a `cid:` URL names.
    ///
    /// # Errors
    ///
    /// [`ContentIdError::Scheme`] if it is another URL, [`ContentIdError::Percent`] for a `%` without two
    /// hexadecimal digits, and what [`new`](Self::new) says of what the URL stands for.
    pub fn from_url(url: &str) -> Result<Self, ContentIdError> {
        let encoded = strip_scheme(url, "cid:").ok_or(ContentIdError::Scheme)?;
        Self::new(&percent_decoded(encoded)?)
    }

    /// Whether it has two parts, which that of a peer need not have.
    pub(crate) fn is_address(&self) -> bool {
        self.0
            .split_once('@')
            .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains('@'))
    }

    /// The text of a `cid:` URL, encoded as it is there.
    pub(crate) fn strip_scheme(url: &str) -> Option<&str> {
        strip_scheme(url, "cid:")
    }

    /// What a peer has written between the brackets, whatever is there but blanks and what is illegal.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let legal = !text.is_empty() && text.iter().all(|&octet| is_legal(octet));
        Some(Self(core::str::from_utf8(text).ok().filter(|_| legal)?.into()))
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentId({self})")
    }
}

impl FromStr for ContentId {
    type Err = ContentIdError;

    fn from_str(text: &str) -> Result<Self, ContentIdError> {
        Self::new(text)
    }
}

/// A `mid:` URL: a message, or an entity in a message (RFC 2392 §2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageUrl {
    /// The identifier of the message, decoded.
    pub message: ContentId,
    /// That of the entity, if the URL names one.
    pub content: Option<ContentId>,
}

impl MessageUrl {
    /// Reads a `mid:` URL, with or without the identifier of an entity behind a slash.
    ///
    /// # Errors
    ///
    /// As [`ContentId::from_url`].
    pub fn parse(url: &str) -> Result<Self, ContentIdError> {
        let encoded = strip_scheme(url, "mid:").ok_or(ContentIdError::Scheme)?;
        // A slash in an identifier is encoded.
        let (message, content) = match encoded.split_once('/') {
            Some((message, content)) => (message, Some(content)),
            None => (encoded, None),
        };
        Ok(Self {
            message: ContentId::new(&percent_decoded(message)?)?,
            content: content
                .map(|content| ContentId::new(&percent_decoded(content)?))
                .transpose()?,
        })
    }
}

/// Why something is no Content-ID, or no URL of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentIdError {
    /// An octet that no identifier has.
    #[error("illegal octet of a Content-ID at {offset}")]
    Illegal {
        /// Where it stands.
        offset: usize,
    },
    /// Not two parts with an `@` between them.
    #[error("a Content-ID has two parts with an @ between them")]
    NoAddress,
    /// A `%` that no two hexadecimal digits follow, or octets that are not UTF-8.
    #[error("illegal percent-encoding")]
    Percent,
    /// Another URL.
    #[error("not the URL of an entity")]
    Scheme,
}

fn strip_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = url.split_at_checked(scheme.len())?;
    found.eq_ignore_ascii_case(scheme).then_some(rest)
}

pub(crate) fn percent_decoded(encoded: &str) -> Result<String, ContentIdError> {
    let octets: Option<Vec<u8>> = percent::decode(encoded.as_bytes());
    octets
        .and_then(|octets| String::from_utf8(octets).ok())
        .ok_or(ContentIdError::Percent)
}

fn is_legal(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>')
}
