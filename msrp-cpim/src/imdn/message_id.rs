use std::fmt::{self, Write as _};

use crate::{BuildError, chars};

/// The identifier of an instant message, or of a disposition notification: Message-ID (RFC 5438 §6.3).
///
/// Whoever knows it can forge a notification, so it has to be random. Compared octet by octet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Box<str>);

impl MessageId {
    /// An identifier given by the application, which sees to it that nobody guesses it.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadToken`] if it is no token of RFC 3862.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        if Self::is_token(text) {
            Ok(Self(text.into()))
        } else {
            Err(BuildError::BadToken)
        }
    }

    /// A new identifier of 128 random bits. `fill` fills a buffer with random octets, from a generator that is fit
    /// for secrets.
    pub fn generate(fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut random = [0; 16];
        fill(&mut random);
        let mut text = String::with_capacity(2 * random.len());
        for octet in random {
            // Writing to a String does not fail.
            let _ = write!(text, "{octet:02x}");
        }
        Self(text.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text is such an identifier by the grammar.
    pub(crate) fn is_token(text: &str) -> bool {
        !text.is_empty() && text.chars().all(chars::is_token)
    }

    /// What a peer has written: any visible characters (ruling C17).
    pub(crate) fn read(text: &str) -> Option<Self> {
        let visible = |character: char| !character.is_whitespace() && !character.is_control();
        (!text.is_empty() && text.chars().all(visible)).then(|| Self(text.into()))
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Shows no more than that there is one: it is a secret between two.
impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageId(…)")
    }
}
