//! Two connections with relays between them.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;

use super::pair::{Side, epoch};
use super::pipe::Pipe;
use super::random::Random;
use super::relay::{HopId, Neighbour, Relay, RelayOptions};
use crate::config::{Config, Link, Role, SessionConfig, Terms};
use crate::connection::Connection;
use crate::error::LinkError;
use crate::event::{Event, SessionId};
use crate::ids::Seed;
use crate::time::Instant;
use crate::wire::{MsrpUri, Path, Scheme, UriRef};

/// Two connections, A and B, a line of relays between them, the octets on their way over each hop, and a clock.
/// All choices come from one seed.
///
/// Whose relay a relay is depends on who asks it for a URI: with two of them, each of A and B can have one, or
/// one of them both.
///
/// Nothing happens by itself: [`Network::run`] lets everything happen that can happen now, and
/// [`Network::step`] and [`Network::advance`] move the clock to the next moment at which something is due.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use msrp_proto::test_util::{Network, Pipe, RelayOptions, Side};
/// use msrp_proto::{Config, Event, IncomingEvent, MediaType, Message};
///
/// let config = Arc::new(Config::default());
/// // Each side has a relay; that of A cuts messages into chunks of 1 to 10 octets.
/// let relays = [RelayOptions::new().chunk_sizes(1..=10), RelayOptions::new()];
/// let mut network = Network::new([config.clone(), config], relays, 1);
/// network.set_pipe(1, Side::B, Pipe::new(1).latency(Duration::from_millis(20)));
/// let [session, _] = network.open_session([1, 1]);
///
/// let hello = Message::new(MediaType::new("text", "plain")?, "Hello Bob, this is Alice");
/// network.connection(Side::A).session(session).unwrap().send(hello)?;
/// let mut arrived = 0;
/// network.advance(Duration::from_secs(1), |side, _, event| {
///     if let (Side::B, Event::Incoming(_, IncomingEvent::Finished { len, .. })) = (side, event) {
///         arrived += len;
///     }
/// });
/// assert_eq!(arrived, 24);
/// assert!(network.relay(0).counts().sends_forwarded > 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Network {
    ends: [Connection; 2],
    relays: Vec<Relay>,
    /// From A to B.
    hops: Vec<Hop>,
    now: Instant,
    random: Random,
}

#[derive(Debug)]
struct Hop {
    /// Towards A, towards B.
    ports: [Port; 2],
    /// What each of them sends.
    ways: [Way; 2],
}

/// One end of a hop.
#[derive(Clone, Copy, Debug)]
enum Port {
    End(Side),
    Relay(usize, HopId),
}

struct Way {
    /// Handed out, not yet accepted by the pipe.
    pending: Bytes,
    pipe: Pipe,
    /// The receiver was told that nothing more comes.
    told: bool,
}

impl Network {
    /// Two connections over TLS, A and B, of a configuration each, and so many relays as there are options, the
    /// first one next to A.
    ///
    /// # Panics
    ///
    /// Without any relay: that is a [`Pair`](super::Pair).
    pub fn new(configs: [Arc<Config>; 2], relays: impl IntoIterator<Item = RelayOptions>, seed: u64) -> Self {
        let now = epoch();
        let mut random = Random::new(seed);
        let ends = configs.map(|config| {
            let mut octets = [0; 32];
            random.fill(&mut octets);
            Connection::new(config, Link::tls(), now, Seed::new(octets))
        });
        let relays = relays.into_iter().enumerate();
        let relays: Vec<_> = relays
            .map(|(at, options)| Relay::new(Self::relay_uri(at), options, random.number()))
            .collect();
        assert!(!relays.is_empty(), "a network has relays");
        let mut network = Self {
            ends,
            relays,
            hops: Vec::new(),
            now,
            random,
        };
        for at in 0..=network.relays.len() {
            network.connect(at);
        }
        network
    }

    /// The URI, without a session-id, at which a side is.
    pub fn uri(side: Side) -> MsrpUri {
        let (host, port) = match side {
            Side::A => ("a.example.com", 7654),
            Side::B => ("b.example.com", 12763),
        };
        let uri = MsrpUri::build(Scheme::Msrps, host).port(port).finish();
        uri.expect("a legal URI")
    }

    /// The URI, without a session-id, of a relay, counted from 0 at A.
    pub fn relay_uri(relay: usize) -> MsrpUri {
        let host = format!("r{}.example.com", relay + 1);
        let uri = MsrpUri::build(Scheme::Msrps, host.as_str()).port(9000).finish();
        uri.expect("a legal URI")
    }

    /// A URI of a side for a new session.
    pub fn session_uri(&mut self, side: Side) -> MsrpUri {
        let uri = Self::uri(side).with_random_session(|octets| self.random.fill(octets));
        uri.expect("room for a session-id")
    }

