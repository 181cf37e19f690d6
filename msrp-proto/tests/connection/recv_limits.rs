//! Limits on what a peer can make a receiver keep (RFC 4975 §14.5).

use msrp_proto::{Inbox, ReceiveFailure, wire::StatusCode};

use crate::frame::{B, B2, Frame};
use crate::peer::{Setup, passive, run};

/// Shows: MSRP-8.6-14.
#[test]
fn larger_than_the_own_maximum() {
    let body = "x".repeat(1001);
    Setup::new().session(passive(B).max_size(Some(1000))).run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", &body[1..]));
        peer.feed(Frame::text("t002", "m002", &body));
        peer.feed(Frame::chunk("t003", "m003", "1-*/*", &body));
        peer.feed(Frame::chunk("t004", "m004", "1-600/*", &body[..600]).continued());
        assert_eq!(
            peer.sent_lines(),
            ["t001 200", "t002 413", "t003 413", "t004 200"]
        );
        peer.feed(Frame::chunk("t005", "m004", "601-1001/*", &body[..401]));
        peer.feed(Frame::chunk("t006", "m005", "1002-1002/*", "x"));
        peer.feed(Frame::text("t007", "m006", "next"));
        assert_eq!(peer.sent_lines(), ["t005 413", "t006 413", "t007 200"]);
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 0 [1000]",
                "m001 finished 1000",
                "m003 started",
                "m003 data 0 [1000]",
                "m003 aborted: refused with 413",
                "m004 started",
                "m004 data 0 [1000]",
                "m004 aborted: refused with 413",
                "m006 started",
                "m006 data 0 next",
                "m006 finished 4",
            ]
        );
    });
    // Without a limit of one's own.
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", &body));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

/// Limits at the edges of what can be expressed.
#[test]
fn extreme_maxima() {
    for (max, expected) in [(0, "t001 413"), (u64::MAX, "t001 200")] {
        Setup::new().session(passive(B).max_size(Some(max))).run(|peer| {
            peer.feed(Frame::text("t001", "m001", "x"));
            peer.feed(Frame::text("t002", "m002", ""));
            assert_eq!(peer.sent_lines(), [expected, "t002 200"]);
        });
    }
}

/// Shows: MSRP-14.5-03.
#[test]
fn positions_far_out() {
    let far = Frame::chunk("t001", "m001", "9000000000000000000-*/9000000000000000001", "x");
    // The machine sets nothing aside for positions; what does is the inbox.
    run(|peer| {
        peer.bind();
        let mut inbox = Inbox::new(1000, 1000);
        peer.feed(far.clone());
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(inbox.octets(), 0);
        assert_eq!(peer.sent_lines(), ["t001 413"]);
    });
    Setup::new()
        .session(passive(B).max_size(Some(1 << 40)))
        .run(|peer| {
            peer.feed(far.clone());
            assert_eq!(
                (peer.sent_lines(), peer.events()),
                (vec!["t001 413".into()], vec!["B bound".into()])
            );
        });
    // The highest position there is, and one octet more; a position beyond it cannot be read.
    let most = u64::MAX;
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", &format!("{most}-*/*"), "x").continued());
        peer.feed(Frame::chunk("t002", "m002", &format!("{most}-*/*"), "xy").continued());
        peer.feed(Frame::chunk("t003", "m003", "18446744073709551616-*/*", "x"));
        peer.feed(Frame::chunk("t004", "m004", &format!("1-{most}/{most}"), "x"));
        assert_eq!(
            peer.sent_lines(),
            ["t001 200", "t002 413", "t003 400", "t004 200"]
        );
        let offset = most - 1;
        assert_eq!(
            peer.events(),
            [
                "m001 started".into(),
                format!("m001 data {offset} x"),
                "m002 started".into(),
                format!("m002 data {offset} x"),
                "m002 aborted: refused with 413".into(),
                "m004 started".into(),
                "m004 data 0 x".into(),
                "m004 finished 1".into(),
            ]
        );
    });
}

