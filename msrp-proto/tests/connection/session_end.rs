//! The end of sessions and of connections (RFC 4975 §5.4, §11.1).

use std::time::Duration;

use msrp_proto::{LinkError, Refusal, SessionsOpen};

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Peer, Setup, active, passive, run, text};

const B3: &str = "msrp://b.example.com:12763/third;tcp";

/// Three sessions, each with a message on its way out and one on its way in.
fn busy(peer: &mut Peer) {
    peer.open("B2", passive(B2));
    peer.open("B3", passive(B3));
    for (name, uri) in [("B", B), ("B2", B2), ("B3", B3)] {
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "x").to(uri).continued());
        peer.send_on(name, &format!("out of {name}"), text("hello"));
    }
    assert_eq!(peer.sent().len(), 6);
    peer.events();
}

const ENDS: [&str; 9] = [
    "m001 aborted: the connection ended",
    "B2/m001 aborted: the connection ended",
    "B3/m001 aborted: the connection ended",
    "out of B failed: the connection ended",
    "out of B2 failed: the connection ended",
    "out of B3 failed: the connection ended",
    "B failed: the connection ended",
    "B2 failed: the connection ended",
    "B3 failed: the connection ended",
];

/// Shows: MSRP-5.4-17 (but for the lists of unconfirmed messages), MSRP-5.4-18.
#[test]
fn the_connection_takes_its_sessions_along() {
    type End = fn(&mut Peer);
    let ends: [(End, &str); 5] = [
        (
            |peer| peer.connection.handle_failure(peer.now, LinkError::Reset),
            "the connection broke",
        ),
        (
            |peer| peer.connection.handle_failure(peer.now, LinkError::Tls),
            "TLS failed",
        ),
        (|peer| peer.eof(), "the peer closed the connection"),
        (|peer| peer.connection.abort(), "connection aborted"),
        (|peer| peer.feed("junk"), "the peer sent what is not MSRP"),
    ];
    for (end, why) in ends {
        run(|peer| {
            busy(peer);
            end(peer);
            let lost = format!("lost: {why}");
            let expected: Vec<_> = ENDS.into_iter().chain([&*lost]).collect();
            assert_eq!(peer.events(), expected);
            assert_eq!(peer.connection.session_count(), 0);
            // Nothing brings it back.
            assert_eq!(peer.due_in(), None);
            peer.wait(Duration::from_secs(3600));
            peer.eof();
            peer.connection.abort();
            peer.assert_silent();
            assert!(peer.connection.is_closed());
            assert!(peer.connection.open(passive(B)).is_err());
        });
    }
}

/// The driver tries one address after the other, and tells the connection about the last one only.
///
/// Shows: MSRP-6.2-03 (the state machine waits, and asks for nothing meanwhile).
#[test]
fn waiting_for_the_transport() {
    for reachable in [false, true] {
        Setup::new().session(active(B)).run(|peer| {
            peer.send("out", text("hello"));
            // However long it takes: no octets are taken before there is a transport.
            assert_eq!(peer.due_in(), None);
            peer.wait(Duration::from_secs(3600));
            assert_eq!(peer.events(), [""; 0]);
            assert!(peer.connection.wants_transmit() && peer.connection.session_count() == 1);
            if reachable {
                assert_eq!(peer.sent_lines(), ["SEND 1-5/5 hello $"]);
                assert_eq!(peer.events(), ["out sent"]);
                return;
            }
            peer.connection.handle_failure(peer.now, LinkError::Connect);
            assert_eq!(
                peer.events(),
                [
                    "out failed: the connection ended",
                    "B failed: the connection ended",
                    "lost: no connection could be made"
                ]
            );
            peer.assert_silent();
        });
    }
}

/// Shows: MSRP-5.4-09 (the verdict of the driver), MSRP-14.4-02.
#[test]
fn the_wrong_peer_gets_nothing() {
    let local = "msrps://b.example.com:12763/kjhd37s2s20w2a;tcp";
    for (verdict, why) in [
        (LinkError::Fingerprint, "the certificate has another fingerprint"),
        (LinkError::Name, "the certificate is for another name"),
        (LinkError::Tls, "TLS failed"),
    ] {
        Setup::new().secure().session(active(local)).run(|peer| {
            peer.send("out", text("secret"));
            assert!(peer.connection.wants_transmit());
            peer.connection.handle_failure(peer.now, verdict);
            assert!(peer.transmitted().is_empty());
            assert_eq!(
                peer.events(),
                [
                    "out failed: the connection ended".to_owned(),
                    "B failed: the connection ended".to_owned(),
                    format!("lost: {why}")
                ]
            );
            assert!(peer.connection.is_closed() && peer.due_in().is_none());
            peer.assert_silent();
        });
    }
}

/// Answers owed when the peer closes its side still go out; when the transport is gone they do not.
#[test]
fn answers_owed_at_the_end() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x"));
        peer.eof();
        peer.events();
        assert!(!peer.connection.is_closed());
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert!(peer.connection.is_closed());
    });
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x"));
        peer.connection.handle_failure(peer.now, LinkError::Reset);
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(peer.events().last().unwrap(), "lost: the connection broke");
        assert!(peer.connection.is_closed());
    });
}

