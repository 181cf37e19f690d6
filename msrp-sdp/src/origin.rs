//! `o=`, who wrote a description, and which version of it this is (RFC 8866 §5.2).

use std::fmt;

use msrp_proto::Host;
use thiserror::Error;

use crate::{ConnectionData, ValueError, chars};

/// Why an origin cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OriginError {
    /// It does not have six fields with single SP between.
    #[error("not an origin")]
    Syntax,
    /// The session id or the version is no decimal number.
    #[error("session id or version is no number")]
    Number,
}

/// The origin of a description: `alice 2890844526 2890844527 IN IP4 alice.example.com`.
///
/// All but the version tells which session this is, the version which description of it. Both numbers may have any
/// length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    username: Box<[u8]>,
    session_id: Box<str>,
    version: Box<str>,
    /// Type of the network, type of the address, address.
    address: Box<[u8]>,
}

impl Origin {
    /// The origin of a new session: user name `-`, version 0.
    ///
    /// `session_id` must not be used again with this host; a random number, or the time in seconds, will do.
    pub fn new(session_id: u64, host: Host) -> Self {
        Self {
            username: (*b"-").into(),
            session_id: session_id.to_string().into(),
            version: "0".into(),
            address: ConnectionData::new(host).to_string().into_bytes().into(),
        }
    }

    /// Reads what stands behind `o=`.
    ///
    /// # Errors
    ///
    /// An [`OriginError`] if it does not have the form.
    pub fn parse(value: &[u8]) -> Result<Self, OriginError> {
        let mut fields = value.splitn(4, |octet| *octet == b' ');
        let (Some(username), Some(session_id), Some(version), Some(address)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(OriginError::Syntax);
        };
        let mut place = address.splitn(3, |octet| *octet == b' ');
        let is_place = place.next().is_some_and(chars::is_token)
            && place.next().is_some_and(chars::is_token)
            && place.next().is_some_and(chars::is_visible);
        if !chars::is_visible(username) || !is_place {
            return Err(OriginError::Syntax);
        }
        Ok(Self {
            username: username.into(),
            session_id: number(session_id)?.into(),
            version: number(version)?.into(),
            address: address.into(),
        })
    }

    /// The same origin with a user name.
    ///
    /// # Errors
    ///
    /// A [`ValueError`] if it is empty or has blanks or control characters in it.
    pub fn with_username(self, username: &[u8]) -> Result<Self, ValueError> {
        match username {
            [] => Err(ValueError::Empty),
            _ if username.iter().copied().any(chars::ends_line) => Err(ValueError::BadOctet),
            _ if !chars::is_visible(username) => Err(ValueError::BadName),
            _ => Ok(Self {
                username: username.into(),
                ..self
            }),
        }
    }

    /// The user name; `-` if there is none. Mostly UTF-8, but nothing makes sure of it.
    pub fn username(&self) -> &[u8] {
        &self.username
    }

    /// The number of the session, in decimal digits.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The version of the description, in decimal digits.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The address; `None` if it is none of the Internet.
    pub(crate) fn connection(&self) -> Option<ConnectionData> {
        ConnectionData::read(&self.address).ok()?.0
    }

    /// The same origin with the next version.
    pub(crate) fn next(self) -> Self {
        Self {
            version: incremented(&self.version),
            ..self
        }
    }

    /// What stands behind `o=`.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let fields: [&[u8]; 4] = [
            &self.username,
            self.session_id.as_bytes(),
            self.version.as_bytes(),
            &self.address,
        ];
        fields.join(&b' ')
    }
}

/// What stands behind `o=`. Octets that are not UTF-8 are replaced; a
/// [`Description`](crate::Description) keeps them.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

fn number(field: &[u8]) -> Result<&str, OriginError> {
    match str::from_utf8(field) {
        Ok(digits) if chars::is_digits(field) => Ok(digits),
        _ => Err(OriginError::Number),
    }
}

/// The number after this one, of any length.
fn incremented(digits: &str) -> Box<str> {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let mut next = String::with_capacity(digits.len() + 1);
    match kept.char_indices().next_back() {
        None => next.push('1'),
        Some((at, last)) => {
            next.extend(kept.get(..at));
            next.extend(
                last.to_digit(10)
                    .and_then(|digit| char::from_digit(digit + 1, 10)),
            );
        }
    }
    next.extend(std::iter::repeat_n('0', nines));
    next.into()
}
