//! What leaves over WebSocket and data channels: one frame is one message (RFC 7977 §5.1, RFC 8873 §5.4).

use msrp_proto::wire::{ContinuationFlag, FailureReport};
use msrp_proto::{Body, Config, Link, OutgoingEvent, SendErrorReason};

use crate::wire_out::{Frame, Wire, joined, limit, message, octets, shapes, streamed};

/// Both kinds, with that limit.
fn links(max_len: usize) -> [Link; 2] {
    [Link::websocket(max_len), Link::data_channel(max_len)]
}

/// Takes one message of the transport, which the harness checks to be one whole frame.
fn next(wire: &mut Wire) -> Vec<String> {
    wire.poll();
    shapes(&wire.frames())
}

/// Shows: WS-5.1-01.
#[test]
fn a_chunk_a_response_and_a_report_are_a_message_each() {
    for link in links(4096) {
        let mut wire = Wire::over(link, Config::default());
        wire.send(message("hello"));
        wire.receive("Success-Report: yes\r\n");
        assert_eq!(next(&mut wire), ["200"]);
        assert_eq!(next(&mut wire), ["REPORT"]);
        assert_eq!(next(&mut wire), ["1-5/5 5$"]);
        assert_eq!(next(&mut wire), [""; 0]);
        // However much waits: nothing is put together.
        for _ in 0..20 {
            wire.send(message("hello"));
            wire.receive("");
        }
        for _ in 0..40 {
            assert_eq!(next(&mut wire).len(), 1);
        }
        assert_eq!(wire.poll(), 0);
    }
}

/// Shows: WS-5.1-03.
#[test]
fn others_come_between_chunks() {
    for link in links(4096) {
        let mut wire = Wire::over(link, limit(2048));
        wire.send(message(octets(10_000)).bulk(true));
        assert_eq!(next(&mut wire), ["1-2048/10000 2048+"]);
        wire.receive("");
        wire.send(message("now"));
        let rest: Vec<_> = core::iter::from_fn(|| next(&mut wire).pop()).collect();
        assert_eq!(
            rest,
            [
                "200",
                "1-3/3 3$",
                "2049-4096/10000 2048+",
                "4097-6144/10000 2048+",
                "6145-8192/10000 2048+",
                "8193-10000/10000 1808$",
            ]
        );
    }
}

/// Shows: DC-5.4-01.
#[test]
fn no_message_is_longer_than_the_limit() {
    let body = octets(1000);
    let mut refused = 0;
    for max_len in (0..700).chain([2200, 2400, 65_535]) {
        for link in links(max_len) {
            for config in [limit(None), limit(2048), limit(7)] {
                let mut wire = Wire::over(link, config.immediate_send(false).in_flight(10_000));
                // The harness checks the length.
                match wire.try_send(message(body.clone())) {
                    Ok(_) => assert!(joined(&wire.drain()) == body, "{max_len}"),
                    Err(error) => {
                        assert_eq!(error.reason, SendErrorReason::HeadTooLong);
                        assert!(!wire.connection.wants_transmit());
                        refused = max_len;
                    }
                }
            }
        }
    }
    // One octet more than the head holds one octet of body.
    let link = Link::data_channel(refused + 1);
    let mut wire = Wire::over(link, Config::default().in_flight(10_000));
    wire.send(message(body));
    let last = wire.drain().pop().unwrap();
    assert_eq!((last.raw.len(), last.body.len()), (refused + 1, 1));
    assert!((200..300).contains(&refused), "{refused}");
}

/// A chunk may be as long as the message of the transport, which is filled.
#[test]
fn a_long_chunk_says_that_it_could_be_interrupted() {
    for link in links(65_535) {
        let mut wire = Wire::over(link, limit(None));
        wire.send(message(octets(2048)));
        assert_eq!(next(&mut wire), ["1-2048/2048 2048$"]);
        wire.send(message(octets(2049)));
        assert_eq!(next(&mut wire), ["1-*/2049 2049$"]);
        wire.send(message(octets(100_000)));
        let frames = wire.drain();
        assert_eq!((frames.len(), frames[0].raw.len()), (2, 65_535));
        assert_eq!(frames[0].flag, ContinuationFlag::Continued);
        assert!(frames[0].range() == "1-*/100000" && joined(&frames) == octets(100_000));
        let mut wire = Wire::over(link, limit(3000));
        wire.send(message(octets(5000)));
        assert_eq!(shapes(&wire.drain()), ["1-*/5000 3000+", "3001-5000/5000 2000$"]);
        // Even without a limit.
        let mut wire = Wire::over(Link::websocket(usize::MAX), limit(None));
        wire.send(message(octets(300_000)));
        assert_eq!(shapes(&wire.drain()), ["1-*/300000 300000$"]);
    }
}

/// Where a length of the range takes other digits, nothing is too long and nothing is wasted.
#[test]
fn messages_are_filled() {
    for max_len in (2150..2400).chain(260..300) {
        let mut wire = Wire::over(Link::data_channel(max_len), limit(None).in_flight(10_000));
        wire.send(message(octets(9000)));
        let frames = wire.drain();
        assert!(joined(&frames) == octets(9000));
        let (_, full) = frames.split_last().unwrap();
        let spare = |frame: &Frame| max_len - frame.raw.len();
        assert!(full.iter().all(|frame| spare(frame) <= 4), "{max_len}");
    }
}

/// The end-line of a chunk does not stand in it, however long it is.
#[test]
fn another_identifier_is_taken() {
    for (len, link) in [(300, links(4096)[0]), (50_000, links(65_535)[1])] {
        let first = |body: Vec<u8>| {
            let mut wire = Wire::over(link, limit(None));
            wire.send(message(body).failure_report(FailureReport::No));
            let mut frames = wire.drain();
            assert_eq!(frames.len(), 1);
            frames.remove(0)
        };
        let tid = first(octets(len)).tid();
        for at in [0, 100, len - 60] {
            let mut body = octets(len);
            let line = format!("\r\n-------{tid}$\r\n");
            body[at..at + line.len()].copy_from_slice(line.as_bytes());
            let frame = first(body.clone());
            assert!(frame.tid() != tid && frame.body == body);
        }
    }
}

#[test]
fn streamed_bodies() {
    for (max_len, window) in [(400, 4096), (4096, 4096), (65_535, 4096), (65_535, 1 << 20)] {
        for mode in [None, Some(2048), Some(100), Some(50_000)] {
            for known in [true, false] {
                let body = octets(30_000);
                let config = limit(mode).body_window(window).in_flight(10_000);
                let mut wire = Wire::over(Link::websocket(max_len), config);
                let id = wire.send(if known {
                    message(Body::streamed(Some(30_000)))
                } else {
                    streamed()
                });
                let mut frames = Vec::new();
                let mut done = false;
                while !done {
                    let events = wire.outgoing(id);
                    assert!(!events.is_empty(), "stuck: {max_len} {window} {mode:?}");
                    for event in events {
                        match event {
                            OutgoingEvent::BodyWanted { offset, max } => {
                                let rest = &body[offset as usize..];
                                wire.write(id, &rest[..rest.len().min(max)]);
                                if rest.len() <= max && !known {
                                    wire.finish(id);
                                }
                            }
                            OutgoingEvent::Sent => done = true,
                            other => panic!("{other:?}"),
                        }
                    }
                    frames.extend(wire.drain());
                }
                assert!(joined(&frames) == body);
            }
        }
    }
}
