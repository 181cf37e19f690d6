//! A session in place of a failed one: what was sent and not confirmed (RFC 4975 §5.4).

use msrp_proto::wire::{ByteRange, FailureReport, MessageId, StatusCode};
use msrp_proto::{
    Body, Carry, Config, Event, FinishError, LinkError, Message, OutgoingEvent, OutgoingId, Role,
    SendErrorReason, SendFailure, SessionConfig, SessionEvent, Terms, WriteErrorReason,
};

use crate::wire_out::{LOCAL, PEER, Wire, joined, limit, message, octets, path, seconds, shapes, uri};

const NEW_LOCAL: &str = "msrp://a.example.com:7654/n3wn3w;tcp";
const NEW_PEER: &str = "msrp://relay.example.net:1/r;tcp msrp://b.example.org:5/n3wB;tcp";

/// The connection is lost; what the session leaves.
fn fail(wire: &mut Wire) -> Carry {
    wire.connection.handle_failure(wire.now, LinkError::Reset);
    carry_of(wire)
}

fn carry_of(wire: &mut Wire) -> Carry {
    let session = wire.session;
    let found = wire.events().into_iter().find_map(|event| match event {
        Event::Session(id, SessionEvent::Failed(_, carry)) if id == session => Some(*carry),
        _ => None,
    });
    found.expect("a session that failed")
}

/// A connection with the replacement, at other URIs.
fn replaced(carry: Carry, config: Config) -> Wire {
    replaced_for(NEW_PEER, carry, config)
}

/// The same, with the peer at that path.
fn replaced_for(peer: &str, carry: Carry, config: Config) -> Wire {
    let mut wire = Wire::seeded(config, Role::Active, Terms::new(path(PEER)), [8; 32]);
    wire.connection.session(wire.session).unwrap().abort();
    let terms = Terms::new(path(peer));
    let session = SessionConfig::new(uri(NEW_LOCAL), Role::Active, terms).replaces(carry);
    wire.session = wire.connection.open(session).unwrap();
    wire.events();
    wire
}

fn handles(carry: &Carry) -> Vec<OutgoingId> {
    carry
        .unconfirmed()
        .iter()
        .map(|message| message.outgoing())
        .collect()
}

fn ranges(missing: &[ByteRange]) -> Vec<String> {
    missing.iter().map(ToString::to_string).collect()
}

/// Shows: MSRP-5.4-17.
#[test]
fn each_session_has_its_unconfirmed_messages() {
    let mut wire = Wire::active(Config::default());
    let sessions: Vec<_> = core::iter::once(wire.session)
        .chain((0..2).map(|at| wire.add_session(&format!("msrp://a.example.com:7654/s{at};tcp"), PEER)))
        .collect();
    let sent: Vec<Vec<_>> = sessions
        .iter()
        .map(|session| {
            let mut session = wire.connection.session(*session).unwrap();
            (0..2)
                .map(|at| session.send(message("hello").success_report(at == 0)).unwrap())
                .collect()
        })
        .collect();
    // The first of each session awaits its report, the second its response.
    for frame in wire.drain() {
        if frame.head.success_report() == Some(true) {
            wire.answer(&frame, 200);
        }
    }
    wire.connection.handle_failure(wire.now, LinkError::Reset);
    let failed: Vec<_> = wire
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Session(id, SessionEvent::Failed(_, carry)) => Some((id, handles(&carry))),
            _ => None,
        })
        .collect();
    assert_eq!(failed, sessions.into_iter().zip(sent).collect::<Vec<_>>());
}

