//! What an endpoint can be told besides its `Config`.

use msrp_proto::SuccessReports;

use crate::dscp::Dscp;
use crate::tls::Identity;

/// For [`Endpoint::bind_with`](super::Endpoint::bind_with).
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) identity: Option<Identity>,
    pub(super) dscp: Option<Dscp>,
    pub(super) reports: Option<SuccessReports>,
    pub(super) streamed: bool,
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
        }
    }
}
