//! Disposition notification (RFC 5438) around its document: who asks, who answers, and on which way.

mod classify;
mod identify;
mod message_id;
mod properties;
mod request;
mod responder;
mod route;
mod tracker;

use bytes::Bytes;
use msrp_cpim::{Address, DateTime, Message, MessageBuilder, imdn::Request};
use msrp_multipart::Entity;

const NS: &str = "NS: imdn <urn:ietf:params:imdn>\r\n";

fn octets(headers: &str) -> Bytes {
    format!("{headers}\r\nContent-Type: text/plain\r\n\r\nhi").into()
}

#[track_caller]
fn parse(headers: &str) -> Message {
    Message::parse(&octets(headers)).unwrap()
}

fn address(uri: &str) -> Address {
    Address::new(uri).unwrap()
}

fn text() -> Entity {
    Entity::text("hi")
}

fn date() -> DateTime {
    DateTime::parse("2006-04-04T12:16:49-05:00").unwrap()
}

fn builder() -> MessageBuilder {
    Message::builder()
        .from(address("im:a@x.example"))
        .to(address("im:b@x.example"))
}

/// A generator that counts.
fn counter() -> impl FnMut(&mut [u8]) {
    let mut next = 0;
    move |octets: &mut [u8]| {
        for octet in octets {
            *octet = next;
            next += 1;
        }
    }
}

/// `p` for positive-delivery, `n` for negative-delivery, `x` for processing, `d` for display.
fn request(letters: &str) -> Request {
    Request {
        positive_delivery: letters.contains('p'),
        negative_delivery: letters.contains('n'),
        processing: letters.contains('x'),
        display: letters.contains('d'),
    }
}

/// The lines of the headers of a message.
fn lines(message: &Message) -> Vec<String> {
    let octets = message.to_bytes();
    let text = String::from_utf8_lossy(&octets).into_owned();
    let head = text.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").map(str::to_owned).collect()
}
