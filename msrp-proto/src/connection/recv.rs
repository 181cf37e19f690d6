//! Receiving: requests and their chunks, in the order of checks of `docs/conformance/transport.md` §5.1.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use super::Connection;
use super::timer::Timer;
use super::transmit::Answer;
use crate::error::ReceiveFailure;
use crate::event::{Event, IncomingEvent, IncomingId, MessageHead, Receipt, SessionId};
use crate::message::Refusal;
use crate::range_set::RangeSet;
use crate::slots::{Key, Slots};
use crate::time::Instant;
use crate::wire::{
    ByteRange, ContinuationFlag, FailureReport, Head, Item, Malformed, MessageId, Method, PathRef, StartLine,
    StatusCode, TransactionId,
};

/// A message being received, to command it.
pub struct Incoming<'a> {
    connection: &'a mut Connection,
    id: IncomingId,
}

/// Everything about messages being received.
pub(super) struct Receiver {
    messages: Slots<Box<Receiving>>,
    by_id: BTreeMap<(SessionId, MessageId), Key>,
    /// The request whose end has not come yet.
    request: Request,
    gathered: Gathered,
    /// The To-Path last found, and whose it is. Frames of a session repeat it.
    last_to: Vec<u8>,
    last_session: Option<SessionId>,
}

/// A message being received.
struct Receiving {
    session: SessionId,
    message_id: MessageId,
    /// From-Path of the first chunk, for REPORTs.
    from_path: Bytes,
    success_report: bool,
    received: RangeSet,
    /// Octets of the whole, fixed by the chunk that ends the message.
    end: Option<u64>,
    last_octet: Instant,
}

/// The request that is being received.
enum Request {
    /// None, or one that is of no interest any more.
    Ignored,
    /// One whose answer is known, and is given at its end.
    Refused(Answer),
    Chunk(Chunk),
}

/// A SEND that is being received.
struct Chunk {
    id: TransactionId,
    session: SessionId,
    failure_report: FailureReport,
    /// Leftmost URI of From-Path: where the response goes.
    answer_to: Bytes,
    /// The range-end is `*`: a refusal need not wait for the end (ruling R-33).
    interruptible: bool,
    message: Option<Key>,
    /// Where the chunk began, and where it stands, from 0.
    start: u64,
    position: u64,
    /// What is wrong with it, if anything is.
    refusal: Option<StatusCode>,
    answered: bool,
}

/// Small pieces of body of the open chunk: a chat line shall not pin a read buffer, and octets that arrive
/// one by one shall not be an event each.
#[derive(Default)]
struct Gathered {
    /// Where the octets stand in their message.
    offset: u64,
    octets: BytesMut,
    seen: u64,
}

/// Pieces of body below this size are gathered.
const GATHER: usize = 1024;

