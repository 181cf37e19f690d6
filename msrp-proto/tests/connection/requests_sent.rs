//! Requests of this side that are neither SEND nor REPORT.

use std::time::Duration;

use msrp_proto::wire::{Header, Method, OtherMethod};
use msrp_proto::{
    Direction, MediaType, Request, RequestErrorReason, Role, SessionConfig, SessionEvent, Terms,
};

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Setup, active, passive, run, text};
use crate::requests_received::foo;

fn plain() -> MediaType {
    MediaType::new("text", "plain").unwrap()
}

fn request() -> Request {
    Request::new(foo())
}

#[test]
fn what_is_written() {
    run(|peer| {
        peer.bind();
        let request = request()
            .header(Header::new("Content-Language", "en").unwrap())
            .header(Header::new("X-What", "this").unwrap())
            .body(plain(), "a body");
        peer.ask("q", request);
        let octets = String::from_utf8(peer.transmitted()).unwrap();
        let tid = octets.split(' ').nth(1).unwrap();
        assert_eq!(
            octets,
            format!(
                "MSRP {tid} FOO\r\nTo-Path: {A}\r\nFrom-Path: {B}\r\nX-What: this\r\nContent-Language: en\r\n\
                 Content-Type: text/plain\r\n\r\na body\r\n-------{tid}$\r\n"
            )
        );
        let answer = Frame::response(tid, "299 So be it").header("X-Why", "because");
        peer.feed(answer.clone());
        assert_eq!(peer.events(), ["q answered 299"]);
        assert_eq!(peer.reply("q").comment(), Some("So be it"));
        assert_eq!(peer.reply("q").header("x-why"), Some(&b"because"[..]));
        // Once.
        peer.feed(answer);
        peer.wait(Duration::from_secs(40));
        peer.assert_silent();

        // Without a body nothing stands for one.
        peer.ask("q", Request::new(foo()));
        let octets = String::from_utf8(peer.transmitted()).unwrap();
        let tid = octets.split(' ').nth(1).unwrap();
        assert_eq!(
            octets,
            format!("MSRP {tid} FOO\r\nTo-Path: {A}\r\nFrom-Path: {B}\r\n-------{tid}$\r\n")
        );
        // The longest body there may be, and one more octet.
        peer.ask("long", Request::new(foo()).body(plain(), vec![b'x'; 10_240]));
        assert_eq!(peer.sent()[0].body.len(), 10_240);
        let too_long = Request::new(foo()).body(plain(), vec![b'x'; 10_241]);
        let error = peer.session("B").request(too_long.clone()).unwrap_err();
        assert_eq!(
            (error.reason, *error.request),
            (RequestErrorReason::BodyTooLong, too_long)
        );
        peer.assert_silent();
    });
}

#[test]
fn what_is_not_taken() {
    run(|peer| {
        let mime = Header::new("Content-Language", "en").unwrap();
        let Method::Other(odd) = Method::parse(b"FOO_BAR").unwrap() else {
            unreachable!()
        };
        let long = "A".repeat(33);
        let cases = [
            (Request::new(Method::Send), RequestErrorReason::Method),
            (Request::new(Method::Report), RequestErrorReason::Method),
            (Request::new(Method::Other(odd)), RequestErrorReason::Method),
            (
                Request::new(Method::parse(long.as_bytes()).unwrap()),
                RequestErrorReason::Method,
            ),
            (request().header(mime), RequestErrorReason::MimeWithoutBody),
        ];
        for (request, reason) in cases {
            let error = peer.session("B").request(request.clone()).unwrap_err();
            assert_eq!((error.reason, *error.request), (reason, request));
        }
        peer.assert_silent();
    });
    assert!(OtherMethod::new("FOO_BAR").is_none());
}

#[test]
fn refusals_are_answers() {
    run(|peer| {
        peer.bind();
        for code in [400, 403, 404, 408, 413, 415, 423, 424, 425, 428, 501, 999] {
            peer.ask("q", request());
            let id = peer.sent()[0].id();
            peer.feed(Frame::response(&id, &code.to_string()));
            assert_eq!(peer.events(), [format!("q answered {code}")]);
        }
    });
    // Those that say that there is no session end it (ruling R-24), after the answer.
    for code in ["481", "506"] {
        run(|peer| {
            peer.bind();
            peer.ask("q", request());
            peer.ask("r", request());
            let id = peer.sent()[0].id();
            peer.feed(Frame::response(&id, code));
            let events = [
                format!("q answered {code}"),
                "r failed: the session ended".into(),
                format!("B failed: the peer answered {code}"),
            ];
            assert_eq!(peer.events(), events);
        });
    }
}

