//! The course of the demonstration and its transcript.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, ProgressBar};
use msrp_proto::wire::MessageId;
use msrp_proto::{Message, Refusal};
use msrp_sdp::Action;
use rustls::ProtocolVersion;

use super::Outcome;
use super::content::{self, Contents, Told};
use super::file::{Download, Offer};
use super::peer::{News, Peer, Secured, Who};
use super::signalling::Signalled;
use crate::std_driver::Handle;

/// How often the bar is moved, and how soon an interruption is noticed.
const TICK: Duration = Duration::from_millis(50);

pub(super) struct Show<'a> {
    transcript: &'a mut dyn Write,
    bar: ProgressBar,
    offer: &'a Offer,
    /// Octets of the file that have come.
    progress: &'a Arc<AtomicU64>,
    folder: &'a Path,
    /// Set when the demonstration is to stop early.
    stop: &'a AtomicBool,
    began: Instant,
    /// Who is sure of the other, with TLS.
    secured: Vec<Secured>,
    /// Texts that have not arrived yet.
    on_their_way: BTreeMap<MessageId, (&'static str, Instant)>,
    texts_sent: usize,
    texts_intact: usize,
    contents_sent: usize,
    contents_came: usize,
    contents_intact: usize,
    /// How long texts took while the file was under way.
    waits: Vec<Duration>,
    file: Transfer,
    ended: usize,
    interrupted: bool,
}

#[derive(Default)]
struct Transfer {
    offered: Option<Instant>,
    completed: Option<Instant>,
    /// The sender knows what became of it.
    settled: bool,
    /// The receiver has it or knows that it will not come.
    arrived: bool,
    intact: bool,
}

