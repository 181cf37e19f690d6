//! Challenges of relays, and their proofs (RFC 4976 §9.1).

use msrp_proto::wire::digest::{Algorithm, Authorization, Challenge, Credentials};
use msrp_proto::{RelayConfig, UriParameter};

use crate::peer::{Peer, Sent};
use crate::relay_side::*;

/// Asks, and has the first AUTH answered by that challenge.
fn challenged(peer: &mut Peer, config: RelayConfig, challenge: &str) {
    peer.authorize("R", config);
    let sent = auth(peer);
    peer.feed(unauthorized(&sent, challenge));
}

/// The AUTH that answers the challenge.
fn answered(config: RelayConfig, challenge: &str) -> Sent {
    let mut peer = peer();
    challenged(&mut peer, config, challenge);
    auth(&mut peer)
}

/// What is told of a challenge that is not answered.
fn unanswered(config: RelayConfig, challenge: &str) -> String {
    let mut told = None;
    setup().run(|peer| {
        challenged(peer, config.clone(), challenge);
        let mut events = peer.events();
        assert_eq!(events.len(), 1, "{events:?}");
        peer.wait(std::time::Duration::from_secs(100));
        peer.assert_silent();
        told = events.pop();
    });
    told.unwrap()
}

/// Shows: RELAY-5.1-09.
#[test]
fn without_credentials_for_the_realm() {
    let intra = challenge("intra.example.com", "n");
    let none = "R failed: no credentials for the realm \"intra.example.com\"";
    let bare = || RelayConfig::new(uri(OWN), uri(INTRA));
    assert_eq!(unanswered(bare(), &intra), none);
    // Those for another realm are not sent.
    for realm in ["extra.example.com", "Intra.example.com", "intra.example.com ", ""] {
        assert_eq!(unanswered(bare().credentials_for(realm, alice()), &intra), none);
    }
    let sent = answered(bare().credentials_for("intra.example.com", alice()), &intra);
    assert_by_alice(&sent, "intra.example.com", "n", 1);
}

/// Those of the realm go before those for all.
#[test]
fn credentials_of_the_realm() {
    let bob = Credentials::new("Bob", "builder").unwrap();
    let config = || config().credentials_for("extra.example.com", bob.clone());
    let sent = answered(config(), &challenge("extra.example.com", "n"));
    assert!(authorization(&sent).unwrap().is_by(&bob, target(&sent)));
    let sent = answered(config(), &challenge("intra.example.com", "n"));
    assert_by_alice(&sent, "intra.example.com", "n", 1);
}

/// Shows: RELAY-5.1-10.
#[test]
fn refused_credentials_are_not_sent_again() {
    run(|peer| {
        challenged(peer, config(), &challenge("x", "n1"));
        let sent = auth(peer);
        assert_by_alice(&sent, "x", "n1", 1);
        peer.feed(unauthorized(&sent, &challenge("x", "n2")));
        assert_eq!(peer.events(), ["R failed: the credentials were refused"]);
        peer.assert_silent();
    });
    let stale = |nonce: &str| Challenge::new("x", nonce).unwrap().with_stale(true).to_string();
    for last in [challenge("x", "n3"), stale("n3")] {
        run(|peer| {
            challenged(peer, config(), &challenge("x", "n1"));
            let sent = auth(peer);
            // Only the nonce was bad.
            peer.feed(unauthorized(&sent, &stale("n2")));
            assert_eq!(peer.events(), [""; 0]);
            let sent = auth(peer);
            assert_by_alice(&sent, "x", "n2", 1);
            peer.feed(unauthorized(&sent, &last));
            assert_eq!(peer.events(), ["R failed: the credentials were refused"]);
            peer.assert_silent();
        });
    }
    // Stale by word only.
    for value in ["false", "FALSE", "yes"] {
        run(|peer| {
            challenged(peer, config(), &challenge("x", "n1"));
            let sent = auth(peer);
            peer.feed(unauthorized(
                &sent,
                &format!("{}, stale={value}", challenge("x", "n2")),
            ));
            assert_eq!(peer.events(), ["R failed: the credentials were refused"]);
        });
    }
}

