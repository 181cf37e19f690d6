//! What happens once both sides are there.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::Refusal;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::sending::{Sent, Stage, send_items, send_lines};
use super::{Options, Outcome};
use crate::meet::{BINDING, Input, LEAVING};
use crate::receiving::{Arrivals, Told, Verdict};
use crate::send::item::Item;
use crate::tokio_driver::{News, Session};

/// Who has said all leaves when nothing has come for so long: the peer may not have said all, and nothing in MSRP tells.
const QUIET: Duration = Duration::from_secs(2);

/// For the words about a peer that does not answer: that of the endpoint.
const PATIENCE: Duration = BINDING;

/// A session in use.
pub(super) struct Conversation {
    session: Session,
    arrivals: Arrivals,
    /// Those that send; each ends with how many things there were to send.
    senders: JoinSet<usize>,
    sent: mpsc::UnboundedReceiver<Sent>,
    stage: watch::Sender<Stage>,
    /// How many things this side has sent.
    said: usize,
    failed: bool,
    /// Outcomes that have not been told: what is behind a loss is known at the end of the connection.
    untold: Vec<Sent>,
    last_news: Instant,
    /// When an orderly end has taken too long.
    until: Option<Instant>,
    interrupted: Arc<Notify>,
}

impl Conversation {
    pub(super) fn begin(session: Session, items: Vec<Item>, input: Input, options: &Options) -> Self {
        let (tell, sent) = mpsc::unbounded_channel();
        let stage = watch::Sender::new(Stage::Going);
        let mut senders = JoinSet::new();
        let sender = session.sender();
        senders.spawn(send_items(items, sender.clone(), stage.subscribe(), tell.clone()));
        senders.spawn(send_lines(input, sender.clone(), stage.subscribe(), tell));
        Self {
            session,
            arrivals: Arrivals::new(options.folder.as_path().into()),
            senders,
            sent,
            stage,
            said: 0,
            failed: false,
            untold: Vec::new(),
            last_news: Instant::now(),
            until: None,
            interrupted: Arc::clone(&options.interrupted),
        }
    }

    pub(super) async fn run(
        mut self,
        output: &mut impl Write,
        remark: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> io::Result<Outcome> {
        loop {
            let said_all = self.senders.is_empty() && self.said > 0 && self.arrivals.is_idle();
            let leaves = (said_all && self.until.is_none()).then(|| self.last_news + QUIET);
            tokio::select! {
                biased;
                () = self.interrupted.notified() => self.interrupt(),
                Some(sent) = self.sent.recv() => self.on_sent(sent, output, remark)?,
                news = self.session.next() => match news {
                    Some(news) => self.on_news(news, output)?,
                    None => break,
                },
                Some(said) = self.senders.join_next() => {
                    self.said += said.unwrap_or_default();
                    self.last_news = Instant::now();
                }
                () = sleep_until(leaves.unwrap_or(self.last_news)), if leaves.is_some() => self.leave(),
                () = sleep_until(self.until.unwrap_or(self.last_news)), if self.until.is_some() => {
                    self.until = None;
                    self.session.sender().abort();
                }
            }
        }
        self.finish(output, remark).await
    }

    fn on_news(&mut self, news: News, output: &mut impl Write) -> io::Result<()> {
        let told = match news {
            News::Incoming(id, event) => self.arrivals.on(id, event),
            // The endpoint puts no messages together.
            News::Arriving(..) | News::Message(_) | News::Session(_) => return Ok(()),
        };
        self.last_news = Instant::now();
        self.tell(told, output)
    }

    fn tell(&mut self, told: Told, output: &mut impl Write) -> io::Result<()> {
        for line in told.lines {
            writeln!(output, "peer {line}")?;
        }
        output.flush()?;
        let sender = self.session.sender();
        match told.verdict {
            // What is confirmed is on the disk.
            Some(Verdict::Done(receipt)) => sender.report(receipt),
            Some(Verdict::Fail(receipt)) => sender.fail(receipt, Refusal::STOP_SENDING),
            Some(Verdict::Reject(id)) => sender.reject(id, Refusal::STOP_SENDING),
            None => {}
        }
        Ok(())
    }

    fn on_sent(
        &mut self,
        sent: Sent,
        output: &mut impl Write,
        remark: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> io::Result<()> {
        let lost = self.session.lost().map(|lost| lost.reason);
        match &sent.outcome {
            Ok(()) if sent.typed => Ok(()),
            Ok(()) => {
                let unit = if sent.len == 1 { "octet" } else { "octets" };
                writeln!(output, "{}: delivered, {} {unit}", sent.title, sent.len)?;
                output.flush()
            }
            Err(why) if why.is_loss() && lost.is_none() => {
                self.untold.push(sent);
                Ok(())
            }
            Err(why) => {
                self.failed = true;
                remark(format_args!("{}: {}", sent.title, why.in_words(lost, PATIENCE)));
                Ok(())
            }
        }
    }

    fn interrupt(&mut self) {
        self.stage.send_replace(Stage::Interrupted);
        self.leave();
    }

    fn leave(&mut self) {
        self.stage.send_if_modified(|stage| {
            let going = *stage == Stage::Going;
            if going {
                *stage = Stage::Ending;
            }
            going
        });
        self.session.close();
        self.until.get_or_insert(Instant::now() + LEAVING);
    }

    /// The session is over: what was under way has failed by now, or was confirmed.
    async fn finish(
        mut self,
        output: &mut impl Write,
        remark: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> io::Result<Outcome> {
        if self.until.is_none() && *self.stage.borrow() == Stage::Going {
            remark(format_args!("the other side has left"));
        }
        self.leave();
        while self.senders.join_next().await.is_some() {}
        while let Ok(sent) = self.sent.try_recv() {
            self.on_sent(sent, output, remark)?;
        }
        let lost = self.session.lost().map(|lost| lost.reason);
        for sent in std::mem::take(&mut self.untold) {
            if let Err(why) = sent.outcome {
                self.failed = true;
                remark(format_args!("{}: {}", sent.title, why.in_words(lost, PATIENCE)));
            }
        }
        Ok(match *self.stage.borrow() {
            Stage::Interrupted => Outcome::Interrupted,
            _ if self.failed || self.arrivals.is_incomplete() => Outcome::Failed,
            _ => Outcome::Well,
        })
    }
}
