//! Ten thousand conversations over two relays that cut messages anew and reorder them.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::Config;
use msrp_proto::test_util::{Network, Pipe, RelayOptions, Side};
use msrp_proto::wire::FailureReport;

use crate::shared::random::Random;
use crate::talk::Talk;

#[test]
fn every_octet_arrives_and_every_message_has_one_outcome_1() {
    runs(0..5_000);
}

#[test]
fn every_octet_arrives_and_every_message_has_one_outcome_2() {
    runs(5_000..10_000);
}

fn runs(seeds: Range<u64>) {
    let mut seen = Seen::default();
    for seed in seeds {
        let mut talk = conversation(seed);
        talk.finish();
        talk.assert_all_delivered();
        for relay in 0..2 {
            let counts = talk.network.relay(relay).counts();
            assert_eq!(
                (counts.discarded, counts.failures_reported),
                (0, 0),
                "seed {seed}"
            );
            seen.split += usize::from(counts.sends_forwarded > counts.sends_received);
            seen.merged += usize::from(counts.sends_forwarded < counts.sends_received);
        }
        seen.out_of_order += usize::from(talk.apps.iter().any(|app| app.gaps > 0));
        seen.overtaken += usize::from(talk.is_any_overtaken());
    }
    println!("{seen:?}");
    let Seen {
        split,
        merged,
        out_of_order,
        overtaken,
    } = seen;
    assert!(
        [split, merged, out_of_order, overtaken]
            .iter()
            .all(|count| *count > 500),
        "{seen:?}"
    );
}

/// How many conversations had what they are for.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    split: usize,
    merged: usize,
    out_of_order: usize,
    overtaken: usize,
}

/// Some messages in each direction, under way at once.
fn conversation(seed: u64) -> Talk {
    let mut random = Random(seed);
    let config = Config::default()
        .chunk_limit([None, Some(2048), Some(1 + random.below(500))][random.below(3)])
        .in_flight(1 + random.below(20))
        // Some are cut into chunks of few octets, which arrive in any order.
        .max_holes(4000);
    let config = Arc::new(config);
    let options = [(); 2].map(|()| {
        let least = 1 + random.below(300);
        let most = least + random.below(600);
        RelayOptions::new()
            .chunk_sizes(least..=most)
            .delay(Duration::ZERO..=Duration::from_micros(random.number() % 5000))
            .interleave(random.below(4) > 0)
            .shuffle(random.below(4) == 0)
    });
    let mut talk = Talk::new(Network::new([config.clone(), config], options, seed));
    for hop in 0..talk.network.hop_count() {
        for towards in [Side::A, Side::B] {
            let segments = match random.below(20) {
                0 => 1..=1,
                _ => 1..=1 + random.below(2000),
            };
            let pipe = Pipe::new(random.number())
                .latency(Duration::from_micros(random.number() % 2000))
                .segments(segments)
                .capacity(500 + random.below(5000));
            talk.network.set_pipe(hop, towards, pipe);
        }
    }
    let sessions = talk.open([1, 1]);
    for number in 0..2 + random.below(5) {
        // B sends when A has.
        let from = [Side::A, Side::B][if number == 0 { 0 } else { random.below(2) }];
        let len = [random.below(20), random.below(1000), random.below(4000)][random.below(3)];
        let body = random.octets(len);
        let bulk = random.below(2) == 0;
        let failure_report = [FailureReport::Yes, FailureReport::Partial, FailureReport::No][random.below(3)];
        talk.send(from, sessions[from as usize], body, |message| {
            message
                .success_report(true)
                .failure_report(failure_report)
                .bulk(bulk)
        });
        talk.pass(Duration::from_micros(random.number() % 1000));
    }
    talk
}
