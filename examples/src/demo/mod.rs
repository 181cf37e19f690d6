//! `msrp demo`: two endpoints in one process, which agree upon a session by an offer and an answer, and have a real
//! connection between them, in TLS or not. One sends a large file from disk to disk; both send short texts meanwhile,
//! which must not wait for the file.

mod content;
mod file;
mod peer;
mod show;
mod signalling;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

use indicatif::ProgressBar;
use msrp_proto::{Config, Connection, Link, OpenErrorReason};
use msrp_sdp::Ids;
use rustls::RootCertStore;

use self::file::Offer;
use self::peer::{News, Peer, Who};
use self::show::Show;
use self::signalling::{Party, signal};
use crate::dscp::Dscp;
use crate::std_driver::{Driver, Handle, establish};
use crate::terminal::progress_bar;
use crate::tls::{Layer, TlsError};

pub use self::signalling::SignallingError;

/// What to demonstrate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the file comes from.
    pub source: Source,
    /// Most octets of body in a chunk; `None` sends the file as one chunk that is interrupted when others
    /// wait.
    pub chunk_limit: Option<usize>,
    /// Over TCP, readable on the way, instead of TLS.
    pub plain: bool,
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
    /// The session that was agreed upon cannot be opened.
    #[error("cannot open the session")]
    Session(#[from] OpenErrorReason),
    /// The two cannot agree upon a session.
    #[error("no session can be agreed upon")]
    Signalling(#[from] SignallingError),
    /// The operating system gives no randomness or threads.
    #[error("the system denies what the demonstration needs")]
    System(#[source] io::Error),
    /// Temporary files cannot be written.
    #[error("cannot write temporary files")]
    Temporary(#[source] io::Error),
    /// TLS cannot begin.
    #[error("TLS cannot be had")]
    Tls(#[from] TlsError),
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
    let mut ids = ids().map_err(Error::System)?;
    let signalled = signal(options.plain, &mut ids)?;

    let progress = Arc::new(AtomicU64::new(0));
    let (news, told) = mpsc::channel();
    let config = Arc::new(Config::default().chunk_limit(options.chunk_limit));
    let roots = Arc::new(RootCertStore::empty()); // nobody is known by name
    let mut endpoint = |who: Who, party: &Party| -> Result<(Driver<Peer>, Peer), Error> {
        let plan = party.agreement.plan();
        let link = if plan.tls() { Link::tls() } else { Link::tcp() };
        let mut connection = Connection::new(Arc::clone(&config), link, Instant::now(), ids.seed());
        let session = connection
            .open(party.agreement.session())
            .map_err(|error| error.reason)?;
        let tls = match &party.identity {
            Some(identity) => Layer::of(plan, identity, &roots)?,
            None => None,
        };
        let (plan, news) = (plan.clone(), news.clone());
        let peer = Peer::new(who, session, plan, folder.path(), offer.len, &progress, news);
        Ok((Driver::new(connection).secure(tls), peer))
    };
    let (alice, alice_peer) = endpoint(Who::Alice, &signalled.alice)?;
    let (bob, bob_peer) = endpoint(Who::Bob, &signalled.bob)?;
    let handles = [alice.handle(), bob.handle()];

    let bar = if options.progress {
        progress_bar(offer.len)
    } else {
        ProgressBar::hidden()
    };
    let mut show = Show::new(transcript, bar, &offer, &progress, folder.path(), stop);
    thread::scope(|threads| {
        let _ends = AbortOnDrop(&handles);
        let sides = [
            (alice, alice_peer, &signalled.alice),
            (bob, bob_peer, &signalled.bob),
        ];
        for (driver, mut peer, party) in sides {
            let news: Sender<News> = news.clone();
            thread::Builder::new()
                .name(peer.who.name().into())
                .spawn_scoped(threads, move || {
                    let plan = party.agreement.plan();
                    let stream = establish(plan, Some(&party.listener), Some(Dscp::default()));
                    let ended = driver.run(stream.map_err(Into::into), &mut peer);
                    let _ = news.send(News::Ended(peer.who, ended));
                })
                .map_err(Error::System)?;
        }
        show.introduce(options.chunk_limit)
            .and_then(|()| show.signalling(&signalled))
            .and_then(|()| show.connect(&signalled, &told, &handles))
            .and_then(|()| show.play(&told, &handles))
            .and_then(|()| show.conclude())
            .map_err(Error::Output)
    })
}

/// Where everything that must not be guessed comes from.
fn ids() -> io::Result<Ids> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(Ids::seeded(seed))
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
