//! Line 6: each handle sees exactly one last event and is gone after it; a `BodyWanted` queued before it is
//! dropped; at the end messages come first, then requests, then sessions, then paths through relays, then
//! `ConnectionLost`.

use std::time::Duration;

use msrp_proto::test_util::epoch;
use msrp_proto::wire::{FailureReport, MsrpUri};
use msrp_proto::{
    Body, Config, Connection, Event, Link, LinkError, Message, OutgoingEvent, Refusal, RelayConfig,
    RelayEvent, RelayFailure, RelayId, Role, Seed, SessionConfig, SessionEvent, SessionId, Terms,
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
        Terms::new("msrp://b.example.com:7654/x;tcp".parse().expect("a path")),
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

/// A path through relays that is asked for, under a URI of its own.
fn relay_config(at: usize) -> RelayConfig {
    let own = format!("msrps://a.example.com:1/own{at};tcp");
    let relay = "msrps://r.example.com;tcp";
    RelayConfig::new(own.parse().expect("a URI"), relay.parse().expect("a URI"))
}

/// The next AUTH is answered.
fn answer_auth(bench: &mut Checked, status: &str, lines: &str) {
    let out = bench.transmit(bench.now);
    let auth = read(&out)
        .into_iter()
        .find(|frame| frame.kind == "AUTH")
        .expect("an AUTH");
    let head =
        format!("To-Path: msrps://a.example.com:1/x;tcp\r\nFrom-Path: msrps://r.example.com;tcp\r\n{lines}");
    bench.input(bench.now, frames::frame(&auth.tid, status, &head, None, '$'));
}

/// Paths in every stage: with a session and without, with one before, being renewed, being asked for, waiting.
fn relayed() -> (Checked, Vec<RelayId>, SessionId) {
    let config = std::sync::Arc::new(Config::default());
    let connection = Connection::new(config, Link::tls(), epoch(), Seed::new([7; 32]));
    let mut bench = Checked::over(Link::tls(), connection, epoch());
    let use_path = |at: usize| {
        format!(
            "Use-Path: msrps://r.example.com:1/u{at};tcp\r\nExpires: {}\r\n",
            900 + at
        )
    };
    for at in 0..3 {
        bench.authorize(relay_config(at));
        answer_auth(&mut bench, "200", &use_path(at));
    }
    bench.events();
    let ids = bench.relays();
    let path = &bench.watch.relays[&ids[0]].paths[0];
    let peer: msrp_proto::wire::Path = "msrp://b.example.com:1/peer;tcp".parse().expect("a path");
    let terms = Terms::relayed(path, peer.as_ref()).expect("a path");
    let own: MsrpUri = "msrps://a.example.com:1/own0;tcp".parse().expect("a URI");
    let session = bench
        .open(SessionConfig::new(own, Role::Active, terms))
        .expect("a session");
    bench.send(session, Message::new(text(), "waits")).expect("room");
    for renewed in [1, 2] {
        bench.command(|connection| connection.relay(ids[renewed]).expect("a path").renew());
        if renewed == 1 {
            answer_auth(&mut bench, "200", &use_path(10));
        }
    }
    bench.authorize(relay_config(3));
    bench.authorize(relay_config(4));
    (bench, ids, session)
}

#[test]
fn however_it_ends_paths_through_relays_end_once() {
    let ends: [fn(&mut Checked, &[RelayId], SessionId); 8] = [
        |bench, _, _| bench.abort(),
        |bench, _, _| bench.eof(bench.now),
        |bench, _, _| bench.failure(bench.now, LinkError::Reset),
        |bench, _, _| {
            bench.pass(Duration::from_secs(2000));
            bench.abort();
        },
        |bench, ids, _| {
            for id in ids {
                bench.command(|connection| connection.relay(*id).map(|relay| relay.release()));
                assert!(
                    bench.connection.relay(*id).is_none(),
                    "before the event is delivered"
                );
            }
            bench.settle(bench.now);
            bench.abort();
        },
        |bench, _, session| {
            bench.command(|connection| connection.session(session).map(|session| session.abort()));
            bench.events();
            answer_auth(bench, "403", "");
            answer_auth(bench, "200", "");
            bench
                .command(|connection| connection.close())
                .expect("no session");
        },
        |bench, _, session| {
            // The session ends by what it is told, its path with it.
            let other = Terms::new("msrp://b.example.com/peer;tcp".parse().expect("a path"));
            bench.command(|connection| {
                connection
                    .session(session)
                    .map(|mut session| session.update(other))
            });
            bench.eof(bench.now);
        },
        |bench, ids, _| {
            answer_auth(bench, "403", "");
            bench.command(|connection| connection.relay(ids[2]).map(|relay| relay.release()));
            answer_auth(bench, "401", "WWW-Authenticate: Basic\r\n");
            bench.input(bench.now, &b"junk\r\n\r\n"[..]);
        },
    ];
    for end in ends {
        for first in [false, true] {
            let (mut bench, ids, session) = relayed();
            if first {
                bench.events();
            }
            end(&mut bench, &ids, session);
            bench.settle(bench.now);
            assert!(bench.watch.lost && bench.watch.is_all_ended());
            assert_eq!(bench.watch.relays.len(), 5);
            for id in bench.watch.relays.keys() {
                assert_eq!(bench.trace.count(&format!("Relay({id:?}, Failed(")), 1);
            }
            bench.finish();
        }
    }
}

#[test]
fn at_the_end_sessions_then_paths_then_the_connection() {
    let (mut bench, ids, session) = relayed();
    bench.events();
    bench.eof(bench.now);
    let last: Vec<_> = core::iter::from_fn(|| bench.poll_event()).collect();
    let [
        Event::Outgoing(..),
        Event::Session(id, SessionEvent::Failed(..)),
        paths @ ..,
        Event::ConnectionLost(_),
    ] = &last[..]
    else {
        panic!("{last:?}");
    };
    assert_eq!((*id, paths.len()), (session, 5));
    for (event, id) in paths.iter().zip(&ids) {
        assert!(
            matches!(event, Event::Relay(other, _) if other == id),
            "in the order of asking"
        );
    }
    let lost = |event: &Event| {
        matches!(
            event,
            Event::Relay(_, RelayEvent::Failed(RelayFailure::ConnectionLost))
        )
    };
    assert!(paths.iter().all(lost), "{paths:?}");
}

/// A path ends behind its session.
#[test]
fn a_session_then_its_path() {
    let (mut bench, ids, session) = relayed();
    bench.events();
    bench.command(|connection| connection.session(session).map(|session| session.abort()));
    assert!(bench.connection.relay(ids[0]).is_none());
    let last: Vec<_> = core::iter::from_fn(|| bench.poll_event()).collect();
    let [
        Event::Outgoing(..),
        Event::Session(..),
        Event::Relay(id, RelayEvent::Failed(why)),
    ] = &last[..]
    else {
        panic!("{last:?}");
    };
    assert_eq!((*id, why), (ids[0], &RelayFailure::SessionEnded));
}
