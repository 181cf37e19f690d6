//! Commands, input and time in any order, checked against the contract of `Connection`: on one connection
//! with a peer that may send anything, and on two that talk to each other.

use std::sync::Arc;
use std::time::Duration;

use arbitrary::Unstructured;
use bytes::Bytes;
use msrp_proto::test_util::{Pair, Side, epoch};
use msrp_proto::wire::{
    Decoder, FailureReport, Header, Item, Limits, MessageId, Method, MsrpUri, OtherMethod, Path,
};
use msrp_proto::{
    Body, Config, Connection, Credentials, Direction, Link, LinkError, Matching, MediaRanges, MediaType,
    Message, Nickname, Refusal, RelayConfig, Request, Response, Role, Seed, SessionConfig, Terms,
    UriParameter, UseNickname,
};

#[path = "connection_ops/peer.rs"]
mod peer;
#[path = "../../msrp-proto/tests/shared/mod.rs"]
pub mod shared;

use shared::checked::Checked;
use shared::talk::{BodyPlan, EndPlan, Fault, MessagePlan, Plan, SidePlan, talk};
use shared::watch::Trace;

pub fn run(data: &[u8]) {
    match data.split_last() {
        Some((kind, data)) if kind % 4 == 3 => pair(data),
        Some((kind, data)) => {
            let link = match kind / 4 {
                58.. => MESSAGE_LINKS[usize::from(kind / 4 % 3)],
                50.. => Link::tls(),
                _ => Link::tcp(),
            };
            single(link, data, Seed::new([7; 32]));
        }
        None => {}
    }
}

/// Two connections, and what must come of their conversation.
pub fn pair(data: &[u8]) {
    let mut u = Unstructured::new(data);
    talk(&plan(&mut u));
}

/// Links of messages: with much room, with little, and with next to none.
pub const MESSAGE_LINKS: [Link; 3] = [
    Link::data_channel(65_535),
    Link::websocket(350),
    Link::websocket(200),
];

/// One connection, over a link of that kind. Returns what came of it.
pub fn single(link: Link, data: &[u8], seed: Seed) -> (Trace, Vec<u8>) {
    let mut script = Script::new(Unstructured::new(data), link, seed);
    for _ in 0..MAX_OPS {
        if script.u.is_empty() {
            break;
        }
        script.step();
        script.check_output();
    }
    let c = &mut script.checked;
    c.settle(c.now);
    c.pass(Duration::from_secs(1500));
    script.check_output();
    script.checked.finish()
}

/// More than that does not find more, and takes long.
const MAX_OPS: usize = 300;

struct Script<'a> {
    u: Unstructured<'a>,
    checked: Checked,
    /// Reads what is handed out.
    decoder: Decoder,
    /// Octets of it that were read.
    read: usize,
    /// Transaction and message identifiers found in it.
    tids: Vec<String>,
    ids: Vec<String>,
    frames: u32,
    /// The last request handed out is an AUTH.
    auth: bool,
    /// The driver reads although it should not.
    rude: bool,
}

impl<'a> Script<'a> {
    fn new(mut u: Unstructured<'a>, link: Link, seed: Seed) -> Self {
        let now = epoch();
        let config = Arc::new(config(&mut u));
        let rude = u.ratio(1, 4).unwrap_or(false);
        let connection = Connection::new(config, link, now, seed);
        let mut script = Self {
            u,
            checked: Checked::over(link, connection, now),
            decoder: Decoder::new(Limits {
                head: 1 << 20,
                headers: 1 << 10,
                line: 1 << 20,
                uris: 1 << 10,
                other_body: 1 << 20,
            }),
            read: 0,
            tids: Vec::new(),
            ids: Vec::new(),
            frames: 0,
            auth: false,
            rude,
        };
        script.open(Pair::uri(Side::A));
        script
    }

