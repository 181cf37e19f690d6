//! The messages that RFCs print, in `vectors/cpim/`.

#![expect(clippy::disallowed_methods, reason = "the vectors are files")]

use std::{fs, path::PathBuf};

use bytes::Bytes;
use msrp_cpim::{Address, Deviation, Message, ParseError, imdn};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors/cpim")
}

fn octets(name: &str) -> Bytes {
    fs::read(folder().join(format!("{name}.cpim"))).unwrap().into()
}

/// A sample without the empty line before the content headers, which is all that is wrong with its headers.
#[track_caller]
fn read_without_separator(name: &str) -> Message {
    let octets = octets(name);
    let message = Message::parse(&octets).unwrap();
    assert_eq!(
        message.deviations().iter().collect::<Vec<_>>(),
        [Deviation::MissingSeparator]
    );
    assert_eq!(message.to_bytes(), octets);
    let refusal = Message::parse_strict(&octets).unwrap_err();
    let is_expected = |error: ParseError| {
        matches!(
            error,
            ParseError::Deviation {
                deviation: Deviation::MissingSeparator,
                ..
            }
        )
    };
    assert!(is_expected(refusal), "{refusal:?}");
    message
}

fn named(name: &str, uri: &str) -> Address {
    Address::new(uri).unwrap().with_name(name)
}

#[track_caller]
fn assert_people(message: &Message, from: Address, to: Address) {
    assert_eq!(message.from(), Some(Ok(from)));
    assert_eq!(message.to().collect::<Vec<_>>(), [Ok(to)]);
}

fn content_type(message: &Message) -> String {
    message.content().headers.content_type().unwrap().to_string()
}

/// Shows: CPIM-5.1-01.
#[test]
fn rfc3862() {
    for (name, recipient, end) in [
        (
            "rfc3862-5.1-message",
            named("Depressed Donkey", "im:eeyore@100akerwood.com"),
            "\r\n",
        ),
        (
            "rfc3862-5.2-signed-part",
            named("Dopey Donkey", "im:eeyore@100akerwood.com"),
            "",
        ),
    ] {
        let octets = octets(name);
        let message = Message::parse_strict(&octets).unwrap();
        assert_eq!(message.to_bytes(), octets);
        assert!(Message::parse(&octets).unwrap().deviations().is_empty());

        assert_people(
            &message,
            named("MR SANDERS", "im:piglet@100akerwood.com"),
            recipient,
        );
        assert_eq!(
            message.date_time().unwrap().unwrap().as_str(),
            "2000-12-13T13:40:00-08:00"
        );
        let subjects: Vec<_> = message
            .subjects()
            .map(|one| (one.language(), one.text()))
            .collect();
        let expected = [
            ("i-default".into(), "the weather will be fine today".into()),
            ("fr".into(), "beau temps prevu pour aujourd'hui".into()),
        ];
        assert_eq!(subjects, expected);
        let features = "mid:MessageFeatures@id.foo.com";
        assert_eq!(message.namespaces().len(), 1);
        assert_eq!(message.namespaces()[0].prefix(), Some("MyFeatures"));
        assert_eq!(message.namespaces()[0].uri(), features);
        let required: Vec<_> = message
            .required()
            .iter()
            .map(|one| (one.namespace(), one.name()))
            .collect();
        assert_eq!(required, [(Some(features), "VitalMessageOption")]);
        let wacky = message.header(features, "WackyMessageOption").unwrap();
        assert_eq!(wacky.value(), "Use-silly-font");

        assert_eq!(content_type(&message), "text/xml;charset=utf-8");
        let id = message.content().headers.content_id().unwrap();
        assert_eq!(id.as_str(), "1234567890@foo.com");
        let body = "<body>\r\nHere is the text of my message.\r\n</body>";
        assert_eq!(message.content().body, format!("{body}{end}"));
    }
}

/// Shows: MSRP-13-04, CPIM-P13-05.
#[test]
fn rfc4975() {
    let message = read_without_separator("rfc4975-11.4-chunked");
    assert_people(
        &message,
        named("Alice", "sip:alice@example.com"),
        named("Bob", "sip:bob@example.com"),
    );
    assert_eq!(
        message.date_time().unwrap().unwrap().as_str(),
        "2006-05-15T15:02:31-03:00"
    );
    assert_eq!(content_type(&message), "text/plain");
    assert_eq!(message.content().body, "ABCD1234567890");
    // The first chunk is as long as the RFC says, and can be read already.
    let first = message.to_bytes().slice(..137);
    assert_eq!(Message::parse(&first).unwrap().content().body, "ABCD");
}

