//! What is known of messages that are over.

use core::time::Duration;
use std::collections::btree_map::Entry as MapEntry;
use std::collections::{BTreeMap, VecDeque};

use super::Connection;
use crate::time::Instant;
use crate::wire::MessageId;

/// The Message-IDs last put in, and something about each. The oldest gives way to the newest, and what is
/// too old is not found any more (ruling R-65).
#[derive(Clone)]
pub(crate) struct Remembered<T> {
    /// The oldest first.
    entries: VecDeque<Entry<T>>,
    /// The number of each entry, in the order in which they were put in, once they are too many to be looked
    /// through.
    numbers: BTreeMap<Indexed, u64>,
    /// How many were forgotten: the number of the oldest entry.
    forgotten: u64,
}

#[derive(Clone, PartialEq, Eq)]
struct Entry<T> {
    id: MessageId,
    since: Instant,
    value: T,
}

/// A Message-ID with its first octets before it, which tell most of them apart at once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Indexed(u64, MessageId);

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

/// Up to so many entries are looked through; a map would cost more, and an idle session seldom has more.
const FEW: usize = 8;

impl<T> Remembered<T> {
    pub(super) fn insert(&mut self, id: MessageId, value: T, keep: Keep) {
        while let Some(oldest) = self.entries.front()
            && !keep.holds(oldest.since)
        {
            self.forget_oldest();
        }
        if keep.max == 0 || self.is_known_or_numbered(&id) {
            return;
        }
        if self.entries.capacity() == 0 {
            self.entries.reserve_exact(1);
        }
        let since = keep.now;
        self.entries.push_back(Entry { id, since, value });
        self.truncate(keep.max);
    }

    pub(super) fn lookup(&self, id: &MessageId, keep: Keep) -> Option<&T> {
        let entry = self.entries.get(self.position(id)?)?;
        keep.holds(entry.since).then_some(&entry.value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets the oldest until there are no more than so many.
    pub(super) fn truncate(&mut self, max: usize) {
        while self.entries.len() > max {
            self.forget_oldest();
        }
    }

    fn position(&self, id: &MessageId) -> Option<usize> {
        if self.numbers.is_empty() {
            return self.entries.iter().position(|entry| entry.id == *id);
        }
        let number = self.numbers.get(&Indexed::new(id))?;
        usize::try_from(number - self.forgotten).ok()
    }

    /// Whether there is such an entry. If not, and there are many, it gets the number of the next one.
    fn is_known_or_numbered(&mut self, id: &MessageId) -> bool {
        if self.numbers.is_empty() {
            if self.position(id).is_some() {
                return true;
            }
            if self.entries.len() < FEW {
                return false;
            }
            let ids = self.entries.iter().map(|entry| Indexed::new(&entry.id));
            self.numbers = ids.zip(self.forgotten..).collect();
        }
        match self.numbers.entry(Indexed::new(id)) {
            MapEntry::Occupied(_) => true,
            MapEntry::Vacant(place) => {
                place.insert(self.forgotten + self.entries.len() as u64);
                false
            }
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.entries.pop_front() {
            self.forgotten += 1;
            self.numbers.remove(&Indexed::new(&oldest.id));
        }
    }
}

impl Indexed {
    fn new(id: &MessageId) -> Self {
        Self(id.start(), id.clone())
    }
}

impl<T: PartialEq> PartialEq for Remembered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<T: Eq> Eq for Remembered<T> {}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            numbers: BTreeMap::new(),
            forgotten: 0,
        }
    }
}

impl Keep {
    fn holds(self, since: Instant) -> bool {
        self.now.saturating_duration_since(since) <= self.age
    }
}
