//! The receiver of a file: one message on a session of its own (RFC 5547 §8.1, §8.4, §8.7, §10).

use std::time::Duration;

use msrp_proto::{Direction, MediaRanges, Refusal, Role, SessionConfig, Terms};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup};

/// A session for one file, which comes from the peer.
fn session() -> SessionConfig {
    let terms = Terms::new(A.parse().unwrap()).direction(Direction::RecvOnly);
    SessionConfig::new(B.parse().unwrap(), Role::Passive, terms).single_message(true)
}

fn setup() -> Setup {
    Setup::new().session(session())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn part(id: &str, message: &str) -> Frame {
    Frame::chunk(id, message, "1-4/10", "0123").continued()
}

fn abort(id: &str, message: &str) -> Frame {
    Frame::chunk(id, message, "5-*/10", "45").flag('#')
}

/// The file was begun and given up by its sender, at t = 0.
fn aborted(peer: &mut Peer) {
    peer.feed(part("t001", "m001"));
    peer.feed(abort("t002", "m001"));
    assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    let events = peer.events();
    assert_eq!(events.last().unwrap(), "m001 aborted: abandoned by the sender");
}

/// Shows: FT-8.4-04.
#[test]
fn a_sender_that_aborts_and_does_not_close() {
    for limit in [None, Some(30), Some(7)] {
        let setup = setup().config(|config| match limit {
            Some(limit) => config.aborted_timeout(seconds(limit)),
            None => config,
        });
        setup.run(|peer| {
            peer.bind();
            aborted(peer);
            let limit = limit.unwrap_or(30);
            assert_eq!(peer.due_in(), Some(seconds(limit)));
            peer.wait(seconds(limit) - Duration::from_millis(1));
            peer.assert_silent();
            peer.wait(Duration::from_millis(1));
            assert_eq!(peer.events(), ["B StaleAborted"]);
            // It is told once, and the session is closed by the application.
            assert_eq!(peer.due_in(), None);
            peer.wait(seconds(3600));
            peer.assert_silent();
            peer.session("B").close();
            assert_eq!(peer.events(), ["B closed"]);
        });
    }
}

/// In the first chunk, without a body, by a chunk that is itself refused, and with Failure-Report `no`, though nothing
/// is answered then.
#[test]
fn however_it_is_given_up() {
    let bodiless = Frame::bodiless("t002")
        .header("Message-ID", "m001")
        .header("Byte-Range", "1-0/10");
    let behind_the_end = Frame::chunk("t002", "m001", "101-*/*", "x").flag('#');
    let first = || Some(part("t001", "m001"));
    for (first, last, answers) in [
        (None, abort("t002", "m001"), "t002 200"),
        (first(), bodiless.flag('#'), "t001 200 t002 200"),
        (first(), abort("t002", "m001").failure_report("no"), "t001 200"),
        (
            Some(Frame::chunk("t001", "m001", "5-8/8", "4567")),
            behind_the_end,
            "t001 200 t002 400",
        ),
    ] {
        setup().run(|peer| {
            peer.bind();
            for frame in first.iter().chain([&last]) {
                peer.feed(frame.clone());
            }
            assert_eq!(peer.sent_lines().join(" "), answers);
            peer.events();
            peer.wait(seconds(30));
            assert_eq!(peer.events(), ["B StaleAborted"]);
        });
    }
}

/// The session is closed in time, by one side or the other, or lost.
#[test]
fn a_sender_that_closes() {
    let ends: [fn(&mut Peer); 4] = [
        |peer| peer.session("B").close(),
        |peer| peer.session("B").abort(),
        |peer| peer.eof(),
        |peer| {
            // A further file on the same connection, on a session of its own.
            peer.session("B").close();
            peer.open("next", session());
            assert_eq!(peer.due_in(), None);
        },
    ];
    for end in ends {
        setup()
            .config(|config| config.idle_timeout(seconds(1000)))
            .run(|peer| {
                peer.bind();
                aborted(peer);
                peer.wait(seconds(29));
                end(peer);
                peer.events();
                peer.wait(seconds(900));
                peer.assert_silent();
            });
    }
    // It is closing already, and waits for what it still has to send.
    let terms = Terms::new(A.parse().unwrap());
    let both_ways = SessionConfig::new(B.parse().unwrap(), Role::Passive, terms).single_message(true);
    let patient = Setup::new().config(|config| config.transaction_timeout(seconds(100)));
    patient.session(both_ways).run(|peer| {
        peer.bind();
        peer.send("out", crate::peer::text("x"));
        peer.sent();
        aborted(peer);
        peer.session("B").close();
        peer.wait(seconds(60));
        peer.assert_silent();
    });
}

/// The sender begins anew with the same message, which then counts.
#[test]
fn a_sender_that_begins_anew() {
    setup().run(|peer| {
        peer.bind();
        aborted(peer);
        peer.wait(seconds(20));
        peer.feed(part("t003", "m001"));
        peer.wait(seconds(300));
        assert_eq!(peer.events(), ["m001 started", "m001 data 0 0123"]);
        peer.feed(abort("t004", "m001"));
        peer.events();
        assert_eq!(peer.sent_lines(), ["t003 200", "t004 200"]);
        peer.wait(seconds(29));
        peer.assert_silent();
        peer.wait(seconds(1));
        assert_eq!(peer.events(), ["B StaleAborted"]);
        // Or completes it.
        peer.feed(Frame::text("t005", "m001", "0123456789"));
        assert_eq!(peer.events().last().unwrap(), "m001 finished 10");
        assert_eq!(peer.due_in(), None);
    });
}

/// Where messages come and go, one that is given up is no reason to close, nor are control messages.
#[test]
fn not_on_other_sessions() {
    let sender = Terms::new(A.parse().unwrap()).direction(Direction::SendOnly);
    let sender = SessionConfig::new(B.parse().unwrap(), Role::Passive, sender).single_message(true);
    for session in [session().single_message(false), sender] {
        Setup::new().session(session).run(|peer| {
            peer.bind();
            aborted(peer);
            assert_eq!(peer.due_in(), None);
        });
    }
    // Nor is a message that is one too many, or that never began.
    setup().run(|peer| {
        peer.bind();
        peer.feed(abort("t001", "m001").without("Content-Type"));
        peer.feed(Frame::text("t002", "m002", "file"));
        peer.feed(abort("t003", "m003"));
        peer.events();
        assert_eq!(peer.due_in(), None);
    });
}

/// The receiver aborts while the file arrives. It is its own turn to close.
#[test]
fn rejecting_the_file() {
    for (reports, answers) in [("yes", 1), ("partial", 1), ("no", 0)] {
        setup().run(|peer| {
            peer.bind();
            let chunk = Frame::chunk("t001", "m001", "1-*/10", "0123").failure_report(reports);
            let [front, rest] = chunk.flag('#').split_in_body(2);
            peer.feed(front);
            peer.take_events();
            peer.incoming("m001").reject(Refusal::STOP_SENDING);
            assert_eq!(peer.sent_lines(), vec!["t001 413"; answers]);
            let events = peer.events();
            assert_eq!(events.last().unwrap(), "m001 aborted: refused with 413");
            peer.feed(rest);
            peer.assert_silent();
            assert_eq!(peer.due_in(), None);
            peer.session("B").close();
            assert_eq!(peer.events(), ["B closed"]);
        });
    }
}

/// More octets than the ten that are announced: the file ends, and what came before is delivered.
#[test]
fn a_file_that_is_longer_than_announced() {
    let announced = || Setup::new().session(session().max_size(Some(10)));
    for range in ["1-*/*", "1-*/10", "1-11/*"] {
        announced().run(|peer| {
            peer.bind();
            peer.feed(Frame::chunk("t001", "m001", range, "0123456789X"));
            let told = ["started", "data 0 0123456789", "aborted: refused with 413"];
            assert_eq!(peer.events(), told.map(|what| format!("m001 {what}")));
            assert_eq!(peer.sent_lines(), ["t001 413"]);
        });
    }
    // In a later chunk; and what comes then is refused likewise.
    announced().run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "0123456789").continued());
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(Frame::chunk("t002", "m001", "11-*/*", "X").continued());
        peer.feed(Frame::chunk("t003", "m001", "12-*/*", "Y"));
        let told = ["started", "data 0 0123456789", "aborted: refused with 413"];
        assert_eq!(peer.events(), told.map(|what| format!("m001 {what}")));
        assert_eq!(peer.sent_lines(), ["t002 413", "t003 413"]);
    });
    // As long as announced.
    announced().run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "0123456789"));
        assert_eq!(peer.events().last().unwrap(), "m001 finished 10");
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

