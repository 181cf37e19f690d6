//! Where a message ends, and how it is abandoned (RFC 4975 §7.3.1, rulings ).

use msrp_proto::Inbox;

use crate::frame::Frame;
use crate::peer::run;

/// Shows: MSRP-7.3.1-04.
#[test]
fn the_last_chunk_fixes_the_length() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "abcd").continued());
        peer.feed(Frame::chunk("t002", "m001", "5-*/*", "efgh"));
        assert_eq!(
            peer.events(),
            ["m001 started", "m001 data 0 abcdefgh", "m001 finished 8"]
        );
        // A total that says otherwise is a hint and no more (ruling R-29).
        for (id, total) in [("more", "100"), ("less", "6")] {
            peer.feed(Frame::chunk("t003", id, &format!("1-*/{total}"), "abcd").continued());
            peer.feed(Frame::chunk("t004", id, &format!("5-*/{total}"), "efgh"));
            let expected = ["started", "data 0 abcdefgh", "finished 8"];
            assert_eq!(peer.events(), expected.map(|what| format!("{id} {what}")));
            assert_eq!(
                peer.head(id).total().map(|total| total.to_string()).unwrap(),
                total
            );
        }
        let answers = peer.sent_lines();
        assert!(answers.iter().all(|line| line.ends_with(" 200")), "{answers:?}");
    });
}

/// Shows: MSRP-7.3.1-14.
#[test]
fn an_abandoned_message() {
    run(|peer| {
        peer.bind();
        let mut inbox = Inbox::default();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "abcd").continued());
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(inbox.octets(), 4);
        peer.feed(Frame::chunk("t002", "m001", "5-*/*", "ef").flag('#'));
        assert!(peer.receive(&mut inbox).is_empty());
        assert_eq!(inbox.octets(), 0);
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 0 abcdef",
                "m001 aborted: abandoned by the sender"
            ]
        );
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
        // In its first chunk, and silently.
        peer.feed(
            Frame::chunk("t003", "m002", "1-*/*", "ab")
                .failure_report("no")
                .flag('#'),
        );
        assert_eq!(
            peer.events(),
            [
                "m002 started",
                "m002 data 0 ab",
                "m002 aborted: abandoned by the sender"
            ]
        );
        // Whatever the range, and without a body (ruling R-27).
        peer.feed(
            Frame::chunk("t004", "m003", "1-*/*", "ab")
                .failure_report("no")
                .continued(),
        );
        let abort = Frame::bodiless("t005").header("Message-ID", "m003");
        peer.feed(
            abort
                .clone()
                .header("Byte-Range", "1-0/*")
                .failure_report("partial")
                .flag('#'),
        );
        assert_eq!(
            peer.events(),
            [
                "m003 started",
                "m003 data 0 ab",
                "m003 aborted: abandoned by the sender"
            ]
        );
        // Of one that is not there.
        peer.feed(abort.flag('#'));
        assert_eq!(peer.events(), [""; 0]);
        assert_eq!(peer.sent_lines(), ["t005 200"]);
    });
}

/// Chunks of no octets that end a message (ruling R-25).
#[test]
fn an_empty_last_chunk() {
    run(|peer| {
        peer.bind();
        // At the position that is next, or at 1: the message ends where it stands.
        for (id, range) in [("m001", "5-4/4"), ("m002", "1-0/4"), ("m003", "5-*/*")] {
            peer.feed(Frame::chunk("t001", id, "1-*/*", "abcd").continued());
            peer.feed(Frame::chunk("t002", id, range, ""));
            let expected = ["started", "data 0 abcd", "finished 4"];
            assert_eq!(peer.events(), expected.map(|what| format!("{id} {what}")));
        }
        // Before what is missing has come.
        peer.feed(Frame::chunk("t003", "m004", "3-4/*", "cd").continued());
        peer.feed(Frame::chunk("t004", "m004", "5-4/4", ""));
        peer.feed(Frame::chunk("t005", "m004", "1-2/4", "ab").continued());
        assert_eq!(
            peer.events(),
            [
                "m004 started",
                "m004 data 2 cd",
                "m004 data 0 ab",
                "m004 finished 4"
            ]
        );
        // Without a body at all.
        peer.feed(Frame::chunk("t006", "m005", "1-*/*", "abcd").continued());
        peer.feed(
            Frame::bodiless("t007")
                .header("Message-ID", "m005")
                .header("Byte-Range", "1-0/0"),
        );
        assert_eq!(
            peer.events(),
            ["m005 started", "m005 data 0 abcd", "m005 finished 4"]
        );
        // Nothing is stored: an empty message.
        peer.feed(Frame::chunk("t008", "m006", "1-0/0", ""));
        assert_eq!(peer.events(), ["m006 started", "m006 finished 0"]);
    });
}

/// Octets beyond the end that a `$` chunk has fixed are refused, and the message stands (ruling R-29).
#[test]
fn behind_the_end() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "5-8/8", "efgh"));
        peer.feed(Frame::chunk("t002", "m001", "9-10/10", "ij").continued());
        peer.feed(Frame::chunk("t003", "m001", "12-13/13", "lm"));
        peer.feed(Frame::chunk("t004", "m001", "7-10/10", "GHIJ"));
        assert_eq!(
            peer.sent_lines(),
            ["t001 200", "t002 400", "t003 400", "t004 400"]
        );
        peer.feed(Frame::chunk("t005", "m001", "1-4/8", "abcd").continued());
        assert_eq!(peer.sent_lines(), ["t005 200"]);
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 4 efgh",
                "m001 data 6 GH (seen 2)",
                "m001 data 0 abcd",
                "m001 finished 8"
            ]
        );
    });
}

/// An end in the middle of what has arrived already does not cut it off (ruling R-29).
#[test]
fn an_end_below_what_is_there() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "5-8/*", "efgh").continued());
        peer.feed(Frame::chunk("t002", "m001", "1-2/2", "ab"));
        peer.feed(Frame::chunk("t003", "m001", "3-4/8", "cd").continued());
        assert_eq!(peer.events().last().unwrap(), "m001 finished 8");
        assert_eq!(peer.body("m001"), b"abcdefgh");
    });
}

/// The flag `#` drops a message, whatever its range or body are (ruling R-27).
///
/// Shows: MSRP-7.3.1-14.
#[test]
fn aborted_behind_the_end() {
    let about = |range| Frame::chunk("t002", "m001", range, "abcdefghij").flag('#');
    let bodiless = Frame::bodiless("t002").header("Message-ID", "m001");
    let aborts = [
        (about("1-*/*"), "400"),
        (about("101-110/*"), "400"),
        (bodiless.header("Byte-Range", "101-100/*").flag('#'), "200"),
    ];
    for (abort, answer) in aborts {
        run(|peer| {
            peer.bind();
            peer.feed(Frame::chunk("t001", "m001", "5-8/8", "efgh"));
            peer.feed(abort.clone());
            assert_eq!(peer.sent_lines(), ["t001 200", &format!("t002 {answer}")]);
            assert_eq!(
                peer.events().last().unwrap(),
                "m001 aborted: abandoned by the sender"
            );
            assert_eq!(peer.due_in(), None);
        });
    }
}

/// A 400 is given at the end of its chunk (ruling R-33).
#[test]
fn behind_the_end_with_an_open_range() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "5-8/8", "efgh"));
        let [front, rest] = Frame::chunk("t002", "m001", "101-*/*", "abcd").split_in_body(2);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), ["t002 400"]);
    });
}
