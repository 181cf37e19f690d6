//! What is sent: what was asked for, one after the other, and beside it what is typed.

use std::io;

use msrp_proto::SendFailure;
use tokio::fs::File;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::meet::Input;
use crate::send::explain::Why;
use crate::send::item::Item;
use crate::tokio_driver::Sender;

/// How far a conversation is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Both are there.
    Going,
    /// The session is ending: nothing that is typed is of use any more.
    Ending,
    /// Nothing is to be sent any more.
    Interrupted,
}

/// What became of something that was to be sent.
pub(super) struct Sent {
    pub(super) title: String,
    pub(super) len: u64,
    pub(super) outcome: Result<(), Why>,
    /// Nobody wants to hear that all is well with it.
    pub(super) typed: bool,
}

/// Sends one after the other: what is refused then holds up nothing else. Returns how many there were.
pub(super) async fn send_items(
    items: Vec<Item>,
    sender: Sender,
    mut stage: watch::Receiver<Stage>,
    sent: mpsc::UnboundedSender<Sent>,
) -> usize {
    let count = items.len();
    let mut given_up = false;
    for item in items {
        let (title, len) = (item.title.clone(), item.len);
        let outcome = if given_up {
            Err(Why::NoAnswer)
        } else {
            tokio::select! {
                biased;
                _ = stage.wait_for(|stage| *stage == Stage::Interrupted) => Err(Why::Interrupted),
                outcome = send_item(item, &sender) => outcome,
            }
        };
        given_up |= matches!(outcome, Err(Why::Failed(SendFailure::TimedOut)));
        let _ = sent.send(Sent {
            title,
            len,
            outcome,
            typed: false,
        });
    }
    count
}

async fn send_item(item: Item, sender: &Sender) -> Result<(), Why> {
    let message = item.message();
    let Some(file) = item.into_file() else {
        let delivery = sender.send(message).await;
        let delivery = delivery.map_err(|error| Why::NotTaken(error.reason))?;
        return delivery.outcome().await.map_err(Why::Failed);
    };
    Ok(sender.send_from(message, File::from_std(file)).await?)
}

/// Sends each line of the input as a text, in order and without waiting for the one before it to be confirmed. Returns
/// how many there were.
pub(super) async fn send_lines(
    mut input: Input,
    sender: Sender,
    mut stage: watch::Receiver<Stage>,
    sent: mpsc::UnboundedSender<Sent>,
) -> usize {
    let mut count = 0;
    let mut deliveries = JoinSet::new();
    let tell = |number: usize, len: usize, outcome: Result<(), Why>| {
        let _ = sent.send(Sent {
            title: format!("line {number}"),
            len: len as u64,
            outcome,
            typed: true,
        });
    };
    loop {
        let line = tokio::select! {
            biased;
            _ = stage.wait_for(|stage| *stage != Stage::Going) => break,
            line = input.line() => line,
        };
        let text = match line {
            Some(Ok(line)) if line.is_empty() => continue,
            Some(line) => line.and_then(|line| String::from_utf8(line).map_err(io::Error::other)),
            None => break,
        };
        count += 1;
        let number = count;
        match text {
            Ok(text) => match sender.send(Item::text(number, &text).message()).await {
                Ok(delivery) => {
                    deliveries.spawn(async move {
                        let outcome = delivery.outcome().await.map_err(Why::Failed);
                        (number, text.len(), outcome)
                    });
                }
                Err(error) => tell(number, text.len(), Err(Why::NotTaken(error.reason))),
            },
            Err(error) => tell(number, 0, Err(Why::Read(error.to_string()))),
        }
        while let Some(Ok((number, len, outcome))) = deliveries.try_join_next() {
            tell(number, len, outcome);
        }
    }
    while let Some(delivered) = deliveries.join_next().await {
        if let Ok((number, len, outcome)) = delivered {
            tell(number, len, outcome);
        }
    }
    count
}
