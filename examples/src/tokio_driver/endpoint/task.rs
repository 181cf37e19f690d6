//! The task of one connection.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use msrp_proto::wire::{ByteRange, Scheme};
use msrp_proto::{
    AcceptError, AcceptErrorReason, Connection, Event, InboundRequest, Inbox, IncomingEvent, IncomingId,
    Message, MessageHead, OpenError, OpenErrorReason, OutgoingEvent, OutgoingId, Receipt, Refusal,
    Registration, Request, RequestError, RequestErrorReason, RequestId, Response, SendError, SendErrorReason,
    SessionConfig, SessionEvent, SessionFailure, SessionId, SessionRequest, Terms,
};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::Shared;
use super::expected::Awaited;
use super::session::{Lost, NEWS, News, Sender, Sending, Session, UNSENT};
use super::stream::{Peer, Stream};
use crate::tls::{TlsError, Trust};
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
        /// In TLS.
        trust: Option<Trust>,
        reply: oneshot::Sender<Result<Session, OpenError>>,
    },
    Reject(IncomingId, Refusal),
    Request {
        session: SessionId,
        request: Box<Request>,
        reply: oneshot::Sender<Result<RequestId, RequestError>>,
    },
    Respond(Box<InboundRequest>, Box<Response>),
    Report(Box<Receipt>),
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
    driver: Driver<Stream>,
    place: Place,
    /// None without TLS.
    peer: Option<Peer>,
    commands: mpsc::UnboundedReceiver<Command>,
    /// For the handles of sessions.
    commander: mpsc::UnboundedSender<Command>,
    sessions: HashMap<SessionId, Held>,
    /// Sessions that hear no more, but until it is known why the connection is lost.
    parting: Vec<Held>,
    lost: Arc<OnceLock<Lost>>,
    /// A session that a peer has asked for before it is known whom to trust. There is one request at a time.
    undecided: Option<Undecided>,
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

