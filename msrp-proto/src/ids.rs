//! Generated identifiers. All randomness comes from the seed.

use core::fmt;

use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

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

/// The generator of a connection.
pub(crate) struct Ids<R = ChaCha12Rng>(R);

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
        Self(ChaCha12Rng::from_seed(seed.0))
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
            let mut text = [0; NONCE_LEN + PLACE_LEN];
            let (random, rest) = text.split_at_mut(NONCE_LEN);
            put_base32(random, nonce.0);
            put_base32(rest, u64::from(place.0));
            // The text is legal by construction; a collision is what a faulty one would be, too.
            if let Ok(id) = TransactionId::parse(&text)
                && !collides(&id)
            {
                return (id, nonce);
            }
        }
    }

    /// An identifier of 80 random bits.
    pub(crate) fn message(&mut self) -> MessageId {
        loop {
            let mut octets = [0; 10];
            self.0.fill_bytes(&mut octets);
            let (high, low) = octets.split_at(5);
            let number = |part: &[u8]| part.iter().fold(0, |sum, &octet| sum << 8 | u64::from(octet));
            let mut text = [0; 16];
            let (first, second) = text.split_at_mut(8);
            put_base32(first, number(high));
            put_base32(second, number(low));
            if let Ok(id) = MessageId::parse(&text) {
                return id;
            }
        }
    }
}

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

fn read_base32(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0u64, |number, octet| {
        let digit = ALPHABET.iter().position(|letter| letter == octet)?;
        Some(number.checked_mul(32)? | digit as u64)
    })
}

impl<R> fmt::Debug for Ids<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids(…)")
    }
}
