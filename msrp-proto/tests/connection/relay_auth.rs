//! AUTH to one relay and to several (RFC 4976 §5.1).

use std::time::Duration;

use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{
    Config, Link, Lookup, OpenErrorReason, RelayConfig, RelayErrorReason, Role, SessionConfig, TargetError,
    Terms,
};

use crate::frame::Frame;
use crate::peer::{Cut, Setup};
use crate::relay_side::*;

/// Shows: RELAY-5.1-01, RELAY-5.1-03.
#[test]
fn the_first_auth() {
    let relay = uri(INTRA).relay_target().unwrap();
    assert!(relay.tls());
    let Lookup::Service { service, fallback } = relay.lookup() else {
        panic!("{relay:?}");
    };
    assert_eq!(service, "_msrps._tcp.intra.example.com");
    assert_eq!(fallback.as_str(), "intra.example.com");
    run(|peer| {
        peer.authorize("R", config());
        let octets = String::from_utf8(peer.transmitted()).unwrap();
        let id = octets.split(' ').nth(1).unwrap();
        let expected = [
            &format!("MSRP {id} AUTH"),
            "To-Path: msrps://alice@intra.example.com;tcp",
            "From-Path: msrps://alice.example.com:9892/98cjs;tcp",
            &format!("-------{id}$"),
            "",
        ];
        assert_eq!(octets, expected.join("\r\n"));
        peer.assert_silent();
    });
}

/// What is sent is what makes the vectors of the conformance tables, with a nonce of the client that is drawn anew.
fn assert_vector(auth: &crate::peer::Sent, challenge: &str, nc: u32, [cnonce, response]: [&str; 2]) {
    let challenge = msrp_proto::wire::digest::Challenge::parse(challenge.as_bytes()).unwrap();
    let answer = |cnonce: &str| {
        let answer = challenge.answer(&alice(), target(auth), nc, &cnonce.parse().unwrap());
        answer.authorization().clone()
    };
    assert_eq!(answer(cnonce).response(), response);
    let sent = authorization(auth).unwrap();
    assert_eq!(auth.header("Authorization"), answer(sent.cnonce()).to_string());
    assert!(sent.cnonce() != cnonce && sent.cnonce().len() >= 8);
}

const NONCE: &str = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
const NEXT: &str = "40f2e879449675f288476d772627370a";
const V1: [&str; 2] = ["0a4f113b", "e37452c2038ed7566804b4d53af33287"];
const V2: [&str; 2] = ["85a0dca8", "76681affa17a608e1a1d7b7c05733bc2"];
const V3: [&str; 2] = ["0a4f113b", "87362777096b4923b296718895774e2e"];
const V4: [&str; 2] = ["0a4f113b", "0b4830f9ccff95fa21409d7b19e7fa22"];

/// The responses that RFC 4976 §5.1 prints, with their identifier put in: it is drawn anew. Their proofs are made of
/// other passwords (ruling R-04).
fn printed(lines: &[&str], id: &str) -> Vec<u8> {
    let text = lines.join("\r\n");
    text.replace("{id}", id).into_bytes()
}

const PRINTED_401: [&str; 6] = [
    "MSRP {id} 401 Unauthorized",
    "To-Path: msrps://alice.example.com:9892/98cjs;tcp",
    "From-Path: msrps://alice@intra.example.com;tcp",
    "WWW-Authenticate: Digest realm=\"intra.example.com\", qop=\"auth\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
    "-------{id}$",
    "",
];

