//! What can go wrong: one small type per operation. Commands give the caller's data back.

use thiserror::Error;

use crate::config::SessionConfig;
use crate::event::{Octets, SessionRequest};
use crate::message::Message;
use crate::request::{InboundRequest, Request, Response};
use crate::wire::{DecodeError, StatusCode};

/// Why a connection ended.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The application called [`Connection::abort`](crate::Connection::abort).
    #[error("connection aborted")]
    Aborted,
    /// The application closed the connection, and everything has been sent.
    #[error("connection closed")]
    Closed,
    /// The peer's octets could no longer be split into frames.
    #[error("the peer sent what is not MSRP")]
    Framing(#[source] DecodeError),
    /// The driver handed over more input than it was told to wait with.
    #[error("too much input while none was wanted")]
    InputOverflow,
    /// The transport failed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The peer closed the connection.
    #[error("the peer closed the connection")]
    PeerClosed,
    /// Answers could not be sent for too long.
    #[error("the peer does not take answers")]
    Stalled,
    /// The peer closed the connection in the middle of a frame.
    #[error("the peer closed the connection in the middle of a frame")]
    Truncated,
}

/// Why a message of a WebSocket or of a data channel is not exactly one frame. See
/// [`Event::Unframed`](crate::Event::Unframed).
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unframed {
    /// The message ends before the frame does.
    #[error("the message ends before the frame does")]
    Cut,
    /// The message has no octets.
    #[error("the message is empty")]
    Empty,
    /// The message is no frame, or not a legal one.
    #[error("the message is not MSRP")]
    Illegal(#[source] DecodeError),
    /// There are octets behind the end-line, perhaps another frame.
    #[error("there are octets behind the frame")]
    Surplus,
}

/// How a transport failed, as the driver tells it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// No connection could be made.
    #[error("no connection could be made")]
    Connect,
    /// The certificate does not have the fingerprint agreed upon (RFC 4975 §14.4).
    #[error("the certificate has another fingerprint")]
    Fingerprint,
    /// The name in the certificate is another one.
    #[error("the certificate is for another name")]
    Name,
    /// The connection broke.
    #[error("the connection broke")]
    Reset,
    /// The protected layer failed in another way.
    #[error("TLS failed")]
    Tls,
}

/// Why a session could not be opened. The configuration is given back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct OpenError {
    /// The configuration, untouched.
    pub session: Box<SessionConfig>,
    /// What is wrong with it.
    #[source]
    pub reason: OpenErrorReason,
}

/// See [`OpenError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenErrorReason {
    /// The data channel has a session; it carries one at a time (RFC 8873 §5.1).
    #[error("the data channel has a session")]
    ChannelBusy,
    /// The connection is closing or lost.
    #[error("the connection is closing")]
    Closing,
    /// A session of this connection has the same URI.
    #[error("the URI is in use")]
    InUse,
    /// A URI has no port (RFC 4976 §8).
    #[error("a URI without a port")]
    NoPort,
    /// The own URI names a host, not a session (RFC 4975 §6).
    #[error("the URI has no session-id")]
    NoSessionId,
    /// A URI says `msrps`, and the link is not protected.
    #[error("msrps needs a protected link")]
    NotSecure,
    /// The path goes through relays that have not given it to this connection, or it has expired
    /// ([`Connection::authorize`](crate::Connection::authorize)).
    #[error("not a path that relays have given to this connection")]
    RelayPath,
    /// Another session uses the path through relays; it is for one (RFC 4976 §3.1).
    #[error("another session uses the path through relays")]
    RelayPathInUse,
    /// The configuration allows no more sessions.
    #[error("too many sessions")]
    TooMany,
}

/// Why a requested session was not accepted. Request and configuration are given back.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct AcceptError {
    /// The request. Unless [`AcceptErrorReason::Expired`], it can still be accepted or refused.
    pub request: Box<SessionRequest>,
    /// The configuration, untouched.
    pub session: Box<SessionConfig>,
    /// What is wrong.
    #[source]
    pub reason: AcceptErrorReason,
}

/// See [`AcceptError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptErrorReason {
    /// The request was answered meanwhile: its time was over, or the connection is lost.
    #[error("the request is no longer open")]
    Expired,
    /// The session cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenErrorReason),
    /// The request is for another URI than the session's.
    #[error("the request is for another session")]
    OtherUri,
}

/// Why a session was not put into a [`SessionTable`](crate::SessionTable). The configuration is given back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct ExpectError {
    /// The configuration, untouched.
    pub session: Box<SessionConfig>,
    /// What is wrong with it.
    #[source]
    pub reason: ExpectErrorReason,
}

