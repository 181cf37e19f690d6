//! Messages with success reports over relays.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::Config;
use msrp_proto::test_util::{Network, Pipe, RelayOptions, Side};

use crate::talk::Talk;

/// Relays, and how many of them are whose.
const LINES: [(usize, [usize; 2]); 5] = [
    // A relay of A, to which B connects.
    (1, [1, 0]),
    // One relay of both.
    (1, [1, 1]),
    // Each has its own.
    (2, [1, 1]),
    // A goes through two of its own.
    (2, [2, 0]),
    (4, [2, 2]),
];

#[test]
fn messages_cross_and_reports_come_back() {
    for (count, relays) in LINES {
        let config = Arc::new(Config::default());
        let options = vec![RelayOptions::new(); count];
        let mut talk = Talk::new(Network::new([config.clone(), config], options, 1));
        let [a, b] = talk.open(relays);
        for (from, session) in [(Side::A, a), (Side::B, b)] {
            for len in [0, 1, 2048, 2049, 20_000] {
                let body = (0..len).map(|at| (at % 251) as u8).collect();
                talk.send(from, session, body, |message| message.success_report(true));
            }
        }
        talk.finish();
        talk.assert_all_delivered();
        for relay in 0..count {
            let counts = talk.network.relay(relay).counts();
            assert_eq!(counts.sends_received, counts.sends_forwarded);
            assert_eq!((counts.discarded, counts.failures_reported), (0, 0));
        }
        talk.pass(Duration::from_secs(100));
        talk.assert_all_delivered();
    }
}

/// A chunk without an end that is known gives way to another message, and goes on as a further chunk.
#[test]
fn an_interrupted_message_crosses() {
    let config = Arc::new(Config::default().chunk_limit(None));
    let options = [RelayOptions::new(), RelayOptions::new().chunk_sizes(1..=700)];
    let mut talk = Talk::new(Network::new([config.clone(), config], options, 1));
    let pipe = Pipe::new(1).latency(Duration::from_millis(1)).capacity(4000);
    talk.network.set_pipe(0, Side::B, pipe);
    let [session, _] = talk.open([1, 1]);
    let body = (0..100_000).map(|at| (at % 251) as u8).collect();
    let bulk = talk.send(Side::A, session, body, |message| {
        message.success_report(true).bulk(true)
    });
    talk.pass(Duration::from_millis(5));
    let short = talk.send(Side::A, session, b"short".to_vec(), |message| {
        message.success_report(true).bulk(false)
    });
    talk.pass(Duration::from_millis(10));
    assert_eq!((talk.outcome(bulk), talk.outcome(short)), (None, Some(Ok(()))));
    talk.finish();
    talk.assert_all_delivered();
    assert_eq!(talk.network.relay(0).counts().sends_received, 3);
}

/// Nothing but the seed decides what happens.
#[test]
fn one_seed_is_one_course() {
    let course = |seed| {
        let config = Arc::new(Config::default());
        let options = RelayOptions::new()
            .chunk_sizes(1..=500)
            .delay(Duration::ZERO..=Duration::from_millis(1))
            .interleave(true)
            .shuffle(true);
        let mut talk = Talk::new(Network::new(
            [config.clone(), config],
            [options.clone(), options],
            seed,
        ));
        let start = talk.network.now();
        let sessions = talk.open([1, 1]);
        for (from, session) in [Side::A, Side::B].into_iter().zip(sessions) {
            for len in [3000, 5, 700] {
                talk.send(from, session, vec![b'x'; len], |message| {
                    message.success_report(true)
                });
            }
        }
        talk.finish();
        let carried: Vec<_> = (0..3)
            .map(|hop| [Side::A, Side::B].map(|side| talk.network.pipe(hop, side).carried()))
            .collect();
        let counts = [0, 1].map(|relay| talk.network.relay(relay).counts());
        (talk.network.now() - start, carried, counts)
    };
    assert_eq!(course(1), course(1));
    assert_ne!(course(1), course(2));
}
