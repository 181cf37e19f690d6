//! Settings of a connection and of a session, and what the transport is.

mod link;
mod requests;

use core::time::Duration;
use std::sync::{Arc, LazyLock};

use msrp_multipart::{MediaRanges, MediaType};

use crate::carry::Carry;
use crate::relay_path::RelayPath;
use crate::target::{Target, TargetError};
use crate::wire::{Limits, MsrpUri, Path, PathError, PathRef, Scheme, UriRef};

pub use self::link::Link;
pub(crate) use self::requests::Requests;

/// Settings that connections share. Every limit has a default that suits a client on the open Internet;
/// `docs/ARCHITECTURE.md` has the memory that they bound.
///
/// ```
/// use std::sync::Arc;
/// use msrp_proto::Config;
///
/// // One interruptible chunk for a message, as RFC 4975 §7.1.1 recommends.
/// let config = Arc::new(Config::default().chunk_limit(None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Config {
    pub(crate) wire: Limits,
    pub(crate) chunk_limit: Option<usize>,
    pub(crate) in_flight: usize,
    pub(crate) transaction_timeout: Duration,
    pub(crate) report_timeout: Option<Duration>,
    pub(crate) incomplete_timeout: Duration,
    pub(crate) aborted_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) relay_idle_timeout: Duration,
    pub(crate) keepalive: Option<Duration>,
    pub(crate) immediate_send: bool,
    pub(crate) flush_reported: bool,
    pub(crate) session_requests: bool,
    pub(crate) request_timeout: Duration,
    pub(crate) matching: Matching,
    pub(crate) max_sessions: usize,
    pub(crate) max_outgoing: usize,
    pub(crate) max_unreported: usize,
    pub(crate) max_incoming: usize,
    pub(crate) max_holes: usize,
    pub(crate) max_events: usize,
    pub(crate) max_event_octets: usize,
    pub(crate) max_answers: usize,
    pub(crate) max_held: usize,
    pub(crate) max_remembered: usize,
    pub(crate) remember_for: Duration,
    pub(crate) body_window: usize,
    pub(crate) requests: Requests,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            wire: Limits::default(),
            chunk_limit: Some(2048),
            in_flight: 256,
            transaction_timeout: Duration::from_secs(30),
            report_timeout: None,
            incomplete_timeout: Duration::from_secs(600),
            aborted_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(300),
            relay_idle_timeout: Duration::from_secs(3600),
            keepalive: None,
            immediate_send: true,
            flush_reported: false,
            session_requests: false,
            request_timeout: Duration::from_secs(5),
            matching: Matching::Exact,
            max_sessions: 1024,
            max_outgoing: 1024,
            max_unreported: 1024,
            max_incoming: 64,
            max_holes: 64,
            max_events: 1024,
            max_event_octets: 1 << 20,
            max_answers: 4096,
            max_held: 1 << 20,
            max_remembered: 256,
            remember_for: Duration::from_secs(3600),
            body_window: 64 * 1024,
            requests: Requests::default(),
        }
    }
}

impl Config {
    /// Bounds on the heads and bodies that a peer sends, and what becomes of those that pass them.
    pub fn wire_limits(self, wire: Limits) -> Self {
        Self { wire, ..self }
    }

    /// Most octets of body in an outgoing chunk, at least 1. Default: 2048, since deployed peers and
    /// relays refuse long frames; such chunks are pipelined and never interrupted. `None` sends a message
    /// as one chunk that is interrupted when other traffic waits (RFC 4975 §7.1.1), or over a [`Link`] of
    /// messages as few that fill those.
    pub fn chunk_limit(self, octets: Option<usize>) -> Self {
        Self {
            chunk_limit: octets.map(|octets| octets.max(1)),
            ..self
        }
    }

    /// How many chunks that await a response may be under way before second and later chunks of messages
    /// wait. Counts Failure-Report `yes` only. At least 1. Default: 256.
    pub fn in_flight(self, chunks: usize) -> Self {
        Self {
            in_flight: chunks.max(1),
            ..self
        }
    }

