//! The way back to whom a request came from.

use std::sync::Arc;

/// What responses and REPORTs are addressed by. Requests of a session repeat it, so they share it.
pub(crate) struct Route {
    /// From-Path of the request.
    from_path: Box<[u8]>,
    /// Octets of its leftmost URI.
    next_hop: usize,
    /// The own URI, in whose name answers go.
    local: Arc<str>,
}

impl Route {
    pub(super) fn new(from_path: &[u8], local: Arc<str>) -> Arc<Self> {
        Arc::new(Self {
            next_hop: first_uri(from_path).len(),
            from_path: from_path.into(),
            local,
        })
    }

    /// The way of REPORTs, and of responses to requests other than SEND: end to end.
    pub(super) fn whole(&self) -> &[u8] {
        &self.from_path
    }

    /// The way of responses to SENDs: hop by hop (RFC 4975 §7.2).
    pub(super) fn next_hop(&self) -> &[u8] {
        self.from_path.get(..self.next_hop).unwrap_or_default()
    }

    pub(super) fn local(&self) -> &[u8] {
        self.local.as_bytes()
    }
}

/// The leftmost URI of a path that was found legal.
pub(super) fn first_uri(path: &[u8]) -> &[u8] {
    path.split(|&octet| octet == b' ').next().unwrap_or_default()
}
