//! One MSRP media section, understood (RFC 4975 §8).

mod error;
mod of_description;
mod read;
mod write;

use std::fmt;
use std::sync::Arc;

use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Direction, MediaRanges};

pub use self::error::MediaError;
pub use self::read::SessionLevel;

use crate::{Chatroom, ConnectionData, FileAttributes, Fingerprints, Label, Protocol, Setup};

/// How the session of a section is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A connection over TCP or TLS, by the protocol field of the media line.
    Stream(Protocol),
    /// A data channel (RFC 8873): nothing is connected to.
    DataChannel,
}

/// An MSRP media section of an offer or an answer, or the session of a data channel: what all its lines say, with
/// the defaults of the session level applied.
///
/// It comes from [`Description::msrp`](crate::Description::msrp), from one section as text ([`Media::parse`]), or
/// from the attributes that another SDP parser has found ([`Media::from_attributes`]). Own ones are made by
/// [`LocalSession`](crate::LocalSession). Attributes that have nothing to do with MSRP are not kept.
///
/// `Debug` shows no session-ids.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    pub(crate) carrier: Carrier,
    pub(crate) port: u16,
    pub(crate) connection: Option<ConnectionData>,
    pub(crate) path: Option<Path>,
    pub(crate) accept_types: Arc<MediaRanges>,
    pub(crate) accept_wrapped_types: Option<Arc<MediaRanges>>,
    pub(crate) max_size: Option<u64>,
    pub(crate) direction: Direction,
    pub(crate) setup: Option<Setup>,
    pub(crate) cema: bool,
    pub(crate) fingerprints: Fingerprints,
    pub(crate) label: Option<Label>,
    pub(crate) chatroom: Option<Chatroom>,
    pub(crate) file: Option<FileAttributes>,
}

impl Media {
    /// How the session is carried.
    pub const fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// The port of the media line: 0 if the section is refused or closed, 9 if nobody listens there
    /// (RFC 4145 §4.1). Where to connect does not follow from it but for CEMA (RFC 4975 §8.1, RFC 6714).
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the section is refused or closed: its port is 0 (RFC 4975 §8.1).
    pub fn is_refused(&self) -> bool {
        self.port == 0 && matches!(self.carrier, Carrier::Stream(_))
    }

    /// The address of `c=`, from the section or else the session level.
    pub const fn connection(&self) -> Option<&ConnectionData> {
        self.connection.as_ref()
    }

    /// The path to the writer: relays first, then its own URI. Only a section with port 0 may lack it.
    pub const fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    /// The URI of the writer itself, the rightmost of the path.
    pub fn uri(&self) -> Option<MsrpUri> {
        self.path.as_ref().map(|path| path.rightmost().to_uri())
    }

    /// Whether the writer is behind a relay: the path has several URIs (RFC 4975 §8.2).
    pub fn is_relayed(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.len() > 1)
    }

    /// The types that the writer takes (RFC 4975 §8.6); any, where a data channel does not say (RFC 8873 §4.4).
    pub fn accept_types(&self) -> &MediaRanges {
        &self.accept_types
    }

    /// The types that the writer takes inside containers only (RFC 4975 §8.6).
    pub fn accept_wrapped_types(&self) -> Option<&MediaRanges> {
        self.accept_wrapped_types.as_deref()
    }

    /// The longest message that the writer wants, in octets (RFC 4975 §8.6).
    pub const fn max_size(&self) -> Option<u64> {
        self.max_size
    }

    /// Which way messages flow, as the writer sees it (RFC 4975 §8.9).
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// The role of the writer in setting up the connection (RFC 6135).
    pub const fn setup(&self) -> Option<Setup> {
        self.setup
    }

    /// Whether `msrp-cema` is there (RFC 6714).
    pub const fn cema(&self) -> bool {
        self.cema
    }

    /// The fingerprints of the writer's certificate (RFC 8122); those of the session level apply only where the
    /// section has none.
    pub const fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// The label of the stream (RFC 4574).
    pub const fn label(&self) -> Option<&Label> {
        self.label.as_ref()
    }

    /// The abilities of the writer in chat rooms (RFC 7701 §8). Each exchange replaces what was said before: none
    /// here switches them off.
    pub const fn chatroom(&self) -> Option<&Chatroom> {
        self.chatroom.as_ref()
    }

    /// The attributes of a file transfer (RFC 5547).
    pub const fn file(&self) -> Option<&FileAttributes> {
        self.file.as_ref()
    }

    /// The same section, refused: port 0, and of its attributes only those that RFC 5547 §8.3 wants mirrored.
    #[must_use]
    pub fn refused(&self) -> Self {
        Self {
            carrier: self.carrier,
            port: 0,
            connection: None,
            path: None,
            accept_types: Arc::new(MediaRanges::new()),
            accept_wrapped_types: None,
            max_size: None,
            direction: Direction::SendRecv,
            setup: None,
            cema: false,
            fingerprints: Fingerprints::default(),
            label: None,
            chatroom: None,
            file: self.file.as_ref().map(FileAttributes::mirrored),
        }
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("carrier", &self.carrier)
            .field("port", &self.port)
            .field("path", &self.path)
            .field("direction", &self.direction)
            .field("setup", &self.setup)
            .field("cema", &self.cema)
            .finish_non_exhaustive()
    }
}
