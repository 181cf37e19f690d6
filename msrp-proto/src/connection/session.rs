//! Sessions: opening, finding, binding and ending them (RFC 4975 §5.4, §7.3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use msrp_multipart::MediaType;

use super::relay::RelayUse;
use super::remembered::{Keep, Remembered};
use super::route::Route;
use super::send::Control;
use super::timer::Timer;
use super::{Connection, Phase};
use crate::carry::Carry;
use crate::config::{Matching, Role, SessionConfig, Terms};
use crate::error::{
    OpenError, OpenErrorReason, ReceiveFailure, SendError, SendErrorReason, SendFailure, SessionFailure,
};
use crate::event::{Event, OutgoingId, SessionEvent, SessionId};
use crate::message::Message;
use crate::slots::Key;
use crate::time::Instant;
use crate::wire::{MessageId, MsrpUri, PathRef, Scheme, StatusCode, UriRef};

/// A session of a connection, to command it.
pub struct Session<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) id: SessionId,
}

/// What a session has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionStats {
    /// Messages of which the last octet was handed out.
    pub messages_sent: u64,
    /// Messages received completely, duplicates included.
    pub messages_received: u64,
    /// Octets of body handed out.
    pub octets_sent: u64,
    /// Octets of body received and not refused; those received again count again.
    pub octets_received: u64,
    /// REPORTs handed out.
    pub reports_sent: u64,
    /// REPORTs received, whatever they are about.
    pub reports_received: u64,
}

pub(super) struct SessionState {
    pub(super) config: SessionConfig,
    /// The peer has shown that it knows the session.
    pub(super) bound: bool,
    pub(super) closing: bool,
    /// The path goes through relays that no longer take it.
    pub(super) lapsed: bool,
    /// The way back from the last request.
    pub(super) route: Option<Arc<Route>>,
    /// Messages that wait or are being sent.
    pub(super) outgoing: BTreeSet<OutgoingId>,
    /// Messages that are sent and of which a report is awaited, by age.
    pub(super) unreported: BTreeMap<u64, OutgoingId>,
    pub(super) incoming: Vec<Key>,
    /// The message that the last chunk belonged to.
    pub(super) last_incoming: Option<Key>,
    /// Message-IDs received whole, and how many octets.
    pub(super) received: Remembered<u64>,
    /// It replaces a failed session.
    pub(super) replacement: bool,
    /// Message-IDs refused, and with what.
    pub(super) refused: Remembered<StatusCode>,
    /// Message-IDs sent that had their last event.
    pub(super) ended: Remembered<()>,
    /// Types that the peer answered 415 to (RFC 4975 §10.6).
    refused_types: Vec<Box<str>>,
    pub(super) last_sent: Option<Instant>,
    /// The one message to send on a session for one is queued, sent or over.
    pub(super) has_sent: bool,
    /// The one message to receive on a session for one.
    pub(super) only_incoming: Option<Box<MessageId>>,
    pub(super) stats: SessionStats,
    next_of_same_id: Option<SessionId>,
}

impl Connection {
    /// Opens a session that signalling has agreed upon.
    ///
    /// An active session speaks first: with the first message, or with a SEND without a body. A passive
    /// one sends nothing before a request of the peer has bound it to this connection (RFC 4975 §5.4).
    ///
    /// # Errors
    ///
    /// [`OpenError`], which gives the configuration back.
    pub fn open(&mut self, session: SessionConfig) -> Result<SessionId, OpenError> {
        if let Err(reason) = self.check_open(&session) {
            return Err(OpenError {
                session: Box::new(session),
                reason,
            });
        }
        let id = self.add_session(session);
        self.settle_requested();
        Ok(id)
    }

