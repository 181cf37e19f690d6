//! Why there was no session.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;

use msrp_proto::RelayFailure;
use msrp_proto::wire::StatusCode;
use msrp_sdp::{CertificateError, DescriptionError, LocalError, MediaError, NegotiationError, Refusal};

use super::Kind;
use crate::tls::{IdentityError, TlsError};
use crate::tokio_driver::{AuthorizeErrorReason, CallError, ConnectErrorReason};

/// Why there was no session, and nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file with the authorities cannot be used.
    #[error("no authorities from {}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address is not to be had.
    #[error("cannot listen at {address}{}", in_use(.source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The own certificate has no fingerprint.
    #[error("no fingerprint of the own certificate")]
    Certificate(#[from] CertificateError),
    /// This side could not connect.
    #[error("cannot connect to the other side")]
    Connect(#[source] ConnectErrorReason),
    /// There was no connection for another reason.
    #[error("no session with the other side")]
    Call(#[source] CallError),
    /// The peer has connected or was connected to, and is not whom its description says.
    #[error(
        "the other side is not who its description says: somebody is between, or the description was changed on its way"
    )]
    Fingerprint(#[source] TlsError),
    /// The peer has found that of this side.
    #[error(
        "the other side does not take the certificate of this one: somebody is between, or the description was changed on its way"
    )]
    Distrusted(#[source] TlsError),
    /// The file that the other side is to write is there before it can be.
    #[error("{} is there already, and would be taken for the answer: remove it, or name another file", .0.display())]
    Early(PathBuf),
    /// No certificate could be made.
    #[error("no certificate")]
    Identity(#[from] IdentityError),
    /// Standard input cannot be read.
    #[error("cannot read standard input")]
    Input(#[source] io::Error),
    /// The description of this side cannot be made.
    #[error("no session can be described")]
    Local(#[from] LocalError),
    /// The connection ended before the peer has shown that it knows the session.
    #[error(
        "the other side has ended the connection before the session began: was the description of this side changed on its way?"
    )]
    Lost,
    /// What was given as a name is neither a host name nor an address.
    #[error("--name: neither a host name nor an address")]
    Name,
    /// The answer does not fit the offer.
    #[error("the answer does not fit the offer{}", mismatch(.0))]
    Negotiation(#[from] NegotiationError),
    /// There is no MSRP in the description.
    #[error("the {0} has no MSRP section")]
    NoMsrp(Kind),
    /// The file of the other side has not come.
    #[error("no {kind} in {} within {waited} s", path.display())]
    NotThere {
        /// Which.
        kind: Kind,
        /// Where it was looked for.
        path: PathBuf,
        /// Seconds.
        waited: u64,
    },
    /// Nothing was pasted.
    #[error("no {0} was given on standard input")]
    Nothing(Kind),
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
    /// The answer is the offer.
    #[error("that is the offer of this side, and not the answer to it")]
    Own,
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The relay has not let this side in.
    #[error("the relay gives no path{}", barred(.0))]
    Relay(#[source] AuthorizeErrorReason),
    /// The answer closes the section.
    #[error("the other side has refused: the answer closes the MSRP section")]
    Refused,
    /// The MSRP section cannot be read.
    #[error("the MSRP section of the {kind} cannot be read")]
    Section {
        /// Of which.
        kind: Kind,
        /// Why.
        source: MediaError,
    },
    /// The peer does not answer the first request.
    #[error("connected, but the other side does not answer: has it got the answer?")]
    Silent,
    /// The peer knows no such session.
    #[error("connected, but the other side has refused the session ({0})")]
    Unknown(StatusCode),
    /// The offer cannot be answered.
    #[error("the offer cannot be answered{}", refused(.0))]
    Unacceptable(#[source] Refusal),
    /// What was given is no session description.
    #[error("the {kind} cannot be read")]
    Unreadable {
        /// Which.
        kind: Kind,
        /// Why.
        source: DescriptionError,
    },
    /// It takes what this program does not have.
    #[error("only connections over TCP and TLS can be made here")]
    Unsupported,
    /// The own description cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Peer(error) => Self::Fingerprint(error),
            CallError::Connect(error) => match error.reason {
                ConnectErrorReason::Tls(error @ TlsError::Certificate) => Self::Fingerprint(error),
                reason => Self::Connect(reason),
            },
            error => Self::Call(error),
        }
    }
}

fn in_use(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => " (another program does; --bind takes another port, or 0 for any)",
        _ => "",
    }
}

fn barred(reason: &AuthorizeErrorReason) -> &'static str {
    match reason {
        AuthorizeErrorReason::Relay(RelayFailure::Credentials) => {
            " (--user and the password; or it wants --uri-parameter fallback)"
        }
        AuthorizeErrorReason::Connect(ConnectErrorReason::Tls(_)) => {
            " (its certificate has to be for the host of --relay, by an authority of --ca)"
        }
        _ => "",
    }
}

fn mismatch(error: &NegotiationError) -> &'static str {
    match error {
        NegotiationError::Security => " (is --plain on one side only?)",
        NegotiationError::ActpassAnswered | NegotiationError::BothConnect => " (is it another offer?)",
        _ => "",
    }
}

fn refused(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Security => " (is --plain on one side only?)",
        Refusal::CannotListen => " (--behind-nat on both sides: one has to be reachable)",
        _ => "",
    }
}
