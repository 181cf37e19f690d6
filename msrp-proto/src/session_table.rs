//! Sessions over all connections of an endpoint (RFC 4975 §5.4).

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Matching, SessionConfig};
use crate::error::{ExpectError, ExpectErrorReason};
use crate::event::SessionRequest;
use crate::message::Refusal;
use crate::slots::{Key, Slots};
use crate::target::{Host, ReuseKey};
use crate::wire::{MsrpUri, PathRef, UriRef};

/// Which sessions are expected, which connection has which, and which connection can be used again: for
/// endpoints with more than one connection.
///
/// It owns no connection: `K` is the name an application has for one, never used again for another. What it
/// keeps is bounded by what the application tells it; a peer puts nothing in.
///
/// - Signalling announces a session that the peer will connect for: [`expect`](Self::expect).
/// - A connection asks ([`Event::SessionRequested`](crate::Event::SessionRequested)): [`claim`](Self::claim) says
///   whether to accept, or with what to refuse.
/// - A session ends: [`ended`](Self::ended). A connection ends: [`lost`](Self::lost).
/// - The application opens a session itself: [`reusable`](Self::reusable) may have a connection for it;
///   [`opened`](Self::opened) or [`fork_opened`](Self::fork_opened) tells the table.
///
/// ```
/// use std::sync::Arc;
/// use msrp_proto::{Config, Connection, Event, Matching, Refusal, SessionTable};
///
/// // Every connection asks, since each may get the first request of any session.
/// let config = Arc::new(Config::default().session_requests(true));
/// let mut table = SessionTable::<u32>::new(Matching::Exact);
///
/// fn on_event(table: &mut SessionTable<u32>, name: u32, connection: &mut Connection, event: Event) {
///     if let Event::SessionRequested(request) = event {
///         match table.claim(&name, &request) {
///             Ok((registration, session)) => match connection.accept(request, session) {
///                 Ok(_session) => { /* remember which registration it has */ }
///                 Err(error) => {
///                     table.ended(registration);
///                     // Left alone, it would hold up the connection for 5 s.
///                     connection.refuse(*error.request, Refusal::NO_SESSION);
///                 }
///             },
///             Err(refusal) => connection.refuse(request, refusal),
///         }
///     }
/// }
/// ```
pub struct SessionTable<K> {
    matching: Matching,
    entries: Slots<Entry<K>>,
    /// By session-id, in order of registration.
    by_id: BTreeMap<Box<str>, Vec<Key>>,
    connections: BTreeMap<K, Known>,
    reusable: BTreeMap<ReuseKey, BTreeSet<K>>,
}

/// A session in a [`SessionTable`], from [`expect`](SessionTable::expect) or
/// [`opened`](SessionTable::opened) until [`ended`](SessionTable::ended). Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registration(Key);

struct Entry<K> {
    local: MsrpUri,
    state: State<K>,
}

enum State<K> {
    Expected(Box<SessionConfig>),
    Held(K),
}

/// What is known of a connection.
#[derive(Default)]
struct Known {
    sessions: BTreeSet<Key>,
    reuse: Option<ReuseKey>,
}

impl<K: Clone + Ord> SessionTable<K> {
    /// An empty table. `matching` should be that of the connections ([`Config::matching`](crate::Config::matching)).
    pub const fn new(matching: Matching) -> Self {
        Self {
            matching,
            entries: Slots::new(),
            by_id: BTreeMap::new(),
            connections: BTreeMap::new(),
            reusable: BTreeMap::new(),
        }
    }

    /// A session that the peer will connect for. To be told as soon as its URI is handed out, since the
    /// peer may be faster than its answer (ruling R-59).
    ///
    /// # Errors
    ///
    /// [`ExpectError`], which gives the configuration back, if the URI is in use: each session has one of its own
    /// (RFC 4975 §8.2), but for [forks](Self::fork).
    pub fn expect(&mut self, session: SessionConfig) -> Result<Registration, ExpectError> {
        match self.check_new(session.local()) {
            Ok(()) => Ok(self.add(session.local().clone(), State::Expected(Box::new(session)))),
            Err(reason) => Err(ExpectError {
                session: Box::new(session),
                reason,
            }),
        }
    }

    /// A further session under the URI of another one: an offer that was forked has several answers
    /// (RFC 4975 §8.8). Each is bound to a connection of its own (ruling R-40). For peers that will connect;
    /// where this side connects, [`fork_opened`](Self::fork_opened) is for it.
    ///
    /// # Errors
    ///
    /// [`ExpectError`] if the other one is not in the table any more, or has another URI.
    pub fn fork(&mut self, of: Registration, session: SessionConfig) -> Result<Registration, ExpectError> {
        let reason = match self.entries.get(of.0) {
            Some(entry) if entry.local == *session.local() => {
                return Ok(self.add(session.local().clone(), State::Expected(Box::new(session))));
            }
            Some(_) => ExpectErrorReason::OtherUri,
            None => ExpectErrorReason::Unknown,
        };
        Err(ExpectError {
            session: Box::new(session),
            reason,
        })
    }

