//! How messages become chunks (RFC 4975 §7.1.1).

use std::collections::BTreeSet;

use msrp_proto::wire::{FailureReport, Header};
use msrp_proto::{Body, Config, MediaType, Message};

use crate::wire_out::{Frame, Wire, joined, limit, message, octets, shapes, streamed};

fn sent(config: Config, message: Message) -> Vec<Frame> {
    let mut wire = Wire::active(config.in_flight(10_000));
    wire.send(message);
    wire.drain()
}

/// Shows: MSRP-5.1-01, MSRP-7.1.1-17, MSRP-7.1.1-21.
#[test]
fn a_chunk_of_more_than_2048_octets_can_be_interrupted() {
    assert_eq!(
        shapes(&sent(limit(None), message(octets(2048)))),
        ["1-2048/2048 2048$"]
    );
    assert_eq!(
        shapes(&sent(limit(None), message(octets(2049)))),
        ["1-*/2049 2049$"]
    );
    assert_eq!(
        shapes(&sent(limit(None), message(octets(5000)))),
        ["1-*/5000 5000$"]
    );
    assert_eq!(
        shapes(&sent(limit(3000), message(octets(5000)))),
        ["1-*/5000 3000+", "3001-5000/5000 2000$"]
    );
    assert_eq!(
        shapes(&sent(limit(5), message(octets(10)))),
        ["1-5/10 5+", "6-10/10 5$"]
    );
}

/// Shows: MSRP-7.1.1-19, MSRP-7.1.1-27.
#[test]
fn chunks_of_2048_octets() {
    let frames = sent(limit(2048), message(octets(5000)));
    assert_eq!(
        shapes(&frames),
        ["1-2048/5000 2048+", "2049-4096/5000 2048+", "4097-5000/5000 904$"]
    );
    assert_eq!(joined(&frames), octets(5000));
    assert_eq!(
        shapes(&sent(limit(2048), message(octets(4096)))),
        ["1-2048/4096 2048+", "2049-4096/4096 2048$"]
    );
    // Interruptible ones too.
    assert_eq!(
        shapes(&sent(limit(3000), message(octets(7000)))),
        ["1-*/7000 3000+", "3001-*/7000 3000+", "6001-7000/7000 1000$"]
    );
}

/// Shows: MSRP-7.1.1-01, MSRP-7.1.1-25, MSRP-7.1.1-18.
#[test]
fn every_size_in_every_mode() {
    // What holds of every frame, the harness checks.
    for (mode, step) in [(None, 1), (Some(2048), 3), (Some(3000), 7), (Some(777), 13)] {
        let mut wire = Wire::active(limit(mode).in_flight(100_000));
        wire.drain();
        let all = octets(10_000);
        for size in (1..=10_000).step_by(step) {
            wire.send(message(all[..size].to_vec()).failure_report(FailureReport::No));
            let frames = wire.drain();
            let ids: BTreeSet<_> = frames.iter().map(Frame::message_id).collect();
            let tids: BTreeSet<_> = frames.iter().map(Frame::tid).collect();
            assert_eq!((ids.len(), tids.len()), (1, frames.len()));
            assert!(joined(&frames) == all[..size], "{mode:?} {size}");
            assert_eq!(
                frames.len(),
                mode.map_or(1, |mode| size.div_ceil(mode)),
                "{mode:?} {size}"
            );
            wire.events();
        }
    }
}

/// Shows: MSRP-7.1.1-26.
#[test]
fn as_few_chunks_as_possible() {
    const MIB: usize = 1 << 20;
    for size in [5000, 16 * 1024, MIB] {
        for bulk in [false, true] {
            let frames = sent(limit(None), message(octets(size)).bulk(bulk));
            assert_eq!(shapes(&frames), [format!("1-*/{size} {size}$")], "bulk {bulk}");
        }
    }
    for bulk in [false, true] {
        let mut wire = Wire::active(limit(None));
        let id = wire.send(message(Body::streamed(Some(MIB as u64))).bulk(bulk));
        let body = octets(MIB);
        let mut written = 0;
        while written < MIB {
            // The window is never empty, so the chunk never has to end.
            let part = &body[written..MIB.min(written + 16_384)];
            wire.write(id, part);
            written += part.len();
            if written >= 49_152 {
                assert!(wire.poll() > 0);
            }
        }
        let frames = wire.drain();
        assert_eq!(shapes(&frames), [format!("1-*/{MIB} {MIB}$")], "bulk {bulk}");
        assert!(joined(&frames) == body);
    }
}

