//! Content over two connections that talk to each other, through the public API of all crates.

mod chunks;
mod composing;
mod multiparts;
mod notifications;
mod octets;

use std::sync::Arc;

use bytes::Bytes;
use msrp_cpim::{Address, DateTime, Message as Cpim, MessageBuilder};
use msrp_multipart::{Entity, MediaRanges, MediaType};
use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::wire::{Path, StatusCode};
use msrp_proto::{
    Config, Direction, Event, Inbox, IncomingEvent, Message, OutgoingEvent, OutgoingId, Received, Role,
    SendErrorReason, SendFailure, SessionConfig, SessionId, Terms,
};

/// A session between A, which connected, and B.
struct Talk {
    pair: Pair,
    sessions: [SessionId; 2],
    inboxes: [Inbox; 2],
    /// Whole messages, in the order in which they were completed.
    received: Vec<(Side, Received)>,
    /// What became of messages that were sent.
    outcomes: Vec<((Side, OutgoingId), Result<(), SendFailure>)>,
    /// Success reports, to whom and about which message.
    reported: Vec<((Side, OutgoingId), StatusCode)>,
    /// Each event of a message being received, as it was told.
    incoming: Vec<(Side, IncomingEvent)>,
}

impl Talk {
    /// A session of which both sides accept everything, B having been heard of by A and A by B.
    fn new() -> Self {
        Self::with(Config::default(), "*", Pipe::new(1))
    }

    /// A session that is bound. B takes these types, which A does not know of; `pipe` carries what A sends.
    fn with(config: Config, accepted: &str, pipe: Pipe) -> Self {
        let mut pair = Pair::new(&Arc::new(config));
        pair.set_pipe(Side::A, pipe);
        let accepted = MediaRanges::parse(accepted.as_bytes()).unwrap();
        let sessions = [(Side::A, Role::Active), (Side::B, Role::Passive)].map(|(side, role)| {
            let mut session = SessionConfig::new(Pair::uri(side), role, terms(side));
            if side == Side::B {
                session = session.accepts(accepted.clone());
            }
            pair.connection(side).open(session).unwrap()
        });
        let mut talk = Self {
            pair,
            sessions,
            // Room for the largest message of these tests.
            inboxes: [(); 2].map(|()| Inbox::new(16 << 20, 32 << 20)),
            received: Vec::new(),
            outcomes: Vec::new(),
            reported: Vec::new(),
            incoming: Vec::new(),
        };
        talk.run();
        talk
    }

    /// Agrees upon the direction of messages, as A sees it.
    fn set_direction(&mut self, of_a: Direction) {
        let of_b = match of_a {
            Direction::SendOnly => Direction::RecvOnly,
            Direction::RecvOnly => Direction::SendOnly,
            both => both,
        };
        for (side, direction) in [(Side::A, of_a), (Side::B, of_b)] {
            let terms = terms(side).direction(direction);
            let id = self.sessions[side as usize];
            self.pair.connection(side).session(id).unwrap().update(terms);
        }
    }

    fn send(&mut self, from: Side, message: Message) -> Result<OutgoingId, SendErrorReason> {
        let id = self.sessions[from as usize];
        let mut session = self.pair.connection(from).session(id).unwrap();
        session.send(message).map_err(|error| error.reason)
    }

    /// Lets everything happen that can happen without time passing.
    fn run(&mut self) {
        let Self {
            pair,
            inboxes,
            received,
            outcomes,
            reported,
            incoming,
            ..
        } = self;
        pair.run(|side, connection, mut event| {
            if let Some(message) = inboxes[side as usize].on(connection, &mut event) {
                received.push((side, message));
            }
            match event {
                Event::Outgoing(id, OutgoingEvent::Completed) => outcomes.push(((side, id), Ok(()))),
                Event::Outgoing(id, OutgoingEvent::Failed(why)) => outcomes.push(((side, id), Err(why))),
                Event::Outgoing(id, OutgoingEvent::Reported { status, .. }) => {
                    reported.push(((side, id), status))
                }
                Event::Incoming(_, event) => incoming.push((side, event)),
                _ => {}
            }
        });
    }

    /// Sends a message and gives what the other side makes of it.
    #[track_caller]
    fn deliver(&mut self, from: Side, message: Message) -> Received {
        let id = self.send(from, message).unwrap();
        self.run();
        assert_eq!(self.outcome(from, id), Some(Ok(())));
        let (to, received) = self.received.pop().expect("a message");
        assert_eq!((to, self.received.len()), (from.other(), 0));
        received
    }

    fn outcome(&self, from: Side, id: OutgoingId) -> Option<Result<(), SendFailure>> {
        self.outcomes
            .iter()
            .find(|(other, _)| *other == (from, id))
            .map(|(_, outcome)| *outcome)
    }
}

/// What a side knows of the other from signalling: that it takes any type.
fn terms(side: Side) -> Terms {
    Terms::new(Path::from(Pair::uri(side.other())))
}

#[track_caller]
fn media_type(text: &str) -> MediaType {
    text.parse().unwrap()
}

/// The message of MSRP that carries a message/cpim.
fn carrying(cpim: &Cpim) -> Message {
    Message::new(media_type("message/cpim"), cpim.to_bytes())
}

/// The message of MSRP that carries an entity as it is: its type goes into the head, its body is the body.
fn carrying_entity(entity: &Entity) -> Message {
    Message::new(entity.headers.media_type(), entity.body.clone())
}

fn address(uri: &str) -> Address {
    Address::new(uri).unwrap()
}

/// A message/cpim of Alice to Bob, without its content.
fn from_alice() -> MessageBuilder {
    Cpim::builder()
        .from(address("im:alice@example.com"))
        .to(address("im:bob@example.com"))
        .date_time(DateTime::parse("2026-11-03T10:00:00Z").unwrap())
}

/// The message/cpim that was received.
#[track_caller]
fn cpim(received: &Received) -> Cpim {
    assert!(Cpim::is_cpim(&content_type(received)));
    Cpim::parse_strict(&received.body).unwrap()
}

#[track_caller]
fn content_type(received: &Received) -> MediaType {
    received.head.content_type().unwrap()
}

/// SplitMix64: octets that depend on a seed alone.
struct Random(u64);

impl Random {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn fill(&mut self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(8) {
            let number = self.number().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }

    fn octets(&mut self, len: usize) -> Bytes {
        let mut octets = vec![0; len];
        self.fill(&mut octets);
        octets.into()
    }
}
