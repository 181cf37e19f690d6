//! What sections of others say.

use msrp_proto::{Direction, TargetError};
use msrp_sdp::{
    Description, Deviation, Media, MediaError, Names, NegotiationError, Origin, Policy, Refusal,
    SessionLevel, Side,
};

use crate::{
    agreement, answer, carried, connects, has_line, host, ids, lines, names_of_attributes, open, outcome,
    peer, plain, read_below, relay_path, session_level, terms, text, written,
};

const SESSION: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.5\r\ns=-\r\nt=0 0\r\n";
const PLAIN: &str = "message 7654 TCP/MSRP *";

/// Shows: MSRP-8-01.
#[test]
fn a_section_needs_a_path() {
    let text = text(PLAIN, &["c=IN IP4 192.0.2.5", "accept-types:*"]);
    assert_eq!(Media::parse(text.as_bytes()), Err(MediaError::NoPath));
    // It is refused in the answer, whatever becomes of the others.
    let offer = Description::parse(format!("{SESSION}{text}").as_bytes()).expect("a description");
    assert_eq!(offer.msrp(), [(0, Err(MediaError::NoPath))]);
    let answer = offer.answer(Origin::new(1, host("192.0.2.9"))).finish();
    assert_eq!(answer.sections()[0].to_bytes(), b"m=message 0 TCP/MSRP *\r\n");
}

/// Shows: MSRP-8.1-06.
#[test]
fn one_of_two_sections_is_refused() {
    let mut ids = ids();
    let ours = ["192.0.2.1", "192.0.2.2"].map(|at| plain(at, 7394).open(&mut ids).expect("a session"));
    let offered = ours.each_ref().map(|session| session.offer());
    let offer = offered.iter().fold(
        Description::new(Origin::new(1, host("192.0.2.1"))),
        |offer, media| offer.with_section(media),
    );
    let offer = Description::parse(&offer.to_bytes()).expect("an offer");
    let Some((0, Ok(first))) = offer.msrp().into_iter().next() else {
        panic!("a section")
    };
    let theirs = answer(&open(plain("192.0.2.9", 8493)), &first);
    let mut builder = offer.answer(Origin::new(2, host("192.0.2.9")));
    builder.accept(0, &theirs).expect("the first section");
    let answer = Description::parse(&builder.finish().to_bytes()).expect("an answer");
    assert_eq!(answer.sections()[1].media().to_string(), "message 0 TCP/MSRP *");
    let answered: Vec<Media> = answer
        .msrp()
        .into_iter()
        .map(|(_, media)| media.expect("a section"))
        .collect();
    assert_eq!(answered[0], theirs);
    assert!(outcome(&offered[0], &answered[0], Side::Offerer).is_ok());
    assert_eq!(
        outcome(&offered[1], &answered[1], Side::Offerer),
        Err(NegotiationError::Refused)
    );
}

/// Shows: MSRP-8.2-01.
#[test]
fn a_path_has_a_uri() {
    for empty in ["path:", "path: ", "path"] {
        let text = text(PLAIN, &["c=IN IP4 192.0.2.5", empty, "accept-types:*"]);
        assert!(
            matches!(
                Media::parse(text.as_bytes()),
                Err(MediaError::Path(_) | MediaError::Value("path"))
            ),
            "{empty:?}"
        );
    }
    let session = open(plain("192.0.2.1", 7394));
    let offer = session.offer();
    assert_eq!(offer.path().map(|path| path.len()), Some(1));
    assert_eq!(
        answer(&open(plain("192.0.2.9", 8493)), &carried(&offer))
            .path()
            .map(|path| path.len()),
        Some(1)
    );
}

