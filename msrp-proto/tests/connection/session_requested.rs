//! Sessions that the peer asks for: the application accepts or refuses, and meanwhile the input waits.

use std::time::Duration;

use msrp_proto::wire::StatusCode;
use msrp_proto::{AcceptErrorReason, Config, LinkError, Matching, OpenErrorReason, Refusal};

use crate::frame::{B, B2, Frame};
use crate::peer::{Cut, Setup, passive, text};

/// A connection without sessions that asks.
fn asking() -> Setup {
    Setup::new()
        .no_session()
        .config(|config| config.session_requests(true).max_held(4 << 20))
}

fn join(frames: impl IntoIterator<Item = Frame>) -> Vec<u8> {
    frames.into_iter().flat_map(|frame| frame.octets()).collect()
}

#[test]
fn what_is_accepted_is_processed_as_if_it_had_been_open() {
    asking().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        assert_eq!(peer.events(), [format!("requested {B}")]);
        assert!(!peer.connection.wants_input() && peer.connection.session_count() == 0);
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.accept("B", passive(B));
        assert_eq!(
            peer.events(),
            ["B bound", "m001 started", "m001 data 0 hello", "m001 finished 5"]
        );
        assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-5/5 000 200 OK"]);
        // From now on nobody is asked.
        peer.feed(Frame::text("t002", "m002", "more"));
        assert_eq!(
            peer.events(),
            ["m002 started", "m002 data 0 more", "m002 finished 4"]
        );
        assert!(peer.connection.wants_input());
    });
}

/// A megabyte and another request come before the application has made up its mind.
#[test]
fn what_is_pipelined_is_kept_whole() {
    let body: Vec<u8> = (0..1u32 << 20).map(|at| (at % 251) as u8).collect();
    asking().run(|peer| {
        let frames = [
            Frame::chunk("t001", "m001", "1-*/1048576", &body),
            Frame::text("t002", "m002", "behind"),
        ];
        // Whether the driver minds what is wanted or not.
        peer.feed(join(frames));
        peer.wait(Duration::from_secs(4));
        assert_eq!(peer.events(), [format!("requested {B}")]);
        peer.accept("B", passive(B));
        // Events that nobody takes hold the rest back as ever.
        let mut lines = Vec::new();
        while !peer.connection.wants_input() {
            lines.extend(peer.events());
        }
        lines.extend(peer.events());
        assert!(lines.contains(&"m001 finished 1048576".into()), "{lines:?}");
        assert!(lines.contains(&"m002 finished 6".into()), "{lines:?}");
        assert!(peer.body("m001") == body);
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    });
}

#[test]
fn what_is_refused_is_answered_so_and_the_next_is_asked_about() {
    for (refusal, answer) in [
        (Refusal::NO_SESSION, "481"),
        (Refusal::BOUND_ELSEWHERE, "506"),
        (Refusal::FORBIDDEN, "403"),
        (Refusal::new(StatusCode::new(503).unwrap()).unwrap(), "503"),
    ] {
        asking().run(|peer| {
            peer.feed(join([
                Frame::text("t001", "m001", "for B"),
                Frame::text("t002", "m002", "for B2").to(B2),
            ]));
            let request = peer.request();
            assert_eq!(request.to().unwrap().as_str(), B);
            assert_eq!(request.from_path().unwrap().rightmost().as_str(), crate::frame::A);
            assert_eq!(request.head().transaction_id().as_str(), "t001");
            peer.connection.refuse(request, refusal);
            let sent = peer.sent();
            assert_eq!(sent[0].line(), format!("t001 {answer}"));
            // The one name by which the sender knows us (ruling R-34).
            assert_eq!(sent[0].header("From-Path"), B);
            assert_eq!(peer.request().to().unwrap().as_str(), B2);
        });
    }
}

/// 5 s by default.
#[test]
fn what_is_left_alone_is_answered_with_481_in_time() {
    asking().run(|peer| {
        peer.feed(join([
            Frame::text("t001", "m001", "first"),
            Frame::text("t002", "m002", "second"),
        ]));
        let late = peer.request();
        peer.wait(Duration::from_millis(4999));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        let error = peer.connection.accept(late, passive(B)).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::Expired);
        assert_eq!(error.session.local().as_str(), B);
        // It says nothing of the one that is open now.
        peer.connection.refuse(*error.request, Refusal::FORBIDDEN);
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.accept("B", passive(B));
        assert_eq!(peer.sent_lines(), ["t002 200"]);
    });
    let hasty = asking().config(|_| {
        let config = Config::default().session_requests(true);
        config.request_timeout(Duration::from_secs(1))
    });
    // Nobody hears of what is over.
    let mut peer = hasty.peer(Cut::Whole);
    peer.feed(Frame::text("t001", "m001", "first"));
    peer.wait(Duration::from_secs(1));
    assert_eq!(peer.sent_lines(), ["t001 481"]);
    assert_eq!(peer.events(), [""; 0]);
}

