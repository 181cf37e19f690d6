//! Files that are being received: under a temporary name until they are whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Octets gathered before they are written: chunks are small.
const GATHERED: usize = 256 * 1024;

/// Octets written before the disk is told to take them, so that the last wait is a short one.
const UNSYNCED: u64 = 64 << 20;

/// More files of one name than that are too many.
const MOST_OF_A_NAME: u32 = 10_000;

/// A file that is being received. Dropped before it is finished, it leaves nothing behind.
pub(super) struct Download {
    part: NamedTempFile,
    folder: PathBuf,
    /// A name that is safe.
    name: String,
    /// Octets not written yet, and where they belong.
    gathered: Vec<u8>,
    at: u64,
    unsynced: u64,
}

impl Download {
    pub(super) fn begin(folder: &Path, name: String) -> io::Result<Self> {
        Ok(Self {
            part: temporary(folder)?,
            folder: folder.into(),
            name,
            gathered: Vec::new(),
            at: 0,
            unsynced: 0,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What was written last counts (RFC 4975 §7.3.1).
    pub(super) fn write_at(&mut self, offset: u64, octets: &[u8]) -> io::Result<()> {
        let follows = self.at + self.gathered.len() as u64 == offset;
        if !follows || self.gathered.len() + octets.len() > GATHERED {
            self.flush()?;
            self.at = offset;
        }
        self.gathered.extend_from_slice(octets);
        Ok(())
    }

    /// What was written so far, to be read.
    pub(super) fn written(&mut self) -> io::Result<&mut File> {
        self.flush()?;
        Ok(self.part.as_file_mut())
    }

    /// Gives the file, which has `len` octets, a name that no other has, and returns it. It is on the disk
    /// then, and not only in memory.
    pub(super) fn finish(mut self, len: u64) -> io::Result<String> {
        self.flush()?;
        let file = self.part.as_file();
        if file.metadata()?.len() != len {
            return Err(io::Error::other("the length is not what it should be"));
        }
        file.sync_all()?;
        let Self {
            mut part,
            folder,
            name,
            ..
        } = self;
        for number in 0..MOST_OF_A_NAME {
            let name = numbered(&name, number);
            match part.persist_noclobber(folder.join(&name)) {
                Ok(_) => {
                    // The name, too. Not every system can do that, and the octets are safe.
                    let _ = File::open(&folder).and_then(|folder| folder.sync_all());
                    return Ok(name);
                }
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => part = error.file,
                Err(error) => return Err(error.error),
            }
        }
        Err(io::Error::new(
            ErrorKind::AlreadyExists,
            "too many files of that name",
        ))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let file = self.part.as_file_mut();
        file.seek(SeekFrom::Start(self.at))?;
        file.write_all(&self.gathered)?;
        self.unsynced += self.gathered.len() as u64;
        if self.unsynced > UNSYNCED {
            file.sync_data()?;
            self.unsynced = 0;
        }
        self.at += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

/// Makes the folder if there is none, and tries whether files can be stored there.
pub(crate) fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    temporary(folder).map(drop)
}

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".msrp-").suffix(".part");
    // As any file that is made, less what the umask takes away; by default only its owner could read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// `name (2).ext`, not longer than names can be.
fn numbered(name: &str, number: u32) -> String {
    if number == 0 {
        return name.into();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 32 => name.split_at(dot),
        _ => (name, ""),
    };
    let number = format!(" ({number})");
    let mut end = stem.len().min(255 - number.len() - extension.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{number}{extension}", &stem[..end])
}