    /// How long a response may take, from the last octet of the request on; then the message has failed as
    /// [`SendFailure::TimedOut`](crate::SendFailure::TimedOut), the SEND without a body is told as
    /// [`SessionEvent::Unanswered`](crate::SessionEvent::Unanswered), or another request has failed as
    /// [`RequestFailure::TimedOut`](crate::RequestFailure::TimedOut). Default: 30 s, the value of RFC 4975 §7.1.1.
    pub fn transaction_timeout(self, wait: Duration) -> Self {
        Self {
            transaction_timeout: wait,
            ..self
        }
    }

    /// How long success reports may take, from the last octet of the message on; then the message has
    /// failed as unconfirmed. Default: `None`, without limit (RFC 4975 §7.1.1 leaves it open).
    pub fn report_timeout(self, wait: Option<Duration>) -> Self {
        Self {
            report_timeout: wait,
            ..self
        }
    }

    /// How long an incoming message that is incomplete may go without an octet before it is given up; what
    /// comes of it later is refused with 413. Default: 600 s.
    pub fn incomplete_timeout(self, wait: Duration) -> Self {
        Self {
            incomplete_timeout: wait,
            ..self
        }
    }

    /// How long a session for one message may stay open after the peer has abandoned that message, before
    /// [`SessionEvent::StaleAborted`](crate::SessionEvent::StaleAborted), which is all that happens (RFC 5547
    /// §8.4). Default: 30 s.
    pub fn aborted_timeout(self, wait: Duration) -> Self {
        Self {
            aborted_timeout: wait,
            ..self
        }
    }

    /// How long the connection may be without a session before [`Event::Idle`](crate::Event::Idle), which is
    /// all that happens. Default: 300 s.
    pub fn idle_timeout(self, wait: Duration) -> Self {
        Self {
            idle_timeout: wait,
            ..self
        }
    }

    /// As [`idle_timeout`](Self::idle_timeout), for a connection to the own relay: one on which a path through relays
    /// was asked for. Default: 3600 s.
    pub fn relay_idle_timeout(self, wait: Duration) -> Self {
        Self {
            relay_idle_timeout: wait,
            ..self
        }
    }

    /// How long a session may send nothing before it sends a SEND without a body, at least 1 s. Default:
    /// `None`, never.
    pub fn keepalive(self, wait: Option<Duration>) -> Self {
        Self {
            keepalive: wait.map(|wait| wait.max(Duration::from_secs(1))),
            ..self
        }
    }

    /// Whether the active side sends a SEND without a body at once when no message waits, as RFC 4975
    /// §5.4 demands. Default: true.
    pub fn immediate_send(self, immediate: bool) -> Self {
        Self {
            immediate_send: immediate,
            ..self
        }
    }

    /// Whether the driver tells by [`Connection::handle_flushed`](crate::Connection::handle_flushed) when
    /// the operating system has taken all octets; transaction timers then start there (ruling R-30).
    /// Default: false, they start when `poll_transmit` hands the octets out.
    pub fn flush_reported(self, reported: bool) -> Self {
        Self {
            flush_reported: reported,
            ..self
        }
    }

    /// Whether the application is asked about requests for sessions that the connection does not know, by
    /// [`Event::SessionRequested`](crate::Event::SessionRequested), also where a session has ended that the peer
    /// does not know to be over. Default: false, they are answered with 481.
    pub fn session_requests(self, asked: bool) -> Self {
        Self {
            session_requests: asked,
            ..self
        }
    }

    /// How long the application may take to accept or refuse a requested session; then the request is
    /// answered with 481. Default: 5 s, since the peer gives up after 30 s.
    pub fn request_timeout(self, wait: Duration) -> Self {
        Self {
            request_timeout: wait,
            ..self
        }
    }

    /// By what the session of a request is found. Default: [`Matching::Exact`].
    pub fn matching(self, matching: Matching) -> Self {
        Self { matching, ..self }
    }

