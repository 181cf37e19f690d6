//! The focus and switch of one room.

mod admission;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use msrp_cpim::Address;
use msrp_proto::wire::{Method, MsrpUri, StatusCode};
use msrp_proto::{Config, Host, Message, Nickname, Received, Refusal};
use msrp_sdp::{CertificateError, Fingerprints, Ids};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use super::notice::{copy, copy_of, notice, plain};
use super::outbox::Outbox;
use super::state::{Limits, Room};
use crate::tls::{Identity, IdentityError};
use crate::tokio_driver::{Endpoint, Judge, Options};

/// Those that are joining at once; further ones wait.
const MOST_JOINING: usize = 64;
/// Occurrences that wait to be told.
const MOST_UNTOLD: usize = 4096;
/// How long a message may go on without an octet of it (RFC 7701 §6.1).
const CHUNK_RECEPTION: Duration = Duration::from_secs(540);
/// How long to go on for an orderly end.
const LEAVING: Duration = Duration::from_secs(3);

/// What a room is like.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where to wait for those who join.
    pub signalling: SocketAddr,
    /// Where to wait for their MSRP connections.
    pub media: SocketAddr,
    /// The host that participants reach this one by.
    pub host: Host,
    /// The address of the room.
    pub address: Address,
    /// Without TLS.
    pub plain: bool,
    /// How many there may be.
    pub limits: Limits,
    /// The most octets of a message, wrapper included, up to 1 MiB.
    pub max_size: u64,
    /// The most octets that wait for one session, not counting 32 messages that its connection has taken; what comes
    /// then is left out for it. Copies of a message share its octets.
    pub queue: u32,
    /// A session that takes nothing for so long is ended.
    pub patience: Duration,
    /// Who has joined and does not connect is not waited for any longer.
    pub wait: Duration,
}

impl ServerOptions {
    /// A room with that address, at any two ports of the address `at`, by which it is reached, too; messages up to 64
    /// KiB, 4 MiB that wait for a session, and a minute for one that takes nothing.
    pub fn new(address: Address, at: std::net::IpAddr) -> Self {
        Self {
            signalling: SocketAddr::new(at, 0),
            media: SocketAddr::new(at, 0),
            host: at.into(),
            address,
            plain: false,
            limits: Limits::default(),
            max_size: 64 * 1024,
            queue: 4 << 20,
            patience: Duration::from_secs(60),
            wait: Duration::from_secs(30),
        }
    }
}

/// Why there is no room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServerError {
    /// An address is not to be had.
    #[error("cannot wait at {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The own certificate has no fingerprint.
    #[error("no fingerprint of the own certificate")]
    Certificate(#[from] CertificateError),
    /// No certificate could be made.
    #[error("no certificate")]
    Identity(#[from] IdentityError),
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
}

/// What has happened in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Occurrence {
    /// Somebody has joined.
    Joined(Address),
    /// A session has ended.
    Left(Address, Leave),
    /// Somebody has another nickname, or none.
    Renamed(Address, Option<Nickname>),
    /// Somebody was not let in: why.
    TurnedAway(SocketAddr, String),
}

/// How a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leave {
    /// The participant has ended it, or its connection was lost.
    Gone,
    /// The participant has never connected.
    NeverCame,
    /// It has sent what is not MSRP.
    Unintelligible,
    /// It took nothing for too long.
    Stalled,
}

/// One chat room, on tokio: it lets participants in, and passes their messages on (RFC 7701).
///
/// A message is passed on when it has come whole, its octets as they came, to each session in its own time: what does not
/// fit into the queue of a session is left out for that session, which is told how many there were when there is room
/// again (RFC 7701 §6.4). One that takes nothing for long is ended. The others notice nothing of either.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    signalling: TcpListener,
    address: SocketAddr,
    occurred: mpsc::Receiver<Occurrence>,
}

/// Looks into a room that runs.
#[derive(Clone, Debug)]
pub struct Handle(Arc<State>);

/// What the tasks have in common.
#[derive(Debug)]
struct Shared {
    state: Arc<State>,
    endpoint: Endpoint,
    options: ServerOptions,
    fingerprints: Option<Fingerprints>,
    ids: Mutex<Ids>,
    tell: mpsc::Sender<Occurrence>,
    /// Whether the room is about to end.
    ending: watch::Sender<bool>,
}

/// The room and the queues of its sessions. Its lock is never held across an await.
#[derive(Debug)]
struct State(Mutex<Seats>);

#[derive(Debug)]
struct Seats {
    /// Sessions are named by their URIs.
    room: Room<Key>,
    outboxes: BTreeMap<Key, Outbox>,
    /// Those that have connected.
    here: BTreeSet<Key>,
}

/// The own URI of a session.
type Key = Arc<str>;

