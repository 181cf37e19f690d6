//! What arrives: texts are shown, everything else is stored.

mod cpim;
mod parts;
mod store;

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_cpim::composing::IsComposing;
use msrp_cpim::{Message, TextMessage};
use msrp_multipart::MediaType;
use msrp_proto::{IncomingEvent, IncomingId, MessageHead, Receipt, ReceiveFailure, safe_file_name};
use tokio::task::block_in_place;

pub(crate) use self::store::prepare;

use self::parts::Parts;
use self::store::Download;
use crate::terminal::harmless;

/// A message of which nothing comes for so long is given up: its sender may have lost power.
pub(crate) const SILENCE: Duration = Duration::from_secs(120);

/// A text up to this size is shown; a longer one is stored as a file.
pub(crate) const MAX_SHOWN: usize = 64 * 1024;

/// What a peer sends, on one session.
///
/// Needs a runtime of several threads: writing to disk blocks one of them.
pub(crate) struct Arrivals {
    folder: Arc<Path>,
    arriving: BTreeMap<IncomingId, Arriving>,
    incomplete: bool,
}

/// How far a file has come.
pub(crate) struct Progress<'a> {
    pub(crate) id: IncomingId,
    pub(crate) name: &'a str,
    pub(crate) came: u64,
    pub(crate) total: Option<u64>,
}

/// What there is to say of something that arrives.
#[derive(Default)]
pub(crate) struct Told {
    /// To the user.
    pub(crate) lines: Vec<String>,
    /// To the peer.
    pub(crate) verdict: Option<Verdict>,
}

/// What the peer is to be told of a message.
pub(crate) enum Verdict {
    /// It is shown, or on the disk.
    Done(Receipt),
    /// All of it has come, and it could not be stored.
    Fail(Receipt),
    /// It is coming, and cannot be stored.
    Reject(IncomingId),
}

/// A message that is arriving.
struct Arriving {
    content: Content,
    since: Instant,
    came: u64,
    total: Option<u64>,
    media_type: Option<MediaType>,
}

enum Content {
    /// Seen before: nothing more is told of it.
    Duplicate,
    /// Not to be had: as much has been told.
    Refused,
    Text(Vec<u8>),
    File(Download),
}

impl Arrivals {
    /// Files go to that folder.
    pub(crate) fn new(folder: Arc<Path>) -> Self {
        Self {
            folder,
            arriving: BTreeMap::new(),
            incomplete: false,
        }
    }

    /// Whether something began to arrive, and was not stored or shown.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Whether nothing is arriving.
    pub(crate) fn is_idle(&self) -> bool {
        self.arriving.is_empty()
    }

