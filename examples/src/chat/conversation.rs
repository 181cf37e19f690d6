//! What happens once both sides are there.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use msrp_cpim::composing::{Composer, Event as ComposingEvent, IsComposing, Watcher};
use msrp_cpim::imdn::{Consent, DisplayStatus, Disposition};
use msrp_multipart::MediaType;
use msrp_proto::{ConnectionError, Message, Refusal, SendFailure};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

use super::Outcome;
use super::command::Command;
use super::envelope::{self, Envelope, notification};
use super::hearing::{Heard, Hearing, Text};
use super::relaying::{self, Consequence, Relaying};
use super::said::{Happened, Said};
use super::screen::{Done, Screen};
use super::sending::{Outgoing, send_all, send_file};
use super::typed::Typed;
use crate::meet::{BINDING, LEAVING};
use crate::receiving::{Told, Verdict};
use crate::send::explain::Why;
use crate::send::item::Item;
use crate::terminal::{cut, harmless};
use crate::tokio_driver::{News, Session};

/// When the input has ended, all is said that will be. Nothing tells whether the peer has said all, but that nothing
/// comes for so long.
const QUIET: Duration = Duration::from_secs(2);

/// Texts that are on their way at once, if nobody is there who types them.
const MOST_UNDER_WAY: usize = 64;

/// What the other side is told that it has not confirmed yet, at most: who is composing, what was displayed. A connection
/// takes twice as much: texts find room.
const MOST_TOLD: usize = 512;

/// Files under way that are shown below the lines: a terminal has only so many rows.
const MOST_FILES: usize = 5;

/// Columns of a name that are shown before each line.
const MOST_OF_A_NAME: usize = 24;

/// How often what only informs is drawn.
const PACE: Duration = Duration::from_millis(100);

/// A session in use.
pub(super) struct Conversation<W: Write> {
    session: Session,
    relaying: Relaying,
    screen: Screen<W>,
    envelope: Envelope,
    hearing: Hearing,
    said: Said,
    /// None if the user does not want to be seen composing.
    composer: Option<Composer>,
    watcher: Watcher<()>,
    /// What the peer calls himself.
    name: String,
    discreet: bool,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    /// What the other side is told, and has not confirmed yet.
    telling: usize,
    tell: mpsc::UnboundedSender<Happened>,
    happened: mpsc::UnboundedReceiver<Happened>,
    stage: Stage,
    failed: bool,
    /// Outcomes that have not been told: what is behind a loss is known at the end of the connection.
    untold: Vec<(usize, Why)>,
    last_news: Instant,
    /// What is below the lines is to be drawn anew then.
    redraw: Option<Instant>,
    /// When an orderly end has taken too long.
    until: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Both are there.
    Going,
    /// Nothing more is typed, and what comes is shown.
    Listening,
    /// All that was said is to arrive, then it ends.
    Leaving,
    /// The session is closed.
    Closed,
    /// The same, and not all has arrived.
    Interrupted,
}

impl<W: Write> Conversation<W> {
    pub(super) fn new(
        session: Session,
        relaying: Relaying,
        screen: Screen<W>,
        envelope: Envelope,
        folder: Arc<Path>,
        discreet: bool,
    ) -> Self {
        let (outgoing, waiting) = mpsc::unbounded_channel();
        let (tell, happened) = mpsc::unbounded_channel();
        tokio::spawn(send_all(waiting, session.sender().clone(), tell.clone()));
        Self {
            session,
            relaying,
            screen,
            composer: (!discreet).then(|| envelope.composer()),
            envelope,
            hearing: Hearing::new(folder),
            said: Said::default(),
            watcher: Watcher::new(),
            name: "peer".into(),
            discreet,
            outgoing,
            telling: 0,
            tell,
            happened,
            stage: Stage::Going,
            failed: false,
            untold: Vec::new(),
            last_news: Instant::now(),
            redraw: None,
            until: None,
        }
    }

    pub(super) async fn run(
        mut self,
        mut typed: mpsc::Receiver<Typed>,
        interrupted: &Notify,
    ) -> io::Result<Outcome> {
        let mut is_over = false;
        loop {
            // A user who types stays in command, whatever is under way.
            let takes_input = !is_over
                && match self.screen.is_live() {
                    true => self.stage < Stage::Interrupted,
                    false => self.stage == Stage::Going && self.said.unsettled() < MOST_UNDER_WAY,
                };
            let due = self.due();
            tokio::select! {
                biased;
                () = interrupted.notified() => self.interrupt()?,
                event = self.relaying.next() => self.on_relaying(event)?,
                Some(happened) = self.happened.recv() => self.on_happened(happened)?,
                news = self.session.next() => match news {
                    Some(news) => self.on_news(news)?,
                    None => break,
                },
                typed = typed.recv(), if takes_input => match typed {
                    Some(typed) => self.on_typed(typed)?,
                    None => {
                        is_over = true;
                        self.stage = self.stage.max(Stage::Listening);
                    }
                },
                () = sleep_until(due.unwrap_or(self.last_news)), if due.is_some() => {}
            }
            self.on_time()?;
        }
        self.finish().await
    }

