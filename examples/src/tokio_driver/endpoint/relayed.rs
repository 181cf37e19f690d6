//! Paths through relays.

use std::fmt;
use std::sync::Arc;

use msrp_proto::{
    OpenErrorReason, RelayConfig, RelayErrorReason, RelayEvent, RelayFailure, RelayGrant, RelayId, RelayPath,
    SessionConfig, Target,
};
use msrp_sdp::Agreement;
use rustls::RootCertStore;
use tokio::sync::{mpsc, oneshot};

use super::error::{AuthorizeError, AuthorizeErrorReason, ConnectError, ConnectErrorReason};
use super::session::Session;
use super::task::Command;
use super::{Endpoint, Shared};
use crate::tls::{TlsError, Trust};

/// A path that relays have given to one session (RFC 4976 §5.1), by [`Endpoint::authorize`].
///
/// The session goes over the connection that the path came over, and over no other. What becomes of the path is told by
/// [`next`](Self::next): it is for the application to [renew](Self::renew) it, and to offer the peer the new one.
///
/// Dropping it gives the path up, unless a session uses it, one on terms that are known: then the path lives as long as
/// the session, or until it expires.
pub struct Relayed {
    shared: Arc<Shared>,
    /// Of the connection.
    name: u64,
    trust: Trust,
    grant: Box<RelayGrant>,
    asked: Asked,
}

/// A path that is asked for or held. It is given up when dropped, if no session uses it.
pub(super) struct Asked {
    id: RelayId,
    commands: mpsc::UnboundedSender<Command>,
    /// There are few, and each comes of time or of a command: no peer can make them many.
    events: mpsc::UnboundedReceiver<RelayEvent>,
}

impl Endpoint {
    /// Asks relays for a path for one session: connects to the first of them, in TLS, and sends AUTH
    /// ([`Connection::authorize`](msrp_proto::Connection::authorize)). Returns when all relays have answered.
    ///
    /// - The relay must have a certificate for the host of its URI, by one of `roots`. It is shown none
    ///   (RFC 4976 §9.2), so the endpoint needs no identity.
    /// - A connection to the same relay that an earlier call has made is used again: the one made first, if it has room
    ///   (RFC 4976 §5.2). It is closed when it has had no session for a while
    ///   ([`Config::relay_idle_timeout`](msrp_proto::Config::relay_idle_timeout)).
    /// - A relay whose URI has no port is looked for as [`connect`](crate::tokio_driver::connect) says.
    ///
    /// The path is for [`Local::relays`](msrp_sdp::Local::relays) or
    /// [`LocalSession::with_relays`](msrp_sdp::LocalSession::with_relays), the session for
    /// [`Call::offer_through`](crate::tokio_driver::Call::offer_through),
    /// [`Call::answer_through`](crate::tokio_driver::Call::answer_through) or [`Relayed::open`].
    ///
    /// # Errors
    ///
    /// [`AuthorizeError`], which gives the configuration back.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the path is given up.
    pub async fn authorize(
        &self,
        config: RelayConfig,
        roots: Arc<RootCertStore>,
    ) -> Result<Relayed, AuthorizeError> {
        match self.shared.authorize(&config, roots).await {
            Ok(relayed) => Ok(relayed),
            Err(reason) => Err(AuthorizeError {
                config: Box::new(config),
                reason,
            }),
        }
    }
}

impl Relayed {
    /// The relays, as SDP needs them: those that were granted last.
    pub fn path(&self) -> &RelayPath {
        self.grant.path()
    }

    /// All that is known of the path that was granted last.
    pub fn grant(&self) -> &RelayGrant {
        &self.grant
    }

    /// What happened to the path next; `None` after [`RelayEvent::Failed`].
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and nothing is lost.
    pub async fn next(&mut self) -> Option<RelayEvent> {
        let event = self.asked.events.recv().await?;
        if let RelayEvent::Renewed(grant) = &event {
            self.grant.clone_from(grant);
        }
        Some(event)
    }

    /// Asks the relays for another path, to take the place of this one. [`RelayEvent::Renewed`] or
    /// [`RelayEvent::NotRenewed`] follows, unless they are being asked already, or have given as many as one session may
    /// hold ([`Relay::renew`](msrp_proto::Relay::renew)).
    pub fn renew(&self) {
        self.asked.command(Command::Renew(self.asked.id));
    }

    /// Opens the session on the connection of the path. Its [`Terms`](msrp_proto::Terms) are
    /// [relayed](msrp_proto::Terms::relayed) by this path, or, while an offer is under way,
    /// [unknown](msrp_proto::Terms::unknown): the peer may send before its answer is here.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], which gives the session back.
    pub async fn open(&self, session: SessionConfig) -> Result<Session, ConnectError> {
        self.shared.open_on(self.name, session, Some(&self.trust)).await
    }

