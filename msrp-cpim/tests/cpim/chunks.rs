//! A message/cpim on its way through MSRP: wrapped first, then cut (RFC 4975 §13).

use std::sync::Arc;

use msrp_cpim::Message;
use msrp_multipart::{Entity, MediaType};
use msrp_proto::{Config, Connection, Inbox, Instant, Link, Role, Seed, SessionConfig, Terms};

use crate::address;

/// Shows: CPIM-P13-04.
#[test]
fn the_whole_wrapper_is_cut_into_chunks() {
    let wrapper = Message::builder()
        .from(address("im:a@x.example"))
        .to(address("im:b@x.example"))
        .build(Entity::text("ABCD"))
        .unwrap();
    let whole = wrapper.to_bytes();
    let headers = "From: <im:a@x.example>\r\nTo: <im:b@x.example>\r\n\r\n".len();

    let (on_the_wire, received) = carry(&wrapper, headers);
    assert_eq!(received, whole);
    assert_eq!(Message::parse_strict(&received), Ok(wrapper));

    let chunks: Vec<_> = on_the_wire
        .split_inclusive("\r\n-------")
        .filter(|part| part.contains(" SEND\r\n"))
        .collect();
    assert!(chunks.len() > 1, "{on_the_wire}");
    let total = format!("/{}\r\n", whole.len());
    for (index, chunk) in chunks.iter().enumerate() {
        let range = chunk.split("Byte-Range: ").nth(1).unwrap();
        assert_eq!(
            range.find('\r'),
            range.find(&total).map(|at| at + total.len() - 2),
            "{chunk}"
        );
        assert_eq!(chunk.contains("From: <im:a@x.example>"), index == 0);
    }
}

/// What a connection writes, and what is at the other end put together from it.
#[expect(clippy::disallowed_methods, reason = "any moment will do")]
fn carry(wrapper: &Message, chunk_limit: usize) -> (String, bytes::Bytes) {
    let now = Instant::now();
    let config = Arc::new(Config::default().chunk_limit(Some(chunk_limit)));
    let mut alice = Connection::new(config.clone(), Link::tcp(), now, Seed::new([1; 32]));
    let mut bob = Connection::new(config, Link::tcp(), now, Seed::new([2; 32]));
    let (alice_uri, bob_uri) = ("msrp://a.example:7777/one;tcp", "msrp://b.example:8888/two;tcp");
    let config = |own: &str, role, peer: &str| {
        SessionConfig::new(own.parse().unwrap(), role, Terms::new(peer.parse().unwrap()))
    };
    let session = alice.open(config(alice_uri, Role::Active, bob_uri)).unwrap();
    bob.open(config(bob_uri, Role::Passive, alice_uri)).unwrap();

    let cpim = MediaType::new("message", "cpim").unwrap();
    let message = msrp_proto::Message::new(cpim, wrapper.to_bytes());
    alice.session(session).unwrap().send(message).unwrap();

    let (mut inbox, mut written, mut body) = (Inbox::default(), Vec::new(), None);
    loop {
        let there = alice.poll_transmit(now);
        let back = bob.poll_transmit(now);
        if there.is_none() && back.is_none() {
            break;
        }
        if let Some(octets) = there {
            written.extend_from_slice(&octets);
            bob.handle_input(now, octets);
        }
        if let Some(octets) = back {
            alice.handle_input(now, octets);
        }
        while let Some(mut event) = bob.poll_event() {
            body = inbox
                .on(&mut bob, &mut event)
                .map(|received| received.body)
                .or(body);
        }
        while alice.poll_event().is_some() {}
    }
    (String::from_utf8(written).unwrap(), body.unwrap())
}
