//! Sends texts and files to a peer that waits.

mod explain;
mod item;

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use indicatif::ProgressBar;
use msrp_proto::wire::{MsrpUri, Path, Scheme, SessionToken, StatusCode, UriError};
use msrp_proto::{
    Config, Connection, ConnectionError, Event, Link, Lookup, OutgoingEvent, OutgoingId, Role, SendFailure,
    SessionConfig, SessionEvent, SessionFailure, SessionId, TargetError, Terms,
};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use self::explain::Why;
use self::item::{Item, items};
use crate::terminal::progress_bar;
use crate::tokio_driver::{Driver, seed};

/// How long to go on for an orderly end.
const LEAVING: Duration = Duration::from_secs(3);

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// What the peer has printed.
    pub uri: String,
    /// Texts, in order.
    pub texts: Vec<String>,
    /// Files, in order, after the texts; `-` is standard input.
    pub files: Vec<PathBuf>,
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
    let items = items(&options.texts, &options.files)?;
    if items.is_empty() {
        return Err(Error::Nothing);
    }
    let stream = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        stream = connect(&uri, options.timeout) => stream?,
    };
    let (mut driver, session) = begin(uri, stream, options.timeout)?;
    let mut sending = Sending {
        session,
        items: items.into_iter(),
        current: None,
        wanted: None,
        failed: false,
        interrupted: false,
        refused: None,
        until: None,
        lost: None,
        untold: Vec::new(),
        progress: options.progress,
        bar: ProgressBar::hidden(),
        timeout: options.timeout,
    };
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
    Ok(match (sending.interrupted, sending.failed) {
        (true, _) => Outcome::Interrupted,
        (false, true) => Outcome::Failed,
        (false, false) => Outcome::Delivered,
    })
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

/// How far it has come.
struct Sending {
    session: SessionId,
    items: std::vec::IntoIter<Item>,
    current: Option<(OutgoingId, Item, Option<Why>)>,
    /// Octets of standard input that are wanted.
    wanted: Option<usize>,
    failed: bool,
    interrupted: bool,
    /// With what the session was refused.
    refused: Option<StatusCode>,
    /// When an orderly end has taken too long.
    until: Option<Instant>,
    lost: Option<ConnectionError>,
    /// Outcomes that have not been told: what is behind a loss is known at the end of the connection.
    untold: Vec<(Item, Result<(), Why>)>,
    progress: bool,
    bar: ProgressBar,
    timeout: Duration,
}

impl Sending {
    /// One after the other: what is refused then holds up nothing else.
    fn send_next(&mut self, connection: &mut Connection) {
        while self.current.is_none() {
            let Some(item) = self.items.next() else {
                if let Some(session) = connection.session(self.session) {
                    session.close();
                    self.leave();
                }
                return;
            };
            let Some(mut session) = connection.session(self.session) else {
                self.settle(item, Err(Why::SessionOver(self.refused)));
                continue;
            };
            match session.send(item.message()) {
                Ok(id) => {
                    if self.progress && item.is_file() {
                        self.bar = progress_bar(item.len);
                    }
                    self.current = Some((id, item, None));
                }
                Err(error) => self.settle(item, Err(Why::NotTaken(error.reason))),
            }
        }
    }

    fn leave(&mut self) {
        self.until.get_or_insert(Instant::now() + LEAVING);
    }

    fn settle(&mut self, item: Item, outcome: Result<(), Why>) {
        self.bar.finish_and_clear();
        self.failed |= outcome.is_err();
        self.untold.push((item, outcome));
    }

    fn on_event(&mut self, connection: &mut Connection, event: Event) {
        match event {
            Event::Outgoing(id, event) => self.on_outgoing(connection, id, event),
            Event::Session(_, SessionEvent::Closed) => {
                self.leave();
                let _ = connection.close();
            }
            Event::Session(_, SessionEvent::Failed(why, ..)) => {
                self.leave();
                if let SessionFailure::Refused(status) = why {
                    self.refused = Some(status);
                }
                self.send_next(connection);
                let _ = connection.close();
            }
            Event::ConnectionLost(why) => self.lost = Some(why),
            _ => {}
        }
    }

