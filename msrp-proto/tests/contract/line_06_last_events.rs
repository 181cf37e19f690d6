//! Line 6: each handle sees exactly one last event and is gone after it; a `BodyWanted` queued before it is
//! dropped; at the end messages come first, then sessions, then `ConnectionLost`.

use std::time::Duration;

use msrp_proto::wire::{FailureReport, MsrpUri};
use msrp_proto::{
    Body, Config, Event, LinkError, Message, OutgoingEvent, Refusal, Role, SessionConfig, SessionEvent,
    SessionId, Terms,
};

use crate::bench::{bound, read, session, text};
use crate::ops::shared::checked::Checked;
use crate::ops::shared::frames;

/// A connection on which much is under way: two sessions, messages in every stage.
fn busy() -> (Checked, SessionId, SessionId) {
    let config = Config::default()
        .in_flight(3)
        .report_timeout(Some(Duration::from_secs(60)));
    let (mut bench, session) = bound(config);
    let local: MsrpUri = "msrp://a.example.com:7654/other;tcp".parse().expect("a URI");
    let other = SessionConfig::new(
        local,
        Role::Active,
        Terms::new("msrp://b.example.com/x;tcp".parse().expect("a path")),
    );
    let other = bench.open(other).expect("a session");
    let message = |len: usize| Message::new(text(), vec![b'x'; len]);
    for session in [session, other] {
        for message in [
            message(5),
            message(5).success_report(true),
            message(5).failure_report(FailureReport::No).success_report(true),
            message(50_000),
            message(5).failure_report(FailureReport::Partial),
            Message::new(text(), Body::streamed(None)),
            Message::new(text(), Body::streamed(Some(100))),
        ] {
            bench.send(session, message).expect("room");
        }
    }
    bench.transmit(bench.now);
    // After that nothing is handed out or delivered any more: the rest waits.
    bench.input(bench.now, frames::chunk("aaaa", "half", "1-*/*", "", b"x", '+'));
    bench.input(bench.now, frames::message("bbbb", "whole", b"x"));
    bench.input(
        bench.now,
        frames::chunk("cccc", "hole", "5-*/*", "Success-Report: yes\r\n", b"x", '$'),
    );
    let open = frames::chunk("dddd", "open", "1-*/*", "", &[b'x'; 3000], '$');
    bench.input(bench.now, open[..2500].to_vec());
    for session in [session, other] {
        bench
            .send(session, Message::new(text(), Body::streamed(None)))
            .expect("room");
    }
    (bench, session, other)
}

// `Watch` asserts the line itself, for every event of every test here.

#[test]
fn however_it_ends_everything_ends_once() {
    let ends: [fn(&mut Checked); 6] = [
        |bench| bench.abort(),
        |bench| bench.eof(bench.now),
        |bench| bench.failure(bench.now, LinkError::Reset),
        |bench| bench.input(bench.now, &b"\r\n-------dddd$\r\njunk"[..]),
        |bench| {
            bench.input(bench.now, &b"\r\n-------dddd$\r\n"[..]);
            bench.pass(Duration::from_secs(100));
            bench.abort();
        },
        |bench| {
            bench.input(bench.now, &b"\r\n-------dddd$\r\n"[..]);
            bench.settle(bench.now);
            for frame in read(&bench.out.clone())
                .iter()
                .filter(|frame| frame.kind == "SEND")
            {
                bench.input(bench.now, frames::response(&frame.tid, "200 OK"));
            }
            bench.settle(bench.now);
            bench.eof(bench.now);
        },
    ];
    for end in ends {
        for first in [false, true] {
            let (mut bench, _, _) = busy();
            if first {
                // Events that were delivered before do not matter.
                bench.events();
            }
            end(&mut bench);
            bench.events();
            assert!(bench.watch.lost && bench.watch.is_all_ended());
            assert_eq!(bench.trace.count("ConnectionLost("), 1);
            assert_eq!(bench.watch.outgoing.len(), 16);
            assert_eq!(bench.watch.incoming.len(), 4);
            bench.finish();
        }
    }
}

/// What is carried over from a failed session ends once more, by its new handle.
#[test]
fn what_a_replacement_takes_over_ends_once() {
    let ends: [fn(&mut Checked); 5] = [
        |bench| bench.eof(bench.now),
        |bench| bench.abort(),
        |bench| {
            for id in bench.arriving() {
                bench.command(|connection| {
                    connection
                        .incoming(id)
                        .expect("a message")
                        .reject(Refusal::STOP_SENDING);
                });
                assert!(bench.connection.incoming(id).is_none());
            }
            bench.events();
            bench.abort();
        },
        |bench| {
            bench.input(bench.now, frames::chunk("aaaa", "half", "2-2/2", "", b"x", '$'));
            bench.input(
                bench.now,
                frames::chunk("bbbb", "hole", "1-4/*", "", b"xxxx", '+'),
            );
            bench.input(bench.now, frames::chunk("cccc", "open", "1-0/*", "", b"", '#'));
            bench.settle(bench.now);
            bench.eof(bench.now);
        },
        |bench| {
            bench.pass(Duration::from_secs(10_000));
            bench.abort();
        },
    ];
    for end in ends {
        let (mut failed, _, _) = busy();
        failed.eof(failed.now);
        failed.events();
        let [carry, _] = &*failed.carries else {
            panic!("two sessions failed");
        };
        assert_eq!((carry.unconfirmed().len(), carry.incomplete_count()), (7, 3));
        let (mut bench, old) = bound(Config::default());
        bench.command(|connection| connection.session(old).map(|session| session.abort()));
        let session = bench.open(session(Role::Active).replaces(carry.clone()));
        for unconfirmed in carry.unconfirmed() {
            let message = unconfirmed.resume(Message::new(text(), vec![b'x'; 50_000]));
            bench.send(session.expect("a session"), message).expect("room");
        }
        bench.events();
        assert_eq!(bench.arriving().len(), 3);
        end(&mut bench);
        bench.events();
        assert!(bench.watch.lost && bench.watch.is_all_ended());
        assert_eq!((bench.watch.outgoing.len(), bench.trace.count("Resumed")), (7, 3));
        bench.finish();
    }
}

