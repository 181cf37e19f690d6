//! What a connection tells the application.

use core::fmt;
use std::sync::Arc;

use bytes::Bytes;
use msrp_multipart::{Disposition, MediaType, Profile};

use crate::carry::{Carry, PartialBody};
use crate::connection::Route;
use crate::error::{ConnectionError, ReceiveFailure, RequestFailure, SendFailure, SessionFailure, Unframed};
#[cfg(feature = "relay")]
use crate::relay::{RelayFailure, RelayGrant};
#[cfg(feature = "relay")]
use crate::relay_path::RelayPath;
use crate::request::{InboundRequest, Reply};
use crate::slots::Key;
use crate::wire::{ByteRange, FailureReport, Head, MessageId, PathRef, StatusCode, UriRef};

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) Key);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }
    };
}

handle! {
    /// A session of a connection. Never used again after its last event.
    SessionId
}
handle! {
    /// A message being sent. Never used again after its last event.
    OutgoingId
}
handle! {
    /// A message being received. Never used again after its last event.
    IncomingId
}

handle! {
    /// A request of this side that is neither SEND nor REPORT. Never used again after its answer.
    RequestId
}

#[cfg(feature = "relay")]
handle! {
    /// A path through relays that is asked for or held. Never used again after its last event.
    RelayId
}

/// What happened on a connection. The first field says to what, the second what.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The connection has ended. Always the last event.
    ConnectionLost(ConnectionError),
    /// No session for [`Config::idle_timeout`](crate::Config::idle_timeout): the connection may be closed.
    Idle,
    /// A message being received.
    Incoming(IncomingId, IncomingEvent),
    /// A message being sent.
    Outgoing(OutgoingId, OutgoingEvent),
    /// A path through relays, asked for by [`Connection::authorize`](crate::Connection::authorize).
    #[cfg(feature = "relay")]
    Relay(RelayId, RelayEvent),
    /// A session.
    Session(SessionId, SessionEvent),
    /// A request has come for a session that the connection does not know: accept or refuse it. Only with
    /// [`Config::session_requests`](crate::Config::session_requests).
    SessionRequested(SessionRequest),
    /// Over WebSocket or a data channel: a message that is not exactly one frame. Nothing of it is kept for
    /// the next one, and the connection goes on; an application that would rather end it does so.
    ///
    /// A frame with something behind it counts, and what is behind it does not. Of a frame that is cut off
    /// what was there may have been delivered, but it has not ended: it is not answered, and its message
    /// waits for the rest until [`Config::incomplete_timeout`](crate::Config::incomplete_timeout). A frame
    /// that was not found counts for nothing.
    Unframed(Unframed),
}

// Events wait in a queue: they are kept small, and what is large is boxed.
const _: () = assert!(size_of::<Event>() <= 96);

/// What happened to a path through relays (RFC 4976 §5.1). `Failed` is its last event.
#[cfg(feature = "relay")]
#[derive(Debug)]
#[non_exhaustive]
pub enum RelayEvent {
    /// The relays have given a path: one session may use it.
    Authorized(Box<RelayGrant>),
    /// The path will expire soon ([`RelayConfig::lead`](crate::RelayConfig::lead)). Nothing is done about it unless the
    /// application says so ([`Relay::renew`](crate::Relay::renew)).
    Expiring,
    /// There is no path, or none any more.
    Failed(RelayFailure),
    /// An earlier path has expired, and a later one is there or asked for. A session whose
    /// [`Terms`](crate::Terms) still have this one can send nothing more until
    /// [`Session::update`](crate::Session::update) gives it the later one; what waits goes by that.
    Lapsed(Box<RelayPath>),
    /// Another path could not be had. The present one goes on until it expires.
    NotRenewed(RelayFailure),
    /// The relays have given another path. The peer must hear of it by a new offer, and the session by
    /// [`Session::update`](crate::Session::update); until then it uses the one that it has.
    Renewed(Box<RelayGrant>),
}

