//! The document of a disposition notification, through the public API.

mod hostile;
mod parts;
mod properties;
mod samples;
mod statuses;
mod strip;
mod writing;

use msrp_cpim::imdn::{
    DeliveryStatus, Disposition, DocumentDeviation, Notification, NotificationError, Subject, XmlError,
};

/// A document with these elements in its element.
fn imdn(inside: &str) -> String {
    format!("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">{inside}</imdn>")
}

const ID: &str = "<message-id>m1</message-id>";
const DATE: &str = "<datetime>2006-04-04T12:16:49-05:00</datetime>";
const DELIVERED: &str = "<delivery-notification><status><delivered/></status></delivery-notification>";

/// The shortest document, without a recipient.
fn plain() -> Notification {
    Notification::new(
        "m1",
        "2006-04-04T12:16:49-05:00",
        Disposition::Delivery(DeliveryStatus::Delivered),
    )
}

/// With all that a document can have.
fn full() -> Notification {
    let mut full = plain();
    full.recipient_uri = Some("im:b@x.example".into());
    full.original_recipient_uri = Some("im:l@x.example".into());
    full.subject = Some(Subject {
        language: Some("fr".into()),
        text: "été & Co".into(),
    });
    full
}

#[track_caller]
fn parse(document: &str) -> Notification {
    Notification::parse(document.as_bytes()).unwrap()
}

#[track_caller]
fn fault(document: &str) -> NotificationError {
    Notification::parse(document.as_bytes()).unwrap_err()
}

#[track_caller]
fn xml_fault(document: &[u8]) -> XmlError {
    match Notification::parse(document).unwrap_err() {
        NotificationError::Xml(error) => error,
        other => panic!("{other:?}"),
    }
}

/// Asserts that a document is accepted with these deviations and no others, and refused by the strict parser.
#[track_caller]
fn tolerated(document: &str, expected: &[DocumentDeviation]) -> Notification {
    let (notification, deviations) = Notification::parse_with_deviations(document.as_bytes()).unwrap();
    let found: Vec<_> = deviations.iter().collect();
    assert_eq!(found, expected);
    match Notification::parse_strict(document.as_bytes()) {
        Ok(strict) => {
            assert!(expected.is_empty());
            assert_eq!(strict, notification);
        }
        Err(NotificationError::Xml(XmlError::Deviation { deviation, .. })) => {
            assert!(expected.contains(&deviation));
        }
        Err(other) => panic!("{other:?}"),
    }
    notification
}
