//! Answerers that let middleboxes anchor the connection (RFC 6714 §4.3, rulings ).

use msrp_proto::Role;
use msrp_sdp::{Action, Local, Media, Names, Policy, Refusal, Side};

use crate::{agreement, answer, carried, connects, has_line, listens, open, peer, plain, relay_path};

const MIDDLEBOX: (&str, u16) = ("203.0.113.9", 5000);

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
    /// No session: a middlebox without CEMA.
    Refused,
    /// `msrp-cema`, passive, its own lines; it listens.
    CemaWaits,
    /// `msrp-cema`, active, its own lines; it connects to the lines of the offer.
    CemaConnects,
    /// `msrp-cema`, passive, the lines of its relay; it talks to that.
    CemaRelayPassive,
    /// As RFC 4975: passive, its own lines; it listens.
    Waits,
    /// As RFC 4976: passive, its own lines; it talks to its relay.
    RelayPassive,
    /// As RFC 4976: active, its own lines; it talks to its relay.
    RelayActive,
}

use Expected::{CemaConnects, CemaRelayPassive, CemaWaits, Refused, RelayActive, RelayPassive, Waits};

/// `msrp-cema` in the offer, whether its lines match its path, a relay in its path, own relay, its `setup`.
type Row = (bool, bool, bool, bool, Option<&'static str>, Expected);

#[rustfmt::skip]
const TABLE: [Row; 64] = [
    (CEMA, MATCH, ONE, NO_RELAY, None, CemaWaits),
    (CEMA, MATCH, ONE, NO_RELAY, Some("active"), CemaWaits),
    (CEMA, MATCH, ONE, NO_RELAY, Some("actpass"), CemaWaits),
    (CEMA, MATCH, ONE, NO_RELAY, Some("passive"), CemaConnects),
    (CEMA, MATCH, ONE, RELAY, None, CemaRelayPassive),
    (CEMA, MATCH, ONE, RELAY, Some("active"), CemaRelayPassive),
    (CEMA, MATCH, ONE, RELAY, Some("actpass"), CemaRelayPassive),
    (CEMA, MATCH, ONE, RELAY, Some("passive"), RelayActive),
    (CEMA, MATCH, RELAYED, NO_RELAY, None, Waits),
    (CEMA, MATCH, RELAYED, NO_RELAY, Some("active"), Waits),
    (CEMA, MATCH, RELAYED, NO_RELAY, Some("actpass"), CemaConnects),
    (CEMA, MATCH, RELAYED, NO_RELAY, Some("passive"), CemaConnects),
    (CEMA, MATCH, RELAYED, RELAY, None, RelayPassive),
    (CEMA, MATCH, RELAYED, RELAY, Some("active"), RelayPassive),
    (CEMA, MATCH, RELAYED, RELAY, Some("actpass"), RelayPassive),
    (CEMA, MATCH, RELAYED, RELAY, Some("passive"), RelayActive),
    (CEMA, ELSEWHERE, ONE, NO_RELAY, None, CemaWaits),
    (CEMA, ELSEWHERE, ONE, NO_RELAY, Some("active"), CemaWaits),
    (CEMA, ELSEWHERE, ONE, NO_RELAY, Some("actpass"), CemaWaits),
    (CEMA, ELSEWHERE, ONE, NO_RELAY, Some("passive"), CemaConnects),
    (CEMA, ELSEWHERE, ONE, RELAY, None, CemaRelayPassive),
    (CEMA, ELSEWHERE, ONE, RELAY, Some("active"), CemaRelayPassive),
    (CEMA, ELSEWHERE, ONE, RELAY, Some("actpass"), CemaRelayPassive),
    (CEMA, ELSEWHERE, ONE, RELAY, Some("passive"), RelayActive),
    (CEMA, ELSEWHERE, RELAYED, NO_RELAY, None, Waits),
    (CEMA, ELSEWHERE, RELAYED, NO_RELAY, Some("active"), Waits),
    (CEMA, ELSEWHERE, RELAYED, NO_RELAY, Some("actpass"), CemaConnects),
    (CEMA, ELSEWHERE, RELAYED, NO_RELAY, Some("passive"), CemaConnects),
    (CEMA, ELSEWHERE, RELAYED, RELAY, None, RelayPassive),
    (CEMA, ELSEWHERE, RELAYED, RELAY, Some("active"), RelayPassive),
    (CEMA, ELSEWHERE, RELAYED, RELAY, Some("actpass"), RelayPassive),
    (CEMA, ELSEWHERE, RELAYED, RELAY, Some("passive"), RelayActive),
    (PLAIN, MATCH, ONE, NO_RELAY, None, CemaWaits),
    (PLAIN, MATCH, ONE, NO_RELAY, Some("active"), CemaWaits),
    (PLAIN, MATCH, ONE, NO_RELAY, Some("actpass"), CemaWaits),
    (PLAIN, MATCH, ONE, NO_RELAY, Some("passive"), CemaConnects),
    (PLAIN, MATCH, ONE, RELAY, None, CemaRelayPassive),
    (PLAIN, MATCH, ONE, RELAY, Some("active"), CemaRelayPassive),
    (PLAIN, MATCH, ONE, RELAY, Some("actpass"), CemaRelayPassive),
    (PLAIN, MATCH, ONE, RELAY, Some("passive"), RelayActive),
    (PLAIN, MATCH, RELAYED, NO_RELAY, None, Waits),
    (PLAIN, MATCH, RELAYED, NO_RELAY, Some("active"), Waits),
    (PLAIN, MATCH, RELAYED, NO_RELAY, Some("actpass"), CemaConnects),
    (PLAIN, MATCH, RELAYED, NO_RELAY, Some("passive"), CemaConnects),
    (PLAIN, MATCH, RELAYED, RELAY, None, RelayPassive),
    (PLAIN, MATCH, RELAYED, RELAY, Some("active"), RelayPassive),
    (PLAIN, MATCH, RELAYED, RELAY, Some("actpass"), RelayPassive),
    (PLAIN, MATCH, RELAYED, RELAY, Some("passive"), RelayActive),
    (PLAIN, ELSEWHERE, ONE, NO_RELAY, None, Refused),
    (PLAIN, ELSEWHERE, ONE, NO_RELAY, Some("active"), Refused),
    (PLAIN, ELSEWHERE, ONE, NO_RELAY, Some("actpass"), Refused),
    (PLAIN, ELSEWHERE, ONE, NO_RELAY, Some("passive"), Refused),
    (PLAIN, ELSEWHERE, ONE, RELAY, None, Refused),
    (PLAIN, ELSEWHERE, ONE, RELAY, Some("active"), Refused),
    (PLAIN, ELSEWHERE, ONE, RELAY, Some("actpass"), Refused),
    (PLAIN, ELSEWHERE, ONE, RELAY, Some("passive"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, NO_RELAY, None, Refused),
    (PLAIN, ELSEWHERE, RELAYED, NO_RELAY, Some("active"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, NO_RELAY, Some("actpass"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, NO_RELAY, Some("passive"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, RELAY, None, Refused),
    (PLAIN, ELSEWHERE, RELAYED, RELAY, Some("active"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, RELAY, Some("actpass"), Refused),
    (PLAIN, ELSEWHERE, RELAYED, RELAY, Some("passive"), Refused),
];

fn answerer(own_relay: bool) -> Local {
    let local = plain("192.0.2.9", 8493).cema(true);
    if own_relay {
        local.relays(relay_path("msrps://relay.example.com:9000/hjdhfha;tcp"))
    } else {
        local
    }
}

/// An offer. Behind a relay its lines are those of the relay with CEMA, and its own without.
fn offered(cema: bool, matches: bool, relayed: bool, setup: Option<&str>) -> Media {
    let (address, port) = match (matches, relayed && cema) {
        (false, _) => MIDDLEBOX,
        (true, true) => ("198.51.100.7", 9000),
        (true, false) => ("192.0.2.1", 7394),
    };
    let address = format!("c=IN IP4 {address}");
    let path = if relayed {
        "path:msrp://198.51.100.7:9000/r;tcp msrp://192.0.2.1:7394/s;tcp"
    } else {
        "path:msrp://192.0.2.1:7394/s;tcp"
    };
    let setup = setup.map(|setup| format!("setup:{setup}"));
    let mut lines = vec![&*address, path, "accept-types:*"];
    lines.extend(cema.then_some("msrp-cema"));
    lines.extend(setup.as_deref());
    peer(&format!("message {port} TCP/MSRP *"), &lines)
}

fn refusal(own_relay: bool, offer: &Media) -> Option<Refusal> {
    open(answerer(own_relay))
        .answer(offer, &Policy::default(), &Names::default())
        .err()
}

/// Shows: CEMA-4.3-12.
#[test]
fn the_complete_table() {
    for row in TABLE {
        let (cema, matches, relayed, own_relay, setup, expected) = row;
        let offer = offered(cema, matches, relayed, setup);
        if expected == Refused {
            assert_eq!(refusal(own_relay, &offer), Some(Refusal::Middlebox), "{row:?}");
            continue;
        }
        let answer = carried(&answer(&open(answerer(own_relay)), &offer));
        let (with_cema, role, of_relay) = match expected {
            CemaWaits => (true, "passive", false),
            CemaConnects => (true, "active", false),
            CemaRelayPassive => (true, "passive", true),
            Waits | RelayPassive => (false, "passive", false),
            RelayActive => (false, "active", false),
            Refused => unreachable!("seen to above"),
        };
        assert_eq!(has_line(&answer, "a=msrp-cema"), with_cema, "{row:?}");
        assert!(has_line(&answer, &format!("a=setup:{role}")), "{row:?}");
        let address = if of_relay {
            "relay.example.com"
        } else {
            "192.0.2.9"
        };
        assert!(has_line(&answer, &format!("c=IN IP4 {address}")), "{row:?}");
        assert_eq!(answer.port(), if of_relay { 9000 } else { 8493 }, "{row:?}");
        assert_eq!(answer.is_relayed(), own_relay);

        let agreed = agreement(&offer, &answer, Side::Answerer);
        assert_eq!(
            agreed.role(),
            if role == "active" {
                Role::Active
            } else {
                Role::Passive
            },
            "{row:?}"
        );
        match expected {
            CemaWaits | Waits => assert_eq!(listens(&agreed), ("192.0.2.9".into(), 8493), "{row:?}"),
            CemaConnects => {
                let to = match (matches, relayed) {
                    (false, _) => MIDDLEBOX,
                    (true, true) => ("198.51.100.7", 9000),
                    (true, false) => ("192.0.2.1", 7394),
                };
                assert_eq!(connects(&agreed), (to.0.to_owned(), to.1), "{row:?}");
            }
            _ => assert!(matches!(agreed.plan().action(), Action::Relay(_)), "{row:?}"),
        }
    }
}

/// Shows: CEMA-4.3-01.
#[test]
fn a_middlebox_that_does_not_know_cema() {
    for relayed in [ONE, RELAYED] {
        for own_relay in [NO_RELAY, RELAY] {
            for setup in [None, Some("active"), Some("actpass"), Some("passive")] {
                let offer = offered(PLAIN, ELSEWHERE, relayed, setup);
                assert_eq!(refusal(own_relay, &offer), Some(Refusal::Middlebox));
                assert!(has_line(&offer.refused(), "m=message 0 TCP/MSRP *"));
            }
        }
    }
    assert_eq!(refusal(NO_RELAY, &offered(PLAIN, MATCH, ONE, None)), None);
    assert_eq!(refusal(NO_RELAY, &offered(CEMA, ELSEWHERE, ONE, None)), None);
}

/// Shows: CEMA-4.3-02, CEMA-4.3-03, CEMA-4.3-04, CEMA-4.3-05.
#[test]
fn relays_in_the_way_of_cema() {
    let as_in_rfc_4975 = |own_relay: bool, offer: &Media| {
        let answer = answer(&open(answerer(own_relay)), offer);
        let own_lines = has_line(&answer, "c=IN IP4 192.0.2.9") && answer.port() == 8493;
        assert_eq!(!answer.cema(), !has_line(&answer, "a=msrp-cema"));
        !answer.cema() && own_lines
    };
    for matches in [MATCH, ELSEWHERE] {
        for setup in [None, Some("active"), Some("actpass"), Some("passive")] {
            assert!(as_in_rfc_4975(RELAY, &offered(CEMA, matches, RELAYED, setup)));
        }
        for setup in [None, Some("active")] {
            assert!(as_in_rfc_4975(NO_RELAY, &offered(CEMA, matches, RELAYED, setup)));
        }
        assert!(!as_in_rfc_4975(
            NO_RELAY,
            &offered(CEMA, matches, RELAYED, Some("actpass"))
        ));
        assert!(as_in_rfc_4975(
            RELAY,
            &offered(CEMA, matches, ONE, Some("passive"))
        ));
        assert!(!as_in_rfc_4975(
            RELAY,
            &offered(CEMA, matches, ONE, Some("actpass"))
        ));
    }
}

/// Shows: CEMA-4.3-06, CEMA-4.3-07.
#[test]
fn without_relays_the_answer_has_cema_and_a_role() {
    for cema in [CEMA, PLAIN] {
        let offer = offered(cema, MATCH, ONE, Some("actpass"));
        for (reachable, role) in [(true, "a=setup:passive"), (false, "a=setup:active")] {
            let answer = answer(&open(answerer(NO_RELAY).reachable(reachable)), &offer);
            assert!(has_line(&answer, "a=msrp-cema") && has_line(&answer, role));
        }
        for (setup, role) in [
            (None, "passive"),
            (Some("active"), "passive"),
            (Some("passive"), "active"),
        ] {
            let answer = answer(&open(answerer(NO_RELAY)), &offered(cema, MATCH, ONE, setup));
            assert!(has_line(&answer, "a=msrp-cema") && has_line(&answer, &format!("a=setup:{role}")));
        }
    }
}

/// Shows: CEMA-4.3-08, CEMA-4.3-09.
#[test]
fn behind_a_relay_the_lines_are_those_of_the_relay() {
    for local in [answerer(RELAY), answerer(RELAY).reachable(false)] {
        for setup in [None, Some("active"), Some("actpass")] {
            let session = open(local.clone());
            let answer = answer(&session, &offered(CEMA, ELSEWHERE, ONE, setup));
            assert!(has_line(&answer, "c=IN IP4 relay.example.com"));
            assert!(has_line(&answer, "m=message 9000 TCP/TLS/MSRP *"));
            assert!(has_line(&answer, "a=setup:passive") && has_line(&answer, "a=msrp-cema"));
            assert_eq!(answer.path(), Some(session.path()));
        }
    }
}

/// Shows: CEMA-4.3-10, CEMA-4.3-11.
#[test]
fn who_connects_goes_by_the_lines() {
    for relayed in [ONE, RELAYED] {
        let offer = offered(CEMA, ELSEWHERE, relayed, Some("passive"));
        let active = agreement(&offer, &answer(&open(answerer(NO_RELAY)), &offer), Side::Answerer);
        assert_eq!(connects(&active), (MIDDLEBOX.0.to_owned(), MIDDLEBOX.1));
    }
    for setup in [None, Some("active"), Some("actpass")] {
        let offer = offered(CEMA, ELSEWHERE, ONE, setup);
        let passive = agreement(&offer, &answer(&open(answerer(NO_RELAY)), &offer), Side::Answerer);
        assert_eq!(listens(&passive), ("192.0.2.9".into(), 8493));
        assert_eq!(passive.plan().target(), None);
    }
}

/// Shows: CEMA-4.3-13.
#[test]
fn an_offerer_behind_a_relay_is_connected_to() {
    let offer = offered(CEMA, ELSEWHERE, RELAYED, Some("actpass"));
    for reachable in [true, false] {
        let answer = answer(&open(answerer(NO_RELAY).reachable(reachable)), &offer);
        assert!(has_line(&answer, "a=setup:active") && has_line(&answer, "a=msrp-cema"));
        let ours = agreement(&offer, &answer, Side::Answerer);
        assert_eq!(connects(&ours), (MIDDLEBOX.0.to_owned(), MIDDLEBOX.1));
    }
}

/// The lines of an offerer without CEMA are its own, and nobody listens there.
#[test]
fn a_relay_of_an_offerer_without_cema_is_connected_to() {
    for setup in ["actpass", "passive"] {
        let offer = offered(PLAIN, MATCH, RELAYED, Some(setup));
        assert_eq!(
            (offer.connection().map(ToString::to_string), offer.port()),
            (Some("IN IP4 192.0.2.1".into()), 7394)
        );
        let ours = agreement(&offer, &answer(&open(answerer(NO_RELAY)), &offer), Side::Answerer);
        assert_eq!(connects(&ours), ("198.51.100.7".into(), 9000));
    }
}

/// What cannot be connected to is not promised.
#[test]
fn lines_that_lead_nowhere_are_refused() {
    let with = |address: &str| {
        let lines = [
            address,
            "path:msrp://192.0.2.1:7394/s;tcp",
            "accept-types:*",
            "msrp-cema",
            "setup:passive",
        ];
        refusal(NO_RELAY, &peer("message 5000 TCP/MSRP *", &lines))
    };
    assert_eq!(with("c=IN IP4 203.0.113.9"), None);
    assert_eq!(
        open(answerer(NO_RELAY)).answer(
            &peer(
                "message 7394 TCP/MSRP *",
                &[
                    "c=IN IP4 x.invalid",
                    "path:msrp://x.invalid:7394/s;tcp",
                    "accept-types:*",
                    "msrp-cema",
                    "setup:passive"
                ],
            ),
            &Policy::default(),
            &Names::default(),
        ),
        Err(Refusal::Unreachable)
    );
}
