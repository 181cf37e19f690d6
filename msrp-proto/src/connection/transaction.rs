//! Requests that await a response (RFC 4975 §7.1.1).
//!
//! The place of an entry is part of the transaction identifier, so a response finds it without a search.
//! All wait equally long, so the order of time is the order in which they were sent: a list, threaded
//! through the entries, from which any can be taken out at once.

use std::collections::VecDeque;

#[cfg(feature = "relay")]
use crate::event::RelayId;
use crate::event::{OutgoingId, RequestId, SessionId};
use crate::ids::{self, Nonce, Place};
use crate::time::Instant;
use crate::wire::TransactionId;

/// What a response is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// An AUTH.
    #[cfg(feature = "relay")]
    Auth(RelayId),
    /// A SEND without a body.
    Bodiless(SessionId),
    /// A chunk: the octets of the message from `start`, counted from 0.
    Chunk {
        session: SessionId,
        message: OutgoingId,
        start: u64,
        end: u64,
    },
    /// A request that is neither SEND nor REPORT.
    Request { session: SessionId, request: RequestId },
}

impl Subject {
    pub(super) fn session(self) -> Option<SessionId> {
        match self {
            #[cfg(feature = "relay")]
            Self::Auth(_) => None,
            Self::Bodiless(session) | Self::Chunk { session, .. } | Self::Request { session, .. } => {
                Some(session)
            }
        }
    }
}

/// When the response to a request is due that is out now.
#[derive(Clone, Copy)]
pub(super) enum Due {
    At(Instant),
    /// Past the end of the clock.
    Never,
    /// That is told by [`Transactions::flushed`].
    OnceFlushed,
}

/// The requests under way. Takes next to no room while there are none.
#[derive(Default)]
pub(super) struct Transactions(Option<Box<Table>>);

#[derive(Default)]
struct Table {
    entries: Vec<Entry>,
    free: Option<u32>,
    len: usize,
    oldest: Option<u32>,
    newest: Option<u32>,
    /// Sent, but the driver has not yet said that the operating system has them.
    unflushed: VecDeque<(Place, Nonce)>,
}

struct Entry {
    /// `None` while the entry is free or its identifier is being chosen.
    nonce: Option<Nonce>,
    subject: Subject,
    /// Set with the last octet of the request, or later by [`Transactions::flushed`].
    deadline: Option<Instant>,
    /// In the list of time; for a free entry `next` is the next free one.
    previous: Option<u32>,
    next: Option<u32>,
}

