//! Sessions as two session descriptions have agreed upon them.

use std::sync::Arc;

use msrp_proto::ExpectError;
use msrp_sdp::{Action, Agreement, LocalSession};
use rustls::RootCertStore;
use thiserror::Error;
use tokio::time::timeout;

use super::{ConnectError, Endpoint, Expected, Session};
use crate::tls::{TlsError, Trust};

/// A session on its way from signalling to a connection.
///
/// Who may have to listen does so before the peer learns of it: [`offer`](Call::offer) before the offer leaves,
/// [`answer`](Call::answer) before the answer does. [`establish`](Call::establish) follows when both are known.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use msrp_examples::tokio_driver::{Call, Endpoint};
/// # use msrp_sdp::{LocalSession, Media, Names, Outcome, Policy, Side, negotiate};
/// # async fn call(endpoint: &Endpoint, local: &LocalSession, signalling: impl AsyncFn(&Media) -> Media)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let call = Call::offer(endpoint, local)?;
/// let offer = local.offer();
/// let answer = signalling(&offer).await;
/// let Outcome::Session(agreement) =
///     negotiate(&offer, &answer, Side::Offerer, &Policy::default(), &Names::default())?
/// else {
///     return Err("only with CEMA".into());
/// };
/// let roots = Arc::new(rustls::RootCertStore::empty()); // authorities, where certificates are known by name
/// let session = call.establish(&agreement, &roots).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Call<'e> {
    endpoint: &'e Endpoint,
    expected: Option<Expected>,
}

/// Why there is no connection for a session that was agreed upon. Nothing was sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CallError {
    /// This side could not connect.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The session's URI is in use.
    #[error(transparent)]
    Expect(#[from] ExpectError),
    /// The peer has connected, and was not whom it should be.
    #[error("a peer came that is not the one agreed upon")]
    Peer(#[source] TlsError),
    /// The peer has not connected in time ([`ConnectionPlan::wait`](msrp_sdp::ConnectionPlan::wait)).
    #[error("the peer has not connected in time")]
    TimedOut,
    /// The peer has connected, and the session ended before it began: the limits of the endpoint, or its end.
    #[error("the session ended before it began")]
    Ended,
    /// The plan wants a relay, a WebSocket, or a data channel.
    #[error("only connections over TCP and TLS can be made here")]
    Unsupported,
}

impl<'e> Call<'e> {
    /// Expects the session that is about to be offered, if the peer may connect for it.
    ///
    /// # Errors
    ///
    /// [`ExpectError`] if the endpoint has a session of this URI already.
    pub fn offer(endpoint: &'e Endpoint, local: &LocalSession) -> Result<Self, ExpectError> {
        let expected = match local.listens() {
            Some(_) => Some(endpoint.expect(local.awaiting_answer())?),
            None => None,
        };
        Ok(Self { endpoint, expected })
    }

    /// Expects the session that is about to be answered, if the peer is to connect for it.
    ///
    /// # Errors
    ///
    /// [`ExpectError`] if the endpoint has a session of this URI already.
    pub fn answer(
        endpoint: &'e Endpoint,
        agreement: &Agreement,
        roots: &Arc<RootCertStore>,
    ) -> Result<Self, ExpectError> {
        let expected = match agreement.plan().action() {
            Action::Listen { .. } => Some(expect(endpoint, agreement, roots)?),
            _ => None,
        };
        Ok(Self { endpoint, expected })
    }

    /// Connects, or waits for the peer to.
    ///
    /// `roots` are the authorities for peers that are known by name.
    ///
    /// # Errors
    ///
    /// [`CallError`]; the session is given up then.
    pub async fn establish(
        self,
        agreement: &Agreement,
        roots: &Arc<RootCertStore>,
    ) -> Result<Session, CallError> {
        let plan = agreement.plan();
        let trust = Trust::of(plan, roots);
        match plan.action() {
            Action::Connect(target) => {
                drop(self.expected);
                let session = self
                    .endpoint
                    .connect_to(target.clone(), agreement.session(), trust)
                    .await?;
                Ok(session)
            }
            Action::Listen { .. } => {
                let mut expected = match self.expected {
                    Some(expected) => expected,
                    None => expect(self.endpoint, agreement, roots)?,
                };
                if let Some(trust) = trust {
                    expected.trust(trust);
                }
                let bound = match plan.wait() {
                    Some(wait) => timeout(wait, expected.bound())
                        .await
                        .map_err(|_| CallError::TimedOut)?,
                    None => expected.bound().await,
                };
                let session = match (bound, expected.failure()) {
                    (Some(session), _) => session,
                    (None, Some(error)) => return Err(CallError::Peer(error.clone())),
                    (None, None) => return Err(CallError::Ended),
                };
                session.sender().update(agreement.terms());
                Ok(session)
            }
            _ => Err(CallError::Unsupported),
        }
    }
}

fn expect(
    endpoint: &Endpoint,
    agreement: &Agreement,
    roots: &Arc<RootCertStore>,
) -> Result<Expected, ExpectError> {
    let expected = endpoint.expect(agreement.session())?;
    if let Some(trust) = Trust::of(agreement.plan(), roots) {
        expected.trust(trust);
    }
    Ok(expected)
}