impl Connection {
    /// A message being received, to command it; `None` once its last event is queued.
    pub fn incoming(&mut self, id: IncomingId) -> Option<Incoming<'_>> {
        self.receiver.messages.get(id.0)?;
        Some(Incoming { connection: self, id })
    }

    pub(super) fn receive(&mut self, item: Item) {
        match item {
            Item::Head(head) => {
                self.stats.frames_received += 1;
                self.receiver.request = self.begin_request(&head);
                self.answer_early();
            }
            Item::Malformed(malformed) => {
                self.stats.frames_received += 1;
                self.receiver.request = self.refuse_malformed(&malformed);
            }
            Item::Body(octets) => self.receive_body(octets),
            Item::End(flag) => self.end_request(flag),
        }
    }

    /// Ends a message for whatever reason but completion.
    pub(super) fn abort_incoming(&mut self, key: Key, failure: ReceiveFailure) {
        if self.is_open_chunk_of(key) {
            self.flush_gathered();
        }
        if self.remove_incoming(key).is_some() {
            self.events
                .push(Event::Incoming(IncomingId(key), IncomingEvent::Aborted(failure)));
        }
    }

    pub(super) fn incoming_expired(&mut self, id: IncomingId) {
        let Some(message) = self.receiver.messages.get(id.0) else {
            return;
        };
        let quiet = self.now.saturating_duration_since(message.last_octet);
        let wait = self.config.incomplete_timeout;
        if quiet < wait || self.is_open_chunk_of(id.0) {
            self.timers
                .start(Timer::Incomplete(id), wait.saturating_sub(quiet));
        } else {
            self.abort_incoming(id.0, ReceiveFailure::TimedOut);
        }
    }

    pub(super) fn lose_messages(&mut self) {
        for key in self.receiver.messages.keys() {
            self.abort_incoming(key, ReceiveFailure::ConnectionLost);
        }
        self.lose_outgoing();
    }

    fn begin_request(&mut self, head: &Head) -> Request {
        let method = match head.start_line() {
            StartLine::Request(method) => method,
            StartLine::Response(status) => {
                self.receive_response(head, *status);
                return Request::Ignored;
            }
            StartLine::Illegal => return Request::Ignored,
        };
        let (Some(to), Some(from)) = (head.to_path_octets(), head.from_path_octets()) else {
            return Request::Ignored;
        };
        let session = self.match_session(to);
        if *method == Method::Report {
            if let Some(session) = session {
                self.bind(session);
                self.receive_report(session, head);
            }
            return Request::Ignored;
        }
        let Some(session) = session else {
            // The only name by which the sender knows us is the one it used (ruling R-34).
            let from_path = Bytes::copy_from_slice(first_uri(to));
            let refused = self.refuse(head, method, StatusCode::NO_SESSION, from_path);
            let interruptible = head.byte_range().is_none_or(|range| range.end.is_none());
            if let (Method::Send, true, Request::Refused(answer)) = (method, interruptible, &refused) {
                // The rest is of no interest (ruling R-33).
                self.answers.push_back(answer.clone());
                return Request::Ignored;
            }
            return refused;
        };
        self.bind(session);
        let Some(state) = self.sessions.get_mut(session.0) else {
            return Request::Ignored;
        };
        if *method != Method::Send {
            let local = state.local.clone();
            return self.refuse(head, method, StatusCode::UNKNOWN_METHOD, local);
        }
        if state.from_path != from {
            state.from_path = Bytes::copy_from_slice(from);
        }
        let answer_to = state.from_path.slice(..first_uri(from).len());
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        let mut chunk = Chunk {
            id: head.transaction_id(),
            session,
            failure_report: head.failure_report().unwrap_or_default(),
            answer_to,
            interruptible: range.end.is_none(),
            message: None,
            start: range.start - 1,
            position: range.start - 1,
            refusal: None,
            answered: false,
        };
        match self.begin_chunk(session, head, &range) {
            Ok(message) => chunk.message = message,
            Err(status) => chunk.refusal = Some(status),
        }
        Request::Chunk(chunk)
    }

    /// The message that a chunk belongs to, which may begin here.
    fn begin_chunk(
        &mut self,
        session: SessionId,
        head: &Head,
        range: &ByteRange,
    ) -> Result<Option<Key>, StatusCode> {
        let start = range.start - 1;
        let Some(message_id) = head.message_id_octets() else {
            return Ok(None);
        };
        if let Some(key) = self.find_incoming(session, message_id) {
            if let Some(message) = self.receiver.messages.get_mut(key) {
                message.last_octet = self.now;
                // Nothing can stand behind the end (ruling R-29).
                if message.end.is_some_and(|end| start > end) {
                    return Err(StatusCode::BAD_REQUEST);
                }
            }
            return Ok(Some(key));
        }
        let Some(state) = self.sessions.get(session.0) else {
            return Ok(None);
        };
        if let Some(status) = state.refused.lookup(message_id) {
            return Err(*status);
        }
        if !head.has_body() {
            return Ok(None);
        }
        let checked = self.check_new_message(session, head, range);
        let message_id = head.message_id().ok_or(StatusCode::BAD_REQUEST)?;
        let max_remembered = self.config.max_remembered;
        let Some(state) = self.sessions.get_mut(session.0) else {
            return Ok(None);
        };
        if let Err(status) = checked {
            state.refused.insert(message_id, status, max_remembered);
            return Err(status);
        }
        let duplicate = state.received.lookup(message_id.as_bytes()).is_some();
        let key = self.receiver.messages.insert(Box::new(Receiving {
            session,
            message_id,
            from_path: state.from_path.clone(),
            success_report: head.success_report().unwrap_or(false),
            received: RangeSet::default(),
            end: None,
            last_octet: self.now,
        }));
        state.incoming.insert(key);
        state.last_incoming = Some(key);
        let head = Box::new(MessageHead {
            head: head.compact(),
            duplicate,
        });
        self.events.push(Event::Incoming(
            IncomingId(key),
            IncomingEvent::Started { session, head },
        ));
        Ok(Some(key))
    }

    /// Whether a message may begin: its type, its encoding, and the limits.
    fn check_new_message(
        &self,
        session: SessionId,
        head: &Head,
        range: &ByteRange,
    ) -> Result<(), StatusCode> {
        let Some(state) = self.sessions.get(session.0) else {
            return Err(StatusCode::NO_SESSION);
        };
        let acceptable = head
            .content_type()
            .is_some_and(|found| state.config.accepts.accepts(&found));
        let encoding = head.header("Content-Transfer-Encoding");
        let identity = |name: &[u8]| {
            [&b"binary"[..], b"8bit", b"7bit"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        };
        if !acceptable || encoding.is_some_and(|name| !identity(name)) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let too_long = state
            .config
            .max_size
            .is_some_and(|max| range.start - 1 > max || range.total > Some(max));
        if too_long || state.incoming.len() >= self.config.max_incoming {
            return Err(StatusCode::STOP_SENDING);
        }
        Ok(())
    }

    /// The session a request is for. What was found last is not looked for again.
    fn match_session(&mut self, to: &[u8]) -> Option<SessionId> {
        let receiver = &mut self.receiver;
        if let Some(session) = receiver.last_session
            && receiver.last_to == to
        {
            return Some(session);
        }
        let session = PathRef::parse(to, usize::MAX)
            .ok()
            .and_then(|path| self.find_session(path));
        if let Some(session) = session {
            self.receiver.last_session = Some(session);
            self.receiver.last_to.clear();
            self.receiver.last_to.extend_from_slice(to);
        }
        session
    }

    fn find_incoming(&self, session: SessionId, message_id: &[u8]) -> Option<Key> {
        let last = self.sessions.get(session.0)?.last_incoming;
        let is_it = |key: &Key| {
            let message = self.receiver.messages.get(*key);
            message.is_some_and(|message| message.message_id.as_bytes() == message_id)
        };
        if let Some(key) = last.filter(is_it) {
            return Some(key);
        }
        if self.receiver.by_id.is_empty() {
            return None;
        }
        self.receiver
            .by_id
            .get(&(session, MessageId::parse(message_id).ok()?))
            .copied()
    }

    /// The answer to a request that is not taken; none if its sender does not want to hear of it.
    fn refuse(&self, head: &Head, method: &Method, status: StatusCode, from: Bytes) -> Request {
        let Some(to) = head.from_path_octets() else {
            return Request::Ignored;
        };
        if head.failure_report() == Some(FailureReport::No) {
            return Request::Ignored;
        }
        // Hop by hop for SEND, end to end for all others (RFC 4975 §7.2).
        let to = if *method == Method::Send {
            first_uri(to)
        } else {
            to
        };
        let answer = Answer {
            id: head.transaction_id(),
            status,
            to: Bytes::copy_from_slice(to),
            from,
            incoming: None,
        };
        Request::Refused(answer)
    }

    /// 400, if it can be told to anyone (ruling R-16). The session comes first (RFC 4975 §7.3).
    fn refuse_malformed(&mut self, malformed: &Malformed) -> Request {
        let head = &malformed.head;
        let method = match head.start_line() {
            StartLine::Response(_) | StartLine::Request(Method::Report) => return Request::Ignored,
            StartLine::Request(method) => method,
            // What could not be read as a method was meant as one, unless it looks like a status code.
            StartLine::Illegal if head.looks_like_response() => return Request::Ignored,
            StartLine::Illegal => &Method::Send,
        };
        if head.from_path().is_none() {
            return Request::Ignored;
        }
        let session = head.to_path_octets().and_then(|to| self.match_session(to));
        let local = session
            .and_then(|id| self.sessions.get(id.0))
            .map(|state| state.local.clone());
        let (status, from) = match (local, head.to_path()) {
            (Some(local), _) => (StatusCode::BAD_REQUEST, local),
            (None, Some(to)) => {
                let name = to.leftmost().as_str();
                (StatusCode::NO_SESSION, Bytes::copy_from_slice(name.as_bytes()))
            }
            // Not even the name that the sender used for us can be read; any session's will do.
            (None, None) => match self
                .sessions
                .keys()
                .first()
                .and_then(|key| self.sessions.get(*key))
            {
                Some(state) => (StatusCode::BAD_REQUEST, state.local.clone()),
                None => return Request::Ignored,
            },
        };
        self.refuse(head, method, status, from)
    }

    /// Octets of the open chunk: accounts for them at once, so that what comes of them does not depend on
    /// how they arrived, and hands them on.
    fn receive_body(&mut self, mut octets: Bytes) {
        let Request::Chunk(chunk) = &mut self.receiver.request else {
            return;
        };
        let Some(key) = chunk.message.filter(|_| chunk.refusal.is_none()) else {
            return;
        };
        let Some(message) = self.receiver.messages.get_mut(key) else {
            return;
        };
        let offset = chunk.position;
        let max_size = self
            .sessions
            .get(message.session.0)
            .and_then(|state| state.config.max_size);
        // Behind the end the chunk is wrong, and the message stands (ruling R-29); behind the limits the
        // message is too long.
        let (limit, status) = match (message.end, max_size.unwrap_or(u64::MAX)) {
            (Some(end), max_size) if end <= max_size => (end, StatusCode::BAD_REQUEST),
            (_, max_size) => (max_size, StatusCode::STOP_SENDING),
        };
        let makes_hole = offset == chunk.start && !message.received.touches(offset);
        let too_many = makes_hole && message.received.ranges() > self.config.max_holes;
        let room = if too_many { 0 } else { limit.saturating_sub(offset) };
        if room < octets.len() as u64 {
            octets.truncate(usize::try_from(room).unwrap_or(usize::MAX));
            chunk.refusal = Some(if too_many {
                StatusCode::STOP_SENDING
            } else {
                status
            });
        }
        let refusal = chunk.refusal;
        let end = offset.saturating_add(octets.len() as u64);
        let seen = message.received.insert(offset..end);
        message.last_octet = self.now;
        chunk.position = end;
        self.hand_on(offset, octets, seen);
        if refusal == Some(StatusCode::STOP_SENDING) {
            self.refuse_incoming(key, StatusCode::STOP_SENDING);
        }
    }

    /// Makes an event of octets that are accounted for, or keeps small ones until there are more.
    fn hand_on(&mut self, offset: u64, octets: Bytes, seen: u64) {
        if octets.len() >= GATHER {
            self.flush_gathered();
            self.push_data(offset, octets, seen);
            return;
        }
        let gathered = &mut self.receiver.gathered;
        if gathered.octets.is_empty() {
            gathered.offset = offset;
        }
        gathered.octets.extend_from_slice(&octets);
        gathered.seen += seen;
        if gathered.octets.len() >= GATHER {
            self.flush_gathered();
        }
    }

    fn flush_gathered(&mut self) {
        let gathered = &mut self.receiver.gathered;
        if !gathered.octets.is_empty() {
            let (octets, seen) = (
                gathered.octets.split().freeze(),
                core::mem::take(&mut gathered.seen),
            );
            let offset = gathered.offset;
            self.push_data(offset, octets, seen);
        }
    }

    fn push_data(&mut self, offset: u64, data: Bytes, seen: u64) {
        if let Request::Chunk(Chunk {
            message: Some(key), ..
        }) = self.receiver.request
        {
            let id = IncomingId(key);
            self.events
                .push(Event::Incoming(id, IncomingEvent::Data { offset, data, seen }));
        }
    }

    /// A limit, or the application, refuses a message.
    fn refuse_incoming(&mut self, key: Key, status: StatusCode) {
        self.end_incoming(key, status, ReceiveFailure::Refused(status));
    }

    /// Ends a message of which nothing more is wanted: what yet comes of it is refused.
    fn end_incoming(&mut self, key: Key, status: StatusCode, failure: ReceiveFailure) {
        if self.is_open_chunk_of(key) {
            self.flush_gathered();
        }
        let Some(message) = self.remove_incoming(key) else {
            return;
        };
        if let Request::Chunk(chunk) = &mut self.receiver.request
            && chunk.message == Some(key)
        {
            chunk.refusal.get_or_insert(status);
        }
        let max_remembered = self.config.max_remembered;
        if let Some(state) = self.sessions.get_mut(message.session.0) {
            state.refused.insert(message.message_id, status, max_remembered);
        }
        // What was taken of it, but is not yet answered for, is refused too.
        for answer in &mut self.answers {
            if answer.incoming == Some(IncomingId(key)) && answer.status.is_success() {
                answer.status = status;
            }
        }
        self.events
            .push(Event::Incoming(IncomingId(key), IncomingEvent::Aborted(failure)));
        self.answer_early();
    }

    fn remove_incoming(&mut self, key: Key) -> Option<Box<Receiving>> {
        let message = self.receiver.messages.remove(key)?;
        self.receiver
            .by_id
            .remove(&(message.session, message.message_id.clone()));
        self.timers.cancel(Timer::Incomplete(IncomingId(key)));
        if let Some(state) = self.sessions.get_mut(message.session.0) {
            state.incoming.remove(&key);
        }
        Some(message)
    }

    fn is_open_chunk_of(&self, key: Key) -> bool {
        matches!(&self.receiver.request, Request::Chunk(chunk) if chunk.message == Some(key))
    }

    /// Refuses the open chunk before its end, if it has no announced end (ruling R-33).
    fn answer_early(&mut self) {
        let Request::Chunk(chunk) = &mut self.receiver.request else {
            return;
        };
        if let Some(status) = chunk.refusal.filter(|_| chunk.interruptible && !chunk.answered) {
            chunk.answered = true;
            self.answer_chunk(status);
        }
    }

    /// Queues the response to the open chunk, if its sender wants it.
    fn answer_chunk(&mut self, status: StatusCode) {
        let Request::Chunk(chunk) = &self.receiver.request else {
            return;
        };
        let wanted = match chunk.failure_report {
            FailureReport::No => false,
            FailureReport::Partial => !status.is_success(),
            FailureReport::Yes => true,
        };
        let Some(state) = self.sessions.get(chunk.session.0).filter(|_| wanted) else {
            return;
        };
        self.answers.push_back(Answer {
            id: chunk.id,
            status,
            to: chunk.answer_to.clone(),
            from: state.local.clone(),
            incoming: chunk.message.map(IncomingId),
        });
    }

    fn end_request(&mut self, flag: ContinuationFlag) {
        self.flush_gathered();
        if let Request::Chunk(chunk) = &self.receiver.request
            && chunk.refusal.is_none()
            && let Some(key) = chunk.message
        {
            let (start, end) = (chunk.start, chunk.position);
            self.end_chunk(key, flag, start, end);
        }
        if let Request::Chunk(chunk) = &mut self.receiver.request
            && !core::mem::replace(&mut chunk.answered, true)
        {
            let status = chunk.refusal.unwrap_or(StatusCode::OK);
            self.answer_chunk(status);
        }
        let finished = match &self.receiver.request {
            Request::Chunk(chunk) => chunk.message.map(|key| (key, chunk.failure_report)),
            _ => None,
        };
        if let Request::Refused(answer) = core::mem::replace(&mut self.receiver.request, Request::Ignored) {
            self.answers.push_back(answer);
        }
        if let Some((key, failure_report)) = finished {
            self.finish_incoming(key, failure_report);
        }
    }

    /// What the end of a chunk says of its message.
    fn end_chunk(&mut self, key: Key, flag: ContinuationFlag, start: u64, end: u64) {
        if flag == ContinuationFlag::Aborted {
            return self.abort_incoming(key, ReceiveFailure::PeerAborted);
        }
        let Some(message) = self.receiver.messages.get_mut(key) else {
            return;
        };
        message.last_octet = self.now;
        if flag == ContinuationFlag::Complete {
            let highest = message.received.end();
            // An empty chunk that starts at 1 ends the message where it stands (ruling R-25).
            let end = if start == end && start == 0 { highest } else { end };
            // Octets that have arrived are not behind the end (ruling R-29).
            message.end.get_or_insert(end.max(highest));
        }
        let complete = message.is_complete();
        if !complete && !self.timers.is_running(Timer::Incomplete(IncomingId(key))) {
            let id = (message.session, message.message_id.clone());
            self.receiver.by_id.insert(id, key);
            self.timers
                .start(Timer::Incomplete(IncomingId(key)), self.config.incomplete_timeout);
        }
    }

    /// A message all of whose octets have arrived.
    fn finish_incoming(&mut self, key: Key, failure_report: FailureReport) {
        if !self
            .receiver
            .messages
            .get(key)
            .is_some_and(|message| message.is_complete())
        {
            return;
        }
        let Some(message) = self.remove_incoming(key) else {
            return;
        };
        let Receiving {
            session,
            message_id,
            from_path,
            success_report,
            end,
            ..
        } = *message;
        let len = end.unwrap_or_default();
        self.stats.messages_received += 1;
        let max_remembered = self.config.max_remembered;
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.received.insert(message_id.clone(), (), max_remembered);
        }
        if success_report {
            let range = ByteRange::new(1, Some(len), Some(len));
            self.queue_report(
                session,
                from_path.clone(),
                message_id.clone(),
                range,
                StatusCode::OK,
            );
        }
        let receipt = Box::new(Receipt {
            session,
            incoming: IncomingId(key),
            message_id,
            from_path,
            failure_report,
            len,
        });
        self.events.push(Event::Incoming(
            IncomingId(key),
            IncomingEvent::Finished { len, receipt },
        ));
    }
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            messages: Slots::new(),
            by_id: BTreeMap::new(),
            request: Request::Ignored,
            gathered: Gathered::default(),
            last_to: Vec::new(),
            last_session: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// A session is over: requests for it find nothing any more.
    pub(super) fn forget_session(&mut self, session: SessionId) {
        if self.last_session == Some(session) {
            self.last_session = None;
            self.last_to.clear();
        }
    }
}

impl Receiving {
    fn is_complete(&self) -> bool {
        self.end.is_some_and(|end| self.received.covers(end))
    }
}

impl Incoming<'_> {
    /// Refuses the message while it is still arriving: nothing more of it is delivered, and its sender is
    /// told to stop, by the response to its current or next chunk (RFC 4975 §10.5).
    pub fn reject(self, refusal: Refusal) {
        self.connection.refuse_incoming(self.id.0, refusal.status());
    }

    /// Octets received so far, without those received twice.
    pub fn received(&self) -> u64 {
        let message = self.connection.receiver.messages.get(self.id.0);
        message.map_or(0, |message| message.received.overlap(0..message.received.end()))
    }
}

impl core::fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Incoming")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The leftmost URI of a path that was found legal.
fn first_uri(path: &[u8]) -> &[u8] {
    path.split(|&octet| octet == b' ').next().unwrap_or_default()
}