    /// Lets so many relays, beginning with the next one, each give a side a URI, as if it had been authorised by
    /// them one after the other: what stands at the front of its To-Path (RFC 4976 §5.1). They are good for an
    /// hour. `own` is the session's URI.
    pub fn grant(&mut self, side: Side, own: &MsrpUri, relays: usize) -> Vec<MsrpUri> {
        let mut path: Vec<MsrpUri> = Vec::new();
        for at in 0..relays {
            let (relay, hop) = match side {
                Side::A => (at, self.hops[at].ports[1]),
                Side::B => (
                    self.relays.len() - 1 - at,
                    self.hops[self.relays.len() - at].ports[0],
                ),
            };
            let Port::Relay(_, hop) = hop else {
                panic!("too few relays")
            };
            let from = path_of(path.iter().rev().chain([own]));
            let use_path = self.relays[relay].grant(self.now, hop, from.as_ref(), HOUR);
            path = use_path.iter().map(UriRef::to_uri).collect();
        }
        path
    }

    /// Opens a session between the two, A active, both accepting everything, with so many relays for each,
    /// granted as by [`Network::grant`]. What is neither's is no way for them.
    pub fn open_session(&mut self, relays: [usize; 2]) -> [SessionId; 2] {
        let own = [self.session_uri(Side::A), self.session_uri(Side::B)];
        let [a, b] = [Side::A, Side::B].map(|side| {
            let uri = &own[side as usize];
            let mut path = self.grant(side, uri, relays[side as usize]);
            path.push(uri.clone());
            path
        });
        // The own URI is left out of the own half of the way, relays and all of the peer's half are there.
        let way = |near: &[MsrpUri], far: &[MsrpUri]| {
            let near = near.split_last().map_or(near, |(_, relays)| relays);
            let (target, relays) = far.split_last().expect("at least its own URI");
            path_of(near.iter().chain(relays.iter().rev()).chain([target]))
        };
        let ways = [
            (Side::A, Role::Active, way(&a, &b)),
            (Side::B, Role::Passive, way(&b, &a)),
        ];
        ways.map(|(side, role, way)| {
            let session = SessionConfig::new(own[side as usize].clone(), role, Terms::new(way));
            let opened = self.ends[side as usize].open(session);
            opened.expect("an open connection")
        })
    }

    /// Replaces the pipe that carries over a hop what goes towards a side. Hops are counted from 0 at A.
    pub fn set_pipe(&mut self, hop: usize, towards: Side, pipe: Pipe) {
        self.hops[hop].ways[towards.other() as usize].pipe = pipe;
    }

    /// The pipe that carries over a hop what goes towards a side.
    pub fn pipe(&self, hop: usize, towards: Side) -> &Pipe {
        &self.hops[hop].ways[towards.other() as usize].pipe
    }

    /// How many hops there are: one more than relays.
    pub fn hop_count(&self) -> usize {
        self.hops.len()
    }

    /// One of the connections.
    pub fn connection(&mut self, side: Side) -> &mut Connection {
        &mut self.ends[side as usize]
    }

    /// One of the relays, counted from 0 at A.
    pub fn relay(&mut self, relay: usize) -> &mut Relay {
        &mut self.relays[relay]
    }

    /// The time.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Lets everything happen that can happen without time passing. `application` gets the events.
    ///
    /// # Panics
    ///
    /// If that does not come to an end within 100 million turns.
    pub fn run(&mut self, mut application: impl FnMut(Side, &mut Connection, Event)) {
        for _ in 0..100_000_000 {
            let mut progress = false;
            for side in [Side::A, Side::B] {
                let connection = self.connection(side);
                while let Some(event) = connection.poll_event() {
                    progress = true;
                    application(side, connection, event);
                }
            }
            for hop in 0..self.hops.len() {
                for from in [Side::A, Side::B] {
                    progress |= self.carry(hop, from);
                }
            }
            if !progress {
                return;
            }
        }
        panic!("the network does not come to rest");
    }