    fn step(&mut self) {
        let now = self.time();
        match self.below(24) {
            0..=7 => {
                let octets = self.frame();
                self.input(now, octets);
            }
            8 if self.below(16) == 0 => {
                let len = self.below(60);
                let octets = self.u.bytes(len.min(self.u.len())).unwrap_or_default().to_vec();
                self.input(now, octets);
            }
            8..=10 => {
                self.checked.transmit(now);
            }
            11 => {
                let _ = self.checked.poll_transmit(now);
            }
            12 => self.checked.events(),
            13 => {
                let _ = self.checked.take_event();
            }
            14 | 15 => self.send(),
            16 => self.write(),
            17 => self.refuse(),
            18 => self.checked.timeout(now),
            19 => {
                let due = self.checked.connection.poll_timeout().unwrap_or(now);
                self.checked.timeout(due);
            }
            20 => {
                if !self.answer() {
                    self.session_command();
                }
            }
            21 => self.checked.settle(now),
            22 => self.checked.flushed(now),
            _ => self.rare(now),
        }
    }

    /// A moment a little later, or earlier, than the last one.
    fn time(&mut self) -> msrp_proto::Instant {
        let now = self.checked.now;
        match self.below(8) {
            0 => now + Duration::from_millis(self.below(40_000) as u64),
            1 => now.checked_sub(Duration::from_secs(5)).unwrap_or(now),
            2 => now + Duration::from_secs(self.below(700) as u64),
            _ => now,
        }
    }

    fn input(&mut self, now: msrp_proto::Instant, octets: Vec<u8>) {
        let mut size = *self.pick(&[usize::MAX, usize::MAX, 1, 7, 100, 1024, 1500]);
        let polls = flag(&mut self.u);
        if self.checked.link.max_len().is_some() && !octets.len().is_multiple_of(8) {
            // Mostly as it should be; what is cut or put together is told.
            size = usize::MAX;
        }
        for piece in octets.chunks(size.min(octets.len().max(1))) {
            if !self.rude && !self.checked.connection.wants_input() {
                self.checked.settle(now);
            }
            self.checked.input(now, piece.to_vec());
            if polls {
                self.checked.events();
            }
        }
    }

    /// Answers the last question, or puts it off, if there is one. It need not be open any more.
    fn answer(&mut self) -> bool {
        let Some(request) = self.checked.requests.pop() else {
            return false;
        };
        match self.below(4) {
            0 => self.checked.refuse(request, Refusal::BOUND_ELSEWHERE),
            1 => self.checked.requests.insert(0, request),
            _ => {
                let local = *self.pick(&[UNKNOWN, UNKNOWN, UNKNOWN, OTHER]);
                let session = self.session(local.parse().expect("a URI"));
                self.checked.accept(request, session);
            }
        }
        true
    }

    fn open(&mut self, local: MsrpUri) {
        let session = self.session(local);
        self.checked.open(session);
    }

    fn session(&mut self, local: MsrpUri) -> SessionConfig {
        let role = *self.pick(&[Role::Active, Role::Passive]);
        let session = SessionConfig::new(local, role, self.terms()).max_size(*self.pick(&[
            None,
            None,
            Some(0),
            Some(2500),
        ]));
        let accepts: MediaRanges = if self.below(4) > 0 {
            MediaRanges::any()
        } else {
            MediaRanges::parse(b"text/plain").expect("a list of types")
        };
        let session = session.single_message(self.below(4) == 1);
        // In place of the one that failed last, if there is one.
        match self.checked.carries.pop() {
            Some(carry) => session.accepts(accepts).replaces(carry),
            None => session.accepts(accepts),
        }
    }

    fn terms(&mut self) -> Terms {
        let kind = self.below(8);
        let peer = Path::from(Pair::uri(Side::B));
        let granted = self
            .checked
            .watch
            .relays
            .values()
            .flat_map(|relay| &relay.paths)
            .last();
        let terms = match (kind, granted) {
            (0, _) => Terms::unknown(),
            (1..4, Some(path)) => Terms::relayed(path, peer.as_ref()).expect("a short path"),
            _ => Terms::new(peer),
        };
        terms
            .direction(*self.pick(&[Direction::SendRecv, Direction::SendRecv, Direction::RecvOnly]))
            .peer_max_size(*self.pick(&[None, None, Some(3000)]))
            .peer_nicknames(true)
    }

