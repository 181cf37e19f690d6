//! Heads that are wrong, and octets that are no MSRP (RFC 4975 §10.2, rulings ).

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Peer, Setup, passive, run};

/// Shows: MSRP-10.2-01.
#[test]
fn unintelligible_requests() {
    let frame = Frame::text("t001", "m001", "hello");
    let long = "x".repeat(9000);
    let frames = [
        frame.clone().header("Byte-Range", "x"),
        frame.clone().header("Byte-Range", "0-5/5"),
        frame.clone().header("Byte-Range", "1-5"),
        frame.clone().header("Byte-Range", "18446744073709551616-*/*"),
        frame.clone().header("Message-ID", "a b"),
        frame.clone().header("Message-ID", ""),
        frame.clone().success_report("maybe"),
        frame.clone().failure_report("maybe"),
        frame.clone().header("Content-Type", "text"),
        frame.clone().without("Message-ID"),
        frame.clone().without("Content-Type"),
        frame.clone().also("To-Path", B),
        frame.clone().also("From-Path", A),
        frame.clone().also("Message-ID", "m001"),
        frame.clone().also("Byte-Range", "1-5/5"),
        frame.clone().success_report("no").also("Success-Report", "no"),
        frame.clone().failure_report("yes").also("Failure-Report", "yes"),
        frame
            .clone()
            .header("Status", "000 200")
            .also("Status", "000 200"),
        frame.clone().also("Content-Type", "text/plain"),
        frame.clone().header("Bad Name", "x"),
        frame.clone().header("1X", "x"),
        frame.clone().header("X-Control", "\x01"),
        frame.clone().header("X-Bare", "a\rb"),
        frame.clone().header("X-Long", &long),
        (0..64).fold(frame.clone(), |frame, at| frame.header(&format!("X-{at}"), "")),
        Frame::new("t001", "send"),
        Frame::new("t001", "FOO1"),
        Frame::new("t001", ""),
    ];
    run(|peer| {
        peer.bind();
        for (number, frame) in frames.iter().enumerate() {
            peer.feed(frame.clone());
            let sent = peer.sent();
            assert_eq!(sent.len(), 1, "{number}: {sent:?}");
            assert_eq!(sent[0].line(), "t001 400", "{number}");
            assert_eq!((sent[0].header("To-Path"), sent[0].header("From-Path")), (A, B));
            // The connection stays, and the next request is processed.
            peer.feed(Frame::text("t002", "m002", "next"));
            assert_eq!(peer.sent_lines(), ["t002 200"], "{number}");
            assert_eq!(peer.events().last().unwrap(), "m002 finished 4");
        }
    });
}

