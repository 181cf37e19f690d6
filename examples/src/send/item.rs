//! What is to be sent.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread;

use bytes::Bytes;
use msrp_proto::{Body, Disposition, MediaType, Message};

use tokio::sync::mpsc::{self, Receiver};

use super::Error;
use crate::terminal::harmless;

/// A text, a file that is open, or standard input.
pub(super) struct Item {
    /// As it is called here.
    pub(super) title: String,
    /// Of standard input: what was read so far.
    pub(super) len: u64,
    content: Content,
}

enum Content {
    Text(String),
    File {
        file: File,
        name: String,
        text: bool,
    },
    Input {
        pieces: Receiver<io::Result<Bytes>>,
        rest: Bytes,
    },
}

/// Octets read from standard input at a time.
const PIECE: usize = 64 * 1024;

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

    /// Standard input, which is read on a thread of its own: nothing else waits for it.
    pub(super) fn input() -> Self {
        let (hand_over, pieces) = mpsc::channel(1);
        thread::spawn(move || {
            loop {
                let mut piece = vec![0; PIECE];
                let piece = match io::stdin().lock().read(&mut piece) {
                    Ok(0) => return,
                    Ok(len) => {
                        piece.truncate(len);
                        Ok(Bytes::from(piece))
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let last = piece.is_err();
                if hand_over.blocking_send(piece).is_err() || last {
                    return;
                }
            }
        });
        Self {
            title: "standard input".into(),
            len: 0,
            content: Content::Input {
                pieces,
                rest: Bytes::new(),
            },
        }
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.content, Content::File { .. })
    }

    pub(super) fn is_input(&self) -> bool {
        matches!(self.content, Content::Input { .. })
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
            Content::Input { .. } => {
                let octets = MediaType::new("application", "octet-stream").expect("both are tokens");
                let kept = Disposition::attachment().with_file_name("stdin");
                Message::new(octets, Body::streamed(None)).disposition(&kept)
            }
        }
        .success_report(true)
    }

    /// What there is of standard input, up to `max` octets; `None` at its end. May be cancelled.
    pub(super) async fn piece(&mut self, max: usize) -> Option<io::Result<Bytes>> {
        let Content::Input { pieces, rest } = &mut self.content else {
            return None;
        };
        if rest.is_empty() {
            match pieces.recv().await? {
                Ok(octets) => *rest = octets,
                Err(error) => return Some(Err(error)),
            }
        }
        let piece = rest.split_to(rest.len().min(max));
        self.len += piece.len() as u64;
        Some(Ok(piece))
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
    let input = Path::new("-");
    if files.iter().filter(|path| *path == input).count() > 1 {
        return Err(Error::InputTwice);
    }
    let files = files.iter().map(|path| match path == input {
        true => Ok(Item::input()),
        false => Item::file(path),
    });
    texts.chain(files).collect()
}
