//! An endpoint: what it does about the events of its connection.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::Instant;

use msrp_proto::wire::{ByteRange, MessageId, StatusCode};
use msrp_proto::{
    Body, Connection, Event, Inbox, IncomingEvent, IncomingId, MediaType, Message, OutgoingEvent, OutgoingId,
    Receipt, ReceiveFailure, Received, Refusal, SendFailure, SessionEvent, SessionId,
};
use msrp_sdp::{ConnectionPlan, Verified};
use rustls::ProtocolVersion;

use super::content::{Contents, Told};
use super::file::{Download, Upload};
use crate::std_driver::{Application, Ended};
use crate::tls::Layer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Alice,
    Bob,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Alice => "alice",
            Self::Bob => "bob",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Alice => Self::Bob,
            Self::Bob => Self::Alice,
        }
    }

    /// What to say when so many percent of the file are on their way, or have come.
    fn lines(self) -> &'static [(u64, &'static str)] {
        match self {
            Self::Alice => &[
                (10, "It is on its way."),
                (50, "Half of it is out. Can you still hear me?"),
                (90, "Almost there."),
            ],
            Self::Bob => &[
                (25, "It is coming in."),
                (60, "Loud and clear, it does not get in the way."),
                (75, "Three quarters of it are here."),
            ],
        }
    }
}

/// What there is to tell of an endpoint, and when it happened there.
pub(super) enum News {
    Ended(Who, Ended),
    FileArrived(Download, Box<Receipt>),
    FileArriving(Option<u64>),
    FileCompleted(Instant),
    FileFailed(SendFailure),
    FileLost(ReceiveFailure),
    FileOffered(Option<MessageId>, Instant),
    FileReported(ByteRange, StatusCode),
    Heard(Who, Option<MessageId>, String, Instant),
    Said(MessageId, &'static str, Instant),
    Secured(Secured),
    /// What has arrived at somebody, other than plain text.
    Content(Who, Told),
    /// The disk, at one end or the other.
    Storage(Who, io::Error),
    TextFailed(Who, SendFailure),
}

/// How somebody is sure of the other.
pub(super) struct Secured {
    pub(super) version: Option<ProtocolVersion>,
    /// The certificate of the other has a fingerprint that signalling told of.
    pub(super) by_fingerprint: bool,
}

pub(super) struct Peer {
    pub(super) who: Who,
    session: SessionId,
    plan: ConnectionPlan,
    /// Texts. The file does not go through it: it is not to be in memory as a whole.
    inbox: Inbox,
    contents: Contents,
    upload: Option<(OutgoingId, Upload)>,
    download: Option<(IncomingId, Download)>,
    folder: PathBuf,
    lines: VecDeque<(u64, &'static str)>,
    progress: Arc<AtomicU64>,
    news: Sender<News>,
}

impl Peer {
    pub(super) fn new(
        who: Who,
        session: SessionId,
        plan: ConnectionPlan,
        folder: &Path,
        file_len: u64,
        progress: &Arc<AtomicU64>,
        news: Sender<News>,
    ) -> Self {
        let lines = who.lines().iter();
        Self {
            who,
            session,
            plan,
            inbox: Inbox::default(),
            contents: Contents::new(who),
            upload: None,
            download: None,
            folder: folder.into(),
            lines: lines
                .map(|&(percent, line)| (file_len / 100 * percent, line))
                .collect(),
            progress: Arc::clone(progress),
            news,
        }
    }

    pub(super) fn say(&mut self, connection: &mut Connection, line: &'static str) {
        let message = Message::new(text_plain(), line);
        if let Some(id) = self.send(connection, message)
            && let Some(id) = message_id(connection, id)
        {
            self.tell(News::Said(id, line, Instant::now()));
        }
    }

    pub(super) fn send_file(&mut self, connection: &mut Connection, upload: Upload, len: u64) {
        let message = Message::new(octet_stream(), Body::streamed(Some(len))).success_report(true);
        let at = Instant::now();
        if let Some(id) = self.send(connection, message) {
            self.upload = Some((id, upload));
            self.tell(News::FileOffered(message_id(connection, id), at));
        }
    }

    /// Sends what comes of `make`, if anything does.
    pub(super) fn send_content(
        &mut self,
        connection: &mut Connection,
        make: impl FnOnce(&mut Contents, Instant) -> Option<Message>,
    ) {
        if let Some(message) = make(&mut self.contents, Instant::now()) {
            let _ = self.send(connection, message);
        }
    }

    pub(super) fn leave(&mut self, connection: &mut Connection) {
        if let Some(session) = connection.session(self.session) {
            session.close();
        }
    }

    fn send(&mut self, connection: &mut Connection, message: Message) -> Option<OutgoingId> {
        // A session that is gone has said so.
        let mut session = connection.session(self.session)?;
        session.send(message).ok()
    }

    /// The next lines, if the file has come that far.
    fn comment(&mut self, connection: &mut Connection, file_at: u64) {
        while let Some(&(at, line)) = self.lines.front()
            && at <= file_at
        {
            self.lines.pop_front();
            self.say(connection, line);
        }
    }

