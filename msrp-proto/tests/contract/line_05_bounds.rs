//! Line 5: memory is bounded by the limits in `Config`. Here each limit is shown to bind, at its value.

use bytes::Bytes;
use msrp_proto::wire::{FailureReport, MsrpUri, Path};
use msrp_proto::{
    Body, Config, Event, Message, OpenErrorReason, OutgoingEvent, Role, SendErrorReason, SendFailure,
    SessionConfig, Terms, WriteErrorReason,
};

use crate::bench::{bound, sent, text};
use crate::ops::shared::frames;

#[test]
fn messages_in_progress() {
    let (mut bench, _) = bound(Config::default().max_incoming(3));
    for at in 0..5 {
        let id = format!("m{at}");
        bench.input(bench.now, frames::chunk("aaaa", &id, "1-*/*", "", b"x", '+'));
    }
    bench.settle(bench.now);
    assert_eq!(bench.arriving().len(), 3);
    assert_eq!(sent(&bench.out, "413").len(), 2);
    // One that is complete makes room.
    bench.input(bench.now, frames::chunk("aaaa", "m0", "2-2/2", "", b"x", '$'));
    bench.input(bench.now, frames::chunk("aaaa", "m9", "1-*/*", "", b"x", '+'));
    bench.settle(bench.now);
    assert_eq!((bench.arriving().len(), sent(&bench.out, "413").len()), (3, 2));
}

#[test]
fn holes_in_a_message() {
    let (mut bench, _) = bound(Config::default().max_holes(2));
    for start in [1, 11, 21] {
        let range = format!("{start}-*/*");
        bench.input(bench.now, frames::chunk("aaaa", "m1", &range, "", b"x", '+'));
    }
    bench.settle(bench.now);
    assert_eq!(bench.arriving().len(), 1);
    bench.input(bench.now, frames::chunk("aaaa", "m1", "31-*/*", "", b"x", '+'));
    bench.settle(bench.now);
    assert!(bench.arriving().is_empty() && bench.trace.has("Aborted(Refused"));
    assert_eq!(sent(&bench.out, "413").len(), 1);
}

#[test]
fn sessions() {
    let (mut bench, _) = bound(Config::default().max_sessions(2));
    let open = |bench: &mut crate::ops::shared::checked::Checked, name: &str| {
        let local: MsrpUri = format!("msrp://a.example.com:7654/{name};tcp")
            .parse()
            .expect("a URI");
        let remote = Path::from(
            "msrp://b.example.com:7654/peer;tcp"
                .parse::<MsrpUri>()
                .expect("a URI"),
        );
        let session = SessionConfig::new(local, Role::Active, Terms::new(remote));
        bench.connection.open(session).map_err(|error| error.reason)
    };
    assert!(open(&mut bench, "second").is_ok());
    assert_eq!(open(&mut bench, "third"), Err(OpenErrorReason::TooMany));
}

#[test]
fn messages_to_send() {
    let (mut bench, session) = bound(Config::default().max_outgoing(2).max_unreported(2));
    let message = || {
        Message::new(text(), "x")
            .success_report(true)
            .failure_report(FailureReport::No)
    };
    let mut all = Vec::new();
    for _ in 0..2 {
        all.push(bench.send(session, message()).expect("room"));
    }
    let error = bench.send(session, message()).expect_err("full");
    assert!(matches!(error.reason, SendErrorReason::TooMany));
    // Those that only await their reports count apart, and the oldest gives way.
    bench.settle(bench.now);
    for _ in 0..2 {
        all.push(bench.send(session, message()).expect("room"));
    }
    bench.settle(bench.now);
    for (at, id) in all.iter().enumerate() {
        let expected = (at < 2).then_some(Err(SendFailure::Unconfirmed));
        assert_eq!(bench.watch.outgoing[id].outcome, expected);
    }
}

#[test]
fn octets_of_streamed_bodies() {
    let (mut bench, session) = bound(Config::default().body_window(5000));
    let id = bench
        .send(session, Message::new(text(), Body::streamed(None)))
        .expect("room");
    let event = bench.poll_event();
    let Some(Event::Outgoing(_, OutgoingEvent::BodyWanted { offset: 0, max: 5000 })) = event else {
        panic!("{event:?}");
    };
    let write = |bench: &mut crate::ops::shared::checked::Checked, len: usize| {
        let outgoing = bench.connection.outgoing(id);
        outgoing
            .expect("the message")
            .write(vec![b'x'; len])
            .map_err(|error| error.reason)
    };
    assert_eq!(write(&mut bench, 5001), Err(WriteErrorReason::NotWanted));
    assert_eq!(write(&mut bench, 5000), Ok(()));
    assert_eq!(write(&mut bench, 1), Err(WriteErrorReason::NotWanted));
    // What the next question asks for fits again.
    let octets = bench.transmit(bench.now).len();
    assert!(octets > 4096);
    let wanted = bench.wanted.pop().expect("a question").1;
    assert!(wanted <= 5000);
    assert_eq!(write(&mut bench, wanted), Ok(()));
}

#[test]
fn remembered_messages() {
    let (mut bench, _) = bound(Config::default().max_remembered(3));
    let receive = |bench: &mut crate::ops::shared::checked::Checked, id: &str| {
        bench.input(bench.now, frames::message("aaaa", id, b"x"));
        bench.settle(bench.now);
    };
    for id in ["m0", "m1", "m2", "m3"] {
        receive(&mut bench, id);
    }
    for id in ["m1", "m2", "m3"] {
        receive(&mut bench, id);
    }
    assert_eq!(bench.trace.count("duplicate true"), 3);
    receive(&mut bench, "m0");
    assert_eq!(bench.trace.count("duplicate true"), 3, "the oldest is forgotten");
}

#[test]
fn chunks_under_way() {
    let (mut bench, session) = bound(Config::default().in_flight(4));
    bench
        .send(session, Message::new(text(), vec![b'x'; 1 << 20]))
        .expect("room");
    let out = bench.transmit(bench.now);
    assert_eq!(sent(&out, "SEND").len(), 4);
    // Each response lets one more go.
    for (at, chunk) in sent(&out, "SEND").iter().enumerate() {
        bench.input(bench.now, frames::response(&chunk.tid, "200 OK"));
        let more = bench.transmit(bench.now);
        assert_eq!(sent(&more, "SEND").len(), 1, "after response {at}");
    }
}

#[test]
fn a_buffer() {
    let (mut bench, session) = bound(Config::default().chunk_limit(None));
    bench
        .send(session, Message::new(text(), vec![b'x'; 1 << 20]))
        .expect("room");
    let mut longest = 0;
    while let Some(octets) = bench.poll_transmit(bench.now) {
        longest = longest.max(octets.len());
    }
    assert!(longest <= 16 * 1024, "{longest}");
    for at in 0..200 {
        bench.input(bench.now, frames::bodiless(&format!("ping{at}")));
    }
    let octets: Option<Bytes> = bench.poll_transmit(bench.now);
    assert!(octets.is_some_and(|octets| octets.len() <= 16 * 1024));
}
