//! What is embedded in `dcsa` means what it means in a section of its own (RFC 8873 §4.4, §4.7).

use msrp_proto::{Direction, MediaRanges, Role, SessionConfig, Terms};
use msrp_sdp::{
    Agreement, Answer, ChannelError, ChannelNegotiationError, ChannelOutcome, FileAttributes, FileSelector,
    Fingerprint, HashFunction, Ids, Local, LocalSession, Media, MediaError, Names, NegotiationError, Outcome,
    Policy, Refusal, Side, negotiate,
};

use super::{channels, host, outcome};

/// Neither side says more than it has to.
const BARE: [&str; 1] = ["accept-types:*"];

const OFFERER: &str = "msrps://192.0.2.1:7394/2s93i9ek2a;tcp";
const ANSWERER: &str = "msrps://192.0.2.9:8493/si438dsaodes;tcp";

/// The attributes of one side in a section of TLS, and embedded. What has to be there is added to both.
fn both_ways(uri: &str, setup: &str, attributes: &[&str]) -> (String, Vec<String>) {
    let (_, rest) = uri.split_once("://").unwrap();
    let (host, port) = rest.split_once('/').unwrap().0.split_once(':').unwrap();
    let needed = [
        format!("path:{uri}"),
        format!("setup:{setup}"),
        "msrp-cema".into(),
    ];
    let all: Vec<&str> = needed
        .iter()
        .map(String::as_str)
        .chain(attributes.iter().copied())
        .collect();
    let fingerprint = Fingerprint::of(host.as_bytes(), HashFunction::Sha256);
    let mut section = format!("m=message {port} TCP/TLS/MSRP *\r\nc=IN IP4 {host}\r\n");
    let mut embedded = vec!["a=dcmap:2 label=\"\";subprotocol=\"msrp\"".to_owned()];
    for attribute in &all {
        section.push_str(&format!("a={attribute}\r\n"));
        embedded.push(format!("a=dcsa:2 {attribute}"));
    }
    section.push_str(&format!("a=fingerprint:{fingerprint}\r\n"));
    (section, embedded)
}

/// What an exchange comes to, with all that may differ by what carries it left out.
#[derive(Debug, PartialEq)]
enum Result {
    Session(Box<(Role, SessionConfig, Terms, Option<FileAttributes>)>),
    Unreadable(MediaError),
    Negotiation(NegotiationError),
}

impl Result {
    fn of(agreement: &Agreement) -> Self {
        Self::Session(Box::new((
            agreement.role(),
            agreement.session(),
            agreement.terms(),
            agreement.peer_file().cloned(),
        )))
    }
}

fn through_sections(offer: &str, answer: &str, side: Side) -> Result {
    let read = |text: &str| Media::parse(text.as_bytes());
    let (offer, answer) = match (read(offer), read(answer)) {
        (Ok(offer), Ok(answer)) => (offer, answer),
        (_, Err(error)) | (Err(error), Ok(_)) => return Result::Unreadable(error),
    };
    match negotiate(&offer, &answer, side, &Policy::default(), &Names::default()) {
        Ok(Outcome::Session(agreement)) => Result::of(&agreement),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Result::Negotiation(error),
    }
}

fn through_channels(offer: &[String], answer: &[String], side: Side) -> Result {
    match outcome(&channels(offer), &channels(answer), side, 2) {
        Ok(ChannelOutcome::Session(agreement)) => Result::of(&agreement),
        Ok(ChannelOutcome::Closed) => panic!("closed"),
        Err(
            ChannelNegotiationError::Answer(ChannelError::Media(error))
            | ChannelNegotiationError::Offer(ChannelError::Media(error)),
        ) => Result::Unreadable(error),
        Err(ChannelNegotiationError::Negotiation(error)) => Result::Negotiation(error),
        Err(error) => panic!("{error:?}"),
    }
}

