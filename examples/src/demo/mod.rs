//! `msrp demo`: two endpoints in one process, with a real TCP connection between them. One sends a large
//! file from disk to disk; both send short texts meanwhile, which must not wait for the file.

mod content;
mod file;
mod peer;
mod show;

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use indicatif::ProgressBar;
use msrp_proto::wire::{BuildError, MsrpUri, Path, Scheme, SessionToken};
use msrp_proto::{Config, Connection, Link, Role, SessionConfig, Terms};

use self::file::Offer;
use self::peer::{News, Peer, Who};
use self::show::Show;
use crate::std_driver::{Driver, Handle, seed};
use crate::terminal::progress_bar;

/// What to demonstrate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the file comes from.
    pub source: Source,
    /// Most octets of body in a chunk; `None` sends the file as one chunk that is interrupted when others
    /// wait.
    pub chunk_limit: Option<usize>,
    /// Whether progress may be drawn on the terminal (standard error).
    pub progress: bool,
    /// Set by whoever wants the demonstration to stop early and tidy up.
    pub interrupted: Arc<AtomicBool>,
}

/// Where the file comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// This one, which is only read.
    File(PathBuf),
    /// Pseudo-random octets in a temporary file.
    Generated {
        /// How many.
        octets: u64,
    },
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The received file has the SHA-256 of the one sent.
    pub file_intact: bool,
    /// The sender had the success REPORT it asked for.
    pub file_confirmed: bool,
    /// Texts sent.
    pub texts_sent: usize,
    /// Texts that arrived as they were sent.
    pub texts_intact: usize,
    /// Other content that was to arrive: who is composing, a message/cpim, a notification, a multipart.
    pub contents_sent: usize,
    /// What of it arrived as it was sent.
    pub contents_intact: usize,
    /// It was told to stop.
    pub interrupted: bool,
}

impl Outcome {
    /// Whether everything arrived as it was sent, and its senders know.
    pub fn is_intact(&self) -> bool {
        let texts = self.texts_sent == self.texts_intact;
        let contents = self.contents_sent == self.contents_intact;
        self.file_intact && self.file_confirmed && texts && contents && !self.interrupted
    }
}

/// Why the demonstration could not take place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is none that a URI can name.
    #[error("cannot name the session")]
    Address(#[from] BuildError),
    /// The file to send cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The transcript cannot be written.
    #[error("cannot write the transcript")]
    Output(#[source] io::Error),
    /// The operating system gives no randomness, sockets, or threads.
    #[error("the system denies what the demonstration needs")]
    System(#[source] io::Error),
    /// Temporary files cannot be written.
    #[error("cannot write temporary files")]
    Temporary(#[source] io::Error),
}

/// Runs the demonstration and writes its transcript.
///
/// # Errors
///
/// [`Error`] if it could not take place. That something did not arrive is no error but an [`Outcome`].
pub fn run(options: &Options, transcript: &mut dyn Write) -> Result<Outcome, Error> {
    let folder = tempfile::Builder::new()
        .prefix("msrp-demo-")
        .tempdir()
        .map_err(Error::Temporary)?;
    let stop = &*options.interrupted;
    let offer = Offer::prepare(&options.source, stop)?;
    let (active, passive) = sockets().map_err(Error::System)?;
    // What signalling does in real life: each side makes a URI for the session, and tells the other.
    let alice_uri = session_uri(active.local_addr().map_err(Error::System)?)?;
    let bob_uri = session_uri(passive.local_addr().map_err(Error::System)?)?;

    let progress = Arc::new(AtomicU64::new(0));
    let (news, told) = mpsc::channel();
    let config = Arc::new(Config::default().chunk_limit(options.chunk_limit));
    let endpoint = |who: Who, local: &MsrpUri, remote: &MsrpUri| -> Result<(Driver<Peer>, Peer), Error> {
        let seed = seed().map_err(Error::System)?;
        let mut connection = Connection::new(Arc::clone(&config), Link::tcp(), Instant::now(), seed);
        let role = match who {
            Who::Alice => Role::Active,
            Who::Bob => Role::Passive,
        };
        let terms = Terms::new(Path::from(remote.clone()));
        let session = connection
            .open(SessionConfig::new(local.clone(), role, terms))
            .map_err(|error| Error::System(io::Error::other(error)))?;
        let peer = Peer::new(who, session, folder.path(), offer.len, &progress, news.clone());
        Ok((Driver::new(connection), peer))
    };
    let (alice, alice_peer) = endpoint(Who::Alice, &alice_uri, &bob_uri)?;
    let (bob, bob_peer) = endpoint(Who::Bob, &bob_uri, &alice_uri)?;
    let handles = [alice.handle(), bob.handle()];

    let bar = if options.progress {
        progress_bar(offer.len)
    } else {
        ProgressBar::hidden()
    };
    let mut show = Show::new(transcript, bar, &offer, &progress, folder.path(), stop);
    thread::scope(|threads| {
        let _ends = AbortOnDrop(&handles);
        for (driver, mut peer, stream) in [(alice, alice_peer, active), (bob, bob_peer, passive)] {
            let news: Sender<News> = news.clone();
            thread::Builder::new()
                .name(peer.who.name().into())
                .spawn_scoped(threads, move || {
                    let ended = driver.run(Ok(stream), &mut peer);
                    let _ = news.send(News::Ended(peer.who, ended));
                })
                .map_err(Error::System)?;
        }
        show.introduce([&alice_uri, &bob_uri], options.chunk_limit)
            .and_then(|()| show.play(&told, &handles))
            .and_then(|()| show.conclude())
            .map_err(Error::Output)
    })
}

/// Both ends of a connection over loopback.
fn sockets() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let active = TcpStream::connect(listener.local_addr()?)?;
    loop {
        let (passive, from) = listener.accept()?;
        if from == active.local_addr()? {
            return Ok((active, passive));
        }
    }
}

fn session_uri(address: SocketAddr) -> Result<MsrpUri, Error> {
    let mut failed = None;
    let token = SessionToken::random(|octets| failed = getrandom::fill(octets).err());
    match failed {
        Some(error) => Err(Error::System(error.into())),
        None => Ok(MsrpUri::build(Scheme::Msrp, address.ip())
            .port(address.port())
            .session_id(token)
            .finish()?),
    }
}

/// However the demonstration ends, its threads do.
struct AbortOnDrop<'a>(&'a [Handle<Peer>; 2]);

impl Drop for AbortOnDrop<'_> {
    fn drop(&mut self) {
        for handle in self.0 {
            let _ = handle.call(|connection, _| connection.abort());
        }
    }
}
