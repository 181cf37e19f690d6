//! Authentication-Info.

use core::fmt;

use thiserror::Error;

use super::super::UriRef;
use super::parameters::{Parameters, Quoted, Unread, count, hash, text};
use super::{Authorization, Credentials, ParameterError};

/// The value of an Authentication-Info header: the proof of the relay, and the nonce to use next (RFC 4976 §7,
/// RFC 2617 §3.2.3). `Debug` shows which of them there are.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthenticationInfo {
    nextnonce: Option<Box<str>>,
    rspauth: Option<Box<str>>,
    cnonce: Option<Box<str>>,
    nc: Option<u32>,
}

impl AuthenticationInfo {
    /// What belongs into a 200 to an AUTH with this Authorization (RFC 4976 §9.1): rspauth, cnonce, nc and qop.
    ///
    /// `uri` is the rightmost URI of the To-Path of the AUTH.
    pub fn new(authorization: &Authorization, credentials: &Credentials, uri: UriRef<'_>) -> Self {
        Self {
            nextnonce: None,
            rspauth: Some(authorization.rspauth(credentials, uri).into()),
            cnonce: Some(authorization.cnonce().into()),
            nc: Some(authorization.nc()),
        }
    }

    /// The same with a nonce for the next AUTH.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a control character.
    pub fn with_nextnonce(self, nonce: &str) -> Result<Self, ParameterError> {
        let nextnonce = Some(text(nonce)?);
        Ok(Self { nextnonce, ..self })
    }

    /// Reads the value of an Authentication-Info header. Any of the parameters may be missing. Unknown ones are
    /// ignored, as is qop: a proof made with another one than `auth` is none.
    ///
    /// # Errors
    ///
    /// [`AuthenticationInfoError`] for what is against the grammar of RFC 4976 §7, even read leniently.
    pub fn parse(value: &[u8]) -> Result<Self, AuthenticationInfoError> {
        let mut parameters = Parameters::of(value).ok_or(AuthenticationInfoError)?;
        Ok(Self {
            nextnonce: parameters.take("nextnonce")?.map(Into::into),
            rspauth: parameters
                .take("rspauth")?
                .map(|proof| hash(&proof))
                .transpose()?,
            cnonce: parameters.take("cnonce")?.map(Into::into),
            nc: parameters.take("nc")?.map(|nc| count(&nc)).transpose()?,
        })
    }

    /// The nonce to use for the next AUTH, instead of waiting for a challenge.
    pub fn nextnonce(&self) -> Option<&str> {
        self.nextnonce.as_deref()
    }

    /// The proof of the relay, in lower case; see [`Answer::is_proof`](super::Answer::is_proof).
    pub fn rspauth(&self) -> Option<&str> {
        self.rspauth.as_deref()
    }

    /// The nonce of the client, given back.
    pub fn cnonce(&self) -> Option<&str> {
        self.cnonce.as_deref()
    }

    /// The nonce-count of the client, given back.
    pub fn nc(&self) -> Option<u32> {
        self.nc
    }
}

/// As RFC 4976 §7 has it.
impl fmt::Display for AuthenticationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nonce) = &self.nextnonce {
            write!(f, "nextnonce={}, ", Quoted(nonce))?;
        }
        if let Some(proof) = &self.rspauth {
            write!(f, "rspauth={}, ", Quoted(proof))?;
        }
        if let Some(cnonce) = &self.cnonce {
            write!(f, "cnonce={}, ", Quoted(cnonce))?;
        }
        if let Some(nc) = self.nc {
            write!(f, "nc={nc:08x}, ")?;
        }
        f.write_str("qop=auth")
    }
}

impl fmt::Debug for AuthenticationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationInfo")
            .field("has_nextnonce", &self.nextnonce.is_some())
            .field("has_rspauth", &self.rspauth.is_some())
            .finish_non_exhaustive()
    }
}

/// The value is no Authentication-Info.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("malformed Authentication-Info")]
pub struct AuthenticationInfoError;

impl From<Unread> for AuthenticationInfoError {
    fn from(_: Unread) -> Self {
        Self
    }
}
