//! Message-IDs that come again, and chunks that contradict one another (RFC 4975 §5.4, §7.3.1).

use crate::frame::{B, B2, Frame};
use crate::peer::{Setup, passive, run};

/// Shows: MSRP-7.3.1-16.
#[test]
fn chunks_that_differ_in_what_they_should_share() {
    run(|peer| {
        peer.bind();
        let chunk = |id, range, body| Frame::chunk(id, "m001", range, body).continued();
        peer.feed(
            chunk("t001", "1-2/8", "ab")
                .success_report("yes")
                .failure_report("no"),
        );
        peer.feed(
            chunk("t002", "3-4/8", "cd")
                .success_report("no")
                .typed("image/png"),
        );
        peer.feed(chunk("t003", "5-6/8", "ef").failure_report("partial"));
        peer.feed(chunk("t004", "7-8/8", "gh").failure_report("yes").flag('$'));
        assert_eq!(
            peer.sent_lines(),
            ["t002 200", "t004 200", "REPORT m001 1-8/8 000 200 OK"]
        );
        assert_eq!(
            peer.events(),
            ["m001 started", "m001 data 0 abcdefgh", "m001 finished 8"]
        );
        assert_eq!(peer.head("m001").content_type().unwrap().essence(), "text/plain");
        // The first chunk that came decides, not the one that stands first.
        peer.feed(Frame::chunk("t005", "m002", "2-2/2", "b"));
        peer.feed(
            Frame::chunk("t006", "m002", "1-1/2", "a")
                .success_report("yes")
                .continued(),
        );
        assert_eq!(peer.sent_lines(), ["t005 200", "t006 200"]);
    });
}

/// Shows: MSRP-5.4-21, MSRP-5.4-22, MSRP-5.4-23.
#[test]
fn the_same_message_again() {
    run(|peer| {
        peer.bind();
        let message = Frame::text("t001", "m001", "hello").success_report("yes");
        peer.feed(message.clone());
        assert_eq!(
            peer.events(),
            ["m001 started", "m001 data 0 hello", "m001 finished 5"]
        );
        assert!(!peer.head("m001").is_duplicate());
        assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-5/5 000 200 OK"]);
        peer.feed(message);
        assert_eq!(
            peer.events(),
            ["m001 started duplicate", "m001 data 0 hello", "m001 finished 5"]
        );
        assert!(peer.head("m001").is_duplicate());
        assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-5/5 000 200 OK"]);
    });
}

/// Message-IDs are remembered up to a number (ruling R-65), per session.
#[test]
fn duplicates_are_known_for_a_while() {
    Setup::new()
        .config(|config| config.max_remembered(2))
        .run(|peer| {
            peer.open("B2", passive(B2));
            peer.bind();
            let mut started = |id: &str, to| {
                peer.feed(Frame::text("t001", id, "x").to(to));
                let events = peer.events();
                events.iter().any(|line| line.ends_with("started duplicate"))
            };
            let here = B;
            assert!(!started("m001", here) && started("m001", here));
            assert!(!started("m001", B2));
            assert!(!started("m002", here) && !started("m003", here));
            assert!(started("m002", here) && started("m003", here) && !started("m001", here));
        });
}
