//! REPORTs on messages sent (RFC 4975 §7.1.1, §7.3.2).

use msrp_proto::wire::{ContinuationFlag, StatusCode};
use msrp_proto::{Body, Config, OutgoingEvent, SendErrorReason, SendFailure};

use crate::wire_out::{Wire, limit, message, octets, seconds, shapes};

use OutgoingEvent::{Completed, Failed, Reported, Sent};

/// Shows: MSRP-7.3.2-01.
#[test]
fn a_report_is_about_a_range_or_all() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(octets(5000)).success_report(true));
    let other = wire.send(message(octets(10)).success_report(true));
    let frames = wire.drain();
    for frame in &frames {
        wire.answer(frame, 200);
    }
    wire.events();
    wire.report(&frames[0], "1-3000/5000", "000 200 OK");
    assert_eq!(wire.connection.outgoing(id).unwrap().progress().reported, 3000);
    wire.report(&frames[0], "2001-4000/5000", "000 200 OK");
    assert_eq!(wire.connection.outgoing(id).unwrap().progress().reported, 4000);
    wire.report(&frames[0], "4900-5000/5000", "000 200 OK");
    assert_eq!(wire.outgoing(id).len(), 3);
    wire.report(&frames[0], "", "000 200 OK");
    let whole = Reported {
        range: msrp_proto::wire::ByteRange::WHOLE,
        status: StatusCode::OK,
        comment: Some("OK".into()),
        upto: 5000,
    };
    assert_eq!(wire.outgoing(id), [whole, Completed]);
    assert_eq!(wire.outgoing(other), [], "that was another message");
}

/// What was reported so far, without a gap, is put together from all reports.
#[test]
fn how_far_reports_go() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(10)).success_report(true));
    let frames = wire.drain();
    wire.outgoing(id);
    for (range, status, expected) in [
        ("4-6/10", "000 200 OK", 0),
        ("1-2/10", "000 200 OK", 2),
        // Reported again, in part.
        ("2-3/10", "000 200 OK", 6),
        ("9-10/10", "000 200 OK", 6),
        // A failure adds nothing.
        ("7-8/10", "000 413 Stop", 6),
    ] {
        wire.report(&frames[0], range, status);
        let events = wire.outgoing(id);
        assert!(
            matches!(events[0], Reported { upto, .. } if upto == expected),
            "{range}: {events:?}"
        );
    }
}

#[test]
fn what_a_report_says_for_people() {
    let long = "x".repeat(3000);
    for (status, expected) in [
        ("000 200", None),
        ("000 200 ", None),
        ("000 200 OK", Some("OK")),
        ("000 200 Gr\u{fc}n\tund gut", Some("Gr\u{fc}n\tund gut")),
        (&format!("000 200 {long}"), Some(&*long)),
    ] {
        let mut wire = Wire::active(limit(None));
        let id = wire.send(message("hello").success_report(true));
        let frames = wire.drain();
        wire.outgoing(id);
        wire.report(&frames[0], "1-5/5", status);
        let events = wire.outgoing(id);
        let [Reported { comment, .. }, Completed] = &events[..] else {
            panic!("{status}: {events:?}")
        };
        assert_eq!(comment.as_deref(), expected, "{status}");
        // It may be anything.
        assert!(!format!("{events:?}").contains("gut"));
    }
}

/// Shows: MSRP-7.1.1-33.
#[test]
fn the_receiver_may_see_other_chunks() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(6000)).success_report(true));
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-*/6000 6000$"]);
    wire.answer(&frames[0], 200);
    wire.report(&frames[0], "3001-6000/6000", "000 200 OK");
    assert!(!wire.outgoing(id).contains(&Completed));
    wire.report(&frames[0], "1-3000/6000", "000 200 OK");
    assert_eq!(wire.outgoing(id).last(), Some(&Completed));
}

/// Shows: MSRP-7.3.2-02.
#[test]
fn what_is_to_be_reported_on_is_kept() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello").success_report(true));
    let plain = wire.send(message("hello"));
    let frames = wire.drain();
    wire.answer(&frames[0], 200);
    wire.answer(&frames[1], 200);
    assert!(wire.connection.outgoing(plain).is_none(), "freed");
    wire.advance(seconds(600));
    wire.events();
    wire.report(&frames[0], "1-5/5", "000 200 OK");
    assert_eq!(wire.outgoing(id).last(), Some(&Completed));
}

