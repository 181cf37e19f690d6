//! The sending end, and both ends together.

use core::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{
    Body, Config, Connection, Event, Link, MediaType, Message, OutgoingEvent, Role, Seed, SessionConfig,
    SessionId, Terms,
};

use crate::receive::Tally;
use crate::streams::{ALICE, BOB};

/// Where the octets of a message are when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In memory, handed over as a whole.
    Memory,
    /// Elsewhere, handed over when asked for.
    Streamed,
}

/// Alice: a connection that she has made to Bob, with one session.
///
/// # Panics
///
/// Never: a fresh connection has room for a session.
pub fn alice(config: &Arc<Config>, now: Instant) -> (Connection, SessionId) {
    let mut alice = Connection::new(config.clone(), Link::tcp(), now, Seed::new([1; 32]));
    let (local, peer): (MsrpUri, Path) = (ALICE.parse().expect("a URI"), BOB.parse().expect("a path"));
    let session = SessionConfig::new(local, Role::Active, Terms::new(peer));
    let session = alice.open(session).expect("room for a session");
    (alice, session)
}

/// Queues a message of those octets.
///
/// # Panics
///
/// If the connection does not take it.
pub fn queue(connection: &mut Connection, session: SessionId, octets: &Bytes, source: Source) {
    let octet_stream = MediaType::new("application", "octet-stream").expect("a type");
    let body = match source {
        Source::Memory => Body::from(octets.clone()),
        Source::Streamed => Body::streamed(Some(octets.len() as u64)),
    };
    let mut session = connection.session(session).expect("an open session");
    session
        .send(Message::new(octet_stream, body))
        .expect("room for a message");
}

/// Sends all that is queued, to nobody: events are taken first, then a buffer. Returns how many octets.
#[inline(never)] // so that profiles show it
pub fn send(connection: &mut Connection, now: Instant, octets: &Bytes) -> u64 {
    let mut sent = 0;
    loop {
        while let Some(event) = connection.poll_event() {
            supply(connection, octets, &event);
        }
        match connection.poll_transmit(now) {
            Some(out) => sent += black_box(out).len() as u64,
            None => return sent,
        }
    }
}

/// Lets Alice and Bob talk until neither has anything to say: each buffer is handed over before the next one is
/// made. Returns what Bob received.
#[inline(never)]
pub fn pair(alice: &mut Connection, bob: &mut Connection, now: Instant, octets: &Bytes) -> Tally {
    let mut tally = Tally::default();
    loop {
        while let Some(event) = alice.poll_event() {
            supply(alice, octets, &event);
            tally.note(&event);
        }
        let out = alice.poll_transmit(now);
        let idle = out.is_none();
        if let Some(out) = out {
            bob.handle_input(now, out);
        }
        while let Some(event) = bob.poll_event() {
            tally.note(&event);
            black_box(event);
        }
        while let Some(out) = bob.poll_transmit(now) {
            tally.answers += out.len() as u64;
            alice.handle_input(now, out);
        }
        if idle && !alice.wants_transmit() {
            return tally;
        }
    }
}

/// Hands over the octets that an event asks for.
///
/// # Panics
///
/// If the connection does not take them.
pub fn supply(connection: &mut Connection, octets: &Bytes, event: &Event) {
    if let Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) = event
        && let Some(mut message) = connection.outgoing(*id)
    {
        let start = *offset as usize;
        let part = octets.slice(start..(start + max).min(octets.len()));
        message.write(part).expect("what was asked for");
    }
}
