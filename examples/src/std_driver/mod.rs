//! Drives a [`Connection`] over a blocking TCP socket, in TLS or not, with threads of the standard library.
//!
//! Two MSRP endpoints that write at the same time, and read only when they have written, wait for one
//! another for ever. A blocking socket knows no "whichever comes first", so three threads share the work:
//!
//! ```text
//!               permits                     buffers
//!   reader  <------------  the thread of  ------------>  writer
//!   thread  ------------>  [Driver::run]  <------------  thread
//!            octets, eof         ^          "written"
//!                                | commands of other threads, by [Handle]
//! ```
//!
//! - The state and the application live on the thread that calls [`Driver::run`]. It waits in one place
//!   only: for whatever wakes it, or the time of `poll_timeout`.
//! - The reader reads once per permit. Permits are given while `wants_input` is true, so an application
//!   that is slow, or a peer that does not take its answers, stops the reading; TCP does the rest.
//! - The writer has one buffer at a time. What is to be sent after it is not made before the operating
//!   system has taken it, so that answers and short messages overtake a long one.
//! - TLS is one more state between the two, and lives on the same thread: what the reader brings is decrypted
//!   there, what the writer gets is encrypted there ([`Driver::secure`]). The other threads only know octets.
//!
//! A session that an offer and an answer have agreed upon (`msrp_sdp::Agreement`) comes here in three steps: its settings go
//! to [`Connection::open`], [`establish`] makes the socket, [`Layer::of`] the TLS. The README shows it, and
//! [`demo`](crate::demo) does it.
//!
//! Behind relays (RFC 4976) the connection is one to the own relay: [`connect`] to
//! [`RelayConfig::target`](msrp_proto::RelayConfig::target), [`Layer::to_relay`], and
//! [`Connection::authorize`]. The session is opened on the same connection when
//! [`RelayEvent::Authorized`](msrp_proto::RelayEvent::Authorized) has come.

mod connect;
mod establish;
mod threads;
mod transport;

use std::fmt;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_proto::{Connection, ConnectionError, Event, LinkError, Seed};

pub use self::connect::{connect, connect_any};
pub use self::establish::{EstablishError, establish};

use self::threads::{read_when_permitted, write_in_turn};
use self::transport::Transport;
use crate::dscp::Dscp;
use crate::tls::{Layer, TlsError};

/// What an application does about the events of its connection. Closures will do.
pub trait Application {
    /// Called with each event, in order, on the thread of the driver. While it runs nothing is read and
    /// nothing new is sent.
    fn on_event(&mut self, connection: &mut Connection, event: Event);

    /// Called once, before any event that comes of octets of the peer, when the TLS handshake is over and the peer is whom
    /// it should be: for those who want to show how. Not called without TLS. Default: nothing.
    fn on_secured(&mut self, tls: &Layer) {
        let _ = tls;
    }
}

impl<F: FnMut(&mut Connection, Event)> Application for F {
    fn on_event(&mut self, connection: &mut Connection, event: Event) {
        self(connection, event);
    }
}

/// A connection and what wakes its thread. Sessions can be opened on the connection before it is put
/// here, or later by a command.
pub struct Driver<A> {
    connection: Connection,
    wakes: Receiver<Wake<A>>,
    handle: Handle<A>,
    linger: Duration,
    tls: Option<Layer>,
    dscp: Option<Dscp>,
}

/// Gives commands to a [`Driver`], running or about to, from any thread.
pub struct Handle<A>(Sender<Wake<A>>);

/// The driver has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection has ended")]
pub struct Gone;

/// How a connection ended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended {
    /// What [`Event::ConnectionLost`] told the application.
    pub reason: ConnectionError,
    /// What the operating system said, if the transport failed, or a [`TlsError`] ([`TlsError::of`]).
    pub error: Option<io::Error>,
}

/// What the thread of the connection waits for.
enum Wake<A> {
    Command(Command<A>),
    /// The peer sends no more.
    Eof,
    Failed(io::Error),
    Read(Bytes),
    Written,
}

type Command<A> = Box<dyn FnOnce(&mut Connection, &mut A) + Send>;

