//! What offers and answers of our own say.

use std::collections::BTreeSet;

use msrp_multipart::MediaRanges;
use msrp_proto::Direction;
use msrp_proto::wire::Scheme;
use msrp_sdp::{
    Answer, FileAttributes, Fingerprint, Fingerprints, HashFunction, Local, LocalError, Media, Names, Policy,
    accept_types,
};

use crate::{
    CERTIFICATES, answer, carried, fingerprints, has_line, host, ids, lines, names_of_attributes, open, peer,
    plain, relay_path, session_level, text, written,
};

const RELAYS: &str = "msrps://b.example.com:9001/x;tcp msrps://c.example.com:9002/y;tcp";

fn types(text: &str) -> MediaRanges {
    MediaRanges::parse_strict(text.as_bytes()).expect("a list of types")
}

/// Every section that can be written with the switches that have to do with connections.
fn all_sections() -> Vec<Media> {
    let mut sections = Vec::new();
    for switches in 0..128_u32 {
        let on = |bit: u32| switches & (1 << bit) != 0;
        let local = if on(0) {
            Local::listening(host("192.0.2.1"), 7394)
        } else {
            Local::connecting(host("192.0.2.1"))
        };
        let local = local.reachable(on(1)).setup(on(2)).cema(on(3));
        let local = match (on(4), on(5)) {
            (true, _) => local.plain(),
            (false, true) => local.fingerprints(fingerprints(CERTIFICATES[0])),
            (false, false) => local.by_name(true),
        };
        let local = if on(6) {
            local.relays(relay_path(RELAYS))
        } else {
            local
        };
        let session = open(local);
        sections.extend([
            session.offer(),
            session.offer_without_cema(),
            session.closing_offer(),
        ]);
        for setup in [&[][..], &["setup:active"], &["setup:passive"], &["setup:actpass"]] {
            for (line, path) in [
                ("message 8493 TCP/MSRP *", "path:msrp://192.0.2.9:8493/s;tcp"),
                ("message 8493 TCP/TLS/MSRP *", "path:msrps://192.0.2.9:8493/s;tcp"),
            ] {
                let mut others = vec!["c=IN IP4 192.0.2.9", path, "accept-types:*", "connection:new"];
                others.extend(setup);
                let offer = peer(line, &others);
                let policy = Policy::default().by_name(true);
                if let Ok(Answer::Media(media)) = session.answer(&offer, &policy, &Names::default()) {
                    sections.push(*media);
                }
            }
        }
    }
    assert!(sections.len() > 600, "{}", sections.len());
    sections
}

/// Shows: SETUP-4.2.1-03, SETUP-4.2.2-05, SETUP-4.4-01.
#[test]
fn what_no_setting_writes() {
    for media in all_sections() {
        let text = written(&media);
        assert!(
            !text.contains("holdconn") && !text.contains("a=connection"),
            "{text}"
        );
    }
    for switches in 0..16 {
        let on = |bit: u32| switches & (1 << bit) != 0;
        let local = if on(0) {
            plain("192.0.2.1", 7394)
        } else {
            Local::connecting(host("192.0.2.1")).plain()
        };
        let local = local.reachable(on(1)).cema(on(2));
        let local = if on(3) {
            local.relays(relay_path(RELAYS))
        } else {
            local
        };
        let session = open(local);
        for offer in [session.offer(), session.offer_without_cema()] {
            assert!(!has_line(&offer, "a=setup:passive"));
        }
    }
}

/// Shows: MSRP-8.1-02, MSRP-8.1-04.
#[test]
fn the_media_line() {
    for media in all_sections() {
        let line = lines(&media).remove(0);
        let fields: Vec<&str> = line.split(' ').collect();
        assert_eq!(
            (fields[0], fields[3], fields.len()),
            ("m=message", "*", 4),
            "{line}"
        );
    }
    let of = |line: &str| {
        let text = text(
            line,
            &[
                "c=IN IP4 192.0.2.1",
                "path:msrp://192.0.2.1:1/s;tcp",
                "accept-types:*",
            ],
        );
        Media::parse_with_deviations(text.as_bytes())
    };
    assert_eq!(of("audio 1 TCP/MSRP *"), Err(msrp_sdp::MediaError::NotMsrp));
    for (line, slip) in [
        ("message 1 TCP/MSRP foo", true),
        ("message 1 TCP/MSRP * *", true),
        ("message 1 TCP/MSRP *", false),
    ] {
        let (media, deviations) = of(line).expect("an MSRP section");
        assert_eq!(deviations.contains(msrp_sdp::Deviation::Format), slip, "{line}");
        assert_eq!(media.port(), 1);
        assert!(has_line(&media, "m=message 1 TCP/MSRP *"));
    }
}

