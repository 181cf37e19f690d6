//! One connection under test, and its peer: the test writes the peer's octets and reads the answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use msrp_proto::test_util::epoch;
use msrp_proto::wire::{Decoder, Item, Limits};
use msrp_proto::{
    Config, Connection, Event, InboundRequest, Inbox, Incoming, IncomingEvent, IncomingId, Instant, Link,
    MediaType, Message, OutgoingEvent, OutgoingId, Receipt, Received, Relay, RelayConfig, RelayEvent,
    RelayGrant, RelayId, Reply, Request, RequestId, Role, Seed, Session, SessionConfig, SessionEvent,
    SessionId, SessionRequest, Terms,
};

use crate::frame::{A, B};

mod log;
mod sent;

use self::log::Log;
pub(crate) use self::sent::Sent;

/// How the input is cut into reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// What is fed is one read.
    Whole,
    /// Every octet is a read.
    Octets,
}

/// What a test starts from: a connection over TCP with the session B, passive.
pub(crate) struct Setup {
    config: Config,
    link: Link,
    session: Option<SessionConfig>,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self {
            config: Config::default(),
            link: Link::tcp(),
            session: Some(passive(B)),
        }
    }

    pub(crate) fn config(self, change: impl FnOnce(Config) -> Config) -> Self {
        let config = change(self.config);
        Self { config, ..self }
    }

    /// Over TLS.
    pub(crate) fn secure(self) -> Self {
        self.link(Link::tls())
    }

    /// Over a link of that kind.
    pub(crate) fn link(self, link: Link) -> Self {
        Self { link, ..self }
    }

    pub(crate) fn session(self, session: SessionConfig) -> Self {
        Self {
            session: Some(session),
            ..self
        }
    }

    pub(crate) fn no_session(self) -> Self {
        Self {
            session: None,
            ..self
        }
    }

    /// Runs the test with the input whole, and again with every octet a read of its own.
    pub(crate) fn run(self, mut test: impl FnMut(&mut Peer)) {
        for cut in [Cut::Whole, Cut::Octets] {
            eprintln!("input: {cut:?}");
            test(&mut self.peer(cut));
        }
    }

    pub(crate) fn peer(&self, cut: Cut) -> Peer {
        let now = epoch();
        let config = Arc::new(self.config.clone());
        let mut peer = Peer {
            connection: Connection::new(config, self.link, now, Seed::new([7; 32])),
            now,
            cut,
            log: Log::default(),
            decoder: Decoder::new(Limits::default()),
            unfinished: None,
        };
        if let Some(session) = self.session.clone() {
            peer.open("B", session);
        }
        peer
    }
}

/// A test that starts from [`Setup::new`].
pub(crate) fn run(test: impl FnMut(&mut Peer)) {
    Setup::new().run(test);
}

/// A session at that URI that waits for its peer, A, and accepts everything.
pub(crate) fn passive(local: &str) -> SessionConfig {
    SessionConfig::new(
        local.parse().unwrap(),
        Role::Passive,
        Terms::new(A.parse().unwrap()),
    )
}

/// A session at that URI that speaks first.
pub(crate) fn active(local: &str) -> SessionConfig {
    SessionConfig::new(
        local.parse().unwrap(),
        Role::Active,
        Terms::new(A.parse().unwrap()),
    )
}

/// A message to send.
pub(crate) fn text(body: impl Into<msrp_proto::Body>) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), body)
}

/// A connection, and what it told so far.
pub(crate) struct Peer {
    pub(crate) connection: Connection,
    pub(crate) now: Instant,
    cut: Cut,
    log: Log,
    /// Reads what is transmitted.
    decoder: Decoder,
    /// The frame of which the end is not transmitted yet.
    unfinished: Option<Sent>,
}

impl Peer {
    pub(crate) fn cut(&self) -> Cut {
        self.cut
    }

