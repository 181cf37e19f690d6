//! Messages on their way.

use std::fmt;

use msrp_proto::wire::{ByteRange, MessageId, StatusCode};
use msrp_proto::{Connection, Outgoing, OutgoingEvent, OutgoingId, Progress, SendFailure};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

use super::task::Command;

/// A message on its way. Dropping it changes nothing about that. All clones are of the same message.
///
/// ```
/// # use msrp_examples::tokio_driver::{Delivery, DeliveryStage};
/// # async fn watch(mut delivery: Delivery) {
/// while let Some(state) = delivery.changed().await {
///     match state.stage {
///         DeliveryStage::Completed => println!("{}: it has arrived", delivery.message_id()),
///         DeliveryStage::Failed(why) => println!("{}: {why}", delivery.message_id()),
///         _ => println!("{} octets acknowledged", state.progress.acknowledged),
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
#[must_use = "whether the message arrives is told here"]
pub struct Delivery {
    id: OutgoingId,
    message_id: MessageId,
    state: watch::Receiver<DeliveryState>,
    commands: mpsc::UnboundedSender<Command>,
}

/// How far a message has come, as far as is known. Each state includes those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryState {
    /// Where it stands.
    pub stage: DeliveryStage,
    /// In octets of the body.
    pub progress: Progress,
    /// The REPORT that came last.
    pub report: Option<DeliveryReport>,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryStage {
    /// It waits, or is being sent.
    Sending,
    /// All of it has been handed out for transmission.
    Sent,
    /// The next hop has acknowledged all of it. If that is a relay, the peer has not got it by that.
    Acknowledged,
    /// It has arrived, as far as the reports asked for can tell
    /// ([`OutgoingEvent::Completed`](msrp_proto::OutgoingEvent::Completed)). The last state.
    Completed,
    /// It has failed, or probably has. The last state.
    Failed(SendFailure),
}

/// A REPORT of the peer, or of a relay, about a part of a message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryReport {
    /// The part.
    pub range: ByteRange,
    /// What became of it.
    pub status: StatusCode,
    /// What the peer adds for people. It may contain anything.
    pub comment: Option<Box<str>>,
}

/// What the task of the connection keeps of a message.
pub(super) struct Sending {
    /// Given back when the message is sent.
    permit: Option<OwnedSemaphorePermit>,
    state: watch::Sender<DeliveryState>,
    /// Whoever reads the body is told here from where on, and how much.
    wants: Option<mpsc::UnboundedSender<(u64, usize)>>,
}

impl Delivery {
    /// The Message-ID: that of the message, or the one it got.
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// How far the message has come by now.
    pub fn state(&self) -> DeliveryState {
        self.state.borrow().clone()
    }

    /// Waits until it has come further, and says how far; `None` after the last state. What changes faster than it is
    /// asked for is told at once.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and nothing is lost.
    pub async fn changed(&mut self) -> Option<DeliveryState> {
        self.state.changed().await.ok()?;
        Some(self.state.borrow_and_update().clone())
    }

    /// Stops sending the message, and tells the peer. It has failed with [`SendFailure::Aborted`], unless it has its
    /// outcome already.
    pub fn abort(&self) {
        self.command(Command::Abandon(self.id));
    }

    /// What became of the message.
    ///
    /// # Errors
    ///
    /// [`SendFailure`], as [`OutgoingEvent::Failed`](msrp_proto::OutgoingEvent::Failed) has it.
    pub async fn outcome(mut self) -> Result<(), SendFailure> {
        let last = self.state.wait_for(DeliveryState::is_last).await;
        match last.map(|state| state.stage) {
            Ok(DeliveryStage::Failed(why)) => Err(why),
            Ok(_) => Ok(()),
            Err(_) => Err(SendFailure::ConnectionLost), // the endpoint was dropped
        }
    }

    pub(super) fn id(&self) -> OutgoingId {
        self.id
    }

    pub(super) fn command(&self, command: Command) {
        let _ = self.commands.send(command); // a connection that is gone has told so
    }
}

impl DeliveryState {
    /// Whether it comes no further.
    pub fn is_last(&self) -> bool {
        matches!(self.stage, DeliveryStage::Completed | DeliveryStage::Failed(_))
    }

    fn on(&mut self, event: OutgoingEvent, progress: Option<Progress>) {
        // One that has its outcome is not there any more.
        if let Some(progress) = progress {
            self.progress = progress;
        }
        match event {
            OutgoingEvent::Acknowledged { upto } => {
                self.progress.acknowledged = self.progress.acknowledged.max(upto);
            }
            OutgoingEvent::Completed => self.stage = DeliveryStage::Completed,
            OutgoingEvent::Failed(why) => self.stage = DeliveryStage::Failed(why),
            OutgoingEvent::Reported {
                range,
                status,
                comment,
                upto,
            } => {
                self.progress.reported = self.progress.reported.max(upto);
                self.report = Some(DeliveryReport {
                    range,
                    status,
                    comment,
                });
            }
            OutgoingEvent::Sent => {
                self.stage = DeliveryStage::Sent;
                self.progress.sent = self.progress.total.unwrap_or(self.progress.sent);
            }
            _ => {}
        }
        let (acknowledged, total) = (self.progress.acknowledged, self.progress.total);
        if self.stage == DeliveryStage::Sent && acknowledged > 0 && Some(acknowledged) == total {
            self.stage = DeliveryStage::Acknowledged;
        }
    }
}

impl Sending {
    /// A message that was taken just now, and the handle of it.
    pub(super) fn new(
        message: &Outgoing<'_>,
        id: OutgoingId,
        permit: Option<OwnedSemaphorePermit>,
        wants: Option<mpsc::UnboundedSender<(u64, usize)>>,
        commands: mpsc::UnboundedSender<Command>,
    ) -> Option<(Self, Delivery)> {
        let (state, told) = watch::channel(DeliveryState {
            stage: DeliveryStage::Sending,
            progress: message.progress(),
            report: None,
        });
        let delivery = Delivery {
            id,
            message_id: message.message_id()?.clone(),
            state: told,
            commands,
        };
        Some((Self { permit, state, wants }, delivery))
    }

    /// Asks for more of the body. `false` if nobody has any.
    pub(super) fn ask(&self, offset: u64, max: usize) -> bool {
        let wants = self.wants.as_ref();
        wants.is_some_and(|wants| wants.send((offset, max)).is_ok())
    }

    /// Takes note of what has happened to the message.
    pub(super) fn on(&mut self, connection: &mut Connection, id: OutgoingId, event: OutgoingEvent) {
        if event == OutgoingEvent::Sent {
            self.permit = None;
        }
        let progress = connection.outgoing(id).map(|message| message.progress());
        self.state.send_modify(|state| state.on(event, progress));
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("message_id", &self.message_id)
            .field("stage", &self.state.borrow().stage)
            .finish_non_exhaustive()
    }
}

/// The comment is of the peer, and may be of a private nature.
impl fmt::Debug for DeliveryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryReport")
            .field("range", &self.range)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
