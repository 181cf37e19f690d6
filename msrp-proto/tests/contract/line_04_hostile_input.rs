//! Line 4: no octets of the peer cause a panic, an unbounded allocation, or work that grows faster than the
//! input. What cannot be counted here (allocations) is bounded by what can: events, answers, held input.
//! Where work would grow with the square of the input, these tests would not end.

use msrp_proto::wire::Limits;
use msrp_proto::{Config, Event, IncomingEvent, Role};

use crate::bench::{bound, fresh, sent};
use crate::ops;
use crate::ops::shared::checked::Checked;
use crate::ops::shared::frames;
use crate::ops::shared::random::Random;

#[test]
fn no_octets_cause_a_panic() {
    let mut random = Random(4);
    for round in 0..400 {
        let mut stream: Vec<u8> = (0..30)
            .flat_map(|at| match random.below(4) {
                0 => frames::message(&format!("tid{at}"), "m1", &[b'x'; 40]),
                1 => frames::chunk(&format!("tid{at}"), "m2", "5-*/*", "", b"abc", '+'),
                2 => frames::report(&format!("tid{at}"), "m3", "1-3/3", "200"),
                _ => frames::response(&format!("tid{at}"), "200 OK"),
            })
            .collect();
        for _ in 0..random.below(8) {
            let at = random.below(stream.len());
            match random.below(3) {
                0 => stream[at] = random.number() as u8,
                1 => drop(stream.drain(at..(at + 9).min(stream.len()))),
                _ => {
                    let octets = random.octets(9);
                    stream.splice(at..at, octets);
                }
            }
        }
        let (mut bench, _) = bound(Config::default());
        let size = 1 + random.below(if round % 2 == 0 { 10 } else { 3000 });
        for piece in stream.chunks(size) {
            bench.input(bench.now, piece.to_vec());
            bench.settle(bench.now);
        }
        bench.finish();
    }
    for len in 0..200 {
        ops::run(&random.octets(len));
    }
}

#[test]
fn input_that_is_not_wanted_is_held_up_to_the_cap() {
    let full = || {
        let config = Config::default().max_events(1).max_held(1000);
        let (mut bench, _) = fresh(config, Role::Passive);
        // One event, and nothing left over.
        bench.input(bench.now, frames::bodiless("bind"));
        assert!(!bench.connection.wants_input());
        bench
    };
    let message = frames::message("bbbb", "second", &[b'y'; 700]);
    let filler = vec![b'\n'; 1001];
    let rest = 1000 - message.len();

    let mut bench = full();
    bench.input(bench.now, message.clone());
    bench.input(bench.now, vec![b'z'; rest]);
    assert!(!bench.watch.lost && bench.connection.session_count() == 1);
    bench.events();
    assert_eq!(bench.trace.count("Finished"), 1, "what was held was processed");

    for (first, second) in [(1000, 1), (1001, 0), (1, 1000)] {
        let mut bench = full();
        bench.input(bench.now, filler[..first].to_vec());
        bench.input(bench.now, filler[..second].to_vec());
        bench.events();
        assert!(
            bench.trace.has("ConnectionLost(InputOverflow)"),
            "{first} {second}"
        );
        assert_eq!(bench.trace.count("Finished"), 0);
    }
}

/// Gives input for as long as it is wanted, in reads of 4096 octets, and takes nothing.
fn flood(bench: &mut Checked, mut frame: impl FnMut(usize) -> Vec<u8>) -> usize {
    let mut at = 0;
    let mut given = 0;
    let mut read = Vec::new();
    while bench.connection.wants_input() && at < 2_000_000 {
        while read.len() < 4096 {
            read.extend_from_slice(&frame(at));
            at += 1;
        }
        given += 4096;
        let rest = read.split_off(4096);
        bench.input(bench.now, core::mem::replace(&mut read, rest));
    }
    assert!(
        !bench.connection.wants_input() && !bench.watch.lost,
        "wanted for ever"
    );
    given
}

#[test]
fn undelivered_events_are_bounded() {
    let queued = |bench: &mut Checked| {
        let (mut events, mut octets) = (0, 0);
        // Held input would go on; the peer's octets end here, so take events without that.
        for _ in 0..5000 {
            let Some(event) = bench.connection.poll_event() else {
                break;
            };
            events += 1;
            if let Event::Incoming(_, IncomingEvent::Data { data, .. }) = event {
                octets += data.len();
            }
        }
        (events, octets)
    };
    for max in [1, 10, 1000] {
        let (mut bench, _) = bound(Config::default().max_events(max).max_answers(1 << 20));
        flood(&mut bench, |at| {
            frames::message(&format!("tid{at}"), &format!("m{at}"), b"x")
        });
        // What came with the last read is held, and about 20 messages of three events fit in a read.
        let (events, _) = queued(&mut bench);
        assert!(
            events >= max && events <= max + 3 * 20 + 3,
            "{events} events of {max}"
        );
    }
    let (mut bench, _) = bound(Config::default().max_event_octets(10_000));
    flood(&mut bench, |at| {
        frames::message(&format!("tid{at}"), &format!("m{at}"), &[b'x'; 3000])
    });
    let (_, octets) = queued(&mut bench);
    assert!((10_000..=10_000 + 4096).contains(&octets), "{octets} octets");
}

