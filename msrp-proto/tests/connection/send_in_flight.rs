//! How much may be under way without a response.

use msrp_proto::wire::FailureReport;
use msrp_proto::{OutgoingEvent, SendFailure};

use crate::wire_out::{Wire, limit, message, octets, shapes, streamed};

/// Shows: MSRP-7.1.1-13.
#[test]
fn the_next_request_needs_no_earlier_response() {
    let mut wire = Wire::active(limit(2048));
    for _ in 0..3 {
        wire.send(message("hello"));
    }
    assert_eq!(shapes(&wire.drain()), ["1-5/5 5$"; 3]);
}

#[test]
fn later_chunks_wait_for_responses() {
    for (config, chunk) in [(limit(2048), 2048), (limit(500), 500)] {
        let mut wire = Wire::active(config.in_flight(4));
        let id = wire.send(message(octets(10 * chunk)));
        let mut out = wire.drain();
        assert_eq!(out.len(), 4);
        assert!(!wire.connection.wants_transmit());
        // Each response lets one more go.
        for answered in 0..6 {
            wire.answer(&out[answered], 200);
            out.extend(wire.drain());
            assert_eq!(out.len(), 5 + answered);
        }
        for frame in &out[6..] {
            wire.answer(frame, 200);
        }
        assert_eq!(wire.outgoing(id).last(), Some(&OutgoingEvent::Completed));
    }
}

/// A single chunk that can be interrupted is one request, however long it is.
#[test]
fn an_open_chunk_goes_on() {
    let mut wire = Wire::active(limit(None).in_flight(1));
    wire.send(message(octets(1 << 20)));
    assert_eq!(wire.drain().len(), 1);
}

#[test]
fn first_chunks_do_not_wait() {
    let mut wire = Wire::active(limit(2048).in_flight(2));
    wire.send(message(octets(20_000)));
    assert_eq!(wire.drain().len(), 2);
    for _ in 0..50 {
        wire.send(message(octets(100)));
    }
    wire.send(message(octets(30_000)));
    assert_eq!(wire.drain().len(), 51);
    assert!(!wire.connection.wants_transmit());
}

/// Only what awaits a response counts.
#[test]
fn other_failure_reports_neither_wait_nor_count() {
    for reports in [FailureReport::No, FailureReport::Partial] {
        let mut wire = Wire::active(limit(2048).in_flight(1));
        wire.send(message(octets(2048 * 300)).failure_report(reports));
        assert_eq!(wire.drain().len(), 300);
        let id = wire.send(message(octets(5000)));
        let first = wire.drain();
        assert_eq!(first.len(), 1);
        wire.send(message(octets(2048 * 300)).failure_report(reports));
        assert_eq!(wire.drain().len(), 300, "not held back by the other either");
        wire.answer(&first[0], 200);
        assert_eq!(wire.drain().len(), 1);
        assert!(wire.connection.outgoing(id).is_some());
    }
}

/// The last chunks with `partial` are known, the others forgotten; none ever waits.
#[test]
fn the_ring_of_partial_never_blocks() {
    let mut wire = Wire::active(limit(100));
    let sent = wire.send(message(octets(100 * 1000)).failure_report(FailureReport::Partial));
    let frames = wire.drain();
    assert_eq!(frames.len(), 1000);
    assert_eq!(
        wire.outgoing(sent),
        [OutgoingEvent::Sent, OutgoingEvent::Completed]
    );
    // Long forgotten.
    wire.answer(&frames[0], 413);
    assert!(wire.session_events().is_empty());
    // Known, and its message has ended.
    wire.answer(&frames[999], 413);
    let late = wire.session_events();
    assert!(late.len() == 1 && late[0].starts_with("Late"), "{late:?}");
    // Known, and its message goes on.
    let going = wire.send(streamed().failure_report(FailureReport::Partial));
    wire.write(going, &octets(150));
    let frames = wire.drain();
    wire.answer(&frames[0], 413);
    assert!(matches!(
        wire.outgoing(going).last(),
        Some(OutgoingEvent::Failed(SendFailure::Refused(_)))
    ));
}

/// Answers go out even if there is no place for another request.
#[test]
fn a_full_table_holds_up_no_answers() {
    const PLACES: usize = (1 << 20) - 2;
    let mut wire = Wire::active(limit(1).in_flight(usize::MAX));
    let id = wire.send(message(vec![b'x'; PLACES + 5]));
    let mut octets = 0;
    while let Some(buffer) = wire.connection.poll_transmit(wire.now) {
        octets += buffer.len();
    }
    assert!(octets > PLACES * 200);
    let progress = wire.connection.outgoing(id).unwrap().progress();
    assert_eq!(progress.sent, PLACES as u64);
    let other = "msrp://a.example.com:7654/other;tcp";
    let session = wire.add_session(other, other);
    wire.connection
        .session(session)
        .unwrap()
        .send(message("hello"))
        .unwrap();
    for _ in 0..200 {
        wire.receive("");
    }
    let frames = wire.drain();
    assert!(frames.len() >= 200 && frames[..200].iter().all(|frame| !frame.is_send()));
    assert!(!wire.connection.wants_transmit());
}
