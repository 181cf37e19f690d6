//! `a=fingerprint`: the hash of a certificate (RFC 8122 §5).

mod certificate;
mod hash;
mod set;

use std::fmt;

use memchr::memchr;
use thiserror::Error;

pub use self::certificate::CertificateError;
pub use self::hash::HashFunction;
pub use self::set::{Fingerprints, HashPreference, VerifyError};
use crate::{Deviation, Deviations, chars};

/// Why a fingerprint cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FingerprintError {
    /// It is not the name of a hash function, SP, and pairs of hexadecimal digits with colons between.
    #[error("not a fingerprint")]
    Syntax,
    /// The number of octets is not that of the hash function (RFC 8122 §5).
    #[error("wrong length for the hash function")]
    Length,
    /// A slip, for the strict parser.
    #[error("{0}")]
    Deviation(Deviation),
}

/// The hash of a certificate, by which a peer that presents it is known: `sha-256 12:DF:3E:…`.
///
/// Those of unknown hash functions, and those of MD2 and MD5, are read and kept but never match a certificate. Two
/// are equal if the name of the hash function, without case, and all octets are; so they can be stored with the
/// identity of the peer, to see later whether its certificate has changed (RFC 6714 §7.7).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// In lower case.
    hash_name: Box<str>,
    octets: Box<[u8]>,
}

impl Fingerprint {
    /// The fingerprint of a certificate in DER, of which nothing is checked.
    pub fn of(certificate: &[u8], hash: HashFunction) -> Self {
        Self {
            hash_name: hash.name().into(),
            octets: hash.compute(certificate),
        }
    }

    /// Reads the value of the attribute. The name of the hash function is matched without regard to case (ruling
    /// S6).
    ///
    /// # Errors
    ///
    /// [`FingerprintError::Syntax`] or [`FingerprintError::Length`].
    pub fn parse(value: &[u8]) -> Result<Self, FingerprintError> {
        Self::parse_with_deviations(value).map(|(fingerprint, _)| fingerprint)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven: digits in lower case, misplaced SP.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), FingerprintError> {
        let mut deviations = Deviations::default();
        let value = deviations.trim(value);
        let (name, digits) = memchr(b' ', value)
            .and_then(|blank| value.split_at_checked(blank))
            .ok_or(FingerprintError::Syntax)?;
        let digits = digits.strip_prefix(b" ").unwrap_or(digits);
        let digits = deviations.trim(digits);
        let hash_name = chars::token(name)
            .ok_or(FingerprintError::Syntax)?
            .to_ascii_lowercase()
            .into_boxed_str();
        let octets = octets(digits).ok_or(FingerprintError::Syntax)?;
        if expected_len(&hash_name).is_some_and(|len| len != octets.len()) {
            return Err(FingerprintError::Length);
        }
        if digits.iter().any(u8::is_ascii_lowercase) {
            deviations.insert(Deviation::LowerHex);
        }
        Ok((Self { hash_name, octets }, deviations))
    }

    /// As [`parse`](Self::parse), and forgives nothing.
    ///
    /// # Errors
    ///
    /// As there, and [`FingerprintError::Deviation`].
    pub fn parse_strict(value: &[u8]) -> Result<Self, FingerprintError> {
        let (fingerprint, deviations) = Self::parse_with_deviations(value)?;
        match deviations.first() {
            None => Ok(fingerprint),
            Some(deviation) => Err(FingerprintError::Deviation(deviation)),
        }
    }

    /// The name of the hash function, in lower case, also if it is unknown.
    pub fn hash_name(&self) -> &str {
        &self.hash_name
    }

    /// The hash function. `None` if it is unknown, or if it is MD2 or MD5, which must not be trusted.
    pub fn hash_function(&self) -> Option<HashFunction> {
        HashFunction::from_name(&self.hash_name)
    }

    /// The hash.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// The value of the attribute: the name in lower case, the octets in upper case.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hash_name)?;
        let mut separator = ' ';
        for octet in &self.octets {
            write!(f, "{separator}{octet:02X}")?;
            separator = ':';
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fingerprint")
            .field(&format_args!("{self}"))
            .finish()
    }
}

fn octets(digits: &[u8]) -> Option<Box<[u8]>> {
    digits
        .split(|&octet| octet == b':')
        .map(|pair| match pair {
            [high, low] => {
                let value = char::from(*high).to_digit(16)? << 4 | char::from(*low).to_digit(16)?;
                u8::try_from(value).ok()
            }
            _ => None,
        })
        .collect()
}

fn expected_len(hash_name: &str) -> Option<usize> {
    match hash_name {
        "md2" | "md5" => Some(16),
        _ => HashFunction::from_name(hash_name).map(HashFunction::output_len),
    }
}
