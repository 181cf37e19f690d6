//! A connection whose every call is checked against the contract in the docs of `Connection`.

use std::time::Duration;

use bytes::Bytes;
use msrp_proto::{
    Carry, Connection, Event, InboundRequest, IncomingEvent, IncomingId, Instant, Link, LinkError, Message,
    OutgoingEvent, OutgoingId, Receipt, Refusal, RelayConfig, RelayId, Request, RespondError, Response,
    SendError, SessionConfig, SessionEvent, SessionId, SessionRequest,
};

use super::frames;
use super::watch::{Trace, Watch};

/// Drives a connection, sees all its events, and keeps what it handed out.
pub struct Checked {
    pub connection: Connection,
    pub link: Link,
    pub watch: Watch,
    pub trace: Trace,
    /// All octets handed out.
    pub out: Vec<u8>,
    /// Bodies still to be written: how many octets were asked for last.
    pub wanted: Vec<(OutgoingId, usize)>,
    pub receipts: Vec<Receipt>,
    /// What sessions have left that failed.
    pub carries: Vec<Carry>,
    /// Sessions that the peer asks for, not answered yet.
    pub requests: Vec<SessionRequest>,
    /// Other requests of the peer, not answered yet.
    pub asked: Vec<InboundRequest>,
    /// The latest time told.
    pub now: Instant,
    closed: bool,
}

impl Checked {
    /// Over TCP.
    pub fn new(connection: Connection, now: Instant) -> Self {
        Self::over(Link::tcp(), connection, now)
    }

    /// Over the link that the connection was made for.
    pub fn over(link: Link, connection: Connection, now: Instant) -> Self {
        Self {
            connection,
            link,
            watch: Watch::default(),
            trace: Trace::default(),
            out: Vec::new(),
            wanted: Vec::new(),
            receipts: Vec::new(),
            carries: Vec::new(),
            requests: Vec::new(),
            asked: Vec::new(),
            now,
            closed: false,
        }
    }

    pub fn open(&mut self, session: SessionConfig) -> Option<SessionId> {
        let id = self.connection.open(session).ok();
        if let Some(id) = id {
            self.watch.opened(id);
        }
        self.check();
        id
    }

    pub fn send(&mut self, session: SessionId, message: Message) -> Result<OutgoingId, SendError> {
        let mut view = self.connection.session(session).expect("an open session");
        let sent = view.send(message);
        if let Ok(id) = sent {
            self.watch.queued(session, id);
        }
        self.check();
        sent
    }

    /// Requests something; it may not be taken.
    pub fn ask(&mut self, session: SessionId, request: Request) {
        let asked = self
            .connection
            .session(session)
            .map(|mut view| view.request(request));
        if let Some(Ok(id)) = asked {
            self.watch.requested(session, id);
        }
        self.check();
    }

    /// Asks relays for a path; it may not be taken.
    pub fn authorize(&mut self, config: RelayConfig) {
        if let Ok(id) = self.connection.authorize(config) {
            self.watch.authorized(id);
        }
        self.check();
    }

    /// Answers the peer.
    pub fn respond(&mut self, request: InboundRequest, response: Response) -> Result<(), RespondError> {
        let responded = self.connection.respond(request, response);
        self.check();
        responded
    }

    pub fn input(&mut self, now: Instant, data: impl Into<Bytes>) {
        self.tell(now);
        self.connection.handle_input(now, data.into());
        self.check();
    }

    pub fn eof(&mut self, now: Instant) {
        self.tell(now);
        self.connection.handle_eof(now);
        self.check();
    }

    pub fn failure(&mut self, now: Instant, error: LinkError) {
        self.tell(now);
        self.connection.handle_failure(now, error);
        self.check();
    }

    pub fn timeout(&mut self, now: Instant) {
        self.tell(now);
        self.connection.handle_timeout(now);
        let next = self.connection.poll_timeout();
        assert!(
            next.is_none_or(|next| next > now),
            "still due at the time that was handled"
        );
        self.check();
    }

    pub fn flushed(&mut self, now: Instant) {
        self.tell(now);
        self.connection.handle_flushed(now);
        self.check();
    }

    pub fn abort(&mut self) {
        self.connection.abort();
        self.check();
    }

    /// Any other command.
    pub fn command<T>(&mut self, command: impl FnOnce(&mut Connection) -> T) -> T {
        let outcome = command(&mut self.connection);
        self.check();
        outcome
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        let event = self.connection.poll_event();
        assert!(!self.closed || event.is_none(), "an event after the end");
        if let Some(event) = &event {
            self.watch.see(&mut self.connection, event);
            self.trace.add(event);
            self.note(event);
        }
        self.check();
        event
    }

    /// Takes an event, and keeps what it asks. Whether there was one.
    pub fn take_event(&mut self) -> bool {
        match self.poll_event() {
            Some(Event::SessionRequested(request)) => self.requests.push(request),
            Some(Event::Session(_, SessionEvent::Requested(request))) => self.asked.push(request),
            Some(_) => {}
            None => return false,
        }
        true
    }

    /// Accepts a session that was asked for.
    pub fn accept(&mut self, request: SessionRequest, session: SessionConfig) -> Option<SessionId> {
        let accepted = self.connection.accept(request, session);
        self.check();
        match accepted {
            Ok(id) => {
                self.watch.opened(id);
                Some(id)
            }
            Err(error) => {
                self.requests.push(*error.request);
                None
            }
        }
    }

