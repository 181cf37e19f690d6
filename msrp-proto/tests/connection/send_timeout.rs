//! Transactions that are not answered (RFC 4975 §7.1.1, §10.4; ruling R-30).

use std::time::Duration;

use msrp_proto::wire::{ContinuationFlag, FailureReport};
use msrp_proto::{Body, Config, OutgoingEvent, OutgoingId, SendFailure};

use crate::wire_out::{Wire, limit, message, octets, seconds, shapes};

const TIMED_OUT: OutgoingEvent = OutgoingEvent::Failed(SendFailure::TimedOut);

fn outcome(wire: &mut Wire, id: OutgoingId) -> Option<OutgoingEvent> {
    wire.outgoing(id)
        .into_iter()
        .find(|event| matches!(event, OutgoingEvent::Completed | OutgoingEvent::Failed(_)))
}

/// Shows: MSRP-7.1.1-09.
#[test]
fn thirty_seconds_from_the_last_octet() {
    let mut wire = Wire::active(Config::default());
    let start = wire.now;
    let id = wire.send(message("hello"));
    wire.advance(seconds(5));
    wire.drain();
    assert_eq!(wire.connection.poll_timeout(), Some(start + seconds(35)));
    wire.advance(Duration::from_millis(29_999));
    assert_eq!(outcome(&mut wire, id), None);
    wire.advance(Duration::from_millis(1));
    assert_eq!(outcome(&mut wire, id), Some(TIMED_OUT));
    assert!(wire.connection.outgoing(id).is_none());
}

/// Shows: MSRP-7.1.1-10.
#[test]
fn a_long_chunk_is_timed_from_its_end() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(Body::streamed(Some(1 << 20))));
    let body = octets(1 << 20);
    wire.write(id, &body[..32_768]);
    wire.poll();
    for piece in body[32_768..].chunks(16_384) {
        wire.write(id, piece);
        wire.poll();
        assert!(wire.unfinished().is_some());
        wire.advance(Duration::from_millis(60_000 / 62));
        assert_eq!(outcome(&mut wire, id), None);
    }
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-*/1048576 1048576$"]);
    wire.advance(Duration::from_millis(29_999));
    assert_eq!(outcome(&mut wire, id), None);
    wire.advance(Duration::from_millis(1));
    assert_eq!(outcome(&mut wire, id), Some(TIMED_OUT));
}

/// Shows: MSRP-7.1.1-11.
#[test]
fn each_chunk_has_its_own_time() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(Body::streamed(Some(4000))));
    wire.write(id, &octets(3000));
    let first = wire.drain();
    wire.advance(seconds(10));
    wire.write(id, &octets(1000));
    assert_eq!(wire.drain().len(), 1);
    wire.answer(&first[0], 200);
    wire.advance(Duration::from_millis(29_999));
    assert_eq!(outcome(&mut wire, id), None);
    wire.advance(Duration::from_millis(1));
    assert_eq!(wire.outgoing(id), [TIMED_OUT]);
    wire.advance(seconds(100));
    assert!(wire.events().is_empty());
}

/// With a driver that tells when the octets have left, time runs from there.
#[test]
fn the_driver_may_tell_when_octets_have_left() {
    let mut wire = Wire::active(limit(2048).flush_reported(true));
    let id = wire.send(message(octets(5000)));
    assert_eq!(wire.drain().len(), 3);
    wire.advance(seconds(1000));
    assert_eq!(outcome(&mut wire, id), None);
    wire.connection.handle_flushed(wire.now);
    assert_eq!(wire.connection.poll_timeout(), Some(wire.now + seconds(30)));
    let later = wire.send(message("later"));
    wire.drain();
    wire.advance(seconds(30));
    assert_eq!(outcome(&mut wire, id), Some(TIMED_OUT));
    wire.advance(seconds(1000));
    assert_eq!(outcome(&mut wire, later), None);
    wire.connection.handle_flushed(wire.now);
    wire.advance(seconds(30));
    assert_eq!(outcome(&mut wire, later), Some(TIMED_OUT));
}

/// Shows: MSRP-10.1-01.
#[test]
fn a_response_stops_the_timer() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello"));
    let frames = wire.drain();
    wire.advance(seconds(29));
    wire.answer(&frames[0], 200);
    assert_eq!(outcome(&mut wire, id), Some(OutgoingEvent::Completed));
    assert_eq!(wire.connection.poll_timeout(), None);
    wire.advance(seconds(100));
    assert!(wire.events().is_empty());
}

/// Shows: MSRP-7.2-10.
#[test]
fn a_late_response_undoes_nothing() {
    for status in [200, 403, 413] {
        let mut wire = Wire::active(Config::default());
        let id = wire.send(message("hello"));
        let frames = wire.drain();
        wire.advance(seconds(31));
        assert_eq!(outcome(&mut wire, id), Some(TIMED_OUT));
        wire.answer(&frames[0], status);
        assert!(wire.events().len() <= 1 && wire.drain().is_empty());
        assert!(wire.connection.session(wire.session).is_some());
    }
}

/// A message that is still being sent is given up with `#`.
#[test]
fn the_rest_of_a_timed_out_message_is_given_up() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(Body::streamed(Some(100_000))));
    wire.write(id, &octets(5000));
    let sent = wire.drain();
    wire.advance(seconds(30));
    assert_eq!(wire.outgoing(id).last(), Some(&TIMED_OUT));
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/100000 0#"]);
    assert_eq!(frames[0].message_id(), sent[0].message_id());

    // In mid-chunk the chunk itself says it.
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(300_000)));
    wire.poll();
    wire.poll();
    wire.receive("");
    wire.poll();
    wire.poll();
    assert!(wire.unfinished().is_some(), "the second chunk is open");
    wire.advance(seconds(30));
    assert_eq!(wire.outgoing(id), [TIMED_OUT]);
    assert_eq!(wire.drain().last().unwrap().flag, ContinuationFlag::Aborted);
}

/// Shows: MSRP-7.1.1-12, MSRP-5.3-03.
#[test]
fn without_full_failure_reports_there_is_no_timer() {
    // Nothing is known of it any more, so what is said of it counts for nothing.
    for statuses in [[200, 481], [481, 200], [415, 415]] {
        let mut no = Wire::active(Config::default());
        let id = no.send(message("hello").failure_report(FailureReport::No));
        let frames = no.drain();
        assert_eq!(no.connection.poll_timeout(), None);
        assert_eq!(no.outgoing(id), [OutgoingEvent::Sent, OutgoingEvent::Completed]);
        for status in statuses {
            no.answer(&frames[0], status);
            assert!(no.events().is_empty() && no.drain().is_empty());
        }
        no.send(message("as before"));
        assert_eq!(shapes(&no.drain()), ["1-9/9 9$"]);
    }

    let mut partial = Wire::active(limit(2048));
    let id = partial.send(message(Body::streamed(None)).failure_report(FailureReport::Partial));
    partial.write(id, &octets(3000));
    let frames = partial.drain();
    assert_eq!(partial.connection.poll_timeout(), None);
    partial.outgoing(id);
    partial.answer(&frames[0], 415);
    let failed = partial.outgoing(id);
    assert!(
        matches!(failed[..], [OutgoingEvent::Failed(SendFailure::Refused(status))] if status.as_u16() == 415)
    );
}