    /// Most sessions on a connection; a further one is not opened, as
    /// [`OpenErrorReason::TooMany`](crate::OpenErrorReason::TooMany). Default: 1024.
    pub fn max_sessions(self, sessions: usize) -> Self {
        Self {
            max_sessions: sessions,
            ..self
        }
    }

    /// Most messages of a session that wait or are being sent; a further one is not taken, as
    /// [`SendErrorReason::TooMany`](crate::SendErrorReason::TooMany). Default: 1024.
    pub fn max_outgoing(self, messages: usize) -> Self {
        Self {
            max_outgoing: messages,
            ..self
        }
    }

    /// Most messages of a session that are sent, and of which a success report is awaited. Past it, the
    /// oldest has failed as unconfirmed. Default: 1024.
    pub fn max_unreported(self, messages: usize) -> Self {
        Self {
            max_unreported: messages,
            ..self
        }
    }

    /// Most incoming messages of a session that are incomplete; a further one is answered with 413.
    /// Default: 64.
    pub fn max_incoming(self, messages: usize) -> Self {
        Self {
            max_incoming: messages,
            ..self
        }
    }

    /// Most holes in an incoming message; a chunk that makes one more is answered with 413. As many are
    /// remembered in what success reports say of a sent message; a report that makes one more is passed
    /// over. Default: 64.
    pub fn max_holes(self, holes: usize) -> Self {
        Self {
            max_holes: holes,
            ..self
        }
    }

    /// Undelivered events past which no further input is taken. At least 1. Default: 1024.
    pub fn max_events(self, events: usize) -> Self {
        Self {
            max_events: events.max(1),
            ..self
        }
    }

    /// Octets of body in undelivered events past which no further input is taken. Default: 1 MiB.
    pub fn max_event_octets(self, octets: usize) -> Self {
        Self {
            max_event_octets: octets.max(1),
            ..self
        }
    }

    /// Answers and REPORTs waiting to be taken past which no further input is taken; after 30 s of that the
    /// connection is lost as [`ConnectionError::Stalled`](crate::ConnectionError::Stalled). Raised to twice the
    /// in-flight limit if below it, so that two such connections cannot wait for one another. Default: 4096.
    pub fn max_answers(self, answers: usize) -> Self {
        Self {
            max_answers: answers,
            ..self
        }
    }

    /// Octets of input kept while `wants_input` is false; past it the connection is lost as
    /// [`ConnectionError::InputOverflow`](crate::ConnectionError::InputOverflow). Default: 1 MiB.
    pub fn max_held(self, octets: usize) -> Self {
        Self {
            max_held: octets,
            ..self
        }
    }

    /// How many Message-IDs of ended messages are remembered per session: received ones to flag
    /// duplicates (ruling R-65), refused ones to refuse what yet comes of them, sent ones to tell of late
    /// outcomes; so many of each kind. Past it the oldest is forgotten: a duplicate of it counts as new.
    /// Default: 256.
    pub fn max_remembered(self, messages: usize) -> Self {
        Self {
            max_remembered: messages,
            ..self
        }
    }

    /// How long Message-IDs of ended messages are remembered at most; a duplicate that comes later counts as new
    /// (ruling R-65). Default: 1 h.
    pub fn remember_for(self, age: Duration) -> Self {
        Self {
            remember_for: age,
            ..self
        }
    }

    /// Octets of a streamed body that are asked for ahead of sending, at least 4096; more are not taken, as
    /// [`WriteErrorReason::NotWanted`](crate::WriteErrorReason::NotWanted). Default: 64 KiB.
    pub fn body_window(self, octets: usize) -> Self {
        Self {
            body_window: octets.max(4096),
            ..self
        }
    }

    pub(crate) fn answer_cap(&self) -> usize {
        self.max_answers.max(self.in_flight.saturating_mul(2))
    }
}