    /// Refuses a session that was asked for.
    pub fn refuse(&mut self, request: SessionRequest, refusal: Refusal) {
        self.connection.refuse(request, refusal);
        self.check();
    }

    pub fn poll_transmit(&mut self, now: Instant) -> Option<Bytes> {
        self.tell(now);
        let wanted = self.connection.wants_transmit();
        let octets = self.connection.poll_transmit(now);
        assert_eq!(wanted, octets.is_some(), "wants_transmit is exact");
        if let Some(octets) = &octets {
            assert!(!octets.is_empty() && !self.closed);
            if let Some(max) = self.link.max_len() {
                assert!(octets.len() <= max, "longer than a message may be");
                assert!(frames::is_one(octets), "not one whole frame");
            }
            self.out.extend_from_slice(octets);
        }
        self.check();
        octets
    }

    /// Takes all events.
    pub fn events(&mut self) {
        while self.take_event() {}
    }

    /// Takes all octets, and returns them.
    pub fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let start = self.out.len();
        while self.poll_transmit(now).is_some() {}
        // Nothing to hand out: nothing happens.
        self.events();
        let before = self.trace.0.len();
        if self.poll_transmit(now).is_none() {
            self.events();
            assert_eq!(
                self.trace.0.len(),
                before,
                "None from poll_transmit raised an event"
            );
        }
        self.out[start..].to_vec()
    }

    /// Takes all there is, and answers what is asked for, until the connection comes to rest.
    pub fn settle(&mut self, now: Instant) {
        loop {
            self.events();
            if self.poll_transmit(now).is_none() {
                self.events();
                if let Some(request) = self.requests.pop() {
                    self.refuse(request, Refusal::NO_SESSION);
                } else if !self.connection.wants_transmit() {
                    break;
                }
            }
        }
        // Only undelivered events, a question and answers hold input back, and there are none now.
        assert!(
            self.connection.wants_input() || self.watch.lost,
            "input is held back for no reason"
        );
    }

    /// Lets time pass, from one thing due to the next. Returns how often something was due.
    pub fn pass(&mut self, time: Duration) -> usize {
        let until = self.now + time;
        let mut count = 0;
        self.settle(self.now);
        while let Some(due) = self.connection.poll_timeout().filter(|due| *due <= until) {
            self.timeout(due.max(self.now));
            self.settle(self.now);
            count += 1;
            assert!(count < 100_000, "a busy loop");
        }
        self.now = until;
        count
    }

    /// Ends the connection, and asserts that everything has ended with it.
    pub fn finish(mut self) -> (Trace, Vec<u8>) {
        self.abort();
        assert!(!self.connection.wants_transmit());
        self.events();
        assert!(self.watch.lost && self.watch.is_all_ended() && self.closed);
        self.input(self.now, &b"MSRP "[..]);
        self.eof(self.now);
        self.failure(self.now, LinkError::Reset);
        self.timeout(self.now + Duration::from_secs(1 << 20));
        self.abort();
        assert!(!self.take_event() && self.poll_transmit(self.now).is_none());
        (self.trace, self.out)
    }

    fn tell(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Outgoing(id, OutgoingEvent::BodyWanted { max, .. }) => self.wanted.push((*id, *max)),
            Event::Outgoing(id, OutgoingEvent::Completed | OutgoingEvent::Failed(_)) => {
                self.wanted.retain(|(other, _)| other != id);
            }
            Event::Incoming(_, IncomingEvent::Finished { receipt, .. }) => {
                self.receipts.push(receipt.clone());
            }
            Event::Session(_, SessionEvent::Failed(_, carry)) => self.carries.push((**carry).clone()),
            _ => {}
        }
    }

    /// What holds after every call.
    fn check(&mut self) {
        let connection = &self.connection;
        assert!(!self.closed || connection.is_closed(), "is_closed is final");
        self.closed = connection.is_closed();
        if self.closed {
            assert!(!connection.wants_transmit() && !connection.wants_input());
            assert_eq!(connection.poll_timeout(), None);
            assert!(self.watch.lost, "closed before ConnectionLost was delivered");
        }
        if self.watch.lost {
            assert!(!connection.wants_input() && connection.poll_timeout().is_none());
        }
    }

    /// Paths through relays that are asked for or held.
    pub fn relays(&self) -> Vec<RelayId> {
        let open = self.watch.relays.iter().filter(|(_, relay)| !relay.ended);
        open.map(|(id, _)| *id).collect()
    }

    /// Messages being received.
    pub fn arriving(&self) -> Vec<IncomingId> {
        let open = self.watch.incoming.iter().filter(|(_, message)| !message.ended);
        open.map(|(id, _)| *id).collect()
    }

    /// Messages without an outcome.
    pub fn leaving(&self) -> Vec<OutgoingId> {
        let open = self
            .watch
            .outgoing
            .iter()
            .filter(|(_, message)| message.outcome.is_none());
        open.map(|(id, _)| *id).collect()
    }

    /// Sessions that have not ended.
    pub fn open_sessions(&self) -> Vec<SessionId> {
        let open = self.watch.sessions.iter().filter(|(_, session)| !session.ended);
        open.map(|(id, _)| *id).collect()
    }
}