/// Shows: RELAY-5.1-08, RELAY-5.1-16, RELAY-8-02, RELAY-9.1-09, RELAY-9.1-11.
#[test]
fn a_challenge_is_answered() {
    run(|peer| {
        peer.authorize("R", config());
        let first = auth(peer);
        peer.feed(printed(&PRINTED_401, &first.id()));
        let second = auth(peer);
        assert_ne!(first.id(), second.id());
        for path in ["To-Path", "From-Path"] {
            assert_eq!(first.header(path), second.header(path));
        }
        assert_by_alice(&second, "intra.example.com", NONCE, 1);
        assert_vector(&second, &challenge("intra.example.com", NONCE), 1, V1);
        let written = second.header("Authorization");
        assert!(written.contains("realm=\"intra.example.com\", "), "{written}");
        assert!(
            written.contains(", qop=auth, nc=00000001, cnonce=\""),
            "{written}"
        );
        assert_eq!(peer.events(), [""; 0]);

        // The identifier says what is answered, and no path does.
        let info = proof(&second, &alice()).with_nextnonce(NEXT).unwrap();
        let printed_200 = [
            "MSRP {id} 200 OK",
            "To-Path: msrps://alice.example.com:9892/98cjs;tcp",
            "From-Path: msrps://alice@intra.example.com;tcp",
            "Use-Path: msrps://intra.example.com:9000/jui787s2f;tcp",
            &format!("Authentication-Info: {info}"),
            "Expires: 900",
            "-------{id}$",
            "",
        ];
        for other in [first.id(), "49fi".into()] {
            peer.feed(printed(&printed_200, &other));
        }
        peer.assert_silent();
        peer.feed(printed(&printed_200, &second.id()));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
        assert!(peer.grant("R").is_verified());
        peer.feed(printed(&printed_200, &second.id()));
        peer.assert_silent();
    });
}

#[test]
fn a_response_from_elsewhere_is_one_all_the_same() {
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        peer.feed(granted(&sent, U1).from(PEER).to(OWN2));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
        assert!(!peer.grant("R").is_verified());
    });
}

/// Every Authorization has a nonce of the client that nobody could guess: another one each time.
///
/// Shows: RELAY-9.1-11.
#[test]
fn the_nonce_of_the_client_is_random() {
    let mut seen = Vec::new();
    for (name, config) in [("R", config()), ("R2", config2())] {
        let mut peer = peer();
        for _ in 0..2 {
            peer.authorize(name, config.clone());
            let sent = auth(&mut peer);
            peer.feed(unauthorized(&sent, &challenge("x", "n")));
            let sent = auth(&mut peer);
            seen.push(authorization(&sent).unwrap().cnonce().to_owned());
            peer.feed(response(&sent, "403"));
        }
    }
    // The same seed and the same calls: the same nonces.
    assert_eq!((&seen[0], &seen[1]), (&seen[2], &seen[3]));
    assert_ne!(seen[0], seen[1]);
    assert!(seen.iter().all(|cnonce| cnonce.len() == 16));
}

/// Shows: RELAY-5.1-02, RELAY-5.1-11, RELAY-5.1-12, RELAY-9.1-12.
#[test]
fn several_relays() {
    run(|peer| {
        peer.authorize("R", config().then(uri(EXTRA)));
        let sent = auth(peer);
        assert_eq!((sent.header("To-Path"), authorization(&sent)), (INTRA, None));
        peer.feed(unauthorized(&sent, &challenge("intra.example.com", NONCE)));
        let sent = auth(peer);
        assert_by_alice(&sent, "intra.example.com", NONCE, 1);
        assert_vector(&sent, &challenge("intra.example.com", NONCE), 1, V1);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events(), [""; 0]);

        // The second relay is asked by what the first has given, and it too wants to know who asks. Its own URI is
        // hashed, not that of the first.
        let sent = auth(peer);
        let to_path = format!("{U1} {EXTRA}");
        assert_eq!(
            (sent.header("To-Path"), sent.header("From-Path")),
            (&*to_path, OWN)
        );
        assert_eq!(authorization(&sent), None);
        let extra = challenge("extra.example.com", "Uumu8cAV38FGsEF31VLevIbNXj9HWO");
        peer.feed(unauthorized(&sent, &extra));
        let sent = auth(peer);
        assert_eq!(
            (sent.header("To-Path"), sent.header("From-Path")),
            (&*to_path, OWN)
        );
        assert_by_alice(&sent, "extra.example.com", "Uumu8cAV38FGsEF31VLevIbNXj9HWO", 1);
        assert_vector(&sent, &extra, 1, V2);
        let leftmost = uri(U1);
        assert!(!authorization(&sent).unwrap().is_by(&alice(), leftmost.as_ref()));

        // What the last one gives is the whole path.
        let path = format!("{U1} {U2}");
        peer.feed(granted(&sent, &path));
        assert_eq!(peer.events(), [format!("R authorized {path}")]);
        peer.open("B", session(OWN, Role::Active, &path));
        let sent = peer.sent();
        assert_eq!(sent[0].header("To-Path"), format!("{path} {PEER}"));
        peer.assert_silent();
    });
}