/// A nonce of an earlier AUTH may have gone bad meanwhile: its challenge is the first of this one.
#[test]
fn a_nonce_that_was_kept_may_be_refused_once() {
    run(|peer| {
        challenged(peer, config(), &challenge("x", "n1"));
        let sent = auth(peer);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events().len(), 1);
        peer.authorize("R2", config2());
        let sent = auth(peer);
        assert_by_alice(&sent, "x", "n1", 2);
        peer.feed(unauthorized(&sent, &challenge("x", "n2")));
        let sent = auth(peer);
        assert_by_alice(&sent, "x", "n2", 1);
        peer.feed(unauthorized(&sent, &challenge("x", "n3")));
        assert_eq!(peer.events(), ["R2 failed: the credentials were refused"]);
        // What was refused is not kept.
        peer.authorize("R3", config2());
        assert_eq!(authorization(&auth(peer)), None);
    });
}

/// Shows: RELAY-9.1-02 (the client).
#[test]
fn no_basic() {
    let not_digest = "R failed: the challenge cannot be answered: not a Digest challenge";
    assert_eq!(unanswered(config(), "Basic realm=\"x\""), not_digest);
    assert_eq!(
        unanswered(config(), "basic realm=\"x\", qop=\"auth\", nonce=\"n\""),
        not_digest
    );
    assert_eq!(unanswered(config(), "Bearer"), not_digest);
    // Nor is there an Authorization before anybody asked.
    let mut peer = peer();
    peer.authorize("R", config());
    assert!(
        !String::from_utf8(peer.transmitted())
            .unwrap()
            .contains("Authorization")
    );
    // The other side of it: a relay that reads one knows what it is not.
    let basic = Authorization::parse(b"Basic QWxpY2U6d29uZGVybGFuZA==");
    assert!(basic.is_err());
}

/// Shows: RELAY-9.1-04.
#[test]
fn of_several_qops_auth() {
    for qop in ["auth,auth-int", "auth-int,auth", "auth-int, auth", "foo,AUTH"] {
        let sent = answered(
            config(),
            &format!("Digest realm=\"x\", qop=\"{qop}\", nonce=\"n\""),
        );
        assert_by_alice(&sent, "x", "n", 1);
        assert!(sent.header("Authorization").contains(" qop=auth,"));
    }
    for qop in ["auth-int", "", "foo", "authx"] {
        assert_eq!(
            unanswered(
                config(),
                &format!("Digest realm=\"x\", qop=\"{qop}\", nonce=\"n\"")
            ),
            "R failed: the challenge cannot be answered: the challenge does not offer qop auth"
        );
    }
}

/// Ruling R-41.
#[test]
fn a_challenge_without_qop() {
    let without = "Digest realm=\"x\", nonce=\"n\"";
    assert_eq!(
        unanswered(config(), without),
        "R failed: the challenge cannot be answered: a challenge without qop"
    );
    let sent = answered(config().missing_qop(true), without);
    assert_by_alice(&sent, "x", "n", 1);
    assert!(sent.header("Authorization").contains(" qop=auth,"));
}

/// Ruling R-41.
#[test]
fn algorithms() {
    let named = |name: &str| format!("{}, algorithm={name}", challenge("x", "n"));
    let unknown = "R failed: the challenge cannot be answered: unknown digest algorithm";
    for name in ["MD5-sess", "\"MD5-sess\"", "SHA-256", "SHA-256-sess", "foo"] {
        assert_eq!(unanswered(config(), &named(name)), unknown, "{name}");
    }
    assert_eq!(unanswered(config().sha256(true), &named("MD5-sess")), unknown);
    for name in ["MD5", "md5", "\"MD5\""] {
        assert_by_alice(&answered(config(), &named(name)), "x", "n", 1);
    }
    let sent = answered(config().sha256(true), &named("SHA-256"));
    assert_by_alice(&sent, "x", "n", 1);
    assert_eq!(authorization(&sent).unwrap().algorithm(), Algorithm::Sha256);
}

