//! The parts of a multipart that has arrived: texts are shown, the others are stored, each on its own.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use msrp_multipart::{Item, MediaType, PartHead, ReadError, Reader, safe_file_name};

use super::store::Download;
use super::{MAX_SHOWN, octets};

/// Octets read at a time.
const PIECE: usize = 64 * 1024;

/// What there is in a multipart.
pub(super) struct Parts {
    found: Vec<Found>,
}

enum Found {
    Text(Vec<u8>),
    File {
        download: Download,
        len: u64,
        encoding: Option<String>,
    },
}

/// Why a multipart was not taken to pieces.
pub(super) enum Error {
    Disk(io::Error),
    /// It is none, or breaks its rules so that it has no single reading.
    Illegal(ReadError),
}

impl Parts {
    /// Takes a multipart to pieces. Nothing has a name of its own yet, and nothing is left behind if it fails.
    pub(super) fn of(
        mut file: impl Read + Seek,
        media_type: &MediaType,
        folder: &Path,
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(media_type).map_err(|error| Error::Illegal(error.into()))?;
        let mut parts = Self { found: Vec::new() };
        let mut open = None;
        file.seek(SeekFrom::Start(0)).map_err(Error::Disk)?;
        loop {
            let mut piece = vec![0; PIECE];
            let len = file.read(&mut piece).map_err(Error::Disk)?;
            piece.truncate(len);
            if piece.is_empty() {
                reader.end();
            }
            let ended = piece.is_empty();
            let mut input = Bytes::from(piece);
            while let Some(item) = reader.read(&mut input).map_err(Error::Illegal)? {
                match item {
                    Item::Part(head) if !head.is_multipart() => {
                        open = Some(Found::begin(&head, folder).map_err(Error::Disk)?);
                    }
                    Item::Body(octets) => {
                        if let Some(found) = &mut open {
                            found.add(&octets, folder).map_err(Error::Disk)?;
                        }
                    }
                    Item::End(_) => parts.found.extend(open.take()),
                    _ => {}
                }
            }
            if ended {
                return Ok(parts);
            }
        }
    }

    /// Gives the files their names. Returns what there is to tell of each part; of texts after `says`.
    pub(super) fn finish(self, says: &str) -> io::Result<Vec<String>> {
        let mut told = Vec::new();
        for found in self.found {
            match found {
                Found::Text(text) => told.extend(super::lines(says, &String::from_utf8_lossy(&text))),
                Found::File {
                    download,
                    len,
                    encoding,
                } => {
                    let name = download.finish(len)?;
                    let encoding =
                        encoding.map_or(String::new(), |encoding| format!(", still encoded as {encoding}"));
                    told.push(format!("part stored as {name:?}, {}{encoding}", octets(len)));
                }
            }
        }
        Ok(told)
    }
}

impl Found {
    fn begin(head: &PartHead, folder: &Path) -> io::Result<Self> {
        let media_type = head.media_type();
        let disposition = head.headers().disposition();
        let is_text = media_type.type_().eq_ignore_ascii_case("text");
        let is_shown = disposition.is_none_or(|disposition| disposition.is_rendered());
        let encoding = head.headers().transfer_encoding();
        if is_text && is_shown && encoding.is_identity() {
            return Ok(Self::Text(Vec::new()));
        }
        let given = disposition.and_then(|disposition| disposition.file_name());
        let name = given.map_or_else(|| unnamed(&media_type), |name| name.into_owned());
        Ok(Self::File {
            download: Download::begin(folder, safe_file_name(&name))?,
            len: 0,
            encoding: (!encoding.is_identity()).then(|| crate::terminal::harmless(encoding.name())),
        })
    }

    fn add(&mut self, octets: &[u8], folder: &Path) -> io::Result<()> {
        match self {
            Self::Text(text) if text.len() + octets.len() <= MAX_SHOWN => {
                text.extend_from_slice(octets);
                Ok(())
            }
            Self::Text(text) => {
                // Too long to be shown.
                let mut download = Download::begin(folder, "message.txt".into())?;
                download.write_at(0, text)?;
                download.write_at(text.len() as u64, octets)?;
                *self = Self::File {
                    download,
                    len: (text.len() + octets.len()) as u64,
                    encoding: None,
                };
                Ok(())
            }
            Self::File { download, len, .. } => {
                download.write_at(*len, octets)?;
                *len += octets.len() as u64;
                Ok(())
            }
        }
    }
}

/// A name for what has none, by its type.
pub(super) fn unnamed(media_type: &MediaType) -> String {
    let known = [
        ("image/png", "picture.png"),
        ("image/jpeg", "picture.jpg"),
        ("image/gif", "picture.gif"),
        ("application/pdf", "document.pdf"),
    ];
    let found = known.iter().find(|(essence, _)| media_type.is(essence));
    let text = media_type.type_().eq_ignore_ascii_case("text");
    let other = if text { "message.txt" } else { "message.bin" };
    found.map_or(other, |(_, name)| name).into()
}
