//! Documents that are built.

use msrp_cpim::imdn::{Notification, NotificationBuildError, NotificationField, Subject};

use crate::{full, plain};

fn written(notification: &Notification) -> String {
    String::from_utf8(notification.to_xml().unwrap()).unwrap()
}

/// Shows: IMDN-11.1-01 (the writing half), IMDN-11.1.1-01 (the document), IMDN-11.1.3-01 (the writing half),
/// IMDN-11.1.5-01 (the document).
#[test]
fn a_document_is_written_in_the_order_of_the_schema() {
    assert_eq!(
        written(&full()),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\
         <message-id>m1</message-id><datetime>2006-04-04T12:16:49-05:00</datetime>\
         <recipient-uri>im:b@x.example</recipient-uri>\
         <original-recipient-uri>im:l@x.example</original-recipient-uri>\
         <subject xml:lang=\"fr\">été &amp; Co</subject>\
         <delivery-notification><status><delivered/></status></delivery-notification></imdn>"
    );
}

/// Shows: IMDN-11.1.5-01 (no Subject).
#[test]
fn without_a_subject_there_is_no_element() {
    let mut notification = full();
    notification.subject = None;
    assert!(!written(&notification).contains("subject"));
    for language in [None, Some(String::new())] {
        notification.subject = Some(Subject {
            language,
            text: "s".into(),
        });
        assert!(written(&notification).contains("<subject>s</subject>"));
    }
}

/// Shows: IMDN-11.1.3-01 (the pairing).
#[test]
fn there_are_both_recipients_or_neither() {
    let mut notification = full();
    notification.original_recipient_uri = None;
    assert!(written(&notification).contains(
        "<recipient-uri>im:b@x.example</recipient-uri>\
         <original-recipient-uri>im:b@x.example</original-recipient-uri><subject"
    ));
    notification.recipient_uri = None;
    assert_eq!(written(&notification), written(&plain()));
    notification.original_recipient_uri = Some("im:l@x.example".into());
    assert_eq!(written(&notification), written(&plain()));
}

#[test]
fn white_space_around_texts_is_not_written() {
    let mut notification = full();
    notification.message_id = "\r\n m1 ".into();
    notification.recipient_uri = Some(" im:b@x.example\t".into());
    assert_eq!(written(&notification), written(&full()));
}

#[test]
fn what_has_to_be_there_is_not_empty() {
    let mut notification = full();
    notification.message_id = " ".into();
    let empty = |field| Err(NotificationBuildError::Empty { field });
    assert_eq!(notification.to_xml(), empty(NotificationField::MessageId));
    notification = full();
    notification.datetime = String::new();
    assert_eq!(notification.to_xml(), empty(NotificationField::DateTime));
    notification = full();
    notification.recipient_uri = Some(String::new());
    assert_eq!(notification.to_xml(), empty(NotificationField::RecipientUri));
}

#[test]
fn what_xml_forbids_is_refused_and_not_replaced() {
    for forbidden in ["\0", "\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        let text = format!("é{forbidden}b");
        let refused = |field| Err(NotificationBuildError::Character { field, offset: 2 });
        let mut notification = full();
        notification.message_id = text.clone();
        assert_eq!(notification.to_xml(), refused(NotificationField::MessageId));
        notification = full();
        notification.original_recipient_uri = Some(text.clone());
        assert_eq!(
            notification.to_xml(),
            refused(NotificationField::OriginalRecipientUri)
        );
        notification = full();
        notification.subject = Some(Subject {
            language: Some(text.clone()),
            text: String::new(),
        });
        assert_eq!(notification.to_xml(), refused(NotificationField::Language));
        notification.subject = Some(Subject { language: None, text });
        assert_eq!(notification.to_xml(), refused(NotificationField::Subject));
    }
}

#[test]
fn what_would_not_be_read_is_not_written() {
    let mut notification = full();
    let subject = |length| {
        Some(Subject {
            language: None,
            text: "a".repeat(length),
        })
    };
    notification.subject = subject(0);
    let rest = notification.to_xml().unwrap().len();
    notification.subject = subject(Notification::MAX_LENGTH - rest);
    let longest = notification.to_xml().unwrap();
    assert_eq!(longest.len(), Notification::MAX_LENGTH);
    assert_eq!(Notification::parse(&longest).unwrap(), notification);
    notification.subject = subject(Notification::MAX_LENGTH - rest + 1);
    assert_eq!(
        notification.to_xml(),
        Err(NotificationBuildError::TooLong { limit: 65_536 })
    );
}
