//! What is known of messages that are over.

use core::time::Duration;
use std::collections::VecDeque;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Place;

use super::Connection;
use crate::ids::MapKey;
use crate::time::Instant;
use crate::wire::MessageId;

/// The Message-IDs last put in, and something about each. The oldest gives way to the newest, and what is
/// too old is not found any more (ruling R-65).
#[derive(Clone)]
pub(crate) struct Remembered<T> {
    /// The oldest first.
    entries: VecDeque<Entry<T>>,
    /// The numbers of the entries, in the order in which they were put in, by the hash of their identifiers;
    /// only once they are too many to be looked through. The peer chooses identifiers, but does not know the key.
    numbers: HashTable<u64>,
    key: MapKey,
    /// How many were forgotten: the number of the oldest entry.
    forgotten: u64,
}

#[derive(Clone, PartialEq, Eq)]
struct Entry<T> {
    id: MessageId,
    since: Instant,
    value: T,
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

/// Up to so many entries are looked through; a table would cost more, and an idle session seldom has more.
const FEW: usize = 8;

impl<T> Remembered<T> {
    pub(super) fn new(key: MapKey) -> Self {
        Self {
            entries: VecDeque::new(),
            numbers: HashTable::new(),
            key,
            forgotten: 0,
        }
    }

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
        let is_it = |number: &u64| is_number_of(id, *number, &self.entries, self.forgotten);
        let number = self.numbers.find(self.key.hash(id), is_it)?;
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
        }
        let (entries, key, forgotten) = (&self.entries, self.key, self.forgotten);
        let hash =
            |number: &u64| entry_of(*number, entries, forgotten).map_or(0, |entry| key.hash(&entry.id));
        if self.numbers.is_empty() {
            for (number, entry) in (forgotten..).zip(entries) {
                self.numbers.insert_unique(key.hash(&entry.id), number, hash);
            }
        }
        let is_it = |number: &u64| is_number_of(id, *number, entries, forgotten);
        match self.numbers.entry(key.hash(id), is_it, hash) {
            Place::Occupied(_) => true,
            Place::Vacant(place) => {
                place.insert(forgotten + entries.len() as u64);
                false
            }
        }
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.entries.pop_front() else {
            return;
        };
        let number = self.forgotten;
        self.forgotten += 1;
        if !self.numbers.is_empty()
            && let Ok(found) = self
                .numbers
                .find_entry(self.key.hash(&oldest.id), |found| *found == number)
        {
            found.remove();
        }
    }
}

/// Whether the entry with that number has that identifier.
fn is_number_of<T>(id: &MessageId, number: u64, entries: &VecDeque<Entry<T>>, forgotten: u64) -> bool {
    entry_of(number, entries, forgotten).is_some_and(|entry| entry.id == *id)
}

fn entry_of<T>(number: u64, entries: &VecDeque<Entry<T>>, forgotten: u64) -> Option<&Entry<T>> {
    entries.get(usize::try_from(number.checked_sub(forgotten)?).ok()?)
}

impl<T: PartialEq> PartialEq for Remembered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<T: Eq> Eq for Remembered<T> {}

impl<T> Default for Remembered<T> {
    /// For nothing to be put in.
    fn default() -> Self {
        Self::new(MapKey::default())
    }
}

impl Keep {
    fn holds(self, since: Instant) -> bool {
        self.now.saturating_duration_since(since) <= self.age
    }
}
