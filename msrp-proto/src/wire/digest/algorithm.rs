//! Hash functions.

use core::fmt::{self, Write};

use md5::Md5;
use sha2::{Digest, Sha256};

/// The hash function of an authentication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `MD5`, the one of RFC 4976, meant where no algorithm is named.
    #[default]
    Md5,
    /// `SHA-256` (RFC 7616). RFC 4976 does not know it: whether it is used is the application's choice
    /// (ruling R-41).
    Sha256,
}

impl Algorithm {
    const ALL: [Self; 2] = [Self::Md5, Self::Sha256];

    /// The algorithm of that name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// Characters of a hash.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha256 => 64,
        }
    }

    /// The hash of the parts with colons between them, as lower-case hexadecimal digits.
    pub(super) fn hash(self, parts: &[&str]) -> String {
        match self {
            Self::Md5 => hash::<Md5>(parts),
            Self::Sha256 => hash::<Sha256>(parts),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
}

/// The name, as it is written.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn hash<D: Digest>(parts: &[&str]) -> String {
    let mut hasher = D::new();
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            hasher.update(":");
        }
        hasher.update(part);
    }
    let mut digits = String::new();
    for octet in hasher.finalize() {
        // Writing into a string does not fail.
        let _ = write!(digits, "{octet:02x}");
    }
    digits
}
