//! The state of one connection. This file dispatches and holds no rules.

mod ask;
mod asked;
#[cfg(feature = "relay")]
mod auth;
mod fit;
mod message_link;
mod names;
mod recv;
#[cfg(feature = "relay")]
mod relay;
#[cfg(not(feature = "relay"))]
#[path = "without_relay.rs"]
mod relay;
mod remembered;
mod replace;
mod report;
mod request;
mod requested;
mod requests;
mod route;
mod scheduler;
mod send;
mod session;
mod single;
mod timer;
mod transaction;
mod transmit;
mod turns;

use core::fmt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

pub use self::recv::Incoming;
#[cfg(feature = "relay")]
pub use self::relay::Relay;
pub(crate) use self::remembered::Remembered;
pub(crate) use self::route::Route;
pub use self::send::{Outgoing, Progress};
pub use self::session::{Session, SessionStats};

use self::names::Names;
use self::recv::Receiver;
use self::relay::Relays;
use self::report::PendingReport;
use self::requested::Requested;
use self::requests::Requests;
use self::scheduler::Scheduler;
use self::send::{Control, Sending};
use self::session::SessionState;
use self::timer::{Timer, Timers};
use self::transaction::{Partials, Transactions};
use self::transmit::{Answer, OpenChunk};
use crate::config::{Config, Link};
use crate::error::{ConnectionError, LinkError, SessionsOpen};
use crate::event::{Event, IncomingEvent, OutgoingEvent, OutgoingId, SessionEvent, SessionId};
use crate::ids::{Ids, MapKey, Seed};
use crate::slots::Slots;
use crate::time::Instant;
use crate::wire::{Decoder, MessageId, StatusCode};

/// The MSRP state of one connection: octets and the time go in, octets, events and the next moment come
/// out. It opens nothing, waits for nothing and asks no clock.
///
/// # How to drive it
///
/// - `handle_*` tell what happened to the transport. They cannot fail; what is wrong becomes an event.
/// - Commands ([`open`](Self::open), [`Session::send`], [`Outgoing::write`], …) are the application's.
///   They fail with a small typed error that gives the caller's data back.
/// - `poll_*` hand out events, octets to transmit, and when to call
///   [`handle_timeout`](Self::handle_timeout).
///
/// The loop of a driver, on any runtime: take all events; take a buffer to transmit if none is waiting;
/// stop if [`is_closed`](Self::is_closed); wait until the transport can be read (only while
/// [`wants_input`](Self::wants_input)), can be written (only with a buffer at hand) or the time of
/// [`poll_timeout`](Self::poll_timeout) has come; tell the connection. A driver must not sit in a write
/// while the peer waits for it to read. The [crate documentation](crate#writing-a-driver) has it in full.
///
/// # What holds
///
/// 1. What comes out is a function of configuration, link, seed and the sequence of calls.
/// 2. Any order of calls is legal, and nothing is lost by polling late. `poll_transmit` returning `None`
///    raises no event. `now` should not go back; if it does, the latest one seen counts. A timer that a
///    command starts makes `poll_timeout` return the latest `now` seen.
/// 3. After `handle_timeout(t)`, `poll_timeout` is `None` or later than `t`.
/// 4. No octets of the peer cause a panic, an unbounded allocation, or work that grows faster than the
///    input. Input given while `wants_input` is false is kept up to [`Config::max_held`], past which the
///    connection is lost.
/// 5. Memory is bounded by the limits in [`Config`]; `docs/ARCHITECTURE.md` has the formula.
/// 6. Each handle sees exactly one last event and is gone after it; a `BodyWanted` queued before it is
///    dropped, as is a `SessionRequested` or a `Requested` that is over. At the end of a connection messages
///    come first, then requests, then sessions, then paths through relays, then `ConnectionLost`.
/// 7. On a stream, every split of the input gives the same events (adjacent `Data` joined) and, with
///    `poll_transmit` called at the same positions of the stream, the same octets.
/// 8. Session-ids, credentials and bodies never appear in `Debug` output.
/// 9. While bulk data is on the wire, a waiting response, REPORT or interactive message starts within one
///    chunk (2048 octets of body at most, or at once between buffers when the chunk is longer) or one request
///    (10240 octets of body at most) and one buffer already handed out. On a [`Link`] of messages it starts with
///    the next buffer.
/// 10. `wants_input` is false only for undelivered events, an open [`SessionRequest`](crate::SessionRequest), or
///     too many queued answers. The latter for 30 s loses the connection as stalled.
pub struct Connection {
    config: Arc<Config>,
    link: Link,
    /// The latest time seen.
    now: Instant,
    phase: Phase,
    ids: Ids,
    map_key: MapKey,
    decoder: Decoder,
    held: Held,
    /// The peer sends no more; what it has sent is not all processed yet.
    eof: bool,
    /// Events or octets were handed out since [`Connection::release`].
    stirred: bool,
    requested: Requested,
    requests: Requests,
    relays: Relays,
    sessions: Slots<Box<SessionState>>,
    /// Sessions with the same session-id are chained.
    names: Names,
    receiver: Receiver,
    sending: Slots<Box<Sending>>,
    /// Messages that can still be reported on.
    sending_by_id: BTreeMap<(SessionId, MessageId), OutgoingId>,
    scheduler: Scheduler,
    transactions: Transactions,
    partials: Partials<(SessionId, OutgoingId, MessageId)>,
    answers: VecDeque<Answer>,
    reports: VecDeque<PendingReport>,
    /// So many answers and REPORTs wait that the peer has a time to take them.
    full: bool,
    controls: VecDeque<Control>,
    /// Active sessions that have not spoken.
    bindings: BTreeSet<SessionId>,
    chunk: Option<Box<OpenChunk>>,
    /// Octets of answers since the last chunk.
    answered: u32,
    timers: Timers,
    events: Events,
    stats: Stats,
}

