//! Messages being sent: their bodies, and what decides their outcome (RFC 4975 §7.1.1).

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

use super::Connection;
use super::scheduler::{Class, Filed, Need};
use super::timer::Timer;
use super::transaction::Subject;
use crate::error::{FinishError, RequestFailure, SendFailure, SessionFailure, WriteError, WriteErrorReason};
use crate::event::{Event, OutgoingEvent, OutgoingId, SessionEvent, SessionId};
use crate::message::{Body, BodyKind, Message};
use crate::range_set::RangeSet;
use crate::wire::{ByteRange, FailureReport, Head, MessageId, StatusCode, TransactionId, encode};

/// A message being sent, to command it.
pub struct Outgoing<'a> {
    connection: &'a mut Connection,
    id: OutgoingId,
}

/// How far a message has come, in octets of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Handed out for transmission.
    pub sent: u64,
    /// Acknowledged by the next hop, from the start on without a gap.
    pub acknowledged: u64,
    /// Reported as received, in whatever parts.
    pub reported: u64,
    /// In the whole message, if that is known.
    pub total: Option<u64>,
}

/// A message being sent.
pub(super) struct Sending {
    pub(super) session: SessionId,
    pub(super) message_id: MessageId,
    pub(super) essence: Box<str>,
    /// The header lines that end each head, and the empty line.
    pub(super) content: Bytes,
    pub(super) reports: &'static str,
    pub(super) failure_report: FailureReport,
    success_report: bool,
    /// It may be longer than the peer wants.
    exceeds: bool,
    pub(super) filed: Filed,
    body: BodyQueue,
    /// Octets put into chunks, those before the one it goes on from included.
    pub(super) sent: u64,
    /// The last octet is in a chunk.
    pub(super) all_sent: bool,
    /// Chunks that await their responses.
    unanswered: usize,
    pub(super) acknowledged: RangeSet,
    pub(super) reported: RangeSet,
    /// A report about an empty message has come; there is no range in it to tell.
    confirmed: bool,
    /// A `BodyWanted` is undelivered or unanswered.
    wanted: bool,
    /// Its key among the session's messages that await a report.
    unreported: Option<u64>,
}

/// The octets of a body that are at hand.
struct BodyQueue {
    pieces: VecDeque<Bytes>,
    /// The octet that the message goes on from: those before were sent on a session that failed.
    start: u64,
    /// Octets in `pieces`.
    len: usize,
    /// Octets written so far, those taken out and those before `start` included.
    written: u64,
    total: Option<u64>,
    finished: bool,
}

/// Requests without a body that are not part of a message's regular course.
pub(super) enum Control {
    /// Tells that a message is abandoned of which chunks were sent (ruling R-27).
    Abort {
        session: SessionId,
        message_id: MessageId,
        total: Option<u64>,
        reports: &'static str,
    },
    /// Binds or keeps alive.
    Bodiless(SessionId),
}

impl Control {
    pub(super) fn session(&self) -> SessionId {
        match self {
            Self::Abort { session, .. } | Self::Bodiless(session) => *session,
        }
    }
}

