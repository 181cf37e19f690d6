//! What is to be sent.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use msrp_proto::{Body, Disposition, MediaType, Message};

use super::Error;
use crate::terminal::harmless;

/// A text, or a file that is open.
pub(super) struct Item {
    /// As it is called here.
    pub(super) title: String,
    pub(super) len: u64,
    content: Content,
}

enum Content {
    Text(String),
    File { file: File, name: String, text: bool },
}

impl Item {
    pub(super) fn text(number: usize, text: &str) -> Self {
        Self {
            title: format!("text {number}"),
            len: text.len() as u64,
            content: Content::Text(text.into()),
        }
    }

    /// Opens a file, so that what cannot be read is known before anything is sent.
    pub(super) fn file(path: &Path) -> Result<Self, Error> {
        let cannot = |source| Error::File {
            path: path.into(),
            source,
        };
        let file = File::open(path).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        if !metadata.is_file() {
            return Err(cannot(io::Error::other("not a regular file")));
        }
        // Where it lies is nobody else's business.
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            title: harmless(&name),
            len: metadata.len(),
            content: Content::File {
                file,
                text: is_text(path),
                name,
            },
        })
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.content, Content::File { .. })
    }

    pub(super) fn message(&self) -> Message {
        let plain = || MediaType::new("text", "plain").expect("both are tokens");
        match &self.content {
            Content::Text(text) => {
                let utf8 = plain().with_parameter("charset", "utf-8");
                Message::new(utf8.expect("a token"), text.clone())
            }
            Content::File { name, text, .. } => {
                let media_type = match text {
                    true => plain(),
                    false => MediaType::new("application", "octet-stream").expect("both are tokens"),
                };
                let kept = Disposition::attachment().with_file_name(name).with_size(self.len);
                Message::new(media_type, Body::streamed(Some(self.len))).disposition(&kept)
            }
        }
        .success_report(true)
    }

    /// Up to `max` octets from `offset` on; an error where the file ends before it should.
    pub(super) fn read_at(&mut self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let Content::File { file, .. } = &mut self.content else {
            return Ok(Vec::new());
        };
        let mut octets = Vec::with_capacity(max);
        file.seek(SeekFrom::Start(offset))?;
        file.take(max as u64).read_to_end(&mut octets)?;
        if octets.is_empty() {
            return Err(io::Error::other("the file has become shorter"));
        }
        Ok(octets)
    }
}

/// By the name alone: the peer does not need to know more to store it.
fn is_text(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["txt", "text", "log", "md", "csv"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Opens all, in the order in which they are sent.
pub(super) fn items(texts: &[String], files: &[PathBuf]) -> Result<Vec<Item>, Error> {
    let texts = texts
        .iter()
        .enumerate()
        .map(|(at, text)| Ok(Item::text(at + 1, text)));
    texts.chain(files.iter().map(|path| Item::file(path))).collect()
}