    /// When something is to be done next.
    fn due(&self) -> Option<Instant> {
        let composer = self.composer.as_ref().and_then(Composer::poll_timeout);
        let watcher = self.watcher.poll_timeout();
        let composing = composer.into_iter().chain(watcher).map(Instant::from_std);
        let rest = [self.redraw, self.until, self.leaves()];
        composing.chain(rest.into_iter().flatten()).min()
    }

    /// Who has nothing more to say leaves then.
    fn leaves(&self) -> Option<Instant> {
        let all_said = self.said.unsettled() == 0;
        match self.stage {
            Stage::Listening if all_said && self.said.count > 0 && self.hearing.is_idle() => {
                Some(self.last_news + QUIET)
            }
            Stage::Leaving if all_said => Some(self.last_news),
            _ => None,
        }
    }

    fn on_time(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if let Some(composer) = &mut self.composer {
            composer.handle_timeout(now.into_std());
            if let Some(status) = composer.poll_status(now.into_std())
                && let Ok(message) = self.envelope.status(&status)
            {
                self.tell_peer(message);
            }
        }
        self.watcher.handle_timeout(now.into_std());
        while let Some(event) = self.watcher.poll_event() {
            self.redraw = Some(now);
            if !self.screen.is_live() {
                let what = match event {
                    ComposingEvent::Active(()) => "is composing",
                    ComposingEvent::Idle(()) => "is not composing any more",
                };
                self.screen.line(&format!("* {} {what}", self.name))?;
            }
        }
        if self.leaves().is_some_and(|at| at <= now) {
            self.close();
        }
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
            self.session.sender().abort();
        }
        if self.redraw.is_some_and(|at| at <= now) {
            self.redraw = None;
            let status = self.status();
            self.screen.status(status)?;
        }
        Ok(())
    }

    /// What stands below the lines.
    fn status(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for (title, at, total) in self.said.files() {
            rows.push(progress("sending", title, at, total));
        }
        for file in self.hearing.arrivals.progress() {
            rows.push(progress("receiving", &harmless(file.name), file.came, file.total));
        }
        let more = rows.len().saturating_sub(MOST_FILES);
        if more > 0 {
            rows.truncate(MOST_FILES);
            rows.push(format!("and {more} more"));
        }
        let mut last = Vec::new();
        if self.watcher.is_active(&()) {
            last.push(format!("{} is composing", self.name));
        }
        let summary = self.said.summary();
        if !summary.is_empty() {
            last.push(summary);
        }
        if !last.is_empty() {
            rows.push(last.join("; "));
        }
        rows
    }

    fn on_news(&mut self, news: News) -> io::Result<()> {
        let News::Incoming(id, event) = news else {
            return Ok(()); // the endpoint puts no messages together
        };
        self.last_news = Instant::now();
        self.redraw.get_or_insert(self.last_news + PACE);
        match self.hearing.on(id, event) {
            Some(Heard::Text(text)) => self.on_text(*text),
            Some(Heard::Status(status, receipt)) => {
                self.on_status(&status);
                self.session.sender().report(receipt);
                Ok(())
            }
            Some(Heard::Notifications(notifications, receipt)) => {
                for notification in notifications {
                    let told = self.said.notified(&notification);
                    self.tell_state(told)?;
                }
                self.session.sender().report(receipt);
                Ok(())
            }
            Some(Heard::Told(told)) => self.on_told(told),
            None => Ok(()),
        }
    }

    fn on_relaying(&mut self, event: relaying::Event) -> io::Result<()> {
        let Consequence { line, terms, is_over } = self.relaying.on(event);
        if let Some(terms) = terms {
            self.session.sender().update(terms);
        }
        if is_over {
            self.failed = true;
            self.close();
        }
        match line {
            Some(line) => self.screen.line(&format!("* {}", harmless(&line))),
            None => Ok(()),
        }
    }

    fn on_text(&mut self, text: Text) -> io::Result<()> {
        let plain: MediaType = "text/plain".parse().expect("a media type");
        self.watcher.handle_message(&(), Some(&plain));
        // The text tells by itself.
        while self.watcher.poll_event().is_some() {}
        if let Some(name) = text.name.as_deref().map(harmless).filter(|name| !name.is_empty()) {
            self.name = cut(&name, MOST_OF_A_NAME);
        }
        for line in text.text.trim_end().split('\n') {
            let line = harmless(line.trim_end_matches('\r'));
            self.screen.line(&format!("<{}> {line}", self.name))?;
        }
        self.session.sender().report(text.receipt);
        if let (Some(responder), false) = (text.responder, self.discreet) {
            let mut responder = match envelope::now() {
                Some(now) => responder.with_date_time(now.as_str()),
                None => responder,
            };
            let displayed = Disposition::Display(DisplayStatus::Displayed);
            // One that asks for it and lacks what it takes gets none.
            if let Ok(Some(report)) = responder.report(displayed, Consent::Given, &mut envelope::random) {
                self.tell_peer(notification(&report));
            }
        }
        Ok(())
    }

    /// One that confirms nothing is told no more for a while.
    fn tell_peer(&mut self, message: Message) {
        if self.telling < MOST_TOLD && self.outgoing.send(Outgoing::Status(message)).is_ok() {
            self.telling += 1;
        }
    }

    fn on_status(&mut self, status: &IsComposing) {
        let now = Instant::now().into_std();
        self.watcher.handle_status(now, &(), status);
    }

    fn on_told(&mut self, told: Told) -> io::Result<()> {
        for line in told.lines {
            self.screen.line(&format!("* {} {line}", self.name))?;
        }
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

    fn on_happened(&mut self, happened: Happened) -> io::Result<()> {
        self.redraw.get_or_insert(Instant::now() + PACE);
        match happened {
            Happened::Taken(number, delivery) => self.said.taken(number, delivery),
            Happened::Came(number, state) => {
                let told = self.said.came(number, &state);
                self.tell_state(told)?;
            }
            Happened::Settled(number, outcome) => {
                self.last_news = Instant::now();
                self.settle(number, outcome)?;
            }
            Happened::Status(outcome) => {
                self.telling -= 1;
                if let (Err(Why::Failed(SendFailure::Refused(status))), Some(composer)) =
                    (outcome, &mut self.composer)
                {
                    composer.refused(status.as_u16());
                }
            }
        }
        Ok(())
    }

    fn settle(&mut self, number: usize, outcome: Result<(), Why>) -> io::Result<()> {
        match outcome {
            Ok(()) => match self.said.settled(number, None) {
                Some(line) if self.said.is_file(number) => self.screen.line(&line),
                told => self.tell_state(told),
            },
            Err(why) => {
                let lost = self.session.lost().map(|lost| lost.reason);
                if why.is_loss() && lost.is_none() {
                    self.untold.push((number, why));
                    return Ok(());
                }
                self.failed = true;
                let words = match self.said.is_stopped(number) {
                    true => "stopped".into(),
                    false => why.in_words(lost, BINDING),
                };
                match self.said.settled(number, Some(&words)) {
                    Some(line) => self.screen.line(&line),
                    None => Ok(()),
                }
            }
        }
    }

    /// On a terminal the summary below tells of what goes well.
    fn tell_state(&mut self, told: Option<String>) -> io::Result<()> {
        match told {
            Some(line) if !self.screen.is_live() => self.screen.line(&line),
            _ => Ok(()),
        }
    }

    fn on_typed(&mut self, typed: Typed) -> io::Result<()> {
        match typed {
            Typed::Key(event) => match self.screen.on_event(event)? {
                Done::Line(line) => self.on_line(&line),
                Done::Typed => {
                    self.on_activity(&self.screen.draft());
                    Ok(())
                }
                Done::Moved => Ok(()),
                Done::End => self.leave(),
                Done::Interrupted => self.interrupt(),
            },
            Typed::Part(draft) => {
                self.on_activity(&draft);
                Ok(())
            }
            Typed::Line(line) => self.on_line(&line),
            Typed::Failed(error) => {
                self.failed = true;
                self.screen.line(&format!("* NOT SENT: cannot be read: {error}"))
            }
        }
    }

    fn on_activity(&mut self, draft: &str) {
        let is_text = !draft.is_empty() && (!draft.starts_with('/') || draft.starts_with("//"));
        if let Some(composer) = &mut self.composer
            && is_text
            && self.stage == Stage::Going
        {
            composer.activity(Instant::now().into_std());
        }
    }

    fn on_line(&mut self, line: &str) -> io::Result<()> {
        match Command::parse(line) {
            Command::Text(_) | Command::Send(_) if self.stage >= Stage::Leaving => {
                self.screen.line("* leaving: nothing more is sent")
            }
            Command::Nothing => Ok(()),
            Command::Text(text) => self.say(text),
            Command::Send(path) => self.send(path),
            Command::Stop => self.stop(),
            Command::Quit => self.leave(),
            Command::Help => Command::HELP.iter().try_for_each(|line| self.screen.line(line)),
            Command::Unknown(word) => {
                let word = harmless(word);
                self.screen
                    .line(&format!("* no command {word}; /help lists them"))
            }
        }
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        if let Some(composer) = &mut self.composer {
            composer.content_sent();
        }
        let (message, id) = match self.envelope.text(text) {
            Ok(message) => message,
            Err(error) => return self.screen.line(&format!("* NOT SENT: {error}")),
        };
        let number = self.said.add(None, id);
        for line in text.trim_end().split('\n') {
            self.screen.line(&format!("#{number}> {}", harmless(line)))?;
        }
        let _ = self.outgoing.send(Outgoing::Text(number, message)); // its end is told by what was said before
        self.redraw = Some(Instant::now());
        Ok(())
    }

    fn send(&mut self, path: &Path) -> io::Result<()> {
        let item = match Item::file(path) {
            Ok(item) => item,
            Err(error) => {
                self.failed = true;
                let cause =
                    std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
                return self
                    .screen
                    .line(&format!("* NOT SENT: {}", harmless(&format!("{error}{cause}"))));
            }
        };
        let number = self.said.add(Some(item.title.clone()), None);
        let (title, of) = (&item.title, crate::receiving::octets(item.len));
        self.screen.line(&format!("* #{number} {title}: {of}"))?;
        tokio::spawn(send_file(
            number,
            item,
            self.session.sender().clone(),
            self.tell.clone(),
        ));
        Ok(())
    }

    /// Files, both ways.
    fn stop(&mut self) -> io::Result<()> {
        let mut count = self.said.stop(false);
        for file in self.hearing.arrivals.progress() {
            self.session.sender().reject(file.id, Refusal::STOP_SENDING);
            count += 1;
        }
        match count {
            0 => self.screen.line("* no file is under way"),
            _ => Ok(()),
        }
    }

    fn leave(&mut self) -> io::Result<()> {
        if self.stage >= Stage::Leaving {
            return Ok(());
        }
        self.stage = Stage::Leaving;
        match self.said.unsettled() {
            0 => Ok(()),
            _ => self
                .screen
                .line("* leaving when all is delivered; Ctrl-C leaves at once"),
        }
    }

    fn interrupt(&mut self) -> io::Result<()> {
        self.said.stop(true);
        self.close();
        self.stage = Stage::Interrupted;
        Ok(())
    }

    fn close(&mut self) {
        self.stage = self.stage.max(Stage::Closed);
        self.session.close();
        self.until.get_or_insert(Instant::now() + LEAVING);
    }

    /// The session is over: what was under way has failed by now, or was confirmed.
    async fn finish(mut self) -> io::Result<Outcome> {
        let lost = self.session.lost().map(|lost| lost.reason);
        let broken =
            lost.is_some_and(|lost| !matches!(lost, ConnectionError::PeerClosed | ConnectionError::Closed));
        let left = self.stage < Stage::Closed;
        // Each outcome is on its way, if it has not been told.
        while self.said.unsettled() > self.untold.len()
            && let Ok(Some(happened)) = timeout(LEAVING, self.happened.recv()).await
        {
            self.on_happened(happened)?;
        }
        for (number, why) in std::mem::take(&mut self.untold) {
            self.failed = true;
            let words = why.in_words(lost, BINDING);
            if let Some(line) = self.said.settled(number, Some(&words)) {
                self.screen.line(&line)?;
            }
        }
        if self.screen.is_live() {
            let (draft, summary) = (self.screen.draft(), self.said.summary());
            if !summary.is_empty() {
                self.screen.line(&format!("* {summary}"))?;
            }
            if !draft.is_empty() {
                self.screen.line(&format!("* not sent: {}", harmless(&draft)))?;
            }
        }
        if left {
            let what = match broken {
                true => "* the connection to the other side broke",
                false => "* the other side has left",
            };
            self.screen.line(what)?;
        }
        self.screen.end()?;
        Ok(match self.stage {
            Stage::Interrupted => Outcome::Interrupted,
            _ if self.failed
                || self.said.unsettled() > 0
                || self.hearing.is_incomplete()
                || left && broken =>
            {
                Outcome::Failed
            }
            _ => Outcome::Well,
        })
    }
}

/// One row, with what matters most first where the terminal is narrow.
fn progress(verb: &str, title: &str, at: u64, total: Option<u64>) -> String {
    let share = total.and_then(|total| at.saturating_mul(100).checked_div(total));
    match (share, total) {
        (Some(share), Some(total)) => format!("{verb} {share} % of {}: {title}", size(total)),
        _ => format!("{verb} {}: {title}", size(at)),
    }
}

fn size(octets: u64) -> String {
    indicatif::BinaryBytes(octets).to_string()
}