/// The result of an exchange, which is the same both ways.
fn result(offer: (&str, &[&str]), answer: (&str, &[&str]), side: Side) -> Result {
    let offer = both_ways(OFFERER, offer.0, offer.1);
    let answer = both_ways(ANSWERER, answer.0, answer.1);
    let of_sections = through_sections(&offer.0, &answer.0, side);
    let of_channels = through_channels(&offer.1, &answer.1, side);
    assert_eq!(of_sections, of_channels, "{offer:?} {answer:?}");
    of_channels
}

fn terms(result: Result) -> Terms {
    match result {
        Result::Session(session) => session.2,
        other => panic!("{other:?}"),
    }
}

/// Shows: DC-4.4-03 (negotiation).
#[test]
fn negotiations_come_to_the_same() {
    let bare = |offer: &str, answer: &str| {
        let [offer, answer] = [["accept-types:*", offer], ["accept-types:*", answer]];
        result(("active", &offer), ("passive", &answer), Side::Offerer)
    };
    let default = terms(bare("zorg", "zorg"));
    assert_eq!(default, Terms::new(ANSWERER.parse().unwrap()));

    // accept-types and accept-wrapped-types.
    let types = result(
        ("active", &["accept-types:text/plain"]),
        (
            "passive",
            &[
                "accept-types:message/cpim text/plain",
                "accept-wrapped-types:text/* image/png",
            ],
        ),
        Side::Offerer,
    );
    let ranges = |text: &str| MediaRanges::parse(text.as_bytes()).unwrap();
    assert_eq!(
        terms(types),
        default
            .clone()
            .peer_accepts(ranges("message/cpim text/plain"))
            .peer_accepts_wrapped(ranges("text/* image/png"))
    );
    assert_eq!(
        result(
            ("active", &["accept-types:text/plain"]),
            ("passive", &["accept-types:text/html"]),
            Side::Answerer,
        ),
        Result::Negotiation(NegotiationError::NoCommonType)
    );
    // max-size
    assert_eq!(
        terms(bare("max-size:1", "max-size:2048")),
        default.clone().peer_max_size(Some(2048))
    );
    // Directions, each with each.
    let directions = [
        ("sendrecv", true, true),
        ("sendonly", true, false),
        ("recvonly", false, true),
        ("inactive", false, false),
    ];
    for (ours, we_send, we_receive) in directions {
        for (theirs, they_send, they_receive) in directions {
            let direction = match (we_send && they_receive, we_receive && they_send) {
                (true, true) => Direction::SendRecv,
                (true, false) => Direction::SendOnly,
                (false, true) => Direction::RecvOnly,
                (false, false) => Direction::Inactive,
            };
            assert_eq!(terms(bare(ours, theirs)), default.clone().direction(direction));
        }
    }
    // The attributes of file transfer.
    let file = [
        "file-selector:name:\"a%22.txt\" type:text/plain size:10 hash:sha-1:87:AC:EC:17:CD:9D:CD:20:A7:16:CC:2C:F6:74:17:B7:1C:8A:70:16",
        "file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE",
        "file-disposition:attachment",
        "file-date:creation:\"Mon, 15 May 2006 15:01:31 +0300\"",
        "file-icon:cid:id2@alicepc.example.com",
        "file-range:2-5",
        "sendonly",
    ];
    let Result::Session(session) = result(
        ("active", &[&BARE[..], &file].concat()),
        ("passive", &[&BARE[..], &file[..2], &["recvonly"]].concat()),
        Side::Answerer,
    ) else {
        panic!()
    };
    let (role, _, terms, Some(file)) = *session else {
        panic!()
    };
    assert_eq!(role, Role::Passive);
    assert_eq!(
        terms,
        Terms::new(OFFERER.parse().unwrap()).direction(Direction::RecvOnly)
    );
    assert_eq!(
        file.selector.as_ref().unwrap().name().unwrap().as_octets(),
        b"a\".txt"
    );
    assert_eq!(file.range.unwrap().stop(), Some(5));
    assert!(file.transfer_id.is_some() && file.disposition.is_some() && file.icon.is_some());
    assert!(file.dates.creation().is_some());

    // Roles, each with each.
    for offer in ["active", "passive", "actpass"] {
        for answer in ["active", "passive", "actpass"] {
            let accepted = matches!(
                (offer, answer),
                ("active" | "actpass", "passive") | ("passive" | "actpass", "active")
            );
            for side in [Side::Offerer, Side::Answerer] {
                let result = result((offer, &BARE), (answer, &BARE), side);
                assert_eq!(matches!(result, Result::Session(_)), accepted, "{offer} {answer}");
            }
        }
    }
}

