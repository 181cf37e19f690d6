//! Sessions that a peer asks for, and the input that waits meanwhile (RFC 4975 §5.4, §7.3).

use super::timer::Timer;
use super::{Connection, Phase};
use crate::config::{Matching, SessionConfig};
use crate::error::{AcceptError, AcceptErrorReason, OpenError};
use crate::event::{Event, SessionId, SessionRequest};
use crate::message::Refusal;
use crate::wire::{Head, StatusCode};

/// The request that the application was asked about.
#[derive(Default)]
pub(super) struct Requested {
    /// How many there were.
    count: u64,
    open: Option<Box<Head>>,
}

impl Connection {
    /// Opens the session that a peer has asked for. The request is processed at once, then what waited
    /// behind it.
    ///
    /// [`open`](Self::open) does the same if its session is the one asked for; the request has then expired.
    ///
    /// # Errors
    ///
    /// [`AcceptError`], which gives both back.
    pub fn accept(
        &mut self,
        request: SessionRequest,
        session: SessionConfig,
    ) -> Result<SessionId, AcceptError> {
        let refuse = |request, session, reason| {
            Err(AcceptError {
                request: Box::new(request),
                session,
                reason,
            })
        };
        if !self.requested.is(&request) {
            return refuse(request, Box::new(session), AcceptErrorReason::Expired);
        }
        let (local, to) = (session.local.as_ref(), request.to());
        let is_it = match self.config.matching {
            Matching::Exact => to.is_some_and(|to| to == local),
            // Where sessions have that session-id, it is not enough to find another one.
            Matching::SessionId => to.is_some_and(|to| {
                let same_id = to
                    .session_id()
                    .filter(|id| self.names.get(id, &self.sessions).is_none());
                to == local || (same_id.is_some() && same_id == local.session_id())
            }),
        };
        if !is_it {
            return refuse(request, Box::new(session), AcceptErrorReason::OtherUri);
        }
        self.open(session)
            .or_else(|OpenError { session, reason }| refuse(request, session, reason.into()))
    }

    /// Refuses the session that a peer has asked for: mostly with [`Refusal::NO_SESSION`] or
    /// [`Refusal::BOUND_ELSEWHERE`]. What waited behind the request is processed; a further request for the
    /// same session is asked about again. A request that has expired was answered already.
    pub fn refuse(&mut self, request: SessionRequest, refusal: Refusal) {
        if self.requested.is(&request) {
            self.refuse_requested(refusal.status());
        }
    }

    /// Asks the application about a request. `false`: it is not to be asked.
    pub(super) fn ask(&mut self, head: &Head) -> bool {
        let single = head.to_path().is_some_and(|to| to.len() == 1);
        if !self.config.session_requests || self.phase != Phase::Open || !single {
            return false;
        }
        self.requested.count += 1;
        self.requested.open = Some(Box::new(head.compact()));
        self.timers.start(Timer::Request, self.config.request_timeout);
        self.events.push(Event::SessionRequested(SessionRequest {
            number: self.requested.count,
            head: Box::new(head.compact()),
        }));
        true
    }

    /// A session was opened: it may be the one asked for.
    pub(super) fn settle_requested(&mut self) {
        let to = self.requested.open.as_deref().and_then(Head::to_path);
        if to.and_then(|to| self.find_session(to)).is_none() {
            return;
        }
        if let Some(head) = self.close_requested() {
            self.receiver.request = self.begin_request(&head);
            self.go_on();
        }
    }

    /// The application has refused the request, or has let its time pass.
    pub(super) fn refuse_requested(&mut self, status: StatusCode) {
        if let Some(head) = self.close_requested() {
            self.receiver.request = self.refuse_unknown(&head, status);
            self.go_on();
        }
    }

    fn close_requested(&mut self) -> Option<Box<Head>> {
        self.timers.cancel(Timer::Request);
        self.requested.open.take()
    }

    /// The input may go on.
    fn go_on(&mut self) {
        self.answer_early();
        self.resume();
        self.watch_open_chunk();
        self.watch_answers();
        if self.eof {
            self.finish_input();
        }
        // It may have been the last thing to drain.
        self.finish_closing();
    }
}

impl Requested {
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether it is this one that is open.
    pub(super) fn is(&self, request: &SessionRequest) -> bool {
        let same_id = |open: &Head| open.transaction_id() == request.head.transaction_id();
        request.number == self.count && self.open.as_deref().is_some_and(same_id)
    }

    pub(super) fn forget(&mut self) {
        self.open = None;
    }
}