/// Signalling may be done just now: the session is opened as if nobody had asked.
#[test]
fn opening_the_session_accepts_it() {
    asking().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello"));
        let request = peer.request();
        peer.events();
        peer.open("B2", passive(B2));
        assert_eq!(peer.events(), [""; 0]);
        peer.open("B", passive(B));
        assert_eq!(
            peer.events(),
            ["B bound", "m001 started", "m001 data 0 hello", "m001 finished 5"].map(|line| {
                // B2 was named first.
                line.replace("m001", "B/m001")
            })
        );
        let error = peer.connection.accept(request, passive(B)).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::Expired);
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

#[test]
fn what_cannot_be_accepted_can_still_be_refused() {
    let one = asking().config(|_| Config::default().session_requests(true).max_sessions(1));
    one.run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello"));
        let request = peer.request();
        let error = peer.connection.accept(request, passive(B2)).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::OtherUri);
        peer.open("B2", passive(B2));
        let error = peer.connection.accept(*error.request, passive(B)).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::Open(OpenErrorReason::TooMany));
        peer.connection.refuse(*error.request, Refusal::NO_SESSION);
        assert_eq!(peer.sent_lines(), ["t001 481"]);
    });
}

/// What is answered for nobody is not worth a question: several URIs in To-Path, a head that is not
/// legal. Failure-Report `no` is asked about, but not answered.
#[test]
fn which_requests_ask() {
    asking().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x").to(&format!("{B} {B2}")));
        peer.feed(Frame::text("t002", "m002", "x").header("Byte-Range", "x"));
        assert_eq!(peer.events(), [""; 0]);
        assert_eq!(peer.sent_lines(), ["t001 481", "t002 481"]);
        for (id, frame) in [
            ("t003", Frame::new("t003", "FOO")),
            ("t004", Frame::report("t004", "m004", "1-1/1", "000 200 OK")),
            ("t005", Frame::text("t005", "m005", "x").failure_report("no")),
        ] {
            peer.feed(frame);
            let request = peer.request();
            assert_eq!(request.head().transaction_id().as_str(), id);
            peer.connection.refuse(request, Refusal::NO_SESSION);
            let answers: &[&str] = if id == "t003" { &["t003 481"] } else { &[] };
            assert_eq!(peer.sent_lines(), answers);
        }
    });
}

/// A peer that says its piece and closes is heard all the same.
#[test]
fn the_end_of_the_input_waits_too() {
    asking().run(|peer| {
        peer.feed(join([
            Frame::text("t001", "m001", "hello"),
            Frame::text("t002", "m002", "for B2").to(B2),
            Frame::text("t003", "m003", "again"),
        ]));
        peer.eof();
        assert_eq!(peer.events(), [format!("requested {B}")]);
        peer.accept("B", passive(B));
        assert_eq!(
            peer.events(),
            [
                "B bound",
                "m001 started",
                "m001 data 0 hello",
                "m001 finished 5",
                &format!("requested {B2}"),
            ]
        );
        peer.wait(Duration::from_secs(5));
        assert_eq!(
            peer.events(),
            [
                "m003 started",
                "m003 data 0 again",
                "m003 finished 5",
                "B failed: the connection ended",
                "lost: the peer closed the connection",
            ]
        );
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 481", "t003 200"]);
        assert!(peer.connection.is_closed());
    });
}

/// Closing a connection without sessions does not wait for an answer.
#[test]
fn closing_refuses() {
    asking().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello"));
        let request = peer.request();
        peer.events();
        peer.connection.close().unwrap();
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        assert_eq!(peer.events(), ["lost: connection closed"]);
        let error = peer.connection.accept(request, passive(B)).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::Expired);
    });
}

