//! The sender of status messages (RFC 3994 §3.2).

use core::num::NonZeroU64;
use core::time::Duration;

use msrp_multipart::MediaRanges;
use thiserror::Error;

use super::document::content_type_of;
use super::{Instant, IsComposing, State};

const UNSUPPORTED_MEDIA_TYPE: u16 = 415;

/// Tells one conversation whether its user is composing (RFC 3994 §3.2).
///
/// It sends nothing by itself: after each call, and when [`poll_timeout`](Self::poll_timeout) is over and
/// [`handle_timeout`](Self::handle_timeout) was called, [`poll_status`](Self::poll_status) gives what there
/// is to send.
///
/// ```text
///          activity: "active"
///        ┌───────────────────┐
///        │                   ▼
///      idle               active ──┐ refresh interval: "active"
///       ▲ ▲                │ │ ▲   │
///       │ └────────────────┘ │ └───┘
///       │  content_sent      │
///       └────────────────────┘
///        idle timeout: "idle"
/// ```
///
/// A change of state is told at once, the same state at most once per refresh interval (ruling C14).
#[derive(Debug, Clone)]
pub struct Composer {
    refresh: Option<NonZeroU64>,
    idle_timeout: Duration,
    content_type: Option<String>,
    /// By negotiation.
    accepted: bool,
    /// By a response, which holds for the rest of the session.
    refused: bool,

    active: bool,
    /// Whether the peer takes the user to be active.
    told_active: bool,
    /// The refresh interval is over.
    repeat: bool,
    idle_at: Option<Instant>,
    repeat_at: Option<Instant>,
}

/// How status messages are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// As the content of a message.
    Bare,
    /// In message/cpim (RFC 3994 §3.5).
    Wrapped,
}

/// The refresh interval is below [`Composer::MIN_REFRESH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("refresh interval of less than 60 seconds")]
pub struct RefreshTooShort;

/// The content type is neither a type nor a type and a subtype.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("content type that is none")]
pub struct NotContentType;

impl Composer {
    /// The shortest refresh interval in seconds (RFC 3994 §3.2).
    pub const MIN_REFRESH: u64 = 60;

    /// The idle timeout unless another one is set (RFC 3994 §3.2).
    pub const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

    /// For a peer with these `accept-types` and `accept-wrapped-types` (RFC 4975 §8.6; the empty list if there
    /// is none). Status messages go only to one that accepts them in the form they are carried in (RFC 3994
    /// §4): to others nothing is ever sent.
    ///
    /// The user is idle; the refresh interval is [`MIN_REFRESH`](Self::MIN_REFRESH), the idle timeout
    /// [`IDLE_TIMEOUT`](Self::IDLE_TIMEOUT).
    pub fn new(carriage: Carriage, accept_types: &MediaRanges, accept_wrapped_types: &MediaRanges) -> Self {
        Self {
            refresh: NonZeroU64::new(Self::MIN_REFRESH),
            idle_timeout: Self::IDLE_TIMEOUT,
            content_type: None,
            accepted: accepts(carriage, accept_types, accept_wrapped_types),
            refused: false,
            active: false,
            told_active: false,
            repeat: false,
            idle_at: None,
            repeat_at: None,
        }
    }

    /// The same with another refresh interval, in seconds; without one nothing is repeated, and the peer takes
    /// the user to be idle after 120 seconds.
    ///
    /// # Errors
    ///
    /// [`RefreshTooShort`] below [`MIN_REFRESH`](Self::MIN_REFRESH) (ruling C15).
    pub fn with_refresh(mut self, seconds: Option<u64>) -> Result<Self, RefreshTooShort> {
        if seconds.is_some_and(|seconds| seconds < Self::MIN_REFRESH) {
            return Err(RefreshTooShort);
        }
        self.refresh = seconds.and_then(NonZeroU64::new);
        Ok(self)
    }

