//! REPORTs of the peer (RFC 4975 §7.1.2, §7.3.2).

use std::time::Duration;

use msrp_proto::wire::FailureReport;
use msrp_proto::{Event, OutgoingEvent, Terms};

use crate::frame::{A, B, B2, Frame};
use crate::peer::{Peer, Setup, passive, run, text};

/// Sends a message of ten octets that is to be reported on, and answers it. Returns its Message-ID.
fn send(peer: &mut Peer, name: &str) -> String {
    peer.send(name, text("0123456789").success_report(true));
    let sent = peer.sent();
    peer.feed(Frame::response(&sent[0].id(), "200 OK"));
    let expected = ["sent", "acknowledged 10"];
    assert_eq!(peer.events(), expected.map(|what| format!("{name} {what}")));
    sent[0].message_id()
}

/// Shows: MSRP-5.3-02.
#[test]
fn delivery_is_apart_from_the_transaction() {
    run(|peer| {
        peer.bind();
        peer.send("out", text("hello").success_report(true));
        let sent = peer.sent();
        assert_eq!(peer.events(), ["out sent"]);
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        assert_eq!(peer.events(), ["out acknowledged 5"]);
        peer.feed(Frame::report(
            "r001",
            &sent[0].message_id(),
            "1-5/5",
            "000 200 OK",
        ));
        assert_eq!(peer.events(), ["out reported 1-5/5 200", "out completed"]);
    });
}

/// Neither of them is known by where it says that it comes from.
///
/// Shows: RELAY-3-02 (the sender), RELAY-3-06.
#[test]
fn answers_of_relays_and_reports_through_them() {
    let (relay, other) = (
        "msrps://relay-a.example.com:9000/a;tcp",
        "msrps://relay-b.example.com:9001/b;tcp",
    );
    for from in [relay, other] {
        run(|peer| {
            peer.bind();
            let terms = Terms::new(
                format!("msrp://r.example.com:2855/r;tcp {relay} {A}")
                    .parse()
                    .unwrap(),
            );
            peer.session("B").update(terms);
            peer.send("out", text("0123456789").success_report(true));
            let sent = peer.sent();
            assert_eq!(peer.events(), ["out sent"]);
            peer.feed(Frame::response(&sent[0].id(), "200 OK").from(from));
            assert_eq!(peer.events(), ["out acknowledged 10"]);
            let report = Frame::report("r001", &sent[0].message_id(), "1-10/10", "000 200 OK");
            peer.feed(report.from(&format!("{relay} {other} {A}")));
            assert_eq!(peer.events(), ["out reported 1-10/10 200", "out completed"]);
            peer.assert_silent();
        });
    }
}

/// Shows: MSRP-7.1.3-04.
#[test]
fn of_any_ranges() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        let report = |range| Frame::report("r001", &id, range, "000 200 OK");
        let outgoing = |peer: &mut Peer| peer.session("B").outgoing_count();
        for range in ["3-5/10", "4-8/*", "1-1/10", "9-9/10", "9-*/*"] {
            peer.feed(report(range));
            assert_eq!(peer.events(), [format!("out reported {range} 200")]);
            assert_eq!(outgoing(peer), 1);
        }
        peer.feed(report("1-7/10"));
        assert_eq!(peer.events(), ["out reported 1-7/10 200", "out completed"]);
        assert_eq!(outgoing(peer), 0);
    });
}

/// A peer that reports in many parts that lie apart does not make memory grow; filling holes goes on.
#[test]
fn of_many_parts() {
    Setup::new().config(|config| config.max_holes(1)).run(|peer| {
        peer.bind();
        let id = peer.send("out", text("0123456789").success_report(true));
        let message_id = peer.sent()[0].message_id();
        for (range, reported) in [
            ("1-1/10", 1),
            ("5-5/10", 2),
            ("9-9/10", 2),
            ("2-4/10", 5),
            ("9-9/10", 6),
        ] {
            peer.feed(Frame::report("r001", &message_id, range, "000 200 OK"));
            let progress = peer.connection.outgoing(id).unwrap().progress();
            assert_eq!(progress.reported, reported, "{range}");
        }
        peer.feed(Frame::report("r001", &message_id, "6-10/10", "000 200 OK"));
        assert_eq!(peer.events().last().unwrap(), "out completed");
    });
}