/// Shows: RELAY-9.1-12.
#[test]
fn the_uri_is_hashed_as_written() {
    run(|peer| {
        let written = "MSRPS://Alice@INTRA.example.com;tcp";
        peer.authorize("R", RelayConfig::new(uri(OWN), uri(written)).credentials(alice()));
        let sent = auth(peer);
        peer.feed(unauthorized(&sent, &challenge("x", "n")));
        let sent = auth(peer);
        assert_eq!(sent.header("To-Path"), written);
        let authorization = authorization(&sent).unwrap();
        assert!(authorization.is_by(&alice(), uri(written).as_ref()));
        for other in [
            INTRA,
            "msrps://Alice@INTRA.example.com;tcp",
            "msrps://INTRA.example.com;tcp",
            OWN,
        ] {
            assert!(!authorization.is_by(&alice(), uri(other).as_ref()));
        }
    });
}

/// Shows: RELAY-5.1-17, RELAY-9.1-16.
#[test]
fn nonces_are_used_again() {
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        let first = challenge("intra.example.com", NONCE);
        peer.feed(unauthorized(&sent, &first));
        let sent = auth(peer);
        assert_vector(&sent, &first, 1, V1);
        peer.feed(granted(&sent, U1));

        // Counted, without another challenge.
        peer.authorize("R2", config2());
        let sent = auth(peer);
        assert!(sent.header("Authorization").contains("nc=00000002"));
        assert_by_alice(&sent, "intra.example.com", NONCE, 2);
        assert_vector(&sent, &first, 2, V4);
        let info = proof(&sent, &alice()).with_nextnonce(NEXT).unwrap();
        peer.feed(granted(&sent, U2).header("Authentication-Info", &info.to_string()));

        // The next one is counted from the start.
        assert!(peer.relay("R").renew());
        let sent = auth(peer);
        assert!(sent.header("Authorization").contains("nc=00000001"));
        assert_by_alice(&sent, "intra.example.com", NEXT, 1);
        assert_vector(&sent, &challenge("intra.example.com", NEXT), 1, V3);
        peer.feed(granted(&sent, "msrps://intra.example.com:9000/third;tcp"));
        assert_eq!(
            peer.events(),
            [
                format!("R authorized {U1}"),
                format!("R2 authorized {U2}"),
                "R renewed msrps://intra.example.com:9000/third;tcp".into(),
            ]
        );
    });
}

/// A nonce that the relay gives once more was used before: the count goes on.
#[test]
fn a_nonce_that_comes_again() {
    let config = || config().uri_parameter(msrp_proto::UriParameter::Fallback);
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        peer.feed(unauthorized(&sent, &challenge("x", "n")));
        let sent = auth(peer);
        assert_by_alice(&sent, "x", "n", 1);
        peer.feed(unauthorized(&sent, &challenge("x", "n")));
        let sent = auth(peer);
        assert_by_alice(&sent, "x", "n", 2);
        let info = proof(&sent, &alice()).with_nextnonce("n").unwrap();
        peer.feed(granted(&sent, U1).header("Authentication-Info", &info.to_string()));
        assert!(peer.relay("R").renew());
        assert_by_alice(&auth(peer), "x", "n", 3);
    });
}

