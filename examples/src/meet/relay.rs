//! Behind a relay: who this side is there, and whom it trusts.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{Credentials, RelayConfig, RelayGrant, UriParameter};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::time::Instant;

use super::Error;

/// The relay to go through, and who is to be known there.
#[derive(Clone)]
pub struct Relay {
    /// Where AUTH goes.
    pub uri: MsrpUri,
    /// Who is to be known there.
    pub credentials: Credentials,
    /// When Authorization has the `uri` parameter.
    pub uri_parameter: UriParameter,
}

impl Relay {
    pub(super) fn config(&self, own: MsrpUri) -> RelayConfig {
        RelayConfig::new(own, self.uri.clone())
            .credentials(self.credentials.clone())
            .uri_parameter(self.uri_parameter)
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").finish_non_exhaustive()
    }
}

/// When a path expires, by the clock on the wall.
pub(crate) fn end(grant: &RelayGrant) -> Option<String> {
    let left = grant
        .expires_at()?
        .saturating_duration_since(Instant::now().into_std());
    let end = DateTime::<Utc>::from(SystemTime::now() + left);
    Some(end.format("%H:%M:%S UTC").to_string())
}

/// The authorities in a file with certificates in PEM; none without one.
///
/// # Errors
///
/// [`Error::Authorities`].
pub(super) fn authorities(file: Option<&Path>) -> Result<Arc<RootCertStore>, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = file {
        let cannot = |source| Error::Authorities {
            path: file.into(),
            source,
        };
        let other = |error: &dyn fmt::Display| cannot(io::Error::other(error.to_string()));
        let octets = std::fs::read(file).map_err(cannot)?;
        for certificate in CertificateDer::pem_slice_iter(&octets) {
            let certificate = certificate.map_err(|error| other(&error))?;
            roots.add(certificate).map_err(|error| other(&error))?;
        }
        if roots.is_empty() {
            return Err(cannot(io::Error::other("no certificate in it")));
        }
    }
    Ok(Arc::new(roots))
}
