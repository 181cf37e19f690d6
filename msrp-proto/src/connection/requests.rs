//! Requests other than SEND and REPORT that have no outcome yet, both ways.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::asked::Asking;
use super::route::Route;
use crate::event::{RequestId, SessionId};
use crate::request::InboundRequest;
use crate::slots::{Key, Slots};
use crate::wire::{Method, TransactionId};

/// Takes next to no room until there is one. From then on the table stays, since it numbers them.
#[derive(Default)]
pub(super) struct Requests(Option<Box<Table>>);

struct Table {
    own: Slots<Own>,
    /// Own ones that may be sent, in the order in which they were queued.
    ready: VecDeque<RequestId>,
    /// Own ones of sessions that may not send yet.
    held: VecDeque<RequestId>,
    /// The one of the peer that is being received.
    asking: Option<Box<Asking>>,
    /// Those of the peer that the application has yet to answer.
    asked: Slots<Asked>,
}

/// A request of this side.
pub(super) struct Own {
    pub(super) session: SessionId,
    pub(super) method: Method,
    /// The header lines behind the paths, and the empty line if there is a body.
    pub(super) content: Bytes,
    pub(super) body: Option<Bytes>,
}

/// A request of the peer.
struct Asked {
    session: SessionId,
    id: TransactionId,
    route: Arc<Route>,
    /// Until it is told.
    body: Option<Bytes>,
}

impl Requests {
    pub(super) fn queue(&mut self, own: Own, held: bool) -> RequestId {
        let table = self.0.get_or_insert_with(|| Box::new(Table::new()));
        let id = RequestId(table.own.insert(own));
        if held {
            table.held.push_back(id);
        } else {
            table.ready.push_back(id);
        }
        id
    }

    /// The one to send next.
    pub(super) fn first_ready(&self) -> Option<RequestId> {
        self.0.as_ref()?.ready.front().copied()
    }

    pub(super) fn own(&self, id: RequestId) -> Option<&Own> {
        self.0.as_ref()?.own.get(id.0)
    }

    /// The first one that is ready is sent: what it said is not needed any more.
    pub(super) fn sent(&mut self) {
        let Some(table) = &mut self.0 else { return };
        let first = table.ready.pop_front();
        if let Some(own) = first.and_then(|id| table.own.get_mut(id.0)) {
            own.content = Bytes::new();
            own.body = None;
        }
    }

    /// Takes out an own one that has its outcome.
    pub(super) fn settle(&mut self, id: RequestId) -> Option<Own> {
        let table = self.0.as_mut()?;
        let own = table.own.remove(id.0)?;
        table.ready.retain(|other| *other != id);
        table.held.retain(|other| *other != id);
        Some(own)
    }

    /// The session may, or may not, send what it has queued.
    pub(super) fn hold(&mut self, session: SessionId, held: bool) {
        let Some(table) = &mut self.0 else { return };
        let (from, to) = if held {
            (&mut table.ready, &mut table.held)
        } else {
            (&mut table.held, &mut table.ready)
        };
        let own = &table.own;
        from.retain(|id| {
            let moves = own.get(id.0).is_some_and(|own| own.session == session);
            if moves {
                to.push_back(*id);
            }
            !moves
        });
    }

    pub(super) fn own_len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.own.len())
    }

    /// Own ones of a session, or of all, in the order of their places.
    pub(super) fn own_of(&self, session: Option<SessionId>) -> Vec<RequestId> {
        let Some(table) = &self.0 else {
            return Vec::new();
        };
        let is_of = |own: &Own| session.is_none_or(|session| own.session == session);
        let keys = table.own.keys().into_iter();
        keys.filter(|key| table.own.get(*key).is_some_and(is_of))
            .map(RequestId)
            .collect()
    }

    /// Those of a session that are not sent yet.
    pub(super) fn unsent_of(&self, session: SessionId) -> Vec<RequestId> {
        let Some(table) = &self.0 else {
            return Vec::new();
        };
        let is_of = |id: &RequestId| table.own.get(id.0).is_some_and(|own| own.session == session);
        let unsent = table.ready.iter().chain(&table.held).copied();
        unsent.filter(is_of).collect()
    }

    /// A request of the peer has begun.
    pub(super) fn gather(&mut self, asking: Asking) {
        let table = self.0.get_or_insert_with(|| Box::new(Table::new()));
        table.asking = Some(Box::new(asking));
    }

    pub(super) fn gathered(&mut self) -> Option<&mut Asking> {
        self.0.as_mut()?.asking.as_deref_mut()
    }

    /// It has ended, or its end will not come.
    pub(super) fn take_gathered(&mut self) -> Option<Box<Asking>> {
        self.0.as_mut()?.asking.take()
    }

    pub(super) fn ask(
        &mut self,
        session: SessionId,
        id: TransactionId,
        route: Arc<Route>,
        body: Option<Bytes>,
    ) -> Key {
        let table = self.0.get_or_insert_with(|| Box::new(Table::new()));
        table.asked.insert(Asked {
            session,
            id,
            route,
            body,
        })
    }

    pub(super) fn asked_len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.asked.len())
    }

    /// The way back of a request of the peer that can still be answered. A ticket of another connection is none
    /// here.
    pub(super) fn way_back(&self, request: &InboundRequest) -> Option<&Arc<Route>> {
        let asked = self.0.as_ref()?.asked.get(request.key)?;
        (asked.id == request.head.transaction_id()).then_some(&asked.route)
    }

    /// A request is about to be told, and gets its body. `false`: it is over.
    pub(super) fn deliver(&mut self, request: &mut InboundRequest) -> bool {
        let asked = self.0.as_mut().and_then(|table| table.asked.get_mut(request.key));
        let Some(asked) = asked.filter(|asked| asked.id == request.head.transaction_id()) else {
            return false;
        };
        request.body = asked.body.take();
        true
    }

    pub(super) fn close(&mut self, key: Key) {
        if let Some(table) = &mut self.0 {
            table.asked.remove(key);
        }
    }

    /// Those of the peer on a session, and where their answers go.
    pub(super) fn asked_of(&self, session: SessionId) -> Vec<(Key, TransactionId, Arc<Route>)> {
        let Some(table) = &self.0 else {
            return Vec::new();
        };
        let keys = table.asked.keys().into_iter();
        keys.filter_map(|key| Some((key, table.asked.get(key)?)))
            .filter(|(_, asked)| asked.session == session)
            .map(|(key, asked)| (key, asked.id, asked.route.clone()))
            .collect()
    }

    /// The connection is lost: nobody is to be answered any more.
    pub(super) fn forget_asked(&mut self) {
        if let Some(table) = &mut self.0 {
            table.asking = None;
            for key in table.asked.keys() {
                table.asked.remove(key);
            }
        }
    }

    /// Gives up the room for requests if there are none.
    pub(super) fn release(&mut self) {
        let Some(table) = &mut self.0 else { return };
        table.own.release();
        table.asked.release();
        if table.ready.is_empty() {
            table.ready = VecDeque::new();
        }
        if table.held.is_empty() {
            table.held = VecDeque::new();
        }
    }
}

impl Table {
    fn new() -> Self {
        Self {
            own: Slots::new(),
            ready: VecDeque::new(),
            held: VecDeque::new(),
            asking: None,
            asked: Slots::new(),
        }
    }
}
