//! One side with many connections and a table over them, and its many peers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::wire::{MessageId, MsrpUri, StatusCode};
use msrp_proto::{
    Carry, Config, Connection, Event, Inbox, MediaType, Message, OutgoingEvent, OutgoingId, Received,
    Registration, Role, SessionConfig, SessionEvent, SessionFailure, SessionId, SessionTable, Terms,
};

use crate::random::Random;

pub(crate) struct World {
    random: Random,
    links: Vec<Link>,
    sessions: Vec<Session>,
    shared: Shared,
    sent: u32,
}

/// Whether connections break.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Breaking,
    Mending,
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub queued: usize,
    pub delivered: usize,
    pub completed: usize,
    pub failed: usize,
    pub unknown: usize,
}

/// A connection of a peer (A) to the endpoint (B).
struct Link {
    pair: Pair,
    ends: Ends,
}

/// What the applications at both ends of a connection know.
struct Ends {
    /// The endpoint's name for the connection.
    name: usize,
    inboxes: [Inbox; 2],
    sessions: [BTreeMap<SessionId, usize>; 2],
    outgoing: BTreeMap<(Side, OutgoingId), Letter>,
    lost: [bool; 2],
    /// Sessions that were asked for in vain, and the answer.
    refused: Vec<StatusCode>,
}

/// A session between a peer and the endpoint, over all its replacements.
#[derive(Default)]
struct Session {
    link: usize,
    /// How often it was replaced.
    times: usize,
    ids: [Option<SessionId>; 2],
    registration: Option<Registration>,
    carries: [Option<Carry>; 2],
    /// To be sent, when there is a session.
    queue: [Vec<Letter>; 2],
    /// By Message-ID.
    letters: BTreeMap<String, Letter>,
}

/// The endpoint's table, and what is known of all messages.
#[derive(Default)]
struct Shared {
    table: SessionTable<usize>,
    outcomes: BTreeMap<Letter, Option<bool>>,
    delivered: BTreeSet<Letter>,
}

/// A message. Its content follows from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Letter {
    number: u32,
    session: usize,
    from: Side,
    len: usize,
}

impl Letter {
    fn body(self) -> Vec<u8> {
        let mut body =
            format!("{} {} {:?} {}\n", self.number, self.session, self.from, self.len).into_bytes();
        body.extend_from_slice(&Random(u64::from(self.number)).octets(self.len));
        body
    }

    /// The message that a body says it is; it is as that was sent.
    fn read(body: &[u8]) -> Self {
        let end = body
            .iter()
            .position(|&octet| octet == b'\n')
            .expect("a first line");
        let line = std::str::from_utf8(&body[..end]).expect("text");
        let mut words = line.split(' ');
        let mut word = || words.next().expect("four words");
        let letter = Self {
            number: word().parse().unwrap(),
            session: word().parse().unwrap(),
            from: if word() == "A" { Side::A } else { Side::B },
            len: word().parse().unwrap(),
        };
        assert!(letter.body() == body, "{letter:?} is not intact");
        letter
    }

    fn message(self) -> Message {
        Message::new(MediaType::new("text", "plain").unwrap(), self.body())
            .success_report(self.number.is_multiple_of(3))
    }
}

impl World {
    pub(crate) fn new(seed: u64, links: usize, sessions: usize) -> Self {
        let session = |number| Session {
            link: number % links,
            ..Session::default()
        };
        Self {
            random: Random(seed),
            links: (0..links).map(Link::new).collect(),
            sessions: (0..sessions).map(session).collect(),
            shared: Shared::default(),
            sent: 0,
        }
    }

