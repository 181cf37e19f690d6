//! When a message is done (RFC 4975 §5.3, §7.1.1).

use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Config, OutgoingEvent, SendFailure};

use crate::wire_out::{Wire, limit, message, octets, seconds, shapes};

use OutgoingEvent::{Acknowledged, Completed, Failed, Sent};

fn reported(range: &str, upto: u64) -> OutgoingEvent {
    OutgoingEvent::Reported {
        range: msrp_proto::wire::ByteRange::parse(range.as_bytes()).unwrap(),
        status: StatusCode::OK,
        comment: Some("OK".into()),
        upto,
    }
}

/// Shows: MSRP-5.3-02.
#[test]
fn responses_and_reports_are_told_apart() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello").success_report(true));
    let frames = wire.drain();
    assert_eq!(wire.outgoing(id), [Sent]);
    wire.answer(&frames[0], 200);
    assert_eq!(wire.outgoing(id), [Acknowledged { upto: 5 }]);
    wire.report(&frames[0], "1-5/5", "000 200 OK");
    assert_eq!(wire.outgoing(id), [reported("1-5/5", 5), Completed]);
    assert!(wire.connection.outgoing(id).is_none());
}

/// Completed: with Failure-Report `no` and `partial` when the last octet is taken, with `yes` at the last
/// 200; with Success-Report when reports cover all of it.
#[test]
fn completed_once_and_when() {
    for reports in [FailureReport::Yes, FailureReport::Partial, FailureReport::No] {
        for success in [false, true] {
            for mode in [None, Some(2048)] {
                let mut wire = Wire::active(limit(mode));
                let body = message(octets(5000)).failure_report(reports);
                let id = wire.send(body.success_report(success));
                let frames = wire.drain();
                let mut seen = wire.outgoing(id);
                assert_eq!(seen[0], Sent);
                let at_once = !success && reports != FailureReport::Yes;
                assert_eq!(seen.contains(&Completed), at_once);
                if reports == FailureReport::Yes {
                    for frame in &frames {
                        assert!(!seen.contains(&Completed));
                        wire.answer(frame, 200);
                        seen.extend(wire.outgoing(id));
                    }
                    let acknowledged = Acknowledged { upto: 5000 };
                    assert!(seen.contains(&acknowledged));
                }
                assert_eq!(seen.contains(&Completed), !success);
                if success {
                    wire.report(&frames[0], "1-3000/5000", "000 200 OK");
                    assert_eq!(wire.outgoing(id), [reported("1-3000/5000", 3000)]);
                    wire.report(&frames[0], "3001-5000/5000", "000 200 OK");
                    seen.extend(wire.outgoing(id));
                }
                assert_eq!(seen.iter().filter(|event| **event == Completed).count(), 1);
                assert_eq!(seen.last(), Some(&Completed));
                wire.advance(seconds(100));
                assert!(wire.outgoing(id).is_empty());
            }
        }
    }
}

/// Shows: MSRP-7.2-08.
#[test]
fn responses_come_in_any_order() {
    let mut wire = Wire::active(Config::default());
    let ids = ["a", "bb", "ccc"].map(|body| wire.send(message(body)));
    let frames = wire.drain();
    for which in [2, 0, 1] {
        wire.events();
        wire.answer(&frames[which], 200);
        let upto = which as u64 + 1;
        assert_eq!(wire.outgoing(ids[which]), [Acknowledged { upto }, Completed]);
        assert!(wire.events().is_empty());
    }
    // Of one message, too: what counts is what has no gap.
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(octets(5000)));
    let frames = wire.drain();
    wire.outgoing(id);
    wire.answer(&frames[2], 200);
    assert_eq!(wire.outgoing(id), []);
    wire.answer(&frames[0], 200);
    assert_eq!(wire.outgoing(id), [Acknowledged { upto: 2048 }]);
    wire.answer(&frames[1], 200);
    assert_eq!(wire.outgoing(id), [Acknowledged { upto: 5000 }, Completed]);
}

/// Shows: MSRP-7.2-09.
#[test]
fn responses_to_nothing_are_dropped() {
    let mut wire = Wire::active(limit(2048));
    let id = wire.send(message(octets(5000)));
    let frames = wire.drain();
    wire.answer(&frames[0], 200);
    wire.events();
    wire.answer(&frames[0], 200);
    wire.answer(&frames[0], 413);
    for tid in [
        "abcd",
        "aaaaaaaaaaaaaaaaa",
        "zzzzzzzzzzzzzzzzz",
        "99999999999999999",
    ] {
        let [to, from] = frames[0].paths();
        wire.feed(&format!(
            "MSRP {tid} 413\r\nTo-Path: {from}\r\nFrom-Path: {to}\r\n-------{tid}$\r\n"
        ));
    }
    assert!(wire.events().is_empty() && wire.drain().is_empty());
    for frame in &frames[1..] {
        wire.answer(frame, 200);
    }
    assert_eq!(wire.outgoing(id).last(), Some(&Completed));
}