    async fn piece(&mut self) -> Option<io::Result<Bytes>> {
        let (_, item, _) = self.current.as_mut()?;
        item.piece(self.wanted?).await
    }

    fn on_piece(&mut self, connection: &mut Connection, piece: Option<io::Result<Bytes>>) {
        self.wanted = None;
        let Some((id, _, cause)) = &mut self.current else {
            return;
        };
        let Some(mut message) = connection.outgoing(*id) else {
            return;
        };
        match piece {
            // Asked again when there is room.
            Some(Ok(octets)) => {
                let _ = message.write(octets);
            }
            Some(Err(error)) => {
                *cause = Some(Why::Read(error.to_string()));
                message.abort();
            }
            None => {
                let _ = message.finish();
            }
        }
    }

    fn on_outgoing(&mut self, connection: &mut Connection, id: OutgoingId, event: OutgoingEvent) {
        let Some((current, item, cause)) = &mut self.current else {
            return;
        };
        if *current != id {
            return;
        }
        let outcome = match event {
            OutgoingEvent::BodyWanted { offset, max } => {
                let Some(mut message) = connection.outgoing(id) else {
                    return;
                };
                if item.is_input() {
                    self.wanted = Some(max);
                } else if item.len > 0 {
                    match item.read_at(offset, max) {
                        Ok(octets) => {
                            if message.write(octets).is_err() {
                                message.abort();
                            }
                        }
                        Err(error) => {
                            *cause = Some(Why::Read(error.to_string()));
                            message.abort();
                        }
                    }
                }
                return;
            }
            OutgoingEvent::Acknowledged { upto } => {
                self.bar.set_position(upto);
                return;
            }
            OutgoingEvent::Completed => Ok(()),
            OutgoingEvent::Failed(why) => Err(cause.take().unwrap_or(Why::Failed(why))),
            _ => return,
        };
        self.wanted = None;
        let silent = matches!(outcome, Err(Why::Failed(SendFailure::TimedOut)));
        if let Some((_, item, _)) = self.current.take() {
            self.settle(item, outcome);
        }
        if silent {
            self.give_up(&Why::NoAnswer);
        }
        // If the session is about to fail, its own event sees to the rest.
        if connection.session(self.session).is_some() {
            self.send_next(connection);
        }
    }

    fn interrupt(&mut self, connection: &mut Connection) {
        self.interrupted = true;
        if let Some((id, _, cause)) = &mut self.current {
            *cause = Some(Why::Interrupted);
            if let Some(message) = connection.outgoing(*id) {
                message.abort(); // the peer is told
            }
        }
        self.give_up(&Why::Interrupted);
        self.leave();
        if let Some(session) = connection.session(self.session) {
            session.close();
        }
    }

    /// Nothing that waits is sent any more.
    fn give_up(&mut self, why: &Why) {
        for item in std::mem::take(&mut self.items) {
            self.settle(item, Err(why.clone()));
        }
    }

    fn tell(
        &mut self,
        output: &mut impl Write,
        complain: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> io::Result<()> {
        for (item, outcome) in std::mem::take(&mut self.untold) {
            let waits = matches!(
                outcome,
                Err(Why::Failed(SendFailure::ConnectionLost) | Why::SessionOver(None))
            );
            match outcome {
                Ok(()) => {
                    let unit = if item.len == 1 { "octet" } else { "octets" };
                    writeln!(output, "{}: delivered, {} {unit}", item.title, item.len)?;
                    output.flush()?;
                }
                Err(_) if waits && self.lost.is_none() => self.untold.push((item, outcome)),
                Err(why) => complain(format_args!(
                    "{}: {}",
                    item.title,
                    why.in_words(self.lost, self.timeout)
                )),
            }
        }
        Ok(())
    }
}
