//! What fits into one message of the transport (RFC 7977 §5.1, RFC 8873 §5.4). Into a stream everything
//! does.

use super::Connection;
use super::report::PendingReport;
use super::send::{Control, Sending, WHOLE_CHUNK};
use super::session::SessionState;
use super::transmit::Answer;
use crate::error::SendFailure;
use crate::event::{OutgoingId, SessionId};
use crate::ids;
use crate::message::Message;
use crate::wire::encode;
use crate::wire::frame_len::{report_len, response_len, send_len};
use crate::wire::{ByteRange, MessageId};

impl Connection {
    /// Queues a response, unless no message of the transport could hold it.
    pub(super) fn queue_answer(&mut self, answer: Answer) {
        if self.link.max_len().is_none_or(|max| answer.len() <= max) {
            self.answers.push_back(answer);
        }
    }

    pub(super) fn fits(&self, len: usize) -> bool {
        self.link.max_len().is_none_or(|max| len <= max)
    }

    /// The comment of a status code, left out if there is no room for it beside so many octets.
    pub(super) fn fitting_comment<'a>(&self, len: usize, comment: &'a str) -> &'a [u8] {
        if self.fits(len + 1 + comment.len()) {
            comment.as_bytes()
        } else {
            b""
        }
    }

    pub(super) fn fits_control(&self, control: &Control) -> bool {
        let Some(state) = self.sessions.get(control.session().0) else {
            return true;
        };
        let (message_id, range, reports) = match control {
            Control::Abort {
                message_id,
                total,
                reports,
                ..
            } => (Some(message_id), ByteRange::new(1, Some(0), *total), *reports),
            Control::Bodiless(_) => (None, ByteRange::EMPTY, ""),
        };
        self.fits(state.head_len(message_id, reports, &[], &range))
    }

    /// Whether a message is short enough in its head to be sent.
    pub(super) fn fits_message(&self, session: SessionId, message: &Message) -> bool {
        let (Some(_), Some(state)) = (self.link.max_len(), self.sessions.get(session.0)) else {
            return true;
        };
        let content = encode::content_lines(&message.headers, Some(&message.content_type));
        let content = content.unwrap_or_default();
        let reports = encode::report_lines(message.success_report, message.failure_report);
        let total = message.body.len();
        // The range that takes most room. Where it is not known, the first one.
        let first = message.offset.saturating_add(1);
        let range = total.map_or(ByteRange::new(first, Some(first), None), |total| {
            ByteRange::new(total.max(1), Some(total), Some(total))
        });
        let len = state.head_len(message.message_id.as_ref(), reports, &content, &range);
        self.fits(len + usize::from(total != Some(0)))
    }

    /// Gives a message up whose head, by now, leaves no room for an octet of body. `false`: it is gone.
    pub(super) fn keep_fitting(&mut self, id: OutgoingId) -> bool {
        let Some(message) = self.sending.get(id.0) else {
            return false;
        };
        let least = usize::from(message.total() != Some(0));
        let fits = message.all_sent || self.fitting_chunk(message, least).is_some();
        if !fits {
            self.end_outgoing(id, Err(SendFailure::HeadTooLong));
        }
        fits
    }

    /// A session's path has changed, and so have the heads of what it is to send.
    pub(super) fn refit(&mut self, session: SessionId) {
        if self.link.max_len().is_none() {
            return;
        }
        let controls = core::mem::take(&mut self.controls);
        self.controls = controls
            .into_iter()
            .filter(|control| control.session() != session || self.fits_control(control))
            .collect();
        let state = self.sessions.get(session.0);
        let outgoing: Vec<_> = state.map_or_else(Vec::new, |state| state.outgoing.iter().copied().collect());
        for id in outgoing {
            self.keep_fitting(id);
        }
        self.refit_requests(session);
    }

    /// How many octets of body, of those wanted, the next chunk of a message can have; `None` if its head
    /// leaves no room for any.
    pub(super) fn fitting_chunk(&self, message: &Sending, wanted: usize) -> Option<usize> {
        let Some(max) = self.link.max_len() else {
            return Some(wanted);
        };
        let state = self.sessions.get(message.session.0)?;
        let mut len = wanted;
        loop {
            let head = state.head_len(
                Some(&message.message_id),
                message.reports,
                &message.content,
                &message.next_range(len),
            );
            let room = max.checked_sub(head)?;
            if len <= room {
                return Some(len);
            }
            if len <= 1 {
                return None;
            }
            // Fewer octets have a range with fewer digits, so one may fit where none seemed to.
            len = room.max(1);
        }
    }
}

impl Answer {
    /// Octets of the response, without a comment.
    pub(super) fn len(&self) -> usize {
        let headers = self.more.as_ref().map_or(0, |more| more.headers_len());
        response_len(&self.id, [self.to(), self.route.local()]) + headers
    }
}

impl PendingReport {
    /// Octets of the REPORT, without a comment.
    pub(super) fn len(&self) -> usize {
        report_len(
            ids::TRANSACTION_LEN,
            [self.route.whole(), self.route.local()],
            &self.message_id,
            &self.range,
        )
    }
}

impl Sending {
    /// The range of the next chunk, if it has so many octets. What is longer must be interruptible
    /// (RFC 4975 §7.1.1), even where it is not.
    pub(super) fn next_range(&self, len: usize) -> ByteRange {
        let start = if len == 0 { 1 } else { self.sent.saturating_add(1) };
        let end = (len <= WHOLE_CHUNK).then_some(self.sent.saturating_add(len as u64));
        ByteRange::new(start, end, self.total())
    }
}

impl SessionState {
    /// Octets of a SEND to the peer, those of its body apart. Without a Message-ID, with a generated one.
    fn head_len(
        &self,
        message_id: Option<&MessageId>,
        reports: &'static str,
        content: &[u8],
        range: &ByteRange,
    ) -> usize {
        let message_id = message_id.map_or(ids::MESSAGE_LEN, |id| id.as_bytes().len());
        send_len(
            ids::TRANSACTION_LEN,
            [self.remote(), self.local()],
            message_id,
            range,
            reports.len(),
            content.len(),
        )
    }
}
