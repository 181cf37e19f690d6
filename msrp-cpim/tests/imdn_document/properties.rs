//! What holds for every document, on documents drawn from a fixed seed.

use msrp_cpim::imdn::{
    DeliveryStatus, DisplayStatus, Disposition, Notification, NotificationError, ProcessingStatus, Subject,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

fn check<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(strategy, property)
        .unwrap();
}

/// All that XML can hold.
fn text() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![
            any::<char>(),
            select(vec!['<', '>', '&', '"', '\'', ';', '#', ']', '-', '!', '\t', '\n', '\r', ' ', '\u{85}']),
        ],
        0..20,
    )
    .prop_map(|characters| {
        characters
            .into_iter()
            .filter(|character| {
                !matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
            })
            .collect()
    })
}

/// Not empty, and without white space around it.
fn value() -> impl Strategy<Value = String> {
    text().prop_filter_map("white space", |text| {
        let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    })
}

fn disposition() -> impl Strategy<Value = Disposition> {
    select(vec![
        Disposition::Delivery(DeliveryStatus::Failed),
        Disposition::Processing(ProcessingStatus::Stored),
        Disposition::Display(DisplayStatus::Displayed),
    ])
}

fn notification() -> impl Strategy<Value = Notification> {
    let subject = (option::of(text()), text()).prop_map(|(language, text)| Subject {
        language: language.filter(|language| !language.is_empty()),
        text,
    });
    let recipients = option::of((value(), value(), option::of(subject)));
    (value(), value(), recipients, disposition()).prop_map(|(id, date, recipients, disposition)| {
        let mut notification = Notification::new(&id, &date, disposition);
        if let Some((recipient, original, subject)) = recipients {
            notification.recipient_uri = Some(recipient);
            notification.original_recipient_uri = Some(original);
            notification.subject = subject;
        }
        notification
    })
}

/// Whatever text there is, it comes back as that text: none of it is taken for markup.
#[test]
fn what_is_written_is_read_again() {
    check(&notification(), |notification| {
        let document = notification.to_xml().unwrap();
        let (read, _) = Notification::parse_with_deviations(&document).unwrap();
        prop_assert_eq!(&read, &notification);
        prop_assert_eq!(read.to_xml().unwrap(), document);
        Ok(())
    });
}

/// Shows: IMDN-8-02 (any document).
#[test]
fn stripping_octets_and_stripping_the_value_agree() {
    check(&notification(), |notification| {
        let stripped = Notification::strip_recipients(&notification.to_xml().unwrap()).unwrap();
        prop_assert_eq!(
            Notification::parse(&stripped).unwrap(),
            notification.without_recipients()
        );
        Ok(())
    });
}

#[test]
fn markup_in_any_text_is_text() {
    for markup in [
        "</message-id><evil/>",
        "<![CDATA[x]]>",
        "]]>",
        "<!-- x -->",
        "&amp;",
        "&#65;",
        "\" evil='",
        "<?xml version='1.0'?>",
    ] {
        let mut notification =
            Notification::new(markup, markup, Disposition::Delivery(DeliveryStatus::Delivered));
        notification.recipient_uri = Some(markup.into());
        notification.original_recipient_uri = Some(markup.into());
        notification.subject = Some(Subject {
            language: Some(markup.into()),
            text: markup.into(),
        });
        let document = notification.to_xml().unwrap();
        assert_eq!(Notification::parse(&document).unwrap(), notification);
        assert!(!String::from_utf8(document).unwrap().contains("<evil"));
    }
}

/// Octets that get further into a document than arbitrary ones.
fn likely_octets() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">",
        b"<message-id>",
        b"</message-id>",
        b"<datetime>",
        b"</datetime>",
        b"<delivery-notification><status>",
        b"<delivered/>",
        b"</status></delivery-notification>",
        b"</imdn>",
        b"<",
        b">",
        b"/",
        b"&",
        b"&amp;",
        b"&#",
        b";",
        b"<!",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?",
        b"?>",
        b"<!DOCTYPE",
        b"xml",
        b"xmlns",
        b":",
        b"=",
        b"'",
        b"\"",
        b" ",
        b"\r\n",
        b"\xEF\xBB\xBF",
        b"\xFF",
        b"\0",
        b"a",
    ];
    vec(select(pieces), 0..30).prop_map(|pieces| pieces.concat())
}

/// Asserts that offsets lie in the document, and that what strips it agrees with what reads it.
fn is_harmless(document: &[u8]) -> Result<(), TestCaseError> {
    match Notification::parse(document) {
        Ok(_) => prop_assert!(Notification::strip_recipients(document).is_ok()),
        Err(error) => {
            prop_assert_eq!(Notification::strip_recipients(document), Err(error));
            if let NotificationError::Root { offset }
            | NotificationError::Repeated { offset }
            | NotificationError::MissingStatus { offset }
            | NotificationError::StatusNotAllowed { offset } = error
            {
                prop_assert!(offset < document.len());
            }
        }
    }
    Ok(())
}

#[test]
fn no_octets_do_harm() {
    check(&vec(any::<u8>(), 0..200), |octets| is_harmless(&octets));
    check(&likely_octets(), |octets| is_harmless(&octets));
}

#[test]
fn a_document_cut_short_or_damaged_does_no_harm() {
    let mut whole = Notification::new(
        "m1",
        "2006-04-04T12:16:49-05:00",
        Disposition::Display(DisplayStatus::Displayed),
    );
    whole.recipient_uri = Some("im:b@x.example".into());
    whole.subject = Some(Subject {
        language: Some("fr".into()),
        text: "été & Co".into(),
    });
    let document = whole.to_xml().unwrap();
    for end in 0..document.len() {
        assert!(Notification::parse(&document[..end]).is_err());
        for octet in [b'<', b'>', b'&', b'"', b'/', b'!', b'?', 0, 0xFF] {
            let mut damaged = document.clone();
            damaged[end] = octet;
            is_harmless(&damaged).unwrap();
        }
    }
}