    /// The same with another idle timeout: how long after the last [`activity`](Self::activity) the user
    /// counts as idle.
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Says in the status messages to come what is being composed: a type, or a type and a subtype (RFC 3994
    /// §3.5).
    ///
    /// # Errors
    ///
    /// [`NotContentType`] if it is neither; what was set before stays.
    pub fn set_content_type(&mut self, content_type: Option<&str>) -> Result<(), NotContentType> {
        self.content_type = match content_type {
            Some(text) => Some(content_type_of(text).ok_or(NotContentType)?.to_owned()),
            None => None,
        };
        Ok(())
    }

    /// Whether the user is taken to be composing.
    pub const fn is_active(&self) -> bool {
        self.active
    }

    /// Whether status messages are sent at all.
    pub const fn is_enabled(&self) -> bool {
        self.accepted && !self.refused
    }

    /// The user added or edited something.
    pub fn activity(&mut self, now: Instant) {
        if self.is_enabled() {
            self.active = true;
            self.idle_at = now.checked_add(self.idle_timeout);
        }
    }

    /// The message was sent, or the draft given to the peer in another way: the peer takes that for the end
    /// of composing, so that no status is needed.
    pub fn content_sent(&mut self) {
        self.rest();
        self.told_active = false;
        self.repeat = false;
        self.repeat_at = None;
    }

    /// A status message was refused. If the code is 415, no more are sent in this session (RFC 3994 §4); other
    /// codes change nothing.
    pub fn refused(&mut self, code: u16) {
        if code == UNSUPPORTED_MEDIA_TYPE {
            self.refused = true;
            self.content_sent();
        }
    }

    /// What the peer accepts has been negotiated again; as [`new`](Self::new). It does not bring back what was
    /// [`refused`](Self::refused).
    pub fn renegotiated(
        &mut self,
        carriage: Carriage,
        accept_types: &MediaRanges,
        accept_wrapped_types: &MediaRanges,
    ) {
        self.accepted = accepts(carriage, accept_types, accept_wrapped_types);
        if !self.accepted {
            self.content_sent();
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` if nothing is waited for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match (self.idle_at, self.repeat_at) {
            (Some(idle), Some(repeat)) => Some(idle.min(repeat)),
            (idle, repeat) => idle.or(repeat),
        }
    }

    /// Tells the time. To call it too early or too often does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.idle_at.is_some_and(|at| at <= now) {
            self.rest();
        } else if self.repeat_at.is_some_and(|at| at <= now) {
            self.repeat_at = None;
            self.repeat = true;
        }
    }

    /// The status message to send now, if there is one. The refresh interval counts from here. The time of
    /// the last activity is not in it: that is a matter of the clock on the wall.
    #[must_use]
    pub fn poll_status(&mut self, now: Instant) -> Option<IsComposing> {
        if self.active == self.told_active && !self.repeat {
            return None;
        }
        self.told_active = self.active;
        self.repeat = false;
        let mut status = IsComposing::new(State::Idle);
        if self.active {
            status.state = State::Active;
            status.refresh = self.refresh;
            self.repeat_at = self
                .refresh
                .and_then(|seconds| now.checked_add(Duration::from_secs(seconds.get())));
        } else {
            self.repeat_at = None;
        }
        status.content_type = self.content_type.clone();
        Some(status)
    }

    /// Idle from now on; whether that has to be told is another matter. As long as it is not told, the refresh
    /// interval goes on: the peer waits for its end, should the user go on before anything is sent.
    const fn rest(&mut self) {
        self.active = false;
        self.idle_at = None;
    }
}

fn accepts(carriage: Carriage, accept_types: &MediaRanges, accept_wrapped_types: &MediaRanges) -> bool {
    let status = |ranges: &MediaRanges| ranges.accepts_essence("application", "im-iscomposing+xml");
    match carriage {
        Carriage::Bare => status(accept_types),
        // What is accepted bare is accepted in a wrapper too (RFC 4975 §8.6).
        Carriage::Wrapped => {
            accept_types.accepts_essence("message", "cpim")
                && (status(accept_wrapped_types) || status(accept_types))
        }
    }
}