/// Shows: MSRP-8.2-02.
#[test]
fn paths_come_back_octet_for_octet() {
    let value = "msrps://Relay.example.com:9000/hjdhfha;tcp msrp://bob@b%6fb.example.com:01234/fuige;tcp;x=y";
    let media = peer(
        "message 1234 TCP/TLS/MSRP *",
        &["c=IN IP4 192.0.2.5", &format!("path:{value}"), "accept-types:*"],
    );
    assert!(has_line(&media, &format!("a=path:{value}")));
    for spaced in [value.replace(' ', "  "), format!("{value} "), format!(" {value}")] {
        let text = text(
            "message 1234 TCP/TLS/MSRP *",
            &["c=IN IP4 192.0.2.5", &format!("path:{spaced}"), "accept-types:*"],
        );
        let (lenient, deviations) = Media::parse_with_deviations(text.as_bytes()).expect("forgiven");
        assert!(deviations.contains(Deviation::Blank));
        assert!(has_line(&lenient, &format!("a=path:{value}")));
        assert_eq!(
            Media::parse_strict(text.as_bytes()),
            Err(MediaError::Deviation(Deviation::Blank))
        );
    }
}

/// Shows: MSRP-8.1-08.
#[test]
fn the_path_says_where_to_connect() {
    let elsewhere = [
        "c=IN IP4 203.0.113.9",
        "path:msrp://192.0.2.5:7654/x;tcp",
        "accept-types:*",
    ];
    let theirs = peer("message 1 TCP/MSRP *", &elsewhere);
    let offer = open(plain("192.0.2.1", 7394)).offer();
    assert_eq!(
        connects(&agreement(&offer, &theirs, Side::Offerer)),
        ("192.0.2.5".into(), 7654)
    );
    // Also for an answerer, and where the peer, but not we, use CEMA.
    let mut passive = elsewhere.to_vec();
    passive.extend(["setup:passive", "msrp-cema"]);
    let offer = peer("message 1 TCP/MSRP *", &passive);
    let ours = answer(&open(plain("192.0.2.1", 7394)), &offer);
    assert_eq!(
        connects(&agreement(&offer, &ours, Side::Answerer)),
        ("192.0.2.5".into(), 7654)
    );
}

/// Shows: MSRP-8.1-09.
#[test]
fn the_address_of_the_session_level() {
    let bare = text(PLAIN, &["path:msrp://192.0.2.5:7654/x;tcp", "accept-types:*"]);
    let session = session_level(Some("IN IP4 192.0.2.5"), &[]);
    let of_session = read_below(&session, &bare).0;
    let of_section = crate::read(&text(
        PLAIN,
        &[
            "c=IN IP4 192.0.2.5",
            "path:msrp://192.0.2.5:7654/x;tcp",
            "accept-types:*",
        ],
    ));
    assert_eq!(of_session, of_section);
    let other = session_level(Some("IN IP4 192.0.2.6"), &[]);
    assert_eq!(read_below(&other, &written(&of_section)).0, of_section);
}

/// Shows: SDP-5-06.
#[test]
fn defaults_of_the_session_level() {
    const FINGERPRINTS: [&str; 2] = [
        "SHA-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB",
        "SHA-1 4B:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB",
    ];
    let bare = text(PLAIN, &["path:msrp://192.0.2.5:7654/x;tcp", "accept-types:*"]);
    let own = format!(
        "{bare}c=IN IP4 192.0.2.5\r\na=sendrecv\r\na=setup:passive\r\na=fingerprint:{}\r\n",
        FINGERPRINTS[1]
    );
    let session = session_level(
        Some("IN IP4 192.0.2.6"),
        &[
            ("inactive", None),
            ("setup", Some("active")),
            ("fingerprint", Some(FINGERPRINTS[0])),
        ],
    );
    let inherited = read_below(&session, &bare).0;
    assert_eq!(inherited.direction(), Direction::Inactive);
    assert_eq!(inherited.setup(), Some(msrp_sdp::Setup::Active));
    assert_eq!(
        inherited.connection().map(|data| data.host().clone()),
        Some(host("192.0.2.6"))
    );
    assert!(
        inherited
            .fingerprints()
            .iter()
            .any(|print| print.octets()[0] == 0x4A)
    );
    let replaced = read_below(&session, &own).0;
    assert_eq!(replaced.direction(), Direction::SendRecv);
    assert_eq!(replaced.setup(), Some(msrp_sdp::Setup::Passive));
    assert_eq!(
        replaced.connection().map(|data| data.host().clone()),
        Some(host("192.0.2.5"))
    );
    let prints: Vec<u8> = replaced
        .fingerprints()
        .iter()
        .map(|print| print.octets()[0])
        .collect();
    assert_eq!(prints, [0x4B]);
    assert_eq!(crate::read(&bare).direction(), Direction::SendRecv);
}