/// The peer has said all it has to say, and nobody has answered yet.
#[test]
fn an_end_while_a_request_is_open() {
    let end = |how: &str, answers: &[&str], told: &str| {
        asking().run(|peer| {
            peer.feed(join([
                Frame::text("t001", "m001", "first"),
                Frame::text("t002", "m002", "second").to(B2),
            ]));
            peer.eof();
            let request = peer.request();
            peer.events();
            match how {
                "close" => peer.connection.close().unwrap(),
                "abort" => peer.connection.abort(),
                _ => peer.connection.handle_failure(peer.now, LinkError::Reset),
            }
            assert_eq!(peer.sent_lines(), answers);
            assert_eq!(peer.events(), [format!("lost: {told}")]);
            assert!(peer.connection.is_closed() && peer.due_in().is_none());
            let error = peer.connection.accept(request, passive(B)).unwrap_err();
            assert_eq!(error.reason, AcceptErrorReason::Expired);
            peer.connection.refuse(*error.request, Refusal::NO_SESSION);
            peer.assert_silent();
        });
    };
    end(
        "close",
        &["t001 481", "t002 481"],
        "the peer closed the connection",
    );
    end("abort", &[], "connection aborted");
    end("failure", &[], "the connection broke");
}

/// Nor is anybody asked about what waits behind.
#[test]
fn closing_refuses_what_waits_behind_too() {
    asking().run(|peer| {
        peer.feed(join([
            Frame::text("t001", "m001", "first"),
            Frame::text("t002", "m002", "second").to(B2),
        ]));
        peer.events();
        peer.connection.close().unwrap();
        assert_eq!(peer.sent_lines(), ["t001 481", "t002 481"]);
        assert_eq!(peer.events(), ["lost: connection closed"]);
    });
}

#[test]
fn a_session_with_messages_to_send_speaks_once_it_is_accepted() {
    asking().run(|peer| {
        peer.feed(Frame::bodiless("t001"));
        peer.accept("B", passive(B));
        peer.send("out", text("hello"));
        assert_eq!(peer.sent_lines(), ["t001 200", "SEND 1-5/5 hello $"]);
    });
}

/// Only the session-id is looked at, and only where it is beyond doubt.
#[test]
fn sessions_are_found_by_session_id_alone_where_that_is_asked_for() {
    let rewritten = "msrp://middlebox.example.net:4000/kjhd37s2s20w2a;tcp";
    let lenient = |config: Config| config.matching(Matching::SessionId);
    Setup::new().run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x").to(rewritten));
        assert_eq!(peer.sent_lines(), ["t001 481"]);
    });
    Setup::new().config(lenient).run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x").to(rewritten));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        peer.feed(Frame::text("t002", "m002", "x").to(&rewritten.replace("2a;", "2b;")));
        assert_eq!(peer.sent_lines(), ["t002 481"]);
        // Two sessions with that id: which is meant is not guessed, whatever was found before.
        peer.open("C", passive("msrp://c.example.com:12763/kjhd37s2s20w2a;tcp"));
        peer.feed(Frame::text("t003", "m003", "x").to(rewritten));
        peer.feed(Frame::text("t004", "m004", "x"));
        assert_eq!(peer.sent_lines(), ["t003 481", "t004 200"]);
    });
    let both = asking().config(|config| lenient(config).session_requests(true));
    both.run(|peer| {
        peer.feed(Frame::text("t001", "m001", "x").to(rewritten));
        peer.accept("B", passive(B));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

/// Of several with that session-id it is the one whose URI was asked for.
#[test]
fn a_session_that_would_not_be_found_is_not_accepted() {
    let host = |name: &str| format!("msrp://{name}.example.net:4000/kjhd37s2s20w2a;tcp");
    let setup = Setup::new().config(|config| config.matching(Matching::SessionId).session_requests(true));
    setup.run(|peer| {
        peer.open("C", passive(&host("c")));
        peer.feed(Frame::text("t001", "m001", "x").to(&host("middlebox")));
        let request = peer.request();
        let error = peer.connection.accept(request, passive(&host("d"))).unwrap_err();
        assert_eq!(error.reason, AcceptErrorReason::OtherUri);
        let found = passive(&host("middlebox"));
        peer.connection.accept(*error.request, found).unwrap();
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
}

/// Input beyond the cap that a driver pushes in against what is wanted loses the connection.
#[test]
fn what_waits_is_bounded() {
    let setup = asking().config(|_| Config::default().session_requests(true).max_held(1000));
    let mut peer = setup.peer(Cut::Whole);
    peer.feed(Frame::text("t001", "m001", "x"));
    peer.feed_anyway(vec![b'x'; 800]);
    assert_eq!(peer.events(), [format!("requested {B}")]);
    peer.feed_anyway(vec![b'x'; 200]);
    assert_eq!(peer.events(), ["lost: too much input while none was wanted"]);
}
