//! What happens when nothing happens: idle connections, silent sessions, messages that do not go on.

use std::time::Duration;

use crate::frame::{B2, Frame};
use crate::peer::{Cut, Setup, active, passive, run};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Shows: MSRP-4-02.
#[test]
fn an_idle_connection() {
    let setup = || Setup::new().config(|config| config.idle_timeout(seconds(60)));
    setup().run(|peer| {
        assert_eq!(peer.due_in(), None);
        peer.session("B").abort();
        assert_eq!(peer.events(), ["B failed: aborted"]);
        assert_eq!(peer.connection.session_count(), 0);
        // The command does not know the time; the next call does.
        assert_eq!(peer.due_in(), Some(seconds(0)));
        peer.connection.handle_timeout(peer.now);
        assert_eq!(peer.due_in(), Some(seconds(60)));
        peer.wait(seconds(59));
        assert_eq!(peer.events(), [""; 0]);
        peer.wait(seconds(1));
        assert_eq!(peer.events(), ["idle"]);
        // It is told once.
        assert_eq!(peer.due_in(), None);
        peer.wait(seconds(3600));
        peer.assert_silent();
    });
    setup().run(|peer| {
        peer.session("B").abort();
        peer.events();
        peer.wait(seconds(30));
        peer.open("B2", passive(B2));
        assert_eq!(peer.due_in(), None);
        peer.wait(seconds(3600));
        peer.assert_silent();
    });
    // A connection that never had a session; what is not for any does not keep it.
    setup().no_session().run(|peer| {
        peer.wait(seconds(59));
        peer.feed(Frame::bodiless("t001"));
        peer.wait(seconds(1));
        assert_eq!(peer.events(), ["idle"]);
    });
}

/// A session that has sent nothing for the time agreed upon sends a SEND without a body.
#[test]
fn keepalive() {
    let setup = || Setup::new().config(|config| config.keepalive(Some(seconds(20))));
    setup().run(|peer| {
        // Not before it may send.
        peer.wait(seconds(60));
        peer.assert_silent();
        peer.bind();
        peer.wait(seconds(20));
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].line(), "SEND 1-0/0 $");
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        // A message postpones it.
        peer.wait(seconds(15));
        peer.assert_silent();
        peer.send("out", crate::peer::text("x"));
        let id = peer.sent()[0].id();
        peer.feed(Frame::response(&id, "200 OK"));
        peer.events();
        peer.wait(seconds(19));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.wait(seconds(1));
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
        // It is not answered.
        peer.wait(seconds(30));
        assert_eq!(peer.events(), ["B unanswered"]);
    });
    // Octets of a long chunk keep alive as well: it is not interrupted.
    let one_chunk = || setup().config(|config| config.chunk_limit(None));
    one_chunk().run(|peer| {
        peer.bind();
        peer.send("out", crate::peer::text(vec![b'x'; 1 << 20]));
        for _ in 0..60 {
            assert_eq!(peer.sent_in_a_buffer().len(), 0);
            peer.wait(seconds(1));
        }
        assert_eq!(peer.sent_lines(), ["SEND 1-*/1048576 [1048576] $"]);
    });
    // While nothing can be sent they do not pile up.
    setup().session(active(crate::frame::B)).run(|peer| {
        peer.wait(seconds(2000));
        let sent = peer.sent_lines();
        assert!(sent.len() <= 2, "{sent:?}");
    });
}