/// See [`Task::undecided`].
struct Undecided {
    request: SessionRequest,
    registration: Registration,
    session: SessionConfig,
    awaited: Awaited,
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
        peer: Option<Peer>,
        driver: Driver<Stream>,
        commander: mpsc::UnboundedSender<Command>,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            driver,
            place: Place { shared, name },
            peer,
            commands,
            commander,
            sessions: HashMap::new(),
            parting: Vec::new(),
            lost: Arc::default(),
            undecided: None,
            sending: HashMap::new(),
            streamed: HashMap::new(),
            inbox: Inbox::new(WHOLE, 16 * WHOLE),
            backlog: VecDeque::new(),
            closing: false,
        }
    }

    /// Opens a session that is in the table already. For one that does not trust the peer this is as if no session
    /// were taken any more: there may be another connection.
    pub(super) fn open(
        &mut self,
        registration: Registration,
        session: SessionConfig,
        trust: Option<&Trust>,
    ) -> Result<Session, OpenError> {
        if self.closing || !self.is_trusted(trust) {
            let (session, reason) = (Box::new(session), OpenErrorReason::Closing);
            return Err(OpenError { session, reason });
        }
        let local = session.local().clone();
        let session = self.place.shared.reporting(session);
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
                trust = decision(self.undecided.as_mut()), if self.undecided.is_some() => {
                    if let Some(undecided) = self.undecided.take() {
                        self.on_decision(undecided, trust);
                    }
                }
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
                trust,
                reply,
            } => {
                let opened = self.open(registration, *session, trust.as_ref());
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
            Command::Request {
                session,
                request,
                reply,
            } => {
                let taken = match connection.session(session) {
                    Some(mut session) => session.request(*request),
                    None => Err(RequestError {
                        request,
                        reason: RequestErrorReason::Closing,
                    }),
                };
                let _ = reply.send(taken);
            }
            Command::Respond(request, response) => {
                let _ = connection.respond(*request, *response); // too late, then
            }
            Command::Report(receipt) => {
                // Refused only if nobody wants to hear of it any more.
                let all = ByteRange::new(1, Some(receipt.len()), Some(receipt.len()));
                let _ = connection.report(&receipt, all);
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
            Event::ConnectionLost(reason) => {
                let tls = self.driver.error().and_then(TlsError::of);
                let _ = self.lost.set(Lost { reason, tls });
                self.parting.clear();
                self.place.leave();
            }
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
        let is_lost = matches!(event, SessionEvent::Failed(SessionFailure::ConnectionLost, _));
        self.deliver(id, News::Session(event));
        if last {
            if let Some(held) = self.sessions.remove(&id) {
                self.place.shared.state().table.ended(held.registration);
                if is_lost {
                    self.parting.push(held);
                }
            }
            self.close_if_done();
        }
    }

    /// A peer asks for a session: it is one that is expected, or none.
    fn on_request(&mut self, request: SessionRequest) {
        let claimed = {
            let mut state = self.place.shared.state();
            let claimed = state.table.claim(&self.place.name, &request);
            claimed
                .map(|(registration, session)| (registration, session, state.expected.remove(&registration)))
        };
        let (registration, session, awaited) = match claimed {
            Ok(claimed) => claimed,
            Err(refusal) => return self.driver.connection_mut().refuse(request, refusal),
        };
        match (&self.peer, awaited) {
            (None, awaited) => self.accept(
                request,
                registration,
                session,
                awaited.map(|awaited| awaited.bound),
            ),
            (Some(_), Some(awaited)) if session.local().as_ref().scheme() == Scheme::Msrps => {
                let trust = awaited.trust.borrow().clone();
                let undecided = Undecided {
                    request,
                    registration,
                    session,
                    awaited,
                };
                match trust {
                    Some(trust) => self.on_decision(undecided, Some(trust)),
                    None => self.undecided = Some(undecided),
                }
            }
            // Nobody can say any more whom to trust, or it was agreed upon without TLS.
            (Some(_), _) => self.refuse(request, registration),
        }
    }

    /// It is known whom to trust with a session; `None`: it was called off meanwhile.
    fn on_decision(&mut self, undecided: Undecided, trust: Option<Trust>) {
        let Undecided {
            request,
            registration,
            session,
            awaited,
        } = undecided;
        let (Some(peer), Some(trust)) = (&self.peer, trust) else {
            return self.refuse(request, registration);
        };
        match trust.judge(&peer.chain, peer.role) {
            Ok(()) => self.accept(request, registration, session, Some(awaited.bound)),
            Err(error) => {
                self.place.shared.state().table.ended(registration);
                self.driver.give_up(error.link_error());
                let _ = awaited.bound.send(Err(error)); // it may have been called off
            }
        }
    }

    fn accept(
        &mut self,
        request: SessionRequest,
        registration: Registration,
        session: SessionConfig,
        bound: Option<oneshot::Sender<Result<Session, TlsError>>>,
    ) {
        let local = session.local().clone();
        let session = self.place.shared.reporting(session);
        match self.driver.connection_mut().accept(request, session) {
            Ok(id) => {
                let session = self.hold(id, registration, local);
                // Dropped if nobody waits for it: that closes it.
                let _ = bound.map(|bound| bound.send(Ok(session)));
            }
            Err(AcceptError { request, reason, .. }) => {
                if matches!(reason, AcceptErrorReason::Open(OpenErrorReason::NotSecure)) {
                    let _ = bound.map(|bound| bound.send(Err(TlsError::Plain)));
                }
                self.refuse(*request, registration);
            }
        }
    }

    /// Does without a session that is in the table already. A request that has expired takes no notice.
    fn refuse(&mut self, request: SessionRequest, registration: Registration) {
        self.place.shared.state().table.ended(registration);
        self.driver.connection_mut().refuse(request, Refusal::NO_SESSION);
    }

    /// Whether the peer is one for a session that this side opens.
    fn is_trusted(&self, trust: Option<&Trust>) -> bool {
        match (&self.peer, trust) {
            (Some(peer), Some(trust)) => trust.judge(&peer.chain, peer.role).is_ok(),
            (None, None) => true,
            _ => false,
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
        let address = self.driver.stream().peer_address();
        Session::new(sender, told, address, Arc::clone(&self.lost))
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
        let all = self.place.shared.streamed;
        let is_long = |head: &MessageHead| all || head.total().is_some_and(|total| total > WHOLE as u64);
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

/// Whom to trust, once it is known; `None` if it never will be.
async fn decision(undecided: Option<&mut Undecided>) -> Option<Trust> {
    let trust = &mut undecided?.awaited.trust;
    let known = trust.wait_for(Option::is_some).await.ok()?;
    known.clone()
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