#[test]
fn no_answer() {
    run(|peer| {
        peer.bind();
        peer.ask("q", request());
        let id = peer.sent()[0].id();
        peer.wait(Duration::from_millis(29_999));
        peer.assert_silent();
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.events(), ["q failed: timed out"]);
        // Too late.
        peer.feed(Frame::response(&id, "200 OK"));
        peer.assert_silent();
        peer.session("B");
    });
    // The time counts from when it is handed out.
    run(|peer| {
        peer.bind();
        peer.ask("q", request());
        peer.wait(Duration::from_secs(60));
        assert_eq!(peer.sent_lines().len(), 1);
        peer.wait(Duration::from_secs(29));
        assert_eq!(peer.events(), [""; 0]);
        peer.wait(Duration::from_secs(1));
        assert_eq!(peer.events(), ["q failed: timed out"]);
    });
}

#[test]
fn the_end() {
    // Of the session: sent, and not sent.
    run(|peer| {
        peer.bind();
        peer.ask("sent", request());
        let _ = peer.sent();
        peer.ask("unsent", request());
        peer.session("B").abort();
        let events = [
            "sent failed: the session ended",
            "unsent failed: the session ended",
            "B failed: aborted",
        ];
        assert_eq!(peer.events(), events);
        peer.assert_silent();
    });
    // Of the connection: messages, requests, sessions.
    run(|peer| {
        peer.bind();
        peer.ask("q", request());
        peer.send("out", text("x"));
        peer.eof();
        let events = [
            "out failed: the connection ended",
            "q failed: the connection ended",
            "B failed: the connection ended",
            "lost: the peer closed the connection",
        ];
        assert_eq!(peer.events(), events);
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
    // In order: the session waits for the outcome, and takes no further ones.
    run(|peer| {
        peer.bind();
        peer.ask("q", request());
        peer.session("B").close();
        let error = peer.session("B").request(request()).unwrap_err();
        assert_eq!(error.reason, RequestErrorReason::Closing);
        let id = peer.sent()[0].id();
        assert_eq!(peer.events(), [""; 0]);
        peer.feed(Frame::response(&id, "200 OK"));
        assert_eq!(peer.events(), ["q answered 200", "B closed"]);
    });
}

/// Directions hold back messages, not requests (RFC 4975 §8.9).
#[test]
fn directions() {
    for direction in [Direction::Inactive, Direction::RecvOnly, Direction::SendOnly] {
        let terms = Terms::new(A.parse().unwrap()).direction(direction);
        let session = SessionConfig::new(B.parse().unwrap(), Role::Passive, terms);
        Setup::new().session(session).run(|peer| {
            peer.bind();
            peer.ask("q", request());
            assert_eq!(peer.sent_lines().len(), 1);
        });
    }
}

/// As messages do, requests wait until the session may send.
#[test]
fn sessions_that_may_not_send_yet() {
    run(|peer| {
        peer.ask("q", request());
        peer.ask("r", request());
        assert_eq!(
            peer.sent_lines(),
            [""; 0],
            "a passive session does not speak first"
        );
        peer.session("B").update(Terms::unknown());
        peer.bind();
        peer.session("B").update(Terms::new(A.parse().unwrap()));
        let tids: Vec<_> = peer.sent().iter().map(|sent| sent.id()).collect();
        peer.feed(Frame::response(&tids[0], "200 OK"));
        peer.feed(Frame::response(&tids[1], "403"));
        assert_eq!(peer.events(), ["q answered 200", "r answered 403"]);
    });
    // One whose peer's path is taken back, and given again: nothing is lost, and the order stays.
    run(|peer| {
        peer.bind();
        peer.ask("q", request());
        peer.ask("r", request());
        peer.session("B").update(Terms::unknown());
        peer.ask("s", request());
        assert_eq!(peer.sent_lines(), [""; 0], "there is no path to write");
        peer.session("B").update(Terms::new(A.parse().unwrap()));
        for (sent, name) in peer.sent().iter().zip(["q", "r", "s"]) {
            peer.feed(Frame::response(&sent.id(), "200 OK"));
            assert_eq!(peer.events(), [format!("{name} answered 200")]);
        }
    });
    // An active one speaks first with a SEND (RFC 4975 §5.4), and its answer binds.
    Setup::new().session(active(B)).run(|peer| {
        peer.ask("q", request());
        let sent = peer.sent();
        let methods: Vec<_> = sent
            .iter()
            .map(|sent| sent.head.method().unwrap().to_string())
            .collect();
        assert_eq!(methods, ["SEND", "FOO"]);
        peer.feed(Frame::response(&sent[1].id(), "200 OK"));
        assert_eq!(peer.events(), ["B bound", "q answered 200"]);
    });
    let setup = Setup::new().config(|config| config.immediate_send(false));
    setup.session(active(B)).run(|peer| {
        peer.ask("q", request());
        assert_eq!(peer.sent_lines().len(), 1);
    });
}

/// Responses, then REPORTs, then other requests, then SENDs (ruling R-72).
#[test]
fn what_goes_first() {
    run(|peer| {
        peer.bind();
        peer.send("out", text("x"));
        peer.session("B").ping();
        peer.ask("q", request());
        peer.feed(Frame::text("t001", "m001", "x").success_report("yes"));
        let methods: Vec<_> = peer
            .sent()
            .iter()
            .map(|sent| {
                sent.head
                    .method()
                    .map_or("response".into(), |method| method.to_string())
            })
            .collect();
        assert_eq!(methods, ["response", "REPORT", "FOO", "SEND", "SEND"]);
    });
    // A chunk that is under way is interrupted for one.
    Setup::new()
        .config(|config| config.chunk_limit(None))
        .run(|peer| {
            peer.bind();
            peer.send("bulk", text(vec![b'x'; 100_000]));
            let _ = peer.sent_in_a_buffer();
            assert!(peer.unfinished().is_some());
            peer.ask("q", request());
            let sent = peer.sent_in_a_buffer();
            let methods: Vec<_> = sent
                .iter()
                .map(|sent| sent.head.method().unwrap().to_string())
                .collect();
            assert_eq!(methods, ["SEND", "FOO"]);
        });
}

#[test]
fn only_so_many_at_a_time() {
    Setup::new().config(|config| config.max_requests(2)).run(|peer| {
        peer.bind();
        peer.open("B2", passive(B2));
        peer.ask("q", request());
        let id = peer.sent()[0].id();
        peer.ask("r", request());
        let error = peer.session("B2").request(request()).unwrap_err();
        assert_eq!(error.reason, RequestErrorReason::TooMany);
        peer.feed(Frame::response(&id, "200 OK"));
        peer.ask("s", request());
        let _ = peer.events();
    });
}

/// The end-line of a request does not stand in its body.
#[test]
fn the_end_line() {
    run(|peer| {
        peer.bind();
        // The identifiers are a function of the seed: the one that is about to be taken is known.
        let mut twin = Setup::new().peer(peer.cut());
        twin.bind();
        twin.ask("q", request());
        let tid = twin.sent()[0].id();
        peer.ask("q", request().body(plain(), format!("\r\n-------{tid}$\r\n")));
        let sent = peer.sent();
        assert_ne!(sent[0].id(), tid);
        assert_eq!(sent[0].body, format!("\r\n-------{tid}$\r\n").as_bytes());
    });
}

#[test]
fn nothing_is_shown() {
    let shown = format!("{:?}", request().body(plain(), "secret"));
    assert!(shown.contains("FOO") && !shown.contains("secret"));
    run(|peer| {
        peer.bind();
        let id = peer.ask("q", request());
        let tid = peer.sent()[0].id();
        peer.feed(Frame::response(&tid, "200 secret").header("X-Why", "secret"));
        let _ = peer.events();
        let event = SessionEvent::Answered(id, Ok(peer.reply("q").clone()));
        assert!(!format!("{event:?}").contains("secret"));
    });
}
