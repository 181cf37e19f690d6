//! Sends texts and files to a peer that waits.

pub(crate) mod explain;
pub(crate) mod item;
mod sending;
mod wrap;

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use msrp_cpim::BuildError;
use msrp_proto::wire::{MsrpUri, Path, Scheme, SessionToken, UriError};
use msrp_proto::{Config, Connection, Link, Lookup, Role, SessionConfig, SessionId, TargetError, Terms};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use self::item::items;
use self::sending::Sending;
pub use self::wrap::Wrapper;
use crate::tokio_driver::{Driver, seed};

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// What the peer has printed.
    pub uri: String,
    /// Texts, in order.
    pub texts: Vec<String>,
    /// Files, in order, after the texts; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// Sends everything in message/cpim that says this.
    pub wrapper: Option<Wrapper>,
    /// How long to wait for a connection, an answer, a confirmation.
    pub timeout: Duration,
    /// Show a bar on standard error.
    pub progress: bool,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer has confirmed everything.
    Delivered,
    /// Not everything was delivered, or confirmed.
    Failed,
    /// It was interrupted.
    Interrupted,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection.
    #[error("cannot connect to {target}{}", hint(.source))]
    Connect {
        /// Host and port.
        target: String,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("{}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard input can be read once.
    #[error("standard input can be sent once only")]
    InputTwice,
    /// Nothing to send.
    #[error("nothing to send: give a FILE or --text TEXT")]
    Nothing,
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
    /// TLS.
    #[error("wrong URI: msrps means TLS, which this program does not have yet")]
    Secure,
    /// The URI names no session.
    #[error("wrong URI: it has no session-id; it needs to be the whole line that \"msrp listen\" printed")]
    NoSession,
    /// No URI.
    #[error("wrong URI{}", explain::uri(*.0))]
    Uri(#[source] UriError),
    /// There is nothing to connect to for that URI.
    #[error("wrong URI: {}", explain::target(*.0))]
    Target(TargetError),
    /// A message/cpim cannot be built around it.
    #[error("cannot wrap it in message/cpim")]
    Wrapper(#[source] BuildError),
    /// The name of the host is not known.
    #[error("unknown host {host}")]
    UnknownHost {
        /// The name.
        host: String,
        /// Why.
        source: io::Error,
    },
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::ConnectionRefused => " (nobody listens there)",
        ErrorKind::TimedOut => " (no answer in time)",
        _ => "",
    }
}

/// Sends everything, one after the other, and tells what became of each: on `output` what was delivered,
/// by `complain` what was not.
///
/// # Errors
///
/// An [`Error`] if nothing was sent.
pub async fn run(
    options: &Options,
    output: &mut impl Write,
    mut complain: impl FnMut(fmt::Arguments<'_>),
) -> Result<Outcome, Error> {
    let uri: MsrpUri = options.uri.trim().parse().map_err(Error::Uri)?;
    if uri.scheme() == Scheme::Msrps {
        return Err(Error::Secure);
    }
    if uri.session_id().is_none() {
        return Err(Error::NoSession);
    }
    let items = items(&options.texts, &options.files, options.wrapper.as_ref())?;
    if items.is_empty() {
        return Err(Error::Nothing);
    }
    let stream = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        stream = connect(&uri, options.timeout) => stream?,
    };
    let (mut driver, session) = begin(uri, stream, options.timeout)?;
    let mut sending = Sending::new(session, items, options);
    sending.send_next(driver.connection_mut());
    loop {
        sending.tell(output, &mut complain).map_err(Error::Output)?;
        let (until, wanted, interrupted) = (sending.until, sending.wanted, sending.interrupted);
        tokio::select! {
            event = driver.next() => match event {
                Some(event) => sending.on_event(driver.connection_mut(), event),
                None => break,
            },
            piece = sending.piece(), if wanted.is_some() => {
                sending.on_piece(driver.connection_mut(), piece);
            }
            () = options.interrupted.notified(), if !interrupted => {
                sending.interrupt(driver.connection_mut());
            }
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {
                sending.until = None;
                driver.connection_mut().abort();
            }
        }
    }
    sending.tell(output, &mut complain).map_err(Error::Output)?;
    Ok(sending.outcome())
}

async fn connect(uri: &MsrpUri, wait: Duration) -> Result<TcpStream, Error> {
    let target = uri.target().map_err(Error::Target)?;
    let port = target.port();
    let (shown, addresses): (String, Vec<SocketAddr>) = match target.lookup() {
        Lookup::NotNeeded(address) => {
            let address = SocketAddr::new(address, port);
            (address.to_string(), vec![address])
        }
        Lookup::Address(name) | Lookup::Service { fallback: name, .. } => {
            let unknown = |source| Error::UnknownHost {
                host: name.as_str().into(),
                source,
            };
            let found = timeout(wait, lookup_host((name.as_str(), port))).await;
            let found = found
                .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
                .map_err(unknown)?;
            (format!("{}:{port}", name.as_str()), found.collect())
        }
        _ => return Err(Error::Target(TargetError::UnsupportedTransport)),
    };
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    // In the order of the answer until one connects (RFC 4975 §6.2).
    for address in addresses {
        match timeout(wait, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = ErrorKind::TimedOut.into(),
        }
    }
    Err(Error::Connect {
        target: shown,
        source: last,
    })
}

fn begin(
    remote: MsrpUri,
    stream: TcpStream,
    timeout: Duration,
) -> Result<(Driver<TcpStream>, SessionId), Error> {
    let _ = stream.set_nodelay(true);
    let mut octets = [0; 10];
    getrandom::fill(&mut octets).map_err(|error| Error::Random(error.into()))?;
    let own = stream
        .local_addr()
        .unwrap_or(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 9));
    let local = MsrpUri::build(Scheme::Msrp, &*own.ip().to_string())
        .port(own.port())
        .session_id(SessionToken::random(|buffer| buffer.copy_from_slice(&octets)))
        .finish()
        .expect("an address and a port make a URI");
    let config = Config::default()
        .transaction_timeout(timeout)
        .report_timeout(Some(timeout));
    let seed = seed().map_err(Error::Random)?;
    let mut connection = Connection::new(Arc::new(config), Link::tcp(), Instant::now().into_std(), seed);
    let terms = Terms::new(Path::from(remote));
    let session = connection
        .open(SessionConfig::new(local, Role::Active, terms))
        .expect("the connection is new, and both URIs are msrp");
    Ok((Driver::new(connection, stream), session))
}
