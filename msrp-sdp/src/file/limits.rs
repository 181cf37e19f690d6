/// What a side takes, so that no peer can exhaust it (RFC 5547 §10).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct FileLimits {
    pub(super) max_size: Option<u64>,
    pub(super) max_transfers: usize,
    pub(super) max_known: usize,
}

impl FileLimits {
    /// The size in octets of the largest file taken. Default: 100 MiB. `None` for none.
    pub fn max_size(self, octets: impl Into<Option<u64>>) -> Self {
        Self {
            max_size: octets.into(),
            ..self
        }
    }

    /// How many transfers may run or wait for an answer at the same time, in both directions; what the peer offers
    /// beyond that is refused. Default: 16.
    pub fn max_transfers(self, transfers: usize) -> Self {
        Self {
            max_transfers: transfers,
            ..self
        }
    }

    /// How many identifiers are remembered in a session, those of transfers that are over among them; what the peer
    /// offers beyond that is refused. Default: 1024.
    pub fn max_known(self, identifiers: usize) -> Self {
        Self {
            max_known: identifiers,
            ..self
        }
    }
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            max_size: Some(100 << 20),
            max_transfers: 16,
            max_known: 1024,
        }
    }
}
