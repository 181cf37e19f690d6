//! One connection of a peer: what arrives on it.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_cpim::composing::IsComposing;
use msrp_cpim::{Message, TextMessage};
use msrp_multipart::MediaType;
use msrp_proto::wire::MsrpUri;
use msrp_proto::{
    Config, Connection, Direction, Event, IncomingEvent, IncomingId, Link, MessageHead, Receipt,
    ReceiveFailure, Refusal, Role, SessionConfig, SessionEvent, Terms, safe_file_name,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Sender;
use tokio::task::block_in_place;
use tokio::time::{Instant as Moment, sleep_until};

use super::cpim;
use super::parts::{self, Parts};
use super::store::Download;
use super::{MAX_SHOWN, octets};
use crate::terminal::harmless;
use crate::tokio_driver::{Driver, seed};

/// How long a connection may be there without a request for the session.
const STRANGER: Duration = Duration::from_secs(30);

/// What all connections share.
pub(super) struct Shared {
    pub(super) uri: MsrpUri,
    pub(super) folder: Box<Path>,
    pub(super) max_size: Option<u64>,
    pub(super) config: Arc<Config>,
    /// Lines to print.
    pub(super) told: Sender<String>,
}

/// What became of a connection.
#[derive(Clone, Copy, Default)]
pub(super) struct Visit {
    /// The peer knew the session.
    pub(super) bound: bool,
    /// Something began to arrive, and was not stored or shown.
    pub(super) incomplete: bool,
}

/// Talks to a peer until it leaves.
pub(super) async fn receive(number: u64, stream: TcpStream, from: IpAddr, shared: Arc<Shared>) -> Visit {
    let _ = stream.set_nodelay(true);
    let Ok(seed) = seed() else {
        return Visit::default();
    };
    let now = Moment::now().into_std();
    let mut connection = Connection::new(Arc::clone(&shared.config), Link::tcp(), now, seed);
    let terms = Terms::unknown().direction(Direction::RecvOnly);
    let session = SessionConfig::new(shared.uri.clone(), Role::Passive, terms).max_size(shared.max_size);
    if connection.open(session).is_err() {
        return Visit::default();
    }
    let mut peer = Peer {
        number,
        from,
        shared,
        arriving: BTreeMap::new(),
        visit: Visit::default(),
    };
    let mut driver = Driver::new(connection, stream);
    let patience = sleep_until(Moment::now() + STRANGER);
    tokio::pin!(patience);
    let mut sent_away = false;
    loop {
        let event = tokio::select! {
            event = driver.next() => event,
            () = &mut patience, if !(peer.visit.bound || sent_away) => {
                sent_away = true;
                driver.connection_mut().abort();
                continue;
            }
        };
        let Some(event) = event else { break };
        for line in peer.on_event(driver.connection_mut(), event) {
            peer.tell(line).await;
        }
    }
    if peer.visit.bound {
        peer.tell("has left".into()).await;
    }
    peer.visit
}

struct Peer {
    number: u64,
    from: IpAddr,
    shared: Arc<Shared>,
    arriving: BTreeMap<IncomingId, Arriving>,
    visit: Visit,
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
    /// Seen before, or refused: nothing more is told of it.
    Nothing,
    Text(Vec<u8>),
    File(Download),
}

impl Peer {
    async fn tell(&self, line: String) {
        // Nobody listens any more only when the program ends.
        let _ = self.shared.told.send(format!("#{} {line}", self.number)).await;
    }

    /// Returns what there is to tell.
    fn on_event(&mut self, connection: &mut Connection, event: Event) -> Vec<String> {
        let line = match event {
            Event::Session(_, SessionEvent::Bound) => {
                self.visit.bound = true;
                Some(format!("is here, from {}", self.from))
            }
            Event::Incoming(id, IncomingEvent::Started { head, .. }) => self.started(connection, id, &head),
            Event::Incoming(id, IncomingEvent::Data { offset, data, .. }) => {
                self.data(connection, id, offset, &data)
            }
            Event::Incoming(id, IncomingEvent::Finished { len, receipt }) => {
                return self.finished(connection, id, len, receipt);
            }
            Event::Incoming(id, IncomingEvent::Aborted(why)) => self.aborted(id, why),
            _ => None,
        };
        line.into_iter().collect()
    }

    fn started(&mut self, connection: &mut Connection, id: IncomingId, head: &MessageHead) -> Option<String> {
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
            Content::Nothing
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
            match block_in_place(|| Download::begin(&self.shared.folder, name)) {
                Ok(download) => {
                    let of = total.map_or("octets of unknown number".into(), octets);
                    // Of a container, what is in it is told.
                    line = (!is_container).then(|| format!("sends {:?}, {of}", download.name()));
                    Content::File(download)
                }
                Err(error) => {
                    line = Some(self.storage_failed(connection, id, &error));
                    Content::Nothing
                }
            }
        };
        let arriving = Arriving {
            content,
            since: Instant::now(),
            came: 0,
            total,
            media_type,
        };
        self.arriving.insert(id, arriving);
        line
    }

    fn data(
        &mut self,
        connection: &mut Connection,
        id: IncomingId,
        offset: u64,
        octets: &[u8],
    ) -> Option<String> {
        let arriving = self.arriving.get_mut(&id)?;
        arriving.came = arriving.came.max(offset + octets.len() as u64);
        let stored = match &mut arriving.content {
            Content::Nothing => Ok(()),
            Content::Text(text) => {
                if place(text, offset, octets).is_some() {
                    return None;
                }
                // Longer than was said, or nothing was said.
                spill(&self.shared.folder, text, offset, octets).map(|download| {
                    arriving.content = Content::File(download);
                })
            }
            Content::File(download) => block_in_place(|| download.write_at(offset, octets)),
        };
        let error = stored.err()?;
        arriving.content = Content::Nothing;
        Some(self.storage_failed(connection, id, &error))
    }

    fn finished(
        &mut self,
        connection: &mut Connection,
        id: IncomingId,
        len: u64,
        receipt: Receipt,
    ) -> Vec<String> {
        let Some(mut arriving) = self.arriving.remove(&id) else {
            return Vec::new();
        };
        match std::mem::replace(&mut arriving.content, Content::Nothing) {
            Content::Nothing => Vec::new(),
            Content::Text(text) => self.text(&text, arriving.media_type.as_ref()),
            // No answer leaves before this is done: what is confirmed is on the disk.
            Content::File(download) => match block_in_place(|| self.store(download, len, &arriving)) {
                Ok(told) => told,
                Err(error) => {
                    self.visit.incomplete = true;
                    let _ = connection.fail(receipt, Refusal::STOP_SENDING);
                    vec![format!("FILE NOT STORED: {error}")]
                }
            },
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
        let folder = &self.shared.folder;
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
            // The cause has been told, unless it was a duplicate.
            Content::Nothing => return None,
            Content::Text(_) => "text".into(),
            Content::File(download) => format!("{:?}", download.name()),
        };
        self.visit.incomplete = true;
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

    fn storage_failed(&mut self, connection: &mut Connection, id: IncomingId, error: &io::Error) -> String {
        self.visit.incomplete = true;
        if let Some(incoming) = connection.incoming(id) {
            incoming.reject(Refusal::STOP_SENDING);
        }
        format!("FILE NOT STORED: {error}")
    }
}

/// `None`: too long to be shown.
fn place(text: &mut Vec<u8>, offset: u64, octets: &[u8]) -> Option<()> {
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
pub(super) fn lines(verb: &str, text: &str) -> Vec<String> {
    // An empty text is one line, too.
    let lines = text.trim_end().split('\n');
    lines
        .map(|line| format!("{verb}: {}", harmless(line.trim_end())))
        .collect()
}
