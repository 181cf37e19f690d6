//! Whose turn it is (RFC 4975 §7.1.1; ruling R-72).

use msrp_proto::wire::FailureReport;
use msrp_proto::{Config, Message, OutgoingId};

use crate::wire_out::{Frame, LOCAL, PEER, Wire, limit, message, octets, seconds, shapes, streamed};

const OTHER: &str = "msrp://a.example.com:7654/another-one;tcp";

/// Whose body each frame carries, as the letter it begins with.
fn letters(frames: &[Frame]) -> String {
    let letter = |frame: &Frame| frame.body.first().map(|&octet| char::from(octet));
    frames.iter().filter_map(letter).collect()
}

fn letter(letter: &str, len: usize) -> Message {
    message(letter.repeat(len))
}

/// Shows: MSRP-7.1.1-32, MSRP-7.1.1-23.
#[test]
fn sessions_take_turns() {
    for (config, quantum) in [(limit(2048), 2048), (limit(None), 16_384), (limit(3000), 3000)] {
        let mut wire = Wire::active(config);
        let other = wire.add_session(OTHER, PEER);
        wire.send(letter("a", 100_000));
        wire.connection
            .session(other)
            .unwrap()
            .send(letter("b", 100_000))
            .unwrap();
        let frames = wire.drain();
        let mut next = [1, 1];
        let mut last = None;
        for frame in &frames {
            let from = usize::from(frame.paths()[1] != LOCAL);
            assert_eq!(frame.head.byte_range().unwrap().start, next[from]);
            next[from] += frame.body.len() as u64;
            let other_waits = next[1 - from] <= 100_000;
            assert!(!other_waits || frame.body.len() <= quantum, "{}", frame.shape());
            assert!(!other_waits || last != Some(from), "{}", frame.shape());
            last = Some(from);
        }
        assert_eq!(next, [100_001, 100_001]);
    }
}

#[test]
fn bulk_messages_of_a_session_interleave() {
    for (config, expected) in [(limit(2048), "abcabcabc"), (limit(None), "abcabcabc")] {
        let mut wire = Wire::active(config);
        for name in ["a", "b", "c"] {
            wire.send(letter(name, 60_000));
        }
        assert_eq!(letters(&wire.drain())[..9], *expected);
    }
}

/// Interactive messages leave in order, each whole before the next; bulk goes in between.
#[test]
fn interactive_messages_keep_their_order() {
    let mut wire = Wire::active(limit(2048));
    wire.send(letter("x", 20_000));
    for name in ["a", "b", "c"] {
        wire.send(letter(name, 5000));
    }
    assert_eq!(letters(&wire.drain()), "axaxaxbxbxbxcxcxcxx");

    let mut alone = Wire::active(limit(None));
    for name in ["a", "b", "c"] {
        alone.send(letter(name, 5000));
    }
    assert_eq!(letters(&alone.drain()), "abc");

    let mut marked = Wire::active(limit(2048));
    marked.send(letter("x", 5000).bulk(true));
    marked.send(letter("a", 20_000).bulk(false));
    marked.send(letter("b", 10));
    assert_eq!(letters(&marked.drain()), "axaxaxaaaaaaab");
}

/// A message that is written to keeps its turn, however often that happens.
#[test]
fn writing_does_not_cost_a_turn() {
    let mut wire = Wire::active(limit(2048));
    let slow = wire.send(streamed());
    wire.write(slow, &[b's'; 3000]);
    wire.send(letter("x", 60_000));
    let mut order = String::new();
    for _ in 0..3 {
        // One buffer holds seven chunks of 2048 octets.
        for _ in 0..4 {
            wire.write(slow, &[b's'; 2048]);
        }
        wire.poll();
        order.push_str(&letters(&wire.frames()));
    }
    assert_eq!(order[..12], *"sxsxsxsxsxsx", "{order}");

    // What is waiting longest goes first, also if it was written to since.
    let mut wire = Wire::active(limit(2048));
    let [first, second]: [OutgoingId; 2] = core::array::from_fn(|_| wire.send(streamed()));
    wire.write(first, &[b'a'; 3000]);
    wire.write(second, &[b'b'; 3000]);
    wire.write(first, &[b'a'; 10]);
    assert_eq!(letters(&wire.drain()), "ab");
}

/// Responses, then REPORTs, then empty requests, then messages.
#[test]
fn the_order_of_kinds() {
    let mut wire = Wire::active(Config::default());
    wire.drain();
    wire.send(message("hello"));
    wire.connection.session(wire.session).unwrap().ping();
    for _ in 0..2 {
        wire.receive("Success-Report: yes\r\n");
    }
    assert_eq!(
        shapes(&wire.drain()),
        ["200", "200", "REPORT", "REPORT", "1-0/0 0$", "1-5/5 5$"]
    );
}

/// Endless answers let a chunk through after each 16 KiB.
#[test]
fn answers_do_not_starve_messages() {
    for config in [limit(2048), limit(None), limit(3000)] {
        let mut wire = Wire::active(config);
        wire.send(message(octets(100_000)));
        wire.poll();
        wire.frames();
        let (mut answers, mut chunks) = (0, 0);
        for _ in 0..60 {
            for _ in 0..120 {
                wire.receive("");
            }
            wire.events();
            wire.poll();
            for frame in wire.frames() {
                if !frame.is_send() {
                    answers += frame.raw.len();
                    continue;
                }
                if chunks > 0 {
                    assert!((16 * 1024..17 * 1024).contains(&answers), "{answers}");
                }
                answers = 0;
                chunks += 1;
            }
        }
        assert!(chunks > 20, "{chunks}");
    }
}

/// Answers that went out when nothing else waited do not count.
#[test]
fn answers_of_quiet_times_do_not_count() {
    let mut wire = Wire::passive(Config::default());
    for _ in 0..300 {
        wire.receive("");
        wire.drain();
    }
    wire.advance(seconds(1));
    wire.receive("");
    wire.send(message("hello"));
    assert_eq!(shapes(&wire.drain()), ["200", "1-5/5 5$"]);
}

/// Messages that may not be sent yet hold up nobody.
#[test]
fn a_message_without_octets_holds_up_no_other_kind() {
    let mut wire = Wire::active(limit(None));
    wire.send(streamed());
    wire.send(letter("a", 10));
    wire.send(letter("b", 30_000).failure_report(FailureReport::No));
    assert_eq!(letters(&wire.drain()), "ab");
}
