//! Takes part in a room: what is typed goes there, and what others write is shown.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use msrp_cpim::Address;
use msrp_cpim::chat::{ByUserAndHost, UriComparison as _};
use msrp_proto::{ConnectionError, Nickname, SendFailure, UseNickname};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::command::Command;
use super::member::{Content, Heard, JoinError, JoinOptions, Member};
use super::names::Names;
use super::reason;
use crate::chat::screen::{Done, Screen};
use crate::chat::typed::{Typed, keys, lines};
use crate::terminal::harmless;

/// How long to try to connect.
const CONNECTING: Duration = Duration::from_secs(15);

/// Messages that are on their way at once, if nobody is there who types them.
const MOST_UNDER_WAY: usize = 64;

/// Lines of a message that are shown.
const MOST_LINES: usize = 200;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// Where the room waits for those who join: host and port.
    pub at: String,
    /// Who it is.
    pub from: Address,
    /// The nickname to take.
    pub nickname: Option<Nickname>,
    /// Without TLS.
    pub plain: bool,
    /// Whether standard input and `output` are a terminal: keys are read as they are pressed, and the line that is typed
    /// stands below the others.
    pub terminal: bool,
    /// Ends it.
    pub interrupted: Arc<Notify>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All that was sent has arrived in the room.
    Well,
    /// Something has not, or the room has ended the session.
    Failed,
    /// It was interrupted.
    Interrupted,
}

/// Why nobody has joined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection to the room.
    #[error("cannot connect to {at}")]
    Connect {
        /// Where.
        at: String,
        /// Why.
        source: io::Error,
    },
    /// The room was not joined.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The output is closed.
    #[error("cannot write")]
    Output(#[source] io::Error),
}

