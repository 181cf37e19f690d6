//! Bodies that the application writes when asked.

use msrp_proto::wire::ContinuationFlag;
use msrp_proto::{Body, Config, OutgoingEvent, OutgoingId, WriteErrorReason};

use crate::wire_out::{Wire, joined, limit, message, octets, shapes, streamed};

/// What the application was last asked for.
fn wanted(wire: &mut Wire, id: OutgoingId) -> Option<(u64, usize)> {
    let asked = |event: OutgoingEvent| match event {
        OutgoingEvent::BodyWanted { offset, max } => Some((offset, max)),
        _ => None,
    };
    let asked: Vec<_> = wire.outgoing(id).into_iter().filter_map(asked).collect();
    assert!(asked.len() <= 1, "one question at a time: {asked:?}");
    asked.first().copied()
}

#[test]
fn the_question_has_the_offset() {
    let mut wire = Wire::active(limit(2048).body_window(8192).in_flight(1000));
    let body = octets(30_000);
    let id = wire.send(message(Body::streamed(Some(30_000))));
    assert_eq!(wanted(&mut wire, id), Some((0, 8192)));
    assert_eq!(wanted(&mut wire, id), None, "asked once");
    let mut frames = Vec::new();
    wire.write(id, &body[..8192]);
    assert_eq!(wanted(&mut wire, id), None, "the window is full");
    frames.extend(wire.drain());
    let mut next = 8192;
    while let Some((offset, max)) = wanted(&mut wire, id) {
        assert_eq!(offset, next);
        assert!(max >= 4096 || offset as usize + max == 30_000);
        let end = offset as usize + max;
        wire.write(id, &body[offset as usize..end]);
        next = end as u64;
        frames.extend(wire.drain());
    }
    assert_eq!(next, 30_000);
    assert!(joined(&frames) == body);
    assert_eq!(frames.last().unwrap().flag, ContinuationFlag::Complete);
}

/// An application that writes in pieces what it was asked for is not asked for the same again.
#[test]
fn a_question_that_is_overtaken_is_not_put() {
    let mut wire = Wire::active(limit(None));
    let id = wire.send(streamed());
    let body = octets(200_000);
    for piece in body[..65_536].chunks(16_384) {
        wire.write(id, piece);
    }
    let mut frames = wire.drain();
    assert_eq!(wanted(&mut wire, id).map(|(offset, _)| offset), Some(65_536));
    wire.write(id, &body[65_536..80_000]);
    wire.finish(id);
    assert_eq!(wanted(&mut wire, id), None, "finished");
    frames.extend(wire.drain());
    assert!(joined(&frames) == body[..80_000]);
}

#[test]
fn no_more_is_taken_than_asked_for() {
    let mut wire = Wire::active(Config::default().body_window(4096));
    let id = wire.send(message(Body::streamed(Some(5000))));
    let mut write = |octets: Vec<u8>| {
        let mut outgoing = wire.connection.outgoing(id).unwrap();
        let error = outgoing.write(octets.clone());
        error.map_err(|error| {
            assert_eq!(error.data, octets, "given back");
            error.reason
        })
    };
    assert_eq!(write(octets(4097)), Err(WriteErrorReason::NotWanted));
    assert_eq!(write(octets(4096)), Ok(()));
    assert_eq!(write(octets(905)), Err(WriteErrorReason::TooLong));
    assert_eq!(write(octets(904)), Err(WriteErrorReason::NotWanted));
    let error = wire.connection.outgoing(id).unwrap().finish().unwrap_err();
    assert_eq!(error.missing, 904);
    wire.drain();
    wire.write(id, &octets(904));
    let mut outgoing = wire.connection.outgoing(id).unwrap();
    assert_eq!(
        outgoing.write(octets(1)).unwrap_err().reason,
        WriteErrorReason::Finished
    );
    assert!(outgoing.finish().is_ok());
    assert_eq!(wire.drain().last().unwrap().flag, ContinuationFlag::Complete);
    let whole = wire.send(message("x"));
    let mut outgoing = wire.connection.outgoing(whole).unwrap();
    assert_eq!(
        outgoing.write(octets(1)).unwrap_err().reason,
        WriteErrorReason::Finished
    );
}

/// One octet is kept back until the end is known, so the last chunk is never empty (ruling R-25).
///
/// Shows: MSRP-7.1.1-36.
#[test]
fn no_empty_chunk_ends_a_stream() {
    for mode in [None, Some(2048), Some(3000), Some(1)] {
        for total in [None, Some(4096)] {
            for first in [1, 2047, 2048, 2049, 3000, 4095] {
                let mut wire = Wire::active(limit(mode).in_flight(10_000));
                let id = wire.send(message(Body::streamed(total)));
                let mut frames = Vec::new();
                for piece in [&octets(4096)[..first], &octets(4096)[first..]] {
                    wire.write(id, piece);
                    // Something interrupts wherever it may.
                    wire.receive("");
                    frames.extend(wire.drain().into_iter().filter(|frame| frame.head.has_body()));
                }
                if total.is_none() {
                    wire.finish(id);
                    frames.extend(wire.drain());
                }
                let empty = frames.iter().any(|frame| frame.body.is_empty());
                assert!(!empty, "{mode:?} {total:?} {first}: {:?}", shapes(&frames));
                assert_eq!(frames.last().unwrap().flag, ContinuationFlag::Complete);
                assert_eq!(joined(&frames), octets(4096));
            }
        }
    }
}

/// Pieces of any size make the same octets.
#[test]
fn pieces_of_any_size() {
    for mode in [None, Some(2048), Some(3000)] {
        for size in [1, 7, 1000, 2048, 20_000] {
            let body = octets(60_000);
            let mut wire = Wire::active(limit(mode).in_flight(10_000));
            let id = wire.send(streamed());
            for piece in body.chunks(size) {
                wire.write(id, piece);
            }
            wire.finish(id);
            let frames = wire.drain();
            assert!(joined(&frames) == body, "{mode:?} {size}");
            assert_eq!(frames.len(), mode.map_or(1, |mode| body.len().div_ceil(mode)));
        }
    }
}

/// A window without limit asks for all of the body.
#[test]
fn the_largest_window() {
    let mut wire = Wire::active(limit(2048).body_window(usize::MAX).in_flight(1000));
    let body = octets(30_000);
    let id = wire.send(message(Body::streamed(Some(30_000))));
    assert_eq!(wanted(&mut wire, id), Some((0, 30_000)));
    wire.write(id, &body[..10_000]);
    assert_eq!(wanted(&mut wire, id), Some((10_000, 20_000)));
    wire.write(id, &body[10_000..]);
    assert!(joined(&wire.drain()) == body);
}
