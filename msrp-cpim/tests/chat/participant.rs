//! What a participant writes and reads.

use bytes::Bytes;
use msrp_cpim::chat::{ChatBuildError, ChatMessage, ReadError, Room};
use msrp_cpim::imdn::{MessageId, Request};
use msrp_cpim::{Address, BuildError, DateTime, Message, MessageBuilder};
use msrp_multipart::Entity;

use crate::{ALICE, BOB, CAROL, ROOM, address, message, octets, room_of};

fn hi() -> Entity {
    Entity::text("hi")
}

fn to(recipients: &[&str]) -> MessageBuilder {
    let builder = Message::builder();
    recipients
        .iter()
        .fold(builder, |builder, uri| builder.to(address(uri)))
}

#[track_caller]
fn assert_people(built: &Message, from: &Address, to: &Address) {
    let read = Message::parse_strict(&built.to_bytes()).unwrap();
    let people: Vec<_> = read
        .headers()
        .iter()
        .filter(|header| ["From", "To", "cc"].contains(&header.name()))
        .map(|header| (header.name(), header.address().unwrap()))
        .collect();
    assert_eq!(people, [("From", from.clone()), ("To", to.clone())]);
    assert_eq!(read.content().body, "hi");
}

/// Shows: CHAT-6.1-01.
#[test]
fn regular_messages() {
    let own = address(ALICE).with_name("Alice");
    let room = Room::new(address(ROOM), own.clone());
    let built = room.regular(Message::builder(), hi()).unwrap();
    assert_people(&built, &own, &address(ROOM));
    // Whatever the builder has: the rest of it is kept.
    let date_time = DateTime::parse("2009-03-02T15:02:31-03:00").unwrap();
    let builder = Message::builder().from(address(BOB)).date_time(date_time.clone());
    let built = room.regular(builder, hi()).unwrap();
    assert_people(&built, &own, &address(ROOM));
    assert_eq!(built.date_time(), Some(Ok(date_time)));
    for builder in [to(&[ROOM]), to(&[BOB]), Message::builder().cc(address(BOB))] {
        assert_eq!(room.regular(builder, hi()), Err(ChatBuildError::OneRecipient));
    }

    // Other kinds of identifiers.
    for uri in ["tel:+1-201-555-0123", "im:alice@example.com"] {
        let built = room_of(uri).regular(Message::builder(), hi()).unwrap();
        assert_people(&built, &address(uri), &address(ROOM));
    }

    // The anonymous one, which need not look like one.
    for uri in ["sip:x7Gh@anonymous.invalid", "sip:x7Gh@chat.example.com"] {
        let room = room
            .clone()
            .private_messages(true)
            .anonymous(address(uri).with_name("Alice"));
        let from_alice = || Message::builder().from(own.clone());
        let regular = room.regular(from_alice(), hi()).unwrap();
        assert_people(&regular, &address(uri), &address(ROOM));
        let private = room.private(from_alice().to(address(BOB)), hi()).unwrap();
        assert_people(&private, &address(uri), &address(BOB));
        for built in [regular, private] {
            let octets = String::from_utf8(built.to_bytes().into()).unwrap().to_lowercase();
            assert!(
                !octets.contains("alice") && !octets.contains("atlanta"),
                "{octets}"
            );
        }
        // Notifications would have to be sent somewhere.
        let id = MessageId::generate(&mut |octets| octets.fill(7));
        let asking = Message::builder()
            .date_time(DateTime::parse("2009-03-02T15:02:31-03:00").unwrap())
            .message_id(&id)
            .unwrap()
            .request_notifications(Request {
                display: true,
                ..Request::default()
            });
        assert_eq!(
            room.regular(asking, hi()),
            Err(ChatBuildError::Build(BuildError::AnonymousRequest))
        );
    }
}

