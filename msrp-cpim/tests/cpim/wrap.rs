//! Messages in messages.

use bytes::Bytes;
use msrp_cpim::{Message, NestedError, ParseError};

use crate::{FROM_AND_TO, address, octets, text};

fn room() -> msrp_cpim::MessageBuilder {
    Message::builder()
        .from(address("sip:room@x.example"))
        .to(address("im:b@x.example"))
}

/// Shows: CPIM-6-01.
#[test]
fn a_message_is_wrapped_as_it_is() {
    let original = Message::parse(&octets(&format!(
        "{FROM_AND_TO}x.y:  \\q  \r\nSubject: a\r\nSubject: b\r\n"
    )))
    .unwrap();
    let wrapped = room().wrap(&original).unwrap();
    assert!(Message::is_cpim(
        wrapped.content().headers.content_type().unwrap()
    ));
    assert_eq!(wrapped.content().body, original.to_bytes());
    assert_eq!(wrapped.inner(), Some(Ok(original)));
    assert_eq!(Message::parse_strict(&wrapped.to_bytes()), Ok(wrapped));
}

/// Shows: CPIM-2.4-03, MSRP-14.5-01.
#[test]
fn the_chain_of_senders() {
    let original = Message::parse(&octets(FROM_AND_TO)).unwrap();
    let wrapped = room().wrap(&original).unwrap();
    let uris = |message: &Message, depth| {
        let chain = message.from_chain(depth)?;
        Ok(chain
            .into_iter()
            .map(|from| from.unwrap().uri().to_owned())
            .collect::<Vec<_>>())
    };
    assert_eq!(
        uris(&wrapped, 8),
        Ok(vec!["sip:room@x.example".into(), "im:a@x.example".into()])
    );
    assert_eq!(uris(&original, 8), Ok(vec!["im:a@x.example".into()]));
    assert_eq!(uris(&wrapped, 2).map(|uris| uris.len()), Ok(2));
    assert_eq!(uris(&wrapped, 1), Err(NestedError::TooDeep { limit: 1 }));

    let thrice = room().wrap(&wrapped).unwrap();
    assert_eq!(uris(&thrice, 2), Err(NestedError::TooDeep { limit: 2 }));
    assert_eq!(uris(&thrice, 3).map(|uris| uris.len()), Ok(3));
    // A link without a name is not left out.
    let silent = Message::parse(&octets("To: <im:b@x.example>\r\n")).unwrap();
    let chain = room().wrap(&silent).unwrap().from_chain(8).unwrap();
    assert_eq!(chain, [Some(address("sip:room@x.example")), None]);
}

/// Shows: CPIM-2.4-03 (any type).
#[test]
fn other_content_has_no_message_in_it() {
    let multipart = Bytes::from(format!(
        "{FROM_AND_TO}\r\nContent-Type: multipart/mixed;boundary=a\r\n\r\n--a--"
    ));
    let message = Message::parse_strict(&multipart).unwrap();
    assert!(
        message
            .content()
            .headers
            .content_type()
            .unwrap()
            .is("multipart/mixed")
    );
    assert_eq!(message.inner(), None);
    assert_eq!(message.chain(1).unwrap().len(), 1);
    assert_eq!(room().build(text()).unwrap().inner(), None);
}

#[test]
fn a_message_that_cannot_be_read_breaks_the_chain() {
    let broken = Bytes::from(format!("{FROM_AND_TO}\r\nContent-Type: message/cpim\r\n\r\nFrom"));
    let message = Message::parse(&broken).unwrap();
    assert_eq!(
        message.from_chain(8),
        Err(NestedError::Parse(ParseError::MissingContent))
    );
    // An encoding is undone first (RFC 3862 §7.1).
    let inner = "RnJvbTogPGltOmFAeC5leGFtcGxlPg0KDQpDb250ZW50LVR5cGU6IGEvYg0KDQpoaQ==";
    let encoded = format!(
        "{FROM_AND_TO}\r\nContent-Type: message/cpim\r\nContent-Transfer-Encoding: base64\r\n\r\n{inner}"
    );
    let message = Message::parse(&encoded.into()).unwrap();
    assert_eq!(message.inner().unwrap().unwrap().content().body, "hi");
}