// A connection belongs to whoever drives it, on any thread.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Connection>();
};

/// How far a connection has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Closed by the application; answers drain.
    Closing,
    /// `ConnectionLost` is queued or delivered; answers owed to a peer that may still read drain.
    Lost,
}

/// Input that came while none was wanted, or that was left over when enough events were queued.
#[derive(Default)]
struct Held {
    pieces: VecDeque<Bytes>,
    octets: usize,
}

#[derive(Default)]
struct Events {
    queue: VecDeque<Event>,
    /// Octets of body in the queue.
    octets: usize,
    /// For how many events there was room when it was last given up.
    expected: usize,
}

/// What a connection has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Octets handed in.
    pub octets_received: u64,
    /// Octets handed out.
    pub octets_sent: u64,
    /// Frames received.
    pub frames_received: u64,
    /// Frames of which the last octet was handed out.
    pub frames_sent: u64,
    /// Messages received completely.
    pub messages_received: u64,
    /// Messages sent completely.
    pub messages_sent: u64,
}

impl Connection {
    /// A connection over a transport that is ready for octets, or still being set up: until it is, do not call
    /// [`poll_transmit`](Self::poll_transmit), which starts timers. `seed` feeds every generated identifier:
    /// take a fresh one for each connection.
    pub fn new(config: Arc<Config>, link: Link, now: Instant, seed: Seed) -> Self {
        let mut connection = Self {
            link,
            now,
            phase: Phase::Open,
            ids: Ids::new(&seed),
            map_key: seed.map_key(),
            decoder: Decoder::new(config.wire),
            held: Held::default(),
            eof: false,
            stirred: false,
            requested: Requested::default(),
            requests: Requests::default(),
            relays: Relays::default(),
            sessions: Slots::new(),
            names: Names::default(),
            receiver: Receiver::new(),
            sending: Slots::new(),
            sending_by_id: BTreeMap::new(),
            scheduler: Scheduler::default(),
            transactions: Transactions::default(),
            partials: Partials::new(),
            answers: VecDeque::new(),
            reports: VecDeque::new(),
            full: false,
            controls: VecDeque::new(),
            bindings: BTreeSet::new(),
            chunk: None,
            answered: 0,
            timers: Timers::default(),
            events: Events::default(),
            stats: Stats::default(),
            config,
        };
        connection
            .timers
            .start(Timer::Idle, connection.config.idle_timeout);
        connection.timers.arm(now);
        connection
    }