/// Shows: MSRP-8.1-03.
#[test]
fn the_protocol_follows_the_leftmost_uri() {
    let tls = || Local::listening(host("192.0.2.1"), 7394).fingerprints(fingerprints(CERTIFICATES[0]));
    let protocol = |local: Local| {
        let offer = open(local).offer();
        let scheme = offer.path().expect("a path").leftmost().scheme();
        (offer.carrier(), scheme, lines(&offer).remove(0))
    };
    let plain_line = "m=message 7394 TCP/MSRP *".to_owned();
    let tls_line = "m=message 7394 TCP/TLS/MSRP *".to_owned();
    let (tcp, over_tls) = (
        msrp_sdp::Carrier::Stream(msrp_sdp::Protocol::Tcp),
        msrp_sdp::Carrier::Stream(msrp_sdp::Protocol::Tls),
    );
    assert_eq!(
        protocol(plain("192.0.2.1", 7394)),
        (tcp, Scheme::Msrp, plain_line.clone())
    );
    assert_eq!(protocol(tls()), (over_tls, Scheme::Msrps, tls_line.clone()));
    // What the peer connects to counts (ruling R-45).
    assert_eq!(
        protocol(plain("192.0.2.1", 7394).relays(relay_path("msrps://r:1/a;tcp"))),
        (over_tls, Scheme::Msrps, tls_line)
    );
    assert_eq!(
        protocol(tls().relays(relay_path("msrps://r:1/a;tcp msrp://s:2/b;tcp"))),
        (tcp, Scheme::Msrp, plain_line)
    );
    let both = [("TCP/MSRP", "msrp", tcp), ("TCP/TLS/MSRP", "msrps", over_tls)];
    for (name, scheme, carrier) in both {
        let path = format!("path:{scheme}://192.0.2.1:1/s;tcp");
        let media = peer(
            &format!("message 1 {name} *"),
            &["c=IN IP4 192.0.2.1", &path, "accept-types:*"],
        );
        assert_eq!(media.carrier(), carrier);
    }
    // The path decides where the field is silent, and where it promises too much nothing is guessed.
    let odd = |name: &str, scheme: &str| {
        let path = format!("path:{scheme}://192.0.2.1:1/s;tcp");
        let text = text(
            &format!("message 1 {name} *"),
            &["c=IN IP4 192.0.2.1", &path, "accept-types:*"],
        );
        Media::parse_with_deviations(text.as_bytes())
    };
    let (_, deviations) = odd("TCP/MSRP", "msrps").expect("the path counts");
    assert!(deviations.contains(msrp_sdp::Deviation::Protocol));
    assert_eq!(odd("TCP/TLS/MSRP", "msrp"), Err(msrp_sdp::MediaError::Insecure));
}

/// Shows: MSRP-8.1-01, MSRP-8-02.
#[test]
fn the_address_is_that_of_the_own_uri() {
    for (at, line, in_uri) in [
        ("192.0.2.5", "c=IN IP4 192.0.2.5", "192.0.2.5"),
        ("2001:db8::5", "c=IN IP6 2001:db8::5", "[2001:db8::5]"),
        (
            "alice.example.com",
            "c=IN IP4 alice.example.com",
            "alice.example.com",
        ),
    ] {
        let session = open(plain(at, 7654));
        let offer = session.offer();
        assert!(has_line(&offer, line), "{offer:?}");
        assert!(written(&offer).contains(&format!("a=path:msrp://{in_uri}:7654/")));
        assert_eq!(offer.path().map(|path| path.len()), Some(1));
        // Behind a relay too, without CEMA (ruling R-44).
        let relayed = open(plain(at, 7654).relays(relay_path(RELAYS))).offer();
        assert!(has_line(&relayed, line));
        assert_eq!(relayed.port(), 7654);
        let offer = peer(
            "message 1 TCP/MSRP *",
            &[
                "c=IN IP4 192.0.2.9",
                "path:msrp://192.0.2.9:1/s;tcp",
                "accept-types:*",
            ],
        );
        let answer = answer(&session, &offer);
        assert!(has_line(&answer, line));
        assert_eq!(answer.path().map(|path| path.len()), Some(1));
    }
}

