//! A challenge answered.

use core::fmt;

use super::super::UriRef;
use super::authorization::{Authorization, is_same};
use super::{Challenge, Cnonce, Credentials};

/// The answer to a [`Challenge`]: the header to send, and the proof to expect in return. `Debug` shows no more than
/// that of the header.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    authorization: Authorization,
    uri: Box<str>,
    rspauth: String,
}

impl Answer {
    pub(super) fn new(
        challenge: &Challenge,
        credentials: &Credentials,
        uri: UriRef<'_>,
        nc: u32,
        cnonce: &Cnonce,
    ) -> Self {
        let authorization = Authorization::new(challenge, credentials, uri, nc, cnonce);
        Self {
            rspauth: authorization.rspauth(credentials, uri),
            uri: uri.as_str().into(),
            authorization,
        }
    }

    /// The same with `uri="…"` in the header. RFC 4976 §7 has no such parameter, but there are relays that want
    /// it (ruling R-38).
    pub fn with_uri(mut self) -> Self {
        self.authorization.uri = Some(self.uri.clone());
        self
    }

    /// The Authorization header.
    pub fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// Whether this [`rspauth`](super::AuthenticationInfo::rspauth) of the 200 proves that the relay knows the
    /// password (RFC 2617 §3.2.3).
    pub fn is_proof(&self, rspauth: &str) -> bool {
        is_same(&self.rspauth, rspauth)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answer").field(&self.authorization).finish()
    }
}