    /// Octets have arrived; over WebSocket or a data channel exactly one message, even an empty one. Hand over
    /// the read buffer itself: large bodies are passed on as slices of it.
    pub fn handle_input(&mut self, now: Instant, data: Bytes) {
        self.touch(now);
        // An empty message of a transport is told; empty input of a stream is nothing.
        let is_nothing = data.is_empty() && self.link.max_len().is_none();
        if self.phase == Phase::Lost || self.eof || is_nothing {
            return;
        }
        self.stats.octets_received += data.len() as u64;
        self.resume();
        if self.held.pieces.is_empty() && self.wants_input() {
            self.process(data);
        } else if !self.held.has_room(&data, self.config.max_held) {
            self.lose(ConnectionError::InputOverflow);
        } else {
            self.held.octets += data.len();
            self.held.pieces.push_back(data);
        }
        self.timers.arm(self.now);
    }

    /// The peer will send no more octets. All sessions have failed (RFC 4975 §5.4); answers already owed
    /// are still handed out, since the peer may yet read. While a [`SessionRequest`](crate::SessionRequest) is
    /// open, that comes after what is behind it.
    pub fn handle_eof(&mut self, now: Instant) {
        self.touch(now);
        self.eof = true;
        self.finish_input();
        self.timers.arm(self.now);
    }

    /// The last of the input: what was held is part of what the peer has sent.
    fn finish_input(&mut self) {
        while !self.requested.is_open()
            && let Some(piece) = self.held.take()
        {
            if let Some(rest) = self.decode(piece, true) {
                self.held.put_back(rest);
            }
        }
        if self.requested.is_open() {
            return;
        }
        let whole = self.decoder.is_between_frames();
        self.lose(if whole {
            ConnectionError::PeerClosed
        } else {
            ConnectionError::Truncated
        });
    }

    /// The transport has failed, or could not be set up. Nothing more is handed out.
    pub fn handle_failure(&mut self, now: Instant, error: LinkError) {
        self.touch(now);
        self.lose(ConnectionError::Link(error));
        self.drop_output();
    }

