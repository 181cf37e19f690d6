//! Many sessions, over as many connections as they need.

mod accept;
mod delivery;
mod dial;
mod error;
mod expected;
mod options;
mod relayed;
mod session;
mod stream;
mod task;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use msrp_proto::{
    Config, Connection, ExpectError, Link, OpenError, OpenErrorReason, Registration, ReuseKey, SessionConfig,
    SessionTable, SuccessReports, Target,
};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

pub use self::delivery::{Delivery, DeliveryReport, DeliveryStage, DeliveryState};
pub use self::error::{
    AuthorizeError, AuthorizeErrorReason, ConnectError, ConnectErrorReason, DeadlinePassed, StreamError,
};
pub use self::expected::Expected;
pub use self::options::{Judge, Options};
pub use self::relayed::Relayed;
pub use self::session::{Arriving, Lost, News, Sender, Session};

use self::accept::{MOST_HANDSHAKES, listen};
use self::expected::Awaited;
use self::stream::Stream;
use self::task::{Command, Task};
use super::{Driver, seed};
use crate::dscp::Dscp;
use crate::tls::{Identity, TlsError, Trust, server_config};

/// Connections held at once; further ones are closed as they come.
const MOST_CONNECTIONS: usize = 4096;

/// An MSRP endpoint over TCP and TLS: it listens, connects, and has any number of sessions.
///
/// - [`connect`](Self::connect) is for a session that this side makes the connection for. Sessions with the
///   same next hop share a connection (RFC 4975 §5.4).
/// - [`expect`](Self::expect) is for one that the peer does. The first request for it binds it, on whichever
///   connection it comes. Requests for sessions that nobody expects are answered with 481.
///
/// Each connection has a task of its own, which owns it. What a session has received waits in a queue for its
/// [`Session`], and when a queue is full, the task stops reading its connection until there is room: a slow
/// application slows down its peer, and costs no memory. Sessions that share a connection so share the pace of
/// the slowest.
///
/// Sending goes on meanwhile, but responses of the peer are not read. So whoever waits for the [`Delivery`] of a
/// message, or sends long ones, should take news at the same time: in a `select!`, or in another task by way of
/// [`Session::sender`].
///
/// In TLS ([`Options::identity`]) each session says whom it trusts ([`tls`](crate::tls)):
///
/// - [`connect_tls`](Self::connect_tls) judges the peer in the handshake. A connection that is shared is judged by
///   each session that is to use it; where it does not pass, a new one is made.
/// - A peer that connects proves that it has the key of some certificate. Whose it should be is known when its first
///   request names a session: [`Expected::trust`] decides then, or, if the answer with the fingerprint is still under
///   way, when it comes. Before that nothing the peer has sent is heard, and nothing is answered. If it does not
///   pass, the session has failed ([`Expected::failure`]), and the connection is closed, with all that it has.
/// - A session of `msrps` is never on a connection without TLS, one of `msrp` never on one with it.
///
/// A connection that has no session any more is closed when it has been idle
/// ([`Config::idle_timeout`]).
///
/// Behind relays (RFC 4976), [`authorize`](Self::authorize) comes first, for each session. Its connection is for the
/// session then, whichever side would connect without relays.
///
/// An endpoint that is dropped drops its connections at once; [`shutdown`](Self::shutdown) ends them in good
/// order.
///
/// ```
/// # use std::time::Duration;
/// # use msrp_examples::tokio_driver::{Endpoint, News};
/// # use msrp_proto::{Config, MediaType, Message, Role, SessionConfig, Terms};
/// # use msrp_proto::wire::{MsrpUri, Path};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bob = Endpoint::bind(Config::default(), &["127.0.0.1:0".parse()?]).await?;
/// let alice = Endpoint::bind(Config::default(), &[]).await?;
///
/// // Signalling, usually SDP, tells both of both.
/// let ours: MsrpUri = "msrp://127.0.0.1:7777/iau39soe2843z;tcp".parse()?;
/// let port = bob.addresses()[0].port();
/// let theirs: MsrpUri = format!("msrp://127.0.0.1:{port}/9di4eae923wzd;tcp").parse()?;
/// let terms = Terms::new(Path::from(ours.clone()));
/// let mut expected = bob.expect(SessionConfig::new(theirs.clone(), Role::Passive, terms))?;
/// let terms = Terms::new(Path::from(theirs));
/// let session = alice.connect(SessionConfig::new(ours, Role::Active, terms)).await?;
///
/// let delivery = session.send(Message::new(MediaType::new("text", "plain")?, "Hi, Bob!")).await?;
/// let mut heard = expected.bound().await.ok_or("not connected")?;
/// while let Some(news) = heard.next().await {
///     if let News::Message(message) = news {
///         assert_eq!(message.body, "Hi, Bob!");
///         break;
///     }
/// }
/// delivery.outcome().await?;
/// alice.shutdown(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
pub struct Endpoint {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
}

