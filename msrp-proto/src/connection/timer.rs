//! What is due when.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use crate::event::{IncomingId, OutgoingId, SessionId};
use crate::time::{self, Instant};

/// Everything that waits for a moment, but for transactions, which have a list of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The connection has no session.
    Idle,
    /// An incoming message gets no chunks.
    Incomplete(IncomingId),
    /// A session has sent nothing.
    Keepalive(SessionId),
    /// A requested session is neither accepted nor refused.
    Request,
    /// A message is sent, and no report has come.
    Report(OutgoingId),
    /// Answers are not taken.
    Stalled,
}

/// At most one moment for each timer.
#[derive(Default)]
pub(super) struct Timers {
    due: BTreeSet<(Instant, Timer)>,
    at: BTreeMap<Timer, Instant>,
    /// Started, but by a call that does not know the time.
    unarmed: BTreeMap<Timer, Duration>,
}

impl Timers {
    /// Starts a timer anew. It counts from the next time that is told to [`Timers::arm`].
    pub(super) fn start(&mut self, timer: Timer, wait: Duration) {
        self.cancel(timer);
        self.unarmed.insert(timer, wait);
    }

    pub(super) fn cancel(&mut self, timer: Timer) {
        if self.at.is_empty() && self.unarmed.is_empty() {
            return;
        }
        self.unarmed.remove(&timer);
        if let Some(at) = self.at.remove(&timer) {
            self.due.remove(&(at, timer));
        }
    }

    pub(super) fn is_running(&self, timer: Timer) -> bool {
        self.at.contains_key(&timer) || self.unarmed.contains_key(&timer)
    }

    /// Tells the time to timers that do not know it yet.
    pub(super) fn arm(&mut self, now: Instant) {
        while let Some((timer, wait)) = self.unarmed.pop_first() {
            if let Some(at) = time::after(now, wait) {
                self.at.insert(timer, at);
                self.due.insert((at, timer));
            }
        }
    }

    /// Takes out a timer that is due.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Timer> {
        let &(at, timer) = self.due.first()?;
        if at > now {
            return None;
        }
        self.due.pop_first();
        self.at.remove(&timer);
        Some(timer)
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    pub(super) fn has_unarmed(&self) -> bool {
        !self.unarmed.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
