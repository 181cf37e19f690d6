//! When everything is taken out of a connection does not show in what comes later.

use std::sync::Arc;

use bytes::Bytes;
use msrp_proto::test_util::{Pair, Side, epoch};
use msrp_proto::wire::Path;
use msrp_proto::{
    Config, Connection, Event, IncomingEvent, Link, MediaType, Message, Role, Seed, SessionConfig, SessionId,
    Terms,
};

/// Chunks, of which some end messages: draining between them must not show.
const CHUNKS: [(&str, &str, char); 6] = [
    ("aaaa", "1-1/2", '+'),
    ("bbbb", "1-1/2", '+'),
    ("aaaa", "2-2/2", '$'),
    ("bbbb", "2-2/2", '$'),
    ("cccc", "1-1/2", '+'),
    ("dddd", "1-1/2", '+'),
];

#[test]
fn messages_end_in_the_same_order() {
    let ends = |drained: usize| {
        let (mut bob, session) = open(Side::B, Role::Passive);
        let mut ids = Vec::new();
        for (index, (message, range, flag)) in CHUNKS.iter().enumerate() {
            bob.handle_input(epoch(), chunk(message, range, *flag));
            if index + 1 == drained {
                drain(&mut bob, &mut ids);
            }
        }
        bob.session(session).unwrap().abort();
        drain(&mut bob, &mut ids);
        ids
    };
    let whole = ends(0);
    assert!(whole.len() > 8);
    for drained in 1..=CHUNKS.len() {
        assert_eq!(ends(drained), whole, "drained behind {drained}");
    }
}

#[test]
fn identifiers_and_turns_are_the_same() {
    let sent = |drained: bool| {
        let (mut alice, session) = open(Side::A, Role::Active);
        let octet_stream = || MediaType::new("application", "octet-stream").unwrap();
        let send = |alice: &mut Connection, body: Bytes| {
            let message = Message::new(octet_stream(), body);
            alice.session(session).unwrap().send(message).unwrap();
        };
        let mut octets = Vec::new();
        send(&mut alice, "one".into());
        send(&mut alice, "two".into());
        take(&mut alice, &mut octets);
        for id in identifiers(&octets) {
            alice.handle_input(epoch(), response(&id));
        }
        if drained {
            while alice.poll_event().is_some() {}
            assert!(alice.poll_transmit(epoch()).is_none());
        }
        send(&mut alice, vec![0; 40_000].into());
        send(&mut alice, "three".into());
        take(&mut alice, &mut octets);
        octets
    };
    assert!(sent(true) == sent(false));
}

fn open(side: Side, role: Role) -> (Connection, SessionId) {
    let mut connection = Connection::new(
        Arc::new(Config::default()),
        Link::tcp(),
        epoch(),
        Seed::new([5; 32]),
    );
    let terms = Terms::new(Path::from(Pair::uri(side.other())));
    let session = connection.open(SessionConfig::new(Pair::uri(side), role, terms));
    (connection, session.unwrap())
}

fn chunk(message: &str, range: &str, flag: char) -> Bytes {
    let (to, from) = (Pair::uri(Side::B), Pair::uri(Side::A));
    format!(
        "MSRP t{message} SEND\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\nMessage-ID: {message}\r\nByte-Range: {range}\r\n\
         Failure-Report: no\r\nContent-Type: text/plain\r\n\r\nx\r\n-------t{message}{flag}\r\n"
    )
    .into()
}

fn response(id: &str) -> Bytes {
    let (to, from) = (Pair::uri(Side::A), Pair::uri(Side::B));
    format!("MSRP {id} 200 OK\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n-------{id}$\r\n").into()
}

fn identifiers(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    let lines = text.lines().filter_map(|line| line.strip_prefix("MSRP "));
    lines
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect()
}

fn take(connection: &mut Connection, octets: &mut Vec<u8>) {
    while let Some(out) = connection.poll_transmit(epoch()) {
        octets.extend_from_slice(&out);
    }
}

/// Takes everything, and notes which messages the events are about.
fn drain(connection: &mut Connection, ids: &mut Vec<String>) {
    while let Some(event) = connection.poll_event() {
        match event {
            Event::Incoming(id, IncomingEvent::Data { .. }) => ids.push(format!("{id:?} data")),
            Event::Incoming(id, IncomingEvent::Aborted(_)) => ids.push(format!("{id:?} aborted")),
            Event::Incoming(id, _) => ids.push(format!("{id:?}")),
            _ => {}
        }
    }
    assert!(connection.poll_transmit(epoch()).is_none());
}
