//! P1, P2, P21: what session descriptions lead to.

use std::time::Duration;

use msrp_examples::tokio_driver::CallError;
use msrp_proto::{Direction, Lookup, MediaRanges, Role};
use msrp_sdp::{
    Action, Agreement, Carrier, Chatroom, Description, Deviation, Fingerprint, HashFunction, Identity, Label,
    Local, Media, MediaError, NegotiationError, Policy, Protocol, Setup, Side,
};

use crate::support::{agree, agree_by, call, host, ids, parties, read, session, talk, text_of};

/// A section of that protocol, port, and path, with further attributes.
fn section(protocol: &str, port: u16, path: &str, attributes: &[&str]) -> String {
    let mut text = format!(
        "m=message {port} {protocol} *\r\nc=IN IP4 192.0.2.1\r\na=accept-types:text/plain\r\na=path:{path}\r\n"
    );
    for attribute in attributes {
        text += &format!("a={attribute}\r\n");
    }
    text
}

fn media(text: &str) -> Media {
    Media::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

fn plain(host: &str, attributes: &[&str]) -> Media {
    media(&section(
        "TCP/MSRP",
        7394,
        &format!("msrp://{host}:7394/s1d;tcp"),
        attributes,
    ))
}

const CERTIFICATE: &[u8] = b"a certificate";

fn secure(host: &str, attributes: &[&str]) -> Media {
    media(&section(
        "TCP/TLS/MSRP",
        7394,
        &format!("msrps://{host}:7394/s1d;tcp"),
        attributes,
    ))
}

/// An offered and an answered section, and which of the two is ours, become settings and a plan, at both sides; or a
/// typed error.
#[tokio::test]
async fn p01_a_connection_from_an_offer_and_an_answer() {
    // A whole call: one connects to where the other listens, both in TLS, each expecting the other's fingerprint.
    let (alice, bob) = parties(true).await;
    let established = call(
        (&alice, alice.local()),
        (&bob, bob.local()),
        &Policy::default(),
        |_, text| text,
    )
    .await;
    let [ours, theirs] = &established.agreements;
    let Action::Connect(target) = ours.plan().action() else {
        panic!("{ours:?}")
    };
    let Action::Listen { host: at, port } = theirs.plan().action() else {
        panic!("{theirs:?}")
    };
    assert_eq!((target.host(), target.port()), (at, *port));
    assert_eq!(target.port(), bob.endpoint.addresses()[0].port());
    for (agreement, peer) in [(ours, &bob), (theirs, &alice)] {
        let certificate = peer.identity.as_ref().unwrap().certificate();
        assert!(agreement.plan().tls());
        let Identity::Fingerprints(expected) = agreement.plan().identity() else {
            panic!("{agreement:?}")
        };
        assert!(
            expected
                .iter()
                .any(|one| *one == Fingerprint::of(certificate, HashFunction::Sha256))
        );
        assert!(agreement.plan().verify(Some(certificate)).is_ok());
        assert!(agreement.plan().verify(Some(b"another")).is_err());
        assert!(agreement.plan().verify(None).is_err());
    }
    assert_eq!((ours.role(), theirs.role()), (Role::Active, Role::Passive));
    // The settings are those of the session: its URI, and what both have said they take.
    assert!(established.offer.contains(&ours.uri().to_string()));
    assert!(established.answer.contains(&theirs.uri().to_string()));
    let [one, other] = established.sessions;
    let (mut one, mut other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.sender().local(), &ours.uri());
    talk(&mut one, &mut other).await;

    // A host name: handed to the driver for look-up, and for the check of the certificate where there is no
    // fingerprint.
    let (offer, answer) = (secure("alice.example.com", &[]), secure("bob.example.com", &[]));
    let by_name = Policy::default().by_name(true);
    let agreement = agree_by(&offer, &answer, Side::Offerer, &by_name).unwrap();
    let target = agreement.plan().target().unwrap();
    assert!(matches!(target.lookup(), Lookup::Address(name) if name.as_str() == "bob.example.com"));
    assert_eq!(
        agreement.plan().identity(),
        &Identity::Name(host("bob.example.com"))
    );
    // An address needs none.
    let answer = plain("192.0.2.2", &[]);
    let agreement = agree(&plain("192.0.2.1", &[]), &answer, Side::Offerer).unwrap();
    let lookup = agreement.plan().target().unwrap().lookup();
    assert!(matches!(lookup, Lookup::NotNeeded(address) if address.to_string() == "192.0.2.2"));
    assert_eq!(agreement.plan().identity(), &Identity::Session);
    assert!(!agreement.plan().tls());

    // A second URI in the path is looked at: the connection goes to the first, the messages to the last.
    let path = "msrps://relay.example.com:2855/r3lay;tcp msrps://192.0.2.2:7394/s1d;tcp";
    let relayed = media(&section("TCP/TLS/MSRP", 7394, path, &[]));
    let offer = secure("alice.example.com", &[]);
    let agreement = agree_by(&offer, &relayed, Side::Offerer, &by_name).unwrap();
    let target = agreement.plan().target().unwrap();
    assert_eq!((target.host(), target.port()), (&host("relay.example.com"), 2855));
    assert_eq!(agreement.peer_path().to_string(), path);
    assert_eq!(
        agreement.plan().identity(),
        &Identity::Name(host("relay.example.com"))
    );

    errors_are_typed();
}

fn errors_are_typed() {
    let offer = plain("192.0.2.1", &[]);
    let closed = media("m=message 0 TCP/MSRP *\r\nc=IN IP4 192.0.2.2\r\n");
    for side in [Side::Offerer, Side::Answerer] {
        // Port 0: the section is refused, or closed.
        assert_eq!(agree(&offer, &closed, side), Err(NegotiationError::Refused));
        assert_eq!(agree(&closed, &offer, side), Err(NegotiationError::Closed));
        // The scheme of one side against that of the other.
        let fingerprint = Fingerprint::of(CERTIFICATE, HashFunction::Sha256);
        let fingerprint = format!("fingerprint:{fingerprint}");
        let tls = secure("192.0.2.2", &[&fingerprint]);
        assert_eq!(agree(&offer, &tls, side), Err(NegotiationError::Security));
        assert_eq!(agree(&tls, &offer, side), Err(NegotiationError::Security));
        // Setup attributes that leave no one, or two, to connect.
        let [active, passive] = ["setup:active", "setup:passive"].map(|setup| plain("192.0.2.2", &[setup]));
        assert_eq!(agree(&active, &active, side), Err(NegotiationError::BothConnect));
        assert_eq!(
            agree(&passive, &passive, side),
            Err(NegotiationError::NobodyConnects)
        );
        // Nothing that both could say.
        let html = media(
            &section("TCP/MSRP", 1, "msrp://192.0.2.2:1/s;tcp", &[]).replace("text/plain", "text/html"),
        );
        assert_eq!(agree(&offer, &html, side), Err(NegotiationError::NoCommonType));
        // TLS, and nothing by which the peer is known.
        let unknown = secure("192.0.2.2", &[]);
        assert_eq!(
            agree(&unknown, &unknown, side),
            Err(NegotiationError::NoFingerprint)
        );
        let broken = secure(
            "192.0.2.2",
            &["fingerprint:md5 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F"],
        );
        assert_eq!(
            agree(&broken, &broken, side),
            Err(NegotiationError::NoUsableFingerprint)
        );
    }
    // What cannot be read does not get as far as a negotiation.
    let unreadable = |text: &str| Media::parse(text.as_bytes()).unwrap_err();
    let insecure = section("TCP/TLS/MSRP", 7394, "msrp://192.0.2.2:7394/s1d;tcp", &[]);
    assert_eq!(unreadable(&insecure), MediaError::Insecure);
    let no_port = section("TCP/MSRP", 7394, "msrp://bob.example.com/s1d;tcp", &[]);
    assert_eq!(unreadable(&no_port), MediaError::NoPort);
    let no_path = "m=message 7394 TCP/MSRP *\r\nc=IN IP4 192.0.2.2\r\na=accept-types:*\r\n";
    assert_eq!(unreadable(no_path), MediaError::NoPath);
    let illegal = section("TCP/MSRP", 7394, "sip:192.0.2.2", &[]);
    assert!(matches!(unreadable(&illegal), MediaError::Path(_)));
    assert_eq!(unreadable("m=audio 7394 RTP/AVP 0\r\n"), MediaError::NotMsrp);
}

/// The values of a setup attribute: absent, the three of RFC 6135, and one that counts as absent.
const SETUPS: [Option<&str>; 5] = [
    None,
    Some("active"),
    Some("passive"),
    Some("actpass"),
    Some("holdconn"),
];

/// Who connects: the whole matrix, as either side; then over sockets, in both directions; and nobody waits for ever.
#[tokio::test]
async fn p02_who_connects() {
    use NegotiationError::{ActpassAnswered, BothConnect, NobodyConnects};
    use Role::{Active, Passive};
    let expected: [[Result<Role, NegotiationError>; 5]; 5] = [
        // Answered with:
        // nothing, active, passive, actpass, holdconn
        [
            Ok(Active),
            Err(BothConnect),
            Ok(Active),
            Err(ActpassAnswered),
            Ok(Active),
        ],
        [
            Ok(Active),
            Err(BothConnect),
            Ok(Active),
            Err(ActpassAnswered),
            Ok(Active),
        ],
        [
            Err(NobodyConnects),
            Ok(Passive),
            Err(NobodyConnects),
            Err(ActpassAnswered),
            Err(NobodyConnects),
        ],
        [
            Ok(Active),
            Ok(Passive),
            Ok(Active),
            Err(ActpassAnswered),
            Ok(Active),
        ],
        [
            Ok(Active),
            Err(BothConnect),
            Ok(Active),
            Err(ActpassAnswered),
            Ok(Active),
        ],
    ];
    let described = |host: &str, setup: Option<&str>| {
        let attribute = setup.map(|value| format!("setup:{value}"));
        plain(
            host,
            &attribute.as_deref().map_or(vec![], |attribute| vec![attribute]),
        )
    };
    for (offered, row) in SETUPS.into_iter().zip(expected) {
        for (answered, expected) in SETUPS.into_iter().zip(row) {
            let (offer, answer) = (described("192.0.2.1", offered), described("192.0.2.2", answered));
            let ours = agree(&offer, &answer, Side::Offerer);
            let theirs = agree(&offer, &answer, Side::Answerer);
            let role =
                |agreement: &Result<Agreement, _>| agreement.as_ref().map(Agreement::role).map_err(|&e| e);
            let what = format!("{offered:?} answered with {answered:?}");
            assert_eq!(role(&ours), expected, "{what}");
            match (expected, ours, theirs) {
                // An impossible pair is the same error at both sides.
                (Err(error), _, theirs) => assert_eq!(theirs, Err(error), "{what}"),
                // One connects to where the other listens, and who listens does so for a time.
                (Ok(role), Ok(ours), Ok(theirs)) => {
                    let (active, passive) = match role {
                        Active => (ours, theirs),
                        Passive => (theirs, ours),
                    };
                    let Action::Connect(target) = active.plan().action() else {
                        panic!("{what}")
                    };
                    let Action::Listen { port, .. } = passive.plan().action() else {
                        panic!("{what}")
                    };
                    let listens_at = if role == Active { "192.0.2.2" } else { "192.0.2.1" };
                    assert_eq!(
                        (target.host(), target.port()),
                        (&host(listens_at), *port),
                        "{what}"
                    );
                    assert!(
                        passive.plan().wait().is_some_and(|wait| wait > Duration::ZERO),
                        "{what}"
                    );
                    assert_eq!(passive.role(), Passive);
                }
                (_, ours, theirs) => panic!("{what}: {ours:?}, {theirs:?}"),
            }
        }
    }

    let (alice, bob) = parties(false).await;
    // The offerer connects; then the answerer, who cannot be reached, does.
    for (reachable, role) in [(true, Active), (false, Passive)] {
        let answering = bob.local().reachable(reachable);
        let established = call(
            (&alice, alice.local()),
            (&bob, answering),
            &Policy::default(),
            |_, text| text,
        )
        .await;
        assert!(established.offer.contains("\r\na=setup:actpass\r\n"));
        assert_eq!(established.agreements[0].role(), role);
        let [one, other] = established.sessions;
        talk(&mut one.unwrap(), &mut other.unwrap()).await;
    }
    // Without the attribute on either side: as RFC 4975 has it.
    let established = call(
        (&alice, alice.local().setup(false)),
        (&bob, bob.local().setup(false)),
        &Policy::default(),
        |_, text| text,
    )
    .await;
    assert!(!established.offer.contains("a=setup") && !established.answer.contains("a=setup"));
    let [one, other] = established.sessions;
    talk(&mut one.unwrap(), &mut other.unwrap()).await;

    // Somebody has changed the roles on the way, so that both listen: both give up.
    let policy = Policy::default().wait(Duration::from_millis(200));
    let established = call(
        (&alice, alice.local()),
        (&bob, bob.local()),
        &policy,
        |side, text| match side {
            Side::Answerer => text.replace("a=setup:passive", "a=setup:active"),
            Side::Offerer => text,
        },
    )
    .await;
    for session in established.sessions {
        assert!(matches!(session, Err(CallError::TimedOut)), "{session:?}");
    }
}

/// Offers and answers: what is built says all there is to say, is read strictly, and comes back the same; the
/// descriptions that RFC 4975 prints are read and written back octet for octet.
#[tokio::test]
async fn p21_session_descriptions() {
    let chatroom = Chatroom::new().with_nickname().with_private_messages();
    let fingerprint = Fingerprint::of(CERTIFICATE, HashFunction::Sha256);
    let offering = Local::listening(host("192.0.2.1"), 7394)
        .fingerprints(fingerprint.clone().into())
        .accept_types(MediaRanges::parse(b"message/cpim text/plain").unwrap())
        .accept_wrapped_types(MediaRanges::parse(b"text/html image/*").unwrap())
        .max_size(70_000)
        .direction(Direction::SendRecv)
        .label(Label::parse(b"chat-1").unwrap())
        .chatroom(chatroom.clone())
        .open(&mut ids())
        .unwrap();
    let offer = offering.offer();
    let text = text_of(&offer);
    for line in [
        "m=message 7394 TCP/TLS/MSRP *",
        "c=IN IP4 192.0.2.1",
        "a=accept-types:message/cpim text/plain",
        "a=accept-wrapped-types:text/html image/*",
        "a=max-size:70000",
        "a=setup:actpass",
        "a=label:chat-1",
        &format!("a=path:{}", offering.uri()),
        &format!("a=fingerprint:{fingerprint}"),
        &format!("a=chatroom:{chatroom}"),
    ] {
        assert!(
            text.lines().any(|written| written == line),
            "no {line:?} in\n{text}"
        );
    }
    let received = read(&text);
    assert_eq!(received, offer);
    assert_eq!(received.max_size(), Some(70_000));
    assert_eq!(received.label().map(Label::as_str), Some("chat-1"));
    assert_eq!(received.chatroom(), Some(&chatroom));
    assert_eq!(received.setup(), Some(Setup::Actpass));
    assert_eq!(received.carrier(), Carrier::Stream(Protocol::Tls));

    // The answer has the format `*` and the fingerprint of its writer; sections that are not MSRP are refused in it.
    let other = "m=audio 49170 RTP/AVP 0\r\n";
    let offered = Description::parse_strict(format!("{text}{other}").as_bytes()).unwrap();
    let answering = Local::listening(host("2001:db8::2"), 8493)
        .fingerprints(Fingerprint::of(b"his certificate", HashFunction::Sha256).into())
        .open(&mut ids())
        .unwrap();
    let mut answer = offered.answer(msrp_sdp::Origin::new(ids().number(), host("2001:db8::2")));
    let answered = match answering.answer(&received, &Policy::default(), &msrp_sdp::Names::default()) {
        Ok(msrp_sdp::Answer::Media(answered)) => *answered,
        other => panic!("{other:?}"),
    };
    answer.accept(0, &answered).unwrap();
    let answer = String::from_utf8(answer.finish().to_bytes()).unwrap();
    let his = Fingerprint::of(b"his certificate", HashFunction::Sha256);
    for line in [
        "m=message 8493 TCP/TLS/MSRP *",
        "c=IN IP6 2001:db8::2",
        "a=setup:passive",
        &format!("a=fingerprint:{his}"),
        "m=audio 0 RTP/AVP 0",
    ] {
        assert!(
            answer.lines().any(|written| written == line),
            "no {line:?} in\n{answer}"
        );
    }
    assert_eq!(read(&answer), answered);

    printed_in_rfc_4975();

    // Texts like these set up a session.
    let (alice, bob) = parties(true).await;
    let (mut one, mut other) = session(&alice, &bob).await;
    talk(&mut one, &mut other).await;
}

fn printed_in_rfc_4975() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/sdp/rfc4975");
    let (mut descriptions, mut sessions) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let whole = match text.as_bytes() {
            [b'v', ..] => text,
            // Parts of descriptions, as vectors/sdp/README.md says.
            [b'c', ..] => {
                let (connection, section) = text.split_once("\r\n").unwrap();
                let head = "v=0\r\no=- 1 1 IN IP4 host.example.com\r\ns=-\r\n";
                format!("{head}{connection}\r\nt=0 0\r\n{section}")
            }
            [b'm', ..] => format!("v=0\r\no=- 1 1 IN IP4 host.example.com\r\ns=-\r\nt=0 0\r\n{text}"),
            _ => panic!("{}", path.display()),
        };
        let description =
            Description::parse_strict(whole.as_bytes()).unwrap_or_else(|error| panic!("{error}: {path:?}"));
        assert_eq!(String::from_utf8(description.to_bytes()).unwrap(), whole);
        descriptions += 1;
        for (_, media) in description.msrp() {
            let media = media.unwrap_or_else(|error| panic!("{error}: {path:?}"));
            // Written by us, it says the same.
            let section = media.to_section().to_bytes();
            let again = Media::parse_strict(&section);
            match again {
                Err(MediaError::Deviation(Deviation::NoConnection)) => {}
                again => assert_eq!(again.as_ref(), Ok(&media), "{path:?}"),
            }
            sessions += 1;
        }
    }
    assert_eq!((descriptions, sessions), (8, 8));
}
