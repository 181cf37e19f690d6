//! Sessions with chat rooms (RFC 7701 §5.2 and §8).

use std::sync::Arc;

use msrp_cpim::chat::{ChatBuildError, Participant, Room, Switch, Verdict};
use msrp_cpim::{Address, Message};
use msrp_multipart::{Entity, MediaRanges};
use msrp_proto::test_util::{self, Pair};
use msrp_proto::{Config, Link, Nickname, RequestErrorReason, UseNickname};
use msrp_sdp::{
    Agreement, Chatroom, Local, Media, MediaError, Names, Policy, Refusal, Section, SessionLevel, Side,
};

use crate::{
    agreement, answer, carried, has_line, names_of_attributes, open, peer, plain, session_level, text,
    written,
};

fn types(text: &str) -> MediaRanges {
    MediaRanges::parse_strict(text.as_bytes()).expect("a list")
}

fn room() -> Local {
    plain("192.0.2.9", 8493).room(Chatroom::new().with_nickname())
}

fn offered(others: &[&str]) -> Media {
    let lines = ["c=IN IP4 192.0.2.1", "path:msrp://192.0.2.1:7394/s;tcp"];
    peer("message 7394 TCP/MSRP *", &[&lines[..], others].concat())
}

/// Shows: CHAT-5.2-01.
#[test]
fn rooms_speak_cpim() {
    let room = open(room());
    let refused = room.answer(
        &offered(&["accept-types:text/plain"]),
        &Policy::default(),
        &Names::default(),
    );
    assert_eq!(refused, Err(Refusal::NoCommonType));
    assert!(has_line(
        &offered(&["accept-types:text/plain"]).refused(),
        "m=message 0 TCP/MSRP *"
    ));
    for good in ["text/plain message/CPIM", "*", "message/*"] {
        let offer = offered(&[&format!("accept-types:{good}")]);
        assert!(
            crate::outcome(&offer, &answer(&room, &offer), Side::Answerer).is_ok(),
            "{good}"
        );
    }
    for list in ["text/plain", "*", "message/cpim", "text/plain Message/CPIM"] {
        for member in [
            plain("192.0.2.1", 7394)
                .accept_types(types(list))
                .chatroom(Chatroom::new()),
            plain("192.0.2.1", 7394)
                .chatroom(Chatroom::new())
                .accept_types(types(list)),
            plain("192.0.2.1", 7394)
                .chatroom(Chatroom::new())
                .accept_types(types(list))
                .gateway(true),
        ] {
            let offer = open(member).offer();
            let listed = offer.accept_types().to_string().to_ascii_lowercase();
            assert_eq!(
                listed.split(' ').filter(|entry| *entry == "message/cpim").count(),
                1,
                "{listed}"
            );
            assert!(has_line(&offer, "a=chatroom"));
        }
    }
}

/// Shows: CHAT-5.2-02.
#[test]
fn a_room_accepts_nothing_else() {
    let offer = carried(&open(plain("192.0.2.1", 7394).chatroom(Chatroom::new())).offer());
    for room in [
        room(),
        room().accept_types(types("text/plain *")),
        room().gateway(true),
    ] {
        let answer = answer(&open(room.clone()), &offer);
        assert!(has_line(&answer, "a=accept-types:message/cpim"));
        assert!(!names_of_attributes(&answer).contains(&"accept-wrapped-types".to_owned()));
        let wrapping = open(room.accept_wrapped_types(types("text/plain text/html *")));
        let answer = crate::answer(&wrapping, &offer);
        assert!(has_line(&answer, "a=accept-types:message/cpim"));
        assert!(has_line(&answer, "a=accept-wrapped-types:text/plain text/html *"));
        // Nor later.
        let changed = wrapping
            .with_terms(|local| local.accept_types(types("image/png")))
            .expect("terms");
        assert!(has_line(&changed.offer(), "a=accept-types:message/cpim"));
    }
}

