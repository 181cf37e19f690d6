//! Refusals by the settings of the session: at the end of the request, or before it (RFC 4975 §7.3.1,
//! ruling R-33).

use msrp_proto::{MediaRanges, SessionConfig};

use crate::frame::{B, Frame};
use crate::peer::{Setup, passive, run};

fn accepting(types: &str) -> SessionConfig {
    passive(B).accepts(MediaRanges::parse(types.as_bytes()).unwrap())
}

fn picture(id: &str) -> Frame {
    Frame::text(id, "m001", "picture").typed("image/png")
}

/// Shows: MSRP-7.3.1-10, MSRP-7.1.4-01, MSRP-7.1.4-06.
#[test]
fn unsupported_types() {
    for report in [None, Some("yes"), Some("partial"), Some("no")] {
        Setup::new().session(accepting("text/plain")).run(|peer| {
            peer.bind();
            let frame = picture("t001").success_report("yes");
            peer.feed(match report {
                Some(value) => frame.failure_report(value),
                None => frame,
            });
            let expected: &[&str] = if report == Some("no") { &[] } else { &["t001 415"] };
            assert_eq!(peer.sent_lines(), expected, "{report:?}");
            assert_eq!(peer.events(), [""; 0]);
        });
    }
}

/// Shows: MSRP-7.3.1-11.
#[test]
fn types_are_matched_without_case_and_parameters() {
    let cases = [
        ("text/*", "Text/Plain;charset=UTF-8", 200),
        ("text/*", "image/png", 415),
        ("TEXT/plain", "text/PLAIN", 200),
        ("text/plain", "text/html", 415),
        ("text/plain image/*", "image/png;x=y", 200),
        ("text/plain;charset=UTF-8", "text/plain", 200),
        ("*", "application/octet-stream", 200),
        ("*", "x-a/y.b", 200),
        ("", "text/plain", 415),
    ];
    for (accepted, found, status) in cases {
        Setup::new().session(accepting(accepted)).run(|peer| {
            peer.feed(Frame::text("t001", "m001", "x").typed(found));
            assert_eq!(
                peer.sent_lines(),
                [format!("t001 {status}")],
                "{accepted} {found}"
            );
            assert_eq!(peer.events().len(), if status == 200 { 4 } else { 1 });
        });
    }
}

/// Shows: MSRP-7.2-11.
#[test]
fn an_answer_before_the_end() {
    Setup::new().session(accepting("text/plain")).run(|peer| {
        peer.bind();
        let [front, rest] = picture("t001").header("Byte-Range", "1-*/7").split_in_body(3);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        peer.feed(rest);
        peer.assert_silent();
        // Without a range the end is as open.
        let [front, rest] = picture("t002").without("Byte-Range").split_in_body(0);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t002 415"]);
        peer.feed(rest);
        peer.assert_silent();
        // What has an announced end is answered there.
        let [front, rest] = picture("t003").split_in_body(7);
        peer.feed(front);
        peer.assert_silent();
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), ["t003 415"]);
        peer.feed(Frame::text("t004", "m004", "next"));
        assert_eq!(peer.sent_lines(), ["t004 200"]);
    });
}

/// An early refusal of a message that nobody wants to hear of is none.
#[test]
fn early_refusals_and_failure_reports() {
    Setup::new().session(accepting("text/plain")).run(|peer| {
        for (report, expected) in [
            ("no", &[][..]),
            ("partial", &["t001 415"]),
            ("yes", &["t001 415"]),
        ] {
            let frame = picture("t001")
                .header("Byte-Range", "1-*/7")
                .failure_report(report);
            let [front, rest] = frame.split_in_body(1);
            peer.feed(front);
            assert_eq!(peer.sent_lines(), expected);
            peer.feed(rest);
            assert_eq!(peer.sent_lines(), [""; 0]);
        }
    });
}

/// 481 and 413 leave early too.
#[test]
fn every_early_status() {
    Setup::new().session(passive(B).max_size(Some(5))).run(|peer| {
        peer.bind();
        let open = |id| Frame::chunk(id, "m001", "1-*/*", "too long");
        let [front, rest] = open("t001").to(&B.replace("kjhd", "none")).split_in_body(1);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        peer.feed(rest);
        peer.assert_silent();
        // Five octets are allowed.
        let [mut front, rest] = open("t002").split_in_body(6);
        let last = front.pop().unwrap();
        peer.feed(front);
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.feed(vec![last]);
        assert_eq!(peer.sent_lines(), ["t002 413"]);
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(
            peer.events(),
            [
                "m001 started",
                "m001 data 0 too l",
                "m001 aborted: refused with 413"
            ]
        );
        // A further chunk, by its head alone: the message is refused already.
        let [front, rest] = open("t003").split_in_body(0);
        peer.feed(front);
        assert_eq!(peer.sent_lines(), ["t003 413"]);
        peer.feed(rest);
        peer.assert_silent();
    });
}

/// Every chunk of a message that was refused is refused with the same status, once each, and leaves
/// nothing behind.
#[test]
fn every_chunk_of_a_refused_message() {
    Setup::new().session(accepting("text/plain")).run(|peer| {
        peer.bind();
        let chunk = |id, range| Frame::chunk(id, "m001", range, "ab").typed("image/png");
        peer.feed(chunk("t001", "1-2/6").continued());
        // The type of a message is that of its first chunk (ruling R-36).
        peer.feed(chunk("t002", "3-4/6").typed("text/plain").continued());
        peer.feed(chunk("t003", "5-6/6"));
        assert_eq!(peer.sent_lines(), ["t001 415", "t002 415", "t003 415"]);
        peer.assert_silent();
    });
}

/// What is encoded for transfer is refused, since its octets would be others (ruling R-69).
#[test]
fn transfer_encodings() {
    run(|peer| {
        for (encoding, status) in [
            ("binary", 200),
            ("8BIT", 200),
            ("7bit", 200),
            ("base64", 415),
            ("", 415),
        ] {
            let id = format!("m-{encoding}");
            let frame = Frame::text("t001", &id, "eA==").header("Content-Transfer-Encoding", encoding);
            peer.feed(frame);
            assert_eq!(peer.sent_lines(), [format!("t001 {status}")], "{encoding}");
        }
    });
}
