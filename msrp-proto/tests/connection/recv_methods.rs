//! What a receiver does not know (RFC 4975 §12), and in which order it checks (docs/conformance,
//! transport, §5.1).

use msrp_proto::Refusal;
use msrp_proto::wire::StatusCode;

use crate::frame::{B, Frame};
use crate::peer::{Setup, passive, run, text};

const UNKNOWN: &str = "msrp://b.example.com:12763/unknown;tcp";

/// Shows: MSRP-12-01.
#[test]
fn unknown_headers_in_requests() {
    run(|peer| {
        let octets = b"MSRP t001 SEND\r\n\
            X-Foo: bar\r\n\
            To-Path: msrp://b.example.com:12763/kjhd37s2s20w2a;tcp\r\n\
            X-Foo: again\r\n\
            From-Path: msrp://a.example.com:7654/jshA7weztas;tcp\r\n\
            Message-ID: m001\r\n\
            X-Empty:\r\n\
            Byte-Range: 1-5/5\r\n\
            Status: 000 200 OK\r\n\
            Content-Type: text/plain\r\n\
            \r\nhello\r\n-------t001$\r\n";
        peer.feed(&octets[..]);
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(
            peer.events(),
            ["B bound", "m001 started", "m001 data 0 hello", "m001 finished 5"]
        );
        let head = peer.head("m001").head();
        assert_eq!(head.header("x-foo"), Some(&b"bar"[..]));
        assert_eq!(head.header("X-Empty"), Some(&b""[..]));
        assert_eq!(head.headers().filter(|(name, _)| *name == b"X-Foo").count(), 2);
    });
}

/// Shows: MSRP-12-02.
#[test]
fn unknown_headers_in_responses() {
    run(|peer| {
        peer.bind();
        peer.send("out", text("hello"));
        let id = peer.sent()[0].id();
        let response = Frame::response(&id, "200 OK")
            .header("Message-ID", "m001")
            .header("X-Foo", "bar")
            .header("Use-Path", "x");
        peer.feed(response);
        assert_eq!(peer.events(), ["out sent", "out acknowledged 5", "out completed"]);
    });
}

/// Shows: MSRP-12-03, MSRP-10.9-01.
#[test]
fn unknown_methods() {
    run(|peer| {
        let path = "msrp://r1:1/x;tcp msrp://a:1/y;tcp";
        for method in ["FOO", "AUTH", "NICKNAME", "X"] {
            peer.feed(Frame::new("t001", method).from(path));
            let sent = peer.sent();
            assert_eq!(
                (sent[0].line(), sent[0].header("To-Path")),
                ("t001 501".into(), path)
            );
            // The session comes first (ruling R-37).
            peer.feed(Frame::new("t002", method).from(path).to(UNKNOWN));
            assert_eq!(peer.sent_lines(), ["t002 481"]);
            for to in [B, UNKNOWN] {
                peer.feed(Frame::new("t003", method).to(to).failure_report("no"));
                assert_eq!(peer.sent_lines(), [""; 0]);
            }
            peer.feed(Frame::new("t004", method).failure_report("partial"));
            assert_eq!(peer.sent_lines(), ["t004 501"]);
        }
        // With a body, which is read and dropped.
        let body = Frame::new("t005", "FOO").typed("text/plain").body("a body");
        peer.feed(body.clone());
        peer.feed(Frame::bodiless("t006"));
        assert_eq!(peer.sent_lines(), ["t005 501", "t006 200"]);
        assert_eq!(peer.events(), ["B bound"]);
    });
}