    /// A session, to command it; `None` once its last event is queued.
    pub fn session(&mut self, id: SessionId) -> Option<Session<'_>> {
        self.sessions.get(id.0)?;
        Some(Session { connection: self, id })
    }

    fn add_session(&mut self, mut session: SessionConfig) -> SessionId {
        let carry = session.replaces.take();
        let name = session.local.session_id().unwrap_or_default();
        let next_of_same_id = self.names.get(name, &self.sessions);
        let state = SessionState {
            config: session,
            bound: false,
            closing: false,
            lapsed: false,
            route: None,
            outgoing: BTreeSet::new(),
            unreported: BTreeMap::new(),
            incoming: Vec::new(),
            last_incoming: None,
            received: Remembered::default(),
            replacement: carry.is_some(),
            refused: Remembered::default(),
            ended: Remembered::default(),
            refused_types: Vec::new(),
            last_sent: None,
            has_sent: false,
            only_incoming: None,
            stats: SessionStats::default(),
            next_of_same_id,
        };
        let id = SessionId(self.sessions.insert(Box::new(state)));
        if let Some(state) = self.sessions.get(id.0) {
            self.relays.take(&state.config.terms, id);
        }
        self.names.insert(id, &self.sessions);
        self.timers.cancel(Timer::Idle);
        if let Some(wait) = self.config.keepalive {
            self.timers.start(Timer::Keepalive(id), wait);
        }
        self.hold_or_release(id);
        if let Some(carry) = carry {
            self.take_over(id, *carry);
        }
        id
    }

    /// The session that a request is for: the one whose URI is its To-Path (RFC 4975 §7.3).
    pub(super) fn find_session(&self, to: PathRef<'_>) -> Option<SessionId> {
        if to.len() != 1 {
            return None;
        }
        let uri = to.leftmost();
        self.find_exactly(uri).or_else(|| match self.config.matching {
            Matching::Exact => None,
            Matching::SessionId => {
                let first = self.names.get(uri.session_id()?, &self.sessions)?;
                let alone = self.sessions.get(first.0)?.next_of_same_id.is_none();
                alone.then_some(first)
            }
        })
    }

    fn find_exactly(&self, uri: UriRef<'_>) -> Option<SessionId> {
        let mut candidate = self.names.get(uri.session_id()?, &self.sessions);
        while let Some(id) = candidate {
            let state = self.sessions.get(id.0)?;
            if state.config.local.as_ref() == uri {
                return Some(id);
            }
            candidate = state.next_of_same_id;
        }
        None
    }

    /// The peer has shown that it knows the session.
    #[inline]
    pub(super) fn bind(&mut self, id: SessionId) {
        if let Some(state) = self.sessions.get_mut(id.0)
            && !state.bound
        {
            state.bound = true;
            self.events.push(Event::Session(id, SessionEvent::Bound));
            self.hold_or_release(id);
        }
    }

    /// Ends a session whose peer is no longer there for it.
    pub(super) fn fail_session(&mut self, id: SessionId, failure: SessionFailure) {
        self.reports.retain(|report| report.session != id);
        if self.sessions.get(id.0).is_some() {
            let carry = self.carry(id);
            self.end_session(id, SessionEvent::Failed(failure, carry));
        }
        self.watch_answers();
    }

    /// A closing session ends when every message and every request has its outcome, and the peer was told of those
    /// that were given up.
    pub(super) fn finish_session(&mut self, id: SessionId) {
        let drained =
            |state: &SessionState| state.closing && state.outgoing.is_empty() && state.unreported.is_empty();
        let told = |control: &Control| !matches!(control, Control::Abort { session, .. } if *session == id);
        if self.phase != Phase::Lost
            && self.sessions.get(id.0).is_some_and(|state| drained(state))
            && self.controls.iter().all(told)
            && self.requests.own_of(Some(id)).is_empty()
        {
            self.end_session(id, SessionEvent::Closed);
        }
    }

    /// The connection is lost; messages have had their last event.
    pub(super) fn lose_session(&mut self, id: SessionId, carry: Box<Carry>) {
        self.remove_session(id);
        self.events.push(Event::Session(
            id,
            SessionEvent::Failed(SessionFailure::ConnectionLost, carry),
        ));
    }

    pub(super) fn keepalive_expired(&mut self, id: SessionId) {
        let (Some(wait), Some(state)) = (self.config.keepalive, self.sessions.get(id.0)) else {
            return;
        };
        let quiet = state
            .last_sent
            .map_or(wait, |sent| self.now.saturating_duration_since(sent));
        if quiet < wait {
            self.timers.start(Timer::Keepalive(id), wait - quiet);
            return;
        }
        self.queue_bodiless(id);
        self.timers.start(Timer::Keepalive(id), wait);
    }

    /// One that could not leave yet will do.
    fn queue_bodiless(&mut self, id: SessionId) {
        let waits = |control: &Control| matches!(control, Control::Bodiless(session) if *session == id);
        let may_send = self.sessions.get(id.0).is_some_and(|state| state.may_send());
        let control = Control::Bodiless(id);
        if may_send && !self.controls.iter().any(waits) && self.fits_control(&control) {
            self.controls.push_back(control);
        }
    }

    fn check_open(&self, session: &SessionConfig) -> Result<(), OpenErrorReason> {
        let uri = session.local.as_ref();
        if self.phase != Phase::Open {
            return Err(OpenErrorReason::Closing);
        }
        if uri.session_id().is_none() {
            return Err(OpenErrorReason::NoSessionId);
        }
        if uri.lacks_port() || session.terms.lacks_port() {
            return Err(OpenErrorReason::NoPort);
        }
        if !self.link.is_secure() && (uri.scheme() == Scheme::Msrps || session.terms.wants_protection()) {
            return Err(OpenErrorReason::NotSecure);
        }
        if self.link.is_for_one_session() && !self.sessions.is_empty() {
            return Err(OpenErrorReason::ChannelBusy);
        }
        if self.find_exactly(uri).is_some() {
            return Err(OpenErrorReason::InUse);
        }
        if self.sessions.len() >= self.config.max_sessions {
            return Err(OpenErrorReason::TooMany);
        }
        match self.relays.check(&session.terms, None) {
            RelayUse::Fine => Ok(()),
            RelayUse::Unknown => Err(OpenErrorReason::RelayPath),
            RelayUse::InUse => Err(OpenErrorReason::RelayPathInUse),
        }
    }

    /// Relays may no longer take the path of a session, or take it again. What waits goes by the path that signalling
    /// agrees upon next, or by this one.
    #[cfg(feature = "relay")]
    pub(super) fn path_changed(&mut self, id: SessionId) {
        self.hold_or_release(id);
        if self.sessions.get(id.0).is_some_and(|state| state.lapsed)
            && let Some(chunk) = &mut self.chunk
            && self
                .sending
                .get(chunk.message.0)
                .is_some_and(|message| message.session == id)
        {
            chunk.cut = true;
        }
        self.finish_session(id);
    }

    fn hold_or_release(&mut self, id: SessionId) {
        let Some(state) = self.sessions.get_mut(id.0) else {
            return;
        };
        state.lapsed = !self.relays.is_alive(&state.config.terms, id);
        let held = !state.may_send();
        // The active side speaks first (RFC 4975 §5.4).
        if !held
            && state.config.role == Role::Active
            && state.last_sent.is_none()
            && self.config.immediate_send
            && self.fits_control(&Control::Bodiless(id))
        {
            self.bindings.insert(id);
        } else {
            self.bindings.remove(&id);
        }
        if held {
            // Without a path there is no writing these either.
            self.controls.retain(|control| control.session() != id);
        }
        self.scheduler.hold(id, held);
        self.requests.hold(id, held);
    }

    fn end_session(&mut self, id: SessionId, event: SessionEvent) {
        let Some(state) = self.sessions.get_mut(id.0) else {
            return;
        };
        // It ends here, not by the last of its messages.
        state.closing = false;
        let sending: Vec<_> = state.outgoing.iter().copied().collect();
        let unreported: Vec<_> = state.unreported.values().copied().collect();
        let mut incoming = state.incoming.clone();
        incoming.sort_unstable();
        for message in unreported {
            self.end_outgoing(message, Err(SendFailure::Unconfirmed));
        }
        for message in sending {
            self.end_outgoing(message, Err(SendFailure::SessionEnded));
        }
        for key in incoming {
            self.abort_incoming(key, ReceiveFailure::SessionEnded);
        }
        self.end_requests(id);
        self.controls.retain(|control| control.session() != id);
        self.bindings.remove(&id);
        self.remove_session(id);
        self.answer_early();
        self.watch_answers();
        self.events.push(Event::Session(id, event));
        self.end_relay_of(id);
        if self.sessions.is_empty() {
            self.start_idle();
        }
    }

    /// Counts from now on how long there is no session.
    pub(super) fn start_idle(&mut self) {
        let wait = if self.relays.is_used() {
            self.config.relay_idle_timeout
        } else {
            self.config.idle_timeout
        };
        self.timers.start(Timer::Idle, wait);
    }

    fn remove_session(&mut self, id: SessionId) {
        self.timers.cancel(Timer::Keepalive(id));
        self.timers.cancel(Timer::Aborted(id));
        self.scheduler.hold(id, false);
        self.receiver.forget_session(id);
        let Some(state) = self.sessions.get(id.0) else {
            return;
        };
        let name = state.config.local.session_id().unwrap_or_default();
        let first = self.names.get(name, &self.sessions);
        let Some(state) = self.sessions.remove(id.0) else {
            return;
        };
        if first == Some(id) {
            let name = state.config.local.session_id().unwrap_or_default();
            self.names.remove(name, state.next_of_same_id);
            return;
        }
        let mut before = first;
        while let Some(state_before) = before.and_then(|id| self.sessions.get_mut(id.0)) {
            if state_before.next_of_same_id == Some(id) {
                state_before.next_of_same_id = state.next_of_same_id;
                return;
            }
            before = state_before.next_of_same_id;
        }
    }
}