/// A challenge is kept for all who ask that relay, but not everybody may answer it.
#[test]
fn a_kept_challenge_is_answered_by_those_who_may() {
    let sha256 = format!("{}, algorithm=SHA-256", challenge("x", "n"));
    run(|peer| {
        challenged(peer, config().sha256(true), &sha256);
        let sent = auth(peer);
        peer.feed(granted(&sent, U1));
        peer.authorize("R2", config2());
        let sent = auth(peer);
        assert_eq!(authorization(&sent), None);
        peer.feed(response(&sent, "403"));
        // One who has no credentials does not use the nonce up, either.
        peer.authorize("R3", RelayConfig::new(uri(OWN2), uri(INTRA)));
        let sent = auth(peer);
        assert_eq!(authorization(&sent), None);
        peer.feed(response(&sent, "403"));
        peer.authorize("R4", config2().sha256(true));
        assert_by_alice(&auth(peer), "x", "n", 2);
    });
}

/// Of several challenges the first is answered that can be (ruling R-41).
#[test]
fn several_challenges() {
    let bare = || RelayConfig::new(uri(OWN), uri(INTRA)).credentials_for("x", alice());
    let all = [
        "Basic realm=\"x\"".into(),
        format!("{}, algorithm=SHA-256", challenge("x", "sha")),
        challenge("y", "other"),
        challenge("x", "first"),
        challenge("x", "second"),
    ];
    let run_with = |challenges: &[String], config: RelayConfig| {
        let mut peer = peer();
        peer.authorize("R", config);
        let sent = auth(&mut peer);
        let frame = challenges
            .iter()
            .fold(response(&sent, "401"), |frame, challenge| {
                frame.also("WWW-Authenticate", challenge)
            });
        peer.feed(frame);
        peer
    };
    assert_by_alice(&auth(&mut run_with(&all, bare())), "x", "first", 1);
    assert_by_alice(&auth(&mut run_with(&all, bare().sha256(true))), "x", "sha", 1);
    // Without any, the best reason is told.
    assert_eq!(
        run_with(&all[..3], bare()).events(),
        ["R failed: no credentials for the realm \"y\""]
    );
    assert_eq!(
        run_with(&all[..2], bare()).events(),
        ["R failed: the challenge cannot be answered: not a Digest challenge"]
    );
    assert_eq!(
        run_with(&[], bare()).events(),
        ["R failed: the challenge cannot be answered: malformed challenge"]
    );
}

/// Shows: RELAY-9.1-06.
#[test]
fn a_nonce_is_for_one_authority() {
    let kept = |relay: &str| {
        let mut peer = peer();
        challenged(&mut peer, config(), &challenge("intra.example.com", "n"));
        let sent = auth(&mut peer);
        peer.feed(granted(&sent, U1));
        peer.authorize("R2", RelayConfig::new(uri(OWN2), uri(relay)).credentials(alice()));
        let sent = auth(&mut peer);
        authorization(&sent).map(|authorization| (authorization.nonce().to_owned(), authorization.nc()))
    };
    // The path portion and the user do not count.
    for same in [
        INTRA,
        "msrps://intra.example.com;tcp",
        "msrps://bob@INTRA.example.com;tcp",
        "msrps://intra.example.com/x;tcp",
    ] {
        assert_eq!(kept(same), Some(("n".into(), 2)), "{same}");
    }
    for other in [
        EXTRA,
        "msrps://intra.example.com:2855;tcp",
        "msrps://example.com;tcp",
    ] {
        assert_eq!(kept(other), None, "{other}");
    }
    // Nor is it for the next relay in a row.
    let mut peer = peer();
    challenged(&mut peer, config().then(uri(EXTRA)), &challenge("x", "n"));
    let sent = auth(&mut peer);
    peer.feed(granted(&sent, U1));
    assert_eq!(authorization(&auth(&mut peer)), None);
}

