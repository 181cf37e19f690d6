use std::fmt;

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::FileSelectorError;
use crate::{Deviation, Deviations, chars};

/// The hash of a whole file: the `hash` selector (RFC 5547 §6).
///
/// SHA-1 is what RFC 5547 has; SHA-256 is what newer peers also send (ruling S7). Hashes of other functions are kept,
/// and cannot be verified.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash {
    /// In lower case.
    algorithm: Box<str>,
    digest: Box<[u8]>,
}

impl FileHash {
    /// The name of SHA-1 (FIPS 180-4): 20 octets.
    pub const SHA_1: &'static str = "sha-1";

    /// The name of SHA-256 (FIPS 180-4): 32 octets.
    pub const SHA_256: &'static str = "sha-256";

    /// A hash by SHA-1.
    pub fn sha_1(digest: [u8; 20]) -> Self {
        Self::of(Self::SHA_1, &digest)
    }

    /// A hash by SHA-256.
    pub fn sha_256(digest: [u8; 32]) -> Self {
        Self::of(Self::SHA_256, &digest)
    }

    /// Reads `sha-1:` and the octets, two upper-case hexadecimal digits each, with colons between. Digits in lower case
    /// are accepted (ruling S6).
    ///
    /// # Errors
    ///
    /// [`FileSelectorError::BadHash`] if it has not that form, [`FileSelectorError::HashLength`] if a hash by a known
    /// function has not its length.
    pub fn parse(value: &[u8]) -> Result<Self, FileSelectorError> {
        Ok(Self::parse_with_deviations(value)?.0)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(value: &[u8]) -> Result<(Self, Deviations), FileSelectorError> {
        const BAD: FileSelectorError = FileSelectorError::BadHash;
        let mut deviations = Deviations::default();
        let value = std::str::from_utf8(value).map_err(|_| BAD)?;
        let (algorithm, digits) = value.split_once(':').ok_or(BAD)?;
        if !chars::is_token(algorithm.as_bytes()) {
            return Err(BAD);
        }
        let mut digest = Vec::with_capacity(digits.len() / 3 + 1);
        for pair in digits.split(':') {
            let octet = data_encoding::HEXUPPER_PERMISSIVE.decode(pair.as_bytes());
            let octet = octet.ok().and_then(|octet| <[u8; 1]>::try_from(octet).ok());
            digest.extend(octet.ok_or(BAD)?);
        }
        if digits.bytes().any(|octet| octet.is_ascii_lowercase()) {
            deviations.insert(Deviation::LowerHex);
        }
        let algorithm = algorithm.to_ascii_lowercase();
        let len = match &*algorithm {
            Self::SHA_1 => <Sha1 as Digest>::output_size(),
            Self::SHA_256 => <Sha256 as Digest>::output_size(),
            _ => digest.len(),
        };
        if digest.len() != len {
            return Err(FileSelectorError::HashLength);
        }
        Ok((Self::of(&algorithm, &digest), deviations))
    }

    /// Reads the same and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`FileSelectorError::Deviation`] for a deviation.
    pub fn parse_strict(value: &[u8]) -> Result<Self, FileSelectorError> {
        let (read, deviations) = Self::parse_with_deviations(value)?;
        deviations
            .first()
            .map_or(Ok(read), |first| Err(FileSelectorError::Deviation(first)))
    }

    /// The name of the hash function, in lower case (IANA: Hash Function Textual Names).
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The octets of the hash.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    fn of(algorithm: &str, digest: &[u8]) -> Self {
        Self {
            algorithm: algorithm.into(),
            digest: digest.into(),
        }
    }
}

/// As it stands behind `hash:`.
impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.algorithm)?;
        self.digest.iter().try_for_each(|octet| write!(f, ":{octet:02X}"))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHash({self})")
    }
}
