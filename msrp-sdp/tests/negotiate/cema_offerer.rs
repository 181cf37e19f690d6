//! Offerers that let middleboxes anchor the connection (RFC 6714 §4.2, rulings ).

use msrp_proto::Role;
use msrp_sdp::{Action, Local, Media, Names, NegotiationError, Outcome, Policy, Side, negotiate};

use crate::{
    CERTIFICATES, agreement, answer, carried, connects, fingerprints, has_line, host, listens,
    names_of_attributes, open, outcome, peer, plain, relay_path, terms,
};

const MIDDLEBOX: (&str, u16) = ("203.0.113.9", 5000);
const OWN: (&str, u16) = ("192.0.2.9", 8493);
const THEIR_RELAY: (&str, u16) = ("198.51.100.7", 9000);

const NO_RELAY: bool = false;
const RELAY: bool = true;
const PLAIN: bool = false;
const CEMA: bool = true;
const ONE: bool = false;
const RELAYED: bool = true;
const ELSEWHERE: bool = false;
const MATCH: bool = true;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// Connects to the leftmost URI of the answer.
    ByPath,
    /// Connects to `c=` and `m=` of the answer.
    ToMiddlebox,
    /// Listens, and waits.
    Waits,
    /// Talks to its relay, which goes by the path.
    UsesItsRelay,
    /// Offers anew, without CEMA.
    OffersAnew,
}

use Expected::{ByPath, OffersAnew, ToMiddlebox, UsesItsRelay, Waits};

