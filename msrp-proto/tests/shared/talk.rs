//! Two connections that talk to each other over any network, and what must come of it: a reference model
//! that knows nothing of chunks, transactions or timers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::wire::{FailureReport, MsrpUri, Path, StatusCode};
use msrp_proto::{
    Body, Config, Connection, Event, IncomingEvent, IncomingId, MediaType, Message, OutgoingEvent,
    OutgoingId, ReceiveFailure, Refusal, Role, SendFailure, SessionConfig, SessionEvent, SessionId, Terms,
};

use super::watch::Watch;

/// Everything that happens in a conversation.
#[derive(Clone, Debug)]
pub struct Plan {
    pub sides: [SidePlan; 2],
    /// Sessions between the two.
    pub sessions: usize,
    /// Events that an application takes at a time.
    pub events_per_turn: usize,
    pub messages: Vec<MessagePlan>,
    /// How sessions end before the end, and when.
    pub ends: Vec<EndPlan>,
}

#[derive(Clone, Debug)]
pub struct SidePlan {
    pub chunk_limit: Option<usize>,
    pub in_flight: usize,
    pub max_events: usize,
    pub max_event_octets: usize,
    pub body_window: usize,
    /// Of the pipe that carries what this side sends.
    pub latency: u64,
    pub segments: (usize, usize),
    pub capacity: usize,
    pub fault: Option<(Fault, u64)>,
}

/// What happens to a pipe after so many octets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    Cut,
    Silence,
}

#[derive(Clone, Debug)]
pub struct MessagePlan {
    pub at: u64,
    pub from: Side,
    pub session: usize,
    pub len: usize,
    pub body: BodyPlan,
    pub success_report: bool,
    pub failure_report: FailureReport,
    pub bulk: Option<bool>,
    /// The receiver refuses it when it has so many thousandths of it; 1000 is when it is complete.
    pub refuse: Option<usize>,
    /// The sender abandons it when it has sent so many thousandths of it.
    pub abort: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyPlan {
    Whole,
    /// Written when asked for, in parts of so many octets; the first part of each question late.
    Streamed {
        known: bool,
        part: usize,
        late: bool,
    },
}

#[derive(Clone, Debug)]
pub struct EndPlan {
    pub at: u64,
    pub side: Side,
    pub session: usize,
    /// At once, or when every message has its outcome.
    pub abort: bool,
}

/// How often things came about, to see that the plans bring about what they are for.
pub type Counts = BTreeMap<String, usize>;

/// Lives through a plan, and asserts that what comes of it is right.
pub fn talk(plan: &Plan) -> Counts {
    let mut talk = Talk::new(plan);
    talk.live();
    talk.judge();
    talk.end()
}

struct Talk<'a> {
    plan: &'a Plan,
    pair: Pair,
    app: App<'a>,
}

/// Both applications.
struct App<'a> {
    plan: &'a Plan,
    watches: [Watch; 2],
    sessions: [Vec<SessionId>; 2],
    /// How sessions ended.
    session_ends: BTreeMap<(Side, SessionId), String>,
    sent: BTreeMap<(Side, OutgoingId), usize>,
    messages: Vec<State>,
    /// By Message-ID.
    by_id: BTreeMap<String, usize>,
    arriving: BTreeMap<(Side, IncomingId), usize>,
    /// Questions that are answered late.
    late: Vec<(Side, OutgoingId, usize)>,
    counts: Counts,
}

/// What is known of a message.
#[derive(Default)]
struct State {
    body: Vec<u8>,
    outgoing: Option<OutgoingId>,
    written: usize,
    aborted: bool,
    received: Vec<u8>,
    started: usize,
    finished: usize,
    refused: bool,
    ended: Option<ReceiveFailure>,
}

