//! The paths of an endpoint behind relays (RFC 4976 §5.1).

use crate::wire::{MsrpUri, Path, PathError, PathRef, UriRef};

/// The relays between an endpoint and the world, nearest first: what Use-Path said (RFC 4976 §5.1).
///
/// ```
/// use msrp_proto::RelayPath;
///
/// let relays: RelayPath = RelayPath::new("msrps://b.example.com:1/x;tcp msrps://c.example.com:2/y;tcp".parse()?);
/// let own = "msrps://a.example.net:3/z;tcp".parse()?;
/// assert_eq!(
///     relays.for_sdp(&own)?.as_str(),
///     "msrps://c.example.com:2/y;tcp msrps://b.example.com:1/x;tcp msrps://a.example.net:3/z;tcp",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayPath(Path);

impl RelayPath {
    /// Most relays in a row.
    pub const MAX: usize = 31;

    /// The relays as Use-Path lists them: the first is the one that this endpoint talks to.
    pub fn new(use_path: Path) -> Self {
        Self(use_path)
    }

    /// The relays in a path that this endpoint wrote into SDP; `None` if there are none.
    pub fn of_own_sdp(path: &Path) -> Option<Self> {
        let relays: Vec<UriRef<'_>> = path.iter().rev().skip(1).collect();
        Path::from_uris(relays).ok().map(Self)
    }

    /// The relay that this endpoint talks to.
    pub fn nearest(&self) -> UriRef<'_> {
        self.0.leftmost()
    }

    /// The relay that the world talks to.
    pub fn outermost(&self) -> UriRef<'_> {
        self.0.rightmost()
    }

    /// What Use-Path said.
    pub fn use_path(&self) -> &Path {
        &self.0
    }

    /// The `path` attribute of SDP: Use-Path reversed, then the own URI (RFC 4976 §5.1).
    ///
    /// # Errors
    ///
    /// A [`PathError`] if it would be too long, or have more than [`RelayPath::MAX`] relays.
    pub fn for_sdp(&self, own: &MsrpUri) -> Result<Path, PathError> {
        if self.0.len() > Self::MAX {
            return Err(PathError::TooMany);
        }
        Path::from_uris(self.0.iter().rev().chain([own.as_ref()]))
    }

    /// The To-Path of requests to a peer: Use-Path, then the path of the peer's SDP (RFC 4976 §5.1). The settings of a
    /// session take it by [`Terms::relayed`](crate::Terms::relayed).
    ///
    /// # Errors
    ///
    /// A [`PathError`] if it would be too long.
    pub fn to_peer(&self, peer: PathRef<'_>) -> Result<Path, PathError> {
        Path::from_uris(self.0.iter().chain(peer))
    }
}
