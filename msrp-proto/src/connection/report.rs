//! REPORT requests, both ways (RFC 4975 §7.1.2 to §7.1.4, §7.3.2).

use std::sync::Arc;

use super::Connection;
use super::route::Route;
use crate::error::{ReportError, SendFailure, SessionFailure, TooLate};
use crate::event::{Event, OutgoingEvent, Receipt, SessionEvent, SessionId};
use crate::message::Refusal;
use crate::wire::{ByteRange, FailureReport, Head, MessageId, StatusCode};

/// A REPORT that waits to be written.
pub(super) struct PendingReport {
    pub(super) session: SessionId,
    pub(super) route: Arc<Route>,
    pub(super) message_id: MessageId,
    pub(super) range: ByteRange,
    pub(super) status: StatusCode,
}

impl Connection {
    /// Refuses a message that is already complete. If its response has not been handed out yet, it becomes
    /// an error response; else a failure REPORT is sent (RFC 4975 §7.1.4). A success REPORT that has not been
    /// handed out is withdrawn; one that has left cannot be called back, so what must be checked before
    /// success is told is to be checked when [`Finished`](crate::IncomingEvent::Finished) comes, before the
    /// next call of [`poll_transmit`](Self::poll_transmit). Sent again under its Message-ID, it is refused again.
    ///
    /// # Errors
    ///
    /// [`TooLate`] when the session is over, or the sender does not want to hear of failures.
    pub fn fail(&mut self, receipt: Receipt, refusal: Refusal) -> Result<(), TooLate> {
        self.withdraw_reports(receipt.session, &receipt.message_id);
        let keep = self.keep();
        if let Some(state) = self.sessions.get_mut(receipt.session.0) {
            // Sent again, it is no duplicate of one that has arrived.
            let message_id = receipt.message_id.clone();
            state.refused.insert(message_id, refusal.status(), keep);
        }
        if receipt.failure_report == FailureReport::No || self.sessions.get(receipt.session.0).is_none() {
            // It may have been the last thing that a connection had to drain.
            self.finish_closing();
            self.watch_answers();
            return Err(TooLate);
        }
        let answer = self
            .answers
            .iter_mut()
            .rev()
            .find(|answer| answer.incoming == Some(receipt.incoming));
        if let Some(answer) = answer {
            answer.status = refusal.status();
        } else {
            let range = ByteRange::new(1, Some(receipt.len), Some(receipt.len));
            self.queue_report(
                receipt.session,
                receipt.route,
                receipt.message_id,
                range,
                refusal.status(),
            );
        }
        self.watch_answers();
        Ok(())
    }

    /// Reports success of a message that is complete, or of a part of it (RFC 4975 §7.1.3): octets from 1 as
    /// in [`ByteRange`], `*` as its end being the last octet, so that [`ByteRange::WHOLE`] is all of it. The
    /// total is filled in. For [`SuccessReports::Manual`](crate::SuccessReports::Manual); otherwise it is
    /// told besides what is told anyway.
    ///
    /// # Errors
    ///
    /// [`ReportError`] if the sender did not ask for it, the message has no such octets, or the session is
    /// over.
    pub fn report(&mut self, receipt: &Receipt, range: ByteRange) -> Result<(), ReportError> {
        if !receipt.success_report {
            return Err(ReportError::NotWanted);
        }
        let Some(start) = range.start.checked_sub(1) else {
            return Err(ReportError::NotReceived);
        };
        let end = range.end.unwrap_or(receipt.len);
        // Of an empty message the empty range is all there is to report.
        if end > receipt.len || (start >= end && (start, receipt.len) != (0, 0)) {
            return Err(ReportError::NotReceived);
        }
        if self.sessions.get(receipt.session.0).is_none() {
            return Err(ReportError::SessionEnded);
        }
        let range = ByteRange::new(range.start, Some(end), Some(receipt.len));
        let (route, message_id) = (receipt.route.clone(), receipt.message_id.clone());
        self.queue_report(receipt.session, route, message_id, range, StatusCode::OK);
        self.watch_answers();
        Ok(())
    }

