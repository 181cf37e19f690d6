//! Who connects (RFC 4145 §4, RFC 6135 §4, ruling R-58).

use msrp_proto::{Direction, Role};
use msrp_sdp::{Local, Media, MediaError, Names, NegotiationError, Policy, Refusal, Setup, Side};

use crate::{
    agreement, agreements, answer, carried, connects, has_line, host, listens, names_of_attributes, open,
    outcome, peer, plain, read, session_level, terms, text,
};

const OFFER: (&str, &str) = ("192.0.2.1", "msrp://192.0.2.1:7394/2s93i9ek2a;tcp");
const ANSWER: (&str, &str) = ("192.0.2.9", "msrp://192.0.2.9:8493/si438dsaodes;tcp");

fn offered(others: &[&str]) -> Media {
    section("message 7394 TCP/MSRP *", OFFER, others)
}

fn answered(others: &[&str]) -> Media {
    section("message 8493 TCP/MSRP *", ANSWER, others)
}

fn section(line: &str, (address, path): (&str, &str), others: &[&str]) -> Media {
    let (address, path) = (format!("c=IN IP4 {address}"), format!("path:{path}"));
    let mut lines = vec![&*address, &*path, "accept-types:text/plain"];
    lines.extend(others);
    peer(line, &lines)
}

/// The six things that can stand in place of a `setup` attribute.
const WRITTEN: [&[&str]; 6] = [
    &[],
    &["setup:active"],
    &["setup:passive"],
    &["setup:actpass"],
    &["setup:holdconn"],
    &["setup:someday"],
];

#[derive(Clone, Copy, Debug)]
enum Expected {
    OffererConnects,
    AnswererConnects,
    Impossible(NegotiationError),
}

use Expected::{AnswererConnects, Impossible, OffererConnects};

const BOTH: Expected = Impossible(NegotiationError::BothConnect);
const NOBODY: Expected = Impossible(NegotiationError::NobodyConnects);
const OPEN: Expected = Impossible(NegotiationError::ActpassAnswered);

/// A row for each offer, in the order of [`WRITTEN`], and in it a column for each answer.
const MATRIX: [[Expected; 6]; 6] = [
    // Answer: absent, active, passive, actpass, holdconn, unknown.
    [
        OffererConnects,
        BOTH,
        OffererConnects,
        OPEN,
        OffererConnects,
        OffererConnects,
    ], // absent
    [
        OffererConnects,
        BOTH,
        OffererConnects,
        OPEN,
        OffererConnects,
        OffererConnects,
    ], // active
    [NOBODY, AnswererConnects, NOBODY, OPEN, NOBODY, NOBODY], // passive
    [
        OffererConnects,
        AnswererConnects,
        OffererConnects,
        OPEN,
        OffererConnects,
        OffererConnects,
    ], // actpass
    [
        OffererConnects,
        BOTH,
        OffererConnects,
        OPEN,
        OffererConnects,
        OffererConnects,
    ], // holdconn
    [
        OffererConnects,
        BOTH,
        OffererConnects,
        OPEN,
        OffererConnects,
        OffererConnects,
    ], // unknown
];

fn assert_expected(offer: &Media, answer: &Media, expected: Expected) {
    let (connecting, listening, at) = match expected {
        OffererConnects => (Side::Offerer, Side::Answerer, ("192.0.2.9".into(), 8493)),
        AnswererConnects => (Side::Answerer, Side::Offerer, ("192.0.2.1".into(), 7394)),
        Impossible(error) => {
            for side in [Side::Offerer, Side::Answerer] {
                assert_eq!(outcome(offer, answer, side), Err(error), "{side:?}");
            }
            return;
        }
    };
    let (active, passive) = (
        agreement(offer, answer, connecting),
        agreement(offer, answer, listening),
    );
    assert_eq!((active.role(), passive.role()), (Role::Active, Role::Passive));
    assert_eq!(connects(&active), at);
    assert_eq!(active.plan().wait(), None);
    assert_eq!(listens(&passive), at);
}

/// Shows: SETUP-4.2.1-04, SETUP-4.2.2-11, MSRP-5.4-03.
#[test]
fn every_pair_has_one_side_that_connects_or_an_error() {
    for (offer, row) in WRITTEN.iter().zip(MATRIX) {
        for (answer, expected) in WRITTEN.iter().zip(row) {
            assert_expected(&offered(offer), &answered(answer), expected);
        }
    }
}