/// Shows: MSRP-7.3.2-01.
#[test]
fn with_and_without_a_range() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        let report = Frame::report("r001", &id, "1-4/10", "000 200 OK");
        peer.feed(report.clone());
        assert_eq!(peer.events(), ["out reported 1-4/10 200"]);
        peer.feed(report.without("Byte-Range"));
        assert_eq!(peer.events(), ["out reported 1-*/* 200", "out completed"]);
    });
}

/// Shows: MSRP-7.1.1-16, MSRP-7.1.2-04, MSRP-7.1.2-05, MSRP-7.3.2-08.
#[test]
fn nothing_is_said_in_return() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        let report = Frame::report("r001", &id, "1-10/10", "000 200 OK");
        let unknown = report.clone().to("msrp://b.example.com:12763/unknown;tcp");
        let silent = [
            unknown.clone().success_report("yes").failure_report("yes"),
            unknown.clone().header("Byte-Range", "x"),
            unknown.clone().without("Status"),
            report
                .clone()
                .header("Message-ID", "unknown0")
                .success_report("yes"),
            report.clone().without("Status"),
            report.clone().without("Message-ID"),
            report.clone().header("Status", "200 OK"),
            report.clone().header("Byte-Range", "x"),
            report.clone().without("From-Path"),
            report.clone().without("To-Path"),
            report.clone().failure_report("maybe"),
        ];
        for frame in silent {
            peer.feed(frame);
            peer.assert_silent();
        }
        // Nor to one that is welcome.
        peer.feed(report.clone().success_report("yes").failure_report("yes"));
        assert_eq!(peer.events(), ["out reported 1-10/10 200", "out completed"]);
        assert_eq!(peer.sent_lines(), [""; 0]);
        // Nor to one that fails its message, or the session.
        let failed = send(peer, "failed");
        peer.feed(
            report
                .clone()
                .header("Message-ID", &failed)
                .header("Status", "000 413 No"),
        );
        let ended = send_after(
            peer,
            &["failed reported 1-10/10 413", "failed failed: refused with 413"],
        );
        peer.feed(report.header("Message-ID", &ended).header("Status", "000 481 No"));
        assert_eq!(peer.events().last().unwrap(), "B failed: the peer answered 481");
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert!(peer.connection.wants_input());
    });
}

fn send_after(peer: &mut Peer, events: &[&str]) -> String {
    assert_eq!(peer.events(), events);
    send(peer, "ended")
}

/// Shows: MSRP-7.1.2-03, MSRP-7.1.2-07.
#[test]
fn with_a_body_and_meaningless_headers() {
    let accepts = msrp_proto::MediaRanges::parse(b"image/png").unwrap();
    Setup::new().session(passive(B).accepts(accepts)).run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        let report = Frame::report("r001", &id, "1-10/10", "000 200 OK")
            .success_report("yes")
            .failure_report("yes")
            .typed("text/plain")
            .body("all is well");
        peer.feed(report);
        assert_eq!(peer.events(), ["out reported 1-10/10 200", "out completed"]);
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// Shows: MSRP-7.3.2-02.
#[test]
fn long_after_the_response() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        assert_eq!(peer.due_in(), None);
        peer.wait(Duration::from_secs(600));
        assert_eq!(peer.session("B").outgoing_count(), 1);
        peer.feed(Frame::report("r001", &id, "1-10/10", "000 200 OK"));
        assert_eq!(peer.events(), ["out reported 1-10/10 200", "out completed"]);
        // Without the wish for a report nothing is kept.
        peer.send("other", text("x"));
        let response = Frame::response(&peer.sent()[0].id(), "200 OK");
        peer.feed(response);
        assert_eq!(peer.events().last().unwrap(), "other completed");
        assert_eq!(peer.session("B").outgoing_count(), 0);
    });
}

