//! Both ends of a session, and what one of them hears from the other.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_benches::streams::{ALICE, BOB};
use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Config, Connection, Link, Role, Seed, SessionConfig, SessionId, Terms};

/// Octets of a read.
pub(crate) const READ: usize = 64 << 10;

/// The URIs of a session.
pub(crate) struct Ends {
    alice: String,
    bob: String,
}

impl Ends {
    /// Those of the streams.
    pub(crate) fn of_streams() -> Self {
        Self {
            alice: ALICE.to_owned(),
            bob: BOB.to_owned(),
        }
    }

    /// Others for each number, as long as those of the streams.
    pub(crate) fn numbered(number: usize) -> Self {
        Self {
            alice: ALICE.replace("9754session", &format!("{number:011}")),
            bob: BOB.replace("sessionid", &format!("{number:09}")),
        }
    }

    /// Opens the session that is Alice's.
    pub(crate) fn open_active(&self, alice: &mut Connection) -> SessionId {
        open(alice, Role::Active, &self.alice, &self.bob)
    }

    /// Opens the session that is Bob's.
    pub(crate) fn open_passive(&self, bob: &mut Connection) -> SessionId {
        open(bob, Role::Passive, &self.bob, &self.alice)
    }

    /// The SEND without a body by which Alice binds the session.
    pub(crate) fn binding(&self) -> String {
        let lines = "Message-ID: abcdefgh12345678\r\nByte-Range: 1-0/0\r\n";
        self.send(lines)
    }

    /// A text of 80 octets from Alice, complete.
    pub(crate) fn text(&self) -> String {
        let text = "x".repeat(80);
        let lines = "Message-ID: 12345678abcdefgh\r\nByte-Range: 1-80/80\r\nContent-Type: text/plain\r\n\r\n";
        self.send(&format!("{lines}{text}\r\n"))
    }

    /// Bob's answer to a request of Alice.
    pub(crate) fn ok(&self, request: &[u8]) -> String {
        let line = request.split(|octet| *octet == b' ').nth(1);
        let id = String::from_utf8_lossy(line.expect("a start line"));
        let Self { alice, bob } = self;
        format!("MSRP {id} 200 OK\r\nTo-Path: {alice}\r\nFrom-Path: {bob}\r\n-------{id}$\r\n")
    }

    fn send(&self, lines: &str) -> String {
        let Self { alice, bob } = self;
        format!(
            "MSRP abcdefgh1234 SEND\r\nTo-Path: {bob}\r\nFrom-Path: {alice}\r\n{lines}-------abcdefgh1234$\r\n"
        )
    }
}

fn open(connection: &mut Connection, role: Role, local: &str, peer: &str) -> SessionId {
    let (local, peer): (MsrpUri, Path) = (local.parse().expect("a URI"), peer.parse().expect("a path"));
    let session = SessionConfig::new(local, role, Terms::new(peer));
    connection.open(session).expect("room for a session")
}

/// A connection that nothing has happened to.
pub(crate) fn fresh(config: &Arc<Config>, now: Instant) -> Connection {
    Connection::new(config.clone(), Link::tcp(), now, Seed::new([4; 32]))
}

/// Hands in octets as a driver does, which reads 64 KiB at a time: each read in a buffer of its own, as long as
/// that whatever is in it. All events and all that is to be transmitted are taken after each, and let go.
pub(crate) fn hand_in(connection: &mut Connection, now: Instant, octets: &[u8]) {
    for octets in octets.chunks(READ) {
        connection.handle_input(now, read(octets));
        settle(connection, now);
    }
}

/// Takes all events and all that is to be transmitted, and lets go of it.
pub(crate) fn settle(connection: &mut Connection, now: Instant) {
    loop {
        while connection.poll_event().is_some() {}
        if connection.poll_transmit(now).is_none() {
            return;
        }
    }
}

/// At most 64 KiB of octets, in a buffer of 64 KiB.
pub(crate) fn read(octets: &[u8]) -> Bytes {
    let mut buffer = Vec::with_capacity(READ);
    buffer.extend_from_slice(octets);
    buffer.into()
}
