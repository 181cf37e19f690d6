//! Disposition notifications over MSRP (RFC 4975 §8.9, RFC 5438 §13).

use msrp_cpim::Message as Cpim;
use msrp_cpim::imdn::{
    Class, Consent, DeliveryStatus, DisplayStatus, Disposition, MessageId, Report, Request, Responder, Role,
    Tracker, TrackerEvent,
};
use msrp_multipart::{Entity, MediaType};
use msrp_proto::test_util::Side;
use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Direction, Message, SendErrorReason};

use crate::{Talk, carrying, cpim, from_alice, media_type};

fn id() -> MessageId {
    MessageId::new("m1").unwrap()
}

/// A message of Alice that asks for notifications of both kinds.
fn asking() -> Cpim {
    let request = Request {
        positive_delivery: true,
        display: true,
        ..Request::default()
    };
    let builder = from_alice().message_id(&id()).unwrap();
    builder
        .request_notifications(request)
        .build(Entity::text("Are you there?"))
        .unwrap()
}

#[track_caller]
fn report(responder: &mut Responder, disposition: Disposition) -> Report {
    let report = responder.report(disposition, Consent::Given, &mut |random| random.fill(9));
    report.unwrap().expect("a notification that is due")
}

fn delivered() -> Disposition {
    Disposition::Delivery(DeliveryStatus::Delivered)
}

fn text() -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), "Hello")
}

/// What the tracker of Alice makes of a notification that came.
#[track_caller]
fn notified(tracker: &Tracker, message: &Cpim) -> (bool, Disposition) {
    let Ok(Class::Notifications(found)) = Class::of(message) else {
        panic!("no notification");
    };
    let [notification] = &found.notifications[..] else {
        panic!("not one notification");
    };
    let is_tracked = !matches!(tracker.handle(notification), TrackerEvent::Unsolicited { .. });
    (is_tracked, notification.disposition.clone())
}

/// Alice sends, Bob only receives: his notifications go to her nevertheless, and nothing else does.
///
/// Shows: IMDN-P8.9-01 (the direction).
#[test]
fn the_direction_does_not_hold_back_notifications() {
    let mut talk = Talk::new();
    talk.set_direction(Direction::SendOnly);
    let mut tracker = Tracker::new();
    tracker.track(&id(), ());
    let received = talk.deliver(Side::A, carrying(&asking()));
    let mut responder = Responder::new(&cpim(&received), Role::Recipient);

    let notification = report(&mut responder, delivered());
    let carrier = carrying(&notification.message).control();
    let received = talk.deliver(Side::B, carrier);
    assert_eq!(notified(&tracker, &cpim(&received)), (true, delivered()));

    // Text stays where it is, wrapped or not, and so does a notification that is not marked.
    for message in [text(), carrying(&asking()), carrying(&notification.message)] {
        assert_eq!(talk.send(Side::B, message), Err(SendErrorReason::Direction));
    }
    talk.run();
    assert!(talk.received.is_empty());

    // Nor does a session in which neither side may send.
    talk.set_direction(Direction::Inactive);
    let displayed = report(&mut responder, Disposition::Display(DisplayStatus::Displayed));
    assert_eq!(talk.send(Side::B, text()), Err(SendErrorReason::Direction));
    let received = talk.deliver(Side::B, carrying(&displayed.message).control());
    let expected = (true, Disposition::Display(DisplayStatus::Displayed));
    assert_eq!(notified(&tracker, &cpim(&received)), expected);
}

/// Reports of MSRP are asked for in the head, notifications in the message: all four combinations give what
/// was asked for, and a notification can be reported on like any message.
///
/// Shows: IMDN-P8.9-01 (reports of MSRP).
#[test]
fn reports_of_msrp_are_another_matter() {
    let plain = from_alice().build(Entity::text("Are you there?")).unwrap();
    for (message, is_asking) in [(asking(), true), (plain, false)] {
        for wants_report in [true, false] {
            let mut talk = Talk::new();
            talk.set_direction(Direction::SendOnly);
            let carrier = carrying(&message)
                .success_report(wants_report)
                .failure_report(FailureReport::No);
            let outgoing = talk.send(Side::A, carrier).unwrap();
            talk.run();
            let expected: &[_] = if wants_report {
                &[((Side::A, outgoing), StatusCode::OK)]
            } else {
                &[]
            };
            assert_eq!(talk.reported, expected);

            let (_, received) = talk.received.pop().unwrap();
            let mut responder = Responder::new(&cpim(&received), Role::Recipient);
            let due = responder.report(delivered(), Consent::Given, &mut |random| random.fill(9));
            assert_eq!(due.unwrap().is_some(), is_asking);
        }
    }

    let mut talk = Talk::new();
    talk.set_direction(Direction::SendOnly);
    let notification = report(&mut Responder::new(&asking(), Role::Recipient), delivered());
    let carrier = carrying(&notification.message).control().success_report(true);
    let outgoing = talk.send(Side::B, carrier).unwrap();
    talk.run();
    assert_eq!(talk.reported, [((Side::B, outgoing), StatusCode::OK)]);
    assert_eq!(talk.outcome(Side::B, outgoing), Some(Ok(())));
    let (_, received) = talk.received.pop().unwrap();
    assert_eq!(received.head.content_type(), Some(media_type("message/cpim")));
    // Nothing is notified of a notification.
    let again = Responder::new(&cpim(&received), Role::Recipient).request();
    assert!(again.is_empty());
}