impl Connection {
    /// A message being sent, to command it; `None` once its last event is queued.
    pub fn outgoing(&mut self, id: OutgoingId) -> Option<Outgoing<'_>> {
        self.sending.get(id.0)?;
        Some(Outgoing { connection: self, id })
    }

    pub(super) fn queue_message(&mut self, session: SessionId, message: Message) -> OutgoingId {
        let class = if message.is_bulk() {
            Class::Bulk
        } else {
            Class::Interactive
        };
        let control = message.control;
        let message_id = message.message_id.unwrap_or_else(|| self.ids.message());
        let content = encode::content_lines(&message.headers, Some(&message.content_type));
        let body = BodyQueue::new(message.body, message.offset);
        let mut before = RangeSet::default();
        before.insert(0..body.start);
        let key = self.sending.insert(Box::new(Sending {
            session,
            message_id: message_id.clone(),
            essence: message.content_type.essence().into(),
            // With a media type there is nothing that could be refused.
            content: content.unwrap_or_default().freeze(),
            reports: encode::report_lines(message.success_report, message.failure_report),
            failure_report: message.failure_report,
            success_report: message.success_report,
            exceeds: message.exceeds,
            filed: Filed::new(session, class),
            sent: body.start,
            body,
            all_sent: false,
            unanswered: 0,
            acknowledged: before.clone(),
            reported: before,
            confirmed: false,
            wanted: false,
            unreported: None,
        }));
        let id = OutgoingId(key);
        if let Some(message) = self.sending.get_mut(key) {
            self.scheduler.add(&mut message.filed, id);
        }
        self.sending_by_id.insert((session, message_id), id);
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.outgoing.insert(id);
            state.has_sent |= !control;
        }
        self.want_body(id);
        self.reschedule(id);
        id
    }

    /// Tells the scheduler whether a message could send a chunk now.
    pub(super) fn reschedule(&mut self, id: OutgoingId) {
        if !self.keep_fitting(id) {
            return;
        }
        // What a message of the transport cannot hold need not be waited for.
        let limits = self.config.chunk_limit.into_iter().chain(self.link.max_len());
        let chunk_limit = limits.min();
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        // While its chunk is open it takes no further turn, or it would interrupt itself.
        let open = self.chunk.as_ref().is_some_and(|chunk| chunk.message == id);
        let need = (!open && !message.all_sent && message.body.is_chunk_ready(chunk_limit)).then_some(
            if message.sent > message.body.start && message.failure_report == FailureReport::Yes {
                Need::Room
            } else {
                Need::Nothing
            },
        );
        self.scheduler.set(&mut message.filed, id, need);
    }

    /// Asks for more of a streamed body when half of the window is free.
    pub(super) fn want_body(&mut self, id: OutgoingId) {
        let window = self.config.body_window;
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        let room = window.saturating_sub(message.body.len);
        if message.wanted || message.body.is_finished() || room < message.body.len {
            return;
        }
        let rest = message.body.total.map(|total| total - message.body.written);
        let max = rest.map_or(room, |rest| room.min(usize::try_from(rest).unwrap_or(room)));
        message.wanted = true;
        let offset = message.body.written;
        self.events
            .push(Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }));
    }

    /// The last octet of a message is handed out.
    pub(super) fn message_sent(&mut self, id: OutgoingId) {
        if let Some(message) = self.sending.get_mut(id.0) {
            message.all_sent = true;
            self.scheduler.remove(&message.filed);
            if let Some(wait) = self.config.report_timeout.filter(|_| message.success_report) {
                self.timers.start(Timer::Report(id), wait);
            }
            self.stats.messages_sent += 1;
            if let Some(state) = self.sessions.get_mut(message.session.0) {
                state.stats.messages_sent += 1;
            }
            self.events.push(Event::Outgoing(id, OutgoingEvent::Sent));
        }
    }

    /// Ends a message if its outcome is known by now.
    pub(super) fn settle(&mut self, id: OutgoingId) {
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        if !message.all_sent {
            return;
        }
        let answered = message.failure_report != FailureReport::Yes || message.unanswered == 0;
        let reported = message.success_report && message.is_reported();
        if reported || (answered && !message.success_report) {
            self.end_outgoing(id, Ok(()));
        } else if answered && message.unreported.is_none() {
            self.await_report(id);
        }
    }

    /// A chunk of a message awaits its response.
    pub(super) fn chunk_opened(&mut self, id: OutgoingId) {
        if let Some(message) = self.sending.get_mut(id.0) {
            message.unanswered += 1;
        }
    }

    /// A response has come.
    pub(super) fn receive_response(&mut self, head: &Head, status: StatusCode) {
        let tid = head.transaction_id();
        if let Some(subject) = self.transactions.answered(&tid) {
            // The message may have ended; what is said of the session counts all the same.
            let session = subject.session();
            if let Some(session) = session.filter(|_| status.is_success()) {
                self.bind(session);
            }
            match subject {
                #[cfg(feature = "relay")]
                Subject::Auth(relay) => self.auth_answered(relay, head, status),
                Subject::Bodiless(_) => {}
                Subject::Chunk {
                    message, start, end, ..
                } => self.chunk_answered(message, start, end, &tid, status),
                Subject::Request { request, .. } => self.request_answered(request, head, status),
            }
            if let Some(session) = session {
                self.session_refused(session, status);
            }
            return;
        }
        // With Failure-Report `partial` only failures are answered.
        let Some((session, id, message_id)) = self.partials.answered(&tid) else {
            return;
        };
        if status.is_success() {
            return;
        }
        if self.sending.get(id.0).is_some() {
            self.fail_outgoing(id, status);
        } else if self.sessions.get(session.0).is_some() {
            self.events
                .push(Event::Session(session, SessionEvent::Late { message_id, status }));
        }
        self.session_refused(session, status);
    }

    /// No response in time.
    pub(super) fn transaction_expired(&mut self, subject: Subject) {
        match subject {
            #[cfg(feature = "relay")]
            Subject::Auth(relay) => self.auth_expired(relay),
            Subject::Bodiless(session) => {
                if self.sessions.get(session.0).is_some() {
                    self.events
                        .push(Event::Session(session, SessionEvent::Unanswered));
                }
            }
            Subject::Chunk { message, .. } => self.end_outgoing(message, Err(SendFailure::TimedOut)),
            Subject::Request { request, .. } => self.settle_request(request, Err(RequestFailure::TimedOut)),
        }
    }

    pub(super) fn report_expired(&mut self, id: OutgoingId) {
        self.end_outgoing(id, Err(SendFailure::Unconfirmed));
    }

    /// The one place where a message being sent ends.
    pub(super) fn end_outgoing(&mut self, id: OutgoingId, outcome: Result<(), SendFailure>) {
        let Some(message) = self.sending.remove(id.0) else {
            return;
        };
        let session = message.session;
        self.scheduler.remove(&message.filed);
        self.sending_by_id.remove(&(session, message.message_id.clone()));
        self.timers.cancel(Timer::Report(id));
        let keep = self.keep();
        let mut may_send = false;
        if let Some(state) = self.sessions.get_mut(session.0) {
            may_send = state.may_send();
            state.outgoing.remove(&id);
            if let Some(key) = message.unreported {
                state.unreported.remove(&key);
            }
            state.ended.insert(message.message_id.clone(), (), keep);
        }
        if let Err(failure) = outcome
            && may_send
            && message.tells_abort(failure)
            && self.chunk.as_ref().is_none_or(|chunk| chunk.message != id)
        {
            // An open chunk tells it by its own end-line.
            let abort = Control::Abort {
                session,
                message_id: message.message_id,
                total: message.body.total,
                reports: message.reports,
            };
            if self.fits_control(&abort) {
                self.controls.push_back(abort);
            }
        }
        self.events.push(Event::Outgoing(
            id,
            match outcome {
                Ok(()) => OutgoingEvent::Completed,
                Err(failure) => OutgoingEvent::Failed(failure),
            },
        ));
        self.finish_session(session);
    }

    pub(super) fn lose_outgoing(&mut self) {
        for key in self.sending.keys() {
            self.end_outgoing(OutgoingId(key), Err(SendFailure::ConnectionLost));
        }
    }

    fn chunk_answered(
        &mut self,
        id: OutgoingId,
        start: u64,
        end: u64,
        tid: &TransactionId,
        status: StatusCode,
    ) {
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        message.unanswered = message.unanswered.saturating_sub(1);
        if !status.is_success() {
            return self.fail_outgoing(id, status);
        }
        // An answer to a chunk that is still open acknowledges what is out of it.
        let open = self.chunk.as_ref().is_some_and(|chunk| chunk.id == *tid);
        let end = if open { message.sent } else { end };
        let before = message.acknowledged.first_gap();
        message.acknowledged.insert(start..end);
        let upto = message.acknowledged.first_gap();
        if upto > before {
            self.events
                .push(Event::Outgoing(id, OutgoingEvent::Acknowledged { upto }));
        }
        self.settle(id);
    }

    /// 481 and 506 end the session, whatever request they answer (ruling R-24).
    fn session_refused(&mut self, session: SessionId, status: StatusCode) {
        if matches!(status, StatusCode::NO_SESSION | StatusCode::BOUND_ELSEWHERE) {
            self.fail_session(session, SessionFailure::Refused(status));
        }
    }

    /// All is sent and answered; what is missing is the report.
    fn await_report(&mut self, id: OutgoingId) {
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        let Some(state) = self.sessions.get_mut(message.session.0) else {
            return;
        };
        let key = state.unreported.last_key_value().map_or(0, |(key, _)| key + 1);
        message.unreported = Some(key);
        state.outgoing.remove(&id);
        state.unreported.insert(key, id);
        let evicted = (state.unreported.len() > self.config.max_unreported)
            .then(|| state.unreported.first_key_value().map(|(_, id)| *id))
            .flatten();
        if let Some(oldest) = evicted {
            self.end_outgoing(oldest, Err(SendFailure::Unconfirmed));
        }
    }
}