/// Counted is what was sent, not what was about to be.
#[test]
fn a_nonce_that_was_not_used_is_not_counted() {
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        peer.feed(unauthorized(&sent, &challenge("x", "n")));
        peer.relay("R").release();
        for _ in 0..3 {
            peer.authorize("R", config());
            peer.relay("R").release();
        }
        peer.authorize("R2", config2());
        assert_by_alice(&auth(peer), "x", "n", 1);
    });
}

/// Shows: RELAY-4.6-01, RELAY-5.1-13.
#[test]
fn the_lifetime_that_is_wished() {
    let asked = |config: RelayConfig| {
        let mut peer = peer();
        peer.authorize("R", config);
        let sent = auth(&mut peer);
        sent.head
            .header("Expires")
            .map(|value| value.escape_ascii().to_string())
    };
    assert_eq!(asked(config()), None);
    for (lifetime, written) in [
        (Duration::from_secs(600), "600"),
        (Duration::from_secs(1800), "1800"),
        (Duration::from_millis(2999), "2"),
        (Duration::from_millis(1), "1"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        assert_eq!(asked(config().expires(lifetime)).as_deref(), Some(written));
    }
}

/// Every relay in a row is asked for the same lifetime.
#[test]
fn the_lifetime_that_is_wished_of_each() {
    run(|peer| {
        peer.authorize("R", config().then(uri(EXTRA)).expires(Duration::from_secs(600)));
        for use_path in [U1, U2] {
            let sent = auth(peer);
            assert_eq!(sent.header("Expires"), "600");
            peer.feed(granted(&sent, use_path));
        }
    });
}

/// Shows: RELAY-5.1-20.
#[test]
fn a_refusal_is_the_end() {
    for (status, told) in [
        ("403 Forbidden", "R failed: the relay answered 403"),
        ("403", "R failed: the relay answered 403"),
        ("400", "R failed: the relay answered 400"),
        ("481", "R failed: the relay answered 481"),
        ("506", "R failed: the relay answered 506"),
        ("999", "R failed: the relay answered 999"),
    ] {
        run(|peer| {
            peer.authorize("R", config());
            let sent = auth(peer);
            peer.feed(response(&sent, status));
            assert_eq!(peer.events(), [told]);
            peer.wait(Duration::from_secs(100));
            peer.assert_silent();
        });
    }
}

/// Shows: RELAY-4.1-02.
#[test]
fn a_success_without_use_path_is_none() {
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        peer.feed(response(&sent, "200 OK").header("Expires", "900"));
        assert_eq!(peer.events(), ["R failed: no usable Use-Path"]);
        // Neither what was asked nor anything else is a path now.
        for path in [INTRA, U1] {
            let relays = relays(path);
            let terms = Terms::relayed(&relays, PEER.parse::<Path>().unwrap().as_ref()).unwrap();
            let refused = peer
                .connection
                .open(SessionConfig::new(uri(OWN), Role::Active, terms));
            assert!(matches!(
                refused.unwrap_err().reason,
                OpenErrorReason::RelayPath | OpenErrorReason::NoPort
            ));
        }
        peer.wait(Duration::from_secs(100));
        peer.assert_silent();
    });
}

