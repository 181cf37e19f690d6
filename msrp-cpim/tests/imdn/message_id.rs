//! Identifiers of messages.

use msrp_cpim::{BuildError, Deviation, Message, imdn::MessageId};

use crate::{NS, builder, counter, octets, parse, text};

/// Shows: IMDN-6.3-01.
#[test]
fn identifiers_are_random() {
    let id = MessageId::generate(&mut counter());
    assert_eq!(id.as_str(), "000102030405060708090a0b0c0d0e0f");
    assert_eq!(MessageId::new(id.as_str()).as_ref(), Ok(&id));

    let mut source = counter();
    assert_ne!(MessageId::generate(&mut source), MessageId::generate(&mut source));
    let mut drawn = 0;
    MessageId::generate(&mut |octets| drawn += octets.len());
    assert!(drawn >= 8);
    // Each octet drawn makes a difference.
    for index in 0..drawn {
        let mut at = 0;
        let other = MessageId::generate(&mut |octets| {
            octets.fill(0);
            if let Some(octet) = index.checked_sub(at).and_then(|index| octets.get_mut(index)) {
                *octet = 1;
            }
            at += octets.len();
        });
        assert_ne!(other, MessageId::generate(&mut |octets| octets.fill(0)));
    }
}

/// Shows: IMDN-10-02 (Message-ID).
#[test]
fn identifiers_are_tokens() {
    for (text, is_token) in [
        ("34jk324j", true),
        ("a.b-ü!", true),
        ("a@b", false),
        ("<a/b=c>", false),
    ] {
        let headers = format!("{NS}imdn.Message-ID: {text}\r\n");
        let message = parse(&headers);
        assert_eq!(message.message_id().unwrap().unwrap().as_str(), text);
        assert_eq!(message.deviations().contains(Deviation::BadToken), !is_token);
        assert_eq!(Message::parse_strict(&octets(&headers)).is_ok(), is_token);
        assert_eq!(MessageId::new(text).is_ok(), is_token);
    }
    for text in ["a b", "", "a\\tb", "a\\u0000", "a\u{A0}b"] {
        let message = parse(&format!("{NS}imdn.Message-ID: {text}\r\n"));
        assert!(message.message_id().unwrap().is_err(), "{text}");
    }
    for text in ["a b", "", "a\r\nb", "a@b", "a\tb"] {
        assert_eq!(MessageId::new(text), Err(BuildError::BadToken));
    }
    // One that a peer has made is not passed off as one's own.
    let foreign = parse(&format!("{NS}imdn.Message-ID: a@b\r\n"))
        .message_id()
        .unwrap()
        .unwrap();
    assert_eq!(builder().message_id(&foreign).unwrap_err(), BuildError::BadToken);
}

#[test]
fn a_second_identifier_replaces_the_first() {
    let one = MessageId::new("one").unwrap();
    let two = MessageId::new("two").unwrap();
    let message = builder()
        .message_id(&one)
        .unwrap()
        .message_id(&two)
        .unwrap()
        .build(text())
        .unwrap();
    assert_eq!(
        message
            .headers_named("urn:ietf:params:imdn", "Message-ID")
            .count(),
        1
    );
    assert_eq!(message.message_id(), Some(Ok(two)));
    assert_eq!(format!("{one:?}"), "MessageId(…)");
}
