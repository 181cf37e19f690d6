//! What signalling has agreed upon: types inside containers, sizes, directions (RFC 4975 §8.6, §8.9).

use msrp_proto::{
    Body, Direction, MediaRanges, MediaType, Message, Refusal, Role, SendErrorReason, SessionConfig, Terms,
};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup, passive, text};

fn types(list: &str) -> MediaRanges {
    MediaRanges::parse(list.as_bytes()).unwrap()
}

fn kind(essence: &str) -> MediaType {
    let (type_, subtype) = essence.split_once('/').unwrap();
    MediaType::new(type_, subtype).unwrap()
}

fn terms() -> Terms {
    Terms::new(A.parse().unwrap())
}

fn active(terms: Terms) -> Setup {
    Setup::new().session(SessionConfig::new(B.parse().unwrap(), Role::Active, terms))
}

/// A message of that type with those inside.
fn container(root: &str, wrapped: &[&str]) -> Message {
    let message = Message::new(kind(root), "content");
    wrapped
        .iter()
        .fold(message, |message, inside| message.wraps(kind(inside)))
}

fn refusal(peer: &mut Peer, message: Message) -> Option<SendErrorReason> {
    let sent = peer.session("B").send(message);
    sent.err().map(|error| error.reason)
}

/// Shows: MSRP-8.6-08 (at sending).
#[test]
fn types_inside_containers() {
    let terms = terms()
        .peer_accepts(types("message/cpim multipart/mixed text/html"))
        .peer_accepts_wrapped(types("text/plain image/*"));
    active(terms).run(|peer| {
        peer.sent();
        let wrapped_refused = Some(SendErrorReason::WrappedTypeNotAccepted);
        for (root, wrapped, refused) in [
            ("message/cpim", &["text/plain"][..], None),
            // What is accepted as a whole is so inside, too.
            ("message/cpim", &["text/html"], None),
            (
                "multipart/mixed",
                &["image/png", "message/cpim", "Text/Plain"],
                None,
            ),
            ("message/cpim", &["audio/ogg"], wrapped_refused),
            ("message/cpim", &["text/plain", "audio/ogg"], wrapped_refused),
            // Inside containers only.
            ("text/plain", &[], Some(SendErrorReason::TypeNotAccepted)),
            ("image/png", &[], Some(SendErrorReason::TypeNotAccepted)),
            (
                "text/plain",
                &["text/plain"],
                Some(SendErrorReason::TypeNotAccepted),
            ),
        ] {
            let message = container(root, wrapped);
            assert_eq!(refusal(peer, message), refused, "{root} {wrapped:?}");
            assert_eq!(peer.sent().len(), usize::from(refused.is_none()));
        }
    });
}

/// Without accept-wrapped-types there are no others inside than outside.
///
/// Shows: MSRP-8.6-07.
#[test]
fn types_inside_by_default() {
    active(terms().peer_accepts(types("message/cpim text/plain"))).run(|peer| {
        assert_eq!(refusal(peer, container("message/cpim", &["text/plain"])), None);
        let other = refusal(peer, container("message/cpim", &["text/html"]));
        assert_eq!(other, Some(SendErrorReason::WrappedTypeNotAccepted));
    });
    active(terms()).run(|peer| {
        assert_eq!(refusal(peer, container("message/cpim", &["x/y"])), None);
    });
    // Agreed upon anew.
    active(terms()).run(|peer| {
        peer.session("B")
            .update(terms().peer_accepts(types("message/cpim")));
        let refused = refusal(peer, container("message/cpim", &["x/y"]));
        assert_eq!(refused, Some(SendErrorReason::WrappedTypeNotAccepted));
    });
}

/// The application opens the container, and asks.
#[test]
fn types_inside_what_is_received() {
    let session = passive(B)
        .accepts(types("message/cpim text/html"))
        .accepts_wrapped(types("text/plain"));
    Setup::new().session(session).run(|peer| {
        peer.bind();
        for (inside, accepted) in [
            ("text/plain", true),
            ("text/html", true),
            ("message/cpim", true),
            ("image/png", false),
        ] {
            assert_eq!(
                peer.session("B").accepts_wrapped(&kind(inside)),
                accepted,
                "{inside}"
            );
        }
        peer.feed(Frame::text("t001", "m001", "cpim").typed("message/cpim"));
        peer.events();
        let receipt = peer.receipt("m001");
        peer.connection
            .fail(receipt, Refusal::UNSUPPORTED_MEDIA_TYPE)
            .unwrap();
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        // By itself it is not accepted.
        peer.feed(Frame::text("t002", "m002", "plain"));
        assert_eq!(peer.sent_lines(), ["t002 415"]);
    });
    Setup::new()
        .session(passive(B).accepts(types("message/cpim text/plain")))
        .run(|peer| {
            assert!(peer.session("B").accepts_wrapped(&kind("text/plain")));
            assert!(!peer.session("B").accepts_wrapped(&kind("text/html")));
        });
}

/// A peer that wants less than it says.
#[test]
fn longer_than_the_peer_wants() {
    active(terms().peer_max_size(Some(5))).run(|peer| {
        peer.sent();
        assert_eq!(refusal(peer, text("123456")), Some(SendErrorReason::TooLarge));
        let not_really = text("123456").exceed_max_size(true).exceed_max_size(false);
        assert_eq!(refusal(peer, not_really), Some(SendErrorReason::TooLarge));
        peer.send("whole", text("123456").exceed_max_size(true));
        assert_eq!(peer.sent_lines(), ["SEND 1-6/6 123456 $"]);
        let streamed = text(Body::streamed(None)).exceed_max_size(true);
        let id = peer.send("streamed", streamed);
        let mut outgoing = peer.connection.outgoing(id).unwrap();
        outgoing.write("1234").unwrap();
        outgoing.write("5678").unwrap();
        outgoing.finish().unwrap();
        assert_eq!(peer.sent_lines(), ["SEND 1-8/8 12345678 $"]);
    });
}

/// Control traffic flows where content does not, whichever way. What of a message is content only the
/// application can tell, so nothing that comes is refused for the direction.
///
/// Shows: MSRP-8.9-02, MSRP-8.9-03.
#[test]
fn control_traffic_both_ways() {
    for direction in [Direction::SendOnly, Direction::RecvOnly, Direction::Inactive] {
        active(terms().direction(direction)).run(|peer| {
            peer.sent();
            let sends = direction == Direction::SendOnly;
            assert_eq!(direction.may_send(), sends);
            assert_eq!(direction.may_receive(), direction == Direction::RecvOnly);
            if sends {
                peer.send("out", text("content"));
                assert_eq!(peer.sent_lines(), ["SEND 1-7/7 content $"]);
            } else {
                let refused = refusal(peer, text("content"));
                assert_eq!(refused, Some(SendErrorReason::Direction));
                peer.assert_silent();
            }
            peer.send("imdn", text("control").control().success_report(true));
            let sent = peer.sent();
            assert_eq!(sent[0].line(), "SEND 1-7/7 control $");
            // Responses and REPORTs, both ways.
            peer.feed(Frame::response(&sent[0].id(), "200 OK"));
            peer.feed(Frame::report(
                "r001",
                &sent[0].message_id(),
                "1-7/7",
                "000 200 OK",
            ));
            assert_eq!(peer.events().last().unwrap(), "imdn completed");
            peer.feed(Frame::text("t001", "m001", "imdn").success_report("yes"));
            assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-4/4 000 200 OK"]);
            assert_eq!(peer.events().last().unwrap(), "m001 finished 4");
        });
    }
}
