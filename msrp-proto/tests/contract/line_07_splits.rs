//! Line 7: every split of the input gives the same events (adjacent `Data` joined) and, with
//! `poll_transmit` called at the same positions of the stream, the same octets.

use msrp_proto::wire::FailureReport;

use crate::ops::shared::frames;
use crate::ops::shared::random::Random;
use crate::splits::{Command, Recorder, Transcript};

/// Messages from the peer, legal and not, in every way that chunks can go wrong.
fn requests(recorder: &mut Recorder) {
    let mut add = |octets: Vec<u8>| recorder.add(&octets, &[]);
    add(frames::bodiless("bind"));
    add(b"\r\n\r\n".to_vec());
    add(frames::message("tid0", "m0", b"a short one"));
    // In chunks, out of order, overlapping, an end-line of another transaction inside.
    add(frames::chunk(
        "tid1",
        "m1",
        "6-*/*",
        "Success-Report: yes\r\n",
        b"67890\r\n-------tid9$\r\n",
        '$',
    ));
    add(frames::chunk("tid2", "m1", "4-*/*", "", b"4567890", '+'));
    add(frames::chunk("tid3", "m1", "1-*/*", "", b"123", '+'));
    // Large pieces, and one that repeats.
    add(frames::chunk("tid4", "m2", "1-*/*", "", &[b'x'; 1300], '+'));
    add(frames::chunk("tid5", "m2", "1-1300/2400", "", &[b'X'; 1300], '+'));
    add(frames::chunk(
        "tid6",
        "m2",
        "1301-2400/2400",
        "",
        &[b'y'; 1100],
        '$',
    ));
    // Longer than wanted, found out in the middle; interruptible or not; and more of it.
    add(frames::chunk("tid7", "m3", "1-*/*", "", &[b'z'; 2800], '$'));
    add(frames::chunk("tid8", "m4", "1-2800/*", "", &[b'z'; 2800], '$'));
    add(frames::chunk("tid9", "m4", "2801-*/*", "", &[b'z'; 40], '$'));
    // Behind the end, holes, abandoned.
    add(frames::chunk("tidA", "m5", "11-*/*", "", b"end", '$'));
    add(frames::chunk("tidB", "m5", "9-*/*", "", &[b'b'; 1200], '+'));
    add(frames::chunk("tidC", "m5", "20-*/*", "", b"behind", '+'));
    add(frames::chunk("tidD", "m6", "5-*/*", "", b"x", '+'));
    add(frames::chunk("tidE", "m6", "15-*/*", "", b"x", '+'));
    add(frames::chunk("tidF", "m6", "25-*/*", "", &[b'h'; 1100], '+'));
    add(frames::chunk("tidG", "m7", "1-*/*", "", b"abandoned", '#'));
    // Illegal heads, unknown methods, unknown sessions, refused types, duplicates.
    add(frames::frame(
        "tidH",
        "SEND",
        "To-Path: x\r\nFrom-Path: y\r\n",
        Some(b"body"),
        '$',
    ));
    add(frames::chunk("tidI", "m8", "0-5/5", "", b"range", '$'));
    add(frames::frame("tidJ", "NICKNAME", &frames::paths(), None, '$'));
    add(frames::chunk(
        "tidK",
        "m9",
        "1-*/*",
        "Content-Transfer-Encoding: base64\r\n",
        b"x",
        '$',
    ));
    let unknown = frames::paths().replace("jshA7weztas", "nobody");
    add(frames::frame(
        "tidL",
        "SEND",
        &format!("{unknown}Message-ID: mA\r\n"),
        Some(b"body"),
        '$',
    ));
    add(frames::message("tidM", "m0", b"a short one"));
    add(frames::message("tidN", "mB", b""));
    add(frames::report("tidO", "none", "1-5/5", "200"));
    add(frames::response("tidP", "200 OK"));
    let long = format!("{}X-Long: {}\r\n", frames::paths(), "y".repeat(100));
    add(frames::frame(
        "tidQ",
        "OTHER",
        &long,
        Some(b"a body\r\n-------tidQ"),
        '$',
    ));
    add(frames::chunk(
        "tidR",
        "mC",
        "1-*/*",
        "Failure-Report: partial\r\n",
        b"\r\n-------tidR",
        '$',
    ));
}

fn one_way(every: usize) -> Transcript {
    let mut recorder = Recorder::new(every);
    requests(&mut recorder);
    recorder.add(b"MSRP junk without an end\r\nMSRP", &[]);
    let (transcript, trace, out) = recorder.finish();
    assert_eq!(
        (trace.count("started"), trace.count("Finished")),
        (11, 6),
        "{trace:?}"
    );
    assert!(out.len() > 3000);
    transcript
}

