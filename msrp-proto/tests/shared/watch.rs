//! What must hold of the events of a connection, whatever is done with it (contract 6), and a record of
//! them that can be compared.

use std::collections::BTreeMap;

use msrp_proto::{
    Connection, Event, IncomingEvent, IncomingId, OutgoingEvent, OutgoingId, RelayEvent, RelayId, RelayPath,
    RequestId, SendFailure, SessionEvent, SessionId,
};

/// Sees every event, and asserts that it may come now.
#[derive(Default)]
pub struct Watch {
    pub sessions: BTreeMap<SessionId, SessionSeen>,
    pub outgoing: BTreeMap<OutgoingId, OutgoingSeen>,
    pub incoming: BTreeMap<IncomingId, IncomingSeen>,
    /// Requests, of which session, and whether they have their answer.
    pub requests: BTreeMap<RequestId, (SessionId, bool)>,
    pub relays: BTreeMap<RelayId, RelaySeen>,
    pub lost: bool,
    /// A session was lost with the connection: only sessions, paths through relays and the connection follow.
    sessions_end: bool,
}

#[derive(Default)]
pub struct SessionSeen {
    pub bound: bool,
    pub ended: bool,
}

#[derive(Default)]
pub struct RelaySeen {
    /// The paths that were granted and have not lapsed, the latest last.
    pub paths: Vec<RelayPath>,
    granted: bool,
    pub ended: bool,
}

pub struct OutgoingSeen {
    pub session: SessionId,
    pub sent: bool,
    pub acknowledged: u64,
    pub outcome: Option<Result<(), SendFailure>>,
}

pub struct IncomingSeen {
    pub session: SessionId,
    pub ranges: Vec<(u64, u64)>,
    /// Octets received, those received twice once.
    pub octets: u64,
    /// Some of them on another connection, or before: it is not known which.
    pub elsewhere: bool,
    pub ended: bool,
}

impl Watch {
    /// A session was opened.
    pub fn opened(&mut self, id: SessionId) {
        let before = self.sessions.insert(id, SessionSeen::default());
        assert!(before.is_none(), "{id:?} is used again");
    }

    /// A message was queued.
    pub fn queued(&mut self, session: SessionId, id: OutgoingId) {
        let seen = OutgoingSeen {
            session,
            sent: false,
            acknowledged: 0,
            outcome: None,
        };
        assert!(self.outgoing.insert(id, seen).is_none(), "{id:?} is used again");
    }

    /// A request was queued.
    pub fn requested(&mut self, session: SessionId, id: RequestId) {
        let before = self.requests.insert(id, (session, false));
        assert!(before.is_none(), "{id:?} is used again");
    }

    /// A path through relays was asked for.
    pub fn authorized(&mut self, id: RelayId) {
        let before = self.relays.insert(id, RelaySeen::default());
        assert!(before.is_none(), "{id:?} is used again");
    }

    /// Whether every session, every path through relays, every request and every message has had its last event.
    pub fn is_all_ended(&self) -> bool {
        self.sessions.values().all(|session| session.ended)
            && self.outgoing.values().all(|message| message.outcome.is_some())
            && self.incoming.values().all(|message| message.ended)
            && self.requests.values().all(|(_, ended)| *ended)
            && self.relays.values().all(|relay| relay.ended)
    }

    /// An event was delivered.
    pub fn see(&mut self, connection: &mut Connection, event: &Event) {
        assert!(!self.lost, "after ConnectionLost: {event:?}");
        match event {
            Event::ConnectionLost(_) => {
                self.lost = true;
                assert!(self.is_all_ended(), "the connection ends before what it carries");
                assert_eq!(connection.session_count(), 0);
            }
            Event::Incoming(id, event) => self.see_incoming(connection, *id, event),
            Event::Outgoing(id, event) => self.see_outgoing(connection, *id, event),
            Event::Session(id, event) => self.see_session(connection, *id, event),
            Event::Relay(id, event) => self.see_relay(connection, *id, event),
            _ => assert!(!self.sessions_end, "{event:?} after the end"),
        }
    }