/// Shows: MSRP-5.4-19, MSRP-5.4-20, MSRP-5.4-26.
#[test]
fn unconfirmed_messages_are_sent_again() {
    let mut wire = Wire::active(limit(4));
    let bodies = ["one", "two two two", "never left"];
    let answered = wire.send(message("answered"));
    let sent: Vec<_> = bodies[..2].iter().map(|body| wire.send(message(*body))).collect();
    let frames = wire.drain();
    for frame in &frames[..2] {
        wire.answer(frame, 200);
    }
    wire.answer(&frames[3], 200);
    let late = wire.send(message(bodies[2]));
    assert_eq!(wire.outgoing(answered).last(), Some(&OutgoingEvent::Completed));
    let ids: Vec<_> = frames.iter().map(|frame| frame.message_id()).collect();
    let carry = fail(&mut wire);
    assert_eq!(handles(&carry), [sent[0], sent[1], late]);
    let first = &carry.unconfirmed()[1];
    assert_eq!((first.sent(), first.acknowledged(), first.reported()), (11, 4, 0));
    assert_eq!((first.total(), first.resume_at()), (Some(11), 4));
    assert_eq!(ranges(&first.missing()), ["5-11/11"]);
    let unsent = &carry.unconfirmed()[2];
    assert_eq!(
        (unsent.sent(), ranges(&unsent.missing())),
        (0, vec!["1-10/10".into()])
    );

    for whole in [false, true] {
        let mut wire = replaced(carry.clone(), limit(4));
        for (unconfirmed, body) in carry.unconfirmed().iter().zip(bodies) {
            wire.send(if whole {
                message(body).message_id(unconfirmed.message_id().clone())
            } else {
                unconfirmed.resume(message(body))
            });
        }
        let again = wire.drain();
        // What else it sends takes the new path, too.
        wire.connection.session(wire.session).unwrap().ping();
        assert_eq!(wire.drain()[0].paths(), [NEW_PEER, NEW_LOCAL]);
        let expected: &[&str] = if whole {
            &[
                "1-3/3 3$",
                "1-4/11 4+",
                "5-8/11 4+",
                "9-11/11 3$",
                "1-4/10 4+",
                "5-8/10 4+",
                "9-10/10 2$",
            ]
        } else {
            &[
                "1-3/3 3$",
                "5-8/11 4+",
                "9-11/11 3$",
                "1-4/10 4+",
                "5-8/10 4+",
                "9-10/10 2$",
            ]
        };
        assert_eq!(shapes(&again), expected);
        let of = |id: &MessageId| {
            again
                .iter()
                .filter(|frame| frame.message_id() == id.as_str())
                .count()
        };
        for unconfirmed in carry.unconfirmed() {
            assert!(of(unconfirmed.message_id()) > 0);
        }
        assert!(ids.contains(&again[0].message_id()));
        for frame in &again {
            assert!(frames.iter().all(|old| old.tid() != frame.tid()));
            assert_eq!(frame.paths(), [NEW_PEER, NEW_LOCAL]);
            let text = String::from_utf8(frame.raw.clone()).unwrap();
            assert!(!text.contains(PEER) && !text.contains(LOCAL), "{text}");
        }
    }
}

/// Only what ended with the session is unconfirmed.
#[test]
fn messages_that_had_another_outcome() {
    let config = limit(4).max_unreported(1);
    let mut wire = Wire::active(config);
    let refused = wire.send(message("refused"));
    let frames = wire.drain();
    wire.answer(&frames[0], 403);
    let aborted = wire.send(message("aborted"));
    wire.connection.outgoing(aborted).unwrap().abort();
    let evicted = wire.send(message("e").success_report(true));
    let reported = wire.send(message("r").success_report(true));
    for frame in wire.drain() {
        wire.answer(&frame, 200);
    }
    let silent = wire.send(message("s").failure_report(FailureReport::No));
    wire.drain();
    // One whose report is missing ends with the session.
    wire.connection.session(wire.session).unwrap().abort();
    let outcomes = [
        (
            refused,
            OutgoingEvent::Failed(SendFailure::Refused(StatusCode::FORBIDDEN)),
        ),
        (aborted, OutgoingEvent::Failed(SendFailure::Aborted)),
        (evicted, OutgoingEvent::Failed(SendFailure::Unconfirmed)),
        (silent, OutgoingEvent::Completed),
        (reported, OutgoingEvent::Failed(SendFailure::Unconfirmed)),
    ];
    for (id, outcome) in outcomes {
        assert_eq!(wire.outgoing(id).last(), Some(&outcome));
    }
    assert_eq!(handles(&carry_of(&mut wire)), [reported]);
}

/// A relay answers for itself; only reports tell what the peer has.
#[test]
fn what_a_relay_has_taken_is_not_confirmed() {
    let mut wire = Wire::open(limit(4), Role::Active, Terms::new(path(NEW_PEER)));
    wire.send(message("0123456789").success_report(true));
    wire.send(message("hello"));
    let frames = wire.drain();
    for frame in &frames[..4] {
        wire.answer(frame, 200);
    }
    wire.report(&frames[0], "1-4/10", "000 200 OK");
    let carry = fail(&mut wire);
    let [long, short] = carry.unconfirmed() else {
        panic!()
    };
    assert_eq!((long.acknowledged(), long.reported()), (10, 4));
    assert_eq!(
        (long.resume_at(), ranges(&long.missing())),
        (4, vec!["5-10/10".into()])
    );
    assert_eq!(
        (short.acknowledged(), short.resume_at(), ranges(&short.missing())),
        (4, 0, vec!["1-5/5".into()])
    );
}

