//! Paths through relays: asking for them, keeping them, letting them go (RFC 4976 §5.1).

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use bytes::BytesMut;

use super::auth::{Attempt, Granted, Nonces, Step};
use super::timer::Timer;
use super::transaction::Subject;
use super::transmit::fits;
use super::{Connection, Phase};
use crate::config::Terms;
use crate::event::{Event, RelayEvent, RelayId, SessionId};
use crate::ids;
use crate::relay::{RelayConfig, RelayError, RelayErrorReason, RelayFailure, RelayGrant};
use crate::relay_path::RelayPath;
use crate::slots::Slots;
use crate::time::{self, Instant};
use crate::wire::digest::Cnonce;
use crate::wire::frame_len::request_len;
use crate::wire::{ContinuationFlag, Head, Path, Scheme, StatusCode, encode, put_end_line};

/// A path through relays that is asked for or held, to command it.
pub struct Relay<'a> {
    connection: &'a mut Connection,
    id: RelayId,
}

/// Takes next to no room until there is one.
#[derive(Default)]
pub(super) struct Relays(Option<Box<Table>>);

struct Table {
    asked: Slots<Asked>,
    /// Whom each path was given to.
    paths: BTreeMap<Path, RelayId>,
    /// Whose paths each session uses, or has used.
    users: BTreeMap<SessionId, Vec<RelayId>>,
    /// Those that have something to ask, one at a time.
    turns: VecDeque<RelayId>,
    /// The request of the first in turn.
    turn: Turn,
    nonces: Nonces,
}

enum Turn {
    /// Nobody has anything to ask.
    Rests,
    Ready(Written),
    /// A response is awaited, also for one that is gone by now.
    Sent,
}

/// A request, but for its identifier.
struct Written {
    to_path: Path,
    from_path: Box<[u8]>,
    headers: String,
}

/// A path that is asked for or held.
struct Asked {
    config: RelayConfig,
    round: Option<Round>,
    /// What was granted, the latest last. Later ones do not put an end to earlier ones.
    grants: Vec<RelayGrant>,
    /// The relays have given something, which may have expired since.
    was_granted: bool,
    /// The one session that uses it.
    session: Option<SessionId>,
}

/// One relay after the other is asked.
struct Round {
    /// Which one is asked.
    at: usize,
    /// What those before have given.
    use_path: Option<Path>,
    /// When the first of their URIs expires.
    until: Option<Instant>,
    is_verified: bool,
    attempt: Attempt,
}

/// Whether a session may use the path that it has.
pub(super) enum RelayUse {
    /// It has none through relays, or one that is its own.
    Fine,
    /// Relays have not given it to this connection, or it has expired.
    Unknown,
    /// Another session uses it.
    InUse,
}

impl Connection {
    /// Asks relays for a path for one session, over a connection to the first of them
    /// ([`MsrpUri::relay_target`](crate::wire::MsrpUri::relay_target)): AUTH with Digest, to one after the other (RFC
    /// 4976 §5.1). [`Event::Relay`] tells what comes of it. On a connection there is one AUTH at a time; each is given up
    /// after [`Config::transaction_timeout`](crate::Config::transaction_timeout).
    ///
    /// # Errors
    ///
    /// [`RelayError`], which gives the configuration back.
    pub fn authorize(&mut self, config: RelayConfig) -> Result<RelayId, RelayError> {
        if let Err(reason) = self.check_authorize(&config) {
            let config = Box::new(config);
            return Err(RelayError { config, reason });
        }
        let table = self.relays.0.get_or_insert_with(|| Box::new(Table::new()));
        let round = Some(Round::new(&config));
        let id = RelayId(table.asked.insert(Asked {
            config,
            round,
            grants: Vec::new(),
            was_granted: false,
            session: None,
        }));
        table.turns.push_back(id);
        if self.sessions.is_empty() {
            self.start_idle();
        }
        self.next_turn();
        Ok(id)
    }

