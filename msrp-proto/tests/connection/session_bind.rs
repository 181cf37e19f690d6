//! Which session a connection is for (RFC 4975 §5.4, RFC 6135).

use msrp_proto::wire::MsrpUri;
use msrp_proto::{OpenErrorReason, Role, SessionConfig, Terms};

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Setup, active, passive, run, text};

/// Shows: MSRP-5.4-07, MSRP-5.4-13.
#[test]
fn nothing_is_sent_before_the_peer_is_known() {
    run(|peer| {
        peer.send("out", text("hello"));
        peer.session("B").ping();
        peer.assert_silent();
        assert!(!peer.session("B").is_bound() && !peer.connection.wants_transmit());
        peer.feed(Frame::bodiless("t001"));
        assert_eq!(peer.sent_lines(), ["t001 200", "SEND 1-5/5 hello $"]);
        assert_eq!(peer.events(), ["B bound", "out sent"]);
        // From now on at once.
        peer.send("more", text("more"));
        assert_eq!(peer.sent_lines(), ["SEND 1-4/4 more $"]);
        // Binding happens once.
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.events(), ["more sent"]);
    });
}

/// Shows: MSRP-5.4-12, MSRP-5.4-28.
#[test]
fn each_session_is_bound_by_its_own_request() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.send("out", text("of B"));
        peer.send_on("B2", "out 2", text("of B2"));
        peer.feed(Frame::bodiless("t001").to(B2));
        assert_eq!(peer.sent_lines(), ["t001 200", "SEND 1-5/5 of B2 $"]);
        assert_eq!(peer.events(), ["B2 bound", "out 2 sent"]);
        assert!(!peer.session("B").is_bound() && peer.session("B2").is_bound());
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.sent_lines(), ["t002 200", "SEND 1-4/4 of B $"]);
        assert_eq!(peer.events(), ["B bound", "out sent"]);
        peer.feed(Frame::text("t003", "m001", "to B"));
        peer.feed(Frame::text("t004", "m002", "to B2").to(B2));
        let events = peer.events();
        assert_eq!((&*events[0], &*events[3]), ("m001 started", "B2/m002 started"));
    });
}

/// A session at a host of its own may have the same session-id as another one.
#[test]
fn the_whole_uri_tells_sessions_apart() {
    let other = "msrp://c.example.com:12763/kjhd37s2s20w2a;tcp";
    run(|peer| {
        peer.open("C", passive(other));
        peer.feed(Frame::bodiless("t001").to(other));
        assert_eq!(peer.events(), ["C bound"]);
        peer.feed(Frame::bodiless("t002"));
        assert_eq!(peer.events(), ["B bound"]);
        peer.session("C").abort();
        peer.feed(Frame::bodiless("t003").to(other));
        peer.feed(Frame::bodiless("t004"));
        assert_eq!(
            peer.sent_lines(),
            ["t001 200", "t002 200", "t003 481", "t004 200"]
        );
    });
}

/// Any request binds, not SEND alone (ruling R-66); no response does that was not asked for.
#[test]
fn other_requests_bind() {
    let requests = [
        Frame::report("t001", "m001", "1-1/1", "000 200 OK"),
        Frame::new("t001", "FOO"),
        Frame::bodiless("t001").failure_report("no"),
    ];
    for request in requests {
        run(|peer| {
            peer.feed(Frame::response("t000", "200 OK"));
            assert_eq!(peer.events(), [""; 0]);
            peer.feed(request.clone());
            assert_eq!(peer.events(), ["B bound"]);
        });
    }
}

/// Shows: MSRP-3-01, SETUP-4.2.2-13.
#[test]
fn before_the_path_of_the_peer_is_known() {
    // The offerer is passive; the peer connects before its answer has arrived (ruling R-59).
    let unknown = SessionConfig::new(B.parse().unwrap(), Role::Passive, Terms::unknown());
    Setup::new().session(unknown).run(|peer| {
        peer.send("out", text("hello"));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.feed(Frame::text("t001", "m001", "early").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-5/5 000 200 OK"]);
        assert_eq!(
            peer.events(),
            ["B bound", "m001 started", "m001 data 0 early", "m001 finished 5"]
        );
        peer.session("B").update(Terms::new(A.parse().unwrap()));
        let sent = peer.sent();
        assert_eq!(
            (sent[0].line(), sent[0].header("To-Path")),
            ("SEND 1-5/5 hello $".into(), A)
        );
    });
    // The path first, the request later.
    let unknown = SessionConfig::new(B.parse().unwrap(), Role::Passive, Terms::unknown());
    Setup::new().session(unknown).run(|peer| {
        peer.send("out", text("hello"));
        peer.session("B").update(Terms::new(A.parse().unwrap()));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.feed(Frame::bodiless("t001"));
        assert_eq!(peer.sent_lines(), ["t001 200", "SEND 1-5/5 hello $"]);
    });
}

/// Shows: SETUP-4.2.2-12.
#[test]
fn the_active_side_speaks_first() {
    Setup::new().session(active(B)).run(|peer| {
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].line(), "SEND 1-0/0 $");
        assert_eq!((sent[0].header("To-Path"), sent[0].header("From-Path")), (A, B));
        assert!(!sent[0].head.has_body());
        peer.assert_silent();
    });
}