/// All is acknowledged but not reported: the last octet asks for the report again.
#[test]
fn only_the_report_is_missing() {
    let mut wire = Wire::active(Config::default());
    let content = || message("hello").success_report(true);
    wire.send(content());
    for frame in wire.drain() {
        wire.answer(&frame, 200);
    }
    wire.connection.session(wire.session).unwrap().abort();
    let carry = carry_of(&mut wire);
    let [unconfirmed] = carry.unconfirmed() else {
        panic!()
    };
    assert_eq!((unconfirmed.resume_at(), unconfirmed.missing()), (5, vec![]));
    let mut wire = replaced(carry.clone(), Config::default());
    let id = wire.send(unconfirmed.resume(content()));
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["5-5/5 1$"]);
    wire.answer(&frames[0], 200);
    assert!(!wire.outgoing(id).contains(&OutgoingEvent::Completed));
    wire.report(&frames[0], "1-5/5", "000 200 OK");
    assert_eq!(wire.outgoing(id).last(), Some(&OutgoingEvent::Completed));
}

/// Octets before the offset count as acknowledged and reported.
#[test]
fn progress_of_a_message_that_goes_on() {
    let mut wire = Wire::active(limit(4));
    let id = MessageId::new("resumed1").unwrap();
    let out = wire.send(message("0123456789").success_report(true).resume(id.clone(), 3));
    let progress = wire.connection.outgoing(out).unwrap().progress();
    assert_eq!(
        (progress.sent, progress.acknowledged, progress.reported),
        (3, 3, 3)
    );
    assert_eq!(progress.total, Some(10));
    let frames = wire.drain();
    assert_eq!(shapes(&frames), ["4-7/10 4+", "8-10/10 3$"]);
    wire.answer(&frames[0], 200);
    wire.answer(&frames[1], 200);
    wire.report(&frames[1], "4-10/10", "000 200 OK");
    let events = wire.outgoing(out);
    assert_eq!(
        events
            .iter()
            .filter(|event| !matches!(event, OutgoingEvent::Reported { .. }))
            .collect::<Vec<_>>(),
        [
            &OutgoingEvent::Sent,
            &OutgoingEvent::Acknowledged { upto: 7 },
            &OutgoingEvent::Acknowledged { upto: 10 },
            &OutgoingEvent::Completed
        ]
    );
}

/// First chunks go whatever else is in flight, those that go on included.
#[test]
fn the_in_flight_limit() {
    let mut wire = Wire::active(limit(4).in_flight(1));
    wire.send(message("first"));
    let id = MessageId::new("resumed1").unwrap();
    wire.send(message("0123456789").bulk(true).resume(id, 3));
    assert_eq!(shapes(&wire.drain()), ["1-4/5 4+", "4-7/10 4+"]);
}

#[test]
fn offsets_at_and_behind_the_end() {
    let id = || MessageId::new("resumed1").unwrap();
    let refused = |message: Message| {
        let mut wire = Wire::active(Config::default());
        wire.try_send(message).map_err(|error| error.reason).err()
    };
    let offset = Some(SendErrorReason::Offset);
    assert_eq!(refused(message("hello").resume(id(), 6)), offset);
    assert_eq!(refused(message("").resume(id(), 1)), offset);
    assert_eq!(refused(message(Body::streamed(Some(5))).resume(id(), 6)), offset);
    // There is no octet there that could end it.
    assert_eq!(
        refused(message(Body::streamed(None)).resume(id(), u64::MAX)),
        offset
    );
    for body in [Body::streamed(Some(5)), Body::streamed(None), Body::from("hello")] {
        assert_eq!(refused(message(body).resume(id(), 5)), None);
    }

    let mut wire = Wire::active(Config::default());
    wire.send(message("hello").resume(id(), 5));
    wire.send(message("").resume(MessageId::new("empty").unwrap(), 0));
    assert_eq!(shapes(&wire.drain()), ["5-5/5 1$", "1-0/0 0$"]);

    // The peer takes no more than that.
    let terms = Terms::new(path(PEER)).peer_max_size(Some(8));
    let mut wire = Wire::open(Config::default(), Role::Active, terms);
    let error = wire
        .try_send(message(Body::streamed(None)).resume(id(), 9))
        .unwrap_err();
    assert_eq!(error.reason, SendErrorReason::TooLarge);
}

