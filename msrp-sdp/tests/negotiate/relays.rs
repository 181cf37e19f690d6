//! Endpoints behind relays (RFC 4976 §5.1, RFC 6135 §4.3 and §4.5, RFC 6714).

use msrp_proto::{Direction, Role};
use msrp_sdp::{
    Action, Agreement, Answer, Identity, Local, LocalSession, Media, Names, NegotiationError, Outcome,
    Policy, Side, VerifyError, negotiate,
};

use crate::{
    CERTIFICATES, agreement, answer, carried, connects, fingerprints, has_line, host, ids, listens, open,
    peer, plain, relay_path, relayed_terms, terms,
};

const NEAR: [&str; 2] = [
    "msrps://near-a.example.com:9000/aaa;tcp",
    "msrps://near-b.example.com:9100/bbb;tcp",
];
const FAR: [&str; 2] = [
    "msrps://far-a.example.com:9001/ccc;tcp",
    "msrps://far-b.example.com:9101/ddd;tcp",
];

/// Use-Path of a side with so many relays.
fn use_path(side: usize, relays: usize) -> Vec<&'static str> {
    [NEAR[side], FAR[side]].into_iter().take(relays).collect()
}

/// Shows: RELAY-5.1-05.
#[test]
fn the_own_path() {
    let relays = relay_path("msrps://b.example.com:1/b;tcp msrps://c.example.com:2/c;tcp");
    let session = open(Local::listening(host("a.example.net"), 3).relays(relays));
    let expected = format!(
        "msrps://c.example.com:2/c;tcp msrps://b.example.com:1/b;tcp {}",
        session.uri()
    );
    assert!(session.uri().to_string().starts_with("msrps://a.example.net:3/"));
    assert_eq!(session.path().as_str(), expected);
    assert!(has_line(&session.offer(), &format!("a=path:{expected}")));
}

/// Shows: MSRP-8.3-01.
#[test]
fn two_sessions_over_one_relay() {
    let mut ids = ids();
    let sessions = [(); 2].map(|()| {
        plain("192.0.2.1", 7394)
            .relays(relay_path(NEAR[0]))
            .open(&mut ids)
            .expect("a session")
    });
    let offers = sessions.each_ref().map(|session| carried(&session.offer()));
    for (session, offer) in sessions.iter().zip(&offers) {
        assert_eq!(offer.uri().as_ref(), Some(session.uri()));
        assert_eq!(
            offer.path().map(|path| path.leftmost().as_str().to_owned()),
            Some(NEAR[0].into())
        );
    }
    assert_ne!(offers[0].uri(), offers[1].uri());
    // In agreements, too.
    let theirs = peer(
        "message 1 TCP/MSRP *",
        &[
            "c=IN IP4 192.0.2.9",
            "path:msrp://192.0.2.9:1/s;tcp",
            "accept-types:*",
        ],
    );
    let uris = offers
        .each_ref()
        .map(|offer| agreement(offer, &theirs, Side::Offerer).uri());
    assert_eq!(uris.each_ref(), sessions.each_ref().map(LocalSession::uri));
}

/// Shows: SETUP-4.3-03.
#[test]
fn relays_know_no_fingerprints() {
    let fingerprint = format!(
        "fingerprint:{}",
        fingerprints(CERTIFICATES[1]).iter().next().expect("one")
    );
    let path = format!("path:{} msrps://192.0.2.9:1/s;tcp", FAR[1]);
    let offer =
        open(Local::listening(host("192.0.2.1"), 7394).fingerprints(fingerprints(CERTIFICATES[0]))).offer();
    let theirs = peer(
        "message 1 TCP/TLS/MSRP *",
        &["c=IN IP4 192.0.2.9", &path, "accept-types:*", &fingerprint],
    );
    let ours = agreement(&offer, &theirs, Side::Offerer);
    assert_eq!(ours.plan().identity(), &Identity::Name(host("far-b.example.com")));
    let target = ours.plan().target().expect("a target");
    assert_eq!(target.verify(), Some(&host("far-b.example.com")));
    // And where it connects here, it is not asked for the certificate of who is behind it.
    let passive = peer(
        "message 1 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 192.0.2.9",
            &path,
            "accept-types:*",
            &fingerprint,
            "setup:active",
        ],
    );
    assert_eq!(
        agreement(&offer, &passive, Side::Offerer).plan().identity(),
        &Identity::Session
    );
    // Ours is not shown either, since our relay will not show that certificate.
    let relayed = Local::listening(host("192.0.2.1"), 7394)
        .fingerprints(fingerprints(CERTIFICATES[0]))
        .relays(relay_path(NEAR[0]));
    assert!(open(relayed).offer().fingerprints().is_empty());
}

fn local(side: usize, relays: usize, cema: bool, reachable: bool) -> LocalSession {
    let (at, port) = [("192.0.2.1", 7394), ("192.0.2.9", 8493)][side];
    // Alone, a side has TLS as relays have, and its fingerprint.
    let local = Local::listening(host(at), port)
        .reachable(reachable)
        .cema(cema)
        .fingerprints(fingerprints(CERTIFICATES[side]));
    let local = match use_path(side, relays).join(" ") {
        none if none.is_empty() => local,
        path => local.relays(relay_path(&path)),
    };
    local
        .open(&mut msrp_sdp::Ids::seeded([side as u8; 32]))
        .expect("a session")
}

