//! What the peer said it takes (RFC 4975 §8.6), and how much waits here.

use msrp_proto::wire::ContinuationFlag;
use msrp_proto::{
    Body, Config, MediaRanges, MediaType, Message, OutgoingEvent, Role, SendErrorReason, SendFailure, Terms,
    WriteErrorReason,
};

use crate::wire_out::{PEER, Wire, limit, message, octets, path, shapes};

fn png() -> Message {
    Message::new(MediaType::new("image", "png").unwrap(), "x")
}

/// Shows: MSRP-8.6-11.
#[test]
fn types_that_the_peer_did_not_name_are_not_sent() {
    for (accepts, allowed) in [("text/plain", false), ("text/plain image/*", true), ("*", true)] {
        let ranges = MediaRanges::parse(accepts.as_bytes()).unwrap();
        let terms = Terms::new(path(PEER)).peer_accepts(ranges);
        let mut wire = Wire::open(Config::default(), Role::Active, terms);
        wire.drain();
        let sent = wire.try_send(png()).map_err(|error| error.reason);
        assert_eq!(sent.is_ok(), allowed, "{accepts}");
        assert_eq!(wire.drain().len(), usize::from(allowed));
        if !allowed {
            assert_eq!(sent.unwrap_err(), SendErrorReason::TypeNotAccepted);
        }
        wire.send(message("hello"));
        assert_eq!(wire.drain().len(), 1);
    }
}

/// Shows: MSRP-8.6-13.
#[test]
fn messages_longer_than_the_peer_wants_are_not_sent() {
    let start = |mode| {
        let terms = Terms::new(path(PEER)).peer_max_size(Some(5000));
        let mut wire = Wire::open(limit(mode), Role::Active, terms);
        wire.drain();
        wire
    };
    for mode in [None, Some(2048)] {
        let mut wire = start(mode);
        for body in [Body::from(octets(5001)), Body::streamed(Some(5001))] {
            let error = wire.try_send(message(body)).unwrap_err();
            assert_eq!(error.reason, SendErrorReason::TooLarge);
        }
        assert!(wire.drain().is_empty());
        wire.send(message(octets(5000)));
        assert!(!wire.drain().is_empty());

        let mut wire = start(mode);
        let id = wire.send(message(Body::streamed(None)));
        wire.write(id, &octets(5000));
        let sent = wire.drain();
        assert!(sent.iter().all(|frame| frame.flag == ContinuationFlag::Continued));
        let error = wire
            .connection
            .outgoing(id)
            .unwrap()
            .write(octets(1))
            .unwrap_err();
        assert_eq!(error.reason, WriteErrorReason::TooLong);
        assert_eq!(
            wire.outgoing(id).last(),
            Some(&OutgoingEvent::Failed(SendFailure::TooLarge))
        );
        let frames = wire.drain();
        assert_eq!(shapes(&frames), ["1-0/* 0#"]);
        assert_eq!(frames[0].message_id(), sent[0].message_id());
    }
}

#[test]
fn only_so_many_messages_wait() {
    let mut wire = Wire::passive(Config::default().max_outgoing(2));
    let first = wire.send(message("a"));
    wire.send(message("b"));
    let error = wire.try_send(message("c")).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::TooMany);
    wire.connection.outgoing(first).unwrap().abort();
    wire.send(message("c"));
    wire.bind();
    let frames = wire.drain();
    let bodies: Vec<_> = frames.iter().map(|frame| frame.body.as_slice()).collect();
    assert_eq!(bodies, [&b""[..], b"b", b"c"]);
}
