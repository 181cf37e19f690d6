//! Sessions over WebSocket and data channels go as on streams.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::{
    Body, Config, Connection, Event, Inbox, Link, LinkError, MediaType, Message, OutgoingEvent,
};

use crate::frame::{B, B2, Frame};
use crate::peer::{Cut, Peer, Setup, active, passive, text};

fn links() -> [Link; 2] {
    [Link::websocket(4096), Link::data_channel(4096)]
}

fn peers(setup: impl Fn() -> Setup) -> impl Iterator<Item = Peer> {
    links()
        .into_iter()
        .map(move |link| setup().link(link).peer(Cut::Whole))
}

#[test]
fn both_are_protected() {
    assert_eq!(Link::SUBPROTOCOL, "msrp");
    for link in links() {
        assert!(link.is_secure() && link.max_len() == Some(4096));
        let mut peer = Setup::new().no_session().link(link).peer(Cut::Whole);
        peer.open("secure", passive("msrps://b.example.com:443/x;ws"));
    }
    assert_eq!((Link::tcp().max_len(), Link::tls().max_len()), (None, None));
}

/// Shows: DC-5.2-01.
#[test]
fn the_active_side_speaks_first() {
    for mut peer in peers(|| Setup::new().session(active(B))) {
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
    }
    for mut peer in peers(|| Setup::new().session(active(B))) {
        peer.send("m", text("hello"));
        assert_eq!(peer.sent_lines(), ["SEND 1-5/5 hello $"]);
    }
    for mut peer in peers(Setup::new) {
        peer.send("m", text("hello"));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.feed(Frame::bodiless("bind"));
        assert_eq!(peer.sent_lines(), ["bind 200", "SEND 1-5/5 hello $"]);
    }
}

/// Shows: DC-5.3-01.
#[test]
fn loss_of_the_transport_fails_what_it_carries() {
    for reset in [false, true] {
        for mut peer in peers(Setup::new) {
            peer.bind();
            peer.send("sent", text("hello"));
            peer.sent();
            peer.send("waits", text("hello"));
            peer.feed(Frame::chunk("tran", "m1", "1-5/9", "hello").continued());
            assert_eq!(peer.events(), ["sent sent", "m1 started", "m1 data 0 hello"]);
            if reset {
                peer.connection.handle_failure(peer.now, LinkError::Reset);
            } else {
                peer.eof();
            }
            let why = if reset {
                "the connection broke"
            } else {
                "the peer closed the connection"
            };
            assert_eq!(
                peer.events(),
                [
                    "m1 aborted: the connection ended",
                    "sent failed: the connection ended",
                    "waits failed: the connection ended",
                    "B failed: the connection ended",
                    &format!("lost: {why}")
                ]
            );
        }
    }
}

/// Shows: WS-6-01.
#[test]
fn sends_without_a_body_keep_alive() {
    let wait = Duration::from_secs(60);
    for mut peer in peers(|| Setup::new().config(|config| config.keepalive(Some(wait)))) {
        peer.bind();
        peer.feed(Frame::bodiless("aaaa"));
        peer.feed(Frame::bodiless("bbbb").failure_report("partial"));
        peer.feed(Frame::bodiless("cccc").failure_report("no"));
        assert_eq!(peer.events(), [""; 0]);
        assert_eq!(peer.sent_lines(), ["aaaa 200"]);
        peer.send("m", text("hello"));
        let sent = peer.sent();
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        peer.events();
        peer.wait(wait - Duration::from_millis(1));
        peer.assert_silent();
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.sent_lines(), ["SEND 1-0/0 $"]);
    }
}

