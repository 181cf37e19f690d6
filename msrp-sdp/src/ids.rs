//! Where session-ids, transfer-ids and the like come from.

use std::fmt;

use msrp_proto::Seed;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// The source of everything that has to be random: session-ids, transfer-ids, seeds for connections.
///
/// There is one in a process, made once and handed to whatever draws from it; it cannot be cloned, so nothing that
/// was drawn comes a second time. Two made from the same seed give the same.
///
/// ```
/// use msrp_sdp::{Ids, Local};
///
/// # fn operating_system(octets: &mut [u8]) { octets.fill(7) }
/// let mut ids = Ids::drawn_from(operating_system); // a cryptographic generator
/// let seed = ids.seed();                           // for a connection of msrp-proto
/// ```
pub struct Ids(Source);

enum Source {
    Seeded(Box<ChaCha12Rng>),
    Drawn(Box<Fill>),
}

type Fill = dyn FnMut(&mut [u8]) + Send;

impl Ids {
    /// A cryptographic generator that is a function of `seed`: 32 octets that nobody else knows, from the operating
    /// system and never used before.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Source::Seeded(Box::new(ChaCha12Rng::from_seed(seed))))
    }

    /// Draws all octets from a function, which must be a cryptographic generator that never repeats itself.
    pub fn drawn_from(fill: impl FnMut(&mut [u8]) + Send + 'static) -> Self {
        Self(Source::Drawn(Box::new(fill)))
    }

    /// A seed for a connection of msrp-proto.
    pub fn seed(&mut self) -> Seed {
        let mut octets = [0; 32];
        self.fill(&mut octets);
        Seed::new(octets)
    }

    /// Fills the buffer with random octets.
    pub fn fill(&mut self, octets: &mut [u8]) {
        match &mut self.0 {
            Source::Seeded(generator) => generator.fill_bytes(octets),
            Source::Drawn(fill) => fill(octets),
        }
    }

    /// A random number for [`Origin::new`](crate::Origin::new), of 62 bits so that it fits everywhere.
    pub fn number(&mut self) -> u64 {
        let mut octets = [0; 8];
        self.fill(&mut octets);
        u64::from_be_bytes(octets) >> 2
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids(…)")
    }
}
