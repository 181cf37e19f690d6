//! Requests of this side that are neither SEND nor REPORT: queueing, writing and settling them.

use bytes::BytesMut;

use super::Connection;
use super::requests::Own;
use super::send::Control;
use super::session::Session;
use super::transaction::Subject;
use super::transmit::fits;
use crate::error::{RequestError, RequestErrorReason, RequestFailure};
use crate::event::{Event, RequestId, SessionEvent, SessionId};
use crate::ids;
use crate::nickname;
use crate::request::{Reply, Request};
use crate::wire::frame_len::request_len;
use crate::wire::{
    ContinuationFlag, Head, MAX_OTHER_BODY, Method, StatusCode, encode, end_line_stands_in, put_body_end,
    put_end_line,
};

impl Session<'_> {
    /// Queues a request that is neither SEND nor REPORT, such as NICKNAME. It leaves before messages that wait,
    /// whatever the direction agreed upon, or when the session may send. What becomes of it is told once, by
    /// [`SessionEvent::Answered`].
    ///
    /// # Errors
    ///
    /// [`RequestError`], which gives the request back.
    pub fn request(&mut self, request: Request) -> Result<RequestId, RequestError> {
        self.connection.queue_request(self.id, request)
    }
}

impl Connection {
    fn queue_request(&mut self, session: SessionId, request: Request) -> Result<RequestId, RequestError> {
        let refuse = |request, reason| {
            Err(RequestError {
                request: Box::new(request),
                reason,
            })
        };
        if let Err(reason) = self.check_request(session, &request) {
            return refuse(request, reason);
        }
        let content_type = request.body.as_ref().map(|(content_type, _)| content_type);
        let Ok(content) = encode::content_lines(&request.headers, content_type) else {
            return refuse(request, RequestErrorReason::MimeWithoutBody);
        };
        let own = Own {
            session,
            method: request.method.clone(),
            content: content.freeze(),
            body: request.body.as_ref().map(|(_, body)| body.clone()),
        };
        if !self.fits(self.request_len(&own)) {
            return refuse(request, RequestErrorReason::TooLong);
        }
        let held = !self.sessions.get(session.0).is_some_and(|state| state.may_send());
        Ok(self.requests.queue(own, held))
    }

    fn check_request(&self, session: SessionId, request: &Request) -> Result<(), RequestErrorReason> {
        let state = self.sessions.get(session.0).filter(|state| !state.closing);
        let Some(state) = state else {
            return Err(RequestErrorReason::Closing);
        };
        if state.lapsed {
            return Err(RequestErrorReason::RelayPathExpired);
        }
        if !request.method.is_for_requests() {
            return Err(RequestErrorReason::Method);
        }
        let body = request.body.as_ref().map_or(0, |(_, body)| body.len());
        if body > MAX_OTHER_BODY {
            return Err(RequestErrorReason::BodyTooLong);
        }
        if request.method == Method::Nickname {
            if !state.config.terms.nicknames {
                return Err(RequestErrorReason::NoNicknames);
            }
            nickname::check(request)?;
        }
        if self.requests.own_len() >= self.config.requests.max {
            return Err(RequestErrorReason::TooMany);
        }
        Ok(())
    }

    /// Whether a request could be written now.
    pub(super) fn is_request_ready(&self) -> bool {
        self.requests.first_ready().is_some() && !self.transactions.is_full()
    }

    /// Writes the next request. `None`: there is none; `false`: it does not fit.
    pub(super) fn put_request(&mut self, out: &mut BytesMut) -> Option<bool> {
        let id = self.requests.first_ready()?;
        if self.transactions.is_full() {
            return None;
        }
        let own = self.requests.own(id)?;
        let session = own.session;
        // The first word of a session is a SEND (RFC 4975 §5.4).
        if self.bindings.contains(&session) {
            let fits = fits(out, self.longest_control(session));
            if fits {
                self.put_control(out, Control::Bodiless(session));
            }
            return Some(fits);
        }
        if !fits(out, self.request_len(own)) {
            return Some(false);
        }
        let place = self
            .transactions
            .reserve(Subject::Request { session, request: id })?;
        let own = self.requests.own(id)?;
        let state = self.sessions.get(session.0)?;
        let body = own.body.as_deref();
        let (tid, nonce) = self.ids.transaction(place, |tid| {
            body.is_some_and(|body| end_line_stands_in(body, tid))
        });
        encode::put_request_start(out, &tid, own.method.as_str(), state.remote(), state.local());
        out.extend_from_slice(&own.content);
        if let Some(body) = body {
            out.extend_from_slice(body);
            put_body_end(out, &tid, ContinuationFlag::Complete);
        } else {
            put_end_line(out, &tid, ContinuationFlag::Complete);
        }
        self.requests.sent();
        self.transactions.begin(place, nonce);
        self.transactions.sent(place, nonce, 0, self.due());
        self.frame_sent(session);
        Some(true)
    }

    /// Octets of the next request, if there is one.
    pub(super) fn next_request_len(&self) -> usize {
        let own = self.requests.first_ready().and_then(|id| self.requests.own(id));
        own.map_or(0, |own| self.request_len(own))
    }

    pub(super) fn request_answered(&mut self, id: RequestId, head: &Head, status: StatusCode) {
        let head = Box::new(head.compact());
        self.settle_request(id, Ok(Reply { head, status }));
    }

    /// The one place where a request ends.
    pub(super) fn settle_request(&mut self, id: RequestId, outcome: Result<Reply, RequestFailure>) {
        let Some(own) = self.requests.settle(id) else {
            return;
        };
        let answered = SessionEvent::Answered(id, outcome);
        self.events.push(Event::Session(own.session, answered));
        self.finish_session(own.session);
    }

    /// The connection is lost.
    pub(super) fn lose_requests(&mut self) {
        for id in self.requests.own_of(None) {
            self.settle_request(id, Err(RequestFailure::ConnectionLost));
        }
        self.requests.forget_asked();
    }

    /// A path has become longer, and so have the requests to be sent on it.
    pub(super) fn refit_requests(&mut self, session: SessionId) {
        for id in self.requests.unsent_of(session) {
            let own = self.requests.own(id);
            if own.is_some_and(|own| !self.fits(self.request_len(own))) {
                self.settle_request(id, Err(RequestFailure::TooLong));
            }
        }
    }

    fn request_len(&self, own: &Own) -> usize {
        let state = self.sessions.get(own.session.0);
        let paths = state.map_or([&[][..]; 2], |state| [state.remote(), state.local()]);
        let body = own.body.as_ref().map(|body| body.len());
        request_len(
            ids::TRANSACTION_LEN,
            own.method.as_str(),
            paths,
            own.content.len(),
            body,
        )
    }
}
