//! When a session may send, and what it sends first (RFC 4975 §5.4).

use msrp_proto::wire::ContinuationFlag;
use msrp_proto::{Config, Direction, LinkError, OutgoingEvent, Role, SendErrorReason, SendFailure, Terms};

use crate::wire_out::{LOCAL, PEER, Wire, joined, limit, message, octets, path, seconds, shapes, text};

const OTHER: &str = "msrp://a.example.com:7654/another-one;tcp";
const OTHER_PEER: &str = "msrp://b.example.com:12763/its-peer;tcp";

/// Shows: MSRP-3-01.
#[test]
fn nothing_is_sent_before_the_path_of_the_peer_is_known() {
    let mut wire = Wire::open(Config::default(), Role::Passive, Terms::unknown());
    wire.send(message("hello"));
    assert!(wire.drain().is_empty());
    wire.bind();
    assert_eq!(shapes(&wire.drain()), ["200"]);
    let terms = Terms::new(path(PEER));
    wire.connection.session(wire.session).unwrap().update(terms);
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-5/5 5$"]);
    assert_eq!(frames[0].paths(), [PEER, LOCAL]);
}

/// A path that signalling takes back is as good as unknown.
#[test]
fn nothing_is_sent_when_the_path_is_taken_back() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(50_000)));
    wire.poll();
    wire.poll();
    let mut session = wire.connection.session(wire.session).unwrap();
    session.ping();
    session.update(Terms::unknown());
    wire.connection.outgoing(id).unwrap().abort();
    wire.connection.session(wire.session).unwrap().ping();
    let frames = wire.drain();
    assert_eq!(frames.len(), 1, "{:?}", shapes(&frames));
    assert_eq!(frames[0].flag, ContinuationFlag::Aborted);

    // Nor is a message given up that was between its chunks.
    let mut wire = Wire::active(limit(2048).in_flight(1));
    let id = wire.send(message(octets(50_000)));
    assert_eq!(wire.drain().len(), 1);
    wire.connection
        .session(wire.session)
        .unwrap()
        .update(Terms::unknown());
    wire.connection.outgoing(id).unwrap().abort();
    assert!(wire.drain().is_empty());

    let mut silent = Wire::active(Config::default());
    silent
        .connection
        .session(silent.session)
        .unwrap()
        .update(Terms::unknown());
    assert!(silent.drain().is_empty());
    let terms = Terms::new(path(PEER));
    silent.connection.session(silent.session).unwrap().update(terms);
    assert_eq!(shapes(&silent.drain()), ["1-0/0 0$"]);
}

/// Shows: MSRP-5.4-04, MSRP-7.1.1-24, MSRP-7.1.1-18.
#[test]
fn the_active_side_speaks_at_once() {
    let mut wire = Wire::active(Config::default());
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/0 0$"]);
    assert_eq!(frames[0].paths(), [PEER, LOCAL]);
    assert!(!frames[0].head.has_body() && frames[0].head.message_id().is_some());
    wire.answer(&frames[0], 200);
    wire.advance(seconds(3600));
    assert!(wire.drain().is_empty());

    let mut mute = Wire::active(Config::default().immediate_send(false));
    assert!(mute.drain().is_empty());
}

/// Shows: MSRP-5.4-05, MSRP-7.1-22 (over a connection that exists).
#[test]
fn a_message_is_as_good_as_an_empty_send() {
    for config in [limit(2048), limit(None), limit(333)] {
        let mut wire = Wire::active(config);
        wire.send(message(octets(5000)));
        let frames = wire.drain();
        assert!(frames.iter().all(|frame| !frame.body.is_empty()));
        assert_eq!(joined(&frames), octets(5000));
    }
    // One that has no octets yet is not.
    let mut wire = Wire::active(Config::default());
    wire.send(crate::wire_out::streamed());
    assert_eq!(shapes(&wire.drain()), ["1-0/0 0$"]);
}

/// Shows: MSRP-5.4-06.
#[test]
fn a_further_session_binds_itself_on_the_same_connection() {
    let mut wire = Wire::active(Config::default());
    wire.drain();
    wire.add_session(OTHER, OTHER_PEER);
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/0 0$"]);
    assert_eq!(frames[0].paths(), [OTHER_PEER, OTHER]);
}

/// Shows: MSRP-5.4-07, MSRP-5.4-13.
#[test]
fn the_passive_side_waits_for_a_request() {
    let mut wire = Wire::passive(Config::default());
    wire.send(message("hello"));
    wire.connection.session(wire.session).unwrap().ping();
    assert!(!wire.connection.wants_transmit() && wire.drain().is_empty());
    wire.advance(seconds(600));
    assert!(wire.drain().is_empty());
    wire.bind();
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["200", "1-5/5 5$"]);
    assert_eq!(frames[1].paths(), [PEER, LOCAL]);
}

