//! Messages given up before their end (RFC 4975 §7.1, §7.3.2, §10.5; ruling R-27).

use msrp_proto::wire::{ContinuationFlag, FailureReport, StatusCode};
use msrp_proto::{Body, OutgoingEvent, OutgoingId, SendFailure};

use crate::wire_out::{Frame, Wire, limit, message, octets, shapes};

/// A message of which one chunk has gone, and none is open.
fn between_chunks() -> (Wire, OutgoingId, Frame) {
    let mut wire = Wire::active(limit(2048));
    let body = message(Body::streamed(Some(50_000))).success_report(true);
    let id = wire.send(body);
    wire.write(id, &octets(2100));
    let frame = wire.drain().remove(0);
    (wire, id, frame)
}

/// A message of which a chunk has gone and the next is open.
fn in_chunk() -> (Wire, OutgoingId, Frame) {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(200_000)));
    wire.poll();
    wire.poll();
    wire.receive("");
    wire.poll();
    let frame = wire.frames().remove(0);
    wire.poll();
    assert!(wire.unfinished().is_some());
    (wire, id, frame)
}

/// Shows: MSRP-7.1.1-37.
#[test]
fn given_up_between_chunks() {
    let (mut wire, id, first) = between_chunks();
    wire.connection.outgoing(id).unwrap().abort();
    assert!(wire.connection.outgoing(id).is_none());
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/50000 0#"]);
    assert_eq!(frames[0].message_id(), first.message_id());
    assert_eq!(frames[0].head.success_report(), Some(true));
    assert!(!frames[0].head.has_body());
    assert_eq!(
        wire.outgoing(id).last(),
        Some(&OutgoingEvent::Failed(SendFailure::Aborted))
    );
    wire.answer(&first, 200);
    wire.answer(&frames[0], 200);
    assert!(wire.drain().is_empty());
}

#[test]
fn refused_between_chunks() {
    for code in [400, 403, 408, 415, 423, 499] {
        let (mut wire, _, first) = between_chunks();
        wire.answer(&first, code);
        assert_eq!(shapes(&wire.drain()), ["1-0/50000 0#"], "{code}");
        let (mut wire, _, first) = between_chunks();
        if code != 408 {
            wire.report(&first, "1-2048/50000", &format!("000 {code}"));
            assert_eq!(shapes(&wire.drain()), ["1-0/50000 0#"], "{code}");
        }
    }
}

/// What was not begun is not told, nor what was sent whole.
#[test]
fn nothing_to_tell() {
    let mut wire = Wire::passive(limit(2048));
    let id = wire.send(message(octets(5000)));
    wire.connection.outgoing(id).unwrap().abort();
    wire.bind();
    assert_eq!(shapes(&wire.drain()), ["200"]);
    let id = wire.send(message(octets(5000)));
    wire.drain();
    wire.connection.outgoing(id).unwrap().abort();
    assert!(wire.drain().is_empty());
    assert_eq!(
        wire.outgoing(id),
        [OutgoingEvent::Sent, OutgoingEvent::Failed(SendFailure::Aborted)]
    );
}

/// Shows: MSRP-10.5-01.
#[test]
fn nothing_more_after_413() {
    for by_report in [false, true] {
        let (mut wire, id, first) = between_chunks();
        if by_report {
            wire.report(&first, "1-2048/50000", "000 413 stop");
        } else {
            wire.answer(&first, 413);
        }
        let stopped = OutgoingEvent::Failed(SendFailure::Refused(StatusCode::STOP_SENDING));
        assert_eq!(wire.outgoing(id).last(), Some(&stopped));
        assert!(wire.drain().is_empty());
        wire.send(message("other"));
        assert_eq!(shapes(&wire.drain()), ["1-5/5 5$"]);
    }
}

/// Shows: MSRP-10.5-02.
#[test]
fn an_open_chunk_stops_at_once() {
    let (mut wire, _, first) = in_chunk();
    let out = wire.unfinished().unwrap().body.len();
    wire.answer(&first, 413);
    let frames = wire.drain();
    assert_eq!(frames.len(), 1);
    assert_eq!(
        (frames[0].flag, frames[0].body.len()),
        (ContinuationFlag::Aborted, out)
    );

    // Below 2048 octets, too: the head is out, and none of the body.
    let mut wire = Wire::active(limit(None));
    wire.send(message(octets(200_000)));
    wire.poll();
    let open = wire.unfinished().unwrap();
    assert_eq!(open.body.len(), 0);
    let text = format!(
        "MSRP {0} 413\r\nTo-Path: {1}\r\nFrom-Path: {2}\r\n-------{0}$\r\n",
        open.tid(),
        open.paths()[1],
        open.paths()[0]
    );
    wire.feed(&text);
    assert_eq!(shapes(&wire.drain()), ["1-*/200000 0#"]);
}

/// Shows: MSRP-10.5-03.
#[test]
fn a_chunk_with_an_announced_end_is_finished() {
    let mut wire = Wire::active(limit(2048));
    wire.send(message(octets(40_000)));
    wire.poll();
    assert!(wire.unfinished().is_none(), "goes into one buffer whole");
    let frames = wire.frames();
    wire.answer(&frames[0], 413);
    assert!(wire.drain().is_empty());
    for frame in &frames {
        assert_eq!(
            (frame.body.len(), frame.flag),
            (2048, ContinuationFlag::Continued)
        );
    }
}

/// A message of a closing session is given up in order: its end is told, then the session is closed.
#[test]
fn given_up_while_the_session_closes() {
    let (mut wire, id, first) = between_chunks();
    wire.connection.session(wire.session).unwrap().close();
    wire.connection.outgoing(id).unwrap().abort();
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-0/50000 0#"]);
    assert_eq!(frames[0].message_id(), first.message_id());
    assert!(wire.session_events().contains(&"Closed".to_owned()));
}

/// The end of the session cuts an open chunk, and nothing else is sent for it.
#[test]
fn the_session_ends_in_a_chunk() {
    let (mut wire, id, _) = in_chunk();
    wire.connection.session(wire.session).unwrap().abort();
    let ended = OutgoingEvent::Failed(SendFailure::SessionEnded);
    assert_eq!(wire.outgoing(id).last(), Some(&ended));
    let frames = wire.drain();
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].flag, ContinuationFlag::Aborted);
}

/// A closing session that is aborted, or that the peer does not know, ends once.
#[test]
fn a_closing_session_ends_once() {
    for code in [None, Some(481)] {
        let mut wire = Wire::active(limit(2048));
        wire.send(message("a"));
        wire.send(message("b").success_report(true));
        let frames = wire.drain();
        wire.answer(&frames[1], 200);
        wire.connection.session(wire.session).unwrap().close();
        match code {
            None => wire.connection.session(wire.session).unwrap().abort(),
            Some(code) => wire.answer(&frames[0], code),
        }
        let ends = |event: &String| event.starts_with("Failed") || event.starts_with("Closed");
        let events = wire.session_events();
        assert_eq!(events.iter().filter(|event| ends(event)).count(), 1, "{events:?}");
    }
}

#[test]
fn partial_and_no_are_given_up_alike() {
    for reports in [FailureReport::Partial, FailureReport::No] {
        let mut wire = Wire::active(limit(2048));
        let id = wire.send(message(Body::streamed(None)).failure_report(reports));
        wire.write(id, &octets(3000));
        wire.drain();
        wire.connection.outgoing(id).unwrap().abort();
        let frames = wire.drain();
        assert_eq!(shapes(&frames), ["1-0/* 0#"]);
        assert_eq!(frames[0].head.failure_report(), Some(reports));
    }
}