/// Shows: CHAT-8-02.
#[test]
fn each_side_declares_for_itself() {
    let offer = carried(&open(plain("192.0.2.1", 7394)).offer());
    assert_eq!(offer.chatroom(), None);
    let answer = carried(&answer(&open(room()), &offer));
    assert!(has_line(&answer, "a=chatroom:nickname"));
    let ours = agreement(&offer, &answer, Side::Offerer);
    let room = ours.peer_chatroom().expect("the declaration of the room");
    assert!(room.supports_nickname() && !room.supports_private_messages());
    assert_eq!(agreement(&offer, &answer, Side::Answerer).peer_chatroom(), None);
    // More than the offer, and other than it.
    let offer = offered(&["accept-types:*", "chatroom:private-messages"]);
    let answer = crate::answer(&open(self::room()), &offer);
    let told = agreement(&offer, &answer, Side::Offerer);
    assert!(told.peer_chatroom().is_some_and(Chatroom::supports_nickname));
    let heard = agreement(&offer, &answer, Side::Answerer);
    assert!(
        heard
            .peer_chatroom()
            .is_some_and(|room| room.supports_private_messages() && !room.supports_nickname())
    );
}

/// Shows: CHAT-8-03.
#[test]
fn the_latest_exchange_counts() {
    let ours = open(plain("192.0.2.1", 7394).chatroom(Chatroom::new()));
    let offer = carried(&ours.offer());
    let theirs = open(room());
    let first = answer(&theirs, &offer);
    let with = agreement(&offer, &carried(&first), Side::Offerer);
    assert!(with.peer_chatroom().is_some_and(Chatroom::supports_nickname));
    let without = written(&first).replace("a=chatroom:nickname\r\n", "");
    let later = agreement(&offer, &crate::read(&without), Side::Offerer);
    assert_eq!(later.peer_chatroom(), None);
    assert_eq!(later.change_since(&with), msrp_sdp::Change::Terms);
    // What the room has taken back is refused here, without asking it.
    assert_eq!(asked(&with, None), Ok(()));
    assert_eq!(asked(&with, Some(&later)), Err(RequestErrorReason::NoNicknames));
    assert_eq!(asked(&later, Some(&with)), Ok(()));
}

/// Shows: CHAT-7.1-02 (what the peer announced; that report headers are not written, and what becomes of received ones, is
/// in the tests of msrp-proto).
#[test]
fn nicknames_are_asked_for_where_they_were_announced() {
    let ours = open(plain("192.0.2.1", 7394).chatroom(Chatroom::new()));
    let offer = carried(&ours.offer());
    for (announced, expected) in [
        ("a=chatroom:nickname\r\n", Ok(())),
        ("a=chatroom:private-messages nickname\r\n", Ok(())),
        (
            "a=chatroom:private-messages\r\n",
            Err(RequestErrorReason::NoNicknames),
        ),
        ("a=chatroom\r\n", Err(RequestErrorReason::NoNicknames)),
        ("", Err(RequestErrorReason::NoNicknames)),
    ] {
        let text = written(&answer(&open(room()), &offer)).replace("a=chatroom:nickname\r\n", announced);
        let agreed = agreement(&offer, &crate::read(&text), Side::Offerer);
        assert_eq!(asked(&agreed, None), expected, "{announced}");
    }
}

/// Whether a session takes a request for a nickname, after its terms have changed if so.
fn asked(agreed: &Agreement, changed: Option<&Agreement>) -> Result<(), RequestErrorReason> {
    let config = Arc::new(Config::default());
    let mut pair = Pair::with_link([config.clone(), config], Link::tcp());
    let connection = pair.connection(test_util::Side::A);
    let id = connection.open(agreed.session()).expect("a session");
    let mut session = connection.session(id).expect("just opened");
    if let Some(changed) = changed {
        session.update(changed.terms());
    }
    let wanted = UseNickname::Take(Nickname::new("Alice").expect("a nickname"));
    session
        .request(wanted.to_request())
        .map(|_| ())
        .map_err(|error| error.reason)
}

