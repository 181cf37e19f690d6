//! How many octets a short message has to wait for that is queued behind a long one.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use memchr::memmem;
use msrp_benches::clock;
use msrp_benches::receive::bob;
use msrp_benches::send::alice;
use msrp_proto::wire::MessageId;
use msrp_proto::{Body, Config, Connection, Event, MediaType, Message, OutgoingEvent, SessionId};

use crate::peers::READ;
use crate::table::Table;

/// Octets before its first one, those of the buffer last taken included, which may wait at the transport.
const LIMIT: u64 = 19 << 10;

/// Texts, each at another place of the transfer.
const TEXTS: usize = 100;

/// With a chunk limit and without.
pub(crate) fn measure(table: &mut Table) {
    for (name, chunk_limit) in [("chunks of 2048", Some(2048)), ("one chunk", None)] {
        let name = format!("a text behind 1 GiB, {name}");
        table.add(name, behind(chunk_limit), "octets").limit(LIMIT);
    }
}

/// A message of 1 GiB that is being sent and answered.
struct Transfer {
    alice: Connection,
    session: SessionId,
    bob: Connection,
    file: Bytes,
    now: Instant,
}

/// The most of all texts.
fn behind(chunk_limit: Option<usize>) -> u64 {
    let now = clock();
    let config = Arc::new(Config::default().chunk_limit(chunk_limit));
    let (mut alice, session) = alice(&config, now);
    let octet_stream = MediaType::new("application", "octet-stream").expect("a type");
    let message = Message::new(octet_stream, Body::streamed(Some(1 << 30)));
    alice
        .session(session)
        .expect("an open session")
        .send(message)
        .expect("room");
    let mut transfer = Transfer {
        alice,
        session,
        bob: bob(&config, 1, now),
        file: vec![b'x'; READ].into(),
        now,
    };
    let waits = (0..TEXTS).map(|number| transfer.text(number)).collect::<Vec<_>>();
    waits.into_iter().max().unwrap_or(0)
}

impl Transfer {
    /// Queues a text after some buffers, and says how many octets stand before it.
    fn text(&mut self, number: usize) -> u64 {
        let mut out = Vec::new();
        for _ in 0..number % 13 + 1 {
            out = self.step();
        }
        let id = MessageId::new(&format!("text{number}")).expect("a Message-ID");
        let line = format!("\r\nMessage-ID: {id}\r\n");
        let text = MediaType::new("text", "plain").expect("a type");
        let message = Message::new(text, "hello").message_id(id);
        self.alice
            .session(self.session)
            .expect("an open session")
            .send(message)
            .expect("room");
        loop {
            out.extend_from_slice(&self.step());
            if let Some(at) = memmem::find(&out, line.as_bytes()) {
                let start = memmem::rfind(&out[..at], b"MSRP ");
                return start.expect("a start line before it") as u64;
            }
        }
    }

    /// Takes a buffer, and lets Bob answer it.
    fn step(&mut self) -> Vec<u8> {
        while let Some(event) = self.alice.poll_event() {
            if let Event::Outgoing(id, OutgoingEvent::BodyWanted { max, .. }) = event {
                let mut message = self.alice.outgoing(id).expect("a message under way");
                let part = self.file.slice(..max.min(self.file.len()));
                message.write(part).expect("what was asked for");
            }
        }
        let out = self.alice.poll_transmit(self.now).expect("the transfer goes on");
        self.bob.handle_input(self.now, out.clone());
        while self.bob.poll_event().is_some() {}
        while let Some(answer) = self.bob.poll_transmit(self.now) {
            self.alice.handle_input(self.now, answer);
        }
        out.to_vec()
    }
}