    fn tell(&self, news: News) {
        let _ = self.news.send(news); // nobody listens any more: then nobody needs to know
    }

    fn on_upload(&mut self, connection: &mut Connection, id: OutgoingId, event: OutgoingEvent) {
        let Some((_, upload)) = &mut self.upload else {
            return;
        };
        match event {
            OutgoingEvent::BodyWanted { offset, max } => {
                let Some(mut message) = connection.outgoing(id) else {
                    return;
                };
                let written = upload.read_at(offset, max).and_then(|octets| {
                    if octets.is_empty() {
                        return Err(io::ErrorKind::UnexpectedEof.into()); // shorter than it was
                    }
                    message.write(octets).map_err(io::Error::other)
                });
                if let Err(error) = written {
                    message.abort();
                    self.tell(News::Storage(self.who, error));
                }
                self.comment(connection, offset);
            }
            OutgoingEvent::Completed => self.tell(News::FileCompleted(Instant::now())),
            OutgoingEvent::Failed(why) => self.tell(News::FileFailed(why)),
            OutgoingEvent::Reported { range, status, .. } => self.tell(News::FileReported(range, status)),
            _ => {}
        }
    }

    fn on_download(&mut self, connection: &mut Connection, id: IncomingId, event: IncomingEvent) {
        let Some((_, download)) = &mut self.download else {
            return;
        };
        match event {
            IncomingEvent::Data { offset, data, seen } => {
                if let Err(error) = download.write_at(offset, &data) {
                    self.refuse(connection, id, error);
                    return;
                }
                let new = data.len() as u64 - seen;
                let so_far = self.progress.fetch_add(new, Ordering::Relaxed) + new;
                self.comment(connection, so_far);
            }
            IncomingEvent::Finished { receipt, .. } => {
                if let Some((_, download)) = self.download.take() {
                    self.tell(News::FileArrived(download, Box::new(receipt)));
                }
            }
            IncomingEvent::Aborted(why) => {
                self.download = None;
                self.tell(News::FileLost(why));
            }
            _ => {}
        }
    }

    fn on_message(&mut self, connection: &mut Connection, received: &Received) {
        let content_type = received.head.content_type();
        if let Some(content_type) = content_type.filter(|found| !found.is("text/plain")) {
            let (told, answer) = self
                .contents
                .received(Instant::now(), &content_type, &received.body);
            for what in told {
                self.tell(News::Content(self.who, what));
            }
            if let Some(answer) = answer {
                let _ = self.send(connection, answer);
            }
            return;
        }
        let text = String::from_utf8_lossy(&received.body).into_owned();
        self.tell(News::Heard(
            self.who,
            received.head.message_id(),
            text,
            Instant::now(),
        ));
    }

    fn refuse(&mut self, connection: &mut Connection, id: IncomingId, error: io::Error) {
        if let Some(incoming) = connection.incoming(id) {
            incoming.reject(Refusal::STOP_SENDING);
        }
        self.download = None;
        self.tell(News::Storage(self.who, error));
    }
}

impl Application for Peer {
    fn on_secured(&mut self, tls: &Layer) {
        let certificate = tls.peer_chain().first().map(AsRef::as_ref);
        self.tell(News::Secured(Secured {
            version: tls.version(),
            by_fingerprint: self.plan.verify(certificate) == Ok(Verified::Fingerprint),
        }));
    }

    fn on_event(&mut self, connection: &mut Connection, event: Event) {
        match event {
            Event::Outgoing(id, event) if self.upload.as_ref().is_some_and(|(file, _)| *file == id) => {
                self.on_upload(connection, id, event);
            }
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => self.tell(News::TextFailed(self.who, why)),
            Event::Incoming(id, IncomingEvent::Started { head, .. })
                if head
                    .content_type()
                    .is_some_and(|found| found.same_essence(&octet_stream())) =>
            {
                self.tell(News::FileArriving(head.total()));
                match Download::begin(&self.folder) {
                    Ok(download) => self.download = Some((id, download)),
                    Err(error) => self.refuse(connection, id, error),
                }
            }
            Event::Incoming(id, event) if self.download.as_ref().is_some_and(|(file, _)| *file == id) => {
                self.on_download(connection, id, event);
            }
            Event::Session(_, SessionEvent::Closed) => {
                // The last session of this connection, so nothing keeps it from closing.
                let _ = connection.close();
            }
            mut event => {
                if let Some(received) = self.inbox.on(connection, &mut event) {
                    self.on_message(connection, &received);
                }
            }
        }
    }
}

fn message_id(connection: &mut Connection, id: OutgoingId) -> Option<MessageId> {
    connection.outgoing(id)?.message_id().cloned()
}

fn text_plain() -> MediaType {
    MediaType::new("text", "plain").expect("both are tokens")
}

fn octet_stream() -> MediaType {
    MediaType::new("application", "octet-stream").expect("both are tokens")
}