/// Shows: SDP-5.7-01.
#[test]
fn connection_data_and_uri_name_one_address() {
    use msrp_sdp::{ConnectionData, Deviation};

    let offer = open(plain("2001:db8::3", 7654)).offer();
    assert!(has_line(&offer, "c=IN IP6 2001:db8::3"));
    let section = text(
        "message 7654 TCP/MSRP *",
        &["path:msrp://[2001:db8::3]:7654/s;tcp", "accept-types:*"],
    );
    let with = |connection: &str| {
        let text = section.replace("a=path", &format!("{connection}a=path"));
        Media::parse_with_deviations(text.as_bytes())
    };
    let (bare, deviations) = with("c=IN IP6 2001:db8::3\r\n").expect("a section");
    assert!(deviations.is_empty());
    let of_path = bare.path().expect("a path").target().expect("a target");
    assert_eq!(bare.connection().map(ConnectionData::host), Some(of_path.host()));
    let (padded, deviations) = with("c=IN IP6 2001:db8::3 \r\n").expect("a section");
    assert!(padded == bare && deviations.contains(Deviation::Blank));
    let session = session_level(Some("IN IP6 2001:db8::3"), &[]);
    let (inherited, deviations) = crate::read_below(&session, &section);
    assert_eq!((inherited, deviations.is_empty()), (bare, true));
    assert!(with("").expect("lenient").1.contains(Deviation::NoConnection));
    let (_, deviations) = ConnectionData::parse_with_deviations("IN IP6 2001:db8::3/64").expect("lenient");
    assert!(deviations.contains(Deviation::SlashOnUnicast));
    for bad in [
        "IN IP6 [2001:db8::3]",
        "IN IP4 2001:db8::3",
        "IN IP6 192.0.2.1",
        "OUT IP4 192.0.2.1",
        "IN IP4",
    ] {
        assert!(ConnectionData::parse(bad).is_err(), "{bad}");
    }
    for good in [
        "IN IP4 192.0.2.5",
        "IN IP6 host.example.com",
        "IN IP4 host.example.com",
    ] {
        assert!(ConnectionData::parse_with_deviations(good).is_ok_and(|(_, slips)| slips.is_empty()));
    }
}

/// The port of the media line cannot be given, so it cannot be another one.
///
/// Shows: MSRP-8.1-05, MSRP-8.2-03.
#[test]
fn ports_are_those_of_the_uris() {
    assert!(has_line(
        &open(plain("192.0.2.5", 7654)).offer(),
        "m=message 7654 TCP/MSRP *"
    ));
    for media in all_sections().iter().filter(|media| !media.is_refused()) {
        let path = media.path().expect("a path");
        assert!(path.iter().all(|uri| uri.port().is_some()));
        let reached = if media.cema() {
            path.leftmost()
        } else {
            path.rightmost()
        };
        assert_eq!(Some(media.port()), reached.port());
    }
    for missing in [
        "msrp://h.example.com/s;tcp",
        "msrp://h.example.com:1/r;tcp msrp://h.example.com/s;tcp",
    ] {
        let text = text(
            "message 1 TCP/MSRP *",
            &[&format!("path:{missing}"), "accept-types:*"],
        );
        assert_eq!(Media::parse(text.as_bytes()), Err(msrp_sdp::MediaError::NoPort));
    }
    for relays in [
        "msrps://r.example.com/a;tcp",
        "msrps://r.example.com/a;tcp msrps://s.example.com:1/b;tcp",
    ] {
        assert_eq!(
            plain("192.0.2.5", 7654)
                .relays(relay_path(relays))
                .open(&mut ids()),
            Err(LocalError::Relay(msrp_proto::TargetError::NoPort))
        );
    }
}

