//! One direction of a network.

use core::fmt;
use core::ops::RangeInclusive;
use core::time::Duration;
use std::collections::VecDeque;

use bytes::{Buf, Bytes};

use super::random::Random;
use crate::time::Instant;

/// Octets on their way: they arrive in order, after a time, in pieces of varying size. Between connections
/// over a [`Link`](crate::Link) of messages they arrive as they were written, message by message: one that
/// is not accepted or does not come through as a whole does not at all, and `segments` says nothing.
#[derive(Clone)]
#[must_use]
pub struct Pipe {
    latency: Duration,
    segments: RangeInclusive<usize>,
    capacity: usize,
    /// What is written at once is read at once.
    whole: bool,
    /// Octets after which the connection breaks.
    cut: Option<u64>,
    /// Octets after which nothing arrives any more.
    silence: Option<u64>,
    random: Random,
    queue: VecDeque<(Instant, Bytes)>,
    queued: usize,
    carried: u64,
}

impl Default for Pipe {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Pipe {
    /// A pipe that delivers at once whatever was written at once. `seed` decides the sizes of segments.
    pub fn new(seed: u64) -> Self {
        Self {
            latency: Duration::ZERO,
            segments: usize::MAX..=usize::MAX,
            capacity: usize::MAX,
            whole: false,
            cut: None,
            silence: None,
            random: Random::new(seed),
            queue: VecDeque::new(),
            queued: 0,
            carried: 0,
        }
    }

    /// Carries messages, whose boundaries it keeps.
    pub(super) fn whole(self, whole: bool) -> Self {
        Self { whole, ..self }
    }

    /// How long octets are on their way.
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// Between how few and how many octets are read at once.
    pub fn segments(self, segments: RangeInclusive<usize>) -> Self {
        Self { segments, ..self }
    }

    /// Octets that fit in, as in the buffers of two sockets; beyond it nothing is accepted. A longer message
    /// is while there is no other.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// Octets after which the connection breaks: those before still arrive.
    pub fn cut(self, octets: u64) -> Self {
        Self {
            cut: Some(octets),
            ..self
        }
    }

    /// Octets after which nothing arrives any more, though all is accepted and the connection stands: a
    /// peer that has vanished.
    pub fn silence(self, octets: u64) -> Self {
        Self {
            silence: Some(octets),
            ..self
        }
    }

    /// Octets accepted so far.
    pub fn carried(&self) -> u64 {
        self.carried
    }

    /// Octets on their way.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Accepts the front of the octets, as far as there is room.
    pub(super) fn write(&mut self, now: Instant, octets: &mut Bytes) -> usize {
        let left = self.cut.map_or(u64::MAX, |cut| cut.saturating_sub(self.carried));
        let mut room = self.capacity.saturating_sub(self.queued);
        if self.whole && (self.queued == 0 || room >= octets.len()) {
            room = octets.len();
        } else if self.whole {
            room = 0;
        }
        room = room.min(usize::try_from(left).unwrap_or(usize::MAX));
        let taken = octets.split_to(octets.len().min(room));
        let len = taken.len();
        let audible = self
            .silence
            .map_or(u64::MAX, |octets| octets.saturating_sub(self.carried));
        self.carried += len as u64;
        let mut arriving = taken.slice(..len.min(usize::try_from(audible).unwrap_or(usize::MAX)));
        if self.whole && (arriving.len() < len || !octets.is_empty()) {
            arriving.clear();
        }
        if !arriving.is_empty() {
            self.queued += arriving.len();
            self.queue.push_back((now + self.latency, arriving));
        }
        len
    }

    /// The next segment that has arrived.
    pub(super) fn read(&mut self, now: Instant) -> Option<Bytes> {
        let (arrival, octets) = self.queue.front_mut()?;
        if *arrival > now {
            return None;
        }
        let size = if self.whole {
            octets.len()
        } else {
            self.random.within(&self.segments)
        };
        let segment = octets.split_to(size.max(1).min(octets.len()));
        if !octets.has_remaining() {
            self.queue.pop_front();
        }
        self.queued -= segment.len();
        Some(segment)
    }

    /// When the next octets arrive.
    pub(super) fn arrival(&self) -> Option<Instant> {
        self.queue.front().map(|(arrival, _)| *arrival)
    }

    /// Whether all octets that come through have arrived, and no more will.
    pub(super) fn is_broken(&self) -> bool {
        self.queue.is_empty() && self.cut.is_some_and(|cut| self.carried >= cut)
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe")
            .field("latency", &self.latency)
            .field("segments", &self.segments)
            .field("capacity", &self.capacity)
            .field("cut", &self.cut)
            .field("silence", &self.silence)
            .field("queued", &self.queued)
            .field("carried", &self.carried)
            .finish_non_exhaustive()
    }
}