/// A file that its head gives away never begins. This side is told, since it has to close the session.
#[test]
fn a_file_that_is_refused_by_its_head() {
    let limited = || {
        let types = MediaRanges::parse(b"text/plain").unwrap();
        Setup::new().session(session().max_size(Some(10)).accepts(types))
    };
    let long = Frame::chunk("t001", "m001", "1-11/11", "0123456789X");
    let html = Frame::text("t001", "m001", "x").typed("text/html");
    let coded = Frame::text("t001", "m001", "x").header("Content-Transfer-Encoding", "base64");
    for (frame, code) in [(long, 413), (html, 415), (coded, 415)] {
        limited().run(|peer| {
            peer.bind();
            peer.feed(frame.clone());
            let refused = format!("B refused m001 with {code}");
            assert_eq!(peer.events(), [refused]);
            assert_eq!(peer.sent_lines(), [format!("t001 {code}")]);
            // Once, whatever yet comes of it.
            peer.feed(frame.clone());
            assert_eq!(peer.events(), [""; 0]);
            assert_eq!(peer.sent_lines(), [format!("t001 {code}")]);
            // It was none: the file may still come.
            peer.feed(Frame::text("t002", "m002", "0123456789"));
            assert_eq!(peer.events().last().unwrap(), "m002 finished 10");
            // What is one too many is not told.
            peer.feed(Frame::chunk("t003", "m003", "1-11/11", "0123456789X"));
            assert_eq!(peer.events(), [""; 0]);
        });
        // Nor is anything told where messages come and go.
        Setup::new()
            .session(session().max_size(Some(10)).single_message(false))
            .run(|peer| {
                peer.bind();
                peer.feed(Frame::chunk("t001", "m001", "1-11/11", "0123456789X"));
                assert_eq!(peer.events(), [""; 0]);
            });
    }
    // Nor of silent requests with an answer, but the application hears of them.
    limited().run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-11/11", "0123456789X").failure_report("no"));
        assert_eq!(peer.events(), ["B refused m001 with 413"]);
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// A new file-transfer-id with the URIs as they are: the transfer starts again (RFC 5547 §8.1).
#[test]
fn starting_again() {
    setup().run(|peer| {
        peer.bind();
        peer.feed(part("t001", "m001"));
        peer.take_events();
        peer.incoming("m001").reject(Refusal::STOP_SENDING);
        peer.feed(Frame::text("t002", "m002", "fgh"));
        peer.session("B").allow_next_message();
        peer.events();
        assert_eq!(peer.sent_lines(), ["t001 413", "t002 403"]);
        // What is still on its way of the old one is not the new one, nor is its end a reason to close.
        peer.feed(Frame::chunk("t003", "m001", "5-8/10", "4567").continued());
        peer.feed(Frame::text("t004", "m003", "fgh"));
        peer.feed(abort("t005", "m001"));
        peer.feed(Frame::text("t006", "m004", "x"));
        assert_eq!(
            peer.sent_lines(),
            ["t003 413", "t004 200", "t005 413", "t006 403"]
        );
        assert_eq!(
            peer.events(),
            ["m003 started", "m003 data 0 fgh", "m003 finished 3"]
        );
        assert_eq!(peer.due_in(), None);
    });
    // The sender has aborted before: nobody waits for the end of the session any more.
    setup().run(|peer| {
        peer.bind();
        aborted(peer);
        peer.session("B").allow_next_message();
        assert_eq!(peer.due_in(), None);
        peer.feed(Frame::text("t003", "m002", "fgh"));
        assert_eq!(peer.sent_lines(), ["t003 200"]);
        peer.wait(seconds(100));
        assert_eq!(peer.events().last().unwrap(), "m002 finished 3");
    });
    // It aborts afterwards, which is about the old one.
    setup().run(|peer| {
        peer.bind();
        peer.feed(part("t001", "m001"));
        peer.session("B").allow_next_message();
        peer.feed(abort("t002", "m001"));
        assert_eq!(peer.due_in(), None);
    });
}
