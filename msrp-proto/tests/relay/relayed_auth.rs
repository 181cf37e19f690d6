//! How a relay answers AUTH.

use std::time::Duration;

use msrp_proto::test_util::{AuthManner, AuthOptions, HopId, RelayOptions};
use msrp_proto::wire::Path;
use msrp_proto::wire::digest::{Algorithm, AuthenticationInfo, Challenge, Cnonce, Credentials};

use crate::hand::{Hand, frame};

const ALICE: &str = "msrps://alice.example.com:9892/98cjs;tcp";
const INTRA: &str = "msrps://alice@intra.example.com;tcp";

fn credentials() -> Credentials {
    Credentials::new("Alice", "wonderland").unwrap()
}

fn known() -> AuthOptions {
    AuthOptions::new().account(credentials())
}

fn relay(auth: AuthOptions) -> (Hand, HopId) {
    let mut relay = Hand::new(
        "msrps://intra.example.com:9000;tcp",
        RelayOptions::new().auth(auth),
    );
    let alice = relay.client(ALICE);
    (relay, alice)
}

/// An AUTH with these headers: what it is answered with.
fn ask(relay: &mut Hand, hop: HopId, headers: &[String]) -> String {
    let (to, from) = (format!("To-Path: {INTRA}"), format!("From-Path: {ALICE}"));
    let mut lines = vec!["MSRP 49fh AUTH", &to, &from];
    lines.extend(headers.iter().map(String::as_str));
    lines.push("-------49fh$");
    relay.feed(hop, frame(&lines));
    let (answer, id) = relay.sent_one(hop);
    assert_eq!(id, "49fh");
    let paths = format!("To-Path: {ALICE}\r\nFrom-Path: {INTRA}\r\n");
    assert!(answer.contains(&paths), "{answer}");
    answer
}

fn challenge(answer: &str) -> Challenge {
    assert!(answer.starts_with("MSRP thisid 401 Unauthorized\r\n"), "{answer}");
    Challenge::parse(value(answer, "WWW-Authenticate").unwrap().as_bytes()).unwrap()
}

fn value<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = answer.split("\r\n");
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// An answer to a challenge, as a header.
fn authorization(challenge: &Challenge, credentials: &Credentials, nc: u32) -> String {
    let uri = INTRA.parse::<Path>().unwrap();
    let cnonce = Cnonce::random(|octets| octets.fill(7));
    let answer = challenge.answer(credentials, uri.leftmost(), nc, &cnonce);
    format!("Authorization: {}", answer.authorization())
}

fn expires(seconds: u64) -> String {
    format!("Expires: {seconds}")
}

#[test]
fn who_is_known_gets_a_uri() {
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let (mut relay, alice) = relay(known().algorithms([algorithm]));
        let challenge = challenge(&ask(&mut relay, alice, &[]));
        assert_eq!(
            (challenge.realm(), challenge.is_stale()),
            ("intra.example.com", false)
        );
        assert_eq!(challenge.algorithm(), algorithm);

        let granted = ask(&mut relay, alice, &[authorization(&challenge, &credentials(), 1)]);
        assert!(granted.starts_with("MSRP thisid 200 OK\r\n"), "{granted}");
        assert_eq!(value(&granted, "Expires"), Some("900"));
        let path: Path = value(&granted, "Use-Path").unwrap().parse().unwrap();
        let uri = path.leftmost();
        assert_eq!((path.len(), uri.port()), (1, Some(9000)));
        // 80 bits, 5 in each character.
        assert_eq!(uri.session_id().unwrap().len(), 16);

        let info = value(&granted, "Authentication-Info").unwrap();
        let info = AuthenticationInfo::parse(info.as_bytes()).unwrap();
        let cnonce = Cnonce::random(|octets| octets.fill(7));
        let answer = challenge.answer(
            &credentials(),
            INTRA.parse::<Path>().unwrap().leftmost(),
            1,
            &cnonce,
        );
        assert!(answer.is_proof(info.rspauth().unwrap()));

        // The next one needs no challenge, and gets another URI.
        let next = challenge.with_nonce(info.nextnonce().unwrap()).unwrap();
        let again = ask(
            &mut relay,
            alice,
            &[authorization(&next, &credentials(), 1), expires(60)],
        );
        assert_ne!(value(&again, "Use-Path"), value(&granted, "Use-Path"));
        assert_eq!(value(&again, "Expires"), Some("60"));
    }
}

