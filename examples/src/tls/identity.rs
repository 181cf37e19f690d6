//! The own certificate.

use std::fmt;
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use thiserror::Error;

use super::config::provider;

/// A certificate, the chain behind it, and its key. Clones share them.
///
/// RFC 4975 §14.4 wants one for each user, and another for anonymous sessions.
#[derive(Clone)]
pub struct Identity(Arc<CertifiedKey>);

/// Why there is no such identity.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// A certificate could not be made.
    #[error("the certificate could not be made")]
    Making(#[from] rcgen::Error),
    /// The chain is empty or cannot be read, the key is of an unknown kind, or one does not belong to the other.
    #[error("the certificate or its key is of no use")]
    Unusable(#[from] rustls::Error),
}

impl Identity {
    /// Makes a key (ECDSA, P-256) and a certificate that it signs itself, with SHA-256. It names nobody: peers
    /// know it by its fingerprint.
    ///
    /// # Errors
    ///
    /// [`IdentityError::Making`] if there are no random octets.
    pub fn self_signed() -> Result<Self, IdentityError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "MSRP");
        let certificate = params.self_signed(&key)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Self::new(vec![certificate.into()], key.into())
    }

    /// A certificate that there is, with those of its issuers behind it, but for the root.
    ///
    /// # Errors
    ///
    /// [`IdentityError::Unusable`].
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, IdentityError> {
        if chain.is_empty() {
            return Err(rustls::Error::NoCertificatesPresented.into());
        }
        Ok(Self(Arc::new(CertifiedKey::from_der(chain, key, &provider())?)))
    }

    /// The certificate in DER, of which signalling offers the fingerprint.
    pub fn certificate(&self) -> &[u8] {
        self.0.cert.first().map_or(&[], AsRef::as_ref)
    }

    /// For either role.
    pub(super) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.0)))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
