//! Sessions on paths through relays (RFC 4976 §3, §5).

use std::time::Duration;

use msrp_proto::wire::FailureReport;
use msrp_proto::{OpenErrorReason, Role, SessionConfig, Terms};

use crate::frame::{A, Frame};
use crate::peer::{Cut, Peer, Sent, Setup, text};
use crate::relay_side::*;

/// Shows: RELAY-5.1-04, RELAY-5.1-06, RELAY-5.1-22.
#[test]
fn to_path_and_from_path() {
    let peer_path =
        "msrps://d.example.org:9/d;tcp msrps://e.example.org:9/e;tcp msrp://f.example.org:9/f;tcp";
    run(|peer| {
        let use_path = format!("{U1} {U2}");
        authorize(peer, "R", config(), &use_path);
        let peer_path: msrp_proto::wire::Path = peer_path.parse().unwrap();
        let terms = Terms::relayed(&relays(&use_path), peer_path.as_ref()).unwrap();
        peer.open("B", SessionConfig::new(uri(OWN), Role::Active, terms));
        peer.send("m1", text("hello"));
        peer.ask(
            "ask",
            msrp_proto::Request::new(msrp_proto::wire::Method::parse(b"FOO").unwrap()),
        );
        // All of it leaves on the connection that the path came over.
        let sent = peer.sent();
        assert!(sent.len() >= 2);
        for sent in sent {
            assert_eq!(
                sent.header("To-Path"),
                format!("{use_path} {}", peer_path.as_str())
            );
            assert_eq!(sent.header("From-Path"), OWN);
        }
    });
}

/// Shows: RELAY-5.1-23.
#[test]
fn requests_that_come_through_relays() {
    run(|peer| {
        authorize(peer, "R", config(), U1);
        peer.open("B", session(OWN, Role::Passive, U1));
        // Whatever they came through.
        let first = "msrps://intra.example.com:9000/other;tcp";
        let from = format!("{first} msrps://c.example.com:9/c;tcp msrps://d.example.org:9/d;tcp {PEER}");
        peer.feed(Frame::text("t001", "m001", "hello").to(OWN).from(&from));
        assert_eq!(
            peer.events(),
            ["B bound", "m001 started", "m001 data 0 hello", "m001 finished 5"]
        );
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].line(), "t001 200");
        assert_eq!(
            (sent[0].header("To-Path"), sent[0].header("From-Path")),
            (first, OWN)
        );
        // Those for another session are not for this one.
        peer.feed(Frame::text("t002", "m002", "hello").to(OWN2).from(&from));
        assert_eq!(peer.sent_lines(), ["t002 481"]);
        // Nor those for the relays before it.
        peer.feed(
            Frame::text("t003", "m003", "hello")
                .to(&format!("{U1} {OWN}"))
                .from(&from),
        );
        assert_eq!(peer.sent_lines(), ["t003 481"]);
        // Nor those that are to go on from here.
        peer.feed(
            Frame::text("t004", "m004", "hello")
                .to(&format!("{OWN} {PEER}"))
                .from(&from),
        );
        assert_eq!(peer.sent_lines(), ["t004 481"]);
        assert_eq!(peer.events(), [""; 0]);
    });
}

/// Shows: RELAY-3-01.
#[test]
fn there_and_back_are_two_things() {
    run(|peer| {
        authorize(peer, "R", config(), U1);
        peer.open("B", session(OWN, Role::Passive, U1));
        // The request was to `U1 OWN` when it left; the relay has taken its URI from one path to the other.
        let from = format!("{U1} {PEER}");
        peer.feed(
            Frame::text("t001", "m001", "hello")
                .to(OWN)
                .from(&from)
                .success_report("yes"),
        );
        let sent = peer.sent();
        assert_eq!(sent.len(), 2);
        // A 200 goes to where the request came from last, a REPORT to where it came from first.
        for (sent, to) in sent.iter().zip([U1, &from]) {
            assert_eq!((sent.header("To-Path"), sent.header("From-Path")), (to, OWN));
        }
        // Other responses go back all the way, too.
        peer.feed(Frame::new("t002", "FOO").to(OWN).from(&from));
        let sent = peer.sent();
        assert_eq!(
            (sent[0].header("To-Path"), sent[0].header("From-Path")),
            (&*from, OWN)
        );
    });
}

