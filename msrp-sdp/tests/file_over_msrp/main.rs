//! Files that are negotiated, and then sent over two connections that talk to each other, through the public API of all
//! crates.

mod aborting;
mod limits;
mod parts;
mod transfer;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use msrp_proto::test_util::epoch;
use msrp_proto::wire::{ContinuationFlag, Decoder, Head, Item, Limits, Method};
use msrp_proto::{
    Config, Connection, Event, IncomingEvent, IncomingId, Instant, Link, Message, OutgoingEvent, OutgoingId,
    Receipt, SendErrorReason, SendFailure, SessionId,
};
use msrp_sdp::{
    Answer, Description, FileAnswer, FileHash, FileInfo, FileLimits, FileName, FilePart, FileRange,
    FileSelector, FileTransferId, FileTransfers, FileVerdict, Ids, Local, LocalSession, Media, Names, Origin,
    Outcome, Policy, Side, negotiate,
};

/// The file F.
const F: &[u8] = b"0123456789";

/// Its SHA-1.
const H1: &str = "sha-1:87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16";

/// Alice has made the first offer, and connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Alice,
    Bob,
}

impl Who {
    fn other(self) -> Self {
        match self {
            Self::Alice => Self::Bob,
            Self::Bob => Self::Alice,
        }
    }
}

/// A session for one file between Alice and Bob.
struct Call {
    ends: [End; 2],
    now: Instant,
}

struct End {
    transfers: FileTransfers,
    local: LocalSession,
    connection: Connection,
    session: SessionId,
    /// Octets handed out, and not yet brought to the other side.
    pending: VecDeque<Bytes>,
    decoder: Decoder,
    frame: Option<(Head, Vec<u8>)>,
    /// Frames handed out, in short.
    sent: Vec<String>,
    /// Pieces of the message that is arriving.
    data: Vec<(u64, Bytes)>,
    incoming: Option<IncomingId>,
    /// By which the message that has arrived can be refused.
    receipt: Option<Receipt>,
    /// What became of messages.
    outcomes: Vec<Outcomes>,
}

#[derive(Debug, PartialEq, Eq)]
enum Outcomes {
    Sent,
    NotSent(SendFailure),
    Received(u64),
    NotReceived,
}

impl Call {
    /// Alice offers to send a file, or a part of it, and Bob accepts.
    fn push(file: &FileInfo, range: FileRange, config: Config) -> (Self, FileTransferId) {
        Self::negotiated(
            config,
            None,
            |transfers, ids| transfers.push(file, range, 0, ids).unwrap(),
            |bob, id| bob.accept(id).unwrap(),
        )
    }

    /// Alice asks for a file, or a part of it, and Bob accepts.
    fn pull(
        selector: FileSelector,
        range: FileRange,
        file: &FileInfo,
        config: Config,
    ) -> (Self, FileTransferId) {
        Self::negotiated(
            config,
            None,
            |transfers, ids| transfers.pull(selector, range, 0, ids).unwrap(),
            |bob, id| bob.accept_pull(id, file).unwrap(),
        )
    }

    fn negotiated(
        config: Config,
        max_size: Option<u64>,
        offer: impl FnOnce(&mut FileTransfers, &mut Ids) -> FilePart,
        answer: impl FnOnce(&mut FileTransfers, &FileTransferId) -> FilePart,
    ) -> (Self, FileTransferId) {
        let mut ids = Ids::seeded([3; 32]);
        let [mut alice, mut bob] = [(); 2].map(|()| FileTransfers::new(FileLimits::default()));
        let part = offer(&mut alice, &mut ids);
        let alice_local = session(Who::Alice, &part, None, &mut ids);
        let offered = alice_local.offer();
        let FileVerdict::New { id, .. } = bob.offered(&received(&offered)) else {
            panic!("not new")
        };
        let part = answer(&mut bob, &id);
        let bob_local = session(Who::Bob, &part, max_size, &mut ids);
        let Ok(Answer::Media(answered)) = bob_local.answer(&offered, &Policy::default(), &Names::default())
        else {
            panic!("no answer")
        };
        assert!(matches!(
            alice.answered(&received(&answered)),
            Ok(FileAnswer::Accepted(_))
        ));

        let config = Arc::new(config);
        let now = epoch();
        let mut end = |side, transfers, local: &LocalSession| {
            let outcome = negotiate(&offered, &answered, side, &Policy::default(), &Names::default());
            let Ok(Outcome::Session(agreement)) = outcome else {
                panic!("{outcome:?}")
            };
            let mut connection = Connection::new(config.clone(), Link::tcp(), now, ids.seed());
            let session = connection.open(agreement.session()).unwrap();
            End {
                transfers,
                local: local.clone(),
                connection,
                session,
                pending: VecDeque::new(),
                decoder: Decoder::new(Limits::default()),
                frame: None,
                sent: Vec::new(),
                data: Vec::new(),
                incoming: None,
                receipt: None,
                outcomes: Vec::new(),
            }
        };
        let ends = [
            end(Side::Offerer, alice, &alice_local),
            end(Side::Answerer, bob, &bob_local),
        ];
        let mut call = Self { ends, now };
        // The first request binds the session.
        call.run();
        for end in &mut call.ends {
            end.sent.clear();
        }
        (call, id)
    }

    fn end(&mut self, who: Who) -> &mut End {
        &mut self.ends[who as usize]
    }

    fn send(&mut self, who: Who, message: Message) -> Result<OutgoingId, SendErrorReason> {
        let end = self.end(who);
        let mut session = end.connection.session(end.session).unwrap();
        session.send(message).map_err(|error| error.reason)
    }