/// The 400 goes hop by hop, and a Failure-Report of `no` silences it.
#[test]
fn paths_of_a_400() {
    run(|peer| {
        let path = format!("msrp://r1:1/x;tcp {A}");
        let bad = Frame::bodiless("t001").header("Byte-Range", "x").from(&path);
        peer.feed(bad.clone());
        let sent = peer.sent();
        assert_eq!(sent[0].line(), "t001 400");
        assert_eq!(sent[0].header("To-Path"), "msrp://r1:1/x;tcp");
        peer.feed(bad.clone().failure_report("no"));
        peer.feed(bad.clone().failure_report("partial"));
        assert_eq!(peer.sent_lines(), ["t001 400"]);
        // What comes first counts where a header stands twice.
        peer.feed(bad.failure_report("no").also("Failure-Report", "yes"));
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// A request whose From-Path cannot be read is dropped.
#[test]
fn nobody_to_answer_to() {
    run(|peer| {
        peer.bind();
        let frame = Frame::text("t001", "m001", "x");
        peer.feed(frame.clone().without("From-Path"));
        peer.feed(frame.clone().from(""));
        peer.feed(frame.clone().from("sip:a@example.com"));
        peer.feed(frame.clone().from(&format!("{A}  {A}")));
        // What ends the head here is its length; From-Path comes behind.
        let late = Frame::text("t001", "m001", "x")
            .without("From-Path")
            .header("X-Long", &"x".repeat(9000));
        peer.feed(late.also("From-Path", A));
        peer.assert_silent();
        peer.feed(frame);
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

/// A request whose To-Path cannot be read is answered in the name of a session that the peer has shown to
/// know. The URI of a session that waits for its peer is a secret, and never told (RFC 4975 §14.1).
#[test]
fn no_name_to_answer_by() {
    let frames = [
        Frame::bodiless("t001").without("To-Path"),
        Frame::bodiless("t001").to("?"),
        Frame::text("t001", "m001", "x").to(""),
    ];
    run(|peer| {
        peer.open("B2", passive(B2));
        for frame in frames.clone() {
            peer.feed(frame);
            peer.assert_silent();
        }
        peer.feed(Frame::bodiless("t002").to(B2));
        assert_eq!(
            (peer.sent_lines(), peer.events()),
            (vec!["t002 200".into()], vec!["B2 bound".into()])
        );
        for frame in frames.clone() {
            peer.feed(frame);
            let sent = peer.sent();
            assert_eq!(sent[0].line(), "t001 400");
            assert_eq!((sent[0].header("To-Path"), sent[0].header("From-Path")), (A, B2));
        }
        assert_eq!(peer.events(), [""; 0]);
    });
    Setup::new().no_session().run(|peer| {
        for frame in frames.clone() {
            peer.feed(frame);
            peer.assert_silent();
        }
    });
}

/// Responses that are wrong are dropped.
#[test]
fn bad_responses() {
    run(|peer| {
        peer.bind();
        for status in ["20", "2000 OK", "2x0", "200\tOK", "200OK", "600 \x01"] {
            peer.feed(Frame::response("t001", status));
        }
        peer.feed(Frame::response("t001", "400").without("From-Path"));
        peer.feed(Frame::response("t001", "481").also("To-Path", A));
        peer.assert_silent();
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.sent_lines(), ["t002 200"]);
    });
}

fn assert_lost(peer: &mut Peer, expected: &[&str]) {
    assert_eq!(peer.events(), expected);
    assert!(!peer.connection.wants_input());
    peer.feed_anyway(Frame::text("t009", "m009", "too late"));
    peer.assert_silent();
    assert!(peer.connection.is_closed() && peer.connection.poll_timeout().is_none());
}

/// Octets that are no MSRP lose the connection: messages end first, then sessions, then the connection.
#[test]
fn junk() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.bind();
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", "abcd").continued());
        peer.send("out", crate::peer::text("hello"));
        assert_eq!(peer.sent_lines(), ["t001 200", "SEND 1-5/5 hello $"]);
        peer.feed("GET / HTTP/1.1\r\n\r\n");
        assert_lost(
            peer,
            &[
                "m001 started",
                "m001 data 0 abcd",
                "out sent",
                "m001 aborted: the connection ended",
                "out failed: the connection ended",
                "B failed: the connection ended",
                "B2 failed: the connection ended",
                "lost: the peer sent what is not MSRP",
            ],
        );
    });
}

/// Start lines without which a frame has no end.
#[test]
fn start_lines_that_lose_the_connection() {
    let lines = [
        "msrp abcd SEND\r\n",
        "MSRP  abcd SEND\r\n",
        "MSRP\tabcd SEND\r\n",
        "MSRP abc SEND\r\n",
        "MSRP -abcd SEND\r\n",
        "MSRP a_bcd SEND\r\n",
        "MSRP 012345678901234567890123456789012 SEND\r\n",
        "MSRP abcd\r\n",
        "MSRP abcd SEND\n",
        "\rMSRP abcd SEND\r\n",
        "\nMSRP abcd SEND\r\n",
        "-------t001$\r\n",
    ];
    for line in lines {
        run(|peer| {
            peer.bind();
            peer.feed(line);
            assert_eq!(
                peer.events(),
                [
                    "B failed: the connection ended",
                    "lost: the peer sent what is not MSRP"
                ],
                "{line:?}"
            );
        });
    }
    run(|peer| {
        peer.feed(format!("MSRP abcd SEND {}", "x".repeat(9000)));
        assert_eq!(
            peer.events().last().unwrap(),
            "lost: the peer sent what is not MSRP"
        );
    });
}

/// What was answered before the junk still goes out, since the peer may read it.
#[test]
fn answers_before_junk() {
    run(|peer| {
        peer.bind();
        peer.feed(Frame::text("t001", "m001", "x"));
        peer.feed("junk");
        assert!(!peer.connection.is_closed());
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(
            peer.events().last().unwrap(),
            "lost: the peer sent what is not MSRP"
        );
        assert!(peer.connection.is_closed());
    });
}

/// Line ends between frames keep a connection alive, and are no junk.
#[test]
fn line_ends_between_frames() {
    run(|peer| {
        peer.feed("\r\n\r\n");
        peer.feed(Frame::bodiless("t001"));
        peer.feed("\r\n");
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
        peer.eof();
        assert_eq!(
            peer.events().last().unwrap(),
            "lost: the peer closed the connection"
        );
    });
}

/// Shows: MSRP-7.1-10.
#[test]
fn a_long_body_of_another_request() {
    for method in ["REPORT", "FOO", "200 OK"] {
        let frame = |len| {
            Frame::new("t001", method)
                .header("Message-ID", "m001")
                .header("Status", "000 200 OK")
                .typed("text/plain")
                .body("x".repeat(len))
        };
        run(|peer| {
            peer.bind();
            peer.feed(frame(10_240));
            assert_eq!(peer.events(), [""; 0]);
            let answers = peer.sent_lines();
            assert_eq!(answers.len(), usize::from(method == "FOO"));
            // The connection is lost with the octet that is too many, before any end-line.
            let [mut front, _] = frame(10_300).split_in_body(10_241);
            // What may yet be part of an end-line is held back, so a few octets more.
            front.extend_from_slice(b"xxxx");
            peer.feed(front);
            assert_eq!(
                peer.events(),
                [
                    "B failed: the connection ended",
                    "lost: the peer sent what is not MSRP"
                ]
            );
            assert_eq!(peer.sent_lines(), [""; 0]);
        });
    }
}

/// A path of more URIs than are taken costs a 400, and tells whom to send it to.
#[test]
fn too_many_uris_in_from_path() {
    run(|peer| {
        peer.bind();
        let path = [A; 33].join(" ");
        peer.feed(Frame::text("t001", "m001", "x").from(&path));
        let sent = peer.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(
            (sent[0].line().as_str(), sent[0].header("To-Path")),
            ("t001 400", A)
        );
        // Also again: that such a path was read does not make it legal.
        peer.feed(Frame::text("t002", "m002", "x").from(&path));
        assert_eq!(peer.sent_lines(), ["t002 400"]);
    });
}

/// What has a control octet in it is no header, and does not stand in the way of one of the same name.
#[test]
fn a_header_behind_one_with_a_control_octet() {
    run(|peer| {
        peer.bind();
        for bad in ["msrp://x\x01/y;tcp", "msrp://x\n/y;tcp"] {
            peer.feed(Frame::text("t001", "m001", "x").from(bad).also("From-Path", A));
            let sent = peer.sent();
            assert_eq!(sent.len(), 1, "{bad:?}: {sent:?}");
            assert_eq!(
                (sent[0].line().as_str(), sent[0].header("To-Path")),
                ("t001 400", A)
            );
        }
    });
}
