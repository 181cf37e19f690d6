//! Requests, in the order of checks of `docs/conformance/transport.md` §5.1, and their answers.

use bytes::Bytes;

use super::Connection;
use super::transmit::Answer;
use crate::event::{IncomingId, SessionId};
use crate::slots::Key;
use crate::wire::{
    ByteRange, ContinuationFlag, FailureReport, Head, Item, Malformed, Method, PathRef, StartLine,
    StatusCode, TransactionId,
};

/// The request that is being received.
pub(super) enum Request {
    /// None, or one that is of no interest any more.
    Ignored,
    /// One whose answer is known, and is given at its end.
    Refused(Answer),
    Chunk(Chunk),
}

/// A SEND that is being received.
pub(super) struct Chunk {
    pub(super) id: TransactionId,
    pub(super) session: SessionId,
    pub(super) failure_report: FailureReport,
    /// Leftmost URI of From-Path: where the response goes.
    pub(super) answer_to: Bytes,
    /// The own URI, in whose name it goes.
    pub(super) answer_from: Bytes,
    /// The range-end is `*`: a refusal need not wait for the end (ruling R-33).
    pub(super) interruptible: bool,
    pub(super) message: Option<Key>,
    /// Where the chunk began, and where it stands, from 0.
    pub(super) start: u64,
    pub(super) position: u64,
    /// What is wrong with it, if anything is.
    pub(super) refusal: Option<StatusCode>,
    pub(super) answered: bool,
}

impl Connection {
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

    /// Refuses the open chunk before its end, if it has no announced end (ruling R-33).
    pub(super) fn answer_early(&mut self) {
        let Request::Chunk(chunk) = &mut self.receiver.request else {
            return;
        };
        if let Some(status) = chunk.refusal.filter(|_| chunk.interruptible && !chunk.answered) {
            chunk.answered = true;
            self.answer_chunk(status);
        }
    }

    pub(super) fn begin_request(&mut self, head: &Head) -> Request {
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
        let Some(session) = session else {
            if self.ask(head) {
                return Request::Ignored;
            }
            return self.refuse_unknown(head, StatusCode::NO_SESSION);
        };
        self.bind(session);
        if *method == Method::Report {
            self.receive_report(session, head);
            return Request::Ignored;
        }
        let Some(state) = self.sessions.get_mut(session.0) else {
            return Request::Ignored;
        };
        if *method != Method::Send {
            let local = state.local.clone();
            return self.refuse_request(head, method, StatusCode::UNKNOWN_METHOD, local);
        }
        if state.from_path != from {
            state.from_path = Bytes::copy_from_slice(from);
        }
        let answer_to = state.from_path.slice(..first_uri(from).len());
        let answer_from = state.local.clone();
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        let mut chunk = Chunk {
            id: head.transaction_id(),
            session,
            failure_report: head.failure_report().unwrap_or_default(),
            answer_to,
            answer_from,
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

    /// The answer to a request for a session that is not here.
    pub(super) fn refuse_unknown(&mut self, head: &Head, status: StatusCode) -> Request {
        let (StartLine::Request(method), Some(to)) = (head.start_line(), head.to_path_octets()) else {
            return Request::Ignored;
        };
        if *method == Method::Report {
            return Request::Ignored;
        }
        // The only name by which the sender knows us is the one it used (ruling R-34).
        let from = Bytes::copy_from_slice(first_uri(to));
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        match self.refuse_request(head, method, status, from) {
            // The rest is of no interest (ruling R-33).
            Request::Refused(answer) if *method == Method::Send && range.end.is_none() => {
                self.queue_answer(answer);
                Request::Ignored
            }
            refused => refused,
        }
    }

    /// The answer to a request that is not taken; none if its sender does not want to hear of it.
    fn refuse_request(&self, head: &Head, method: &Method, status: StatusCode, from: Bytes) -> Request {
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
        if let Some(session) = session {
            self.bind(session);
        }
        let local = session
            .and_then(|id| self.sessions.get(id.0))
            .map(|state| state.local.clone());
        let (status, from) = match (local, head.to_path()) {
            (Some(local), _) if *method != Method::Send => (StatusCode::UNKNOWN_METHOD, local),
            (Some(local), _) => (StatusCode::BAD_REQUEST, local),
            (None, Some(to)) => {
                let name = to.leftmost().as_str();
                (StatusCode::NO_SESSION, Bytes::copy_from_slice(name.as_bytes()))
            }
            // Not even the name that the sender used for us can be read. That of a session it has shown to
            // know will do; any other is a secret (RFC 4975 §14.1).
            (None, None) => match self.sessions.iter().find(|state| state.bound) {
                Some(state) => (StatusCode::BAD_REQUEST, state.local.clone()),
                None => return Request::Ignored,
            },
        };
        self.refuse_request(head, method, status, from)
    }

    fn end_request(&mut self, flag: ContinuationFlag) {
        self.flush_gathered();
        if let Request::Chunk(chunk) = &self.receiver.request
            && let Some(key) = chunk.message
            // An abort holds whatever else is wrong with the chunk (ruling R-27).
            && (chunk.refusal.is_none() || flag == ContinuationFlag::Aborted)
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
            self.queue_answer(answer);
        }
        if let Some((key, failure_report)) = finished {
            self.finish_incoming(key, failure_report);
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
        if !wanted {
            return;
        }
        let answer = Answer {
            id: chunk.id,
            status,
            to: chunk.answer_to.clone(),
            from: chunk.answer_from.clone(),
            incoming: chunk.message.map(IncomingId),
        };
        self.queue_answer(answer);
    }
}

/// The leftmost URI of a path that was found legal.
fn first_uri(path: &[u8]) -> &[u8] {
    path.split(|&octet| octet == b' ').next().unwrap_or_default()
}
