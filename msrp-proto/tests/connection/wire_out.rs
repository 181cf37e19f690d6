//! One connection, with the test in the place of its peer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use memchr::memmem;
use msrp_proto::test_util::epoch;
use msrp_proto::wire::{ContinuationFlag, Decoder, Head, Item, Limits, Method, MsrpUri, Path, StartLine};
use msrp_proto::{
    Body, Config, Connection, Event, Instant, Link, MediaType, Message, OutgoingEvent, OutgoingId, Role,
    Seed, SendError, SessionConfig, SessionEvent, SessionId, Terms,
};

pub(crate) const LOCAL: &str = "msrp://a.example.com:7654/jshA7weztas;tcp";
pub(crate) const PEER: &str = "msrp://b.example.com:12763/kjhd37s2s20w2a;tcp";

/// Most octets of a buffer.
const BUFFER: usize = 16 * 1024;

/// A connection, what it has transmitted as frames, and the time.
pub(crate) struct Wire {
    pub(crate) connection: Connection,
    pub(crate) session: SessionId,
    pub(crate) now: Instant,
    link: Link,
    decoder: Decoder,
    /// The frame that is being transmitted.
    open: Option<Frame>,
    frames: Vec<Frame>,
    events: Vec<Event>,
    /// Octets transmitted.
    pub(crate) sent: u64,
    requests: u32,
}

/// A frame as transmitted.
pub(crate) struct Frame {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    pub(crate) flag: ContinuationFlag,
    /// All octets of it.
    pub(crate) raw: Vec<u8>,
    /// Its place in the stream.
    pub(crate) at: u64,
}

impl Wire {
    /// With a session that may send at once.
    pub(crate) fn active(config: Config) -> Self {
        Self::open(config, Role::Active, Terms::new(path(PEER)))
    }

    /// With a session that a request of the peer has to bind.
    pub(crate) fn passive(config: Config) -> Self {
        Self::open(config, Role::Passive, Terms::new(path(PEER)))
    }

    pub(crate) fn open(config: Config, role: Role, terms: Terms) -> Self {
        Self::seeded(config, role, terms, [7; 32])
    }

    pub(crate) fn seeded(config: Config, role: Role, terms: Terms, seed: [u8; 32]) -> Self {
        Self::linked(Link::tcp(), config, role, terms, seed)
    }

    /// With an active session, over a link of that kind.
    pub(crate) fn over(link: Link, config: Config) -> Self {
        Self::linked(link, config, Role::Active, Terms::new(path(PEER)), [7; 32])
    }

    /// With a session that a request of the peer has to bind, over a link of that kind.
    pub(crate) fn passive_over(link: Link, config: Config) -> Self {
        Self::linked(link, config, Role::Passive, Terms::new(path(PEER)), [7; 32])
    }

    fn linked(link: Link, config: Config, role: Role, terms: Terms, seed: [u8; 32]) -> Self {
        let now = epoch();
        let mut connection = Connection::new(Arc::new(config), link, now, Seed::new(seed));
        let session = connection
            .open(SessionConfig::new(uri(LOCAL), role, terms))
            .unwrap();
        Self {
            connection,
            session,
            now,
            link,
            decoder: Decoder::new(Limits::default()),
            open: None,
            frames: Vec::new(),
            events: Vec::new(),
            sent: 0,
            requests: 0,
        }
    }

    /// A further active session with the same peer.
    pub(crate) fn add_session(&mut self, local: &str, peer: &str) -> SessionId {
        let session = SessionConfig::new(uri(local), Role::Active, Terms::new(path(peer)));
        self.connection.open(session).unwrap()
    }

    pub(crate) fn send(&mut self, message: Message) -> OutgoingId {
        self.try_send(message).unwrap()
    }

    pub(crate) fn try_send(&mut self, message: Message) -> Result<OutgoingId, SendError> {
        self.connection.session(self.session).unwrap().send(message)
    }

    pub(crate) fn write(&mut self, id: OutgoingId, octets: &[u8]) {
        let octets = Bytes::copy_from_slice(octets);
        self.connection.outgoing(id).unwrap().write(octets).unwrap();
    }

    pub(crate) fn finish(&mut self, id: OutgoingId) {
        self.connection.outgoing(id).unwrap().finish().unwrap();
    }

    /// Ends a streamed body, unless its message has ended already.
    pub(crate) fn finish_if_there(&mut self, id: OutgoingId) {
        if let Some(mut message) = self.connection.outgoing(id) {
            message.finish().unwrap();
        }
    }

