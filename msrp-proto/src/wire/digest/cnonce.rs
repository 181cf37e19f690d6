//! Nonces of the client.

use core::fmt;
use core::str::FromStr;

use super::super::uri::base32;
use super::ParameterError;
use super::parameters::text;

/// What the client adds to the hash, so that nobody else chooses all of what is hashed (RFC 2617 §3.2.2). `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Cnonce(Box<str>);

impl Cnonce {
    /// A new one: 16 characters from the 10 octets that `fill`, a cryptographic generator, puts into the buffer.
    pub fn random(fill: impl FnOnce(&mut [u8])) -> Self {
        Self(base32(fill).into())
    }

    /// The text, as it is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Cnonce {
    type Err = ParameterError;

    /// Takes one made elsewhere: any text without control characters.
    fn from_str(cnonce: &str) -> Result<Self, ParameterError> {
        text(cnonce).map(Self)
    }
}

impl fmt::Debug for Cnonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cnonce(…)")
    }
}