    /// What signalling has come to, for a session that was opened on unknown terms: the same session if the peer has sent
    /// already, else another in its place.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]; there is no session any more.
    pub async fn agree(&self, session: Session, agreement: &Agreement) -> Result<Session, ConnectError> {
        let (reply, agreed) = oneshot::channel();
        self.asked.command(Command::Agree {
            id: session.sender().id,
            session: Box::new(agreement.session()),
            terms: Box::new(agreement.terms()),
            trust: self.trust.clone(),
            reply,
        });
        match agreed.await {
            Ok(Ok(None)) => Ok(session),
            Ok(Ok(Some(other))) => Ok(other),
            Ok(Err(reason)) => Err(reason.with(agreement.session())),
            Err(_) => Err(ConnectErrorReason::Open(OpenErrorReason::Closing).with(agreement.session())),
        }
    }
}

impl Asked {
    pub(super) fn new(
        id: RelayId,
        commands: mpsc::UnboundedSender<Command>,
        events: mpsc::UnboundedReceiver<RelayEvent>,
    ) -> Self {
        Self { id, commands, events }
    }

    fn command(&self, command: Command) {
        let _ = self.commands.send(command); // a connection that is gone has told so
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.command(Command::Release(self.id));
    }
}

impl Shared {
    async fn authorize(
        self: &Arc<Self>,
        config: &RelayConfig,
        roots: Arc<RootCertStore>,
    ) -> Result<Relayed, AuthorizeErrorReason> {
        let target = config.target().map_err(ConnectErrorReason::Target)?;
        let trust = Trust::target(&target, roots).ok_or(ConnectErrorReason::Tls(TlsError::Plain))?;
        let (name, mut asked) = {
            let turn = self.state().turn(&target.reuse_key());
            let _turn = turn.lock().await;
            self.ask(&target, config, &trust).await?
        };
        while let Some(event) = asked.events.recv().await {
            match event {
                RelayEvent::Authorized(grant) => {
                    return Ok(Relayed {
                        shared: Arc::clone(self),
                        name,
                        trust,
                        grant,
                        asked,
                    });
                }
                RelayEvent::Failed(failure) => return Err(failure.into()),
                _ => {}
            }
        }
        Err(RelayFailure::ConnectionLost.into())
    }

    /// Asks on the first connection to that relay that has room, or on a new one. With the name of the connection.
    async fn ask(
        self: &Arc<Self>,
        target: &Target,
        config: &RelayConfig,
        trust: &Trust,
    ) -> Result<(u64, Asked), AuthorizeErrorReason> {
        let reuse = target.reuse_key();
        let names: Vec<u64> = {
            let state = self.state();
            let names = state.table.reusable(&reuse);
            names
                .filter(|name| state.relays.contains(name))
                .copied()
                .collect()
        };
        for name in names {
            match self.ask_on(name, config, trust).await {
                Err(RelayErrorReason::Closing | RelayErrorReason::TooMany) => {}
                asked => return Ok((name, asked?)),
            }
        }
        if self.is_closing() {
            return Err(ConnectErrorReason::ShuttingDown.into());
        }
        let stream = self.dial_relay(target, trust).await?;
        let connection = self
            .connection(stream.link())
            .map_err(ConnectErrorReason::Random)?;
        let mut state = self.state();
        if self.is_closing() {
            return Err(ConnectErrorReason::ShuttingDown.into());
        }
        let name = state.next;
        let mut task = self.enlist(&mut state, connection, stream);
        match task.authorize(config.clone()) {
            Ok(asked) => {
                state.table.connected(name, reuse);
                state.relays.insert(name);
                state.spawn(task.run());
                Ok((name, asked))
            }
            Err(reason) => {
                drop(state); // the task that is dropped here leaves the table
                Err(reason.into())
            }
        }
    }

    async fn ask_on(
        &self,
        name: u64,
        config: &RelayConfig,
        trust: &Trust,
    ) -> Result<Asked, RelayErrorReason> {
        let (reply, asked) = oneshot::channel();
        let commands = self.state().connections.get(&name).cloned();
        let command = Command::Authorize {
            config: Box::new(config.clone()),
            trust: trust.clone(),
            reply,
        };
        let is_told = commands.is_some_and(|commands| commands.send(command).is_ok());
        match asked.await {
            Ok(asked) if is_told => asked,
            _ => Err(RelayErrorReason::Closing),
        }
    }
}

impl fmt::Debug for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relayed")
            .field("id", &self.asked.id)
            .finish_non_exhaustive()
    }
}
