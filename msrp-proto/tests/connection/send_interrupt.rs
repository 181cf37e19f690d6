//! Interruption of chunks (RFC 4975 §7.1.1; ruling R-31).

use msrp_proto::wire::ContinuationFlag;
use msrp_proto::{Body, Config};

use crate::wire_out::{Frame, Wire, joined, limit, message, octets, shapes};

fn sends(frames: &[Frame]) -> impl Iterator<Item = &Frame> {
    frames.iter().filter(|frame| frame.is_send())
}

/// Shows: MSRP-7.1.1-29.
#[test]
fn a_chunk_is_not_interrupted_before_2048_octets() {
    for config in [limit(None), limit(3000), limit(10_000)] {
        let mut wire = Wire::active(config.clone());
        wire.send(message(octets(50_000)));
        // Something is due before the first octet of each chunk.
        let mut frames = Vec::new();
        for _ in 0..1000 {
            wire.receive("");
            if wire.poll() == 0 {
                break;
            }
            frames.extend(wire.frames());
            if sends(&frames).any(|frame| frame.flag == ContinuationFlag::Complete) {
                break;
            }
        }
        assert!(sends(&frames).count() > 3, "{:?}", shapes(&frames));
        for frame in sends(&frames) {
            let last = frame.flag == ContinuationFlag::Complete;
            assert!(last || frame.body.len() >= 2048, "{}", frame.shape());
        }
        assert_eq!(joined(sends(&frames)), octets(50_000));
    }
    // Due when ten octets are written: runs on to 2048 all the same.
    let mut wire = Wire::active(limit(None));
    let id = wire.send(message(Body::streamed(Some(5000))));
    wire.write(id, &octets(2049));
    wire.receive("");
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["200", "1-*/5000 2048+"]);
}

/// Shows: MSRP-7.1.1-30, MSRP-7.1.1-31.
#[test]
fn a_long_chunk_gives_way_to_a_response_and_goes_on() {
    const LEN: usize = 1 << 20;
    let mut wire = Wire::active(limit(None));
    wire.send(message(octets(LEN)));
    wire.poll();
    assert!(wire.poll() > 2048);
    wire.receive("Success-Report: yes\r\n");
    let out = wire.unfinished().unwrap().body.len();
    let frames = wire.drain();
    let first = frames[0].body.len();
    assert_eq!(first, out, "at once");
    assert_eq!(
        shapes(&frames),
        [
            format!("1-*/{LEN} {first}+"),
            "200".to_owned(),
            "REPORT".to_owned(),
            format!("{}-*/{LEN} {}$", first + 1, LEN - first),
        ]
    );
    let [before, after] = [&frames[0], &frames[3]];
    assert_eq!(before.message_id(), after.message_id());
    assert_ne!(before.tid(), after.tid());
    assert!(joined(sends(&frames)) == octets(LEN));
}

/// Whatever else is waiting interrupts as well: interactive messages, empty requests, first words of a
/// session.
#[test]
fn a_long_chunk_gives_way_to_everything_short() {
    let start = || {
        let mut wire = Wire::active(limit(None));
        wire.send(message(octets(200_000)));
        wire.poll();
        assert!(wire.poll() > 2048);
        wire
    };
    let mut text = start();
    text.send(message("hello"));
    assert_eq!(shapes(&text.drain())[1..2], ["1-5/5 5$"]);

    let mut ping = start();
    ping.connection.session(ping.session).unwrap().ping();
    assert_eq!(shapes(&ping.drain())[1..2], ["1-0/0 0$"]);

    let mut session = start();
    let other = "msrp://a.example.com:7654/other;tcp";
    session.add_session(other, other);
    assert_eq!(shapes(&session.drain())[1..2], ["1-0/0 0$"]);

    // Another bulk message does so after its turn, at 16 KiB.
    let mut bulk = start();
    bulk.send(message(octets(20_000)));
    let lens: Vec<_> = bulk.drain().iter().map(|frame| frame.body.len()).collect();
    assert_eq!(lens, [16_384, 16_384, 16_384, 3616, 167_232]);
}

/// Shows: MSRP-7.1-17.
#[test]
fn the_three_flags() {
    let mut wire = Wire::active(limit(2048));
    wire.send(message(octets(5000)));
    let flags: String = wire
        .drain()
        .iter()
        .map(|frame| char::from(frame.flag.as_u8()))
        .collect();
    assert_eq!(flags, "++$");

    let mut interrupted = Wire::active(limit(None));
    interrupted.send(message(octets(50_000)));
    interrupted.poll();
    interrupted.poll();
    interrupted.receive("");
    let frames = interrupted.drain();
    let flags: String = sends(&frames)
        .map(|frame| char::from(frame.flag.as_u8()))
        .collect();
    assert_eq!(flags, "+$");

    let mut aborted = Wire::active(limit(None));
    let id = aborted.send(message(octets(100_000)));
    aborted.poll();
    aborted.poll();
    aborted.receive("");
    aborted.poll();
    assert!(aborted.poll() > 0 && aborted.unfinished().is_some(), "in chunk 2");
    aborted.connection.outgoing(id).unwrap().abort();
    let frames = aborted.drain();
    let flags: String = sends(&frames)
        .map(|frame| char::from(frame.flag.as_u8()))
        .collect();
    assert_eq!(flags, "+#");
    aborted.send(message("next"));
    assert_eq!(shapes(&aborted.drain()), ["1-4/4 4$"]);
}

/// A chunk is opened only with its octets at hand, and none waits for the application.
#[test]
fn no_open_chunk_waits_for_the_application() {
    let mut wire = Wire::active(Config::default().chunk_limit(None).immediate_send(false));
    let id = wire.send(message(Body::streamed(Some(7000))));
    wire.write(id, &octets(2048));
    assert!(!wire.connection.wants_transmit(), "one octet is kept back");
    wire.write(id, &octets(1));
    assert_eq!(shapes(&wire.drain()), ["1-*/7000 2048+"]);
    wire.write(id, &octets(2047));
    assert!(!wire.connection.wants_transmit());
    wire.write(id, &octets(500));
    assert_eq!(shapes(&wire.drain()), ["2049-*/7000 2547+"]);
    // What is left is less than 2048 after this: all of it has to be there.
    wire.write(id, &octets(2403));
    assert_eq!(shapes(&wire.drain()), ["4596-*/7000 2403+"]);
    assert!(!wire.connection.wants_transmit());
    wire.write(id, &octets(1));
    assert_eq!(shapes(&wire.drain()), ["6999-7000/7000 2$"]);

    // With an announced end, all of it is there.
    let mut wire = Wire::active(Config::default().chunk_limit(Some(1000)).immediate_send(false));
    let id = wire.send(message(Body::streamed(Some(2500))));
    wire.write(id, &octets(1000));
    assert!(!wire.connection.wants_transmit());
    wire.write(id, &octets(600));
    assert_eq!(shapes(&wire.drain()), ["1-1000/2500 1000+"]);
    wire.write(id, &octets(900));
    assert_eq!(
        shapes(&wire.drain()),
        ["1001-2000/2500 1000+", "2001-2500/2500 500$"]
    );
}