/// What the tasks of an endpoint have in common.
struct Shared {
    config: Arc<Config>,
    identity: Option<Identity>,
    dscp: Option<Dscp>,
    reports: Option<SuccessReports>,
    /// Whether nothing is put together.
    streamed: bool,
    judge: Option<Judge>,
    /// Whom to ask for services; none stands for those of the system.
    name_servers: Vec<SocketAddr>,
    /// Room for peers that are in their handshake.
    handshakes: Arc<Semaphore>,
    state: Mutex<State>,
    /// Whether the endpoint is shutting down.
    closing: watch::Sender<bool>,
}

/// The lock around it is never held across an await.
#[derive(Default)]
struct State {
    /// Connections are named by numbers that count up.
    table: SessionTable<u64>,
    connections: HashMap<u64, mpsc::UnboundedSender<Command>>,
    expected: HashMap<Registration, Awaited>,
    /// Connections made to ask relays for paths.
    relays: HashSet<u64>,
    /// Who wants the same target waits here, to use the connection of whoever came first.
    turns: BTreeMap<ReuseKey, Arc<tokio::sync::Mutex<()>>>,
    tasks: JoinSet<()>,
    next: u64,
}

impl Endpoint {
    /// An endpoint that listens on these addresses; on none if it is only to connect. Port 0 is any that is
    /// free. Without TLS.
    ///
    /// # Errors
    ///
    /// What the operating system says of the first address that cannot be listened on.
    pub async fn bind(config: Config, addresses: &[SocketAddr]) -> io::Result<Self> {
        Self::bind_with(config, addresses, Options::default()).await
    }

