//! Choices that depend on a seed alone.

use core::fmt;
use core::ops::RangeInclusive;

/// SplitMix64.
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many numbers, from 0 on; 0 where there are none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.number() % bound.max(1) as u64) as usize
    }

    /// A number of a range; its start where the range is empty.
    pub(super) fn within(&mut self, range: &RangeInclusive<usize>) -> usize {
        let width = range.end().saturating_sub(*range.start()).saturating_add(1);
        range.start().saturating_add(self.below(width))
    }
}

#[cfg(feature = "relay")]
impl Random {
    /// Fills a buffer.
    pub(super) fn fill(&mut self, octets: &mut [u8]) {
        for part in octets.chunks_mut(8) {
            let number = self.number().to_le_bytes();
            for (to, octet) in part.iter_mut().zip(number) {
                *to = octet;
            }
        }
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random(…)")
    }
}