/// Which way messages flow has nothing to do with who connects.
#[test]
fn directions_do_not_change_who_connects() {
    const DIRECTIONS: [&str; 4] = ["sendrecv", "sendonly", "recvonly", "inactive"];
    for (offer, row) in WRITTEN.iter().zip(MATRIX) {
        for (answer, expected) in WRITTEN.iter().zip(row) {
            for ours in DIRECTIONS {
                for theirs in DIRECTIONS {
                    let offer = offered(&[offer, &[ours][..]].concat());
                    let answer = answered(&[answer, &[theirs][..]].concat());
                    assert_expected(&offer, &answer, expected);
                }
            }
        }
    }
}

/// Shows: COMEDIA-4.1-01.
#[test]
fn four_pairs_of_roles_are_good() {
    const NAMES: [&str; 3] = ["setup:active", "setup:passive", "setup:actpass"];
    let mut good = Vec::new();
    for offer in NAMES {
        for answer in NAMES {
            let (offered, answered) = (offered(&[offer]), answered(&[answer]));
            if outcome(&offered, &answered, Side::Offerer).is_ok() {
                good.push((offer, answer));
            } else {
                assert!(matches!(
                    outcome(&offered, &answered, Side::Offerer),
                    Err(NegotiationError::BothConnect
                        | NegotiationError::NobodyConnects
                        | NegotiationError::ActpassAnswered)
                ));
            }
        }
    }
    assert_eq!(
        good,
        [
            ("setup:active", "setup:passive"),
            ("setup:passive", "setup:active"),
            ("setup:actpass", "setup:active"),
            ("setup:actpass", "setup:passive"),
        ]
    );

    let (listening, connecting) = (open(plain("192.0.2.9", 8493)), open(connecting()));
    let to = |session, offer: &[&str]| answer(session, &offered(offer)).setup();
    assert_eq!(to(&listening, &["setup:active"]), Some(Setup::Passive));
    assert_eq!(to(&listening, &["setup:passive"]), Some(Setup::Active));
    assert_eq!(to(&listening, &["setup:actpass"]), Some(Setup::Passive));
    assert_eq!(to(&connecting, &["setup:actpass"]), Some(Setup::Active));
    for absent in [&[][..], &["setup:holdconn"]] {
        assert_eq!(to(&listening, absent), Some(Setup::Passive));
        assert_eq!(
            connecting.answer(&offered(absent), &Policy::default(), &Names::default()),
            Err(Refusal::CannotListen)
        );
    }
}

fn connecting() -> Local {
    Local::connecting(host("192.0.2.9")).plain()
}

/// Shows: COMEDIA-4.1-02.
#[test]
fn without_setup_the_offerer_connects() {
    let [ours, theirs] = agreements(&offered(&[]), &answered(&[]));
    assert_eq!(connects(&ours), ("192.0.2.9".into(), 8493));
    assert_eq!(listens(&theirs), ("192.0.2.9".into(), 8493));
}

/// Shows: SETUP-4.2.2-10, SETUP-5-01.
#[test]
fn peers_that_do_not_know_setup() {
    // Offers of every kind, answered by such a peer.
    for local in [
        plain("192.0.2.1", 7394),
        plain("192.0.2.1", 7394).reachable(false),
        Local::connecting(host("192.0.2.1")).plain(),
        plain("192.0.2.1", 7394).setup(false),
    ] {
        let [ours, theirs] = agreements(&carried(&open(local).offer()), &answered(&[]));
        assert_eq!((ours.role(), theirs.role()), (Role::Active, Role::Passive));
        assert_eq!(connects(&ours), ("192.0.2.9".into(), 8493));
    }
    // The offer of such a peer, answered by every kind.
    for local in [
        plain("192.0.2.9", 8493),
        plain("192.0.2.9", 8493).reachable(false),
    ] {
        let answer = answer(&open(local), &offered(&[]));
        assert!(has_line(&answer, "a=setup:passive"));
        let [theirs, ours] = agreements(&offered(&[]), &carried(&answer));
        assert_eq!((theirs.role(), ours.role()), (Role::Active, Role::Passive));
        assert_eq!(listens(&ours), ("192.0.2.9".into(), 8493));
    }
    let nowhere = open(connecting()).answer(&offered(&[]), &Policy::default(), &Names::default());
    assert_eq!(nowhere, Err(Refusal::CannotListen));
}

/// Shows: SETUP-3-01.
#[test]
fn without_the_alternative_connection_model() {
    let ours = open(plain("192.0.2.1", 7394).setup(false));
    let offer = carried(&ours.offer());
    assert_eq!(ours.listens(), None);
    let theirs = open(plain("192.0.2.9", 8493).setup(false));
    // Also to an offer that has it.
    for offer in [offer, carried(&open(plain("192.0.2.1", 7394)).offer())] {
        let answer = carried(&answer(&theirs, &offer));
        assert!(!names_of_attributes(&answer).contains(&"setup".to_owned()));
        let [ours, theirs] = agreements(&offer, &answer);
        assert_eq!(connects(&ours), ("192.0.2.9".into(), 8493));
        assert_eq!(listens(&theirs), ("192.0.2.9".into(), 8493));
    }
    assert!(!names_of_attributes(&ours.offer()).contains(&"setup".to_owned()));
    assert_eq!(
        theirs.answer(
            &offered(&["setup:passive"]),
            &Policy::default(),
            &Names::default()
        ),
        Err(Refusal::NobodyConnects)
    );
}

