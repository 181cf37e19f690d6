//! The tasks that send.

use std::time::Duration;

use msrp_proto::{Message, SendFailure};
use tokio::fs::File;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::sleep;

use super::said::Happened;
use crate::send::explain::Why;
use crate::send::item::Item;
use crate::tokio_driver::{Delivery, Sender};

/// How often the progress of a file is told.
const PACE: Duration = Duration::from_millis(100);

/// Something to send.
pub(super) enum Outgoing {
    /// A text, by its number.
    Text(usize, Message),
    /// Whether the user is composing, or a notification: nobody waits for it.
    Status(Message),
}

/// Sends texts in order, and waits for none to arrive.
pub(super) async fn send_all(
    mut outgoing: UnboundedReceiver<Outgoing>,
    sender: Sender,
    tell: UnboundedSender<Happened>,
) {
    while let Some(next) = outgoing.recv().await {
        match next {
            Outgoing::Text(number, message) => match sender.send(message).await {
                Ok(delivery) => {
                    let _ = tell.send(Happened::Taken(number, delivery.clone()));
                    let tell = tell.clone();
                    tokio::spawn(async move {
                        watch(number, delivery.clone(), Duration::ZERO, &tell).await;
                        let outcome = delivery.outcome().await.map_err(Why::Failed);
                        let _ = tell.send(Happened::Settled(number, outcome));
                    });
                }
                Err(error) => {
                    let outcome = Err(Why::NotTaken(error.reason));
                    let _ = tell.send(Happened::Settled(number, outcome));
                }
            },
            Outgoing::Status(message) => match sender.send(message).await {
                Ok(delivery) => {
                    let tell = tell.clone();
                    tokio::spawn(async move {
                        let outcome = delivery.outcome().await.map_err(Why::Failed);
                        let _ = tell.send(Happened::Status(outcome));
                    });
                }
                Err(error) => {
                    let _ = tell.send(Happened::Status(Err(Why::NotTaken(error.reason))));
                }
            },
        }
    }
}

/// Sends a file, beside everything else.
pub(super) async fn send_file(number: usize, item: Item, sender: Sender, tell: UnboundedSender<Happened>) {
    let message = item.message();
    let outcome = match item.into_file() {
        Some(file) => match sender.start_from(message, File::from_std(file)).await {
            Ok((delivery, sent)) => {
                let _ = tell.send(Happened::Taken(number, delivery.clone()));
                let (sent, ()) = tokio::join!(sent, watch(number, delivery, PACE, &tell));
                sent.map_err(Why::from)
            }
            Err(error) => Err(Why::NotTaken(error.reason)),
        },
        None => Err(Why::Failed(SendFailure::Aborted)),
    };
    let _ = tell.send(Happened::Settled(number, outcome));
}

/// Tells how far a message comes, not faster than at that pace, until it has its outcome.
async fn watch(number: usize, mut delivery: Delivery, pace: Duration, tell: &UnboundedSender<Happened>) {
    while let Some(state) = delivery.changed().await {
        if state.is_last() {
            return;
        }
        if tell.send(Happened::Came(number, state)).is_err() {
            return;
        }
        sleep(pace).await;
    }
}
