//! Paths through relays that a connection has asked for.

use msrp_proto::{
    OpenError, RelayConfig, RelayError, RelayErrorReason, RelayEvent, RelayId, SessionConfig, SessionId,
    Terms,
};
use tokio::sync::mpsc;

use super::Task;
use crate::tls::Trust;
use crate::tokio_driver::endpoint::error::ConnectErrorReason;
use crate::tokio_driver::endpoint::relayed::Asked;
use crate::tokio_driver::endpoint::session::Session;

impl Task {
    pub(in crate::tokio_driver::endpoint) fn authorize(
        &mut self,
        config: RelayConfig,
    ) -> Result<Asked, RelayErrorReason> {
        if self.closing {
            return Err(RelayErrorReason::Closing);
        }
        let authorized = self.driver.connection_mut().authorize(config);
        let id = authorized.map_err(|RelayError { reason, .. }| reason)?;
        let (told, events) = mpsc::unbounded_channel();
        self.relays.insert(id, told);
        let commands = self.commander.clone();
        Ok(Asked::new(id, commands, events))
    }

    /// [`authorize`](Self::authorize) if the relay is the one trusted.
    pub(super) fn authorize_at(
        &mut self,
        config: RelayConfig,
        trust: &Trust,
    ) -> Result<Asked, RelayErrorReason> {
        if self.is_trusted(Some(trust)) {
            self.authorize(config)
        } else {
            Err(RelayErrorReason::Closing) // another connection may be to the right one
        }
    }

    pub(super) fn on_relay(&mut self, id: RelayId, event: RelayEvent) {
        let is_last = matches!(event, RelayEvent::Failed(_));
        if let Some(relay) = self.relays.get(&id) {
            let _ = relay.send(event); // nobody has to listen
        }
        if is_last {
            self.relays.remove(&id);
        }
    }

    /// Nobody holds the path any more, but perhaps a session.
    pub(super) fn release(&mut self, id: RelayId) {
        if let Some(relay) = self.driver.connection_mut().relay(id)
            && relay.session().is_none()
        {
            relay.release();
        }
    }

    /// Takes over what signalling has come to. `None`: the session stays; it is bound to this connection already. One
    /// that is not gives way to another under the same URI, which may have another role. Nothing is read in between.
    pub(super) fn agree(
        &mut self,
        id: SessionId,
        session: SessionConfig,
        terms: Terms,
        trust: &Trust,
    ) -> Result<Option<Session>, ConnectErrorReason> {
        if let Some(mut before) = self.driver.connection_mut().session(id) {
            if before.is_bound() {
                before.update(terms);
                return Ok(None);
            }
            before.abort();
        }
        let registration = {
            let mut state = self.place.shared.state();
            if let Some(held) = self.sessions.remove(&id) {
                state.table.ended(held.registration);
            }
            state.table.opened(self.place.name, session.local())?
        };
        match self.open(registration, session, Some(trust)) {
            Ok(session) => Ok(Some(session)),
            Err(OpenError { reason, .. }) => {
                self.place.shared.state().table.ended(registration);
                Err(reason.into())
            }
        }
    }
}