/// Shows: MSRP-14.5-04.
#[test]
fn many_incomplete_messages() {
    Setup::new().config(|config| config.max_incoming(64)).run(|peer| {
        peer.bind();
        peer.open("B2", passive(B2));
        let mut inbox = Inbox::new(100, 640);
        for number in 0..100_000 {
            let id = format!("m{number:06}");
            // Every octet a read only now and then: the messages are all alike.
            if number % 1000 == 0 || number < 100 {
                peer.feed(Frame::chunk("t001", &id, "1-*/*", "0123456789").continued());
            } else {
                let octets = Frame::chunk("t001", &id, "1-*/*", "0123456789").continued();
                peer.connection.handle_input(peer.now, octets.into());
            }
            assert!(peer.receive(&mut inbox).is_empty());
            let expected = if number < 64 { "t001 200" } else { "t001 413" };
            assert_eq!(peer.sent_lines(), [expected], "{number}");
        }
        assert_eq!(inbox.octets(), 640);
        // Those that were there before are whole, and another session has room of its own.
        peer.events();
        peer.feed(Frame::chunk("t002", "m000063", "11-11/11", "!"));
        assert_eq!(peer.events(), ["m000063 data 10 !", "m000063 finished 11"]);
        peer.feed(Frame::chunk("t003", "m000000", "1-*/*", "x").to(B2).continued());
        assert_eq!(peer.sent_lines(), ["t002 200", "t003 200"]);
        // A place has become free.
        peer.feed(Frame::chunk("t004", "n000000", "1-*/*", "x").continued());
        assert_eq!(peer.sent_lines(), ["t004 200"]);
    });
}

/// A message with more holes than allowed is refused; filling holes makes room.
#[test]
fn many_holes() {
    Setup::new().config(|config| config.max_holes(3)).run(|peer| {
        peer.bind();
        let octet = |id: &str, at: usize| Frame::chunk("t001", id, &format!("{at}-{at}/*"), "x").continued();
        for at in [1, 3, 5, 7, 2, 9] {
            peer.feed(octet("m001", at));
            assert_eq!(peer.sent_lines(), ["t001 200"], "{at}");
        }
        peer.feed(octet("m001", 11));
        assert_eq!(peer.sent_lines(), ["t001 413"]);
        assert_eq!(peer.events().last().unwrap(), "m001 aborted: refused with 413");
        // What counts is holes between octets, in whatever order these come.
        for at in [9, 7, 5] {
            peer.feed(octet("m002", at));
            assert_eq!(peer.sent_lines(), ["t001 200"], "{at}");
        }
        peer.feed(octet("m002", 3));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(octet("m002", 1));
        assert_eq!(peer.sent_lines(), ["t001 413"]);
    });
}

/// The caps of an inbox: of one message, and of all.
#[test]
fn inbox_caps() {
    run(|peer| {
        peer.bind();
        let mut inbox = Inbox::new(10, 15);
        let mut step = |peer: &mut crate::peer::Peer, frame: Frame| {
            peer.feed(frame);
            let bodies: Vec<_> = peer
                .receive(&mut inbox)
                .iter()
                .map(|message| message.body.clone())
                .collect();
            (bodies, peer.sent_lines().join(" "), inbox.octets())
        };
        let chunk = |id, range, body| Frame::chunk("t001", id, range, body).continued();
        assert_eq!(
            step(peer, chunk("m001", "1-*/*", "0123456789")),
            (vec![], "t001 200".into(), 10)
        );
        assert_eq!(
            step(peer, chunk("m001", "11-*/*", "x")),
            (vec![], "t001 413".into(), 0)
        );
        assert_eq!(
            step(peer, chunk("m002", "1-*/*", "01234567")),
            (vec![], "t001 200".into(), 8)
        );
        // A hole counts as what it will be filled with.
        assert_eq!(
            step(peer, chunk("m003", "7-*/*", "6")),
            (vec![], "t001 200".into(), 15)
        );
        assert_eq!(
            step(peer, chunk("m004", "1-*/*", "x")),
            (vec![], "t001 413".into(), 15)
        );
        // Overlaps take no room.
        assert_eq!(
            step(peer, chunk("m003", "1-*/*", "012345")),
            (vec![], "t001 200".into(), 15)
        );
        let whole = step(peer, Frame::chunk("t001", "m003", "7-7/7", "6"));
        assert_eq!(whole, (vec!["0123456".into()], "t001 200".into(), 8));
        peer.events();
        peer.session("B").abort();
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(inbox.octets(), 0);
    });
}

/// What an application does without an inbox, by its default limits: nothing is lost.
#[test]
fn refused_by_limit_is_told_as_such() {
    Setup::new().session(passive(B).max_size(Some(1))).run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "xy"));
        let mut failures = Vec::new();
        while let Some(event) = peer.connection.poll_event() {
            if let msrp_proto::Event::Incoming(_, msrp_proto::IncomingEvent::Aborted(why)) = event {
                failures.push(why);
            }
        }
        assert_eq!(failures, [ReceiveFailure::Refused(StatusCode::STOP_SENDING)]);
    });
}