    /// The files that are arriving.
    pub(crate) fn progress(&self) -> impl Iterator<Item = Progress<'_>> {
        self.arriving
            .iter()
            .filter_map(|(&id, arriving)| match &arriving.content {
                Content::File(download) => Some(Progress {
                    id,
                    name: download.name(),
                    came: arriving.came,
                    total: arriving.total,
                }),
                _ => None,
            })
    }

    /// What there is to tell of a message/cpim that has arrived whole.
    pub(crate) fn unwrap(&mut self, body: &[u8], receipt: Receipt) -> Told {
        let lines = match block_in_place(|| cpim::unwrap(Cursor::new(body), &self.folder)) {
            Ok(lines) => lines,
            Err(cpim::Error::Illegal(error)) => {
                vec![format!("sent a message/cpim that cannot be read: {error}")]
            }
            Err(cpim::Error::Disk(error)) => return self.storage_failed(&error, Verdict::Fail(receipt)),
        };
        Told {
            lines,
            verdict: Some(Verdict::Done(receipt)),
        }
    }

    /// Takes a message piece by piece.
    pub(crate) fn on(&mut self, id: IncomingId, event: IncomingEvent) -> Told {
        match event {
            IncomingEvent::Started { head, .. } => self.started(id, &head),
            IncomingEvent::Data { offset, data, .. } => self.data(id, offset, &data),
            IncomingEvent::Finished { len, receipt } => match self.arriving.remove(&id) {
                Some(arriving) => self.finished(arriving, len, receipt),
                None => Told::too_late(receipt),
            },
            IncomingEvent::Aborted(why) => Told::lines(self.aborted(id, why)),
            _ => Told::default(),
        }
    }

    fn started(&mut self, id: IncomingId, head: &MessageHead) -> Told {
        match self.begin(head) {
            Ok((arriving, line)) => {
                self.arriving.insert(id, arriving);
                Told::lines(line)
            }
            Err(error) => self.storage_failed(&error, Verdict::Reject(id)),
        }
    }

    /// And what there is to tell.
    fn begin(&self, head: &MessageHead) -> io::Result<(Arriving, Option<String>)> {
        let total = head.total();
        let disposition = head.disposition();
        let media_type = head.content_type();
        let is = |type_: &str| {
            let found = media_type.as_ref();
            found.is_some_and(|found| found.type_().eq_ignore_ascii_case(type_))
        };
        let is_container = is("multipart") || media_type.as_ref().is_some_and(Message::is_cpim);
        let is_text = media_type.is_none() || is("text");
        let is_status = media_type.as_ref().is_some_and(IsComposing::is_media_type);
        let short = total.is_none_or(|total| total <= MAX_SHOWN as u64);
        let mut line = None;
        let content = if head.is_duplicate() {
            Content::Duplicate
        } else if short && (is_status || is_text && disposition.is_rendered()) {
            Content::Text(Vec::new())
        } else {
            let unnamed = match () {
                () if is_text => "message.txt",
                () if is("multipart") => "message.multipart",
                () if is_container => "message.cpim",
                () => "message.bin",
            };
            let name = safe_file_name(&disposition.file_name().unwrap_or_else(|| unnamed.into()));
            let download = block_in_place(|| Download::begin(&self.folder, name))?;
            let of = total.map_or("octets of unknown number".into(), octets);
            // Of a container, what is in it is told.
            line = (!is_container).then(|| format!("sends {:?}, {of}", download.name()));
            Content::File(download)
        };
        let arriving = Arriving {
            content,
            since: Instant::now(),
            came: 0,
            total,
            media_type,
        };
        Ok((arriving, line))
    }

    fn data(&mut self, id: IncomingId, offset: u64, octets: &[u8]) -> Told {
        let Some(mut arriving) = self.arriving.remove(&id) else {
            return Told::default();
        };
        let added = self.add(&mut arriving, offset, octets);
        let told = match added {
            Ok(()) => Told::default(),
            Err(error) => {
                arriving.content = Content::Refused;
                self.storage_failed(&error, Verdict::Reject(id))
            }
        };
        self.arriving.insert(id, arriving);
        told
    }

    fn add(&self, arriving: &mut Arriving, offset: u64, octets: &[u8]) -> io::Result<()> {
        arriving.came = arriving.came.max(offset + octets.len() as u64);
        match &mut arriving.content {
            Content::Duplicate | Content::Refused => Ok(()),
            Content::Text(text) => {
                if place(text, offset, octets).is_none() {
                    // Longer than was said, or nothing was said.
                    arriving.content = Content::File(spill(&self.folder, text, offset, octets)?);
                }
                Ok(())
            }
            Content::File(download) => block_in_place(|| download.write_at(offset, octets)),
        }
    }

    fn finished(&mut self, mut arriving: Arriving, len: u64, receipt: Receipt) -> Told {
        let lines = match std::mem::replace(&mut arriving.content, Content::Refused) {
            Content::Refused => return Told::too_late(receipt),
            Content::Duplicate => Vec::new(),
            Content::Text(text) => self.text(&text, arriving.media_type.as_ref()),
            Content::File(download) => match block_in_place(|| self.store(download, len, &arriving)) {
                Ok(lines) => lines,
                Err(error) => return self.storage_failed(&error, Verdict::Fail(receipt)),
            },
        };
        Told {
            lines,
            verdict: Some(Verdict::Done(receipt)),
        }
    }

    fn text(&self, text: &[u8], media_type: Option<&MediaType>) -> Vec<String> {
        match media_type.and_then(|media_type| cpim::composing(media_type, text)) {
            Some(told) => vec![told.into()],
            None => {
                let read =
                    media_type.map(|media_type| TextMessage::read(media_type, &Bytes::copy_from_slice(text)));
                let text = match read {
                    Some(Ok(read)) => read.text,
                    // text/html and the like, or a charset that nobody knows.
                    _ => String::from_utf8_lossy(text).into_owned(),
                };
                lines("says", &text)
            }
        }
    }

    /// Stores what has arrived: containers by what is in them, if it can be read.
    fn store(&self, mut download: Download, len: u64, arriving: &Arriving) -> io::Result<Vec<String>> {
        let mut told = Vec::new();
        let folder = &self.folder;
        match &arriving.media_type {
            Some(media_type) if media_type.type_().eq_ignore_ascii_case("multipart") => {
                match Parts::of(download.written()?, media_type, folder) {
                    Ok(parts) => return parts.finish("says"),
                    Err(parts::Error::Disk(error)) => return Err(error),
                    Err(parts::Error::Illegal(error)) => {
                        told.push(format!("sent parts that cannot be told apart: {error}"));
                    }
                }
            }
            Some(media_type) if Message::is_cpim(media_type) && len <= cpim::MAX_LEN => {
                match cpim::unwrap(download.written()?, folder) {
                    Ok(told) => return Ok(told),
                    Err(cpim::Error::Disk(error)) => return Err(error),
                    Err(cpim::Error::Illegal(error)) => {
                        told.push(format!("sent a message/cpim that cannot be read: {error}"));
                    }
                }
            }
            _ => {}
        }
        let name = download.finish(len)?;
        let took = arriving.since.elapsed().as_secs_f64();
        told.push(format!("stored as {name:?}, {}, in {took:.1} s", octets(len)));
        Ok(told)
    }

    fn aborted(&mut self, id: IncomingId, why: ReceiveFailure) -> Option<String> {
        let Arriving {
            content, came, total, ..
        } = self.arriving.remove(&id)?;
        let what = match &content {
            Content::Duplicate | Content::Refused => return None,
            Content::Text(_) => "text".into(),
            Content::File(download) => format!("{:?}", download.name()),
        };
        self.incomplete = true;
        let of = total.map_or(String::new(), |total| format!(" of {total}"));
        let why = match why {
            ReceiveFailure::ConnectionLost => "the peer went away".into(),
            ReceiveFailure::Refused(status) if status.as_u16() == 413 => "too large".into(),
            why => why.to_string(),
        };
        Some(format!(
            "NOT COMPLETE: {what}, {came}{of} octets: {why}; nothing is kept"
        ))
    }

    fn storage_failed(&mut self, error: &io::Error, verdict: Verdict) -> Told {
        self.incomplete = true;
        Told {
            lines: vec![format!("FILE NOT STORED: {error}")],
            verdict: Some(verdict),
        }
    }
}

