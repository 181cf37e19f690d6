//! The fingerprints of one section, and whether a certificate is among them (RFC 8122 §5.1).

use std::slice;
use std::sync::Arc;

use thiserror::Error;

use super::{CertificateError, Fingerprint, HashFunction, certificate};

/// Why a certificate is not the one that was announced. The TLS connection must not be established then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The peer has shown no certificate.
    #[error("no certificate")]
    NoCertificate,
    /// There is no fingerprint with a hash function that is trusted.
    #[error("no usable fingerprint")]
    NoUsableFingerprint,
    /// The certificate has none of the fingerprints that count.
    #[error("certificate and fingerprint do not match")]
    Mismatch,
}

/// The hash functions that are trusted in fingerprints, most preferred first. Default: all, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashPreference(Vec<HashFunction>);

/// The `fingerprint` attributes of one media section, in their order.
///
/// Clones share them: those of the session level may hold for a thousand media sections, and be long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints(Arc<[Fingerprint]>);

impl HashPreference {
    /// Trusts these, most preferred first, and no others.
    pub fn new(functions: impl IntoIterator<Item = HashFunction>) -> Self {
        Self(functions.into_iter().collect())
    }
}

impl Default for HashPreference {
    fn default() -> Self {
        Self::new(HashFunction::ALL)
    }
}

impl Fingerprints {
    /// What has to be announced for certificates in DER, of which any may be presented: each with SHA-256 and with the
    /// hash functions that the certificates are signed with (RFC 8122 §5.1).
    ///
    /// Algorithms that name no hash function, such as Ed25519, and hash functions that must not be used, such as MD5,
    /// add none to SHA-256. Certificates of authorities above are not to be given.
    ///
    /// # Errors
    ///
    /// [`CertificateError::Malformed`] if one of them is not a certificate in DER.
    pub fn of(certificates: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Self, CertificateError> {
        let certificates: Vec<_> = certificates.into_iter().collect();
        let mut functions = vec![HashFunction::Sha256];
        for certificate in &certificates {
            let signed_with = certificate::signature_hash(certificate.as_ref())?;
            functions.extend(signed_with.filter(|hash| !functions.contains(hash)));
        }
        let mut fingerprints = Vec::new();
        for certificate in &certificates {
            for &hash in &functions {
                let fingerprint = Fingerprint::of(certificate.as_ref(), hash);
                if !fingerprints.contains(&fingerprint) {
                    fingerprints.push(fingerprint);
                }
            }
        }
        Ok(Self(fingerprints.into()))
    }

    /// Checks the certificate in DER that the peer presents: it must have one of the fingerprints made with the
    /// most preferred hash function for which there are any; the others do not count (RFC 8122 §5.1).
    ///
    /// # Errors
    ///
    /// A [`VerifyError`]; the connection must be closed then.
    pub fn verify(&self, certificate: &[u8], preference: &HashPreference) -> Result<(), VerifyError> {
        let hash = self
            .preferred(preference)
            .ok_or(VerifyError::NoUsableFingerprint)?;
        if self.0.contains(&Fingerprint::of(certificate, hash)) {
            Ok(())
        } else {
            Err(VerifyError::Mismatch)
        }
    }

    /// The hash function whose fingerprints count. `None` if none is usable: there are none at all, or only those of
    /// functions that are unknown or not trusted, among them always MD2 and MD5.
    pub fn preferred(&self, preference: &HashPreference) -> Option<HashFunction> {
        preference.0.iter().copied().find(|&hash| {
            self.iter()
                .any(|fingerprint| fingerprint.hash_function() == Some(hash))
        })
    }

    /// The fingerprints, in their order.
    pub fn iter(&self) -> slice::Iter<'_, Fingerprint> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Fingerprint> for Fingerprints {
    fn from_iter<T: IntoIterator<Item = Fingerprint>>(fingerprints: T) -> Self {
        Self(fingerprints.into_iter().collect())
    }
}

impl From<Fingerprint> for Fingerprints {
    fn from(fingerprint: Fingerprint) -> Self {
        Self(Arc::new([fingerprint]))
    }
}

impl<'a> IntoIterator for &'a Fingerprints {
    type Item = &'a Fingerprint;
    type IntoIter = slice::Iter<'a, Fingerprint>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
