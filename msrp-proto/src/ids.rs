//! Generated identifiers. All randomness comes from the seed.

use core::convert::Infallible;
use core::fmt;
use core::hash::BuildHasher;

use foldhash::quality::FixedState;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng, TryRng};

use crate::wire::{MessageId, TransactionId};

/// Where all generated identifiers of a connection come from: 32 octets that nobody else knows, fresh
/// for every connection. Take them from the operating system's generator, never from a clock.
///
/// Two connections with the same seed generate the same identifiers; there is no `Default` for that
/// reason. `Debug` does not show it.
#[derive(Clone)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed of those octets.
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

impl From<[u8; 32]> for Seed {
    fn from(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// A key of the same origin.
    pub(crate) fn map_key(&self) -> MapKey {
        MapKey(FixedState::default().hash_one(self.0))
    }
}

/// What tables are keyed by that hold what a peer chose: without it, collisions cannot be contrived.
#[derive(Clone, Copy)]
pub(crate) struct MapKey(u64);

impl MapKey {
    pub(crate) fn hash(self, id: &MessageId) -> u64 {
        FixedState::with_seed(self.0).hash_one(id.as_bytes())
    }
}

/// The generator of a connection.
pub(crate) struct Ids<R = Generator>(R);

/// A generator that is small while it is not used: key and position, and the block it is in only from the first
/// word on until it is released.
pub(crate) struct Generator {
    seed: [u8; 32],
    /// In words of 32 bits. Nobody lives to see 2^64 of them.
    position: u64,
    block: Option<Box<ChaCha12Rng>>,
}

/// The random half of a transaction identifier. The other half says where its state is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nonce(u64);

/// Where the state of a transaction is kept: at most 20 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) u32);

impl Place {
    /// How many places can be told apart.
    pub(crate) const COUNT: u32 = 1 << (5 * PLACE_LEN as u32);
}

impl Ids {
    pub(crate) fn new(seed: &Seed) -> Self {
        Self(Generator {
            seed: seed.0,
            position: 0,
            block: None,
        })
    }

    /// Gives up what can be made again.
    pub(crate) fn release(&mut self) {
        if let Some(block) = self.0.block.take() {
            self.0.position = block.get_word_pos() as u64;
        }
    }
}

impl Generator {
    fn block(&mut self) -> &mut ChaCha12Rng {
        self.block.get_or_insert_with(|| {
            let mut block = ChaCha12Rng::from_seed(self.seed);
            block.set_word_pos(self.position.into());
            Box::new(block)
        })
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.block().try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.block().try_next_u64()
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        self.block().try_fill_bytes(to)
    }
}

impl<R: Rng> Ids<R> {
    /// An identifier of 64 random bits and a place, drawn again as long as it collides.
    pub(crate) fn transaction(
        &mut self,
        place: Place,
        mut collides: impl FnMut(&TransactionId) -> bool,
    ) -> (TransactionId, Nonce) {
        loop {
            let nonce = Nonce(self.0.next_u64());
            let mut text = [0; TRANSACTION_LEN];
            let (random, rest) = text.split_at_mut(NONCE_LEN);
            put_base32(random, nonce.0);
            put_base32(rest, u64::from(place.0));
            let id = TransactionId::of_letters(&text);
            if !collides(&id) {
                return (id, nonce);
            }
        }
    }

    /// Random octets.
    #[cfg(feature = "relay")]
    pub(crate) fn fill(&mut self, to: &mut [u8]) {
        self.0.fill_bytes(to);
    }