/// Shows: MSRP-5.4-25.
#[test]
fn all_chunks_of_a_message_stay_on_their_session() {
    for config in [limit(2048), limit(None)] {
        let mut wire = Wire::active(config);
        let other = wire.add_session(OTHER, OTHER_PEER);
        wire.send(message(octets(100_000)));
        let mut session = wire.connection.session(other).unwrap();
        session.send(message("x".repeat(100_000))).unwrap();
        let frames = wire.drain();
        let (ours, others): (Vec<_>, Vec<_>) = frames.iter().partition(|frame| frame.paths()[1] == LOCAL);
        assert!(ours.iter().all(|frame| frame.paths() == [PEER, LOCAL]));
        assert!(others.iter().all(|frame| frame.paths() == [OTHER_PEER, OTHER]));
        assert_eq!(joined(ours), octets(100_000));
        assert_eq!(joined(others), vec![b'x'; 100_000]);
    }
}

/// Shows: MSRP-5.4-18.
#[test]
fn a_failed_session_does_not_come_back() {
    let mut refused = Wire::active(Config::default());
    let frames = refused.drain();
    refused.answer(&frames[0], 481);
    let mut lost = Wire::active(Config::default());
    let id = lost.send(message("hello"));
    lost.drain();
    lost.connection.handle_failure(lost.now, LinkError::Reset);
    assert_eq!(
        lost.outgoing(id)[1..],
        [OutgoingEvent::Failed(SendFailure::ConnectionLost)]
    );
    for wire in [&mut refused, &mut lost] {
        assert!(wire.connection.session(wire.session).is_none());
        wire.events();
        wire.advance(seconds(299));
        assert!(wire.drain().is_empty() && wire.events().is_empty());
        wire.advance(seconds(3301));
        // Without a session the first connection is idle, and says so.
        assert!(wire.drain().is_empty() && wire.events().len() <= 1);
    }
}

/// Shows: MSRP-8.4-05.
#[test]
fn a_refresh_without_change_leaves_everything_alone() {
    let mut plain = Wire::active(limit(None));
    let mut refreshed = Wire::active(limit(None));
    for wire in [&mut plain, &mut refreshed] {
        wire.send(message(octets(60_000)));
        assert!(wire.poll() > 0 && wire.poll() > 0);
    }
    let terms = Terms::new(path(PEER));
    refreshed
        .connection
        .session(refreshed.session)
        .unwrap()
        .update(terms);
    let (expected, found) = (plain.drain(), refreshed.drain());
    assert_eq!(shapes(&expected), ["1-*/60000 60000$"]);
    assert!(found[0].raw == expected[0].raw);
    refreshed.answer(&found[0], 200);
    let mut session = refreshed.connection.session(refreshed.session).unwrap();
    session.update(Terms::new(path(PEER)));
    assert!(refreshed.drain().is_empty());
}

/// Shows: MSRP-8.9-02, MSRP-8.9-03, MSRP-8.9-04.
#[test]
fn the_direction_concerns_messages_alone() {
    for direction in [Direction::RecvOnly, Direction::Inactive] {
        let terms = Terms::new(path(PEER)).direction(direction);
        let mut wire = Wire::open(Config::default(), Role::Active, terms);
        assert_eq!(shapes(&wire.drain()), ["1-0/0 0$"], "binds");
        let error = wire.try_send(message("hello")).unwrap_err();
        assert_eq!(error.reason, SendErrorReason::Direction);
        wire.receive("Success-Report: yes\r\n");
        assert_eq!(shapes(&wire.drain()), ["200", "REPORT"]);
        wire.send(message("seen").control());
        assert_eq!(shapes(&wire.drain()), ["1-4/4 4$"]);
        let both = Terms::new(path(PEER)).direction(Direction::SendOnly);
        wire.connection.session(wire.session).unwrap().update(both);
        wire.send(msrp_proto::Message::new(text(), "hello"));
        assert_eq!(shapes(&wire.drain()), ["1-5/5 5$"]);
    }
}

/// Shows: MSRP-7.1-23.
#[test]
fn a_ping_is_an_empty_send() {
    let mut wire = Wire::active(Config::default());
    let first = wire.drain();
    wire.connection.session(wire.session).unwrap().ping();
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/0 0$"]);
    assert!(!frames[0].head.has_body());
    assert_ne!(frames[0].message_id(), first[0].message_id());
    assert_ne!(frames[0].tid(), first[0].tid());
}
