//! Responses: their form, and to whom they go (RFC 4975 §7.2, §7.3).

use crate::frame::{A, B, B2, Frame};
use crate::peer::{passive, run};

const RELAYED: &str =
    "msrp://r1.example.com:1/x;tcp msrp://r2.example.com:2/y;tcp msrp://a.example.com:3/z;tcp";
const R1: &str = "msrp://r1.example.com:1/x;tcp";
const UNKNOWN: &str = "msrp://b.example.com:12763/unknown;tcp";

fn response(id: &str, status: &str, to: &str, from: &str) -> Vec<u8> {
    format!("MSRP {id} {status}\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n-------{id}$\r\n").into_bytes()
}

/// Shows: MSRP-7.2-01, MSRP-7.2-04, MSRP-7.2-05, MSRP-7.1.1-15, MSRP-7.1.1-14.
#[test]
fn to_the_octet() {
    run(|peer| {
        peer.feed(Frame::text("a786hjs2", "87652491", "Hey Bob"));
        assert_eq!(peer.transmitted(), response("a786hjs2", "200 OK", A, B));
        // The same identifier again is another request (ruling R-67).
        peer.feed(
            Frame::text("a786hjs2", "87652492", "Hey")
                .typed("a/b")
                .without("Byte-Range"),
        );
        assert_eq!(peer.transmitted(), response("a786hjs2", "200 OK", A, B));
        peer.feed(Frame::text("a786hjs2", "m001", "x").header("Byte-Range", "x"));
        assert_eq!(peer.transmitted(), response("a786hjs2", "400 Bad Request", A, B));
        peer.feed(Frame::new("a786hjs2", "FOO"));
        assert_eq!(
            peer.transmitted(),
            response("a786hjs2", "501 Unknown Method", A, B)
        );
        peer.feed(Frame::text("a786hjs2", "m001", "x").to(UNKNOWN));
        assert_eq!(
            peer.transmitted(),
            response("a786hjs2", "481 Session Does Not Exist", A, UNKNOWN)
        );
        // The own URI, not as the sender of the request has spelled it.
        let spelled = "MSRP://B.EXAMPLE.COM:012763/kjhd37s2s20w2a;TCP;x=y";
        peer.feed(Frame::text("a786hjs2", "m002", "x").to(spelled));
        assert_eq!(peer.transmitted(), response("a786hjs2", "200 OK", A, B));
        peer.feed(
            Frame::text("a786hjs2", "m003", "x")
                .to(spelled)
                .header("Byte-Range", "x"),
        );
        assert_eq!(peer.transmitted(), response("a786hjs2", "400 Bad Request", A, B));
        peer.feed(Frame::new("a786hjs2", "FOO").to(spelled));
        assert_eq!(
            peer.transmitted(),
            response("a786hjs2", "501 Unknown Method", A, B)
        );
        // For the longest identifier, and the shortest.
        for id in ["0123456789abcdef.-+%=fedcba98765", "abcd"] {
            peer.feed(Frame::bodiless(id));
            assert_eq!(peer.transmitted(), response(id, "200 OK", A, B));
        }
    });
}

/// Shows: MSRP-7.2-02.
#[test]
fn hop_by_hop_for_send() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x").from(RELAYED));
        assert_eq!(peer.transmitted(), response("t001", "200 OK", R1, B));
        peer.feed(Frame::bodiless("t002").from(RELAYED).header("Byte-Range", "?"));
        assert_eq!(peer.transmitted(), response("t002", "400 Bad Request", R1, B));
        peer.feed(Frame::bodiless("t003").from(RELAYED).to(UNKNOWN));
        assert_eq!(
            peer.transmitted(),
            response("t003", "481 Session Does Not Exist", R1, UNKNOWN)
        );
    });
}

/// Shows: MSRP-7.2-03.
#[test]
fn end_to_end_for_other_methods() {
    run(|peer| {
        peer.feed(Frame::new("t001", "FOO").from(RELAYED));
        assert_eq!(
            peer.transmitted(),
            response("t001", "501 Unknown Method", RELAYED, B)
        );
        peer.feed(Frame::new("t002", "AUTH").from(RELAYED).to(UNKNOWN));
        assert_eq!(
            peer.transmitted(),
            response("t002", "481 Session Does Not Exist", RELAYED, UNKNOWN)
        );
    });
}

/// Shows: MSRP-5.3-01.
#[test]
fn an_answer_needs_no_application() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello"));
        // No event has been taken.
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(peer.events().len(), 4);
    });
}

/// Shows: MSRP-5.4-14, MSRP-7.3-03.
#[test]
fn no_such_session() {
    run(|peer| {
        peer.feed(
            Frame::text("t001", "m001", "hello")
                .to(UNKNOWN)
                .success_report("yes"),
        );
        assert_eq!(
            peer.transmitted(),
            response("t001", "481 Session Does Not Exist", A, UNKNOWN)
        );
        peer.feed(
            Frame::chunk("t002", "m001", "1-2/4", "he")
                .to(UNKNOWN)
                .continued(),
        );
        assert_eq!(peer.sent_lines(), ["t002 481"]);
        peer.assert_silent();
        // Nothing was kept of it: the same message is a new one where it belongs.
        peer.feed(Frame::chunk("t003", "m001", "3-4/4", "ll"));
        assert_eq!(peer.events(), ["B bound", "m001 started", "m001 data 2 ll"]);
        assert_eq!(peer.sent_lines(), ["t003 200"]);
        assert_eq!(peer.connection.session_count(), 1);
    });
}

