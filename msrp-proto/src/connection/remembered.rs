//! What is known of messages that are over.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use super::Connection;
use crate::time::Instant;
use crate::wire::MessageId;

/// The Message-IDs last put in, and something about each. The oldest gives way to the newest, and what is
/// too old is not found any more (ruling R-65).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Remembered<T> {
    by_id: BTreeMap<MessageId, (Instant, T)>,
    order: VecDeque<MessageId>,
}

/// How many are remembered, and how long.
#[derive(Clone, Copy)]
pub(super) struct Keep {
    pub(super) max: usize,
    age: Duration,
    now: Instant,
}

impl Connection {
    pub(super) fn keep(&self) -> Keep {
        Keep {
            max: self.config.max_remembered,
            age: self.config.remember_for,
            now: self.now,
        }
    }
}

impl<T> Remembered<T> {
    pub(super) fn insert(&mut self, id: MessageId, value: T, keep: Keep) {
        while let Some(oldest) = self.order.front()
            && self
                .by_id
                .get(oldest)
                .is_none_or(|(since, _)| !keep.holds(*since))
        {
            self.forget_oldest();
        }
        if keep.max == 0 || self.by_id.contains_key(&id) {
            return;
        }
        self.truncate(keep.max - 1);
        self.order.push_back(id.clone());
        self.by_id.insert(id, (keep.now, value));
    }

    pub(super) fn lookup(&self, id: &[u8], keep: Keep) -> Option<&T> {
        let (since, value) = self.by_id.get(core::str::from_utf8(id).ok()?)?;
        keep.holds(*since).then_some(value)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Forgets the oldest until there are no more than so many.
    pub(super) fn truncate(&mut self, max: usize) {
        while self.order.len() > max {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.by_id.remove(&oldest);
        }
    }
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl Keep {
    fn holds(self, since: Instant) -> bool {
        self.now.saturating_duration_since(since) <= self.age
    }
}
