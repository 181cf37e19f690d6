//! A first conversation.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::{Body, Config, Event, Inbox, MediaType, Message, OutgoingEvent};

fn text() -> MediaType {
    MediaType::new("text", "plain").unwrap()
}

#[test]
fn both_ways() {
    for limit in [None, Some(2048), Some(100), Some(5000)] {
        for size in [0usize, 1, 2047, 2048, 2049, 5000, 70_000, 300_000] {
            let config = Arc::new(Config::default().chunk_limit(limit));
            let mut pair = Pair::new(&config);
            pair.set_pipe(Side::A, Pipe::new(7).segments(1..=3000).capacity(10_000));
            let [a, b] = pair.open_session();
            let body: Vec<u8> = (0..size).map(|at| (at * 7 % 251) as u8).collect();
            let message = || Message::new(text(), body.clone()).success_report(true);
            pair.connection(Side::A)
                .session(a)
                .unwrap()
                .send(message())
                .unwrap();
            pair.connection(Side::B)
                .session(b)
                .unwrap()
                .send(message())
                .unwrap();
            let stream = Message::new(text(), Body::streamed(None));
            pair.connection(Side::A).session(a).unwrap().send(stream).unwrap();
            let mut inboxes = [Inbox::default(), Inbox::default()];
            let mut got = Vec::new();
            let mut done = 0;
            pair.advance(Duration::from_secs(10), |side, connection, mut event| {
                if let Some(received) = inboxes[side as usize].on(connection, &mut event) {
                    assert_eq!(received.body, body);
                    got.push(side);
                }
                match event {
                    Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                        let rest = &body[offset as usize..];
                        let mut out = connection.outgoing(id).unwrap();
                        out.write(rest[..rest.len().min(max)].to_vec()).unwrap();
                        if rest.len() <= max {
                            out.finish().unwrap();
                        }
                    }
                    Event::Outgoing(_, OutgoingEvent::Completed) => done += 1,
                    Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
                    _ => {}
                }
            });
            got.sort();
            assert_eq!(
                (got, done),
                (vec![Side::A, Side::B, Side::B], 3),
                "limit {limit:?} size {size}"
            );
        }
    }
}