/// Shows: DC-4.4-03 (what is malformed).
#[test]
fn what_is_malformed_in_one_is_malformed_in_the_other() {
    for bad in [
        &["accept-types:te xt/;"][..],
        &["accept-types:*", "accept-types:text/plain"],
        &["accept-types:*", "accept-wrapped-types:/"],
        &["accept-types:*", "max-size:1k"],
        &["accept-types:*", "max-size:1", "max-size:2"],
        &["accept-types:*", "max-size"],
        &["accept-types:*", "sendonly", "recvonly"],
        &["accept-types:*", "inactive", "sendrecv"],
        &["accept-types:*", "file-selector:size:010"],
        &["accept-types:*", "file-selector:name:\"a\" name:\"b\""],
        &["accept-types:*", "file-range:0-5"],
        &["accept-types:*", "file-icon:http://example.com"],
        &["accept-types:*", "file-date:creation:\"yesterday\""],
    ] {
        for (offer, answer) in [(bad, &BARE[..]), (&BARE[..], bad)] {
            let result = result(("active", offer), ("passive", answer), Side::Offerer);
            assert!(matches!(result, Result::Unreadable(_)), "{bad:?} {result:?}");
        }
    }
}

/// Shows: DC-4.4-03 (offers and answers of ours).
#[test]
fn own_offers_and_answers_are_the_same() {
    let fingerprint = Fingerprint::of(b"certificate", HashFunction::Sha256);
    let both = |terms: &dyn Fn(Local) -> Local| -> [LocalSession; 2] {
        let section = Local::listening(host(), 54111)
            .fingerprints(fingerprint.clone().into())
            .cema(true)
            .reachable(false);
        [section, Local::data_channel(host(), 54111)]
            .map(|local| terms(local).open(&mut Ids::seeded([3; 32])).unwrap())
    };
    // Attributes without those that are not for data channels.
    let written = |media: &Media| -> Vec<(&'static str, Option<String>)> {
        let mut attributes = media.attributes();
        attributes.retain(|(name, _)| *name != "fingerprint");
        for (name, value) in &mut attributes {
            if *name == "path" {
                *value = value.take().map(|path| path.replace(";tcp", ";dc"));
            }
        }
        attributes
    };
    let file = FileAttributes {
        selector: Some(FileSelector::parse(b"name:\"a\" size:3").unwrap()),
        ..FileAttributes::default()
    };
    let ranges = |text: &str| MediaRanges::parse(text.as_bytes()).unwrap();
    let terms: [&dyn Fn(Local) -> Local; 6] = [
        &|local| local,
        &|local| {
            local
                .accept_types(ranges("message/cpim text/plain"))
                .accept_wrapped_types(ranges("text/*"))
        },
        &|local| local.max_size(77).direction(Direction::SendOnly),
        &|local| local.file(file.clone(), Direction::RecvOnly),
        &|local| local.gateway(true),
        &|local| local.accept_types(ranges("image/png")),
    ];
    for offered in terms {
        let [section, channel] = both(offered).map(|session| session.offer());
        assert_eq!(written(&section), written(&channel));
        for answering in terms {
            let [by_section, by_channel] = both(answering);
            let answer = |session: &LocalSession, offer: &Media| match session.answer(
                offer,
                &Policy::default(),
                &Names::default(),
            ) {
                Ok(Answer::Media(media)) => Ok(written(&media)),
                Ok(Answer::Lookup(names)) => panic!("{names:?}"),
                Err(refusal) => Err(refusal),
            };
            let result = answer(&by_channel, &channel);
            assert_eq!(answer(&by_section, &section), result);
            assert!(matches!(result, Ok(_) | Err(Refusal::NoCommonType)));
        }
    }
}
