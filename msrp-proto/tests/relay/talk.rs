//! Two applications that send each other messages over a network, and what has become of each.

use std::collections::BTreeMap;
use std::time::Duration;

use msrp_proto::test_util::{Network, Side};
use msrp_proto::{
    Connection, Event, IncomingEvent, IncomingId, MediaType, Message, OutgoingEvent, OutgoingId, Refusal,
    RelayEvent, RelayFailure, RelayGrant, RelayId, SendFailure, SessionConfig, SessionEvent, SessionFailure,
    SessionId,
};

use crate::shared::watch::Watch;

/// A network, and all that was sent over it.
pub(crate) struct Talk {
    pub(crate) network: Network,
    pub(crate) apps: [App; 2],
    sent: Vec<Sent>,
}

/// What one of the applications was told.
#[derive(Default)]
pub(crate) struct App {
    watch: Watch,
    arriving: BTreeMap<IncomingId, (String, Vec<u8>)>,
    /// Whole messages, by Message-ID, and when each had arrived.
    received: BTreeMap<String, (usize, Vec<u8>)>,
    /// With what it refuses each message as soon as it begins.
    pub(crate) refusal: Option<Refusal>,
    /// Octets that arrived before others that stand in front of them.
    pub(crate) gaps: usize,
    /// Statuses of REPORTs, each with its range.
    pub(crate) reports: Vec<String>,
    /// What relays have answered.
    pub(crate) granted: Vec<Result<RelayGrant, RelayFailure>>,
    pub(crate) session_ends: Vec<Result<(), SessionFailure>>,
}

struct Sent {
    from: Side,
    id: OutgoingId,
    message_id: String,
    body: Vec<u8>,
}

impl Talk {
    pub(crate) fn new(network: Network) -> Self {
        Self {
            network,
            apps: Default::default(),
            sent: Vec::new(),
        }
    }

    /// A session over so many relays of each side.
    pub(crate) fn open(&mut self, relays: [usize; 2]) -> [SessionId; 2] {
        let sessions = self.network.open_session(relays);
        for (app, session) in self.apps.iter_mut().zip(sessions) {
            app.watch.opened(session);
        }
        sessions
    }

    /// Opens a session of one side.
    pub(crate) fn open_session(&mut self, side: Side, session: SessionConfig) -> SessionId {
        let id = self.network.connection(side).open(session).unwrap();
        self.apps[side as usize].watch.opened(id);
        id
    }

    /// Sends a message: its number.
    pub(crate) fn send(
        &mut self,
        from: Side,
        session: SessionId,
        body: Vec<u8>,
        options: impl FnOnce(Message) -> Message,
    ) -> usize {
        let number = self.try_send(from, session, body, options);
        number.expect("the session is open")
    }

    /// Sends a message, if the session is still open.
    pub(crate) fn try_send(
        &mut self,
        from: Side,
        session: SessionId,
        body: Vec<u8>,
        options: impl FnOnce(Message) -> Message,
    ) -> Option<usize> {
        let text = MediaType::new("text", "plain").unwrap();
        let connection = self.network.connection(from);
        let mut view = connection.session(session)?;
        let id = view.send(options(Message::new(text, body.clone()))).unwrap();
        let outgoing = connection.outgoing(id).unwrap();
        let message_id = outgoing.message_id().unwrap().to_string();
        self.apps[from as usize].watch.queued(session, id);
        self.sent.push(Sent {
            from,
            id,
            message_id,
            body,
        });
        Some(self.sent.len() - 1)
    }

    pub(crate) fn sent_count(&self) -> usize {
        self.sent.len()
    }

    /// Lets everything happen that is due within that time.
    pub(crate) fn pass(&mut self, time: Duration) {
        let apps = &mut self.apps;
        self.network.advance(time, |side, connection, event| {
            apps[side as usize].on(connection, event);
        });
    }

    /// Goes on until every message has its outcome.
    pub(crate) fn finish(&mut self) {
        for _ in 0..1_000_000 {
            let apps = &mut self.apps;
            let goes_on = self.network.step(|side, connection, event| {
                apps[side as usize].on(connection, event);
            });
            let mut numbers = 0..self.sent.len();
            if numbers.all(|number| self.outcome(number).is_some()) {
                return;
            }
            assert!(goes_on, "a message has no outcome");
        }
        panic!("no end");
    }

