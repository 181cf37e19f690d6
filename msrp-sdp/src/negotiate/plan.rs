//! What the driver has to do.

use std::time::Duration;

use msrp_proto::wire::Scheme;
use msrp_proto::{Host, ReuseKey, Role, Target};

use super::NegotiationError;
use crate::{Fingerprints, HashPreference, Media, Policy, VerifyError};

/// How the connection of a session comes to be, and who may be at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionPlan {
    action: Action,
    tls: bool,
    identity: Identity,
    hashes: HashPreference,
    wait: Option<Duration>,
}

/// What the driver does for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Connect there, or use a connection that has the same [`ReuseKey`]. TLS, if any, as the client (RFC 6135 §4.3).
    Connect(Target),
    /// Wait for the peer on the listener that was there before the offer or answer left. TLS, if any, as the server,
    /// asking for the client's certificate where [`Identity`] is by fingerprints.
    Listen {
        /// The address or name that the peer was told.
        host: Host,
        /// The port that the peer was told.
        port: u16,
    },
    /// Use the connection to the own relay over which this session's URI came, or open it (RFC 6135 §4.5).
    Relay(Target),
    /// Use the WebSocket to the own relay (RFC 7977).
    WebSocket,
    /// Use the data channel of the session (RFC 8873): nobody connects.
    DataChannel,
}

/// By what the other end of the connection is known.
///
/// Fingerprints are as good as the protection of signalling, names as good as the authorities (RFC 6714 §7.6, §7.7):
/// where the peer has said fingerprints, they count, unless [`Policy::trust_signalling`] says no.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// Its certificate matches one of these (RFC 8122); whoever issued it, and whatever name is in it.
    Fingerprints(Fingerprints),
    /// Its certificate is issued by a known authority for this host (RFC 4975 §5.4).
    Name(Host),
    /// Not by TLS: it knows the session's URI, which is a secret (RFC 4975 §14.1).
    Session,
}

/// How far a certificate proves who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verified {
    /// It has the right fingerprint: neither its issuer nor its name matter.
    Fingerprint,
    /// By itself it proves nothing: the TLS library must check issuer and name, [`Identity::Name`].
    ByName,
    /// None is needed.
    NotNeeded,
}

impl ConnectionPlan {
    pub(super) fn connect(target: Target, identity: Identity, policy: &Policy) -> Self {
        Self {
            tls: target.tls(),
            action: Action::Connect(target),
            identity,
            hashes: policy.hashes.clone(),
            wait: None,
        }
    }

    pub(super) fn listen(host: Host, port: u16, tls: bool, identity: Identity, policy: &Policy) -> Self {
        Self {
            action: Action::Listen { host, port },
            tls,
            identity,
            hashes: policy.hashes.clone(),
            wait: None,
        }
    }

    pub(super) fn relay(target: Target) -> Self {
        let identity = match target.verify() {
            Some(host) => Identity::Name(host.clone()),
            None => Identity::Session,
        };
        Self {
            action: Action::Relay(target),
            tls: true,
            identity,
            hashes: HashPreference::default(),
            wait: None,
        }
    }

    /// The same plan for a side in that role.
    pub(super) fn waiting(self, role: Role, policy: &Policy) -> Self {
        let wait = (role == Role::Passive).then_some(policy.wait);
        Self { wait, ..self }
    }

    pub(super) fn relay_by_websocket() -> Self {
        Self::carried(Action::WebSocket)
    }

    pub(super) fn data_channel() -> Self {
        Self::carried(Action::DataChannel)
    }

    /// The transport is secured by whoever carries it.
    fn carried(action: Action) -> Self {
        Self {
            action,
            tls: false,
            identity: Identity::Session,
            hashes: HashPreference::default(),
            wait: None,
        }
    }

    /// What to do.
    pub const fn action(&self) -> &Action {
        &self.action
    }

    /// Whether the connection is TLS.
    pub const fn tls(&self) -> bool {
        self.tls
    }

    /// By what the other end is known.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How long a passive side waits for the first request of the peer; then the session has failed. `None` for an active
    /// one.
    pub const fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// Where to connect, for those that do.
    pub const fn target(&self) -> Option<&Target> {
        match &self.action {
            Action::Connect(target) | Action::Relay(target) => Some(target),
            _ => None,
        }
    }

    /// Under which a connection for this session may be there already (RFC 4975 §5.4). Where the identity is by
    /// fingerprints, the certificate that the other end has shown there must pass [`verify`](Self::verify), too.
    pub fn reuse_key(&self) -> Option<ReuseKey> {
        self.target().map(Target::reuse_key)
    }

    /// Judges the certificate that the other end has shown: its DER octets, the first of the chain. It must be called before
    /// an octet of MSRP is sent or taken; with `None` if none was shown.
    ///
    /// That the other end has the certificate's key is for the TLS library to check.
    ///
    /// # Errors
    ///
    /// A [`VerifyError`]: the connection ends with the alert `bad_certificate`, and no octet of MSRP goes either way
    /// (RFC 8122 §6.2).
    pub fn verify(&self, certificate: Option<&[u8]>) -> Result<Verified, VerifyError> {
        match (&self.identity, certificate) {
            (Identity::Session, _) => Ok(Verified::NotNeeded),
            (_, None) => Err(VerifyError::NoCertificate),
            (Identity::Name(_), Some(_)) => Ok(Verified::ByName),
            (Identity::Fingerprints(fingerprints), Some(certificate)) => {
                fingerprints.verify(certificate, &self.hashes)?;
                Ok(Verified::Fingerprint)
            }
        }
    }
}

/// By what the peer is known, on a connection without a relay of ours.
pub(super) fn identity(peer: &Media, role: Role, policy: &Policy) -> Result<Identity, NegotiationError> {
    let path = peer.path().ok_or(NegotiationError::NoPath)?;
    let tls = path.leftmost().scheme() == Scheme::Msrps;
    // A relay at the other end does not know the fingerprints of who is behind it (RFC 6135 §4.3).
    let by_fingerprint = policy.trust_signalling && path.len() == 1 && !peer.fingerprints().is_empty();
    if !tls {
        Ok(Identity::Session)
    } else if by_fingerprint && peer.fingerprints().preferred(&policy.hashes).is_none() {
        Err(NegotiationError::NoUsableFingerprint)
    } else if by_fingerprint {
        Ok(Identity::Fingerprints(peer.fingerprints().clone()))
    } else if path.len() == 1 && policy.trust_signalling && !policy.by_name {
        Err(NegotiationError::NoFingerprint)
    } else if role == Role::Passive {
        Ok(Identity::Session)
    } else {
        let target = path.target()?;
        target
            .verify()
            .cloned()
            .map(Identity::Name)
            .ok_or(NegotiationError::NoPath)
    }
}