/// What happened to a session. `Failed` and `Closed` are its last event.
#[derive(Debug)]
#[non_exhaustive]
pub enum SessionEvent {
    /// What became of a request ([`Session::request`](crate::Session::request)): its answer, or why there is none.
    /// Told once for each.
    Answered(RequestId, Result<Reply, RequestFailure>),
    /// The peer has shown that it knows the session, by a request or by an answer.
    Bound,
    /// The session was closed, and every message of it has its outcome.
    Closed,
    /// The session is over. A new one needs new URIs from signalling; what this one leaves for it is given to it
    /// by [`SessionConfig::replaces`](crate::SessionConfig::replaces) (RFC 4975 §5.4).
    Failed(SessionFailure, Box<Carry>),
    /// A REPORT, or with Failure-Report `partial` an error response, arrived for a sent message that had its
    /// last event already. A bounded number of such messages is remembered.
    Late {
        /// Which message.
        message_id: MessageId,
        /// What was said of it.
        status: StatusCode,
    },
    /// On a session for one message ([`SessionConfig::single_message`](crate::SessionConfig::single_message)): the
    /// message of the peer was refused by its head, for its length, type or encoding, and so never begins. The
    /// session goes on; whoever refuses a file should close it (RFC 5547 §8.4).
    MessageRefused {
        /// Which message.
        message_id: MessageId,
        /// What its sender is told, if it wants to hear of it.
        status: StatusCode,
    },
    /// On a session for one message: its sender has abandoned the message, and for
    /// [`Config::aborted_timeout`](crate::Config::aborted_timeout) has neither begun it anew nor closed the session.
    /// This side should close it (RFC 5547 §8.4), which begins with signalling.
    StaleAborted,
    /// The peer requests what the application has declared to answer
    /// ([`Config::methods`](crate::Config::methods)).
    Requested(InboundRequest),
    /// A SEND without a body, which binds or keeps alive, was not answered in time (ruling R-71).
    Unanswered,
}

/// What happened to a message being received. `Finished` and `Aborted` are its last event. `Debug` does not
/// show the octets of a body.
#[non_exhaustive]
pub enum IncomingEvent {
    /// The message ends before it is complete.
    Aborted(ReceiveFailure),
    /// Octets of the body have arrived. Those received last count (RFC 4975 §7.3.1).
    Data {
        /// Where they stand in the message, from 0.
        offset: u64,
        /// The octets, never empty.
        data: Bytes,
        /// How many of them were received before.
        seen: u64,
    },
    /// All octets have arrived.
    Finished {
        /// How many there are.
        len: u64,
        /// By which the message can still be refused.
        receipt: Receipt,
    },
    /// A message of which a part was received on a failed session goes on here, instead of `Started`
    /// (RFC 4975 §5.4). Its first event; no chunk of it may ever come.
    Resumed {
        /// The session that replaces the failed one.
        session: SessionId,
        /// Which message.
        message_id: MessageId,
        /// How many octets were received so far.
        received: u64,
        /// What an [`Inbox`](crate::Inbox) had of it, if one was told of the failure.
        body: Option<Box<PartialBody>>,
    },
    /// The first chunk of a message has arrived.
    Started {
        /// The session it came on.
        session: SessionId,
        /// What its head says.
        head: Box<MessageHead>,
    },
}

impl fmt::Debug for IncomingEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aborted(why) => f.debug_tuple("Aborted").field(why).finish(),
            Self::Data { offset, data, seen } => f
                .debug_struct("Data")
                .field("offset", offset)
                .field("data", &Octets(data.len()))
                .field("seen", seen)
                .finish(),
            Self::Finished { len, receipt } => f
                .debug_struct("Finished")
                .field("len", len)
                .field("receipt", receipt)
                .finish(),
            Self::Resumed {
                session,
                message_id,
                received,
                body,
            } => f
                .debug_struct("Resumed")
                .field("session", session)
                .field("message_id", message_id)
                .field("received", received)
                .field("body", body)
                .finish(),
            Self::Started { session, head } => f
                .debug_struct("Started")
                .field("session", session)
                .field("head", head)
                .finish(),
        }
    }
}

/// How a body is shown: by its length.
pub(crate) struct Octets(pub(crate) usize);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets", self.0)
    }
}

/// What happened to a message being sent. `Completed` and `Failed` are its last event. `Debug` does not show
/// the comment of a REPORT.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutgoingEvent {
    /// All octets up to here have been acknowledged by the next hop.
    Acknowledged {
        /// How many octets, from the start of the message on.
        upto: u64,
    },
    /// More of a streamed body is wanted: write it now or later, at once or in parts. It is asked again
    /// when half of [`Config::body_window`](crate::Config::body_window) is free.
    BodyWanted {
        /// Where in the body the octets stand that are wanted, from 0.
        offset: u64,
        /// The most octets that are taken.
        max: usize,
    },
    /// The message has arrived, as far as the reports asked for can tell: with Failure-Report `yes` all
    /// responses have come; with Success-Report reports cover all of it; with neither it has been sent.
    Completed,
    /// The message has failed, or probably has.
    Failed(SendFailure),
    /// A REPORT has come about a part of the message.
    Reported {
        /// The part.
        range: ByteRange,
        /// What became of it.
        status: StatusCode,
        /// What the peer adds for people, if it is text (ruling R-17).
        comment: Option<Box<str>>,
        /// How many octets are reported as received so far, from the start of the message on without a gap.
        upto: u64,
    },
    /// The last octet of the message has been handed out for transmission.
    Sent,
}

