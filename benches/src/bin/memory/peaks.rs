//! The most heap that a long transfer takes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_benches::clock;
use msrp_benches::streams::{MESSAGE, Stream, octets};
use msrp_proto::{
    Body, Config, Connection, Event, IncomingEvent, MediaType, Message, OutgoingEvent, SessionId,
};

use crate::meter::Meter;
use crate::peers::{Ends, READ, fresh, hand_in, read};
use crate::table::Table;

/// Octets of the message each way.
const LEN: u64 = 1 << 30;

/// The heap of one side while both send.
const LIMIT: u64 = 256 << 10;

/// Octets that a network holds, each way: more than all chunks that may be under way.
const NETWORK: usize = 1 << 20;

/// Receiving alone, then both ways at the same time.
pub(crate) fn measure(table: &mut Table) {
    for stream in [Stream::s1, Stream::s3] {
        let stream = stream(MESSAGE);
        let name = format!("receive {}, 64 MiB: peak", stream.name);
        table.add(name, received(&stream), "octets");
    }
    for (name, chunk_limit) in [("chunks of 2048", Some(2048)), ("one chunk", None)] {
        for (side, peak) in ["active", "passive"].iter().zip(both_ways(chunk_limit)) {
            table
                .add(
                    format!("1 GiB both ways, {name}, {side} side: peak"),
                    peak,
                    "octets",
                )
                .limit(LIMIT);
        }
    }
}

/// With the connection itself and its session.
fn received(stream: &Stream) -> u64 {
    let (config, now) = (Arc::new(Config::default()), clock());
    let mut meter = Meter::default();
    meter.on(|| {
        let mut bob = fresh(&config, now);
        Ends::of_streams().open_passive(&mut bob);
        hand_in(&mut bob, now, &stream.octets);
        assert_eq!(bob.stats().messages_received, 1);
    });
    meter.most()
}

/// A connection, its application, and what they have on the heap together.
struct Side {
    meter: Meter,
    connection: Connection,
    session: SessionId,
    /// What the message is made of, again and again.
    file: Bytes,
    received: u64,
    completed: bool,
    /// Octets on their way to the other side.
    network: VecDeque<Vec<u8>>,
    under_way: usize,
}

fn both_ways(chunk_limit: Option<usize>) -> [u64; 2] {
    let (config, now, ends) = (
        Arc::new(Config::default().chunk_limit(chunk_limit)),
        clock(),
        Ends::of_streams(),
    );
    let file = Bytes::from(octets(9, READ));
    let mut active = Side::new(&config, &file, now, |alice| ends.open_active(alice));
    let mut passive = Side::new(&config, &file, now, |bob| ends.open_passive(bob));
    active.send();
    passive.send();
    loop {
        let sent = active.step(&mut passive, now) | passive.step(&mut active, now);
        if !sent {
            break;
        }
    }
    [active, passive].map(|side| {
        assert!(side.received == LEN && side.completed && side.network.is_empty());
        side.meter.most()
    })
}

impl Side {
    fn new(
        config: &Arc<Config>,
        file: &Bytes,
        now: Instant,
        open: impl Fn(&mut Connection) -> SessionId,
    ) -> Self {
        let mut meter = Meter::default();
        let (connection, session) = meter.on(|| {
            let mut connection = fresh(config, now);
            let session = open(&mut connection);
            (connection, session)
        });
        Self {
            meter,
            connection,
            session,
            file: file.clone(),
            received: 0,
            completed: false,
            network: VecDeque::new(),
            under_way: 0,
        }
    }

    fn send(&mut self) {
        let octet_stream = MediaType::new("application", "octet-stream").expect("a type");
        let message = Message::new(octet_stream, Body::streamed(Some(LEN))).success_report(true);
        let mut session = self.connection.session(self.session).expect("an open session");
        self.meter
            .on(|| session.send(message))
            .expect("room for a message");
    }

    /// Takes events and a buffer, which goes into the network; what the network holds no more, or would have
    /// nothing to push it on, arrives. `false`: nothing happened.
    fn step(&mut self, other: &mut Self, now: Instant) -> bool {
        self.events();
        let out = self.meter.on(|| self.connection.poll_transmit(now));
        let idle = out.is_none();
        if let Some(out) = &out {
            self.network.push_back(out.to_vec());
            self.under_way += out.len();
        }
        self.meter.on(|| drop(out));
        let arrives = idle || self.under_way > NETWORK;
        if arrives && let Some(octets) = self.network.pop_front() {
            self.under_way -= octets.len();
            other.receive(&octets, now);
            return true;
        }
        !idle
    }

    fn receive(&mut self, octets: &[u8], now: Instant) {
        self.meter.on(|| self.connection.handle_input(now, read(octets)));
        self.events();
    }

    fn events(&mut self) {
        let Self {
            meter,
            connection,
            file,
            received,
            completed,
            ..
        } = self;
        meter.on(|| {
            while let Some(event) = connection.poll_event() {
                match event {
                    Event::Outgoing(id, OutgoingEvent::BodyWanted { max, .. }) => {
                        // Read from a file, it would be in a buffer of its own.
                        let part = Bytes::copy_from_slice(&file[..max.min(file.len())]);
                        let mut message = connection.outgoing(id).expect("a message under way");
                        message.write(part).expect("what was asked for");
                    }
                    Event::Outgoing(_, OutgoingEvent::Completed) => *completed = true,
                    Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
                    Event::Incoming(_, IncomingEvent::Data { data, .. }) => *received += data.len() as u64,
                    Event::ConnectionLost(why) => panic!("{why}"),
                    _ => {}
                }
            }
        });
    }
}
