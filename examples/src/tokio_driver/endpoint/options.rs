//! What an endpoint can be told besides its `Config`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use msrp_proto::wire::MsrpUri;
use msrp_proto::{Received, Refusal, SuccessReports};

use crate::dscp::Dscp;
use crate::tls::Identity;

/// For [`Endpoint::bind_with`](super::Endpoint::bind_with).
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) identity: Option<Identity>,
    pub(super) dscp: Option<Dscp>,
    pub(super) reports: Option<SuccessReports>,
    pub(super) streamed: bool,
    pub(super) name_servers: Vec<SocketAddr>,
    pub(super) judge: Option<Judge>,
}

/// Decides on a message that has come whole, before it is answered. It gets the own URI of the session, too.
///
/// It is called by the task of the connection, so it must not wait for anything.
#[derive(Clone)]
pub struct Judge(Arc<Verdict>);

type Verdict = dyn Fn(&MsrpUri, &Received) -> Result<(), Refusal> + Send + Sync;

impl Judge {
    /// Decides by that function.
    pub fn new(judge: impl Fn(&MsrpUri, &Received) -> Result<(), Refusal> + Send + Sync + 'static) -> Self {
        Self(Arc::new(judge))
    }

    pub(super) fn judge(&self, session: &MsrpUri, message: &Received) -> Result<(), Refusal> {
        (self.0)(session, message)
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

impl Options {
    /// Who the endpoint is in TLS. With it, connections that come are in TLS, all of them, and sessions can be
    /// connected for over TLS. Default: nobody.
    pub fn identity(self, identity: Identity) -> Self {
        Self {
            identity: Some(identity),
            ..self
        }
    }

    /// How packets are marked, if that can be had. Default: [`Dscp::AF21`].
    pub fn dscp(self, dscp: Option<Dscp>) -> Self {
        Self { dscp, ..self }
    }

    /// Whether all messages are handed over piece by piece ([`News::Incoming`](super::News::Incoming)), however short,
    /// and those of unknown length, too. Default: those longer than 1 MiB.
    pub fn streamed(self, streamed: bool) -> Self {
        Self { streamed, ..self }
    }

    /// Who decides on whole messages. What is refused is answered with that status, and is not handed over. Default:
    /// nobody, all are taken.
    ///
    /// What is handed over piece by piece is not judged: whoever wants to judge all messages has sessions take up to
    /// 1 MiB ([`SessionConfig::max_size`](msrp_proto::SessionConfig::max_size)).
    pub fn judge(self, judge: Judge) -> Self {
        Self {
            judge: Some(judge),
            ..self
        }
    }

    /// Whom to ask for the servers of a relay without a port ([`connect`](crate::tokio_driver::connect)). Default: the
    /// name servers of the system. Addresses are looked up as the system does.
    pub fn name_servers(self, name_servers: Vec<SocketAddr>) -> Self {
        Self { name_servers, ..self }
    }

    /// When success is reported of what sessions receive, whatever their `SessionConfig` says. With
    /// [`SuccessReports::Manual`] it is for [`Sender::report`](super::Sender::report) to do so. Default: as the
    /// `SessionConfig` says.
    pub fn success_reports(self, reports: SuccessReports) -> Self {
        Self {
            reports: Some(reports),
            ..self
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            identity: None,
            dscp: Some(Dscp::default()),
            reports: None,
            streamed: false,
            judge: None,
            name_servers: Vec::new(),
        }
    }
}
