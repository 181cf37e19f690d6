//! message/cpim (RFC 3862), through the public API.

mod address;
mod builder;
mod chunks;
mod content;
mod escape;
mod header;
mod hostile;
mod msrp;
mod namespace;
mod properties;
mod vectors;
mod wrap;

use bytes::Bytes;
use msrp_cpim::{Address, Deviation, Header, Message, ParseError};
use msrp_multipart::Entity;

const FROM_AND_TO: &str = "From: <im:a@x.example>\r\nTo: <im:b@x.example>\r\n";
const TEXT: &str = "Content-Type: text/plain\r\n\r\nhi\r\n";

/// A message of these headers, the empty line, and some text.
fn octets(headers: &str) -> Bytes {
    format!("{headers}\r\n{TEXT}").into()
}

#[track_caller]
fn parse(headers: &str) -> Message {
    Message::parse(&octets(headers)).unwrap()
}

/// Asserts that the lenient parser notes nothing and the strict one agrees.
#[track_caller]
fn assert_clean(headers: &str) -> Message {
    let message = parse(headers);
    assert!(message.deviations().is_empty(), "{:?}", message.deviations());
    assert_eq!(Message::parse_strict(&octets(headers)).as_ref(), Ok(&message));
    message
}

/// Asserts that exactly this is noted, and that the strict parser refuses it.
#[track_caller]
fn assert_deviates(headers: &str, expected: Deviation) -> Message {
    let message = parse(headers);
    let found: Vec<_> = message.deviations().iter().collect();
    assert_eq!(found, [expected]);
    let refusal = Message::parse_strict(&octets(headers)).unwrap_err();
    assert!(
        matches!(refusal, ParseError::Deviation { deviation, .. } if deviation == expected),
        "{refusal:?}"
    );
    message
}

/// Asserts that neither parser takes it, for this reason.
#[track_caller]
fn assert_refused(headers: &str, error: ParseError) {
    assert_eq!(Message::parse(&octets(headers)), Err(error));
    assert_eq!(Message::parse_strict(&octets(headers)), Err(error));
}

fn address(uri: &str) -> Address {
    Address::new(uri).unwrap()
}

fn text() -> Entity {
    Entity::text("hi")
}

/// The lines of the headers of a message, without those of the content.
fn lines(message: &Message) -> Vec<String> {
    let octets = message.to_bytes();
    let text = String::from_utf8_lossy(&octets).into_owned();
    let head = text.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").map(str::to_owned).collect()
}

fn names(headers: impl Iterator<Item = impl std::borrow::Borrow<Header>>) -> Vec<String> {
    headers.map(|header| header.borrow().name().to_owned()).collect()
}
