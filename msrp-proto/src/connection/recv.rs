//! Messages being received: their chunks, their limits, their end (RFC 4975 §7.3.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use msrp_multipart::Profile;

use super::Connection;
use super::request::{Chunk, Request};
use super::route::Route;
use super::timer::Timer;
use crate::config::SuccessReports;
use crate::error::{ReceiveFailure, ReportError};
use crate::event::{Event, IncomingEvent, IncomingId, MessageHead, Receipt, SessionEvent, SessionId};
use crate::message::Refusal;
use crate::range_set::RangeSet;
use crate::slots::{Key, Slots};
use crate::time::Instant;
use crate::wire::{ByteRange, ContinuationFlag, FailureReport, Head, MessageId, StatusCode};

/// A message being received, to command it.
pub struct Incoming<'a> {
    connection: &'a mut Connection,
    id: IncomingId,
}

/// Everything about messages being received.
pub(super) struct Receiver {
    pub(super) messages: Slots<Receiving>,
    pub(super) by_id: BTreeMap<(SessionId, MessageId), Key>,
    /// The request whose end has not come yet.
    pub(super) request: Request,
    gathered: Gathered,
    /// How many messages have begun.
    begun: u64,
    /// The session last found. Mostly it is also the next one.
    pub(super) last_session: Option<SessionId>,
}

/// A message being received.
pub(super) struct Receiving {
    /// Its place in the order in which messages began.
    pub(super) order: u64,
    pub(super) session: SessionId,
    /// Its place among those of the session.
    pub(super) place: usize,
    pub(super) message_id: MessageId,
    /// The way back from the first chunk, for REPORTs; `None` while none has come on this session.
    pub(super) route: Option<Arc<Route>>,
    pub(super) success_report: bool,
    /// That of the last chunk (ruling R-36).
    pub(super) failure_report: FailureReport,
    /// Octets of the whole, as the first chunk says: a hint.
    pub(super) total: Option<u64>,
    pub(super) received: RangeSet,
    /// Octets of the whole, fixed by the chunk that ends the message.
    pub(super) end: Option<u64>,
    pub(super) last_octet: Instant,
    /// Its timer runs: until its end, from when it was first found incomplete.
    pub(super) watched: bool,
    /// It is found by its Message-ID: a chunk of it has ended.
    pub(super) filed: bool,
    /// Reports of chunks do not cover all octets: some were taken of a chunk that was refused or
    /// cut off, or carried over.
    pub(super) unreported: bool,
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

/// Octets that are set aside at a time for what is gathered. Events of the same read share them, so one that is
/// kept keeps no more than that; when all are gone, they are used again.
const GATHER_BLOCK: usize = 2 * GATHER;

impl Connection {
    /// A message being received, to command it; `None` once its last event is queued.
    pub fn incoming(&mut self, id: IncomingId) -> Option<Incoming<'_>> {
        self.receiver.messages.get(id.0)?;
        Some(Incoming { connection: self, id })
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

    pub(super) fn incoming_expired(&mut self, id: IncomingId, held_back: bool) {
        let Some(message) = self.receiver.messages.get(id.0) else {
            return;
        };
        let quiet = self.now.saturating_duration_since(message.last_octet);
        let wait = self.config.incomplete_timeout;
        if quiet < wait {
            self.timers.start(Timer::Incomplete(id), wait - quiet);
        } else if held_back {
            // It is not the peer who is slow.
            self.timers.start(Timer::Incomplete(id), wait);
        } else {
            self.end_incoming(id.0, StatusCode::STOP_SENDING, ReceiveFailure::TimedOut);
        }
    }

    pub(super) fn lose_messages(&mut self) {
        for key in self.receiver.messages.keys() {
            self.abort_incoming(key, ReceiveFailure::ConnectionLost);
        }
        self.lose_outgoing();
    }