    fn see_incoming(&mut self, connection: &mut Connection, id: IncomingId, event: &IncomingEvent) {
        assert!(!self.sessions_end, "messages come before sessions");
        let started = match event {
            IncomingEvent::Started { session, head } => Some((session, head.is_duplicate(), 0)),
            IncomingEvent::Resumed {
                session, received, ..
            } => Some((session, true, *received)),
            _ => None,
        };
        if let Some((session, elsewhere, octets)) = started {
            assert!(
                !self.sessions[session].ended,
                "a message of a session that is over"
            );
            let seen = IncomingSeen {
                session: *session,
                ranges: Vec::new(),
                octets,
                elsewhere,
                ended: false,
            };
            assert!(self.incoming.insert(id, seen).is_none(), "{id:?} starts twice");
            return;
        }
        let seen = self
            .incoming
            .get_mut(&id)
            .expect("a message starts with Started or Resumed");
        assert!(!seen.ended, "{id:?} after its last event: {event:?}");
        match event {
            IncomingEvent::Data {
                offset,
                data,
                seen: before,
            } => {
                assert!(!data.is_empty());
                let end = offset.checked_add(data.len() as u64).expect("a position");
                let known = insert(&mut seen.ranges, *offset, end);
                assert!(
                    *before == known || (seen.elsewhere && *before > known),
                    "octets seen before"
                );
                seen.octets += data.len() as u64 - *before;
            }
            IncomingEvent::Finished { len, receipt } => {
                seen.ended = true;
                assert_eq!((receipt.len(), receipt.session()), (*len, seen.session));
                let whole = if *len == 0 { vec![] } else { vec![(0, *len)] };
                assert!(
                    seen.ranges == whole || (seen.elsewhere && seen.octets <= *len),
                    "what was delivered of a finished message"
                );
            }
            IncomingEvent::Aborted(_) => seen.ended = true,
            _ => panic!("an unknown event"),
        }
        if seen.ended {
            assert!(connection.incoming(id).is_none(), "{id:?} is not gone");
        }
    }

    fn see_outgoing(&mut self, connection: &mut Connection, id: OutgoingId, event: &OutgoingEvent) {
        assert!(!self.sessions_end, "messages come before sessions");
        let seen = self.outgoing.get_mut(&id).expect("a message that was queued");
        assert!(seen.outcome.is_none(), "{id:?} after its last event: {event:?}");
        match event {
            OutgoingEvent::BodyWanted { max, .. } => {
                assert!(*max > 0);
                assert!(
                    connection.outgoing(id).is_some(),
                    "BodyWanted of a message that is gone"
                );
            }
            OutgoingEvent::Sent => assert!(!core::mem::replace(&mut seen.sent, true), "sent twice"),
            OutgoingEvent::Acknowledged { upto } => {
                assert!(*upto > seen.acknowledged);
                seen.acknowledged = *upto;
            }
            OutgoingEvent::Reported { .. } => {}
            OutgoingEvent::Completed => {
                assert!(seen.sent, "completed and not sent");
                seen.outcome = Some(Ok(()));
            }
            OutgoingEvent::Failed(why) => seen.outcome = Some(Err(*why)),
            _ => panic!("an unknown event"),
        }
        if seen.outcome.is_some() {
            assert!(connection.outgoing(id).is_none(), "{id:?} is not gone");
        }
    }

    fn see_relay(&mut self, connection: &mut Connection, id: RelayId, event: &RelayEvent) {
        let seen = self.relays.get_mut(&id).expect("a path that was asked for");
        assert!(!seen.ended, "{id:?} after its last event: {event:?}");
        match event {
            RelayEvent::Authorized(grant) | RelayEvent::Renewed(grant) => {
                let renewed = matches!(event, RelayEvent::Renewed(_));
                assert_eq!(renewed, core::mem::replace(&mut seen.granted, true), "{event:?}");
                seen.paths.retain(|path| path != grant.path());
                seen.paths.push(grant.path().clone());
            }
            RelayEvent::Expiring | RelayEvent::NotRenewed(_) => assert!(seen.granted, "{event:?}"),
            RelayEvent::Lapsed(path) => {
                let before = seen.paths.len();
                seen.paths.retain(|other| other != &**path);
                assert_eq!(seen.paths.len() + 1, before, "a path that was not there lapses");
            }
            RelayEvent::Failed(_) => {
                seen.ended = true;
                assert!(connection.relay(id).is_none(), "{id:?} is not gone");
                assert!(!self.sessions_end || self.sessions.values().all(|session| session.ended));
            }
            _ => panic!("an unknown event"),
        }
    }

