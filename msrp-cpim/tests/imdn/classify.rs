//! What a message is, and the notifications in it.

use std::fs;

use bytes::Bytes;
use msrp_cpim::{
    Message,
    imdn::{
        AggregateError, Class, ClassError, DeliveryStatus, DisplayStatus, Disposition, Notification,
        Notifications, ProcessingStatus, aggregate,
    },
};
use msrp_multipart::{Deviation, Multipart};

use crate::{builder, counter, text};

const DELIVERED: Disposition = Disposition::Delivery(DeliveryStatus::Delivered);
const PROCESSED: Disposition = Disposition::Processing(ProcessingStatus::Processed);
const DISPLAYED: Disposition = Disposition::Display(DisplayStatus::Displayed);

#[expect(clippy::disallowed_methods, reason = "the vectors are files")]
fn vector(name: &str) -> Message {
    let path = format!("{}/../vectors/cpim/{name}.cpim", env!("CARGO_MANIFEST_DIR"));
    Message::parse(&Bytes::from(fs::read(path).unwrap())).unwrap()
}

#[track_caller]
fn notifications(message: &Message) -> Notifications {
    match Class::of(message).unwrap() {
        Class::Notifications(notifications) => notifications,
        other => panic!("{other:?}"),
    }
}

fn dispositions(found: &Notifications) -> Vec<&Disposition> {
    found.notifications.iter().map(|one| &one.disposition).collect()
}

fn document(disposition: Disposition) -> String {
    let notification = Notification::new("m1", "2008-04-04T12:16:49-05:00", disposition);
    String::from_utf8(notification.to_xml().unwrap()).unwrap()
}

/// A message of this content.
fn message(content: &str) -> Message {
    Message::parse(&format!("From: <im:a@x.example>\r\n\r\n{content}").into()).unwrap()
}

fn multipart(headers: &str, parts: &[(&str, &str)]) -> Message {
    let parts: String = parts
        .iter()
        .map(|(media_type, body)| format!("--a\r\nContent-Type: {media_type}\r\n\r\n{body}\r\n"))
        .collect();
    message(&format!(
        "Content-Type: multipart/mixed;boundary=a\r\n{headers}\r\n{parts}--a--\r\n"
    ))
}

/// Shows: IMDN-9-01.
#[test]
fn a_message_is_one_or_the_other() {
    assert_eq!(Class::of(&vector("rfc5438-7.1.1.3-im")), Ok(Class::Message));
    let samples = [
        ("rfc5438-7.2.1.1-delivery", DELIVERED),
        ("rfc5438-8.1-processing", PROCESSED),
        ("rfc5438-7.2.1.2-display", DISPLAYED),
    ];
    for (name, expected) in samples {
        let found = notifications(&vector(name));
        assert_eq!(dispositions(&found), [&expected]);
        assert_eq!(found.notifications[0].message_id, "34jk324j");
    }

    let document = document(DELIVERED);
    let mixed = [("text/plain", "hi"), ("message/imdn+xml", document.as_str())];
    assert_eq!(Class::of(&multipart("", &mixed)), Err(ClassError::Mixed));
    let label = "Content-Disposition: notification\r\n";
    assert_eq!(Class::of(&multipart(label, &mixed)), Err(ClassError::Mixed));
    // Said to be one, and is none.
    assert_eq!(
        Class::of(&multipart(label, &mixed[..1])),
        Err(ClassError::NoDocument)
    );
    let text = message(&format!("Content-Type: text/plain\r\n{label}\r\n{document}"));
    assert_eq!(Class::of(&text), Err(ClassError::NoDocument));
    let broken = message("Content-Type: message/imdn+xml\r\n\r\n<imdn/>");
    assert!(matches!(Class::of(&broken), Err(ClassError::Document(_))));
    // What an instant message carries is its own affair.
    assert_eq!(Class::of(&multipart("", &mixed[..1])), Ok(Class::Message));
    assert_eq!(
        Class::of(&message("Content-Type: multipart/mixed\r\n\r\n")),
        Ok(Class::Message)
    );
    assert_eq!(
        Class::of(&builder().build(text_of_document()).unwrap()),
        Ok(Class::Message)
    );
}

