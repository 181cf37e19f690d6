//! `msrp room` and `msrp join` as processes.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that runs.
struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines,
    remarks: Lines,
}

/// Lines, as they come and as they came.
struct Lines {
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_msrp"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: Lines::of(child.stdout.take().unwrap()),
            remarks: Lines::of(child.stderr.take().unwrap()),
            child,
        }
    }

    /// A room, and where it is.
    fn room(arguments: &[&str]) -> (Self, String) {
        let mut room = Self::start(&[&["room", "--bind", "127.0.0.1:0"], arguments].concat());
        let at = room.output.next().expect("where it is");
        (room, at)
    }

    /// Somebody who has joined.
    fn join(at: &str, from: &str, arguments: &[&str]) -> Self {
        let mut joined = Self::start(&[&["join", at, "--from", from], arguments].concat());
        joined.remarks.wait_for("in the room sip:room@127.0.0.1");
        joined
    }

    fn types(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    #[track_caller]
    fn shows(&mut self, part: &str) -> String {
        self.output.wait_for(part)
    }

    /// The exit code, all that was shown, and all remarks. Its input ends.
    fn ends(mut self) -> (Option<i32>, Vec<String>, Vec<String>) {
        self.input = None;
        while self.output.next().is_some() {}
        while self.remarks.next().is_some() {}
        let code = self.child.wait().unwrap().code();
        let heard = |lines: &mut Lines| std::mem::take(&mut lines.heard);
        (code, heard(&mut self.output), heard(&mut self.remarks))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lines {
    fn of(output: impl Read + Send + 'static) -> Self {
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // Not even what others write is anything but text.
                if tell.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        let heard = Vec::new();
        Self { lines, heard }
    }

    fn next(&mut self) -> Option<String> {
        let line = match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(mpsc::RecvTimeoutError::Disconnected) => return None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("nothing comes after {:#?}", self.heard),
        };
        self.heard.push(line.clone());
        Some(line)
    }

    #[track_caller]
    fn wait_for(&mut self, part: &str) -> String {
        loop {
            match self.next() {
                Some(line) if line.contains(part) => return line,
                Some(_) => {}
                None => panic!("no {part:?} in {:#?}", self.heard),
            }
        }
    }
}

/// Three talk, over TLS: to all, to one, under nicknames.
#[test]
fn a_conversation() {
    let (mut room, at) = Program::room(&[]);
    let mut alice = Program::join(&at, "Alice <sip:alice@example.com>", &[]);
    alice.shows("* Nobody else is here.");
    let mut bob = Program::join(&at, "sip:bob@example.com", &["--nick", "Bobby"]);
    bob.shows("* you are now known as Bobby");
    let mut carol = Program::join(&at, "sip:carol@example.com", &[]);
    carol.shows("* Here are: ");
    alice.shows("* sip:carol@example.com has joined.");
    bob.types("hello");
    assert_eq!(alice.shows("is sip:bob"), "* Bobby is sip:bob@example.com");
    assert_eq!(alice.shows("hello"), "<Bobby> hello");
    assert_eq!(carol.shows("hello"), "<Bobby> hello");
    alice.types("/msg Bobby only you");
    assert_eq!(bob.shows("only you"), "<Alice, privately> only you");
    alice.types("//all of you");
    assert_eq!(bob.shows("all of you"), "<Alice> /all of you");
    assert_eq!(carol.shows("all of you"), "<Alice> /all of you");
    carol.types("/msg sip:bob@example.com by URI");
    assert_eq!(bob.shows("by URI"), "<sip:carol@example.com, privately> by URI");
    carol.types("/who");
    carol.shows("* Bobby is sip:bob@example.com");
    carol.types("/quit");
    let (code, shown, _) = carol.ends();
    assert_eq!(code, Some(0), "{shown:#?}");
    assert!(!shown.iter().any(|line| line.contains("only you")), "{shown:#?}");
    alice.shows("* sip:carol@example.com has left.");
    bob.types("the last word");
    assert_eq!(bob.ends().0, Some(0));
    alice.shows("<Bobby> the last word");
    room.shows("sip:bob@example.com> has left");
}

/// What is refused is told by what it means, and by the exit code.
#[test]
fn refusals() {
    let (_room, at) = Program::room(&["--plain"]);
    let mut alice = Program::join(&at, "sip:alice@example.com", &["--plain", "--nick", "The One"]);
    alice.shows("* you are now known as The One");
    let mut bob = Program::join(&at, "sip:bob@example.com", &["--plain"]);
    bob.types("/nick the  one");
    bob.shows("* NO NICKNAME: somebody else has that nickname");
    bob.types("/msg sip:nobody@example.com psst");
    bob.shows("* #1 NOT DELIVERED: nobody in the room has that address (404)");
    bob.types("/msg somebody psst");
    bob.shows("* NOT SENT: /msg WHO TEXT");
    bob.types("/msg sip:room@127.0.0.1 psst");
    bob.shows("* #2 NOT SENT: that is the room itself");
    bob.types(&"long ".repeat(20_000));
    bob.shows("* #3 NOT SENT: the room does not take messages of that size");
    bob.types("/fly");
    bob.shows("* no command /fly; /help lists them");
    assert_eq!(bob.ends().0, Some(1));
    alice.types("/quit");
    assert_eq!(alice.ends().0, Some(0));
}

/// What others write commands no terminal, and looks like nothing else.
#[test]
fn what_others_write_is_harmless() {
    let (_room, at) = Program::room(&[]);
    let mut alice = Program::join(&at, "Alice <sip:alice@example.com>", &[]);
    alice.types("I am Alice");
    let mut bob = Program::join(&at, "sip:bob@example.com", &[]);
    bob.shows("Here are: Alice <sip:alice@example.com>.");
    alice.types("really");
    bob.shows("<Alice> really");
    let mut mallory = Program::join(&at, "ALICE <sip:mallory@example.com>", &[]);
    mallory.types("\u{1b}[2J\u{7}\u{202e}no Alice");
    let line = bob.shows("no Alice");
    assert_eq!(
        line,
        "<sip:mallory@example.com> \\u{1b}[2J\\u{7}\\u{202e}no Alice"
    );
    // Nor does she get her own name back from somebody else.
    let line = alice.shows("no Alice");
    assert!(line.starts_with("<sip:mallory@example.com> "), "{line}");
    let odd = "\"<Bob> \u{1b}c\" <sip:odd@example.com>";
    let mut odd = Program::join(&at, odd, &[]);
    odd.types("hm");
    assert_eq!(bob.shows("hm"), "<sip:odd@example.com> hm");
    for mut program in [alice, bob, mallory, odd] {
        program.types("/quit");
        let (_, shown, remarks) = program.ends();
        for line in shown.iter().chain(&remarks) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}

/// Who says nothing stays when the input ends, until the room does.
#[cfg(unix)]
#[test]
fn the_room_ends() {
    let (mut room, at) = Program::room(&[]);
    let mut alice = Program::join(&at, "sip:alice@example.com", &[]);
    alice.input = None;
    let mut bob = Program::join(&at, "sip:bob@example.com", &[]);
    bob.types("are you listening?");
    alice.shows("<sip:bob@example.com> are you listening?");
    room.shows("<sip:bob@example.com> has joined");
    let id = room.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    alice.shows("* the room has ended the session");
    bob.shows("* the room has ended the session");
    assert_eq!(alice.ends().0, Some(1));
    assert_eq!(bob.ends().0, Some(1));
    assert_eq!(room.ends().0, Some(130));
}

/// Interrupted, it leaves.
#[cfg(unix)]
#[test]
fn interrupted() {
    let (mut room, at) = Program::room(&[]);
    let alice = Program::join(&at, "sip:alice@example.com", &[]);
    let id = alice.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    room.shows("<sip:alice@example.com> has left");
    assert_eq!(alice.ends().0, Some(130));
}

/// A name that begins with another one gets nothing that may be meant for the other.
#[test]
fn names_that_begin_alike() {
    let (_room, at) = Program::room(&["--plain"]);
    let mut alice = Program::join(&at, "sip:alice@example.com", &["--plain"]);
    let mut bob = Program::join(&at, "Bob <sip:bob@example.com>", &["--plain"]);
    bob.types("it is me");
    alice.shows("<Bob> it is me");
    alice.types("/msg bob did you get it?");
    bob.shows("privately> did you get it?");
    let mut mallory = Program::join(&at, "\"Bob did\" <sip:mallory@example.com>", &["--plain"]);
    mallory.types("it is me, too");
    alice.shows("<Bob did> it is me, too");
    alice.types("/msg Bob did you get that?");
    alice.shows("* NOT SENT: /msg WHO TEXT");
    alice.types("/msg Bob yes?");
    bob.shows("privately> yes?");
    alice.types("/msg sip:mallory@example.com who are you?");
    let line = mallory.shows("privately> ");
    assert!(line.ends_with("privately> who are you?"), "{line}");
}

/// Also while the room takes nothing of what is said.
#[cfg(unix)]
#[test]
fn interrupted_while_the_room_stands_still() {
    let kill = |signal: &str, program: &Program| {
        let id = program.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    };
    let (room, at) = Program::room(&["--plain"]);
    let mut alice = Program::join(&at, "sip:alice@example.com", &["--plain"]);
    alice.shows("* Nobody else is here.");
    kill("-STOP", &room);
    let mut input = alice.input.take().unwrap();
    let line = "x".repeat(60_000) + "\n";
    let all = thread::spawn(move || (0..1000).try_for_each(|_| input.write_all(line.as_bytes())));
    // No room is left on the way.
    let quiet = Duration::from_secs(2);
    while alice.output.lines.recv_timeout(quiet).is_ok() {}
    kill("-INT", &alice);
    assert_eq!(alice.ends().0, Some(130));
    assert!(all.join().unwrap().is_err(), "all of it was taken");
}

/// Who cannot join is told why.
#[test]
fn not_joined() {
    let (mut room, at) = Program::room(&["--sessions", "1"]);
    let _alice = Program::join(&at, "sip:alice@example.com", &[]);
    let cases: [(&[&str], &str); 4] = [
        (
            &["join", &at, "--from", "sip:bob@example.com"],
            "the room has refused: it is full",
        ),
        (
            &["join", &at, "--plain", "--from", "sip:bob@example.com"],
            "the room has refused: the offer does not fit (is --plain on one side only?)",
        ),
        (
            &["join", "127.0.0.1:9", "--from", "sip:bob@example.com"],
            "cannot connect to 127.0.0.1:9",
        ),
        (&["join", &at, "--from", "bob"], "neither NAME <URI> nor a URI"),
    ];
    for (arguments, expected) in cases {
        let (code, _, remarks) = Program::start(arguments).ends();
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(
            remarks.iter().any(|line| line.contains(expected)),
            "{expected}: {remarks:#?}"
        );
    }
    room.shows("was turned away: the room is full");
    room.shows("was turned away: one side wants TLS and the other does not");
}
