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
    /// Only once they are too many to be looked through.
    index: Option<Box<Index>>,
}

/// By which entries are found.
#[derive(Clone)]
struct Index {
    /// The numbers of the entries, in the order in which they were put in, by the hash of their identifiers.
    numbers: HashTable<u64>,
    /// The number of the oldest entry.
    oldest: u64,
    /// The peer chooses identifiers, but does not know the key.
    key: MapKey,
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
    key: MapKey,
}

impl Connection {
    pub(super) fn keep(&self) -> Keep {
        Keep {
            max: self.config.max_remembered,
            age: self.config.remember_for,
            now: self.now,
            key: self.map_key,
        }
    }
}

/// Up to so many entries are looked through; a table would cost more, and an idle session seldom has more.
const FEW: usize = 8;

impl<T> Remembered<T> {
    pub(super) fn insert(&mut self, id: MessageId, value: T, keep: Keep) {
        while let Some(oldest) = self.entries.front()
            && !keep.holds(oldest.since)
        {
            self.forget_oldest();
        }
        if keep.max == 0 {
            return;
        }
        let is_new = match &mut self.index {
            Some(index) => index.add(&id, &self.entries),
            None => self.position(&id).is_none(),
        };
        if !is_new {
            return;
        }
        if self.entries.capacity() == 0 {
            self.entries.reserve_exact(1);
        }
        let since = keep.now;
        self.entries.push_back(Entry { id, since, value });
        self.truncate(keep.max);
        if self.index.is_none() && self.entries.len() > FEW {
            self.index = Some(Box::new(Index::new(&self.entries, keep.key)));
        }
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
        match &self.index {
            Some(index) => index.position(id, &self.entries),
            None => self.entries.iter().position(|entry| entry.id == *id),
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.entries.pop_front()
            && let Some(index) = &mut self.index
        {
            index.remove_oldest(&oldest.id);
        }
    }
}

impl Index {
    fn new<T>(entries: &VecDeque<Entry<T>>, key: MapKey) -> Self {
        let mut numbers = HashTable::with_capacity(entries.len());
        let hash = |number: &u64| hash_of(*number, entries, 0, key);
        for (number, entry) in (0..).zip(entries) {
            numbers.insert_unique(key.hash(&entry.id), number, hash);
        }
        Self {
            numbers,
            oldest: 0,
            key,
        }
    }

    fn position<T>(&self, id: &MessageId, entries: &VecDeque<Entry<T>>) -> Option<usize> {
        let is_it = |number: &u64| is_number_of(id, *number, entries, self.oldest);
        let number = self.numbers.find(self.key.hash(id), is_it)?;
        usize::try_from(number - self.oldest).ok()
    }

    /// Gives the next number to an identifier. `false`: it has one.
    fn add<T>(&mut self, id: &MessageId, entries: &VecDeque<Entry<T>>) -> bool {
        let (oldest, key) = (self.oldest, self.key);
        let is_it = |number: &u64| is_number_of(id, *number, entries, oldest);
        let hash = |number: &u64| hash_of(*number, entries, oldest, key);
        match self.numbers.entry(key.hash(id), is_it, hash) {
            Place::Occupied(_) => false,
            Place::Vacant(place) => {
                place.insert(oldest + entries.len() as u64);
                true
            }
        }
    }

    fn remove_oldest(&mut self, id: &MessageId) {
        let number = self.oldest;
        self.oldest += 1;
        if let Ok(found) = self
            .numbers
            .find_entry(self.key.hash(id), |found| *found == number)
        {
            found.remove();
        }
    }
}

/// Whether the entry with that number has that identifier.
fn is_number_of<T>(id: &MessageId, number: u64, entries: &VecDeque<Entry<T>>, oldest: u64) -> bool {
    entry_of(number, entries, oldest).is_some_and(|entry| entry.id == *id)
}

fn hash_of<T>(number: u64, entries: &VecDeque<Entry<T>>, oldest: u64, key: MapKey) -> u64 {
    entry_of(number, entries, oldest).map_or(0, |entry| key.hash(&entry.id))
}

fn entry_of<T>(number: u64, entries: &VecDeque<Entry<T>>, oldest: u64) -> Option<&Entry<T>> {
    entries.get(usize::try_from(number.checked_sub(oldest)?).ok()?)
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
            index: None,
        }
    }
}

impl Keep {
    fn holds(self, since: Instant) -> bool {
        self.now.saturating_duration_since(since) <= self.age
    }
}
