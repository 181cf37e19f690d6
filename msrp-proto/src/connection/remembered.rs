//! What is known of messages that are over.

use std::collections::{BTreeMap, VecDeque};

use crate::wire::MessageId;

/// The Message-IDs last put in, and something about each. The oldest gives way to the newest.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Remembered<T> {
    by_id: BTreeMap<MessageId, T>,
    order: VecDeque<MessageId>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T> Remembered<T> {
    pub(super) fn insert(&mut self, id: MessageId, value: T, max: usize) {
        if max == 0 || self.by_id.contains_key(&id) {
            return;
        }
        if self.order.len() >= max
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        self.order.push_back(id.clone());
        self.by_id.insert(id, value);
    }

    pub(super) fn lookup(&self, id: &[u8]) -> Option<&T> {
        self.by_id.get(core::str::from_utf8(id).ok()?)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Forgets the oldest until there are no more than so many.
    pub(super) fn truncate(&mut self, max: usize) {
        while self.order.len() > max
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }
}
