//! Two connections that talk to each other.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;

use super::pipe::Pipe;
use crate::config::{Config, Link, Role, SessionConfig, Terms};
use crate::connection::Connection;
use crate::error::LinkError;
use crate::event::{Event, SessionId};
use crate::ids::Seed;
use crate::time::Instant;
use crate::wire::{MsrpUri, Path};

/// A moment for the clock of a test to start at. Nothing depends on which it is.
pub fn epoch() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "there is no other way to get a first Instant"
    )]
    Instant::now()
}

/// One of the two ends of a [`Pair`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The end that connected.
    A,
    /// The end that was connected to.
    B,
}

impl Side {
    /// The other end.
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Two connections, the octets on their way between them, and a clock.
///
/// Nothing happens by itself: [`Pair::run`] lets everything happen that can happen now, and
/// [`Pair::advance`] moves the clock from one moment to the next at which something is due.
#[derive(Debug)]
pub struct Pair {
    ends: [End; 2],
    now: Instant,
    link: Link,
    /// Events go to the application only up to this many per turn, so that input finds queues full.
    events_per_turn: usize,
}

struct End {
    connection: Connection,
    /// Handed out, not yet accepted by the pipe.
    pending: Bytes,
    /// To the other end.
    pipe: Pipe,
    /// The other end was told that nothing more comes.
    told: bool,
}

impl Pair {
    /// Two connections of that configuration, over TCP.
    pub fn new(config: &Arc<Config>) -> Self {
        Self::with_configs([config.clone(), config.clone()])
    }

    /// Two connections, A and B, of a configuration each, over TCP.
    pub fn with_configs(configs: [Arc<Config>; 2]) -> Self {
        Self::with_link(configs, Link::tcp())
    }

    /// Two connections, A and B, of a configuration each, over a link of that kind.
    pub fn with_link(configs: [Arc<Config>; 2], link: Link) -> Self {
        let start = epoch();
        let [a, b] = configs;
        let end = |config, seed: u8| End {
            connection: Connection::new(config, link, start, Seed::new([seed; 32])),
            pending: Bytes::new(),
            pipe: Pipe::new(u64::from(seed)).whole(link.max_len().is_some()),
            told: false,
        };
        Self {
            ends: [end(a, 1), end(b, 2)],
            now: start,
            link,
            events_per_turn: usize::MAX,
        }
    }

    /// Replaces the pipe that carries what a side sends.
    pub fn set_pipe(&mut self, from: Side, pipe: Pipe) {
        self.ends[from as usize].pipe = pipe.whole(self.link.max_len().is_some());
    }

    /// Lets the application take at most so many events at a time, at least one.
    pub fn set_events_per_turn(&mut self, events: usize) {
        self.events_per_turn = events.max(1);
    }

    /// Opens a session between the two, A active, both accepting everything.
    pub fn open_session(&mut self) -> [SessionId; 2] {
        let [a, b] = [Self::uri(Side::A), Self::uri(Side::B)];
        let session = |local: &MsrpUri, remote: &MsrpUri, role| {
            SessionConfig::new(local.clone(), role, Terms::new(Path::from(remote.clone())))
        };
        let first = self.connection(Side::A).open(session(&a, &b, Role::Active));
        let second = self.connection(Side::B).open(session(&b, &a, Role::Passive));
        [
            first.expect("a fresh connection"),
            second.expect("a fresh connection"),
        ]
    }

    /// The URI by which [`Pair::open_session`] knows a side.
    pub fn uri(side: Side) -> MsrpUri {
        let text = match side {
            Side::A => "msrp://a.example.com:7654/jshA7weztas;tcp",
            Side::B => "msrp://b.example.com:12763/kjhd37s2s20w2a;tcp",
        };
        text.parse().expect("a legal URI")
    }

    /// One of the connections.
    pub fn connection(&mut self, side: Side) -> &mut Connection {
        &mut self.ends[side as usize].connection
    }

    /// The pipe that carries what a side sends.
    pub fn pipe(&self, from: Side) -> &Pipe {
        &self.ends[from as usize].pipe
    }

    /// Octets that a side has handed out and its pipe has not accepted.
    pub fn pending(&self, from: Side) -> usize {
        self.ends[from as usize].pending.len()
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
            let a = self.turn(Side::A, &mut application);
            let b = self.turn(Side::B, &mut application);
            if !a && !b {
                return;
            }
        }
        panic!("the pair does not come to rest");
    }

    /// Moves the clock forward by `time`, and lets everything happen that is due until then.
    pub fn advance(&mut self, time: Duration, mut application: impl FnMut(Side, &mut Connection, Event)) {
        let until = self.now + time;
        self.run(&mut application);
        while let Some(due) = self.next_due().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            for end in &mut self.ends {
                if end.connection.poll_timeout().is_some_and(|due| due <= self.now) {
                    end.connection.handle_timeout(self.now);
                    let next = end.connection.poll_timeout();
                    assert!(
                        next.is_none_or(|next| next > self.now),
                        "a timeout that was handled is still due"
                    );
                }
            }
            self.run(&mut application);
        }
        self.now = until;
    }

    /// The next moment at which something is due.
    pub fn next_due(&self) -> Option<Instant> {
        let due = |end: &End| {
            end.connection
                .poll_timeout()
                .into_iter()
                .chain(end.pipe.arrival())
                .min()
        };
        self.ends.iter().filter_map(due).min()
    }

    /// One turn of a driver. `false`: nothing happened.
    fn turn(&mut self, side: Side, application: &mut impl FnMut(Side, &mut Connection, Event)) -> bool {
        let [a, b] = &mut self.ends;
        let (end, peer) = if side == Side::A { (a, b) } else { (b, a) };
        let connection = &mut end.connection;
        let mut progress = false;
        for _ in 0..self.events_per_turn {
            let Some(event) = connection.poll_event() else {
                break;
            };
            progress = true;
            application(side, connection, event);
        }
        if end.pending.is_empty() {
            let wanted = connection.wants_transmit();
            end.pending = connection.poll_transmit(self.now).unwrap_or_default();
            assert_eq!(wanted, !end.pending.is_empty(), "wants_transmit is exact");
        }
        progress |= end.pipe.write(self.now, &mut end.pending) > 0;
        if !end.pending.is_empty() && end.pipe.is_broken() && peer.told {
            // The peer is gone, and what is left for it can not be written.
            end.pending.clear();
            connection.handle_failure(self.now, LinkError::Reset);
        }
        if connection.wants_input() {
            if let Some(segment) = peer.pipe.read(self.now) {
                connection.handle_input(self.now, segment);
                progress = true;
            } else if peer.pipe.is_broken() && !peer.told {
                peer.told = true;
                connection.handle_failure(self.now, LinkError::Reset);
                progress = true;
            } else if peer.connection.is_closed()
                && peer.pending.is_empty()
                && peer.pipe.queued() == 0
                && !peer.told
            {
                peer.told = true;
                connection.handle_eof(self.now);
                progress = true;
            }
        }
        progress
    }
}

impl fmt::Debug for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("End")
            .field("connection", &self.connection)
            .field("pending", &self.pending.len())
            .field("pipe", &self.pipe)
            .field("told", &self.told)
            .finish()
    }
}