/// Shows: RELAY-9.1-08.
#[test]
fn a_domain_is_ignored() {
    let plain = challenge("x", "n");
    let [without, with, elsewhere] = [
        plain.clone(),
        format!("{plain}, domain=\"msrps://intra.example.com;tcp\""),
        format!("{plain}, domain=\"msrps://evil.example.net;tcp\""),
    ]
    .map(|challenge| {
        let sent = answered(config(), &challenge);
        let paths = ["To-Path", "From-Path"].map(|name| sent.header(name).to_owned());
        (paths, sent.header("Authorization").to_owned())
    });
    assert!(without.1.starts_with("Digest "));
    // Also the nonces of the client are the same: the seed is.
    assert_eq!(without, with);
    assert_eq!(without, elsewhere);
    assert!(!with.1.contains("domain"));
}

/// Shows: RELAY-9.1-18.
#[test]
fn what_is_opaque_comes_back() {
    for opaque in ["abc", "", "5ccc069c403ebaf9f0171e9517f40e41", "a\\\"b, c=\\\"d"] {
        let sent = answered(config(), &format!("{}, opaque=\"{opaque}\"", challenge("x", "n")));
        let written = sent.header("Authorization");
        assert!(written.contains(&format!(", opaque=\"{opaque}\"")), "{written}");
        assert_by_alice(&sent, "x", "n", 1);
    }
    let sent = answered(config(), &challenge("x", "n"));
    assert!(!sent.header("Authorization").contains("opaque"));
}

/// The Authentication-Info of the 200 to an AUTH.
type Info<'a> = &'a dyn Fn(&Sent) -> Option<String>;

/// Shows: RELAY-9.1-14.
#[test]
fn the_proof_of_the_relay() {
    let not_authenticated = "R failed: the relay has not proved itself";
    let outcome = |config: RelayConfig, info: Info<'_>| {
        let mut outcome = None;
        run(|peer| {
            challenged(peer, config.clone(), &challenge("x", "n"));
            let sent = auth(peer);
            let frame = granted(&sent, U1);
            peer.feed(match info(&sent) {
                Some(info) => frame.header("Authentication-Info", &info),
                None => frame,
            });
            let events = peer.events();
            assert_eq!(events.len(), 1);
            // A path that is not to be used cannot be.
            let session = session(OWN, msrp_proto::Role::Active, U1);
            assert_eq!(
                peer.connection.open(session).is_ok(),
                events[0].contains("authorized")
            );
            let verified = events[0]
                .contains("authorized")
                .then(|| peer.grant("R").is_verified());
            outcome = Some((events[0].clone(), verified));
        });
        outcome.unwrap()
    };
    let good = |sent: &Sent| Some(proof(sent, &alice()).to_string());
    let authorized = format!("R authorized {U1}");
    assert_eq!(outcome(config(), &good), (authorized.clone(), Some(true)));
    assert_eq!(
        outcome(config().require_proof(true), &good),
        (authorized.clone(), Some(true))
    );

    // By one who does not know the password, of another request, or cut off.
    let mallory = Credentials::new("Alice", "looking-glass").unwrap();
    let wrong: [Info<'_>; 4] = [
        &|sent| Some(proof(sent, &mallory).to_string()),
        &|_| {
            Some(
                "rspauth=\"cc9450e3086fdbde5061198e1b2af3a8\", cnonce=\"0a4f113b\", nc=00000001, qop=auth"
                    .into(),
            )
        },
        &|sent| {
            let proof = proof(sent, &alice());
            Some(format!("rspauth=\"{}\"", &proof.rspauth().unwrap()[..31]))
        },
        &|sent| Some(format!("rspauth=\"{}\"", authorization(sent).unwrap().response())),
    ];
    for wrong in wrong {
        assert_eq!(outcome(config(), wrong), (not_authenticated.into(), None));
    }

    // None is no wrong one.
    let none: [Info<'_>; 3] = [&|_| None, &|_| Some("nextnonce=\"m\", qop=auth".into()), &|_| {
        Some("qop=".into())
    }];
    for none in none {
        assert_eq!(outcome(config(), none), (authorized.clone(), Some(false)));
        assert_eq!(
            outcome(config().require_proof(true), none),
            (not_authenticated.into(), None)
        );
    }
}

