//! What does not fit into a message of the transport.

use msrp_proto::wire::MsrpUri;
use msrp_proto::{Config, Link, OutgoingEvent, SendErrorReason, SendFailure, Terms};

use crate::wire_out::{LOCAL, PEER, Wire, limit, message, octets, path, shapes, streamed, uri};

/// A session that has spoken.
fn wire(max_len: usize) -> Wire {
    let mut wire = Wire::over(Link::websocket(max_len), Config::default());
    wire.drain();
    wire
}

/// A path of so many octets.
fn path_of(len: usize) -> Terms {
    let start = "msrp://b.example.com:7654/";
    let name = "x".repeat(len - start.len() - ";tcp".len());
    Terms::new(path(&format!("{start}{name};tcp")))
}

/// What waits is given up, and the peer is told if that fits.
#[test]
fn a_path_that_grows_too_long() {
    let update = |wire: &mut Wire, terms: Terms| {
        let id = wire.session;
        wire.connection.session(id).unwrap().update(terms);
    };
    let mut w = Wire::over(Link::data_channel(400), Config::default().in_flight(1));
    let begun = w.send(message(octets(1000)));
    let stream = w.send(streamed());
    w.write(stream, b"begin");
    w.poll();
    update(&mut w, path_of(215));
    let failed = OutgoingEvent::Failed(SendFailure::HeadTooLong);
    assert!(w.outgoing(begun).ends_with(std::slice::from_ref(&failed)));
    assert!(w.outgoing(stream).ends_with(std::slice::from_ref(&failed)));
    assert_eq!(shapes(&w.drain()), ["1-149/1000 149+", "1-0/1000 0#"]);
    let error = w.try_send(message("x")).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::HeadTooLong);

    // Not even a SEND without a body.
    w.connection.session(w.session).unwrap().ping();
    update(&mut w, path_of(300));
    assert_eq!(w.poll(), 0);
    w.connection.session(w.session).unwrap().ping();
    assert_eq!(w.poll(), 0);
    update(&mut w, Terms::new(path(PEER)));
    w.send(message("x"));
    assert_eq!(shapes(&w.drain()), ["1-1/1 1$"]);
    assert_eq!(w.session_events(), [""; 0]);

    // A session that has yet to speak speaks when it can.
    let mut w = Wire::over(Link::data_channel(400), Config::default());
    update(&mut w, path_of(300));
    assert_eq!(w.poll(), 0);
    update(&mut w, path_of(100));
    assert_eq!(shapes(&w.drain()), ["1-0/0 0$"]);

    // A path that is not known counts when it is.
    let mut w = Wire::over(Link::data_channel(400), Config::default());
    update(&mut w, Terms::unknown());
    let id = w.send(message("x"));
    assert_eq!(w.outgoing(id), []);
    update(&mut w, path_of(300));
    assert_eq!(w.outgoing(id), [failed]);
    assert_eq!(w.poll(), 0);
}

/// Of a body without a known length only the first range is known.
#[test]
fn positions_that_grow_too_long() {
    let mut outcomes = Vec::new();
    for max_len in 230..290 {
        let mut w = Wire::over(Link::websocket(max_len), limit(1).in_flight(10_000));
        let Ok(id) = w.connection.session(w.session).unwrap().send(streamed()) else {
            continue;
        };
        w.write(id, &octets(1001));
        w.finish_if_there(id);
        w.drain();
        outcomes.push(w.outgoing(id).pop().unwrap());
    }
    let failed = OutgoingEvent::Failed(SendFailure::HeadTooLong);
    assert_eq!(
        (&outcomes[0], outcomes.last().unwrap()),
        (&failed, &OutgoingEvent::Sent)
    );
    // "1001-1001/1001" against "1-1/*".
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == failed).count(), 9);
}

/// Responses and REPORTs do without their comment, and are left out at last.
#[test]
fn answers_that_do_not_fit() {
    let answers = |max_len| {
        let mut wire = Wire::passive_over(Link::data_channel(max_len), Config::default());
        wire.receive("Success-Report: yes\r\n");
        let frames = wire.drain();
        frames.iter().map(|frame| frame.raw.len()).collect::<Vec<_>>()
    };
    let [response, report] = answers(4096)[..] else {
        panic!("a response and a REPORT")
    };
    // " OK"
    for spare in [1, 3] {
        assert_eq!(answers(report - spare), [response, report - 3]);
        assert_eq!(answers(response - spare), [response - 3]);
    }
    assert_eq!(answers(report - 4), [response]);
    assert_eq!(answers(response - 4), [0; 0]);
    // Nothing is owed, and nothing is held back.
    let mut wire = Wire::passive_over(Link::websocket(10), Config::default());
    for _ in 0..10_000 {
        wire.receive("Success-Report: yes\r\n");
        wire.events();
        assert!(wire.connection.wants_input() && !wire.connection.wants_transmit());
    }
}

/// The own URI takes room as the path does.
#[test]
fn a_session_with_a_long_uri() {
    let mut w = wire(400);
    let long: MsrpUri = uri(&LOCAL.replace(";tcp", &format!("{};tcp", "x".repeat(300))));
    let session = w.add_session(long.as_str(), PEER);
    assert_eq!(w.poll(), 0);
    let mut session = w.connection.session(session).unwrap();
    let error = session.send(message("x")).unwrap_err();
    assert_eq!(error.reason, SendErrorReason::HeadTooLong);
    session.close();
    w.connection.session(w.session).unwrap().close();
    w.connection.close().unwrap();
    w.events();
    assert!(w.connection.is_closed());
}
