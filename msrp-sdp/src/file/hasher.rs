use std::fmt;

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{FileHash, FileSelector};

/// Computes the hashes of a file from its octets, in pieces, from the first to the last.
#[derive(Clone)]
pub struct FileHasher {
    sha_1: Option<Sha1>,
    sha_256: Option<Sha256>,
}

impl FileHasher {
    /// By SHA-1, as RFC 5547 has it.
    pub fn sha_1() -> Self {
        Self {
            sha_1: Some(Sha1::new()),
            sha_256: None,
        }
    }

    /// By SHA-1 and by SHA-256, for peers that know that (ruling S7).
    pub fn sha_1_and_sha_256() -> Self {
        Self {
            sha_1: Some(Sha1::new()),
            sha_256: Some(Sha256::new()),
        }
    }

    /// By those functions of a selector that are known.
    pub fn for_selector(selector: &FileSelector) -> Self {
        Self {
            sha_1: selector.hash(FileHash::SHA_1).map(|_| Sha1::new()),
            sha_256: selector.hash(FileHash::SHA_256).map(|_| Sha256::new()),
        }
    }

    /// Takes the next octets of the file.
    pub fn update(&mut self, octets: &[u8]) {
        if let Some(sha_1) = &mut self.sha_1 {
            sha_1.update(octets);
        }
        if let Some(sha_256) = &mut self.sha_256 {
            sha_256.update(octets);
        }
    }

    /// The hashes.
    pub fn finish(self) -> Vec<FileHash> {
        let sha_1 = self.sha_1.map(|sha_1| FileHash::sha_1(sha_1.finalize().into()));
        let sha_256 = self
            .sha_256
            .map(|sha_256| FileHash::sha_256(sha_256.finalize().into()));
        sha_1.into_iter().chain(sha_256).collect()
    }
}

impl fmt::Debug for FileHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileHasher")
            .field("sha_1", &self.sha_1.is_some())
            .field("sha_256", &self.sha_256.is_some())
            .finish()
    }
}
