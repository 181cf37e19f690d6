//! What is due when.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(feature = "relay")]
use crate::event::RelayId;
use crate::event::{IncomingId, OutgoingId, SessionId};
use crate::slots::Key;
use crate::time::{self, Instant};

/// Everything that waits for a moment, but for transactions, which have a list of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A path through relays has expired.
    #[cfg(feature = "relay")]
    Expired(RelayId),
    /// A path through relays needs renewal.
    #[cfg(feature = "relay")]
    Expiring(RelayId),
    /// The connection has no session.
    Idle,
    /// An incoming message gets no chunks.
    Incomplete(IncomingId),
    /// A session has sent nothing.
    Keepalive(SessionId),
    /// The peer has abandoned the one message of a session, and does not close it.
    Aborted(SessionId),
    /// A requested session is neither accepted nor refused.
    Request,
    /// A message is sent, and no report has come.
    Report(OutgoingId),
    /// The application has not answered a request of the peer.
    Respond(Key),
    /// Answers are not taken.
    Stalled,
}

/// At most one moment for each timer. Takes next to no room while none runs.
#[derive(Default)]
pub(super) struct Timers(Option<Box<Running>>);

#[derive(Default)]
struct Running {
    due: BTreeSet<(Instant, Timer)>,
    at: BTreeMap<Timer, Instant>,
    /// Started, but by a call that does not know the time.
    unarmed: BTreeMap<Timer, Duration>,
}

impl Timers {
    /// Starts a timer anew. It counts from the next time that is told to [`Timers::arm`].
    pub(super) fn start(&mut self, timer: Timer, wait: Duration) {
        self.cancel(timer);
        self.0.get_or_insert_default().unarmed.insert(timer, wait);
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        let Some(running) = &mut self.0 else {
            return;
        };
        running.unarmed.remove(&timer);
        if let Some(at) = running.at.remove(&timer) {
            running.due.remove(&(at, timer));
        }
    }

    /// Gives up the room for timers if none runs.
    pub(super) fn release(&mut self) {
        if let Some(running) = &self.0
            && running.at.is_empty()
            && running.unarmed.is_empty()
        {
            self.clear();
        }
    }

    /// Tells the time to timers that do not know it yet.
    #[inline]
    pub(super) fn arm(&mut self, now: Instant) {
        if self.has_unarmed() {
            self.arm_all(now);
        }
    }

    fn arm_all(&mut self, now: Instant) {
        let Some(running) = &mut self.0 else { return };
        while let Some((timer, wait)) = running.unarmed.pop_first() {
            if let Some(at) = time::after(now, wait) {
                running.at.insert(timer, at);
                running.due.insert((at, timer));
            }
        }
    }

    /// Takes out a timer that is due.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Timer> {
        let running = self.0.as_mut()?;
        let &(at, timer) = running.due.first()?;
        if at > now {
            return None;
        }
        running.due.pop_first();
        running.at.remove(&timer);
        Some(timer)
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.0.as_ref()?.due.first().map(|(at, _)| *at)
    }

    pub(super) fn has_unarmed(&self) -> bool {
        self.0.as_ref().is_some_and(|running| !running.unarmed.is_empty())
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}