/// In a row, all of them must have proved it.
#[test]
fn the_proofs_of_several_relays() {
    for proved in [[true, true], [true, false], [false, true]] {
        let mut peer = peer();
        peer.authorize("R", config().then(uri(EXTRA)));
        for (use_path, proved) in [U1, U2].into_iter().zip(proved) {
            let sent = auth(&mut peer);
            peer.feed(unauthorized(&sent, &challenge("x", "n")));
            let sent = auth(&mut peer);
            let frame = granted(&sent, use_path);
            let info = proof(&sent, &alice());
            peer.feed(match proved {
                true => frame.header("Authentication-Info", &info.to_string()),
                false => frame,
            });
        }
        assert_eq!(peer.events(), [format!("R authorized {U2}")]);
        assert_eq!(peer.grant("R").is_verified(), proved == [true, true]);
    }
}

/// Who did not ask for a password has proved nothing, and may be refused for it.
#[test]
fn a_relay_that_does_not_ask() {
    let mut peer = peer();
    peer.authorize("R", config());
    let sent = auth(&mut peer);
    // This proves nothing, either: nothing was asked.
    peer.feed(granted(&sent, U1).header("Authentication-Info", "rspauth=\"00\", qop=auth"));
    assert_eq!(peer.events(), [format!("R authorized {U1}")]);
    assert!(!peer.grant("R").is_verified());
    peer.authorize("R2", config2().require_proof(true));
    let sent = auth(&mut peer);
    peer.feed(granted(&sent, U2));
    assert_eq!(peer.events(), ["R2 failed: the relay has not proved itself"]);
}

/// Shows: RELAY-9.1-15.
#[test]
fn the_uri_parameter() {
    let has_uri = |sent: &Sent, uri: &str| {
        let written = sent.header("Authorization");
        assert!(authorization(sent).unwrap().is_by(&alice(), target(sent)));
        let has_it = written.contains(&format!(", uri=\"{uri}\", "));
        assert_eq!(has_it, written.contains("uri="), "{written}");
        has_it
    };
    let x = challenge("x", "n");
    assert!(!has_uri(&answered(config(), &x), INTRA));
    assert!(!has_uri(
        &answered(config().uri_parameter(UriParameter::Never), &x),
        INTRA
    ));
    assert!(has_uri(
        &answered(config().uri_parameter(UriParameter::Always), &x),
        INTRA
    ));
    // It is the rightmost.
    let mut peer = peer();
    peer.authorize("R", config().then(uri(EXTRA)).uri_parameter(UriParameter::Always));
    let sent = auth(&mut peer);
    peer.feed(granted(&sent, U1));
    let sent = auth(&mut peer);
    peer.feed(unauthorized(&sent, &x));
    assert!(has_uri(&auth(&mut peer), EXTRA));
}

/// Ruling R-38: once more with it, after a refusal.
#[test]
fn the_uri_parameter_as_a_fallback() {
    run(|peer| {
        challenged(
            peer,
            config().uri_parameter(UriParameter::Fallback),
            &challenge("x", "n1"),
        );
        let sent = auth(peer);
        assert!(!sent.header("Authorization").contains("uri="));
        peer.feed(unauthorized(&sent, &challenge("x", "n2")));
        let sent = auth(peer);
        assert!(
            sent.header("Authorization")
                .contains(&format!(", uri=\"{INTRA}\""))
        );
        assert_by_alice(&sent, "x", "n2", 1);
        peer.feed(unauthorized(&sent, &challenge("x", "n3")));
        assert_eq!(peer.events(), ["R failed: the credentials were refused"]);
        peer.assert_silent();
    });
}
