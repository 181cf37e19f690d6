//! Whole messages, for applications that do not stream.

use core::fmt;
use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use crate::carry::{Carry, PartialBody};
use crate::connection::Connection;
use crate::error::ReceiveFailure;
use crate::event::{Event, IncomingEvent, IncomingId, MessageHead, Octets, Receipt, SessionEvent, SessionId};
use crate::message::Refusal;

/// Puts messages together in memory, up to a cap.
///
/// Hand every event to [`Inbox::on`]; events that do not concern incoming messages pass it by. Octets
/// received last count where chunks overlap (RFC 4975 §7.3.1). A message that exceeds the cap is refused
/// with 413.
///
/// When a session fails, what there is of incomplete messages goes into its [`Carry`], and comes back with
/// the session that replaces it ([`SessionConfig::replaces`](crate::SessionConfig::replaces)), be it in this
/// inbox or in another one: such messages are put together across the failure. Without that, one that goes on
/// is refused, since its beginning is lost.
pub struct Inbox {
    max_message: usize,
    max_total: usize,
    /// Octets set aside for all messages.
    total: usize,
    partial: BTreeMap<IncomingId, Partial>,
    /// Messages whose session is ending: what there is of them waits for the event that says how.
    stranded: BTreeMap<SessionId, Vec<IncomingId>>,
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
    pub receipt: Receipt,
}

struct Partial {
    session: SessionId,
    /// `None` if nothing was handed over of a message that goes on; it is given up then.
    head: Option<Box<MessageHead>>,
    body: BytesMut,
    /// Octets received, those received twice once.
    fresh: u64,
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
    /// octets for all that are incomplete; what passes either is refused with 413. Octets that have not arrived
    /// yet count where later ones have.
    pub fn new(max_message: usize, max_total: usize) -> Self {
        Self {
            max_message,
            max_total,
            total: 0,
            partial: BTreeMap::new(),
            stranded: BTreeMap::new(),
        }
    }

    /// Takes note of an event, and returns the message that it completes. Octets of incomplete messages are put
    /// into the event of a session that fails, and taken out of the one of a message that goes on.
    pub fn on(&mut self, connection: &mut Connection, event: &mut Event) -> Option<Received> {
        let (id, event) = match event {
            Event::Incoming(id, event) => (id, event),
            Event::Session(id, SessionEvent::Failed(_, carry)) => {
                self.hand_over(*id, Some(carry));
                return None;
            }
            Event::ConnectionLost(_) => {
                self.drop_stranded();
                return None;
            }
            Event::Session(id, SessionEvent::Closed) => {
                self.hand_over(*id, None);
                return None;
            }
            _ => return None,
        };
        match event {
            IncomingEvent::Started { session, head } => {
                let partial = Partial {
                    session: *session,
                    head: Some(head.clone()),
                    body: BytesMut::new(),
                    fresh: 0,
                    given_up: false,
                };
                self.partial.insert(*id, partial);
                None
            }
            IncomingEvent::Resumed {
                session,
                received,
                body,
                ..
            } => {
                if self.take_over(*id, *session, *received, body.take()).is_none() {
                    self.reject(connection, *id);
                }
                None
            }
            IncomingEvent::Data { offset, data, seen } => {
                if let Some(partial) = self.partial.get_mut(id) {
                    partial.fresh += (data.len() as u64).saturating_sub(*seen);
                }
                if self.put(*id, *offset, data).is_none() {
                    self.reject(connection, *id);
                }
                None
            }
            IncomingEvent::Aborted(ReceiveFailure::ConnectionLost | ReceiveFailure::SessionEnded) => {
                if let Some(partial) = self.partial.get(id) {
                    self.stranded.entry(partial.session).or_default().push(*id);
                }
                None
            }
            IncomingEvent::Aborted(_) => {
                self.forget(*id);
                None
            }
            IncomingEvent::Finished { receipt, len } => {
                let Partial {
                    session,
                    head,
                    body,
                    fresh,
                    given_up,
                    ..
                } = self.forget(*id)?;
                if given_up {
                    // It was complete already when its octets were looked at.
                    let _ = connection.fail(receipt.clone(), Refusal::STOP_SENDING);
                    return None;
                }
                if fresh < *len {
                    // The end of a duplicate, whose sender did not know that all had arrived.
                    return None;
                }
                Some(Received {
                    session,
                    head: head?,
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

    /// A session is over: what there is of its messages goes with what it leaves, if it leaves anything.
    fn hand_over(&mut self, session: SessionId, mut carry: Option<&mut Carry>) {
        for id in self.stranded.remove(&session).unwrap_or_default() {
            if let Some(partial) = self.forget(id).filter(|partial| !partial.given_up)
                && let (Some(carry), Some(head)) = (&mut carry, partial.head)
            {
                let octets = partial.body.freeze();
                carry.put_body(id, Box::new(PartialBody { head, octets }));
            }
        }
    }

    /// The last event of all, for applications that keep those of sessions to themselves.
    fn drop_stranded(&mut self) {
        for id in core::mem::take(&mut self.stranded).into_values().flatten() {
            self.forget(id);
        }
    }

    /// A message goes on that was being received elsewhere. `None`: there is nothing of it, or it does not fit.
    fn take_over(
        &mut self,
        id: IncomingId,
        session: SessionId,
        received: u64,
        body: Option<Box<PartialBody>>,
    ) -> Option<()> {
        let partial = self.partial.entry(id).or_insert(Partial {
            session,
            head: None,
            body: BytesMut::new(),
            fresh: received,
            given_up: false,
        });
        let PartialBody { head, octets } = *body?;
        if octets.len() > self.max_message.min(self.max_total.saturating_sub(self.total)) {
            return None;
        }
        self.total += octets.len();
        partial.head = Some(head);
        partial.body = octets.into();
        Some(())
    }

    fn reject(&mut self, connection: &mut Connection, id: IncomingId) {
        self.give_up(id);
        if let Some(incoming) = connection.incoming(id) {
            incoming.reject(Refusal::STOP_SENDING);
        }
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
