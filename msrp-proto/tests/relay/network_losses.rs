//! Connections that are lost in mid-transfer.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Network, Pipe, RelayOptions, Side};
use msrp_proto::wire::FailureReport;
use msrp_proto::{Config, SessionId};

use crate::shared::random::Random;
use crate::talk::Talk;

/// A hop breaks, goes silent, or is closed by a relay, wherever it may be: every message has one outcome, and
/// none has arrived with other octets than it was sent with.
#[test]
fn every_message_has_one_outcome() {
    let (mut failed, mut completed) = (0, 0);
    for seed in 0..2000 {
        let (mut talk, [_, b]) = conversation(seed);
        // More than all timers after each other.
        talk.pass(Duration::from_secs(2000));
        if !talk.was_bound(Side::B, b) {
            // Nothing has come of A: what B has to send waits (RFC 4975 §5.4).
            talk.abort(Side::B, b);
            talk.pass(Duration::ZERO);
        }
        talk.assert_all_ended();
        for number in 0..talk.sent_count() {
            match talk.outcome(number).unwrap() {
                Ok(()) => completed += 1,
                Err(_) => failed += 1,
            }
        }
    }
    assert!(
        failed > 1000 && completed > 1000,
        "{failed} failed, {completed} completed"
    );
}

fn conversation(seed: u64) -> (Talk, [SessionId; 2]) {
    let mut random = Random(seed);
    let config = Config::default()
        .report_timeout(Some(Duration::from_secs(60)))
        .chunk_limit([None, Some(2048), Some(300)][random.below(3)]);
    let config = Arc::new(config);
    let options = [(); 2].map(|()| {
        RelayOptions::new()
            .chunk_sizes(100..=500)
            .delay(Duration::ZERO..=Duration::from_micros(random.number() % 5000))
            .interleave(true)
    });
    let mut talk = Talk::new(Network::new([config.clone(), config], options.clone(), seed));
    let octets = random.number() % 10_000;
    let (hop, towards) = (random.below(3), [Side::A, Side::B][random.below(2)]);
    for at in 0..talk.network.hop_count() {
        for side in [Side::A, Side::B] {
            let pipe = Pipe::new(random.number())
                .latency(Duration::from_micros(random.number() % 2000))
                .segments(1 + random.below(500)..=1000);
            talk.network.set_pipe(at, side, pipe);
        }
    }
    let pipe = Pipe::new(seed).latency(Duration::from_millis(1));
    match random.below(3) {
        0 => talk.network.set_pipe(hop, towards, pipe.cut(octets)),
        1 => talk.network.set_pipe(hop, towards, pipe.silence(octets)),
        _ => {
            let [options, _] = options;
            let relay = talk.network.relay(random.below(2));
            relay.set_options(options.close_after(octets));
        }
    }
    let sessions = talk.open([1, 1]);
    for number in 0..2 + random.below(4) {
        let from = [Side::A, Side::B][if number == 0 { 0 } else { random.below(2) }];
        let len = 1 + random.below(4000);
        let body = random.octets(len);
        let reports = [FailureReport::Yes, FailureReport::Partial, FailureReport::No];
        let (failure_report, success_report) = (reports[random.below(3)], random.below(2) == 0);
        talk.try_send(from, sessions[from as usize], body, |message| {
            message
                .failure_report(failure_report)
                .success_report(success_report)
        });
        talk.pass(Duration::from_micros(random.number() % 5000));
    }
    (talk, sessions)
}
