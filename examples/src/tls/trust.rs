//! Whom to trust.

use std::fmt;
use std::sync::Arc;

use msrp_proto::wire::{HostRef, Path};
use msrp_proto::{Host, Target, TargetError};
use msrp_sdp::{ConnectionPlan, Identity};
use rustls::client::danger::ServerCertVerifier as _;
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, Error, RootCertStore, Side};

use super::config::provider;
use super::error::TlsError;

/// How the certificate of a peer is judged. That the peer has its key is proven in either case.
#[derive(Clone)]
#[non_exhaustive]
pub enum Trust {
    /// By what signalling said of it: the check gets the certificate in DER, and compares fingerprints
    /// (RFC 8122 §5). Who signed it, and until when it is valid, does not matter.
    Certificate(Check),
    /// By name: it has a chain to one of `roots`, is valid now, and is for `host` (RFC 4975 §5.4).
    Name {
        /// What the SubjectAltName must be.
        host: Host,
        /// Authorities.
        roots: Arc<RootCertStore>,
    },
}

/// Whether a certificate, in DER, is the one.
pub type Check = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

impl Trust {
    /// See [`Trust::Certificate`].
    pub fn certificate(check: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        Self::Certificate(Arc::new(check))
    }

    /// As a plan says, which an offer and an answer have led to. `roots` are the authorities for peers that are known by
    /// name. `None` if the plan is without TLS.
    pub fn of(plan: &ConnectionPlan, roots: &Arc<RootCertStore>) -> Option<Self> {
        if !plan.tls() {
            return None;
        }
        Some(match plan.identity() {
            Identity::Name(host) => Self::Name {
                host: host.clone(),
                roots: Arc::clone(roots),
            },
            // By fingerprints, or by nothing but the session's URI: the plan knows.
            _ => {
                let plan = plan.clone();
                Self::certificate(move |certificate| plan.verify(Some(certificate)).is_ok())
            }
        })
    }

    /// By name, for a peer that is connected to: the host of its URI ([`Target::verify`]), wherever it is reached.
    /// `None` if the target is not for TLS.
    pub fn target(target: &Target, roots: Arc<RootCertStore>) -> Option<Self> {
        let host = target.verify()?.clone();
        Some(Self::Name { host, roots })
    }

    /// By name, for a peer that connects: the host of the rightmost URI of its path, which is its own, with relays
    /// before it or without (RFC 4975 §5.4).
    ///
    /// # Errors
    ///
    /// [`TargetError`] if the host is not a name that a certificate could be for.
    pub fn connector(path: &Path, roots: Arc<RootCertStore>) -> Result<Self, TargetError> {
        let host = path.rightmost().target()?.host().clone();
        Ok(Self::Name { host, roots })
    }

    /// Judges the certificate of a peer whose handshake is over: for those who learn only from the first request
    /// which session it is for.
    ///
    /// `chain` begins with the certificate. `role`: what the peer is.
    ///
    /// # Errors
    ///
    /// [`TlsError`].
    pub fn judge(&self, chain: &[CertificateDer<'_>], role: Side) -> Result<(), TlsError> {
        Ok(self.verify(chain, role, UnixTime::now())?)
    }

    pub(super) fn verify(
        &self,
        chain: &[CertificateDer<'_>],
        role: Side,
        now: UnixTime,
    ) -> Result<(), Error> {
        let [certificate, issuers @ ..] = chain else {
            return Err(Error::NoCertificatesPresented);
        };
        match self {
            Self::Certificate(check) if check(certificate) => Ok(()),
            // Of the reasons that rustls has the alert bad_certificate for, which RFC 8122 §6.2 asks for, this
            // is the nearest. Names that do not match come as `NotValidForNameContext`.
            Self::Certificate(_) => Err(CertificateError::NotValidForName.into()),
            Self::Name { host, roots } => {
                let (roots, name) = (Arc::clone(roots), name_of(host)?);
                let no_roots = |_| CertificateError::UnknownIssuer;
                match role {
                    Side::Server => {
                        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider());
                        let verifier = verifier.build().map_err(no_roots)?;
                        verifier.verify_server_cert(certificate, issuers, &name, &[], now)?;
                    }
                    Side::Client => {
                        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider());
                        let verifier = verifier.build().map_err(no_roots)?;
                        verifier.verify_client_cert(certificate, issuers, now)?;
                        verify_server_name(&ParsedCertificate::try_from(certificate)?, &name)?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// A host as rustls has it.
pub(super) fn name_of(host: &Host) -> Result<ServerName<'static>, CertificateError> {
    match host {
        Host::Address(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Name(name) => {
            let name = name.as_str();
            let without_root = name.strip_suffix('.').unwrap_or(name);
            // No certificate is for something that is not a name.
            ServerName::try_from(without_root.to_owned()).map_err(|_| CertificateError::NotValidForName)
        }
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(_) => f.debug_tuple("Certificate").finish_non_exhaustive(),
            Self::Name { host, .. } => f
                .debug_struct("Name")
                .field("host", &format_args!("{}", HostRef::from(host)))
                .finish_non_exhaustive(),
        }
    }
}