/// The names of relays, by which nobody but they can be found.
fn names() -> Names {
    let mut names = Names::default();
    for (name, address) in [
        ("near-a.example.com", "198.51.100.1"),
        ("far-a.example.com", "198.51.100.2"),
        ("near-b.example.com", "198.51.100.3"),
        ("far-b.example.com", "198.51.100.4"),
    ] {
        names.insert(
            name.parse().expect("a name"),
            [address.parse().expect("an address")],
        );
    }
    names
}

fn agreed(offer: &Media, answer: &Media, side: Side) -> Agreement {
    match negotiate(offer, answer, side, &Policy::default(), &names()) {
        Ok(Outcome::Session(agreed)) => *agreed,
        other => panic!("{other:?}"),
    }
}

/// Every number of relays at each side, with and without CEMA, each side reachable or not: a relay is talked to by who
/// has one, and of the rest one side connects and the other listens. Requests go through all relays.
#[test]
fn every_combination_of_relays() {
    let mut sessions = 0;
    for ours in 0..=2 {
        for theirs in 0..=2 {
            if (ours, theirs) == (0, 0) {
                continue;
            }
            for switches in 0..16_u32 {
                let on = |bit: u32| switches & (1 << bit) != 0;
                let sides = [local(0, ours, on(0), on(1)), local(1, theirs, on(2), on(3))];
                check_relays(&sides, [ours, theirs]);
                sessions += 1;
            }
        }
    }
    assert_eq!(sessions, 8 * 16);
}

fn check_relays(sides: &[LocalSession; 2], relays: [usize; 2]) {
    let offer = carried(&sides[0].offer());
    let answer = match sides[1].answer(&offer, &Policy::default(), &names()) {
        Ok(Answer::Media(answer)) => carried(&answer),
        other => panic!("{other:?}: {offer:?}"),
    };
    let agreed = [Side::Offerer, Side::Answerer].map(|side| agreed(&offer, &answer, side));
    let roles = [agreed[0].role(), agreed[1].role()];
    assert!(roles == [Role::Active, Role::Passive] || roles == [Role::Passive, Role::Active]);
    for side in 0..2 {
        let other = 1 - side;
        // Use-Path, then the path of the peer as its section has it.
        let use_path = use_path(side, relays[side]).join(" ");
        let section = if side == 0 { &answer } else { &offer };
        let expected = if use_path.is_empty() {
            terms(sides[other].path().as_str(), section, Direction::SendRecv)
        } else {
            relayed_terms(&use_path, section, Direction::SendRecv)
        };
        assert_eq!(agreed[side].terms(), expected);
        assert_eq!(agreed[side].peer_path(), sides[other].path());
        match (relays[side], roles[side]) {
            (0, Role::Active) => {
                // To the relay that the world sees.
                let outermost = if relays[other] == 1 {
                    NEAR[other]
                } else {
                    FAR[other]
                };
                let outermost: msrp_proto::wire::MsrpUri = outermost.parse().expect("a URI");
                let target = outermost.target().expect("a target");
                assert_eq!(
                    connects(&agreed[side]),
                    (target.host().to_string(), target.port())
                );
                assert_eq!(
                    agreed[side].plan().identity(),
                    &Identity::Name(target.host().clone())
                );
            }
            (0, Role::Passive) => {
                let at = [("192.0.2.1", 7394), ("192.0.2.9", 8493)][side];
                assert_eq!(listens(&agreed[side]), (at.0.to_owned(), at.1));
            }
            _ => {
                let Action::Relay(target) = agreed[side].plan().action() else {
                    panic!("{:?}", agreed[side].plan())
                };
                let nearest: msrp_proto::wire::MsrpUri = NEAR[side].parse().expect("a URI");
                assert_eq!(target, &nearest.relay_target().expect("a target"));
                assert_eq!(
                    agreed[side].plan().identity(),
                    &Identity::Name(target.host().clone())
                );
                assert!(agreed[side].plan().tls());
                assert_eq!(agreed[side].plan().verify(None), Err(VerifyError::NoCertificate));
            }
        }
    }
}

/// A side without TLS and one behind a relay meet, since the relay is between.
#[test]
fn a_relay_between_with_and_without_tls() {
    let offer = open(plain("192.0.2.1", 7394)).offer();
    let theirs = local(1, 1, false, true);
    let answer = answer(&theirs, &carried(&offer));
    let ours = agreement(&offer, &carried(&answer), Side::Offerer);
    assert!(ours.plan().tls(), "to the relay");
    assert!(matches!(
        agreement(&offer, &answer, Side::Answerer).plan().action(),
        Action::Relay(_)
    ));
    let alone = Local::listening(host("192.0.2.9"), 1).fingerprints(fingerprints(CERTIFICATES[1]));
    let alone = open(alone.setup(false));
    assert_eq!(
        crate::outcome(&offer, &alone.offer(), Side::Offerer),
        Err(NegotiationError::Security)
    );
}

/// What a relay handed out has to be good for peers.
#[test]
fn relays_that_nobody_could_connect_to() {
    use msrp_proto::TargetError;
    use msrp_sdp::LocalError;

    for (path, error) in [
        ("msrps://r.example.com:1/a;ws", TargetError::UnsupportedTransport),
        ("msrps://r.invalid:1/a;tcp", TargetError::Invalid),
        ("msrps://r.example.com/a;tcp", TargetError::NoPort),
        ("msrps://r~x.example.com:1/a;tcp", TargetError::NotAHostName),
    ] {
        let opened = plain("192.0.2.1", 7394).relays(relay_path(path)).open(&mut ids());
        assert_eq!(opened, Err(LocalError::Relay(error)), "{path}");
    }
}