impl fmt::Debug for OutgoingEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged { upto } => f.debug_struct("Acknowledged").field("upto", upto).finish(),
            Self::BodyWanted { offset, max } => f
                .debug_struct("BodyWanted")
                .field("offset", offset)
                .field("max", max)
                .finish(),
            Self::Completed => f.write_str("Completed"),
            Self::Failed(why) => f.debug_tuple("Failed").field(why).finish(),
            Self::Reported {
                range,
                status,
                comment,
                upto,
            } => f
                .debug_struct("Reported")
                .field("range", range)
                .field("status", status)
                .field("comment", &comment.as_ref().map(|comment| Octets(comment.len())))
                .field("upto", upto)
                .finish(),
            Self::Sent => f.write_str("Sent"),
        }
    }
}

/// A request for a session that its connection does not know, which waits to be accepted or refused:
/// [`Connection::accept`](crate::Connection::accept), [`Connection::refuse`](crate::Connection::refuse). Until
/// then nothing behind it is processed, and `wants_input` is false. Left alone, it is answered with 481
/// after [`Config::request_timeout`](crate::Config::request_timeout). One that is over before its event is
/// taken is not told.
pub struct SessionRequest {
    /// Counted per connection.
    pub(crate) number: u64,
    pub(crate) head: Box<Head>,
}

impl SessionRequest {
    /// The URI that the request is for: To-Path has only this one.
    pub fn to(&self) -> Option<UriRef<'_>> {
        Some(self.head.to_path()?.leftmost())
    }

    /// The path of the sender, by its own account. The rightmost URI is the peer itself.
    pub fn from_path(&self) -> Option<PathRef<'_>> {
        self.head.from_path()
    }

    /// The head of the request as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

impl fmt::Debug for SessionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRequest")
            .field("number", &self.number)
            .field("head", &self.head)
            .finish()
    }
}

/// The head of the first chunk that arrived of a message.
#[derive(Clone)]
pub struct MessageHead {
    pub(crate) head: Head,
    pub(crate) duplicate: bool,
}

impl MessageHead {
    /// The Message-ID. Unique for what a peer sends, but for duplicates.
    pub fn message_id(&self) -> Option<MessageId> {
        self.head.message_id()
    }

    /// The media type of the whole message.
    pub fn content_type(&self) -> Option<MediaType> {
        self.head.content_type()
    }

    /// Whether the message is to be shown or kept, and under which name: Content-Disposition. Where there is
    /// none that can be read, it is `render` (RFC 4975 §7.1.1).
    pub fn disposition(&self) -> Disposition {
        self.head
            .header("Content-Disposition")
            .and_then(|value| Disposition::parse(value, Profile::Mime).ok())
            .unwrap_or_default()
    }

    /// The octets of the whole message, if the sender says so: a hint and no more (ruling R-29).
    pub fn total(&self) -> Option<u64> {
        self.head.byte_range()?.total
    }

    /// Whether a message with this Message-ID was received before, on this session or the one it replaces
    /// (RFC 4975 §5.4): it should not be shown as a new one. On a session that replaces a failed one it may
    /// begin in the middle: its sender goes on with what had arrived already.
    pub fn is_duplicate(&self) -> bool {
        self.duplicate
    }

    /// The path of the sender.
    pub fn from_path(&self) -> Option<PathRef<'_>> {
        self.head.from_path()
    }

    /// The head as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.head.as_bytes() == other.head.as_bytes() && self.duplicate == other.duplicate
    }
}

impl fmt::Debug for MessageHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageHead")
            .field("head", &self.head)
            .field("duplicate", &self.duplicate)
            .finish()
    }
}

/// Proof of a message received, by which it can be refused later on
/// ([`Connection::fail`](crate::Connection::fail)), or its success reported
/// ([`Connection::report`](crate::Connection::report)). The connection itself keeps nothing of the message.
#[derive(Clone)]
pub struct Receipt {
    pub(crate) session: SessionId,
    pub(crate) incoming: IncomingId,
    pub(crate) message_id: MessageId,
    /// The way for REPORTs.
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) success_report: bool,
    pub(crate) failure_report: FailureReport,
    pub(crate) len: u64,
}

impl Receipt {
    /// The session that the message came on.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The message.
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// Whether the sender asked for success reports.
    pub fn wants_report(&self) -> bool {
        self.success_report
    }

    /// Octets of the message.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the message has no octets.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("session", &self.session)
            .field("message_id", &self.message_id)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