impl Sending {
    /// Whether a `BodyWanted` for the octets from `offset` on still holds: the application may have
    /// written, finished or ended the message since.
    pub(super) fn is_wanted(&self, offset: u64) -> bool {
        self.wanted && !self.body.is_finished() && self.body.written == offset
    }

    /// Octets of the whole message, if that is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.body.known_total()
    }

    /// Octets that may be put into a chunk now, and whether they are the last.
    pub(super) fn available(&self) -> (usize, bool) {
        self.body.available()
    }

    /// The octets at hand that come next: the first piece of them.
    pub(super) fn front(&self) -> Option<&Bytes> {
        self.body.pieces.front()
    }

    /// Appends the next `len` octets, which stay at hand.
    pub(super) fn copy_front(&self, mut len: usize, to: &mut BytesMut) {
        for piece in &self.body.pieces {
            let part = piece.get(..len).unwrap_or(piece);
            to.extend_from_slice(part);
            len -= part.len();
            if len == 0 {
                return;
            }
        }
    }

    /// The next `len` octets are put into a chunk.
    pub(super) fn drop_front(&mut self, mut len: usize) {
        self.sent += len as u64;
        self.body.len -= len;
        while let Some(piece) = self.body.pieces.front_mut() {
            if piece.len() > len {
                piece.advance(len);
                return;
            }
            len -= piece.len();
            self.body.pieces.pop_front();
        }
    }

    /// A REPORT says that a part has been received.
    pub(super) fn confirm(&mut self, range: ByteRange, whole: bool, max_holes: usize) {
        self.confirmed = true;
        let start = range.start - 1;
        // What was not sent cannot have been received.
        let end = range.end.filter(|_| !whole).unwrap_or(self.sent).min(self.sent);
        // Of parts that lie apart only so many are remembered: the peer chooses them.
        let apart = self
            .reported
            .overlap(start.saturating_sub(1)..end.saturating_add(1))
            == 0;
        if apart && self.reported.ranges() > max_holes {
            return;
        }
        self.reported.insert(start..end.max(start));
    }

    fn is_reported(&self) -> bool {
        self.confirmed && self.reported.covers(self.sent)
    }

    /// Whether the peer is to be told that no more chunks come. After 413 nothing more of the message may
    /// be sent (RFC 4975 §10.5), nor when the session is gone.
    fn tells_abort(&self, failure: SendFailure) -> bool {
        self.sent > 0
            && !self.all_sent
            && !matches!(
                failure,
                SendFailure::Refused(
                    StatusCode::STOP_SENDING | StatusCode::NO_SESSION | StatusCode::BOUND_ELSEWHERE
                ) | SendFailure::SessionEnded
                    | SendFailure::ConnectionLost
            )
    }
}