impl<A: Application> Driver<A> {
    /// A driver that has yet to run.
    pub fn new(connection: Connection) -> Self {
        let (handle, wakes) = mpsc::channel();
        Self {
            connection,
            wakes,
            handle: Handle(handle),
            linger: Duration::from_secs(2),
            tls: None,
            dscp: Some(Dscp::default()),
        }
    }

    /// Has the connection in TLS; with `None`, as [`Layer::of`] has it for plans without TLS, it is left as it is. The
    /// handshake comes first and has 10 s; until it is over and the certificate of the peer judged, nothing of the
    /// connection is sent. If it fails, the sessions do.
    ///
    /// For a connection of [`Link::tls`](msrp_proto::Link::tls). Without this, such a connection fails with
    /// [`TlsError::Plain`]: what was to be protected does not go over a plain socket.
    pub fn secure(self, tls: impl Into<Option<Layer>>) -> Self {
        Self {
            tls: tls.into(),
            ..self
        }
    }

    /// How packets are marked, if that can be had. Default: [`Dscp::AF21`].
    pub fn dscp(self, dscp: Option<Dscp>) -> Self {
        Self { dscp, ..self }
    }

    /// How long to wait, after the last event, for the last octets to leave and for the peer to close its
    /// side as well. Default: 2 s.
    pub fn linger(self, linger: Duration) -> Self {
        Self { linger, ..self }
    }

    /// By which other threads command this driver.
    pub fn handle(&self) -> Handle<A> {
        self.handle.clone()
    }

    /// Runs the connection over a socket, or over the error of connecting, until it has ended. Returns
    /// when its threads are gone.
    ///
    /// The connection ends when the peer closes it, when the transport fails, or when the application
    /// calls [`Connection::close`] or [`Connection::abort`]. Commands that were given by then but not yet
    /// carried out are dropped.
    pub fn run(self, stream: io::Result<TcpStream>, application: &mut A) -> Ended {
        let Self {
            mut connection,
            wakes,
            handle: Handle(wake),
            linger,
            tls,
            dscp,
        } = self;
        let (permits, permitted) = mpsc::channel();
        let (to_write, written) = mpsc::channel();
        let is_plain = tls.is_none() && connection.link().is_secure();
        let drive = Drive {
            connection: &mut connection,
            application,
            transport: Transport::new(tls, Instant::now()),
            wakes: &wakes,
            permits,
            to_write,
            linger,
        };
        let stream = match stream.and_then(|stream| prepare(stream, dscp)) {
            Ok(_) if is_plain => Err(TlsError::Plain.into()),
            prepared => prepared,
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                let _ = wake.send(Wake::Failed(error)); // behind the commands given so far
                return drive.run(None);
            }
        };
        thread::scope(|threads| {
            // A thread in a system call notices this alone. It must come even if the application panics.
            let hang_up = HangUp(&stream);
            let wake_too = wake.clone();
            threads.spawn(|| read_when_permitted(&stream, permitted, wake));
            threads.spawn(|| write_in_turn(&stream, written, wake_too));
            drive.run(Some(hang_up))
        })
    }
}

/// What a running driver has at hand.
struct Drive<'a, A> {
    connection: &'a mut Connection,
    application: &'a mut A,
    transport: Transport,
    wakes: &'a Receiver<Wake<A>>,
    permits: Sender<()>,
    to_write: Sender<Bytes>,
    linger: Duration,
}

