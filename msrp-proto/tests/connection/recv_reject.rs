//! Refusals by the application: in the middle of a message, and when it is complete (RFC 4975 §7.1.4,
//! §7.3.1, §10.5).

use std::time::Duration;

use msrp_proto::{Refusal, TooLate};

use crate::frame::{B, Frame};
use crate::peer::{Peer, run};

fn chunk(id: &str, range: &str, body: &str) -> Frame {
    Frame::chunk(id, "m001", range, body).continued()
}

fn reject(peer: &mut Peer, refusal: Refusal) {
    peer.events();
    peer.incoming("m001").reject(refusal);
}

fn fail(peer: &mut Peer, refusal: Refusal) -> Result<(), TooLate> {
    fail_message(peer, "m001", refusal)
}

fn fail_message(peer: &mut Peer, message: &str, refusal: Refusal) -> Result<(), TooLate> {
    peer.events();
    let receipt = peer.receipt(message);
    peer.connection.fail(receipt, refusal)
}

/// Shows: MSRP-10.5-04.
#[test]
fn between_two_chunks() {
    run(|peer| {
        peer.bind();
        peer.feed(chunk("t001", "1-2/*", "ab").failure_report("partial"));
        reject(peer, Refusal::STOP_SENDING);
        assert_eq!(peer.events(), ["m001 aborted: refused with 413"]);
        peer.sent();
        peer.feed(chunk("t002", "3-4/*", "cd"));
        peer.feed(chunk("t003", "5-6/*", "ef").failure_report("partial"));
        peer.feed(chunk("t004", "7-8/*", "gh").failure_report("no"));
        peer.feed(chunk("t005", "9-10/*", "ij").flag('$'));
        assert_eq!(peer.sent_lines(), ["t002 413", "t003 413", "t005 413"]);
        peer.assert_silent();
        peer.feed(Frame::text("t006", "m002", "other"));
        assert_eq!(peer.sent_lines(), ["t006 200"]);
    });
}

/// The answer to the last chunk has not left yet: it becomes the refusal, and no REPORT is needed.
#[test]
fn before_the_answer_has_left() {
    run(|peer| {
        peer.bind();
        peer.feed(chunk("t001", "1-2/*", "ab"));
        peer.feed(chunk("t002", "3-4/*", "cd"));
        reject(peer, Refusal::FORBIDDEN);
        assert_eq!(peer.sent_lines(), ["t001 403", "t002 403"]);
        assert_eq!(peer.events(), ["m001 aborted: refused with 403"]);
        peer.assert_silent();
    });
}

/// Shows: MSRP-7.1.4-08.
#[test]
fn after_the_answer_has_left() {
    run(|peer| {
        peer.bind();
        let body = "x".repeat(3000);
        peer.feed(chunk("t001", "1-*/5000", &body));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        reject(peer, Refusal::STOP_SENDING);
        assert_eq!(
            peer.sent_lines(),
            ["REPORT m001 1-3000/5000 000 413 Stop Sending"]
        );
        assert_eq!(peer.events(), ["m001 aborted: refused with 413"]);
        // The sender does not want to hear of failures.
        peer.feed(
            Frame::chunk("t002", "m002", "1-*/5000", &body)
                .failure_report("no")
                .continued(),
        );
        peer.events();
        peer.incoming("m002").reject(Refusal::STOP_SENDING);
        assert_eq!(peer.events(), ["m002 aborted: refused with 413"]);
        peer.assert_silent();
        // Nor of successes: the first it hears is the REPORT.
        peer.feed(
            Frame::chunk("t003", "m003", "1-*/*", &body)
                .failure_report("partial")
                .continued(),
        );
        peer.events();
        peer.incoming("m003").reject(Refusal::FORBIDDEN);
        assert_eq!(peer.sent_lines(), ["REPORT m003 1-3000/* 000 403 Forbidden"]);
    });
}

/// The last event. Before it stands what had arrived by then.
fn last(peer: &mut Peer) -> String {
    peer.events().pop().unwrap_or_default()
}

/// In the middle of a chunk without an announced end: at once.
#[test]
fn in_the_middle_of_an_interruptible_chunk() {
    run(|peer| {
        peer.bind();
        let long = "x".repeat(2000);
        let frame = Frame::chunk("t001", "m001", "1-*/*", &long);
        let [front, rest] = frame.split_in_body(1500);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), [""; 0]);
        reject(peer, Refusal::STOP_SENDING);
        assert_eq!(peer.sent_lines(), ["t001 413"]);
        assert_eq!(last(peer), "m001 aborted: refused with 413");
        peer.feed(rest);
        peer.assert_silent();
    });
}

