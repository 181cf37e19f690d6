//! Sets of octet positions, as ranges.

use core::ops::Range;

/// Positions, kept as disjoint, non-adjacent ranges in order. Positions count from 0 here.
///
/// Adding at the end of the last range, which is what orderly chunks do, takes constant time; anywhere
/// else it takes time logarithmic in the number of ranges, plus the ranges that are swallowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RangeSet {
    /// The range of the highest positions, apart: most sets never have another.
    last: Option<(u64, u64)>,
    /// Start to end of all other ranges.
    rest: std::collections::BTreeMap<u64, u64>,
}

impl RangeSet {
    /// Adds a range, and says how many of its positions were there before.
    pub(crate) fn insert(&mut self, range: Range<u64>) -> u64 {
        let Range { start, end } = range;
        if start >= end {
            return 0;
        }
        match self.last {
            None => {
                self.last = Some((start, end));
                0
            }
            Some((from, to)) if start == to => {
                self.last = Some((from, end));
                0
            }
            Some((from, to)) if start > to => {
                self.rest.insert(from, to);
                self.last = Some((start, end));
                0
            }
            Some(_) => self.insert_below(start, end),
        }
    }

    /// How many positions of the range are in the set.
    pub(crate) fn overlap(&self, range: Range<u64>) -> u64 {
        let Range { start, end } = range;
        let common = |from: u64, to: u64| to.min(end).saturating_sub(from.max(start));
        let last = self.last.map_or(0, |(from, to)| common(from, to));
        let below = self.rest.range(..start).next_back();
        let rest = below.into_iter().chain(self.rest.range(start..end.max(start)));
        last + rest.map(|(&from, &to)| common(from, to)).sum::<u64>()
    }

    /// How many positions are in the set.
    pub(crate) fn len(&self) -> u64 {
        self.iter().map(|range| range.end - range.start).sum()
    }

    /// Whether a range that starts there would join one that is in the set.
    pub(crate) fn touches(&self, start: u64) -> bool {
        let joins = |(from, to): (u64, u64)| from <= start && start <= to;
        let below = self.rest.range(..=start).next_back();
        self.last.is_some_and(joins) || below.is_some_and(|(&from, &to)| joins((from, to)))
    }

    /// Whether all positions below `len` are in the set.
    pub(crate) fn covers(&self, len: u64) -> bool {
        self.first_gap() >= len
    }

    /// The lowest position that is not in the set.
    pub(crate) fn first_gap(&self) -> u64 {
        match self
            .rest
            .first_key_value()
            .map(|(&from, &to)| (from, to))
            .or(self.last)
        {
            Some((0, to)) => to,
            _ => 0,
        }
    }

    /// One behind the highest position in the set.
    pub(crate) fn end(&self) -> u64 {
        self.last.map_or(0, |(_, to)| to)
    }

    /// How many ranges there are: the holes between them, and one.
    pub(crate) fn ranges(&self) -> usize {
        self.rest.len() + usize::from(self.last.is_some())
    }

    /// All ranges, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Range<u64>> {
        let rest = self.rest.iter().map(|(&from, &to)| (from, to));
        rest.chain(self.last).map(|(from, to)| from..to)
    }

    /// The ranges below the highest position that are not in the set, in order.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Range<u64>> {
        let mut end = 0;
        self.iter().filter_map(move |range| {
            let gap = end..range.start;
            end = range.end;
            (!gap.is_empty()).then_some(gap)
        })
    }

    fn insert_below(&mut self, mut start: u64, mut end: u64) -> u64 {
        // All ranges in the map for the time of the merge; the highest is taken out again.
        if let Some((from, to)) = self.last.take() {
            self.rest.insert(from, to);
        }
        let mut seen = 0;
        let (given_start, given_end) = (start, end);
        while let Some((&from, &to)) = self.rest.range(..=end).next_back() {
            if to < start {
                break;
            }
            seen += to.min(given_end).saturating_sub(from.max(given_start));
            start = start.min(from);
            end = end.max(to);
            self.rest.remove(&from);
        }
        self.rest.insert(start, end);
        self.last = self.rest.pop_last();
        seen
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::RangeSet;

    proptest! {
        #[test]
        fn agrees_with_a_set_of_positions(ranges in prop::collection::vec((0u64..60, 0u64..12), 0..40)) {
            let mut set = RangeSet::default();
            let mut model = BTreeSet::new();
            for (start, len) in ranges {
                let range = start..start + len;
                let before = model.len();
                let common = range.clone().filter(|at| model.contains(at)).count() as u64;
                prop_assert_eq!(set.overlap(range.clone()), common);
                let joins = model.contains(&start) || (start > 0 && model.contains(&(start - 1)));
                prop_assert_eq!(set.touches(start), joins);
                prop_assert_eq!(set.insert(range.clone()), common);
                model.extend(range.clone());
                prop_assert_eq!(model.len() - before, (len - common) as usize);
                prop_assert_eq!(set.len(), model.len() as u64);
                prop_assert_eq!(set.end(), model.last().map_or(0, |last| last + 1));
                let gap = (0..).find(|at| !model.contains(at)).unwrap();
                prop_assert_eq!(set.first_gap(), gap);
                prop_assert!(set.covers(gap) && !set.covers(gap + 1));
                prop_assert_eq!(set.iter().flatten().collect::<BTreeSet<_>>(), model.clone());
                let gaps: Vec<_> = set.gaps().flatten().collect();
                prop_assert_eq!(gaps, (0..set.end()).filter(|at| !model.contains(at)).collect::<Vec<_>>());
                let starts = model.iter().filter(|at| **at == 0 || !model.contains(&(**at - 1))).count();
                prop_assert_eq!(set.ranges(), starts);
            }
        }
    }
}
