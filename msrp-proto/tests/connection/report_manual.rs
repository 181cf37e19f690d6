//! REPORTs of success that the application makes (RFC 4975 §7.1.3).

use std::time::Duration;

use msrp_proto::wire::ByteRange;
use msrp_proto::{ConnectionError, Refusal, ReportError, SuccessReports};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup, passive};

fn run(test: impl FnMut(&mut Peer)) {
    setup().run(test);
}

fn setup() -> Setup {
    Setup::new().session(passive(B).success_reports(SuccessReports::Manual))
}

fn chunk(id: &str, range: &str, body: impl AsRef<[u8]>) -> Frame {
    let chunk = Frame::chunk(id, "m001", range, body).continued();
    chunk.success_report("yes").failure_report("no")
}

fn range(start: u64, end: u64) -> ByteRange {
    // The total of the application is of no interest.
    ByteRange::new(start, Some(end), Some(77))
}

/// Reports a complete message.
fn report(peer: &mut Peer, range: ByteRange) -> Result<(), ReportError> {
    peer.events();
    let receipt = peer.receipt("m001");
    peer.connection.report(&receipt, range)
}

#[test]
fn while_it_arrives() {
    run(|peer| {
        peer.feed(chunk("t001", "1-4/*", "abcd"));
        peer.feed(chunk("t002", "7-*/*", "ghij"));
        peer.events();
        assert_eq!(peer.sent_lines(), [""; 0], "none by itself");
        let incoming = &mut peer.incoming("m001");
        assert_eq!(incoming.report(range(2, 4)), Ok(()));
        assert_eq!(incoming.report(ByteRange::new(8, None, None)), Ok(()));
        for (start, end) in [
            (1, 5),
            (5, 6),
            (4, 7),
            (5, 10),
            (7, 11),
            (11, 11),
            (0, 3),
            (1, 0),
            (4, 3),
        ] {
            let refused = incoming.report(range(start, end));
            assert_eq!(refused, Err(ReportError::NotReceived), "{start}-{end}");
        }
        assert_eq!(incoming.report(ByteRange::WHOLE), Err(ReportError::NotReceived));
        let reports = ["2-4/*", "8-10/*"].map(|range| format!("REPORT m001 {range} 000 200 OK"));
        assert_eq!(peer.sent_lines(), reports);
        // The end is known, though not all is there.
        peer.feed(chunk("t003", "12-12/12", "l").flag('$'));
        peer.events();
        peer.incoming("m001").report(range(1, 1)).unwrap();
        assert_eq!(peer.sent_lines(), ["REPORT m001 1-1/12 000 200 OK"]);
    });
}

#[test]
fn when_it_is_complete() {
    run(|peer| {
        let path = format!("msrp://r.example.com:1/x;tcp {A}");
        peer.feed(
            Frame::text("t001", "m001", "hello")
                .success_report("yes")
                .from(&path),
        );
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        assert_eq!(peer.events().last().unwrap(), "m001 finished 5");
        peer.assert_silent();
        peer.wait(Duration::from_secs(86_400));
        assert_eq!(report(peer, ByteRange::WHOLE), Ok(()));
        assert_eq!(report(peer, range(2, 3)), Ok(()));
        for (start, end) in [(1, 6), (6, 6), (6, 5), (1, 0), (0, 1)] {
            assert_eq!(report(peer, range(start, end)), Err(ReportError::NotReceived));
        }
        let sent = peer.sent();
        let lines = sent.iter().map(|frame| frame.line()).collect::<Vec<_>>();
        let reports = ["1-5/5", "2-3/5"].map(|range| format!("REPORT m001 {range} 000 200 OK"));
        assert_eq!(lines, reports);
        // The way that the message has come (RFC 4975 §7.1.3).
        assert_eq!(sent[0].header("To-Path"), path);
        assert!(peer.receipt("m001").wants_report());
    });
}

#[test]
fn of_an_empty_message() {
    for whole in [ByteRange::WHOLE, ByteRange::EMPTY] {
        run(|peer| {
            peer.feed(Frame::text("t001", "m001", "").success_report("yes"));
            assert_eq!(peer.sent_lines(), ["t001 200"]);
            assert_eq!(report(peer, range(1, 1)), Err(ReportError::NotReceived));
            assert_eq!(report(peer, whole), Ok(()));
            assert_eq!(peer.sent_lines(), ["REPORT m001 1-0/0 000 200 OK"]);
        });
    }
}

/// Shows: MSRP-7.1.3-07.
#[test]
fn never_unless_asked_for() {
    for asked in ["no", "absent"] {
        run(|peer| {
            let chunk = |range, body| {
                let chunk = chunk("t001", range, body);
                match asked {
                    "no" => chunk.success_report("no"),
                    _ => chunk.without("Success-Report"),
                }
            };
            peer.feed(chunk("1-4/8", "abcd"));
            peer.events();
            let refused = peer.incoming("m001").report(range(1, 4));
            assert_eq!(refused, Err(ReportError::NotWanted));
            peer.feed(chunk("5-8/8", "efgh").flag('$'));
            assert_eq!(report(peer, ByteRange::WHOLE), Err(ReportError::NotWanted));
            assert!(!peer.receipt("m001").wants_report());
            peer.assert_silent();
        });
    }
}

#[test]
fn not_when_the_session_is_over() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        peer.sent();
        peer.events();
        peer.session("B").abort();
        assert_eq!(report(peer, ByteRange::WHOLE), Err(ReportError::SessionEnded));
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        peer.sent();
        peer.events();
        peer.eof();
        assert_eq!(
            peer.events().last().unwrap(),
            &format!("lost: {}", ConnectionError::PeerClosed)
        );
        let receipt = peer.receipt("m001");
        let late = peer.connection.report(&receipt, ByteRange::WHOLE);
        assert_eq!(late, Err(ReportError::SessionEnded));
        assert!(!peer.connection.wants_transmit());
    });
}

/// A message that is refused is not told to be a success, as far as that has not been handed out.
#[test]
fn taken_back_by_a_refusal() {
    run(|peer| {
        peer.feed(Frame::text("t001", "m001", "hello").success_report("yes"));
        assert_eq!(peer.sent_lines(), ["t001 200"]);
        report(peer, range(1, 3)).unwrap();
        let receipt = peer.receipt("m001");
        peer.connection.fail(receipt, Refusal::FORBIDDEN).unwrap();
        assert_eq!(peer.sent_lines(), ["REPORT m001 1-5/5 000 403 Forbidden"]);
    });
}

/// Reports that wait hold input back, whoever has made them.
#[test]
fn they_count_as_answers() {
    let setup = setup().config(|config| config.in_flight(1).max_answers(4));
    setup.run(|peer| {
        peer.feed(chunk("t001", "1-4/8", "abcd"));
        peer.events();
        for end in 1..=4 {
            assert!(peer.connection.wants_input());
            peer.incoming("m001").report(range(1, end)).unwrap();
        }
        assert!(!peer.connection.wants_input());
        let started = peer.connection.poll_timeout();
        assert_eq!(started, Some(peer.now), "a timer that a command starts");
        assert_eq!(peer.sent_lines().len(), 4);
        assert!(peer.connection.wants_input());
        peer.wait(Duration::from_secs(60));
        assert!(peer.connection.wants_input(), "nobody has stalled");
    });
}