/// See [`ExpectError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpectErrorReason {
    /// Another session has the same URI (RFC 4975 §8.2); for a fork, one on the same connection.
    #[error("the URI is in use")]
    InUse,
    /// The own URI names a host, not a session (RFC 4975 §6).
    #[error("the URI has no session-id")]
    NoSessionId,
    /// A fork has the URI of what it is a fork of.
    #[error("a fork has the same URI")]
    OtherUri,
    /// The session to fork has ended.
    #[error("the session to fork has ended")]
    Unknown,
}

/// Why a message was not taken. It is given back.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct SendError {
    /// The message, untouched.
    pub message: Box<Message>,
    /// Why it was not taken.
    #[source]
    pub reason: SendErrorReason,
}

/// See [`SendError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendErrorReason {
    /// The session is closing, or the connection is.
    #[error("the session is closing")]
    Closing,
    /// The direction agreed upon does not allow messages from here.
    #[error("the session does not send")]
    Direction,
    /// A message with this Message-ID is being sent, awaits its report, or has had its outcome.
    #[error("the Message-ID is used")]
    DuplicateId,
    /// A message of the transport has no room for the head and an octet of body ([`Link`](crate::Link)).
    #[error("the head leaves no room for a body")]
    HeadTooLong,
    /// The Message-ID is not one to send: 4 to 32 characters (RFC 4975 §9). Peers may use longer ones.
    #[error("the Message-ID is not one to send")]
    IllegalId,
    /// The message is to go on behind its end ([`Message::resume`]).
    #[error("the message is not that long")]
    Offset,
    /// The path through relays has expired, or was given up (RFC 4976 §6.3).
    #[error("the path through relays has expired")]
    RelayPathExpired,
    /// The session is for one message, and has had it
    /// ([`SessionConfig::single_message`](crate::SessionConfig::single_message)).
    #[error("the session is for one message")]
    SingleMessage,
    /// The message is longer than the peer wants.
    #[error("longer than the peer wants")]
    TooLarge,
    /// The configuration allows no more messages at a time.
    #[error("too many messages")]
    TooMany,
    /// The peer did not say that it accepts this type, or it answered 415 to it.
    #[error("the peer does not accept this type")]
    TypeNotAccepted,
    /// The peer did not say that it accepts a type that is inside the message
    /// ([`Message::wraps`](crate::Message::wraps)).
    #[error("the peer does not accept a type inside")]
    WrappedTypeNotAccepted,
}

/// Why a request was not taken. It is given back.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct RequestError {
    /// The request, untouched.
    pub request: Box<Request>,
    /// Why it was not taken.
    #[source]
    pub reason: RequestErrorReason,
}

/// See [`RequestError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestErrorReason {
    /// The body has more than 10240 octets (RFC 4975 §7.1).
    #[error("the body is too long")]
    BodyTooLong,
    /// The session is closing, or the connection is.
    #[error("the session is closing")]
    Closing,
    /// The method is SEND or REPORT, or is not made of up to 32 capitals.
    #[error("not a method to request with")]
    Method,
    /// A header describes a body, and there is none.
    #[error("a MIME header without a body")]
    MimeWithoutBody,
    /// A NICKNAME does not have exactly one Use-Nickname with a legal value, or it has a body (RFC 7701 §7.1).
    #[error("not a legal NICKNAME request")]
    Nickname,
    /// The peer did not say that it takes nicknames ([`Terms::peer_nicknames`](crate::Terms::peer_nicknames)).
    #[error("the peer does not take nicknames")]
    NoNicknames,
    /// The path through relays has expired, or was given up (RFC 4976 §6.3).
    #[error("the path through relays has expired")]
    RelayPathExpired,
    /// A message of the transport cannot hold it ([`Link`](crate::Link)).
    #[error("longer than a message of the transport")]
    TooLong,
    /// The configuration allows no more requests at a time.
    #[error("too many requests")]
    TooMany,
}

/// Why there is no answer to a request.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestFailure {
    /// The connection ended.
    #[error("the connection ended")]
    ConnectionLost,
    /// The session ended.
    #[error("the session ended")]
    SessionEnded,
    /// No response within the time: the request has probably not arrived.
    #[error("timed out")]
    TimedOut,
    /// With the path now valid a message of the transport cannot hold it ([`Link`](crate::Link)).
    #[error("longer than a message of the transport")]
    TooLong,
}

/// Why a request of the peer was not answered. Both are given back.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct RespondError {
    /// The request. Unless [`RespondErrorReason::Expired`], it can still be answered.
    pub request: Box<InboundRequest>,
    /// The response, untouched.
    pub response: Response,
    /// What is wrong.
    #[source]
    pub reason: RespondErrorReason,
}