/// Shows: SETUP-4.2.2-01.
#[test]
fn who_listens_does_so_where_it_says() {
    for port in [0, 9] {
        assert_eq!(plain("192.0.2.1", port).open(&mut ids()), Err(LocalError::Port));
    }
    for address in [
        "0.0.0.0",
        "::",
        "224.2.1.1",
        "255.255.255.255",
        "ff02::1",
        "x.invalid",
    ] {
        assert_eq!(
            plain(address, 7394).open(&mut ids()),
            Err(LocalError::Host),
            "{address}"
        );
    }
    // Who does not listen says so, and never offers more than to connect.
    let connecting = |address| {
        Local::connecting(host(address))
            .plain()
            .reachable(true)
            .open(&mut ids())
    };
    assert!(has_line(
        &connecting("0.0.0.0").expect("an active side").offer(),
        "a=setup:active"
    ));
    assert_eq!(connecting("224.2.1.1"), Err(LocalError::Host));
    let listening = open(plain("192.0.2.1", 7394));
    assert_eq!(listening.listens(), Some((&host("192.0.2.1"), 7394)));
    for media in all_sections() {
        let role = media.setup();
        let accepts = media.path().is_some_and(|path| path.leftmost().port() != Some(9));
        assert!(
            matches!(role, None | Some(msrp_sdp::Setup::Active)) || accepts,
            "{media:?}"
        );
    }
}

/// Shows: MSRP-3-03.
#[test]
fn with_every_extension_off_nothing_else_is_written() {
    let allowed: BTreeSet<&str> = [
        "path",
        "accept-types",
        "accept-wrapped-types",
        "max-size",
        "setup",
        "sendonly",
    ]
    .into();
    let local = plain("192.0.2.1", 7394)
        .accept_types(types("message/cpim text/plain"))
        .accept_wrapped_types(types("text/html"))
        .max_size(5000)
        .direction(Direction::SendOnly);
    let offer = open(local).offer();
    let names = names_of_attributes(&offer);
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), allowed);
    assert_eq!(
        names_of_attributes(&open(plain("192.0.2.1", 7394)).offer()),
        ["path", "accept-types", "setup"]
    );
}

/// Shows: MSRP-8.6-01.
#[test]
fn accepted_types_are_always_written() {
    for media in all_sections().iter().filter(|media| !media.is_refused()) {
        assert!(names_of_attributes(media).contains(&"accept-types".to_owned()));
    }
    // Nothing else stands for them.
    for other in [
        "x",
        "accept-wrapped-types:*",
        "chatroom",
        "file-selector:type:text/plain",
        "msrp-cema",
    ] {
        let without = text("message 1 TCP/MSRP *", &["path:msrp://192.0.2.1:1/s;tcp", other]);
        assert_eq!(
            Media::parse(without.as_bytes()),
            Err(msrp_sdp::MediaError::NoAcceptTypes)
        );
    }
    // The section is refused.
    let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
                 m=message 1 TCP/MSRP *\r\na=path:msrp://192.0.2.1:1/s;tcp\r\n";
    let offer = msrp_sdp::Description::parse(offer.as_bytes()).expect("a description");
    assert!(matches!(
        offer.msrp()[..],
        [(0, Err(msrp_sdp::MediaError::NoAcceptTypes))]
    ));
    let answer = offer.answer(msrp_sdp::Origin::new(1, host("192.0.2.2"))).finish();
    assert_eq!(answer.sections()[0].media().port(), 0);
}

/// Shows: MSRP-8.6-05.
#[test]
fn the_formats_that_everybody_has_to_take_are_accepted() {
    let offer = open(plain("192.0.2.1", 7394)).offer();
    for essence in [
        "message/cpim",
        "multipart/mixed",
        "multipart/alternative",
        "multipart/signed",
    ] {
        let (type_, subtype) = essence.split_once('/').expect("two parts");
        let listed = offer
            .accept_types()
            .iter()
            .any(|entry| entry.accepts_essence(type_, subtype));
        assert!(listed, "{essence}");
        // By name, for peers that read no wildcards.
        assert!(
            offer
                .accept_types()
                .to_string()
                .split(' ')
                .any(|entry| entry == essence)
        );
    }
}

