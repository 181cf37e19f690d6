//! Values in order of the turns that they were given, from which any can be taken out.

use std::collections::VecDeque;

/// Turns are given in ascending order, and mostly the first one is taken next.
pub(super) struct Turns<T> {
    /// Those taken out of the middle are `None` for a while: the first is never.
    queue: VecDeque<(u64, Option<T>)>,
    /// How many are `None`: at most half of them.
    taken: usize,
}

impl<T> Turns<T> {
    /// Puts in a value behind all others: `turn` is later than theirs.
    pub(super) fn push(&mut self, turn: u64, value: T) {
        debug_assert!(self.queue.back().is_none_or(|(last, _)| *last < turn));
        self.queue.push_back((turn, Some(value)));
    }

    /// The value with the earliest turn.
    pub(super) fn first(&self) -> Option<(u64, &T)> {
        let (turn, value) = self.queue.front()?;
        Some((*turn, value.as_ref()?))
    }

    /// The value with the earliest turn, to change it.
    pub(super) fn first_mut(&mut self) -> Option<&mut T> {
        self.queue.front_mut()?.1.as_mut()
    }

    pub(super) fn pop_first(&mut self) {
        self.queue.pop_front();
        self.drop_taken();
    }

    pub(super) fn get(&self, turn: u64) -> Option<&T> {
        self.queue.get(self.position(turn)?)?.1.as_ref()
    }

    pub(super) fn get_mut(&mut self, turn: u64) -> Option<&mut T> {
        let at = self.position(turn)?;
        self.queue.get_mut(at)?.1.as_mut()
    }

    pub(super) fn remove(&mut self, turn: u64) {
        let entry = self.position(turn).and_then(|at| self.queue.get_mut(at));
        if entry.and_then(|(_, value)| value.take()).is_some() {
            self.taken += 1;
            self.drop_taken();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    fn position(&self, turn: u64) -> Option<usize> {
        match self.queue.front() {
            Some((first, _)) if *first == turn => Some(0),
            _ => self.queue.binary_search_by_key(&turn, |(turn, _)| *turn).ok(),
        }
    }

    fn drop_taken(&mut self) {
        while let Some((_, None)) = self.queue.front() {
            self.queue.pop_front();
            self.taken -= 1;
        }
        if self.taken > self.queue.len() / 2 {
            self.queue.retain(|(_, value)| value.is_some());
            self.taken = 0;
        }
    }
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            taken: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Turns;

    proptest! {
        #[test]
        fn agrees_with_a_map(steps in prop::collection::vec((0..4u8, any::<prop::sample::Index>()), 0..200)) {
            let (mut turns, mut model) = (Turns::default(), BTreeMap::new());
            let mut clock = 0;
            for (step, index) in steps {
                let some = (!model.is_empty()).then(|| *model.keys().nth(index.index(model.len())).unwrap());
                match (step, some) {
                    (0 | 1, _) => {
                        clock += 1;
                        turns.push(clock, clock);
                        model.insert(clock, clock);
                    }
                    (2, _) => {
                        turns.pop_first();
                        model.pop_first();
                    }
                    (_, Some(turn)) => {
                        turns.remove(turn);
                        model.remove(&turn);
                        prop_assert_eq!(turns.get(turn), None);
                    }
                    (_, None) => turns.remove(clock),
                }
                prop_assert_eq!(turns.first(), model.first_key_value().map(|(turn, value)| (*turn, value)));
                prop_assert_eq!(turns.is_empty(), model.is_empty());
                prop_assert!(turns.queue.len() <= 2 * model.len());
                for (turn, value) in &model {
                    prop_assert_eq!(turns.get(*turn), Some(value));
                }
            }
        }
    }
}
