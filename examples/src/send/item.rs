//! What is to be sent.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread;

use bytes::Bytes;
use msrp_proto::{Body, Disposition, MediaType, Message};

use tokio::sync::mpsc::{self, Receiver};

use super::{Error, Wrapper};
use crate::terminal::harmless;

/// A text, a file that is open, or standard input.
pub(crate) struct Item {
    /// As it is called here.
    pub(crate) title: String,
    /// Of standard input: what was read so far.
    pub(crate) len: u64,
    content: Content,
    /// What stands before the content in the message, if it is wrapped.
    head: Bytes,
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
    pub(crate) fn text(number: usize, text: &str) -> Self {
        Self {
            title: format!("text {number}"),
            len: text.len() as u64,
            content: Content::Text(text.into()),
            head: Bytes::new(),
        }
    }

    /// Opens a file, so that what cannot be read is known before anything is sent.
    pub(crate) fn file(path: &Path) -> Result<Self, Error> {
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
            head: Bytes::new(),
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
            head: Bytes::new(),
        }
    }

    /// The same in a message/cpim.
    fn wrapped(mut self, wrapper: &Wrapper) -> Result<Self, Error> {
        let head = wrapper.head(&self.media_type(), self.disposition().as_ref());
        self.head = head.map_err(Error::Wrapper)?;
        Ok(self)
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.content, Content::File { .. })
    }

    pub(super) fn is_input(&self) -> bool {
        matches!(self.content, Content::Input { .. })
    }

    /// Octets of the message, if they are known.
    pub(super) fn total(&self) -> Option<u64> {
        (!self.is_input()).then_some(self.head.len() as u64 + self.len)
    }

    pub(crate) fn message(&self) -> Message {
        let body = match &self.content {
            Content::Text(text) => Body::from([&self.head, text.as_bytes()].concat()),
            Content::File { .. } | Content::Input { .. } => Body::streamed(self.total()),
        };
        let message = if self.head.is_empty() {
            let message = Message::new(self.media_type(), body);
            match self.disposition() {
                Some(disposition) => message.disposition(&disposition),
                None => message,
            }
        } else {
            Message::new(token("message", "cpim"), body).wraps(self.media_type())
        };
        message.success_report(true)
    }

    /// The file, to be read from its begin; `None` if it is none.
    pub(crate) fn into_file(self) -> Option<File> {
        match self.content {
            Content::File { file, .. } => Some(file),
            _ => None,
        }
    }

    fn media_type(&self) -> MediaType {
        match &self.content {
            Content::Text(_) => {
                let utf8 = token("text", "plain").with_parameter("charset", "utf-8");
                utf8.expect("a token")
            }
            Content::File { text: true, .. } => token("text", "plain"),
            _ => token("application", "octet-stream"),
        }
    }

    fn disposition(&self) -> Option<Disposition> {
        match &self.content {
            Content::Text(_) => None,
            Content::File { name, .. } => {
                Some(Disposition::attachment().with_file_name(name).with_size(self.len))
            }
            Content::Input { .. } => Some(Disposition::attachment().with_file_name("stdin")),
        }
    }

    /// What there is of standard input, up to `max` octets; `None` at its end. May be cancelled.
    pub(super) async fn piece(&mut self, max: usize) -> Option<io::Result<Bytes>> {
        let Content::Input { pieces, rest } = &mut self.content else {
            return None;
        };
        if !self.head.is_empty() {
            return Some(Ok(self.head.split_to(self.head.len().min(max))));
        }
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
        let before = self.head.len() as u64;
        if let Some(head) = usize::try_from(offset)
            .ok()
            .and_then(|at| self.head.get(at..))
            .filter(|head| !head.is_empty())
        {
            return Ok(head[..head.len().min(max)].to_vec());
        }
        let offset = offset - before;
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

fn token(type_: &str, subtype: &str) -> MediaType {
    MediaType::new(type_, subtype).expect("both are tokens")
}

/// Opens all, in the order in which they are sent.
pub(crate) fn items(
    texts: &[String],
    files: &[PathBuf],
    wrapper: Option<&Wrapper>,
) -> Result<Vec<Item>, Error> {
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
    let items = texts.chain(files);
    match wrapper {
        Some(wrapper) => items.map(|item| item?.wrapped(wrapper)).collect(),
        None => items.collect(),
    }
}
