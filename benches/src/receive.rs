//! The receiving end: octets in, events and answers out.

use core::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_proto::wire::{Decoder, Item, Limits, MsrpUri, Path};
use msrp_proto::{
    Config, Connection, Event, Inbox, IncomingEvent, Link, OutgoingEvent, Role, Seed, SessionConfig, Terms,
};

use crate::send::{self, Source};
use crate::streams::{ALICE, Stream, octets, session_uri};

/// What came of receiving.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Octets of body in events.
    pub body: u64,
    /// Messages whole.
    pub messages: usize,
    /// Octets of answers.
    pub answers: u64,
    /// Messages of the own that have their outcome.
    pub completed: usize,
}

/// Bob: a connection that a peer has made, with so many sessions.
///
/// # Panics
///
/// If the configuration does not allow so many sessions.
pub fn bob(config: &Arc<Config>, sessions: usize, now: Instant) -> Connection {
    let mut bob = Connection::new(config.clone(), Link::tcp(), now, Seed::new([2; 32]));
    for index in 0..sessions {
        bob.open(passive(&session_uri(index, sessions)))
            .expect("room for a session");
    }
    bob
}

/// Alice, who has sent a message in so many chunks, and the responses to them that are on their way to her.
///
/// # Panics
///
/// If what she sends cannot be decoded.
pub fn awaiting_responses(chunks: usize, now: Instant) -> (Connection, Stream) {
    let (mut alice, _) = sending(chunks, now);
    let (mut decoder, mut ids) = (Decoder::new(Limits::default()), Vec::new());
    while let Some(mut out) = alice.poll_transmit(now) {
        while let Some(item) = decoder.decode(&mut out).expect("a legal stream") {
            if let Item::Head(head) = item {
                ids.push(head.transaction_id().to_string());
            }
        }
    }
    while alice.poll_event().is_some() {}
    (alice, Stream::responses(&ids))
}

/// Another Alice like that one, whom the same responses are for: her identifiers come from the same seed.
pub fn awaiting_again(chunks: usize, now: Instant) -> Connection {
    let (mut alice, octets) = sending(chunks, now);
    send::send(&mut alice, now, &octets);
    alice
}

fn sending(chunks: usize, now: Instant) -> (Connection, Bytes) {
    let config = Arc::new(Config::default().chunk_limit(Some(64)).in_flight(chunks));
    let (mut alice, session) = send::alice(&config, now);
    let octets = Bytes::from(octets(9, 64 * chunks));
    send::queue(&mut alice, session, &octets, Source::Memory);
    (alice, octets)
}

/// The session of Bob at that URI.
///
/// # Panics
///
/// If it is no URI.
pub fn passive(local: &str) -> SessionConfig {
    let (local, peer): (MsrpUri, Path) = (local.parse().expect("a URI"), ALICE.parse().expect("a path"));
    SessionConfig::new(local, Role::Passive, Terms::new(peer))
}

/// Receives reads one after the other: after each, all events are taken, then all that is to be transmitted.
#[inline(never)] // so that profiles show it
pub fn receive(connection: &mut Connection, now: Instant, reads: impl Iterator<Item = Bytes>) -> Tally {
    let mut tally = Tally::default();
    for read in reads {
        connection.handle_input(now, read);
        while let Some(event) = connection.poll_event() {
            tally.note(&event);
            black_box(event);
        }
        tally.answers += transmit(connection, now);
    }
    tally
}

/// Receives whole messages.
#[inline(never)]
pub fn inbox(
    connection: &mut Connection,
    inbox: &mut Inbox,
    now: Instant,
    reads: impl Iterator<Item = Bytes>,
) -> Tally {
    let mut tally = Tally::default();
    for read in reads {
        connection.handle_input(now, read);
        while let Some(mut event) = connection.poll_event() {
            if let Some(message) = inbox.on(connection, &mut event) {
                tally.messages += 1;
                tally.body += black_box(message.body).len() as u64;
            }
        }
        tally.answers += transmit(connection, now);
    }
    tally
}

fn transmit(connection: &mut Connection, now: Instant) -> u64 {
    let mut octets = 0;
    while let Some(out) = connection.poll_transmit(now) {
        octets += black_box(out).len() as u64;
    }
    octets
}

impl Tally {
    /// Counts what an event tells.
    ///
    /// # Panics
    ///
    /// If it tells of a failure.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::Incoming(_, IncomingEvent::Data { data, .. }) => self.body += data.len() as u64,
            Event::Incoming(_, IncomingEvent::Finished { .. }) => self.messages += 1,
            Event::Incoming(_, IncomingEvent::Aborted(why)) => panic!("{why}"),
            Event::Outgoing(_, OutgoingEvent::Completed) => self.completed += 1,
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
            Event::ConnectionLost(why) => panic!("{why}"),
            _ => {}
        }
    }
}