/// Shows: SETUP-4.2.1-01.
#[test]
fn setup_is_always_written() {
    let session = open(plain("192.0.2.9", 8493));
    assert!(names_of_attributes(&session.offer()).contains(&"setup".to_owned()));
    assert!(names_of_attributes(&session.offer_without_cema()).contains(&"setup".to_owned()));
    for offer in WRITTEN {
        let answer = answer(&session, &offered(offer));
        assert!(
            names_of_attributes(&answer).contains(&"setup".to_owned()),
            "{offer:?}"
        );
    }
}

/// Shows: SETUP-4.2.1-02, COMEDIA-4-01, SETUP-4.2.2-14.
#[test]
fn roles_at_either_level() {
    use msrp_sdp::Deviation;

    let roles = [
        ("active", Some(Setup::Active)),
        ("Passive", Some(Setup::Passive)),
        ("ACTPASS", Some(Setup::Actpass)),
        ("passive", Some(Setup::Passive)),
        ("actpass", Some(Setup::Actpass)),
        ("holdconn", None),
        ("HoldConn", None),
    ];
    let bare = text(
        "message 7394 TCP/MSRP *",
        &[
            "c=IN IP4 192.0.2.1",
            "path:msrp://192.0.2.1:7394/s;tcp",
            "accept-types:*",
        ],
    );
    for (value, role) in roles {
        let in_section = Media::parse_strict(format!("{bare}a=setup:{value}\r\n").as_bytes());
        assert_eq!(in_section.expect("clean").setup(), role, "{value}");
        let session = session_level(None, &[("setup", Some(value))]);
        assert_eq!(crate::read_below(&session, &bare).0.setup(), role, "{value}");
    }
    for unknown in ["foo", ""] {
        let text = format!("{bare}a=setup:{unknown}\r\n");
        let (media, deviations) = Media::parse_with_deviations(text.as_bytes()).expect("lenient");
        assert_eq!(media.setup(), None);
        assert!(deviations.contains(Deviation::BadRole));
        assert_eq!(
            Media::parse_strict(text.as_bytes()),
            Err(MediaError::Deviation(Deviation::BadRole))
        );
    }
    let session = session_level(None, &[("setup", Some("active"))]);
    let media = crate::read_below(&session, &format!("{bare}a=setup:passive\r\n")).0;
    assert_eq!(media.setup(), Some(Setup::Passive));
    // One reading, and a slip.
    let spaced = format!("{bare}a=setup: active\r\n");
    let (media, deviations) = Media::parse_with_deviations(spaced.as_bytes()).expect("lenient");
    assert_eq!(media.setup(), Some(Setup::Active));
    assert!(deviations.contains(Deviation::Blank) && !deviations.contains(Deviation::BadRole));
}

#[test]
fn contradictory_roles_are_refused() {
    let twice = |other: &str| {
        text(
            "message 7394 TCP/MSRP *",
            &[
                "path:msrp://192.0.2.1:7394/s;tcp",
                "accept-types:*",
                "setup:active",
                other,
            ],
        )
    };
    assert_eq!(
        Media::parse(twice("setup:passive").as_bytes()),
        Err(MediaError::Repeated("setup"))
    );
    assert_eq!(read(&twice("setup:active")).setup(), Some(Setup::Active));
}

/// Shows: SETUP-4.2.2-03, SETUP-4.2.2-04, SETUP-4.2.2-06, COMEDIA-4.1-05.
#[test]
fn what_is_offered_follows_from_who_can_be_reached() {
    let reachable = open(plain("192.0.2.1", 7394));
    assert!(has_line(&reachable.offer(), "a=setup:actpass"));
    assert_eq!(reachable.listens(), Some((&host("192.0.2.1"), 7394)));
    for local in [
        plain("192.0.2.1", 7394).reachable(false),
        Local::connecting(host("192.0.2.1")).plain(),
        Local::connecting(host("192.0.2.1")).plain().reachable(true),
    ] {
        let session = open(local);
        assert!(has_line(&session.offer(), "a=setup:active"));
        assert_eq!(session.listens(), None);
    }
    let relays = crate::relay_path("msrps://relay.example.com:9000/hjdhfha;tcp");
    for local in [
        plain("192.0.2.1", 7394).reachable(false),
        Local::connecting(host("192.0.2.1")).plain(),
    ] {
        let relayed = open(local.relays(relays.clone()));
        assert!(has_line(&relayed.offer(), "a=setup:actpass"));
        assert_eq!(relayed.listens(), None, "its relay listens");
    }
}