/// Shows: CHAT-6.2-01.
#[test]
fn private_messages() {
    let room = room_of(ALICE).private_messages(true);
    let built = room.private(to(&[BOB]), hi()).unwrap();
    assert_people(&built, &address(ALICE), &address(BOB));
    let bob = address(BOB).with_name("Bob");
    let builder = Message::builder().from(address(CAROL)).to(bob.clone());
    let built = room.private(builder, hi()).unwrap();
    assert_people(&built, &address(ALICE), &bob);

    for builder in [
        to(&[BOB, CAROL]),
        to(&[BOB, BOB]),
        to(&[]),
        to(&[]).cc(address(BOB)),
        to(&[BOB]).cc(address(CAROL)),
    ] {
        assert_eq!(room.private(builder, hi()), Err(ChatBuildError::OneRecipient));
    }
    // That would be for all.
    for uri in [ROOM, "sip:chatroom22@CHAT.example.com;transport=tcp"] {
        assert_eq!(room.private(to(&[uri]), hi()), Err(ChatBuildError::Room));
    }

    // The room has not announced it, or has taken it back.
    for room in [room_of(ALICE), room.private_messages(false)] {
        assert_eq!(room.private(to(&[BOB]), hi()), Err(ChatBuildError::NotSupported));
        assert!(room.regular(Message::builder(), hi()).is_ok());
    }
}

/// Shows: CHAT-6.1-08.
#[test]
fn for_whom_and_by_whom() {
    let printed = |octets: &'static [u8]| Message::parse(&Bytes::from_static(octets)).unwrap();
    let room = room_of(BOB);
    // RFC 7701 §9.3 F3, to `;transport=tcp`, and §9.4 F3.
    let regular = printed(include_bytes!("../../../vectors/cpim/rfc7701-9.3-chatroom.cpim"));
    let private = printed(include_bytes!(
        "../../../vectors/cpim/rfc7701-9.4-private-passed-on.cpim"
    ));
    let alice = address(ALICE);
    assert_eq!(room.read(&regular), Ok(ChatMessage::Regular(alice.clone())));
    assert_eq!(room.read(&private), Ok(ChatMessage::Private(alice.clone())));
    for (message, is_private) in [(&regular, false), (&private, true)] {
        let read = room.read(message).unwrap();
        assert_eq!((read.is_private(), read.from()), (is_private, &alice));
    }

    // Anything but the room is private.
    let read = |to: &str| room.read(&message(&[("From", "Alice <tel:+1>"), ("To", to)]));
    let from = Address::parse("Alice <tel:+1>").unwrap();
    assert_eq!(
        read("\"The room\" <SIP:chatroom22@Chat.Example.com?a=b>"),
        Ok(ChatMessage::Regular(from.clone()))
    );
    for to in [
        "<sip:x7Gh@anonymous.invalid>",
        "<sip:nobody@example.com>",
        "<sip:Chatroom22@chat.example.com>",
        "<sip:chatroom22@chat.example.com:5060>",
        "<im:chatroom22@chat.example.com>",
    ] {
        assert_eq!(read(to), Ok(ChatMessage::Private(from.clone())), "{to}");
    }
    // Or what another comparison says.
    let exact = Room::with_comparison(address(ROOM), address(BOB), |one: &str, other: &str| one == other);
    assert_eq!(exact.read(&regular), Ok(ChatMessage::Private(alice)));
}

/// Nothing is guessed where a header is missing, doubled or damaged.
#[test]
fn what_cannot_be_told() {
    let room = room_of(BOB);
    let (from, to) = (("From", "<im:a@b>"), ("To", "<im:c@d>"));
    let read = |headers: &[(&str, &str)]| room.read(&Message::parse(&octets(headers)).unwrap());
    assert!(read(&[from, to]).is_ok());
    for headers in [
        &[to][..],
        &[from, to, from],
        &[("From", "nobody"), to],
        &[("from", "<im:a@b>"), to],
    ] {
        assert_eq!(read(headers), Err(ReadError::From));
    }
    for headers in [&[from][..], &[from, to, to], &[from, ("To", "nobody")]] {
        assert_eq!(read(headers), Err(ReadError::To));
    }
}
