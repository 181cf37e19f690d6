//! A session in place of a failed one: what was received before (RFC 4975 §5.4).

use std::time::Duration;

use msrp_proto::{Carry, Config, Inbox, LinkError, Refusal, Role, SessionConfig, SuccessReports, Terms};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup, run};

/// The replacement: other URIs on both sides.
pub(crate) const NEW_A: &str = "msrp://other.example.net:9/A2a2a2a2;tcp";
pub(crate) const NEW_B: &str = "msrp://b.example.com:12763/B2b2b2b2;tcp";

/// A passive session at the new URIs that replaces the one that left this.
pub(crate) fn replacement(carry: Carry) -> SessionConfig {
    let terms = Terms::new(NEW_A.parse().unwrap());
    SessionConfig::new(NEW_B.parse().unwrap(), Role::Passive, terms).replaces(carry)
}

/// What a session leaves of which that was received, its connection lost. Goes through the inbox, if there is one.
pub(crate) fn failed(peer: &mut Peer, inbox: Option<&mut Inbox>) -> Carry {
    peer.connection.handle_failure(peer.now, LinkError::Reset);
    if let Some(inbox) = inbox {
        assert!(peer.receive(inbox).is_empty());
    }
    peer.events();
    peer.carry("B")
}

/// A new connection with the replacement, bound.
pub(crate) fn replaced(old: &Peer, carry: Carry, config: impl Fn(Config) -> Config) -> Peer {
    let setup = Setup::new().config(config).session(replacement(carry));
    setup.peer(old.cut())
}

pub(crate) fn anew(frame: Frame) -> Frame {
    frame.to(NEW_B).from(NEW_A)
}

/// Shows: MSRP-5.4-24, MSRP-5.4-26 (of responses and REPORTs).
#[test]
fn chunks_on_both_sides_of_a_failure() {
    run(|peer| {
        let mut inbox = Inbox::default();
        let first = Frame::chunk("t001", "m001", "1-5/11", "hello").continued();
        peer.feed(first.success_report("yes"));
        assert!(peer.receive(&mut inbox).is_empty());
        let carry = failed(peer, Some(&mut inbox));
        assert_eq!((carry.incomplete_count(), inbox.octets()), (1, 0));

        let mut peer = replaced(peer, carry, |config| config);
        peer.feed(anew(Frame::chunk("t002", "m001", "6-11/11", " world")));
        let received = peer.receive(&mut inbox);
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].body, "hello world");
        assert_eq!(received[0].head.content_type().unwrap().essence(), "text/plain");
        assert!(!received[0].head.is_duplicate());
        assert_eq!(
            peer.events(),
            [
                "m001 resumed 5",
                "B bound",
                "m001 data 5  world",
                "m001 finished 11"
            ]
        );
        let sent = String::from_utf8(peer.transmitted()).unwrap();
        assert!(
            sent.contains("MSRP t002 200") && sent.contains("Byte-Range: 1-11/11"),
            "{sent}"
        );
        assert_eq!(
            sent.matches(&format!("To-Path: {NEW_A}\r\nFrom-Path: {NEW_B}\r\n"))
                .count(),
            2
        );
        for old in [A, B] {
            assert!(!sent.contains(old), "{sent}");
        }
        assert_eq!(inbox.octets(), 0);
    });
}

/// Shows: MSRP-5.4-21, MSRP-5.4-22, MSRP-5.4-23 (over the failure of the session).
#[test]
fn duplicates_are_told_on_the_replacement() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        peer.events();
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        peer.feed(anew(Frame::text("t002", "m001", "hello").success_report("yes")));
        peer.feed(anew(Frame::text("t003", "m002", "hello")));
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "m001 started duplicate",
                "m001 data 0 hello",
                "m001 finished 5",
                "m002 started",
                "m002 data 0 hello",
                "m002 finished 5"
            ]
        );
        assert_eq!(
            peer.sent_lines(),
            ["t002 200", "t003 200", "REPORT m001 1-5/5 000 200 OK"]
        );
    });
}

/// The response was lost, not the message: its sender goes on with what it thinks is missing.
#[test]
fn the_end_of_a_message_that_was_received_whole() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello"));
        peer.events();
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        let mut inbox = Inbox::default();
        let rest = Frame::chunk("t002", "m001", "4-5/5", "lo").success_report("yes");
        peer.feed(anew(rest.clone()));
        assert!(peer.receive(&mut inbox).is_empty(), "it was shown before");
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "m001 started duplicate",
                "m001 data 3 lo",
                "m001 finished 5"
            ]
        );
        assert_eq!(peer.sent_lines(), ["t002 200", "REPORT m001 1-5/5 000 200 OK"]);
        // What was never there is missing.
        peer.feed(anew(Frame::chunk("t003", "m001", "7-8/8", "lo")));
        assert_eq!(peer.events(), ["m001 started duplicate", "m001 data 6 lo"]);
        assert_eq!(peer.incoming("m001").received(), 7);
    });
}

/// Reports of single chunks may have been lost with the session: the whole is reported at the end.
#[test]
fn reports_of_each_chunk_across_a_failure() {
    run(|peer| {
        let chunk = |id, message, range, body| Frame::chunk(id, message, range, body).success_report("yes");
        peer.feed(chunk("t001", "m001", "1-5/5", "hello"));
        peer.feed(chunk("t002", "m002", "1-3/5", "hel").continued());
        let carry = failed(peer, None);
        let session = replacement(carry).success_reports(SuccessReports::EachChunk);
        let mut peer = Setup::new().session(session).peer(peer.cut());
        for message in ["m001", "m002"] {
            peer.feed(anew(chunk("t003", message, "4-5/5", "lo")));
            let sent = peer.sent_lines();
            assert!(
                sent.contains(&format!("REPORT {message} 1-5/5 000 200 OK")),
                "{sent:?}"
            );
        }
    });
}