/// See [`RespondError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RespondErrorReason {
    /// The time for it is over, its session is, or it came on another connection.
    #[error("the request is no longer open")]
    Expired,
    /// A message of the transport cannot hold the response ([`Link`](crate::Link)).
    #[error("longer than a message of the transport")]
    TooLong,
}

/// Why octets of a streamed body were not taken. They are given back. `Debug` does not show them.
#[derive(Clone, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct WriteError {
    /// The octets, untouched.
    pub data: bytes::Bytes,
    /// Why they were not taken.
    #[source]
    pub reason: WriteErrorReason,
}

impl core::fmt::Debug for WriteError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WriteError")
            .field("data", &Octets(self.data.len()))
            .field("reason", &self.reason)
            .finish()
    }
}

/// See [`WriteError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteErrorReason {
    /// The body was finished, or was given whole.
    #[error("the body is finished")]
    Finished,
    /// More octets than were asked for.
    #[error("more octets than were asked for")]
    NotWanted,
    /// The message would become longer than announced.
    #[error("longer than announced")]
    TooLong,
}

/// The body has fewer octets than announced, or none at all though the message goes on
/// ([`Message::resume`]); it goes on being awaited. Abort the message instead.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{missing} octets fewer than announced")]
pub struct FinishError {
    /// How many octets are missing.
    pub missing: u64,
}

/// A message can no longer be refused: its session is over, or its sender does not want to hear of it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("too late to refuse the message")]
pub struct TooLate;

/// Why success was not reported.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportError {
    /// Not all octets of the range have been received, or there are none in it.
    #[error("not all of it has been received")]
    NotReceived,
    /// The sender did not ask for success reports (RFC 4975 §7.1.3).
    #[error("the sender did not ask for it")]
    NotWanted,
    /// The session is over: there is nobody to tell.
    #[error("the session is over")]
    SessionEnded,
}

/// The connection still has sessions; close or abort them first.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the connection has {0} sessions")]
pub struct SessionsOpen(pub usize);

/// Why a sent message failed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendFailure {
    /// The application aborted it.
    #[error("aborted")]
    Aborted,
    /// The connection ended before the outcome was known.
    #[error("the connection ended")]
    ConnectionLost,
    /// With the path now valid, or as its positions get longer, a message of the transport has no room for
    /// the head and an octet of body ([`Link`](crate::Link)).
    #[error("the head leaves no room for a body")]
    HeadTooLong,
    /// A response or a REPORT refused it.
    #[error("refused with {0}")]
    Refused(StatusCode),
    /// The session ended before the outcome was known.
    #[error("the session ended")]
    SessionEnded,
    /// No response within the time, or a 408 (RFC 4975 §10.4): it has probably not arrived.
    #[error("timed out")]
    TimedOut,
    /// It grew longer than the peer wants.
    #[error("longer than the peer wants")]
    TooLarge,
    /// It was sent, but the success report asked for did not come.
    #[error("not confirmed")]
    Unconfirmed,
}

/// Why an incoming message ends before it is complete.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiveFailure {
    /// The connection ended.
    #[error("the connection ended")]
    ConnectionLost,
    /// The sender abandoned it.
    #[error("abandoned by the sender")]
    PeerAborted,
    /// It was refused, by the application or by a limit.
    #[error("refused with {0}")]
    Refused(StatusCode),
    /// The session ended.
    #[error("the session ended")]
    SessionEnded,
    /// Nothing of it came for too long.
    #[error("nothing arrived for too long")]
    TimedOut,
}

/// Why a session failed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionFailure {
    /// The application aborted it.
    #[error("aborted")]
    Aborted,
    /// The connection ended.
    #[error("the connection ended")]
    ConnectionLost,
    /// The path agreed upon by [`Session::update`](crate::Session::update) has a URI without a port (RFC 4976 §8).
    #[error("a URI without a port")]
    NoPort,
    /// The path agreed upon by [`Session::update`](crate::Session::update) says `msrps`, and the link is not
    /// protected (RFC 4975 §5.4).
    #[error("msrps needs a protected link")]
    NotSecure,
    /// The path agreed upon by [`Session::update`](crate::Session::update) goes through relays that have not given it
    /// to this connection, or another session uses it.
    #[error("not a path that relays have given to this session")]
    RelayPath,
    /// The peer says that octets were lost or that there is no such session: 408 in a REPORT, 481, 506
    /// (ruling R-24).
    #[error("the peer answered {0}")]
    Refused(StatusCode),
}
