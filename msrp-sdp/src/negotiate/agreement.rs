//! What was agreed upon.

use std::sync::Arc;

use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Direction, MediaRanges, RelayPath, Role, SessionConfig, Terms};

use super::{ConnectionPlan, NegotiationError};
use crate::{Chatroom, FileAttributes, Fingerprints, Media};

/// A session that an offer and an answer have agreed upon.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    role: Role,
    local: Path,
    remote: Path,
    agreed: Agreed,
    plan: ConnectionPlan,
}

/// What may change while the session lives.
#[derive(Debug, Clone, PartialEq)]
struct Agreed {
    terms: Terms,
    accepts: Arc<MediaRanges>,
    accepts_wrapped: Option<Arc<MediaRanges>>,
    max_size: Option<u64>,
    chatroom: Option<Chatroom>,
    /// Of this side: a peer that does not know file transfer says nothing of a file (RFC 5547 §4).
    has_file: bool,
    file: Option<FileAttributes>,
    fingerprints: Fingerprints,
}

/// What a new exchange has changed about a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// The terms, which [`Session::update`](msrp_proto::Session::update) takes ([`Agreement::terms`]), paths through the
    /// same relays by other URIs included (RFC 4976 §9.4), or what certificate
    /// the peer shows on a further connection ([`ConnectionPlan::verify`]); the connection is kept.
    Terms,
    /// The URI of one side, or the next hop: the session goes on under another URI or over another connection, which comes
    /// to be as the new [`plan`](Agreement::plan) says (RFC 4975 §8.4).
    Path,
}

impl Agreement {
    pub(super) fn new(
        own: &Media,
        peer: &Media,
        role: Role,
        direction: Direction,
        plan: ConnectionPlan,
    ) -> Result<Self, NegotiationError> {
        let local = own.path().ok_or(NegotiationError::NoPath)?;
        let remote = peer.path().ok_or(NegotiationError::NoPath)?;
        let terms = match RelayPath::of_own_sdp(local) {
            None => Terms::new(remote.clone()),
            Some(relays) => Terms::relayed(&relays, remote.as_ref())?,
        };
        let mut terms = terms
            .direction(direction)
            .peer_accepts(peer.accept_types.clone())
            .peer_max_size(peer.max_size)
            .peer_nicknames(peer.chatroom.as_ref().is_some_and(Chatroom::supports_nickname));
        if let Some(wrapped) = &peer.accept_wrapped_types {
            terms = terms.peer_accepts_wrapped(wrapped.clone());
        }
        Ok(Self {
            role,
            local: local.clone(),
            remote: remote.clone(),
            agreed: Agreed {
                terms,
                accepts: own.accept_types.clone(),
                accepts_wrapped: own.accept_wrapped_types.clone(),
                max_size: own.max_size,
                chatroom: peer.chatroom.clone(),
                has_file: own.file.is_some(),
                file: peer.file.clone(),
                fingerprints: peer.fingerprints.clone(),
            },
            plan,
        })
    }

    /// How the connection comes to be.
    pub const fn plan(&self) -> &ConnectionPlan {
        &self.plan
    }

    /// The settings of the session, for [`Connection::open`](msrp_proto::Connection::open) or
    /// [`SessionTable::expect`](msrp_proto::SessionTable::expect). The own `max-size` is its hard limit; who wants to take
    /// more than was written raises it ([`SessionConfig::max_size`]).
    pub fn session(&self) -> SessionConfig {
        let agreed = &self.agreed;
        let mut session = SessionConfig::new(self.uri(), self.role, agreed.terms.clone())
            .accepts(agreed.accepts.clone())
            .max_size(agreed.max_size)
            .single_message(agreed.has_file);
        if let Some(wrapped) = &agreed.accepts_wrapped {
            session = session.accepts_wrapped(wrapped.clone());
        }
        session
    }

    /// What may change while the session lives: the path of the peer, what it takes, the direction.
    pub fn terms(&self) -> Terms {
        self.agreed.terms.clone()
    }

    /// Whether this side connects, or would without a relay.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The own URI.
    pub fn uri(&self) -> MsrpUri {
        self.local.rightmost().to_uri()
    }

    /// The path to the peer: its relays, then its own URI (RFC 4975 §8.2). The To-Path of requests has the relays of this
    /// side in front.
    pub const fn peer_path(&self) -> &Path {
        &self.remote
    }

    /// What the peer can do in chat rooms (RFC 7701 §8); `None`: nothing. The latest exchange counts.
    pub const fn peer_chatroom(&self) -> Option<&Chatroom> {
        self.agreed.chatroom.as_ref()
    }

    /// What the peer says of the file (RFC 5547).
    pub const fn peer_file(&self) -> Option<&FileAttributes> {
        self.agreed.file.as_ref()
    }

    /// What has changed since an earlier exchange about the same section. Who would connect does not count while the
    /// connection is kept.
    pub fn change_since(&self, earlier: &Self) -> Change {
        let same_paths = self.local == earlier.local && self.remote == earlier.remote;
        // Relays may have given other URIs for the same session, on the same connections (RFC 4976 §9.4).
        let same_ends = || {
            self.local.rightmost() == earlier.local.rightmost()
                && self.remote.rightmost() == earlier.remote.rightmost()
                && self.plan.action() == earlier.plan.action()
        };
        if !same_paths && !same_ends() {
            Change::Path
        } else if !same_paths || self.agreed != earlier.agreed {
            Change::Terms
        } else {
            Change::Nothing
        }
    }
}