impl SessionState {
    /// The own URI as written in From-Path.
    pub(super) fn local(&self) -> &[u8] {
        self.config.local.as_str().as_bytes()
    }

    /// The peer's path as written in To-Path; empty while it is not known.
    pub(super) fn remote(&self) -> &[u8] {
        let remote = self.config.terms.remote.as_ref();
        remote.map_or(&[], |path| path.as_str().as_bytes())
    }

    /// The way back to whom a request with that From-Path came from.
    pub(super) fn route_to(&mut self, from_path: &[u8]) -> Arc<Route> {
        match &self.route {
            Some(route) if route.whole() == from_path => route.clone(),
            _ => {
                let (local, _) = self.config.local.clone().into_parts();
                self.route.insert(Route::new(from_path, local)).clone()
            }
        }
    }

    /// The peer's path is known and good, and so is that it is the peer who is at the other end.
    pub(super) fn may_send(&self) -> bool {
        self.config.terms.remote.is_some() && !self.lapsed && (self.bound || self.config.role == Role::Active)
    }

    pub(super) fn refuse_type(&mut self, essence: &str) {
        if self.refused_types.len() < REFUSED_TYPES && !self.is_type_refused(essence) {
            self.refused_types.push(essence.into());
        }
    }

    fn is_type_refused(&self, essence: &str) -> bool {
        self.refused_types
            .iter()
            .any(|refused| refused.eq_ignore_ascii_case(essence))
    }

