//! A session in place of a failed one (RFC 4975 §5.4): what the one leaves and the other takes over.

use super::Connection;
use super::recv::Receiving;
use crate::carry::{Carry, Incomplete, Unconfirmed};
use crate::event::{Event, IncomingEvent, IncomingId, SessionId};
use crate::wire::StatusCode;

impl Connection {
    /// What a session that fails now leaves. Its messages must not have had their last event yet.
    pub(super) fn carry(&mut self, id: SessionId) -> Box<Carry> {
        let Some(state) = self.sessions.get_mut(id.0) else {
            return Box::default();
        };
        let mut carry = Box::new(Carry {
            received: core::mem::take(&mut state.received),
            refused: core::mem::take(&mut state.refused),
            ..Carry::default()
        });
        let mut incomplete = Vec::new();
        for key in &state.incoming {
            if let Some(message) = self.receiver.messages.get_mut(*key) {
                let incomplete_message = Incomplete {
                    was: IncomingId(*key),
                    message_id: message.message_id.clone(),
                    success_report: message.success_report,
                    failure_report: message.failure_report,
                    total: message.total,
                    received: core::mem::take(&mut message.received),
                    end: message.end,
                    body: None,
                };
                incomplete.push((message.order, incomplete_message));
            }
        }
        incomplete.sort_by_key(|(order, _)| *order);
        carry.incomplete = incomplete.into_iter().map(|(_, message)| message).collect();
        let relayed = state
            .config
            .terms
            .remote
            .as_ref()
            .is_some_and(|path| path.len() > 1);
        let mut unconfirmed = Vec::new();
        for id in state.unreported.values().chain(&state.outgoing) {
            if let Some(message) = self.sending.get_mut(id.0) {
                let unconfirmed_message = Unconfirmed {
                    outgoing: *id,
                    message_id: message.message_id.clone(),
                    sent: message.sent,
                    relayed,
                    acknowledged: core::mem::take(&mut message.acknowledged),
                    reported: core::mem::take(&mut message.reported),
                    total: message.total(),
                };
                unconfirmed.push((message.filed.order(), unconfirmed_message));
            }
        }
        unconfirmed.sort_by_key(|(order, _)| *order);
        carry.unconfirmed = unconfirmed.into_iter().map(|(_, message)| message).collect();
        carry
    }

    /// A session that was just opened goes on where another one failed.
    pub(super) fn take_over(&mut self, id: SessionId, carry: Carry) {
        let Carry {
            received,
            refused,
            incomplete,
            ..
        } = carry;
        let (keep, max_incoming) = (self.keep(), self.config.max_incoming);
        let Some(state) = self.sessions.get_mut(id.0) else {
            return;
        };
        state.received = received;
        state.received.truncate(keep.max);
        state.refused = refused;
        state.refused.truncate(keep.max);
        let too_many = incomplete.len().saturating_sub(max_incoming);
        let mut incomplete = incomplete.into_iter();
        // Without what was received of them they would never be complete.
        for message in incomplete.by_ref().take(too_many) {
            let status = StatusCode::STOP_SENDING;
            state.refused.insert(message.message_id, status, keep);
        }
        for message in incomplete {
            self.resume_incoming(id, message);
        }
    }

    fn resume_incoming(&mut self, session: SessionId, message: Incomplete) {
        let keep = self.keep();
        let Some(state) = self.sessions.get_mut(session.0) else {
            return;
        };
        let Incomplete {
            message_id,
            received,
            total,
            end,
            ..
        } = message;
        // What was received before is held to the limits that hold now.
        let len = received.end().max(total.unwrap_or(0)).max(end.unwrap_or(0));
        if state.config.max_size.is_some_and(|max| len > max)
            || received.ranges().saturating_sub(1) > self.config.max_holes
        {
            state.refused.insert(message_id, StatusCode::STOP_SENDING, keep);
            return;
        }
        let octets = received.len();
        let order = self.receiver.next_order();
        let key = self.receiver.messages.insert(Receiving {
            order,
            session,
            place: state.incoming.len(),
            message_id: message_id.clone(),
            route: None,
            success_report: message.success_report,
            failure_report: message.failure_report,
            total,
            received,
            end,
            last_octet: self.now,
            watched: false,
            filed: true,
            // What was reported on the failed session may not have arrived.
            unreported: octets > 0,
        });
        state.incoming.push(key);
        state.note_incoming(&message_id);
        self.receiver.by_id.insert((session, message_id.clone()), key);
        self.watch_incomplete(key);
        self.events.push(Event::Incoming(
            IncomingId(key),
            IncomingEvent::Resumed {
                session,
                message_id,
                received: octets,
                body: message.body,
            },
        ));
    }
}