/// In the middle of a chunk with an announced end: at its end.
#[test]
fn in_the_middle_of_a_chunk_with_an_end() {
    run(|peer| {
        peer.bind();
        let long = "x".repeat(2000);
        let [front, rest] = Frame::text("t001", "m001", &long).split_in_body(1500);
        peer.feed(front);
        reject(peer, Refusal::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(last(peer), "m001 aborted: refused with 415");
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        peer.assert_silent();
    });
}

/// Chunks that were answered with 200 stay answered; the one under way carries the refusal.
#[test]
fn in_the_middle_of_a_later_chunk() {
    run(|peer| {
        peer.bind();
        peer.feed(chunk("t001", "1-2/*", "ab"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        let [front, rest] = chunk("t002", "3-*/*", "cdef").split_in_body(2);
        peer.feed(front);
        reject(peer, Refusal::STOP_SENDING);
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), [""; 0]);
        // What had arrived before is delivered, and nothing of the rest.
        assert_eq!(
            peer.events(),
            ["m001 data 2 cd", "m001 aborted: refused with 413"]
        );
    });
}

/// Shows: MSRP-8.6-03.
#[test]
fn a_type_tried_under_a_wildcard() {
    run(|peer| {
        peer.bind();
        let [head, rest] = Frame::text("t001", "m001", "png")
            .typed("image/png")
            .split_in_body(0);
        peer.feed(head);
        reject(peer, Refusal::UNSUPPORTED_MEDIA_TYPE);
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        // Or when all of it has come in one read.
        peer.feed(Frame::text("t002", "m002", "png").typed("image/png"));
        peer.events();
        let receipt = peer.receipt("m002");
        peer.connection
            .fail(receipt, Refusal::UNSUPPORTED_MEDIA_TYPE)
            .unwrap();
        assert_eq!(peer.sent_lines(), ["t002 415"]);
    });
}

/// Shows: MSRP-7.1.4-02.
#[test]
fn a_failure_that_shows_later() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.wait(Duration::from_secs(5));
        fail(peer, Refusal::FORBIDDEN).unwrap();
        assert_eq!(peer.sent_lines(), ["REPORT m001 1-5/5 000 403 Forbidden"]);
        peer.assert_silent();
    });
}

/// Shows: MSRP-7.1.4-07, MSRP-7.1.4-08 (of a whole message).
#[test]
fn a_failure_report() {
    run(|peer| {
        peer.bind();
        let path = format!("msrp://r1:1/x;tcp msrp://r2:1/y;tcp {}", crate::frame::A);
        peer.feed(Frame::text("t001", "m001", "hello").from(&path));
        peer.sent();
        fail(peer, Refusal::STOP_SENDING).unwrap();
        let [report] = <[_; 1]>::try_from(peer.sent()).unwrap();
        let id = report.id();
        let expected = format!(
            "MSRP {id} REPORT\r\nTo-Path: {path}\r\nFrom-Path: {B}\r\nMessage-ID: m001\r\n\
             Byte-Range: 1-5/5\r\nStatus: 000 413 Stop Sending\r\n"
        );
        assert_eq!(report.head.as_bytes(), expected.as_bytes());
        // Any code that may refuse.
        for code in [400u16, 404, 423, 428, 499, 600] {
            let refusal = Refusal::new(msrp_proto::wire::StatusCode::new(code).unwrap()).unwrap();
            peer.feed(Frame::text("t002", "m001", "hello"));
            peer.sent();
            fail(peer, refusal).unwrap();
            assert!(
                peer.sent()[0]
                    .header("Status")
                    .starts_with(&format!("000 {code}"))
            );
        }
    });
}

/// Shows: MSRP-7.1.4-03.
#[test]
fn nobody_wants_to_hear_of_failures() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello").failure_report("no"));
        assert_eq!(fail(peer, Refusal::FORBIDDEN), Err(TooLate));
        peer.assert_silent();
    });
}

/// A message that failed is not reported as a success, whatever its sender wants to hear.
#[test]
fn no_success_report_of_a_failed_message() {
    for report in ["yes", "partial", "no"] {
        run(|peer| {
            peer.bind();
            let message = Frame::text("t001", "m001", "hello").success_report("yes");
            peer.feed(message.failure_report(report));
            let failed = fail(peer, Refusal::FORBIDDEN);
            let expected: &[&str] = match report {
                "yes" => &["t001 403"],
                "partial" => &["REPORT m001 1-5/5 000 403 Forbidden"],
                _ => &[],
            };
            assert_eq!(peer.sent_lines(), expected, "{report}");
            assert_eq!(failed.is_err(), report == "no");
        });
    }
}

/// Several chunks, the answers to some of which have left.
#[test]
fn the_last_answer_carries_the_refusal() {
    run(|peer| {
        peer.bind();
        peer.feed(chunk("t001", "1-2/4", "ab"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(chunk("t002", "3-4/4", "cd").flag('$'));
        fail(peer, Refusal::FORBIDDEN).unwrap();
        assert_eq!(peer.sent_lines(), ["t002 403"]);
        // The last chunk wants no answer, so that the refusal needs a REPORT... which it forbids.
        peer.feed(chunk("t003", "1-2/4", "ab").header("Message-ID", "m002"));
        let last = chunk("t004", "3-4/4", "cd").header("Message-ID", "m002");
        peer.feed(last.failure_report("no").flag('$'));
        assert_eq!(fail_message(peer, "m002", Refusal::FORBIDDEN), Err(TooLate));
        assert_eq!(peer.sent_lines(), ["t003 200"]);
    });
}

/// When the session is over there is nobody to tell.
#[test]
fn too_late() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello"));
        peer.sent();
        peer.events();
        peer.session("B").abort();
        assert_eq!(fail(peer, Refusal::FORBIDDEN), Err(TooLate));
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// A handle whose last event is queued commands nothing.
#[test]
fn handles_end_with_their_message() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello"));
        peer.events();
        let id = peer.incoming_id("m001");
        assert!(peer.connection.incoming(id).is_none());
        // Nor does it when another message has taken its place.
        peer.feed(chunk("t002", "1-2/*", "ab"));
        assert!(peer.connection.incoming(id).is_none());
    });
}
