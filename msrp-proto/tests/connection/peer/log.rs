//! Events as lines of text, and what a test needs of them later.

use super::*;

#[derive(Default)]
pub(crate) struct Log {
    lines: Vec<String>,
    /// `Data` that the next event may go on with.
    data: Option<Data>,
    sessions: Names<SessionId>,
    first_session: Option<SessionId>,
    outgoing: Names<OutgoingId>,
    incoming: Names<IncomingId>,
    bodies: BTreeMap<IncomingId, Vec<u8>>,
    heads: BTreeMap<IncomingId, msrp_proto::MessageHead>,
    receipts: BTreeMap<IncomingId, Receipt>,
    requests: VecDeque<SessionRequest>,
    own_requests: Names<RequestId>,
    replies: BTreeMap<RequestId, Reply>,
    asked: VecDeque<InboundRequest>,
    carries: BTreeMap<SessionId, msrp_proto::Carry>,
    relays: Names<RelayId>,
    grants: BTreeMap<RelayId, RelayGrant>,
    lost: bool,
}

struct Data {
    id: IncomingId,
    offset: u64,
    octets: Vec<u8>,
    seen: u64,
}

/// Bodies of more octets are told by their number.
const SHOWN: usize = 60;

impl Log {
    pub(super) fn name_session(&mut self, id: SessionId, name: &str) {
        self.first_session.get_or_insert(id);
        self.sessions.insert(id, name.into());
    }

    pub(super) fn name_outgoing(&mut self, id: OutgoingId, name: &str) {
        self.outgoing.insert(id, name.into());
    }

    pub(super) fn name_request(&mut self, id: RequestId, name: &str) {
        self.own_requests.insert(id, name.into());
    }

    pub(super) fn name_relay(&mut self, id: RelayId, name: &str) {
        self.relays.insert(id, name.into());
    }

    pub(super) fn relay(&self, name: &str) -> RelayId {
        self.relays.latest(name)
    }

    pub(super) fn grant(&self, name: &str) -> &RelayGrant {
        &self.grants[&self.relay(name)]
    }

    pub(super) fn reply(&self, name: &str) -> &Reply {
        &self.replies[&self.own_requests.latest(name)]
    }

    pub(super) fn take_asked(&mut self) -> Option<InboundRequest> {
        self.asked.pop_front()
    }

    pub(super) fn session(&self, name: &str) -> SessionId {
        self.sessions.latest(name)
    }

    pub(super) fn incoming(&self, name: &str) -> IncomingId {
        self.incoming.latest(name)
    }

    pub(super) fn body(&self, name: &str) -> &[u8] {
        &self.bodies[&self.incoming(name)]
    }

    pub(super) fn head(&self, name: &str) -> &msrp_proto::MessageHead {
        &self.heads[&self.incoming(name)]
    }

    pub(super) fn receipt(&self, name: &str) -> Receipt {
        self.receipts[&self.incoming(name)].clone()
    }

    pub(super) fn take_request(&mut self) -> Option<SessionRequest> {
        self.requests.pop_front()
    }

    pub(super) fn carry(&self, name: &str) -> msrp_proto::Carry {
        self.carries[&self.session(name)].clone()
    }

    pub(super) fn take_lines(&mut self) -> Vec<String> {
        self.end_data();
        std::mem::take(&mut self.lines)
    }

    pub(super) fn note(&mut self, event: Event) {
        assert!(!self.lost, "an event behind the last one: {event:?}");
        let line = match event {
            Event::Incoming(id, IncomingEvent::Data { offset, data, seen }) => {
                return self.note_data(id, offset, &data, seen);
            }
            Event::Incoming(id, event) => self.incoming_line(id, event),
            Event::Outgoing(id, event) => {
                let what = match event {
                    OutgoingEvent::Acknowledged { upto } => format!("acknowledged {upto}"),
                    OutgoingEvent::BodyWanted { offset, .. } => format!("wanted {offset}"),
                    OutgoingEvent::Completed => "completed".into(),
                    OutgoingEvent::Failed(why) => format!("failed: {why}"),
                    OutgoingEvent::Reported { range, status, .. } => format!("reported {range} {status}"),
                    OutgoingEvent::Sent => "sent".into(),
                    other => format!("{other:?}"),
                };
                format!("{} {what}", self.outgoing[&id])
            }
            Event::Session(_, SessionEvent::Answered(id, outcome)) => {
                let what = match outcome {
                    Ok(reply) => {
                        let what = format!("answered {}", reply.status());
                        let before = self.replies.insert(id, reply);
                        assert!(before.is_none(), "answered twice");
                        what
                    }
                    Err(why) => format!("failed: {why}"),
                };
                format!("{} {what}", self.own_requests[&id])
            }
            Event::Session(id, SessionEvent::Requested(request)) => {
                let method = request.method().expect("a request").to_string();
                self.asked.push_back(request);
                format!("{} requested {method}", self.sessions[&id])
            }
            Event::Session(id, event) => {
                let what = match event {
                    SessionEvent::Bound => "bound".into(),
                    SessionEvent::Closed => "closed".into(),
                    SessionEvent::Failed(why, carry) => {
                        self.carries.insert(id, *carry);
                        format!("failed: {why}")
                    }
                    SessionEvent::Late { message_id, status } => {
                        format!("late {} {status}", message_id.as_str())
                    }
                    SessionEvent::MessageRefused { message_id, status } => {
                        format!("refused {} with {status}", message_id.as_str())
                    }
                    SessionEvent::Unanswered => "unanswered".into(),
                    other => format!("{other:?}"),
                };
                format!("{} {what}", self.sessions[&id])
            }
            Event::Relay(id, event) => {
                let what = match event {
                    RelayEvent::Authorized(grant) => self.note_grant(id, "authorized", *grant),
                    RelayEvent::Renewed(grant) => self.note_grant(id, "renewed", *grant),
                    RelayEvent::Expiring => "expiring".into(),
                    RelayEvent::Failed(why) => format!("failed: {why}"),
                    RelayEvent::Lapsed(path) => format!("lapsed {}", path.use_path().as_str()),
                    RelayEvent::NotRenewed(why) => format!("not renewed: {why}"),
                    other => format!("{other:?}"),
                };
                format!("{} {what}", self.relays[&id])
            }
            Event::SessionRequested(request) => {
                let line = format!("requested {}", request.to().expect("it has one").as_str());
                self.requests.push_back(request);
                line
            }
            Event::ConnectionLost(why) => {
                self.lost = true;
                format!("lost: {why}")
            }
            Event::Idle => "idle".into(),
            other => format!("{other:?}"),
        };
        self.end_data();
        self.lines.push(line);
    }

