//! Chat rooms (RFC 7701): what participants write and read, and what a switch passes on.

mod comparison;
mod participant;
mod refusals;
mod server;
mod switch;

use bytes::Bytes;
use msrp_cpim::chat::{Participant, Room, Switch};
use msrp_cpim::{Address, Message};

const ROOM: &str = "sip:chatroom22@chat.example.com";
const ALICE: &str = "sip:alice@atlanta.example.com";
const BOB: &str = "sip:bob@example.com";
const CAROL: &str = "im:carol@example.com";

/// A session of a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Joined {
    name: &'static str,
    uris: Vec<&'static str>,
    private_messages: bool,
}

impl Joined {
    fn new(name: &'static str, uris: &[&'static str], private_messages: bool) -> Self {
        Self {
            name,
            uris: uris.to_vec(),
            private_messages,
        }
    }
}

impl Participant for Joined {
    fn uris(&self) -> impl Iterator<Item = &str> {
        self.uris.iter().copied()
    }

    fn takes_private_messages(&self) -> bool {
        self.private_messages
    }
}

fn address(uri: &str) -> Address {
    Address::new(uri).unwrap()
}

fn switch() -> Switch {
    Switch::new(address(ROOM))
}

/// The room, as that participant knows it.
fn room_of(own: &str) -> Room {
    Room::new(address(ROOM), address(own))
}

/// A message/cpim with these headers and a text.
fn octets(headers: &[(&str, &str)]) -> Bytes {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("{headers}\r\nContent-Type: text/plain\r\n\r\nHi").into()
}

#[track_caller]
fn message(headers: &[(&str, &str)]) -> Message {
    Message::parse(&octets(headers)).unwrap()
}

/// A message/cpim from that URI to these.
fn written(from: &str, to: &[&str]) -> Bytes {
    let values: Vec<String> = [from].iter().chain(to).map(|uri| format!("<{uri}>")).collect();
    let names = ["From"].into_iter().chain(std::iter::repeat("To"));
    let headers: Vec<_> = names.zip(values.iter().map(String::as_str)).collect();
    octets(&headers)
}
