//! Input that comes faster than events or answers are taken.

use std::time::Duration;

use bytes::Bytes;

use crate::frame::{B, Frame};
use crate::peer::{Cut, Setup, passive, run};

fn stream(messages: usize) -> Bytes {
    let frames = (0..messages).flat_map(|number| Frame::text("t001", &format!("m{number:03}"), "x").octets());
    frames.collect::<Vec<u8>>().into()
}

/// Events that nobody takes hold the input back; when they are taken it goes on, and nothing is lost.
#[test]
fn undelivered_events_hold_input_back() {
    let setup = Setup::new().config(|config| config.max_events(5));
    let mut peer = setup.peer(Cut::Whole);
    peer.bind();
    peer.feed_anyway(stream(10));
    // Three events for each message, the last two of them with its end.
    assert!(!peer.connection.wants_input());
    let answers = peer.sent_lines().len();
    assert_eq!(answers, 2);
    // It may come while none is wanted.
    peer.feed_anyway(Frame::bodiless("t002"));
    assert_eq!(peer.sent_lines(), [""; 0]);
    let events = peer.events();
    assert_eq!(
        events.iter().filter(|line| line.ends_with("finished 1")).count(),
        10
    );
    assert_eq!(peer.sent_lines().len(), 10 - answers + 1);
    assert!(peer.connection.wants_input());
}

/// So do the octets of undelivered events.
#[test]
fn undelivered_octets_hold_input_back() {
    let setup = Setup::new().config(|config| config.max_event_octets(10_000));
    let mut peer = setup.peer(Cut::Whole);
    peer.bind();
    let body = vec![b'x'; 100_000];
    let frame = Bytes::from(Frame::text("t001", "m001", &body));
    for read in frame.chunks(4000) {
        peer.feed_anyway(Bytes::copy_from_slice(read));
    }
    assert!(!peer.connection.wants_input());
    assert_eq!(peer.sent_lines(), [""; 0]);
    assert_eq!(peer.events().last().unwrap(), "m001 finished 100000");
    assert!(peer.body("m001") == body);
    assert_eq!(peer.sent_lines(), ["t001 200"]);
}

/// Input beyond the cap while none is wanted loses the connection.
#[test]
fn too_much_input_while_none_is_wanted() {
    let setup = Setup::new().config(|config| config.max_events(1).max_held(1000));
    let mut peer = setup.peer(Cut::Whole);
    peer.feed_anyway(Frame::bodiless("t001"));
    assert!(!peer.connection.wants_input());
    peer.feed_anyway(vec![b'x'; 1000]);
    assert!(peer.connection.poll_timeout().is_none());
    peer.feed_anyway(vec![b'x'; 1]);
    assert_eq!(
        peer.events(),
        [
            "B bound",
            "B failed: the connection ended",
            "lost: too much input while none was wanted"
        ]
    );
}

/// Answers that nobody takes hold input back too, up to 30 s.
#[test]
fn answers_hold_input_back() {
    let setup = || Setup::new().config(|config| config.in_flight(1).max_answers(3));
    let waiting = || {
        let mut peer = setup().peer(Cut::Whole);
        peer.bind();
        peer.feed_anyway(stream(10));
        assert!(!peer.connection.wants_input());
        assert_eq!(peer.events().len(), 9, "events do not make room");
        assert_eq!(peer.due_in(), Some(Duration::from_secs(30)));
        peer
    };
    // They are taken in time.
    let mut peer = waiting();
    peer.wait(Duration::from_millis(29_999));
    assert_eq!(peer.sent_lines().len(), 10, "input goes on as room is made");
    assert_eq!(peer.events().len(), 21);
    assert_eq!(peer.due_in(), None);
    peer.wait(Duration::from_secs(60));
    peer.assert_silent();
    peer.feed(Frame::bodiless("t002"));
    assert_eq!(peer.sent_lines(), ["t002 200"]);
    // They are not.
    let mut peer = waiting();
    peer.wait(Duration::from_secs(30));
    assert_eq!(
        peer.events(),
        [
            "B failed: the connection ended",
            "lost: the peer does not take answers"
        ]
    );
    assert_eq!(peer.sent_lines(), [""; 0]);
    assert!(peer.connection.is_closed());
}