impl<A: Application> Drive<'_, A> {
    fn run(self, link: Option<HangUp<'_>>) -> Ended {
        let Self {
            connection,
            application,
            mut transport,
            wakes,
            permits,
            to_write,
            linger,
        } = self;
        let (mut reading, mut writing, mut eof, mut broken) = (false, false, false, false);
        let mut error = None;
        let mut lost = None;
        let (reason, until) = loop {
            while let Some(event) = connection.poll_event() {
                if let Event::ConnectionLost(reason) = event {
                    let patience = match reason {
                        ConnectionError::Aborted => Duration::ZERO,
                        _ => linger,
                    };
                    lost = Some((reason, Instant::now() + patience));
                }
                application.on_event(connection, event);
            }
            if !writing && let Some(octets) = transport.poll_transmit(connection, Instant::now()) {
                writing = true;
                let _ = to_write.send(octets); // a writer that is gone has told why
                continue; // handing out octets may have raised events
            }
            if let Some((reason, until)) = lost
                && (connection.is_closed() && !writing || until <= Instant::now())
            {
                break (reason, until);
            }
            if !reading && transport.wants_input(connection) {
                reading = true;
                let _ = permits.send(());
            }
            let until = lost.map(|(_, until)| until);
            let due = [connection.poll_timeout(), until, transport.due()];
            match wait(wakes, due.into_iter().flatten().min()) {
                Some(Wake::Read(octets)) => {
                    reading = false;
                    eof |= transport.handle_input(connection, Instant::now(), octets);
                    if let Some(tls) = transport.poll_secured() {
                        application.on_secured(tls);
                    }
                }
                Some(Wake::Written) => {
                    writing = false;
                    connection.handle_flushed(Instant::now());
                }
                Some(Wake::Eof) => {
                    eof = true;
                    transport.handle_eof(connection, Instant::now());
                }
                Some(Wake::Failed(cause)) => {
                    let what = match TlsError::of(&cause) {
                        Some(error) => error.link_error(),
                        None if link.is_some() => LinkError::Reset,
                        None => LinkError::Connect,
                    };
                    (writing, broken) = (false, true);
                    error.get_or_insert(cause);
                    connection.handle_failure(Instant::now(), what);
                }
                Some(Wake::Command(command)) => command(connection, application),
                None => {}
            }
            // Also when something else came first: a busy peer must not keep timers from going off.
            let now = Instant::now();
            if connection.poll_timeout().is_some_and(|due| due <= now) {
                connection.handle_timeout(now);
            }
            transport.handle_timeout(connection, now);
        };
        if let Some(HangUp(stream)) = &link
            && !writing
            && !broken
        {
            if let Some(octets) = transport.close() {
                let _ = to_write.send(octets);
                loop {
                    match wait(wakes, Some(until)) {
                        Some(Wake::Written | Wake::Failed(_)) | None => break,
                        Some(Wake::Read(_)) => reading = false,
                        Some(Wake::Eof) => eof = true,
                        Some(Wake::Command(_)) => {}
                    }
                }
            }
            // A socket that is closed with octets unread resets the connection, and the peer may lose the
            // last that was sent to it. So the peer is told first, and has its say.
            let _ = stream.shutdown(Shutdown::Write);
            while !eof {
                if !reading {
                    reading = true;
                    let _ = permits.send(());
                }
                match wait(wakes, Some(until)) {
                    Some(Wake::Read(_)) => reading = false,
                    Some(Wake::Command(_) | Wake::Written) => {}
                    Some(Wake::Eof | Wake::Failed(_)) | None => eof = true,
                }
            }
        }
        let error = error.or_else(|| transport.error().map(Into::into));
        Ended { reason, error }
    }
}

fn prepare(stream: TcpStream, dscp: Option<Dscp>) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    if let (Some(dscp), Ok(address)) = (dscp, stream.peer_addr()) {
        let _ = dscp.mark(&stream, address); // a wish, not a condition
    }
    Ok(stream)
}

/// `None`: the time has come.
fn wait<A>(wakes: &Receiver<Wake<A>>, due: Option<Instant>) -> Option<Wake<A>> {
    let wake = match due {
        Some(due) => wakes.recv_timeout(due.saturating_duration_since(Instant::now())),
        None => wakes.recv().map_err(RecvTimeoutError::from),
    };
    wake.ok()
}

/// Closes a socket both ways when dropped, whatever the threads are waiting for.
struct HangUp<'a>(&'a TcpStream);

impl Drop for HangUp<'_> {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl<A> Handle<A> {
    /// Has a command carried out on the thread of the driver, which then goes on as after an event.
    ///
    /// # Errors
    ///
    /// [`Gone`] if the connection has ended.
    pub fn call(&self, command: impl FnOnce(&mut Connection, &mut A) + Send + 'static) -> Result<(), Gone> {
        self.0.send(Wake::Command(Box::new(command))).map_err(|_| Gone)
    }
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A> fmt::Debug for Driver<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for Handle<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

/// A seed from the generator of the operating system.
///
/// # Errors
///
/// What that generator says.
pub fn seed() -> io::Result<Seed> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets)?;
    Ok(Seed::new(octets))
}
