//! The sending end, and both ends together.

use std::cell::LazyCell;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use bytes::Bytes;
use criterion::Criterion;
use msrp_benches::send::{self as sending, Source};
use msrp_benches::streams::{SHORT_CHUNK, Stream, octets};
use msrp_benches::{clock, receive};
use msrp_proto::{Config, Connection};

use crate::measure::{Group, timed};
use crate::subject::{BODY, Per, S1, S3, Subject};
use crate::table::Table;

/// A message, to nobody: no response is waited for.
pub(crate) fn send(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "send", table);
    for shape in &SHAPES {
        let config = Arc::new(Config::default().chunk_limit(shape.limit).in_flight(usize::MAX));
        for (name, source) in SOURCES {
            let name = format!("{}/{name}", shape.name);
            group.bench(
                &name,
                || Subject::whole(shape.stream),
                |_| {
                    let now = clock();
                    let (mut alice, session) = sending::alice(&config, now);
                    sending::queue(&mut alice, session, &BODY, source);
                    let (sent, time) = timed(|| sending::send(&mut alice, now, &BODY));
                    assert!(sent > BODY.len() as u64);
                    time
                },
            );
        }
    }
}

/// A message from one connection to another, and the responses back.
pub(crate) fn pair(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "pair", table);
    for shape in &SHAPES {
        let config = Arc::new(Config::default().chunk_limit(shape.limit));
        for (name, source) in SOURCES {
            let name = format!("{}/{name}", shape.name);
            group.bench(
                &name,
                || Subject::whole(shape.stream),
                |_| {
                    let now = clock();
                    let (mut alice, session) = sending::alice(&config, now);
                    let mut bob = receive::bob(&config, 1, now);
                    sending::queue(&mut alice, session, &BODY, source);
                    let (tally, time) = timed(|| sending::pair(&mut alice, &mut bob, now, &BODY));
                    assert_eq!((tally.messages, tally.completed), (1, 1));
                    assert_eq!(tally.body, BODY.len() as u64);
                    time
                },
            );
        }
    }
}

/// So many messages that are sent at the same time, all together in as many chunks.
pub(crate) fn scheduler(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "scheduler", table);
    for messages in [1, 100, 10_000] {
        let octets = Bytes::from(octets(9, CHUNKS / messages * CHUNK));
        let ready = |now: Instant| {
            let config = Config::default()
                .chunk_limit(Some(CHUNK))
                .in_flight(CHUNKS)
                .max_outgoing(messages);
            let (mut alice, session) = sending::alice(&Arc::new(config), now);
            for _ in 0..messages {
                sending::queue(&mut alice, session, &octets, Source::Memory);
            }
            alice
        };
        // No stream has chunks as short as these: the floor is that of the octets themselves.
        let sent = LazyCell::new(|| all_of(ready(clock())));
        group.bench(
            &messages.to_string(),
            || Subject {
                octets: sent.clone(),
                frames: CHUNKS,
                per: Per::Frame,
            },
            |subject| {
                let now = clock();
                let mut alice = ready(now);
                let (sent, time) = timed(|| sending::send(&mut alice, now, &octets));
                assert_eq!(sent, subject.octets.len() as u64);
                time
            },
        );
    }
}

fn all_of(mut alice: Connection) -> Bytes {
    let (mut all, now) = (Vec::new(), clock());
    while let Some(out) = alice.poll_transmit(now) {
        all.extend_from_slice(&out);
    }
    all.into()
}

/// In what chunks a message is sent, and the stream that has the same ones.
struct Shape {
    name: &'static str,
    limit: Option<usize>,
    stream: &'static LazyLock<Stream>,
}

const SHAPES: [Shape; 2] = [
    Shape {
        name: "2048",
        limit: Some(SHORT_CHUNK),
        stream: &S1,
    },
    Shape {
        name: "none",
        limit: None,
        stream: &S3,
    },
];

const SOURCES: [(&str, Source); 2] = [("memory", Source::Memory), ("streamed", Source::Streamed)];

/// Chunks of all messages together, and octets of each.
const CHUNKS: usize = 20_000;
const CHUNK: usize = 64;