/// A session that was not replaced does not guess.
#[test]
fn the_end_of_a_duplicate_within_a_session() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "hello"));
        peer.feed(Frame::chunk("t002", "m001", "4-5/5", "lo"));
        let events = peer.events();
        assert_eq!(events[3..], ["m001 started duplicate", "m001 data 3 lo"]);
    });
}

#[test]
fn a_refused_message_stays_refused() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "1-5/11", "hello").continued());
        peer.events();
        peer.incoming("m001").reject(Refusal::FORBIDDEN);
        let carry = failed(peer, None);
        assert_eq!(carry.incomplete_count(), 0);
        let mut peer = replaced(peer, carry, |config| config);
        peer.feed(anew(Frame::chunk("t002", "m001", "6-11/11", " world")));
        assert_eq!(peer.events(), ["B bound"]);
        assert_eq!(peer.sent_lines(), ["t002 403"]);
    });
}

/// The one that fails next leaves what it has taken over, too.
///
/// Shows: MSRP-5.4-24 (chunks in any order).
#[test]
fn a_second_failure() {
    run(|peer| {
        let mut inbox = Inbox::default();
        peer.feed(Frame::text("t000", "m000", "x"));
        peer.feed(Frame::chunk("t001", "m001", "1-2/6", "ab").continued());
        assert_eq!(peer.receive(&mut inbox).len(), 1);
        let carry = failed(peer, Some(&mut inbox));
        let mut second = replaced(peer, carry, |config| config);
        second.feed(anew(Frame::chunk("t002", "m001", "5-6/6", "ef")));
        let carry = failed(&mut second, Some(&mut inbox));
        // Nothing came here.
        let mut third = replaced(peer, carry, |config| config);
        let carry = failed(&mut third, Some(&mut inbox));
        let mut fourth = replaced(peer, carry, |config| config);
        fourth.feed(anew(Frame::chunk("t003", "m001", "3-4/6", "cd").continued()));
        let received = fourth.receive(&mut inbox);
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].body, "abcdef");
        fourth.feed(anew(Frame::text("t004", "m000", "x")));
        let events = fourth.events();
        assert_eq!(events[0], "m001 resumed 4");
        assert_eq!(events[4], "m000 started duplicate");
    });
}

/// The application ends the session by itself: what it leaves is the same. A closed one leaves nothing.
#[test]
fn sessions_that_end_otherwise() {
    run(|peer| {
        let mut inbox = Inbox::default();
        peer.feed(Frame::chunk("t001", "m001", "1-2/4", "ab").continued());
        peer.receive(&mut inbox);
        peer.session("B").abort();
        assert!(peer.receive(&mut inbox).is_empty());
        peer.events();
        let carry = peer.carry("B");
        // On the same connection, this time.
        peer.open("new", replacement(carry));
        peer.feed(anew(Frame::chunk("t002", "m001", "3-4/4", "cd")));
        assert_eq!(peer.receive(&mut inbox)[0].body, "abcd");

        peer.feed(anew(Frame::chunk("t003", "m002", "1-2/4", "ab").continued()));
        peer.receive(&mut inbox);
        assert_eq!(inbox.octets(), 2);
        peer.session("new").close();
        peer.receive(&mut inbox);
        assert_eq!(inbox.octets(), 0);
    });
}

/// A peer that asks for the new session: what it says behind its request finds the message.
#[test]
fn accepted_in_place_of_a_failed_one() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "1-5/11", "hello").continued());
        let carry = failed(peer, None);
        let setup = Setup::new()
            .no_session()
            .config(|config| config.session_requests(true));
        let mut peer = setup.peer(peer.cut());
        peer.feed_anyway(anew(Frame::chunk("t002", "m001", "6-11/11", " world")));
        peer.accept("B", replacement(carry));
        assert_eq!(
            peer.events()[1..],
            [
                "m001 resumed 5",
                "B bound",
                "m001 data 5  world",
                "m001 finished 11"
            ]
        );
    });
}

/// It is told when the sender comes back, since there is no path to report to before.
#[test]
fn rejected_before_a_chunk_of_it_came() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "1-5/11", "hello").continued());
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        peer.events();
        assert_eq!(peer.incoming("m001").received(), 5);
        peer.incoming("m001").reject(Refusal::STOP_SENDING);
        assert_eq!(peer.events(), ["m001 aborted: refused with 413"]);
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.feed(anew(Frame::chunk("t002", "m001", "6-8/11", " wo").continued()));
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        assert_eq!(peer.events(), ["B bound"]);
    });
}

#[test]
fn the_time_for_the_rest_starts_anew() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "1-5/11", "hello").continued());
        let wait = peer.due_in().unwrap();
        peer.wait(wait / 2);
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        assert_eq!(
            peer.due_in(),
            Some(Duration::ZERO),
            "a timer that a command started"
        );
        peer.wait(wait - Duration::from_millis(1));
        assert_eq!(peer.events(), ["m001 resumed 5"]);
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.events(), ["m001 aborted: nothing arrived for too long"]);
        peer.assert_silent();
    });
}
