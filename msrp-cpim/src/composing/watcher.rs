//! The receiver of status messages (RFC 3994 §3.3).

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use msrp_multipart::MediaType;

use super::{Instant, IsComposing};
use crate::imdn::Notification;

/// Keeps track of who is composing (RFC 3994 §3.3).
///
/// `K` is what tells the senders apart: the From of message/cpim in a conference (§3.5), otherwise the
/// session. Nobody is composing at first; somebody is from a status message "active" on until another status
/// message, a content message or the timeout.
///
/// Senders that are idle take no room. What came and went between two calls of
/// [`poll_event`](Self::poll_event) is not told.
#[derive(Debug, Clone)]
pub struct Watcher<K> {
    senders: BTreeMap<K, Sender>,
    /// Those about whom there may be something to tell, each once, all of them in `senders`.
    changed: VecDeque<K>,
    max_senders: usize,
}

#[derive(Debug, Clone, Default)]
struct Sender {
    active: bool,
    told_active: bool,
    /// In `changed`.
    queued: bool,
    idle_at: Option<Instant>,
}

/// Somebody began to compose, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<K> {
    /// This sender is composing.
    Active(K),
    /// This sender is not composing any more.
    Idle(K),
}

impl<K: Ord + Clone> Watcher<K> {
    /// How long an "active" without a refresh interval holds (RFC 3994 §3.3).
    pub const TIMEOUT: Duration = Duration::from_secs(120);

    /// The number of senders that [`new`](Self::new) keeps track of.
    pub const MAX_SENDERS: usize = 256;

    /// Nobody is composing.
    pub const fn new() -> Self {
        Self::with_max_senders(Self::MAX_SENDERS)
    }

    /// The same, with another number of senders that are kept track of. While there are as many, further ones
    /// that begin to compose are passed over: invented names must not push out those that the user sees.
    pub const fn with_max_senders(max_senders: usize) -> Self {
        Self {
            senders: BTreeMap::new(),
            changed: VecDeque::new(),
            max_senders,
        }
    }

    /// Whether this sender is composing, as far as is known.
    pub fn is_active(&self, sender: &K) -> bool {
        self.senders.get(sender).is_some_and(|sender| sender.active)
    }

    /// Those who are composing.
    pub fn active(&self) -> impl Iterator<Item = &K> {
        self.senders
            .iter()
            .filter(|(_, sender)| sender.active)
            .map(|(key, _)| key)
    }

    /// A status message came. Each "active" starts the timeout anew: its refresh interval, or
    /// [`TIMEOUT`](Self::TIMEOUT) if it has none. Any state but "active" is idle (§3.5).
    pub fn handle_status(&mut self, now: Instant, sender: &K, status: &IsComposing) {
        if !status.state.is_active() {
            self.update(sender, None, false);
        } else if self.senders.contains_key(sender) || self.senders.len() < self.max_senders {
            let wait = status
                .refresh
                .map_or(Self::TIMEOUT, |seconds| Duration::from_secs(seconds.get()));
            self.senders.entry(sender.clone()).or_default();
            self.update(sender, now.checked_add(wait), true);
        }
    }

    /// A message came, `None` if it has no body. If it is a content message, its sender is no longer
    /// composing; disposition notifications and status messages are none, nor is what has no body.
    ///
    /// Of a message in message/cpim the type is that of what is in there. Several notifications together
    /// (RFC 5438 §8.3) are not to be told of.
    pub fn handle_message(&mut self, sender: &K, content_type: Option<&MediaType>) {
        let is_content = content_type.is_some_and(|content_type| {
            !IsComposing::is_media_type(content_type) && !content_type.is(Notification::MEDIA_TYPE)
        });
        if is_content {
            self.update(sender, None, false);
        }
    }

    /// The sender is gone, and so is what was being composed.
    pub fn handle_departure(&mut self, sender: &K) {
        self.update(sender, None, false);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` if nothing is waited for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.senders.values().filter_map(|sender| sender.idle_at).min()
    }

    /// Tells the time. To call it too early or too often does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        for (key, sender) in &mut self.senders {
            if sender.idle_at.is_some_and(|at| at <= now) {
                sender.idle_at = None;
                sender.active = false;
                if !sender.queued {
                    sender.queued = true;
                    self.changed.push_back(key.clone());
                }
            }
        }
    }

    /// Who began to compose, or ceased to, since this was called last.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event<K>> {
        while let Some(key) = self.changed.pop_front() {
            let Some(sender) = self.senders.get_mut(&key) else {
                continue;
            };
            sender.queued = false;
            let (active, told_active) = (sender.active, sender.told_active);
            sender.told_active = active;
            if !active {
                self.senders.remove(&key);
            }
            match (told_active, active) {
                (false, true) => return Some(Event::Active(key)),
                (true, false) => return Some(Event::Idle(key)),
                _ => {}
            }
        }
        None
    }

    /// Nothing happens to a sender who is not kept track of: that one is idle already.
    fn update(&mut self, key: &K, idle_at: Option<Instant>, active: bool) {
        if let Some(sender) = self.senders.get_mut(key) {
            sender.idle_at = idle_at;
            sender.active = active;
            if !sender.queued {
                sender.queued = true;
                self.changed.push_back(key.clone());
            }
        }
    }
}

impl<K: Ord + Clone> Default for Watcher<K> {
    fn default() -> Self {
        Self::new()
    }
}
