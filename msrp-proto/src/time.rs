//! The clock type. This is the only file that names it, so another one can be put in its place.

pub use std::time::Instant;

use core::time::Duration;

/// `None` past the end of the clock: never.
pub(crate) fn after(now: Instant, wait: Duration) -> Option<Instant> {
    // A timer that is due when it is set would never let the driver sleep.
    now.checked_add(wait.max(Duration::from_nanos(1)))
}