/// Joins a room, sends what is typed, and shows what is written there. `remark` gets what there is to say before.
///
/// It ends when the user leaves, when the room ends the session, or when it is interrupted. If the input ends that is no
/// terminal, it ends when all that was said is confirmed; where nothing was, it stays to listen.
///
/// # Errors
///
/// An [`Error`] if the room was not joined, or nothing can be shown.
pub async fn run(
    options: &Options,
    output: &mut impl Write,
    mut remark: impl FnMut(fmt::Arguments<'_>),
) -> Result<Outcome, Error> {
    let member = tokio::select! {
        biased;
        () = options.interrupted.notified() => return Ok(Outcome::Interrupted),
        member = enter(options) => member?,
    };
    let how = match options.plain {
        false => "TLS",
        true => "TCP, readable on the way",
    };
    let greeting = [
        format!("in the room {}, over {how}", harmless(member.room().uri())),
        "each line that you type is said to all; /help lists commands, /quit ends".into(),
    ];
    let (mut screen, typed) = match options.terminal {
        true => (Screen::terminal(output).map_err(Error::Output)?, keys()),
        false => (Screen::plain(output), lines()),
    };
    for line in greeting {
        match screen.is_live() {
            true => screen.line(&format!("* {line}")).map_err(Error::Output)?,
            false => remark(format_args!("{line}")),
        }
    }
    let mut visit = Visit::new(member, screen);
    if let Some(nickname) = &options.nickname {
        let wanted = UseNickname::Take(nickname.clone());
        visit.rename(wanted).await.map_err(Error::Output)?;
    }
    visit
        .run(typed, &options.interrupted)
        .await
        .map_err(Error::Output)
}

async fn enter(options: &Options) -> Result<Member, Error> {
    let at = &options.at;
    let connected = timeout(CONNECTING, TcpStream::connect(at.as_str())).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let stream = connected.map_err(|source| Error::Connect {
        at: at.clone(),
        source,
    })?;
    let join = JoinOptions {
        plain: options.plain,
        ..JoinOptions::new(options.from.clone())
    };
    Ok(Member::join(stream, join).await?)
}

/// Somebody in the room.
struct Visit<W: Write> {
    member: Member,
    screen: Screen<W>,
    names: Names,
    /// How much was said, private or not.
    said: usize,
    /// What was said and has no outcome yet: its number, whether it was private, and what became of it.
    under_way: JoinSet<(usize, bool, Result<(), SendFailure>)>,
    /// A nickname that was asked for.
    asked: Option<UseNickname>,
    stage: Stage,
    failed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Going,
    /// The input has ended before anything was said.
    Listening,
    /// All that was said is to arrive, then it ends.
    Leaving,
    Interrupted,
}

impl<W: Write> Visit<W> {
    fn new(member: Member, screen: Screen<W>) -> Self {
        let mut names = Names::default();
        names.reserve(member.own());
        Self {
            member,
            screen,
            names,
            said: 0,
            under_way: JoinSet::new(),
            asked: None,
            stage: Stage::Going,
            failed: false,
        }
    }

    async fn run(mut self, mut typed: mpsc::Receiver<Typed>, interrupted: &Notify) -> io::Result<Outcome> {
        let mut is_over = false;
        while self.stage < Stage::Leaving || self.is_waiting() {
            let takes_input = !is_over
                && match self.screen.is_live() {
                    true => self.stage < Stage::Interrupted,
                    false => self.stage == Stage::Going && self.under_way.len() < MOST_UNDER_WAY,
                };
            tokio::select! {
                biased;
                () = interrupted.notified() => self.stage = Stage::Interrupted,
                Some(settled) = self.under_way.join_next() => self.on_settled(settled.ok())?,
                heard = self.member.next() => match heard {
                    Some(heard) => self.on_heard(heard)?,
                    None => {
                        self.on_end().await?;
                        break;
                    }
                },
                typed = typed.recv(), if takes_input => match typed {
                    // The room may be slow to take it.
                    Some(typed) => tokio::select! {
                        biased;
                        () = interrupted.notified() => self.stage = Stage::Interrupted,
                        done = self.on_typed(typed) => done?,
                    },
                    None => {
                        is_over = true;
                        let waits = self.said > 0 || self.asked.is_some();
                        let next = if waits { Stage::Leaving } else { Stage::Listening };
                        self.stage = self.stage.max(next);
                    }
                },
            }
        }
        self.screen.end()?;
        let outcome = match self.stage {
            Stage::Interrupted => Outcome::Interrupted,
            _ if self.failed => Outcome::Failed,
            _ => Outcome::Well,
        };
        self.member.leave().await;
        Ok(outcome)
    }

    /// Whether something is to be waited for before it ends.
    fn is_waiting(&self) -> bool {
        self.stage < Stage::Interrupted && !(self.under_way.is_empty() && self.asked.is_none())
    }

    async fn on_typed(&mut self, typed: Typed) -> io::Result<()> {
        match typed {
            Typed::Key(event) => match self.screen.on_event(event)? {
                Done::Line(line) => self.on_line(&line).await,
                Done::Typed | Done::Moved => Ok(()),
                Done::End => self.quit(),
                Done::Interrupted => {
                    self.stage = Stage::Interrupted;
                    Ok(())
                }
            },
            Typed::Part(_) => Ok(()),
            Typed::Line(line) => self.on_line(&line).await,
            Typed::Failed(error) => {
                self.failed = true;
                self.screen.line(&format!("* NOT SENT: cannot be read: {error}"))
            }
        }
    }

    async fn on_line(&mut self, line: &str) -> io::Result<()> {
        if self.stage >= Stage::Leaving {
            return self.screen.line("* leaving: nothing more is sent");
        }
        match Command::parse(line) {
            Command::Nothing => Ok(()),
            Command::Text(text) => self.say(None, text).await,
            Command::Private(rest) => match self.names.addressee(rest) {
                Some((to, text)) => self.say(Some(to), text).await,
                None => {
                    self.failed = true;
                    self.screen
                        .line("* NOT SENT: /msg WHO TEXT, WHO being a URI or one name only that /who lists")
                }
            },
            Command::Nick("") => self.rename(UseNickname::Remove).await,
            Command::Nick(name) => match Nickname::new(name) {
                Ok(name) => self.rename(UseNickname::Take(name)).await,
                Err(error) => {
                    self.failed = true;
                    self.screen.line(&format!("* NO NICKNAME: {error}"))
                }
            },
            Command::Who => self.tell_names(),
            Command::Quit => self.quit(),
            Command::Help => Command::HELP.iter().try_for_each(|line| self.screen.line(line)),
            Command::Unknown(line) => {
                let line = harmless(line);
                self.screen
                    .line(&format!("* no command {line}; /help lists them"))
            }
        }
    }

    async fn say(&mut self, to: Option<Address>, text: &str) -> io::Result<()> {
        self.said += 1;
        let number = self.said;
        let mark = match &to {
            Some(to) => format!("#{number} to {}>", harmless(to.uri())),
            None => format!("#{number}>"),
        };
        for line in text.trim_end().split('\n') {
            self.screen.line(&format!("{mark} {}", harmless(line)))?;
        }
        let private = to.is_some();
        let sent = match &to {
            Some(to) => self.member.whisper(to, text).await,
            None => self.member.say(text).await,
        };
        match sent {
            Ok(delivery) => {
                self.under_way
                    .spawn(async move { (number, private, delivery.outcome().await) });
                Ok(())
            }
            Err(error) => {
                self.failed = true;
                let why = harmless(&reason::not_sent(&error));
                self.screen.line(&format!("* #{number} NOT SENT: {why}"))
            }
        }
    }

    async fn rename(&mut self, wanted: UseNickname) -> io::Result<()> {
        if self.asked.is_some() {
            return self.screen.line("* the room has not answered the last /nick yet");
        }
        match self.member.rename(wanted.clone()).await {
            Ok(_) => {
                self.asked = Some(wanted);
                Ok(())
            }
            Err(error) => {
                self.failed = true;
                let why = reason::not_asked(error.reason);
                self.screen.line(&format!("* NO NICKNAME: {why}"))
            }
        }
    }

    fn quit(&mut self) -> io::Result<()> {
        self.stage = self.stage.max(Stage::Leaving);
        match self.is_waiting() {
            true => self
                .screen
                .line("* leaving when all is delivered; Ctrl-C leaves at once"),
            false => Ok(()),
        }
    }

    fn tell_names(&mut self) -> io::Result<()> {
        if self.names.all().len() == 0 {
            return self.screen.line("* nobody with a name has written yet");
        }
        for (name, owner) in self.names.all() {
            self.screen
                .line(&format!("* {name} is {}", harmless(owner.uri())))?;
        }
        Ok(())
    }

    fn on_settled(&mut self, settled: Option<(usize, bool, Result<(), SendFailure>)>) -> io::Result<()> {
        let Some((number, private, Err(why))) = settled else {
            return Ok(());
        };
        self.failed = true;
        let why = reason::failure(why, private);
        self.screen.line(&format!("* #{number} NOT DELIVERED: {why}"))
    }

    fn on_heard(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Message { to, content } => self.on_message(to.from(), to.is_private(), &content),
            Heard::Nickname(_, outcome) => {
                let asked = self.asked.take();
                let line = match (outcome, asked) {
                    (Ok(()), Some(UseNickname::Take(name))) => {
                        self.names.reserve(self.member.own());
                        format!("* you are now known as {}", harmless(name.as_str()))
                    }
                    (Ok(()), _) => "* you have no nickname any more".into(),
                    (Err(error), _) => {
                        self.failed = true;
                        format!("* NO NICKNAME: {}", reason::nickname(&error))
                    }
                };
                self.screen.line(&line)
            }
            Heard::Unreadable => self.screen.line("* a message came that cannot be read"),
        }
    }

    fn on_message(&mut self, from: &Address, private: bool, content: &Content) -> io::Result<()> {
        let of_room = ByUserAndHost.is_same(from.uri(), self.member.room().uri());
        let mark = if of_room {
            "*".into()
        } else {
            let shown = self.names.shown(from);
            if shown.is_new {
                let line = format!("* {} is {}", shown.name, harmless(from.uri()));
                self.screen.line(&line)?;
            }
            match private {
                true => format!("<{}, privately>", shown.name),
                false => format!("<{}>", shown.name),
            }
        };
        let text = match content {
            Content::Text(text) => text,
            Content::Other(media_type, len) => {
                let what = harmless(&media_type.to_string());
                return self
                    .screen
                    .line(&format!("{mark} * {what}, {len} octets, not shown here"));
            }
        };
        let mut lines = text.trim_end().split('\n');
        for line in lines.by_ref().take(MOST_LINES) {
            self.screen
                .line(&format!("{mark} {}", harmless(line.trim_end_matches('\r'))))?;
        }
        match lines.count() {
            0 => Ok(()),
            more => self
                .screen
                .line(&format!("{mark} * {more} more lines, not shown here")),
        }
    }

    /// The session is over: what was under way has failed by now.
    async fn on_end(&mut self) -> io::Result<()> {
        while let Some(settled) = self.under_way.join_next().await {
            self.on_settled(settled.ok())?;
        }
        if self.stage < Stage::Leaving {
            self.failed = true;
            let lost = match self.member.lost().map(|lost| lost.reason) {
                None | Some(ConnectionError::PeerClosed) => "* the room has ended the session",
                Some(_) => "* the connection to the room is lost",
            };
            self.screen.line(lost)?;
        }
        Ok(())
    }
}
