//! Connections that this side makes.

use std::sync::Arc;

use msrp_proto::Target;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Shared;
use super::error::ConnectErrorReason;
use super::stream::Stream;
use crate::tls::{HANDSHAKE_PATIENCE, TlsError, Trust, client_config, relay_client_config, server_name};
use crate::tokio_driver::connect::connect_by;

impl Shared {
    /// Connects to a target; in TLS to a peer that is trusted.
    pub(super) async fn dial(
        &self,
        target: &Target,
        trust: Option<&Trust>,
    ) -> Result<Stream, ConnectErrorReason> {
        let Some(trust) = trust else {
            let stream = connect_by(&self.name_servers, target, self.dscp).await?;
            self.prepare(&stream);
            return Ok(Stream::Plain(stream));
        };
        let identity = self.identity.as_ref().ok_or(ConnectErrorReason::NoIdentity)?;
        self.dial_tls(target, client_config(identity, trust.clone())?)
            .await
    }

    /// Connects to a relay that is trusted, without a certificate.
    pub(super) async fn dial_relay(
        &self,
        target: &Target,
        trust: &Trust,
    ) -> Result<Stream, ConnectErrorReason> {
        self.dial_tls(target, relay_client_config(trust.clone())?).await
    }

    async fn dial_tls(&self, target: &Target, config: ClientConfig) -> Result<Stream, ConnectErrorReason> {
        let (connector, name) = (TlsConnector::from(Arc::new(config)), server_name(target)?);
        let stream = connect_by(&self.name_servers, target, self.dscp).await?;
        self.prepare(&stream);
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