#[test]
fn who_is_not_is_challenged_or_refused() {
    let bob = Credentials::new("Bob", "builder").unwrap();
    let mallory = Credentials::new("Alice", "guessed").unwrap();
    let options = known().forbidden(bob.clone()).lifetimes(60..=3600);
    let (mut relay, alice) = relay(options.nonce_lifetime(Duration::from_secs(100)));
    let first = challenge(&ask(&mut relay, alice, &[]));
    let wrong = [authorization(&first, &mallory, 1), expires(1)];
    assert!(!challenge(&ask(&mut relay, alice, &wrong)).is_stale());

    let refused = ask(&mut relay, alice, &[authorization(&first, &bob, 1)]);
    assert!(refused.starts_with("MSRP thisid 403 "), "{refused}");
    for (nc, seconds, bound) in [(2, 59, "Min-Expires: 60"), (3, 3601, "Max-Expires: 3600")] {
        let headers = [authorization(&first, &credentials(), nc), expires(seconds)];
        let refused = ask(&mut relay, alice, &headers);
        assert!(
            refused.starts_with("MSRP thisid 423 ") && refused.contains(bound),
            "{refused}"
        );
    }

    // A nonce-count again, a nonce too late, a nonce of nobody.
    let again = authorization(&first, &credentials(), 3);
    assert!(challenge(&ask(&mut relay, alice, &[again])).is_stale());
    relay.wait(Duration::from_secs(100));
    let late = authorization(&first, &credentials(), 4);
    let fresh = challenge(&ask(&mut relay, alice, &[late]));
    assert!(fresh.is_stale());
    let forged = first.with_nonce("forged").unwrap();
    let forged = authorization(&forged, &credentials(), 1);
    assert!(challenge(&ask(&mut relay, alice, &[forged])).is_stale());
    let right = ask(&mut relay, alice, &[authorization(&fresh, &credentials(), 1)]);
    assert!(right.starts_with("MSRP thisid 200 OK\r\n"), "{right}");
}

#[test]
fn the_uri_parameter_can_be_wanted_or_not() {
    for (wanted, with, without) in [(None, 200, 200), (Some(true), 200, 401), (Some(false), 401, 200)] {
        let (mut relay, alice) = relay(known().uri_parameter(wanted));
        let challenge = challenge(&ask(&mut relay, alice, &[]));
        let uri = INTRA.parse::<Path>().unwrap();
        let cnonce = Cnonce::random(|octets| octets.fill(7));
        for (nc, has_uri, code) in [(1, true, with), (2, false, without)] {
            let mut answer = challenge.answer(&credentials(), uri.leftmost(), nc, &cnonce);
            if has_uri {
                answer = answer.with_uri();
            }
            let header = format!("Authorization: {}", answer.authorization());
            let answer = ask(&mut relay, alice, &[header]);
            assert!(
                answer.starts_with(&format!("MSRP thisid {code} ")),
                "{wanted:?}: {answer}"
            );
        }
    }
}

#[test]
fn a_relay_can_be_hostile() {
    let auth = format!("MSRP 49fh AUTH\r\nTo-Path: {INTRA}\r\nFrom-Path: {ALICE}\r\n-------49fh$\r\n");
    let (mut silent, alice) = relay(known().manner(AuthManner::Silent));
    silent.feed(alice, auth.clone());
    silent.assert_silent(alice);

    let (mut garbage, alice) = relay(known().manner(AuthManner::Garbage));
    garbage.feed(alice, auth.clone());
    assert!(!garbage.sent_one(alice).0.starts_with("MSRP"));

    let (mut closing, alice) = relay(known().manner(AuthManner::Closing));
    closing.feed(alice, auth);
    closing.assert_silent(alice);
    assert!(closing.relay.is_closed(alice));

    let (mut bare, alice) = relay(known().manner(AuthManner::Bare));
    let answer = ask(&mut bare, alice, &[]);
    assert!(answer.starts_with("MSRP thisid 200 OK\r\n") && value(&answer, "Use-Path").is_none());

    for stale in [false, true] {
        let (mut challenging, alice) = relay(known().manner(AuthManner::Challenging { stale }));
        let mut headers = Vec::new();
        for _ in 0..10 {
            let challenge = challenge(&ask(&mut challenging, alice, &headers));
            assert_eq!(challenge.is_stale(), stale);
            headers = vec![authorization(&challenge, &credentials(), 1)];
        }
    }

    for octets in ["0", "99999999999999999999999999"] {
        let (mut expiring, alice) = relay(known().manner(AuthManner::Expiring(octets)));
        let challenge = challenge(&ask(&mut expiring, alice, &[]));
        let granted = ask(
            &mut expiring,
            alice,
            &[authorization(&challenge, &credentials(), 1)],
        );
        assert_eq!(value(&granted, "Expires"), Some(octets));
        assert!(value(&granted, "Use-Path").is_some());
    }
}
