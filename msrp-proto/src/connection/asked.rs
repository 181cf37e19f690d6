//! Requests of the peer that are neither SEND nor REPORT, and that the application answers.

use std::sync::Arc;

use bytes::Bytes;

use super::Connection;
use super::request::Request;
use super::route::Route;
use super::timer::Timer;
use super::transmit::Answer;
use crate::error::{RequestFailure, RespondError, RespondErrorReason};
use crate::event::{Event, SessionEvent, SessionId};
use crate::request::{InboundRequest, Response};
use crate::slots::Key;
use crate::wire::{ContinuationFlag, Head, MAX_OTHER_BODY, StatusCode};

/// The one that is being received.
pub(super) struct Asking {
    session: SessionId,
    head: Head,
    route: Arc<Route>,
    body: Option<Vec<u8>>,
    /// What is wrong with it, if anything is.
    refusal: Option<StatusCode>,
}

impl Connection {
    /// Answers a request of the peer. The response goes the whole way back that the request came (RFC 4975 §7.2).
    ///
    /// # Errors
    ///
    /// [`RespondError`], which gives both back.
    pub fn respond(&mut self, request: InboundRequest, response: Response) -> Result<(), RespondError> {
        let refuse = |request, response, reason| {
            Err(RespondError {
                request: Box::new(request),
                response,
                reason,
            })
        };
        let Some(route) = self.requests.way_back(&request).cloned() else {
            return refuse(request, response, RespondErrorReason::Expired);
        };
        let Response { status, more } = response;
        let answer = Answer {
            more,
            ..Answer::end_to_end(request.head.transaction_id(), status, route)
        };
        if !self.fits(answer.len()) {
            let response = Response {
                status,
                more: answer.more,
            };
            return refuse(request, response, RespondErrorReason::TooLong);
        }
        self.close_asked(request.key);
        self.queue_answer(answer);
        self.watch_answers();
        Ok(())
    }

    pub(super) fn begin_asked(&mut self, session: SessionId, head: &Head, route: Arc<Route>) -> Request {
        // A body needs a type (RFC 4975 §7.1).
        let untyped = head.has_body() && head.content_type_octets().is_none();
        self.requests.gather(Asking {
            session,
            head: head.compact(),
            route,
            body: head.has_body().then(Vec::new),
            refusal: untyped.then_some(StatusCode::BAD_REQUEST),
        });
        Request::Asking
    }

    /// Octets of its body.
    pub(super) fn receive_asked(&mut self, octets: &Bytes) {
        let Request::Asking = self.receiver.request else {
            return;
        };
        let Some(asking) = self.requests.gathered() else {
            return;
        };
        let Some(body) = asking.body.as_mut().filter(|_| asking.refusal.is_none()) else {
            return;
        };
        if body.len() + octets.len() > MAX_OTHER_BODY {
            asking.body = None;
            asking.refusal = Some(StatusCode::STOP_SENDING);
        } else {
            body.extend_from_slice(octets);
        }
    }

    /// It has ended: asks the application.
    pub(super) fn end_asked(&mut self, flag: ContinuationFlag) {
        let Some(asking) = self.requests.take_gathered() else {
            return;
        };
        let Asking {
            session,
            head,
            route,
            body,
            refusal,
        } = *asking;
        let id = head.transaction_id();
        let refusal = if self.sessions.get(session.0).is_none() {
            Some(StatusCode::NO_SESSION)
        } else if refusal.is_none() && flag != ContinuationFlag::Complete {
            // Only messages come in chunks (RFC 4975 §5.1).
            Some(StatusCode::BAD_REQUEST)
        } else if refusal.is_none() && self.requests.asked_len() >= self.config.requests.max {
            Some(StatusCode::STOP_SENDING)
        } else {
            refusal
        };
        if let Some(status) = refusal {
            return self.queue_answer(Answer::end_to_end(id, status, route));
        }
        // No more room than there are octets.
        let body = body.map(|body| Bytes::from(body.into_boxed_slice()));
        let key = self.requests.ask(session, id, route, body);
        self.timers
            .start(Timer::Respond(key), self.config.requests.timeout);
        let request = InboundRequest {
            key,
            head: Box::new(head),
            body: None,
        };
        self.events
            .push(Event::Session(session, SessionEvent::Requested(request)));
    }

    /// The application has answered, or has let the time pass.
    pub(super) fn close_asked(&mut self, key: Key) {
        self.timers.cancel(Timer::Respond(key));
        self.requests.close(key);
    }

    /// A session ends, and with it all requests on it, those of this side as failed.
    pub(super) fn end_requests(&mut self, session: SessionId) {
        for id in self.requests.own_of(Some(session)) {
            self.settle_request(id, Err(RequestFailure::SessionEnded));
        }
        for (key, id, route) in self.requests.asked_of(session) {
            self.close_asked(key);
            self.queue_answer(Answer::end_to_end(id, StatusCode::NO_SESSION, route));
        }
    }
}