/// Shows: MSRP-7.3.2-03.
#[test]
fn the_same_as_the_response() {
    for code in [400, 403, 408, 413, 415, 423, 481, 501, 506] {
        let message = || text("0123456789").success_report(true);
        let failure = match code {
            408 => "out failed: timed out".to_owned(),
            code => format!("out failed: refused with {code}"),
        };
        // In responses 408 fails the message alone (ruling R-24).
        let session = |fatal: &[i32]| {
            fatal
                .contains(&code)
                .then(|| format!("B failed: the peer answered {code}"))
        };
        run(|peer| {
            peer.bind();
            peer.send("out", message());
            let response = Frame::response(&peer.sent()[0].id(), &format!("{code} No"));
            peer.feed(response);
            let mut expected = vec!["out sent".into(), failure.clone()];
            expected.extend(session(&[481, 506]));
            assert_eq!(peer.events(), expected, "response {code}");
            assert_type_refused(peer, code, expected.len() == 2);
        });
        run(|peer| {
            peer.bind();
            let id = send(peer, "out");
            peer.feed(Frame::report("r001", &id, "1-10/10", &format!("000 {code} No")));
            let mut expected = vec![format!("out reported 1-10/10 {code}"), failure.clone()];
            expected.extend(session(&[408, 481, 506]));
            assert_eq!(peer.events(), expected, "REPORT {code}");
            assert_type_refused(peer, code, expected.len() == 2);
        });
    }
    // Success completes.
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        peer.feed(Frame::report("r001", &id, "1-10/10", "000 299"));
        assert_eq!(peer.events(), ["out reported 1-10/10 299", "out completed"]);
    });
}

/// After 415 no more messages of the type (RFC 4975 §10.6), however it was told.
fn assert_type_refused(peer: &mut Peer, code: i32, session_is_there: bool) {
    assert_eq!(peer.sent_lines(), [""; 0]);
    if session_is_there {
        let again = peer.session("B").send(text("again"));
        assert_eq!(again.is_err(), code == 415);
    }
}

/// What is no text is no comment, and no reason to refuse the rest (ruling R-17).
#[test]
fn with_a_comment_that_is_no_text() {
    // Not UTF-8, and a form of it that RFC 3629 does not have.
    for bad in [&[0xff][..], &[0xf8, 0x88, 0x80, 0x80, 0x80], &[0xed, 0xa0, 0x80]] {
        run(|peer| {
            peer.bind();
            let id = send(peer, "out");
            let report = Frame::report("r001", &id, "1-10/10", "000 200 so @ so").octets();
            let at = report.iter().position(|&octet| octet == b'@').unwrap();
            let octets = [&report[..at], bad, &report[at + 1..]].concat();
            let mut events = Vec::new();
            peer.feed(octets);
            while let Some(event) = peer.connection.poll_event() {
                events.push(event);
            }
            assert!(
                matches!(
                    events[..],
                    [
                        Event::Outgoing(_, OutgoingEvent::Reported { comment: None, .. }),
                        Event::Outgoing(_, OutgoingEvent::Completed),
                    ]
                ),
                "{bad:?}: {events:?}"
            );
        });
    }
}

/// Shows: MSRP-7.3.2-04.
#[test]
fn another_namespace() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        for status in ["123 200 x", "001 481", "999 408 x"] {
            peer.feed(Frame::report("r001", &id, "1-10/10", status));
            peer.assert_silent();
        }
        assert_eq!(peer.session("B").outgoing_count(), 1);
    });
}

