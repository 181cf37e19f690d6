use std::collections::BTreeMap;

use super::{Disposition, MessageId, Notification};

/// The messages that notifications are awaited for (RFC 5438 §7.1.2), each with what the application wants to
/// remember of it, `T`.
///
/// There is no time after which none can come (§7.1.3): a message is tracked until it is [forgotten](Self::forget).
#[derive(Clone, Debug)]
pub struct Tracker<T = ()> {
    sent: BTreeMap<Box<str>, T>,
}

/// What a notification says, and about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackerEvent<'a, T> {
    /// It is about a message that is tracked.
    Reported {
        /// What is remembered of the message.
        message: &'a T,
        /// Which recipient reports: the URI that the message has reached it by, if the notification tells.
        recipient: Option<&'a str>,
        /// The URI that the message was sent to, if the notification tells. Several recipients of a list have the
        /// same.
        original_recipient: Option<&'a str>,
        /// What became of the message there.
        disposition: &'a Disposition,
    },
    /// It is about a message that is not tracked: never was, or not any longer. The texts are the peer's; they may
    /// help the user to remember.
    Unsolicited {
        /// The Message-ID that the notification names.
        message_id: &'a str,
        /// The DateTime that it names.
        datetime: &'a str,
    },
}

impl<T> Tracker<T> {
    /// Without any message.
    pub fn new() -> Self {
        Self {
            sent: BTreeMap::new(),
        }
    }

    /// Tracks a message that asks for notifications. Gives back what was remembered under the same identifier.
    pub fn track(&mut self, id: &MessageId, message: T) -> Option<T> {
        self.sent.insert(id.as_str().into(), message)
    }

    /// Tracks a message no longer; gives back what was remembered of it.
    pub fn forget(&mut self, id: &MessageId) -> Option<T> {
        self.sent.remove(id.as_str())
    }

    /// How many messages are tracked.
    pub fn len(&self) -> usize {
        self.sent.len()
    }

    /// Whether no message is tracked.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    /// Finds the message that a notification is about. Of one message there may be many, from several recipients.
    pub fn handle<'a>(&'a self, notification: &'a Notification) -> TrackerEvent<'a, T> {
        match self.sent.get(notification.message_id.as_str()) {
            Some(message) => TrackerEvent::Reported {
                message,
                recipient: notification.recipient_uri.as_deref(),
                original_recipient: notification.original_recipient_uri.as_deref(),
                disposition: &notification.disposition,
            },
            None => TrackerEvent::Unsolicited {
                message_id: &notification.message_id,
                datetime: &notification.datetime,
            },
        }
    }
}

impl<T> Default for Tracker<T> {
    fn default() -> Self {
        Self::new()
    }
}