    /// Opens the sessions that are not open, over connections that stand: new ones where they were lost.
    pub(crate) fn connect(&mut self, phase: Phase) {
        let links = self.links.len();
        for (number, link) in self.links.iter_mut().enumerate() {
            if link.ends.lost == [true; 2] {
                *link = Link::new(link.ends.name + links);
            }
            assert_eq!(link.ends.lost, [false; 2]);
            let mut pipe = |seed| {
                let pipe = Pipe::new(seed)
                    .latency(Duration::from_millis(self.random.below(40) as u64))
                    .segments(1 + self.random.below(700)..=701 + self.random.below(3000));
                let breaks = phase == Phase::Breaking && number.is_multiple_of(3);
                if breaks {
                    pipe.cut(2000 + self.random.below(60_000) as u64)
                } else {
                    pipe
                }
            };
            let pipes = [pipe(number as u64), pipe(number as u64 + 1000)];
            for (side, pipe) in [Side::A, Side::B].into_iter().zip(pipes) {
                link.pair.set_pipe(side, pipe);
            }
        }
        for (number, session) in self.sessions.iter_mut().enumerate() {
            if session.ids[0].is_some() {
                continue;
            }
            session.times += 1;
            let uri = |host| format!("msrp://{host}.example.com:2855/s{number}-{};tcp", session.times);
            let uris = [uri("a"), uri("b")].map(|uri| uri.parse::<MsrpUri>().unwrap());
            let mut config = |side: usize, role| {
                let terms = Terms::new(uris[1 - side].clone().into());
                let config = SessionConfig::new(uris[side].clone(), role, terms);
                match session.carries[side].take() {
                    Some(carry) => {
                        for unconfirmed in carry.unconfirmed() {
                            let letter = session.letters[unconfirmed.message_id().as_str()];
                            session.queue[side].push(letter);
                        }
                        config.replaces(carry)
                    }
                    None => config,
                }
            };
            let (active, passive) = (config(0, Role::Active), config(1, Role::Passive));
            // The peer was lost before it had bound the last one.
            if let Some(unbound) = session.registration.take() {
                self.shared.table.withdraw(unbound);
            }
            session.registration = Some(self.shared.table.expect(passive).unwrap());
            let link = &mut self.links[session.link];
            let id = link.pair.connection(Side::A).open(active).unwrap();
            link.ends.sessions[0].insert(id, number);
            session.ids[0] = Some(id);
        }
        self.run();
    }

    /// Queues so many messages, from either side of any session: most of them short.
    pub(crate) fn send_at_random(&mut self, count: usize) {
        for _ in 0..count {
            let session = self.random.below(self.sessions.len());
            let from = [Side::A, Side::B][self.random.below(2)];
            let longest = [100, 100, 100, 3000, 40_000][self.random.below(5)];
            let letter = Letter {
                number: self.sent,
                session,
                from,
                len: self.random.below(longest),
            };
            self.sent += 1;
            self.shared.outcomes.insert(letter, None);
            self.sessions[session].queue[from as usize].push(letter);
        }
    }

    /// Sends what is queued where there is a session, and lets a minute pass.
    pub(crate) fn run(&mut self) {
        for _ in 0..2 {
            for session in &mut self.sessions {
                session.send(&mut self.links[session.link]);
            }
            for link in &mut self.links {
                link.advance(&mut self.sessions, &mut self.shared);
            }
        }
    }

    /// Peers that ask for a session that another connection has, and for one that there never was.
    pub(crate) fn intrude(&mut self) {
        for (theirs, expected) in [
            ("s0-9", StatusCode::NO_SESSION),
            ("", StatusCode::BOUND_ELSEWHERE),
        ] {
            let name = match theirs {
                "" => format!("s0-{}", self.sessions[0].times),
                name => name.to_owned(),
            };
            let link = &mut self.links[1];
            let theirs = format!("msrp://b.example.com:2855/{name};tcp").parse().unwrap();
            let ours = format!("msrp://intruder.example.com:2855/{name};tcp")
                .parse()
                .unwrap();
            let config = SessionConfig::new(ours, Role::Active, Terms::new(theirs));
            link.pair.connection(Side::A).open(config).unwrap();
            link.advance(&mut self.sessions, &mut self.shared);
            assert_eq!(link.ends.refused.pop(), Some(expected));
        }
    }

    /// Ends everything in order.
    pub(crate) fn close(&mut self) {
        for session in &mut self.sessions {
            let link = &mut self.links[session.link];
            for side in [Side::A, Side::B] {
                let id = session.ids[side as usize].expect("it is open");
                link.pair
                    .connection(side)
                    .session(id)
                    .expect("it is open")
                    .close();
            }
            link.advance_without(session, &mut self.shared);
        }
        for link in &mut self.links {
            for side in [Side::A, Side::B] {
                assert_eq!(link.ends.inboxes[side as usize].octets(), 0);
                link.pair.connection(side).close().expect("no session is left");
            }
            link.advance(&mut self.sessions, &mut self.shared);
            assert_eq!(link.ends.lost, [true; 2]);
            assert!([Side::A, Side::B].map(|side| link.pair.connection(side).is_closed()) == [true; 2]);
        }
        assert!(self.shared.table.is_empty(), "{:?}", self.shared.table);
    }

    pub(crate) fn lost_connections(&self) -> usize {
        self.links
            .iter()
            .filter(|link| link.ends.lost == [true; 2])
            .count()
    }