    /// A path through relays, to command it; `None` once its last event is queued.
    pub fn relay(&mut self, id: RelayId) -> Option<Relay<'_>> {
        self.relays.asked(id)?;
        Some(Relay { connection: self, id })
    }

    fn check_authorize(&self, config: &RelayConfig) -> Result<(), RelayErrorReason> {
        if self.phase != Phase::Open {
            return Err(RelayErrorReason::Closing);
        }
        if !self.link.is_secure() {
            return Err(RelayErrorReason::NotSecure);
        }
        if config.relays.iter().any(|relay| relay.scheme() != Scheme::Msrps) {
            return Err(RelayErrorReason::Insecure);
        }
        if config.own.session_id().is_none() {
            return Err(RelayErrorReason::NoSessionId);
        }
        if config.own.as_ref().lacks_port() {
            return Err(RelayErrorReason::NoPort);
        }
        if config.relays.len() > RelayPath::MAX {
            return Err(RelayErrorReason::TooManyRelays);
        }
        if self.relays.len() >= self.config.max_sessions {
            return Err(RelayErrorReason::TooMany);
        }
        Ok(())
    }

    /// Writes down what the first in turn has to ask, unless a response is awaited.
    fn next_turn(&mut self) {
        while let Some(table) = &mut self.relays.0
            && let (Turn::Rests, Some(&id)) = (&table.turn, table.turns.front())
        {
            let written = table.write(id, &mut self.ids);
            match written.filter(|written| self.fits(written.len())) {
                Some(written) => self.relays.set_turn(Turn::Ready(written)),
                None => self.end_round(id, Err(RelayFailure::TooLong)),
            }
        }
    }

    /// Whether an AUTH could be written now.
    pub(super) fn is_auth_ready(&self) -> bool {
        self.relays.ready().is_some() && !self.transactions.is_full()
    }

    /// Writes the next AUTH. `None`: there is none; `false`: it does not fit.
    pub(super) fn put_auth(&mut self, out: &mut BytesMut) -> Option<bool> {
        let table = self.relays.0.as_mut()?;
        let (Turn::Ready(written), Some(&id)) = (&table.turn, table.turns.front()) else {
            return None;
        };
        if self.transactions.is_full() {
            return None;
        }
        if !fits(out, written.len()) {
            return Some(false);
        }
        let place = self.transactions.reserve(Subject::Auth(id))?;
        let (tid, nonce) = self.ids.transaction(place, |_| false);
        let to_path = written.to_path.as_str().as_bytes();
        encode::put_request_start(out, &tid, AUTH, to_path, &written.from_path);
        out.extend_from_slice(written.headers.as_bytes());
        put_end_line(out, &tid, ContinuationFlag::Complete);
        table.sent(id);
        self.transactions.begin(place, nonce);
        self.transactions.sent(place, nonce, 0, self.due());
        self.stats.frames_sent += 1;
        Some(true)
    }

    /// Octets of the next AUTH, if there is one.
    pub(super) fn next_auth_len(&self) -> usize {
        self.relays.ready().map_or(0, Written::len)
    }

    pub(super) fn auth_answered(&mut self, id: RelayId, head: &Head, status: StatusCode) {
        self.relays.set_turn(Turn::Rests);
        let step = self.relays.0.as_mut().and_then(|table| {
            let asked = table.asked.get_mut(id.0)?;
            let round = asked.round.as_mut()?;
            let relay = asked.config.relays.get(round.at)?;
            let attempt = &mut round.attempt;
            Some(attempt.answered(&asked.config, relay, &mut table.nonces, (head, status)))
        });
        match step {
            // Given up meanwhile, or another round for the same relay: it keeps its turn.
            None | Some(Ok(Step::Again)) => {}
            Some(Ok(Step::Granted(granted))) => self.granted(id, granted),
            Some(Err(failure)) => self.end_round(id, Err(failure)),
        }
        self.next_turn();
    }

    pub(super) fn auth_expired(&mut self, id: RelayId) {
        self.relays.set_turn(Turn::Rests);
        self.end_round(id, Err(RelayFailure::TimedOut));
        self.next_turn();
    }

    /// A relay has given its URI: the next one is asked, or all have.
    fn granted(&mut self, id: RelayId, granted: Granted) {
        let now = self.now;
        let Some(asked) = self.relays.asked_mut(id) else {
            return;
        };
        let Some(round) = &mut asked.round else { return };
        let end = granted
            .lifetime
            .and_then(|seconds| time::after(now, Duration::from_secs(seconds)));
        round.until = [round.until, end].into_iter().flatten().min();
        round.is_verified &= granted.is_verified;
        if round.at + 1 < asked.config.relays.len() {
            round.at += 1;
            round.attempt = Attempt::new(&asked.config);
            round.use_path = Some(granted.use_path);
            return;
        }
        let grant = RelayGrant {
            path: RelayPath::new(granted.use_path),
            lifetime: round.until.map(|until| until.saturating_duration_since(now)),
            expires_at: round.until,
            is_verified: round.is_verified,
        };
        self.end_round(id, Ok(grant));
    }

    /// The one place where the asking of relays ends.
    fn end_round(&mut self, id: RelayId, outcome: Result<RelayGrant, RelayFailure>) {
        let Some(table) = &mut self.relays.0 else { return };
        // Those that wait behind it are not searched.
        if table.turns.front() == Some(&id) {
            table.turns.pop_front();
        }
        let Some(asked) = table.asked.get_mut(id.0) else {
            return;
        };
        asked.round = None;
        match outcome {
            Ok(grant) => {
                let path = grant.path.use_path().clone();
                if table.paths.get(&path).is_some_and(|other| *other != id) {
                    // What another session has is not for this one.
                    return self.end_round(id, Err(RelayFailure::UsePath));
                }
                table.paths.insert(path, id);
                let renewed = core::mem::replace(&mut asked.was_granted, true);
                let session = asked.session;
                // A relay may let the same URI live on.
                asked.grants.retain(|earlier| earlier.path != grant.path);
                asked.grants.push(grant.clone());
                self.start_relay_timers(id);
                let grant = Box::new(grant);
                let event = if renewed {
                    RelayEvent::Renewed(grant)
                } else {
                    RelayEvent::Authorized(grant)
                };
                self.events.push(Event::Relay(id, event));
                if let Some(session) = session {
                    // It may be the one that it had, and had expired.
                    self.path_changed(session);
                }
            }
            Err(failure) if asked.grants.is_empty() => self.end_relay(id, failure),
            Err(failure) => self
                .events
                .push(Event::Relay(id, RelayEvent::NotRenewed(failure))),
        }
    }

    fn start_relay_timers(&mut self, id: RelayId) {
        let Some(asked) = self.relays.asked(id) else {
            return;
        };
        let last = asked.grants.last().and_then(|grant| grant.expires_at);
        let lead = asked.config.lead;
        self.watch_expiry(id);
        self.timers.cancel(Timer::Expiring(id));
        if let Some(last) = last {
            let left = last.saturating_duration_since(self.now);
            self.timers.start(Timer::Expiring(id), left - lead.min(left / 2));
        }
    }

    /// Waits for the end of the path that lives the shortest.
    fn watch_expiry(&mut self, id: RelayId) {
        self.timers.cancel(Timer::Expired(id));
        let grants = self.relays.asked(id).into_iter().flat_map(|asked| &asked.grants);
        if let Some(first) = grants.filter_map(|grant| grant.expires_at).min() {
            let wait = first.saturating_duration_since(self.now);
            self.timers.start(Timer::Expired(id), wait);
        }
    }

    pub(super) fn relay_expiring(&mut self, id: RelayId) {
        if self.relays.asked(id).is_some_and(|asked| asked.round.is_none()) {
            self.events.push(Event::Relay(id, RelayEvent::Expiring));
        }
    }

    /// The path that lives the shortest has expired.
    pub(super) fn relay_expired(&mut self, id: RelayId) {
        let now = self.now;
        let Some(table) = &mut self.relays.0 else { return };
        let Some(asked) = table.asked.get_mut(id.0) else {
            return;
        };
        let is_over = |grant: &RelayGrant| grant.expires_at.is_some_and(|end| end <= now);
        let grants = core::mem::take(&mut asked.grants).into_iter();
        let (over, left): (Vec<_>, _) = grants.partition(is_over);
        asked.grants = left;
        let is_last = asked.grants.is_empty() && asked.round.is_none();
        let session = asked.session;
        for grant in over {
            table.paths.remove(grant.path.use_path());
            if !is_last {
                self.events
                    .push(Event::Relay(id, RelayEvent::Lapsed(Box::new(grant.path))));
            }
        }
        if is_last {
            self.end_relay(id, RelayFailure::Expired);
            return;
        }
        self.watch_expiry(id);
        if let Some(session) = session {
            self.path_changed(session);
        }
    }

    /// The one place where a path ends.
    fn end_relay(&mut self, id: RelayId, failure: RelayFailure) {
        let Some(table) = &mut self.relays.0 else { return };
        let Some(asked) = table.asked.remove(id.0) else {
            return;
        };
        for grant in asked.grants {
            table.paths.remove(grant.path.use_path());
        }
        if let Some(session) = asked.session
            && let Some(used) = table.users.get_mut(&session)
        {
            used.retain(|other| *other != id);
            if used.is_empty() {
                table.users.remove(&session);
            }
        }
        if table.turns.front() == Some(&id)
            && let Turn::Ready(_) = table.turn
        {
            table.turn = Turn::Rests;
        }
        if asked.round.is_some() {
            table.turns.retain(|other| *other != id);
        }
        self.timers.cancel(Timer::Expired(id));
        self.timers.cancel(Timer::Expiring(id));
        self.events.push(Event::Relay(id, RelayEvent::Failed(failure)));
        if let Some(session) = asked.session {
            self.path_changed(session);
        }
    }

    /// A path is for one session (RFC 4976 §3.1).
    pub(super) fn end_relay_of(&mut self, session: SessionId) {
        for id in self.relays.of(session) {
            self.end_relay(id, RelayFailure::SessionEnded);
        }
        self.next_turn();
    }

    /// The connection is lost or closing.
    pub(super) fn lose_relays(&mut self) {
        let Some(table) = &mut self.relays.0 else { return };
        // Nobody has a turn any more: none is to be looked for among many.
        table.turns.clear();
        for key in table.asked.keys() {
            self.end_relay(RelayId(key), RelayFailure::ConnectionLost);
        }
        self.relays = Relays::default();
    }
}