impl<'a> Talk<'a> {
    fn new(plan: &'a Plan) -> Self {
        let config = |side: &SidePlan| {
            let config = Config::default()
                .chunk_limit(side.chunk_limit)
                .in_flight(side.in_flight)
                .max_events(side.max_events)
                .max_event_octets(side.max_event_octets)
                .body_window(side.body_window)
                .report_timeout(Some(Duration::from_secs(60)));
            Arc::new(config)
        };
        let [a, b] = &plan.sides;
        let mut pair = Pair::with_configs([config(a), config(b)]);
        pair.set_events_per_turn(plan.events_per_turn);
        for (side, of) in [(Side::A, a), (Side::B, b)] {
            let pipe = Pipe::new(of.capacity as u64)
                .latency(Duration::from_millis(of.latency))
                .segments(of.segments.0..=of.segments.0 + of.segments.1)
                .capacity(of.capacity);
            let pipe = match of.fault {
                Some((Fault::Cut, octets)) => pipe.cut(octets),
                Some((Fault::Silence, octets)) => pipe.silence(octets),
                None => pipe,
            };
            pair.set_pipe(side, pipe);
        }
        let mut app = App {
            plan,
            watches: Default::default(),
            sessions: Default::default(),
            session_ends: BTreeMap::new(),
            sent: BTreeMap::new(),
            messages: Vec::new(),
            by_id: BTreeMap::new(),
            arriving: BTreeMap::new(),
            late: Vec::new(),
            counts: Counts::new(),
        };
        for (at, message) in plan.messages.iter().enumerate() {
            app.messages.push(State {
                body: body(at, message.len),
                ..State::default()
            });
        }
        for at in 0..plan.sessions {
            for side in [Side::A, Side::B] {
                let role = if side == Side::A {
                    Role::Active
                } else {
                    Role::Passive
                };
                let terms = Terms::new(Path::from(uri(side.other(), at)));
                let session = SessionConfig::new(uri(side, at), role, terms);
                let id = pair.connection(side).open(session).expect("a fresh connection");
                app.watches[side as usize].opened(id);
                app.sessions[side as usize].push(id);
            }
        }
        Self { plan, pair, app }
    }

