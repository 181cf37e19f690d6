//! Sends one after the other, and keeps what became of each.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use bytes::Bytes;
use indicatif::ProgressBar;
use msrp_proto::wire::StatusCode;
use msrp_proto::{
    Connection, ConnectionError, Event, OutgoingEvent, OutgoingId, SendFailure, SessionEvent, SessionFailure,
    SessionId,
};
use tokio::time::Instant;

use super::explain::Why;
use super::item::Item;
use super::{Options, Outcome};
use crate::terminal::progress_bar;

/// How long to go on for an orderly end.
const LEAVING: Duration = Duration::from_secs(3);

/// How far it has come.
pub(super) struct Sending {
    session: SessionId,
    items: std::vec::IntoIter<Item>,
    current: Option<(OutgoingId, Item, Option<Why>)>,
    /// Octets of standard input that are wanted.
    pub(super) wanted: Option<usize>,
    failed: bool,
    pub(super) interrupted: bool,
    /// With what the session was refused.
    refused: Option<StatusCode>,
    /// When an orderly end has taken too long.
    pub(super) until: Option<Instant>,
    lost: Option<ConnectionError>,
    /// Outcomes that have not been told: what is behind a loss is known at the end of the connection.
    untold: Vec<(Item, Result<(), Why>)>,
    progress: bool,
    bar: ProgressBar,
    timeout: Duration,
}

impl Sending {
    pub(super) fn new(session: SessionId, items: Vec<Item>, options: &Options) -> Self {
        Self {
            session,
            items: items.into_iter(),
            current: None,
            wanted: None,
            failed: false,
            interrupted: false,
            refused: None,
            until: None,
            lost: None,
            untold: Vec::new(),
            progress: options.progress,
            bar: ProgressBar::hidden(),
            timeout: options.timeout,
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        match (self.interrupted, self.failed) {
            (true, _) => Outcome::Interrupted,
            (false, true) => Outcome::Failed,
            (false, false) => Outcome::Delivered,
        }
    }

    /// One after the other: what is refused then holds up nothing else.
    pub(super) fn send_next(&mut self, connection: &mut Connection) {
        while self.current.is_none() {
            let Some(item) = self.items.next() else {
                if let Some(session) = connection.session(self.session) {
                    session.close();
                    self.leave();
                }
                return;
            };
            let Some(mut session) = connection.session(self.session) else {
                self.settle(item, Err(Why::SessionOver(self.refused)));
                continue;
            };
            match session.send(item.message()) {
                Ok(id) => {
                    if self.progress && item.is_file() {
                        self.bar = progress_bar(item.len);
                    }
                    self.current = Some((id, item, None));
                }
                Err(error) => self.settle(item, Err(Why::NotTaken(error.reason))),
            }
        }
    }

    fn leave(&mut self) {
        self.until.get_or_insert(Instant::now() + LEAVING);
    }

    fn settle(&mut self, item: Item, outcome: Result<(), Why>) {
        self.bar.finish_and_clear();
        self.failed |= outcome.is_err();
        self.untold.push((item, outcome));
    }

    pub(super) fn on_event(&mut self, connection: &mut Connection, event: Event) {
        match event {
            Event::Outgoing(id, event) => self.on_outgoing(connection, id, event),
            Event::Session(_, SessionEvent::Closed) => {
                self.leave();
                let _ = connection.close();
            }
            Event::Session(_, SessionEvent::Failed(why, ..)) => {
                self.leave();
                if let SessionFailure::Refused(status) = why {
                    self.refused = Some(status);
                }
                self.send_next(connection);
                let _ = connection.close();
            }
            Event::ConnectionLost(why) => self.lost = Some(why),
            _ => {}
        }
    }

    pub(super) async fn piece(&mut self) -> Option<io::Result<Bytes>> {
        let (_, item, _) = self.current.as_mut()?;
        item.piece(self.wanted?).await
    }

    pub(super) fn on_piece(&mut self, connection: &mut Connection, piece: Option<io::Result<Bytes>>) {
        self.wanted = None;
        let Some((id, _, cause)) = &mut self.current else {
            return;
        };
        let Some(mut message) = connection.outgoing(*id) else {
            return;
        };
        match piece {
            // Asked again when there is room.
            Some(Ok(octets)) => {
                let _ = message.write(octets);
            }
            Some(Err(error)) => {
                *cause = Some(Why::Read(error.to_string()));
                message.abort();
            }
            None => {
                let _ = message.finish();
            }
        }
    }

    fn on_outgoing(&mut self, connection: &mut Connection, id: OutgoingId, event: OutgoingEvent) {
        let Some((current, item, cause)) = &mut self.current else {
            return;
        };
        if *current != id {
            return;
        }
        let outcome = match event {
            OutgoingEvent::BodyWanted { offset, max } => {
                let Some(mut message) = connection.outgoing(id) else {
                    return;
                };
                if item.is_input() {
                    self.wanted = Some(max);
                } else if item.total() != Some(0) {
                    match item.read_at(offset, max) {
                        Ok(octets) => {
                            if message.write(octets).is_err() {
                                message.abort();
                            }
                        }
                        Err(error) => {
                            *cause = Some(Why::Read(error.to_string()));
                            message.abort();
                        }
                    }
                }
                return;
            }
            OutgoingEvent::Acknowledged { upto } => {
                self.bar.set_position(upto);
                return;
            }
            OutgoingEvent::Completed => Ok(()),
            OutgoingEvent::Failed(why) => Err(cause.take().unwrap_or(Why::Failed(why))),
            _ => return,
        };
        self.wanted = None;
        let silent = matches!(outcome, Err(Why::Failed(SendFailure::TimedOut)));
        if let Some((_, item, _)) = self.current.take() {
            self.settle(item, outcome);
        }
        if silent {
            self.give_up(&Why::NoAnswer);
        }
        // If the session is about to fail, its own event sees to the rest.
        if connection.session(self.session).is_some() {
            self.send_next(connection);
        }
    }

    pub(super) fn interrupt(&mut self, connection: &mut Connection) {
        self.interrupted = true;
        if let Some((id, _, cause)) = &mut self.current {
            *cause = Some(Why::Interrupted);
            if let Some(message) = connection.outgoing(*id) {
                message.abort(); // the peer is told
            }
        }
        self.give_up(&Why::Interrupted);
        self.leave();
        if let Some(session) = connection.session(self.session) {
            session.close();
        }
    }

    /// Nothing that waits is sent any more.
    fn give_up(&mut self, why: &Why) {
        for item in std::mem::take(&mut self.items) {
            self.settle(item, Err(why.clone()));
        }
    }

    pub(super) fn tell(
        &mut self,
        output: &mut impl Write,
        complain: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> io::Result<()> {
        for (item, outcome) in std::mem::take(&mut self.untold) {
            match outcome {
                Ok(()) => {
                    let unit = if item.len == 1 { "octet" } else { "octets" };
                    writeln!(output, "{}: delivered, {} {unit}", item.title, item.len)?;
                    output.flush()?;
                }
                Err(ref why) if why.is_loss() && self.lost.is_none() => self.untold.push((item, outcome)),
                Err(why) => complain(format_args!(
                    "{}: {}",
                    item.title,
                    why.in_words(self.lost, self.timeout)
                )),
            }
        }
        Ok(())
    }
}
