//! Sessions by their session-ids.

use std::collections::BTreeMap;

use super::session::SessionState;
use crate::event::SessionId;
use crate::slots::Slots;

/// Which session has a session-id. Of several with the same one, which differ in the rest of their URIs, it is the
/// last that was put in.
#[derive(Default)]
pub(super) struct Names {
    /// The only session there is; most connections have one, and need no map for it.
    only: Option<SessionId>,
    /// All sessions, from the second one on until none is left.
    map: BTreeMap<Box<str>, SessionId>,
}

impl Names {
    pub(super) fn get(&self, name: &str, sessions: &Slots<Box<SessionState>>) -> Option<SessionId> {
        match self.only {
            Some(only) => Some(only).filter(|id| name_of(*id, sessions) == name),
            None => self.map.get(name).copied(),
        }
    }

    /// Puts in a session, instead of the one that has the same name, if there is one.
    pub(super) fn insert(&mut self, id: SessionId, sessions: &Slots<Box<SessionState>>) {
        if self.only.is_none() && self.map.is_empty() {
            self.only = Some(id);
            return;
        }
        if let Some(only) = self.only.take() {
            self.map.insert(name_of(only, sessions).into(), only);
        }
        self.map.insert(name_of(id, sessions).into(), id);
    }

    /// Takes out the session of that name, which the next one of the same name takes the place of.
    pub(super) fn remove(&mut self, name: &str, next: Option<SessionId>) {
        self.only = None;
        match next {
            Some(next) => self.map.insert(name.into(), next),
            None => self.map.remove(name),
        };
        if self.map.is_empty() {
            // An empty map may keep room.
            self.map = BTreeMap::new();
        }
    }
}

fn name_of(id: SessionId, sessions: &Slots<Box<SessionState>>) -> &str {
    let state = sessions.get(id.0);
    state
        .and_then(|state| state.config.local().session_id())
        .unwrap_or_default()
}
