//! Line 2: any order of calls is legal, nothing is lost by polling late, and the latest time counts.

use std::time::Duration;

use msrp_proto::{Body, Config, ConnectionError, Event, Link, LinkError, Message, Role, Seed};

use crate::bench::{bound, fresh, read, sent, text};
use crate::ops;
use crate::ops::shared::frames;
use crate::ops::shared::random::Random;

#[test]
fn any_order_of_calls_is_legal() {
    let mut random = Random(2);
    for _ in 0..250 {
        let len = 100 + random.below(3000);
        ops::run(&random.octets(len));
    }
    let (mut handed_out, mut told) = (0, 0);
    for link in ops::MESSAGE_LINKS {
        for _ in 0..40 {
            let len = 100 + random.below(3000);
            // Every buffer is checked to be one frame.
            let (trace, out) = ops::single(link, &random.octets(len), Seed::new([7; 32]));
            handed_out += out.len();
            told += trace.count("Unframed");
        }
    }
    assert!(handed_out > 100_000 && told > 100, "{handed_out} {told}");
    // Requests other than SEND and REPORT come about, and all their outcomes.
    let mut seen = [
        "Requested(InboundRequest",
        "Ok(Reply",
        "Err(TimedOut)",
        "Err(SessionEnded)",
        "Err(ConnectionLost)",
    ]
    .map(|what| (what, 0));
    for _ in 0..400 {
        let len = 1000 + random.below(3000);
        let (trace, _) = ops::single(Link::tcp(), &random.octets(len), Seed::new([7; 32]));
        for (what, count) in &mut seen {
            *count += trace.count(what);
        }
    }
    assert!(seen.iter().all(|(_, count)| *count > 0), "{seen:?}");
}

/// A conversation from the peer: messages, reports and what is wrong.
fn much() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for at in 0..60 {
        let (tid, id) = (format!("tid{at}"), format!("id{at}"));
        all.push(match at % 5 {
            0 => frames::message(&tid, &id, b"a short one"),
            1 => frames::chunk(&tid, &id, "1-*/3000", "", &[b'x'; 1500], '+'),
            2 => frames::chunk(
                &tid,
                &format!("id{}", at - 1),
                "1501-3000/3000",
                "",
                &[b'y'; 1500],
                '$',
            ),
            3 => frames::chunk(&tid, &id, "1-5/5", "Success-Report: yes\r\n", b"hello", '$'),
            _ => frames::frame(&tid, "NICKNAME", &frames::paths(), None, '$'),
        });
    }
    all
}

#[test]
fn nothing_is_lost_by_polling_late() {
    let run = |config: Config, late: bool| {
        let (mut bench, _) = fresh(config, Role::Passive);
        for octets in much() {
            bench.input(bench.now, octets);
            if !late {
                bench.events();
            }
        }
        bench.settle(bench.now);
        (bench.trace, bench.out)
    };
    let (trace, out) = run(Config::default(), false);
    assert_eq!((trace.count("Finished"), read(&out).len()), (36, 72));
    for config in [
        Config::default(),
        Config::default().max_events(1),
        Config::default().max_event_octets(100),
        Config::default().in_flight(1).max_answers(2),
        Config::default().in_flight(1).max_answers(3).max_events(2),
    ] {
        let (late_trace, late_out) = run(config, true);
        assert_eq!(late_trace.0.len(), trace.0.len());
        assert!(late_trace == trace, "events were lost or changed");
        let kinds = |out: &[u8]| {
            let mut kinds: Vec<_> = read(out)
                .into_iter()
                .map(|frame| (frame.kind, frame.id))
                .collect();
            kinds.sort();
            kinds
        };
        assert_eq!(kinds(&late_out), kinds(&out));
    }
}

/// Input that was held because answers waited goes on when they are taken, whether or not there is an
/// event.
#[test]
fn what_was_held_goes_on_when_answers_are_taken() {
    let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(2));
    let now = bench.now;
    let requests: Vec<u8> = (0..50)
        .flat_map(|at| frames::bodiless(&format!("ping{at}")))
        .collect();
    for piece in requests.chunks(1000) {
        bench.input(now, piece.to_vec());
    }
    assert!(!bench.connection.wants_input());
    let mut out = Vec::new();
    while let Some(octets) = bench.poll_transmit(now) {
        out.extend_from_slice(&octets);
    }
    assert_eq!(sent(&out, "200").len(), 50);
    assert!(bench.connection.wants_input());
}

/// The end of a frame is not put off until more input comes, wherever the queue of events was full.
#[test]
fn the_end_of_a_frame_is_not_put_off() {
    for max in 1..8 {
        for body in [&b"x"[..], &[b'x'; 1500]] {
            let (mut bench, _) = fresh(Config::default().max_events(max), Role::Passive);
            bench.input(bench.now, frames::message("aaaa", "m1", body));
            bench.events();
            assert_eq!(bench.trace.count("Finished"), 1, "{max} events");
            assert_eq!(sent(&bench.transmit(bench.now), "200").len(), 1);
        }
        let (mut bench, _) = fresh(Config::default().max_events(max), Role::Passive);
        bench.input(bench.now, frames::bodiless("aaaa"));
        bench.events();
        assert_eq!(sent(&bench.transmit(bench.now), "200").len(), 1, "{max} events");
    }
}

