//! Whole messages, for applications that do not stream.

use core::fmt;
use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use crate::connection::Connection;
use crate::event::{Event, IncomingEvent, IncomingId, MessageHead, Octets, Receipt, SessionId};
use crate::message::Refusal;

/// Puts messages together in memory, up to a cap.
///
/// Hand every event to [`Inbox::on`]; events that do not concern incoming messages pass it by. Octets
/// received last count where chunks overlap (RFC 4975 §7.3.1). A message that exceeds the cap is refused
/// with 413.
pub struct Inbox {
    max_message: usize,
    max_total: usize,
    /// Octets set aside for all messages.
    total: usize,
    partial: BTreeMap<IncomingId, Partial>,
}

/// A message, whole. `Debug` does not show its body.
#[non_exhaustive]
pub struct Received {
    /// The session it came on.
    pub session: SessionId,
    /// What the head of its first chunk says: Message-ID, media type, whether it is a duplicate.
    pub head: Box<MessageHead>,
    /// All octets of the body.
    pub body: Bytes,
    /// By which the message can still be refused.
    pub receipt: Box<Receipt>,
}

struct Partial {
    session: SessionId,
    head: Box<MessageHead>,
    body: BytesMut,
    /// It did not fit.
    given_up: bool,
}

impl Default for Inbox {
    /// Messages up to 1 MiB, 16 MiB for all that are incomplete.
    fn default() -> Self {
        Self::new(1 << 20, 16 << 20)
    }
}

impl Inbox {
    /// An inbox that takes messages up to `max_message` octets, and sets aside no more than `max_total`
    /// octets for all that are incomplete.
    pub fn new(max_message: usize, max_total: usize) -> Self {
        Self {
            max_message,
            max_total,
            total: 0,
            partial: BTreeMap::new(),
        }
    }

    /// Takes note of an event, and returns the message that it completes.
    pub fn on(&mut self, connection: &mut Connection, event: &Event) -> Option<Received> {
        let Event::Incoming(id, event) = event else {
            return None;
        };
        match event {
            IncomingEvent::Started { session, head } => {
                let partial = Partial {
                    session: *session,
                    head: head.clone(),
                    body: BytesMut::new(),
                    given_up: false,
                };
                self.partial.insert(*id, partial);
                None
            }
            IncomingEvent::Data { offset, data, .. } => {
                if self.put(*id, *offset, data).is_none() {
                    self.give_up(*id);
                    if let Some(incoming) = connection.incoming(*id) {
                        incoming.reject(Refusal::STOP_SENDING);
                    }
                }
                None
            }
            IncomingEvent::Aborted(_) => {
                self.forget(*id);
                None
            }
            IncomingEvent::Finished { receipt, .. } => {
                let Partial {
                    session,
                    head,
                    body,
                    given_up,
                } = self.forget(*id)?;
                if given_up {
                    // It was complete already when its octets were looked at.
                    let _ = connection.fail(Receipt::clone(receipt), Refusal::STOP_SENDING);
                    return None;
                }
                Some(Received {
                    session,
                    head,
                    body: body.freeze(),
                    receipt: receipt.clone(),
                })
            }
        }
    }

    /// Octets set aside for messages that are incomplete.
    pub fn octets(&self) -> usize {
        self.total
    }

    /// Places octets in their message. `None`: they do not fit.
    fn put(&mut self, id: IncomingId, offset: u64, data: &[u8]) -> Option<()> {
        let Some(Partial { body, .. }) = self.partial.get_mut(&id).filter(|partial| !partial.given_up) else {
            return Some(()); // of no interest, or no longer
        };
        let start = usize::try_from(offset).ok()?;
        let end = start
            .checked_add(data.len())
            .filter(|&end| end <= self.max_message)?;
        let grown = end.saturating_sub(body.len());
        if self.total + grown > self.max_total {
            return None;
        }
        self.total += grown;
        if start == body.len() {
            body.extend_from_slice(data);
            return Some(());
        }
        if grown > 0 {
            body.resize(end, 0);
        }
        body.get_mut(start..end)?.copy_from_slice(data);
        Some(())
    }

    /// Keeps no octets of a message, but its place until its last event.
    fn give_up(&mut self, id: IncomingId) {
        if let Some(partial) = self.partial.get_mut(&id) {
            self.total -= partial.body.len();
            partial.body = BytesMut::new();
            partial.given_up = true;
        }
    }

    fn forget(&mut self, id: IncomingId) -> Option<Partial> {
        let partial = self.partial.remove(&id)?;
        self.total -= partial.body.len();
        Some(partial)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("max_message", &self.max_message)
            .field("max_total", &self.max_total)
            .field("total", &self.total)
            .field("partial", &self.partial.keys())
            .finish()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("session", &self.session)
            .field("head", &self.head)
            .field("body", &Octets(self.body.len()))
            .field("receipt", &self.receipt)
            .finish()
    }
}
