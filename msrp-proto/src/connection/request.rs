//! Requests, in the order of checks of `docs/conformance/transport.md` §5.1, and their answers.

use std::sync::Arc;

use super::Connection;
use super::route::{Route, first_uri};
use super::transmit::Answer;
use crate::event::{IncomingId, SessionId};
use crate::nickname;
use crate::slots::Key;
use crate::wire::{
    ByteRange, ContinuationFlag, FailureReport, Head, Item, Malformed, Method, StartLine, StatusCode,
    TransactionId,
};

/// The request that is being received.
#[repr(u8)]
pub(super) enum Request {
    /// None, or one that is of no interest any more.
    Ignored,
    /// One whose answer is known, and is given at its end.
    Refused(Answer),
    Chunk(Chunk),
    /// One that the application is to answer, which is gathered elsewhere.
    Asking,
}

/// A SEND that is being received.
pub(super) struct Chunk {
    pub(super) id: TransactionId,
    pub(super) session: SessionId,
    pub(super) failure_report: FailureReport,
    /// The way of the response. None once it is on it.
    pub(super) route: Option<Arc<Route>>,
    /// The range-end is `*`: a refusal need not wait for the end (ruling R-33).
    pub(super) interruptible: bool,
    pub(super) message: Option<Key>,
    /// Where the chunk began, and where it stands, from 0.
    pub(super) start: u64,
    pub(super) position: u64,
    /// What is wrong with it, if anything is.
    pub(super) refusal: Option<StatusCode>,
}

impl Connection {
    // Inlined, because an item is large, and would be copied.
    #[inline]
    pub(super) fn receive(&mut self, item: Item) {
        match item {
            Item::Head(ref head) => self.receive_head(head),
            Item::Malformed(ref malformed) => {
                self.stats.frames_received += 1;
                self.receiver.request = self.refuse_malformed(malformed);
            }
            Item::Body(octets) => self.receive_body(octets),
            Item::End(flag) => self.end_request(flag),
        }
    }

    fn receive_head(&mut self, head: &Head) {
        self.stats.frames_received += 1;
        if let StartLine::Response(status) = *head.start_line() {
            self.receiver.request = Request::Ignored;
            self.receive_response(head, status);
            return;
        }
        self.receiver.request = self.begin_request(head);
        self.answer_early();
    }

    /// Refuses the open chunk before its end, if it has no announced end (ruling R-33).
    pub(super) fn answer_early(&mut self) {
        let Request::Chunk(chunk) = &self.receiver.request else {
            return;
        };
        if let Some(status) = chunk.refusal.filter(|_| chunk.interruptible) {
            self.answer_chunk(status);
        }
    }

    pub(super) fn begin_request(&mut self, head: &Head) -> Request {
        let method = match head.start_line() {
            StartLine::Request(method) => method,
            StartLine::Response(_) | StartLine::Illegal => return Request::Ignored,
        };
        let (Some(to), Some(from)) = (head.to_path_octets(), head.from_path_octets()) else {
            return Request::Ignored;
        };
        let Some(session) = self.match_session(head, to) else {
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
            let route = state.route_to(from);
            if self.is_declared(method) {
                return self.begin_asked(session, head, route);
            }
            return refuse_request(head, method, StatusCode::UNKNOWN_METHOD, route);
        }
        let route = state.route_to(from);
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        let (message, refusal) = match self.begin_chunk(session, head, &range) {
            Ok(message) => (message, None),
            Err(status) => (None, Some(status)),
        };
        Request::Chunk(Chunk {
            id: head.transaction_id(),
            session,
            failure_report: head.failure_report().unwrap_or_default(),
            route: Some(route),
            interruptible: range.end.is_none(),
            message,
            start: range.start - 1,
            position: range.start - 1,
            refusal,
        })
    }

    /// Whether the application answers requests of that method.
    fn is_declared(&self, method: &Method) -> bool {
        self.config.requests.methods.contains(method)
    }

    /// The session a request is for. The one that was found last need not be looked for.
    fn match_session(&mut self, head: &Head, to: &[u8]) -> Option<SessionId> {
        if let Some(last) = self.receiver.last_session
            && let Some(state) = self.sessions.get(last.0)
            && state.local() == to
        {
            return Some(last);
        }
        let session = self.find_session(head.to_path()?)?;
        self.receiver.last_session = Some(session);
        Some(session)
    }