/// By what the session of a request is found (RFC 4975 §7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matching {
    /// By the whole URI in To-Path, as RFC 4975 §6.1 compares URIs.
    #[default]
    Exact,
    /// Where no URI is equal, by the session-id alone if just one session has it: for peers behind
    /// middleboxes that rewrite host and port. A session-id is a secret of at least 80 random bits
    /// (RFC 4975 §14.1), so little is lost by it.
    SessionId,
}

/// Which side opened the connection for a session, and so sends first (RFC 4975 §5.4, RFC 6135).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// This side connected. Its session may send at once.
    Active,
    /// The peer connected. The session may not send before a request has bound it to the connection.
    Passive,
}

impl Role {
    /// The role of the side that made the latest offer, if signalling negotiates nothing else (RFC 4975
    /// §5.4, §8.4): it connects.
    pub const OFFERER: Self = Self::Active;
    /// The role of the side that answered the latest offer, if signalling negotiates nothing else.
    pub const ANSWERER: Self = Self::Passive;
}

/// Which way messages may flow (RFC 4975 §8.9). Reports, responses and control messages always may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Neither way.
    Inactive,
    /// From the peer only.
    RecvOnly,
    /// To the peer only.
    SendOnly,
    /// Both ways.
    #[default]
    SendRecv,
}

impl Direction {
    /// Whether messages may be sent.
    pub const fn may_send(self) -> bool {
        matches!(self, Self::SendOnly | Self::SendRecv)
    }

    /// Whether messages of the peer may come.
    pub const fn may_receive(self) -> bool {
        matches!(self, Self::RecvOnly | Self::SendRecv)
    }
}

/// When success is reported of messages whose sender asks for it (RFC 4975 §7.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SuccessReports {
    /// One REPORT of all octets, when the last missing one has arrived.
    #[default]
    Whole,
    /// A REPORT of each chunk at its end, with the octets that have arrived in it. A chunk that is refused,
    /// or that aborts its message, is not reported; where octets of a refused one were taken nevertheless,
    /// a REPORT of all octets follows when the message is complete.
    EachChunk,
    /// None but those that the application makes: [`Incoming::report`](crate::Incoming::report) while a
    /// message arrives, [`Connection::report`](crate::Connection::report) from then on. For applications
    /// that say success when a message is stored, checked or shown.
    Manual,
}

/// What signalling has agreed upon with the peer, and may change during a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Terms {
    pub(crate) remote: Option<Path>,
    /// URIs at the start of the path that are the own relays.
    use_path: u16,
    pub(crate) direction: Direction,
    pub(crate) accepts: Arc<MediaRanges>,
    pub(crate) accepts_wrapped: Option<Arc<MediaRanges>>,
    pub(crate) max_size: Option<u64>,
    pub(crate) nicknames: bool,
}

impl Terms {
    /// Terms with a peer of that path, who accepts any type and size.
    pub fn new(remote: Path) -> Self {
        Self {
            remote: Some(remote),
            ..Self::unknown()
        }
    }

    /// As [`new`](Self::new), with a peer who is reached through the own relays (RFC 4976 §5.1). They must have given this
    /// path to the connection that the session is on ([`Connection::authorize`](crate::Connection::authorize)), and to
    /// no other session.
    ///
    /// # Errors
    ///
    /// A [`PathError`] if the path would be too long.
    pub fn relayed(relays: &RelayPath, peer: PathRef<'_>) -> Result<Self, PathError> {
        let relays_len = relays.use_path().len();
        Ok(Self {
            use_path: u16::try_from(relays_len).map_err(|_| PathError::TooMany)?,
            ..Self::new(relays.to_peer(peer)?)
        })
    }

    /// Terms while the peer's path is not known yet: requests of the peer bind the session, are answered
    /// and delivered; what is to be sent waits (ruling R-59).
    pub fn unknown() -> Self {
        Self {
            remote: None,
            use_path: 0,
            direction: Direction::SendRecv,
            accepts: ANY_TYPE.clone(),
            accepts_wrapped: None,
            max_size: None,
            nicknames: false,
        }
    }