/// Shows: MSRP-15.7-01.
#[test]
fn attributes_of_msrp_mean_nothing_at_session_level() {
    let session = session_level(
        None,
        &[
            ("accept-types", Some("text/plain")),
            ("accept-wrapped-types", Some("text/html")),
            ("max-size", Some("5")),
            ("path", Some("msrp://192.0.2.5:7654/x;tcp")),
        ],
    );
    assert_eq!(session, session_level(None, &[]));
    let section = |others: &[&str]| {
        let text = text(PLAIN, others);
        let section = msrp_sdp::Section::parse_with_deviations(text.as_bytes())
            .expect("a section")
            .0;
        Media::from_section(&section, &session).map(|(media, _)| media)
    };
    let path = "path:msrp://192.0.2.5:7654/x;tcp";
    assert_eq!(section(&["accept-types:*"]), Err(MediaError::NoPath));
    assert_eq!(section(&[path]), Err(MediaError::NoAcceptTypes));
    let media = section(&["accept-types:*", path]).expect("a section");
    assert_eq!((media.max_size(), media.accept_wrapped_types()), (None, None));
}

/// Shows: SDP-6.7-01.
#[test]
fn one_direction_at_each_level() {
    const ALL: [&str; 4] = ["sendonly", "recvonly", "inactive", "sendrecv"];
    let bare = text(
        PLAIN,
        &[
            "c=IN IP4 192.0.2.5",
            "path:msrp://192.0.2.5:7654/x;tcp",
            "accept-types:*",
        ],
    );
    for one in ALL {
        for other in ALL {
            let section = format!("{bare}a={one}\r\na=x\r\na={other}\r\n");
            let pair = [(one, None), ("x", None), (other, None)];
            let in_section = Media::parse_with_deviations(section.as_bytes());
            let in_session = SessionLevel::from_attributes(None, pair);
            if one == other {
                assert!(
                    in_section
                        .expect("one direction")
                        .1
                        .contains(Deviation::Duplicate)
                );
                assert!(
                    in_session
                        .expect("one direction")
                        .1
                        .contains(Deviation::Duplicate)
                );
                assert_eq!(
                    Media::parse_strict(section.as_bytes()),
                    Err(MediaError::Deviation(Deviation::Duplicate))
                );
            } else {
                assert_eq!(in_section, Err(MediaError::Direction));
                assert_eq!(in_session, Err(MediaError::Direction));
            }
        }
        let wanted = crate::read(&format!("{bare}a={one}\r\n")).direction();
        let ours = open(plain("192.0.2.1", 7394).direction(wanted)).offer();
        let written = names_of_attributes(&ours);
        assert!(written.iter().filter(|name| ALL.contains(&name.as_str())).count() <= 1);
        assert_eq!(crate::read(&crate::written(&ours)).direction(), wanted);
    }
}