/// Shows: RELAY-4.2-02, RELAY-7-08.
#[test]
fn what_a_use_path_may_be() {
    const NONE: &str = "R failed: no usable Use-Path";
    let many = |count: usize| vec![U1; count].join(" ");
    for (use_path, usable) in [
        (U1, true),
        (
            "msrps://intra.example.com:9000/a;tcp msrps://extra.example.com:9000/b;tcp",
            true,
        ),
        ("msrps://192.0.2.1:9000/a;tcp", true),
        ("msrps://[2001:db8::1]:9000/a;tcp", true),
        (&many(31), true),
        ("msrps://intra.example.com/jui787s2f;tcp", false),
        (
            "msrps://intra.example.com:9000/a;tcp msrps://extra.example.com/b;tcp",
            false,
        ),
        (
            "msrps://intra.example.com/a;tcp msrps://extra.example.com:9000/b;tcp",
            false,
        ),
        ("msrps://192.0.2.1/a;tcp", false),
        ("msrps://intra.example.com:9000/a", false),
        (
            "msrps://intra.example.com:9000/a;tcp,msrps://extra.example.com:9000/b;tcp",
            false,
        ),
        (
            "msrps://intra.example.com:9000/a;tcp  msrps://extra.example.com:9000/b;tcp",
            false,
        ),
        (
            "msrps://intra.example.com:9000/a;tcp\tmsrps://extra.example.com:9000/b;tcp",
            false,
        ),
        ("sip:intra.example.com", false),
        ("", false),
        (&many(32), false),
        (&many(100), false),
    ] {
        run(|peer| {
            peer.authorize("R", config());
            let sent = auth(peer);
            peer.feed(granted(&sent, use_path));
            if usable {
                assert_eq!(peer.events(), [format!("R authorized {use_path}")]);
                let grant = peer.grant("R");
                assert_eq!(grant.path().use_path().as_str(), use_path);
                assert_eq!(grant.path().use_path().len(), use_path.split(' ').count());
                let has_address = use_path.contains("192.") || use_path.contains('[');
                assert_eq!(grant.has_address(), has_address);
            } else {
                assert_eq!(peer.events(), [NONE], "{use_path}");
                assert_eq!(peer.connection.relay(peer.relay_id("R")).map(|_| ()), None);
            }
            peer.assert_silent();
        });
    }
    // Twice: which one is meant?
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        peer.feed(granted(&sent, U1).also("Use-Path", U1));
        assert_eq!(peer.events(), [NONE]);
    });
}

/// Shows: RELAY-8-05, RELAY-9.2-03.
#[test]
fn auth_goes_over_tls_only() {
    let insecure = "msrp://alice@intra.example.com:2855;tcp";
    assert_eq!(uri(insecure).relay_target(), Err(TargetError::Insecure));
    let refused = |link: Link, config: RelayConfig| {
        let mut peer = setup().link(link).peer(Cut::Whole);
        let refused = peer.connection.authorize(config).map_err(|error| error.reason);
        peer.assert_silent();
        refused.err()
    };
    let to = |relay: &str| RelayConfig::new(uri(OWN), uri(relay)).credentials(alice());
    assert_eq!(
        refused(Link::tls(), to(insecure)),
        Some(RelayErrorReason::Insecure)
    );
    assert_eq!(
        refused(Link::tls(), to(INTRA).then(uri(insecure))),
        Some(RelayErrorReason::Insecure)
    );
    assert_eq!(refused(Link::tcp(), to(INTRA)), Some(RelayErrorReason::NotSecure));

    // One who needs no relay may talk to that of the peer as the peer's path says.
    let path = "msrp://relay.example.net:2855/r;tcp msrp://bob.example.net:7654/s;tcp";
    let session = SessionConfig::new(
        uri("msrp://alice.example.com:9892/98cjs;tcp"),
        Role::Active,
        Terms::new(path.parse().unwrap()),
    );
    assert!(session.target().unwrap().is_some_and(|target| !target.tls()));
    let mut peer = Setup::new().session(session).peer(Cut::Whole);
    let sent = peer.sent();
    assert_eq!((sent.len(), sent[0].header("To-Path")), (1, path));
    let refused = peer.connection.authorize(to(INTRA)).unwrap_err();
    assert_eq!(refused.reason, RelayErrorReason::NotSecure);
    assert_eq!(peer.sent_lines(), [""; 0]);
}

