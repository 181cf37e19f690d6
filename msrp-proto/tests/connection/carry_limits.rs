//! A session in place of a failed one: what bounds that which it takes over, and peers that abuse it.

use std::time::Duration;

use msrp_proto::{Config, Inbox, OpenErrorReason};

use crate::carry_received::{NEW_B, anew, failed, replaced, replacement};
use crate::frame::{B2, Frame};
use crate::peer::{Peer, Setup, passive, run};

/// So many messages of which two octets have come.
fn begun(peer: &mut Peer, messages: usize) {
    for number in 1..=messages {
        let id = format!("m{number:03}");
        peer.feed(Frame::chunk("t001", &id, "1-2/4", "ab").continued());
    }
}

#[test]
fn the_oldest_beyond_the_limit_are_refused() {
    run(|peer| {
        begun(peer, 3);
        // The next one takes its place, and is the newest.
        peer.feed(Frame::chunk("t001", "m001", "3-4/4", "cd"));
        peer.feed(Frame::chunk("t001", "m004", "1-2/4", "ab").continued());
        peer.feed(Frame::chunk("t001", "m005", "1-2/4", "ab").continued());
        let carry = failed(peer, None);
        assert_eq!(carry.incomplete_count(), 4);
        let mut peer = replaced(peer, carry, |config| config.max_incoming(2));
        assert_eq!(peer.events(), ["m004 resumed 2", "m005 resumed 2"]);
        // They take the places that there are.
        peer.feed(anew(Frame::text("t002", "m006", "x")));
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        peer.feed(anew(Frame::chunk("t003", "m004", "3-4/4", "cd")));
        peer.feed(anew(Frame::text("t004", "m007", "x")));
        assert_eq!(peer.sent_lines(), ["t003 200", "t004 200"]);
        // Without its beginning this one would never be complete.
        peer.feed(anew(Frame::chunk("t005", "m002", "3-4/4", "cd")));
        assert_eq!(peer.sent_lines(), ["t005 413"]);
    });
}

/// Shows: MSRP-5.4-21 (as many as are remembered, over the failure of the session).
#[test]
fn the_last_ids_are_remembered() {
    run(|peer| {
        for id in ["m001", "m002", "m003"] {
            peer.feed(Frame::text("t001", id, "x"));
        }
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config.max_remembered(2));
        let mut duplicate = |id: &str| {
            peer.feed(anew(Frame::text("t001", id, "x")));
            let events = peer.events();
            events.iter().any(|line| line.ends_with("started duplicate"))
        };
        assert!(duplicate("m002") && duplicate("m003") && !duplicate("m001"));
    });
}

/// The time since a message was received goes on counting.
#[test]
fn ids_are_remembered_for_as_long_as_without_a_failure() {
    let config = |config: Config| config.remember_for(Duration::from_secs(60));
    Setup::new().config(config).run(|old| {
        old.feed(Frame::text("t001", "m001", "x"));
        old.wait(Duration::from_secs(40));
        let carry = failed(old, None);
        for (wait, known) in [(15, true), (25, false)] {
            let mut peer = replaced(old, carry.clone(), config);
            peer.now = old.now;
            peer.wait(Duration::from_secs(wait));
            peer.feed(anew(Frame::text("t001", "m001", "x")));
            peer.events();
            assert_eq!(peer.head("m001").is_duplicate(), known);
        }
    });
}

#[test]
fn the_limits_of_the_new_session_hold() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "long", "1-2/20", "ab").continued());
        peer.feed(Frame::chunk("t002", "short", "1-2/*", "ab").continued());
        let apart = Frame::chunk("t003", "holes", "5-6/9", "ef").continued();
        peer.feed(apart);
        peer.feed(Frame::chunk("t004", "holes", "2-2/9", "b").continued());
        let carry = failed(peer, None);
        let cut = peer.cut();
        let session = replacement(carry).max_size(Some(10));
        let setup = Setup::new().config(|config| config.max_holes(0));
        let mut peer = setup.session(session).peer(cut);
        assert_eq!(peer.events(), ["short resumed 2"]);
        for id in ["long", "holes"] {
            peer.feed(anew(Frame::chunk("t005", id, "3-4/9", "cd").continued()));
            assert_eq!(peer.sent_lines(), ["t005 413"], "{id}");
        }
        peer.events();
        peer.feed(anew(Frame::chunk("t006", "short", "3-12/*", "cdefghijkl")));
        assert_eq!(peer.sent_lines(), ["t006 413"]);
        assert_eq!(
            peer.events(),
            ["short data 2 cdefghij", "short aborted: refused with 413"]
        );
    });
}

