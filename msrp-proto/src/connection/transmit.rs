//! Making octets, as late as possible: what is not made yet can still be changed, put off or left out.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::report::PendingReport;
use super::route::Route;
use super::send::{Control, Sending, WHOLE_CHUNK};
use super::transaction::{Due, NO_PLACE, Partials, Subject};
use super::{Connection, Phase};
use crate::event::{IncomingId, OutgoingId, SessionId};
use crate::ids::{Nonce, Place};
use crate::request::More;
use crate::time;
use crate::wire::boundary::Boundary;
use crate::wire::{
    ByteRange, ContinuationFlag, FailureReport, MessageId, Status, StatusCode, TransactionId, encode,
    end_line_stands_in, put_body_end, put_end_line,
};

/// A response that waits to be written.
pub(super) struct Answer {
    pub(super) id: TransactionId,
    pub(super) status: StatusCode,
    pub(super) route: Arc<Route>,
    /// It goes the whole way back, as no answer to a SEND does.
    pub(super) end_to_end: bool,
    /// The message that the request was a chunk of.
    pub(super) incoming: Option<IncomingId>,
    pub(super) more: Option<Box<More>>,
}

impl Answer {
    /// The answer to a request that is neither SEND nor REPORT.
    pub(super) fn end_to_end(id: TransactionId, status: StatusCode, route: Arc<Route>) -> Self {
        Self {
            id,
            status,
            route,
            end_to_end: true,
            incoming: None,
            more: None,
        }
    }

    pub(super) fn comment(&self) -> &str {
        let given = self.more.as_ref().and_then(|more| more.comment.as_deref());
        given.unwrap_or(self.status.comment())
    }

    /// Octets of the headers and the comment that only few answers have.
    pub(super) fn more_len(&self) -> usize {
        let comment = |more: &More| more.comment.as_ref().map_or(0, |comment| comment.len());
        let more = self.more.as_deref();
        more.map_or(0, |more| more.headers_len() + comment(more))
    }

    pub(super) fn to(&self) -> &[u8] {
        if self.end_to_end {
            self.route.whole()
        } else {
            self.route.next_hop()
        }
    }
}

/// The chunk that is being written: interruptible, so its range-end is `*`.
pub(super) struct OpenChunk {
    pub(super) id: TransactionId,
    pub(super) message: OutgoingId,
    awaited: Option<(Place, Nonce)>,
    /// Octets of body in it so far.
    len: usize,
    /// The end-line was about to come up in the body, or the path has lapsed, so the chunk ends here.
    pub(super) cut: bool,
    /// Watches that the end-line does not come up in the body (RFC 4975 §7.1).
    guard: Boundary,
}

/// The most octets that are put into one buffer. One copy into it costs far less than a second write.
const BUFFER: usize = 16 * 1024;

/// Octets that end a chunk at most: the line end, the hyphens, the identifier, the flag and a line end.
const END_LINE: usize = 2 + 7 + 32 + 1 + 2;

/// Octets of an open chunk after which another bulk message may interrupt it.
const TURN: usize = BUFFER;

/// Octets of answers after which a request is let through.
const ANSWERS_IN_A_ROW: u32 = 16 * 1024;

/// What the lines of a frame have besides the values counted: names, blanks, line ends, codes.
const FRAME_WORDS: usize = 256;

impl Connection {
    /// The next octets to transmit; `None` if there are none now. Whatever is handed out must be written
    /// completely and in order. One buffer has 16 KiB at most, a long head apart; on a
    /// [`Link`](crate::Link) of messages it is one frame, and has as many octets as a message may have.
    #[must_use]
    pub fn poll_transmit(&mut self, now: time::Instant) -> Option<Bytes> {
        self.touch(now);
        if !self.wants_transmit() {
            self.release();
            return None;
        }
        self.stirred = true;
        let mut out = BytesMut::with_capacity(self.expected_len());
        // One frame is one message of the transport.
        let enough = self.link.max_len().map_or(BUFFER, |_| 1);
        while out.len() < enough {
            if self.chunk.is_some() {
                match self.continue_chunk(&mut out) {
                    Continued::More => {}
                    Continued::Uncopied(octets) => {
                        self.stats.octets_sent += octets.len() as u64;
                        return Some(octets);
                    }
                    Continued::Full => break,
                }
            } else if !self.put_next(&mut out) {
                break;
            }
        }
        debug_assert!(self.fits(out.len()), "a frame longer than a message");
        self.stats.octets_sent += out.len() as u64;
        self.watch_answers();
        // Answers that were taken may have held input back.
        self.resume();
        self.timers.arm(self.now);
        self.finish_closing();
        Some(out.freeze()).filter(|octets| !octets.is_empty())
    }

