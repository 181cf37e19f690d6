//! A TLS connection without a socket.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use msrp_proto::Target;
use msrp_sdp::ConnectionPlan;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConnection, Connection, ProtocolVersion, RootCertStore, ServerConnection};

use super::config::{client_config, relay_client_config, server_config, server_name};
use super::error::TlsError;
use super::identity::Identity;
use super::trust::Trust;

/// TLS between a connection and its socket, as a state machine of the same kind: what comes from the socket is
/// [taken](Self::take), what is to be sent is [put](Self::put), and [`ciphertext`](Self::ciphertext) is for the
/// socket. It reads no clock: deadlines are for whoever drives it.
pub struct Layer(Connection);

/// What came of octets of the socket.
#[derive(Debug)]
#[non_exhaustive]
pub struct Taken {
    /// For the connection; often none.
    pub octets: Bytes,
    /// The peer has closed its side in good order: nothing follows.
    pub closed: bool,
}

impl Layer {
    /// As a plan says, which an offer and an answer have led to: the TLS client if this side connects, the server if the
    /// peer does. The peer is judged by [`Trust::of`]. `None` if the plan is without TLS.
    ///
    /// # Errors
    ///
    /// As for [`Layer::connecting`] and [`Layer::accepting`].
    pub fn of(
        plan: &ConnectionPlan,
        identity: &Identity,
        roots: &Arc<RootCertStore>,
    ) -> Result<Option<Self>, TlsError> {
        let Some(trust) = Trust::of(plan, roots) else {
            return Ok(None);
        };
        let layer = match plan.target() {
            Some(target) => Self::connecting(identity, target, trust),
            None => Self::accepting(identity, trust),
        };
        layer.map(Some)
    }

    /// For a connection that this side makes to a target: the TLS client (RFC 6135 §4.3).
    ///
    /// # Errors
    ///
    /// [`TlsError::Plain`] if the target is not for TLS, [`TlsError::Certificate`] for a host that no certificate
    /// can be for.
    pub fn connecting(identity: &Identity, target: &Target, trust: Trust) -> Result<Self, TlsError> {
        let config = Arc::new(client_config(identity, trust)?);
        Self::new(ClientConnection::new(config, server_name(target)?)?)
    }

    /// For a connection that this side makes to a relay of its own: the TLS client, without a certificate
    /// (RFC 4976 §9.2).
    ///
    /// # Errors
    ///
    /// As for [`Layer::connecting`].
    pub fn to_relay(target: &Target, trust: Trust) -> Result<Self, TlsError> {
        let config = Arc::new(relay_client_config(trust)?);
        Self::new(ClientConnection::new(config, server_name(target)?)?)
    }

    /// For a connection that the peer has made: the TLS server. The peer is judged in the handshake.
    ///
    /// Who does not know yet for which session it is gives a check that keeps the certificate and accepts it,
    /// judges it when a request names the session, and tells the connection
    /// ([`handle_failure`](msrp_proto::Connection::handle_failure)) instead of accepting the session.
    ///
    /// # Errors
    ///
    /// [`TlsError::Other`], as for [`server_config`].
    pub fn accepting(identity: &Identity, trust: Trust) -> Result<Self, TlsError> {
        let config = Arc::new(server_config(identity, Some(trust))?);
        Self::new(ServerConnection::new(config)?)
    }

    fn new(connection: impl Into<Connection>) -> Result<Self, TlsError> {
        let mut connection = connection.into();
        // Buffers of the connection are bounded, and there is one at a time.
        connection.set_buffer_limit(None);
        Ok(Self(connection))
    }

    /// Whether the peer is not verified yet: nothing is to be [put](Self::put) before.
    pub fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }

    /// Takes octets that came from the socket.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: nothing more is to be taken or put. There may be [`ciphertext`](Self::ciphertext) left: the
    /// alert for the peer.
    pub fn take(&mut self, mut octets: &[u8]) -> Result<Taken, TlsError> {
        let mut plain = BytesMut::new();
        let mut closed = false;
        while !octets.is_empty() && !closed {
            // From memory: it fails only if there is no room, and that is made each time.
            self.0
                .read_tls(&mut octets)
                .map_err(|_| rustls::Error::General("no room".into()))?;
            let state = self.0.process_new_packets()?;
            closed = state.peer_has_closed();
            let len = plain.len();
            plain.resize(len + state.plaintext_bytes_to_read(), 0);
            if let Some(room) = plain.get_mut(len..) {
                // As many as were announced.
                self.0
                    .reader()
                    .read_exact(room)
                    .map_err(|_| TlsError::Truncated)?;
            }
        }
        let octets = plain.freeze();
        Ok(Taken { octets, closed })
    }

    /// Takes octets that are to be sent. After the handshake only.
    pub fn put(&mut self, octets: &[u8]) {
        debug_assert!(!self.is_handshaking());
        let _ = self.0.writer().write_all(octets); // into memory without a limit
    }

    /// What is for the socket now; none if it is empty.
    pub fn ciphertext(&mut self) -> Bytes {
        let mut octets = Vec::new();
        while self.0.wants_write() && self.0.write_tls(&mut octets).is_ok_and(|len| len > 0) {}
        octets.into()
    }

    /// Says to the peer that nothing follows.
    pub fn close(&mut self) {
        self.0.send_close_notify();
    }

    /// The version that was agreed upon; `None` early in the handshake.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    /// The certificate of the peer and its issuers, once the handshake is over.
    pub fn peer_chain(&self) -> &[CertificateDer<'static>] {
        self.0.peer_certificates().unwrap_or_default()
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer")
            .field("handshaking", &self.is_handshaking())
            .finish_non_exhaustive()
    }
}
