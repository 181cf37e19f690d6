//! Conversations of two connections against a reference model.
//!
//! `PROPTEST_CASES` sets how many, `MODEL_SEED` which.

use std::cell::RefCell;

use msrp_proto::test_util::Side;
use msrp_proto::wire::FailureReport;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

#[allow(unreachable_pub, reason = "shared with a fuzz target")]
#[path = "../shared/mod.rs"]
mod shared;

use shared::talk::{BodyPlan, Counts, EndPlan, Fault, MessagePlan, Plan, SidePlan, talk};

#[test]
fn conversations() {
    #[expect(clippy::disallowed_methods, reason = "a longer run is asked for from outside")]
    let seed = std::env::var("MODEL_SEED").map_or(0, |seed| seed.parse().expect("a number below 256"));
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    };
    let cases = config.cases;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let counts = RefCell::new(Counts::new());
    let run = runner.run(&plan(), |plan| {
        for (what, count) in talk(&plan) {
            *counts.borrow_mut().entry(what).or_default() += count;
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("MODEL_SEED={seed}: {error}");
    }
    println!("{:#?}", counts.borrow());
    if cases >= 200 {
        // Everything that a message or a session can come to has come about.
        for what in [
            "Ok(())",
            "Err(Aborted)",
            "Err(ConnectionLost)",
            "Err(Refused(StatusCode(403)))",
            "Err(Refused(StatusCode(481)))",
            "Err(SessionEnded)",
            "Err(TimedOut)",
            "Err(Unconfirmed)",
            "Closed",
            "Aborted",
            "ConnectionLost",
        ] {
            assert!(counts.borrow().contains_key(what), "no {what}");
        }
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let faults = prop_oneof![
        3 => Just([None, None]),
        1 => fault().prop_map(|fault| [Some(fault), None]),
        1 => fault().prop_map(|fault| [None, Some(fault)]),
    ];
    let ends = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(end(), 1..3),
    ];
    (
        [side(), side()],
        faults,
        1usize..3,
        prop_oneof![Just(usize::MAX), 1usize..5],
        prop::collection::vec(message(), 1..8),
        ends,
    )
        .prop_map(|(mut sides, faults, sessions, events_per_turn, messages, ends)| {
            for (side, fault) in sides.iter_mut().zip(faults) {
                side.fault = fault;
            }
            Plan {
                sides,
                sessions,
                events_per_turn,
                messages,
                ends,
            }
        })
}

fn side() -> impl Strategy<Value = SidePlan> {
    (
        prop::sample::select(vec![Some(2048), None, Some(100), Some(10_000)]),
        prop_oneof![Just(256usize), 1usize..5],
        prop_oneof![Just(1024usize), 1usize..10],
        prop_oneof![Just(1usize << 20), 1usize..5000],
        prop::sample::select(vec![4096usize, 64 * 1024]),
        0u64..50,
        (1usize..3000, 0usize..3000),
        prop_oneof![Just(usize::MAX), 500usize..20_000],
    )
        .prop_map(
            |(
                chunk_limit,
                in_flight,
                max_events,
                max_event_octets,
                body_window,
                latency,
                segments,
                capacity,
            )| {
                SidePlan {
                    chunk_limit,
                    in_flight,
                    max_events,
                    max_event_octets,
                    body_window,
                    latency,
                    segments,
                    capacity,
                    fault: None,
                }
            },
        )
}

fn fault() -> impl Strategy<Value = (Fault, u64)> {
    let octets = prop_oneof![0u64..3000, 0u64..200_000];
    (prop::sample::select(vec![Fault::Cut, Fault::Silence]), octets)
}

fn message() -> impl Strategy<Value = MessagePlan> {
    let body = prop_oneof![
        2 => Just(BodyPlan::Whole),
        1 => (any::<bool>(), prop_oneof![Just(1usize << 20), 500usize..5000], any::<bool>())
            .prop_map(|(known, part, late)| BodyPlan::Streamed { known, part, late }),
    ];
    let len = prop_oneof![0usize..10, 0usize..5000, 0usize..200_000];
    let part =
        || prop_oneof![2 => Just(None), 1 => prop_oneof![Just(0), Just(1000), 0usize..1000].prop_map(Some)];
    let abort = prop_oneof![3 => Just(None), 1 => (0usize..1000).prop_map(Some)];
    let reports = prop::sample::select(vec![
        FailureReport::Yes,
        FailureReport::Partial,
        FailureReport::No,
    ]);
    (
        (0u64..300, side_of(), 0usize..2, len, body),
        (
            any::<bool>(),
            reports,
            prop::option::of(any::<bool>()),
            part(),
            abort,
        ),
    )
        .prop_map(
            |((at, from, session, len, body), (success_report, failure_report, bulk, refuse, abort))| {
                MessagePlan {
                    at,
                    from,
                    session,
                    len,
                    body,
                    success_report,
                    failure_report,
                    bulk,
                    refuse,
                    abort,
                }
            },
        )
}

fn end() -> impl Strategy<Value = EndPlan> {
    (0u64..400, side_of(), 0usize..2, any::<bool>()).prop_map(|(at, side, session, abort)| EndPlan {
        at,
        side,
        session,
        abort,
    })
}

fn side_of() -> impl Strategy<Value = Side> {
    prop::sample::select(vec![Side::A, Side::B])
}