/// One large read is not processed beyond what is wanted, either.
#[test]
fn a_large_read_is_held_for_the_most_part() {
    let frames: Vec<u8> = (0..2000)
        .flat_map(|at| frames::message(&format!("tid{at}"), &format!("m{at}"), b"x"))
        .collect();
    for config in [
        Config::default().max_events(10),
        Config::default().max_event_octets(4),
        Config::default().in_flight(1).max_answers(4),
    ] {
        let (mut bench, _) = bound(config);
        bench.input(bench.now, frames.clone());
        let processed = bench.connection.stats().frames_received;
        assert!((3..=6).contains(&processed), "{processed} frames");
        bench.settle(bench.now);
        assert_eq!(bench.trace.count("Finished"), 2000);
    }
}

#[test]
fn untaken_answers_are_bounded() {
    for method in ["SEND", "NICKNAME"] {
        let (mut bench, _) = bound(Config::default().in_flight(1).max_answers(100));
        flood(&mut bench, |at| {
            frames::frame(&format!("tid{at}"), method, &frames::paths(), None, '$')
        });
        let code = if method == "SEND" { "200" } else { "501" };
        let first = bench.connection.poll_transmit(bench.now).expect("answers");
        let rest = sent(&bench.transmit(bench.now), code).len() + sent(&first, code).len();
        assert!((100..150).contains(&rest), "{rest} answers");
    }
    // REPORTs count too.
    let (mut bench, _) = bound(
        Config::default()
            .in_flight(1)
            .max_answers(100)
            .max_events(1 << 20),
    );
    let lines = "Failure-Report: no\r\nSuccess-Report: yes\r\n";
    flood(&mut bench, |at| {
        frames::chunk(&format!("tid{at}"), &format!("m{at}"), "1-1/1", lines, b"x", '$')
    });
    let reports = sent(&bench.transmit(bench.now), "REPORT").len();
    assert!((100..150).contains(&reports), "{reports} reports");
}

/// Events per input stay few, however the input is cut.
#[test]
fn octet_by_octet_is_not_an_event_each() {
    let (mut bench, _) = bound(Config::default());
    let body = vec![b'x'; 1 << 20];
    let mut events = 0;
    for octet in frames::message("aaaa", "large", &body) {
        bench.connection.handle_input(bench.now, vec![octet].into());
        while bench.connection.poll_event().is_some() {
            events += 1;
        }
    }
    assert!(events < 1030, "{events} events");
}

#[test]
fn work_grows_with_the_input_only() {
    // Heads that do not end, lines that do not end, octet by octet.
    for start in [
        "MSRP aaaa SEND\r\n",
        "MSRP aaaa SEND\r\nTo-Path: ",
        "MSRP aaaa SEND\r\n\r\n",
    ] {
        for filler in ["x", "x: y\r\n", "\r\n-------aaaa", "\r", "\n", "-"] {
            let (mut bench, _) = bound(Config::default());
            let stream = start.bytes().chain(filler.bytes().cycle()).take(300_000);
            for octet in stream {
                bench.connection.handle_input(bench.now, vec![octet].into());
            }
            bench.settle(bench.now);
        }
    }
    // Chunks that overlap, backwards; chunks with holes; messages that do not end; unknown everything.
    let config = || Config::default().max_holes(1 << 20).max_incoming(1 << 20);
    let count = 20_000;
    let kinds: [&dyn Fn(usize) -> Vec<u8>; 7] = [
        &|at| {
            frames::chunk(
                "aaaa",
                "m1",
                &format!("{}-*/*", 3 * (count - at) + 1),
                "",
                b"abcd",
                '+',
            )
        },
        &|at| {
            frames::chunk(
                "aaaa",
                "m1",
                &format!("{}-*/*", 9 * (count - at) + 1),
                "",
                b"abcd",
                '+',
            )
        },
        &|at| frames::chunk("aaaa", &format!("m{at}"), "2-*/*", "", b"abcd", '+'),
        &|at| frames::response(&format!("tid{at}"), "200 OK"),
        &|at| frames::report(&format!("tid{at}"), &format!("m{at}"), "1-5/5", "413"),
        &|at| frames::chunk("aaaa", &format!("m{at}"), "1-*/*", "", &[b'x'; 20], '#'),
        &|at| {
            frames::chunk(
                "aaaa",
                &format!("m{at}"),
                "1-*/*",
                "Content-Transfer-Encoding: x\r\n",
                b"",
                '$',
            )
        },
    ];
    for frame in kinds {
        let (mut bench, _) = bound(config());
        for at in 0..count {
            bench.connection.handle_input(bench.now, frame(at).into());
            while bench.connection.poll_event().is_some() {}
            let _ = bench.connection.poll_transmit(bench.now);
        }
    }
}

#[test]
fn what_a_head_may_hold_is_bounded() {
    let limits = Limits {
        head: 1000,
        ..Limits::default()
    };
    let (mut bench, _) = fresh(Config::default().wire_limits(limits), Role::Passive);
    bench.input(bench.now, format!("MSRP aaaa SEND\r\n{}", frames::paths()));
    for _ in 0..1000 {
        bench.input(bench.now, &b"X-Filler: more and more\r\n"[..]);
    }
    // Refused, passed over, and the connection lives on.
    bench.input(bench.now, &b"\r\n\r\n-------aaaa$\r\n"[..]);
    bench.input(bench.now, frames::message("bbbb", "second", b"x"));
    let out = bench.transmit(bench.now);
    assert_eq!((sent(&out, "400").len(), sent(&out, "200").len()), (1, 1));
    bench.events();
    assert_eq!(bench.trace.count("started"), 1);
}