    /// Takes back a session that is expected: it was called off, or its terms have changed. `None` if it was
    /// claimed already, or has ended.
    pub fn withdraw(&mut self, registration: Registration) -> Option<SessionConfig> {
        match &self.entries.get(registration.0)?.state {
            State::Held(_) => None,
            State::Expected(_) => match self.remove(registration.0)?.state {
                State::Expected(session) => Some(*session),
                State::Held(_) => None,
            },
        }
    }

    /// Which session a request is for that `connection` asks about. The session counts as that connection's
    /// from now on: if it is not accepted after all, tell so by [`ended`](Self::ended).
    ///
    /// Of several with one URI it is the one whose peer has the rightmost URI of From-Path, else one whose
    /// peer is not known yet, else the oldest.
    ///
    /// # Errors
    ///
    /// With what to refuse the request: [`Refusal::NO_SESSION`], or [`Refusal::BOUND_ELSEWHERE`] if there is
    /// such a session, but on another connection (RFC 4975 §5.4).
    pub fn claim(
        &mut self,
        connection: &K,
        request: &SessionRequest,
    ) -> Result<(Registration, SessionConfig), Refusal> {
        let found = request.to().map(|to| self.find(to)).unwrap_or_default();
        let Some(key) = self.choose(&found, request.from_path()) else {
            let elsewhere = found.iter().any(|key| match self.entries.get(*key) {
                Some(entry) => matches!(&entry.state, State::Held(by) if by != connection),
                None => false,
            });
            return Err(if elsewhere {
                Refusal::BOUND_ELSEWHERE
            } else {
                Refusal::NO_SESSION
            });
        };
        let Some(entry) = self.entries.get_mut(key) else {
            return Err(Refusal::NO_SESSION);
        };
        match core::mem::replace(&mut entry.state, State::Held(connection.clone())) {
            State::Expected(session) => {
                self.known(connection).sessions.insert(key);
                Ok((Registration(key), *session))
            }
            State::Held(_) => Err(Refusal::NO_SESSION),
        }
    }

    /// The expected sessions that a client can be for, by its certificate: those of peers whose host, that of the
    /// rightmost URI of the path, `is_verified` says it to be for (RFC 4975 §5.4). For connections with mutual TLS,
    /// before [`claim`](Self::claim) or to check it. Sessions of which the path of the peer is not known are not
    /// among them.
    pub fn expected_from(&self, is_verified: impl Fn(&Host) -> bool) -> Vec<Registration> {
        let is_it =
            |entry: &Entry<K>| match &entry.state {
                State::Held(_) => false,
                State::Expected(session) => session.terms.remote.as_ref().is_some_and(|path| {
                    Host::of(path.as_ref().rightmost()).is_ok_and(|host| is_verified(&host))
                }),
            };
        let keys = self.entries.keys().into_iter();
        keys.filter(|key| self.entries.get(*key).is_some_and(is_it))
            .map(Registration)
            .collect()
    }

    /// The application has opened a session by itself.
    ///
    /// # Errors
    ///
    /// [`ExpectErrorReason`] if the URI is in use.
    pub fn opened(&mut self, connection: K, local: &MsrpUri) -> Result<Registration, ExpectErrorReason> {
        self.check_new(local)?;
        Ok(self.hold(local.clone(), connection))
    }

    /// The application has opened a further session by itself, under the URI of another one: it connects to each
    /// peer that has answered a forked offer (RFC 4975 §8.8), each time on another connection (ruling R-40).
    ///
    /// # Errors
    ///
    /// [`ExpectErrorReason`] if the other one is not in the table any more, or that connection has a session
    /// with its URI.
    pub fn fork_opened(
        &mut self,
        of: Registration,
        connection: K,
    ) -> Result<Registration, ExpectErrorReason> {
        let local = match self.entries.get(of.0) {
            Some(entry) => entry.local.clone(),
            None => return Err(ExpectErrorReason::Unknown),
        };
        let in_use = |key: &Key| match self.entries.get(*key) {
            Some(entry) => matches!(&entry.state, State::Held(by) if *by == connection),
            None => false,
        };
        if self.find(local.as_ref()).iter().any(in_use) {
            return Err(ExpectErrorReason::InUse);
        }
        Ok(self.hold(local, connection))
    }

    /// A session has ended, or is not wanted any more. Its URI is unknown from now on.
    pub fn ended(&mut self, registration: Registration) {
        let Some(Entry {
            state: State::Held(connection),
            ..
        }) = self.remove(registration.0)
        else {
            return;
        };
        if let Some(known) = self.connections.get_mut(&connection) {
            known.sessions.remove(&registration.0);
            if known.sessions.is_empty() && known.reuse.is_none() {
                self.connections.remove(&connection);
            }
        }
    }