    /// [`bind`](Self::bind) with TLS, and more.
    ///
    /// # Errors
    ///
    /// As there, or a [`TlsError`].
    pub async fn bind_with(config: Config, addresses: &[SocketAddr], options: Options) -> io::Result<Self> {
        let Options {
            identity,
            dscp,
            reports,
            streamed,
            judge,
            name_servers,
        } = options;
        let tls = match &identity {
            Some(identity) => Some(Arc::new(server_config(identity, None)?)),
            None => None,
        };
        let mut listeners = Vec::new();
        for address in addresses {
            listeners.push(TcpListener::bind(address).await?);
        }
        let addresses = listeners
            .iter()
            .map(TcpListener::local_addr)
            .collect::<Result<_, _>>()?;
        let shared = Arc::new(Shared {
            // Any connection may get the first request of any session.
            config: Arc::new(config.session_requests(true)),
            identity,
            dscp,
            reports,
            streamed,
            judge,
            name_servers,
            handshakes: Arc::new(Semaphore::new(MOST_HANDSHAKES)),
            state: Mutex::default(),
            closing: watch::Sender::new(false),
        });
        for listener in listeners {
            let listen = listen(Arc::clone(&shared), listener, tls.clone());
            shared.state().tasks.spawn(listen);
        }
        Ok(Self { shared, addresses })
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Opens a session that this side connects for, without TLS: over the connection that there is to its next hop,
    /// or over a new one, if there is none or it takes no more sessions ([`Config::max_sessions`]). Of several
    /// connections it is the one made first. The addresses of a name are tried in their order, each for 10 s.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], which gives the session back.
    pub async fn connect(&self, session: SessionConfig) -> Result<Session, ConnectError> {
        self.open(session, None).await
    }

    /// [`connect`](Self::connect) in TLS, for a session of `msrps`. The handshake has 10 s. The peer is judged before
    /// anything is sent.
    ///
    /// In TLS 1.3 this side is done before the peer is: whether the peer takes the own certificate shows only then.
    /// If it does not, the session fails, [`Session::lost`] says so, and the peer has heard nothing.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], which gives the session back.
    pub async fn connect_tls(&self, session: SessionConfig, trust: Trust) -> Result<Session, ConnectError> {
        self.open(session, Some(trust)).await
    }

    /// [`connect`](Self::connect) or, with `trust`, [`connect_tls`](Self::connect_tls) to another target than that
    /// of the path: where the c= and m= lines of the peer point ([`Target::connect_to`], RFC 6714).
    ///
    /// # Errors
    ///
    /// [`ConnectError`], which gives the session back.
    pub async fn connect_to(
        &self,
        target: Target,
        session: SessionConfig,
        trust: Option<Trust>,
    ) -> Result<Session, ConnectError> {
        match (target.tls(), &trust) {
            (true, None) => return Err(ConnectErrorReason::Untrusted.with(session)),
            (false, Some(_)) => return Err(ConnectErrorReason::Tls(TlsError::Plain).with(session)),
            _ => {}
        }
        let turn = self.shared.state().turn(&target.reuse_key());
        let _turn = turn.lock().await;
        let trust = trust.as_ref();
        match self.shared.open_on_existing(&target, session, trust).await {
            Ok(opened) => Ok(opened),
            Err(ConnectError {
                session,
                reason: ConnectErrorReason::Open(OpenErrorReason::Closing | OpenErrorReason::TooMany),
            }) => match self.shared.dial(&target, trust).await {
                Ok(stream) => self.shared.open_on_new(&target, stream, *session, trust),
                Err(reason) => Err(reason.with(*session)),
            },
            Err(error) => Err(error),
        }
    }

    /// Expects a session that the peer connects for. To be called before its URI is handed out, since the peer
    /// may be faster than its answer. In TLS, [`Expected::trust`] must follow.
    ///
    /// # Errors
    ///
    /// [`ExpectError`], which gives the session back.
    pub fn expect(&self, session: SessionConfig) -> Result<Expected, ExpectError> {
        self.await_session(|table| table.expect(session))
    }

    /// Expects a further session under the URI of another one: an offer that was forked has several answers
    /// (RFC 4975 §8.8).
    ///
    /// # Errors
    ///
    /// [`ExpectError`] if the other one has ended, or has another URI.
    pub fn fork(&self, of: &Expected, session: SessionConfig) -> Result<Expected, ExpectError> {
        self.await_session(|table| table.fork(of.registration(), session))
    }

    /// How many sessions there are, expected ones included.
    pub fn session_count(&self) -> usize {
        self.shared.state().table.len()
    }

    /// How many connections there are.
    pub fn connection_count(&self) -> usize {
        self.shared.state().connections.len()
    }

    /// Ends everything in good order: listens no more, calls off sessions that are expected, waits for the
    /// outcome of every message, closes the sessions, then the connections, and joins their tasks. Sessions
    /// need to take their news meanwhile.
    ///
    /// # Errors
    ///
    /// [`DeadlinePassed`] if that took too long, and the rest was dropped.
    pub async fn shutdown(self, deadline: Duration) -> Result<(), DeadlinePassed> {
        let mut tasks = {
            let mut state = self.shared.state();
            self.shared.closing.send_replace(true);
            state.expected.clear();
            for connection in state.connections.values() {
                let _ = connection.send(Command::Shutdown); // one that is gone has nothing to close
            }
            std::mem::take(&mut state.tasks)
        };
        let all = async { while tasks.join_next().await.is_some() {} };
        let drained = timeout(deadline, all).await.map_err(|_| DeadlinePassed);
        tasks.shutdown().await;
        drained
    }

    async fn open(&self, session: SessionConfig, trust: Option<Trust>) -> Result<Session, ConnectError> {
        match session.target() {
            Ok(Some(target)) => self.connect_to(target, session, trust).await,
            Ok(None) => Err(ConnectErrorReason::Passive.with(session)),
            Err(error) => Err(ConnectErrorReason::Target(error).with(session)),
        }
    }

    fn await_session(
        &self,
        register: impl FnOnce(&mut SessionTable<u64>) -> Result<Registration, ExpectError>,
    ) -> Result<Expected, ExpectError> {
        let mut state = self.shared.state();
        let registration = register(&mut state.table)?;
        let (expected, awaited) = Expected::new(Arc::clone(&self.shared), registration);
        if !self.shared.is_closing() {
            state.expected.insert(registration, awaited);
        }
        Ok(expected)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        self.shared.closing.send_replace(true);
        state.expected.clear();
        state.tasks.abort_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Opens a session on a connection to the same target: the first in the order of their creation that takes it.
    /// [`OpenErrorReason::Closing`] if there is none.
    async fn open_on_existing(
        &self,
        target: &Target,
        session: SessionConfig,
        trust: Option<&Trust>,
    ) -> Result<Session, ConnectError> {
        if self.is_closing() {
            return Err(ConnectErrorReason::ShuttingDown.with(session));
        }
        let reuse = target.reuse_key();
        let names: Vec<_> = self.state().table.reusable(&reuse).copied().collect();
        let mut refused = ConnectErrorReason::Open(OpenErrorReason::Closing).with(session);
        for name in names {
            match self.open_on(name, *refused.session, trust).await {
                Err(
                    error @ ConnectError {
                        reason: ConnectErrorReason::Open(OpenErrorReason::Closing | OpenErrorReason::TooMany),
                        ..
                    },
                ) => refused = error,
                outcome => return outcome,
            }
        }
        Err(refused)
    }

    async fn open_on(
        &self,
        name: u64,
        session: SessionConfig,
        trust: Option<&Trust>,
    ) -> Result<Session, ConnectError> {
        let (reply, opened) = oneshot::channel();
        let kept = {
            let mut state = self.state();
            if self.is_closing() {
                return Err(ConnectErrorReason::ShuttingDown.with(session));
            }
            let Some(connection) = state.connections.get(&name).cloned() else {
                return Err(ConnectErrorReason::Open(OpenErrorReason::Closing).with(session));
            };
            // From now on the connection does not count as idle.
            let registration = match state.table.opened(name, session.local()) {
                Ok(registration) => registration,
                Err(reason) => return Err(ConnectErrorReason::Expect(reason).with(session)),
            };
            let kept = session.clone();
            let session = Box::new(session);
            let _ = connection.send(Command::Open {
                registration,
                session,
                trust: trust.cloned(),
                reply,
            });
            kept
        };
        match opened.await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(OpenError { session, reason })) => Err(ConnectErrorReason::Open(reason).with(*session)),
            // The connection has ended meanwhile.
            Err(_) => Err(ConnectErrorReason::Open(OpenErrorReason::Closing).with(kept)),
        }
    }

