//! WWW-Authenticate.

use core::fmt;

use thiserror::Error;

use super::super::UriRef;
use super::parameters::{Parameters, Quoted, Unread, text};
use super::{Algorithm, Answer, Cnonce, Credentials, ParameterError};

/// The value of a WWW-Authenticate header: what a relay wants proven (RFC 4976 §7). `Debug` shows neither nonce
/// nor opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    pub(super) realm: Box<str>,
    pub(super) nonce: Box<str>,
    pub(super) opaque: Option<Box<str>>,
    /// Named or not: what was named is to be repeated (RFC 2617 §3.2.2).
    pub(super) algorithm: Option<Algorithm>,
    stale: bool,
    /// Unknown ones, with their names.
    others: Vec<(Box<str>, Box<str>)>,
}

impl Challenge {
    /// A challenge with qop `auth`, for the relay. The algorithm is MD5, which is not named.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a control character in either.
    pub fn new(realm: &str, nonce: &str) -> Result<Self, ParameterError> {
        Ok(Self {
            realm: text(realm)?,
            nonce: text(nonce)?,
            opaque: None,
            algorithm: None,
            stale: false,
            others: Vec::new(),
        })
    }

    /// Reads the value of a WWW-Authenticate header. A `domain` in it is ignored (RFC 4976 §9.1).
    ///
    /// # Errors
    ///
    /// A [`ChallengeError`] for one that cannot be answered.
    pub fn parse(value: &[u8]) -> Result<Self, ChallengeError> {
        Self::read(value, None)
    }

    /// The same, taking a challenge without qop as if it had `qop="auth"`. RFC 4976 §9.1 does not allow such a one
    /// (ruling R-41).
    ///
    /// # Errors
    ///
    /// A [`ChallengeError`] for one that cannot be answered.
    pub fn parse_without_qop(value: &[u8]) -> Result<Self, ChallengeError> {
        Self::read(value, Some("auth"))
    }

    fn read(value: &[u8], missing_qop: Option<&str>) -> Result<Self, ChallengeError> {
        let mut parameters = Parameters::of_digest(value)?;
        let challenge = Self {
            realm: parameters.want("realm")?,
            nonce: parameters.want("nonce")?,
            opaque: parameters.take("opaque")?.map(Into::into),
            // Anything but "true" is no (RFC 2617 §3.2.1).
            stale: parameters
                .take("stale")?
                .is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            algorithm: match parameters.take("algorithm")? {
                Some(name) => Some(Algorithm::named(&name).ok_or(ChallengeError::Algorithm)?),
                None => None,
            },
            others: Vec::new(),
        };
        let qop = parameters.take("qop")?;
        let qop = qop.as_deref().or(missing_qop).ok_or(ChallengeError::NoQop)?;
        if !qop.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) {
            return Err(ChallengeError::NoAuth);
        }
        let others = parameters
            .rest()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("domain"))
            .map(|(name, value)| (name.into(), value.into()));
        Ok(Self {
            others: others.collect(),
            ..challenge
        })
    }

    /// The same with something that the client is to give back unchanged.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a control character.
    pub fn with_opaque(self, opaque: &str) -> Result<Self, ParameterError> {
        let opaque = Some(text(opaque)?);
        Ok(Self { opaque, ..self })
    }

    /// The same, saying whether only the nonce of the refused request was too old.
    pub fn with_stale(self, stale: bool) -> Self {
        Self { stale, ..self }
    }

    /// The same, naming the algorithm.
    pub fn with_algorithm(self, algorithm: Algorithm) -> Self {
        let algorithm = Some(algorithm);
        Self { algorithm, ..self }
    }

    /// The same challenge with another nonce: the [`nextnonce`](super::AuthenticationInfo::nextnonce) of a 200
    /// takes the place of a challenge. It is not stale.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a control character; there is none in a nonce that was read.
    pub fn with_nonce(&self, nonce: &str) -> Result<Self, ParameterError> {
        Ok(Self {
            nonce: text(nonce)?,
            stale: false,
            ..self.clone()
        })
    }

    /// Whose credentials are wanted.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// What is to be hashed.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What is to be given back.
    pub fn opaque(&self) -> Option<&str> {
        self.opaque.as_deref()
    }

    /// Whether the refused answer was right but for its nonce: the same credentials can be used again.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The algorithm, MD5 if none is named.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or_default()
    }

    /// The value of a parameter without a meaning here, the first of that name in any case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut others = self.others.iter();
        let found = others.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// The answer for an AUTH request.
    ///
    /// `uri` is the rightmost URI of its To-Path, as written there (RFC 4976 §9.1). `nc` says how often this nonce
    /// has been used by the client, this use included: 1 at first.
    pub fn answer(&self, credentials: &Credentials, uri: UriRef<'_>, nc: u32, cnonce: &Cnonce) -> Answer {
        Answer::new(self, credentials, uri, nc, cnonce)
    }
}

/// As RFC 4976 §7 has it, qop being `auth` alone.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (realm, nonce) = (Quoted(&self.realm), Quoted(&self.nonce));
        write!(f, "Digest realm={realm}, qop=\"auth\", nonce={nonce}")?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", Quoted(opaque))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        if let Some(algorithm) = self.algorithm {
            write!(f, ", algorithm={algorithm}")?;
        }
        for (name, value) in &self.others {
            write!(f, ", {name}={}", Quoted(value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("realm", &self.realm)
            .field("stale", &self.stale)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// Why a challenge cannot be answered.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeError {
    /// Against the grammar of RFC 4976 §7, even read leniently; or without realm or nonce.
    #[error("malformed challenge")]
    Malformed,
    /// Another scheme than Digest, such as Basic, which clients must not use (RFC 4976 §9.1).
    #[error("not a Digest challenge")]
    NotDigest,
    /// No qop, which RFC 4976 §9.1 demands.
    #[error("a challenge without qop")]
    NoQop,
    /// A qop without `auth`: `auth-int` makes no sense for MSRP (RFC 4976 §9.1).
    #[error("the challenge does not offer qop auth")]
    NoAuth,
    /// Neither MD5 nor SHA-256. MD5-sess is forbidden (RFC 4976 §9.1).
    #[error("unknown digest algorithm")]
    Algorithm,
}

impl From<Unread> for ChallengeError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::Malformed => Self::Malformed,
            Unread::NotDigest => Self::NotDigest,
        }
    }
}
