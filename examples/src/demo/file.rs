//! The file: sent piece by piece from disk, received piece by piece to disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{Error, Source};

/// Octets hashed or generated at a time.
const PIECE: usize = 256 * 1024;

/// What the sender offers: in real life the `file-selector` of the offer (RFC 5547 §6).
pub(super) struct Offer {
    pub(super) name: String,
    pub(super) len: u64,
    pub(super) sha256: Sha256Hash,
    file: File,
}

pub(super) type Sha256Hash = [u8; 32];

impl Offer {
    /// A large file takes its time: `stop` ends it.
    pub(super) fn prepare(source: &Source, stop: &AtomicBool) -> Result<Self, Error> {
        match source {
            Source::File(path) => Self::open(path, stop).map_err(|source| Error::File {
                path: path.clone(),
                source,
            }),
            Source::Generated { octets } => Self::generate(*octets, stop).map_err(Error::Temporary),
        }
    }

    fn open(path: &Path, stop: &AtomicBool) -> io::Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let (len, sha256) = hash(&mut file, stop)?;
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            len,
            sha256,
            file,
        })
    }

    /// The file has no name in the file system, and is gone when it is closed.
    fn generate(len: u64, stop: &AtomicBool) -> io::Result<Self> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed)?;
        let mut file = tempfile::tempfile()?;
        let mut state = u64::from_le_bytes(seed) | 1;
        let mut hasher = Sha256::new();
        let mut piece = vec![0; PIECE];
        let mut left = len;
        while left > 0 {
            go_on_unless(stop)?;
            for word in piece.chunks_exact_mut(8) {
                // xorshift64: random enough not to be compressed or to repeat.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                word.copy_from_slice(&state.to_le_bytes());
            }
            let now = &piece[..usize::try_from(left).map_or(PIECE, |left| left.min(PIECE))];
            file.write_all(now)?;
            hasher.update(now);
            left -= now.len() as u64;
        }
        Ok(Self {
            name: "generated".into(),
            len,
            sha256: hasher.finalize().into(),
            file,
        })
    }

    /// The file, to be sent.
    pub(super) fn upload(&self) -> io::Result<Upload> {
        Ok(Upload {
            file: self.file.try_clone()?,
        })
    }
}

/// A file that is being sent.
pub(super) struct Upload {
    file: File,
}

impl Upload {
    /// Up to `max` octets from `offset` on: fewer at the end of the file only.
    pub(super) fn read_at(&mut self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let mut octets = Vec::with_capacity(max);
        self.file.seek(SeekFrom::Start(offset))?;
        (&mut self.file).take(max as u64).read_to_end(&mut octets)?;
        Ok(octets)
    }
}

/// A file that is being received. Its name is a temporary one, and goes away with it.
pub(super) struct Download {
    part: NamedTempFile,
}

impl Download {
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        let part = tempfile::Builder::new().suffix(".part").tempfile_in(folder)?;
        Ok(Self { part })
    }

    /// What was written last counts (RFC 4975 §7.3.1).
    pub(super) fn write_at(&mut self, offset: u64, octets: &[u8]) -> io::Result<()> {
        let file = self.part.as_file_mut();
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(octets)
    }

    /// Gives the file its name if it is what was offered; `None` if it is not.
    pub(super) fn finish(
        mut self,
        offer: &Offer,
        folder: &Path,
        stop: &AtomicBool,
    ) -> io::Result<Option<PathBuf>> {
        let (len, sha256) = hash(self.part.as_file_mut(), stop)?;
        if (len, sha256) != (offer.len, offer.sha256) {
            return Ok(None);
        }
        // Not the name offered: that is the peer's choice, and a path if the peer wants it to be.
        let path = folder.join("received");
        self.part.persist_noclobber(&path)?;
        Ok(Some(path))
    }
}

/// Length and hash of a whole file.
fn hash(file: &mut File, stop: &AtomicBool) -> io::Result<(u64, Sha256Hash)> {
    let mut hasher = Sha256::new();
    let mut len = 0;
    let mut piece = vec![0; PIECE];
    file.seek(SeekFrom::Start(0))?;
    loop {
        go_on_unless(stop)?;
        match file.read(&mut piece)? {
            0 => return Ok((len, hasher.finalize().into())),
            read => {
                hasher.update(&piece[..read]);
                len += read as u64;
            }
        }
    }
}

fn go_on_unless(stop: &AtomicBool) -> io::Result<()> {
    if stop.load(Ordering::Relaxed) {
        return Err(io::Error::other("interrupted"));
    }
    Ok(())
}
