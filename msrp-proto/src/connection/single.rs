//! Receiving on sessions for one message (RFC 5547 §8.4, §8.7).

use super::Connection;
use super::session::SessionState;
use super::timer::Timer;
use crate::event::{Event, SessionEvent, SessionId};
use crate::slots::Key;
use crate::wire::MessageId;

impl Connection {
    /// A message is abandoned by its sender, who should close the session if it was there for that message.
    pub(super) fn await_close(&mut self, key: Key) {
        let Some(message) = self.receiver.messages.get(key) else {
            return;
        };
        let session = message.session;
        if let Some(state) = self.sessions.get(session.0)
            && state.is_only_incoming(&message.message_id)
        {
            self.timers
                .start(Timer::Aborted(session), self.config.aborted_timeout);
        }
    }

    /// Nor did it begin the message anew, which stops the timer.
    pub(super) fn aborted_expired(&mut self, id: SessionId) {
        if self.sessions.get(id.0).is_some_and(|state| !state.closing) {
            self.events.push(Event::Session(id, SessionEvent::StaleAborted));
        }
    }
}

impl SessionState {
    /// Whether a message with this Message-ID is one too many. What comes where the peer may send no content is
    /// control traffic, of which there may be any number (RFC 4975 §8.9).
    pub(super) fn is_second_incoming(&self, message_id: &MessageId) -> bool {
        let other = |only: &MessageId| only != message_id;
        self.is_single_incoming() && self.only_incoming.as_deref().is_some_and(other)
    }

    /// A message begins. Whether it is the only one of the session.
    pub(super) fn note_incoming(&mut self, message_id: &MessageId) -> bool {
        let single = self.is_single_incoming();
        if single && self.only_incoming.is_none() {
            self.only_incoming = Some(Box::new(message_id.clone()));
        }
        single
    }

    pub(super) fn is_single_incoming(&self) -> bool {
        self.config.single_message && self.config.terms.direction.may_receive()
    }

    fn is_only_incoming(&self, message_id: &MessageId) -> bool {
        self.only_incoming.as_deref() == Some(message_id)
    }
}
