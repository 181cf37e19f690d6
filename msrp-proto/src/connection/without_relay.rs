//! A connection without the feature `relay`: it authorises nowhere, and so no session may use a path through relays.

use bytes::BytesMut;

use super::Connection;
use crate::config::Terms;
use crate::event::SessionId;

#[derive(Default)]
pub(super) struct Relays(());

pub(super) enum RelayUse {
    Fine,
    Unknown,
    /// There is no other session.
    #[expect(dead_code, reason = "so that who asks need not know of the feature")]
    InUse,
}

impl Relays {
    pub(super) fn is_used(&self) -> bool {
        false
    }

    pub(super) fn check(&self, terms: &Terms, _session: Option<SessionId>) -> RelayUse {
        match terms.use_path() {
            None => RelayUse::Fine,
            Some(_) => RelayUse::Unknown,
        }
    }

    pub(super) fn is_alive(&self, _terms: &Terms, _session: SessionId) -> bool {
        true
    }

    pub(super) fn take(&mut self, _terms: &Terms, _session: SessionId) {}
}

impl Connection {
    pub(super) fn is_auth_ready(&self) -> bool {
        false
    }

    pub(super) fn put_auth(&mut self, _out: &mut BytesMut) -> Option<bool> {
        None
    }

    pub(super) fn next_auth_len(&self) -> usize {
        0
    }

    pub(super) fn end_relay_of(&mut self, _session: SessionId) {}

    pub(super) fn lose_relays(&mut self) {}
}