/// Shows: MSRP-10.9-02, MSRP-10.4-02.
#[test]
fn statuses_that_cannot_refuse() {
    for code in [200, 201, 299, 408, 501] {
        assert_eq!(Refusal::new(StatusCode::new(code).unwrap()), None);
    }
    // Whatever is wrong with a SEND or a REPORT.
    run(|peer| {
        for method in ["SEND", "REPORT"] {
            let frame = Frame::new("t001", method);
            let frames = [
                frame.clone(),
                frame.clone().to(UNKNOWN),
                frame.clone().header("Byte-Range", "x"),
                frame.clone().header("Status", "x"),
                frame.clone().body("no type"),
                frame.clone().typed("a/b").header("Message-ID", "m001").body("x"),
                frame
                    .clone()
                    .typed("nothing")
                    .header("Message-ID", "m002")
                    .body("x"),
                frame.clone().failure_report("maybe").flag('#'),
            ];
            for frame in frames {
                peer.feed(frame);
            }
        }
        let answers = peer.sent_lines();
        assert_eq!(answers.len(), 8, "{answers:?}");
        assert!(
            !answers
                .iter()
                .any(|line| line.ends_with("501") || line.ends_with("408"))
        );
    });
}

/// Each check comes before those that follow it: a request fails several of them, and the first answers.
#[test]
fn the_order_of_checks() {
    let setup = || {
        let accepts = msrp_proto::MediaRanges::parse(b"text/plain").unwrap();
        Setup::new().session(passive(B).accepts(accepts).max_size(Some(5)))
    };
    setup().run(|peer| {
        let bad = |id, method: &str| {
            Frame::new(id, method)
                .header("Message-ID", "m001")
                .header("Byte-Range", "x")
                .typed("image/png")
                .body("much too long")
        };
        let long = bad("t001", "SEND").header("Byte-Range", "1-13/13");
        let cases = [
            // Nobody to answer to, before anything else.
            (bad("t001", "FOO").to(UNKNOWN).from("?"), None),
            (bad("t001", "REPORT").to(UNKNOWN), None),
            // The session, before method, headers, type and size.
            (bad("t001", "FOO").to(UNKNOWN), Some(481)),
            (bad("t001", "SEND").to(UNKNOWN), Some(481)),
            // The method, before the headers.
            (bad("t001", "FOO"), Some(501)),
            (Frame::new("t001", "FOO").failure_report("maybe"), Some(501)),
            // The headers, before type and size.
            (bad("t001", "SEND"), Some(400)),
            // The type, before the size.
            (long.clone(), Some(415)),
            (
                long.clone().typed("text/plain").header("Message-ID", "m002"),
                Some(413),
            ),
            // Then what was refused before.
            (long.typed("text/plain").header("Byte-Range", "1-5/5"), Some(415)),
            (Frame::text("t001", "m002", "short"), Some(413)),
            (Frame::text("t001", "m003", "short"), Some(200)),
        ];
        for (number, (frame, status)) in cases.into_iter().enumerate() {
            for (report, filter) in [
                (None, true),
                (Some("partial"), status != Some(200)),
                (Some("no"), false),
            ] {
                // A Failure-Report that cannot be read counts as `yes`; a second one does not help.
                let unreadable = frame.octets().windows(5).any(|part| part == b"maybe");
                let frame = match report {
                    Some(_) if unreadable => continue,
                    Some(value) => frame.clone().without("Failure-Report").failure_report(value),
                    None => frame.clone(),
                };
                // Headers stand before Content-Type only by custom.
                peer.feed(frame);
                let expected: Vec<_> = status
                    .filter(|_| filter)
                    .map(|status| format!("t001 {status}"))
                    .into_iter()
                    .collect();
                assert_eq!(
                    peer.sent_lines(),
                    expected,
                    "case {number}, Failure-Report {report:?}"
                );
            }
        }
    });
}

/// Whatever is wrong with a request, if its To-Path is that of a session, it binds the session (rulings
/// R-66; docs/conformance, transport, §5.1).
#[test]
fn what_is_refused_binds() {
    let frames = [
        Frame::new("t001", "FOO"),
        Frame::new("t001", "FOO").header("Byte-Range", "x"),
        Frame::bodiless("t001").header("Byte-Range", "x"),
        Frame::bodiless("t001")
            .failure_report("no")
            .header("Byte-Range", "x"),
        Frame::text("t001", "m001", "x").typed("image/png"),
    ];
    for frame in frames {
        let accepts = msrp_proto::MediaRanges::parse(b"text/plain").unwrap();
        Setup::new().session(passive(B).accepts(accepts)).run(|peer| {
            peer.feed(frame.clone());
            assert_eq!(peer.events(), ["B bound"]);
        });
    }
}