    /// A connection was made to a target: further sessions for it can use it (RFC 4975 §5.4).
    pub fn connected(&mut self, connection: K, reuse: ReuseKey) {
        if let Some(before) = self.known(&connection).reuse.replace(reuse.clone()) {
            self.not_reusable(&before, &connection);
        }
        self.reusable.entry(reuse).or_default().insert(connection);
    }

    /// The connections to that target, in the order of their names. One that has as many sessions as its
    /// configuration allows does not take another.
    pub fn reusable(&self, target: &ReuseKey) -> impl DoubleEndedIterator<Item = &K> {
        self.reusable.get(target).into_iter().flatten()
    }

    /// A connection is lost, or about to be closed: its sessions have failed, and nothing uses it again.
    pub fn lost(&mut self, connection: &K) {
        let Some(Known { sessions, reuse }) = self.connections.remove(connection) else {
            return;
        };
        for key in sessions {
            self.remove(key);
        }
        if let Some(reuse) = reuse {
            self.not_reusable(&reuse, connection);
        }
    }

    /// How many sessions a connection has.
    pub fn sessions_of(&self, connection: &K) -> usize {
        let known = self.connections.get(connection);
        known.map_or(0, |known| known.sessions.len())
    }

    /// How many sessions there are, expected ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is neither a session nor a connection to be used again.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.connections.is_empty()
    }

    fn check_new(&self, local: &MsrpUri) -> Result<(), ExpectErrorReason> {
        let id = local.session_id().ok_or(ExpectErrorReason::NoSessionId)?;
        let in_use = |key: &Key| self.entries.get(*key).is_some_and(|entry| entry.local == *local);
        match self.by_id.get(id) {
            Some(keys) if keys.iter().any(in_use) => Err(ExpectErrorReason::InUse),
            _ => Ok(()),
        }
    }

    /// The sessions that a URI may mean.
    fn find(&self, to: UriRef<'_>) -> Vec<Key> {
        let Some(same_id) = to.session_id().and_then(|id| self.by_id.get(id)) else {
            return Vec::new();
        };
        let uri = |key: &Key| self.entries.get(*key).map(|entry| &entry.local);
        let is_it = |key: &&Key| uri(key).is_some_and(|local| local.as_ref() == to);
        let exact: Vec<_> = same_id.iter().filter(is_it).copied().collect();
        let first = same_id.first().and_then(uri);
        match self.matching {
            Matching::SessionId if exact.is_empty() && same_id.iter().all(|key| uri(key) == first) => {
                same_id.clone()
            }
            _ => exact,
        }
    }

    /// Which of several expected sessions a sender means.
    fn choose(&self, found: &[Key], from: Option<PathRef<'_>>) -> Option<Key> {
        let peer = from.map(|path| path.rightmost());
        let rank = |key: &Key| match &self.entries.get(*key)?.state {
            State::Held(_) => None,
            State::Expected(session) => Some(match &session.terms.remote {
                Some(path) if Some(path.as_ref().rightmost()) == peer => 0,
                None => 1,
                Some(_) => 2,
            }),
        };
        found
            .iter()
            .filter_map(|key| Some((rank(key)?, *key)))
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, key)| key)
    }

    fn add(&mut self, local: MsrpUri, state: State<K>) -> Registration {
        let id = local.session_id().unwrap_or_default().into();
        let key = self.entries.insert(Entry { local, state });
        self.by_id.entry(id).or_default().push(key);
        Registration(key)
    }

    fn hold(&mut self, local: MsrpUri, connection: K) -> Registration {
        let registration = self.add(local, State::Held(connection.clone()));
        self.known(&connection).sessions.insert(registration.0);
        registration
    }

    fn remove(&mut self, key: Key) -> Option<Entry<K>> {
        let entry = self.entries.remove(key)?;
        let id = entry.local.session_id().unwrap_or_default();
        if let Some(keys) = self.by_id.get_mut(id) {
            keys.retain(|other| *other != key);
            if keys.is_empty() {
                self.by_id.remove(id);
            }
        }
        Some(entry)
    }

    fn not_reusable(&mut self, reuse: &ReuseKey, connection: &K) {
        if let Some(connections) = self.reusable.get_mut(reuse) {
            connections.remove(connection);
            if connections.is_empty() {
                self.reusable.remove(reuse);
            }
        }
    }

    fn known(&mut self, connection: &K) -> &mut Known {
        self.connections.entry(connection.clone()).or_default()
    }
}

impl<K: Clone + Ord> Default for SessionTable<K> {
    fn default() -> Self {
        Self::new(Matching::default())
    }
}

impl<K> fmt::Debug for SessionTable<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTable")
            .field("sessions", &self.entries.len())
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}
