//! What holds for any input.

use bytes::Bytes;
use msrp_cpim::{Address, DateTime, Header, Message};
use msrp_multipart::{Entity, MediaType};
use proptest::prelude::*;

use crate::octets;

/// Text with much of what could break out of where it is put.
fn hard_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-zA-Z \\\\\"'<>:;,.=\r\n\t\0]{0,4}",
        Just("\r\n\r\n".to_owned()),
        Just("\r\nTo: <im:evil@x.example>".to_owned()),
        Just("\\u0041\\".to_owned()),
        Just("Content-Type: text/html".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn hard_line() -> impl Strategy<Value = String> {
    hard_text().prop_map(|text| text.trim_end_matches(' ').to_owned())
}

fn address() -> impl Strategy<Value = Address> {
    ("[a-z]{1,3}:[a-zA-Z0-9@.;?=/%#-]{1,12}", hard_text())
        .prop_map(|(uri, name)| Address::new(&uri).unwrap().with_name(&name))
}

proptest! {
    #[test]
    fn what_is_built_is_read_the_same(
        from in address(),
        to in prop::collection::vec(address(), 1..4),
        cc in prop::collection::vec(address(), 0..3),
        subject in hard_line(),
        extension in hard_line(),
        parameter in hard_text(),
        body in prop::collection::vec(any::<u8>(), 0..64),
        date in prop::option::of(any::<u32>()),
    ) {
        let media_type = MediaType::new("application", "octet-stream").unwrap();
        let content = Entity::new(&media_type, body).unwrap();
        let header = Header::new("e.Extra", &extension).unwrap().with_parameter("p", &parameter).unwrap();
        let mut builder = Message::builder().from(from.clone())
            .subject_in("en", &subject).unwrap()
            .namespace("e", "urn:e").unwrap()
            .header(header).unwrap();
        for to in &to {
            builder = builder.to(to.clone());
        }
        for cc in &cc {
            builder = builder.cc(cc.clone());
        }
        let date = date.map(|seconds| {
            let utc = chrono::DateTime::from_timestamp(seconds.into(), 0).unwrap();
            DateTime::try_from(utc.fixed_offset()).unwrap()
        });
        if let Some(date) = &date {
            builder = builder.date_time(date.clone());
        }
        let message = builder.build(content.clone()).unwrap();

        let read = Message::parse_strict(&message.to_bytes()).unwrap();
        prop_assert_eq!(&read, &message);
        prop_assert!(Message::parse(&message.to_bytes()).unwrap().deviations().is_empty());
        prop_assert_eq!(read.from(), Some(Ok(from)));
        prop_assert_eq!(read.to().map(Result::unwrap).collect::<Vec<_>>(), to);
        prop_assert_eq!(read.cc().map(Result::unwrap).collect::<Vec<_>>(), cc);
        prop_assert_eq!(read.date_time().map(Result::unwrap), date);
        prop_assert_eq!(read.subject("en").map_or("".into(), |subject| subject.text()), subject.clone());
        let extra = read.header("urn:e", "Extra");
        prop_assert_eq!(extra.map_or("".into(), |extra| extra.text()), extension.clone());
        prop_assert_eq!(extra.map_or("".into(), |extra| extra.parameter("p").unwrap()), if extra.is_some() { parameter } else { String::new() });
        prop_assert_eq!(read.content(), &content);
        prop_assert!(read.validate_msrp().is_empty());
    }

    #[test]
    fn an_address_is_read_as_it_is_written(address in address()) {
        let written = address.to_string();
        prop_assert!(!written.contains(|character: char| character.is_ascii_control()));
        let (read, deviations) = Address::parse_with_deviations(&written).unwrap();
        prop_assert_eq!(read, address);
        prop_assert!(deviations.is_empty());
    }

    #[test]
    fn what_is_read_is_written_the_same(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let input = Bytes::from(input);
        if let Ok(message) = Message::parse(&input) {
            prop_assert_eq!(message.to_bytes(), input);
        }
    }

    #[test]
    fn almost_messages_are_read_or_refused(
        pieces in prop::collection::vec(prop_oneof![
            "[ -~]{0,8}",
            Just("\r\n".to_owned()),
            Just("NS: a <urn:ietf:params:imdn>\r\n".to_owned()),
            Just("NS: <urn:b>\r\n".to_owned()),
            Just("a.Message-ID: x@y\r\n".to_owned()),
            Just("From: \"a\\\"\" <im:a>\r\n".to_owned()),
            Just("Require: a.b, c\r\n".to_owned()),
            Just("X:;a=\"b\";lang=c".to_owned()),
            Just("Content-Type: message/cpim\r\n\r\n".to_owned()),
            Just("Content-ID: <a@b>\r\n".to_owned()),
            Just("\\ud83d\\u".to_owned()),
            any::<char>().prop_map(String::from),
        ], 0..20),
    ) {
        let input = Bytes::from(pieces.concat());
        let lenient = Message::parse(&input);
        if let Ok(message) = &lenient {
            prop_assert_eq!(&message.to_bytes(), &input);
            let _ = (message.from(), message.to().count(), message.subject("c"), message.date_time());
            let _ = (message.message_id(), message.requested_notifications(), message.from_chain(8));
            for header in message.headers() {
                let _ = (header.text(), header.parameters().count(), header.address());
            }
        }
        // The strict parser takes what the lenient one has nothing to say about, and nothing else.
        let clean = lenient
            .as_ref()
            .is_ok_and(|message| message.deviations().is_empty() && message.content().deviations().is_empty());
        prop_assert_eq!(Message::parse_strict(&input).is_ok(), clean);
    }

    #[test]
    fn values_decode_without_losing_plain_text(text in "[^\\\\\\x00-\\x1f\\x7f]{0,40}") {
        let message = Message::parse(&octets(&format!("Subject: {text}\r\n"))).unwrap();
        prop_assert_eq!(message.headers()[0].text(), text);
    }
}