/// Shows: MSRP-8.9-01.
#[test]
fn directions() {
    const ALL: [(&str, Direction, &str); 4] = [
        ("sendonly", Direction::SendOnly, "recvonly"),
        ("recvonly", Direction::RecvOnly, "sendonly"),
        ("inactive", Direction::Inactive, "inactive"),
        ("sendrecv", Direction::SendRecv, ""),
    ];
    let bare = text(
        PLAIN,
        &[
            "c=IN IP4 192.0.2.5",
            "path:msrp://192.0.2.5:7654/x;tcp",
            "accept-types:*",
        ],
    );
    assert_eq!(crate::read(&bare).direction(), Direction::SendRecv);
    for (name, direction, mirrored) in ALL {
        let session = session_level(None, &[(name, None)]);
        let in_section = crate::read(&format!("{bare}a={name}\r\n"));
        assert_eq!(in_section.direction(), direction);
        assert_eq!(read_below(&session, &bare).0.direction(), direction);
        for (other, of_section, _) in ALL {
            let both = read_below(&session, &format!("{bare}a={other}\r\n")).0;
            assert_eq!(both.direction(), of_section, "the section counts");
        }
        let answer = answer(&open(plain("192.0.2.1", 7394)), &in_section);
        assert_eq!(
            lines(&answer).iter().filter(|line| line.contains("only")).count(),
            usize::from(mirrored.contains("only"))
        );
        assert!(
            mirrored.is_empty() || has_line(&answer, &format!("a={mirrored}")),
            "{name}"
        );
    }
    // An answer allows no more than this side wants.
    let ours = open(plain("192.0.2.1", 7394).direction(Direction::SendOnly));
    for (name, expected) in [
        ("sendrecv", Direction::SendOnly),
        ("recvonly", Direction::SendOnly),
        ("sendonly", Direction::Inactive),
        ("inactive", Direction::Inactive),
    ] {
        let offer = crate::read(&format!("{bare}a={name}\r\n"));
        assert_eq!(answer(&ours, &offer).direction(), expected);
    }
    let twice = format!("{bare}a=sendonly\r\na=recvonly\r\n");
    assert_eq!(Media::parse(twice.as_bytes()), Err(MediaError::Direction));
}

/// Shows: MSRP-8.1-07.
#[test]
fn equal_ports_mean_nothing() {
    let mut ids = ids();
    let sessions = [(); 2].map(|()| plain("192.0.2.1", 7654).open(&mut ids).expect("a session"));
    let offers = sessions.each_ref().map(|session| carried(&session.offer()));
    assert_eq!(offers[0].port(), offers[1].port());
    assert_ne!(offers[0].path(), offers[1].path());
    let agreed = offers.each_ref().map(|offer| {
        let answer = answer(
            &plain("192.0.2.9", 8493).open(&mut ids).expect("a session"),
            offer,
        );
        agreement(offer, &answer, Side::Offerer)
    });
    assert_ne!(agreed[0].uri(), agreed[1].uri());
    assert_ne!(agreed[0].peer_path(), agreed[1].peer_path());
}

/// Shows: MSRP-8.2-04.
#[test]
fn only_the_leftmost_uri_is_connected_to() {
    let theirs = peer(
        "message 9 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 192.0.2.5",
            "path:msrps://r.example.com:9/x;tcp msrp://c.example.com:8/y;tcp",
            "accept-types:*",
        ],
    );
    let offer = open(plain("192.0.2.1", 7394)).offer();
    let ours = agreement(&offer, &theirs, Side::Offerer);
    let target = ours.plan().target().expect("a target");
    assert_eq!(
        (target.host(), target.port(), target.tls()),
        (&host("r.example.com"), 9, true)
    );
    assert!(ours.plan().tls());
    assert!(!format!("{:?}", ours.plan()).contains("c.example.com"));
    // And the other way round: the own URI of the peer may be secure where its relay is not.
    let theirs = peer(
        "message 9 TCP/MSRP *",
        &[
            "c=IN IP4 192.0.2.5",
            "path:msrp://r.example.com:9/x;tcp msrps://c.example.com:8/y;tcp",
            "accept-types:*",
        ],
    );
    assert!(!agreement(&offer, &theirs, Side::Offerer).plan().tls());
}