    fn send(&mut self) {
        let open = self.checked.open_sessions();
        let open: Vec<_> = open
            .into_iter()
            .filter(|id| self.checked.connection.session(*id).is_some())
            .collect();
        let Ok(&session) = self.u.choose(&open) else {
            return self.open(Pair::uri(Side::A));
        };
        let len = *self.pick(&[0, 1, 100, 2047, 2048, 2049, 5000, 20_000, 70_000]);
        let body = match self.below(6) {
            0 => Body::streamed(None),
            1 => Body::streamed(Some(len as u64)),
            _ => Body::from(vec![b'o'; len]),
        };
        let reports = *self.pick(&[
            FailureReport::Yes,
            FailureReport::Yes,
            FailureReport::Partial,
            FailureReport::No,
        ]);
        let mut message = Message::new(MediaType::new("text", "plain").expect("a type"), body)
            .success_report(flag(&mut self.u))
            .failure_report(reports);
        if self.below(4) == 0 {
            message = message.bulk(flag(&mut self.u));
        }
        if self.below(8) == 0 {
            message = message.message_id(MessageId::parse(b"mess1").expect("an identifier"));
        }
        if self.below(8) == 0 {
            message = message.control();
        }
        let _ = self.checked.send(session, message);
    }

    /// Writes, ends or abandons a body.
    fn write(&mut self) {
        let leaving = self.checked.leaving();
        let wanted = self.checked.wanted.pop();
        let Some((id, max)) = wanted.or_else(|| Some((*self.u.choose(&leaving).ok()?, 10))) else {
            return;
        };
        let len = match self.below(4) {
            0 => max,
            1 => max.saturating_add(1).min(200_000),
            _ => self.below(max.min(70_000)),
        };
        let kind = self.below(8);
        self.checked.command(|connection| {
            let Some(mut outgoing) = connection.outgoing(id) else {
                return;
            };
            if kind == 0 {
                outgoing.abort();
                return;
            }
            let octets = Bytes::from(vec![b's'; len]);
            if let Err(error) = outgoing.write(octets.clone()) {
                assert_eq!(error.data, octets);
            }
            if kind == 1
                && let Some(mut outgoing) = connection.outgoing(id)
            {
                let _ = outgoing.finish();
            }
        });
    }

    fn refuse(&mut self) {
        let refusal = *self.pick(&[
            Refusal::STOP_SENDING,
            Refusal::FORBIDDEN,
            Refusal::UNSUPPORTED_MEDIA_TYPE,
        ]);
        let arriving = self.checked.arriving();
        if let Ok(&id) = self.u.choose(&arriving) {
            self.checked.command(|connection| {
                if let Some(incoming) = connection.incoming(id) {
                    incoming.reject(refusal);
                }
            });
        }
        if flag(&mut self.u)
            && let Some(receipt) = self.checked.receipts.pop()
        {
            let _ = self
                .checked
                .command(|connection| connection.fail(receipt, refusal));
        }
    }

    fn session_command(&mut self) {
        let open = self.checked.open_sessions();
        let Ok(&id) = self.u.choose(&open) else {
            return self.open(Pair::uri(Side::A));
        };
        let kind = self.below(10);
        let terms = self.terms();
        self.checked.command(|connection| {
            let Some(mut session) = connection.session(id) else {
                return;
            };
            match kind {
                0 => session.close(),
                1 => session.abort(),
                2..=4 => session.ping(),
                5 => session.allow_next_message(),
                _ => session.update(terms),
            }
        });
    }

    fn rare(&mut self, now: msrp_proto::Instant) {
        match self.below(64) {
            0 => self.checked.eof(now),
            1 => self.checked.failure(now, LinkError::Reset),
            2 => self.checked.abort(),
            3 | 4 => {
                let _ = self.checked.command(Connection::close);
            }
            5..=10 => self.open(OTHER.parse().expect("a URI")),
            11..=25 => self.ask(),
            26..=40 => self.respond(),
            41..=54 => self.relay(),
            _ => self.checked.settle(now),
        }
    }

    /// Asks for a path through relays, or commands one.
    fn relay(&mut self) {
        let relays = self.checked.relays();
        let kind = self.below(6);
        if let (3.., Ok(&id)) = (kind, self.u.choose(&relays)) {
            return self.checked.command(|connection| {
                let Some(mut relay) = connection.relay(id) else {
                    return;
                };
                match kind {
                    3 => relay.release(),
                    _ => drop(relay.renew()),
                }
            });
        }
        let uri = |text: &str| text.parse::<MsrpUri>().expect("a URI");
        let mut config = RelayConfig::new(uri(OTHER), uri("msrps://r1.example;tcp"))
            .credentials(Credentials::new("u", "p").expect("credentials"))
            .uri_parameter(*self.pick(&[UriParameter::Never, UriParameter::Fallback, UriParameter::Always]));
        if kind == 0 {
            config = config.then(uri("msrps://r2.example:7;tcp"));
        }
        if flag(&mut self.u) {
            config = config.expires(Duration::from_secs(60));
        }
        self.checked.authorize(config);
    }

