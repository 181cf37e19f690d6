//! Requests of the peer that are neither SEND nor REPORT, handed to the application.

use std::time::Duration;

use msrp_proto::wire::{Header, Limits, Method, OtherMethod, StatusCode};
use msrp_proto::{RespondErrorReason, Response};

use crate::frame::{A, B, Frame};
use crate::peer::{Setup, text};

const RELAYED: &str = "msrp://r1.example.com:1/x;tcp msrp://r2.example.com:2/y;tcp \
    msrp://a.example.com:7654/jshA7weztas;tcp";
const UNKNOWN: &str = "msrp://b.example.com:12763/unknown;tcp";

pub(crate) fn foo() -> Method {
    Method::Other(OtherMethod::new("FOO").unwrap())
}

/// The application answers FOO.
fn setup() -> Setup {
    Setup::new().config(|config| config.methods([foo(), Method::Send, Method::Report]))
}

fn forbidden() -> Response {
    Response::new(StatusCode::FORBIDDEN).unwrap()
}

#[test]
fn a_declared_method_is_for_the_application() {
    setup().run(|peer| {
        let frame = Frame::new("t001", "FOO")
            .from(RELAYED)
            .header("X-What", "this")
            .typed("text/plain")
            .body("a\r\n-------t00 body");
        peer.feed(frame);
        assert_eq!(peer.events(), ["B bound", "B requested FOO"]);
        assert_eq!(peer.sent_lines(), [""; 0], "the application answers");
        let request = peer.asked();
        assert_eq!(request.method(), Some(&foo()));
        assert_eq!(request.header("x-what"), Some(&b"this"[..]));
        assert_eq!(request.content_type().unwrap().to_string(), "text/plain");
        assert_eq!(request.body().unwrap(), "a\r\n-------t00 body");
        assert_eq!(request.head().transaction_id().as_str(), "t001");
        let response = forbidden()
            .comment("Not now")
            .header(Header::new("X-Why", "lunch").unwrap())
            .header(Header::new("Content-Language", "en").unwrap());
        peer.connection.respond(request, response).unwrap();
        let octets = format!(
            "MSRP t001 403 Not now\r\nTo-Path: {RELAYED}\r\nFrom-Path: {B}\r\nX-Why: lunch\r\n-------t001$\r\n"
        );
        assert_eq!(String::from_utf8(peer.transmitted()).unwrap(), octets);
        peer.wait(Duration::from_secs(40));
        peer.assert_silent();
    });
}

#[test]
fn bodies() {
    setup().run(|peer| {
        peer.bind();
        for (number, body) in [None, Some(vec![]), Some(vec![b'x'; 10_240])]
            .into_iter()
            .enumerate()
        {
            let frame = Frame::new(&format!("t00{number}"), "FOO");
            peer.feed(match &body {
                Some(body) => frame.typed("text/plain").body(body),
                None => frame,
            });
            assert_eq!(peer.events(), ["B requested FOO"]);
            let request = peer.asked();
            assert_eq!(request.body().map(|body| body.to_vec()), body);
            peer.connection.respond(request, Response::OK).unwrap();
            assert_eq!(peer.sent_lines(), [format!("t00{number} 200")]);
        }
        // A longer one loses the stream (ruling R-28).
        peer.feed(Frame::new("t009", "FOO").typed("text/plain").body([b'x'; 10_241]));
        assert!(peer.events().last().unwrap().starts_with("lost"));
    });
    // Unless it is let through.
    let other_body = 20_000;
    let limits = Limits {
        other_body,
        ..Limits::default()
    };
    setup().config(|config| config.wire_limits(limits)).run(|peer| {
        peer.feed(Frame::new("t001", "FOO").typed("text/plain").body([b'x'; 10_241]));
        peer.feed(Frame::new("t002", "FOO").typed("text/plain").body([b'x'; 10_240]));
        assert_eq!(peer.sent_lines(), ["t001 413"]);
        assert_eq!(peer.events(), ["B bound", "B requested FOO"]);
    });
}

#[test]
fn what_does_not_reach_the_application() {
    setup().run(|peer| {
        let cases = [
            // The session, then the method, then the head.
            (Frame::new("t001", "FOO").to(UNKNOWN), 481),
            (Frame::new("t001", "BAR"), 501),
            (Frame::new("t001", "BAR").header("Byte-Range", "x"), 501),
            (Frame::new("t001", "FOO").header("Byte-Range", "x"), 400),
            (
                Frame::new("t001", "FOO")
                    .header("Byte-Range", "x")
                    .failure_report("no"),
                400,
            ),
            (Frame::new("t001", "FOO").body("no type"), 400),
            (Frame::new("t001", "FOO").continued(), 400),
            (Frame::new("t001", "FOO").flag('#'), 400),
            (Frame::new("t001", "FOO").typed("a/b").body("x").continued(), 400),
        ];
        for (frame, status) in cases {
            peer.feed(frame.from(RELAYED));
            let sent = peer.sent();
            assert_eq!(sent[0].line(), format!("t001 {status}"));
            assert_eq!(sent[0].header("To-Path"), RELAYED);
        }
        assert_eq!(peer.events(), ["B bound"]);
        // Failure-Report is none of theirs.
        peer.feed(
            Frame::new("t002", "FOO")
                .failure_report("no")
                .success_report("yes"),
        );
        let request = peer.asked();
        peer.connection.respond(request, Response::OK).unwrap();
        assert_eq!(peer.sent_lines(), ["t002 200"]);
        // SEND and REPORT are not to be declared.
        peer.feed(Frame::text("t003", "m001", "x"));
        assert_eq!(peer.sent_lines(), ["t003 200"]);
    });
}

