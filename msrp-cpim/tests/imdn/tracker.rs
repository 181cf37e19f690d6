//! Whose notifications they are.

use msrp_cpim::imdn::{DeliveryStatus, Disposition, MessageId, Notification, Tracker, TrackerEvent};

const DELIVERED: Disposition = Disposition::Delivery(DeliveryStatus::Delivered);

fn notification(id: &str, recipient: &str) -> Notification {
    let mut notification = Notification::new(id, "2006-04-04T12:16:49-05:00", DELIVERED);
    notification.recipient_uri = Some(recipient.into());
    notification.original_recipient_uri = Some("im:list@x.example".into());
    notification
}

/// Shows: IMDN-7.1.2-01.
#[test]
fn notifications_are_matched_by_their_message_id() {
    let id = |text| MessageId::new(text).unwrap();
    let mut tracker = Tracker::new();
    assert_eq!(tracker.track(&id("m1"), "first"), None);
    assert_eq!(tracker.track(&id("m2"), "second"), None);

    // There is no time, so none can run out: the second may come whenever it likes.
    for recipient in ["im:b@x.example", "im:c@x.example", "im:c@x.example"] {
        let expected = TrackerEvent::Reported {
            message: &"first",
            recipient: Some(recipient),
            original_recipient: Some("im:list@x.example"),
            disposition: &DELIVERED,
        };
        assert_eq!(tracker.handle(&notification("m1", recipient)), expected);
    }

    for unknown in ["m3", "M1", "m", "m11", ""] {
        let expected = TrackerEvent::Unsolicited {
            message_id: unknown,
            datetime: "2006-04-04T12:16:49-05:00",
        };
        assert_eq!(tracker.handle(&notification(unknown, "im:b@x.example")), expected);
    }

    assert_eq!(tracker.forget(&id("m1")), Some("first"));
    assert_eq!(tracker.len(), 1);
    let late = notification("m1", "im:b@x.example");
    assert!(matches!(
        tracker.handle(&late),
        TrackerEvent::Unsolicited { message_id: "m1", .. }
    ));
    assert_eq!(tracker.track(&id("m2"), "again"), Some("second"));
}