/// Shows: SETUP-6-01.
#[test]
fn either_side_may_be_active() {
    // Who has offered is not known to the machine; which URI is whose does not matter either.
    for (local, remote) in [(A, B), (B, A)] {
        let session = |role| {
            let terms = Terms::new(remote.parse().unwrap());
            SessionConfig::new(local.parse().unwrap(), role, terms)
        };
        // MSRP-5.4-04, with -06 for a second session of the connection.
        let first = session(Role::Active);
        Setup::new().session(first.clone()).run(|peer| {
            assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
            peer.open("B2", active(B2));
            let sent = peer.sent();
            assert_eq!(
                (sent[0].line(), sent[0].header("From-Path")),
                ("SEND 1-0/0 $".into(), B2)
            );
            peer.assert_silent();
        });
        // MSRP-5.4-05.
        Setup::new().session(first).run(|peer| {
            peer.send("out", text("hello"));
            assert_eq!(peer.sent_lines(), ["SEND 1-5/5 hello $"]);
            assert_eq!(peer.events(), ["out sent"]);
            peer.assert_silent();
        });
        // MSRP-5.4-07, -12, -13, -14.
        Setup::new().session(session(Role::Passive)).run(|peer| {
            peer.send("out", text("hello"));
            peer.open("B2", passive(B2));
            assert_eq!(peer.sent_lines(), [""; 0]);
            peer.feed(Frame::bodiless("t001").to(remote).from(local));
            assert_eq!(peer.sent_lines(), ["t001 481"]);
            peer.feed(Frame::bodiless("t002").to(local).from(remote));
            assert_eq!(peer.sent_lines(), ["t002 200", "SEND 1-5/5 hello $"]);
            assert_eq!(peer.events(), ["B bound", "out sent"]);
            assert!(!peer.session("B2").is_bound());
        });
    }
}

/// Shows: MSRP-8.9-03, MSRP-8.9-04.
#[test]
fn direction_and_control_messages() {
    use msrp_proto::{Direction, SendErrorReason};
    for direction in [Direction::RecvOnly, Direction::Inactive] {
        let terms = Terms::new(A.parse().unwrap()).direction(direction);
        let session = SessionConfig::new(B.parse().unwrap(), Role::Active, terms);
        Setup::new().session(session).run(|peer| {
            assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
            let refused = peer.session("B").send(text("content")).unwrap_err();
            assert_eq!(refused.reason, SendErrorReason::Direction);
            peer.send("imdn", refused.message.control());
            assert_eq!(peer.sent_lines(), ["SEND 1-7/7 content $"]);
            // Requests of the peer are answered and reported as ever.
            peer.feed(Frame::text("t001", "m001", "x").success_report("yes"));
            assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-1/1 000 200 OK"]);
        });
    }
}

/// Shows: MSRP-6-03.
#[test]
fn a_host_is_no_session() {
    for text in ["msrps://r.example.com;tcp", "msrps://r.example.com:9000;tcp"] {
        let uri: MsrpUri = text.parse().unwrap();
        assert_eq!(uri.session_id(), None);
        Setup::new().secure().no_session().run(|peer| {
            let session = active(text);
            let refused = peer.connection.open(session.clone()).unwrap_err();
            assert_eq!(refused.reason, OpenErrorReason::NoSessionId);
            assert_eq!(*refused.session, session);
            assert_eq!(peer.connection.session_count(), 0);
            peer.assert_silent();
        });
    }
}

/// Shows: MSRP-5.4-08 (sessions and their connection).
#[test]
fn msrps_wants_a_protected_connection() {
    const SECURE_B: &str = "msrps://b.example.com:12763/kjhd37s2s20w2a;tcp";
    const SECURE_A: &str = "msrps://a.example.com:7654/jshA7weztas;tcp";
    let session = |local: &str, remote: &str| {
        let terms = Terms::new(remote.parse().unwrap());
        SessionConfig::new(local.parse().unwrap(), Role::Active, terms)
    };
    let relayed = format!("{SECURE_A} {A}");
    for session in [
        session(SECURE_B, SECURE_A),
        session(SECURE_B, A),
        session(B, SECURE_A),
        session(B, &relayed),
    ] {
        Setup::new().no_session().run(|peer| {
            assert!(!peer.connection.link().is_secure());
            let refused = peer.connection.open(session.clone()).unwrap_err();
            assert_eq!(refused.reason, OpenErrorReason::NotSecure);
            assert_eq!(*refused.session, session);
            peer.assert_silent();
        });
        Setup::new().secure().session(session).run(|peer| {
            assert!(peer.connection.link().is_secure());
            assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
        });
    }
    // Nor does a path that becomes known later get through.
    for bound in [false, true] {
        run(|peer| {
            if bound {
                peer.bind();
            }
            let unknown = Terms::unknown();
            peer.session("B").update(unknown);
            peer.send("out", text("secret"));
            let terms = Terms::new(SECURE_A.parse().unwrap());
            peer.session("B").update(terms);
            assert_eq!(
                peer.events(),
                [
                    "out failed: the session ended",
                    "B failed: msrps needs a protected link"
                ]
            );
            peer.assert_silent();
        });
    }
    // Only the next hop matters.
    let behind = format!("{A} {SECURE_A}");
    Setup::new().session(session(B, &behind)).run(|peer| {
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
    });
}
