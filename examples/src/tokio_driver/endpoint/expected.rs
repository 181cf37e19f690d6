//! Sessions that the peer is to connect for.

use std::fmt;
use std::sync::Arc;

use msrp_proto::Registration;
use tokio::sync::{oneshot, watch};

use super::Shared;
use super::session::Session;
use crate::tls::{TlsError, Trust};

/// A session that the peer is to connect for. Dropping it calls the session off.
pub struct Expected {
    shared: Arc<Shared>,
    registration: Registration,
    bound: oneshot::Receiver<Result<Session, TlsError>>,
    trust: watch::Sender<Option<Trust>>,
    failure: Option<TlsError>,
}

/// The other end: what the endpoint keeps of it.
pub(super) struct Awaited {
    pub(super) bound: oneshot::Sender<Result<Session, TlsError>>,
    /// Whom to trust, as soon as it is known.
    pub(super) trust: watch::Receiver<Option<Trust>>,
}

impl Expected {
    pub(super) fn new(shared: Arc<Shared>, registration: Registration) -> (Self, Awaited) {
        let (bound, told) = oneshot::channel();
        let (decide, trust) = watch::channel(None);
        let expected = Self {
            shared,
            registration,
            bound: told,
            trust: decide,
            failure: None,
        };
        (expected, Awaited { bound, trust })
    }

    /// Says how the certificate of the peer is judged, for a session over TLS. To be called as soon as signalling has
    /// told: a peer that connects earlier waits until then, and nothing it sends is heard (RFC 8122 §6.2). After
    /// [`Config::request_timeout`](msrp_proto::Config::request_timeout) it is refused, and the session has failed.
    pub fn trust(&self, trust: Trust) {
        self.trust.send_replace(Some(trust));
    }

    /// Waits until the peer has connected for the session. `None` if it never will: it was refused by the
    /// limits of [`Config`](msrp_proto::Config), its certificate was not the right one
    /// ([`failure`](Self::failure)), or the endpoint is shut down or dropped.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and another one made.
    pub async fn bound(&mut self) -> Option<Session> {
        match (&mut self.bound).await {
            Ok(Ok(session)) => Some(session),
            Ok(Err(error)) => {
                self.failure = Some(error);
                None
            }
            Err(_) => None,
        }
    }

    /// Why [`bound`](Self::bound) has returned `None`, if a connection came and was not what was agreed upon: it
    /// was closed at once, and nothing it carried was heard or answered. Peers that fail in the handshake, as those
    /// without a certificate do, have not shown that they know the session, and do not end it.
    pub fn failure(&self) -> Option<&TlsError> {
        self.failure.as_ref()
    }

    pub(super) fn registration(&self) -> Registration {
        self.registration
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.expected.remove(&self.registration);
        state.table.withdraw(self.registration);
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expected").finish_non_exhaustive()
    }
}
