//! The heap that each of many takes: sessions, messages, holes, Message-IDs, transactions.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msrp_benches::clock;
use msrp_benches::send::{Source, queue};
use msrp_benches::streams::{Stream, octets};
use msrp_proto::{Config, Connection, SessionId};

use crate::meter::Meter;
use crate::peers::{Ends, fresh, hand_in, settle};
use crate::table::{Table, spaced};

/// Some of the same kind on one connection.
struct Kind {
    name: &'static str,
    counts: &'static [usize],
    /// Makes so many, on the account of the connection that has them.
    make: fn(usize) -> Meter,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "session, bound",
        counts: &[1, 10, 100, 1000, 10_000, 100_000],
        make: sessions,
    },
    Kind {
        name: "incoming message in progress",
        counts: COUNTS,
        make: incoming,
    },
    Kind {
        name: "outgoing message queued",
        counts: COUNTS,
        make: outgoing,
    },
    Kind {
        name: "hole in a message",
        counts: COUNTS,
        make: holes,
    },
    Kind {
        name: "Message-ID remembered",
        counts: COUNTS,
        make: remembered,
    },
];

const COUNTS: &[usize] = &[1, 10, 100, 1000, 10_000];

/// From this number on, each may not take much more the more there are; fewer share what is there once.
const MANY: usize = 100;

/// All kinds.
pub(crate) fn measure(table: &mut Table) {
    for kind in KINDS {
        let name = |count: usize| format!("{}, {} of them", kind.name, spaced(count));
        for count in kind.counts {
            let meter = (kind.make)(*count);
            table.add(name(*count), meter.each(*count), "octets each");
        }
        for count in kind.counts.iter().filter(|count| **count > MANY) {
            table.compare(&name(MANY), &name(*count));
        }
    }
    transactions(table);
}

/// Sessions that their peers have bound.
fn sessions(count: usize) -> Meter {
    let (now, mut meter) = (clock(), Meter::default());
    let config = Arc::new(Config::default().max_sessions(usize::MAX));
    // A connection without a session has a timer, which goes with the first one: it is on the same account.
    let mut bob = meter.on(|| fresh(&config, now));
    let all: Vec<_> = (0..count).map(Ends::numbered).collect();
    let bindings: String = all.iter().map(Ends::binding).collect();
    for ends in &all {
        meter.on(|| ends.open_passive(&mut bob));
    }
    meter.on(|| hand_in(&mut bob, now, bindings.as_bytes()));
    assert_eq!(bob.stats().frames_received, count as u64);
    meter
}

/// Messages of which the first of two chunks has come.
fn incoming(count: usize) -> Meter {
    let stream = Stream::interleaved(count, 2);
    // All frames are equally long.
    let first = stream.start(stream.octets.len() / 2);
    let meter = receive(Config::default().max_incoming(usize::MAX), &first, count);
    // Both halves end where a frame ends.
    assert!(first.ends_with(b"+\r\n"));
    meter
}

/// Messages that are to be streamed, and of which no octet is there yet.
fn outgoing(count: usize) -> Meter {
    let mut meter = Meter::default();
    let (mut alice, session, now) = alice(Config::default().max_outgoing(usize::MAX));
    let octets = Bytes::from_static(&[0; 64]);
    for _ in 0..count {
        meter.on(|| {
            queue(&mut alice, session, &octets, Source::Streamed);
            settle(&mut alice, now);
        });
    }
    assert_eq!(alice.stats().messages_sent, 0);
    meter
}

/// Holes of one octet, between octets that come in order.
fn holes(count: usize) -> Meter {
    let parts: Vec<Range<usize>> = (0..=count).map(|index| 2 * index..2 * index + 1).collect();
    // One octet more than there are, so that the last chunk does not end the message.
    let stream = Stream::parts("holes", 2 * count + 2, &parts);
    receive(
        Config::default().max_holes(usize::MAX),
        &stream.octets,
        stream.frames,
    )
}

/// Texts that are over.
fn remembered(count: usize) -> Meter {
    let stream = Stream::s4(count);
    receive(
        Config::default().max_remembered(usize::MAX),
        &stream.octets,
        count,
    )
}

/// What Bob keeps of such a stream, beyond what he has of a bound session.
fn receive(config: Config, octets: &[u8], frames: usize) -> Meter {
    let (now, ends, mut meter) = (clock(), Ends::of_streams(), Meter::default());
    let mut bob = fresh(&Arc::new(config), now);
    ends.open_passive(&mut bob);
    hand_in(&mut bob, now, ends.binding().as_bytes());
    let before = bob.stats();
    meter.on(|| hand_in(&mut bob, now, octets));
    let after = bob.stats();
    assert_eq!(after.frames_received - before.frames_received, frames as u64);
    assert_eq!(
        after.frames_sent - before.frames_sent,
        frames as u64,
        "all answered"
    );
    meter
}

/// Alice, with a bound session.
fn alice(config: Config) -> (Connection, SessionId, Instant) {
    let (now, ends) = (clock(), Ends::of_streams());
    let mut alice = fresh(&Arc::new(config), now);
    let session = ends.open_active(&mut alice);
    let request = alice.poll_transmit(now).expect("a request");
    hand_in(&mut alice, now, ends.ok(&request).as_bytes());
    (alice, session, now)
}

/// Chunks of a message in memory that are sent and not answered.
fn transactions(table: &mut Table) {
    const FEW: u64 = 1000;
    const MANY: usize = 11_000;
    const CHUNK: usize = 64;
    let config = Config::default().chunk_limit(Some(CHUNK)).in_flight(usize::MAX);
    let (mut alice, session, now) = alice(config);
    let octets = Bytes::from(octets(9, MANY * CHUNK));
    let mut meter = Meter::default();
    meter.on(|| queue(&mut alice, session, &octets, Source::Memory));
    let before = alice.stats().frames_sent;
    let (mut few, mut many) = ((0, 0), (0, 0));
    loop {
        let more = meter.on(|| {
            while alice.poll_event().is_some() {}
            alice.poll_transmit(now).is_some()
        });
        if !more {
            break;
        }
        many = (alice.stats().frames_sent - before, meter.octets());
        if few.0 < FEW {
            few = many;
        }
    }
    assert_eq!(many.0, MANY as u64);
    let each = (many.1 - few.1).div_ceil(many.0 - few.0);
    table.add("transaction in flight, from 1 000 to 11 000", each, "octets each");
}
