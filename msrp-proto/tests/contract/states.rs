//! `wants_transmit` is exact in every state, and `is_closed` is final. `Checked` asserts both after every
//! call of every test; here are the states that are easily forgotten.

use std::time::Duration;

use msrp_proto::{Body, Config, LinkError, Message, Role, SessionsOpen, Terms};

use crate::bench::{bound, fresh, read, sent, text};
use crate::ops::shared::frames;

#[test]
fn wants_transmit_is_exact() {
    // A passive session does not speak first, an active one does, once its peer's path is known.
    let (mut bench, session) = fresh(Config::default(), Role::Passive);
    bench.send(session, Message::new(text(), "x")).expect("room");
    assert!(!bench.connection.wants_transmit());
    bench.input(bench.now, frames::bodiless("bind"));
    assert_eq!(read(&bench.transmit(bench.now)).len(), 2);

    for immediate in [true, false] {
        let (mut bench, _) = fresh(Config::default().immediate_send(immediate), Role::Active);
        assert_eq!(bench.connection.wants_transmit(), immediate);
        assert_eq!(bench.transmit(bench.now).is_empty(), !immediate);
    }

    // A body that is not there yet; too little of it; enough; the end.
    let config = Config::default().chunk_limit(None);
    let (mut bench, session) = bound(config);
    let id = bench
        .send(session, Message::new(text(), Body::streamed(None)))
        .expect("room");
    for (octets, finish, wants) in [
        (0, false, false),
        (2048, false, false),
        (1, false, true),
        (1, true, true),
    ] {
        bench.command(|connection| {
            let mut message = connection.outgoing(id).expect("a message");
            message.write(vec![b'x'; octets]).expect("it was asked for");
            if finish {
                message.finish().expect("no length was announced");
            }
        });
        assert_eq!(bench.connection.wants_transmit(), wants);
        bench.transmit(bench.now);
        assert!(!bench.connection.wants_transmit());
    }

    // A full flight, and a response that makes room.
    let (mut bench, session) = bound(Config::default().in_flight(1));
    bench
        .send(session, Message::new(text(), vec![b'x'; 5000]))
        .expect("room");
    let chunk = sent(&bench.transmit(bench.now), "SEND").remove(0);
    assert!(!bench.connection.wants_transmit());
    bench.input(bench.now, frames::response(&chunk.tid, "200 OK"));
    assert!(bench.connection.wants_transmit());
}

/// What was to be sent to a peer whose path was taken back has no address any more.
#[test]
fn nothing_is_sent_to_a_peer_without_a_path() {
    let (mut bench, session) = fresh(Config::default(), Role::Active);
    let message = Message::new(text(), vec![b'x'; 5000]);
    let id = bench.send(session, message).expect("room");
    bench.command(|connection| {
        let mut session = connection.session(session).expect("a session");
        session.ping();
        session.update(Terms::unknown());
    });
    assert!(!bench.connection.wants_transmit());
    bench.command(|connection| {
        connection.session(session).expect("a session").ping();
        connection.outgoing(id).expect("a message").abort();
    });
    assert!(!bench.connection.wants_transmit());

    // In the midst of a message, too.
    let (mut bench, session) = fresh(Config::default().in_flight(1), Role::Active);
    let id = bench
        .send(session, Message::new(text(), vec![b'x'; 5000]))
        .expect("room");
    bench.transmit(bench.now);
    bench.command(|connection| {
        connection
            .session(session)
            .expect("a session")
            .update(Terms::unknown())
    });
    bench.command(|connection| connection.outgoing(id).expect("a message").abort());
    assert!(bench.transmit(bench.now).is_empty());
}

#[test]
fn a_connection_closes_when_all_is_handed_out() {
    let (mut bench, session) = bound(Config::default());
    assert_eq!(
        bench.command(|connection| connection.close()),
        Err(SessionsOpen(1))
    );
    bench.input(bench.now, frames::message("aaaa", "m1", b"x"));
    bench.command(|connection| connection.session(session).map(|session| session.abort()));
    bench
        .command(|connection| connection.close())
        .expect("no session");
    bench.events();
    assert!(!bench.watch.lost, "an answer is owed");
    // Requests of the peer are still answered.
    bench.input(bench.now, frames::message("bbbb", "m2", b"x"));
    assert_eq!(read(&bench.transmit(bench.now)).len(), 2);
    bench.events();
    assert!(bench.trace.has("ConnectionLost(Closed)") && bench.connection.is_closed());
    bench.finish();

    // At once, with nothing to hand out.
    let (mut bench, session) = bound(Config::default());
    bench.command(|connection| connection.session(session).map(|session| session.close()));
    bench
        .command(|connection| connection.close())
        .expect("no session");
    assert!(!bench.connection.is_closed(), "events are not delivered yet");
    bench.events();
    assert!(bench.connection.is_closed());
    bench.finish();
}

#[test]
fn after_the_end_of_input_answers_are_still_handed_out() {
    let (mut bench, _) = bound(Config::default());
    bench.input(bench.now, frames::message("aaaa", "m1", b"x"));
    bench.eof(bench.now);
    bench.events();
    assert!(bench.watch.lost && !bench.connection.is_closed() && bench.connection.wants_transmit());
    assert_eq!(sent(&bench.transmit(bench.now), "200").len(), 1);
    assert!(bench.connection.is_closed());
    bench.finish();

    // Not after a failure, even one that comes later.
    let (mut bench, _) = bound(Config::default());
    bench.input(bench.now, frames::message("aaaa", "m1", b"x"));
    bench.eof(bench.now);
    bench.failure(bench.now, LinkError::Reset);
    assert!(!bench.connection.wants_transmit());
    bench.events();
    bench.timeout(bench.now + Duration::from_secs(1000));
    bench.finish();
}