#[test]
fn at_the_end_messages_then_sessions_then_the_connection() {
    let (mut bench, _, _) = busy();
    bench.events();
    let before = bench.trace.0.len();
    bench.eof(bench.now);
    let mut kinds = Vec::new();
    while let Some(event) = bench.poll_event() {
        kinds.push(match event {
            Event::Incoming(..) => 'i',
            Event::Outgoing(..) => 'o',
            Event::Session(..) => 's',
            Event::ConnectionLost(_) => 'c',
            event => panic!("{event:?}"),
        });
    }
    assert!(bench.trace.0.len() > before);
    let order: String = kinds.iter().collect();
    assert!(
        order
            .trim_end_matches("ssc")
            .chars()
            .all(|kind| kind == 'i' || kind == 'o'),
        "{order}"
    );
    assert!(order.ends_with("ssc"), "{order}");
}

/// A session that is closing may still be aborted or refused.
#[test]
fn a_closing_session_ends_once() {
    let ends: [fn(&mut Checked, SessionId); 3] = [
        |bench, id| {
            bench.command(|connection| connection.session(id).map(|session| session.abort()));
        },
        |bench, id| {
            let frames = read(&bench.out.clone());
            let first = frames.iter().find(|frame| frame.kind == "SEND").expect("a SEND");
            bench.input(bench.now, frames::response(&first.tid, "481"));
            bench.command(|connection| connection.session(id).map(|session| session.abort()));
        },
        |bench, _| bench.eof(bench.now),
    ];
    for end in ends {
        let (mut bench, session, _) = busy();
        bench.events();
        bench.command(|connection| connection.session(session).map(|session| session.close()));
        bench.events();
        end(&mut bench, session);
        bench.events();
        assert!(bench.watch.sessions[&session].ended);
        let ends = |event: &str| bench.trace.count(&format!("Session({session:?}, {event}"));
        assert_eq!(ends("Closed") + ends("Failed"), 1);
        bench.finish();
    }
}

#[test]
fn a_session_that_closes_waits_for_its_messages() {
    let (mut bench, session) = bound(Config::default());
    let first = bench.send(session, Message::new(text(), "x")).expect("room");
    let second = Message::new(text(), "x")
        .success_report(true)
        .failure_report(FailureReport::No);
    let second = bench.send(session, second).expect("room");
    bench.command(|connection| connection.session(session).map(|session| session.close()));
    bench.settle(bench.now);
    let frames: Vec<_> = read(&bench.out)
        .into_iter()
        .filter(|frame| frame.kind == "SEND")
        .collect();
    bench.input(bench.now, frames::response(&frames[0].tid, "200 OK"));
    bench.events();
    assert_eq!(bench.watch.outgoing[&first].outcome, Some(Ok(())));
    assert!(!bench.watch.sessions[&session].ended, "a report is awaited");
    let id = frames[1].id.as_deref().expect("a message");
    bench.input(bench.now, frames::report("aaaa", id, "1-1/1", "200 OK"));
    let events: Vec<_> = core::iter::from_fn(|| bench.poll_event()).collect();
    assert!(
        matches!(
            events[..],
            [
                Event::Outgoing(_, OutgoingEvent::Reported { .. }),
                Event::Outgoing(_, OutgoingEvent::Completed),
                Event::Session(_, SessionEvent::Closed)
            ]
        ),
        "{events:?}"
    );
    assert_eq!(bench.watch.outgoing[&second].outcome, Some(Ok(())));
}

#[test]
fn a_question_for_a_body_is_dropped_with_its_message() {
    let ends: [fn(&mut Checked, SessionId); 4] = [
        |bench, _| {
            let id = bench.leaving()[0];
            bench.command(|connection| connection.outgoing(id).map(|message| message.abort()));
        },
        |bench, session| {
            bench.command(|connection| connection.session(session).map(|session| session.abort()));
        },
        |bench, _| bench.eof(bench.now),
        |bench, _| {
            let id = bench.leaving()[0];
            bench.command(|connection| {
                let mut message = connection.outgoing(id).expect("the message");
                message.finish().expect("no length was announced");
            });
        },
    ];
    for end in ends {
        let (mut bench, session) = bound(Config::default());
        bench
            .send(session, Message::new(text(), Body::streamed(None)))
            .expect("room");
        end(&mut bench, session);
        bench.events();
        assert!(!bench.trace.has("BodyWanted"));
        bench.finish();
    }
}

#[test]
fn a_message_is_gone_when_its_last_event_is_queued() {
    let (mut bench, _) = bound(Config::default());
    bench.input(bench.now, frames::chunk("aaaa", "m1", "1-*/*", "", b"x", '+'));
    bench.events();
    let id = bench.arriving()[0];
    assert!(bench.connection.incoming(id).is_some());
    bench
        .connection
        .incoming(id)
        .expect("the message")
        .reject(Refusal::FORBIDDEN);
    assert!(
        bench.connection.incoming(id).is_none(),
        "before the event is delivered"
    );
    bench.events();
    bench.input(bench.now, frames::chunk("bbbb", "m1", "2-*/*", "", b"x", '$'));
    bench.settle(bench.now);
    assert_eq!(
        (bench.trace.count("started"), bench.trace.count("Aborted")),
        (1, 1)
    );
}