fn text_of_document() -> msrp_multipart::Entity {
    let mut entity = text();
    entity.body = document(DELIVERED).into();
    entity
}

/// Shows: IMDN-7.1.2-02.
#[test]
fn content_disposition_is_understood() {
    let document = document(DELIVERED);
    let of = |header: &str| {
        message(&format!(
            "Content-Type: message/imdn+xml\r\n{header}\r\n{document}"
        ))
    };
    for (header, lacks) in [
        ("Content-Disposition: notification\r\n", false),
        ("Content-Disposition: Notification\r\n", false),
        ("Content-Disposition: attachment\r\n", true),
        ("", true),
    ] {
        let found = notifications(&of(header));
        assert_eq!(found.lacks_disposition, lacks, "{header}");
        assert_eq!(dispositions(&found), [&DELIVERED]);
        assert!(of(header).is_notification());
    }
}

/// Shows: IMDN-7.1.4-01.
#[test]
fn one_or_several_notifications() {
    let (delivered, displayed) = (document(DELIVERED), document(DISPLAYED));
    let parts = [
        ("message/imdn+xml", delivered.as_str()),
        ("Message/IMDN+XML", &displayed),
    ];
    let two = notifications(&multipart("Content-Disposition: notification\r\n", &parts));
    assert_eq!(dispositions(&two), [&DELIVERED, &DISPLAYED]);
    let swapped = [parts[1], parts[0]];
    assert_eq!(
        dispositions(&notifications(&multipart("", &swapped))),
        [&DISPLAYED, &DELIVERED]
    );
    let one = message(&format!("Content-Type: message/imdn+xml\r\n\r\n{displayed}"));
    assert_eq!(dispositions(&notifications(&one)), [&DISPLAYED]);
}

/// Shows: IMDN-8.3-01.
#[test]
fn several_notifications_in_one_message() {
    let both = [DELIVERED, DISPLAYED].map(|disposition| {
        let mut notification = Notification::new("m1", "2008-04-04T12:16:49-05:00", disposition);
        notification.recipient_uri = Some("im:b@x.example".into());
        notification.original_recipient_uri = Some("im:l@x.example".into());
        notification
    });
    let content = aggregate(&both, &mut counter()).unwrap();
    assert!(content.headers.disposition().unwrap().is("notification"));
    let media_type = content.headers.content_type().unwrap();
    assert!(media_type.is("multipart/mixed"));
    let boundary = media_type.parameter_str("boundary").unwrap();
    let end = String::from_utf8(content.body.to_vec()).unwrap();
    assert!(end.trim_end().ends_with(&format!("--{boundary}--")), "{end}");
    let parts = Multipart::parse_strict(media_type, &content.body).unwrap();
    assert_eq!(parts.parts().len(), 2);
    for part in parts.parts() {
        assert!(part.media_type().is("message/imdn+xml"));
    }

    let message = builder().build(content).unwrap();
    let found = notifications(&message);
    assert_eq!(found.notifications, both);
    assert!(!found.lacks_disposition);
    assert!(found.multipart_deviations.is_empty() && found.deviations.is_empty());
    assert!(aggregate(&[], &mut counter()).is_err());

    let printed = notifications(&vector("rfc5438-8.3-aggregated"));
    assert_eq!(dispositions(&printed), [&DELIVERED, &DISPLAYED]);
    assert!(printed.multipart_deviations.contains(Deviation::Unterminated));
    assert!(!printed.lacks_disposition);
}

/// A reader that keeps to its limits would not take more.
#[test]
fn as_many_notifications_as_can_be_read() {
    let delivered = Notification::new("m1", "2008-04-04T12:16:49-05:00", DELIVERED);
    let many = |count: usize| aggregate(&vec![delivered.clone(); count], &mut counter());
    let whole = many(100).unwrap();
    let found = notifications(&builder().build(whole).unwrap());
    assert_eq!(found.notifications.len(), 100);
    assert_eq!(many(101), Err(AggregateError::TooMany));
}
