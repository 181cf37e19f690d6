//! What an application decides about how sessions come to be.

use std::time::Duration;

use crate::HashPreference;

/// What is decided here and not by the peer, when an offer and an answer are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) by_name: bool,
    pub(crate) trust_signalling: bool,
    pub(crate) accept_middleboxes: bool,
    pub(crate) hashes: HashPreference,
    pub(crate) wait: Duration,
}

impl Default for Policy {
    /// Peers over TLS prove themselves by fingerprints, middleboxes are accepted, and a side that listens waits for
    /// 60 seconds.
    fn default() -> Self {
        Self {
            by_name: false,
            trust_signalling: true,
            accept_middleboxes: true,
            hashes: HashPreference::default(),
            wait: Duration::from_secs(60),
        }
    }
}

impl Policy {
    /// Whether a peer without a fingerprint will do if its certificate is issued by a known authority for the host of
    /// its URI (RFC 4975 §14.4). Default: no.
    pub fn by_name(self, by_name: bool) -> Self {
        Self { by_name, ..self }
    }

    /// Whether signalling is protected well enough to believe the fingerprints in it. If not, they are passed over, and
    /// the name is checked instead (RFC 6714 §7.7). Default: yes.
    pub fn trust_signalling(self, trust_signalling: bool) -> Self {
        Self {
            trust_signalling,
            ..self
        }
    }

    /// What to do where a middlebox without CEMA stands between two endpoints with it: offer anew without CEMA, so that
    /// the middlebox becomes the peer, or end the session (RFC 6714 §4.2). Default: offer anew.
    pub fn accept_middleboxes(self, accept_middleboxes: bool) -> Self {
        Self {
            accept_middleboxes,
            ..self
        }
    }

    /// Which of several fingerprints count (RFC 8122 §5.1).
    pub fn hashes(self, hashes: HashPreference) -> Self {
        Self { hashes, ..self }
    }

    /// How long a side that listens waits for the other one to connect before it gives up. No RFC says; a peer that was
    /// answered needs the time of a SIP transaction (32 s) and of its attempts to connect. Default: 60 seconds.
    pub fn wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }
}
