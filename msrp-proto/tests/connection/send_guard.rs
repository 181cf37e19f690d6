//! The end-line never comes up in a body (RFC 4975 §7.1; rulings ).
//!
//! Identifiers are a function of the seed, so a first run tells which ones a second run will draw.

use msrp_proto::wire::FailureReport;
use msrp_proto::{Config, Message};

use crate::wire_out::{Frame, Wire, joined, limit, message, octets, streamed};

/// The frames of a message, sent with the same identifiers each time.
fn frames_of(config: &Config, message: Message) -> Vec<Frame> {
    let mut wire = Wire::active(config.clone());
    wire.send(message);
    wire.drain()
}

/// The identifiers of the chunks of a body of that length.
fn identifiers(config: &Config, len: usize, reports: FailureReport) -> Vec<String> {
    let frames = frames_of(config, message(vec![b'x'; len]).failure_report(reports));
    frames.iter().map(Frame::tid).collect()
}

/// Plain octets, with others in between.
fn around(before: usize, middle: &str, after: usize) -> Vec<u8> {
    let mut body = vec![b'x'; before];
    body.extend_from_slice(middle.as_bytes());
    body.resize(body.len() + after, b'y');
    body
}

/// Shows: MSRP-7.1-18.
#[test]
fn a_whole_chunk_takes_another_identifier() {
    for reports in [FailureReport::Yes, FailureReport::Partial, FailureReport::No] {
        for config in [limit(2048), limit(None), limit(1000)] {
            let first = &identifiers(&config, 300, reports)[0];
            for flag in ["$", "+", "#", "", "?"] {
                let line = format!("\r\n-------{first}{flag}");
                let body = around(100, &line, 100);
                let frames = frames_of(&config, message(body.clone()).failure_report(reports));
                assert!(frames.len() == 1 && frames[0].body == body);
                let second = frames[0].tid();
                assert_ne!(&second, first);
                // The second one is not to be had either.
                let both = around(0, &format!("{line}\r\n-------{second}{flag}"), 9);
                let frames = frames_of(&config, message(both.clone()).failure_report(reports));
                assert!(frames[0].body == both);
                assert!(frames[0].tid() != second && &frames[0].tid() != first);
            }
        }
    }
}

/// The empty line before a body makes an end-line of hyphens at its very start (ruling R-22).
#[test]
fn a_body_that_begins_with_the_hyphens() {
    for len in [10, 30_000] {
        let config = limit(None);
        let first = &identifiers(&config, 100 + len, FailureReport::Yes)[0];
        let body = around(0, &format!("-------{first}$\r\n"), len);
        let frames = frames_of(&config, message(body.clone()));
        assert!(joined(&frames) == body);
        if len > 2048 {
            assert_eq!(&frames[0].tid(), first);
            assert_eq!(frames[0].body.len(), "-------".len() + first.len() - 1);
            assert_eq!(frames.len(), 2);
        } else {
            assert_ne!(&frames[0].tid(), first);
        }
    }
}

/// Less than the line is left alone.
#[test]
fn what_only_looks_like_the_end_line_stays() {
    let config = limit(None);
    let first = &identifiers(&config, 10_000, FailureReport::Yes)[0];
    let short = &first[..first.len() - 1];
    for near in [
        format!("-------{first}$\r\n"),
        format!("\n-------{first}$\r\n"),
        format!("\r\n------{first}$\r\n"),
        format!("\r\n-------{short}"),
        format!("\r\n-------{short}!$\r\n"),
        "\r\n-------".repeat(50),
    ] {
        let body = around(5000, &near, 5000);
        let frames = frames_of(&config, message(body.clone()));
        assert_eq!((frames.len(), &frames[0].tid()), (1, first));
        assert!(frames[0].body == body);
    }
}

/// Shows: MSRP-7.1-19.
#[test]
fn an_open_chunk_ends_before_the_line() {
    for reports in [FailureReport::Yes, FailureReport::Partial, FailureReport::No] {
        for flag in ["$\r\n", "+\r\n", "#", "?"] {
            let mut wire = Wire::active(limit(None));
            let id = wire.send(streamed().failure_report(reports));
            wire.write(id, &octets(4000));
            wire.poll();
            let mut frames = wire.frames();
            if frames.is_empty() {
                unreachable!("a chunk that runs dry is closed");
            }
            wire.write(id, &octets(40_000));
            assert!(wire.poll() > 0);
            let tid = wire.unfinished().unwrap().tid();
            let line = format!("\r\n-------{tid}{flag}");
            wire.write(id, line.as_bytes());
            wire.write(id, &octets(3000));
            wire.finish(id);
            frames.extend(wire.drain());
            let whole = [octets(4000), octets(40_000), line.into_bytes(), octets(3000)].concat();
            assert!(joined(&frames) == whole);
            let cut = frames.iter().position(|frame| frame.tid() == tid).unwrap();
            assert_eq!(frames.len(), cut + 2);
            assert!(frames[cut].body.ends_with(&tid.as_bytes()[..tid.len() - 1]));
        }
    }
}

/// Shows: MSRP-7.1-20.
#[test]
fn the_line_is_seen_across_pieces() {
    for config in [limit(None), limit(20_000)] {
        let tid = &identifiers(&config, 30_000, FailureReport::Yes)[0];
        let line = format!("\r\n-------{tid}$\r\n");
        let body = around(2500, &line, 5000);
        for cut in 2500..=2500 + line.len() {
            for second in [cut, (cut + 1).min(body.len()), (cut + 5).min(body.len())] {
                let mut wire = Wire::active(config.clone());
                let id = wire.send(streamed());
                for piece in [&body[..cut], &body[cut..second], &body[second..]] {
                    wire.write(id, piece);
                }
                wire.finish(id);
                let frames = wire.drain();
                assert!(joined(&frames) == body);
                assert_eq!((frames.len(), &frames[0].tid()), (2, tid), "cut at {cut}");
                assert_eq!(frames[0].body.len(), 2500 + line.len() - 4);
            }
        }
    }
}

/// The guard sees the line where buffers meet, too, and no buffer is left empty by it.
#[test]
fn the_line_is_seen_across_buffers() {
    let config = limit(None);
    let tid = &identifiers(&config, 80_000, FailureReport::Yes)[0];
    let line = format!("\r\n-------{tid}");
    for edge in [16_384, 32_768] {
        for before in edge - line.len() - 1..=edge + 1 {
            let body = around(before, &line, 40_000);
            let frames = frames_of(&config, message(body.clone()));
            assert!(joined(&frames) == body);
            assert_eq!(frames[0].body.len(), before + line.len() - 1);
            assert_eq!(&frames[0].tid(), tid);
        }
    }
}

/// Octets that the application writes while the chunk is open, the end-line one by one.
#[test]
fn the_line_is_seen_octet_by_octet() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(streamed());
    wire.write(id, &octets(40_000));
    assert!(wire.poll() > 0);
    let tid = wire.unfinished().unwrap().tid();
    let mut whole = octets(40_000);
    for octet in format!("\r\n-------{tid}$\r\n").bytes().chain(*b"and more") {
        wire.write(id, &[octet]);
        whole.push(octet);
    }
    let mut frames = wire.drain();
    wire.finish(id);
    frames.extend(wire.drain());
    assert!(joined(&frames) == whole);
}
