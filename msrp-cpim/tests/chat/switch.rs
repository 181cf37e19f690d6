//! What a switch checks, each check by itself.

use bytes::Bytes;
use msrp_cpim::chat::{ChatRefusal, Switch, Verdict, check_type, only_recipient, private_sessions, read};
use msrp_multipart::MediaType;
use msrp_proto::Refusal;
use msrp_proto::wire::StatusCode;

use crate::{ALICE, BOB, CAROL, Joined, ROOM, address, message, octets, switch, written};

const TEL: &str = "tel:+1-201-555-0123";

fn alice() -> Joined {
    Joined::new("alice", &[ALICE, TEL], true)
}

fn bob(private_messages: bool) -> Joined {
    Joined::new("bob", &[BOB], private_messages)
}

fn media_type(text: &str) -> MediaType {
    text.parse().unwrap()
}

/// The verdict on a message on a session of Alice's.
fn check(headers: &[(&str, &str)], roster: &[Joined]) -> Result<Verdict<Joined>, ChatRefusal> {
    switch().check(&message(headers), &alice(), roster.iter().cloned())
}

#[test]
fn statuses() {
    for (refusal, status) in [
        (ChatRefusal::NotCpim, 415),
        (ChatRefusal::Damaged, 400),
        (ChatRefusal::NotSender, 403),
        (ChatRefusal::NotOneRecipient, 403),
        (ChatRefusal::NoSuchRecipient, 404),
        (ChatRefusal::PrivateMessagesNotSupported, 428),
    ] {
        assert_eq!(refusal.status(), status);
        let status = StatusCode::new(status).unwrap();
        assert_eq!(refusal.phrase(), status.comment());
        assert!(Refusal::new(status).is_some());
    }
}

#[test]
fn types() {
    let body = written(ALICE, &[ROOM]);
    for text in ["message/cpim", "Message/CPIM", "message/cpim;charset=utf-8"] {
        let media_type = media_type(text);
        assert_eq!(check_type(Some(&media_type)), Ok(()));
        assert_eq!(read(Some(&media_type), &body).unwrap().to_bytes(), body);
    }
    for media_type in [
        Some(media_type("text/plain")),
        Some(media_type("message/cpimx")),
        None,
    ] {
        assert_eq!(check_type(media_type.as_ref()), Err(ChatRefusal::NotCpim));
        assert_eq!(read(media_type.as_ref(), &body), Err(ChatRefusal::NotCpim));
    }
    let cpim = media_type("message/cpim");
    for body in ["", "Hi", "From: <im:a@b>\r\nTo: <im:c@d>\r\n"] {
        assert_eq!(
            read(Some(&cpim), &Bytes::from(body)),
            Err(ChatRefusal::Damaged),
            "{body}"
        );
    }
}

#[test]
fn senders() {
    let to = ("To", "<sip:chatroom22@chat.example.com>");
    let check = |from: &[&str]| {
        let mut headers: Vec<_> = from.iter().map(|value| ("From", *value)).collect();
        headers.push(to);
        switch().check_from(&message(&headers), &alice())
    };
    for from in [
        "<sip:alice@atlanta.example.com>",
        "Alice <sip:alice@Atlanta.example.com;gr=x>",
        "<tel:+1-201-555-0123>",
    ] {
        assert_eq!(check(&[from]), Ok(from.parse().unwrap()));
    }
    let own = "<sip:alice@atlanta.example.com>";
    for from in [
        &["<sip:bob@example.com>"][..],
        &["<sip:Alice@atlanta.example.com>"],
        &["alice"],
        &[own, own],
        &[own, "<sip:bob@example.com>"],
        &[],
    ] {
        assert_eq!(check(from), Err(ChatRefusal::NotSender), "{from:?}");
    }
    // Who has joined by no URI at all sends nothing.
    let nobody = Joined::new("nobody", &[], true);
    let refused = switch().check_from(&message(&[("From", own), to]), &nobody);
    assert_eq!(refused, Err(ChatRefusal::NotSender));
}

#[test]
fn recipients() {
    let of = |to: &[&str]| {
        let headers: Vec<_> = to.iter().map(|value| ("To", *value)).collect();
        only_recipient(&message(&headers))
    };
    assert_eq!(
        of(&["Bob <sip:bob@example.com>"]),
        Ok(address(BOB).with_name("Bob"))
    );
    for to in [&[][..], &["<im:a@b>", "<im:a@b>"], &["damaged", "<im:a@b>"]] {
        assert_eq!(of(to), Err(ChatRefusal::NotOneRecipient));
    }
    assert_eq!(of(&["damaged"]), Err(ChatRefusal::NoSuchRecipient));

    let roster = [alice(), bob(false), bob(true)];
    let switch = switch();
    let sessions = switch
        .sessions_of(&address("sip:bob@EXAMPLE.com"), &roster)
        .unwrap();
    assert_eq!(sessions, [&roster[1], &roster[2]]);
    assert_eq!(private_sessions(sessions), Ok(vec![&roster[2]]));
    assert_eq!(
        switch.sessions_of(&address(CAROL), &roster),
        Err(ChatRefusal::NoSuchRecipient)
    );
    for sessions in [vec![&roster[1]], vec![]] {
        assert_eq!(
            private_sessions(sessions),
            Err(ChatRefusal::PrivateMessagesNotSupported)
        );
    }
    assert!(switch.is_room(&address("sip:chatroom22@chat.example.com;transport=tcp")));
    assert!(!switch.is_room(&address(BOB)));
}

#[test]
fn verdicts() {
    let from = ("From", "<sip:alice@atlanta.example.com>");
    let roster = [alice(), bob(true), bob(false), bob(true)];
    let room = ("To", "<sip:chatroom22@chat.example.com>");
    assert_eq!(check(&[from, room], &roster), Ok(Verdict::Regular));
    // Nobody else has to be there, and nobody has to take private messages.
    assert_eq!(check(&[from, room], &[]), Ok(Verdict::Regular));
    assert_eq!(check(&[from, room], &[bob(false)]), Ok(Verdict::Regular));
    let private = check(&[from, ("To", "<sip:bob@example.com>")], &roster);
    assert_eq!(private, Ok(Verdict::Private(vec![bob(true), bob(true)])));
    // Others may read along: that does not make them recipients.
    let cc = ("cc", "<im:carol@example.com>");
    assert_eq!(check(&[from, room, cc], &roster), Ok(Verdict::Regular));
    // By another comparison.
    let octet_by_octet = |one: &str, other: &str| one == other;
    let exact = Switch::with_comparison(address(ROOM), octet_by_octet);
    let to_room = message(&[from, ("To", "<sip:chatroom22@chat.example.com;transport=tcp>")]);
    assert_eq!(
        exact.check(&to_room, &alice(), &roster),
        Err(ChatRefusal::NoSuchRecipient)
    );
    let as_alice = octets(&[("From", "<sip:alice@ATLANTA.example.com>"), room]);
    let as_alice = msrp_cpim::Message::parse(&as_alice).unwrap();
    assert_eq!(
        exact.check(&as_alice, &alice(), &roster),
        Err(ChatRefusal::NotSender)
    );
    assert_eq!(switch().check(&as_alice, &alice(), &roster), Ok(Verdict::Regular));
}
