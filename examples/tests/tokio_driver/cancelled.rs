//! The future of `next` may be dropped at any time.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use msrp_examples::tokio_driver::Driver;
use msrp_proto::{
    Body, Config, Connection, Event, IncomingEvent, Link, Message, OutgoingEvent, Role, Seed, SessionConfig,
    SessionEvent, Stats, Terms,
};
use tokio::io::DuplexStream;
use tokio::time::Instant;

use crate::sockets::{ALICE, BOB, content, is_content, octet_stream};
use crate::support::{text, within};

const TEXTS: usize = 5;
const FILE: u64 = 9000;

/// When to drop the future of a `next` that is pending.
#[derive(Clone, Copy)]
enum Cut {
    Never,
    /// At the n-th poll of all.
    At(usize),
    /// At every poll.
    Always,
}

/// What an end saw: the events of each message in their order, and what the connection counted.
#[derive(Debug, PartialEq)]
struct Seen {
    events: BTreeMap<String, Vec<String>>,
    stats: Stats,
}

/// Sends a file and texts, takes the same, and closes when all have their outcome.
async fn end(role: Role, stream: DuplexStream, cut: Cut, polls: Rc<Cell<usize>>) -> Seen {
    let (local, remote) = match role {
        Role::Active => (ALICE, BOB),
        Role::Passive => (BOB, ALICE),
    };
    let seed = Seed::new([role as u8; 32]);
    let now = Instant::now().into_std();
    let config = Config::default().body_window(4096).flush_reported(true);
    let mut connection = Connection::new(Arc::new(config), Link::tcp(), now, seed);
    let session = SessionConfig::new(local.parse().unwrap(), role, Terms::new(remote.parse().unwrap()));
    let id = connection.open(session).unwrap();
    let mut session = connection.session(id).unwrap();
    let file = Message::new(octet_stream(), Body::streamed(Some(FILE))).success_report(true);
    session.send(file).unwrap();
    for number in 0..TEXTS {
        session.send(text(format!("{number} ").repeat(100))).unwrap();
    }

    let mut driver = Driver::new(connection, stream);
    let mut events: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut undone = 2 * (1 + TEXTS);
    let mut received = BTreeMap::new();
    loop {
        let next = {
            let mut next = pin!(driver.next());
            poll_fn(|cx| {
                let number = polls.replace(polls.get() + 1);
                match (next.as_mut().poll(cx), cut) {
                    (Poll::Ready(event), _) => Poll::Ready(Some(event)),
                    (Poll::Pending, Cut::Always) => {
                        // Whoever drops a future looks for something else to do.
                        Poll::Ready(None)
                    }
                    (Poll::Pending, Cut::At(at)) if at == number => Poll::Ready(None),
                    (Poll::Pending, _) => Poll::Pending,
                }
            })
            .await
        };
        let event = match next {
            None => {
                if matches!(cut, Cut::Always) {
                    tokio::task::yield_now().await;
                }
                continue;
            }
            Some(None) => break,
            Some(Some(event)) => event,
        };
        let connection = driver.connection_mut();
        let (whose, what) = match event {
            Event::Incoming(id, IncomingEvent::Data { offset, data, seen }) => {
                let at = received.entry(id).or_insert(0);
                assert_eq!((offset, seen), (*at, 0));
                *at += data.len() as u64;
                if let [first, ..] = data[..]
                    && !first.is_ascii_digit()
                    && offset == 0
                {
                    assert!(is_content(offset, &data), "at {offset}");
                }
                continue; // where it is cut does not matter
            }
            Event::Incoming(id, event) => {
                undone -= usize::from(matches!(event, IncomingEvent::Finished { .. }));
                (format!("{id:?}"), format!("{event:?}"))
            }
            Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                let mut message = connection.outgoing(id).unwrap();
                message.write(content(offset, max)).unwrap();
                continue;
            }
            Event::Outgoing(_, OutgoingEvent::Acknowledged { .. }) => continue,
            Event::Outgoing(id, event) => {
                undone -= usize::from(matches!(event, OutgoingEvent::Completed));
                (format!("{id:?}"), format!("{event:?}"))
            }
            event => {
                if let Event::Session(_, SessionEvent::Closed) = event {
                    connection.close().unwrap();
                }
                ("all".into(), format!("{event:?}"))
            }
        };
        events.entry(whose).or_default().push(what);
        if undone == 0
            && role == Role::Active
            && let Some(session) = connection.session(id)
        {
            session.close();
        }
    }
    assert_eq!(undone, 0);
    assert_eq!(received.into_values().sum::<u64>(), FILE + (TEXTS * 200) as u64);
    assert!(driver.error().is_none());
    Seen {
        events,
        stats: driver.connection().stats(),
    }
}

/// Runs both ends; also returns how many polls there were.
async fn exchange(capacity: usize, cut: Cut) -> ([Seen; 2], usize) {
    let polls = Rc::new(Cell::new(0));
    let (active, passive) = tokio::io::duplex(capacity);
    let both = async {
        tokio::join!(
            end(Role::Active, active, cut, Rc::clone(&polls)),
            end(Role::Passive, passive, cut, Rc::clone(&polls)),
        )
    };
    let (alice, bob) = within(Duration::from_secs(600), both).await; // of a clock that is paused
    assert_eq!(alice.stats.octets_sent, bob.stats.octets_received);
    assert_eq!(bob.stats.octets_sent, alice.stats.octets_received);
    ([alice, bob], polls.get())
}

#[tokio::test(start_paused = true)]
async fn at_every_poll() {
    let (whole, polls) = exchange(1500, Cut::Never).await;
    assert!(polls > 100, "{polls}");
    for at in 0..polls {
        let (seen, _) = exchange(1500, Cut::At(at)).await;
        assert_eq!(seen, whole, "cut at poll {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_all_polls() {
    for capacity in [1, 7, 100, 1500, 100_000] {
        let (whole, _) = exchange(capacity, Cut::Never).await;
        let (seen, _) = exchange(capacity, Cut::Always).await;
        assert_eq!(seen, whole, "capacity {capacity}");
    }
}