#[test]
fn poll_transmit_without_octets_raises_no_event() {
    let quiet = |bench: &mut ops::shared::checked::Checked| {
        bench.settle(bench.now);
        let entries = bench.trace.0.len();
        for later in [0, 1, 29, 31, 10_000] {
            assert!(
                bench
                    .poll_transmit(bench.now + Duration::from_secs(later))
                    .is_none()
            );
            assert!(bench.poll_event().is_none());
        }
        assert_eq!(bench.trace.0.len(), entries);
    };
    // Nothing ever done.
    let (mut bench, session) = fresh(Config::default(), Role::Passive);
    quiet(&mut bench);
    // A message that may not leave yet.
    bench.send(session, Message::new(text(), "x")).expect("room");
    quiet(&mut bench);
    // Responses and reports that are late: only `handle_timeout` may say so.
    let config = Config::default().report_timeout(Some(Duration::from_secs(10)));
    let (mut bench, session) = bound(config);
    bench.send(session, Message::new(text(), "x")).expect("room");
    bench
        .send(session, Message::new(text(), "x").success_report(true))
        .expect("room");
    bench
        .send(session, Message::new(text(), Body::streamed(None)))
        .expect("room");
    bench.input(bench.now, frames::chunk("half", "half", "1-*/*", "", b"x", '+'));
    quiet(&mut bench);
    // A session that is closing, and one whose peer's path was taken back.
    bench.command(|connection| connection.session(session).map(|session| session.close()));
    quiet(&mut bench);
    // The end.
    bench.failure(bench.now, LinkError::Reset);
    quiet(&mut bench);
}

#[test]
fn a_time_that_goes_back_counts_as_the_latest() {
    let (mut bench, session) = bound(Config::default());
    let start = bench.now;
    let seconds = Duration::from_secs;
    bench.timeout(start + seconds(100));
    bench.send(session, Message::new(text(), "x")).expect("room");
    bench.transmit(start);
    assert_eq!(bench.connection.poll_timeout(), Some(start + seconds(130)));
    bench.timeout(start + seconds(131));
    bench.events();
    assert!(bench.trace.has("TimedOut"));

    // Of all calls that take a time.
    let (mut bench, session) = bound(Config::default().flush_reported(true));
    let start = bench.now;
    bench.input(start + seconds(50), frames::message("late", "late", b"x"));
    bench.send(session, Message::new(text(), "x")).expect("room");
    bench.transmit(start);
    bench.flushed(start + seconds(10));
    assert_eq!(bench.connection.poll_timeout(), Some(start + seconds(80)));
    bench.timeout(start);
    assert_eq!(bench.connection.poll_timeout(), Some(start + seconds(80)));
}

#[test]
fn a_timer_that_a_command_starts_is_told_at_once() {
    let (mut bench, session) = bound(Config::default());
    let latest = bench.now + Duration::from_secs(5);
    bench.timeout(latest);
    assert_eq!(bench.connection.poll_timeout(), None);
    // No session any more: `Idle` is due after 300 s.
    bench.command(|connection| connection.session(session).map(|session| session.abort()));
    assert_eq!(bench.connection.poll_timeout(), Some(latest));
    let later = latest + Duration::from_secs(7);
    bench.timeout(later);
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(later + Duration::from_secs(300))
    );
    bench.timeout(later + Duration::from_secs(300));
    bench.events();
    assert!(bench.trace.has("Idle"));

    // Polling events goes on with input that was held, which may start a timer too.
    let (mut bench, _) = fresh(Config::default().max_events(1), Role::Passive);
    bench.input(latest, frames::bodiless("aaaa"));
    bench.input(latest, frames::chunk("bbbb", "second", "1-*/*", "", b"x", '+'));
    assert_eq!(bench.connection.poll_timeout(), None);
    bench.events();
    assert_eq!(bench.connection.poll_timeout(), Some(latest));
    bench.timeout(latest);
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(latest + Duration::from_secs(600))
    );
}

#[test]
fn calls_after_the_end_do_nothing() {
    let (mut bench, session) = bound(Config::default());
    bench.send(session, Message::new(text(), "x")).expect("room");
    bench.abort();
    let event = bench.poll_event();
    assert!(matches!(event, Some(Event::Outgoing(..))));
    bench.input(bench.now, frames::message("aaaa", "m1", b"x"));
    bench.eof(bench.now);
    assert!(bench.command(|connection| connection.close()).is_ok());
    bench.events();
    assert_eq!(bench.trace.count(&format!("{:?}", ConnectionError::Aborted)), 1);
    bench.finish();
}