impl Told {
    /// All of it had come before it could be refused.
    fn too_late(receipt: Receipt) -> Self {
        Self {
            lines: Vec::new(),
            verdict: Some(Verdict::Fail(receipt)),
        }
    }

    /// With what there is to say of the same message next.
    pub(crate) fn and(mut self, next: Self) -> Self {
        self.lines.extend(next.lines);
        self.verdict = self.verdict.or(next.verdict);
        self
    }

    fn lines(lines: impl IntoIterator<Item = String>) -> Self {
        Self {
            lines: lines.into_iter().collect(),
            verdict: None,
        }
    }
}

/// `None`: too long to be shown.
pub(crate) fn place(text: &mut Vec<u8>, offset: u64, octets: &[u8]) -> Option<()> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(octets.len()).filter(|&end| end <= MAX_SHOWN)?;
    if text.len() < end {
        text.resize(end, 0);
    }
    text[start..end].copy_from_slice(octets);
    Some(())
}

fn spill(folder: &Path, text: &[u8], offset: u64, octets: &[u8]) -> io::Result<Download> {
    block_in_place(|| {
        let mut download = Download::begin(folder, "message.txt".into())?;
        download.write_at(0, text)?;
        download.write_at(offset, octets)?;
        Ok(download)
    })
}

/// A text as lines to be told.
fn lines(verb: &str, text: &str) -> Vec<String> {
    // An empty text is one line, too.
    let lines = text.trim_end().split('\n');
    lines
        .map(|line| format!("{verb}: {}", harmless(line.trim_end())))
        .collect()
}

pub(crate) fn octets(number: u64) -> String {
    format!("{number} {}", if number == 1 { "octet" } else { "octets" })
}