/// Shows: RELAY-3.1-01.
#[test]
fn a_path_is_for_one_session() {
    run(|peer| {
        open(peer);
        let again = peer.connection.open(session(OWN2, Role::Active, U1)).unwrap_err();
        assert_eq!(again.reason, OpenErrorReason::RelayPathInUse);
        assert_eq!(*again.session.local(), uri(OWN2));
        // One that has a path of its own may not take that of another.
        authorize(peer, "R2", config2(), U2);
        peer.open("B2", session(OWN2, Role::Active, U2));
        peer.session("B2").update(terms(U1));
        assert_eq!(
            peer.events(),
            [
                "B2 failed: not a path that relays have given to this session",
                "R2 failed: the session on it has ended"
            ]
        );
        // The first one goes on, and another AUTH makes another path.
        authorize(peer, "R3", config2(), "msrps://intra.example.com:9000/third;tcp");
        peer.open(
            "B3",
            session(OWN2, Role::Active, "msrps://intra.example.com:9000/third;tcp"),
        );
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            sent[0].header("To-Path"),
            format!("msrps://intra.example.com:9000/third;tcp {PEER}")
        );
        peer.send("m1", text("on"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U1} {PEER}"));
    });
    // After its session, a path is for nobody.
    run(|peer| {
        open(peer);
        peer.session("B").abort();
        assert_eq!(
            peer.events(),
            ["B failed: aborted", "R failed: the session on it has ended"]
        );
        assert!(peer.connection.relay(peer.relay_id("R")).is_none());
        let again = peer.connection.open(session(OWN, Role::Active, U1)).unwrap_err();
        assert_eq!(again.reason, OpenErrorReason::RelayPath);
    });
    // A relay that gives the path of one session to another one.
    run(|peer| {
        open(peer);
        peer.authorize("R2", config2());
        let sent = auth(peer);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events(), ["R2 failed: no usable Use-Path"]);
        authorize(peer, "R3", config2(), U2);
        assert!(peer.relay("R3").renew());
        let sent = auth(peer);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events(), ["R3 not renewed: no usable Use-Path"]);
        peer.send("m1", text("on"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U1} {PEER}"));
    });
}

