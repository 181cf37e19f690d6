//! Both ends send at once, far more than all buffers between them hold. Whoever does not read while it
//! writes never comes to an end here.

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use msrp_examples::std_driver::{Application, Driver};
use msrp_proto::wire::FailureReport;
use msrp_proto::{
    Body, Config, Connection, Event, IncomingEvent, Message, OutgoingEvent, Role, SessionEvent, SessionId,
};

use crate::support::{connection, content, is_content, octet_stream, sockets, within};

const LEN: u64 = 64 << 20;

/// Sends one message, takes one, and closes its session when both are done.
struct Peer {
    session: SessionId,
    received: u64,
    finished: bool,
    completed: bool,
}

impl Application for Peer {
    fn on_event(&mut self, connection: &mut Connection, event: Event) {
        match event {
            Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                let max = max.min((LEN - offset) as usize);
                let mut message = connection.outgoing(id).unwrap();
                message.write(content(offset, max)).unwrap();
            }
            Event::Outgoing(_, OutgoingEvent::Completed) => self.completed = true,
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("not sent: {why}"),
            Event::Incoming(_, IncomingEvent::Data { offset, data, seen }) => {
                assert_eq!((offset, seen), (self.received, 0));
                assert!(is_content(offset, &data), "at {offset}");
                self.received += data.len() as u64;
            }
            Event::Incoming(_, IncomingEvent::Finished { len, .. }) => {
                assert_eq!((len, self.received), (LEN, LEN));
                self.finished = true;
            }
            Event::Incoming(_, IncomingEvent::Aborted(why)) => panic!("not received: {why}"),
            Event::Session(_, SessionEvent::Closed) => connection.close().unwrap(),
            _ => {}
        }
        if self.finished
            && self.completed
            && let Some(session) = connection.session(self.session)
        {
            session.close();
        }
    }
}

fn exchange(config: Config, failure_report: FailureReport, body: impl Fn() -> Body + Clone + Send + 'static) {
    within(Duration::from_secs(60), move || {
        let (active, passive) = sockets();
        let ends = [(Role::Active, active), (Role::Passive, passive)].map(|(role, stream)| {
            let (config, body) = (config.clone(), body.clone());
            thread::spawn(move || {
                let (mut connection, session) = connection(role, config);
                let message = Message::new(octet_stream(), body()).failure_report(failure_report);
                connection.session(session).unwrap().send(message).unwrap();
                let mut peer = Peer {
                    session,
                    received: 0,
                    finished: false,
                    completed: false,
                };
                let ended = Driver::new(connection).run(Ok(stream), &mut peer);
                assert!(peer.finished && peer.completed, "{ended:?}");
            })
        });
        for end in ends {
            end.join().unwrap();
        }
    });
}

fn streamed() -> Body {
    Body::streamed(Some(LEN))
}

fn in_memory() -> impl Fn() -> Body + Clone {
    let mut octets = Vec::with_capacity(LEN as usize);
    while octets.len() < LEN as usize {
        let offset = octets.len() as u64;
        octets.extend_from_slice(&content(offset, LEN as usize - octets.len()));
    }
    let octets = Bytes::from(octets);
    move || Body::from(octets.clone())
}

#[test]
fn streamed_with_responses() {
    exchange(Config::default(), FailureReport::Yes, streamed);
}

#[test]
fn streamed_without_responses() {
    exchange(Config::default(), FailureReport::No, streamed);
}

#[test]
fn in_memory_with_responses() {
    exchange(Config::default(), FailureReport::Yes, in_memory());
}

#[test]
fn in_memory_without_responses() {
    exchange(Config::default(), FailureReport::No, in_memory());
}

#[test]
fn streamed_as_one_chunk() {
    exchange(Config::default().chunk_limit(None), FailureReport::Yes, streamed);
}

#[test]
fn in_memory_as_one_chunk() {
    exchange(
        Config::default().chunk_limit(None),
        FailureReport::Yes,
        in_memory(),
    );
}