    /// The time of [`poll_timeout`](Self::poll_timeout) has come. Calling it early does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.touch(now);
        // Not by the events that come of this.
        let held_back = !self.wants_input();
        while let Some(subject) = self.transactions.expired(self.now) {
            self.transaction_expired(subject);
        }
        while let Some(timer) = self.timers.pop(self.now) {
            match timer {
                Timer::Aborted(id) => self.aborted_expired(id),
                Timer::Idle => self.events.push(Event::Idle),
                Timer::Incomplete(id) => self.incoming_expired(id, held_back),
                Timer::Keepalive(id) => self.keepalive_expired(id),
                Timer::Report(id) => self.report_expired(id),
                Timer::Respond(key) => self.close_asked(key),
                #[cfg(feature = "relay")]
                Timer::Expiring(id) => self.relay_expiring(id),
                #[cfg(feature = "relay")]
                Timer::Expired(id) => self.relay_expired(id),
                Timer::Request => self.refuse_requested(StatusCode::NO_SESSION),
                Timer::Stalled => {
                    self.lose(ConnectionError::Stalled);
                    self.drop_output();
                }
            }
        }
        self.watch_answers();
        self.timers.arm(self.now);
    }

    /// The operating system has taken all octets handed out so far. Without [`Config::flush_reported`] it
    /// does nothing, so a driver may always call it.
    pub fn handle_flushed(&mut self, now: Instant) {
        self.touch(now);
        let deadline = crate::time::after(self.now, self.config.transaction_timeout);
        self.transactions.flushed(deadline);
    }

    /// The next event.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        loop {
            // What held input back may be gone without an event: answers that were given up.
            self.resume();
            let Some(mut event) = self.events.pop() else {
                self.release();
                return None;
            };
            self.stirred = true;
            self.resume();
            let holds = match &mut event {
                Event::Incoming(..) => true,
                Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, .. }) => self
                    .sending
                    .get(id.0)
                    .is_some_and(|message| message.is_wanted(*offset)),
                Event::SessionRequested(request) => self.requested.is(request),
                Event::Session(_, SessionEvent::Requested(request)) => self.requests.deliver(request),
                _ => true,
            };
            if !holds {
                continue;
            }
            return Some(event);
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout); `None` if there is nothing to wait for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.timers.has_unarmed() {
            return Some(self.now);
        }
        self.timers
            .next()
            .into_iter()
            .chain(self.transactions.next_deadline())
            .min()
    }

    /// Closes a connection without sessions: answers drain, then it is lost as
    /// [`ConnectionError::Closed`].
    ///
    /// # Errors
    ///
    /// [`SessionsOpen`] while there are sessions.
    pub fn close(&mut self) -> Result<(), SessionsOpen> {
        if !self.sessions.is_empty() {
            return Err(SessionsOpen(self.sessions.len()));
        }
        if self.phase == Phase::Open {
            // Nobody is asked from here on, not even about what waits behind the request.
            self.phase = Phase::Closing;
            self.refuse_requested(StatusCode::NO_SESSION);
            self.lose_relays();
            self.finish_closing();
        }
        Ok(())
    }

    /// Ends everything at once. Nothing more is handed out.
    pub fn abort(&mut self) {
        self.lose(ConnectionError::Aborted);
        self.drop_output();
    }

    /// Whether input can be processed now. While it is false a driver does not read, so that the
    /// transport holds the peer back.
    pub fn wants_input(&self) -> bool {
        self.phase != Phase::Lost
            && !self.eof
            && !self.requested.is_open()
            && self.events.queue.len() < self.config.max_events
            && self.events.octets < self.config.max_event_octets
            && self.answers.len() + self.reports.len() < self.config.answer_cap()
    }

    /// Whether the connection has ended, and all is handed out: never again an event, a buffer or a
    /// timeout.
    pub fn is_closed(&self) -> bool {
        self.phase == Phase::Lost && self.events.queue.is_empty() && !self.wants_transmit()
    }

    /// What carries it, as it was told: drivers see whether it is to be protected.
    pub fn link(&self) -> Link {
        self.link
    }

    /// How many sessions there are. A connection with sessions should not be closed (RFC 4975 §5.4).
    pub fn session_count(&self) -> usize {
        self.sessions.len()
    }

    /// What the connection has done so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    fn touch(&mut self, now: Instant) {
        self.now = self.now.max(now);
        self.timers.arm(self.now);
    }

    /// Gives up what a connection needs no room for that has nothing to do: most connections rest most of the time.
    #[inline]
    fn release(&mut self) {
        if self.stirred && self.events.queue.is_empty() {
            self.release_all();
        }
    }

    fn release_all(&mut self) {
        let rests = self.sending.is_empty()
            && self.receiver.messages.is_empty()
            && self.held.pieces.is_empty()
            && !self.wants_transmit();
        if !rests {
            return;
        }
        self.stirred = false;
        self.events.release();
        self.held = Held::default();
        self.answers = VecDeque::new();
        self.reports = VecDeque::new();
        self.controls = VecDeque::new();
        self.bindings = BTreeSet::new();
        self.sending.release();
        self.sending_by_id = BTreeMap::new();
        self.receiver.release();
        self.scheduler.release();
        self.transactions.release();
        self.requests.release();
        self.timers.release();
        self.ids.release();
        self.decoder.release();
    }

    /// Goes on with input that was held, as far as it is wanted by now.
    #[inline]
    fn resume(&mut self) {
        if !self.held.pieces.is_empty() {
            self.process_held();
        }
    }

    fn process_held(&mut self) {
        while self.wants_input() {
            let Some(piece) = self.held.take() else { return };
            self.process(piece);
        }
    }

    fn process(&mut self, data: Bytes) {
        self.reclaim_gathered();
        if let Some(rest) = self.decode(data, false) {
            self.held.put_back(rest);
        }
        self.watch_open_chunk();
        self.watch_answers();
    }

    /// Decodes until the input is used up or, unless it is `urgent`, no more is wanted. Returns what is
    /// left.
    fn decode(&mut self, mut data: Bytes, urgent: bool) -> Option<Bytes> {
        if self.link.max_len().is_some() {
            return self.receive_message(data);
        }
        while !self.requested.is_open() && (urgent || self.wants_input()) {
            if let Some(flag) = self.decoder.take_end() {
                self.end_request(flag);
            } else {
                match self.decoder.decode(&mut data) {
                    Ok(Some(item)) => self.receive(item),
                    Ok(None) => return None,
                    Err(error) => {
                        self.lose(ConnectionError::Framing(error));
                        return None;
                    }
                }
            }
            if self.phase == Phase::Lost {
                return None;
            }
        }
        // The end of a frame may be left over without octets.
        (!data.is_empty() || self.decoder.has_item()).then_some(data)
    }

    /// Answers that nobody takes: the peer does not read. It has 30 s.
    fn watch_answers(&mut self) {
        if self.phase == Phase::Lost {
            return;
        }
        let full = self.answers.len() + self.reports.len() >= self.config.answer_cap();
        match (full, core::mem::replace(&mut self.full, full)) {
            (true, false) => self.timers.start(Timer::Stalled, STALLED),
            (false, true) => self.timers.cancel(Timer::Stalled),
            _ => {}
        }
    }

    /// The end: messages first, then requests, sessions and paths through relays, then the connection.
    fn lose(&mut self, error: ConnectionError) {
        if self.phase == Phase::Lost {
            return;
        }
        self.phase = Phase::Lost;
        let sessions: Vec<_> = self.sessions.keys().into_iter().map(SessionId).collect();
        // Before its messages have their last event.
        let carried: Vec<_> = sessions.iter().map(|id| self.carry(*id)).collect();
        self.lose_messages();
        self.lose_requests();
        for (id, carry) in sessions.into_iter().zip(carried) {
            self.lose_session(id, carry);
        }
        self.lose_relays();
        self.held = Held::default();
        self.requested.forget();
        self.transactions.clear();
        self.partials.clear();
        self.timers.clear();
        self.controls.clear();
        self.bindings.clear();
        self.events.push(Event::ConnectionLost(error));
    }

    fn drop_output(&mut self) {
        self.answers.clear();
        self.reports.clear();
        self.chunk = None;
    }

    /// A connection that is closing has ended when everything is handed out.
    fn finish_closing(&mut self) {
        if self.phase == Phase::Closing && !self.wants_transmit() {
            self.lose(ConnectionError::Closed);
        }
    }
}