    /// `authorized` and the path.
    fn note_grant(&mut self, id: RelayId, what: &str, grant: RelayGrant) -> String {
        let line = format!("{what} {}", grant.path().use_path().as_str());
        self.grants.insert(id, grant);
        line
    }

    fn incoming_line(&mut self, id: IncomingId, event: IncomingEvent) -> String {
        let what = match event {
            IncomingEvent::Started { session, head } => {
                let message_id = head.message_id().unwrap();
                let name = match self.first_session {
                    Some(first) if first != session => {
                        format!("{}/{}", self.sessions[&session], message_id.as_str())
                    }
                    _ => message_id.as_str().into(),
                };
                self.incoming.insert(id, name);
                self.bodies.insert(id, Vec::new());
                let duplicate = if head.is_duplicate() { " duplicate" } else { "" };
                self.heads.insert(id, *head);
                format!("started{duplicate}")
            }
            IncomingEvent::Finished { len, receipt } => {
                assert_eq!((receipt.len(), receipt.is_empty()), (len, len == 0));
                if let Some(head) = self.heads.get(&id) {
                    assert_eq!(receipt.message_id(), &head.message_id().unwrap());
                }
                self.receipts.insert(id, receipt);
                format!("finished {len}")
            }
            IncomingEvent::Resumed {
                message_id, received, ..
            } => {
                self.incoming.insert(id, message_id.as_str().into());
                self.bodies.insert(id, Vec::new());
                format!("resumed {received}")
            }
            IncomingEvent::Aborted(why) => format!("aborted: {why}"),
            other => format!("{other:?}"),
        };
        format!("{} {what}", self.incoming[&id])
    }

    fn note_data(&mut self, id: IncomingId, offset: u64, octets: &[u8], seen: u64) {
        assert!(!octets.is_empty(), "Data is never empty");
        let body = self.bodies.get_mut(&id).expect("Started comes first");
        // Positions near 2^64 are not stored.
        if let Some(end) = usize::try_from(offset)
            .ok()
            .filter(|&at| at < 1 << 30)
            .map(|at| at + octets.len())
        {
            body.resize(body.len().max(end), 0);
            body[end - octets.len()..end].copy_from_slice(octets);
        }
        match &mut self.data {
            Some(data) if data.id == id && data.offset + data.octets.len() as u64 == offset => {
                data.octets.extend_from_slice(octets);
                data.seen += seen;
            }
            _ => {
                self.end_data();
                self.data = Some(Data {
                    id,
                    offset,
                    octets: octets.to_vec(),
                    seen,
                });
            }
        }
    }

    fn end_data(&mut self) {
        let Some(data) = self.data.take() else { return };
        let octets = match data.octets.len() {
            len if len > SHOWN => format!("[{len}]"),
            _ => data.octets.escape_ascii().to_string(),
        };
        let seen = match data.seen {
            0 => String::new(),
            seen => format!(" (seen {seen})"),
        };
        let name = &self.incoming[&data.id];
        self.lines
            .push(format!("{name} data {} {octets}{seen}", data.offset));
    }
}

/// Names by handle, and the handle that had a name last.
struct Names<T> {
    by_id: BTreeMap<T, String>,
    by_name: BTreeMap<String, T>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
        }
    }
}

impl<T: Copy + Ord> Names<T> {
    fn insert(&mut self, id: T, name: String) {
        self.by_name.insert(name.clone(), id);
        self.by_id.insert(id, name);
    }

    fn latest(&self, name: &str) -> T {
        *self
            .by_name
            .get(name)
            .unwrap_or_else(|| panic!("nothing is called {name}"))
    }
}

impl<T: Ord> std::ops::Index<&T> for Names<T> {
    type Output = String;

    fn index(&self, id: &T) -> &String {
        &self.by_id[id]
    }
}
