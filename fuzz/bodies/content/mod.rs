//! What the fuzz targets of message content do with an input. `cargo test` does the same with the committed
//! corpora and with the test vectors, see `msrp-cpim/tests/corpora.rs`.

pub mod cpim;
pub mod multipart;
pub mod xml;

/// Choices that depend on the input alone (SplitMix64).
struct Random(u64);

impl Random {
    /// Of a hash of the input (FNV-1a).
    fn of(data: &[u8]) -> Self {
        let start = 0xcbf2_9ce4_8422_2325;
        Self(data.iter().fold(start, |hash: u64, octet| {
            (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 1 to `most`.
    fn length(&mut self, most: usize) -> usize {
        1 + (self.number() % most as u64) as usize
    }

    fn fill(&mut self, octets: &mut [u8]) {
        octets.fill_with(|| self.number() as u8);
    }
}
