//! REPORTs of success (RFC 4975 §7.1.2, §7.1.3).

use crate::frame::{A, B, Frame};
use crate::peer::run;

/// Shows: MSRP-7.1.2-01, MSRP-7.1.2-02, MSRP-7.1.3-05, MSRP-7.1.3-06.
#[test]
fn to_the_octet() {
    run(|peer| {
        let path = format!("msrp://r1.example.com:1/x;tcp msrp://r2.example.com:2/y;tcp {A}");
        let message = Frame::text("t001", "m001", "hello")
            .success_report("yes")
            .from(&path);
        peer.feed(message.failure_report("no"));
        let octets = peer.transmitted();
        let text = String::from_utf8(octets).unwrap();
        let id = text.split(' ').nth(1).unwrap();
        assert_ne!(id, "t001");
        let expected = format!(
            "MSRP {id} REPORT\r\nTo-Path: {path}\r\nFrom-Path: {B}\r\nMessage-ID: m001\r\n\
             Byte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n-------{id}$\r\n"
        );
        assert_eq!(text, expected);
    });
}

/// Shows: MSRP-7.1.3-01, MSRP-7.1.3-02.
#[test]
fn one_report_of_all() {
    let body = "0123456789".repeat(1000);
    let chunkings: [&[usize]; 6] = [
        &[],
        &[1],
        &[9999],
        &[2048, 4096, 6144, 8192],
        &[5000, 5001, 5002],
        &[1000, 9000],
    ];
    for cuts in chunkings {
        let starts: Vec<usize> = [0].into_iter().chain(cuts.iter().copied()).collect();
        let ends: Vec<usize> = cuts.iter().copied().chain([10_000]).collect();
        for backwards in [false, true] {
            run(|peer| {
                let mut chunks: Vec<_> = starts.iter().zip(&ends).collect();
                if backwards {
                    chunks.reverse();
                }
                let mut reports = Vec::new();
                for (count, &(&start, &end)) in chunks.iter().enumerate() {
                    let range = format!("{}-{end}/10000", start + 1);
                    let flag = if end == 10_000 { '$' } else { '+' };
                    let chunk = Frame::chunk("t001", "m001", &range, &body[start..end]).flag(flag);
                    peer.feed(chunk.success_report("yes").failure_report("no"));
                    let sent = peer.sent_lines();
                    assert_eq!(sent.is_empty(), count + 1 < chunks.len(), "{cuts:?}: {sent:?}");
                    reports.extend(sent);
                }
                assert_eq!(reports, ["REPORT m001 1-10000/10000 000 200 OK"], "{cuts:?}");
            });
        }
    }
}

/// Shows: MSRP-7.1.3-08.
#[test]
fn the_real_range() {
    run(|peer| {
        let body = "x".repeat(39);
        peer.feed(Frame::chunk("t001", "m001", "1-*/*", &body).success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t001 200", "REPORT m001 1-39/39 000 200 OK"]);
        // Whatever the head says.
        peer.feed(Frame::chunk("t002", "m002", "1-100/200", &body).success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t002 200", "REPORT m002 1-39/39 000 200 OK"]);
        peer.feed(Frame::text("t003", "m003", "").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t003 200", "REPORT m003 1-0/0 000 200 OK"]);
        // There is nothing to report of a SEND that carries no message.
        peer.feed(
            Frame::bodiless("t004")
                .header("Message-ID", "m004")
                .success_report("yes"),
        );
        assert_eq!(peer.sent_lines(), ["t004 200"]);
    });
}

/// Shows: MSRP-7.1.3-09.
#[test]
fn not_while_octets_are_missing() {
    run(|peer| {
        peer.feed(Frame::chunk("t001", "m001", "5-8/8", "EFGH").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        let first = Frame::chunk("t002", "m001", "1-4/8", "abcd").success_report("yes");
        peer.feed(first.continued());
        assert_eq!(peer.sent_lines(), ["t002 200", "REPORT m001 1-8/8 000 200 OK"]);
    });
}

/// Shows: MSRP-7.1.3-11.
#[test]
fn not_of_an_aborted_message() {
    run(|peer| {
        let chunk = |id, range, body| Frame::chunk(id, "m001", range, body).success_report("yes");
        peer.feed(chunk("t001", "1-*/8", "abcd").continued());
        peer.feed(chunk("t002", "5-8/8", "efgh").flag('#'));
        assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    });
}

/// Shows: MSRP-7.1.2-06.
#[test]
fn not_when_the_session_is_over() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        peer.session("B").abort();
        // The answer is owed to the connection, the REPORT to the session.
        assert_eq!(peer.sent_lines(), ["t001 200"]);
    });
    // The peer says so.
    run(|peer| {
        peer.bind();
        peer.send("out", crate::peer::text("x"));
        let id = peer.sent()[0].id();
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        peer.feed(Frame::response(&id, "481"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(peer.events().last().unwrap(), "B failed: the peer answered 481");
    });
}
