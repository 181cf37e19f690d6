//! What relays have given.

use core::time::Duration;

use crate::relay_path::RelayPath;
use crate::time::Instant;
use crate::wire::HostRef;

/// A path that relays have given to one session (RFC 4976 §5.1). It is valid on the connection that it came over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayGrant {
    pub(crate) path: RelayPath,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) is_verified: bool,
}

impl RelayGrant {
    /// The relays: [`RelayPath::for_sdp`] makes the `path` attribute of it, [`RelayPath::to_peer`] the To-Path.
    pub fn path(&self) -> &RelayPath {
        &self.path
    }

    /// How long the path lives from when the last relay answered: as long as the shortest-lived of its URIs. `None`:
    /// nobody has said, or it is longer than the clock goes.
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// When the path expires.
    pub fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }

    /// Whether every relay has proved that it knows the password (RFC 4976 §9.1). What is wrong about a proof ends the
    /// attempt; here is told whether there was one.
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Whether a URI of the path has an address for a host, where a relay should have a name (ruling R-50).
    pub fn has_address(&self) -> bool {
        let mut relays = self.path.use_path().iter();
        relays.any(|uri| matches!(uri.host(), HostRef::Address(_)))
    }
}