const AUTH: &str = "AUTH";

/// Paths at most that one session holds at a time.
const MAX_GRANTS: usize = 8;

impl Relay<'_> {
    /// Asks the relays again, for a path to put in the place of this one before it expires. It has other URIs, which
    /// signalling is to offer the peer (RFC 4976 §9.4); until then, and until it expires, the present one is good.
    /// `false`: they are being asked, or have given eight paths that all live.
    pub fn renew(&mut self) -> bool {
        let Some(table) = &mut self.connection.relays.0 else {
            return false;
        };
        let Some(asked) = table.asked.get_mut(self.id.0) else {
            return false;
        };
        if asked.round.is_some() || asked.grants.len() >= MAX_GRANTS {
            return false;
        }
        asked.round = Some(Round::new(&asked.config));
        table.turns.push_back(self.id);
        self.connection.next_turn();
        true
    }

    /// The path that was granted last, if there is one.
    pub fn grant(&self) -> Option<&RelayGrant> {
        self.connection.relays.asked(self.id)?.grants.last()
    }

    /// The session that uses the path, or one that was granted before it.
    pub fn session(&self) -> Option<SessionId> {
        self.connection.relays.asked(self.id)?.session
    }

    /// Gives the path up. A session that uses it can send nothing more, unless [`Session::update`](crate::Session::update)
    /// gives it another one. Relays are told nothing: there is no way to.
    pub fn release(self) {
        self.connection.end_relay(self.id, RelayFailure::Released);
        self.connection.next_turn();
    }
}