    /// What is refused is not told to be a success: takes back REPORTs that have not been handed out.
    pub(super) fn withdraw_reports(&mut self, session: SessionId, message_id: &MessageId) {
        self.reports
            .retain(|report| report.session != session || report.message_id != *message_id);
    }

    pub(super) fn queue_report(
        &mut self,
        session: SessionId,
        route: Option<Arc<Route>>,
        message_id: MessageId,
        range: ByteRange,
        status: StatusCode,
    ) {
        // Of a message that was carried over, and of which nothing has come, nothing can be told.
        let Some(route) = route.filter(|_| self.sessions.get(session.0).is_some()) else {
            return;
        };
        let report = PendingReport {
            session,
            route,
            message_id,
            range,
            status,
        };
        // What no message of the transport could hold is not sent.
        if self.fits(report.len()) {
            self.reports.push_back(report);
        }
    }

    /// A REPORT has come. It is never answered; what cannot be matched is dropped (RFC 4975 §7.1.2).
    pub(super) fn receive_report(&mut self, session: SessionId, head: &Head) {
        if let Some(state) = self.sessions.get_mut(session.0) {
            state.stats.reports_received += 1;
        }
        let (Some(message_id), Some(status)) = (head.message_id(), head.status()) else {
            return;
        };
        if status.namespace != 0 {
            // Not a response code (RFC 4975 §7.3.2).
            return;
        }
        let code = status.code;
        let keep = self.keep();
        let known = self.sending_by_id.get(&(session, message_id.clone())).copied();
        let Some((id, message)) = known.and_then(|id| Some((id, self.sending.get_mut(id.0)?))) else {
            let Some(state) = self.sessions.get(session.0) else {
                return;
            };
            if state.ended.lookup(&message_id, keep).is_some() {
                self.events.push(Event::Session(
                    session,
                    SessionEvent::Late {
                        message_id,
                        status: code,
                    },
                ));
                // Over a relay this is the usual course: it has answered 200 for its own part.
                self.session_reported(session, code);
            }
            return;
        };
        let range = head.byte_range().unwrap_or(ByteRange::WHOLE);
        if code.is_success() {
            message.confirm(range, head.byte_range().is_none(), self.config.max_holes);
        }
        let comment = status
            .comment
            .and_then(|comment| core::str::from_utf8(comment).ok());
        let reported = OutgoingEvent::Reported {
            range,
            status: code,
            comment: comment.filter(|comment| !comment.is_empty()).map(Box::from),
            upto: message.reported.first_gap(),
        };
        self.events.push(Event::Outgoing(id, reported));
        if code.is_success() {
            self.settle(id);
            return;
        }
        self.fail_outgoing(id, code);
        self.session_reported(session, code);
    }

    /// Octets were lost, or the session is gone: it has failed, whether or not their message has had its outcome
    /// (RFC 4975 §7.3.2, ruling R-24).
    fn session_reported(&mut self, session: SessionId, code: StatusCode) {
        if matches!(
            code,
            StatusCode::TIMEOUT | StatusCode::NO_SESSION | StatusCode::BOUND_ELSEWHERE
        ) {
            self.fail_session(session, SessionFailure::Refused(code));
        }
    }

    /// A response or a REPORT says that a message has failed.
    pub(super) fn fail_outgoing(&mut self, id: crate::event::OutgoingId, status: StatusCode) {
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE
            && let Some(message) = self.sending.get(id.0)
            && let Some(state) = self.sessions.get_mut(message.session.0)
        {
            state.refuse_type(&message.essence);
        }
        let failure = match status {
            // To be treated as a local timeout (RFC 4975 §10.4).
            StatusCode::TIMEOUT => SendFailure::TimedOut,
            status => SendFailure::Refused(status),
        };
        self.end_outgoing(id, Err(failure));
    }
}
