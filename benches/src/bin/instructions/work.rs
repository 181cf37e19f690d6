//! The work that is counted. Each prepares, then does the work if it is told to, and returns how many units it was.

use std::sync::Arc;

use bytes::Bytes;
use msrp_benches::reassemble::{Order, parts};
use msrp_benches::send::{Source, alice, pair, queue, send};
use msrp_benches::streams::{SHORT_CHUNK, Stream, octets, reads};
use msrp_benches::{clock, decode, receive};
use msrp_proto::{Config, Inbox};

/// Frames of a stream.
pub(crate) const FRAMES: usize = 5_000;

/// Octets of a read.
pub(crate) const READ: usize = 64 << 10;

pub(crate) fn s1() -> Stream {
    Stream::s1(FRAMES * SHORT_CHUNK)
}

pub(crate) fn s4() -> Stream {
    Stream::s4(FRAMES)
}

pub(crate) fn s6() -> Stream {
    Stream::s6(FRAMES)
}

pub(crate) fn decoded(stream: &Stream, read: usize, work: bool) -> usize {
    if work {
        let decoded = decode::decode(stream.reads(read));
        assert_eq!((decoded.heads, decoded.ends), (stream.frames, stream.frames));
    }
    stream.frames
}

pub(crate) fn octetwise(kib: usize, work: bool) -> usize {
    let octets = s4().start(kib << 10);
    if work {
        decode::decode(reads(&octets, 1));
    }
    octets.len()
}

pub(crate) fn received_octetwise(kib: usize, work: bool) -> usize {
    let (now, octets) = (clock(), s4().start(kib << 10));
    let mut bob = receive::bob(&Arc::new(Config::default()), 1, now);
    if work {
        let tally = receive::receive(&mut bob, now, reads(&octets, 1));
        assert!(tally.messages > 0);
    }
    octets.len()
}

pub(crate) fn received(stream: &Stream, read: usize, work: bool) -> usize {
    let config = Arc::new(
        Config::default()
            .max_sessions(usize::MAX)
            .max_incoming(usize::MAX),
    );
    received_as(&config, stream, read, work)
}

pub(crate) fn received_as(config: &Arc<Config>, stream: &Stream, read: usize, work: bool) -> usize {
    let now = clock();
    let mut bob = receive::bob(config, stream.sessions, now);
    if work {
        let tally = receive::receive(&mut bob, now, stream.reads(read));
        assert!(tally.messages > 0 && tally.answers > 0);
    }
    stream.frames
}

pub(crate) fn whole(stream: &Stream, work: bool) -> usize {
    let now = clock();
    let mut bob = receive::bob(&Arc::new(Config::default()), stream.sessions, now);
    let mut inbox = Inbox::new(usize::MAX, usize::MAX);
    if work {
        let tally = receive::inbox(&mut bob, &mut inbox, now, stream.reads(READ));
        assert!(tally.messages > 0);
    }
    stream.frames
}

/// The responses to so many chunks that are under way.
pub(crate) fn responses(work: bool) -> usize {
    let now = clock();
    let (mut alice, stream) = receive::awaiting_responses(FRAMES, now);
    if work {
        let tally = receive::receive(&mut alice, now, stream.reads(READ));
        assert_eq!(tally.completed, 1);
    }
    stream.frames
}

pub(crate) fn sent(chunk_limit: Option<usize>, work: bool) -> usize {
    let now = clock();
    let octets = Bytes::from(octets(9, FRAMES * SHORT_CHUNK));
    let config = Arc::new(Config::default().chunk_limit(chunk_limit).in_flight(FRAMES));
    let (mut alice, session) = alice(&config, now);
    queue(&mut alice, session, &octets, Source::Memory);
    if work {
        assert!(send(&mut alice, now, &octets) > octets.len() as u64);
    }
    FRAMES
}

pub(crate) fn paired(work: bool) -> usize {
    let now = clock();
    let config = Arc::new(Config::default());
    let octets = Bytes::from(octets(9, FRAMES * SHORT_CHUNK));
    let (mut alice, session) = alice(&config, now);
    let mut bob = receive::bob(&config, 1, now);
    queue(&mut alice, session, &octets, Source::Memory);
    if work {
        let tally = pair(&mut alice, &mut bob, now, &octets);
        assert_eq!((tally.messages, tally.completed), (1, 1));
    }
    FRAMES
}

/// As many messages over one session or many.
pub(crate) fn sessions(count: usize, work: bool) -> usize {
    received(&Stream::texts("sessions", count.max(20_000), count), READ, work)
}

/// As many chunks of one message or many.
pub(crate) fn in_progress(messages: usize, work: bool) -> usize {
    received(&Stream::interleaved(messages, 20_000 / messages), READ, work)
}

/// So many messages that are sent at the same time, in 20 000 chunks.
pub(crate) fn scheduled(messages: usize, work: bool) -> usize {
    const CHUNKS: usize = 20_000;
    let now = clock();
    let config = Arc::new(
        Config::default()
            .chunk_limit(Some(64))
            .in_flight(CHUNKS)
            .max_outgoing(messages),
    );
    let (mut alice, session) = alice(&config, now);
    let octets = Bytes::from(octets(9, CHUNKS / messages * 64));
    for _ in 0..messages {
        queue(&mut alice, session, &octets, Source::Memory);
    }
    if work {
        assert!(send(&mut alice, now, &octets) > (CHUNKS * 64) as u64);
    }
    CHUNKS
}

pub(crate) fn reassembled(order: Order, count: usize, work: bool) -> usize {
    let stream = Stream::parts("parts", count, &parts(order, count, 1));
    let config = Arc::new(Config::default().max_holes(usize::MAX));
    received_as(&config, &stream, READ, work)
}
