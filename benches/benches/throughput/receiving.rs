//! The receiving end: each stream in reads of each length.

use std::cell::LazyCell;
use std::sync::{Arc, LazyLock};

use criterion::Criterion;
use msrp_benches::streams::{RESPONSES, Stream, reads};
use msrp_benches::{clock, decode as decoding, receive as receiving};
use msrp_proto::{Config, Inbox};

use crate::measure::{Group, timed};
use crate::subject::{READS, S1, S2, S3, S4, S5, S6};
use crate::table::Table;

/// Heads, with every value looked at, and bodies.
pub(crate) fn decode(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "decode", table);
    for (name, stream) in STREAMS {
        for read in &READS {
            let name = format!("{name}/{}", read.name);
            group.bench(
                &name,
                || read.of(stream),
                |subject| {
                    let (decoded, time) = timed(|| decoding::decode(reads(&subject.octets, read.len)));
                    assert_eq!(decoded.ends, subject.frames);
                    time
                },
            );
        }
    }
}

/// A connection: events, accounting, and the answers made.
pub(crate) fn receive(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "receive", table);
    let config = Arc::new(Config::default());
    for (name, stream) in messages() {
        for read in &READS {
            let name = format!("{name}/{}", read.name);
            group.bench(
                &name,
                || read.of(stream),
                |subject| {
                    let now = clock();
                    let mut bob = receiving::bob(&config, stream.sessions, now);
                    let reads = reads(&subject.octets, read.len);
                    let (tally, time) = timed(|| receiving::receive(&mut bob, now, reads));
                    assert!(tally.messages > 0 || !read.is_whole());
                    time
                },
            );
        }
    }
    // Responses are for the one whose chunks they answer: anybody else would pass them over.
    let responses = LazyCell::new(|| receiving::awaiting_responses(RESPONSES, clock()).1);
    for read in &READS {
        let name = format!("S5/{}", read.name);
        group.bench(
            &name,
            || read.of(&responses),
            |subject| {
                let now = clock();
                let mut alice = receiving::awaiting_again(RESPONSES, now);
                let reads = reads(&subject.octets, read.len);
                let (tally, time) = timed(|| receiving::receive(&mut alice, now, reads));
                assert!(tally.completed == 1 || !read.is_whole());
                time
            },
        );
    }
}

/// A connection and an inbox: whole messages.
pub(crate) fn inbox(criterion: &mut Criterion, table: &mut Table) {
    let mut group = Group::new(criterion, "inbox", table);
    let config = Arc::new(Config::default());
    for (name, stream) in messages() {
        for read in &READS {
            let name = format!("{name}/{}", read.name);
            group.bench(
                &name,
                || read.of(stream),
                |subject| {
                    let now = clock();
                    let mut bob = receiving::bob(&config, stream.sessions, now);
                    let mut inbox = Inbox::new(usize::MAX, usize::MAX);
                    let reads = reads(&subject.octets, read.len);
                    let (tally, time) = timed(|| receiving::inbox(&mut bob, &mut inbox, now, reads));
                    assert!(tally.messages > 0 || !read.is_whole());
                    time
                },
            );
        }
    }
}

/// All but the responses.
fn messages() -> impl Iterator<Item = (&'static str, &'static LazyLock<Stream>)> {
    STREAMS.into_iter().filter(|(name, _)| *name != "S5")
}

const STREAMS: [(&str, &LazyLock<Stream>); 6] = [
    ("S1", &S1),
    ("S2", &S2),
    ("S3", &S3),
    ("S4", &S4),
    ("S5", &S5),
    ("S6", &S6),
];