/// A session may go over to the path of another handle. Both end with it.
#[test]
fn a_session_changes_its_path() {
    run(|peer| {
        open(peer);
        authorize(peer, "R2", config(), U2);
        peer.session("B").update(terms(U2));
        let again = peer.connection.open(session(OWN2, Role::Active, U1)).unwrap_err();
        assert_eq!(again.reason, OpenErrorReason::RelayPathInUse);
        // The earlier one is still its own.
        peer.session("B").update(terms(U1));
        peer.session("B").update(terms(U2));
        peer.send("m1", text("x"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U2} {PEER}"));
        peer.session("B").abort();
        assert_eq!(
            peer.events(),
            [
                "m1 sent",
                "m1 failed: the session ended",
                "B failed: aborted",
                "R failed: the session on it has ended",
                "R2 failed: the session on it has ended"
            ]
        );
    });
    // Its path ends, that of the other handle not.
    run(|peer| {
        open(peer);
        authorize(peer, "R2", config(), U2);
        peer.session("B").update(terms(U2));
        peer.relay("R").release();
        assert_eq!(peer.events(), ["R failed: given up"]);
        peer.send("m1", text("x"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U2} {PEER}"));
        peer.session("B").abort();
        let events = peer.events();
        assert_eq!(events.last().unwrap(), "R2 failed: the session on it has ended");
    });
}

#[test]
fn an_update_to_a_path_that_nobody_gave() {
    run(|peer| {
        open(peer);
        peer.session("B").update(terms(U2));
        assert_eq!(
            peer.events(),
            [
                "B failed: not a path that relays have given to this session",
                "R failed: the session on it has ended"
            ]
        );
        peer.assert_silent();
        let unknown = peer.connection.open(session(OWN, Role::Active, U2)).unwrap_err();
        assert_eq!(unknown.reason, OpenErrorReason::RelayPath);
    });
}

/// Shows: RELAY-5.1-21.
#[test]
fn a_path_ends_with_its_connection() {
    let ends: [fn(&mut Peer); 3] = [
        Peer::eof,
        |peer| peer.connection.abort(),
        |peer| {
            let now = peer.now;
            peer.connection.handle_failure(now, msrp_proto::LinkError::Reset);
        },
    ];
    for end in ends {
        run(|peer| {
            open(peer);
            authorize(peer, "R2", config2(), U2);
            peer.open("B2", session(OWN2, Role::Passive, U2));
            peer.authorize("R3", config());
            end(peer);
            let events = peer.events();
            assert_eq!(
                events[..5],
                [
                    "B failed: the connection ended",
                    "B2 failed: the connection ended",
                    "R failed: the connection ended",
                    "R2 failed: the connection ended",
                    "R3 failed: the connection ended",
                ]
            );
            assert!(events.len() == 6 && events[5].starts_with("lost: "));
            for name in ["R", "R2", "R3"] {
                assert!(peer.connection.relay(peer.relay_id(name)).is_none());
            }

            // On another connection it is worth nothing; another one must be asked for there.
            let mut again = setup().peer(peer.cut());
            let refused = again.connection.open(session(OWN, Role::Active, U1)).unwrap_err();
            assert_eq!(refused.reason, OpenErrorReason::RelayPath);
            again.assert_silent();
            authorize(&mut again, "R", config(), U2);
            let refused = again.connection.open(session(OWN, Role::Active, U1)).unwrap_err();
            assert_eq!(refused.reason, OpenErrorReason::RelayPath);
            again.open("B", session(OWN, Role::Active, U2));
            assert_eq!(again.sent()[0].header("To-Path"), format!("{U2} {PEER}"));
        });
    }
}

/// A connection that is closed by this side gives its paths up, those too that are being asked for.
#[test]
fn closing_with_paths() {
    run(|peer| {
        authorize(peer, "R", config(), U1);
        peer.authorize("R2", config2());
        let sent = auth(peer);
        peer.authorize("R3", config2());
        peer.connection.close().unwrap();
        assert_eq!(
            peer.events(),
            [
                "R failed: the connection ended",
                "R2 failed: the connection ended",
                "R3 failed: the connection ended",
                "lost: connection closed",
            ]
        );
        peer.feed(granted(&sent, U2));
        peer.assert_silent();
    });
    // Not while there is a session on one.
    run(|peer| {
        open(peer);
        assert!(peer.connection.close().is_err());
        peer.assert_silent();
    });
}

/// What a frame says, but for what is drawn at random.
fn lines(sent: &Sent) -> Vec<String> {
    let random = |name: &[u8]| name == b"To-Path";
    let mut lines: Vec<String> = sent
        .head
        .headers()
        .filter(|(name, _)| !random(name))
        .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        .collect();
    lines.push(sent.line());
    lines
}

/// Shows: RELAY-5.2-01.
#[test]
fn formed_as_without_relays() {
    let message = || {
        text(vec![b'x'; 5000])
            .success_report(true)
            .failure_report(FailureReport::Partial)
            .message_id(msrp_proto::wire::MessageId::new("m1m1m1m1").unwrap())
    };
    let talk = |peer: &mut Peer, from: &str| -> Vec<(Vec<String>, String)> {
        peer.feed(Frame::bodiless("t000").to(OWN).from(from));
        peer.send("m1", message());
        let long = Frame::chunk("t001", "m001", "1-5/*", "hello").to(OWN).from(from);
        peer.feed(long.success_report("yes"));
        peer.feed(
            Frame::chunk("t002", "m002", "1-5/*", "hello")
                .to(OWN)
                .from(from)
                .failure_report("partial"),
        );
        let mut sent = peer.sent();
        sent.retain(|sent| sent.line().starts_with("SEND") || sent.line().starts_with("REPORT"));
        sent.iter()
            .map(|sent| (lines(sent), sent.header("To-Path").to_owned()))
            .collect()
    };
    for cut in [Cut::Whole, Cut::Octets] {
        let mut relayed = setup().peer(cut);
        authorize(&mut relayed, "R", config(), U1);
        relayed.open("B", session(OWN, Role::Passive, U1));
        let relayed = talk(&mut relayed, &format!("{U1} {PEER}"));
        let direct = SessionConfig::new(uri(OWN), Role::Passive, Terms::new(PEER.parse().unwrap()));
        let mut direct = Setup::new().secure().session(direct).peer(cut);
        let direct = talk(&mut direct, PEER);
        assert_eq!(relayed.len(), direct.len());
        let kinds = |kind: &str| {
            direct
                .iter()
                .filter(|(lines, _)| lines.last().unwrap().starts_with(kind))
                .count()
        };
        assert!(kinds("SEND") >= 1 && kinds("REPORT") >= 1, "{direct:?}");
        for ((relayed, relayed_to), (direct, direct_to)) in relayed.iter().zip(&direct) {
            assert_eq!(relayed, direct);
            assert_eq!((&**relayed_to, &**direct_to), (&*format!("{U1} {PEER}"), PEER));
        }
    }
}

/// Shows: SETUP-4.5-01, SETUP-4.5-02.
#[test]
fn active_and_passive_behind_a_relay() {
    // Both ask their relay for a path, over a connection that they have opened; both use it.
    run(|peer| {
        authorize(peer, "R", config(), U1);
        let session = session(OWN, Role::Passive, U1);
        assert_eq!(session.target(), Ok(None), "nobody else is connected to");
        peer.open("B", session);
        peer.send("m1", text("hello"));
        peer.wait(Duration::from_secs(100));
        peer.assert_silent();
        peer.feed(Frame::bodiless("t001").to(OWN).from(&format!("{U1} {PEER}")));
        assert_eq!(peer.events(), ["B bound"]);
        let sent = peer.sent();
        assert_eq!(
            (sent[0].line(), sent[0].header("To-Path")),
            ("t001 200".into(), U1)
        );
        assert_eq!(
            (sent[1].line(), sent[1].header("To-Path")),
            ("SEND 1-5/5 hello $".into(), &*format!("{U1} {PEER}"))
        );
    });
    run(|peer| {
        authorize(peer, "R", config(), U1);
        peer.open("B", session(OWN, Role::Active, U1));
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            (sent[0].line(), sent[0].header("To-Path")),
            ("SEND 1-0/0 $".into(), &*format!("{U1} {PEER}"))
        );
    });
}

/// Shows: WS-5.3-01.
#[test]
fn over_a_websocket() {
    // RFC 7977 §8.1.1 and §8.1.2.
    let own = "msrps://df7jal23ls0d.invalid/98cjs;ws";
    let relay = "msrps://alice@a.example.com:443;ws";
    let given = "msrps://a.example.com:2855/jui787s2f;tcp";
    let nonce = "UvtfpVL7XnnJ63EE244fXDthfLihlMHOY4+dd4A=";
    let alice = msrp_proto::Credentials::new("alice", "secret").unwrap();
    for challenged in [false, true] {
        let mut peer = setup().link(msrp_proto::Link::websocket(4096)).peer(Cut::Whole);
        let config = msrp_proto::RelayConfig::new(uri(own), uri(relay)).credentials(alice.clone());
        peer.authorize("R", config);
        let mut sent = auth(&mut peer);
        assert_eq!((sent.header("To-Path"), sent.header("From-Path")), (relay, own));
        assert_eq!(authorization(&sent), None);
        if challenged {
            let challenge = format!("Digest realm=\"example.com\", nonce=\"{nonce}\", qop=\"auth\"");
            peer.feed(unauthorized(&sent, &challenge));
            sent = auth(&mut peer);
            assert_eq!((sent.header("To-Path"), sent.header("From-Path")), (relay, own));
            let authorization = authorization(&sent).unwrap();
            assert!(authorization.is_by(&alice, target(&sent)));
            assert_eq!(
                (authorization.realm(), authorization.nonce()),
                ("example.com", nonce)
            );
        }
        peer.feed(granted(&sent, given).header("Expires", "900"));
        assert_eq!(peer.events(), [format!("R authorized {given}")]);
        let path = peer.grant("R").path().for_sdp(&uri(own)).unwrap();
        assert_eq!(path.as_str(), format!("{given} {own}"));
        peer.open("B", SessionConfig::new(uri(own), Role::Active, terms(given)));
        let sent = peer.sent();
        assert_eq!(
            (sent[0].header("To-Path"), sent[0].header("From-Path")),
            (&*format!("{given} {PEER}"), own)
        );
    }
}

/// Every protected link carries AUTH, a frame to a message.
#[test]
fn over_links_of_every_kind() {
    for link in links() {
        let mut peer = setup().link(link).peer(Cut::Whole);
        open(&mut peer);
        peer.send("m1", text("hello"));
        assert_eq!(peer.sent_lines(), ["SEND 1-5/5 hello $"]);
    }
}

/// Relays report what they could not deliver (RFC 4976 §3; rulings ).
#[test]
fn failure_reports_of_relays() {
    for (status, ends) in [
        ("408", true),
        ("481", true),
        ("506", true),
        ("413", false),
        ("415", false),
        ("404", false),
    ] {
        run(|peer| {
            open(peer);
            peer.send("m1", text("hello").success_report(true));
            let sent = peer.sent();
            // The relay has taken it, and could not get rid of it.
            peer.feed(response(&sent[0], "200 OK").from(U1));
            assert_eq!(peer.events(), ["m1 sent", "m1 acknowledged 5"]);
            let report = Frame::report("r001", &sent[0].message_id(), "1-5/5", &format!("000 {status}"));
            peer.feed(report.to(OWN).from(U1));
            let events = peer.events();
            assert!(
                events[0].starts_with("m1 reported 1-5/5") || events[0].starts_with("m1 failed"),
                "{events:?}"
            );
            assert!(
                events.iter().any(|event| event.starts_with("m1 failed: ")),
                "{events:?}"
            );
            assert_eq!(
                events.contains(&format!("B failed: the peer answered {status}")),
                ends,
                "{events:?}"
            );
            assert_eq!(
                events.contains(&"R failed: the session on it has ended".into()),
                ends
            );
            // REPORTs are not answered.
            assert_eq!(peer.sent_lines(), [""; 0]);
        });
    }
    // Or does not take it at all: then there is no REPORT.
    run(|peer| {
        open(peer);
        peer.send("m1", text("hello"));
        let sent = peer.sent();
        peer.feed(response(&sent[0], "403 Forbidden").from(U1));
        assert_eq!(peer.events(), ["m1 sent", "m1 failed: refused with 403"]);
        peer.send("m2", text("on"));
        assert_eq!(peer.sent_lines(), ["SEND 1-2/2 on $"]);
    });
}

#[test]
fn a_session_without_relays_beside_one_with() {
    run(|peer| {
        open(peer);
        let direct = SessionConfig::new(uri(OWN2), Role::Active, Terms::new(A.parse().unwrap()));
        peer.open("D", direct);
        assert_eq!(peer.sent()[0].header("To-Path"), A);
        peer.session("B").abort();
        assert_eq!(
            peer.events(),
            ["B failed: aborted", "R failed: the session on it has ended"]
        );
        peer.send_on("D", "m1", text("on"));
        assert_eq!(peer.sent_lines(), ["SEND 1-2/2 on $"]);
    });
}