/// Shows: MSRP-8.2-05.
#[test]
fn the_whole_path_is_that_of_requests() {
    let path = "msrps://r1.example.com:9/x;tcp msrps://r2.example.com:8/y;tcp msrps://c.example.com:7/z;tcp";
    let theirs = peer(
        "message 9 TCP/TLS/MSRP *",
        &["c=IN IP4 192.0.2.5", &format!("path:{path}"), "accept-types:*"],
    );
    let ours = agreement(&open(plain("192.0.2.1", 7394)).offer(), &theirs, Side::Offerer);
    assert_eq!(
        ours.peer_path().rightmost().as_str(),
        "msrps://c.example.com:7/z;tcp"
    );
    assert_eq!(
        theirs.uri().map(|uri| uri.to_string()),
        Some("msrps://c.example.com:7/z;tcp".into())
    );
    assert_eq!(ours.peer_path().as_str(), path);
    assert_eq!(ours.terms(), terms(path, &theirs, Direction::SendRecv));
}

/// Shows: MSRP-8.2-07.
#[test]
fn transports_beyond_the_first_hop_do_not_matter() {
    let with = |path: &str| {
        peer(
            "message 9 TCP/TLS/MSRP *",
            &["c=IN IP4 192.0.2.5", &format!("path:{path}"), "accept-types:*"],
        )
    };
    let offer = open(plain("192.0.2.1", 7394)).offer();
    let theirs = with("msrps://r.example.com:9/x;tcp msrps://c.invalid:8/y;ws");
    assert_eq!(
        connects(&agreement(&offer, &theirs, Side::Offerer)),
        ("r.example.com".into(), 9)
    );
    let theirs = with("msrps://r.example.com:9/x;ws msrps://c.invalid:8/y;ws");
    assert_eq!(
        outcome(&offer, &theirs, Side::Offerer),
        Err(NegotiationError::Target(TargetError::UnsupportedTransport))
    );
    // An answerer that would have to connect refuses it; one that need not does not mind.
    let mut lines = vec![
        "c=IN IP4 192.0.2.5",
        "path:msrps://r.example.com:9/x;ws msrps://c.invalid:8/y;ws",
        "accept-types:*",
    ];
    lines.push("setup:passive");
    let offer = peer("message 9 TCP/TLS/MSRP *", &lines);
    let refused = open(plain("192.0.2.1", 7394)).answer(&offer, &Policy::default(), &Names::default());
    assert_eq!(refused, Err(Refusal::Unreachable));
    lines.pop();
    let offer = peer("message 9 TCP/TLS/MSRP *", &lines);
    let ours = answer(&open(plain("192.0.2.1", 7394)), &offer);
    assert!(agreement(&offer, &ours, Side::Answerer).plan().target().is_none());
}

/// Shows: MSRP-8.6-10.
#[test]
fn no_common_type() {
    let local = |list: &str| {
        open(
            plain("192.0.2.1", 7394)
                .accept_types(msrp_multipart::MediaRanges::parse_strict(list.as_bytes()).expect("a list")),
        )
    };
    let path = "path:msrp://192.0.2.5:7654/x;tcp";
    let offer = peer(
        PLAIN,
        &["c=IN IP4 192.0.2.5", path, "accept-types:image/png text/html"],
    );
    assert_eq!(
        local("text/plain").answer(&offer, &Policy::default(), &Names::default()),
        Err(Refusal::NoCommonType)
    );
    assert_eq!(
        outcome(&local("text/plain").offer(), &offer, Side::Offerer),
        Err(NegotiationError::NoCommonType)
    );
    for list in ["text/plain image/png", "*", "text/*", "IMAGE/PNG"] {
        let answer = answer(&local(list), &offer);
        assert!(outcome(&offer, &answer, Side::Offerer).is_ok(), "{list}");
    }
    // An empty list accepts nothing (ruling R-48).
    let nothing = peer(PLAIN, &["c=IN IP4 192.0.2.5", path, "accept-types:"]);
    assert_eq!(
        local("*").answer(&nothing, &Policy::default(), &Names::default()),
        Err(Refusal::NoCommonType)
    );
}