/// How long answers may wait at their cap.
const STALLED: core::time::Duration = core::time::Duration::from_secs(30);

impl Held {
    /// Messages without octets are kept too, so their number counts.
    fn has_room(&self, piece: &Bytes, max: usize) -> bool {
        self.octets + piece.len() <= max && (!piece.is_empty() || self.pieces.len() < max)
    }

    fn take(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.octets -= piece.len();
        Some(piece)
    }

    fn put_back(&mut self, rest: Bytes) {
        self.octets += rest.len();
        self.pieces.push_front(rest);
    }
}

impl Events {
    fn push(&mut self, event: Event) {
        self.octets += data_len(&event);
        if self.queue.capacity() == 0 {
            self.queue.reserve(self.expected);
        }
        self.queue.push_back(event);
    }

    /// Gives up the room for events. Reads are mostly alike, so the next time as much is set aside at once.
    fn release(&mut self) {
        self.expected = self.queue.capacity();
        self.queue = VecDeque::new();
    }

    fn pop(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        self.octets -= data_len(&event);
        Some(event)
    }
}

fn data_len(event: &Event) -> usize {
    match event {
        Event::Incoming(_, IncomingEvent::Data { data, .. }) => data.len(),
        _ => 0,
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("link", &self.link)
            .field("sessions", &self.sessions.len())
            .field("outgoing", &self.sending.len())
            .field("incoming", &self.receiver.len())
            .field("events", &self.events.queue.len())
            .field("stats", &self.stats)
            .finish_non_exhaustive()
    }
}
