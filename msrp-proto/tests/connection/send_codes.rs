//! What the codes of responses and REPORTs do (RFC 4975 §10; rulings ).

use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Config, MediaType, Message, OutgoingEvent, SendErrorReason, SendFailure};

use crate::wire_out::{Wire, limit, message, octets, seconds, shapes, text};

use OutgoingEvent::{Completed, Failed};

/// The last event of a message of which a chunk was answered or reported on, and whether its session
/// lives.
fn effect(code: u16, by_report: bool) -> (OutgoingEvent, bool) {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(octets(2000)).success_report(by_report));
    let frames = wire.drain();
    if by_report {
        wire.answer(&frames[0], 200);
        wire.report(&frames[0], "1-2000/2000", &format!("000 {code} x"));
    } else {
        wire.answer(&frames[0], code);
    }
    let events = wire.outgoing(id);
    let endings = events
        .iter()
        .filter(|event| matches!(event, Completed | Failed(_)))
        .count();
    assert_eq!(endings, 1);
    wire.advance(seconds(100));
    assert!(wire.drain().is_empty(), "nothing is sent again");
    let lives = wire.connection.session(wire.session).is_some();
    (events.last().unwrap().clone(), lives)
}

fn refused(code: u16) -> OutgoingEvent {
    Failed(SendFailure::Refused(StatusCode::new(code).unwrap()))
}

/// Shows: MSRP-7.3.2-03, MSRP-10-02, MSRP-10.2-02, MSRP-10.3-01, MSRP-10.4-01.
#[test]
fn a_report_does_what_a_response_does() {
    let timed_out = Failed(SendFailure::TimedOut);
    for (code, ending, session_lives) in [
        (200, Completed, [true, true]),
        (299, Completed, [true, true]),
        (400, refused(400), [true, true]),
        (403, refused(403), [true, true]),
        // 408 as by a timeout; in a REPORT it says that octets were lost.
        (408, timed_out, [true, false]),
        (413, refused(413), [true, true]),
        (415, refused(415), [true, true]),
        (423, refused(423), [true, true]),
        (481, refused(481), [false, false]),
        (499, refused(499), [true, true]),
        (501, refused(501), [true, true]),
        (506, refused(506), [false, false]),
        (600, refused(600), [true, true]),
        (100, refused(100), [true, true]),
    ] {
        assert_eq!(
            effect(code, false),
            (ending.clone(), session_lives[0]),
            "response {code}"
        );
        assert_eq!(effect(code, true), (ending, session_lives[1]), "report {code}");
    }
}

/// Shows: MSRP-10.6-01.
#[test]
fn a_type_that_was_refused_is_not_sent_again() {
    let png = || Message::new(MediaType::new("image", "png").unwrap(), "x");
    for by_report in [false, true] {
        let mut wire = Wire::active(Config::default());
        let other = "msrp://a.example.com:7654/other;tcp";
        let second = wire.add_session(other, other);
        wire.send(png());
        let frames = wire.drain();
        let frame = frames.iter().find(|frame| frame.head.has_body()).unwrap();
        if by_report {
            wire.report(frame, "1-1/1", "000 415 no");
        } else {
            wire.answer(frame, 415);
        }
        for again in [png(), Message::new(MediaType::new("IMAGE", "PNG").unwrap(), "x")] {
            assert_eq!(
                wire.try_send(again).unwrap_err().reason,
                SendErrorReason::TypeNotAccepted
            );
        }
        wire.send(Message::new(text(), "x"));
        wire.connection.session(second).unwrap().send(png()).unwrap();
        assert_eq!(wire.drain().len(), 2);
    }
}

/// Shows: MSRP-10.8-01, MSRP-10.10-01.
#[test]
fn the_session_stops_and_others_go_on() {
    for code in [481, 506] {
        for mode in [None, Some(2048)] {
            let mut wire = Wire::active(limit(mode).in_flight(2));
            let other = "msrp://a.example.com:7654/other;tcp";
            let second = wire.add_session(other, other);
            let id = wire.send(message(octets(100_000)));
            let waiting = wire.send(message("waits"));
            wire.poll();
            wire.poll();
            wire.receive("");
            wire.poll();
            let first = wire
                .frames()
                .into_iter()
                .find(|frame| frame.body.len() >= 2048)
                .unwrap();
            wire.answer(&first, code);
            assert_eq!(wire.outgoing(id).last(), Some(&refused(code)));
            assert!(matches!(
                wire.outgoing(waiting).last(),
                Some(Completed | Failed(_)) | None
            ));
            let events = wire.session_events();
            assert_eq!(
                events.last().unwrap(),
                &format!("Failed(Refused(StatusCode({code})))")
            );
            assert!(wire.connection.session(wire.session).is_none());
            // At most the chunk that is open is closed.
            assert!(
                wire.drain()
                    .iter()
                    .filter(|frame| frame.paths()[1] != other)
                    .count()
                    <= 1
            );
            let mut session = wire.connection.session(second).unwrap();
            session.send(message("goes on")).unwrap();
            assert_eq!(shapes(&wire.drain()), ["1-7/7 7$"]);
        }
    }
}

/// Also when the message that the chunk belonged to has ended before.
///
/// Shows: MSRP-10.8-01 (whatever is answered).
#[test]
fn the_session_stops_whatever_became_of_the_message() {
    for code in [481, 506] {
        let mut wire = Wire::active(Config::default());
        let id = wire.send(message("hello"));
        let frames = wire.drain();
        wire.connection.outgoing(id).unwrap().abort();
        wire.answer(&frames[0], code);
        let events = wire.session_events();
        assert_eq!(
            events.last(),
            Some(&format!("Failed(Refused(StatusCode({code})))"))
        );
        // Where only failures are answered, this is one.
        let mut wire = Wire::active(Config::default());
        wire.send(message("hello").failure_report(FailureReport::Partial));
        let frames = wire.drain();
        wire.answer(&frames[0], code);
        let events = wire.session_events();
        assert_eq!(
            events.last(),
            Some(&format!("Failed(Refused(StatusCode({code})))"))
        );
    }
    // And an empty request is a request, too.
    let mut wire = Wire::active(Config::default());
    let frames = wire.drain();
    wire.answer(&frames[0], 481);
    assert_eq!(wire.session_events(), ["Failed(Refused(StatusCode(481)))"]);
}

/// An answer to an aborted message still shows that the peer knows the session.
#[test]
fn any_success_binds() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello"));
    let frames = wire.drain();
    wire.connection.outgoing(id).unwrap().abort();
    wire.answer(&frames[0], 200);
    assert!(wire.connection.session(wire.session).unwrap().is_bound());
}
