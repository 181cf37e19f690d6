//! A chat server in small, over two connections: side A has a session for each that has joined, side B is the server.

use std::sync::Arc;

use bytes::Bytes;
use msrp_cpim::chat::{ChatRefusal, Switch, Verdict, check_type, read};
use msrp_multipart::MediaType;
use msrp_proto::test_util::{Pair, Side};
use msrp_proto::wire::{FailureReport, MsrpUri, Path, StatusCode};
use msrp_proto::{
    Config, Connection, Event, Inbox, IncomingEvent, Message, OutgoingEvent, Received, Refusal, Role,
    SendFailure, SessionConfig, SessionEvent, SessionId, Terms,
};

use crate::Joined;

pub(crate) struct Server {
    pair: Pair,
    roster: Vec<(Joined, [SessionId; 2])>,
    /// The sessions that a SEND without a body has bound, as its response told side A.
    pub(crate) bound: Vec<&'static str>,
    /// How many messages were refused before they were complete.
    pub(crate) refused_early: usize,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// As its sender is told, by a response or for want of one.
    pub(crate) sent: Result<(), u16>,
    /// How many frames came back for it: a response is one, a REPORT would be another.
    pub(crate) answers: u64,
    pub(crate) copies: Copies,
}

/// Who got a copy, and its body.
type Copies = Vec<(&'static str, Bytes)>;

impl Server {
    /// All have joined, and each session is bound by a SEND without a body.
    pub(crate) fn new(roster: Vec<Joined>) -> Self {
        let mut pair = Pair::new(&Arc::new(Config::default()));
        let roster: Vec<_> = roster
            .into_iter()
            .zip(0..)
            .map(|(joined, number)| {
                let sessions = [(Side::A, Role::Active), (Side::B, Role::Passive)].map(|(side, role)| {
                    let terms = Terms::new(Path::from(uri(side.other(), number)));
                    let session = SessionConfig::new(uri(side, number), role, terms);
                    pair.connection(side).open(session).unwrap()
                });
                (joined, sessions)
            })
            .collect();
        let mut server = Self {
            pair,
            roster,
            bound: Vec::new(),
            refused_early: 0,
        };
        let (copies, sent) = server.run();
        assert_eq!((copies, sent), (Vec::new(), None));
        server
    }

    /// Frames that side A has received.
    pub(crate) fn frames(&mut self) -> u64 {
        self.pair.connection(Side::A).stats().frames_received
    }

    pub(crate) fn send(&mut self, from: &str, content_type: &str, body: impl Into<Bytes>) -> Outcome {
        self.send_reporting(from, content_type, body, FailureReport::Yes)
    }

    pub(crate) fn send_reporting(
        &mut self,
        from: &str,
        content_type: &str,
        body: impl Into<Bytes>,
        failure_report: FailureReport,
    ) -> Outcome {
        let sessions = self
            .roster
            .iter()
            .find(|(joined, _)| joined.name == from)
            .unwrap()
            .1;
        let message = Message::new(content_type.parse().unwrap(), body.into()).failure_report(failure_report);
        let before = self.frames();
        let mut session = self.pair.connection(Side::A).session(sessions[0]).unwrap();
        session.send(message).unwrap();
        let (copies, sent) = self.run();
        Outcome {
            sent: sent.unwrap(),
            answers: self.frames() - before - copies.len() as u64,
            copies,
        }
    }

    /// The copies that arrive, and what became of the message that side A has sent.
    fn run(&mut self) -> (Copies, Option<Result<(), u16>>) {
        let Self {
            pair,
            roster,
            bound,
            refused_early,
        } = self;
        let name_of = |session| {
            let mut sessions = roster.iter();
            let found = sessions.find(|(_, sessions)| sessions.contains(&session));
            found.map(|(joined, _)| joined.name).unwrap()
        };
        let (mut copies, mut sent) = (Vec::new(), None);
        let mut inboxes = [Inbox::default(), Inbox::default()];
        pair.run(|side, connection, mut event| {
            if side == Side::B && refuse_early(connection, &event) {
                *refused_early += 1;
                return;
            }
            let received = inboxes[side as usize].on(connection, &mut event);
            match (side, received, event) {
                (Side::A, Some(received), _) => copies.push((name_of(received.session), received.body)),
                (Side::B, Some(received), _) => handle(connection, received, roster),
                (Side::A, None, Event::Session(id, SessionEvent::Bound)) => bound.push(name_of(id)),
                (Side::A, None, Event::Outgoing(_, OutgoingEvent::Completed)) => sent = Some(Ok(())),
                (Side::A, None, Event::Outgoing(_, OutgoingEvent::Failed(why))) => {
                    let SendFailure::Refused(status) = why else {
                        panic!("{why}");
                    };
                    sent = Some(Err(status.as_u16()));
                }
                _ => {}
            }
        });
        (copies, sent)
    }
}

/// Refuses what need not be received whole to be refused.
fn refuse_early(connection: &mut Connection, event: &Event) -> bool {
    let Event::Incoming(id, IncomingEvent::Started { head, .. }) = event else {
        return false;
    };
    let Err(refusal) = check_type(head.content_type().as_ref()) else {
        return false;
    };
    let Some(incoming) = connection.incoming(*id) else {
        // It is all there: the next event is the last one.
        return false;
    };
    incoming.reject(with_status(refusal));
    true
}

/// Passes a message on, or refuses it.
fn handle(connection: &mut Connection, received: Received, roster: &[(Joined, [SessionId; 2])]) {
    match recipients(&received, roster) {
        Ok(sessions) => {
            for id in sessions {
                let cpim = MediaType::new("message", "cpim").unwrap();
                let copy = Message::new(cpim, received.body.clone());
                connection.session(id).unwrap().send(copy).unwrap();
            }
        }
        // The sender may not want to hear of it.
        Err(refusal) => drop(connection.fail(received.receipt, with_status(refusal))),
    }
}

fn recipients(
    received: &Received,
    roster: &[(Joined, [SessionId; 2])],
) -> Result<Vec<SessionId>, ChatRefusal> {
    let switch: Switch = crate::switch();
    let session_of = |joined: &Joined| {
        let mut entries = roster.iter();
        let entry = entries.find(|(entry, _)| entry == joined);
        entry.map(|(_, sessions)| sessions[1]).unwrap()
    };
    let sender = roster
        .iter()
        .find(|(_, sessions)| sessions[1] == received.session);
    let joined = roster.iter().map(|(joined, _)| joined);
    let message = read(received.head.content_type().as_ref(), &received.body)?;
    Ok(match switch.check(&message, &sender.unwrap().0, joined)? {
        Verdict::Regular => roster
            .iter()
            .map(|(_, sessions)| sessions[1])
            .filter(|session| *session != received.session)
            .collect(),
        Verdict::Private(sessions) => sessions.into_iter().map(session_of).collect(),
    })
}

fn with_status(refusal: ChatRefusal) -> Refusal {
    let status = StatusCode::new(refusal.status()).unwrap();
    assert_eq!(status.comment(), refusal.phrase());
    Refusal::new(status).unwrap()
}

fn uri(side: Side, number: u8) -> MsrpUri {
    let host = match side {
        Side::A => "client",
        Side::B => "chat",
    };
    format!("msrp://{host}.example.com:7654/session{number};tcp")
        .parse()
        .unwrap()
}