    /// Takes one buffer of what a side sends, which stays on its way.
    fn poll(&mut self, who: Who) -> bool {
        let now = self.now;
        self.end(who).poll(now)
    }

    /// Brings all that is on its way from a side to the other, where it has its effects.
    fn deliver(&mut self, from: Who) {
        let now = self.now;
        while let Some(octets) = self.end(from).pending.pop_front() {
            self.end(from.other()).connection.handle_input(now, octets);
        }
        for end in &mut self.ends {
            end.take_events();
        }
    }

    /// Lets everything happen that can happen now.
    fn run(&mut self) {
        loop {
            let [alice, bob] = [Who::Alice, Who::Bob].map(|who| self.poll(who));
            self.deliver(Who::Alice);
            self.deliver(Who::Bob);
            if !alice && !bob {
                return;
            }
        }
    }

    /// A side makes an offer about the file, and the other one inspects it.
    fn offer(&mut self, from: Who, part: &FilePart) -> FileVerdict {
        let local = self.end(from).local.clone();
        let offer = match part.closed {
            true => local.offer().refused_with(part),
            false => local
                .with_terms(|terms| terms.file(part.attributes.clone(), part.direction))
                .unwrap()
                .offer(),
        };
        self.end(from.other()).transfers.offered(&received(&offer))
    }
}

impl End {
    fn poll(&mut self, now: Instant) -> bool {
        let Some(octets) = self.connection.poll_transmit(now) else {
            return false;
        };
        self.pending.push_back(octets.clone());
        let mut input = octets;
        while let Some(item) = self.decoder.decode(&mut input).unwrap() {
            match item {
                Item::Head(head) => self.frame = Some((head, Vec::new())),
                Item::Body(octets) => self.frame.as_mut().unwrap().1.extend_from_slice(&octets),
                Item::End(flag) => {
                    let (head, body) = self.frame.take().unwrap();
                    self.sent.push(in_short(&head, &body, flag));
                }
                Item::Malformed(_) => unreachable!("written by ourselves"),
            }
        }
        true
    }

    /// The frames handed out since they were last asked for.
    fn sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }

    fn take_events(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            match event {
                Event::Incoming(id, IncomingEvent::Started { .. }) => self.incoming = Some(id),
                Event::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
                    self.data.push((offset, data))
                }
                Event::Incoming(_, IncomingEvent::Finished { len, receipt }) => {
                    self.receipt = Some(receipt);
                    self.outcomes.push(Outcomes::Received(len));
                }
                Event::Incoming(_, IncomingEvent::Aborted(_)) => self.outcomes.push(Outcomes::NotReceived),
                Event::Outgoing(_, OutgoingEvent::Completed) => self.outcomes.push(Outcomes::Sent),
                Event::Outgoing(_, OutgoingEvent::Failed(why)) => self.outcomes.push(Outcomes::NotSent(why)),
                _ => {}
            }
        }
    }
}

/// `SEND 1-4/10 [4] +`, or `413`.
fn in_short(head: &Head, body: &[u8], flag: ContinuationFlag) -> String {
    let flag = match flag {
        ContinuationFlag::Complete => '$',
        ContinuationFlag::Continued => '+',
        ContinuationFlag::Aborted => '#',
    };
    match (head.method(), head.status()) {
        (Some(Method::Send), _) => {
            let range = String::from_utf8(head.header("Byte-Range").unwrap_or_default().to_vec()).unwrap();
            format!("SEND {range} [{}] {flag}", body.len())
        }
        (Some(method), _) => format!("{method:?}"),
        (None, _) => {
            let line = head
                .as_bytes()
                .split(|octet| *octet == b'\r')
                .next()
                .unwrap_or_default();
            let code = line.split(|octet| *octet == b' ').nth(2).unwrap_or_default();
            String::from_utf8(code.to_vec()).unwrap()
        }
    }
}

/// What signalling brings to the other side.
fn received(media: &Media) -> FilePart {
    let host: IpAddr = "192.0.2.1".parse().unwrap();
    let description = Description::new(Origin::new(1, host.into())).with_section(media);
    let read = Description::parse_strict(&description.to_bytes()).unwrap();
    let (index, media) = read.msrp().swap_remove(0);
    media.unwrap().file_part(index)
}

fn session(who: Who, part: &FilePart, max_size: Option<u64>, ids: &mut Ids) -> LocalSession {
    let host: IpAddr = ["192.0.2.1", "192.0.2.2"][who as usize].parse().unwrap();
    let local = Local::listening(host, 7654)
        .plain()
        .file(part.attributes.clone(), part.direction);
    match max_size {
        Some(octets) => local.max_size(octets).open(ids),
        None => local.open(ids),
    }
    .unwrap()
}

/// What is known of a file of so many octets, besides its name.
fn info(size: u64) -> FileInfo {
    let octets = FileInfo::new().with_size(size);
    octets
        .with_media_type("application/octet-stream".parse().unwrap())
        .unwrap()
}

fn f() -> FileInfo {
    let hash = FileHash::parse(H1.as_bytes()).unwrap();
    info(10)
        .with_name(FileName::new("f.txt").unwrap())
        .with_hashes([hash])
}

/// The message that carries octets as they are.
fn message(octets: impl Into<Bytes>) -> Message {
    Message::new("application/octet-stream".parse().unwrap(), octets.into())
}

/// The attributes of a section of signalling.
fn lines(media: &Media) -> Vec<String> {
    let text = String::from_utf8(media.to_section().to_bytes()).unwrap();
    text.lines().map(str::to_owned).collect()
}
