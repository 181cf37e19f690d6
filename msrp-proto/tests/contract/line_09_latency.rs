//! Line 9: while bulk data is on the wire, a waiting response, REPORT or interactive message starts within
//! one chunk (2048 octets of body at most, or at once between buffers when the chunk is longer) and one
//! buffer already handed out.

use msrp_proto::wire::{FailureReport, MsrpUri};
use msrp_proto::{Body, Config, Message, Role, SessionConfig, Terms};

use crate::bench::{bound, text};
use crate::ops::shared::checked::Checked;
use crate::ops::shared::frames;

/// What a chunk has besides its body, and what stands in front of it to end another.
const HEAD: usize = 400;

const LIMITS: [Option<usize>; 4] = [Some(2048), None, Some(100), Some(10_000)];

/// A connection in the midst of sending bulk: `messages` of them over three sessions, `buffers` handed out.
fn sending(limit: Option<usize>, messages: usize, buffers: usize) -> Checked {
    let config = Config::default().chunk_limit(limit).in_flight(1 << 12);
    let (mut bench, session) = bound(config);
    let mut sessions = vec![session];
    for at in 0..2 {
        let local: MsrpUri = format!("msrp://a.example.com:7654/s{at};tcp")
            .parse()
            .expect("a URI");
        let remote = "msrp://b.example.com:7654/peer;tcp".parse().expect("a path");
        let session = SessionConfig::new(local, Role::Active, Terms::new(remote));
        sessions.push(bench.open(session).expect("a session"));
    }
    for at in 0..messages {
        let body = match at % 3 {
            2 => Body::streamed(Some(2 << 20)),
            _ => Body::from(vec![b'x'; 2 << 20]),
        };
        bench
            .send(sessions[at % 3], Message::new(text(), body))
            .expect("room");
    }
    for _ in 0..buffers {
        write(&mut bench);
        assert!(bench.poll_transmit(bench.now).is_some());
    }
    bench
}

/// Answers every question for a body at once.
fn write(bench: &mut Checked) {
    bench.events();
    while let Some((id, max)) = bench.wanted.pop() {
        bench.command(|connection| {
            if let Some(mut message) = connection.outgoing(id) {
                message.write(vec![b's'; max]).expect("it was asked for");
            }
        });
    }
}

/// How many octets leave before these do.
fn octets_before(bench: &mut Checked, start: &str) -> usize {
    let from = bench.out.len();
    for _ in 0..40 {
        let found = bench.out[from..]
            .windows(start.len())
            .position(|octets| octets == start.as_bytes());
        if let Some(at) = found {
            return at;
        }
        write(bench);
        assert!(
            bench.poll_transmit(bench.now).is_some(),
            "nothing more, and {start} did not come"
        );
    }
    panic!("{start} does not come");
}

fn check(what: &str, waiting: impl Fn(&mut Checked) -> String) {
    for limit in LIMITS {
        for messages in [1, 2, 7] {
            for buffers in [0, 1, 2, 3, 5, 9, 30] {
                let mut bench = sending(limit, messages, buffers);
                let long = bench.connection.stats().octets_sent > 40_000 && limit.is_none();
                let start = waiting(&mut bench);
                let before = octets_before(&mut bench, &start);
                // An interruptible chunk that is long enough ends at once.
                let most = if long && messages == 1 && what != "interactive" {
                    HEAD
                } else {
                    2048 + HEAD
                };
                assert!(
                    before <= most,
                    "{what} after {before} octets: limit {limit:?}, {messages} messages, {buffers} buffers"
                );
            }
        }
    }
}

/// Shows: MSRP-7.1.1-31.
#[test]
fn a_response_waits_for_one_chunk_at_most() {
    check("response", |bench| {
        bench.input(bench.now, frames::message("aaaa", "m1", b"x"));
        bench.events();
        "MSRP aaaa 200".to_owned()
    });
    check("refusal", |bench| {
        bench.input(
            bench.now,
            frames::frame("bbbb", "NICKNAME", &frames::paths(), None, '$'),
        );
        "MSRP bbbb 501".to_owned()
    });
}

/// Shows: MSRP-7.1.1-31.
#[test]
fn a_report_waits_for_one_chunk_at_most() {
    check("report", |bench| {
        let lines = "Failure-Report: no\r\nSuccess-Report: yes\r\n";
        bench.input(bench.now, frames::chunk("aaaa", "m1", "1-1/1", lines, b"x", '$'));
        bench.events();
        " REPORT\r\n".to_owned()
    });
}

#[test]
fn an_interactive_message_waits_for_one_chunk_at_most() {
    for reports in [FailureReport::Yes, FailureReport::No] {
        check("interactive", |bench| {
            let session = bench.open_sessions()[0];
            let message = Message::new(text(), "a short one").failure_report(reports);
            bench.send(session, message).expect("room");
            "\r\n\r\na short one\r\n".to_owned()
        });
    }
}

/// The peer answers nothing: the in-flight limit holds back bulk, not what is short.
#[test]
fn a_full_flight_does_not_hold_back_what_is_short() {
    let (mut bench, session) = bound(Config::default().in_flight(4));
    bench
        .send(session, Message::new(text(), vec![b'x'; 1 << 20]))
        .expect("room");
    bench.settle(bench.now);
    assert!(!bench.connection.wants_transmit());
    bench
        .send(session, Message::new(text(), "a short one"))
        .expect("room");
    assert!(octets_before(&mut bench, "\r\n\r\na short one\r\n") < HEAD);
}

/// Many answers do not hold back a message for ever, either.
#[test]
fn answers_let_a_chunk_through_now_and_then() {
    let (mut bench, session) = bound(Config::default());
    bench
        .send(session, Message::new(text(), "a short one"))
        .expect("room");
    for at in 0..2000 {
        bench.input(bench.now, frames::bodiless(&format!("ping{at}")));
    }
    assert!(octets_before(&mut bench, "\r\n\r\na short one\r\n") < 16 * 1024 + 2048);
}