#[test]
fn a_request_lapses() {
    setup().run(|peer| {
        peer.bind();
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        peer.wait(Duration::from_millis(29_999));
        peer.feed(Frame::new("t002", "FOO"));
        let second = peer.asked();
        peer.wait(Duration::from_millis(1));
        let error = peer.connection.respond(request, forbidden()).unwrap_err();
        assert_eq!(error.reason, RespondErrorReason::Expired);
        assert_eq!(error.request.head().transaction_id().as_str(), "t001");
        assert_eq!(error.response, forbidden());
        // Nothing is said of it; the other one is still there.
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.connection.respond(second, Response::OK).unwrap();
        assert_eq!(peer.sent_lines(), ["t002 200"]);
        // One that lapses before it is told is not told.
        let _ = peer.events();
        peer.feed(Frame::new("t003", "FOO"));
        peer.wait(Duration::from_secs(30));
        peer.assert_silent();
    });
    let wait = Duration::from_secs(2);
    setup().config(|config| config.respond_timeout(wait)).run(|peer| {
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        peer.wait(wait);
        assert!(peer.connection.respond(request, Response::OK).is_err());
    });
}

#[test]
fn only_so_many_wait() {
    setup().config(|config| config.max_requests(2)).run(|peer| {
        peer.bind();
        for id in ["t001", "t002", "t003"] {
            peer.feed(Frame::new(id, "FOO"));
        }
        assert_eq!(peer.sent_lines(), ["t003 413"]);
        assert_eq!(peer.events(), ["B requested FOO", "B requested FOO"]);
        let (first, _second) = (peer.asked(), peer.asked());
        peer.connection.respond(first, Response::OK).unwrap();
        peer.feed(Frame::new("t004", "FOO"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(peer.events(), ["B requested FOO"]);
    });
}

#[test]
fn the_session_ends() {
    // By the application: the peer hears that it is gone.
    setup().run(|peer| {
        peer.bind();
        peer.feed(Frame::new("t001", "FOO").from(RELAYED));
        let request = peer.asked();
        let _ = peer.events();
        peer.session("B").close();
        assert_eq!(peer.events(), ["B closed"]);
        let sent = peer.sent();
        assert_eq!(sent[0].line(), "t001 481");
        assert_eq!(sent[0].header("To-Path"), RELAYED);
        let error = peer.connection.respond(request, Response::OK).unwrap_err();
        assert_eq!(error.reason, RespondErrorReason::Expired);
    });
    // While it arrives.
    setup().run(|peer| {
        peer.bind();
        let frame = Frame::new("t001", "FOO").typed("a/b").body("hello");
        let [front, rest] = frame.split_in_body(2);
        peer.feed(front);
        peer.session("B").abort();
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        assert_eq!(peer.events(), ["B failed: aborted"]);
    });
    // With the connection: nobody is told, and what was not told yet is not told any more.
    setup().run(|peer| {
        peer.bind();
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        let _ = peer.events();
        peer.feed(Frame::new("t002", "FOO"));
        peer.eof();
        assert!(peer.connection.respond(request, Response::OK).is_err());
        let lost = [
            "B failed: the connection ended",
            "lost: the peer closed the connection",
        ];
        assert_eq!(peer.events(), lost);
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(peer.due_in(), None);
    });
}

#[test]
fn a_ticket_is_for_its_connection() {
    setup().run(|peer| {
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        let mut other = setup().peer(peer.cut());
        let error = other.connection.respond(request, Response::OK).unwrap_err();
        other.feed(Frame::new("t002", "FOO"));
        let error = other
            .connection
            .respond(*error.request, error.response)
            .unwrap_err();
        assert_eq!(error.reason, RespondErrorReason::Expired);
        peer.connection.respond(*error.request, error.response).unwrap();
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

#[test]
fn responses() {
    assert!(Response::new(StatusCode::TIMEOUT).is_none());
    let line = |response: Response| {
        let mut peer = setup().peer(crate::peer::Cut::Whole);
        peer.feed(Frame::new("t001", "FOO"));
        let request = peer.asked();
        peer.connection.respond(request, response).unwrap();
        let octets = String::from_utf8(peer.transmitted()).unwrap();
        octets.lines().next().unwrap().to_owned()
    };
    assert_eq!(line(Response::OK), "MSRP t001 200 OK");
    assert_eq!(line(Response::OK.comment("")), "MSRP t001 200");
    assert_eq!(
        line(Response::OK.comment("Fine, thanks")),
        "MSRP t001 200 Fine, thanks"
    );
    // What could become a line of its own is not written.
    assert_eq!(line(Response::OK.comment("a\r\nX: y")), "MSRP t001 200 OK");
    assert_eq!(
        line(msrp_proto::Refusal::FORBIDDEN.into()),
        "MSRP t001 403 Forbidden"
    );
    let shown = format!("{:?}", Response::OK.comment("secret"));
    assert!(!shown.contains("secret"));
}

/// An answer to a request does not wait behind bulk.
#[test]
fn an_answer_goes_first() {
    setup().config(|config| config.chunk_limit(None)).run(|peer| {
        peer.bind();
        peer.send("bulk", text(vec![b'x'; 100_000]));
        peer.feed(Frame::new("t001", "FOO").from(A));
        let request = peer.asked();
        peer.connection.respond(request, Response::OK).unwrap();
        assert_eq!(peer.sent()[0].line(), "t001 200");
    });
}
