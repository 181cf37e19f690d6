//! One connection over one stream.

use std::fmt;
use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use msrp_proto::{Connection, ConnectionError, Event, LinkError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::coop;
use tokio::time::{Instant, Sleep, sleep_until};

use super::room::Room;
use crate::tls::TlsError;

/// A [`Connection`] and the stream that carries it.
///
/// [`next`](Self::next) does everything: it reads, writes, keeps time and returns the events. Between two
/// calls the connection takes commands:
///
/// ```
/// # use msrp_examples::tokio_driver::Driver;
/// # use msrp_proto::{Connection, Event};
/// # use tokio::io::{AsyncRead, AsyncWrite};
/// # use tokio::sync::mpsc::Receiver;
/// # async fn run(
/// #     mut driver: Driver<impl AsyncRead + AsyncWrite + Unpin>,
/// #     mut commands: Receiver<Box<dyn FnOnce(&mut Connection) + Send>>,
/// #     mut on_event: impl FnMut(&mut Connection, Event),
/// # ) {
/// loop {
///     tokio::select! {
///         event = driver.next() => match event {
///             Some(event) => on_event(driver.connection_mut(), event),
///             None => break,
///         },
///         Some(command) = commands.recv() => command(driver.connection_mut()),
///     }
/// }
/// # }
/// ```
///
/// - It reads only while the connection wants input. An application that leaves events where they are, or a
///   peer that does not take its answers, stops the reading; TCP does the rest.
/// - It has one buffer to write at a time. What is to be sent after it is not made before the stream has
///   taken it, so that answers and short messages overtake a long one.
/// - It never waits in a write: reading goes on, before it and between any two.
/// - Neither a busy peer nor a busy application keeps timers from going off, nor other tasks from running:
///   it takes part in the budget of tokio ([`tokio::task::coop`]).
///
/// Call [`next`](Self::next) until it returns `None`, then drop the driver. A driver that is dropped earlier
/// closes its stream at once, and what it was about to write is lost.
///
/// For links that are streams, [`Link::tcp`](msrp_proto::Link::tcp) and [`Link::tls`](msrp_proto::Link::tls):
/// WebSocket and data channels carry messages, whose bounds a stream does not keep.
///
/// Runs on a tokio runtime with time enabled. The clock is [`tokio::time`], so tests can pause it.
pub struct Driver<S> {
    connection: Connection,
    stream: S,
    room: Room,
    /// Taken from the connection, not yet by the stream.
    out: Bytes,
    writing: Writing,
    /// The application has enough.
    held: bool,
    /// Nothing more comes from the stream.
    eof: bool,
    /// Something was read, and no buffer written since.
    write_first: bool,
    /// Made when there is first something to wait for.
    sleep: Option<Pin<Box<Sleep>>>,
    linger: Duration,
    /// The connection is lost, and the stream has so long to end in good order.
    until: Option<Instant>,
    error: Option<io::Error>,
    over: bool,
}

/// What the write side of a stream is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// Nothing, or `out`.
    Octets,
    /// To pass on what it has taken: a TLS stream, for one, keeps some back.
    Flush,
    /// Its last.
    Done,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    /// Puts a connection on a stream that is ready for octets: connected, and past its TLS handshake if it
    /// has one. Sessions can be opened before or later.
    ///
    /// A TLS stream must have judged its peer by then, or have a session accepted only when it has
    /// ([`tls`](crate::tls)); it reports an end without close_notify as an error, as those of `tokio-rustls` do.
    ///
    /// For TCP, have `set_nodelay(true)` set: octets are handed out in buffers that are worth a segment.
    pub fn new(connection: Connection, stream: S) -> Self {
        Self {
            connection,
            stream,
            room: Room::default(),
            out: Bytes::new(),
            writing: Writing::Octets,
            held: false,
            eof: false,
            write_first: false,
            sleep: None,
            linger: Duration::from_secs(2),
            until: None,
            error: None,
            over: false,
        }
    }

    /// How long to wait, after the last event, for the last octets to leave and for the peer to close its
    /// side as well. Default: 2 s.
    pub fn linger(self, linger: Duration) -> Self {
        Self { linger, ..self }
    }

    /// The next event. `None` when the connection has ended, all octets are written, and the stream is shut
    /// down; the last event before it is [`Event::ConnectionLost`].
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped at any time, as `select!` does: it holds nothing, all is in the driver.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Reads, writes and keeps time, but leaves the events where they are: for applications that have not
    /// dealt with the last one yet. Reading stops when enough events wait. Returns as
    /// [`next`](Self::next) returns `None`, and not before the events were taken.
    ///
    /// # Cancel safety
    ///
    /// As for [`next`](Self::next).
    pub async fn carry_on(&mut self) {
        poll_fn(|cx| self.poll_carry_on(cx)).await
    }

    /// [`next`](Self::next), for those who poll by hand. After a command it must be polled again.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        loop {
            if let Some(event) = self.connection.poll_event() {
                if let Event::ConnectionLost(reason) = event {
                    let patience = match reason {
                        ConnectionError::Aborted => Duration::ZERO,
                        _ => self.linger,
                    };
                    self.until = Some(Instant::now() + patience);
                }
                return Poll::Ready(Some(event));
            }
            if self.over {
                return Poll::Ready(None);
            }
            ready!(self.poll_step(cx));
        }
    }

    /// [`carry_on`](Self::carry_on), for those who poll by hand.
    pub fn poll_carry_on(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.over {
            ready!(self.poll_step(cx));
        }
        Poll::Ready(())
    }

    /// Whether to read nothing for now, even if the connection wants input. Unlike with
    /// [`carry_on`](Self::carry_on) the events of what was read already are still handed out.
    pub fn hold_input(&mut self, hold: bool) {
        self.held = hold;
    }

    /// The connection, to look at.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection, to command it. What comes of it happens in the next call of [`next`](Self::next):
    /// take events there, not here.
    pub fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The stream, to look at.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    /// Gives up a peer that is not the one expected, as a TLS stream may show when a request has told for which
    /// session it is. The sessions fail, nothing more is read or written, and the stream is shut down without
    /// waiting for the peer.
    pub fn give_up(&mut self, error: LinkError) {
        self.out = Bytes::new();
        if self.writing != Writing::Done {
            self.writing = Writing::Octets;
        }
        self.eof = true;
        self.connection.handle_failure(now(), error);
    }

    /// How the stream failed, if it did. [`TlsError::of`] tells whether TLS was the reason.
    pub fn error(&self) -> Option<&io::Error> {
        self.error.as_ref()
    }

    /// Does one thing, then gives way to events. Pending: there is nothing to do, and all that could change
    /// that will wake.
    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let turn = ready!(coop::poll_proceed(cx));
        let step = self.poll_any(cx);
        if step.is_ready() {
            turn.made_progress();
        }
        step
    }

    fn poll_any(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Timers come first: a busy peer must not keep them from going off.
        let now = Instant::now();
        if self.until.is_some_and(|until| until <= now) {
            self.over = true;
            return Poll::Ready(());
        }
        if self
            .connection
            .poll_timeout()
            .is_some_and(|due| due <= now.into_std())
        {
            self.connection.handle_timeout(now.into_std());
            return Poll::Ready(());
        }
        // Reading comes before writing, but after something was read one buffer is written first: a peer that
        // sends without a pause gets its answers all the same.
        let write_first = std::mem::take(&mut self.write_first);
        if write_first && self.poll_write(cx).is_ready() {
            self.write_first = self.writing == Writing::Flush || !self.out.is_empty();
            return Poll::Ready(());
        }
        if self.poll_read(cx).is_ready() {
            self.write_first = true;
            return Poll::Ready(());
        }
        if !write_first && self.poll_write(cx).is_ready() {
            return Poll::Ready(());
        }
        self.poll_sleep(cx)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // At the end everything is read, and discarded. A socket that is closed with octets unread resets the
        // connection, and the peer may lose the last that was sent to it.
        let wanted = !self.held && self.connection.wants_input();
        if self.eof || !(wanted || self.until.is_some()) {
            return Poll::Pending;
        }
        match ready!(self.room.poll_read(&mut self.stream, cx)) {
            Ok(octets) if octets.is_empty() => {
                self.eof = true;
                self.connection.handle_eof(now());
            }
            Ok(octets) => self.connection.handle_input(now(), octets),
            Err(_) if self.writing == Writing::Done => self.eof = true,
            Err(error) => self.fail(error),
        }
        Poll::Ready(())
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let stream = Pin::new(&mut self.stream);
        match self.writing {
            Writing::Octets if self.out.is_empty() => match self.connection.poll_transmit(now()) {
                // Events may have come of it, such as that a message is sent.
                Some(octets) => self.out = octets,
                None if self.connection.is_closed() => {
                    // Whether or not the peer still hears of it: this side has no more to say.
                    let _ = ready!(stream.poll_shutdown(cx));
                    self.writing = Writing::Done;
                }
                None => return Poll::Pending,
            },
            Writing::Octets => match ready!(stream.poll_write(cx, &self.out)) {
                Ok(0) => self.fail(io::ErrorKind::WriteZero.into()),
                Ok(len) if len < self.out.len() => self.out.advance(len),
                Ok(_) => {
                    self.out = Bytes::new(); // before the next is asked for: its memory is used again
                    self.writing = Writing::Flush;
                }
                Err(error) => self.fail(error),
            },
            Writing::Flush => match ready!(stream.poll_flush(cx)) {
                Ok(()) => {
                    self.writing = Writing::Octets;
                    self.connection.handle_flushed(now());
                }
                Err(error) => self.fail(error),
            },
            Writing::Done if self.eof && self.connection.is_closed() => self.over = true,
            Writing::Done => return Poll::Pending,
        }
        Poll::Ready(())
    }

    fn poll_sleep(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let due = self.connection.poll_timeout().map(Instant::from_std);
        let Some(due) = due.into_iter().chain(self.until).min() else {
            return Poll::Pending;
        };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if sleep.deadline() != due {
            sleep.as_mut().reset(due);
        }
        sleep.as_mut().poll(cx)
    }

    /// The stream has failed: it is not touched again.
    fn fail(&mut self, error: io::Error) {
        let what = TlsError::of(&error).map_or(LinkError::Reset, |error| error.link_error());
        self.error.get_or_insert(error);
        self.out = Bytes::new();
        self.writing = Writing::Done;
        self.eof = true;
        self.connection.handle_failure(now(), what);
    }
}

/// The clock of tokio, which tests can pause.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}

impl<S> fmt::Debug for Driver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