/// Shows: MSRP-5.4-27.
#[test]
fn a_connection_in_use_is_not_closed() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.feed(Frame::bodiless("t001"));
        assert_eq!(peer.connection.close(), Err(SessionsOpen(2)));
        peer.session("B").abort();
        assert_eq!(peer.connection.close(), Err(SessionsOpen(1)));
        assert_eq!(peer.connection.session_count(), 1);
        peer.session("B2").close();
        assert_eq!(peer.connection.close(), Ok(()));
        assert_eq!(peer.events(), ["B bound", "B failed: aborted", "B2 closed"]);
        // What is owed goes out first.
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(peer.events(), ["lost: connection closed"]);
        assert!(peer.connection.is_closed());
    });
}

/// Shows: MSRP-11.1-02.
#[test]
fn a_session_that_is_over_does_not_exist() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "x").continued());
        peer.feed(Frame::bodiless("t002").to(B2));
        peer.events();
        peer.sent();
        peer.session("B").close();
        assert_eq!(peer.events(), ["m001 aborted: the session ended", "B closed"]);
        peer.feed(Frame::chunk("t003", "m001", "2-*/*", "y"));
        peer.feed(Frame::text("t004", "m002", "z").failure_report("no"));
        peer.feed(Frame::bodiless("t005").to(B2));
        assert_eq!(peer.sent_lines(), ["t003 481", "t005 200"]);
        peer.assert_silent();
    });
}

/// A session that ends in the middle of a request: that is answered like those that follow.
#[test]
fn in_the_middle_of_a_request() {
    run(|peer| {
        peer.bind();
        let [front, rest] = Frame::chunk("t001", "m001", "1-*/*", "hello").split_in_body(2);
        peer.feed(front);
        peer.session("B").abort();
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 0 he",
                "m001 aborted: the session ended",
                "B failed: aborted"
            ]
        );
        let sent = peer.sent();
        assert_eq!(sent[0].line(), "t001 481");
        assert_eq!((sent[0].header("To-Path"), sent[0].header("From-Path")), (A, B));
        peer.feed(rest);
        peer.assert_silent();
    });
    // One with an announced end is answered there; one that wants no answer gets none.
    for (report, expected) in [("yes", &["t001 481"][..]), ("no", &[])] {
        run(|peer| {
            peer.bind();
            let frame = Frame::text("t001", "m001", "hello").failure_report(report);
            let [front, rest] = frame.split_in_body(2);
            peer.feed(front);
            peer.session("B").abort();
            assert_eq!(peer.sent_lines(), [""; 0]);
            peer.events();
            // The same URI again is another session, which has not seen the message.
            peer.open("again", passive(B));
            peer.feed(rest);
            assert_eq!(peer.sent_lines(), expected);
            assert_eq!(peer.events(), [""; 0]);
        });
    }
}

/// Sending is over at once when the application says so; when it closes, what is queued goes first.
#[test]
fn messages_at_the_end_of_a_session() {
    run(|peer| {
        peer.bind();
        peer.send("out", text("hello"));
        peer.session("B").abort();
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(
            peer.events(),
            ["out failed: the session ended", "B failed: aborted"]
        );
    });
    run(|peer| {
        peer.bind();
        peer.send("out", text("hello"));
        peer.session("B").close();
        assert!(peer.session("B").send(text("more")).is_err());
        let id = peer.sent()[0].id();
        assert_eq!(peer.events(), ["out sent"]);
        peer.feed(Frame::response(&id, "200 OK"));
        assert_eq!(peer.events(), ["out acknowledged 5", "out completed", "B closed"]);
    });
}

/// Without any session requests are answered, and nothing happens besides.
#[test]
fn no_session_at_all() {
    Setup::new().no_session().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x"));
        peer.feed(Frame::new("t002", "FOO"));
        peer.feed(Frame::report("t003", "m001", "1-1/1", "000 200 OK"));
        peer.feed(Frame::response("t004", "200 OK"));
        assert_eq!(peer.sent_lines(), ["t001 481", "t002 481"]);
        peer.assert_silent();
    });
}

/// What is withdrawn while a connection drains does not keep it.
#[test]
fn a_connection_drains_though_its_last_report_is_withdrawn() {
    run(|peer| {
        let message = Frame::text("t001", "m001", "hello");
        peer.feed(message.success_report("yes").failure_report("no"));
        peer.take_events();
        let receipt = peer.receipt("m001");
        peer.session("B").close();
        peer.connection.close().unwrap();
        assert!(peer.connection.wants_transmit());
        assert!(peer.connection.fail(receipt, Refusal::FORBIDDEN).is_err());
        assert_eq!(peer.events().last().unwrap(), "lost: connection closed");
        assert!(peer.connection.is_closed());
    });
}