    /// An identifier of 80 random bits.
    pub(crate) fn message(&mut self) -> MessageId {
        loop {
            let mut octets = [0; 10];
            self.0.fill_bytes(&mut octets);
            let (high, low) = octets.split_at(5);
            let number = |part: &[u8]| part.iter().fold(0, |sum, &octet| sum << 8 | u64::from(octet));
            let mut text = [0; MESSAGE_LEN];
            let (first, second) = text.split_at_mut(8);
            put_base32(first, number(high));
            put_base32(second, number(low));
            if let Ok(id) = MessageId::parse(&text) {
                return id;
            }
        }
    }
}

/// Octets of a generated transaction identifier.
pub(crate) const TRANSACTION_LEN: usize = NONCE_LEN + PLACE_LEN;

/// Octets of a generated Message-ID.
pub(crate) const MESSAGE_LEN: usize = 16;

/// The two halves of an identifier that this connection may have generated.
pub(crate) fn split_transaction(id: &TransactionId) -> Option<(Nonce, Place)> {
    let (random, place) = id.as_bytes().split_at_checked(NONCE_LEN)?;
    let place = (place.len() == PLACE_LEN).then(|| read_base32(place)).flatten()?;
    Some((Nonce(read_base32(random)?), Place(place as u32)))
}

/// 65 bits: one more than are used.
const NONCE_LEN: usize = 13;
const PLACE_LEN: usize = 4;

/// Letters and digits without those that look alike.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn put_base32(text: &mut [u8], mut number: u64) {
    for octet in text.iter_mut().rev() {
        // Five bits are below 32: nothing is out of bounds.
        *octet = ALPHABET.get((number & 31) as usize).copied().unwrap_or_default();
        number >>= 5;
    }
}

/// `None` if a letter stands for nothing, or the number has more than 64 bits.
fn read_base32(text: &[u8]) -> Option<u64> {
    let (mut number, mut lost, mut all) = (0u64, 0, 0);
    for &octet in text {
        let digit = DIGITS.get(usize::from(octet)).copied().unwrap_or(u8::MAX);
        lost |= number >> 59;
        number = number << 5 | u64::from(digit);
        all |= digit;
    }
    // A letter that stands for nothing has more than five bits.
    (lost == 0 && all < 32).then_some(number)
}

/// What each octet stands for in an identifier: below 32, if anything.
static DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

impl<R> fmt::Debug for Ids<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives out what it was told to, and counts the octets.
    struct Script {
        words: Vec<u64>,
        octets: usize,
    }

    impl Script {
        fn new(words: &[u64]) -> Self {
            Self {
                words: words.iter().rev().copied().collect(),
                octets: 0,
            }
        }
    }

    impl TryRng for Script {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            panic!("too few octets for an identifier")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            self.octets += 8;
            Ok(self.words.pop().expect("a script that is long enough"))
        }

        fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
            self.octets += to.len();
            let word = self.words.pop().expect("a script that is long enough");
            for (index, octet) in to.iter_mut().enumerate() {
                *octet = (word >> (8 * (index % 8))) as u8;
            }
            Ok(())
        }
    }

    /// Shows: MSRP-7.1-01.
    #[test]
    fn a_live_identifier_is_drawn_again() {
        let place = Place(7);
        let mut ids = Ids(Script::new(&[1, 1, 1, 2]));
        let (live, _) = ids.transaction(place, |_| false);
        let (other, nonce) = ids.transaction(place, |id| *id == live);
        assert!(other != live && nonce == Nonce(2));
        assert_eq!(ids.0.octets, 4 * 8);
        // In another place the same octets make another identifier.
        let (elsewhere, _) = Ids(Script::new(&[1])).transaction(Place(8), |_| false);
        assert!(elsewhere != live);
    }

    proptest! {
        /// Shows: MSRP-7.1-01 (nothing of the 64 bits is lost).
        #[test]
        fn identifiers_keep_every_bit(random: u64, place in 0..Place::COUNT) {
            let mut ids = Ids(Script::new(&[random]));
            let (id, nonce) = ids.transaction(Place(place), |_| false);
            prop_assert_eq!(nonce.0, random);
            let (again, at) = split_transaction(&id).unwrap();
            prop_assert_eq!((again.0, at.0), (random, place));
        }
    }

    /// What is released costs nothing but time: the identifiers are the same.
    #[test]
    fn a_released_generator_goes_on_where_it_was() {
        let seed = Seed::new([9; 32]);
        let (mut kept, mut released) = (Ids::new(&seed), Ids::new(&seed));
        for _ in 0..100 {
            let ids = [&mut kept, &mut released].map(|ids| {
                let (id, _) = ids.transaction(Place(1), |_| false);
                (id, ids.message())
            });
            assert!(ids[0] == ids[1]);
            released.release();
            assert!(released.0.block.is_none());
        }
    }

    #[test]
    fn message_ids_take_80_bits() {
        let mut ids = Ids(Script::new(&[0x0102_0304_0506_0708]));
        ids.message();
        assert_eq!(ids.0.octets, 10);
    }
}
