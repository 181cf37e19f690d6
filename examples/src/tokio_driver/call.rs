//! Sessions as two session descriptions have agreed upon them.

use std::sync::Arc;

use msrp_proto::{ExpectError, Role};
use msrp_sdp::{Action, Agreement, LocalSession};
use rustls::RootCertStore;
use thiserror::Error;
use tokio::time::timeout;

use super::{ConnectError, Endpoint, Expected, Relayed, Session};
use crate::tls::{TlsError, Trust};

/// A session on its way from signalling to a connection.
///
/// Who may have to listen does so before the peer learns of it: [`offer`](Call::offer) before the offer leaves,
/// [`answer`](Call::answer) before the answer does. [`establish`](Call::establish) follows when both are known.
///
/// Behind relays all goes over the connection to the nearest, whoever would connect without them (RFC 6135 §4.5):
/// [`offer_through`](Call::offer_through) and [`answer_through`](Call::answer_through) are for that.
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
pub struct Call<'e>(Way<'e>);

#[derive(Debug)]
enum Way<'e> {
    Direct {
        endpoint: &'e Endpoint,
        expected: Option<Expected>,
    },
    Relayed {
        relayed: &'e Relayed,
        opened: Opened,
    },
}

/// A session that the peer may send for already.
#[derive(Debug)]
enum Opened {
    /// On the terms agreed upon.
    Agreed(Session),
    /// On terms that are not known yet.
    Offered(Session),
    /// It is for this side to send.
    Not,
}

/// Why there is no connection for a session that was agreed upon. Nothing was sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CallError {
    /// This side could not connect, or the connection to its relay does not take the session.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The session's URI is in use.
    #[error(transparent)]
    Expect(#[from] ExpectError),
    /// The peer has connected, and was not whom it should be.
    #[error("a peer came that is not the one agreed upon")]
    Peer(#[source] TlsError),
    /// The peer has not connected in time, or through a relay sent nothing
    /// ([`ConnectionPlan::wait`](msrp_sdp::ConnectionPlan::wait)).
    #[error("the peer has not connected in time")]
    TimedOut,
    /// The peer has connected, and the session ended before it began: the limits of the endpoint, or its end.
    #[error("the session ended before it began")]
    Ended,
    /// The plan wants a WebSocket or a data channel, or it is behind a relay and the call is not, or the other way
    /// round.
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
        Ok(Self(Way::Direct { endpoint, expected }))
    }

    /// [`offer`](Self::offer) behind relays: of `local` they are the ones of `relayed`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if the connection to the relay does not take the session.
    pub async fn offer_through(relayed: &'e Relayed, local: &LocalSession) -> Result<Self, ConnectError> {
        let opened = Opened::Offered(relayed.open(local.awaiting_answer()).await?);
        Ok(Self(Way::Relayed { relayed, opened }))
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
        Ok(Self(Way::Direct { endpoint, expected }))
    }

    /// [`answer`](Self::answer) behind relays: what was answered has those of `relayed`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if the connection to the relay does not take the session.
    pub async fn answer_through(relayed: &'e Relayed, agreement: &Agreement) -> Result<Self, ConnectError> {
        let opened = match agreement.role() {
            Role::Active => Opened::Not,
            Role::Passive => Opened::Agreed(relayed.open(agreement.session()).await?),
        };
        Ok(Self(Way::Relayed { relayed, opened }))
    }

    /// Connects, or waits for the peer to. Behind relays an active side is done at once, a passive one when the peer
    /// has sent something.
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
        match (self.0, agreement.plan().action()) {
            (Way::Direct { endpoint, expected }, Action::Connect(target)) => {
                drop(expected);
                let trust = Trust::of(agreement.plan(), roots);
                Ok(endpoint
                    .connect_to(target.clone(), agreement.session(), trust)
                    .await?)
            }
            (Way::Direct { endpoint, expected }, Action::Listen { .. }) => {
                let expected = match expected {
                    Some(expected) => expected,
                    None => expect(endpoint, agreement, roots)?,
                };
                bound(expected, agreement, roots).await
            }
            (Way::Relayed { relayed, opened }, Action::Relay(_)) => {
                let session = match opened {
                    Opened::Agreed(session) => session,
                    Opened::Offered(session) => relayed.agree(session, agreement).await?,
                    Opened::Not => relayed.open(agreement.session()).await?,
                };
                reached(session, agreement).await
            }
            _ => Err(CallError::Unsupported),
        }
    }
}

/// The session, once the peer has connected for it.
async fn bound(
    mut expected: Expected,
    agreement: &Agreement,
    roots: &Arc<RootCertStore>,
) -> Result<Session, CallError> {
    if let Some(trust) = Trust::of(agreement.plan(), roots) {
        expected.trust(trust);
    }
    let bound = waiting(agreement, expected.bound()).await?;
    let session = match (bound, expected.failure()) {
        (Some(session), _) => session,
        (None, Some(error)) => return Err(CallError::Peer(error.clone())),
        (None, None) => return Err(CallError::Ended),
    };
    session.sender().update(agreement.terms());
    Ok(session)
}

/// The session, once a passive side has heard of the peer.
async fn reached(mut session: Session, agreement: &Agreement) -> Result<Session, CallError> {
    if agreement.role() == Role::Passive && !waiting(agreement, session.is_bound()).await? {
        return Err(CallError::Ended);
    }
    Ok(session)
}

/// Waits as long as the plan says.
async fn waiting<T>(agreement: &Agreement, work: impl Future<Output = T>) -> Result<T, CallError> {
    match agreement.plan().wait() {
        Some(wait) => timeout(wait, work).await.map_err(|_| CallError::TimedOut),
        None => Ok(work.await),
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