    /// The answer to a request for a session that is not here.
    pub(super) fn refuse_unknown(&mut self, head: &Head, status: StatusCode) -> Request {
        let (StartLine::Request(method), Some(to)) = (head.start_line(), head.to_path_octets()) else {
            return Request::Ignored;
        };
        if *method == Method::Report {
            return Request::Ignored;
        }
        let Some(from) = head.from_path_octets() else {
            return Request::Ignored;
        };
        // The only name by which the sender knows us is the one it used (ruling R-34).
        let local = String::from_utf8_lossy(first_uri(to)).into();
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        match refuse_request(head, method, status, Route::new(from, local)) {
            // The rest is of no interest (ruling R-33).
            Request::Refused(answer) if *method == Method::Send && range.end.is_none() => {
                self.queue_answer(answer);
                Request::Ignored
            }
            refused => refused,
        }
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
        let (Some(_), Some(from)) = (head.from_path(), head.from_path_octets()) else {
            return Request::Ignored;
        };
        let session = head.to_path_octets().and_then(|to| self.match_session(head, to));
        if let Some(session) = session {
            self.bind(session);
        }
        let declared = self.is_declared(method);
        let state = session.and_then(|id| self.sessions.get_mut(id.0));
        let (status, route) = match (state, head.to_path()) {
            (Some(state), _) if declared => {
                let status = if *method == Method::Nickname && nickname::is_value_illegal(head) {
                    StatusCode::MALFORMED_NICKNAME
                } else {
                    StatusCode::BAD_REQUEST
                };
                let route = state.route_to(from);
                return Request::Refused(Answer::end_to_end(head.transaction_id(), status, route));
            }
            (Some(state), _) if *method != Method::Send => (StatusCode::UNKNOWN_METHOD, state.route_to(from)),
            (Some(state), _) => (StatusCode::BAD_REQUEST, state.route_to(from)),
            (None, Some(to)) => (
                StatusCode::NO_SESSION,
                Route::new(from, to.leftmost().as_str().into()),
            ),
            // Not even the name that the sender used for us can be read. That of a session it has shown to
            // know will do; any other is a secret (RFC 4975 §14.1).
            (None, None) => match self.sessions.iter().find(|state| state.bound) {
                Some(state) => {
                    let (local, _) = state.config.local.clone().into_parts();
                    (StatusCode::BAD_REQUEST, Route::new(from, local))
                }
                None => return Request::Ignored,
            },
        };
        refuse_request(head, method, status, route)
    }

    pub(super) fn end_request(&mut self, flag: ContinuationFlag) {
        if let Request::Ignored = self.receiver.request {
            return;
        }
        self.flush_gathered();
        if let Request::Chunk(chunk) = &self.receiver.request
            && let Some(key) = chunk.message
            // An abort holds whatever else is wrong with the chunk (ruling R-27).
            && (chunk.refusal.is_none() || flag == ContinuationFlag::Aborted)
        {
            let (start, end) = (chunk.start, chunk.position);
            self.end_chunk(key, flag, start, end);
        }
        if let Request::Chunk(chunk) = &self.receiver.request {
            let status = chunk.refusal.unwrap_or(StatusCode::OK);
            self.answer_chunk(status);
        }
        let finished = match &self.receiver.request {
            Request::Chunk(chunk) => chunk.message.map(|key| (key, chunk.failure_report)),
            _ => None,
        };
        match core::mem::replace(&mut self.receiver.request, Request::Ignored) {
            Request::Chunk(_) | Request::Ignored => {}
            Request::Refused(answer) => self.queue_answer(answer),
            Request::Asking => self.end_asked(flag),
        }
        if let Some((key, failure_report)) = finished {
            self.finish_incoming(key, failure_report);
        }
    }

    /// Queues the response to the open chunk, if its sender wants it and it has had none.
    fn answer_chunk(&mut self, status: StatusCode) {
        let Request::Chunk(chunk) = &mut self.receiver.request else {
            return;
        };
        let Some(route) = chunk.route.take() else {
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
            route,
            end_to_end: false,
            incoming: chunk.message.map(IncomingId),
            more: None,
        };
        self.queue_answer(answer);
    }
}

/// The answer to a request that is not taken; none if its sender does not want to hear of it.
fn refuse_request(head: &Head, method: &Method, status: StatusCode, route: Arc<Route>) -> Request {
    if head.failure_report() == Some(FailureReport::No) {
        return Request::Ignored;
    }
    Request::Refused(Answer {
        // Hop by hop for SEND, end to end for all others (RFC 4975 §7.2).
        end_to_end: *method != Method::Send,
        ..Answer::end_to_end(head.transaction_id(), status, route)
    })
}
