//! The task of one connection.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use msrp_proto::{
    AcceptError, AcceptErrorReason, Connection, Event, Inbox, IncomingEvent, IncomingId, Message,
    MessageHead, OpenError, OpenErrorReason, OutgoingEvent, OutgoingId, Receipt, Refusal, Registration,
    SendError, SendErrorReason, SessionConfig, SessionEvent, SessionId, SessionRequest, Terms,
};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::Shared;
use super::session::{NEWS, News, Sender, Sending, Session, UNSENT};
use crate::tokio_driver::Driver;

/// Messages up to this length are put together here.
const WHOLE: usize = 1 << 20;

/// What a connection is told to do.
pub(super) enum Command {
    Abandon(OutgoingId),
    Abort(SessionId),
    Close(SessionId),
    Fail(Box<Receipt>, Refusal),
    Finish(OutgoingId),
    Open {
        registration: Registration,
        session: Box<SessionConfig>,
        reply: oneshot::Sender<Result<Session, OpenError>>,
    },
    Reject(IncomingId, Refusal),
    Send {
        session: SessionId,
        message: Box<Message>,
        sending: Sending,
        reply: oneshot::Sender<Result<OutgoingId, SendError>>,
    },
    Shutdown,
    Update(SessionId, Box<Terms>),
    Write(OutgoingId, Bytes),
}

pub(super) struct Task {
    driver: Driver<TcpStream>,
    place: Place,
    commands: mpsc::UnboundedReceiver<Command>,
    /// For the handles of sessions.
    commander: mpsc::UnboundedSender<Command>,
    sessions: HashMap<SessionId, Held>,
    sending: HashMap<OutgoingId, Sending>,
    /// Messages that are not put together here.
    streamed: HashMap<IncomingId, SessionId>,
    inbox: Inbox,
    /// News for which there was no room. Nothing is read while there are any.
    backlog: VecDeque<(mpsc::Sender<News>, News)>,
    closing: bool,
}

/// A session of the connection.
struct Held {
    registration: Registration,
    news: mpsc::Sender<News>,
}

/// A place in the tables of the endpoint, given up when dropped at the latest.
struct Place {
    shared: Arc<Shared>,
    name: u64,
}

