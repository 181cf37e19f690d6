//! Waits for peers, shows what they say, and stores what they send.

mod peer;

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::Config;
use msrp_proto::wire::{MsrpUri, Scheme, SessionToken};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use self::peer::{Shared, Visit, receive};
use crate::reach::{NotAHost, reached_by};
use crate::receiving::{SILENCE, prepare};

/// More peers at a time wait until one leaves.
const MAX_PEERS: usize = 64;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// Where to wait.
    pub bind: SocketAddr,
    /// The host to write into the URI; by default the address.
    pub name: Option<String>,
    /// Where files go.
    pub folder: PathBuf,
    /// End when the first peer has left.
    pub once: bool,
    /// The most octets of a message.
    pub max_size: Option<u64>,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The one peer has left, and all it sent has arrived.
    Well,
    /// The one peer has left, and something of it did not arrive.
    Incomplete,
    /// It was interrupted.
    Interrupted,
}

/// Why nobody can be waited for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not to be had.
    #[error("cannot wait at {address}{}", hint(.source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Files cannot be stored in the folder.
    #[error("cannot store files in {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was given as a name is neither a host name nor an address.
    #[error("--name: neither a host name nor an address")]
    Name,
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => " (another program does; --bind takes another port, or 0 for any)",
        _ => "",
    }
}

/// Waits until it is interrupted or, with `once`, until the first peer has left. The first line of the output
/// is the URI that peers need; `remark` gets what is not for them.
///
/// Needs a runtime of several threads: writing to disk blocks one of them.
///
/// # Errors
///
/// An [`Error`] if it cannot begin, or not tell what arrives.
pub async fn run(
    options: &Options,
    output: &mut impl Write,
    mut remark: impl FnMut(fmt::Arguments<'_>),
) -> Result<Outcome, Error> {
    prepare(&options.folder).map_err(|source| Error::Folder {
        folder: options.folder.clone(),
        source,
    })?;
    let address = options.bind;
    let cannot = |source| Error::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let (uri, reachable) = uri(listener.local_addr().map_err(cannot)?, options.name.as_deref())?;
    say(output, uri.as_str())?;
    if !reachable {
        remark(format_args!(
            "peers on this machine only can use that URI; see --bind and --name"
        ));
    }
    remark(format_args!("waiting; a peer needs: msrp send '{uri}' FILE..."));
    remark(format_args!(
        "files go to {}; Ctrl-C ends",
        options.folder.display()
    ));

    let (told, mut lines) = mpsc::channel(64);
    let shared = Arc::new(Shared {
        uri,
        folder: options.folder.clone().into(),
        max_size: options.max_size,
        config: Arc::new(Config::default().incomplete_timeout(SILENCE)),
        told,
    });
    // Dropped on every way out: with it go the connections and what they have not completed.
    let mut peers: JoinSet<Visit> = JoinSet::new();
    let mut number = 0;
    let outcome = loop {
        tokio::select! {
            biased;
            () = options.interrupted.notified() => break Outcome::Interrupted,
            Some(line) = lines.recv() => say(output, &line)?,
            Some(visit) = peers.join_next() => {
                let visit = visit.unwrap_or_default();
                if options.once && visit.bound {
                    break if visit.incomplete { Outcome::Incomplete } else { Outcome::Well };
                }
            }
            accepted = listener.accept(), if peers.len() < MAX_PEERS => match accepted {
                Ok((stream, from)) => {
                    number += 1;
                    peers.spawn(receive(number, stream, from.ip(), Arc::clone(&shared)));
                }
                Err(error) => {
                    // Too many files open, for one: it may pass.
                    remark(format_args!("a peer could not be let in: {error}"));
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    };
    peers.shutdown().await;
    while let Ok(line) = lines.try_recv() {
        say(output, &line)?;
    }
    Ok(outcome)
}

/// A URI with a fresh session-id for what listens at `bound`; and whether peers on other machines can use it.
fn uri(bound: SocketAddr, name: Option<&str>) -> Result<(MsrpUri, bool), Error> {
    let (host, reachable) = reached_by(bound.ip(), name).map_err(|NotAHost| Error::Name)?;
    let mut octets = [0; 10];
    getrandom::fill(&mut octets).map_err(|error| Error::Random(error.into()))?;
    let uri = MsrpUri::build(Scheme::Msrp, &host)
        .port(bound.port())
        .session_id(SessionToken::random(|buffer| buffer.copy_from_slice(&octets)))
        .finish()
        .map_err(|_| Error::Name)?;
    Ok((uri, reachable))
}

fn say(output: &mut impl Write, line: &str) -> Result<(), Error> {
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(Error::Output)
}