    fn open_on_new(
        self: &Arc<Self>,
        target: &Target,
        stream: Stream,
        session: SessionConfig,
        trust: Option<&Trust>,
    ) -> Result<Session, ConnectError> {
        let connection = match self.connection(stream.link()) {
            Ok(connection) => connection,
            Err(error) => return Err(ConnectErrorReason::Random(error).with(session)),
        };
        let mut state = self.state();
        if self.is_closing() {
            return Err(ConnectErrorReason::ShuttingDown.with(session));
        }
        let name = state.next;
        let registration = match state.table.opened(name, session.local()) {
            Ok(registration) => registration,
            Err(reason) => return Err(ConnectErrorReason::Expect(reason).with(session)),
        };
        let mut task = self.enlist(&mut state, connection, stream);
        match task.open(registration, session, trust) {
            Ok(session) => {
                state.table.connected(name, target.reuse_key());
                state.spawn(task.run());
                Ok(session)
            }
            Err(OpenError { session, reason }) => {
                drop(state); // the task that is dropped here leaves the table
                Err(ConnectErrorReason::Open(reason).with(*session))
            }
        }
    }

    fn connection(&self, link: Link) -> io::Result<Connection> {
        let config = Arc::clone(&self.config);
        Ok(Connection::new(config, link, Instant::now().into_std(), seed()?))
    }

    /// The session, reporting as the endpoint was told to.
    fn reporting(&self, session: SessionConfig) -> SessionConfig {
        match self.reports {
            Some(reports) => session.success_reports(reports),
            None => session,
        }
    }

    fn enlist(self: &Arc<Self>, state: &mut State, connection: Connection, stream: Stream) -> Task {
        let name = state.next;
        state.next += 1;
        let (commands, commanded) = mpsc::unbounded_channel();
        state.connections.insert(name, commands.clone());
        let peer = stream.peer();
        let driver = Driver::new(connection, stream);
        Task::new(Arc::clone(self), name, peer, driver, commands, commanded)
    }
}

impl State {
    fn turn(&mut self, target: &ReuseKey) -> Arc<tokio::sync::Mutex<()>> {
        self.turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(self.turns.entry(target.clone()).or_default())
    }

    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(task);
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state();
        f.debug_struct("Endpoint")
            .field("addresses", &self.addresses)
            .field("connections", &state.connections.len())
            .field("sessions", &state.table.len())
            .finish_non_exhaustive()
    }
}