    /// Whether [`poll_transmit`](Self::poll_transmit) would hand out octets. Exact.
    pub fn wants_transmit(&self) -> bool {
        self.chunk.is_some()
            || !self.answers.is_empty()
            || !self.reports.is_empty()
            || !self.controls.is_empty()
            || self.is_auth_ready()
            || self.is_request_ready()
            || self.next_binding().is_some()
            || (self.scheduler.is_ready(self.has_room()) && !self.transactions.is_full())
    }

    /// About how many octets the next buffer will have, so that it need not grow. Of much that waits only the
    /// first is looked at.
    fn expected_len(&self) -> usize {
        let answers = self.answers.front().map_or(0, Answer::len) * self.answers.len();
        let reports = self.reports.front().map_or(0, PendingReport::len) * self.reports.len();
        let next = self.scheduler.peek(self.has_room());
        let chunk = match next.and_then(|id| self.sending.get(id.0)) {
            _ if self.chunk.is_some() => BUFFER,
            Some(message) if message.available().0 >= WHOLE_CHUNK => BUFFER,
            Some(message) => message.available().0 + message.content.len() + FRAME_WORDS,
            None => 0,
        };
        // Comments are not counted above.
        let comments = 8 * (self.answers.len() + self.reports.len());
        (answers + reports + comments + self.next_auth_len() + self.next_request_len() + chunk).min(BUFFER)
    }

    /// Writes one whole frame, or opens a chunk. `false`: nothing to write, or it does not fit.
    fn put_next(&mut self, out: &mut BytesMut) -> bool {
        let full = self.transactions.is_full();
        let request_due = self.answered >= ANSWERS_IN_A_ROW
            && (self.is_auth_ready()
                || self.is_request_ready()
                || (!full && self.scheduler.is_ready(self.has_room())));
        if !request_due {
            if let Some(answer) = self.answers.front() {
                let len = answer.to().len() + answer.route.local().len() + answer.more_len();
                return fits(out, len) && self.put_answer(out);
            }
            if let Some(report) = self.reports.front() {
                let len = report.route.whole().len() + report.route.local().len();
                return fits(out, len) && self.put_report(out);
            }
        }
        if self.answers.is_empty() && self.reports.is_empty() {
            self.answered = 0;
        }
        if let Some(fits) = self.put_auth(out).or_else(|| self.put_request(out)) {
            if fits {
                self.answered = 0;
            }
            return fits;
        }
        if let Some(control) = self.controls.front() {
            if !fits(out, self.longest_control(control.session())) {
                return false;
            }
            if let Some(control) = self.controls.pop_front() {
                self.put_control(out, control);
            }
            return true;
        }
        if let Some(session) = self.next_binding()
            && (full || !self.scheduler.is_session_ready(session, self.has_room()))
        {
            let fits = fits(out, self.longest_control(session));
            if fits {
                self.put_control(out, Control::Bodiless(session));
            }
            return fits;
        }
        // A chunk that does not fit must not lose its turn.
        let room = self.has_room();
        let len = self
            .scheduler
            .peek(room)
            .map_or(0, |message| self.longest_chunk(message));
        if full || !fits(out, len) {
            return false;
        }
        let Some(message) = self.scheduler.next(room) else {
            return false;
        };
        self.answered = 0;
        self.put_chunk(out, message);
        true
    }

    fn put_answer(&mut self, out: &mut BytesMut) -> bool {
        let Some(answer) = self.answers.pop_front() else {
            return false;
        };
        let start = out.len();
        let comment = match self.link.max_len() {
            Some(_) => self.fitting_comment(answer.len(), answer.comment()),
            None => answer.comment().as_bytes(),
        };
        encode::put_response_start(out, &answer.id, answer.status, Some(comment));
        encode::put_line(out, "To-Path: ", answer.to());
        encode::put_line(out, "From-Path: ", answer.route.local());
        let Answer { id, more, .. } = answer;
        // Taken apart, since hardly any answer has it.
        if let Some(more) = more {
            encode::put_headers(out, &more.headers);
        }
        put_end_line(out, &id, ContinuationFlag::Complete);
        self.note_answered(out.len() - start);
        self.stats.frames_sent += 1;
        true
    }

