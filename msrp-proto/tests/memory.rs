//! How much heap connections use.
//!
//! A program without the test harness: its cases run one after the other, so that nothing else allocates
//! meanwhile.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use msrp_proto::test_util::{Pair, Pipe, Side, epoch};
use msrp_proto::wire::Path;
use msrp_proto::{
    Body, Config, Connection, Event, IncomingEvent, Link, MediaType, Message, OutgoingEvent, Role, Seed,
    SessionConfig, Terms,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

type Case = (&'static str, fn() -> String);

const CASES: [Case; 5] = [
    ("1 GiB in chunks of 2048 octets", || transfer(Some(2048))),
    ("1 GiB in one chunk", || transfer(None)),
    ("behind a slow reader, chunks of 2048 octets", || {
        slow_reader(Some(2048))
    }),
    ("behind a slow reader, one chunk", || slow_reader(None)),
    ("behind a slow network", slow_network),
];

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--list") {
        println!("memory: test");
        return ExitCode::SUCCESS;
    }
    let mut failed = 0;
    for (name, case) in CASES {
        match std::panic::catch_unwind(case) {
            Ok(figures) => println!("{name}: {figures}"),
            Err(_) => {
                println!("{name}: FAILED");
                failed += 1;
            }
        }
    }
    println!("{} passed, {failed} failed", CASES.len() - failed);
    ExitCode::from(u8::from(failed > 0))
}

/// A file is streamed from one end to the other; both together stay below 1 MiB.
fn transfer(chunk_limit: Option<usize>) -> String {
    const LEN: u64 = 1 << 30;
    let config = Arc::new(Config::default().chunk_limit(chunk_limit));
    let mut pair = Pair::new(&config);
    let [a, _] = pair.open_session();
    HEAP.reset_peak_usage();
    let file = Message::new(octet_stream(), Body::streamed(Some(LEN))).success_report(true);
    pair.connection(Side::A).session(a).unwrap().send(file).unwrap();
    let mut scratch = Vec::new();
    let (mut received, mut finished, mut completed) = (0, false, false);
    pair.run(|_, connection, event| match event {
        Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
            let part = file_part(offset, max);
            connection.outgoing(id).unwrap().write(part).unwrap();
        }
        Event::Outgoing(_, OutgoingEvent::Completed) => completed = true,
        Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
        Event::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
            assert_eq!(offset, received);
            received += data.len() as u64;
            scratch.resize(data.len(), 0);
            fill(offset, &mut scratch);
            assert!(scratch == data, "octets from {offset} on");
        }
        Event::Incoming(_, IncomingEvent::Finished { len, .. }) => finished = len == LEN,
        _ => {}
    });
    assert!(received == LEN && finished && completed);
    let peak = HEAP.peak_usage();
    assert!(peak <= MIB, "{peak} octets");
    format!("{} KiB at most, both ends together", peak / KIB)
}

/// The other end takes in octets until it wants no more, and its application takes no events.
fn slow_reader(chunk_limit: Option<usize>) -> String {
    let config = Arc::new(
        Config::default()
            .chunk_limit(chunk_limit)
            .max_event_octets(64 * KIB),
    );
    let now = epoch();
    let mut sender = Connection::new(config.clone(), Link::tcp(), now, Seed::new([1; 32]));
    let mut reader = Connection::new(config, Link::tcp(), now, Seed::new([2; 32]));
    let id = sender.open(session(Side::A, Role::Active)).unwrap();
    reader.open(session(Side::B, Role::Passive)).unwrap();
    let file = Message::new(octet_stream(), Body::streamed(Some(1 << 30)));
    let before = HEAP.current_usage();
    sender.session(id).unwrap().send(file).unwrap();
    let mut pending = Bytes::new();
    let (mut used, mut written) = (0, 0);
    for _ in 0..10_000 {
        while let Some(event) = sender.poll_event() {
            if let Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) = event {
                written = offset as usize + max;
                sender
                    .outgoing(id)
                    .unwrap()
                    .write(file_part(offset, max))
                    .unwrap();
            }
        }
        if pending.is_empty() {
            pending = sender.poll_transmit(now).unwrap_or_default();
        }
        if reader.wants_input() {
            reader.handle_input(now, core::mem::take(&mut pending));
        }
        if let Some(answers) = reader.poll_transmit(now) {
            sender.handle_input(now, answers);
        }
        used = used.max(HEAP.current_usage() - before);
    }
    assert!(!reader.wants_input() && !pending.is_empty());
    assert!(written < 300 * KIB, "asked for {written} octets");
    assert!(used < 400 * KIB, "{used} octets");
    let (read, sent) = (reader.stats().octets_received, sender.stats().octets_sent);
    format!(
        "{} KiB at most, {} of {} KiB sent read",
        used / KIB,
        read / 1024,
        sent / 1024
    )
}

/// Nothing comes back for long, and the network takes little at a time.
fn slow_network() -> String {
    let mut pair = Pair::new(&Arc::new(Config::default()));
    let slow = Pipe::new(3).latency(Duration::from_secs(1)).capacity(8 * KIB);
    pair.set_pipe(Side::A, slow);
    let [a, _] = pair.open_session();
    HEAP.reset_peak_usage();
    let file = Message::new(octet_stream(), Body::streamed(Some(1 << 30)));
    pair.connection(Side::A).session(a).unwrap().send(file).unwrap();
    let mut received = 0;
    pair.advance(Duration::from_secs(1000), |_, connection, event| match event {
        Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
            let part = file_part(offset, max);
            connection.outgoing(id).unwrap().write(part).unwrap();
        }
        Event::Incoming(_, IncomingEvent::Data { data, .. }) => received += data.len(),
        _ => {}
    });
    let peak = HEAP.peak_usage();
    assert!(
        received > 5 * MIB && peak < MIB / 2,
        "{received} received, {peak} octets"
    );
    format!("{} KiB at most, {} KiB received", peak / KIB, received / KIB)
}

fn session(side: Side, role: Role) -> SessionConfig {
    let peer = Path::from(Pair::uri(side.other()));
    SessionConfig::new(Pair::uri(side), role, Terms::new(peer))
}

fn octet_stream() -> MediaType {
    MediaType::new("application", "octet-stream").unwrap()
}

fn file_part(offset: u64, len: usize) -> Bytes {
    let mut part = vec![0; len];
    fill(offset, &mut part);
    part.into()
}

/// The octets of the file from `offset` on: each is a function of its place.
fn fill(mut offset: u64, mut to: &mut [u8]) {
    while !to.is_empty() {
        let word = (offset / 8)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
            .to_le_bytes();
        let from = (offset % 8) as usize;
        let len = to.len().min(8 - from);
        let (now, later) = to.split_at_mut(len);
        now.copy_from_slice(&word[from..from + len]);
        offset += len as u64;
        to = later;
    }
}