/// Shows: IMDN-7.1.1-03.
#[test]
fn rfc5438_message() {
    let message = read_without_separator("rfc5438-7.1.1.3-im");
    assert_people(
        &message,
        named("Alice", "im:alice@example.com"),
        named("Bob", "im:bob@example.com"),
    );
    assert_eq!(message.message_id().unwrap().unwrap().as_str(), "34jk324j");
    let request = imdn::Request {
        positive_delivery: true,
        negative_delivery: true,
        ..imdn::Request::default()
    };
    assert_eq!(message.requested_notifications(), request);
    assert_eq!(message.content().body, "Hello World");
    assert_eq!(
        message.content().headers.field("Content-Length").unwrap().value(),
        b"12"
    );
    assert!(message.content().deviations().is_empty());
}

#[test]
fn rfc5438_notifications() {
    let samples = [
        ("rfc5438-7.2.1.1-delivery", Some("d834jied93rf"), "<delivered/>"),
        (
            "rfc5438-7.2.1.2-display",
            Some("dfjkleriou432333"),
            "<displayed/>",
        ),
        ("rfc5438-8.1-processing", None, "<processed/>"),
    ];
    for (name, id, status) in samples {
        let message = read_without_separator(name);
        assert_people(
            &message,
            named("Bob", "im:bob@example.com"),
            named("Alice", "im:alice@example.com"),
        );
        let found = message.message_id().map(|id| id.unwrap().as_str().to_owned());
        assert_eq!(found.as_deref(), id);
        assert!(message.is_notification());
        assert_eq!(content_type(&message), "message/imdn+xml");
        assert!(
            message
                .content()
                .headers
                .disposition()
                .unwrap()
                .is("notification")
        );
        let body = String::from_utf8(message.content().body.to_vec()).unwrap();
        assert!(body.starts_with("<?xml") && body.contains(status), "{body}");
        let notification = imdn::Notification::parse(body.as_bytes()).unwrap();
        assert_eq!(notification.message_id, "34jk324j");
    }

    let message = read_without_separator("rfc5438-8.3-aggregated");
    assert!(message.is_notification());
    assert_eq!(content_type(&message), "multipart/mixed;boundary=imdn-boundary");
    assert_eq!(message.headers().len(), 4);
}

#[test]
fn rfc5547() {
    let samples = [
        (
            "rfc5547-9.1-two-chunks",
            "My cool picture.jpg",
            4092,
            "2006-05-15T15:02:31-03:00",
        ),
        (
            "rfc5547-9.2-photo",
            "My cool photo.jpg",
            1931,
            "2006-05-15T15:02:31-03:00",
        ),
        (
            "rfc5547-9.2-sunset",
            "Sunset.jpg",
            1931,
            "2006-05-21T13:02:15-03:00",
        ),
    ];
    for (name, file_name, size, date) in samples {
        let message = read_without_separator(name);
        assert_people(
            &message,
            named("Alice", "sip:alice@example.com"),
            named("Bob", "sip:bob@example.com"),
        );
        assert_eq!(message.date_time().unwrap().unwrap().as_str(), date);
        assert_eq!(content_type(&message), "image/jpeg");
        let disposition = message.content().headers.disposition().unwrap();
        assert!(disposition.is("render"));
        assert_eq!(disposition.file_name().unwrap(), file_name);
        assert_eq!(disposition.size(), Some(size));
        assert!(message.content().body.starts_with(b"..."));
    }
}

#[test]
fn rfc7701() {
    let samples = [
        (
            "rfc7701-9.3-chatroom",
            "sip:alice@atlanta.example.com",
            "sip:chatroom22@chat.example.com;transport=tcp",
            "Hello guys, how are you today?",
        ),
        (
            "rfc7701-9.4-private",
            "sip:alice@example.com",
            "sip:bob@example.com",
            "Hello Bob.",
        ),
        (
            "rfc7701-9.4-private-passed-on",
            "sip:alice@atlanta.example.com",
            "sip:bob@example.com",
            "Hello Bob.",
        ),
        (
            "rfc7701-9.5-two-chunks",
            "sip:alice@example.com",
            "sip:bob@example.com",
            "Hello Bob",
        ),
    ];
    for (name, from, to, body) in samples {
        let message = read_without_separator(name);
        assert_people(&message, named("", from), named("", to));
        assert_eq!(
            message.date_time().unwrap().unwrap().as_str(),
            "2009-03-02T15:02:31-03:00"
        );
        assert_eq!(message.content().headers.media_type().to_string(), "text/plain");
        assert_eq!(message.content().body, body);
    }
    // What comes in the first chunk is not enough, and that can be told.
    let whole = octets("rfc7701-9.5-two-chunks");
    assert_eq!(
        Message::parse(&whole.slice(..58)),
        Err(ParseError::MissingContent)
    );
}

/// A file that no test reads would show nothing.
#[test]
fn no_vector_is_left_out() {
    let source = include_str!("vectors.rs");
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "cpim") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(source.contains(&format!("\"{name}\"")), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 15);
}