/// Shows: MSRP-8.6-06, MSRP-8.6-09.
#[test]
fn wrapped_types_need_a_container_and_are_not_repeated() {
    let local = |accepted: &str, wrapped: &str| {
        plain("192.0.2.1", 7394)
            .accept_types(types(accepted))
            .accept_wrapped_types(types(wrapped))
            .open(&mut ids())
    };
    assert_eq!(
        local("text/plain image/png", "text/html"),
        Err(LocalError::NoContainer(accept_types::NoContainer))
    );
    for container in ["message/cpim", "multipart/mixed", "*"] {
        assert!(local(container, "text/html").is_ok(), "{container}");
    }
    let session = local("message/cpim text/plain", "text/plain text/html Text/HTML").expect("a container");
    assert!(has_line(&session.offer(), "a=accept-wrapped-types:text/html"));
    let session = local("message/cpim text/plain", "text/plain").expect("a container");
    assert!(!written(&session.offer()).contains("accept-wrapped-types"));
    // Terms that change later are held to the same.
    let changed = session.with_terms(|local| {
        local
            .accept_types(types("text/plain"))
            .accept_wrapped_types(types("a/b"))
    });
    assert!(matches!(changed, Err(LocalError::NoContainer(_))));
    let repeating = peer(
        "message 1 TCP/MSRP *",
        &[
            "path:msrp://192.0.2.1:1/s;tcp",
            "accept-types:message/cpim text/plain",
            "accept-wrapped-types:text/plain",
        ],
    );
    assert_eq!(repeating.accept_wrapped_types(), Some(&types("text/plain")));
}

/// Shows: MSRP-8.6-12.
#[test]
fn the_largest_message() {
    let offer = open(plain("192.0.2.1", 7394).max_size(1_048_576)).offer();
    assert!(has_line(&offer, "a=max-size:1048576"));
    assert_eq!(carried(&offer).max_size(), Some(1_048_576));
    let unlimited = open(plain("192.0.2.1", 7394)).offer();
    assert!(!written(&unlimited).contains("max-size"));
    assert_eq!(carried(&unlimited).max_size(), None);
    let spaced = format!("{}a=max-size: 5\r\n", written(&unlimited));
    assert_eq!(
        Media::parse_strict(spaced.as_bytes()),
        Err(msrp_sdp::MediaError::Deviation(msrp_sdp::Deviation::Blank))
    );
}

/// Shows: MSRP-13-02.
#[test]
fn a_gateway_lists_cpim_first() {
    for list in [
        "text/plain message/cpim",
        "text/plain",
        "*",
        "message/cpim text/plain",
        "a/b Message/CPIM *",
    ] {
        for with in [
            plain("192.0.2.1", 7394).accept_types(types(list)).gateway(true),
            plain("192.0.2.1", 7394).gateway(true).accept_types(types(list)),
        ] {
            let session = open(with);
            let offer = session.offer();
            assert!(written(&offer).contains("a=accept-types:message/cpim"), "{list}");
            assert!(accept_types::must_wrap(offer.accept_types()));
            let theirs = carried(&open(plain("192.0.2.9", 8493)).offer());
            assert!(accept_types::must_wrap(answer(&session, &theirs).accept_types()));
        }
    }
    let other = open(plain("192.0.2.1", 7394).accept_types(types("text/plain message/cpim"))).offer();
    assert!(!accept_types::must_wrap(other.accept_types()));
}

/// Shows: MSRP-14.4-01, FP-5-04.
#[test]
fn tls_has_a_fingerprint() {
    let local = || Local::listening(host("192.0.2.1"), 7394);
    let sha256 = Fingerprint::of(CERTIFICATES[0], HashFunction::Sha256);
    let offer = open(local().fingerprints(fingerprints(CERTIFICATES[0]))).offer();
    assert!(written(&offer).contains("a=fingerprint:sha-256 "));
    assert_eq!(carried(&offer).fingerprints(), &Fingerprints::from(sha256));

    assert_eq!(local().open(&mut ids()), Err(LocalError::MissingFingerprint));
    assert!(!written(&open(local().by_name(true)).offer()).contains("a=fingerprint"));
    assert_eq!(
        plain("192.0.2.1", 7394)
            .fingerprints(fingerprints(CERTIFICATES[0]))
            .open(&mut ids()),
        Err(LocalError::FingerprintWithoutTls)
    );

    // The line that RFC 4975 §14.4 prints, at both levels.
    const PRINTED: &str = "SHA-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB";
    let section = text(
        "message 1 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 192.0.2.1",
            "path:msrps://192.0.2.1:1/s;tcp",
            "accept-types:*",
        ],
    );
    let printed = Fingerprint::parse(PRINTED.as_bytes()).expect("as printed");
    let only = |fingerprint: &Fingerprint| Fingerprints::from(fingerprint.clone());
    let in_section = crate::read(&format!("{section}a=fingerprint:{PRINTED}\r\n"));
    assert_eq!(in_section.fingerprints(), &only(&printed));
    let session = session_level(None, &[("fingerprint", Some(PRINTED))]);
    assert_eq!(
        crate::read_below(&session, &section).0.fingerprints(),
        &only(&printed)
    );
    let other = Fingerprint::of(CERTIFICATES[1], HashFunction::Sha256);
    let both = crate::read_below(&session, &format!("{section}a=fingerprint:{other}\r\n")).0;
    assert_eq!(both.fingerprints(), &only(&other));
}

