//! Sessions that fail in the middle of it, and messages that arrive all the same (RFC 4975 §5.4).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Pair, Pipe, Side};
use msrp_proto::wire::Path;
use msrp_proto::{
    Body, Carry, Config, Event, Inbox, IncomingEvent, Message, OutgoingEvent, OutgoingId, Received, Role,
    SessionConfig, SessionEvent, SessionId, Terms,
};

use crate::peer::text;
use crate::wire_out::octets;

/// Both applications, over all connections.
#[derive(Default)]
struct Talk {
    attempts: usize,
    inbox: Inbox,
    received: Vec<Received>,
    /// What A sends.
    files: BTreeMap<OutgoingId, Vec<u8>>,
    sessions: Vec<SessionId>,
    carries: [Option<Carry>; 2],
    asked: u64,
    completed: usize,
    started: usize,
}

impl Talk {
    /// A new connection with new URIs, which breaks when A has sent so much.
    fn connect(&mut self, cut: Option<u64>) -> Pair {
        let mut pair = Pair::new(&Arc::new(Config::default()));
        if let Some(cut) = cut {
            // What is on its way back is lost with it.
            let pipe = || Pipe::new(1).segments(1..=5000).latency(Duration::from_millis(1));
            pair.set_pipe(Side::A, pipe().cut(cut));
            pair.set_pipe(Side::B, pipe());
        }
        self.attempts += 1;
        let uri = |side: &str| format!("msrp://{side}.example.com:7654/n{};tcp", self.attempts).parse();
        let [a, b]: [msrp_proto::wire::MsrpUri; 2] = [uri("a").unwrap(), uri("b").unwrap()];
        let ends = [(Side::A, &a, &b, Role::Active), (Side::B, &b, &a, Role::Passive)];
        self.sessions.clear();
        for ((side, local, remote, role), carry) in ends.into_iter().zip(&self.carries) {
            let terms = Terms::new(Path::from(remote.clone()));
            let mut session = SessionConfig::new(local.clone(), role, terms);
            if let Some(carry) = carry {
                session = session.replaces(carry.clone());
            }
            self.sessions.push(pair.connection(side).open(session).unwrap());
        }
        // All connections draw from the same seed: a Message-ID made anew shall be another one all the same.
        let connection = pair.connection(Side::A);
        for _ in self.attempts..3 {
            let mut session = connection.session(self.sessions[0]).unwrap();
            let unsent = session.send(text("")).unwrap();
            connection.outgoing(unsent).unwrap().abort();
        }
        pair
    }

    fn send(&mut self, pair: &mut Pair, message: Message, file: &[u8]) {
        let session = pair.connection(Side::A).session(self.sessions[0]);
        let id = session.unwrap().send(message).unwrap();
        self.files.insert(id, file.to_vec());
    }

    fn run(&mut self, pair: &mut Pair) {
        pair.advance(Duration::from_secs(5), |side, connection, mut event| {
            if side == Side::B {
                self.started +=
                    usize::from(matches!(event, Event::Incoming(_, IncomingEvent::Started { .. })));
                self.received.extend(self.inbox.on(connection, &mut event));
            }
            match event {
                Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                    let file = &self.files[&id][offset as usize..];
                    let part = file[..max.min(file.len())].to_vec();
                    self.asked += part.len() as u64;
                    connection.outgoing(id).unwrap().write(part).unwrap();
                }
                Event::Outgoing(_, OutgoingEvent::Completed) => self.completed += 1,
                Event::Session(_, SessionEvent::Failed(_, carry)) => {
                    self.carries[side as usize] = Some(*carry);
                }
                _ => {}
            }
        });
    }
}

fn file_message(len: u64) -> Message {
    text(Body::streamed(Some(len))).success_report(true)
}

/// A file of 1 MiB, cut in the middle, and once more.
///
/// Shows: MSRP-5.4-19, MSRP-5.4-20 (the Message-IDs), MSRP-5.4-24.
#[test]
fn a_file_goes_on_over_a_new_connection() {
    let file = octets(1 << 20);
    let len = file.len() as u64;
    let mut talk = Talk::default();
    let mut pair = talk.connect(Some(500_000));
    talk.send(&mut pair, file_message(len), &file);
    talk.run(&mut pair);
    assert!(talk.received.is_empty() && talk.inbox.octets() == 0);
    for cut in [Some(300_000), None] {
        let [unconfirmed] = talk.carries[0].as_ref().unwrap().unconfirmed() else {
            panic!("one message");
        };
        let (unconfirmed, at) = (unconfirmed.clone(), unconfirmed.resume_at());
        assert!(at > 200_000 && at < len, "{at}");
        let mut pair = talk.connect(cut);
        talk.send(&mut pair, unconfirmed.resume(file_message(len)), &file);
        talk.run(&mut pair);
    }
    assert_eq!((talk.completed, talk.received.len(), talk.started), (1, 1, 1));
    assert!(talk.received[0].body == file);
    assert!(!talk.received[0].head.is_duplicate());
    // Not all of it again: what was under way at each failure, and no more.
    assert!(talk.asked < len + 2 * 200_000, "{}", talk.asked);
}

/// Wherever the connection breaks: each message is received once, whole.
#[test]
fn messages_arrive_once_wherever_the_connection_breaks() {
    let bodies: Vec<Vec<u8>> = [5, 3000, 40_000, 0, 20].into_iter().map(octets).collect();
    for whole in [false, true] {
        for cut in (100..50_000).step_by(997).chain((0..1000).step_by(37)) {
            let mut talk = Talk::default();
            let mut pair = talk.connect(Some(cut));
            let sent: Vec<_> = bodies
                .iter()
                .map(|body| {
                    talk.send(&mut pair, text(body.clone()).success_report(true), body);
                    *talk.files.last_key_value().unwrap().0
                })
                .collect();
            talk.run(&mut pair);
            let carry = talk.carries[0].clone();
            let mut pair = talk.connect(None);
            let carry = carry.unwrap_or_default();
            for unconfirmed in carry.unconfirmed() {
                let at = sent.iter().position(|id| *id == unconfirmed.outgoing()).unwrap();
                let message = text(bodies[at].clone()).success_report(true);
                let message = if whole {
                    message.message_id(unconfirmed.message_id().clone())
                } else {
                    unconfirmed.resume(message)
                };
                talk.send(&mut pair, message, &[]);
            }
            talk.run(&mut pair);
            let news = talk
                .received
                .iter()
                .filter(|message| !message.head.is_duplicate());
            let mut news: Vec<_> = news.map(|message| message.body.len()).collect();
            news.sort_unstable();
            assert_eq!(news, [0, 5, 20, 3000, 40_000], "cut after {cut}");
            for message in &talk.received {
                assert_eq!(message.body, octets(message.body.len()), "cut after {cut}");
            }
            assert_eq!(talk.completed, bodies.len(), "cut after {cut}");
            assert_eq!(talk.inbox.octets(), 0);
        }
    }
}
