//! The heap of a connection that has nothing to do.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_benches::clock;
use msrp_proto::{Config, Connection, MediaType, Message, SessionId};

use crate::meter::Meter;
use crate::peers::{Ends, fresh, hand_in, read, settle};
use crate::table::Table;

/// Connections that share a configuration; the figures are their mean.
const COUNT: usize = 1000;

/// The heap of one with one session, besides the struct.
const LIMIT: u64 = 1024;

/// Both ends, one after the other.
pub(crate) fn measure(table: &mut Table) {
    passive(table);
    active(table);
}

fn passive(table: &mut Table) {
    let now = clock();
    let (mut meter, mut bobs) = (Meter::default(), Vec::with_capacity(COUNT));
    fill(&mut meter, &mut bobs, now);
    table.add("idle: fresh", meter.each(COUNT), "octets");
    for (ends, bob) in &mut bobs {
        meter.on(|| ends.open_passive(bob));
    }
    table.add("idle: passive session", meter.each(COUNT), "octets");
    for (ends, bob) in &mut bobs {
        let binding = ends.binding();
        meter.on(|| hand_in(bob, now, binding.as_bytes()));
    }
    table
        .add("idle: passive session, bound", meter.each(COUNT), "octets")
        .limit(LIMIT);
    for (ends, bob) in &mut bobs {
        let text = ends.text();
        meter.on(|| hand_in(bob, now, text.as_bytes()));
        assert_eq!(bob.stats().messages_received, 1);
    }
    table.add(
        "idle: passive session, a text received",
        meter.each(COUNT),
        "octets",
    );
}

fn active(table: &mut Table) {
    let now = clock();
    let (mut meter, mut alices) = (Meter::default(), Vec::with_capacity(COUNT));
    fill(&mut meter, &mut alices, now);
    let mut sessions = Vec::with_capacity(COUNT);
    for (ends, alice) in &mut alices {
        sessions.push(meter.on(|| ends.open_active(alice)));
    }
    table.add("idle: active session", meter.each(COUNT), "octets");
    for (ends, alice) in &mut alices {
        exchange(&mut meter, ends, alice, now);
    }
    for ((_, alice), session) in alices.iter_mut().zip(&sessions) {
        assert!(alice.session(*session).expect("an open session").is_bound());
    }
    table
        .add("idle: active session, bound", meter.each(COUNT), "octets")
        .limit(LIMIT);
    for ((ends, alice), session) in alices.iter_mut().zip(&sessions) {
        meter.on(|| send(alice, *session));
        exchange(&mut meter, ends, alice, now);
        assert_eq!(alice.stats().messages_sent, 1);
    }
    table.add("idle: active session, a text sent", meter.each(COUNT), "octets");
}

fn fill(meter: &mut Meter, connections: &mut Vec<(Ends, Connection)>, now: Instant) {
    let config = Arc::new(Config::default());
    for number in 0..COUNT {
        let connection = meter.on(|| fresh(&config, now));
        connections.push((Ends::numbered(number), connection));
    }
}

/// The one request that Alice has to make, and Bob's answer to it.
fn exchange(meter: &mut Meter, ends: &Ends, alice: &mut Connection, now: Instant) {
    let request = meter.on(|| {
        while alice.poll_event().is_some() {}
        alice.poll_transmit(now)
    });
    let request = request.expect("a request");
    let answer = ends.ok(&request);
    meter.on(|| {
        drop(request);
        alice.handle_input(now, read(answer.as_bytes()));
        settle(alice, now);
    });
    assert!(!alice.wants_transmit() && alice.poll_event().is_none());
}

fn send(alice: &mut Connection, session: SessionId) {
    let text = MediaType::new("text", "plain").expect("a type");
    let body = Bytes::from(vec![b'x'; 80]);
    let mut session = alice.session(session).expect("an open session");
    session
        .send(Message::new(text, body))
        .expect("room for a message");
}