    /// Everything of the plan, and then enough time for every timer.
    fn live(&mut self) {
        let mut steps: Vec<u64> = self.plan.messages.iter().map(|message| message.at).collect();
        steps.extend(self.plan.ends.iter().map(|end| end.at));
        steps.sort_unstable();
        steps.dedup();
        let mut now = 0;
        for step in steps {
            self.pass(Duration::from_millis(step - now));
            now = step;
            for (at, message) in self.plan.messages.iter().enumerate() {
                if message.at == step {
                    self.app.send(&mut self.pair, at);
                }
            }
            for end in &self.plan.ends {
                if end.at == step {
                    self.end_session(end.side, end.session, end.abort);
                }
            }
        }
        // Responses have 30 s, reports 60 s, messages that do not go on 600 s, one after the other; and late
        // answers are given.
        let mut quiet = Duration::ZERO;
        while quiet < Duration::from_secs(2000) {
            let step = if quiet < Duration::from_secs(1) { 20 } else { 5000 };
            self.pass(Duration::from_millis(step));
            quiet += Duration::from_millis(step);
            for (side, id, max) in core::mem::take(&mut self.app.late) {
                self.app.write(side, self.pair.connection(side), id, max);
                quiet = Duration::ZERO;
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        let app = &mut self.app;
        self.pair
            .advance(time, |side, connection, event| app.on(side, connection, &event));
    }

    fn end_session(&mut self, side: Side, session: usize, abort: bool) {
        let id = self.app.sessions[side as usize][session % self.plan.sessions];
        if let Some(session) = self.pair.connection(side).session(id) {
            if abort {
                session.abort();
            } else {
                session.close();
            }
        }
    }

    /// What has become of every message.
    fn judge(&mut self) {
        let app = &mut self.app;
        for (at, (plan, state)) in self.plan.messages.iter().zip(&app.messages).enumerate() {
            let Some(id) = state.outgoing else { continue };
            let outcome = app.watches[plan.from as usize].outgoing[&id].outcome;
            let Some(outcome) = outcome else {
                // It waits for the peer to bind the session (RFC 4975 §5.4).
                let watch = &app.watches[plan.from as usize];
                let session = watch.outgoing[&id].session;
                assert!(
                    app.is_silent() && !watch.sessions[&session].bound,
                    "message {at} has no outcome"
                );
                continue;
            };
            let told = format!("message {at}: {outcome:?}, {plan:?}");
            assert!(state.finished <= 1, "delivered twice: {told}");
            let quiet = app.is_quiet(plan);
            let reported = plan.success_report || plan.failure_report == FailureReport::Yes;
            match outcome {
                Ok(()) => {
                    assert!(
                        !reported || state.finished == 1,
                        "completed but not delivered: {told}"
                    );
                    assert!(
                        !quiet || state.refused || state.finished == 1,
                        "not delivered: {told}"
                    );
                }
                Err(SendFailure::Refused(StatusCode::NO_SESSION)) => assert!(!quiet, "{told}"),
                Err(SendFailure::Refused(status)) => {
                    assert!(
                        state.refused && status == StatusCode::FORBIDDEN,
                        "nobody refused: {told}"
                    );
                    assert!(
                        plan.failure_report != FailureReport::No,
                        "nobody was to say so: {told}"
                    );
                }
                Err(SendFailure::Aborted) => assert!(state.aborted, "{told}"),
                // Its report was not asked for, or its receiver gave it up or was not told.
                Err(SendFailure::Unconfirmed) => {
                    assert!(plan.success_report && (!quiet || state.refused), "{told}");
                }
                Err(SendFailure::TimedOut) => {
                    assert!(!quiet && plan.failure_report == FailureReport::Yes, "{told}");
                }
                Err(SendFailure::SessionEnded | SendFailure::ConnectionLost) => assert!(!quiet, "{told}"),
                Err(_) => panic!("{told}"),
            }
            if let Some(why) = state.ended {
                let expected = match why {
                    ReceiveFailure::Refused(status) => state.refused && status == StatusCode::FORBIDDEN,
                    ReceiveFailure::PeerAborted => outcome.is_err(),
                    _ => !quiet,
                };
                assert!(expected, "arrived and {why:?}: {told}");
            }
            let ended = usize::from(state.ended.is_some()) + state.finished;
            assert_eq!(ended, state.started, "arrived without an end: {told}");
            app.counts
                .entry(format!("{outcome:?}"))
                .and_modify(|count| *count += 1)
                .or_insert(1);
        }
    }

    /// Sessions close, then connections, and nothing is left.
    fn end(mut self) -> Counts {
        for side in [Side::A, Side::B] {
            for session in 0..self.plan.sessions {
                self.end_session(side, session, self.app.is_silent());
            }
        }
        self.pass(Duration::from_secs(100));
        for side in [Side::A, Side::B] {
            for (at, id) in self.app.sessions[side as usize].iter().enumerate() {
                let end = &self.app.session_ends[&(side, *id)];
                let alone = |end: &&EndPlan| end.session % self.plan.sessions == at;
                if self.app.is_whole()
                    && !self
                        .plan
                        .ends
                        .iter()
                        .any(|end| alone(&end) && (end.abort || end.side != side))
                {
                    assert_eq!(end, "Closed", "session {at} of {side:?}");
                }
                self.app
                    .counts
                    .entry(end.clone())
                    .and_modify(|count| *count += 1)
                    .or_insert(1);
            }
            assert_eq!(self.pair.connection(side).session_count(), 0);
            self.pair.connection(side).close().expect("no sessions");
        }
        self.pass(Duration::from_secs(100));
        for side in [Side::A, Side::B] {
            let silent = self.app.is_silent();
            let connection = self.pair.connection(side);
            if !silent {
                assert!(connection.is_closed(), "{side:?} is not closed: {connection:?}");
            }
            let watch = &self.app.watches[side as usize];
            assert!(watch.is_all_ended() && (watch.lost || silent));
        }
        assert!(self.pair.next_due().is_none(), "something is due after the end");
        self.app.counts
    }
}

impl App<'_> {
    /// No fault, and no end of the session but one that waits for the message: it takes its course.
    fn is_quiet(&self, message: &MessagePlan) -> bool {
        let session = message.session % self.plan.sessions;
        let mut ends = self.plan.ends.iter();
        let waits = |end: &EndPlan| !end.abort && end.side == message.from;
        self.is_whole() && ends.all(|end| end.session % self.plan.sessions != session || waits(end))
    }

    fn is_whole(&self) -> bool {
        self.plan.sides.iter().all(|side| side.fault.is_none())
    }

    fn is_silent(&self) -> bool {
        self.plan
            .sides
            .iter()
            .any(|side| matches!(side.fault, Some((Fault::Silence, _))))
    }

    fn send(&mut self, pair: &mut Pair, at: usize) {
        let plan = &self.plan.messages[at];
        let session = self.sessions[plan.from as usize][plan.session % self.plan.sessions];
        let body = match plan.body {
            BodyPlan::Whole => Body::from(self.messages[at].body.clone()),
            BodyPlan::Streamed { known, .. } => Body::streamed(known.then_some(plan.len as u64)),
        };
        let mut message = Message::new(MediaType::new("text", "plain").expect("a type"), body)
            .success_report(plan.success_report)
            .failure_report(plan.failure_report);
        if let Some(bulk) = plan.bulk {
            message = message.bulk(bulk);
        }
        let connection = pair.connection(plan.from);
        let Some(mut view) = connection.session(session) else {
            return;
        };
        let Ok(id) = view.send(message) else { return };
        let outgoing = connection.outgoing(id).expect("it was queued");
        let name = outgoing.message_id().expect("it has one").as_str().to_owned();
        assert!(
            self.by_id.insert(name, at).is_none(),
            "a Message-ID is used twice"
        );
        self.watches[plan.from as usize].queued(session, id);
        self.messages[at].outgoing = Some(id);
        self.sent.insert((plan.from, id), at);
    }

    fn on(&mut self, side: Side, connection: &mut Connection, event: &Event) {
        self.watches[side as usize].see(connection, event);
        match event {
            Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                let at = self.sent[&(side, *id)];
                assert_eq!(
                    *offset, self.messages[at].written as u64,
                    "asked for other octets"
                );
                match self.plan.messages[at].body {
                    BodyPlan::Streamed { late: true, .. } => self.late.push((side, *id, *max)),
                    _ => self.write(side, connection, *id, *max),
                }
            }
            Event::Incoming(id, event) => self.receive(side, connection, *id, event),
            Event::Session(id, event) => match event {
                SessionEvent::Closed => drop(self.session_ends.insert((side, *id), "Closed".to_owned())),
                SessionEvent::Failed(why, _) => {
                    drop(self.session_ends.insert((side, *id), format!("{why:?}")))
                }
                _ => {}
            },
            _ => {}
        }
        self.abort(side, connection);
    }

