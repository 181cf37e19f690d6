//! Messages that are refused.

use bytes::Bytes;
use msrp_cpim::Message as Wrapper;
use msrp_multipart::{Disposition, Entity};
use msrp_proto::wire::FailureReport;
use msrp_proto::{MediaType, Message};

use crate::hostile::Raw;
use crate::support::{ROOM, Running, address, status, uri, within};

/// 404: nobody there has that address.
#[tokio::test]
async fn private_to_an_unknown() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let bob = room.join("bob").await;
    assert_eq!(status(alice.whisper(&uri("nobody"), "psst").await), 404);
    alice.hears("sip:bob@example.com has joined").await;
    bob.member.leave().await;
    alice.hears("has left").await;
    assert_eq!(status(alice.whisper(&uri("bob"), "psst").await), 404);
}

fn wrapped(from: &str, to: &[&str]) -> Bytes {
    let mut builder = Wrapper::builder().from(address(from));
    for to in to {
        builder = builder.to(address(to));
    }
    builder.build(Entity::text("a forgery")).unwrap().to_bytes()
}

/// The checks of a switch, by the responses they lead to (RFC 7701 §6.3), and nothing is passed on.
#[tokio::test]
async fn what_the_switch_refuses() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let mut bob = room.join("bob").await;
    let (own, other) = (uri("alice"), uri("bob"));
    let cases = [
        (wrapped(&other, &[ROOM]), 403),
        (wrapped(&own, &[ROOM, &other]), 403),
        (
            Bytes::from(format!("From: <{own}>\r\n\r\nContent-Type: text/plain\r\n\r\nhi")),
            403,
        ),
        (wrapped(&own, &["sip:nobody@example.com"]), 404),
        (Bytes::from_static(b"no wrapper at all"), 400),
        // Longer than one chunk: the response to the last one says it.
        (
            Bytes::from([&wrapped(&other, &[ROOM])[..], &[b'x'; 20_000]].concat()),
            403,
        ),
    ];
    let cpim: MediaType = "message/cpim".parse().unwrap();
    for (body, expected) in cases {
        let message = Message::new(cpim.clone(), body.clone());
        let delivery = alice.member.sender().send(message).await.unwrap();
        assert_eq!(status(within(delivery.outcome()).await), expected, "{body:?}");
        // Who does not want to hear of failures does not (ruling S18).
        let message = Message::new(cpim.clone(), body).failure_report(FailureReport::No);
        let delivery = alice.member.sender().send(message).await.unwrap();
        within(delivery.outcome()).await.unwrap();
    }
    alice.say("the end").await.unwrap();
    bob.hears("the end").await;
    assert_eq!(bob.messages(), [(own, false, "the end".to_owned())]);
    alice.hears("sip:bob@example.com has joined").await;
    assert!(alice.messages().is_empty());
    assert_eq!(room.handle.sessions(), 2);
}

/// What is in no wrapper gets 415 by its type (RFC 7701 §6.3), and without Failure-Report nothing (ruling S18).
#[tokio::test]
async fn no_wrapper() {
    let room = Running::plain().await;
    let mut raw = Raw::join(&room, "From: <sip:old@example.com>").await;
    raw.hears("MSRP first123 200").await;
    let body = "Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n";
    for (id, reports) in [("silent45", "Failure-Report: no\r\n"), ("loud5678", "")] {
        let rest = format!("Message-ID: {id}\r\n{reports}{body}");
        raw.write(&raw.frame(id, &rest, "$")).await;
    }
    raw.hears("MSRP loud5678 415").await;
    assert!(!raw.has_heard("silent45"));
}

/// A wrapper reaches the others octet by octet as it came, whatever its headers are (RFC 7701 §6.1), and success is
/// reported by the room alone (RFC 7701 §6.3).
#[tokio::test]
async fn octets_are_passed_on_as_they_are() {
    let room = Running::plain().await;
    let alice = room.join("alice").await;
    let mut raw = Raw::join(&room, "From: Bob <sip:bob@example.com>").await;
    let wrapper = format!(
        "To: <{ROOM};transport=tcp>\r\nFrom: <{}>\r\nNS: x <urn:x>\r\nx.Odd: \\u0041\r\n\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nGr\u{fc}\u{df}e\r\n\r\n",
        uri("alice")
    );
    let message = Message::new("message/cpim".parse().unwrap(), wrapper.clone())
        .disposition(&Disposition::attachment().with_file_name("a.txt"))
        .success_report(true);
    let delivery = alice.member.sender().send(message).await.unwrap();
    within(delivery.outcome()).await.unwrap();
    raw.hears(&format!("\r\n\r\n{wrapper}\r\n-------")).await;
    assert!(raw.has_heard("\r\nContent-Disposition: attachment;filename=a.txt\r\n"));
    assert!(raw.has_heard("\r\nFailure-Report: no\r\n") && !raw.has_heard("Success-Report: yes"));
}