/// Shows: MSRP-7.3-02.
#[test]
fn a_path_of_two_is_for_somebody_else() {
    run(|peer| {
        let other = "msrp://c.example.com:1/c;tcp";
        for (id, path) in [("t001", format!("{B} {other}")), ("t002", format!("{other} {B}"))] {
            peer.feed(Frame::text(id, "m001", "x").to(&path));
            let first = path.split(' ').next().unwrap();
            assert_eq!(
                peer.transmitted(),
                response(id, "481 Session Does Not Exist", A, first)
            );
        }
        peer.assert_silent();
    });
}

/// Shows: MSRP-7.3-04.
#[test]
fn paths_are_matched_as_uris() {
    let same = [
        "msrp://B.Example.COM:12763/kjhd37s2s20w2a;tcp",
        "msrp://bob@b.example.com:12763/kjhd37s2s20w2a;tcp",
        "MSRP://b.ex%61mple.com:012763/kjhd37s2s20w2a;TCP;x=1",
    ];
    let other = [
        "msrps://b.example.com:12763/kjhd37s2s20w2a;tcp",
        "msrp://b.example.com/kjhd37s2s20w2a;tcp",
        "msrp://b.example.com:12764/kjhd37s2s20w2a;tcp",
        "msrp://b.example.com:12763/KJHD37s2s20w2a;tcp",
        "msrp://b.example.com:12763/kjhd37s2s20w2a;ws",
        "msrp://c.example.com:12763/kjhd37s2s20w2a;tcp",
        "msrp://b.example.com:12763;tcp",
    ];
    run(|peer| {
        for uri in same {
            peer.feed(Frame::bodiless("t001").to(uri));
            // The own URI is written as it was agreed upon.
            assert_eq!(peer.transmitted(), response("t001", "200 OK", A, B));
        }
        for uri in other {
            peer.feed(Frame::bodiless("t001").to(uri));
            assert_eq!(peer.sent_lines(), ["t001 481"], "{uri}");
        }
        // What was found before does not cover up what follows.
        peer.feed(Frame::bodiless("t002").to(same[0]));
        assert_eq!(peer.sent_lines(), ["t002 200"]);
    });
}

/// Shows: MSRP-7.3-05.
#[test]
fn from_path_is_answered_and_not_checked() {
    run(|peer| {
        peer.bind();
        let elsewhere = "msrp://elsewhere.example.com:9/q;tcp";
        peer.feed(
            Frame::text("t001", "m001", "x")
                .from(elsewhere)
                .success_report("yes"),
        );
        let sent = peer.sent();
        assert_eq!(
            (sent[0].line(), sent[0].header("To-Path")),
            ("t001 200".into(), elsewhere)
        );
        assert_eq!(sent[1].line(), "REPORT m001 1-1/1 000 200 OK");
        assert_eq!(sent[1].header("To-Path"), elsewhere);
        peer.events();
        assert_eq!(
            peer.head("m001").from_path().unwrap().to_path().as_str(),
            elsewhere
        );
        // Each request is answered to where it says that it comes from.
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.sent()[0].header("To-Path"), A);
    });
}

/// Shows: RELAY-3-04.
#[test]
fn through_relays() {
    let relays = "msrps://relay-b.example.com:9001/b;tcp msrps://relay-a.example.com:9000/a;tcp";
    let from = format!("{relays} {A}");
    run(|peer| {
        peer.bind();
        peer.feed(
            Frame::text("t001", "m001", "hello")
                .from(&from)
                .success_report("yes"),
        );
        let sent = peer.sent();
        assert_eq!(sent.len(), 2);
        // An answer goes one hop, a REPORT all the way, in the order of From-Path.
        assert_eq!(
            (
                sent[0].line(),
                sent[0].header("To-Path"),
                sent[0].header("From-Path")
            ),
            ("t001 200".into(), relays.split(' ').next().unwrap(), B)
        );
        assert_eq!(sent[1].line(), "REPORT m001 1-5/5 000 200 OK");
        assert_eq!(
            (sent[1].header("To-Path"), sent[1].header("From-Path")),
            (&*from, B)
        );
    });
}

/// Shows: MSRP-14.1-02.
#[test]
fn near_misses_look_like_any_miss() {
    run(|peer| {
        peer.open("B2", passive(B2));
        let misses = [
            "kjhd37s2s20w2",
            "kjhd37s2s20w2b",
            "kjhd37s2s20w2aa",
            "k",
            "zzzzzzzzzzzzzz",
        ];
        for miss in misses {
            let uri = format!("msrp://b.example.com:12763/{miss};tcp");
            peer.feed(Frame::text("t001", "m001", "x").to(&uri));
            assert_eq!(
                peer.transmitted(),
                response("t001", "481 Session Does Not Exist", A, &uri)
            );
        }
        peer.assert_silent();
    });
}

/// Of many answers those go first that are oldest, before REPORTs (ruling R-72).
#[test]
fn answers_before_reports() {
    run(|peer| {
        for id in ["t001", "t002", "t003"] {
            peer.feed(Frame::text(id, id, "x").success_report("yes"));
        }
        assert_eq!(
            peer.sent_lines(),
            [
                "t001 200",
                "t002 200",
                "t003 200",
                "REPORT t001 1-1/1 000 200 OK",
                "REPORT t002 1-1/1 000 200 OK",
                "REPORT t003 1-1/1 000 200 OK"
            ]
        );
    });
}