    fn note_answered(&mut self, len: usize) {
        self.answered = self.answered.saturating_add(len as u32);
    }

    fn put_report(&mut self, out: &mut BytesMut) -> bool {
        let Some(report) = self.reports.pop_front() else {
            return false;
        };
        let status = Status {
            comment: Some(self.fitting_comment(report.len(), report.status.comment())),
            ..Status::new(report.status)
        };
        let PendingReport {
            session,
            route,
            message_id,
            range,
            status: _,
        } = report;
        let (id, _) = self.ids.transaction(NO_PLACE, |_| false);
        let start = out.len();
        encode::put_report_head(
            out,
            &id,
            [route.whole(), route.local()],
            &message_id,
            &range,
            &status,
        );
        put_end_line(out, &id, ContinuationFlag::Complete);
        self.note_answered(out.len() - start);
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.stats.reports_sent += 1;
        }
        self.frame_sent(session);
        true
    }

    /// A SEND without a body.
    pub(super) fn put_control(&mut self, out: &mut BytesMut, control: Control) {
        let session = control.session();
        let Some(state) = self.sessions.get(session.0) else {
            return;
        };
        let new_id;
        let (message_id, range, reports, flag, place) = match &control {
            Control::Abort {
                message_id,
                total,
                reports,
                ..
            } => {
                let range = ByteRange::new(1, Some(0), *total);
                (message_id, range, *reports, ContinuationFlag::Aborted, None)
            }
            Control::Bodiless(_) => {
                new_id = self.ids.message();
                let place = self.transactions.reserve(Subject::Bodiless(session));
                (&new_id, ByteRange::EMPTY, "", ContinuationFlag::Complete, place)
            }
        };
        let (id, nonce) = self.ids.transaction(place.unwrap_or(NO_PLACE), |_| false);
        let lines = encode::SendLines {
            to_path: state.remote(),
            from_path: state.local(),
            message_id,
            reports,
            content: &[],
        };
        lines.put(out, &id, &range);
        put_end_line(out, &id, flag);
        if let Some(place) = place {
            self.transactions.begin(place, nonce);
            self.transactions.sent(place, nonce, 0, self.due());
        }
        self.frame_sent(session);
        self.finish_session(session);
    }

    /// Writes a chunk of a message that is ready, or opens one that is interruptible.
    fn put_chunk(&mut self, out: &mut BytesMut, id: OutgoingId) {
        let limit = self.config.chunk_limit;
        let Some(message) = self.sending.get(id.0) else {
            return;
        };
        let (available, last) = message.available();
        let limited = limit.map_or(available, |limit| available.min(limit));
        if self.link.max_len().is_some() {
            let Some(len) = self.fitting_chunk(message, limited) else {
                return;
            };
            let head = message.content.len() + self.longest_control(message.session) + FRAME_WORDS;
            let Some(awaited) = self.reserve(id) else { return };
            out.reserve(len + head);
            self.put_whole_chunk(out, id, len, awaited);
            return;
        }
        // What is announced must be at hand, and be no more than may go uninterrupted.
        let whole = limited <= WHOLE_CHUNK && (last || limit.is_some_and(|limit| limit <= WHOLE_CHUNK));
        let Some(awaited) = self.reserve(id) else { return };
        if whole {
            self.put_whole_chunk(out, id, limited, awaited);
        } else {
            self.open_chunk(out, id, awaited);
        }
    }

    /// A place for the transaction of a chunk, if one is kept. The outer `None`: no more of them.
    fn reserve(&mut self, id: OutgoingId) -> Option<Option<Place>> {
        let message = self.sending.get(id.0)?;
        if message.failure_report != FailureReport::Yes {
            return Some(None);
        }
        let (start, end) = (message.sent, message.sent);
        let place = self.transactions.reserve(Subject::Chunk {
            session: message.session,
            message: id,
            start,
            end,
        })?;
        self.chunk_opened(id);
        Some(Some(place))
    }

    fn put_whole_chunk(&mut self, out: &mut BytesMut, id: OutgoingId, len: usize, place: Option<Place>) {
        let Some(message) = self.sending.get_mut(id.0) else {
            return;
        };
        let Some(state) = self.sessions.get_mut(message.session.0) else {
            return;
        };
        let range = message.next_range(len);
        let id_place = place.unwrap_or(place_of(message.failure_report));
        let start = out.len();
        // Written with one identifier after the other, until its end-line does not stand in the body.
        let (tid, nonce) = self.ids.transaction(id_place, |tid| {
            out.truncate(start);
            message.lines(state.remote(), state.local()).put(out, tid, &range);
            let body = out.len();
            message.copy_front(len, out);
            end_line_stands_in(out.get(body..).unwrap_or_default(), tid)
        });
        message.drop_front(len);
        state.stats.octets_sent += len as u64;
        let flag = flag_after(message);
        put_body_end(out, &tid, flag);
        self.begin(id, place, nonce);
        self.chunk_closed(id, place.map(|place| (place, nonce)), flag);
    }

    fn open_chunk(&mut self, out: &mut BytesMut, id: OutgoingId, place: Option<Place>) {
        let Some(message) = self.sending.get(id.0) else {
            return;
        };
        let Some(state) = self.sessions.get(message.session.0) else {
            return;
        };
        let range = ByteRange::new(message.sent + 1, None, message.total());
        let (tid, nonce) = self
            .ids
            .transaction(place.unwrap_or(place_of(message.failure_report)), |_| false);
        message
            .lines(state.remote(), state.local())
            .put(out, &tid, &range);
        // The session speaks with this: nothing has to interrupt it for a first word.
        let session = message.session;
        self.session_spoke(session);
        self.begin(id, place, nonce);
        self.chunk = Some(Box::new(OpenChunk {
            id: tid,
            message: id,
            awaited: place.map(|place| (place, nonce)),
            len: 0,
            cut: false,
            guard: Boundary::guard(&tid),
        }));
    }

    /// Makes the transaction of a chunk known.
    fn begin(&mut self, id: OutgoingId, place: Option<Place>, nonce: Nonce) {
        let Some(message) = self.sending.get(id.0) else {
            return;
        };
        match (place, message.failure_report) {
            (Some(place), _) => self.transactions.begin(place, nonce),
            (None, FailureReport::Partial) => {
                self.partials
                    .begin(nonce, (message.session, id, message.message_id.clone()));
            }
            (None, _) => {}
        }
    }

    /// Writes more of the open chunk, or its end.
    fn continue_chunk(&mut self, out: &mut BytesMut) -> Continued {
        let room = self.has_room();
        let urgent = !self.answers.is_empty()
            || !self.reports.is_empty()
            || !self.controls.is_empty()
            || self.is_auth_ready()
            || self.is_request_ready()
            || self.next_binding().is_some()
            || self.scheduler.is_interactive_ready(room);
        let turn = self.scheduler.is_ready(room);
        let Some(chunk) = &mut self.chunk else {
            return Continued::More;
        };
        let Some(message) = self.sending.get_mut(chunk.message.0) else {
            // Aborted, refused, or its session is over.
            self.close_chunk(out, ContinuationFlag::Aborted);
            return Continued::More;
        };
        let (available, _) = message.available();
        // Others wait: not before 2048 octets, and bulk not before its turn is over (ruling R-31).
        let until = match (urgent, turn) {
            (true, _) => WHOLE_CHUNK,
            (false, true) => TURN,
            (false, false) => usize::MAX,
        };
        let until = until.min(self.config.chunk_limit.unwrap_or(usize::MAX));
        let wanted = available.min(until.saturating_sub(chunk.len));
        if wanted == 0 || chunk.cut {
            let flag = flag_after(message);
            self.close_chunk(out, flag);
            return Continued::More;
        }
        let front = message.front().map_or(0, Bytes::len);
        // Much at hand is passed on as it is, in buffers of its own; the rest is gathered.
        let uncopied = wanted >= BUFFER && front >= BUFFER;
        if uncopied && !out.is_empty() {
            return Continued::Full;
        }
        let room = if uncopied {
            BUFFER
        } else {
            BUFFER.saturating_sub(out.len() + END_LINE)
        };
        if room == 0 {
            return Continued::Full;
        }
        let len = wanted.min(front).min(room);
        let octets = message
            .front()
            .map(|front| front.slice(..len))
            .unwrap_or_default();
        let cut = chunk.guard.admit(&octets);
        chunk.cut = cut.is_some();
        let octets = octets.slice(..cut.unwrap_or(len));
        message.drop_front(octets.len());
        chunk.len += octets.len();
        let (id, session) = (chunk.message, message.session);
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.stats.octets_sent += octets.len() as u64;
        }
        self.session_spoke(session);
        self.want_body(id);
        if uncopied && !octets.is_empty() {
            return Continued::Uncopied(octets);
        }
        out.extend_from_slice(&octets);
        Continued::More
    }

    fn close_chunk(&mut self, out: &mut BytesMut, flag: ContinuationFlag) {
        let Some(chunk) = self.chunk.take() else { return };
        put_body_end(out, &chunk.id, flag);
        self.chunk_closed(chunk.message, chunk.awaited, flag);
    }

    /// The last octet of a chunk is handed out.
    fn chunk_closed(&mut self, id: OutgoingId, awaited: Option<(Place, Nonce)>, flag: ContinuationFlag) {
        let message = self
            .sending
            .get(id.0)
            .map(|message| (message.session, message.sent));
        if let Some((place, nonce)) = awaited {
            let end = message.map_or(0, |(_, sent)| sent);
            self.transactions.sent(place, nonce, end, self.due());
        }
        let Some((session, _)) = message else {
            self.stats.frames_sent += 1;
            return;
        };
        self.frame_sent(session);
        if flag == ContinuationFlag::Complete {
            self.message_sent(id);
            self.settle(id);
        } else {
            self.want_body(id);
            self.reschedule(id);
        }
    }

    /// The last octet of a request is handed out.
    pub(super) fn frame_sent(&mut self, session: SessionId) {
        self.stats.frames_sent += 1;
        self.session_spoke(session);
    }

    fn session_spoke(&mut self, session: SessionId) {
        self.bindings.remove(&session);
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.last_sent = Some(self.now);
        }
    }

    /// When the response to a request is due that leaves now.
    pub(super) fn due(&self) -> Due {
        if self.config.flush_reported {
            return Due::OnceFlushed;
        }
        time::after(self.now, self.config.transaction_timeout).map_or(Due::Never, Due::At)
    }

    /// An active session that has yet to speak.
    fn next_binding(&self) -> Option<SessionId> {
        self.bindings.first().copied()
    }

    fn has_room(&self) -> bool {
        self.phase != Phase::Lost && self.transactions.len() < self.config.in_flight
    }

    /// Octets that a chunk of a message may need before it can be interrupted, [`FRAME_WORDS`] apart.
    fn longest_chunk(&self, id: OutgoingId) -> usize {
        let Some(message) = self.sending.get(id.0) else {
            return 0;
        };
        let body = message.available().0.min(WHOLE_CHUNK);
        body + message.content.len() + self.longest_control(message.session)
    }

    /// Octets that a SEND without a body may need, [`FRAME_WORDS`] apart.
    pub(super) fn longest_control(&self, session: SessionId) -> usize {
        let session = self.sessions.get(session.0);
        MessageId::MAX_LEN + session.map_or(0, |state| state.remote().len() + state.local().len())
    }
}

/// What came of going on with a chunk.
enum Continued {
    /// What is next is to be a buffer of its own.
    Full,
    /// Something was written, perhaps the end: go on.
    More,
    /// Octets to hand out as they are.
    Uncopied(Bytes),
}

impl Sending {
    fn lines<'a>(&'a self, to_path: &'a [u8], from_path: &'a [u8]) -> encode::SendLines<'a> {
        encode::SendLines {
            to_path,
            from_path,
            message_id: &self.message_id,
            reports: self.reports,
            content: &self.content,
        }
    }
}

/// The flag of a chunk that ends where the message stands now.
fn flag_after(message: &Sending) -> ContinuationFlag {
    match message.available() {
        (0, true) => ContinuationFlag::Complete,
        _ => ContinuationFlag::Continued,
    }
}

fn place_of(failure_report: FailureReport) -> Place {
    match failure_report {
        FailureReport::Partial => Partials::<()>::PLACE,
        FailureReport::No | FailureReport::Yes => NO_PLACE,
    }
}

pub(super) fn fits(out: &BytesMut, len: usize) -> bool {
    out.is_empty() || out.len() + len + FRAME_WORDS <= BUFFER
}