/// While the application is asked, messages wait as they came, and the one that asks is not cut in two.
#[test]
fn sessions_that_are_asked_for() {
    let asking = || {
        let config = |config: Config| config.session_requests(true);
        Setup::new().no_session().config(config)
    };
    let finished = |id: &str| ["started", "data 0 hello", "finished 5"].map(|what| format!("{id} {what}"));
    for mut peer in peers(asking) {
        let [front, rest] = Frame::text("tran", "m2", "hello").split_in_body(4);
        peer.feed_anyway(Frame::text("tran", "m1", "hello"));
        for message in [front, rest, vec![], Frame::text("tran", "m3", "hello").octets()] {
            peer.feed_anyway(message);
        }
        assert_eq!(peer.events(), [format!("requested {B}")]);
        peer.accept("B", passive(B));
        let between = [
            "m2 started",
            "m2 data 0 hell",
            "Unframed(Cut)",
            "Unframed(Illegal(StartLine))",
            "Unframed(Empty)",
        ];
        let bound = ["B bound".to_owned()];
        let events = [
            &bound[..],
            &finished("m1"),
            &between.map(String::from),
            &finished("m3"),
        ]
        .concat();
        assert_eq!(peer.events(), events);
        assert_eq!(peer.sent_lines(), ["tran 200", "tran 200"]);

        // The one that asks is itself not whole, or more than one; without a body it is all there.
        let ask = Frame::text("tran", "m4", "hello").to(B2);
        for (message, told, answers) in [
            (ask.split_in_body(2)[0].clone(), "Unframed(Cut)", 0),
            ([ask.octets(), b"x".to_vec()].concat(), "Unframed(Surplus)", 1),
            (Frame::bodiless("tran").to(B2).octets(), "", 1),
        ] {
            peer.feed_anyway(message);
            let request = peer.request();
            peer.connection.refuse(request, msrp_proto::Refusal::NO_SESSION);
            assert_eq!(peer.events()[1..].concat(), told);
            assert_eq!(peer.sent_lines(), vec!["tran 481"; answers]);
            peer.feed(Frame::text("tran", "m1", "hello"));
            assert_eq!(peer.events().len(), 3);
            assert_eq!(peer.sent_lines(), ["tran 200"]);
        }
    }
}

/// A file each way, from memory and streamed, with reports, over a network that loses no boundary.
#[test]
fn files_both_ways() {
    let body: Arc<Vec<u8>> = Arc::new((0..70_000).map(|at| (at * 7 % 251) as u8).collect());
    for link in [Link::websocket(300), Link::data_channel(65_535)] {
        for limit in [None, Some(2048)] {
            let config = Arc::new(Config::default().chunk_limit(limit));
            let mut pair = Pair::with_link([config.clone(), config], link);
            let latency = Duration::from_millis(5);
            pair.set_pipe(
                Side::A,
                Pipe::new(7).segments(1..=20).capacity(10_000).latency(latency),
            );
            let sessions = pair.open_session();
            for (side, session) in [Side::A, Side::B].into_iter().zip(sessions) {
                let streamed = Body::streamed(Some(body.len() as u64));
                for body in [Body::from(body.to_vec()), streamed] {
                    let file = Message::new(MediaType::new("a", "b").unwrap(), body).success_report(true);
                    let connection = pair.connection(side);
                    connection.session(session).unwrap().send(file).unwrap();
                }
            }
            let mut inboxes = [Inbox::default(), Inbox::default()];
            let (mut got, mut completed) = ([0; 2], [0; 2]);
            let on = |side: Side, connection: &mut Connection, mut event: Event| {
                if let Some(received) = inboxes[side as usize].on(connection, &mut event) {
                    assert!(received.body == *body);
                    got[side as usize] += 1;
                }
                match event {
                    Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                        let rest = &body[offset as usize..];
                        let part = rest[..rest.len().min(max)].to_vec();
                        connection.outgoing(id).unwrap().write(part).unwrap();
                    }
                    Event::Outgoing(_, OutgoingEvent::Completed) => completed[side as usize] += 1,
                    Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
                    Event::Unframed(why) => panic!("{why}"),
                    _ => {}
                }
            };
            pair.advance(Duration::from_secs(20), on);
            assert_eq!((got, completed), ([2; 2], [2; 2]), "{link:?} {limit:?}");
        }
    }
}