    /// Opens a session, to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn open(&mut self, name: &str, session: SessionConfig) -> SessionId {
        let id = self.connection.open(session).unwrap();
        self.log.name_session(id, name);
        id
    }

    /// The oldest request for a session that was told and not yet taken.
    pub(crate) fn request(&mut self) -> SessionRequest {
        self.take_events();
        self.log.take_request().expect("a session was requested")
    }

    /// Accepts what was requested, to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn accept(&mut self, name: &str, session: SessionConfig) -> SessionId {
        let request = self.request();
        let id = self.connection.accept(request, session).unwrap();
        self.log.name_session(id, name);
        id
    }

    /// A session opened by hand is to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn name_session(&mut self, id: SessionId, name: &str) {
        self.log.name_session(id, name);
    }

    pub(crate) fn session_id(&self, name: &str) -> SessionId {
        self.log.session(name)
    }

    pub(crate) fn session(&mut self, name: &str) -> Session<'_> {
        let id = self.log.session(name);
        self.connection.session(id).expect("the session is there")
    }

    /// Sends a message on a session, to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn send_on(&mut self, session: &str, name: &str, message: Message) -> OutgoingId {
        let id = self.session(session).send(message).unwrap();
        self.log.name_outgoing(id, name);
        id
    }

    pub(crate) fn send(&mut self, name: &str, message: Message) -> OutgoingId {
        self.send_on("B", name, message)
    }

    /// Requests something on the session B, to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn ask(&mut self, name: &str, request: Request) -> RequestId {
        let id = self.session("B").request(request).unwrap();
        self.log.name_request(id, name);
        id
    }

    /// A request queued by hand is to be known by that name.
    pub(crate) fn name_request(&mut self, id: RequestId, name: &str) {
        self.log.name_request(id, name);
    }

    /// Asks relays for a path, to be known by that name in what [`Peer::events`] returns.
    pub(crate) fn authorize(&mut self, name: &str, config: RelayConfig) -> RelayId {
        let id = self.connection.authorize(config).unwrap();
        self.log.name_relay(id, name);
        id
    }

    pub(crate) fn relay(&mut self, name: &str) -> Relay<'_> {
        let id = self.log.relay(name);
        self.connection.relay(id).expect("the path is there")
    }

    pub(crate) fn relay_id(&self, name: &str) -> RelayId {
        self.log.relay(name)
    }

    /// The path that was granted last under that name.
    pub(crate) fn grant(&self, name: &str) -> &RelayGrant {
        self.log.grant(name)
    }

    /// What a request of that name was answered with.
    pub(crate) fn reply(&self, name: &str) -> &Reply {
        self.log.reply(name)
    }

    /// The oldest request of the peer that was told and not yet taken.
    pub(crate) fn asked(&mut self) -> InboundRequest {
        self.take_events();
        self.log.take_asked().expect("the peer has requested something")
    }

    /// What the peer writes arrives. The application takes its events when the connection waits for that.
    pub(crate) fn feed(&mut self, octets: impl Into<Bytes>) {
        let mut octets = octets.into();
        let size = match self.cut {
            Cut::Whole => octets.len(),
            Cut::Octets => 1,
        };
        while !octets.is_empty() {
            let read = octets.split_to(size);
            if !self.connection.wants_input() {
                self.take_events();
            }
            self.connection.handle_input(self.now, read);
        }
    }

    /// Octets that arrive though the connection does not want any.
    pub(crate) fn feed_anyway(&mut self, octets: impl Into<Bytes>) {
        self.connection.handle_input(self.now, octets.into());
    }

    pub(crate) fn eof(&mut self) {
        self.connection.handle_eof(self.now);
    }

    /// Lets time pass, and everything happen that is due meanwhile.
    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        let mut timeouts = 0;
        while let Some(due) = self.connection.poll_timeout().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.connection.handle_timeout(self.now);
            let next = self.connection.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now), "a timeout is still due");
            timeouts += 1;
            assert!(timeouts < 10_000, "a busy loop");
        }
        self.now = until;
    }

    /// How long until something is due.
    pub(crate) fn due_in(&self) -> Option<Duration> {
        let due = self.connection.poll_timeout()?;
        Some(due.saturating_duration_since(self.now))
    }

    /// The events since the last call, a line each. Adjacent `Data` events are joined.
    ///
    /// `B bound`, `m001 started`, `m001 data 0 hello`, `m001 data 3 lo (seen 2)`, `m001 finished 5`,
    /// `m001 aborted: refused with 413`, `out sent`, `B failed: the connection ended`, `lost: …`, `idle`.
    /// Messages of another session than the first are known as `B2/m001`.
    pub(crate) fn events(&mut self) -> Vec<String> {
        self.take_events();
        self.log.take_lines()
    }

    /// Puts whole messages together, as an application does that does not stream.
    pub(crate) fn receive(&mut self, inbox: &mut Inbox) -> Vec<Received> {
        let mut received = Vec::new();
        while let Some(mut event) = self.connection.poll_event() {
            received.extend(inbox.on(&mut self.connection, &mut event));
            self.log.note(event);
        }
        received
    }

    /// All octets of a message that were delivered, those received last where they overlap.
    pub(crate) fn body(&self, message: &str) -> &[u8] {
        self.log.body(message)
    }

    /// What the head of a message says.
    pub(crate) fn head(&self, message: &str) -> &msrp_proto::MessageHead {
        self.log.head(message)
    }

    /// By which a complete message can still be refused.
    pub(crate) fn receipt(&self, message: &str) -> Receipt {
        self.log.receipt(message)
    }

    /// What a session that failed has left.
    pub(crate) fn carry(&self, session: &str) -> msrp_proto::Carry {
        self.log.carry(session)
    }

    pub(crate) fn incoming_id(&self, message: &str) -> IncomingId {
        self.log.incoming(message)
    }

    pub(crate) fn incoming(&mut self, message: &str) -> Incoming<'_> {
        let id = self.log.incoming(message);
        self.connection.incoming(id).expect("the message is there")
    }

    /// The octets that are to be transmitted now.
    pub(crate) fn transmitted(&mut self) -> Vec<u8> {
        let mut octets = Vec::new();
        loop {
            let wanted = self.connection.wants_transmit();
            let buffer = self.connection.poll_transmit(self.now);
            assert_eq!(wanted, buffer.is_some(), "wants_transmit is exact");
            match buffer {
                Some(buffer) => octets.extend_from_slice(&buffer),
                None => return octets,
            }
        }
    }

    /// The frames of which the end is transmitted now.
    pub(crate) fn sent(&mut self) -> Vec<Sent> {
        let octets = self.transmitted();
        self.decode(octets.into())
    }

    /// The frames that end in the next buffer to be transmitted, and no more.
    pub(crate) fn sent_in_a_buffer(&mut self) -> Vec<Sent> {
        let buffer = self.connection.poll_transmit(self.now).unwrap_or_default();
        self.decode(buffer)
    }

    /// The frame of which only a part has been transmitted.
    pub(crate) fn unfinished(&self) -> Option<&Sent> {
        self.unfinished.as_ref()
    }

    /// The frames that are transmitted now, a line each: `t001 200`, `REPORT m001 1-5/5 000 200 OK`,
    /// `SEND 1-5/5 hello $`.
    pub(crate) fn sent_lines(&mut self) -> Vec<String> {
        self.sent().iter().map(Sent::line).collect()
    }

    /// Asserts that nothing is sent and nothing is told.
    pub(crate) fn assert_silent(&mut self) {
        assert_eq!(self.events(), [""; 0]);
        assert_eq!(self.sent_lines(), [""; 0]);
    }

    /// The session bound by a SEND without a body, and what came of it forgotten.
    pub(crate) fn bind(&mut self) {
        self.feed(crate::frame::Frame::bodiless("bind"));
        assert_eq!(self.sent_lines(), ["bind 200"]);
        assert_eq!(self.events(), ["B bound"]);
    }

    fn decode(&mut self, mut octets: Bytes) -> Vec<Sent> {
        let mut frames = Vec::new();
        while let Some(item) = self.decoder.decode(&mut octets).expect("what is sent is MSRP") {
            match item {
                Item::Head(head) => self.unfinished = Some(Sent::new(head)),
                Item::Body(body) => self.unfinished.as_mut().unwrap().body.extend_from_slice(&body),
                Item::End(flag) => {
                    let frame = self.unfinished.take().unwrap();
                    frames.push(Sent {
                        flag: Some(flag),
                        ..frame
                    });
                }
                Item::Malformed(malformed) => panic!("sent: {}", malformed.error),
            }
        }
        frames
    }

    /// Takes all events into what [`Peer::events`] will return.
    pub(crate) fn take_events(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            self.log.note(event);
        }
    }
}
