//! Configurations of rustls.

use std::sync::Arc;

use msrp_proto::Target;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, ServerConfig};

use super::error::TlsError;
use super::identity::Identity;
use super::trust::{Trust, name_of};
use super::verifier::Verifier;

/// For a connection that this side makes: the peer is judged during the handshake, before it learns anything but
/// the name asked for.
///
/// # Errors
///
/// [`TlsError::Other`] if rustls has it that the provider lacks something.
pub fn client_config(identity: &Identity, trust: Trust) -> Result<ClientConfig, TlsError> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous() // not by less than what `Trust` says
        .with_custom_certificate_verifier(Arc::new(Verifier::new(Some(trust))))
        .with_client_cert_resolver(identity.resolver());
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// For a connection that this side makes to a relay of its own: as [`client_config`], but it shows no certificate
/// (RFC 4976 §9.2). The relay learns who this side is by Digest.
///
/// # Errors
///
/// As for [`client_config`].
pub fn relay_client_config(trust: Trust) -> Result<ClientConfig, TlsError> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous() // not by less than what `Trust` says
        .with_custom_certificate_verifier(Arc::new(Verifier::new(Some(trust))))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// For connections that peers make. Each peer must have a certificate, and prove that it has the key. Without
/// `trust` any certificate will do in the handshake: it is to be judged by [`Trust::judge`] as soon as it is known
/// for which session the connection is, and before the session is.
///
/// # Errors
///
/// As for [`client_config`].
pub fn server_config(identity: &Identity, trust: Option<Trust>) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(Arc::new(Verifier::new(trust)))
        .with_cert_resolver(identity.resolver());
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// The name for the handshake with a target (RFC 4975 §14.2): the host of the peer's URI. That of an address is not
/// sent.
///
/// # Errors
///
/// [`TlsError::Plain`] if the target is not for TLS, [`TlsError::Certificate`] for a host that no certificate can be
/// for.
pub fn server_name(target: &Target) -> Result<ServerName<'static>, TlsError> {
    let host = target.verify().ok_or(TlsError::Plain)?;
    Ok(name_of(host).map_err(rustls::Error::from)?)
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
