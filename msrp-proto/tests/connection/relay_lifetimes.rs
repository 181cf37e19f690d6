//! How long paths live, and how they are renewed (RFC 4976 §4.6, §9.4).

use std::time::Duration;

use msrp_proto::wire::Method;
use msrp_proto::{OpenErrorReason, RelayConfig, Request, RequestErrorReason, Role, SendErrorReason};

use crate::frame::Frame;
use crate::peer::{Peer, Sent, text};
use crate::relay_side::*;

const U3: &str = "msrps://intra.example.com:9000/third;tcp";

/// What is done, and what is told of it.
type End = (fn(&mut Peer), &'static str);

/// What is done about an AUTH, and why there is no other path.
type Failure = (fn(&mut Peer, &Sent), &'static str);

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// Asks, and has the AUTH answered by a path with that lifetime.
fn grant(peer: &mut Peer, config: RelayConfig, use_path: &str, expires: &str) {
    peer.authorize("R", config);
    let sent = auth(peer);
    peer.feed(granted(&sent, use_path).header("Expires", expires));
}

/// Shows: RELAY-4.6-02.
#[test]
fn a_lifetime_counts_from_the_response() {
    run(|peer| {
        // As long as it was wished counts for nothing.
        peer.authorize("R", config().expires(secs(600)));
        let sent = auth(peer);
        let start = peer.now;
        peer.wait(secs(10));
        peer.feed(granted(&sent, U1).header("Expires", "900"));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
        let grant = peer.grant("R");
        assert_eq!(grant.lifetime(), Some(secs(900)));
        assert_eq!(grant.expires_at(), Some(start + secs(910)));
        peer.wait(secs(899));
        assert_eq!(peer.events(), ["R expiring"]);
        assert_eq!(peer.due_in(), Some(secs(1)));
        peer.wait(secs(1));
        assert_eq!(peer.events(), ["R failed: the path has expired"]);
    });
}

/// One that the relay does not tell is the one that was wished.
#[test]
fn a_lifetime_that_is_not_told() {
    for (config, lifetime) in [(config(), None), (config().expires(secs(70)), Some(secs(70)))] {
        let mut peer = peer();
        peer.authorize("R", config);
        let sent = auth(&mut peer);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
        assert_eq!(peer.grant("R").lifetime(), lifetime);
        peer.wait(secs(3000));
        assert_eq!(peer.events().len(), if lifetime.is_some() { 2 } else { 0 });
    }
}

/// Shows: RELAY-7-07.
#[test]
fn what_a_lifetime_may_be() {
    for (expires, lifetime) in [
        ("900", Ok(Some(secs(900)))),
        ("1", Ok(Some(secs(1)))),
        ("0000000000000000000000000000900", Ok(Some(secs(900)))),
        ("-1", Err(())),
        ("9x", Err(())),
        ("+9", Err(())),
        ("9.5", Err(())),
        ("9 9", Err(())),
        ("", Err(())),
        // For no time at all it is no path.
        ("0", Err(())),
        // Past the end of the clock it does not expire.
        ("18446744073709551615", Ok(None)),
        ("18446744073709551616", Ok(None)),
        ("999999999999999999999999999999", Ok(None)),
    ] {
        run(|peer| {
            grant(peer, config(), U1, expires);
            match lifetime {
                Ok(lifetime) => {
                    assert_eq!(peer.events(), [format!("R authorized {U1}")], "{expires}");
                    assert_eq!(peer.grant("R").lifetime(), lifetime);
                }
                Err(()) => {
                    assert_eq!(
                        peer.events(),
                        ["R failed: no agreement about the lifetime"],
                        "{expires}"
                    );
                }
            }
            peer.assert_silent();
        });
        // The bounds of a 423 are read the same way.
        run(|peer| {
            peer.authorize("R", config().expires(Duration::MAX));
            let sent = auth(peer);
            peer.feed(response(&sent, "423").header("Max-Expires", expires));
            match expires.trim_start_matches('0') {
                bound @ ("900" | "1") => assert_eq!(auth(peer).header("Expires"), bound),
                _ => assert_eq!(
                    peer.events(),
                    ["R failed: no agreement about the lifetime"],
                    "{expires}"
                ),
            }
        });
    }
    // Min-Expires saturates too.
    run(|peer| {
        peer.authorize("R", config().expires(secs(1)));
        let sent = auth(peer);
        peer.feed(response(&sent, "423").header("Min-Expires", "999999999999999999999999999999"));
        assert_eq!(auth(peer).header("Expires"), "18446744073709551615");
    });
}

/// Shows: RELAY-4.6-04.
#[test]
fn within_the_bounds_of_the_relay() {
    const FAILED: &str = "R failed: no agreement about the lifetime";
    let refused = |sent: &Sent, bounds: &[(&str, &str)]| {
        bounds.iter().fold(
            response(sent, "423 Interval Out-of-Bounds"),
            |frame, (name, value)| frame.header(name, value),
        )
    };
    let (min, max) = ("Min-Expires", "Max-Expires");
    for (asked, bounds, again) in [
        (Some(10), &[(min, "60")][..], Some("60")),
        (Some(10), &[(min, "60"), (max, "600")], Some("60")),
        (Some(10), &[(min, "60"), (max, "60")], Some("60")),
        (Some(7200), &[(max, "3600")], Some("3600")),
        (Some(7200), &[(min, "60"), (max, "3600")], Some("3600")),
        // Its own default was not liked.
        (None, &[(min, "60")], Some("60")),
        (None, &[(max, "600")], Some("600")),
        (None, &[(min, "60"), (max, "600")], Some("60")),
        // Nothing that it would take can be told from these.
        (Some(10), &[], None),
        (Some(10), &[(min, "10")], None),
        (Some(10), &[(min, "5"), (max, "20")], None),
        (Some(10), &[(min, "60"), (max, "30")], None),
        (Some(10), &[(max, "0")], None),
        (None, &[], None),
    ] {
        run(|peer| {
            let config = match asked {
                Some(asked) => config().expires(secs(asked)),
                None => config(),
            };
            peer.authorize("R", config);
            let sent = auth(peer);
            peer.feed(refused(&sent, bounds));
            let Some(again) = again else {
                assert_eq!(peer.events(), [FAILED], "{asked:?} {bounds:?}");
                peer.assert_silent();
                return;
            };
            let sent = auth(peer);
            assert_eq!(sent.header("Expires"), again, "{asked:?} {bounds:?}");
            // Once, whatever it says then.
            peer.feed(refused(&sent, &[(min, "70"), (max, "900")]));
            assert_eq!(peer.events(), [FAILED]);
            peer.assert_silent();
        });
    }
    // Heeded, it goes on as usual, a challenge included.
    run(|peer| {
        peer.authorize("R", config().expires(secs(10)));
        let sent = auth(peer);
        peer.feed(refused(&sent, &[(min, "60")]));
        let sent = auth(peer);
        peer.feed(unauthorized(&sent, &challenge("x", "n")));
        let sent = auth(peer);
        assert_eq!(sent.header("Expires"), "60");
        peer.feed(granted(&sent, U1).header("Expires", "60"));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
    });
}

/// A relay that takes each nonce once challenges again when it is asked for another lifetime.
#[test]
fn a_challenge_after_the_bounds() {
    run(|peer| {
        peer.authorize("R", config().expires(secs(10)));
        let first = auth(peer);
        peer.feed(unauthorized(&first, &challenge("intra.example.com", "once")));
        let refused = auth(peer);
        peer.feed(response(&refused, "423").header("Min-Expires", "60"));
        let again = auth(peer);
        peer.feed(unauthorized(&again, &challenge("intra.example.com", "twice")));
        let last = auth(peer);
        assert_by_alice(&last, "intra.example.com", "twice", 1);
        assert_eq!(last.header("Expires"), "60");
        // That was the last time.
        peer.feed(unauthorized(&last, &challenge("intra.example.com", "thrice")));
        assert_eq!(peer.events(), ["R failed: the credentials were refused"]);
        peer.assert_silent();
    });
}

/// Each relay in a row has bounds and stale nonces of its own, and is asked for what was wished.
#[test]
fn each_relay_is_heeded_once() {
    run(|peer| {
        peer.authorize("R", config().then(uri(EXTRA)).expires(secs(10)));
        for (use_path, min) in [(U1, "60"), (U2, "70")] {
            let sent = auth(peer);
            assert_eq!(sent.header("Expires"), "10");
            peer.feed(response(&sent, "423").header("Min-Expires", min));
            let sent = auth(peer);
            assert_eq!(sent.header("Expires"), min);
            peer.feed(unauthorized(&sent, &challenge("x", "n1")));
            let sent = auth(peer);
            peer.feed(unauthorized(
                &sent,
                &format!("{}, stale=true", challenge("x", "n2")),
            ));
            let sent = auth(peer);
            assert_by_alice(&sent, "x", "n2", 1);
            peer.feed(granted(&sent, use_path).header("Expires", min));
        }
        assert_eq!(peer.events(), [format!("R authorized {U2}")]);
        assert_eq!(peer.grant("R").lifetime(), Some(secs(60)));
    });
}

/// Shows: RELAY-5.1-14.
#[test]
fn the_shortest_life_counts() {
    for (first, second, ends) in [("900", "1800", 900), ("1800", "900", 901), ("900", "900", 900)] {
        run(|peer| {
            let start = peer.now;
            grant(peer, config().then(uri(EXTRA)), U1, first);
            let sent = auth(peer);
            peer.wait(secs(1));
            let path = format!("{U1} {U2}");
            peer.feed(granted(&sent, &path).header("Expires", second));
            assert_eq!(peer.events(), [format!("R authorized {path}")]);
            assert_eq!(peer.grant("R").expires_at(), Some(start + secs(ends)));
            assert_eq!(peer.grant("R").lifetime(), Some(secs(ends - 1)));
            peer.wait(secs(ends - 2));
            assert_eq!(peer.events(), ["R expiring"]);
            peer.wait(secs(1));
            assert_eq!(peer.events(), ["R failed: the path has expired"]);
        });
    }
}

/// Shows: RELAY-5.1-15.
#[test]
fn a_path_expires() {
    run(|peer| {
        open(peer);
        peer.wait(Duration::from_millis(839_999));
        assert_eq!(peer.events(), [""; 0]);
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.events(), ["R expiring"]);
        // It is good until then.
        peer.send("m1", text("in time"));
        let sent = peer.sent();
        assert_eq!(sent[0].body, b"in time");
        peer.feed(response(&sent[0], "200").from(U1));
        assert_eq!(peer.events(), ["m1 sent", "m1 acknowledged 7", "m1 completed"]);
        peer.wait(secs(60));
        assert_eq!(peer.events(), ["R failed: the path has expired"]);
        let refused = peer.session("B").send(text("late")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
        let request = Request::new(Method::parse(b"FOO").unwrap());
        let refused = peer.session("B").request(request).unwrap_err();
        assert_eq!(refused.reason, RequestErrorReason::RelayPathExpired);
        peer.session("B").ping();
        peer.assert_silent();
        let again = peer.connection.open(session(OWN2, Role::Active, U1)).unwrap_err();
        assert_eq!(again.reason, OpenErrorReason::RelayPath);
    });
}

/// The warning comes in time for short lives too, and as early as is wished.
#[test]
fn how_early_the_warning_comes() {
    for (lead, lives, warned) in [
        (60, 900, 840),
        (60, 120, 60),
        (60, 100, 50),
        (60, 2, 1),
        (300, 900, 600),
        (0, 900, 900),
    ] {
        let mut peer = peer();
        grant(&mut peer, config().lead(secs(lead)), U1, &lives.to_string());
        peer.events();
        peer.wait(secs(warned) - Duration::from_millis(1));
        assert_eq!(peer.events(), [""; 0]);
        peer.wait(Duration::from_millis(1));
        let told = if lead == 0 {
            "R failed: the path has expired"
        } else {
            "R expiring"
        };
        assert_eq!(peer.events(), [told], "{lead} {lives}");
    }
}

/// Renews the path R, which becomes that one.
fn renew(peer: &mut Peer, use_path: &str) {
    assert!(peer.relay("R").renew());
    let sent = auth(peer);
    assert_eq!((sent.header("To-Path"), sent.header("From-Path")), (INTRA, OWN));
    peer.feed(granted(&sent, use_path).header("Expires", "900"));
    assert_eq!(peer.events(), [format!("R renewed {use_path}")]);
}

/// The present path is used until signalling has agreed upon the next one, or it expires.
#[test]
fn renewal_in_time() {
    run(|peer| {
        open(peer);
        peer.wait(secs(840));
        assert_eq!(peer.events(), ["R expiring"]);
        renew(peer, U3);
        assert_eq!(peer.relay("R").grant().unwrap().path(), &relays(U3));
        peer.send("m1", text("old"));
        let sent = peer.sent();
        assert_eq!(sent[0].header("To-Path"), format!("{U1} {PEER}"));
        peer.feed(response(&sent[0], "200").from(U1));
        peer.session("B").update(terms(U3));
        peer.send("m2", text("new"));
        let sent = peer.sent();
        assert_eq!(sent[0].header("To-Path"), format!("{U3} {PEER}"));
        peer.feed(response(&sent[0], "200").from(U3));
        assert_eq!(peer.events().len(), 6);
        // What nobody uses any more expires; nothing stops for it.
        peer.wait(secs(60));
        assert_eq!(peer.events(), [format!("R lapsed {U1}")]);
        peer.send("m3", text("on"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U3} {PEER}"));
        peer.wait(secs(780));
        assert_eq!(peer.events(), ["m3 sent", "m3 failed: timed out", "R expiring"]);
    });
}

/// Signalling was too slow: the old path is gone, what waits waits, and goes by the new one.
#[test]
fn renewal_that_comes_too_late() {
    setup().config(|config| config.chunk_limit(None)).run(|peer| {
        open(peer);
        peer.wait(secs(840));
        assert_eq!(peer.events(), ["R expiring"]);
        renew(peer, U3);
        let bulk = peer.send("bulk", text(vec![b'x'; 100_000]));
        for _ in 0..2 {
            assert_eq!(peer.sent_in_a_buffer().len(), 0, "a long chunk is open");
        }
        assert_eq!(
            peer.unfinished().unwrap().header("To-Path"),
            format!("{U1} {PEER}")
        );
        peer.send("waits", text("waits"));
        peer.wait(secs(60));
        assert_eq!(peer.events(), [format!("R lapsed {U1}")]);
        // The chunk that is open comes to its end, and no other begins.
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert!(sent[0].body.len() < 20_000 && sent[0].line().ends_with('+'));
        let refused = peer.session("B").send(text("late")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
        peer.session("B").ping();
        peer.assert_silent();
        peer.feed(response(&sent[0], "200").from(U1));
        assert_eq!(
            peer.events(),
            [format!("bulk acknowledged {}", sent[0].body.len())]
        );
        peer.assert_silent();
        assert!(peer.connection.outgoing(bulk).is_some());

        peer.session("B").update(terms(U3));
        let rest = peer.sent();
        assert!(
            rest.iter()
                .all(|sent| sent.header("To-Path") == format!("{U3} {PEER}"))
        );
        let octets: usize = rest.iter().map(|sent| sent.body.len()).sum();
        assert_eq!(octets + sent[0].body.len(), 100_005);
        for sent in &rest {
            peer.feed(response(sent, "200").from(U3));
        }
        let events = peer.events();
        for last in ["bulk completed", "waits completed"] {
            assert!(events.iter().any(|event| event == last), "{events:?}");
        }
    });
}

/// A path for which there is no more: the session waits for one of another connection of signalling, or is ended.
#[test]
fn a_session_whose_path_is_over() {
    let ends: [End; 2] = [
        (|peer| peer.wait(secs(900)), "R failed: the path has expired"),
        (|peer| peer.relay("R").release(), "R failed: given up"),
    ];
    for (end, told) in ends {
        run(|peer| {
            open(peer);
            peer.wait(secs(1));
            let all = text("waits");
            end(peer);
            assert_eq!(peer.events().last().unwrap(), told);
            assert!(peer.connection.relay(peer.relay_id("R")).is_none());
            let refused = peer.session("B").send(all).unwrap_err();
            assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
            // The peer may still be heard, and is answered.
            peer.feed(
                Frame::text("t001", "m001", "hello")
                    .to(OWN)
                    .from(&format!("{U1} {PEER}")),
            );
            assert_eq!(peer.sent_lines(), ["t001 200"]);
            assert_eq!(peer.events().len(), 3);
            // Another handle gives it another path.
            peer.authorize("R2", config());
            let sent = auth(peer);
            peer.feed(granted(&sent, U3));
            peer.session("B").update(terms(U3));
            peer.send("m2", text("goes"));
            assert_eq!(peer.sent()[0].header("To-Path"), format!("{U3} {PEER}"));
            peer.session("B").abort();
            assert_eq!(
                peer.events(),
                [
                    &format!("R2 authorized {U3}"),
                    "m2 sent",
                    "m2 failed: the session ended",
                    "B failed: aborted",
                    "R2 failed: the session on it has ended"
                ]
            );
        });
    }
}

/// What was to be sent first, and the end of a session that closes.
#[test]
fn what_was_queued_when_the_path_was_over() {
    run(|peer| {
        authorize(peer, "R", config(), U1);
        peer.open("B", session(OWN, Role::Active, U1));
        peer.relay("R").release();
        assert_eq!(peer.events(), ["R failed: given up"]);
        // Not even the first SEND.
        peer.assert_silent();
        peer.session("B").close();
        assert_eq!(peer.events(), ["B closed"]);
    });
    run(|peer| {
        open(peer);
        peer.send("m1", text("waits"));
        peer.relay("R").release();
        peer.session("B").close();
        assert_eq!(peer.events(), ["R failed: given up"]);
        peer.assert_silent();
        peer.session("B").abort();
        assert_eq!(
            peer.events(),
            ["m1 failed: the session ended", "B failed: aborted"]
        );
    });
}

#[test]
fn renewal_that_fails() {
    let failures: [Failure; 4] = [
        (
            |peer, sent| peer.feed(response(sent, "403")),
            "the relay answered 403",
        ),
        (|peer, _| peer.wait(secs(30)), "timed out"),
        (
            |peer, sent| peer.feed(response(sent, "200")),
            "no usable Use-Path",
        ),
        (
            |peer, sent| {
                peer.feed(unauthorized(sent, &challenge("x", "n")));
                let sent = auth(peer);
                peer.feed(unauthorized(&sent, &challenge("x", "n")));
            },
            "the credentials were refused",
        ),
    ];
    for (fail, why) in failures {
        run(|peer| {
            open(peer);
            assert!(peer.relay("R").renew());
            assert!(!peer.relay("R").renew(), "it is being asked");
            let sent = auth(peer);
            fail(peer, &sent);
            assert_eq!(peer.events(), [format!("R not renewed: {why}")]);
            // The present one goes on.
            peer.send("m1", text("on"));
            let sent = peer.sent();
            assert_eq!(sent[0].header("To-Path"), format!("{U1} {PEER}"));
            peer.feed(response(&sent[0], "200").from(U1));
            peer.events();
            // It can be asked for again.
            renew(peer, U3);
        });
    }
}

/// The present path expires while another one is asked for.
#[test]
fn renewal_at_the_last_moment() {
    for succeeds in [true, false] {
        run(|peer| {
            open(peer);
            peer.wait(secs(890));
            assert_eq!(peer.events(), ["R expiring"]);
            assert!(peer.relay("R").renew());
            let sent = auth(peer);
            peer.wait(secs(10));
            assert_eq!(peer.events(), [format!("R lapsed {U1}")]);
            assert!(peer.relay("R").grant().is_none());
            peer.assert_silent();
            if succeeds {
                peer.feed(granted(&sent, U3).header("Expires", "900"));
                assert_eq!(peer.events(), [format!("R renewed {U3}")]);
                peer.session("B").update(terms(U3));
                peer.send("m1", text("x"));
                assert_eq!(peer.sent()[0].header("To-Path"), format!("{U3} {PEER}"));
            } else {
                peer.feed(response(&sent, "403"));
                assert_eq!(peer.events(), ["R failed: the relay answered 403"]);
                assert!(peer.connection.relay(peer.relay_id("R")).is_none());
            }
        });
    }
}

/// The relay lets the URI live on that it has given.
#[test]
fn renewal_of_the_same_path() {
    run(|peer| {
        open(peer);
        peer.wait(secs(800));
        renew(peer, U1);
        peer.wait(secs(800));
        assert_eq!(peer.events(), [""; 0]);
        peer.send("m1", text("x"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U1} {PEER}"));
        peer.wait(secs(100));
        assert_eq!(
            peer.events(),
            [
                "m1 sent",
                "m1 failed: timed out",
                "R expiring",
                "R failed: the path has expired"
            ]
        );
    });
}

/// It does so only after the path was over: the session goes on by it.
#[test]
fn renewal_of_the_same_path_too_late() {
    run(|peer| {
        open(peer);
        peer.wait(secs(890));
        assert_eq!(peer.events(), ["R expiring"]);
        assert!(peer.relay("R").renew());
        let sent = auth(peer);
        peer.wait(secs(10));
        assert_eq!(peer.events(), [format!("R lapsed {U1}")]);
        peer.feed(granted(&sent, U1).header("Expires", "900"));
        assert_eq!(peer.events(), [format!("R renewed {U1}")]);
        peer.send("m1", text("x"));
        assert_eq!(peer.sent()[0].header("To-Path"), format!("{U1} {PEER}"));
    });
}

/// A path that is over is not good again because another session has got it.
#[test]
fn a_path_that_another_session_has_got() {
    run(|peer| {
        grant(peer, config(), U1, "10");
        peer.open("B", session(OWN, Role::Passive, U1));
        peer.events();
        assert!(peer.relay("R").renew());
        let sent = auth(peer);
        peer.wait(secs(10));
        peer.feed(granted(&sent, U3));
        peer.events();
        authorize(peer, "R2", config2(), U1);
        peer.feed(Frame::new("t001", "SEND").to(OWN).from(U1));
        peer.events();
        let refused = peer.session("B").send(text("x")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
    });
}

/// URIs are the same however the host is written.
#[test]
fn the_same_path_in_other_letters() {
    let other = U1.replace("intra", "INTRA");
    run(|peer| {
        open(peer);
        renew(peer, &other);
        peer.relay("R").release();
        let refused = peer.session("B").send(text("x")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::RelayPathExpired);
    });
    run(|peer| {
        open(peer);
        peer.authorize("R2", config2());
        let sent = auth(peer);
        peer.feed(granted(&sent, &other));
        assert_eq!(peer.events(), ["R2 failed: no usable Use-Path"]);
    });
}

/// Only so many are kept for one session.
#[test]
fn many_renewals() {
    let mut peer = peer();
    grant(&mut peer, config(), U1, "99999999999999999999");
    let path = |at: u32| format!("msrps://intra.example.com:9000/u{at};tcp");
    for at in 1..8 {
        assert!(peer.relay("R").renew());
        let sent = auth(&mut peer);
        peer.feed(granted(&sent, &path(at)));
    }
    assert!(!peer.relay("R").renew());
    peer.events();
    peer.assert_silent();
    assert_eq!(peer.relay("R").grant().unwrap().path(), &relays(&path(7)));
}

/// Shows: RELAY-5.4-01 (what a connection tells).
#[test]
fn how_long_a_connection_rests() {
    // To another's relay, and to the own one; both as they are and as they are told to be.
    for (own, told, idle) in [
        (false, false, 300),
        (true, false, 3600),
        (false, true, 70),
        (true, true, 80),
    ] {
        let setup = setup().config(|config| match told {
            true => config.idle_timeout(secs(70)).relay_idle_timeout(secs(80)),
            false => config,
        });
        setup.run(|peer| {
            if own {
                peer.authorize("R", config());
                let sent = auth(peer);
                peer.feed(granted(&sent, U1));
                assert_eq!(peer.events(), [format!("R authorized {U1}")]);
                peer.open("B", session(OWN, Role::Passive, U1));
            } else {
                let terms = msrp_proto::Terms::new(format!("{U2} {PEER}").parse().unwrap());
                peer.open(
                    "B",
                    msrp_proto::SessionConfig::new(uri(OWN), Role::Passive, terms),
                );
            }
            peer.wait(secs(10_000));
            peer.assert_silent();
            peer.session("B").abort();
            peer.events();
            peer.wait(secs(idle) - Duration::from_millis(1));
            assert_eq!(peer.events(), [""; 0]);
            peer.wait(Duration::from_millis(1));
            assert_eq!(peer.events(), ["idle"]);
        });
    }
}