impl Task {
    pub(super) fn new(
        shared: Arc<Shared>,
        name: u64,
        driver: Driver<TcpStream>,
        commander: mpsc::UnboundedSender<Command>,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            driver,
            place: Place { shared, name },
            commands,
            commander,
            sessions: HashMap::new(),
            sending: HashMap::new(),
            streamed: HashMap::new(),
            inbox: Inbox::new(WHOLE, 16 * WHOLE),
            backlog: VecDeque::new(),
            closing: false,
        }
    }

    /// Opens a session that is in the table already.
    pub(super) fn open(
        &mut self,
        registration: Registration,
        session: SessionConfig,
    ) -> Result<Session, OpenError> {
        if self.closing {
            let (session, reason) = (Box::new(session), OpenErrorReason::Closing);
            return Err(OpenError { session, reason });
        }
        let local = session.local().clone();
        let id = self.driver.connection_mut().open(session)?;
        Ok(self.hold(id, registration, local))
    }

    /// Runs until the connection has ended, and every session was told.
    pub(super) async fn run(mut self) {
        loop {
            let waiting = self.backlog.front().map(|(news, _)| news.clone());
            self.driver.hold_input(waiting.is_some());
            tokio::select! {
                event = self.driver.next() => match event {
                    Some(event) => self.on_event(event),
                    None => break,
                },
                Some(command) = self.commands.recv() => self.on_command(command),
                room = has_room(waiting.as_ref()), if waiting.is_some() => {
                    if let Some((_, news)) = self.backlog.pop_front()
                        && let Some(room) = room
                    {
                        room.send(news);
                    }
                }
            }
        }
        let Self {
            driver,
            place,
            mut commands,
            backlog,
            ..
        } = self;
        drop(driver);
        drop(place);
        // What was commanded too late is given back.
        commands.close();
        while let Some(command) = commands.recv().await {
            match command {
                Command::Open { session, reply, .. } => {
                    let reason = OpenErrorReason::Closing;
                    let _ = reply.send(Err(OpenError { session, reason }));
                }
                Command::Send { message, reply, .. } => {
                    let reason = SendErrorReason::Closing;
                    let _ = reply.send(Err(SendError { message, reason }));
                }
                _ => {}
            }
        }
        for (session, news) in backlog {
            let _ = session.send(news).await; // who has dropped its session has missed it
        }
    }

    fn on_command(&mut self, command: Command) {
        let connection = self.driver.connection_mut();
        match command {
            Command::Abandon(id) => {
                if let Some(message) = connection.outgoing(id) {
                    message.abort();
                }
            }
            Command::Abort(id) => {
                if let Some(session) = connection.session(id) {
                    session.abort();
                }
            }
            Command::Close(id) => {
                if let Some(session) = connection.session(id) {
                    session.close();
                }
            }
            Command::Fail(receipt, refusal) => {
                let _ = connection.fail(*receipt, refusal); // too late, then
            }
            Command::Finish(id) => {
                if let Some(mut message) = connection.outgoing(id)
                    && message.finish().is_err()
                {
                    message.abort(); // the reader has nothing more
                }
            }
            Command::Open {
                registration,
                session,
                reply,
            } => {
                let opened = self.open(registration, *session);
                if opened.is_err() {
                    self.place.shared.state().table.ended(registration);
                }
                let _ = reply.send(opened); // whoever has given up has dropped the session
            }
            Command::Reject(id, refusal) => {
                if let Some(message) = connection.incoming(id) {
                    message.reject(refusal);
                }
            }
            Command::Send {
                session,
                message,
                sending,
                reply,
            } => {
                let taken = match connection.session(session) {
                    Some(mut session) => session.send(*message),
                    None => Err(SendError {
                        message,
                        reason: SendErrorReason::Closing,
                    }),
                };
                if let Ok(id) = taken {
                    self.sending.insert(id, sending);
                }
                let _ = reply.send(taken);
            }
            Command::Shutdown => {
                self.closing = true;
                for id in self.sessions.keys() {
                    if let Some(session) = connection.session(*id) {
                        session.close();
                    }
                }
                self.close_if_done();
            }
            Command::Update(id, terms) => {
                if let Some(mut session) = connection.session(id) {
                    session.update(*terms);
                }
            }
            Command::Write(id, octets) => {
                // Refused only if the message is longer than the peer wants, and then it has failed.
                if let Some(mut message) = connection.outgoing(id)
                    && message.write(octets).is_err()
                    && let Some(message) = connection.outgoing(id)
                {
                    message.abort();
                }
            }
        }
    }

    fn on_event(&mut self, mut event: Event) {
        // It also wants to see the end of sessions.
        if !self.is_streamed(&event)
            && let Some(message) = self.inbox.on(self.driver.connection_mut(), &mut event)
        {
            self.deliver(message.session, News::Message(message));
            return;
        }
        match event {
            Event::ConnectionLost(_) => self.place.leave(),
            Event::Idle => {
                let mut state = self.place.shared.state();
                // One that is about to be opened counts already.
                if state.table.sessions_of(&self.place.name) == 0 {
                    state.table.lost(&self.place.name);
                    drop(state);
                    let _ = self.driver.connection_mut().close();
                }
            }
            Event::Incoming(id, event) => self.on_incoming(id, event),
            Event::Outgoing(id, event) => self.on_outgoing(id, event),
            Event::Session(id, event) => self.on_session(id, event),
            Event::SessionRequested(request) => self.on_request(request),
            _ => {}
        }
    }

    fn on_incoming(&mut self, id: IncomingId, event: IncomingEvent) {
        if let IncomingEvent::Started { session, .. } = event
            && self
                .sessions
                .get(&session)
                .is_none_or(|held| held.news.is_closed())
        {
            // Nobody would ever see it.
            if let Some(message) = self.driver.connection_mut().incoming(id) {
                message.reject(Refusal::STOP_SENDING);
            }
        }
        let Some(session) = self.streamed.get(&id).copied() else {
            return;
        };
        if matches!(event, IncomingEvent::Finished { .. } | IncomingEvent::Aborted(_)) {
            self.streamed.remove(&id);
        }
        self.deliver(session, News::Incoming(id, event));
    }

    fn on_outgoing(&mut self, id: OutgoingId, event: OutgoingEvent) {
        match event {
            OutgoingEvent::BodyWanted { offset, max } => {
                let wants = self.sending.get(&id).and_then(|sending| sending.wants.as_ref());
                if wants.is_none_or(|wants| wants.send((offset, max)).is_err())
                    && let Some(message) = self.driver.connection_mut().outgoing(id)
                {
                    message.abort(); // nobody has octets for it
                }
            }
            OutgoingEvent::Completed | OutgoingEvent::Failed(_) => {
                if let Some(sending) = self.sending.remove(&id) {
                    let _ = sending.outcome.send(match event {
                        OutgoingEvent::Failed(why) => Err(why),
                        _ => Ok(()),
                    });
                }
            }
            OutgoingEvent::Sent => {
                if let Some(sending) = self.sending.get_mut(&id) {
                    sending.permit = None;
                }
            }
            _ => {}
        }
    }

    fn on_session(&mut self, id: SessionId, event: SessionEvent) {
        let last = matches!(event, SessionEvent::Closed | SessionEvent::Failed(..));
        self.deliver(id, News::Session(event));
        if last {
            if let Some(held) = self.sessions.remove(&id) {
                self.place.shared.state().table.ended(held.registration);
            }
            self.close_if_done();
        }
    }

    /// A peer asks for a session: it is one that is expected, or none.
    fn on_request(&mut self, request: SessionRequest) {
        let connection = self.driver.connection_mut();
        let claimed = {
            let mut state = self.place.shared.state();
            let claimed = state.table.claim(&self.place.name, &request);
            claimed
                .map(|(registration, session)| (registration, session, state.expected.remove(&registration)))
        };
        let (registration, session, expecting) = match claimed {
            Ok(claimed) => claimed,
            Err(refusal) => return connection.refuse(request, refusal),
        };
        let local = session.local().clone();
        match connection.accept(request, session) {
            Ok(id) => {
                let session = self.hold(id, registration, local);
                // Dropped if nobody waits for it: that closes it.
                let _ = expecting.map(|expecting| expecting.send(session));
            }
            Err(AcceptError { request, reason, .. }) => {
                self.place.shared.state().table.ended(registration);
                if !matches!(reason, AcceptErrorReason::Expired) {
                    connection.refuse(*request, Refusal::NO_SESSION);
                }
            }
        }
    }

    fn hold(
        &mut self,
        id: SessionId,
        registration: Registration,
        local: msrp_proto::wire::MsrpUri,
    ) -> Session {
        let (news, told) = mpsc::channel(NEWS);
        self.sessions.insert(id, Held { registration, news });
        let sender = Sender {
            id,
            local,
            commands: self.commander.clone(),
            room: Arc::new(Semaphore::new(UNSENT)),
        };
        Session::new(sender, told)
    }

    fn deliver(&mut self, session: SessionId, news: News) {
        let Some(held) = self.sessions.get(&session) else {
            return;
        };
        let news = if self.backlog.is_empty() {
            match held.news.try_send(news) {
                Err(mpsc::error::TrySendError::Full(news)) => news,
                _ => return,
            }
        } else {
            news
        };
        self.backlog.push_back((held.news.clone(), news));
    }

    /// Whether an event is about a message that goes to the application piece by piece.
    fn is_streamed(&mut self, event: &Event) -> bool {
        let Event::Incoming(id, event) = event else {
            return false;
        };
        let is_long = |head: &MessageHead| head.total().is_some_and(|total| total > WHOLE as u64);
        match event {
            IncomingEvent::Started { session, head } if is_long(head) => {
                self.streamed.insert(*id, *session);
                true
            }
            // It was not put together before either.
            IncomingEvent::Resumed {
                session, body: None, ..
            } => {
                self.streamed.insert(*id, *session);
                true
            }
            _ => self.streamed.contains_key(id),
        }
    }

    fn close_if_done(&mut self) {
        if self.closing {
            let _: Result<(), _> = Connection::close(self.driver.connection_mut());
        }
    }
}

/// Room for news of a session; `None` if it takes no more.
async fn has_room(session: Option<&mpsc::Sender<News>>) -> Option<mpsc::Permit<'_, News>> {
    session?.reserve().await.ok()
}

impl Place {
    /// The connection is of no use any more.
    fn leave(&self) {
        let mut state = self.shared.state();
        state.table.lost(&self.name);
        state.connections.remove(&self.name);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}