    pub(crate) fn outcome(&self, message: usize) -> Option<Result<(), SendFailure>> {
        let sent = &self.sent[message];
        self.apps[sent.from as usize].watch.outgoing[&sent.id].outcome
    }

    /// What has arrived of a message as a whole.
    pub(crate) fn received(&self, message: usize) -> Option<&[u8]> {
        let sent = &self.sent[message];
        let app = &self.apps[sent.from.other() as usize];
        let (_, body) = app.received.get(&sent.message_id)?;
        Some(body)
    }

    /// Whether some message has arrived before one that was sent earlier by the same side.
    pub(crate) fn is_any_overtaken(&self) -> bool {
        [Side::A, Side::B].into_iter().any(|from| {
            let received = &self.apps[from.other() as usize].received;
            let sent = self.sent.iter().filter(|sent| sent.from == from);
            let arrivals = sent.filter_map(|sent| Some(received.get(&sent.message_id)?.0));
            !arrivals.is_sorted()
        })
    }

    /// Asserts that every message has arrived, octet for octet, and its sender knows.
    pub(crate) fn assert_all_delivered(&self) {
        for (number, sent) in self.sent.iter().enumerate() {
            assert_eq!(self.outcome(number), Some(Ok(())), "message {number}");
            assert!(
                self.received(number) == Some(&sent.body),
                "message {number}: other octets"
            );
        }
    }

    /// Ends a session, with what is left of it.
    pub(crate) fn abort(&mut self, side: Side, session: SessionId) {
        if let Some(session) = self.network.connection(side).session(session) {
            session.abort();
        }
    }

    /// Whether a session of that side has heard of its peer.
    pub(crate) fn was_bound(&self, side: Side, session: SessionId) -> bool {
        self.apps[side as usize].watch.sessions[&session].bound
    }

    /// Asserts that every message has its outcome, and that none arrived with other octets than it was sent with.
    pub(crate) fn assert_all_ended(&self) {
        for (number, sent) in self.sent.iter().enumerate() {
            assert!(self.outcome(number).is_some(), "message {number} has no outcome");
            let received = self.received(number);
            assert!(
                received.is_none_or(|body| body == sent.body),
                "message {number}: other octets"
            );
        }
    }
}

impl App {
    /// A path through relays was asked for.
    pub(crate) fn asked(&mut self, id: RelayId) {
        self.watch.authorized(id);
    }

    fn on(&mut self, connection: &mut Connection, event: Event) {
        // It asserts, among others, that nothing follows the outcome of a message.
        self.watch.see(connection, &event);
        match event {
            Event::Incoming(id, IncomingEvent::Started { head, .. }) => {
                assert!(!head.is_duplicate());
                let name = head.message_id().unwrap().to_string();
                self.arriving.insert(id, (name, Vec::new()));
                if let Some(refusal) = self.refusal {
                    connection.incoming(id).unwrap().reject(refusal);
                }
            }
            Event::Incoming(id, IncomingEvent::Data { offset, data, .. }) => {
                let (_, body) = self.arriving.get_mut(&id).unwrap();
                let start = usize::try_from(offset).unwrap();
                self.gaps += usize::from(start > body.len());
                body.resize(body.len().max(start + data.len()), 0);
                body[start..start + data.len()].copy_from_slice(&data);
            }
            Event::Incoming(id, IncomingEvent::Finished { .. }) => {
                let (name, body) = self.arriving.remove(&id).unwrap();
                let whole = (self.received.len(), body);
                assert!(self.received.insert(name, whole).is_none(), "delivered twice");
            }
            Event::Outgoing(_, OutgoingEvent::Reported { range, status, .. }) => {
                self.reports.push(format!("{range} {status}"));
            }
            Event::Relay(_, RelayEvent::Authorized(grant)) => self.granted.push(Ok(*grant)),
            Event::Relay(_, RelayEvent::Failed(why)) => self.granted.push(Err(why)),
            Event::Session(_, SessionEvent::Closed) => self.session_ends.push(Ok(())),
            Event::Session(_, SessionEvent::Failed(why, _)) => self.session_ends.push(Err(why)),
            _ => {}
        }
    }
}