    /// Requests something.
    fn ask(&mut self) {
        let open = self.checked.open_sessions();
        let Ok(&session) = self.u.choose(&open) else {
            return;
        };
        let nickname = Nickname::new("A \"B\"").expect("a nickname");
        let request = match self.below(4) {
            0 => UseNickname::Take(nickname).to_request(),
            1 => UseNickname::Remove.to_request(),
            _ => {
                let method = *self.pick(&["FOO", "BAR"]);
                Request::new(Method::Other(OtherMethod::new(method).expect("a method")))
            }
        };
        let len = *self.pick(&[0, 1, 100, 3000, 10_240, 10_241]);
        let request = if flag(&mut self.u) {
            request.body(MediaType::new("a", "b").expect("a type"), vec![b'q'; len])
        } else {
            request
        };
        self.checked.ask(session, request);
    }

    /// Answers the last request of the peer, or puts it off. It need not be open any more.
    fn respond(&mut self) {
        let Some(request) = self.checked.asked.pop() else {
            return;
        };
        let response = match self.below(4) {
            0 => Response::from(Refusal::FORBIDDEN).comment("no, thanks"),
            1 => Response::OK.header(Header::new("X-Why", &"y".repeat(40)).expect("a header")),
            2 => return self.checked.asked.insert(0, request),
            _ => Response::OK,
        };
        if let Err(error) = self.checked.respond(request, response.clone()) {
            assert_eq!(error.response, response);
            let _ = self.checked.respond(*error.request, Response::OK);
        }
    }

    /// What is handed out is legal, and long chunks can be interrupted (RFC 4975 §7.1.1).
    fn check_output(&mut self) {
        let mut octets = Bytes::copy_from_slice(&self.checked.out[self.read..]);
        self.read = self.checked.out.len();
        while let Some(item) = self.decoder.decode(&mut octets).expect("frames") {
            match item {
                Item::Head(head) => {
                    if let Some(method) = head.method() {
                        self.auth = method.as_str() == "AUTH";
                        self.tids.push(head.transaction_id().as_str().to_owned());
                        self.ids
                            .extend(head.message_id().map(|id| id.as_str().to_owned()));
                    }
                }
                Item::Malformed(malformed) => panic!("an illegal head was written: {malformed:?}"),
                Item::Body(_) | Item::End(_) => {}
            }
        }
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        self.u.choose(from).unwrap_or(&from[0])
    }

    fn below(&mut self, bound: usize) -> usize {
        below(&mut self.u, bound)
    }
}

fn flag(u: &mut Unstructured<'_>) -> bool {
    u.arbitrary().unwrap_or(false)
}

fn config(u: &mut Unstructured<'_>) -> Config {
    const ZERO: Duration = Duration::ZERO;
    let seconds = Duration::from_secs;
    let default = Limits::default();
    let limits = Limits {
        head: 600,
        headers: 8,
        line: 200,
        uris: 2,
        other_body: 150,
    };
    Config::default()
        .wire_limits(pick(u, &[default, default, default, limits]))
        .chunk_limit(pick(u, &[Some(2048), None, Some(40), Some(100), Some(5000)]))
        .in_flight(pick(u, &[256, 1, 2]))
        .transaction_timeout(pick(u, &[seconds(30), seconds(30), ZERO]))
        .report_timeout(pick(u, &[None, Some(seconds(10)), Some(ZERO)]))
        .incomplete_timeout(pick(u, &[seconds(600), seconds(600), seconds(1)]))
        .idle_timeout(pick(u, &[seconds(300), ZERO]))
        .keepalive(pick(u, &[None, Some(seconds(20))]))
        .immediate_send(flag(u))
        .flush_reported(flag(u))
        .max_sessions(pick(u, &[1024, 1, 2]))
        .max_outgoing(pick(u, &[1024, 2]))
        .max_unreported(pick(u, &[1024, 1]))
        .max_incoming(pick(u, &[64, 2, 0]))
        .max_holes(pick(u, &[64, 1, 0]))
        .max_events(pick(u, &[1024, 1, 8]))
        .max_event_octets(pick(u, &[1 << 20, 1, 3000]))
        .max_answers(pick(u, &[4096, 1, 4]))
        .max_held(pick(u, &[1 << 20, 10, 3000]))
        .max_remembered(pick(u, &[256, 0, 1]))
        .body_window(pick(u, &[64 * 1024, 4096]))
        .session_requests(below(u, 4) == 1)
        .request_timeout(pick(u, &[seconds(5), ZERO]))
        .matching(pick(u, &[Matching::Exact, Matching::SessionId]))
        .aborted_timeout(pick(u, &[seconds(30), ZERO]))
        .methods(pick(u, &DECLARED).iter().cloned())
        .max_requests(pick(u, &[64, 1, 0]))
        .respond_timeout(pick(u, &[seconds(30), ZERO]))
}

