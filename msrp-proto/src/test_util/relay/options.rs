//! How a relay of a test behaves.

use core::ops::RangeInclusive;
use core::time::Duration;

use super::AuthOptions;

/// How a [`Relay`](super::Relay) behaves. By default it forwards each chunk at once, as it came.
#[derive(Clone, Debug)]
#[must_use]
pub struct RelayOptions {
    pub(super) chunk_sizes: Option<RangeInclusive<usize>>,
    pub(super) delay: RangeInclusive<Duration>,
    pub(super) interleave: bool,
    pub(super) shuffle: bool,
    pub(super) close_after: Option<u64>,
    pub(super) response_timeout: Duration,
    pub(super) auth: AuthOptions,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            chunk_sizes: None,
            delay: Duration::ZERO..=Duration::ZERO,
            interleave: false,
            shuffle: false,
            close_after: None,
            response_timeout: Duration::from_secs(30),
            auth: AuthOptions::new(),
        }
    }
}

impl RelayOptions {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cuts messages into chunks of random sizes, in octets, at least one: what has arrived of a message when
    /// its [`delay`](Self::delay) is over is joined, as far as it is contiguous, and cut anew. Byte-Range then
    /// says exactly which octets are in a chunk.
    pub fn chunk_sizes(self, sizes: RangeInclusive<usize>) -> Self {
        Self {
            chunk_sizes: Some(sizes),
            ..self
        }
    }

    /// How long the octets of a message wait before they go on, at random; in microseconds. Other requests,
    /// and responses, never wait.
    pub fn delay(self, delay: RangeInclusive<Duration>) -> Self {
        Self { delay, ..self }
    }

    /// Whether chunks of different messages that wait for the same next hop leave in random order. Those of
    /// one message keep theirs.
    pub fn interleave(self, interleave: bool) -> Self {
        Self { interleave, ..self }
    }

    /// Whether chunks of one message that were cut together leave in random order, against RFC 4976 §3:
    /// receivers are to be prepared for it nevertheless. One that abandons the message stays the last.
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// Closes a connection when so many octets have come on it.
    pub fn close_after(self, octets: u64) -> Self {
        Self {
            close_after: Some(octets),
            ..self
        }
    }

    /// How long the next hop has to answer a SEND. Default: 30 s (RFC 4976 §6.4.1).
    pub fn response_timeout(self, wait: Duration) -> Self {
        Self {
            response_timeout: wait,
            ..self
        }
    }

    /// How AUTH requests are answered. Default: it knows nobody.
    pub fn auth(self, auth: AuthOptions) -> Self {
        Self { auth, ..self }
    }
}
