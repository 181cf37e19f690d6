//! Connections that this side makes.

use std::sync::Arc;

use msrp_proto::Target;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Shared;
use super::error::ConnectErrorReason;
use super::stream::Stream;
use crate::tls::{HANDSHAKE_PATIENCE, TlsError, Trust, client_config, server_name};
use crate::tokio_driver::connect;

impl Shared {
    /// Connects to a target; in TLS to a peer that is trusted.
    pub(super) async fn dial(
        &self,
        target: &Target,
        trust: Option<&Trust>,
    ) -> Result<Stream, ConnectErrorReason> {
        let tls = match trust {
            Some(trust) => {
                let identity = self.identity.as_ref().ok_or(ConnectErrorReason::NoIdentity)?;
                let config = Arc::new(client_config(identity, trust.clone())?);
                Some((TlsConnector::from(config), server_name(target)?))
            }
            None => None,
        };
        let stream = connect(target, self.dscp).await?;
        self.prepare(&stream);
        let Some((connector, name)) = tls else {
            return Ok(Stream::Plain(stream));
        };
        match timeout(HANDSHAKE_PATIENCE, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Stream::tls(stream)),
            Ok(Err(error)) => Err(match TlsError::of(&error) {
                Some(error) => error.into(),
                None => ConnectErrorReason::Handshake(error),
            }),
            Err(_) => Err(TlsError::Timeout.into()),
        }
    }

    /// A socket on which this fails is about to fail anyway, or works all the same.
    pub(super) fn prepare(&self, stream: &TcpStream) {
        // Buffers are worth a segment each.
        let _ = stream.set_nodelay(true);
        if let (Some(dscp), Ok(address)) = (self.dscp, stream.peer_addr()) {
            let _ = dscp.mark(stream, address);
        }
    }
}