/// A message of which no chunk comes for too long is given up.
#[test]
fn an_incomplete_message() {
    let setup = || Setup::new().config(|config| config.incomplete_timeout(seconds(600)));
    let chunk = |id, at: u64| Frame::chunk(id, "m001", &format!("{at}-*/*"), "x").continued();
    setup().run(|peer| {
        peer.bind();
        peer.feed(chunk("t001", 1));
        assert_eq!(peer.due_in(), Some(seconds(600)));
        peer.wait(seconds(400));
        peer.feed(chunk("t002", 2));
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
        peer.wait(seconds(599));
        assert_eq!(peer.events(), ["m001 started", "m001 data 0 xx"]);
        peer.wait(seconds(1));
        assert_eq!(peer.events(), ["m001 aborted: nothing arrived for too long"]);
        assert_eq!(peer.due_in(), None);
        // What comes later has lost its begin, and is refused.
        peer.feed(chunk("t003", 3));
        assert_eq!(peer.sent_lines(), ["t003 413"]);
        assert_eq!(peer.events(), [""; 0]);
    });
    // A complete message leaves no timer.
    run(|peer| {
        peer.feed(chunk("t001", 1));
        peer.feed(chunk("t002", 2).flag('$'));
        assert_eq!(peer.due_in(), None);
    });
}

/// It is octets that count: a chunk may take longer than that, as long as something of it arrives.
#[test]
fn a_slow_chunk() {
    let setup = || Setup::new().config(|config| config.incomplete_timeout(seconds(600)));
    let halves = || Frame::chunk("t002", "m001", "3-*/*", "cdef").split_in_body(2);
    setup().run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "ab").continued());
        let [front, rest] = halves();
        peer.wait(seconds(500));
        peer.feed(front);
        peer.wait(seconds(500));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(rest);
        assert_eq!(
            peer.events(),
            ["m001 started", "m001 data 0 abcdef", "m001 finished 6"]
        );
        assert_eq!(peer.sent_lines(), ["t002 200"]);
        assert_eq!(peer.due_in(), None);
    });
    // The first one may stop in its middle, too.
    setup().run(|peer| {
        peer.bind();
        let [front, rest] = Frame::chunk("t001", "m001", "1-*/*", "abcd").split_in_body(2);
        peer.feed(front);
        assert_eq!(peer.due_in(), Some(seconds(600)));
        peer.wait(seconds(600));
        let lost = "m001 aborted: nothing arrived for too long";
        assert_eq!(peer.events(), ["m001 started", "m001 data 0 ab", lost]);
        assert_eq!(peer.sent_lines(), ["t001 413"]);
        assert_eq!(peer.due_in(), None);
        peer.feed(rest);
        peer.assert_silent();
        // A chunk of a later message is not taken for one of it.
        peer.feed(Frame::text("t002", "m002", "x"));
        assert_eq!(
            peer.events(),
            ["m002 started", "m002 data 0 x", "m002 finished 1"]
        );
    });
    // One that stops in its middle takes its message with it.
    setup().run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "ab").continued());
        let [front, rest] = halves();
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.wait(seconds(600));
        let lost = "m001 aborted: nothing arrived for too long";
        assert_eq!(peer.events(), ["m001 started", "m001 data 0 abcd", lost]);
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        peer.feed(rest);
        peer.assert_silent();
    });
}

/// Pings that cannot leave do not pile up either.
#[test]
fn many_pings() {
    run(|peer| {
        peer.bind();
        for _ in 0..1000 {
            peer.session("B").ping();
        }
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
        peer.session("B").ping();
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
    });
}

/// An answer that nothing but a command or a timeout has made may be the one that is too many.
#[test]
fn a_stall_is_seen_whatever_made_the_last_answer() {
    let setup = Setup::new().config(|config| {
        let config = config.in_flight(1).max_answers(2);
        config.incomplete_timeout(seconds(10))
    });
    for cut in [Cut::Whole, Cut::Octets] {
        for by_command in [true, false] {
            let mut peer = setup.peer(cut);
            peer.feed(Frame::text("t001", "m001", "x"));
            let [open, _] = Frame::chunk("t002", "m002", "1-*/100", "ab").split_in_body(2);
            peer.feed(open);
            if by_command {
                peer.session("B").close();
            } else {
                peer.wait(seconds(10));
            }
            peer.events();
            assert!(!peer.connection.wants_input());
            peer.wait(seconds(30));
            assert_eq!(
                peer.events().last().unwrap(),
                "lost: the peer does not take answers"
            );
        }
    }
}