/// Shows: SETUP-4.3-02.
#[test]
fn both_sides_show_their_fingerprint_whatever_their_role() {
    let local = |at: &str, certificate| {
        Local::listening(host(at), 7394).fingerprints(fingerprints(CERTIFICATES[certificate]))
    };
    let offers = [
        open(local("192.0.2.1", 0)).offer(),
        open(local("192.0.2.1", 0).reachable(false)).offer(),
        open(local("192.0.2.1", 0).setup(false)).offer(),
    ];
    let mut roles = BTreeSet::new();
    for offer in &offers {
        assert_eq!(carried(offer).fingerprints(), &fingerprints(CERTIFICATES[0]));
        for reachable in [true, false] {
            let answer = answer(&open(local("192.0.2.9", 1).reachable(reachable)), &carried(offer));
            assert_eq!(carried(&answer).fingerprints(), &fingerprints(CERTIFICATES[1]));
            roles.insert((
                offer.setup().map(|role| role.as_str()),
                answer.setup().map(|role| role.as_str()),
            ));
        }
    }
    assert_eq!(roles.len(), 4, "{roles:?}");
}

/// Shows: CEMA-7-02.
#[test]
fn tls_is_the_default() {
    for local in [
        Local::listening(host("192.0.2.1"), 7394).cema(true),
        Local::connecting(host("192.0.2.1")).cema(true),
        Local::listening(host("192.0.2.1"), 7394),
    ] {
        let offer = open(local.fingerprints(fingerprints(CERTIFICATES[0]))).offer();
        assert!(lines(&offer)[0].ends_with(" TCP/TLS/MSRP *"));
        assert!(
            offer
                .path()
                .expect("a path")
                .iter()
                .all(|uri| uri.scheme() == Scheme::Msrps)
        );
    }
}

/// Shows: CEMA-7-06.
#[test]
fn fingerprints_received_can_be_kept_and_compared() {
    let offer = carried(
        &open(Local::listening(host("192.0.2.1"), 7394).fingerprints(fingerprints(CERTIFICATES[0]))).offer(),
    );
    let [kept] = offer.fingerprints().iter().collect::<Vec<_>>()[..] else {
        panic!("one fingerprint");
    };
    assert_eq!(kept.hash_name(), "sha-256");
    assert_eq!(
        kept.octets(),
        Fingerprint::of(CERTIFICATES[0], HashFunction::Sha256).octets()
    );
    assert_eq!(kept.octets().len(), 32);
    let again = Fingerprint::parse(kept.to_string().as_bytes()).expect("as written");
    assert_eq!(&again, kept);
    assert_ne!(&Fingerprint::of(CERTIFICATES[1], HashFunction::Sha256), kept);
}

/// What else a side says goes into its section and comes out of it as it was.
#[test]
fn offers_come_back_as_they_were_written() {
    let label = msrp_sdp::Label::parse(b"chat-1").expect("a label");
    let locals = [
        plain("192.0.2.1", 7394).label(label),
        plain("192.0.2.1", 7394).file(FileAttributes::default(), Direction::SendOnly),
        Local::connecting(host("a.example.com")).cema(true).by_name(true),
        plain("2001:db8::1", 7394)
            .direction(Direction::Inactive)
            .relays(relay_path(RELAYS)),
    ];
    for local in locals {
        let offer = open(local).offer();
        assert_eq!(written(&carried(&offer)), written(&offer));
    }
    for media in all_sections() {
        assert_eq!(carried(&media), media);
    }
}