/// REPORTs count as answers.
#[test]
fn reports_hold_input_back() {
    let setup = Setup::new().config(|config| config.in_flight(1).max_answers(3));
    let mut peer = setup.peer(Cut::Whole);
    peer.bind();
    let frame = |number| Frame::text("t001", &format!("m00{number}"), "x").success_report("yes");
    peer.feed_anyway(
        (0..4)
            .flat_map(|number| frame(number).failure_report("no").octets())
            .collect::<Vec<u8>>(),
    );
    assert!(!peer.connection.wants_input());
    assert_eq!(peer.events().len(), 9);
    assert_eq!(peer.sent_lines().len(), 4);
    assert!(peer.connection.wants_input());
}

/// Two connections with the least caps talk at once, and do not wait for one another.
#[test]
fn answers_of_a_peer_that_sends_much() {
    let config = std::sync::Arc::new(
        msrp_proto::Config::default()
            .in_flight(4)
            .max_answers(0)
            .max_events(1)
            .chunk_limit(Some(10)),
    );
    let mut pair = msrp_proto::test_util::Pair::new(&config);
    let ids = pair.open_session();
    let sides = [msrp_proto::test_util::Side::A, msrp_proto::test_util::Side::B];
    for (side, id) in sides.into_iter().zip(ids) {
        let message = crate::peer::text(vec![b'x'; 5000]);
        pair.connection(side).session(id).unwrap().send(message).unwrap();
    }
    let mut completed = 0;
    pair.run(|_, _, event| {
        if let msrp_proto::Event::Outgoing(_, msrp_proto::OutgoingEvent::Completed) = event {
            completed += 1;
        }
    });
    assert_eq!(completed, 2);
}

/// What was held when the peer closed is part of what it has sent.
#[test]
fn held_input_and_the_end() {
    let setup = Setup::new().config(|config| config.max_events(1));
    let mut peer = setup.peer(Cut::Whole);
    peer.feed_anyway(Frame::bodiless("t001"));
    peer.feed_anyway(Frame::text("t002", "m001", "hello"));
    peer.eof();
    assert_eq!(
        peer.events(),
        [
            "B bound",
            "m001 started",
            "m001 data 0 hello",
            "m001 finished 5",
            "B failed: the connection ended",
            "lost: the peer closed the connection"
        ]
    );
    assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
    assert!(peer.connection.is_closed());
}

/// An end in the middle of a frame.
#[test]
fn an_end_in_the_middle() {
    let frame = Frame::text("t001", "m001", "hello");
    let len = frame.octets().len();
    for cut in 1..len {
        run(|peer| {
            peer.bind();
            peer.feed(frame.octets()[..cut].to_vec());
            peer.eof();
            let events = peer.events();
            let [session, lost] = events.last_chunk().unwrap();
            assert_eq!(session, "B failed: the connection ended");
            assert_eq!(
                lost, "lost: the peer closed the connection in the middle of a frame",
                "{cut}"
            );
            if events.len() > 2 {
                assert_eq!(events[0], "m001 started");
                assert_eq!(events[events.len() - 3], "m001 aborted: the connection ended");
            }
            // No answer to what did not end.
            assert_eq!(peer.sent_lines(), [""; 0]);
            assert!(peer.connection.is_closed());
        });
    }
    // The octets that came are delivered, however few.
    run(|peer| {
        peer.bind();
        let [front, _] = frame.split_in_body(3);
        peer.feed(front);
        peer.eof();
        assert_eq!(peer.events()[1], "m001 data 0 hel");
    });
}

/// A body of no interest is passed over without an event, whatever its size.
#[test]
fn a_refused_body_holds_nothing_back() {
    let accepts = msrp_proto::MediaRanges::parse(b"text/plain").unwrap();
    let setup = Setup::new()
        .session(passive(B).accepts(accepts))
        .config(|config| config.max_events(2));
    setup.run(|peer| {
        peer.bind();
        let frame = Frame::text("t001", "m001", vec![b'x'; 50_000]).typed("image/png");
        peer.feed(frame);
        assert!(peer.connection.wants_input());
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        assert_eq!(peer.events(), [""; 0]);
    });
}