impl Server {
    /// A room that waits for participants; they are let in when it [runs](Self::run).
    ///
    /// # Errors
    ///
    /// [`ServerError`].
    pub async fn bind(options: ServerOptions) -> Result<Self, ServerError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| ServerError::Random(error.into()))?;
        let seats = Seats {
            room: Room::new(options.address.clone(), options.limits),
            outboxes: BTreeMap::new(),
            here: BTreeSet::new(),
        };
        let state = Arc::new(State(Mutex::new(seats)));
        let judge = Arc::clone(&state);
        let mut settings = Options::default().judge(Judge::new(move |session, message| {
            judge.pass_on(session, message)
        }));
        let mut fingerprints = None;
        if !options.plain {
            let identity = Identity::self_signed()?;
            fingerprints = Some(Fingerprints::of([identity.certificate()])?);
            settings = settings.identity(identity);
        }
        let config = Config::default()
            .methods([Method::Nickname])
            .incomplete_timeout(CHUNK_RECEPTION)
            .request_timeout(options.wait)
            .idle_timeout(Duration::from_secs(30));
        let cannot = |address| move |source| ServerError::Bind { address, source };
        let endpoint = Endpoint::bind_with(config, &[options.media], settings)
            .await
            .map_err(cannot(options.media))?;
        let signalling = TcpListener::bind(options.signalling).await;
        let signalling = signalling.map_err(cannot(options.signalling))?;
        let address = signalling.local_addr().map_err(cannot(options.signalling))?;
        let (tell, occurred) = mpsc::channel(MOST_UNTOLD);
        let shared = Arc::new(Shared {
            state,
            endpoint,
            options,
            fingerprints,
            ids: Mutex::new(Ids::seeded(seed)),
            tell,
            ending: watch::Sender::new(false),
        });
        Ok(Self {
            shared,
            signalling,
            address,
            occurred,
        })
    }

    /// Where it waits for those who join.
    pub fn signalling(&self) -> SocketAddr {
        self.address
    }

    /// Where it waits for their MSRP connections.
    pub fn media(&self) -> SocketAddr {
        self.shared
            .endpoint
            .addresses()
            .first()
            .copied()
            .unwrap_or(self.shared.options.media)
    }

    /// To look into it while it runs.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.shared.state))
    }

    /// Lets participants in until `end`, then ends all sessions. `tell` gets what happens; if it is so slow that more than
    /// 4096 occurrences wait, further ones are left out.
    pub async fn run(mut self, end: impl Future<Output = ()>, mut tell: impl FnMut(Occurrence)) {
        let mut end = std::pin::pin!(end);
        let mut joined = JoinSet::new();
        let joining = Arc::new(Semaphore::new(MOST_JOINING));
        loop {
            tokio::select! {
                biased;
                () = &mut end => break,
                Some(occurrence) = self.occurred.recv() => tell(occurrence),
                Some(_) = joined.join_next() => {}
                (accepted, place) = accept(&self.signalling, &joining) => match accepted {
                    Ok((stream, from)) => {
                        joined.spawn(Arc::clone(&self.shared).admit(stream, from, place));
                    }
                    // Too many files open, for one: it may pass.
                    Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                },
            }
        }
        self.shared.ending.send_replace(true);
        let parted = async { while joined.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(LEAVING, parted).await;
        joined.shutdown().await;
        // Nobody else has it by now.
        if let Ok(shared) = Arc::try_unwrap(self.shared) {
            let _ = shared.endpoint.shutdown(LEAVING).await;
        }
        while let Ok(occurrence) = self.occurred.try_recv() {
            tell(occurrence);
        }
    }
}

/// The next one who joins, and a place to do so.
async fn accept(
    listener: &TcpListener,
    joining: &Arc<Semaphore>,
) -> (io::Result<(TcpStream, SocketAddr)>, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(joining).acquire_owned().await.ok(); // it is never closed
    (listener.accept().await, place)
}

impl Handle {
    /// Sessions in the room.
    pub fn sessions(&self) -> usize {
        self.0.seats().room.sessions().len()
    }

    /// Octets that wait for all sessions.
    pub fn waiting(&self) -> usize {
        self.0.seats().outboxes.values().map(Outbox::octets).sum()
    }
}

impl Shared {
    fn tell(&self, occurrence: Occurrence) {
        // Whoever is told may be slow. What does not fit is not told, however often members change their names.
        let _ = self.tell.try_send(occurrence);
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a message on, or says with which status it is refused.
    fn pass_on(&self, session: &MsrpUri, message: &Received) -> Result<(), Refusal> {
        if message.head.is_duplicate() {
            return Ok(());
        }
        let key: Key = session.as_str().into();
        let seats = self.seats();
        let content_type = message.head.content_type();
        let recipients = seats.room.recipients(&key, content_type.as_ref(), &message.body);
        let recipients = recipients.map_err(|refusal| {
            let status = StatusCode::new(refusal.status()).and_then(Refusal::new);
            status.expect("a code from 400 on, and none of those that only others send")
        })?;
        // What nobody gets, though somebody should, has not arrived.
        let len = message.body.len();
        if seats.put(recipients.iter(), len, || copy_of(message)) == 0 && !recipients.is_empty() {
            return Err(Refusal::STOP_SENDING);
        }
        Ok(())
    }

    /// Says something in the name of the room to all but one, if they take text.
    fn say_to_others(&self, than: &Key, text: &str) {
        let seats = self.seats();
        let Some(wrapper) = notice(seats.room.address(), text) else {
            return;
        };
        let others = seats.room.sessions();
        let others = others.filter(|(key, joined)| *key != than && joined.takes(&plain()));
        let copy = || copy(wrapper.clone());
        seats.put(others.map(|(key, _)| key), wrapper.len(), copy);
    }

    /// Says something in the name of the room to one session.
    fn say_to(&self, key: &Key, text: &str) {
        let seats = self.seats();
        let takes_text = seats
            .room
            .session(key)
            .is_some_and(|joined| joined.takes(&plain()));
        if takes_text && let Some(wrapper) = notice(seats.room.address(), text) {
            seats.put([key].into_iter(), wrapper.len(), || copy(wrapper.clone()));
        }
    }
}

impl Seats {
    /// Queues a copy for each; those who have no room for it miss it. Returns how many have.
    fn put<'a>(&self, keys: impl Iterator<Item = &'a Key>, len: usize, copy: impl Fn() -> Message) -> usize {
        let outboxes = keys.filter_map(|key| self.outboxes.get(key));
        outboxes.filter(|outbox| outbox.put(copy(), len).is_ok()).count()
    }
}
