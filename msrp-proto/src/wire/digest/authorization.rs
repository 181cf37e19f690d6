//! Authorization.

use core::fmt;

use thiserror::Error;

use super::super::UriRef;
use super::parameters::{Parameters, Quoted, Unread, count, hash};
use super::{Algorithm, Challenge, Cnonce, Credentials};

/// The value of an Authorization header: the proof of a client (RFC 4976 §7). `Debug` shows no more than realm,
/// algorithm and nonce-count.
///
/// One that was read proves nothing until [`is_by`](Self::is_by) has said so, and until the relay has found
/// realm, nonce and nonce-count to be what it expects.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    user: Box<str>,
    realm: Box<str>,
    nonce: Box<str>,
    pub(super) uri: Option<Box<str>>,
    nc: u32,
    cnonce: Box<str>,
    opaque: Option<Box<str>>,
    algorithm: Option<Algorithm>,
    response: Box<str>,
}

impl Authorization {
    pub(super) fn new(
        challenge: &Challenge,
        credentials: &Credentials,
        uri: UriRef<'_>,
        nc: u32,
        cnonce: &Cnonce,
    ) -> Self {
        let unanswered = Self {
            user: credentials.user().into(),
            realm: challenge.realm.clone(),
            nonce: challenge.nonce.clone(),
            uri: None,
            nc,
            cnonce: cnonce.as_str().into(),
            opaque: challenge.opaque.clone(),
            algorithm: challenge.algorithm,
            response: "".into(),
        };
        let response = unanswered.proof(credentials, "AUTH", uri.as_str()).into();
        Self {
            response,
            ..unanswered
        }
    }

    /// Reads the value of an Authorization header.
    ///
    /// # Errors
    ///
    /// An [`AuthorizationError`] for one that cannot be checked.
    pub fn parse(value: &[u8]) -> Result<Self, AuthorizationError> {
        let mut parameters = Parameters::of_digest(value)?;
        let authorization = Self {
            user: parameters.want("username")?,
            realm: parameters.want("realm")?,
            nonce: parameters.want("nonce")?,
            uri: parameters.take("uri")?.map(Into::into),
            nc: count(&parameters.want("nc")?)?,
            cnonce: parameters.want("cnonce")?,
            opaque: parameters.take("opaque")?.map(Into::into),
            algorithm: match parameters.take("algorithm")? {
                Some(name) => Some(Algorithm::named(&name).ok_or(AuthorizationError::Algorithm)?),
                None => None,
            },
            response: hash(&parameters.want("response")?)?,
        };
        let qop = parameters.take("qop")?.ok_or(AuthorizationError::Qop)?;
        if !qop.eq_ignore_ascii_case("auth") {
            return Err(AuthorizationError::Qop);
        }
        if authorization.response.len() != authorization.algorithm().len() {
            return Err(AuthorizationError::Malformed);
        }
        Ok(authorization)
    }

    /// Who wants to be known.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The realm of the challenge.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The nonce of the challenge.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The URI, where there is one. RFC 4976 §7 does not have it, RFC 2617 does (ruling R-38).
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// How often the client says it has used the nonce, this use included.
    pub fn nc(&self) -> u32 {
        self.nc
    }

    /// The nonce of the client.
    pub fn cnonce(&self) -> &str {
        &self.cnonce
    }

    /// The opaque of the challenge.
    pub fn opaque(&self) -> Option<&str> {
        self.opaque.as_deref()
    }

