//! Responses of the peer (RFC 4975 §7.2).

use std::time::Duration;

use msrp_proto::wire::FailureReport;

use crate::frame::Frame;
use crate::peer::{Peer, Setup, active, run, text};

/// Sends one-octet messages of those names, and returns the identifiers of their requests.
fn send(peer: &mut Peer, names: &[&str]) -> Vec<String> {
    for name in names {
        peer.send(name, text("x"));
    }
    let ids = peer.sent().iter().map(|sent| sent.id()).collect();
    peer.events();
    ids
}

/// Shows: MSRP-7.2-07.
#[test]
fn a_comment_is_optional() {
    run(|peer| {
        peer.bind();
        for status in ["200", "200 ", "200 OK", "200 Gr\u{fc}n"] {
            let ids = send(peer, &["out"]);
            peer.feed(Frame::response(&ids[0], status));
            assert_eq!(peer.events(), ["out acknowledged 1", "out completed"], "{status}");
        }
    });
}

/// Shows: MSRP-7.2-08.
#[test]
fn in_any_order() {
    run(|peer| {
        peer.bind();
        let ids = send(peer, &["one", "two", "three"]);
        for (id, name) in [(2, "three"), (0, "one"), (1, "two")] {
            peer.feed(Frame::response(&ids[id], "200 OK"));
            assert_eq!(
                peer.events(),
                [format!("{name} acknowledged 1"), format!("{name} completed")]
            );
        }
    });
}

/// Shows: MSRP-7.2-09.
#[test]
fn to_unknown_requests() {
    run(|peer| {
        peer.bind();
        let ids = send(peer, &["out"]);
        for id in [
            "abcd",
            "0123456789abcdef",
            &"z".repeat(32),
            &format!("{}x", &ids[0][..ids[0].len() - 1]),
        ] {
            for status in ["200 OK", "481", "999"] {
                peer.feed(Frame::response(id, status));
                peer.assert_silent();
            }
        }
        peer.feed(Frame::response(&ids[0], "200 OK"));
        assert_eq!(peer.events(), ["out acknowledged 1", "out completed"]);
        peer.feed(Frame::response(&ids[0], "200 OK"));
        peer.feed(Frame::response(&ids[0], "481 Gone"));
        peer.assert_silent();
        assert!(peer.session("B").is_bound());
    });
}

/// Shows: MSRP-7.2-10.
#[test]
fn after_the_timeout() {
    run(|peer| {
        peer.bind();
        let ids = send(peer, &["out"]);
        peer.wait(Duration::from_secs(30));
        assert_eq!(peer.events(), ["out failed: timed out"]);
        peer.wait(Duration::from_secs(1));
        peer.feed(Frame::response(&ids[0], "200 OK"));
        peer.wait(Duration::from_secs(60));
        peer.assert_silent();
    });
}

/// Shows: MSRP-5.3-03.
#[test]
fn only_failures_are_answered() {
    run(|peer| {
        peer.bind();
        peer.send("out", text("x").failure_report(FailureReport::Partial));
        let id = peer.sent()[0].id();
        assert_eq!(peer.events(), ["out sent", "out completed"]);
        assert_eq!(peer.due_in(), None);
        peer.feed(Frame::response(&id, "415"));
        // The message had its last event when it was sent.
        let [line] = <[_; 1]>::try_from(peer.events()).unwrap();
        assert!(line.starts_with("B late ") && line.ends_with(" 415"), "{line}");
        // Of one that has not, it is the last event.
        peer.send(
            "big",
            text("x")
                .failure_report(FailureReport::Partial)
                .success_report(true),
        );
        let id = peer.sent()[0].id();
        assert_eq!(peer.events(), ["big sent"]);
        assert_eq!(peer.due_in(), None);
        peer.feed(Frame::response(&id, "413"));
        assert_eq!(peer.events(), ["big failed: refused with 413"]);
    });
}

/// A response shows that the peer knows the session, if it says so.
#[test]
fn a_response_binds() {
    Setup::new().session(active(crate::frame::B)).run(|peer| {
        let binding = peer.sent();
        assert_eq!(binding[0].line(), "SEND 1-0/0 $");
        peer.feed(Frame::response(&binding[0].id(), "200 OK"));
        assert_eq!(peer.events(), ["B bound"]);
    });
    Setup::new().session(active(crate::frame::B)).run(|peer| {
        let id = peer.sent()[0].id();
        peer.feed(Frame::response(&id, "403 Forbidden"));
        assert_eq!(peer.events(), [""; 0]);
        assert!(!peer.session("B").is_bound());
    });
}

/// Bodies and flags of responses have no meaning (ruling R-23).
#[test]
fn bodies_and_flags_of_responses() {
    run(|peer| {
        peer.bind();
        let ids = send(peer, &["one", "two"]);
        peer.feed(
            Frame::response(&ids[0], "200 OK")
                .typed("text/plain")
                .body("why not"),
        );
        peer.feed(Frame::response(&ids[1], "200 OK").flag('#'));
        assert_eq!(
            peer.events(),
            [
                "one acknowledged 1",
                "one completed",
                "two acknowledged 1",
                "two completed"
            ]
        );
    });
}