    /// Takes one buffer; how many octets it has, 0 for none.
    pub(crate) fn poll(&mut self) -> usize {
        let wanted = self.connection.wants_transmit();
        let taken = self.connection.poll_transmit(self.now);
        assert_eq!(wanted, taken.is_some(), "wants_transmit is exact");
        let Some(mut octets) = taken else { return 0 };
        let len = octets.len();
        let max = self.link.max_len();
        assert!(
            len > 0 && len <= max.unwrap_or(BUFFER),
            "a buffer of {len} octets"
        );
        let before = self.frames.len();
        self.read(&mut octets);
        if max.is_some() {
            let one = self.open.is_none() && self.frames.len() == before + 1;
            assert!(one, "a message is one whole frame");
        }
        len
    }

    fn read(&mut self, octets: &mut Bytes) {
        loop {
            let before = octets.clone();
            let item = self.decoder.decode(octets).unwrap();
            let taken = before.slice(..before.len() - octets.len());
            let more = item.is_some();
            self.take(item, &taken);
            self.sent += taken.len() as u64;
            if !more {
                return;
            }
        }
    }

    /// Takes buffers until there are none, and gives the frames that are complete.
    pub(crate) fn drain(&mut self) -> Vec<Frame> {
        while self.poll() > 0 {}
        self.frames()
    }

    /// The frames completed since they were last asked for.
    pub(crate) fn frames(&mut self) -> Vec<Frame> {
        core::mem::take(&mut self.frames)
    }

    /// The frame whose end is still to come.
    pub(crate) fn unfinished(&self) -> Option<&Frame> {
        self.open.as_ref()
    }

    pub(crate) fn feed(&mut self, text: &str) {
        let octets = Bytes::copy_from_slice(text.as_bytes());
        self.connection.handle_input(self.now, octets);
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, to: &Frame, status: u16) {
        let (tid, [to, from]) = (to.tid(), to.paths());
        self.feed(&format!(
            "MSRP {tid} {status:03}\r\nTo-Path: {from}\r\nFrom-Path: {to}\r\n-------{tid}$\r\n"
        ));
    }

    /// Reports on the message of a SEND. An empty range leaves the header out.
    pub(crate) fn report(&mut self, on: &Frame, range: &str, status: &str) {
        self.requests += 1;
        let (tid, id, [to, from]) = (format!("rep{}", self.requests), on.message_id(), on.paths());
        let range = if range.is_empty() {
            String::new()
        } else {
            format!("Byte-Range: {range}\r\n")
        };
        self.feed(&format!(
            "MSRP {tid} REPORT\r\nTo-Path: {from}\r\nFrom-Path: {to}\r\nMessage-ID: {id}\r\n{range}\
             Status: {status}\r\n-------{tid}$\r\n"
        ));
    }

    /// A whole message of the peer comes in. `headers`: whole lines.
    pub(crate) fn receive(&mut self, headers: &str) {
        self.requests += 1;
        let tid = format!("peer{}", self.requests);
        self.feed(&format!(
            "MSRP {tid} SEND\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: {tid}\r\n\
             Byte-Range: 1-2/2\r\n{headers}Content-Type: text/plain\r\n\r\nhi\r\n-------{tid}$\r\n"
        ));
    }

    /// The peer binds the session.
    pub(crate) fn bind(&mut self) {
        self.feed(&format!(
            "MSRP bind1 SEND\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: bind1\r\n\
             Byte-Range: 1-0/0\r\n-------bind1$\r\n"
        ));
    }