    /// Whether the next hop wants TLS (RFC 4975 §5.4).
    pub(crate) fn wants_protection(&self) -> bool {
        self.remote
            .as_ref()
            .is_some_and(|path| path.leftmost().scheme() == Scheme::Msrps)
    }

    /// Whether a URI of the path lacks its port.
    pub(crate) fn lacks_port(&self) -> bool {
        let remote = self.remote.as_ref();
        remote.is_some_and(|path| path.iter().any(UriRef::lacks_port))
    }

    /// The part of the path that the own relays have given.
    pub(crate) fn use_path(&self) -> Option<Path> {
        Path::from_uris(self.remote.as_ref()?.iter().take(self.use_path.into())).ok()
    }

    /// Whether the peer takes a type inside a container.
    pub(crate) fn accepts_wrapped(&self, media_type: &MediaType) -> bool {
        is_wrapped_accepted(&self.accepts, &self.accepts_wrapped, media_type)
    }

    /// Which way messages may flow, as seen from here. Default: both ways.
    pub fn direction(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// The types that the peer accepts (`accept-types`, RFC 4975 §8.6). Default: any.
    pub fn peer_accepts(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accepts: types.into(),
            ..self
        }
    }

    /// The types that the peer accepts inside containers, besides those that it accepts anyway
    /// (`accept-wrapped-types`, RFC 4975 §8.6). Default: none. They are held against
    /// [`Message::wraps`](crate::Message::wraps).
    pub fn peer_accepts_wrapped(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accepts_wrapped: Some(types.into()),
            ..self
        }
    }

    /// The most octets of a message that the peer wants (`max-size`, RFC 4975 §8.6): a longer one is not sent,
    /// unless it says so itself ([`Message::exceed_max_size`](crate::Message::exceed_max_size)). Default: no
    /// limit.
    pub fn peer_max_size(self, octets: Option<u64>) -> Self {
        Self {
            max_size: octets,
            ..self
        }
    }

    /// Whether the peer takes NICKNAME requests: its SDP has `chatroom` with the token `nickname` (RFC 7701 §8).
    /// Default: no, and none is sent.
    pub fn peer_nicknames(self, taken: bool) -> Self {
        Self {
            nicknames: taken,
            ..self
        }
    }
}

/// What most sessions accept: they share it.
static ANY_TYPE: LazyLock<Arc<MediaRanges>> = LazyLock::new(|| Arc::new(MediaRanges::any()));

/// A session as known from signalling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SessionConfig {
    pub(crate) local: MsrpUri,
    pub(crate) role: Role,
    pub(crate) terms: Terms,
    pub(crate) accepts: Arc<MediaRanges>,
    pub(crate) accepts_wrapped: Option<Arc<MediaRanges>>,
    pub(crate) max_size: Option<u64>,
    pub(crate) replaces: Option<Box<Carry>>,
    pub(crate) success_reports: SuccessReports,
    pub(crate) single_message: bool,
}

impl SessionConfig {
    /// A session whose own URI is `local`. It accepts any type and size.
    pub fn new(local: MsrpUri, role: Role, terms: Terms) -> Self {
        Self {
            local,
            role,
            terms,
            accepts: ANY_TYPE.clone(),
            accepts_wrapped: None,
            max_size: None,
            success_reports: SuccessReports::Whole,
            single_message: false,
            replaces: None,
        }
    }

    /// The own URI.
    pub const fn local(&self) -> &MsrpUri {
        &self.local
    }

    /// Where a driver has to connect for this session: for an active one the next hop on the path to the
    /// peer (RFC 4975 §5.4), or elsewhere by [`Target::connect_to`] when signalling says so (RFC 6714).
    /// `None` for a passive one, whatever port the peer's URI has: it is connected to (RFC 6135 §4.2.2). Also
    /// `None` while the path of the peer is not known, and for a data channel (`dc` in the own URI), which
    /// signalling sets up: no path leads there (RFC 8873 §4.4).
    ///
    /// # Errors
    ///
    /// [`TargetError`] when the next hop is not one that can be connected to.
    pub fn target(&self) -> Result<Option<Target>, TargetError> {
        let channel = self.local.as_ref().transport().eq_ignore_ascii_case("dc");
        match (self.role, &self.terms.remote) {
            (Role::Active, Some(path)) if !channel => path.target().map(Some),
            _ => Ok(None),
        }
    }

