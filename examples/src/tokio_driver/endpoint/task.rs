//! The task of one connection.

mod command;
mod incoming;
mod relay;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use msrp_proto::wire::{MsrpUri, Scheme};
use msrp_proto::{
    AcceptError, AcceptErrorReason, Connection, Event, Inbox, IncomingId, OpenError, OpenErrorReason,
    OutgoingEvent, OutgoingId, Refusal, Registration, RelayEvent, RelayId, SendError, SendErrorReason,
    SessionConfig, SessionEvent, SessionFailure, SessionId, SessionRequest,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

pub(super) use self::command::Command;

use self::incoming::Arrival;
use super::Shared;
use super::delivery::{Delivery, Sending};
use super::expected::Awaited;
use super::session::{Lost, NEWS, News, Sender, Session, UNSENT};
use super::stream::{Peer, Stream};
use crate::tls::{TlsError, Trust};
use crate::tokio_driver::Driver;

/// Messages up to this length are put together here.
const WHOLE: usize = 1 << 20;

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
    /// Paths through relays that are asked for or held.
    relays: HashMap<RelayId, mpsc::UnboundedSender<RelayEvent>>,
    /// Messages that are not put together here.
    streamed: HashMap<IncomingId, SessionId>,
    /// Those that are.
    arriving: HashMap<IncomingId, Arrival>,
    inbox: Inbox,
    /// News for which there was no room. Nothing is read while there are any.
    backlog: VecDeque<(mpsc::Sender<News>, News)>,
    closing: bool,
}

/// A session of the connection.
struct Held {
    registration: Registration,
    local: MsrpUri,
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
            relays: HashMap::new(),
            streamed: HashMap::new(),
            arriving: HashMap::new(),
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

    fn on_event(&mut self, mut event: Event) {
        if !self.is_streamed(&event) && self.assemble(&mut event) {
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
            Event::Relay(id, event) => self.on_relay(id, event),
            Event::Session(id, event) => self.on_session(id, event),
            Event::SessionRequested(request) => self.on_request(request),
            _ => {}
        }
    }

    /// A message was taken: keeps what is needed of it until it has its outcome.
    pub(super) fn track(
        &mut self,
        id: OutgoingId,
        permit: Option<OwnedSemaphorePermit>,
        wants: Option<mpsc::UnboundedSender<(u64, usize)>>,
    ) -> Delivery {
        let message = self.driver.connection_mut().outgoing(id);
        let tracked = message.and_then(|message| {
            let commands = self.commander.clone();
            Sending::new(&message, id, permit, wants, commands)
        });
        let (sending, delivery) = tracked.expect("its outcome is an event, and none was polled since");
        self.sending.insert(id, sending);
        delivery
    }

    fn on_outgoing(&mut self, id: OutgoingId, event: OutgoingEvent) {
        let connection = self.driver.connection_mut();
        if let OutgoingEvent::BodyWanted { offset, max } = event
            && !self
                .sending
                .get(&id)
                .is_some_and(|sending| sending.ask(offset, max))
            && let Some(message) = connection.outgoing(id)
        {
            message.abort(); // nobody has octets for it
        }
        let last = matches!(event, OutgoingEvent::Completed | OutgoingEvent::Failed(_));
        if let Some(sending) = self.sending.get_mut(&id) {
            sending.on(connection, id, event);
        }
        if last {
            self.sending.remove(&id);
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

    fn hold(&mut self, id: SessionId, registration: Registration, local: MsrpUri) -> Session {
        let (news, told) = mpsc::channel(NEWS);
        let held = Held {
            registration,
            local: local.clone(),
            news,
        };
        self.sessions.insert(id, held);
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
        state.relays.remove(&self.name);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}