    fn see_session(&mut self, connection: &mut Connection, id: SessionId, event: &SessionEvent) {
        let seen = self.sessions.get_mut(&id).expect("a session that was opened");
        assert!(!seen.ended, "{id:?} after its last event: {event:?}");
        match event {
            SessionEvent::Bound => assert!(!core::mem::replace(&mut seen.bound, true), "bound twice"),
            SessionEvent::Closed | SessionEvent::Failed(..) => seen.ended = true,
            SessionEvent::Answered(request, _) => {
                assert!(!self.sessions_end, "requests come before sessions");
                let (session, ended) = self.requests.get_mut(request).expect("a request that was queued");
                assert!(
                    *session == id && !core::mem::replace(ended, true),
                    "answered twice"
                );
            }
            _ => {}
        }
        if seen.ended {
            assert!(connection.session(id).is_none(), "{id:?} is not gone");
            let open = self.outgoing.values().filter(|message| message.session == id);
            assert!(
                open.clone().all(|message| message.outcome.is_some()),
                "messages come first"
            );
            let open = self.incoming.values().filter(|message| message.session == id);
            assert!(open.clone().all(|message| message.ended), "messages come first");
            let mut requests = self.requests.values().filter(|(session, _)| *session == id);
            assert!(requests.all(|(_, ended)| *ended), "requests come first");
        }
        if let SessionEvent::Failed(msrp_proto::SessionFailure::ConnectionLost, _) = event {
            self.sessions_end = true;
        }
    }
}

/// Adds a range, and says how many of its positions were there before.
fn insert(ranges: &mut Vec<(u64, u64)>, start: u64, end: u64) -> u64 {
    let common = |&(from, to): &(u64, u64)| to.min(end).saturating_sub(from.max(start));
    let before = ranges.iter().map(common).sum();
    let (mut from, mut to) = (start, end);
    ranges.retain(|&(left, right)| {
        let touches = left <= to && right >= from;
        if touches {
            (from, to) = (from.min(left), to.max(right));
        }
        !touches
    });
    let at = ranges.partition_point(|&(left, _)| left < from);
    ranges.insert(at, (from, to));
    before
}

/// Events in a form that can be compared: adjacent `Data` joined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace(pub Vec<Entry>);

#[derive(Clone, PartialEq)]
pub enum Entry {
    Data {
        id: IncomingId,
        offset: u64,
        octets: Vec<u8>,
        seen: u64,
    },
    Other(String),
}

impl core::fmt::Debug for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Data {
                id,
                offset,
                octets,
                seen,
            } => {
                write!(f, "{id:?}: {} octets at {offset}, {seen} seen", octets.len())
            }
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Trace {
    pub fn add(&mut self, event: &Event) {
        let text = match event {
            Event::Incoming(id, IncomingEvent::Data { offset, data, seen }) => {
                return self.add_data(*id, *offset, data, *seen);
            }
            Event::Incoming(id, IncomingEvent::Started { session, head }) => {
                let octets = String::from_utf8_lossy(head.head().as_bytes());
                format!(
                    "{id:?} started on {session:?}, duplicate {}: {octets}",
                    head.is_duplicate()
                )
            }
            event => format!("{event:?}"),
        };
        self.0.push(Entry::Other(text));
    }

    fn add_data(&mut self, id: IncomingId, offset: u64, data: &[u8], more_seen: u64) {
        if let Some(Entry::Data {
            id: last,
            offset: start,
            octets,
            seen,
        }) = self.0.last_mut()
            && *last == id
            && *start + octets.len() as u64 == offset
        {
            octets.extend_from_slice(data);
            *seen += more_seen;
            return;
        }
        self.0.push(Entry::Data {
            id,
            offset,
            octets: data.to_vec(),
            seen: more_seen,
        });
    }

    /// Whether some entry has these words.
    pub fn has(&self, words: &str) -> bool {
        self.count(words) > 0
    }

    /// How many entries have these words.
    pub fn count(&self, words: &str) -> usize {
        let is_it = |entry: &&Entry| matches!(entry, Entry::Other(text) if text.contains(words));
        self.0.iter().filter(is_it).count()
    }

    /// Everything but `Data`, and apart from it the entries of each message that is received, joined: what
    /// is raised by transmitting may fall between any two octets of a body.
    pub fn by_message(&self) -> (Vec<Entry>, BTreeMap<IncomingId, Trace>) {
        let mut others = Vec::new();
        let mut bodies: BTreeMap<IncomingId, Trace> = BTreeMap::new();
        for entry in &self.0 {
            match entry {
                Entry::Data {
                    id,
                    offset,
                    octets,
                    seen,
                } => bodies
                    .entry(*id)
                    .or_default()
                    .add_data(*id, *offset, octets, *seen),
                other => others.push(other.clone()),
            }
        }
        (others, bodies)
    }
}
