//! What waits to be sent to one session.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use msrp_proto::{Message, SendError, SendErrorReason};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

use crate::tokio_driver::Sender;

/// Copies that wait at most.
const MOST: usize = 8192;

/// The end that takes copies. It never waits: what does not fit is left out, for this session alone.
#[derive(Debug)]
pub(super) struct Outbox {
    copies: mpsc::Sender<Waiting>,
    /// Octets that may yet wait.
    room: Arc<Semaphore>,
    most: u32,
    /// Copies that were left out since the last that was not.
    missed: AtomicU64,
}

/// The end that sends them.
#[derive(Debug)]
pub(super) struct Outgoing(mpsc::Receiver<Waiting>);

#[derive(Debug)]
struct Waiting {
    message: Message,
    /// Copies that were left out before it.
    missed: u64,
    _room: OwnedSemaphorePermit,
}

/// Why no more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// The session is over, or nobody has anything to send any more.
    Over,
    /// Nothing was taken for too long.
    Stalled,
}

/// There is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Outbox {
    /// For so many octets.
    pub(super) fn new(octets: u32) -> (Self, Outgoing) {
        let (copies, taken) = mpsc::channel(MOST);
        let outbox = Self {
            copies,
            room: Arc::new(Semaphore::new(octets as usize)),
            most: octets,
            missed: AtomicU64::new(0),
        };
        (outbox, Outgoing(taken))
    }

    /// Has a message of `len` octets wait, or counts it as missed.
    pub(super) fn put(&self, message: Message, len: usize) -> Result<(), Full> {
        if self.queue(message, len).is_none() {
            self.missed.fetch_add(1, Ordering::Relaxed);
            return Err(Full);
        }
        Ok(())
    }

    fn queue(&self, message: Message, len: usize) -> Option<()> {
        let len = u32::try_from(len).ok()?;
        let room = Arc::clone(&self.room).try_acquire_many_owned(len).ok()?;
        let place = self.copies.try_reserve().ok()?;
        place.send(Waiting {
            message,
            missed: self.missed.swap(0, Ordering::Relaxed),
            _room: room,
        });
        Some(())
    }

    /// Octets that wait.
    pub(super) fn octets(&self) -> usize {
        (self.most as usize).saturating_sub(self.room.available_permits())
    }
}

impl Outgoing {
    /// Sends what waits, in order. Where some were left out, the session is told so by what `notice` makes of their
    /// number. `patience` is how long the connection may have no room for one.
    pub(super) async fn run(
        mut self,
        sender: Sender,
        patience: Duration,
        notice: impl Fn(u64) -> Option<Message>,
    ) -> Done {
        while let Some(Waiting {
            message,
            missed,
            _room,
        }) = self.0.recv().await
        {
            let notice = if missed > 0 { notice(missed) } else { None };
            for message in [notice, Some(message)].into_iter().flatten() {
                match timeout(patience, send(&sender, message)).await {
                    Ok(true) => {}
                    Ok(false) => return Done::Over,
                    Err(_) => return Done::Stalled,
                }
            }
        }
        Done::Over
    }
}

/// Waits until the connection has room for it. Whether there is a session any more.
async fn send(sender: &Sender, message: Message) -> bool {
    match sender.send(message).await {
        // No reports were asked for: it fails only with the session, which tells that itself.
        Ok(_) => true,
        Err(SendError { reason, .. }) => reason != SendErrorReason::Closing,
    }
}