/// Own relay, `msrp-cema` in the answer, a relay in its path, whether its lines match its path, its `setup`.
type Row = (bool, bool, bool, bool, Option<&'static str>, Expected);

#[rustfmt::skip]
const TABLE: [Row; 48] = [
    (NO_RELAY, CEMA, ONE, MATCH, None, ByPath),
    (NO_RELAY, CEMA, ONE, MATCH, Some("active"), Waits),
    (NO_RELAY, CEMA, ONE, MATCH, Some("passive"), ByPath),
    (NO_RELAY, CEMA, ONE, ELSEWHERE, None, ToMiddlebox),
    (NO_RELAY, CEMA, ONE, ELSEWHERE, Some("active"), Waits),
    (NO_RELAY, CEMA, ONE, ELSEWHERE, Some("passive"), ToMiddlebox),
    (NO_RELAY, CEMA, RELAYED, MATCH, None, ByPath),
    (NO_RELAY, CEMA, RELAYED, MATCH, Some("active"), Waits),
    (NO_RELAY, CEMA, RELAYED, MATCH, Some("passive"), ByPath),
    (NO_RELAY, CEMA, RELAYED, ELSEWHERE, None, ToMiddlebox),
    (NO_RELAY, CEMA, RELAYED, ELSEWHERE, Some("active"), Waits),
    (NO_RELAY, CEMA, RELAYED, ELSEWHERE, Some("passive"), ToMiddlebox),
    (NO_RELAY, PLAIN, ONE, MATCH, None, ByPath),
    (NO_RELAY, PLAIN, ONE, MATCH, Some("active"), Waits),
    (NO_RELAY, PLAIN, ONE, MATCH, Some("passive"), ByPath),
    (NO_RELAY, PLAIN, ONE, ELSEWHERE, None, ToMiddlebox),
    (NO_RELAY, PLAIN, ONE, ELSEWHERE, Some("active"), OffersAnew),
    (NO_RELAY, PLAIN, ONE, ELSEWHERE, Some("passive"), ToMiddlebox),
    (NO_RELAY, PLAIN, RELAYED, MATCH, None, ByPath),
    (NO_RELAY, PLAIN, RELAYED, MATCH, Some("active"), Waits),
    (NO_RELAY, PLAIN, RELAYED, MATCH, Some("passive"), ByPath),
    (NO_RELAY, PLAIN, RELAYED, ELSEWHERE, None, OffersAnew),
    (NO_RELAY, PLAIN, RELAYED, ELSEWHERE, Some("active"), OffersAnew),
    (NO_RELAY, PLAIN, RELAYED, ELSEWHERE, Some("passive"), OffersAnew),
    (RELAY, CEMA, ONE, MATCH, None, UsesItsRelay),
    (RELAY, CEMA, ONE, MATCH, Some("active"), UsesItsRelay),
    (RELAY, CEMA, ONE, MATCH, Some("passive"), UsesItsRelay),
    (RELAY, CEMA, ONE, ELSEWHERE, None, OffersAnew),
    (RELAY, CEMA, ONE, ELSEWHERE, Some("active"), UsesItsRelay),
    (RELAY, CEMA, ONE, ELSEWHERE, Some("passive"), OffersAnew),
    (RELAY, CEMA, RELAYED, MATCH, None, UsesItsRelay),
    (RELAY, CEMA, RELAYED, MATCH, Some("active"), UsesItsRelay),
    (RELAY, CEMA, RELAYED, MATCH, Some("passive"), UsesItsRelay),
    (RELAY, CEMA, RELAYED, ELSEWHERE, None, OffersAnew),
    (RELAY, CEMA, RELAYED, ELSEWHERE, Some("active"), UsesItsRelay),
    (RELAY, CEMA, RELAYED, ELSEWHERE, Some("passive"), OffersAnew),
    (RELAY, PLAIN, ONE, MATCH, None, UsesItsRelay),
    (RELAY, PLAIN, ONE, MATCH, Some("active"), UsesItsRelay),
    (RELAY, PLAIN, ONE, MATCH, Some("passive"), UsesItsRelay),
    (RELAY, PLAIN, ONE, ELSEWHERE, None, OffersAnew),
    (RELAY, PLAIN, ONE, ELSEWHERE, Some("active"), OffersAnew),
    (RELAY, PLAIN, ONE, ELSEWHERE, Some("passive"), OffersAnew),
    (RELAY, PLAIN, RELAYED, MATCH, None, UsesItsRelay),
    (RELAY, PLAIN, RELAYED, MATCH, Some("active"), UsesItsRelay),
    (RELAY, PLAIN, RELAYED, MATCH, Some("passive"), UsesItsRelay),
    (RELAY, PLAIN, RELAYED, ELSEWHERE, None, OffersAnew),
    (RELAY, PLAIN, RELAYED, ELSEWHERE, Some("active"), OffersAnew),
    (RELAY, PLAIN, RELAYED, ELSEWHERE, Some("passive"), OffersAnew),
];

fn offerer(own_relay: bool) -> Local {
    let local = plain("192.0.2.1", 7394).cema(true);
    if own_relay {
        local.relays(relay_path("msrps://relay.example.com:9000/hjdhfha;tcp"))
    } else {
        local
    }
}

/// An answer. Where the lines match, and there is a relay, they are those of who is behind it.
fn answered(cema: bool, relayed: bool, matches: bool, setup: Option<&str>) -> Media {
    let (address, port) = if matches { OWN } else { MIDDLEBOX };
    let address = format!("c=IN IP4 {address}");
    let path = if relayed {
        "path:msrp://198.51.100.7:9000/r;tcp msrp://192.0.2.9:8493/s;tcp"
    } else {
        "path:msrp://192.0.2.9:8493/s;tcp"
    };
    let setup = setup.map(|setup| format!("setup:{setup}"));
    let mut lines = vec![&*address, path, "accept-types:*"];
    lines.extend(cema.then_some("msrp-cema"));
    lines.extend(setup.as_deref());
    peer(&format!("message {port} TCP/MSRP *"), &lines)
}

fn at((address, port): (&str, u16)) -> (String, u16) {
    (address.to_owned(), port)
}

/// Shows: CEMA-4.2-14.
#[test]
fn the_complete_table() {
    for row in TABLE {
        let (own_relay, cema, relayed, matches, setup, expected) = row;
        let offer = open(offerer(own_relay)).offer();
        let answer = answered(cema, relayed, matches, setup);
        let agreed = match (expected, outcome(&offer, &answer, Side::Offerer)) {
            (OffersAnew, Ok(Outcome::Reoffer)) => continue,
            (_, Ok(Outcome::Session(agreed))) => agreed,
            (_, other) => panic!("{row:?}: {other:?}"),
        };
        let role = if setup == Some("active") {
            Role::Passive
        } else {
            Role::Active
        };
        assert_eq!(agreed.role(), role, "{row:?}");
        match expected {
            ByPath if relayed => assert_eq!(connects(&agreed), at(THEIR_RELAY), "{row:?}"),
            ByPath => assert_eq!(connects(&agreed), at(OWN), "{row:?}"),
            ToMiddlebox => assert_eq!(connects(&agreed), at(MIDDLEBOX), "{row:?}"),
            Waits => assert_eq!(listens(&agreed), ("192.0.2.1".into(), 7394), "{row:?}"),
            UsesItsRelay => assert!(matches!(agreed.plan().action(), Action::Relay(_)), "{row:?}"),
            OffersAnew => panic!("{row:?}: a session"),
        }
    }
}

/// Shows: CEMA-4.2-01, CEMA-4.2-02, CEMA-3-01.
#[test]
fn what_an_offer_says() {
    let offer = open(offerer(NO_RELAY)).offer();
    assert!(has_line(&offer, "a=msrp-cema") && has_line(&offer, "a=setup:actpass"));
    for local in [
        offerer(NO_RELAY).reachable(false),
        Local::connecting(host("192.0.2.1")).plain().cema(true),
    ] {
        let offer = open(local).offer();
        assert!(has_line(&offer, "a=msrp-cema") && has_line(&offer, "a=setup:active"));
    }
    // Off, as it is by default, all goes by the path.
    for local in [plain("192.0.2.1", 7394), offerer(NO_RELAY).cema(false)] {
        let session = open(local);
        let offer = session.offer();
        assert!(!has_line(&offer, "a=msrp-cema"));
        for (cema, relayed, setup) in [
            (CEMA, ONE, None),
            (CEMA, RELAYED, Some("passive")),
            (PLAIN, RELAYED, None),
        ] {
            let answer = answered(cema, relayed, ELSEWHERE, setup);
            let target = if relayed { THEIR_RELAY } else { OWN };
            assert_eq!(connects(&agreement(&offer, &answer, Side::Offerer)), at(target));
        }
        let theirs = answered(CEMA, ONE, ELSEWHERE, Some("passive"));
        let ours = answer(&session, &theirs);
        assert!(!has_line(&ours, "a=msrp-cema"));
        assert_eq!(connects(&agreement(&theirs, &ours, Side::Answerer)), at(OWN));
    }
}

/// Shows: CEMA-4.2-03, CEMA-4.2-04.
#[test]
fn behind_a_relay_the_lines_are_those_of_the_relay() {
    for local in [offerer(RELAY), offerer(RELAY).reachable(false)] {
        let session = open(local);
        let offer = session.offer();
        assert!(has_line(&offer, "c=IN IP4 relay.example.com"));
        assert!(has_line(&offer, "m=message 9000 TCP/TLS/MSRP *"));
        assert!(has_line(&offer, "a=setup:actpass") && has_line(&offer, "a=msrp-cema"));
        let path = format!(
            "a=path:msrps://relay.example.com:9000/hjdhfha;tcp {}",
            session.uri()
        );
        assert!(has_line(&offer, &path));
    }
}

fn assert_offers_anew(own_relay: bool, answer: &Media) {
    let session = open(offerer(own_relay));
    let offer = session.offer();
    assert_eq!(outcome(&offer, answer, Side::Offerer), Ok(Outcome::Reoffer));
    let names = Names::default();
    let refused = Policy::default().accept_middleboxes(false);
    assert_eq!(
        negotiate(&offer, answer, Side::Offerer, &refused, &names),
        Ok(Outcome::End)
    );
    let second = session.offer_without_cema();
    assert!(!has_line(&second, "a=msrp-cema"));
    assert!(has_line(&second, "c=IN IP4 192.0.2.1") && second.port() == 7394);
    assert_eq!(second.path(), offer.path());
    // The same answer to that would do.
    assert!(matches!(
        outcome(&second, answer, Side::Offerer),
        Ok(Outcome::Session(_))
    ));
}

/// Shows: CEMA-4.2-05, CEMA-4.2-06, CEMA-4.2-07, CEMA-4.2-08, CEMA-4.2-10.
#[test]
fn middleboxes_without_cema() {
    for own_relay in [NO_RELAY, RELAY] {
        for relayed in [ONE, RELAYED] {
            assert_offers_anew(own_relay, &answered(PLAIN, relayed, ELSEWHERE, Some("active")));
        }
    }
    for setup in [None, Some("passive")] {
        assert_offers_anew(RELAY, &answered(PLAIN, ONE, ELSEWHERE, setup));
        assert_offers_anew(RELAY, &answered(PLAIN, RELAYED, ELSEWHERE, setup));
        assert_offers_anew(NO_RELAY, &answered(PLAIN, RELAYED, ELSEWHERE, setup));
    }
}

/// Shows: CEMA-4.2-09.
#[test]
fn the_new_offer_fits_any_dialog() {
    let first = open(offerer(RELAY));
    // A function of the session alone: the same whether or not an answer came, and as often as it is wanted.
    assert_eq!(first.offer_without_cema(), first.offer_without_cema());
    assert_eq!(first.offer_without_cema().uri().as_ref(), Some(first.uri()));
    let second = first
        .renewed(|local| local, &mut crate::ids())
        .expect("a session");
    assert_eq!(
        second.offer_without_cema().port(),
        first.offer_without_cema().port()
    );
}

/// Shows: CEMA-4.2-11.
#[test]
fn a_relay_without_a_middlebox() {
    let offer = open(offerer(NO_RELAY)).offer();
    for cema in [PLAIN, CEMA] {
        for setup in [None, Some("passive")] {
            // The lines of who is behind the relay, and those of the relay.
            for lines in [("192.0.2.9", 8493), ("198.51.100.7", 9000)] {
                let mut text = crate::written(&answered(cema, RELAYED, MATCH, setup));
                text = text.replace("c=IN IP4 192.0.2.9", &format!("c=IN IP4 {}", lines.0));
                text = text.replace("message 8493", &format!("message {}", lines.1));
                let agreed = agreement(&offer, &crate::read(&text), Side::Offerer);
                assert_eq!(connects(&agreed), at(THEIR_RELAY));
            }
        }
    }
}

/// Shows: CEMA-4.2-12, CEMA-4.2-13.
#[test]
fn the_middlebox_is_connected_to() {
    let offer = open(offerer(NO_RELAY)).offer();
    for (cema, relayed) in [(CEMA, ONE), (CEMA, RELAYED), (PLAIN, ONE)] {
        for setup in [None, Some("passive")] {
            let answer = answered(cema, relayed, ELSEWHERE, setup);
            let agreed = agreement(&offer, &answer, Side::Offerer);
            assert_eq!(connects(&agreed), at(MIDDLEBOX));
            // Requests go by the path all the same.
            let path = answer.path().expect("a path").to_string();
            assert_eq!(
                agreed.terms(),
                terms(&path, &answer, msrp_proto::Direction::SendRecv)
            );
        }
    }
    for matches in [MATCH, ELSEWHERE] {
        let agreed = agreement(
            &offer,
            &answered(CEMA, ONE, matches, Some("active")),
            Side::Offerer,
        );
        assert_eq!(listens(&agreed), ("192.0.2.1".into(), 7394));
        assert_eq!(agreed.plan().target(), None);
    }
}

/// Shows: CEMA-4.2-15.
#[test]
fn a_relay_user_never_connects_to_the_middlebox() {
    let offer = open(offerer(RELAY)).offer();
    for relayed in [ONE, RELAYED] {
        let matching = agreement(
            &offer,
            &answered(CEMA, relayed, MATCH, Some("passive")),
            Side::Offerer,
        );
        let Action::Relay(target) = matching.plan().action() else {
            panic!("{matching:?}")
        };
        assert_eq!((target.host(), target.port()), (&host("relay.example.com"), 9000));
        assert_eq!(matching.role(), Role::Active);
        let elsewhere = answered(CEMA, relayed, ELSEWHERE, Some("passive"));
        assert_eq!(outcome(&offer, &elsewhere, Side::Offerer), Ok(Outcome::Reoffer));
    }
}

/// Shows: CEMA-4.5-01.
#[test]
fn cema_implies_setup() {
    for local in [
        plain("192.0.2.1", 7394).setup(false).cema(true),
        plain("192.0.2.1", 7394).cema(true).setup(false),
    ] {
        let session = open(local);
        assert!(has_line(&session.offer(), "a=setup:actpass"));
        let answer = answer(&session, &answered(CEMA, ONE, MATCH, Some("active")));
        assert!(has_line(&answer, "a=setup:passive"));
    }
}

/// Shows: CEMA-5.2-01.
#[test]
fn the_attribute() {
    let with = answered(CEMA, ONE, MATCH, None);
    assert!(with.cema() && has_line(&with, "a=msrp-cema") && carried(&with).cema());
    let without = answered(PLAIN, ONE, MATCH, None);
    assert!(!without.cema() && !names_of_attributes(&without).contains(&"msrp-cema".to_owned()));
    let session = crate::session_level(None, &[("msrp-cema", None)]);
    assert!(!crate::read_below(&session, &crate::written(&without)).0.cema());
    for other in ["msrp-cema:x", "msrp-cema:", "Msrp-Cema", "msrp-cemax"] {
        let text = format!("{}a={other}\r\n", crate::written(&without));
        assert!(!crate::read(&text).cema(), "{other}");
    }
}

/// The identity of the peer stays that of its URI (RFC 6714 §7.1).
#[test]
fn behind_a_middlebox_the_peer_is_verified() {
    let local = Local::listening(host("192.0.2.1"), 7394).fingerprints(fingerprints(CERTIFICATES[0]));
    let offer = open(local.cema(true)).offer();
    let fingerprint = format!(
        "fingerprint:{}",
        fingerprints(CERTIFICATES[1]).iter().next().expect("one")
    );
    let lines = [
        "c=IN IP4 203.0.113.9",
        "path:msrps://b.example.com:8493/s;tcp",
        "accept-types:*",
        "msrp-cema",
    ];
    let answer = |others: &[&str]| peer("message 5000 TCP/TLS/MSRP *", &[&lines, others].concat());
    let by_fingerprint = agreement(&offer, &answer(&[&fingerprint]), Side::Offerer);
    assert_eq!(connects(&by_fingerprint), at(MIDDLEBOX));
    let plan = by_fingerprint.plan();
    assert!(plan.verify(Some(CERTIFICATES[1])).is_ok() && plan.verify(Some(CERTIFICATES[0])).is_err());
    let names = Names::default();
    assert_eq!(
        outcome(&offer, &answer(&[]), Side::Offerer),
        Err(NegotiationError::NoFingerprint)
    );
    let by_name = negotiate(
        &offer,
        &answer(&[]),
        Side::Offerer,
        &Policy::default().by_name(true),
        &names,
    );
    let Ok(Outcome::Session(by_name)) = by_name else {
        panic!("{by_name:?}")
    };
    assert_eq!(
        by_name.plan().identity(),
        &msrp_sdp::Identity::Name(host("b.example.com"))
    );
    assert_eq!(connects(&by_name), at(MIDDLEBOX));
}