impl Transactions {
    /// How many requests are under way, those being written included.
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.len)
    }

    /// Whether there is no place for another request.
    pub(super) fn is_full(&self) -> bool {
        self.0.as_ref().is_some_and(|table| table.is_full())
    }

    /// A place for a request; `None` if all can be told apart no more.
    pub(super) fn reserve(&mut self, subject: Subject) -> Option<Place> {
        self.0.get_or_insert_default().reserve(subject)
    }

    /// The identifier of the request is chosen: from now on a response can be matched.
    pub(super) fn begin(&mut self, place: Place, nonce: Nonce) {
        if let Some(table) = &mut self.0 {
            table.begin(place, nonce);
        }
    }

    /// The last octet of the request is out.
    pub(super) fn sent(&mut self, place: Place, nonce: Nonce, end: u64, due: Due) {
        if let Some(table) = &mut self.0 {
            table.sent(place, nonce, end, due);
        }
    }

    /// All octets sent so far are with the operating system.
    pub(super) fn flushed(&mut self, deadline: Option<Instant>) {
        if let Some(table) = &mut self.0 {
            table.flushed(deadline);
        }
    }

    /// Takes out the request that a response answers.
    pub(super) fn answered(&mut self, id: &TransactionId) -> Option<Subject> {
        self.0.as_mut()?.answered(id)
    }

    /// Takes out a request whose time is over.
    pub(super) fn expired(&mut self, now: Instant) -> Option<Subject> {
        self.0.as_mut()?.expired(now)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.0.as_ref()?.next_deadline()
    }

    /// Gives up the room for requests if there are none.
    pub(super) fn release(&mut self) {
        if self.len() == 0 {
            self.clear();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}

impl Table {
    fn is_full(&self) -> bool {
        self.free.is_none() && self.entries.len() >= LAST_PLACE as usize
    }

    fn reserve(&mut self, subject: Subject) -> Option<Place> {
        let entry = Entry {
            nonce: None,
            subject,
            deadline: None,
            previous: None,
            next: None,
        };
        if let Some(index) = self.free
            && let Some(slot) = self.entries.get_mut(index as usize)
        {
            self.free = slot.next;
            *slot = entry;
            self.len += 1;
            return Some(Place(index));
        }
        let index = u32::try_from(self.entries.len())
            .ok()
            .filter(|&index| index < LAST_PLACE)?;
        self.entries.push(entry);
        self.len += 1;
        Some(Place(index))
    }

    fn begin(&mut self, place: Place, nonce: Nonce) {
        if let Some(entry) = self.entries.get_mut(place.0 as usize) {
            entry.nonce = Some(nonce);
        }
    }

    fn sent(&mut self, place: Place, nonce: Nonce, end: u64, due: Due) {
        let Some(entry) = self.entries.get_mut(place.0 as usize) else {
            return;
        };
        if entry.nonce != Some(nonce) {
            // Answered before its end.
            return;
        }
        if let Subject::Chunk { end: known, .. } = &mut entry.subject {
            *known = end;
        }
        match due {
            Due::At(deadline) => self.append(place, deadline),
            Due::Never => {}
            Due::OnceFlushed => {
                self.forget_answered();
                self.unflushed.push_back((place, nonce));
            }
        }
    }

    fn flushed(&mut self, deadline: Option<Instant>) {
        while let Some((place, nonce)) = self.unflushed.pop_front() {
            if let (true, Some(deadline)) = (is_known(&self.entries, place, nonce), deadline) {
                self.append(place, deadline);
            }
        }
    }

    /// A driver that is never done with its octets does not make the list longer than what is awaited.
    fn forget_answered(&mut self) {
        if self.unflushed.len() >= 2 * self.len.max(UNFLUSHED) {
            let entries = &self.entries;
            self.unflushed
                .retain(|&(place, nonce)| is_known(entries, place, nonce));
        }
    }

    fn answered(&mut self, id: &TransactionId) -> Option<Subject> {
        let (nonce, place) = ids::split_transaction(id)?;
        let entry = self.entries.get(place.0 as usize)?;
        if entry.nonce != Some(nonce) {
            None
        } else {
            self.remove(place)
        }
    }

    fn expired(&mut self, now: Instant) -> Option<Subject> {
        if self.next_deadline()? > now {
            return None;
        }
        self.remove(Place(self.oldest?))
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.entries.get(self.oldest? as usize)?.deadline
    }

    fn append(&mut self, place: Place, deadline: Instant) {
        let newest = self.newest.replace(place.0);
        if let Some(entry) = self.entries.get_mut(place.0 as usize) {
            entry.deadline = Some(deadline);
            entry.previous = newest;
            entry.next = None;
        }
        match newest.and_then(|index| self.entries.get_mut(index as usize)) {
            Some(before) => before.next = Some(place.0),
            None => self.oldest = Some(place.0),
        }
    }

    fn remove(&mut self, place: Place) -> Option<Subject> {
        let free = self.free;
        let entry = self.entries.get_mut(place.0 as usize)?;
        entry.nonce = None;
        let (subject, previous) = (entry.subject, entry.previous.take());
        let next = core::mem::replace(&mut entry.next, free);
        if entry.deadline.take().is_some() {
            match previous.and_then(|index| self.entries.get_mut(index as usize)) {
                Some(before) => before.next = next,
                None => self.oldest = next,
            }
            match next.and_then(|index| self.entries.get_mut(index as usize)) {
                Some(behind) => behind.previous = previous,
                None => self.newest = previous,
            }
        }
        self.free = Some(place.0);
        self.len -= 1;
        if self.len == 0 {
            // So that places do not depend on whether their room was given up meanwhile.
            self.entries.clear();
            self.free = None;
        }
        Some(subject)
    }
}

fn is_known(entries: &[Entry], place: Place, nonce: Nonce) -> bool {
    let entry = entries.get(place.0 as usize);
    entry.is_some_and(|entry| entry.nonce == Some(nonce))
}

/// Up to twice as many requests that await a flush are not looked through for those that are answered.
const UNFLUSHED: usize = 32;

/// Places from here on are not in the table.
const LAST_PLACE: u32 = Place::COUNT - 2;

/// The place of requests that await no response.
pub(super) const NO_PLACE: Place = Place(LAST_PLACE);

/// The place of chunks with Failure-Report `partial`, which are answered only on failure.
const PARTIAL_PLACE: Place = Place(LAST_PLACE + 1);

/// The last chunks sent with Failure-Report `partial`. There is no saying when the peer is done with one,
/// so the oldest gives way to the newest, and none ever holds up another.
pub(super) struct Partials<T>(Option<Box<Ring<T>>>);

struct Ring<T> {
    last: VecDeque<(Nonce, T)>,
}

impl<T> Partials<T> {
    pub(super) const PLACE: Place = PARTIAL_PLACE;

    pub(super) const fn new() -> Self {
        Self(None)
    }

    pub(super) fn begin(&mut self, nonce: Nonce, subject: T) {
        let new = || {
            Box::new(Ring {
                last: VecDeque::new(),
            })
        };
        let Ring { last } = &mut **self.0.get_or_insert_with(new);
        if last.len() >= KEPT_PARTIALS {
            last.pop_front();
        }
        last.push_back((nonce, subject));
    }

    pub(super) fn answered(&mut self, id: &TransactionId) -> Option<T> {
        let (nonce, place) = ids::split_transaction(id)?;
        let Ring { last } = &mut **self.0.as_mut()?;
        let at = last
            .iter()
            .position(|(known, _)| *known == nonce && place == PARTIAL_PLACE)?;
        last.remove(at).map(|(_, subject)| subject)
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}

const KEPT_PARTIALS: usize = 64;

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::event::SessionId;
    use crate::ids::{Ids, Seed};
    use crate::slots::Slots;

    /// Sends so many requests, each answered at once, and says how many are kept.
    fn kept(due: Due, requests: usize) -> usize {
        let mut ids = Ids::new(&Seed::new([7; 32]));
        let session = SessionId(Slots::new().insert(()));
        let mut transactions = Transactions::default();
        for _ in 0..requests {
            let place = transactions.reserve(Subject::Bodiless(session)).unwrap();
            let (id, nonce) = ids.transaction(place, |_| false);
            transactions.begin(place, nonce);
            transactions.sent(place, nonce, 0, due);
            assert!(transactions.answered(&id).is_some());
        }
        assert_eq!(transactions.len(), 0);
        transactions.0.map_or(0, |table| table.unflushed.len())
    }

    #[test]
    fn nothing_is_kept_of_what_is_answered() {
        assert_eq!(kept(Due::Never, 1000), 0);
        assert_eq!(kept(Due::At(crate::test_util::epoch()), 1000), 0);
        assert!(kept(Due::OnceFlushed, 10_000) <= 2 * UNFLUSHED);
    }

    #[test]
    fn what_is_awaited_survives() {
        let mut ids = Ids::new(&Seed::new([7; 32]));
        let session = SessionId(Slots::new().insert(()));
        let mut transactions = Transactions::default();
        for _ in 0..1000 {
            let place = transactions.reserve(Subject::Bodiless(session)).unwrap();
            let (_, nonce) = ids.transaction(place, |_| false);
            transactions.begin(place, nonce);
            transactions.sent(place, nonce, 0, Due::OnceFlushed);
        }
        let deadline = crate::test_util::epoch() + Duration::from_secs(30);
        transactions.flushed(Some(deadline));
        let expired = std::iter::from_fn(|| transactions.expired(deadline)).count();
        assert_eq!(expired, 1000);
    }
}