/// Shows: MSRP-7.1.1-07.
#[test]
fn reports_may_be_awaited_for_a_time() {
    for answered_at in [0, 20] {
        let wait = Some(seconds(120));
        let mut wire = Wire::active(Config::default().report_timeout(wait));
        let id = wire.send(message("hello").success_report(true));
        let frames = wire.drain();
        wire.advance(seconds(answered_at));
        wire.answer(&frames[0], 200);
        wire.advance(seconds(119 - answered_at));
        assert_eq!(wire.outgoing(id), [Sent, Acknowledged { upto: 5 }]);
        wire.advance(seconds(1));
        assert_eq!(
            wire.outgoing(id),
            [Failed(SendFailure::Unconfirmed)],
            "{answered_at}"
        );
    }
    let mut patient = Wire::active(Config::default());
    let id = patient.send(message("hello").success_report(true));
    let frames = patient.drain();
    patient.answer(&frames[0], 200);
    assert_eq!(patient.connection.poll_timeout(), None);
    patient.advance(seconds(100_000));
    assert!(patient.connection.outgoing(id).is_some());

    // What needs no report has no such timer.
    let mut plain = Wire::active(Config::default().report_timeout(Some(seconds(1))));
    let id = plain.send(message("hello"));
    let frames = plain.drain();
    plain.advance(seconds(20));
    plain.answer(&frames[0], 200);
    assert_eq!(plain.outgoing(id).last(), Some(&Completed));
}

/// Shows: MSRP-7.1.1-08.
#[test]
fn what_was_never_confirmed_is_told_at_the_end_of_the_session() {
    let mut wire = Wire::active(Config::default());
    let id = wire.send(message("hello").success_report(true));
    let frames = wire.drain();
    wire.answer(&frames[0], 200);
    wire.outgoing(id);
    wire.connection.session(wire.session).unwrap().abort();
    assert_eq!(wire.outgoing(id), [Failed(SendFailure::Unconfirmed)]);
}

/// Past the cap on messages that await a report, the oldest is unconfirmed; the others still wait.
#[test]
fn reports_are_awaited_for_so_many_messages() {
    let mut wire = Wire::active(Config::default().max_unreported(2).max_outgoing(1));
    let mut ids = Vec::new();
    for _ in 0..4 {
        let id = wire.send(message("hello").success_report(true));
        let frames = wire.drain();
        wire.answer(&frames[0], 200);
        ids.push((id, frames));
    }
    let lost = Failed(SendFailure::Unconfirmed);
    let endings: Vec<_> = ids
        .iter()
        .map(|(id, _)| wire.outgoing(*id).contains(&lost))
        .collect();
    assert_eq!(endings, [true, true, false, false]);
    wire.report(&ids[2].1[0], "1-5/5", "000 200");
    assert_eq!(wire.outgoing(ids[2].0).last(), Some(&Completed));
    wire.report(&ids[0].1[0], "1-5/5", "000 200");
    let late = wire.session_events();
    assert!(late.iter().any(|event| event.starts_with("Late")), "{late:?}");
}

/// A closing session waits for its messages, and then says so.
#[test]
fn closing_waits_for_the_last_outcome() {
    let mut wire = Wire::active(Config::default());
    wire.send(message("a"));
    wire.send(message("b").success_report(true));
    wire.connection.session(wire.session).unwrap().close();
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["1-1/1 1$", "1-1/1 1$"]);
    wire.answer(&frames[1], 200);
    wire.answer(&frames[0], 200);
    let closed = |wire: &mut Wire| wire.session_events().contains(&"Closed".to_owned());
    assert!(!closed(&mut wire));
    wire.report(&frames[1], "1-1/1", "000 200 OK");
    assert!(closed(&mut wire));
}

/// A response that comes before the end of its chunk acknowledges what is out of it.
#[test]
fn an_early_response_acknowledges_what_is_out() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(octets(100_000)));
    wire.poll();
    wire.poll();
    let open = wire.unfinished().unwrap();
    let (tid, [to, from], upto) = (open.tid(), open.paths(), open.body.len() as u64);
    assert!(upto > 0);
    wire.feed(&format!(
        "MSRP {tid} 200\r\nTo-Path: {from}\r\nFrom-Path: {to}\r\n-------{tid}$\r\n"
    ));
    assert_eq!(wire.outgoing(id), [Acknowledged { upto }]);
    assert_eq!(shapes(&wire.drain()), ["1-*/100000 100000$"]);
    assert_eq!(wire.outgoing(id), [Sent, Completed]);
    assert_eq!(
        wire.connection.poll_timeout(),
        None,
        "nothing is awaited any more"
    );
}