/// Shows: MSRP-7.3.2-05.
#[test]
fn of_a_message_still_going_out() {
    for by_report in [false, true] {
        Setup::new()
            .config(|config| config.chunk_limit(None))
            .run(|peer| {
                peer.bind();
                peer.send("out", text(vec![b'x'; 200_000]));
                assert_eq!(peer.sent_in_a_buffer().len(), 0);
                // An answer interrupts the first chunk.
                peer.feed(Frame::bodiless("t001"));
                let sent = peer.sent_in_a_buffer();
                let (first, answer) = (&sent[0], &sent[1]);
                assert_eq!(
                    (first.flag.unwrap().as_u8(), answer.line()),
                    (b'+', "t001 200".into())
                );
                let second = peer.unfinished().unwrap();
                assert_eq!(second.message_id(), first.message_id());
                let second = second.id();
                peer.feed(match by_report {
                    false => Frame::response(&first.id(), "403 Forbidden"),
                    true => Frame::report("r001", &first.message_id(), "1-*/*", "000 403 Forbidden"),
                });
                let rest = peer.sent();
                assert_eq!(rest.len(), 1);
                assert_eq!((rest[0].id(), rest[0].flag.unwrap().as_u8()), (second, b'#'));
                let events = peer.events();
                assert_eq!(events.last().unwrap(), "out failed: refused with 403");
                peer.wait(Duration::from_secs(60));
                peer.assert_silent();
            });
    }
}

/// Shows: MSRP-7.3.2-06.
#[test]
fn when_the_session_is_over() {
    run(|peer| {
        peer.open("B2", passive(B2));
        peer.bind();
        let id = send(peer, "out");
        peer.session("B").abort();
        assert_eq!(peer.events(), ["out failed: not confirmed", "B failed: aborted"]);
        peer.feed(Frame::report("r001", &id, "1-10/10", "000 200 OK"));
        peer.feed(Frame::report("r002", &id, "1-10/10", "000 481 No"));
        peer.assert_silent();
    });
}

/// Shows: MSRP-7.3.2-07.
#[test]
fn octets_that_were_lost() {
    Setup::new().config(|config| config.in_flight(1)).run(|peer| {
        peer.bind();
        peer.send("out", text(vec![b'x'; 5000]));
        let first = peer.sent();
        assert_eq!(first.len(), 1);
        peer.send("next", text("waits").failure_report(FailureReport::No));
        peer.feed(Frame::report(
            "r001",
            &first[0].message_id(),
            "1-2048/5000",
            "000 408 Lost",
        ));
        assert_eq!(
            peer.events(),
            [
                "out reported 1-2048/5000 408",
                "out failed: timed out",
                "next failed: the session ended",
                "B failed: the peer answered 408"
            ]
        );
        // Nothing more leaves, and the session is gone for whatever else was to be sent.
        assert_eq!(peer.sent_lines(), [""; 0]);
        assert_eq!(peer.connection.session_count(), 0);
    });
}

/// What comes for a message that had its last event is told apart.
#[test]
fn late_reports() {
    run(|peer| {
        peer.bind();
        let id = send(peer, "out");
        let report = Frame::report("r001", &id, "1-10/10", "000 200 OK");
        peer.feed(report.clone());
        peer.events();
        peer.feed(report.clone());
        assert_eq!(peer.events(), [format!("B late {id} 200")]);
        peer.feed(report.clone().header("Status", "000 413 No"));
        assert_eq!(peer.events(), [format!("B late {id} 413")]);
        assert!(peer.session("B").is_bound());
        // Of another message it says nothing.
        peer.feed(Frame::report("r002", "other", "1-10/10", "000 481 No"));
        assert_eq!(peer.events(), [""; 0]);
    });
    // What says that the session is gone says so of whatever message.
    for code in ["408", "481", "506"] {
        run(|peer| {
            peer.bind();
            let out = peer.send("out", text("hello"));
            let id = peer
                .connection
                .outgoing(out)
                .unwrap()
                .message_id()
                .unwrap()
                .to_string();
            let sent = peer.sent();
            // A relay has taken it.
            peer.feed(Frame::response(&sent[0].id(), "200 OK"));
            assert_eq!(peer.events().last().unwrap(), "out completed");
            peer.feed(Frame::report("r001", &id, "1-5/5", &format!("000 {code}")));
            assert_eq!(
                peer.events(),
                [
                    format!("B late {id} {code}"),
                    format!("B failed: the peer answered {code}")
                ]
            );
        });
    }
}
