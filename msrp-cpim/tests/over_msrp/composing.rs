//! Who is composing, over MSRP (RFC 3994 §4).

use core::time::Duration;

use msrp_cpim::composing::{Carriage, Composer, Event, IsComposing, State, Watcher};
use msrp_cpim::{Message as Cpim, MessageBuilder};
use msrp_multipart::{Entity, MediaRanges};
use msrp_proto::test_util::{Pipe, Side};
use msrp_proto::wire::StatusCode;
use msrp_proto::{Config, Message, SendErrorReason, SendFailure};

use crate::{Talk, carrying, content_type, cpim, from_alice, media_type};

const STATUS: &str = IsComposing::MEDIA_TYPE;

fn ranges(list: &str) -> MediaRanges {
    MediaRanges::parse(list.as_bytes()).unwrap()
}

fn text() -> Message {
    Message::new(media_type("text/plain"), "Hello")
}

fn status_message(status: &IsComposing) -> Message {
    Message::new(media_type(STATUS), status.to_xml().unwrap())
}

fn wrapped(status: &IsComposing, builder: MessageBuilder) -> Cpim {
    let content = Entity::new(&media_type(STATUS), status.to_xml().unwrap()).unwrap();
    builder.build(content).unwrap()
}

/// Signalling said that Bob takes everything; he does not.
///
/// Shows: ISC-4-01 (a refusal, over a connection).
#[test]
fn a_415_ends_status_messages_and_nothing_else() {
    let mut talk = Talk::with(Config::default(), "text/plain", Pipe::new(1));
    let mut composer = Composer::new(Carriage::Bare, &ranges("*"), &MediaRanges::new());
    composer.activity(talk.pair.now());
    let status = composer.poll_status(talk.pair.now()).unwrap();
    assert_eq!(status.state, State::Active);

    let outgoing = talk.send(Side::A, status_message(&status)).unwrap();
    talk.run();
    let Some(Err(SendFailure::Refused(code))) = talk.outcome(Side::A, outgoing) else {
        panic!("{:?}", talk.outcome(Side::A, outgoing));
    };
    assert_eq!(code, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    composer.refused(code.as_u16());
    assert!(!composer.is_enabled());

    // No more of them, whatever the user does and however much time passes; the session would not take one
    // either.
    for _ in 0..5 {
        composer.activity(talk.pair.now());
        assert_eq!(composer.poll_status(talk.pair.now()), None);
        assert_eq!(composer.poll_timeout(), None);
        composer.content_sent();
        talk.pair.advance(Duration::from_secs(60), |_, _, _| {});
    }
    let refused = talk.send(Side::A, status_message(&status));
    assert_eq!(refused, Err(SendErrorReason::TypeNotAccepted));
    assert!(talk.received.is_empty());

    // Content is not affected, in either direction.
    assert_eq!(talk.deliver(Side::A, text()).body, "Hello");
    assert_eq!(talk.deliver(Side::B, text()).body, "Hello");
}

/// What the composer makes of `accept-types` is what the session makes of them.
///
/// Shows: ISC-4-01 (negotiation, as the session sees it).
#[test]
fn nothing_is_sent_to_who_does_not_accept_it() {
    let cases = [
        // accept-types, accept-wrapped-types, bare, wrapped
        ("*", "", true, true),
        ("text/plain", "", false, false),
        ("text/plain application/im-iscomposing+xml", "", true, false),
        ("message/cpim", "text/plain", false, false),
        (
            "message/cpim",
            "text/plain application/im-iscomposing+xml",
            false,
            true,
        ),
        ("message/cpim application/*", "", true, true),
        ("text/plain", "*", false, false),
    ];
    for (accept, wrapped_types, bare_goes, wrapped_goes) in cases {
        let accept = ranges(accept);
        let inside = if wrapped_types.is_empty() {
            MediaRanges::new()
        } else {
            ranges(wrapped_types)
        };
        for (carriage, goes) in [(Carriage::Bare, bare_goes), (Carriage::Wrapped, wrapped_goes)] {
            let mut talk = Talk::new();
            let terms = crate::terms(Side::A)
                .peer_accepts(accept.clone())
                .peer_accepts_wrapped(inside.clone());
            let id = talk.sessions[0];
            talk.pair.connection(Side::A).session(id).unwrap().update(terms);

            let mut composer = Composer::new(carriage, &accept, &inside);
            assert_eq!(composer.is_enabled(), goes, "{carriage:?} {accept:?} {inside:?}");
            composer.activity(talk.pair.now());
            assert_eq!(composer.poll_status(talk.pair.now()).is_some(), goes);

            let status = IsComposing::new(State::Active);
            let message = match carriage {
                Carriage::Bare => status_message(&status),
                Carriage::Wrapped => carrying(&wrapped(&status, from_alice())).wraps(media_type(STATUS)),
            };
            let sent = talk.send(Side::A, message);
            assert_eq!(sent.is_ok(), goes, "{carriage:?} {accept:?} {inside:?}: {sent:?}");
        }
    }
}

/// Alice is composing until she sends something that is content.
///
/// Shows: ISC-3.3-02 (over a connection: neither a SEND without a body nor a notification is content).
#[test]
fn what_ends_composing() {
    let mut talk = Talk::new();
    let mut composer = Composer::new(Carriage::Wrapped, &ranges("*"), &ranges("*"));
    let mut watcher = Watcher::new();
    let alice = "im:alice@example.com".to_owned();
    composer.activity(talk.pair.now());
    let status = composer.poll_status(talk.pair.now()).unwrap();

    let received = talk.deliver(Side::A, carrying(&wrapped(&status, from_alice())));
    let message = cpim(&received);
    let read = IsComposing::parse_strict(&message.content().body).unwrap();
    assert_eq!(read, status);
    let sender = message.from().unwrap().unwrap().uri().to_owned();
    watcher.handle_status(talk.pair.now(), &sender, &read);
    assert_eq!(watcher.poll_event(), Some(Event::Active(alice.clone())));

    // A SEND without a body is no message to the application at all.
    talk.incoming.clear();
    let id = talk.sessions[0];
    talk.pair.connection(Side::A).session(id).unwrap().ping();
    let before = talk.pair.pipe(Side::A).carried();
    talk.run();
    assert!(talk.pair.pipe(Side::A).carried() > before, "nothing was sent");
    assert!(talk.incoming.is_empty(), "{:?}", talk.incoming);

    let notification = Message::new(media_type("message/imdn+xml"), "<imdn/>").control();
    let received = talk.deliver(Side::A, notification);
    watcher.handle_message(&alice, Some(&content_type(&received)));
    assert!(watcher.is_active(&alice));

    let received = talk.deliver(
        Side::A,
        carrying(&from_alice().build(Entity::text("Hello")).unwrap()),
    );
    let within = cpim(&received).content().headers.media_type();
    watcher.handle_message(&alice, Some(&within));
    assert_eq!(watcher.poll_event(), Some(Event::Idle(alice)));
}