/// Shows: SETUP-4.2.2-07, SETUP-4.2.2-08, SETUP-4.2.2-09.
#[test]
fn what_is_answered_follows_from_the_offer_and_who_can_be_reached() {
    let reachable = open(plain("192.0.2.9", 8493));
    let behind_nat = open(plain("192.0.2.9", 8493).reachable(false));
    let table: [(&[&str], _, _); 6] = [
        (&["setup:actpass"], "a=setup:passive", "a=setup:active"),
        (&["setup:active"], "a=setup:passive", "a=setup:passive"),
        (&["setup:passive"], "a=setup:active", "a=setup:active"),
        (&[], "a=setup:passive", "a=setup:passive"),
        (&["setup:holdconn"], "a=setup:passive", "a=setup:passive"),
        (&["setup:someday"], "a=setup:passive", "a=setup:passive"),
    ];
    for (offer, of_reachable, of_the_other) in table {
        assert!(
            has_line(&answer(&reachable, &offered(offer)), of_reachable),
            "{offer:?}"
        );
        assert!(
            has_line(&answer(&behind_nat, &offered(offer)), of_the_other),
            "{offer:?}"
        );
    }
    // A relay can be reached, whoever is behind it.
    let relays = crate::relay_path("msrps://relay.example.com:9000/hjdhfha;tcp");
    for local in [plain("192.0.2.9", 8493).reachable(false), connecting()] {
        let relayed = open(local.relays(relays.clone()));
        assert!(has_line(
            &answer(&relayed, &offered(&["setup:actpass"])),
            "a=setup:passive"
        ));
    }
}

/// Shows: SETUP-4.2.2-02, COMEDIA-4.1-03.
#[test]
fn who_does_not_listen_writes_port_9() {
    let session = open(Local::connecting(host("192.0.2.1")).plain());
    let to_actpass = answer(&session, &offered(&["setup:actpass"]));
    for media in [session.offer(), to_actpass] {
        assert!(has_line(&media, "m=message 9 TCP/MSRP *"));
        assert_eq!(media.uri().expect("a path").as_ref().port(), Some(9));
        assert_eq!(media.setup(), Some(Setup::Active));
        assert!(has_line(&media.refused(), "m=message 0 TCP/MSRP *"));
    }
}

/// Shows: COMEDIA-4.1-04.
#[test]
fn nobody_connects_to_port_9() {
    let offer = carried(&open(Local::connecting(host("192.0.2.1")).plain()).offer());
    assert_eq!((offer.port(), offer.setup()), (9, Some(Setup::Active)));
    let [ours, theirs] = agreements(&offer, &answered(&["setup:passive"]));
    assert_eq!(connects(&ours), ("192.0.2.9".into(), 8493));
    assert_eq!(listens(&theirs), ("192.0.2.9".into(), 8493));
    assert_eq!(theirs.plan().target(), None);
}

/// Shows: SETUP-4.4-02, COMEDIA-5-01.
#[test]
fn the_connection_attribute_means_nothing() {
    for value in [
        "connection:new",
        "connection:existing",
        "connection:foo",
        "connection",
    ] {
        let with = offered(&["setup:actpass", value]);
        let without = offered(&["setup:actpass"]);
        assert_eq!(with, without);
        let session = open(plain("192.0.2.9", 8493));
        let to_it = answer(&session, &with);
        assert!(!names_of_attributes(&to_it).contains(&"connection".to_owned()));
        for (ours, theirs) in agreements(&with, &to_it)
            .iter()
            .zip(&agreements(&without, &answer(&session, &without)))
        {
            assert_eq!(ours, theirs);
            // On a refresh the connection is kept.
            assert_eq!(ours.change_since(theirs), msrp_sdp::Change::Nothing);
        }
    }
}

/// The terms of both sides are those that the other one has written.
#[test]
fn terms_come_from_the_other_section() {
    let offer = offered(&["max-size:5000", "sendonly"]);
    let answer = answered(&["recvonly", "max-size:70"]);
    let [ours, theirs] = agreements(&offer, &answer);
    assert_eq!(ours.terms(), terms(ANSWER.1, &answer, Direction::SendOnly));
    assert_eq!(theirs.terms(), terms(OFFER.1, &offer, Direction::RecvOnly));
    assert_eq!(ours.uri().to_string(), OFFER.1);
    assert_eq!(theirs.peer_path().as_str(), OFFER.1);
}