fn two_way(every: usize) -> Transcript {
    use FailureReport::{No, Partial, Yes};
    let mut recorder = Recorder::new(every);
    let sends = |recorder: &mut Recorder| {
        let frames = recorder.sent();
        frames
            .into_iter()
            .filter(|frame| frame.kind == "SEND")
            .collect::<Vec<_>>()
    };
    recorder.add(
        &frames::bodiless("bind"),
        &[
            Command::Send(10, true, Yes),
            Command::Send(9000, false, Yes),
            Command::Send(20, true, Partial),
            Command::Send(30, true, No),
            Command::Send(5000, false, Yes),
        ],
    );
    // Responses, reports, refusals to what was sent; a message in between.
    let first = sends(&mut recorder);
    recorder.add(&frames::response(&first[0].tid, "200 OK"), &[Command::Stream]);
    recorder.add(&frames::response(&first[1].tid, "200"), &[Command::Abort]);
    recorder.add(
        &frames::message("tid0", "m0", b"in between"),
        &[Command::Fail, Command::Stream],
    );
    let reported = first
        .iter()
        .find(|frame| frame.body == 10)
        .expect("the first message");
    let id = reported.id.clone().expect("a message");
    recorder.add(&frames::report("tid1", &id, "1-5/10", "200 OK"), &[]);
    recorder.add(&frames::report("tid2", &id, "6-10/10", "200 OK"), &[]);
    recorder.add(&frames::report("tid3", &id, "6-10/10", "413"), &[]);
    for _ in 0..3 {
        for sent in sends(&mut recorder) {
            recorder.add(&frames::response(&sent.tid, "200 OK"), &[]);
        }
    }
    let chunk = frames::chunk("tid4", "m1", "1-*/*", "", &[b'x'; 1500], '+');
    recorder.add(&chunk[..800], &[Command::Reject, Command::Send(15, false, Yes)]);
    recorder.add(&chunk[800..], &[]);
    recorder.add(
        &frames::chunk("tid5", "m2", "1-*/*", "", &[b'x'; 700], '+'),
        &[Command::Stream],
    );
    for sent in sends(&mut recorder) {
        recorder.add(&frames::response(&sent.tid, "413 Enough"), &[]);
    }
    recorder.add(
        &frames::chunk("tid6", "m2", "701-*/*", "", &[b'x'; 1700], '$'),
        &[Command::Send(40, false, Yes)],
    );
    for sent in sends(&mut recorder) {
        recorder.add(&frames::response(&sent.tid, "481"), &[]);
    }
    let (transcript, trace, _) = recorder.finish();
    for words in [
        "Completed",
        "Reported",
        "Failed(Refused",
        "Failed(Aborted",
        "Acknowledged",
        "Late",
        "Finished",
    ] {
        assert!(trace.has(words), "no {words} in {trace:?}");
    }
    transcript
}

/// Compares the stream given whole with every other way to give it.
fn check(transcript: &Transcript, compare_order: bool, sparse: usize) {
    let (trace, out) = transcript.run([]);
    let expected = trace.by_message();
    let check = |cuts: &mut dyn Iterator<Item = usize>, what: &str| {
        let (cut_trace, cut_out) = transcript.run(cuts);
        assert!(cut_out == out, "other octets out: {what}");
        assert!(cut_trace.by_message() == expected, "other events: {what}");
        if compare_order {
            assert!(cut_trace == trace, "events in another order: {what}");
        }
    };
    let len = transcript.octets.len();
    check(&mut (1..len), "octet by octet");
    for at in (1..len).step_by(sparse) {
        check(&mut core::iter::once(at), &format!("cut at {at}"));
    }
    let mut random = Random(7);
    for round in 0..40 {
        let mean = 1 + random.below(2000);
        let mut cuts: Vec<_> = (0..len / mean).map(|_| 1 + random.below(len - 1)).collect();
        check(&mut cuts.drain(..), &format!("random cuts, round {round}"));
    }
}

/// Octets to transmit are taken in the midst of everything, or after each frame only, so that pieces of
/// input are large as well.
const EVERY: [usize; 2] = [127, 1 << 20];

#[test]
fn of_requests() {
    // Nothing that is transmitted raises an event here, so the order of all events is the same.
    for every in EVERY {
        check(&one_way(every), true, 1);
    }
}

#[test]
fn of_a_conversation() {
    for every in EVERY {
        check(&two_way(every), false, 1);
    }
}