/// Shows: RELAY-8-01, RELAY-8-02.
#[test]
fn ports_everywhere_but_in_auth() {
    let no_port: MsrpUri = uri("msrps://alice.example.com/98cjs;tcp");
    run(|peer| {
        let config = RelayConfig::new(no_port.clone(), uri(INTRA));
        let refused = peer.connection.authorize(config).unwrap_err();
        assert_eq!(refused.reason, RelayErrorReason::NoPort);
    });
    // Nobody writes one into a path, their own or another's.
    let paths = [
        "msrps://bob.example.net/s;tcp",
        "msrps://bob.example.net:1/r;tcp msrps://bob.example.net/s;tcp",
        "msrps://bob.example.net/r;tcp msrps://bob.example.net:1/s;tcp",
    ];
    run(|peer| {
        let open = |own: &MsrpUri, path: &str| {
            SessionConfig::new(own.clone(), Role::Active, Terms::new(path.parse().unwrap()))
        };
        for session in [open(&no_port, PEER)]
            .into_iter()
            .chain(paths.map(|path| open(&uri(OWN), path)))
        {
            let refused = peer.connection.open(session).unwrap_err();
            assert_eq!(refused.reason, OpenErrorReason::NoPort);
        }
        for (at, path) in paths.into_iter().enumerate() {
            let name = at.to_string();
            peer.open(&name, open(&uri(OWN), PEER));
            peer.session(&name).update(Terms::new(path.parse().unwrap()));
            assert_eq!(peer.events(), [format!("{name} failed: a URI without a port")]);
        }
        peer.assert_silent();

        // Nor does anybody take one for the session at the port that is registered.
        let own = uri("msrps://alice.example.com:2855/98cjs;tcp");
        peer.open(
            "B",
            SessionConfig::new(own, Role::Passive, Terms::new(PEER.parse().unwrap())),
        );
        peer.feed(
            Frame::text("t001", "m001", "hello")
                .to("msrps://alice.example.com/98cjs;tcp")
                .from(PEER),
        );
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        assert_eq!(peer.events(), [""; 0]);
    });
}

/// What is wrong is said, and the configuration given back.
#[test]
fn refused_configurations() {
    let mut peer = setup()
        .config(|config: Config| config.max_sessions(2))
        .peer(Cut::Whole);
    let no_session = RelayConfig::new(uri("msrps://alice.example.com:9892;tcp"), uri(INTRA));
    let many = (0..31).fold(config(), |config, _| config.then(uri(EXTRA)));
    for (config, reason) in [
        (no_session, RelayErrorReason::NoSessionId),
        (many, RelayErrorReason::TooManyRelays),
    ] {
        let refused = peer.connection.authorize(config).unwrap_err();
        assert_eq!(refused.reason, reason);
    }
    peer.authorize("R", config());
    peer.authorize("R2", config2());
    let refused = peer.connection.authorize(config()).unwrap_err();
    assert_eq!(refused.reason, RelayErrorReason::TooMany);
    // Once there is room it can be asked again.
    peer.relay("R2").release();
    assert!(peer.connection.authorize(*refused.config).is_ok());
    peer.connection.abort();
    let refused = peer.connection.authorize(config()).unwrap_err();
    assert_eq!(refused.reason, RelayErrorReason::Closing);
}

/// A request that a message of the transport cannot hold is never sent.
#[test]
fn longer_than_a_message() {
    let long = format!("msrps://{}.example.com:1;tcp", "a".repeat(60));
    for link in [Link::websocket(200), Link::data_channel(200)] {
        let mut peer = setup().link(link).peer(Cut::Whole);
        peer.authorize("R", config().then(uri(&long)));
        let sent = auth(&mut peer);
        peer.feed(granted(&sent, U1));
        assert_eq!(
            peer.events(),
            ["R failed: longer than a message of the transport"]
        );
        peer.assert_silent();
    }
}