#[test]
fn streamed_bodies_go_on_where_they_stopped() {
    let wanted = |events: &[OutgoingEvent]| match events {
        [OutgoingEvent::BodyWanted { offset, max }, ..] => (*offset, *max),
        other => panic!("{other:?}"),
    };
    let id = || MessageId::new("resumed1").unwrap();
    let mut wire = Wire::active(limit(4));
    let out = wire.send(message(Body::streamed(Some(10))).resume(id(), 6));
    assert_eq!(wanted(&wire.outgoing(out)), (6, 4));
    let mut outgoing = wire.connection.outgoing(out).unwrap();
    let error = outgoing.write("56789").unwrap_err();
    assert_eq!(error.reason, WriteErrorReason::TooLong);
    assert_eq!(outgoing.finish(), Err(FinishError { missing: 4 }));
    outgoing.write("6789").unwrap();
    assert_eq!(shapes(&wire.drain()), ["7-10/10 4$"]);

    // All is confirmed: the last octet is asked for.
    let mut wire = Wire::active(limit(4));
    let out = wire.send(message(Body::streamed(Some(10))).resume(id(), 10));
    assert_eq!(wanted(&wire.outgoing(out)), (9, 1));
    wire.write(out, b"9");
    assert_eq!(shapes(&wire.drain()), ["10-10/10 1$"]);

    // Of unknown length: it takes an octet to end it.
    let mut wire = Wire::active(limit(4));
    let out = wire.send(message(Body::streamed(None)).resume(id(), 6));
    assert_eq!(wanted(&wire.outgoing(out)).0, 6);
    let finish = wire.connection.outgoing(out).unwrap().finish();
    assert_eq!(finish, Err(FinishError { missing: 1 }));
    wire.write(out, b"67");
    wire.finish(out);
    assert_eq!(shapes(&wire.drain()), ["7-8/8 2$"]);

    // As far as positions go.
    let out = wire.send(message(Body::streamed(None)).resume(MessageId::new("far1").unwrap(), u64::MAX - 2));
    let mut outgoing = wire.connection.outgoing(out).unwrap();
    assert_eq!(outgoing.finish(), Err(FinishError { missing: 1 }));
    assert_eq!(
        outgoing.write("xyz").unwrap_err().reason,
        WriteErrorReason::TooLong
    );
    outgoing.write("x").unwrap();
    outgoing.finish().unwrap();
    assert_eq!(shapes(&wire.drain()), [format!("{0}-{0}/{0} 1$", u64::MAX - 1)]);
}

/// Responses and reports confirm, each on its own and in parts.
///
/// Shows: MSRP-5.4-19 (the ranges).
#[test]
fn what_is_missing_of_a_message() {
    let mut wire = Wire::active(limit(4));
    let out = wire.send(message(Body::streamed(None)).success_report(true));
    wire.write(out, &octets(21));
    let frames = wire.drain();
    assert_eq!(frames.len(), 5);
    wire.answer(&frames[0], 200);
    wire.answer(&frames[2], 200);
    wire.report(&frames[4], "7-8/*", "000 200 OK");
    wire.report(&frames[4], "18-18/*", "000 200 OK");
    wire.advance(seconds(1));
    let carry = fail(&mut wire);
    let unconfirmed = &carry.unconfirmed()[0];
    assert_eq!(
        (
            unconfirmed.sent(),
            unconfirmed.acknowledged(),
            unconfirmed.reported()
        ),
        (20, 4, 3)
    );
    assert_eq!((unconfirmed.resume_at(), unconfirmed.total()), (4, None));
    assert_eq!(ranges(&unconfirmed.missing()), ["5-6/*", "13-17/*", "19-*/*"]);
}

/// The Message-IDs on the new session are free but for those in use on it.
#[test]
fn a_second_failure_while_it_goes_on() {
    let body = octets(20);
    let mut wire = Wire::active(limit(4));
    wire.send(message(body.clone()));
    let mut frames = wire.drain();
    wire.answer(&frames[0], 200);
    frames.truncate(1);
    let mut carry = fail(&mut wire);
    for step in 1..=3 {
        let [unconfirmed] = carry.unconfirmed() else {
            panic!()
        };
        assert_eq!(unconfirmed.resume_at(), 4 * step);
        let again = || unconfirmed.resume(message(body.clone()));
        let mut wire = replaced_for(PEER, carry.clone(), limit(4));
        wire.send(again());
        assert_eq!(
            wire.try_send(again()).unwrap_err().reason,
            SendErrorReason::DuplicateId
        );
        let mut sent = wire.drain();
        wire.answer(&sent[0], 200);
        sent.truncate(1);
        frames.append(&mut sent);
        carry = fail(&mut wire);
    }
    assert_eq!(joined(&frames), body[..16]);
}