    fn check_send(&self, message: &Message, max_outgoing: usize, keep: Keep) -> Result<(), SendErrorReason> {
        let terms = &self.config.terms;
        if self.closing {
            return Err(SendErrorReason::Closing);
        }
        if self.lapsed {
            return Err(SendErrorReason::RelayPathExpired);
        }
        if !terms.direction.may_send() && !message.control {
            return Err(SendErrorReason::Direction);
        }
        if self.config.single_message && self.has_sent && !message.control {
            return Err(SendErrorReason::SingleMessage);
        }
        if let Some(id) = &message.message_id {
            // One that a peer has chosen may be longer (ruling R-12).
            if MessageId::new(id.as_str()).is_err() {
                return Err(SendErrorReason::IllegalId);
            }
            // Other content is another message (RFC 4975 §7.1.1).
            if self.ended.lookup(id, keep).is_some() {
                return Err(SendErrorReason::DuplicateId);
            }
        }
        let content_type = &message.content_type;
        if !terms.accepts.accepts(content_type) || self.is_type_refused(content_type.essence()) {
            return Err(SendErrorReason::TypeNotAccepted);
        }
        if !message
            .wrapped
            .iter()
            .all(|wrapped| terms.accepts_wrapped(wrapped))
        {
            return Err(SendErrorReason::WrappedTypeNotAccepted);
        }
        let len = message.body.len();
        // Without a known end, an octet must be able to follow.
        if message.offset > len.unwrap_or(u64::MAX - 1) {
            return Err(SendErrorReason::Offset);
        }
        if terms
            .max_size
            .filter(|_| !message.exceeds)
            .is_some_and(|max| len.unwrap_or(message.offset) > max)
        {
            return Err(SendErrorReason::TooLarge);
        }
        if self.outgoing.len() >= max_outgoing {
            return Err(SendErrorReason::TooMany);
        }
        Ok(())
    }
}

/// How many types that were refused are remembered; further ones are refused by the peer again.
const REFUSED_TYPES: usize = 64;