    /// Abandons what has been sent far enough.
    fn abort(&mut self, side: Side, connection: &mut Connection) {
        for (at, plan) in self.plan.messages.iter().enumerate() {
            let state = &mut self.messages[at];
            if let Some(part) = plan.abort.filter(|_| plan.from == side && !state.aborted)
                && let Some(outgoing) = state.outgoing.and_then(|id| connection.outgoing(id))
                && outgoing.progress().sent >= (plan.len * part / 1000) as u64
            {
                state.aborted = true;
                outgoing.abort();
            }
        }
    }

    fn write(&mut self, side: Side, connection: &mut Connection, id: OutgoingId, max: usize) {
        let at = self.sent[&(side, id)];
        let state = &mut self.messages[at];
        let BodyPlan::Streamed { part, known, .. } = self.plan.messages[at].body else {
            panic!("asked for a body that was given");
        };
        let Some(mut outgoing) = connection.outgoing(id) else {
            return;
        };
        let end = state.body.len().min(state.written + part.clamp(1, max));
        outgoing
            .write(state.body[state.written..end].to_vec())
            .expect("it was asked for");
        state.written = end;
        if end == state.body.len() && !known {
            outgoing.finish().expect("no length was announced");
        }
    }

    fn receive(&mut self, side: Side, connection: &mut Connection, id: IncomingId, event: &IncomingEvent) {
        if let IncomingEvent::Started { head, .. } = event {
            let name = head.message_id().expect("it has one");
            let at = self.by_id[name.as_str()];
            assert!(self.plan.messages[at].from != side && !head.is_duplicate());
            self.messages[at].started += 1;
            assert_eq!(self.messages[at].started, 1, "message {at} starts twice");
            self.arriving.insert((side, id), at);
        }
        let at = self.arriving[&(side, id)];
        let plan = &self.plan.messages[at];
        let state = &mut self.messages[at];
        match event {
            IncomingEvent::Data { offset, data, seen } => {
                assert_eq!((*offset, *seen), (state.received.len() as u64, 0), "out of order");
                state.received.extend_from_slice(data);
            }
            IncomingEvent::Finished { len, receipt } => {
                state.finished += 1;
                assert!(
                    *len == plan.len as u64 && state.received == state.body,
                    "other octets arrived"
                );
                if plan.refuse == Some(1000) {
                    // Too late to tell the sender, perhaps, but a success REPORT is withdrawn all the same.
                    let _ = connection.fail(receipt.clone(), Refusal::FORBIDDEN);
                    state.refused = true;
                }
            }
            IncomingEvent::Aborted(why) => state.ended = Some(*why),
            _ => {}
        }
        if let Some(part) = plan.refuse.filter(|&part| part < 1000)
            && state.received.len() >= plan.len * part / 1000
            && let Some(incoming) = connection.incoming(id)
        {
            state.refused = true;
            incoming.reject(Refusal::FORBIDDEN);
        }
    }
}

/// Some octets, with the begin of end-lines in between.
fn body(seed: usize, len: usize) -> Vec<u8> {
    let octet = |at: usize| match at % 300 {
        0..9 => b"\r\n-------"[at % 300],
        rest => (rest.wrapping_mul(seed + 31) ^ (at / 300)) as u8,
    };
    (0..len).map(octet).collect()
}

fn uri(side: Side, session: usize) -> MsrpUri {
    let text = match side {
        Side::A => format!("msrp://a.example.com:7654/alice{session};tcp"),
        Side::B => format!("msrp://b.example.com:12763/bob{session};tcp"),
    };
    text.parse().expect("a URI")
}