/// Shows: MSRP-7.1.1-22.
#[test]
fn the_total_is_written_when_it_is_known() {
    let file = sent(limit(2048), message(octets(5000)));
    assert!(file.iter().all(|frame| frame.range().ends_with("/5000")));

    for mode in [None, Some(2048)] {
        let mut wire = Wire::active(limit(mode));
        let id = wire.send(streamed());
        wire.drain();
        wire.write(id, &octets(3000));
        let first = wire.drain();
        wire.finish(id);
        let last = wire.drain();
        match mode {
            None => {
                assert_eq!(shapes(&first), ["1-*/* 2999+"]);
                assert_eq!(shapes(&last), ["3000-3000/3000 1$"]);
            }
            Some(_) => {
                assert_eq!(shapes(&first), ["1-2048/* 2048+"]);
                assert_eq!(shapes(&last), ["2049-3000/3000 952$"]);
            }
        }
    }
}

/// Shows: MSRP-7.1.1-05, MSRP-7.1.1-06.
#[test]
fn what_is_to_be_reported_stands_in_every_chunk() {
    let mut wire = Wire::active(limit(None));
    let whole = message(octets(60_000)).success_report(true);
    wire.send(
        whole
            .failure_report(FailureReport::Partial)
            .header(Header::new("X-A", "b").unwrap()),
    );
    let mut frames = Vec::new();
    while frames.len() < 3 {
        // The answer to this interrupts the chunk.
        wire.receive("");
        wire.poll();
        frames.extend(wire.frames().into_iter().filter(Frame::is_send));
    }
    assert!(wire.unfinished().is_some() || frames.len() >= 3);
    frames.extend(wire.drain().into_iter().filter(Frame::is_send));
    assert!(frames.len() > 3);
    for frame in &frames {
        assert_eq!(frame.head.success_report(), Some(true));
        assert_eq!(frame.head.failure_report(), Some(FailureReport::Partial));
        assert_eq!(frame.head.header("X-A"), Some(&b"b"[..]));
        assert_eq!(frame.message_id(), frames[0].message_id());
    }
    assert_eq!(joined(&frames), octets(60_000));

    for (success, failure) in [
        (false, FailureReport::Yes),
        (false, FailureReport::No),
        (true, FailureReport::Yes),
        (true, FailureReport::No),
    ] {
        let one = message("x").success_report(success).failure_report(failure);
        let head = &sent(limit(2048), one)[0].head;
        // Defaults are not written.
        assert_eq!(head.success_report(), success.then_some(true));
        let written = Some(failure).filter(|failure| *failure != FailureReport::Yes);
        assert_eq!(head.failure_report(), written);
    }
}

/// Shows: MSRP-13-06.
#[test]
fn wrapping_comes_before_chunking() {
    let inner = "y".repeat(10_000);
    let wrapped = format!(
        "From: <sip:a@example.com>\r\nTo: <sip:b@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\n{inner}"
    );
    let cpim = MediaType::new("message", "cpim").unwrap();
    let frames = sent(limit(2048), Message::new(cpim, wrapped.clone()));
    assert_eq!(frames.len(), 5);
    let total = format!("/{}", wrapped.len());
    for (index, frame) in frames.iter().enumerate() {
        assert!(frame.range().ends_with(&total));
        let has_headers = frame.body.windows(6).any(|part| part == b"From: ");
        assert_eq!(has_headers, index == 0);
    }
    assert_eq!(joined(&frames), wrapped.as_bytes());
}

/// Shows: MSRP-7.1.1-35.
#[test]
fn content_is_binary_and_may_have_a_disposition() {
    assert!(Header::new("Content-Transfer-Encoding", "base64").is_err());
    let every: Vec<u8> = (0..=255).collect();
    let disposition = Header::new("Content-Disposition", "attachment; filename=\"x\"").unwrap();
    let frames = sent(Config::default(), message(every.clone()).header(disposition));
    assert_eq!(frames[0].body, every);
    assert_eq!(
        frames[0].head.header("Content-Disposition"),
        Some(&b"attachment; filename=\"x\""[..])
    );
    assert_eq!(frames[0].head.header("Content-Transfer-Encoding"), None);
}