impl BodyQueue {
    /// The body from `offset` on; of one that has no octets there, the last (ruling R-25).
    fn new(body: Body, offset: u64) -> Self {
        let total = body.len();
        let start = total.map_or(offset, |total| offset.min(total.saturating_sub(1)));
        match body.0 {
            BodyKind::Whole(mut octets) => {
                octets.advance(usize::try_from(start).unwrap_or(usize::MAX).min(octets.len()));
                Self {
                    start,
                    len: octets.len(),
                    written: total.unwrap_or_default(),
                    total,
                    finished: true,
                    pieces: Some(octets)
                        .filter(|octets| !octets.is_empty())
                        .into_iter()
                        .collect(),
                }
            }
            BodyKind::Streamed(total) => Self {
                pieces: VecDeque::new(),
                start,
                len: 0,
                written: start,
                total,
                finished: total == Some(0),
            },
        }
    }

    fn is_finished(&self) -> bool {
        self.finished
    }

    fn known_total(&self) -> Option<u64> {
        if self.finished {
            Some(self.written)
        } else {
            self.total
        }
    }

    /// One octet is kept back until the end is known, so that no empty chunk is ever needed to tell it
    /// (ruling R-25).
    fn available(&self) -> (usize, bool) {
        if self.finished {
            (self.len, true)
        } else {
            (self.len.saturating_sub(1), false)
        }
    }

