//! Why TLS failed.

use std::io;

use msrp_proto::LinkError;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Why there is no TLS connection, or none any more.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificate of the peer is not what signalling said (RFC 4975 §14.4, RFC 8122 §6.2).
    #[error("the certificate is not the one agreed upon")]
    Certificate,
    /// The certificate of the peer is for another host (RFC 4975 §5.4).
    #[error("the certificate is for another name")]
    Name,
    /// The client has no certificate (RFC 8122 §6.2).
    #[error("the peer has no certificate")]
    NoCertificate,
    /// What came is not TLS: the peer may have agreed upon `msrp`, or be something else.
    #[error("the peer does not speak TLS")]
    NotTls,
    /// TLS was agreed upon, and the connection or the target is without.
    #[error("TLS was agreed upon, and the connection is without")]
    Plain,
    /// The peer refused: with bad_certificate, if it does not trust the own certificate; with
    /// certificate_required, if there was none.
    #[error("the peer refused with the alert {0:?}")]
    Refused(AlertDescription),
    /// The handshake has taken longer than [`HANDSHAKE_PATIENCE`](super::HANDSHAKE_PATIENCE).
    #[error("the handshake took too long")]
    Timeout,
    /// The connection ended without a close_notify: during the handshake, or somebody has cut off what came after.
    #[error("the connection ended without a close_notify")]
    Truncated,
    /// Nobody known has signed the certificate of the peer.
    #[error("the certificate is of an unknown issuer")]
    UnknownIssuer,
    /// Something else, as rustls has it.
    #[error("TLS failed")]
    Other(#[source] Error),
}

impl TlsError {
    /// What an error of a TLS stream tells; `None` if it is about something below.
    pub fn of(error: &io::Error) -> Option<Self> {
        let inner = error.get_ref();
        if let Some(known) = inner.and_then(|inner| inner.downcast_ref::<Self>()) {
            return Some(known.clone());
        }
        match inner.and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(known) => Some(known.clone().into()),
            None if error.kind() == io::ErrorKind::UnexpectedEof => Some(Self::Truncated),
            None => None,
        }
    }

    /// What to tell the connection.
    pub fn link_error(&self) -> LinkError {
        match self {
            Self::Certificate => LinkError::Fingerprint,
            Self::Name => LinkError::Name,
            Self::Truncated => LinkError::Reset,
            _ => LinkError::Tls,
        }
    }
}

impl From<Error> for TlsError {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCertificate(CertificateError::NotValidForName) => Self::Certificate,
            Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) => Self::Name,
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => Self::UnknownIssuer,
            Error::NoCertificatesPresented => Self::NoCertificate,
            Error::AlertReceived(alert) => Self::Refused(alert),
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            ) => Self::NotTls,
            error => Self::Other(error),
        }
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        let kind = match error {
            TlsError::Timeout => io::ErrorKind::TimedOut,
            TlsError::Truncated => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
