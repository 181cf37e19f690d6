//! What is between a connection and its socket: nothing, or TLS.

use std::time::Instant;

use bytes::Bytes;
use msrp_proto::Connection;

use crate::tls::{HANDSHAKE_PATIENCE, Layer, TlsError};

/// Octets pass through here on their way from the reader and to the writer.
pub(super) struct Transport(Option<Secure>);

struct Secure {
    layer: Layer,
    /// When the handshake must be over.
    until: Instant,
    /// The end of the handshake has been told.
    told: bool,
    /// The peer has said that nothing follows.
    closed: bool,
    error: Option<TlsError>,
}

impl Transport {
    pub(super) fn new(layer: Option<Layer>, now: Instant) -> Self {
        Self(layer.map(|layer| Secure {
            layer,
            until: now + HANDSHAKE_PATIENCE,
            told: false,
            closed: false,
            error: None,
        }))
    }

    /// The next octets for the socket. What TLS itself has to say comes first: alerts, too.
    pub(super) fn poll_transmit(&mut self, connection: &mut Connection, now: Instant) -> Option<Bytes> {
        let Some(Secure { layer, error, .. }) = &mut self.0 else {
            return connection.poll_transmit(now);
        };
        let own = layer.ciphertext();
        if !own.is_empty() {
            return Some(own);
        }
        if layer.is_handshaking() || error.is_some() {
            return None; // for nobody, until it is known who the peer is
        }
        layer.put(&connection.poll_transmit(now)?);
        Some(layer.ciphertext())
    }

    pub(super) fn wants_input(&self, connection: &Connection) -> bool {
        match &self.0 {
            Some(Secure { closed: true, .. } | Secure { error: Some(_), .. }) => false,
            Some(Secure { layer, .. }) if layer.is_handshaking() => true,
            _ => connection.wants_input(),
        }
    }

    /// Hands on what came from the socket. `true`: nothing follows.
    pub(super) fn handle_input(&mut self, connection: &mut Connection, now: Instant, octets: Bytes) -> bool {
        let Some(secure) = &mut self.0 else {
            connection.handle_input(now, octets);
            return false;
        };
        if secure.closed || secure.error.is_some() {
            return secure.closed;
        }
        match secure.layer.take(&octets) {
            Ok(taken) => {
                if !taken.octets.is_empty() {
                    connection.handle_input(now, taken.octets);
                }
                if taken.closed {
                    secure.closed = true;
                    connection.handle_eof(now);
                }
            }
            Err(error) => secure.fail(connection, now, error),
        }
        secure.closed
    }

    /// Once, when the handshake is over and the peer is the one.
    pub(super) fn poll_secured(&mut self) -> Option<&Layer> {
        let secure = self.0.as_mut()?;
        if secure.told || secure.error.is_some() || secure.layer.is_handshaking() {
            return None;
        }
        secure.told = true;
        Some(&secure.layer)
    }

    /// The socket has nothing more. In TLS that is a failure, unless the peer has said so before.
    pub(super) fn handle_eof(&mut self, connection: &mut Connection, now: Instant) {
        match &mut self.0 {
            Some(secure) if !secure.closed => secure.fail(connection, now, TlsError::Truncated),
            _ => connection.handle_eof(now),
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub(super) fn due(&self) -> Option<Instant> {
        let secure = self.0.as_ref()?;
        (secure.layer.is_handshaking() && secure.error.is_none()).then_some(secure.until)
    }

    pub(super) fn handle_timeout(&mut self, connection: &mut Connection, now: Instant) {
        if self.due().is_some_and(|until| until <= now)
            && let Some(secure) = &mut self.0
        {
            secure.fail(connection, now, TlsError::Timeout);
        }
    }

    /// The last octets for the socket, if it is to have any before it is closed.
    pub(super) fn close(&mut self) -> Option<Bytes> {
        let Secure {
            layer, error: None, ..
        } = self.0.as_mut()?
        else {
            return None;
        };
        layer.close();
        Some(layer.ciphertext())
    }

    pub(super) fn error(&self) -> Option<TlsError> {
        self.0.as_ref()?.error.clone()
    }
}

impl Secure {
    fn fail(&mut self, connection: &mut Connection, now: Instant, error: TlsError) {
        connection.handle_failure(now, error.link_error());
        self.error.get_or_insert(error);
    }
}