    pub(crate) fn tally(&self) -> Tally {
        let outcomes = &self.shared.outcomes;
        let count = |outcome| outcomes.values().filter(|found| **found == outcome).count();
        for (letter, outcome) in outcomes {
            // Completed means arrived, whatever was lost afterwards.
            assert!(
                *outcome != Some(true) || self.shared.delivered.contains(letter),
                "{letter:?}"
            );
        }
        Tally {
            queued: outcomes.len(),
            delivered: self.shared.delivered.len(),
            completed: count(Some(true)),
            failed: count(Some(false)),
            unknown: count(None),
        }
    }
}

impl Session {
    fn send(&mut self, link: &mut Link) {
        for side in [Side::A, Side::B] {
            let Some(id) = self.ids[side as usize] else {
                continue;
            };
            let Some(mut session) = link.pair.connection(side).session(id) else {
                continue;
            };
            for letter in self.queue[side as usize].drain(..) {
                let id = MessageId::new(&format!("letter{}", letter.number)).unwrap();
                self.letters.insert(id.as_str().to_owned(), letter);
                let outgoing = session.send(letter.message().message_id(id)).unwrap();
                link.ends.outgoing.insert((side, outgoing), letter);
            }
        }
    }
}

impl Link {
    fn new(name: usize) -> Self {
        let config = Config::default();
        let configs = [config.clone(), config.session_requests(true)];
        Self {
            pair: Pair::with_configs(configs.map(Arc::new)),
            ends: Ends {
                name,
                inboxes: [Inbox::default(), Inbox::default()],
                sessions: Default::default(),
                outgoing: BTreeMap::new(),
                lost: [false; 2],
                refused: Vec::new(),
            },
        }
    }

    fn advance(&mut self, sessions: &mut [Session], shared: &mut Shared) {
        let Self { pair, ends } = self;
        pair.advance(Duration::from_secs(60), |side, connection, event| {
            ends.on(side, connection, event, sessions, shared);
        });
    }

    /// As [`Link::advance`], for events of that session alone.
    fn advance_without(&mut self, session: &mut Session, shared: &mut Shared) {
        let Self { pair, ends } = self;
        pair.run(|side, _, event| match event {
            Event::Session(id, SessionEvent::Closed) => {
                ends.sessions[side as usize].remove(&id);
                if side == Side::B {
                    shared
                        .table
                        .ended(session.registration.take().expect("it is registered"));
                }
            }
            other => panic!("{other:?}"),
        });
    }
}

impl Ends {
    fn on(
        &mut self,
        side: Side,
        connection: &mut Connection,
        mut event: Event,
        sessions: &mut [Session],
        shared: &mut Shared,
    ) {
        let at = side as usize;
        if let Some(received) = self.inboxes[at].on(connection, &mut event) {
            return self.receive(side, &received, shared);
        }
        match event {
            Event::SessionRequested(request) => match shared.table.claim(&self.name, &request) {
                Ok((registration, config)) => {
                    let number = sessions
                        .iter()
                        .position(|it| it.registration == Some(registration));
                    let number = number.expect("it is expected");
                    let id = connection.accept(request, config).expect("it can be accepted");
                    self.sessions[at].insert(id, number);
                    sessions[number].ids[at] = Some(id);
                }
                Err(refusal) => connection.refuse(request, refusal),
            },
            Event::Outgoing(id, OutgoingEvent::Completed) => {
                let letter = self.outgoing.remove(&(side, id)).expect("it was sent");
                shared.outcomes.insert(letter, Some(true));
            }
            Event::Outgoing(id, OutgoingEvent::Failed(_)) => {
                let letter = self.outgoing.remove(&(side, id)).expect("it was sent");
                shared.outcomes.insert(letter, Some(false));
            }
            Event::Session(id, SessionEvent::Failed(why, carry)) => {
                let Some(number) = self.sessions[at].remove(&id) else {
                    let SessionFailure::Refused(status) = why else {
                        panic!("an intruder hears why, not: {why}");
                    };
                    return self.refused.push(status);
                };
                let session = &mut sessions[number];
                session.ids[at] = None;
                session.carries[at] = Some(*carry);
                if side == Side::B {
                    shared
                        .table
                        .ended(session.registration.take().expect("it is registered"));
                }
            }
            Event::ConnectionLost(_) => {
                self.lost[at] = true;
                if side == Side::B {
                    shared.table.lost(&self.name);
                }
            }
            _ => {}
        }
    }

    fn receive(&mut self, side: Side, received: &Received, shared: &mut Shared) {
        let letter = Letter::read(&received.body);
        assert_eq!(letter.from, side.other());
        assert_eq!(self.sessions[side as usize][&received.session], letter.session);
        let is_new = shared.delivered.insert(letter);
        assert_eq!(is_new, !received.head.is_duplicate(), "{letter:?}");
    }
}
