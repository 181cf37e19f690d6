//! What somebody has on the heap.

use allocation_counter::measure;

/// Adds up what is allocated and freed in the calls of one side, whatever others do between them.
#[derive(Default)]
pub(crate) struct Meter {
    current: i64,
    most: i64,
    allocations: u64,
}

impl Meter {
    /// Does something on the account of this side.
    pub(crate) fn on<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let mut result = None;
        let info = measure(|| result = Some(work()));
        self.most = self.most.max(self.current + info.bytes_max as i64);
        self.current += info.bytes_current;
        self.allocations += info.count_total;
        result.expect("it was done")
    }

    /// Octets that are there now.
    ///
    /// # Panics
    ///
    /// If more was freed than allocated: then something was made on another account.
    pub(crate) fn octets(&self) -> u64 {
        self.current.try_into().expect("its own octets only")
    }

    /// Octets now for each of so many, rounded up.
    pub(crate) fn each(&self, count: usize) -> u64 {
        self.octets().div_ceil(count as u64)
    }

    /// The most octets that were there at a time.
    pub(crate) fn most(&self) -> u64 {
        self.most.try_into().expect("not below nothing")
    }

    /// How often something was allocated.
    pub(crate) fn allocations(&self) -> u64 {
        self.allocations
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn each_side_has_its_own_account() {
        let (mut one, mut other) = (Meter::default(), Meter::default());
        let kept = one.on(|| vec![0u8; 1000]);
        other.on(|| drop(vec![0u8; 5000]));
        one.on(|| drop(vec![0u8; 100]));
        assert_eq!((one.octets(), one.most(), one.allocations()), (1000, 1100, 2));
        one.on(|| drop(kept));
        assert_eq!((one.octets(), one.most()), (0, 1100));
        assert_eq!((other.octets(), other.most(), other.allocations()), (0, 5000, 1));
    }
}