/// What the application answers besides SEND and REPORT.
const DECLARED: [&[Method]; 3] = [&[], &[Method::Nickname], &[Method::Nickname, Method::Auth]];

fn plan(u: &mut Unstructured<'_>) -> Plan {
    let mut sides = [side(u), side(u)];
    let kind = below(u, 8);
    if let Some(side) = sides.get_mut(kind) {
        let fault = if flag(u) { Fault::Cut } else { Fault::Silence };
        side.fault = Some((fault, below(u, 60_000) as u64));
    }
    let messages = (0..1 + below(u, 6)).map(|_| message(u)).collect();
    let ends = (0..below(u, 5).saturating_sub(2))
        .map(|_| EndPlan {
            at: below(u, 400) as u64,
            side: side_of(u),
            session: below(u, 2),
            abort: flag(u),
        })
        .collect();
    Plan {
        sides,
        sessions: 1 + below(u, 2),
        events_per_turn: pick(u, &[usize::MAX, 1, 3]),
        messages,
        ends,
    }
}

fn side(u: &mut Unstructured<'_>) -> SidePlan {
    SidePlan {
        chunk_limit: pick(u, &[Some(2048), None, Some(100), Some(10_000)]),
        in_flight: pick(u, &[256, 1, 2, 4]),
        max_events: pick(u, &[1024, 1, 5]),
        max_event_octets: pick(u, &[1 << 20, 1, 3000]),
        body_window: pick(u, &[64 * 1024, 4096]),
        latency: below(u, 50) as u64,
        segments: (1 + below(u, 3000), below(u, 3000)),
        capacity: pick(u, &[usize::MAX, 500, 3000, 20_000]),
        fault: None,
    }
}

fn message(u: &mut Unstructured<'_>) -> MessagePlan {
    let longest = pick(u, &[10, 5000, 50_000]);
    MessagePlan {
        at: below(u, 300) as u64,
        from: side_of(u),
        session: below(u, 2),
        len: below(u, longest),
        body: if flag(u) {
            BodyPlan::Whole
        } else {
            BodyPlan::Streamed {
                known: flag(u),
                part: pick(u, &[1 << 20, 2049, 600]),
                late: flag(u),
            }
        },
        success_report: flag(u),
        failure_report: pick(
            u,
            &[FailureReport::Yes, FailureReport::Partial, FailureReport::No],
        ),
        bulk: pick(u, &[None, Some(true), Some(false)]),
        refuse: pick(u, &[None, None, Some(0), Some(1000), Some(500)]),
        abort: pick(u, &[None, None, None, Some(0), Some(500)]),
    }
}

fn side_of(u: &mut Unstructured<'_>) -> Side {
    if flag(u) { Side::A } else { Side::B }
}

fn pick<T: Copy>(u: &mut Unstructured<'_>, from: &[T]) -> T {
    *u.choose(from).unwrap_or(&from[0])
}

fn below(u: &mut Unstructured<'_>, bound: usize) -> usize {
    u.int_in_range(0..=bound.max(1) - 1).unwrap_or(0)
}

const OTHER: &str = "msrp://a.example.com:7654/other;tcp";
const UNKNOWN: &str = "msrp://nobody.example.com:1234/unknown;tcp";