    fn is_chunk_ready(&self, chunk_limit: Option<usize>) -> bool {
        let (available, last) = self.available();
        last || available >= chunk_limit.unwrap_or(WHOLE_CHUNK).min(WHOLE_CHUNK)
    }
}

/// A chunk of more octets must be interruptible (RFC 4975 §7.1.1).
pub(super) const WHOLE_CHUNK: usize = 2048;

impl Body {
    /// Octets of the body, if that is known.
    pub(super) fn len(&self) -> Option<u64> {
        match &self.0 {
            BodyKind::Whole(octets) => Some(octets.len() as u64),
            BodyKind::Streamed(len) => *len,
        }
    }
}

impl Outgoing<'_> {
    /// Hands over the next octets of a streamed body: in one part or several, in all as many as the last
    /// [`OutgoingEvent::BodyWanted`] asked for. A body of known length is finished by its last octet.
    ///
    /// # Errors
    ///
    /// [`WriteError`], which gives the octets back. If the message has grown longer than the peer wants,
    /// it fails as [`SendFailure::TooLarge`].
    pub fn write(&mut self, data: impl Into<Bytes>) -> Result<(), WriteError> {
        let data = data.into();
        let connection = &mut *self.connection;
        let (window, id) = (connection.config.body_window, self.id);
        let refuse = |data, reason| Err(WriteError { data, reason });
        let Some(message) = connection.sending.get_mut(id.0) else {
            return refuse(data, WriteErrorReason::Finished);
        };
        let body = &mut message.body;
        if body.finished {
            return refuse(data, WriteErrorReason::Finished);
        }
        // The application may have begun anywhere.
        let Some(written) = body.written.checked_add(data.len() as u64) else {
            return refuse(data, WriteErrorReason::TooLong);
        };
        if body.total.is_some_and(|total| written > total) {
            return refuse(data, WriteErrorReason::TooLong);
        }
        if body.len + data.len() > window {
            return refuse(data, WriteErrorReason::NotWanted);
        }
        if data.is_empty() {
            return Ok(());
        }
        let session = connection.sessions.get(message.session.0);
        if session
            .and_then(|state| state.config.terms.max_size)
            .filter(|_| !message.exceeds)
            .is_some_and(|max| written > max)
        {
            connection.end_outgoing(id, Err(SendFailure::TooLarge));
            return refuse(data, WriteErrorReason::TooLong);
        }
        message.wanted = false;
        body.written = written;
        body.len += data.len();
        body.pieces.push_back(data);
        body.finished = body.total == Some(written);
        connection.want_body(id);
        connection.reschedule(id);
        Ok(())
    }

    /// Ends a streamed body of unknown length.
    ///
    /// # Errors
    ///
    /// [`FinishError`] when the length was announced and is not reached, or when a message that goes on
    /// ([`Message::resume`]) has got no octet: the message goes on waiting.
    pub fn finish(&mut self) -> Result<(), FinishError> {
        let Some(message) = self.connection.sending.get_mut(self.id.0) else {
            return Ok(());
        };
        let body = &mut message.body;
        // One that goes on needs an octet to end with (ruling R-25).
        let least = body.total.unwrap_or(if body.start > 0 {
            body.start.saturating_add(1)
        } else {
            0
        });
        if let Some(missing) = least.checked_sub(body.written).filter(|&missing| missing > 0) {
            return Err(FinishError { missing });
        }
        body.finished = true;
        self.connection.reschedule(self.id);
        Ok(())
    }

    /// Stops sending the message, and tells the peer by the flag `#`.
    pub fn abort(self) {
        self.connection.end_outgoing(self.id, Err(SendFailure::Aborted));
    }

    /// The Message-ID, given or generated.
    pub fn message_id(&self) -> Option<&MessageId> {
        self.connection
            .sending
            .get(self.id.0)
            .map(|message| &message.message_id)
    }

    /// How far the message has come.
    pub fn progress(&self) -> Progress {
        let message = self.connection.sending.get(self.id.0);
        message.map_or(
            Progress {
                sent: 0,
                acknowledged: 0,
                reported: 0,
                total: None,
            },
            |message| Progress {
                sent: message.sent,
                acknowledged: message.acknowledged.first_gap(),
                reported: message.reported.overlap(0..message.sent),
                total: message.total(),
            },
        )
    }
}

impl core::fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Outgoing")
            .field("id", &self.id)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