/// Without what the inbox had, or without the room for it.
#[test]
fn the_inbox_refuses_what_it_can_not_put_together() {
    run(|peer| {
        let mut inbox = Inbox::default();
        begun(peer, 3);
        peer.receive(&mut inbox);
        let whole = failed(peer, Some(&mut inbox));
        let second = peer.cut();
        let session = |carry| Setup::new().session(replacement(carry)).peer(second);

        for (mut inbox, fit) in [
            (Inbox::new(100, 4), 2),
            (Inbox::new(1, 100), 0),
            (Inbox::new(2, 6), 3),
        ] {
            let mut peer = session(whole.clone());
            peer.receive(&mut inbox);
            let events = peer.events();
            let refused = events.iter().filter(|line| line.ends_with("refused with 413"));
            assert_eq!((refused.count(), inbox.octets()), (3 - fit, 2 * fit));
        }

        // The application has not told its inbox of the failure.
        let mut untold = session(whole);
        untold
            .connection
            .handle_failure(untold.now, msrp_proto::LinkError::Reset);
        untold.events();
        let mut inbox = Inbox::default();
        let mut peer = session(untold.carry("B"));
        peer.receive(&mut inbox);
        peer.feed(anew(Frame::chunk("t003", "m001", "3-4/4", "cd")));
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(peer.sent_lines(), ["t003 413"]);
    });
}

/// Its sender hears of it, though all has arrived by then.
#[test]
fn what_the_inbox_can_not_put_together_may_be_complete() {
    run(|peer| {
        begun(peer, 1);
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        peer.feed(anew(Frame::chunk("t002", "m001", "3-4/4", "cd")));
        let mut inbox = Inbox::default();
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        assert_eq!(inbox.octets(), 0);
    });
}

/// What an inbox keeps counts until it is handed over.
#[test]
fn the_caps_hold_until_the_session_has_failed() {
    run(|peer| {
        let mut inbox = Inbox::new(100, 6);
        begun(peer, 4);
        peer.connection
            .handle_failure(peer.now, msrp_proto::LinkError::Reset);
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(inbox.octets(), 0);
        peer.events();
        let mut peer = replaced(peer, peer.carry("B"), |config| config);
        peer.receive(&mut inbox);
        assert_eq!(inbox.octets(), 6);
        let events = peer.events();
        assert_eq!(events[4], "m004 aborted: refused with 413");
    });
}

/// The Message-IDs of one peer are nothing to another session.
#[test]
fn other_sessions_know_nothing_of_it() {
    run(|peer| {
        begun(peer, 1);
        peer.feed(Frame::text("t001", "m002", "x"));
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config);
        peer.open("B2", passive(B2));
        peer.feed(Frame::chunk("t002", "m001", "3-4/4", "cd").to(B2));
        peer.feed(Frame::text("t003", "m002", "x").to(B2));
        assert_eq!(
            peer.events(),
            [
                "m001 resumed 2",
                "B2 bound",
                "B2/m001 started",
                "B2/m001 data 2 cd",
                "B2/m002 started",
                "B2/m002 data 0 x",
                "B2/m002 finished 1"
            ]
        );
    });
}

/// Chunks that contradict what is known of a message, as on the session it began on.
#[test]
fn chunks_that_contradict_what_was_carried_over() {
    run(|peer| {
        // Its end is known, its middle is missing.
        peer.feed(Frame::chunk("t001", "m001", "5-6/6", "ef"));
        peer.feed(Frame::chunk("t002", "m001", "1-2/6", "ab").continued());
        peer.feed(Frame::chunk("t003", "m002", "1-2/*", "ab").continued());
        let carry = failed(peer, None);
        let mut peer = replaced(peer, carry, |config| config.max_holes(1));
        assert_eq!(peer.events(), ["m001 resumed 4", "m002 resumed 2"]);
        peer.feed(anew(Frame::chunk("t004", "m001", "7-8/8", "gh")));
        peer.feed(anew(Frame::chunk("t005", "m001", "2-3/6", "Xc").continued()));
        assert_eq!(peer.sent_lines(), ["t004 400", "t005 200"]);
        assert_eq!(peer.events(), ["B bound", "m001 data 1 Xc (seen 1)"]);
        // Abandoned by its sender.
        peer.feed(anew(Frame::chunk("t006", "m001", "1-0/*", "").flag('#')));
        assert_eq!(peer.events(), ["m001 aborted: abandoned by the sender"]);
        // Too many holes, those from before included.
        peer.feed(anew(Frame::chunk("t007", "m002", "9-9/*", "x").continued()));
        assert_eq!(peer.sent_lines(), ["t006 200", "t007 200"]);
        peer.feed(anew(Frame::chunk("t008", "m002", "12-12/*", "x").continued()));
        assert_eq!(peer.sent_lines(), ["t008 413"]);
    });
}

/// A session that can not be opened gives all of it back.
#[test]
fn nothing_is_lost_when_it_can_not_be_opened() {
    run(|peer| {
        begun(peer, 1);
        let carry = failed(peer, None);
        let mut second = replaced(peer, carry.clone(), |config| config);
        let error = second.connection.open(replacement(carry.clone())).unwrap_err();
        assert_eq!(error.reason, OpenErrorReason::InUse);
        assert_eq!(*error.session, replacement(carry.clone()));
        assert!(*error.session != replacement(Default::default()));
        // Another connection takes it.
        let mut third = replaced(peer, Default::default(), |config| config);
        third.open("B2", passive(B2));
        third.session("B").abort();
        third.open("B", *error.session);
        assert!(third.events().contains(&"m001 resumed 2".into()));
        assert_eq!(third.session("B").local().unwrap().as_str(), NEW_B);
    });
}