impl<'a> Show<'a> {
    pub(super) fn new(
        transcript: &'a mut dyn Write,
        bar: ProgressBar,
        offer: &'a Offer,
        progress: &'a Arc<AtomicU64>,
        folder: &'a Path,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            transcript,
            bar,
            offer,
            progress,
            folder,
            stop,
            began: Instant::now(),
            secured: Vec::new(),
            on_their_way: BTreeMap::new(),
            texts_sent: 0,
            texts_intact: 0,
            contents_sent: 0,
            contents_came: 0,
            contents_intact: 0,
            waits: Vec::new(),
            file: Transfer::default(),
            ended: 0,
            interrupted: false,
        }
    }

    pub(super) fn introduce(&mut self, chunk_limit: Option<usize>) -> io::Result<()> {
        let chunks = match chunk_limit {
            Some(limit) => format!("in chunks of at most {limit} octets"),
            None => "as one chunk, interrupted when others wait".into(),
        };
        let Offer {
            name, len, sha256, ..
        } = self.offer;
        writeln!(
            self.transcript,
            "Two MSRP endpoints, one connection over loopback"
        )?;
        writeln!(
            self.transcript,
            "  file   {}, {} ({len} octets), {chunks}",
            printable(name),
            BinaryBytes(*len)
        )?;
        writeln!(self.transcript, "         SHA-256 {}\n", hex(sha256))
    }

    /// Both descriptions, as they were sent. Their session-ids are secrets (RFC 4975 §14.1), of a session that is over
    /// when the demonstration is.
    pub(super) fn signalling(&mut self, signalled: &Signalled) -> io::Result<()> {
        let sent = [
            ("alice offers", &signalled.offer),
            ("bob answers", &signalled.answer),
        ];
        for (title, description) in sent {
            writeln!(self.transcript, "{title}:")?;
            for line in String::from_utf8_lossy(description).lines() {
                writeln!(self.transcript, "  {line}")?;
            }
            writeln!(self.transcript)?;
        }
        Ok(())
    }

    /// Waits for the connection, and tells what was agreed upon.
    pub(super) fn connect(
        &mut self,
        signalled: &Signalled,
        told: &Receiver<News>,
        handles: &[Handle<Peer>; 2],
    ) -> io::Result<()> {
        self.began = Instant::now();
        let [_, bob] = handles;
        let sides = [(Who::Alice, &signalled.alice), (Who::Bob, &signalled.bob)];
        for (who, party) in sides {
            let plan = party.agreement.plan();
            let Action::Connect(target) = plan.action() else {
                continue;
            };
            if plan.tls() {
                self.follow(told, bob, |show| show.secured.len() == 2)?;
            }
            let how = match self.secured[..] {
                _ if !plan.tls() => "TCP".to_owned(),
                [ref one, ref other] if one.by_fingerprint && other.by_fingerprint => {
                    format!("{}, both fingerprints verified", version(one.version))
                }
                [ref one, _] => format!("{}, FINGERPRINTS NOT VERIFIED", version(one.version)),
                _ => return Ok(()), // what came instead has been told
            };
            let (other, host, port) = (who.other().name(), target.host(), target.port());
            self.line(
                who,
                "link",
                format_args!("connects to {other} at {host}:{port}, {how}"),
            )?;
        }
        Ok(())
    }

    /// Both say hello, the file goes from Alice to Bob, both say goodbye.
    pub(super) fn play(&mut self, told: &Receiver<News>, handles: &[Handle<Peer>; 2]) -> io::Result<()> {
        let [alice, bob] = handles;
        let say = |to: &Handle<Peer>, line| {
            let _ = to.call(move |connection, peer| peer.say(connection, line));
        };
        let all_heard = |show: &Self| show.texts_sent > 0 && show.on_their_way.is_empty();

        say(alice, "Hello, Bob. Ready for the file?");
        self.follow(told, bob, |show| show.texts_sent == 1 && all_heard(show))?;
        say(bob, "Hello, Alice. Go ahead.");
        self.follow(told, bob, |show| show.texts_sent == 2 && all_heard(show))?;

        self.contents(told, alice, bob)?;

        let (upload, len) = (self.offer.upload()?, self.offer.len);
        let _ = alice.call(move |connection, peer| peer.send_file(connection, upload, len));
        self.follow(told, bob, |show| {
            show.file.settled && show.file.arrived && all_heard(show)
        })?;
        self.bar.finish_and_clear();

        let before = self.texts_sent;
        let verdict = match self.file.intact {
            true => "Thank you, it is all here.",
            false => "It did not arrive intact.",
        };
        say(bob, verdict);
        self.follow(told, bob, |show| show.texts_sent > before && all_heard(show))?;

        for handle in handles {
            let _ = handle.call(|connection, peer| peer.leave(connection));
        }
        self.follow(told, bob, |_| false)
    }

    /// Other content than plain text. Each piece waits for the one before, so that they can be told in order.
    fn contents(
        &mut self,
        told: &Receiver<News>,
        alice: &Handle<Peer>,
        bob: &Handle<Peer>,
    ) -> io::Result<()> {
        self.content(told, bob, alice, 1, Contents::compose)?;
        thread::sleep(content::PAUSE);
        self.content(told, bob, alice, 1, Contents::pause)?;
        // With its answer.
        self.content(told, bob, alice, 2, |contents, _| contents.letter())?;
        self.content(told, bob, bob, 1, |contents, _| contents.picture())
    }

    /// Sends something and waits until so many pieces have come of it.
    fn content(
        &mut self,
        told: &Receiver<News>,
        bob: &Handle<Peer>,
        from: &Handle<Peer>,
        pieces: usize,
        make: impl FnOnce(&mut Contents, Instant) -> Option<Message> + Send + 'static,
    ) -> io::Result<()> {
        self.contents_sent += pieces;
        let _ = from.call(move |connection, peer| peer.send_content(connection, make));
        self.follow(told, bob, |show| show.contents_came >= show.contents_sent)
    }

    /// Tells what happens until something has, or until both endpoints are gone.
    fn follow(
        &mut self,
        told: &Receiver<News>,
        bob: &Handle<Peer>,
        until: impl Fn(&Self) -> bool,
    ) -> io::Result<()> {
        while self.ended < 2 && !until(self) {
            if self.stop.load(Ordering::Relaxed) {
                self.interrupted = true;
                self.bar.finish_and_clear();
                return Ok(());
            }
            match told.recv_timeout(TICK) {
                Ok(news) => self.tell(news, bob)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.bar.set_position(self.progress.load(Ordering::Relaxed));
        }
        Ok(())
    }

    fn tell(&mut self, news: News, bob: &Handle<Peer>) -> io::Result<()> {
        match news {
            News::Said(id, line, at) => {
                self.texts_sent += 1;
                self.on_their_way.insert(id, (line, at));
                Ok(())
            }
            News::Heard(who, id, text, at) => self.heard(who, id, &text, at),
            News::Secured(how) => {
                self.secured.push(how);
                Ok(())
            }
            News::TextFailed(who, why) => self.line(who, "text", format_args!("FAILED: {why}")),
            News::FileOffered(id, at) => {
                self.file.offered = Some(at);
                let id = id.as_ref().map_or("", MessageId::as_str);
                self.line(Who::Alice, "file", format_args!("begins, Message-ID {id}"))
            }
            News::FileArriving(total) => match total {
                Some(total) => self.line(Who::Bob, "file", format_args!("is to be {total} octets")),
                None => self.line(Who::Bob, "file", format_args!("is of unknown length")),
            },
            News::FileArrived(download, receipt) => {
                let len = receipt.len();
                self.file.arrived = true;
                match self.verify(download) {
                    Ok(true) => {
                        self.file.intact = true;
                        self.line(
                            Who::Bob,
                            "file",
                            format_args!("arrived, {len} octets, SHA-256 matches"),
                        )
                    }
                    Ok(false) => {
                        // Too late for a response; the sender hears of it by a REPORT.
                        let _ = bob.call(|connection, _| {
                            let _ = connection.fail(*receipt, Refusal::FORBIDDEN);
                        });
                        self.line(
                            Who::Bob,
                            "file",
                            format_args!("NOT INTACT, {len} octets, SHA-256 differs"),
                        )
                    }
                    Err(error) => self.line(Who::Bob, "file", format_args!("NOT STORED: {error}")),
                }
            }
            News::FileLost(why) => {
                self.file.arrived = true;
                self.line(Who::Bob, "file", format_args!("DID NOT ARRIVE: {why}"))
            }
            News::FileReported(range, status) => {
                self.line(Who::Alice, "file", format_args!("REPORT: {range} {status}"))
            }
            News::FileCompleted(at) => {
                self.file.settled = true;
                self.file.completed = Some(at);
                self.line(
                    Who::Alice,
                    "file",
                    format_args!("completed: Bob has confirmed all of it"),
                )
            }
            News::FileFailed(why) => {
                self.file.settled = true;
                self.line(Who::Alice, "file", format_args!("FAILED: {why}"))
            }
            News::Content(who, what) => {
                self.contents_came += 1;
                self.contents_intact += usize::from(what.is_intact());
                self.show_content(who, &what)
            }
            News::Storage(who, error) => self.line(who, "disk", format_args!("{error}")),
            News::Ended(who, ended) => {
                self.ended += 1;
                match ended.error {
                    Some(error) => self.line(who, "end", format_args!("{}: {error}", ended.reason)),
                    None => self.line(who, "end", format_args!("{}", ended.reason)),
                }
            }
        }
    }

    fn heard(&mut self, who: Who, id: Option<MessageId>, text: &str, at: Instant) -> io::Result<()> {
        let sent = id.as_ref().and_then(|id| self.on_their_way.remove(id));
        let Some((line, said)) = sent.filter(|(line, _)| *line == text) else {
            return self.line(
                who,
                "text",
                format_args!("NOT WHAT WAS SENT: {}", printable(text)),
            );
        };
        self.texts_intact += 1;
        let wait = at.saturating_duration_since(said);
        let under_way = self.file.offered.is_some() && !self.file.arrived;
        if under_way {
            self.waits.push(wait);
        }
        let id = id.as_ref().map_or("", MessageId::as_str);
        let came = self.progress.load(Ordering::Relaxed);
        let percent = (came * 100).checked_div(self.offer.len).unwrap_or(100);
        let file = match under_way {
            true => format!(", with {percent} % of the file"),
            false => String::new(),
        };
        let (len, wait) = (text.len(), millis(wait));
        self.line(
            who.other(),
            "text",
            format_args!(
                "\"{line}\"\n{:26}{len} octets, Message-ID {id}, there after {wait}{file}",
                ""
            ),
        )
    }

    /// Shows it as its receiver sees it.
    fn show_content(&mut self, who: Who, what: &Told) -> io::Result<()> {
        let other = who.other().name();
        match what {
            Told::Composing(true) => self.line(who, "type", format_args!("sees that {other} is composing")),
            Told::Composing(false) => self.line(
                who,
                "type",
                format_args!("sees that {other} is not composing any more"),
            ),
            Told::Letter {
                from,
                subject,
                text,
                wants_notification,
            } => {
                let wants = match wants_notification {
                    true => ", to be told of when it is shown",
                    false => "",
                };
                let (from, subject, text) = (printable(from), printable(subject), printable(text));
                self.line(
                    who,
                    "cpim",
                    format_args!("from {from}\n{:26}\"{subject}\": \"{text}\"{wants}", ""),
                )
            }
            Told::Notified { what, is_known: true } => {
                self.line(who, "imdn", format_args!("of its message, {}", printable(what)))
            }
            Told::Notified { .. } => self.line(who, "imdn", format_args!("OF A MESSAGE THAT WAS NOT SENT")),
            Told::Parts { what, are_intact } => {
                let verdict = if *are_intact { "" } else { ", NOT WHAT WAS SENT" };
                let what = what
                    .iter()
                    .map(|part| printable(part))
                    .collect::<Vec<_>>()
                    .join("; ");
                self.line(who, "mime", format_args!("{what}{verdict}"))
            }
            Told::Unknown(what) => {
                self.line(who, "mime", format_args!("NOT UNDERSTOOD: {}", printable(what)))
            }
        }
    }

    fn verify(&self, download: Download) -> io::Result<bool> {
        Ok(download.finish(self.offer, self.folder, self.stop)?.is_some())
    }

    fn line(&mut self, who: Who, what: &str, text: std::fmt::Arguments<'_>) -> io::Result<()> {
        let at = self.began.elapsed().as_secs_f64();
        let Self { bar, transcript, .. } = self;
        bar.suspend(|| writeln!(transcript, "{at:8.3} s  {:5}  {what:4}  {text}", who.name()))
    }

    pub(super) fn conclude(self) -> io::Result<Outcome> {
        let Self { transcript, file, .. } = self;
        let outcome = Outcome {
            file_intact: file.intact,
            file_confirmed: file.completed.is_some(),
            texts_sent: self.texts_sent,
            texts_intact: self.texts_intact,
            contents_sent: self.contents_sent,
            contents_intact: self.contents_intact,
            interrupted: self.interrupted,
        };
        writeln!(transcript)?;
        if let (Some(offered), Some(completed)) = (file.offered, file.completed) {
            let took = completed.saturating_duration_since(offered).as_secs_f64();
            let rate = self.offer.len as f64 / took / f64::from(1 << 20);
            let len = BinaryBytes(self.offer.len);
            writeln!(
                transcript,
                "File:   {len} in {took:.3} s, {rate:.1} MiB/s, file to file"
            )?;
        }
        let (sent, intact) = (outcome.texts_sent, outcome.texts_intact);
        write!(transcript, "Texts:  {intact} of {sent} arrived")?;
        let mut waits = self.waits;
        waits.sort();
        match (waits.get(waits.len() / 2), waits.last()) {
            (Some(median), Some(longest)) => writeln!(
                transcript,
                "; {} while the file was under way, after {} (median), {} (longest)",
                waits.len(),
                millis(*median),
                millis(*longest)
            )?,
            _ => writeln!(transcript)?,
        }
        let (sent, intact) = (outcome.contents_sent, outcome.contents_intact);
        writeln!(
            transcript,
            "Other:  {intact} of {sent} arrived (composing, message/cpim, notification, multipart)"
        )?;
        let verdict = match (outcome.is_intact(), outcome.interrupted) {
            (true, _) => "Everything arrived intact.",
            (false, true) => "INTERRUPTED before everything had arrived.",
            (false, false) => "NOT everything arrived intact.",
        };
        writeln!(transcript, "{verdict}")?;
        Ok(outcome)
    }
}

fn version(version: Option<ProtocolVersion>) -> String {
    match version {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2".into(),
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3".into(),
        other => format!("TLS ({other:?})"),
    }
}

fn millis(wait: Duration) -> String {
    format!("{:.1} ms", wait.as_secs_f64() * 1e3)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What others chose must not command the terminal.
fn printable(text: &str) -> String {
    text.chars().flat_map(char::escape_debug).collect()
}
