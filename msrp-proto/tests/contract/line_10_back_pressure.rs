//! Line 10: `wants_input` is false only for undelivered events or too many queued answers; the latter for
//! 30 s loses the connection as stalled.

use std::time::Duration;

use msrp_proto::{Config, Event, IncomingEvent, Message, Refusal};

use crate::bench::{bound, read, text};
use crate::ops::shared::checked::Checked;
use crate::ops::shared::frames;
use crate::ops::shared::random::Random;

const STALLED: Duration = Duration::from_secs(30);

/// What waits, counted from outside: a twin of the connection takes everything at once.
#[derive(Default)]
struct Waiting {
    events: usize,
    octets: usize,
    answers: usize,
}

impl Waiting {
    fn wants_input(&self, config: &Caps) -> bool {
        self.events < config.events && self.octets < config.octets && self.answers < config.answers
    }
}

struct Caps {
    events: usize,
    octets: usize,
    answers: usize,
}

#[test]
fn wants_input_is_false_for_these_reasons_only() {
    let mut random = Random(10);
    let mut refused = [0; 3];
    for round in 0..150 {
        let caps = match round % 3 {
            0 => Caps {
                events: 1 + random.below(12),
                octets: 1 << 20,
                answers: 1 << 20,
            },
            1 => Caps {
                events: 1 << 20,
                octets: 1 + random.below(12),
                answers: 1 << 20,
            },
            _ => Caps {
                events: 1 << 20,
                octets: 1 << 20,
                answers: 2 + random.below(10),
            },
        };
        let config = Config::default()
            .in_flight(1)
            .max_events(caps.events)
            .max_event_octets(caps.octets)
            .max_answers(caps.answers);
        let (mut bench, _) = bound(config);
        let (mut twin, _) = bound(Config::default());
        let mut waiting = Waiting::default();
        for at in 0..80 {
            assert_eq!(bench.connection.wants_input(), waiting.wants_input(&caps));
            match random.below(5) {
                0..=2 if bench.connection.wants_input() => {
                    let octets = frame(&mut random, at);
                    bench.input(bench.now, octets.clone());
                    twin.input(twin.now, octets);
                    while let Some(event) = twin.poll_event() {
                        waiting.events += 1;
                        waiting.octets += data_len(&event);
                    }
                    waiting.answers += read(&twin.transmit(twin.now)).len();
                }
                3 => {
                    if let Some(event) = bench.poll_event() {
                        waiting.events -= 1;
                        waiting.octets -= data_len(&event);
                    }
                }
                _ => {
                    if random.below(3) == 0 {
                        let taken = bench.poll_transmit(bench.now);
                        waiting.answers -= taken.map_or(0, |octets| read(&octets).len());
                    }
                }
            }
            refused[round % 3] += usize::from(!bench.connection.wants_input());
        }
    }
    assert!(refused.iter().all(|&count| count > 200), "{refused:?}");
}

/// A request that fits in one piece of input, so that all or nothing of it is processed.
fn frame(random: &mut Random, at: usize) -> Vec<u8> {
    let (tid, id) = (format!("tid{at}"), format!("m{at}"));
    match random.below(4) {
        0 => frames::bodiless(&tid),
        1 => frames::chunk(
            &tid,
            &id,
            "1-3/3",
            "Failure-Report: no\r\nSuccess-Report: yes\r\n",
            b"abc",
            '$',
        ),
        2 => frames::response(&tid, "200 OK"),
        _ => frames::frame(&tid, "NICKNAME", &frames::paths(), None, '$'),
    }
}

fn data_len(event: &Event) -> usize {
    match event {
        Event::Incoming(_, IncomingEvent::Data { data, .. }) => data.len(),
        _ => 0,
    }
}

/// At the cap of answers.
fn at_the_cap() -> Checked {
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(4));
    for at in 0..4 {
        assert!(bench.connection.wants_input());
        bench.input(bench.now, frames::bodiless(&format!("ping{at}")));
    }
    assert!(!bench.connection.wants_input());
    bench
}

#[test]
fn answers_that_are_not_taken_for_30_seconds_lose_the_connection() {
    let mut bench = at_the_cap();
    let due = bench.connection.poll_timeout();
    assert_eq!(due, Some(bench.now + STALLED));
    bench.timeout(bench.now + STALLED - Duration::from_millis(1));
    assert!(!bench.connection.is_closed());
    bench.timeout(bench.now + Duration::from_millis(1));
    bench.events();
    assert!(bench.trace.has("ConnectionLost(Stalled)"));
    assert!(bench.connection.is_closed(), "what nobody takes is dropped");
    bench.finish();
}

#[test]
fn answers_that_are_taken_in_time_do_not() {
    let mut bench = at_the_cap();
    bench.timeout(bench.now + STALLED / 2);
    assert!(bench.poll_transmit(bench.now).is_some());
    assert!(bench.connection.wants_input());
    bench.pass(STALLED * 10);
    assert!(!bench.watch.lost);

    // Below the cap they may wait for ever.
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(4));
    for at in 0..3 {
        bench.input(bench.now, frames::bodiless(&format!("ping{at}")));
    }
    bench.timeout(bench.now + STALLED * 100);
    bench.events();
    assert!(!bench.watch.lost && bench.connection.wants_input());
}

/// Answers and REPORTs that the application brings about count like the others.
#[test]
fn reports_of_the_application_stall_too() {
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(4));
    for at in 0..4 {
        bench.input(
            bench.now,
            frames::message(&format!("tid{at}"), &format!("m{at}"), b"x"),
        );
        bench.settle(bench.now);
    }
    for _ in 0..4 {
        assert!(bench.connection.wants_input());
        let receipt = bench.receipts.pop().expect("a message");
        bench
            .command(|connection| connection.fail(receipt, Refusal::FORBIDDEN))
            .expect("in time");
    }
    assert!(!bench.connection.wants_input());
    bench.timeout(bench.now);
    assert_eq!(bench.connection.poll_timeout(), Some(bench.now + STALLED));
    bench.timeout(bench.now + STALLED);
    bench.events();
    assert!(bench.trace.has("ConnectionLost(Stalled)"));
}

/// When REPORTs are given up, what is left is below the cap, and may wait.
#[test]
fn what_is_no_longer_at_the_cap_does_not_stall() {
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(4));
    let lines = "Failure-Report: no\r\nSuccess-Report: yes\r\n";
    for at in 0..4 {
        bench.input(
            bench.now,
            frames::chunk(&format!("tid{at}"), &format!("m{at}"), "1-1/1", lines, b"x", '$'),
        );
    }
    assert!(!bench.connection.wants_input());
    let session = bench.open_sessions()[0];
    bench.command(|connection| connection.session(session).map(|session| session.abort()));
    assert!(bench.connection.wants_input());
    bench.timeout(bench.now + STALLED);
    bench.events();
    assert!(!bench.watch.lost);
}

#[test]
fn nothing_else_holds_input_back() {
    let (mut bench, session) = bound(Config::default().in_flight(1));
    for _ in 0..100 {
        bench
            .send(session, Message::new(text(), vec![b'x'; 5000]))
            .expect("room");
    }
    let chunk = frames::chunk("aaaa", "m1", "1-*/*", "", &[b'x'; 5000], '+');
    bench.input(bench.now, chunk[..3000].to_vec());
    assert!(
        bench.connection.wants_input(),
        "messages to send, a message that arrives, octets to transmit"
    );
    bench.transmit(bench.now);
    bench.command(|connection| connection.session(session).map(|session| session.close()));
    assert!(bench.connection.wants_input(), "a session that is closing");
}
