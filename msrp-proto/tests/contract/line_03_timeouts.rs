//! Line 3: after `handle_timeout(t)`, `poll_timeout` is `None` or later than `t`; and there are few of them.

use std::time::Duration;

use msrp_proto::wire::FailureReport::No;
use msrp_proto::{Config, Message, Role};

use crate::bench::{bound, fresh, session, text};
use crate::ops::shared::frames;

const ZERO: Duration = Duration::ZERO;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

// `Checked::timeout` asserts the line itself, after every timeout of every test here.

#[test]
fn a_timeout_that_was_handled_is_not_due_again() {
    // A response, a report, a message that does not go on, a connection without a session.
    for wait in [
        ZERO,
        Duration::from_nanos(1),
        seconds(1),
        seconds(1000),
        Duration::MAX,
    ] {
        let config = Config::default()
            .transaction_timeout(wait)
            .report_timeout(Some(wait))
            .incomplete_timeout(wait)
            .idle_timeout(wait);
        let (mut bench, session) = bound(config);
        let (Ok(first), Ok(second)) = (
            bench.send(session, Message::new(text(), "x")),
            bench.send(
                session,
                Message::new(text(), "x").failure_report(No).success_report(true),
            ),
        ) else {
            panic!("no room");
        };
        bench.input(bench.now, frames::chunk("half", "half", "1-*/*", "", b"x", '+'));
        let count = bench.pass(seconds(2000));
        let ended = wait < seconds(2000);
        assert_eq!(count > 0, ended);
        assert!(count < 10, "{count} timeouts for three things that are due");
        assert_eq!(bench.trace.count("Failed(TimedOut)"), usize::from(ended));
        assert_eq!(bench.trace.count("Unconfirmed"), usize::from(ended));
        assert_eq!(bench.trace.count("Aborted(TimedOut)"), usize::from(ended));
        assert_eq!(bench.watch.outgoing[&first].outcome.is_some(), ended);
        assert_eq!(bench.watch.outgoing[&second].outcome.is_some(), ended);
        bench.command(|connection| connection.session(session).map(|session| session.abort()));
        assert!(bench.pass(seconds(2000)) < 10);
        assert_eq!(bench.trace.count("Idle"), usize::from(ended));
    }
}

/// A message that was given up, on a session for one.
#[test]
fn an_abandoned_session_is_told_of_once() {
    for wait in [ZERO, seconds(1), seconds(1000), Duration::MAX] {
        let config = Config::default().aborted_timeout(wait);
        let (mut bench, first) = bound(config);
        bench.command(|connection| connection.session(first).map(|session| session.abort()));
        bench.open(session(Role::Passive).single_message(true));
        for _ in 0..3 {
            bench.input(bench.now, frames::chunk("aaaa", "file", "1-*/*", "", b"x", '#'));
            bench.settle(bench.now);
        }
        let count = bench.pass(seconds(2000));
        let told = usize::from(wait < seconds(2000));
        assert!(count <= 2 * told, "{count} timeouts");
        assert_eq!(bench.trace.count("StaleAborted"), told);
    }
}

#[test]
fn a_keepalive_is_due_once_per_interval() {
    let (mut bench, _) = fresh(Config::default().keepalive(Some(seconds(20))), Role::Active);
    let count = bench.pass(seconds(201));
    assert!((10..=35).contains(&count), "{count} timeouts in ten intervals");
}

/// A chunk that goes on for longer than a message may go without one.
#[test]
fn a_slow_chunk_is_no_busy_loop() {
    let (mut bench, _) = bound(Config::default());
    bench.input(bench.now, frames::chunk("aaaa", "slow", "1-*/*", "", b"x", '+'));
    let chunk = frames::chunk("bbbb", "slow", "2-*/*", "", &[b'y'; 100], '$');
    let (head, body) = chunk.split_at(chunk.len() - 120);
    bench.input(bench.now, head.to_vec());
    let mut count = 0;
    for piece in body.chunks(10) {
        bench.input(bench.now, piece.to_vec());
        count += bench.pass(seconds(100));
    }
    assert!(count < 20, "{count} timeouts");
    assert_eq!(
        (bench.trace.count("Finished"), bench.trace.count("Aborted")),
        (1, 0)
    );

    // Or that never ends, be it the first of its message or not.
    for chunks in 0..2 {
        let (mut bench, _) = bound(Config::default());
        for at in 0..chunks {
            let range = format!("{}-*/*", at + 1);
            bench.input(bench.now, frames::chunk("aaaa", "slow", &range, "", b"x", '+'));
        }
        bench.input(bench.now, chunk[..chunk.len() - 50].to_vec());
        bench.pass(seconds(599));
        assert_eq!(bench.arriving().len(), 1);
        let count = bench.pass(seconds(100_000));
        assert!(count < 5, "{count} timeouts");
        assert_eq!(bench.trace.count("Aborted(TimedOut)"), 1);
    }
}

/// An application that does not take its events does not cost the peer its message.
#[test]
fn what_is_held_back_here_is_not_late() {
    let (mut bench, _) = bound(Config::default().max_events(2));
    let message = frames::message("aaaa", "held", &[b'y'; 3000]);
    bench.input(bench.now, message[..2000].to_vec());
    bench.input(bench.now, message[2000..].to_vec());
    for _ in 0..5 {
        let due = bench.connection.poll_timeout().expect("a timer");
        bench.timeout(due);
    }
    assert!(!bench.connection.wants_input());
    bench.events();
    assert_eq!(
        (bench.trace.count("Finished"), bench.trace.count("Aborted")),
        (1, 0)
    );
}

/// The end of one message is an event, which does not hold back the end of others.
#[test]
fn messages_that_are_late_together_end_together() {
    let (mut bench, _) = bound(Config::default().max_events(1));
    for id in ["first", "second", "third"] {
        bench.input(bench.now, frames::chunk("aaaa", id, "1-*/*", "", b"x", '+'));
        bench.events();
    }
    bench.timeout(bench.now);
    let due = bench.connection.poll_timeout().expect("a timer");
    bench.timeout(due);
    bench.events();
    assert_eq!(bench.trace.count("Aborted(TimedOut)"), 3);
}

#[test]
fn a_stall_is_due_once() {
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(2));
    for at in 0..3 {
        bench.input(bench.now, frames::bodiless(&format!("ping{at}")));
    }
    let due = bench.connection.poll_timeout().expect("a timeout");
    bench.timeout(due);
    bench.events();
    assert!(bench.trace.has("Stalled"));
    assert_eq!(bench.connection.poll_timeout(), None);
}
