//! How often something is allocated while a long message is received or sent.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_benches::clock;
use msrp_benches::receive;
use msrp_benches::send::{Source, alice, queue, supply};
use msrp_benches::streams::{MESSAGE, SHORT_CHUNK, Stream, octets};
use msrp_proto::{Config, Connection, Event, IncomingEvent};

use crate::meter::Meter;
use crate::peers::READ;
use crate::table::{Table, spaced};

/// Chunks for one allocation, those of buffers to transmit apart: there must be fewer.
const CHUNKS: u64 = 100;

/// Allocations for a buffer to transmit: its octets, and what counts how many share them.
const PER_BUFFER: u64 = 2;

/// The first part of a stream only fills what is kept: one of so many.
const WARM_UP: usize = 4;

/// What was counted behind the warm-up.
#[derive(Default)]
struct Steady {
    /// Taking input and events, and commands.
    work: Meter,
    /// Making buffers to transmit.
    output: Meter,
    buffers: u64,
    /// Events with octets that are not a part of the buffer that was handed in.
    copied: u64,
}

/// Receiving, then sending.
pub(crate) fn measure(table: &mut Table) {
    let stream = Stream::s1(MESSAGE);
    for (name, len) in [("64 KiB", READ), ("1500", 1500)] {
        received(&stream, len).tell(table, &format!("receive S1, reads of {name}"));
    }
    let octets = Bytes::from(octets(9, MESSAGE));
    for (name, chunk_limit) in [("chunks of 2048", Some(SHORT_CHUNK)), ("one chunk", None)] {
        for (kind, source) in [("memory", Source::Memory), ("streamed", Source::Streamed)] {
            sent(&octets, chunk_limit, source).tell(table, &format!("send, {name}, {kind}"));
        }
    }
}

impl Steady {
    fn tell(&self, table: &mut Table, name: &str) {
        // Of one chunk as many octets are counted as one.
        let chunks = ((MESSAGE - MESSAGE / WARM_UP) / SHORT_CHUNK) as u64;
        let in_chunks = format!("in {} chunks", spaced(chunks as usize));
        table
            .add(
                format!("{name}: allocations"),
                self.work.allocations(),
                &in_chunks,
            )
            .limit((chunks - 1) / CHUNKS);
        if self.copied > 0 {
            let name = format!("{name}: events with octets copied");
            table.add(name, self.copied, &in_chunks);
        }
        table
            .add(
                format!("{name}: allocations for output"),
                self.output.allocations(),
                format!("in {} buffers", spaced(self.buffers as usize)),
            )
            .limit(self.buffers * PER_BUFFER);
    }

    /// Takes all events; `note` is told of each.
    fn events(&mut self, connection: &mut Connection, mut note: impl FnMut(&mut Connection, &Event)) {
        self.work.on(|| {
            while let Some(event) = connection.poll_event() {
                note(connection, &event);
            }
        });
    }

    /// Takes a buffer to transmit.
    fn transmit(&mut self, connection: &mut Connection, now: Instant) -> Option<Bytes> {
        let out = self.output.on(|| connection.poll_transmit(now));
        self.buffers += u64::from(out.is_some());
        out
    }
}

fn received(stream: &Stream, len: usize) -> Steady {
    let (config, now) = (Arc::new(Config::default()), clock());
    let mut bob = receive::bob(&config, 1, now);
    let (mut steady, mut warming) = (Steady::default(), true);
    let given = stream.octets.as_ptr_range();
    for (index, read) in stream.reads(len).enumerate() {
        if warming && index * len >= stream.octets.len() / WARM_UP {
            (steady, warming) = (Steady::default(), false);
        }
        steady.work.on(|| bob.handle_input(now, read));
        let mut copied = 0;
        steady.events(&mut bob, |_, event| {
            if let Event::Incoming(_, IncomingEvent::Data { data, .. }) = event {
                copied += u64::from(!given.contains(&data.as_ptr()));
            }
        });
        steady.copied += copied;
        while steady.transmit(&mut bob, now).is_some() {}
    }
    assert_eq!((bob.stats().messages_received, warming), (1, false));
    steady
}

/// Each buffer is answered before the next one is made, so that what is under way does not become more.
fn sent(octets: &Bytes, chunk_limit: Option<usize>, source: Source) -> Steady {
    let now = clock();
    let config = Arc::new(Config::default().chunk_limit(chunk_limit));
    let (mut alice, session) = alice(&config, now);
    let mut bob = receive::bob(&config, 1, now);
    queue(&mut alice, session, octets, source);
    let (mut steady, mut warming) = (Steady::default(), true);
    loop {
        if warming && alice.stats().octets_sent >= (octets.len() / WARM_UP) as u64 {
            (steady, warming) = (Steady::default(), false);
        }
        steady.events(&mut alice, |alice, event| supply(alice, octets, event));
        let Some(out) = steady.transmit(&mut alice, now) else {
            break;
        };
        bob.handle_input(now, out);
        while bob.poll_event().is_some() {}
        while let Some(answer) = bob.poll_transmit(now) {
            steady.work.on(|| alice.handle_input(now, answer));
        }
    }
    assert_eq!((bob.stats().messages_received, warming), (1, false));
    steady
}