    /// Lets time pass, and what is due happen.
    pub(crate) fn advance(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.connection.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.connection.handle_timeout(self.now);
        }
        self.now = until;
    }

    /// The events of a message since they were last asked for.
    pub(crate) fn outgoing(&mut self, id: OutgoingId) -> Vec<OutgoingEvent> {
        self.extract(|event| match event {
            Event::Outgoing(of, event) if *of == id => Some(event.clone()),
            _ => None,
        })
    }

    /// The events of the session, as `Debug` shows them.
    pub(crate) fn session_events(&mut self) -> Vec<String> {
        let id = self.session;
        self.extract(|event| match event {
            Event::Session(of, SessionEvent::Failed(why, _)) if *of == id => Some(format!("Failed({why:?})")),
            Event::Session(of, event) if *of == id => Some(format!("{event:?}")),
            lost @ Event::ConnectionLost(_) => Some(format!("{lost:?}")),
            _ => None,
        })
    }

    /// All events not asked for yet, but for sessions being bound.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        while let Some(event) = self.connection.poll_event() {
            if !matches!(event, Event::Session(_, SessionEvent::Bound)) {
                self.events.push(event);
            }
        }
        core::mem::take(&mut self.events)
    }

    fn extract<T>(&mut self, mut of: impl FnMut(&Event) -> Option<T>) -> Vec<T> {
        let (mut found, mut others) = (Vec::new(), Vec::new());
        for event in self.events() {
            match of(&event) {
                Some(wanted) => found.push(wanted),
                None => others.push(event),
            }
        }
        self.events = others;
        found
    }

    fn take(&mut self, item: Option<Item>, octets: &[u8]) {
        let at = self.sent;
        match item {
            Some(Item::Head(head)) => {
                self.open = Some(Frame {
                    head,
                    body: Vec::new(),
                    flag: ContinuationFlag::Continued,
                    raw: octets.to_vec(),
                    at,
                });
                return;
            }
            Some(Item::Body(body)) => self.open.as_mut().unwrap().body.extend_from_slice(&body),
            Some(Item::Malformed(malformed)) => panic!("{malformed:?}"),
            Some(Item::End(flag)) => {
                let mut frame = self.open.take().unwrap();
                frame.raw.extend_from_slice(octets);
                frame.flag = flag;
                frame.check();
                self.frames.push(frame);
                return;
            }
            None => {}
        }
        if let Some(frame) = &mut self.open {
            frame.raw.extend_from_slice(octets);
        }
    }
}

impl Frame {
    pub(crate) fn tid(&self) -> String {
        self.head.transaction_id().to_string()
    }

    pub(crate) fn message_id(&self) -> String {
        self.head.message_id().unwrap().to_string()
    }

    pub(crate) fn range(&self) -> String {
        self.head.byte_range().unwrap().to_string()
    }

    /// Range, octets and flag, or the status of a response, or the method of another request.
    pub(crate) fn shape(&self) -> String {
        match self.head.start_line() {
            StartLine::Request(Method::Send) => {
                let flag = char::from(self.flag.as_u8());
                format!("{} {}{flag}", self.range(), self.body.len())
            }
            StartLine::Request(method) => method.to_string(),
            StartLine::Response(status) => status.to_string(),
            _ => unreachable!("a legal frame"),
        }
    }

    pub(crate) fn is_send(&self) -> bool {
        self.head.method() == Some(&Method::Send)
    }

    /// To-Path and From-Path.
    pub(crate) fn paths(&self) -> [String; 2] {
        [self.head.to_path(), self.head.from_path()].map(|path| path.unwrap().as_str().to_owned())
    }

    /// What holds of every frame.
    fn check(&self) {
        let end_line = format!("\r\n-------{}", self.tid());
        assert_eq!(
            memmem::find_iter(&self.raw, &end_line).count(),
            1,
            "one end-line in {}",
            self.shape()
        );
        if !self.is_send() {
            assert_eq!(self.flag, ContinuationFlag::Complete);
            return;
        }
        let range = self.head.byte_range().expect("every SEND has a Byte-Range");
        let len = self.body.len() as u64;
        assert!(len <= 2048 || range.end.is_none(), "{} is too long", self.shape());
        if let Some(end) = range.end {
            assert_eq!(end + 1, range.start + len, "{}", self.shape());
        }
    }
}

pub(crate) fn shapes(frames: &[Frame]) -> Vec<String> {
    frames.iter().map(Frame::shape).collect()
}

/// The octets of a message, put together from its chunks.
pub(crate) fn joined<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Vec<u8> {
    let mut body = Vec::new();
    for frame in frames {
        let start = frame.head.byte_range().unwrap().start - 1;
        assert!(frame.body.is_empty() || start == body.len() as u64, "in order");
        body.extend_from_slice(&frame.body);
    }
    body
}

/// Octets of every value.
pub(crate) fn octets(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 % 257) as u8).collect()
}

pub(crate) fn text() -> MediaType {
    MediaType::new("text", "plain").unwrap()
}

pub(crate) fn message(body: impl Into<Body>) -> Message {
    Message::new(text(), body)
}

pub(crate) fn streamed() -> Message {
    message(Body::streamed(None))
}

pub(crate) fn limit(octets: impl Into<Option<usize>>) -> Config {
    Config::default().chunk_limit(octets.into())
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn uri(text: &str) -> MsrpUri {
    text.parse().unwrap()
}

pub(crate) fn path(text: &str) -> Path {
    text.parse().unwrap()
}
