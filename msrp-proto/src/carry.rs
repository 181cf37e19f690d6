//! What a failed session leaves for the session that replaces it (RFC 4975 §5.4).

use core::fmt;

use bytes::Bytes;

use crate::connection::Remembered;
use crate::event::{IncomingId, MessageHead, Octets, OutgoingId};
use crate::message::Message;
use crate::range_set::RangeSet;
use crate::wire::{ByteRange, FailureReport, MessageId, StatusCode};

/// What a failed session hands to its replacement (RFC 4975 §5.4): which messages were received, so that
/// duplicates are told; which were being received, so that they can go on; and which were sent and never
/// confirmed, so that they can be sent again.
///
/// It comes with [`SessionEvent::Failed`](crate::SessionEvent::Failed), and is given to the new session by
/// [`SessionConfig::replaces`](crate::SessionConfig::replaces). The new session needs new URIs from
/// signalling; nothing in here depends on the old ones. Sending again is up to the application:
///
/// ```
/// use msrp_proto::{Carry, Message, SendError, Session};
///
/// /// Goes on with messages of which the application still has the content.
/// fn resend(
///     carry: &Carry,
///     session: &mut Session<'_>,
///     content: impl Fn(&msrp_proto::Unconfirmed) -> Option<Message>,
/// ) -> Result<(), SendError> {
///     for unconfirmed in carry.unconfirmed() {
///         if let Some(message) = content(unconfirmed) {
///             session.send(unconfirmed.resume(message))?;
///         }
///     }
///     Ok(())
/// }
/// ```
///
/// An [`Inbox`](crate::Inbox) that is handed the event adds the octets that it has of incomplete messages.
/// `Debug` shows how much there is, and nothing of any content.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Carry {
    /// Message-IDs received whole, and how many octets.
    pub(crate) received: Remembered<u64>,
    /// Message-IDs refused, and with what.
    pub(crate) refused: Remembered<StatusCode>,
    /// Messages being received, the oldest first.
    pub(crate) incomplete: Vec<Incomplete>,
    pub(crate) unconfirmed: Vec<Unconfirmed>,
}

/// A message of which a part was received.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Incomplete {
    /// The handle it had.
    pub(crate) was: IncomingId,
    pub(crate) message_id: MessageId,
    pub(crate) success_report: bool,
    pub(crate) failure_report: FailureReport,
    /// Octets of the whole, as its first chunk says.
    pub(crate) total: Option<u64>,
    pub(crate) received: RangeSet,
    /// Octets of the whole, fixed by the chunk that ended the message.
    pub(crate) end: Option<u64>,
    pub(crate) body: Option<Box<PartialBody>>,
}

/// What an [`Inbox`](crate::Inbox) has of a message that is not complete. `Debug` does not show the octets.
#[derive(Clone)]
pub struct PartialBody {
    pub(crate) head: Box<MessageHead>,
    pub(crate) octets: Bytes,
}

/// A message that was sent, or should have been, and whose outcome was not known when its session failed.
#[derive(Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    pub(crate) outgoing: OutgoingId,
    pub(crate) message_id: MessageId,
    pub(crate) sent: u64,
    /// The next hop was a relay: its responses say nothing of what the peer has.
    pub(crate) relayed: bool,
    pub(crate) acknowledged: RangeSet,
    pub(crate) reported: RangeSet,
    pub(crate) total: Option<u64>,
}

impl Carry {
    /// Messages whose outcome was not known when the session failed, in the order in which they were queued:
    /// their last event was [`ConnectionLost`](crate::SendFailure::ConnectionLost),
    /// [`SessionEnded`](crate::SendFailure::SessionEnded), or
    /// [`Unconfirmed`](crate::SendFailure::Unconfirmed) because the session failed. A message that a response or
    /// a REPORT has failed by itself is not among them, even if the session failed by the same; its events tell
    /// the range, and it is sent again, whole or in part, by its Message-ID.
    pub fn unconfirmed(&self) -> &[Unconfirmed] {
        &self.unconfirmed
    }

    /// How many messages were being received.
    pub fn incomplete_count(&self) -> usize {
        self.incomplete.len()
    }

    /// Puts the octets of a message with its accounting, if there is any.
    pub(crate) fn put_body(&mut self, was: IncomingId, body: Box<PartialBody>) {
        if let Some(message) = self.incomplete.iter_mut().find(|message| message.was == was) {
            message.body = Some(body);
        }
    }
}

impl Unconfirmed {
    /// The handle that the message had.
    pub fn outgoing(&self) -> OutgoingId {
        self.outgoing
    }

    /// Its Message-ID, under which it must be sent again (RFC 4975 §5.4).
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// Octets that were handed out for transmission.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Octets acknowledged by the next hop, from the start on without a gap.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.first_gap()
    }

    /// Octets reported as received, in whatever parts.
    pub fn reported(&self) -> u64 {
        self.reported.overlap(0..self.sent)
    }

    /// Octets of the whole message, if that was known.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The first octet, counted from 0, that no response and no report has confirmed. Where the path to the peer
    /// had more than one URI only reports count, since a response is that of a relay.
    pub fn resume_at(&self) -> u64 {
        self.confirmed().first_gap()
    }

    /// The parts that are not confirmed, as [`resume_at`](Self::resume_at) counts. The last one has no end if
    /// the length of the message was not known.
    pub fn missing(&self) -> Vec<ByteRange> {
        let confirmed = self.confirmed();
        let mut missing: Vec<_> = confirmed
            .gaps()
            .map(|gap| ByteRange::new(gap.start + 1, Some(gap.end), self.total))
            .collect();
        if self.total.is_none_or(|total| confirmed.end() < total) {
            missing.push(ByteRange::new(confirmed.end() + 1, self.total, self.total));
        }
        missing
    }

    /// Makes a message with the same content go on with this one, from [`resume_at`](Self::resume_at) on
    /// ([`Message::resume`]). The peer must have kept what it has of it. To one that may not have, the whole
    /// message is sent again under the same Message-ID ([`Message::message_id`]), which makes it a duplicate.
    pub fn resume(&self, message: Message) -> Message {
        message.resume(self.message_id.clone(), self.resume_at())
    }

    fn confirmed(&self) -> RangeSet {
        if self.relayed {
            return self.reported.clone();
        }
        let mut confirmed = self.acknowledged.clone();
        for range in self.reported.iter() {
            confirmed.insert(range);
        }
        confirmed
    }
}

impl PartialBody {
    /// What the head of the first chunk of the message says.
    pub fn head(&self) -> &MessageHead {
        &self.head
    }
}

impl PartialEq for PartialBody {
    fn eq(&self, other: &Self) -> bool {
        self.head.is_same(&other.head) && self.octets == other.octets
    }
}

impl Eq for PartialBody {}

impl fmt::Debug for Carry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carry")
            .field("received", &self.received.len())
            .field("refused", &self.refused.len())
            .field("incomplete", &self.incomplete.len())
            .field("unconfirmed", &self.unconfirmed)
            .finish()
    }
}

impl fmt::Debug for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unconfirmed")
            .field("outgoing", &self.outgoing)
            .field("message_id", &self.message_id)
            .field("sent", &self.sent)
            .field("resume_at", &self.resume_at())
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PartialBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartialBody")
            .field("head", &self.head)
            .field("octets", &Octets(self.octets.len()))
            .finish()
    }
}
