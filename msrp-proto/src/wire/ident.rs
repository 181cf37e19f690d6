//! Transaction identifiers and Message-IDs (RFC 4975 §7.1, §9).

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

use thiserror::Error;

use super::chars;

/// The transaction identifier of a request and of the response to it: 4 to 32 characters of `ident`,
/// the first alphanumeric (RFC 4975 §9).
///
/// It governs the framing: the end-line of a frame repeats it. It is no secret, so `Debug` shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId {
    len: u8,
    octets: [u8; Self::MAX_LEN],
}

impl TransactionId {
    /// The most octets that an identifier may have.
    pub const MAX_LEN: usize = 32;
    /// The fewest octets that an identifier may have.
    pub const MIN_LEN: usize = 4;

    /// Reads an identifier. Ruling R-12: no leniency here, since framing hangs on it.
    ///
    /// # Errors
    ///
    /// [`IdentError`] for a wrong length or an illegal octet.
    pub fn parse(input: &[u8]) -> Result<Self, IdentError> {
        if input.len() > Self::MAX_LEN {
            return Err(IdentError::TooLong);
        }
        if input.len() < Self::MIN_LEN {
            return Err(IdentError::TooShort);
        }
        match Self::parse_front(input) {
            Some((id, [])) => Ok(id),
            _ => Err(IdentError::Illegal),
        }
    }

    /// One of so many letters and digits, of which there are enough and not too many.
    pub(crate) fn of_letters<const LEN: usize>(letters: &[u8; LEN]) -> Self {
        const { assert!(Self::MIN_LEN <= LEN && LEN <= Self::MAX_LEN) };
        debug_assert!(letters.iter().all(u8::is_ascii_alphanumeric));
        let mut octets = [0; Self::MAX_LEN];
        for (to, letter) in octets.iter_mut().zip(letters) {
            *to = *letter;
        }
        Self {
            len: LEN as u8,
            octets,
        }
    }

    /// The identifier that the input begins with, and what is behind it.
    pub(super) fn parse_front(input: &[u8]) -> Option<(Self, &[u8])> {
        let len = ident_len(input);
        let (ident, rest) = input.split_at_checked(len)?;
        let legal = len >= Self::MIN_LEN && ident.first()?.is_ascii_alphanumeric();
        let (len, octets) = inline(ident).filter(|_| legal)?;
        Some((Self { len, octets }, rest))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The octets of the identifier.
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl TransactionId {
    /// The octets of the identifier, with zeros behind them.
    pub(super) fn padded(&self) -> &[u8; Self::MAX_LEN] {
        &self.octets
    }
}

impl fmt::Debug for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransactionId({self})")
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::str::FromStr for TransactionId {
    type Err = IdentError;

    fn from_str(text: &str) -> Result<Self, IdentError> {
        Self::parse(text.as_bytes())
    }
}

/// The Message-ID that all chunks of a message share, and that a REPORT names (RFC 4975 §7.1.1).
///
/// Cheap to clone: one that keeps to the grammar is in the value itself. Compared octet by octet.
#[derive(Clone)]
pub struct MessageId(Text);

#[derive(Clone)]
enum Text {
    Inline { len: u8, octets: [u8; INLINE] },
    Shared(Arc<str>),
}

/// The most octets that the grammar allows (RFC 4975 §9).
const INLINE: usize = 32;

impl MessageId {
    /// The most octets accepted from a peer (ruling R-12: deployed peers exceed the 32 of the grammar).
    pub const MAX_LEN: usize = 128;

    /// An identifier to send: `ident` of RFC 4975 §9, 4 to 32 characters, the first alphanumeric.
    ///
    /// # Errors
    ///
    /// [`IdentError`] when the text is not such an identifier.
    pub fn new(text: &str) -> Result<Self, IdentError> {
        let TransactionId { len, octets } = TransactionId::parse(text.as_bytes())?;
        Ok(Self(Text::Inline { len, octets }))
    }

    /// Reads what a peer sent: 1 to 128 `ident` characters, opaque (ruling R-12).
    ///
    /// # Errors
    ///
    /// [`IdentError`] when it is empty, longer, or has another octet in it.
    pub fn parse(input: &[u8]) -> Result<Self, IdentError> {
        check_message_id(input)?;
        Self::of_checked(input).ok_or(IdentError::Illegal)
    }

    /// One that was checked before.
    pub(super) fn of_checked(input: &[u8]) -> Option<Self> {
        Some(Self(match inline(input) {
            Some((len, octets)) => Text::Inline { len, octets },
            None => Text::Shared(core::str::from_utf8(input).ok()?.into()),
        }))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Inline { .. } => core::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Text::Shared(text) => text,
        }
    }

    /// The octets of the identifier.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Inline { len, octets } => octets.get(..usize::from(*len)).unwrap_or_default(),
            Text::Shared(text) => text.as_bytes(),
        }
    }
}

impl PartialEq for MessageId {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Text::Inline { octets: one, .. }, Text::Inline { octets: other, .. }) => one == other,
            _ => self.as_bytes() == other.as_bytes(),
        }
    }
}

impl Eq for MessageId {}

impl PartialOrd for MessageId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MessageId {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            // What is behind the identifier is zeros, which are in none.
            (Text::Inline { octets: one, .. }, Text::Inline { octets: other, .. }) => one.cmp(other),
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}

impl Hash for MessageId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As of its text, by which it can be looked up.
        self.as_str().hash(state);
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::borrow::Borrow<str> for MessageId {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// Why an identifier is not legal.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentError {
    /// An octet outside the grammar, or a first one that is not alphanumeric.
    #[error("illegal character in the identifier")]
    Illegal,
    /// More octets than allowed.
    #[error("identifier too long")]
    TooLong,
    /// Fewer octets than allowed.
    #[error("identifier too short")]
    TooShort,
}

/// The check of [`MessageId::parse`], without the allocation.
pub(super) fn check_message_id(input: &[u8]) -> Result<(), IdentError> {
    match input.len() {
        0 => Err(IdentError::TooShort),
        len if len > MessageId::MAX_LEN => Err(IdentError::TooLong),
        _ if input.iter().all(|&octet| chars::is_ident(octet)) => Ok(()),
        _ => Err(IdentError::Illegal),
    }
}

/// Octets of the Message-ID that the input begins with, and what is behind it.
pub(super) fn message_id_front(input: &[u8]) -> Option<(usize, &[u8])> {
    let len = ident_len(input);
    let rest = input.get(len..)?;
    (1..=MessageId::MAX_LEN).contains(&len).then_some((len, rest))
}

/// How many octets of `ident-char` the input begins with.
fn ident_len(input: &[u8]) -> usize {
    let end = input.iter().position(|&octet| !chars::is_ident(octet));
    end.unwrap_or(input.len())
}

/// A copy of few octets, and how many; `None` if they are too many.
fn inline<const MAX: usize>(input: &[u8]) -> Option<(u8, [u8; MAX])> {
    let mut octets = [0; MAX];
    octets.get_mut(..input.len())?.copy_from_slice(input);
    Some((u8::try_from(input.len()).ok()?, octets))
}
