//! Values found by a small key that is never used twice.

use core::fmt;

/// An index, and which insertion of all this was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

/// A vector of slots. A key whose value was removed finds nothing, whatever the slot holds now.
pub(crate) struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Option<u32>,
    /// Values, of which there are no more than indices.
    len: u32,
    /// How many values were put in. No two keys have the same number, also if all slots are given up between.
    inserted: u32,
}

struct Slot<T> {
    generation: u32,
    content: Content<T>,
}

enum Content<T> {
    Value(T),
    /// The next free slot.
    Free(Option<u32>),
}

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: None,
            len: 0,
            inserted: 0,
        }
    }

    pub(crate) fn insert(&mut self, value: T) -> Key {
        self.len += 1;
        let generation = self.inserted;
        self.inserted = generation.wrapping_add(1);
        let content = Content::Value(value);
        if let Some(index) = self.free
            && let Some(slot) = self.slots.get_mut(index as usize)
            && let Content::Free(next) = slot.content
        {
            self.free = next;
            *slot = Slot { generation, content };
            return Key { index, generation };
        }
        let index = self.slots.len() as u32;
        if index == 0 {
            // Often it stays the only one.
            self.slots.reserve_exact(1);
        }
        self.slots.push(Slot { generation, content });
        Key { index, generation }
    }

    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.index as usize) {
            Some(Slot {
                generation,
                content: Content::Value(value),
            }) if *generation == key.generation => Some(value),
            _ => None,
        }
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.index as usize) {
            Some(Slot {
                generation,
                content: Content::Value(value),
            }) if *generation == key.generation => Some(value),
            _ => None,
        }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let slot = self.slots.get_mut(key.index as usize)?;
        let free = self.free.replace(key.index);
        let Content::Value(value) = core::mem::replace(&mut slot.content, Content::Free(free)) else {
            return None;
        };
        self.len -= 1;
        if self.len == 0 {
            // So that the order of slots does not depend on whether their room was given up meanwhile.
            self.slots.clear();
            self.free = None;
        }
        Some(value)
    }

    /// Gives up the room for values if there are none.
    pub(crate) fn release(&mut self) {
        if self.len == 0 {
            self.slots = Vec::new();
            self.free = None;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All values, in order of their slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| match &slot.content {
            Content::Value(value) => Some(value),
            Content::Free(_) => None,
        })
    }

    /// The keys of all values, in order of their slots.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let used = |(index, slot): (usize, &Slot<T>)| match slot.content {
            Content::Value(_) => Some(Key {
                index: index as u32,
                generation: slot.generation,
            }),
            Content::Free(_) => None,
        };
        self.slots.iter().enumerate().filter_map(used).collect()
    }
}