    /// The types accepted here; others are answered with 415. Default: any.
    pub fn accepts(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accepts: types.into(),
            ..self
        }
    }

    /// The types accepted here inside containers, besides those accepted anyway (`accept-wrapped-types`,
    /// RFC 4975 §8.6). Default: none. Containers are opened by the application, which asks
    /// [`Session::accepts_wrapped`](crate::Session::accepts_wrapped).
    pub fn accepts_wrapped(self, types: impl Into<Arc<MediaRanges>>) -> Self {
        Self {
            accepts_wrapped: Some(types.into()),
            ..self
        }
    }

    /// The most octets of a message accepted here; a longer one is answered with 413 as soon as that shows
    /// (ruling R-56). Default: no limit, messages are streamed.
    ///
    /// This is the hard limit. The `max-size` that is written into SDP is a hint, which senders should keep
    /// to but may exceed (RFC 4975 §8.6): set the limit above it, by how much more is tolerable.
    pub fn max_size(self, octets: Option<u64>) -> Self {
        Self {
            max_size: octets,
            ..self
        }
    }

    /// The session takes the place of a failed one (RFC 4975 §5.4): messages received there are known as
    /// duplicates, and those of which a part was received go on, each with a new handle and the event
    /// [`IncomingEvent::Resumed`](crate::IncomingEvent::Resumed). Those beyond
    /// [`Config::max_incoming`], the oldest first, and those that are beyond `max_size` or
    /// [`Config::max_holes`], are refused with 413 when they go on, and there is no event of them.
    /// Messages to be sent again are queued by the application ([`Carry::unconfirmed`]).
    pub fn replaces(self, carry: impl Into<Box<Carry>>) -> Self {
        Self {
            replaces: Some(carry.into()),
            ..self
        }
    }

    /// Whether the session is for one message each way, as that of a file transfer is (RFC 5547 §8.7). A second
    /// one is not taken by [`Session::send`](crate::Session::send), whatever became of the first; of the peer it
    /// is answered with 403, and the session goes on. Not counted are SENDs without a body, the same message
    /// again (by its Message-ID), messages marked as control, and what a peer sends where the direction agreed
    /// upon allows it control messages only. Default: false.
    ///
    /// The sender should close such a session after the last event of its message, be it
    /// [`Completed`](crate::OutgoingEvent::Completed) or a failure. The receiver hears of a message that is refused
    /// before it begins, for its length or type ([`SessionEvent::MessageRefused`](crate::SessionEvent)), and of a
    /// sender that abandons the message and leaves the session open
    /// ([`SessionEvent::StaleAborted`](crate::SessionEvent)). If signalling begins another transfer with the URIs as
    /// they are, [`Session::allow_next_message`](crate::Session::allow_next_message) makes room for it.
    pub fn single_message(self, single: bool) -> Self {
        Self {
            single_message: single,
            ..self
        }
    }

    /// Whether a type may stand inside a container.
    pub(crate) fn is_wrapped_accepted(&self, media_type: &MediaType) -> bool {
        is_wrapped_accepted(&self.accepts, &self.accepts_wrapped, media_type)
    }

    /// When success is reported of received messages. Default: once, of all octets.
    pub fn success_reports(self, reports: SuccessReports) -> Self {
        Self {
            success_reports: reports,
            ..self
        }
    }
}

fn is_wrapped_accepted(
    accepts: &MediaRanges,
    wrapped: &Option<Arc<MediaRanges>>,
    media_type: &MediaType,
) -> bool {
    accepts.accepts(media_type)
        || wrapped
            .as_ref()
            .is_some_and(|wrapped| wrapped.accepts(media_type))
}