/// What both sides have heard of each other, as content needs it.
fn takes_private_messages(agreed: &Agreement) -> bool {
    agreed
        .peer_chatroom()
        .is_some_and(Chatroom::supports_private_messages)
}

struct Joined(Agreement);

impl Participant for Joined {
    fn uris(&self) -> impl Iterator<Item = &str> {
        ["sip:bob@example.com"].into_iter()
    }

    fn takes_private_messages(&self) -> bool {
        takes_private_messages(&self.0)
    }
}

/// Shows: CHAT-6.2-01, CHAT-6.2-03 (what the room and the recipient have announced; the rest is in the tests of
/// msrp-cpim).
#[test]
fn private_messages_go_where_they_were_announced() {
    let address = |uri| Address::new(uri).expect("a URI");
    let [room, bob] = ["sip:room@chat.example.com", "sip:bob@example.com"].map(address);
    let hi = || Entity::text("hi");
    let to_bob = || Message::builder().to(bob.clone());
    for (announced, expected) in [
        (Some("chatroom:private-messages"), true),
        (Some("chatroom:nickname private-messages"), true),
        (Some("chatroom:nickname"), false),
        (Some("chatroom"), false),
        (None, false),
    ] {
        // By the room, to a participant, ...
        let offer = carried(&open(plain("192.0.2.1", 7394)).offer());
        let line = announced.map_or(String::new(), |value| format!("a={value}\r\n"));
        let text = written(&answer(&open(self::room()), &offer)).replace("a=chatroom:nickname\r\n", &line);
        let heard = agreement(&offer, &crate::read(&text), Side::Offerer);
        let known = Room::new(room.clone(), bob.clone()).private_messages(takes_private_messages(&heard));
        let outcome = known.private(to_bob(), hi()).map(|_| ());
        let refused = Err(ChatBuildError::NotSupported);
        assert_eq!(outcome, if expected { Ok(()) } else { refused }, "{line}");

        // ... and by a participant, to the room.
        let attributes: Vec<_> = ["accept-types:*"].into_iter().chain(announced).collect();
        let offer = offered(&attributes);
        let answer = answer(&open(self::room()), &offer);
        let joined = Joined(agreement(&offer, &answer, Side::Answerer));
        let message = to_bob().from(bob.clone()).build(hi()).expect("a message");
        let outcome = match Switch::new(room.clone()).check(&message, &joined, [&joined, &joined]) {
            Ok(Verdict::Regular) => panic!("{line}"),
            Ok(Verdict::Private(sessions)) => Ok(sessions.len()),
            Err(refusal) => Err(refusal.status()),
        };
        assert_eq!(outcome, if expected { Ok(2) } else { Err(428) }, "{line}");
    }
}

/// Shows: CHAT-8-04.
#[test]
fn the_attribute_belongs_to_msrp_sections() {
    let session = session_level(None, &[("chatroom", Some("nickname"))]);
    let bare = [
        "c=IN IP4 192.0.2.1",
        "path:msrps://192.0.2.1:7394/s;tcp",
        "accept-types:*",
    ];
    for protocol in ["TCP/MSRP", "TCP/TLS/MSRP"] {
        let line = format!("message 7394 {protocol} *");
        assert_eq!(
            crate::read_below(&session, &text(&line, &bare)).0.chatroom(),
            None
        );
        let with = peer(&line, &[&bare[..], &["chatroom:nickname"]].concat());
        assert!(with.chatroom().is_some_and(Chatroom::supports_nickname));
    }
    for protocol in ["RTP/AVP", "TCP/MSRP"] {
        let lines = [&bare[..], &["chatroom:nickname"]].concat();
        let audio = text(&format!("audio 7394 {protocol} *"), &lines);
        let audio = Section::parse_with_deviations(audio.as_bytes())
            .expect("a section")
            .0;
        assert_eq!(
            Media::from_section(&audio, &SessionLevel::default()),
            Err(MediaError::NotMsrp)
        );
    }
}