/// A report on all of a message says that it has arrived, whatever became of the response.
#[test]
fn reports_complete_a_message_before_its_response() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello").success_report(true));
    let frames = wire.drain();
    wire.report(&frames[0], "1-5/5", "000 200 OK");
    assert_eq!(wire.outgoing(id)[0], Sent);
    assert!(wire.connection.outgoing(id).is_none());
    wire.advance(seconds(100));
    assert!(wire.events().is_empty());
}

/// A report before the end does not end it.
#[test]
fn reports_on_what_was_not_sent_count_for_nothing() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(Body::streamed(Some(5000))).success_report(true));
    wire.write(id, &octets(3000));
    let frames = wire.drain();
    wire.report(&frames[0], "1-5000/5000", "000 200 OK");
    assert_eq!(wire.connection.outgoing(id).unwrap().progress().reported, 2048);
    wire.write(id, &octets(2000));
    let rest = wire.drain();
    for frame in frames.iter().chain(&rest) {
        wire.answer(frame, 200);
    }
    assert!(!wire.outgoing(id).contains(&Completed));
    wire.report(&frames[0], "2049-5000/5000", "000 200 OK");
    assert_eq!(wire.outgoing(id).last(), Some(&Completed));
}

/// Shows: MSRP-7.3.2-04.
#[test]
fn other_namespaces_are_not_response_codes() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello").success_report(true));
    let frames = wire.drain();
    wire.answer(&frames[0], 200);
    wire.events();
    for status in ["123 200 x", "001 481", "999 408 y"] {
        wire.report(&frames[0], "1-5/5", status);
    }
    assert!(wire.events().is_empty());
    wire.report(&frames[0], "1-5/5", "000 200");
    assert_eq!(wire.outgoing(id).last(), Some(&Completed));
}

/// Shows: MSRP-7.3.2-05.
#[test]
fn a_failure_stops_the_rest_of_the_message() {
    for by_report in [false, true] {
        let mut wire = Wire::active(limit(None));
        let id = wire.send(message(octets(300_000)));
        wire.poll();
        wire.poll();
        wire.receive("");
        wire.poll();
        let first = wire.frames().remove(0);
        wire.poll();
        let out = wire.unfinished().unwrap().body.len();
        assert!(out > 0, "chunk 2 is open");
        if by_report {
            wire.report(&first, "1-2048/300000", "000 403 no");
        } else {
            wire.answer(&first, 403);
        }
        let frames = wire.drain();
        assert_eq!(frames.len(), 1);
        assert_eq!(
            (frames[0].flag, frames[0].body.len()),
            (ContinuationFlag::Aborted, out)
        );
        let forbidden = Failed(SendFailure::Refused(StatusCode::FORBIDDEN));
        assert_eq!(wire.outgoing(id).last(), Some(&forbidden));
        wire.send(message("next"));
        assert_eq!(shapes(&wire.drain()), ["1-4/4 4$"], "the session goes on");
    }
}

/// Shows: MSRP-7.3.2-07.
#[test]
fn lost_octets_fail_the_session() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(octets(5000)));
    let other = wire.send(message("other"));
    let frames = wire.drain();
    wire.events();
    wire.report(&frames[0], "1-2048/5000", "000 408 lost");
    let lost = wire.outgoing(id);
    assert!(
        matches!(lost[..], [Reported { range, .. }, Failed(SendFailure::TimedOut)]
            if range.to_string() == "1-2048/5000")
    );
    assert_eq!(wire.outgoing(other), [Failed(SendFailure::SessionEnded)]);
    assert_eq!(wire.session_events(), ["Failed(Refused(StatusCode(408)))"]);
    assert!(wire.connection.session(wire.session).is_none(), "takes no more");
    assert!(wire.drain().is_empty());
}

/// A report on a message that had its last event is told apart from the others.
#[test]
fn late_reports() {
    let mut wire = Wire::active(Config::default().max_remembered(2));
    let mut sent = Vec::new();
    for _ in 0..3 {
        let id = wire.send(message("hello"));
        let frames = wire.drain();
        wire.answer(&frames[0], 200);
        assert_eq!(wire.outgoing(id).last(), Some(&Completed));
        sent.extend(frames);
    }
    wire.session_events();
    wire.report(&sent[0], "1-5/5", "000 403");
    assert!(wire.session_events().is_empty(), "forgotten");
    wire.report(&sent[2], "1-5/5", "000 403");
    let late = wire.session_events();
    assert_eq!(late.len(), 1);
    assert!(
        late[0].starts_with("Late") && late[0].contains(&sent[2].message_id()),
        "{late:?}"
    );
    let refused = wire.try_send(message("x")).map_err(|error| error.reason);
    assert!(!matches!(refused, Err(SendErrorReason::Closing)));
}