    /// The message that a chunk belongs to, which may begin here.
    pub(super) fn begin_chunk(
        &mut self,
        session: SessionId,
        head: &Head,
        range: &ByteRange,
    ) -> Result<Option<Key>, StatusCode> {
        let Some(octets) = head.message_id_octets() else {
            return Ok(None);
        };
        if let Some(key) = self.find_incoming(session, octets) {
            if let Some(message) = self.receiver.messages.get_mut(key) {
                message.last_octet = self.now;
                message.failure_report = head.failure_report().unwrap_or_default();
                // One carried over: the way back is that of the new session (RFC 4975 §5.4).
                if message.route.is_none()
                    && let Some(state) = self.sessions.get(session.0)
                {
                    message.route = state.route.clone();
                }
            }
            return Ok(Some(key));
        }
        let Some(message_id) = head.message_id() else {
            return Ok(None);
        };
        let keep = self.keep();
        let Some(state) = self.sessions.get(session.0) else {
            return Ok(None);
        };
        if let Some(status) = state.refused.lookup(&message_id, keep) {
            return Err(*status);
        }
        if !head.has_body() {
            return Ok(None);
        }
        let checked = self.check_new_message(session, head, &message_id, range);
        let Some(state) = self.sessions.get_mut(session.0) else {
            return Ok(None);
        };
        if let Err(status) = checked {
            if state.is_single_incoming() && !state.is_second_incoming(&message_id) {
                let message_id = message_id.clone();
                let refused = SessionEvent::MessageRefused { message_id, status };
                self.events.push(Event::Session(session, refused));
            }
            state.refused.insert(message_id, status, keep);
            return Err(status);
        }
        let known = state.received.lookup(&message_id, keep).copied();
        let mut received = RangeSet::default();
        if let (Some(len), true) = (known, state.replacement) {
            // The sender goes on, not knowing that all had arrived before its session failed: what it leaves out
            // is here already.
            received.insert(0..len.min(range.start - 1));
        }
        let resumed = received.end() > 0;
        if state.note_incoming(&message_id) {
            self.timers.cancel(Timer::Aborted(session));
        }
        let order = self.receiver.next_order();
        let key = self.receiver.messages.insert(Receiving {
            order,
            session,
            place: state.incoming.len(),
            message_id,
            route: state.route.clone(),
            success_report: head.success_report().unwrap_or(false),
            failure_report: head.failure_report().unwrap_or_default(),
            total: range.total,
            received,
            end: None,
            last_octet: self.now,
            watched: false,
            filed: false,
            // What was reported on the failed session may not have arrived.
            unreported: resumed,
        });
        state.incoming.push(key);
        state.last_incoming = Some(key);
        let head = Box::new(MessageHead {
            head: head.compact(),
            duplicate: known.is_some(),
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
        message_id: &MessageId,
        range: &ByteRange,
    ) -> Result<(), StatusCode> {
        let Some(state) = self.sessions.get(session.0) else {
            return Err(StatusCode::NO_SESSION);
        };
        let acceptable = head.content_type_octets().is_some_and(|found| {
            let accepts = &state.config.accepts;
            accepts.is_any() || accepts.accepts_written(found, Profile::Msrp)
        });
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
        // Another message is not allowed here, and trying again will not help (RFC 4975 §10.3). A 413 would
        // say that this one is not wanted, as if a next one might be.
        if state.is_second_incoming(message_id) {
            return Err(StatusCode::FORBIDDEN);
        }
        if too_long || state.incoming.len() >= self.config.max_incoming {
            return Err(StatusCode::STOP_SENDING);
        }
        Ok(())
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
        let id = (session, MessageId::parse(message_id).ok()?);
        self.receiver.by_id.get(&id).copied()
    }

    /// Octets of the open chunk: accounts for them at once, so that what comes of them does not depend on
    /// how they arrived, and hands them on.
    pub(super) fn receive_body(&mut self, mut octets: Bytes) {
        let Request::Chunk(chunk) = &mut self.receiver.request else {
            return self.receive_asked(&octets);
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
        if let Some(state) = self.sessions.get_mut(message.session.0) {
            state.stats.octets_received += octets.len() as u64;
        }
        message.last_octet = self.now;
        message.unreported |= refusal.is_some();
        chunk.position = end;
        self.hand_on(offset, octets, seen);
        if refusal == Some(StatusCode::STOP_SENDING) {
            self.refuse_incoming(key, StatusCode::STOP_SENDING);
        }
    }

    /// Before input: if all events with gathered octets are gone, their room is there again.
    pub(super) fn reclaim_gathered(&mut self) {
        let octets = &mut self.receiver.gathered.octets;
        if octets.is_empty() && octets.capacity() > 0 {
            let _ = octets.try_reclaim(GATHER_BLOCK);
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
        if gathered.octets.capacity() - gathered.octets.len() < octets.len() {
            gathered.octets.reserve(GATHER_BLOCK);
        }
        gathered.octets.extend_from_slice(&octets);
        gathered.seen += seen;
        if gathered.octets.len() >= GATHER {
            self.flush_gathered();
        }
    }

    #[inline]
    pub(super) fn flush_gathered(&mut self) {
        if !self.receiver.gathered.octets.is_empty() {
            self.push_gathered();
        }
    }

    fn push_gathered(&mut self) {
        let gathered = &mut self.receiver.gathered;
        let octets = gathered.octets.split().freeze();
        let (offset, seen) = (gathered.offset, core::mem::take(&mut gathered.seen));
        self.push_data(offset, octets, seen);
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
        let open = self.is_open_chunk_of(key);
        if open {
            self.flush_gathered();
        }
        let Some(message) = self.remove_incoming(key) else {
            return;
        };
        if let Request::Chunk(chunk) = &mut self.receiver.request
            && open
        {
            chunk.refusal.get_or_insert(status);
        }
        let keep = self.keep();
        if let Some(state) = self.sessions.get_mut(message.session.0) {
            let message_id = message.message_id.clone();
            state.refused.insert(message_id, status, keep);
        }
        // Of one that was carried over, and of which no chunk has come, the sender hears when one does.
        let mut told = open || failure == ReceiveFailure::TimedOut || message.route.is_none();
        if message.success_report {
            self.withdraw_reports(message.session, &message.message_id);
        }
        // What was taken of it, but is not yet answered for, is refused too.
        for answer in &mut self.answers {
            if answer.incoming == Some(IncomingId(key)) && answer.status.is_success() {
                answer.status = status;
                told = true;
            }
        }
        // Its chunks are answered for: what is left is a REPORT (RFC 4975 §7.1.4).
        if !told && message.failure_report != FailureReport::No {
            let range = ByteRange::new(1, Some(message.received.end()), message.end.or(message.total));
            self.queue_report(message.session, message.route, message.message_id, range, status);
        }
        self.events
            .push(Event::Incoming(IncomingId(key), IncomingEvent::Aborted(failure)));
        self.answer_early();
    }

    fn remove_incoming(&mut self, key: Key) -> Option<Receiving> {
        let message = self.receiver.messages.remove(key)?;
        if message.filed {
            let id = (message.session, message.message_id.clone());
            self.receiver.by_id.remove(&id);
        }
        if message.watched {
            self.timers.cancel(Timer::Incomplete(IncomingId(key)));
        }
        if let Some(state) = self.sessions.get_mut(message.session.0) {
            if message.place < state.incoming.len() {
                state.incoming.swap_remove(message.place);
            }
            let moved = state.incoming.get(message.place);
            if let Some(moved) = moved.and_then(|key| self.receiver.messages.get_mut(*key)) {
                moved.place = message.place;
            }
        }
        Some(message)
    }

    fn is_open_chunk_of(&self, key: Key) -> bool {
        matches!(&self.receiver.request, Request::Chunk(chunk) if chunk.message == Some(key))
    }

    /// What the end of a chunk says of its message.
    pub(super) fn end_chunk(&mut self, key: Key, flag: ContinuationFlag, start: u64, end: u64) {
        if flag == ContinuationFlag::Aborted {
            self.await_close(key);
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
        self.report_chunk(key, start, end);
        let Some(message) = self.receiver.messages.get_mut(key) else {
            return;
        };
        if message.is_complete() {
            return;
        }
        self.await_rest(key);
    }

    /// The end of the open request, if there is one, will not come: its message goes without it.
    pub(super) fn abandon_request(&mut self) {
        self.flush_gathered();
        if let Request::Chunk(chunk) = core::mem::replace(&mut self.receiver.request, Request::Ignored)
            && let Some(key) = chunk.message
        {
            if let Some(message) = self.receiver.messages.get_mut(key) {
                message.unreported = true;
            }
            self.await_rest(key);
        }
    }

    /// Further chunks of a message will find it, or the time for them will be over.
    fn await_rest(&mut self, key: Key) {
        let Some(message) = self.receiver.messages.get_mut(key) else {
            return;
        };
        if !core::mem::replace(&mut message.filed, true) {
            let id = (message.session, message.message_id.clone());
            self.receiver.by_id.insert(id, key);
        }
        self.watch_incomplete(key);
    }

    /// Reports a chunk that has ended: the octets from `start` to `end`, from 0.
    fn report_chunk(&mut self, key: Key, start: u64, end: u64) {
        let Some(message) = self.receiver.messages.get(key).filter(|_| start < end) else {
            return;
        };
        let session = message.session;
        let mode = self
            .sessions
            .get(session.0)
            .map(|state| state.config.success_reports);
        if message.success_report && mode == Some(SuccessReports::EachChunk) {
            let range = ByteRange::new(start + 1, Some(end), message.known_total());
            let (route, message_id) = (message.route.clone(), message.message_id.clone());
            self.queue_report(session, route, message_id, range, StatusCode::OK);
        }
    }

    /// The rest of the open chunk, if there is one, may never come.
    pub(super) fn watch_open_chunk(&mut self) {
        if let Request::Chunk(Chunk {
            message: Some(key), ..
        }) = self.receiver.request
        {
            self.watch_incomplete(key);
        }
    }

    pub(super) fn watch_incomplete(&mut self, key: Key) {
        if let Some(message) = self.receiver.messages.get_mut(key)
            && !core::mem::replace(&mut message.watched, true)
        {
            let timer = Timer::Incomplete(IncomingId(key));
            self.timers.start(timer, self.config.incomplete_timeout);
        }
    }

    /// A message all of whose octets have arrived.
    pub(super) fn finish_incoming(&mut self, key: Key, failure_report: FailureReport) {
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
            route,
            success_report,
            end,
            unreported,
            ..
        } = message;
        let len = end.unwrap_or_default();
        self.stats.messages_received += 1;
        let keep = self.keep();
        let mut mode = SuccessReports::Manual;
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.received.insert(message_id.clone(), len, keep);
            state.stats.messages_received += 1;
            mode = state.config.success_reports;
        }
        let whole = match mode {
            SuccessReports::Whole => true,
            SuccessReports::EachChunk => unreported || len == 0,
            SuccessReports::Manual => false,
        };
        if success_report && whole {
            let range = ByteRange::new(1, Some(len), Some(len));
            self.queue_report(session, route.clone(), message_id.clone(), range, StatusCode::OK);
        }
        let receipt = Receipt {
            session,
            incoming: IncomingId(key),
            message_id,
            route,
            success_report,
            failure_report,
            len,
        };
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
            begun: 0,
            last_session: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Gives up the room for messages if there are none.
    pub(super) fn release(&mut self) {
        if self.messages.is_empty() {
            self.messages.release();
            self.by_id = BTreeMap::new();
            self.gathered = Gathered::default();
        }
    }

    pub(super) fn next_order(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// A session is over: requests for it find nothing any more, nor does the one being received.
    pub(super) fn forget_session(&mut self, session: SessionId) {
        if let Request::Chunk(chunk) = &mut self.request
            && chunk.session == session
        {
            chunk.refusal.get_or_insert(StatusCode::NO_SESSION);
        }
    }
}

impl Receiving {
    fn is_complete(&self) -> bool {
        self.end.is_some_and(|end| self.received.covers(end))
    }

    /// Octets of the whole: as fixed, or as announced where what has arrived does not belie it.
    fn known_total(&self) -> Option<u64> {
        self.end
            .or(self.total.filter(|&total| total >= self.received.end()))
    }
}

impl Incoming<'_> {
    /// Refuses the message while it is still arriving: nothing that arrives from now on is delivered, and its
    /// sender is told to stop (RFC 4975 §10.5). That is done by the response to its current chunk, or to the last one
    /// if that has not been handed out yet, else by a failure REPORT; further chunks are refused likewise.
    pub fn reject(self, refusal: Refusal) {
        self.connection.refuse_incoming(self.id.0, refusal.status());
        self.connection.watch_answers();
    }

    /// Reports success of octets that have arrived (RFC 4975 §7.1.3), from 1 as in [`ByteRange`]; `*` as its
    /// end is the highest octet that has arrived. The total is filled in, as far as it is known. For
    /// [`SuccessReports::Manual`]; otherwise it is told besides what is told anyway.
    ///
    /// # Errors
    ///
    /// [`ReportError`] if the sender did not ask for it, or the octets have not all arrived. Of a message that
    /// was carried over from a failed session nothing can be told before a chunk of it has come on this one.
    pub fn report(&mut self, range: ByteRange) -> Result<(), ReportError> {
        let connection = &mut *self.connection;
        let Some(message) = connection.receiver.messages.get(self.id.0) else {
            return Err(ReportError::SessionEnded);
        };
        if !message.success_report {
            return Err(ReportError::NotWanted);
        }
        if message.route.is_none() {
            return Err(ReportError::NotReceived);
        }
        let end = range.end.unwrap_or(message.received.end());
        let start = range.start.checked_sub(1).filter(|&start| start < end);
        let start = start.ok_or(ReportError::NotReceived)?;
        if message.received.overlap(start..end) < end - start {
            return Err(ReportError::NotReceived);
        }
        let range = ByteRange::new(range.start, Some(end), message.known_total());
        let (session, route) = (message.session, message.route.clone());
        let message_id = message.message_id.clone();
        connection.queue_report(session, route, message_id, range, StatusCode::OK);
        connection.watch_answers();
        Ok(())
    }

    /// Octets received so far, without those received twice.
    pub fn received(&self) -> u64 {
        let message = self.connection.receiver.messages.get(self.id.0);
        message.map_or(0, |message| message.received.len())
    }
}

impl core::fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Incoming")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
