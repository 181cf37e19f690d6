//! The hash functions that fingerprints are made with (RFC 8122 §5).

use std::fmt;

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A hash function that may be computed and trusted.
///
/// MD2 and MD5 are none (RFC 8122 §5). Fingerprints made with them can be read, so that they can be told from those of
/// unknown functions, but nothing computes them:
///
/// ```
/// # use msrp_sdp::{Fingerprint, HashFunction};
/// Fingerprint::of(b"certificate", HashFunction::Sha256);
/// ```
///
/// ```compile_fail,E0599
/// # use msrp_sdp::{Fingerprint, HashFunction};
/// Fingerprint::of(b"certificate", HashFunction::Md5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashFunction {
    /// `sha-1`; for certificates signed with it, and for peers that follow RFC 4572.
    Sha1,
    /// `sha-224`.
    Sha224,
    /// `sha-256`, which every fingerprint list that is sent contains.
    Sha256,
    /// `sha-384`.
    Sha384,
    /// `sha-512`.
    Sha512,
}

impl HashFunction {
    /// All of them, strongest first.
    pub const ALL: [Self; 5] = [Self::Sha512, Self::Sha384, Self::Sha256, Self::Sha224, Self::Sha1];

    /// The function of that name, in any case. `None` for `md2`, `md5` and for what is unknown.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|hash| name.eq_ignore_ascii_case(hash.name()))
    }

    /// The name as it is written (IANA "Hash Function Textual Names").
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha-1",
            Self::Sha224 => "sha-224",
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// The length of a hash in octets.
    pub(super) const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    pub(super) fn compute(self, input: &[u8]) -> Box<[u8]> {
        match self {
            Self::Sha1 => Sha1::digest(input).as_slice().into(),
            Self::Sha224 => Sha224::digest(input).as_slice().into(),
            Self::Sha256 => Sha256::digest(input).as_slice().into(),
            Self::Sha384 => Sha384::digest(input).as_slice().into(),
            Self::Sha512 => Sha512::digest(input).as_slice().into(),
        }
    }
}

impl fmt::Display for HashFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