impl core::fmt::Debug for Relay<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Relay")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Relays {
    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.asked.len())
    }

    /// Whether relays were ever asked for anything on this connection.
    pub(super) fn is_used(&self) -> bool {
        self.0.is_some()
    }

    fn asked(&self, id: RelayId) -> Option<&Asked> {
        self.0.as_ref()?.asked.get(id.0)
    }

    fn asked_mut(&mut self, id: RelayId) -> Option<&mut Asked> {
        self.0.as_mut()?.asked.get_mut(id.0)
    }

    fn set_turn(&mut self, turn: Turn) {
        if let Some(table) = &mut self.0 {
            table.turn = turn;
        }
    }

    fn ready(&self) -> Option<&Written> {
        match &self.0.as_ref()?.turn {
            Turn::Ready(written) => Some(written),
            Turn::Rests | Turn::Sent => None,
        }
    }

    /// Whether a session, which may be there already, may have these terms.
    pub(super) fn check(&self, terms: &Terms, session: Option<SessionId>) -> RelayUse {
        let Some(path) = terms.use_path() else {
            return RelayUse::Fine;
        };
        match self.find(&path).and_then(|id| self.asked(id)) {
            None => RelayUse::Unknown,
            Some(asked) if asked.session.is_none() || asked.session == session => RelayUse::Fine,
            Some(_) => RelayUse::InUse,
        }
    }

    /// Whether the path of these terms has not expired, and is still that of the session.
    pub(super) fn is_alive(&self, terms: &Terms, session: SessionId) -> bool {
        let is_its = |path| {
            let asked = self.find(&path).and_then(|id| self.asked(id));
            asked.is_some_and(|asked| asked.session == Some(session))
        };
        terms.use_path().is_none_or(is_its)
    }

    /// A session uses the path of its terms.
    pub(super) fn take(&mut self, terms: &Terms, session: SessionId) {
        let id = terms.use_path().and_then(|path| self.find(&path));
        if let (Some(id), Some(table)) = (id, &mut self.0)
            && let Some(asked) = table.asked.get_mut(id.0)
        {
            asked.session = Some(session);
            let used = table.users.entry(session).or_default();
            if !used.contains(&id) {
                used.push(id);
            }
        }
    }

    fn find(&self, path: &Path) -> Option<RelayId> {
        self.0.as_ref()?.paths.get(path).copied()
    }

    fn of(&self, session: SessionId) -> Vec<RelayId> {
        let used = self.0.as_ref().and_then(|table| table.users.get(&session));
        used.cloned().unwrap_or_default()
    }
}

