//! Chunks of a message in whatever order.

use core::ops::Range;

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// In which order the chunks of a message come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From the first to the last.
    InOrder,
    /// From the last to the first.
    Reversed,
    /// In an order drawn from a fixed seed.
    Random,
    /// Each with half of the one before it, from the first to the last.
    Overlapping,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InOrder, Self::Reversed, Self::Random, Self::Overlapping];
}

/// The octets of so many chunks of a message of `count` times `len` octets.
pub fn parts(order: Order, count: usize, len: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<_> = (0..count).map(|index| index * len..(index + 1) * len).collect();
    match order {
        Order::InOrder => {}
        Order::Reversed => parts.reverse(),
        Order::Random => {
            let mut random = ChaCha12Rng::seed_from_u64(6);
            for index in (1..parts.len()).rev() {
                let other = random.next_u64() % (index as u64 + 1);
                parts.swap(index, other as usize);
            }
        }
        Order::Overlapping => {
            for part in parts.iter_mut().skip(1) {
                part.start -= len / 2;
            }
        }
    }
    parts
}
