//! Session-ids of our own making (RFC 4975 §14.1).

use core::fmt;
use core::str::FromStr;

use super::grammar::is_session_id_text;
use super::{MsrpUri, UriError, UriRef};

/// The session-id of a URI. A secret: who knows it can take part in the session (RFC 4975 §14.1), so `Debug`
/// does not show it.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SessionToken(Box<str>);

impl SessionToken {
    /// A new session-id: 16 characters from the 10 octets that `fill` puts into the buffer.
    ///
    /// RFC 4975 §14.1 asks for 80 random bits, so `fill` must be a cryptographic generator. No two
    /// fillings give the same session-id.
    pub fn random(fill: impl FnOnce(&mut [u8])) -> SessionToken {
        SessionToken(base32(fill).into())
    }

    /// The session-id as it stands in a URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionToken {
    type Err = UriError;

    /// Takes a session-id made elsewhere; it must be `1*( unreserved / "+" / "=" / "/" )` (RFC 4975 §9).
    fn from_str(text: &str) -> Result<SessionToken, UriError> {
        if is_session_id_text(text) {
            Ok(SessionToken(text.into()))
        } else {
            Err(UriError::SessionId)
        }
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl MsrpUri {
    /// The same URI for a new session: its session-id, if it has one, gives way to
    /// [`SessionToken::random`]. Each session needs a URI of its own (RFC 4975 §6).
    ///
    /// # Errors
    ///
    /// [`UriError::TooLong`] past [`MsrpUri::MAX_LEN`].
    pub fn with_random_session(&self, fill: impl FnOnce(&mut [u8])) -> Result<MsrpUri, UriError> {
        let UriRef { text, layout } = self.as_ref();
        let transport = usize::from(layout.transport.start).saturating_sub(";".len());
        let authority = match usize::from(layout.session_id.start) {
            0 => transport,
            id => id.saturating_sub("/".len()),
        };
        let (authority, transport) = (text.get(..authority), text.get(transport..));
        let (authority, transport) = (authority.unwrap_or_default(), transport.unwrap_or_default());
        format!("{authority}/{}{transport}", base32(fill)).parse()
    }
}

/// 80 bits as 16 characters, 5 bits each, the most significant first.
pub(in super::super) fn base32(fill: impl FnOnce(&mut [u8])) -> String {
    const BITS: usize = 80;
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

    let mut octets = [0; BITS / 8];
    fill(&mut octets);
    let bits = octets
        .iter()
        .fold(0u128, |bits, octet| (bits << 8) | u128::from(*octet));
    let digits = (0..BITS / 5).rev().filter_map(|place| {
        let digit = usize::try_from((bits >> (place * 5)) & 31).ok()?;
        ALPHABET.get(digit).copied().map(char::from)
    });
    digits.collect()
}