impl Session<'_> {
    /// Queues a message. It leaves as soon as the scheduler comes to it, or when the session may send.
    ///
    /// # Errors
    ///
    /// [`SendError`], which gives the message back.
    pub fn send(&mut self, message: Message) -> Result<OutgoingId, SendError> {
        let connection = &mut *self.connection;
        let keep = connection.keep();
        let checked = match connection.sessions.get(self.id.0) {
            Some(state) => state.check_send(&message, connection.config.max_outgoing, keep),
            None => Err(SendErrorReason::Closing),
        };
        let reason = match checked {
            Ok(()) if !connection.fits_message(self.id, &message) => SendErrorReason::HeadTooLong,
            Ok(()) => match &message.message_id {
                Some(id) if connection.sending_by_id.contains_key(&(self.id, id.clone())) => {
                    SendErrorReason::DuplicateId
                }
                _ => return Ok(connection.queue_message(self.id, message)),
            },
            Err(reason) => reason,
        };
        Err(SendError {
            message: Box::new(message),
            reason,
        })
    }

    /// Sends a SEND without a body, which keeps the connection and what is on its way alive. If it is not
    /// answered, [`SessionEvent::Unanswered`] says so. Does nothing while the session may not send, nor while
    /// one waits to be sent.
    pub fn ping(&mut self) {
        self.connection.queue_bodiless(self.id);
    }

    /// Takes over what signalling has agreed upon now. Messages under way go on, to the path now valid, unless
    /// it leaves them no room in a message of the transport ([`SendFailure::HeadTooLong`]).
    ///
    /// A path whose next hop is `msrps` ends a session over a link that is not protected, as
    /// [`SessionFailure::NotSecure`]: [`Connection::open`] would have refused it. So does a path with a URI without a port,
    /// as [`SessionFailure::NoPort`], and a path through relays that they have not given to this connection, or that
    /// another session uses, as [`SessionFailure::RelayPath`].
    pub fn update(&mut self, terms: Terms) {
        if !self.connection.link.is_secure() && terms.wants_protection() {
            self.connection.fail_session(self.id, SessionFailure::NotSecure);
            return;
        }
        if terms.lacks_port() {
            self.connection.fail_session(self.id, SessionFailure::NoPort);
            return;
        }
        if !matches!(
            self.connection.relays.check(&terms, Some(self.id)),
            RelayUse::Fine
        ) {
            self.connection.fail_session(self.id, SessionFailure::RelayPath);
            return;
        }
        self.connection.relays.take(&terms, self.id);
        if let Some(state) = self.connection.sessions.get_mut(self.id.0) {
            state.config.terms = terms;
        }
        self.connection.hold_or_release(self.id);
        self.connection.refit(self.id);
        self.connection.finish_session(self.id);
    }

    /// Makes room for one more message each way on a session for one
    /// ([`SessionConfig::single_message`]): signalling begins another transfer with the URIs as they are, by a new
    /// file-transfer-id alone (RFC 5547 §8.1). To be called as soon as that offer is made or accepted, since the
    /// peer may be faster than its answer. What is under way is not touched: what shall end is to be aborted
    /// ([`Outgoing::abort`](crate::Outgoing::abort)) or rejected ([`Incoming::reject`](crate::Incoming::reject))
    /// first.
    pub fn allow_next_message(&mut self) {
        if let Some(state) = self.connection.sessions.get_mut(self.id.0) {
            state.has_sent = false;
            state.only_incoming = None;
        }
        self.connection.timers.cancel(Timer::Aborted(self.id));
    }

    /// Ends the session when every message and every request queued has its outcome; takes no further ones. Requests
    /// of the peer that have no answer by then get a 481. Where they may
    /// never leave, because the peer has not bound the session or its path is not known or has expired, only
    /// [`abort`](Self::abort) ends it.
    pub fn close(self) {
        if let Some(state) = self.connection.sessions.get_mut(self.id.0) {
            state.closing = true;
        }
        self.connection.finish_session(self.id);
    }

    /// Ends the session at once. Messages without an outcome have failed.
    pub fn abort(self) {
        self.connection.fail_session(self.id, SessionFailure::Aborted);
    }

    /// Whether the peer has shown that it knows the session.
    pub fn is_bound(&self) -> bool {
        self.connection
            .sessions
            .get(self.id.0)
            .is_some_and(|state| state.bound)
    }

    /// Whether a type may stand inside a container here: it is among the types accepted, or among those
    /// accepted inside containers only (RFC 4975 §8.6). For applications that open containers, which refuse
    /// a message with other content by [`Refusal::UNSUPPORTED_MEDIA_TYPE`](crate::Refusal).
    pub fn accepts_wrapped(&self, media_type: &MediaType) -> bool {
        self.connection
            .sessions
            .get(self.id.0)
            .is_some_and(|state| state.config.is_wrapped_accepted(media_type))
    }

    /// The own URI.
    pub fn local(&self) -> Option<&MsrpUri> {
        self.connection
            .sessions
            .get(self.id.0)
            .map(|state| &state.config.local)
    }

    /// What the session has done so far.
    pub fn stats(&self) -> SessionStats {
        let state = self.connection.sessions.get(self.id.0);
        state.map(|state| state.stats).unwrap_or_default()
    }

    /// How many messages wait, are being sent, or await a report.
    pub fn outgoing_count(&self) -> usize {
        let count = |state: &SessionState| state.outgoing.len() + state.unreported.len();
        self.connection
            .sessions
            .get(self.id.0)
            .map_or(0, |state| count(state))
    }
}

impl core::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("bound", &self.is_bound())
            .finish_non_exhaustive()
    }
}