    /// The algorithm, MD5 if none is named.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm.unwrap_or_default()
    }

    /// The proof: lower-case hexadecimal digits, 32 with MD5, 64 with SHA-256.
    pub fn response(&self) -> &str {
        &self.response
    }

    /// Whether it was made with these credentials for an AUTH request with `uri` as rightmost URI of its To-Path. A
    /// URI in the header must be the same, character for character.
    ///
    /// Realm, nonce and nonce-count are taken as they are: comparing them is the relay's part.
    pub fn is_by(&self, credentials: &Credentials, uri: UriRef<'_>) -> bool {
        let uri = uri.as_str();
        *self.user == *credentials.user()
            && self.uri().is_none_or(|given| given == uri)
            && is_same(&self.response, &self.proof(credentials, "AUTH", uri))
    }

    /// What proves to the client that the relay knows the password too (RFC 2617 §3.2.3).
    pub fn rspauth(&self, credentials: &Credentials, uri: UriRef<'_>) -> String {
        self.proof(credentials, "", uri.as_str())
    }

    /// `request-digest` of RFC 2617 §3.2.2.1, and with an empty method `response-digest` of §3.2.3.
    fn proof(&self, credentials: &Credentials, method: &str, uri: &str) -> String {
        let hash = |parts: &[&str]| self.algorithm().hash(parts);
        let secret = hash(&[&self.user, &self.realm, credentials.password()]);
        let request = hash(&[method, uri]);
        let nc = format!("{:08x}", self.nc);
        hash(&[&secret, &self.nonce, &nc, &self.cnonce, "auth", &request])
    }
}

/// As RFC 4976 §7 has it.
impl fmt::Display for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [user, realm, nonce, cnonce] =
            [&self.user, &self.realm, &self.nonce, &self.cnonce].map(|text| Quoted(text));
        write!(f, "Digest username={user}, realm={realm}, nonce={nonce}")?;
        if let Some(uri) = &self.uri {
            write!(f, ", uri={}", Quoted(uri))?;
        }
        write!(f, ", qop=auth, nc={:08x}, cnonce={cnonce}", self.nc)?;
        write!(f, ", response={}", Quoted(&self.response))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", Quoted(opaque))?;
        }
        match self.algorithm {
            Some(algorithm) => write!(f, ", algorithm={algorithm}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("realm", &self.realm)
            .field("algorithm", &self.algorithm())
            .field("nc", &self.nc)
            .finish_non_exhaustive()
    }
}

/// Why an Authorization cannot be checked.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// Against the grammar of RFC 4976 §7, even read leniently; or without one of username, realm, nonce, nc, cnonce
    /// and response.
    #[error("malformed authorization")]
    Malformed,
    /// Another scheme than Digest, such as Basic, which relays must not accept (RFC 4976 §9.1).
    #[error("not a Digest authorization")]
    NotDigest,
    /// No qop, or another one than `auth`.
    #[error("an authorization without qop auth")]
    Qop,
    /// Neither MD5 nor SHA-256.
    #[error("unknown digest algorithm")]
    Algorithm,
}

impl From<Unread> for AuthorizationError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::Malformed => Self::Malformed,
            Unread::NotDigest => Self::NotDigest,
        }
    }
}

/// Compares hashes, upper case being as good as lower case. How long it takes does not tell where they differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    let difference = pairs.fold(0, |found, (one, other)| {
        found | (one.to_ascii_lowercase() ^ other.to_ascii_lowercase())
    });
    one.len() == other.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the RFCs are about another method than AUTH.
    fn response(algorithm: Algorithm, password: &str, [realm, nonce, cnonce]: [&str; 3]) -> String {
        let challenge = Challenge::new(realm, nonce).unwrap().with_algorithm(algorithm);
        let credentials = Credentials::new("Mufasa", password).unwrap();
        let uri = UriRef::parse(b"msrps://unused.example;tcp").unwrap();
        let cnonce = cnonce.parse().unwrap();
        let authorization = Authorization::new(&challenge, &credentials, uri, 1, &cnonce);
        authorization.proof(&credentials, "GET", "/dir/index.html")
    }

    #[test]
    fn example_of_rfc_2617() {
        let texts = [
            "testrealm@host.com",
            "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            "0a4f113b",
        ];
        let response = response(Algorithm::Md5, "Circle Of Life", texts);
        assert_eq!(response, "6629fae49393a05397450978507c4ef1");
    }

    #[test]
    fn examples_of_rfc_7616() {
        let texts = [
            "http-auth@example.org",
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        ];
        let md5 = response(Algorithm::Md5, "Circle of Life", texts);
        assert_eq!(md5, "8ca523f5e9506fed4657c9700eebdbec");
        let sha256 = response(Algorithm::Sha256, "Circle of Life", texts);
        assert_eq!(
            sha256,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }
}