/// The answer of a peer that takes the other section only, and a closed offer.
#[test]
fn port_0_refuses_and_closes() {
    let offer = open(plain("192.0.2.1", 7394)).offer();
    let refused = carried(&offer.refused());
    assert_eq!(written(&refused), "m=message 0 TCP/MSRP *\r\n");
    assert_eq!(
        outcome(&offer, &refused, Side::Offerer),
        Err(NegotiationError::Refused)
    );
    assert_eq!(
        outcome(&offer, &refused, Side::Answerer),
        Err(NegotiationError::Refused)
    );
    let closing = carried(&open(plain("192.0.2.1", 7394)).closing_offer());
    assert_eq!(
        open(plain("192.0.2.9", 8493)).answer(&closing, &Policy::default(), &Names::default()),
        Err(Refusal::Closed)
    );
    assert_eq!(
        outcome(&closing, &refused, Side::Offerer),
        Err(NegotiationError::Closed)
    );
}

/// Shows: RELAY-11-01.
#[test]
fn the_printed_example_with_a_relay() {
    // As printed, but for the order of `c=` and `m=`: there `c=` stands at session level.
    let session = session_level(Some("IN IP4 a.example.com"), &[]);
    let (offer, deviations) = read_below(
        &session,
        "m=message 1234 TCP/MSRP *\r\n\
         a=accept-types: message/cpim text/plain text/html\r\n\
         a=path:msrp://a.example.com:1234/agic456;tcp\r\n",
    );
    assert!(deviations.contains(Deviation::Types));
    let session = session_level(Some("IN IP4 bob.example.com"), &[]);
    let (answer, deviations) = read_below(
        &session,
        "m=message 1234 TCP/TLS/MSRP *\r\n\
         a=accept-types: message/cpim text/plain\r\n\
         a=path:msrps://relay.example.com:9000/hjdhfha;tcp  msrps://bob.example.com:1234/fuige;tcp\r\n",
    );
    assert!(deviations.contains(Deviation::Types) && deviations.contains(Deviation::Blank));
    let alice = agreement(&offer, &answer, Side::Offerer);
    assert_eq!(connects(&alice), ("relay.example.com".into(), 9000));
    assert!(alice.plan().tls());
    let both = "msrps://relay.example.com:9000/hjdhfha;tcp msrps://bob.example.com:1234/fuige;tcp";
    assert_eq!(alice.terms(), terms(both, &answer, Direction::SendRecv));
}

/// Shows: RELAY-11-02.
#[test]
fn behind_a_relay_the_lines_are_the_endpoint_s_own() {
    let offer = peer(
        "message 1234 TCP/MSRP *",
        &[
            "c=IN IP4 a.example.com",
            "path:msrp://a.example.com:1234/agic456;tcp",
            "accept-types:message/cpim text/plain text/html",
        ],
    );
    let bob = msrp_sdp::Local::listening(host("bob.example.com"), 1234)
        .relays(relay_path("msrps://relay.example.com:9000/hjdhfha;tcp"));
    for cema in [false, true] {
        let session = open(bob.clone().cema(cema));
        let answer = answer(&session, &offer);
        let relay = if cema {
            ("relay.example.com", 9000)
        } else {
            ("bob.example.com", 1234)
        };
        assert!(has_line(&answer, &format!("c=IN IP4 {}", relay.0)));
        assert!(has_line(
            &answer,
            &format!("m=message {} TCP/TLS/MSRP *", relay.1)
        ));
        let path = format!(
            "a=path:msrps://relay.example.com:9000/hjdhfha;tcp {}",
            session.uri()
        );
        assert!(has_line(&answer, &path) && path.contains("msrps://bob.example.com:1234/"));
    }
}