impl Table {
    fn new() -> Self {
        Self {
            asked: Slots::new(),
            paths: BTreeMap::new(),
            users: BTreeMap::new(),
            turns: VecDeque::new(),
            turn: Turn::Rests,
            nonces: Nonces::default(),
        }
    }

    /// The request of the first in turn is out.
    fn sent(&mut self, id: RelayId) {
        self.turn = Turn::Sent;
        let asked = self.asked.get(id.0);
        if let Some((asked, round)) = asked.and_then(|asked| Some((asked, asked.round.as_ref()?)))
            && let Some(relay) = asked.config.relays.get(round.at)
        {
            round.attempt.sent(relay, &mut self.nonces);
        }
    }

    /// The next request of one that has its turn.
    fn write(&mut self, id: RelayId, ids: &mut ids::Ids) -> Option<Written> {
        let asked = self.asked.get_mut(id.0)?;
        let round = asked.round.as_mut()?;
        let relay = asked.config.relays.get(round.at)?;
        let before = round.use_path.iter().flat_map(|path| path.iter());
        let to_path = Path::from_uris(before.chain([relay.as_ref()])).ok()?;
        let cnonce = Cnonce::random(|to| ids.fill(to));
        let headers = round
            .attempt
            .headers(&asked.config, relay, &mut self.nonces, &cnonce);
        Some(Written {
            to_path,
            from_path: asked.config.own.as_str().as_bytes().into(),
            headers,
        })
    }
}

impl Round {
    fn new(config: &RelayConfig) -> Self {
        Self {
            at: 0,
            use_path: None,
            until: None,
            is_verified: true,
            attempt: Attempt::new(config),
        }
    }
}

impl Written {
    fn len(&self) -> usize {
        let paths = [self.to_path.as_str().as_bytes(), &self.from_path];
        request_len(ids::TRANSACTION_LEN, AUTH, paths, self.headers.len(), None)
    }
}
