//! REPORTs of each chunk (RFC 4975 §7.1.3).

use std::collections::BTreeSet;

use msrp_proto::{Link, Refusal, SuccessReports};

use crate::frame::{B, Frame};
use crate::peer::{Cut, Peer, Setup, passive};

fn run(test: impl FnMut(&mut Peer)) {
    setup().run(test);
}

fn setup() -> Setup {
    Setup::new().session(passive(B).success_reports(SuccessReports::EachChunk))
}

fn chunk(id: &str, range: &str, body: impl AsRef<[u8]>) -> Frame {
    let chunk = Frame::chunk(id, "m001", range, body).continued();
    chunk.success_report("yes").failure_report("no")
}

/// Shows: MSRP-7.1.3-03.
#[test]
fn exactly_the_range_of_the_chunk() {
    let report = |range: &str| format!("REPORT m001 {range} 000 200 OK");
    run(|peer| {
        // What was received, not what was announced; the total as soon as it is known.
        for (chunk, reported) in [
            (chunk("t001", "1-*/*", "abcd"), "1-4/*"),
            (chunk("t002", "5-100/*", "efg"), "5-7/*"),
            // Again: its sender may not know that it has arrived.
            (chunk("t003", "5-*/*", "ef"), "5-6/*"),
            (chunk("t004", "10-12/12", "jkl").flag('$'), "10-12/12"),
            (chunk("t005", "8-9/*", "hi"), "8-9/12"),
        ] {
            peer.feed(chunk);
            assert_eq!(peer.sent_lines(), [report(reported)]);
        }
        assert_eq!(peer.events().last().unwrap(), "m001 finished 12");
        // One chunk is the whole message.
        peer.feed(Frame::text("t006", "m002", "hello").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t006 200", "REPORT m002 1-5/5 000 200 OK"]);
        peer.feed(Frame::text("t007", "m003", "").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t007 200", "REPORT m003 1-0/0 000 200 OK"]);
    });
}

#[test]
fn the_total_that_was_announced_unless_belied() {
    run(|peer| {
        peer.feed(chunk("t001", "1-*/6", "abcd"));
        peer.feed(chunk("t002", "5-*/6", "efgh"));
        peer.feed(chunk("t003", "9-9/6", "i").flag('$'));
        let reports = ["1-4/6", "5-8/*", "9-9/9"].map(|range| format!("REPORT m001 {range} 000 200 OK"));
        assert_eq!(peer.sent_lines(), reports);
    });
}

/// Octets that were reported, by REPORTs of 200.
fn covered(lines: &[String]) -> BTreeSet<usize> {
    let mut octets = BTreeSet::new();
    for line in lines {
        let range = line.strip_prefix("REPORT m001 ").unwrap();
        let (range, status) = range.split_once('/').unwrap();
        assert!(status.ends_with(" 000 200 OK"), "{line}");
        let (start, end) = range.split_once('-').unwrap();
        octets.extend(start.parse().unwrap()..=end.parse::<usize>().unwrap());
    }
    octets
}

/// Shows: MSRP-7.1.3-01.
#[test]
fn together_they_cover_all() {
    let body = "0123456789".repeat(10);
    let orders: [&[(usize, usize, char)]; 4] = [
        &[(1, 30, '+'), (31, 99, '+'), (100, 100, '$')],
        &[(61, 100, '$'), (1, 70, '+')],
        &[(50, 60, '+'), (20, 55, '+'), (60, 100, '$'), (1, 19, '+')],
        // An empty chunk ends it (ruling R-25).
        &[(1, 40, '+'), (41, 100, '+'), (101, 100, '$')],
    ];
    for order in orders {
        run(|peer| {
            for &(start, end, flag) in order {
                let body = body.get(start - 1..end).unwrap_or_default();
                peer.feed(chunk("t001", &format!("{start}-*/*"), body).flag(flag));
            }
            assert_eq!(peer.events().last().unwrap(), "m001 finished 100");
            assert_eq!(covered(&peer.sent_lines()), (1..=100).collect(), "{order:?}");
        });
    }
}

/// Of a chunk that reaches behind the end octets are taken, and it is refused (ruling R-29). When all have
/// arrived, they are reported nevertheless.
#[test]
fn a_chunk_that_was_refused() {
    run(|peer| {
        peer.feed(chunk("t001", "5-8/8", "efgh").flag('$'));
        assert_eq!(peer.sent_lines(), ["REPORT m001 5-8/8 000 200 OK"]);
        peer.feed(chunk("t002", "3-9/9", "cdefghX").failure_report("yes"));
        assert_eq!(peer.sent_lines(), ["t002 400"]);
        peer.feed(chunk("t003", "1-2/8", "ab"));
        let reports = ["1-2/8", "1-8/8"].map(|range| format!("REPORT m001 {range} 000 200 OK"));
        assert_eq!(peer.sent_lines(), reports);
    });
}

#[test]
fn not_of_what_is_aborted_or_refused() {
    run(|peer| {
        peer.feed(chunk("t001", "1-4/8", "abcd"));
        assert_eq!(peer.sent_lines(), ["REPORT m001 1-4/8 000 200 OK"]);
        peer.feed(chunk("t002", "5-8/8", "efgh").flag('#'));
        assert_eq!(
            peer.events().last().unwrap(),
            "m001 aborted: abandoned by the sender"
        );
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
    // The application refuses a message of which reports wait to be handed out.
    run(|peer| {
        peer.feed(chunk("t001", "1-4/8", "abcd").failure_report("yes"));
        peer.events();
        peer.incoming("m001").reject(Refusal::FORBIDDEN);
        assert_eq!(peer.sent_lines(), ["t001 403"]);
        peer.feed(chunk("t002", "5-8/8", "efgh").failure_report("yes"));
        assert_eq!(peer.sent_lines(), ["t002 403"]);
    });
    // So does a limit.
    let limited = passive(B)
        .success_reports(SuccessReports::EachChunk)
        .max_size(Some(6));
    Setup::new().session(limited).run(|peer| {
        peer.feed(chunk("t001", "1-4/*", "abcd"));
        peer.feed(chunk("t002", "5-8/*", "efgh").failure_report("yes"));
        assert_eq!(peer.sent_lines(), ["t002 413"]);
    });
}

/// Shows: MSRP-7.1.3-07.
#[test]
fn not_unless_asked_for() {
    run(|peer| {
        peer.feed(chunk("t001", "1-4/8", "abcd").success_report("no"));
        // The first chunk counts (ruling R-36).
        peer.feed(chunk("t002", "5-8/8", "efgh").flag('$'));
        peer.feed(chunk("t003", "1-4/4", "abcd").without("Success-Report").flag('$'));
        assert_eq!(peer.events().last().unwrap(), "m001 finished 4");
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// Reports that wait count as answers that wait.
#[test]
fn they_hold_input_back() {
    let setup = setup().config(|config| config.in_flight(1).max_answers(10));
    setup.run(|peer| {
        let chunks: Vec<u8> = (1..=50)
            .flat_map(|at| chunk("t001", &format!("{at}-*/*"), "x").octets())
            .collect();
        peer.feed_anyway(chunks);
        peer.take_events();
        assert!(!peer.connection.wants_input());
        // All are taken up when there is room again.
        assert_eq!(covered(&peer.sent_lines()), (1..=50).collect());
        assert!(peer.connection.wants_input());
    });
}

/// Octets of a chunk that does not end are taken all the same.
#[test]
fn what_was_cut_off_is_reported_when_the_message_is_complete() {
    let mut peer = setup().link(Link::websocket(4096)).peer(Cut::Whole);
    peer.bind();
    let [cut, _] = chunk("t001", "1-*/6", "abcd").split_in_body(4);
    peer.feed_anyway(cut);
    assert_eq!(peer.sent_lines(), [""; 0]);
    peer.feed(chunk("t002", "5-6/6", "ef").flag('$'));
    let reports = ["5-6/6", "1-6/6"].map(|range| format!("REPORT m001 {range} 000 200 OK"));
    assert_eq!(peer.sent_lines(), reports);
}