    /// Moves the clock to the next moment at which something is due, and lets everything happen that can happen
    /// then. `false`: nothing is due any more.
    pub fn step(&mut self, mut application: impl FnMut(Side, &mut Connection, Event)) -> bool {
        self.run(&mut application);
        let Some(due) = self.next_due() else {
            return false;
        };
        self.now = self.now.max(due);
        let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= self.now);
        for connection in &mut self.ends {
            if is_due(connection.poll_timeout()) {
                connection.handle_timeout(self.now);
                assert!(
                    !is_due(connection.poll_timeout()),
                    "a timeout that was handled is still due"
                );
            }
        }
        for relay in &mut self.relays {
            if is_due(relay.poll_timeout()) {
                relay.handle_timeout(self.now);
            }
        }
        self.run(&mut application);
        true
    }

    /// Moves the clock forward by `time`, and lets everything happen that is due until then.
    pub fn advance(&mut self, time: Duration, mut application: impl FnMut(Side, &mut Connection, Event)) {
        let until = self.now + time;
        self.run(&mut application);
        while self.next_due().is_some_and(|due| due <= until) {
            self.step(&mut application);
        }
        self.now = until;
    }

    /// The next moment at which something is due.
    pub fn next_due(&self) -> Option<Instant> {
        let ends = self.ends.iter().filter_map(Connection::poll_timeout);
        let relays = self.relays.iter().filter_map(Relay::poll_timeout);
        let ways = self.hops.iter().flat_map(|hop| &hop.ways);
        // What has arrived and was not read is not wanted, now or ever.
        let arrivals = ways
            .filter_map(|way| way.pipe.arrival())
            .filter(|arrival| *arrival > self.now);
        ends.chain(relays).chain(arrivals).min()
    }

    /// Puts the hop in front of a relay, or of B.
    fn connect(&mut self, at: usize) {
        let count = self.relays.len();
        let uri_of = |node: Option<usize>, side| match node.filter(|node| *node < count) {
            Some(relay) => Neighbour::Relay(Self::relay_uri(relay)),
            None => Neighbour::Client(Self::uri(side)),
        };
        let before = match at.checked_sub(1) {
            None => Port::End(Side::A),
            Some(relay) => Port::Relay(relay, self.relays[relay].connect(uri_of(Some(at), Side::B))),
        };
        let behind = match self.relays.get_mut(at) {
            None => Port::End(Side::B),
            Some(relay) => Port::Relay(at, relay.connect(uri_of(at.checked_sub(1), Side::A))),
        };
        let ways = [(); 2].map(|()| Way {
            pending: Bytes::new(),
            pipe: Pipe::new(self.random.number()),
            told: false,
        });
        self.hops.push(Hop {
            ports: [before, behind],
            ways,
        });
    }

    /// One turn over a hop, from the port that is towards a side. `false`: nothing happened.
    fn carry(&mut self, hop: usize, from: Side) -> bool {
        let now = self.now;
        let (sender, receiver) = (
            self.hops[hop].ports[from as usize],
            self.hops[hop].ports[from.other() as usize],
        );
        let mut progress = false;
        if self.hops[hop].ways[from as usize].pending.is_empty() {
            let octets = self.poll_transmit(sender);
            self.hops[hop].ways[from as usize].pending = octets.unwrap_or_default();
        }
        let is_closed = self.is_closed(sender);
        let way = &mut self.hops[hop].ways[from as usize];
        progress |= way.pipe.write(now, &mut way.pending) > 0;
        if !way.pending.is_empty() && way.pipe.is_broken() && way.told {
            // The receiver is gone, and what is left for it can not be written.
            way.pending.clear();
            self.handle_failure(sender);
        }
        if !self.wants_input(receiver) {
            return progress;
        }
        let way = &mut self.hops[hop].ways[from as usize];
        if let Some(segment) = way.pipe.read(now) {
            self.handle_input(receiver, segment);
            return true;
        }
        if way.told {
            return progress;
        }
        if way.pipe.is_broken() {
            way.told = true;
            self.handle_failure(receiver);
            progress = true;
        } else if is_closed && way.pending.is_empty() && way.pipe.queued() == 0 {
            way.told = true;
            self.handle_eof(receiver);
            progress = true;
        }
        progress
    }

    fn poll_transmit(&mut self, port: Port) -> Option<Bytes> {
        match port {
            Port::End(side) => self.ends[side as usize].poll_transmit(self.now),
            Port::Relay(relay, hop) => self.relays[relay].poll_transmit(self.now, hop),
        }
    }

    fn wants_input(&self, port: Port) -> bool {
        match port {
            Port::End(side) => self.ends[side as usize].wants_input(),
            Port::Relay(relay, hop) => !self.relays[relay].is_closed(hop),
        }
    }

    fn is_closed(&self, port: Port) -> bool {
        match port {
            Port::End(side) => self.ends[side as usize].is_closed(),
            Port::Relay(relay, hop) => self.relays[relay].is_closed(hop),
        }
    }

    fn handle_input(&mut self, port: Port, octets: Bytes) {
        match port {
            Port::End(side) => self.ends[side as usize].handle_input(self.now, octets),
            Port::Relay(relay, hop) => self.relays[relay].handle_input(self.now, hop, octets),
        }
    }

    fn handle_eof(&mut self, port: Port) {
        match port {
            Port::End(side) => self.ends[side as usize].handle_eof(self.now),
            Port::Relay(relay, hop) => self.relays[relay].handle_eof(hop),
        }
    }

    fn handle_failure(&mut self, port: Port) {
        match port {
            Port::End(side) => self.ends[side as usize].handle_failure(self.now, LinkError::Reset),
            Port::Relay(relay, hop) => self.relays[relay].handle_eof(hop),
        }
    }
}

const HOUR: Duration = Duration::from_secs(3600);

fn path_of<'a>(uris: impl IntoIterator<Item = &'a MsrpUri>) -> Path {
    Path::from_uris(uris.into_iter().map(MsrpUri::as_ref)).expect("a few URIs")
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("pending", &self.pending.len())
            .field("pipe", &self.pipe)
            .field("told", &self.told)
            .finish()
    }
}
