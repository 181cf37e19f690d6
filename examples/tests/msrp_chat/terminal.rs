//! In a terminal, narrow and wide, where `script` is installed.

use std::fs::File;
use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::assert_ended;
use crate::support::{Caller, Mailbox, each};

const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal, by `script`, with `msrp chat` in it.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

impl Terminal {
    fn start(columns: u16, arguments: &[String]) -> Self {
        // Neither the program's path nor these arguments have anything in them that a shell takes for its own.
        let chat = format!("{} chat {}", env!("CARGO_BIN_EXE_msrp"), arguments.join(" "));
        let line = format!("stty cols {columns} rows 24; {chat}; code=$?; stty -a; exit $code");
        let mut child = Command::new("script")
            .args(["--quiet", "--flush", "--return", "--command", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut from = child.stdout.take().unwrap();
        let (tell, output) = mpsc::channel();
        thread::spawn(move || {
            let mut octets = [0; 4096];
            while let Ok(len @ 1..) = from.read(&mut octets) {
                let _ = tell.send(octets[..len].to_vec());
            }
        });
        Self {
            keys: child.stdin.take().unwrap(),
            child,
            output,
            screen: vt100::Parser::new(24.try_into().unwrap(), columns.try_into().unwrap(), 100),
        }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The rows that have something in them.
    fn rows(&self) -> Vec<String> {
        let contents = self.screen.screen().contents();
        let rows = contents.lines().map(|row| row.trim_end().to_owned());
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    fn shows(&mut self, what: &str, is_shown: impl Fn(&[String]) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_shown(&self.rows()) {
            match self
                .output
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(octets) => self.screen.process(&octets),
                Err(_) => panic!("no {what}: {:#?}", self.rows()),
            }
        }
    }

    #[track_caller]
    fn ends_with(&mut self, last: &[&str]) {
        self.shows(&format!("{last:?}"), |rows| {
            rows.ends_with(&last.iter().map(|&row| row.into()).collect::<Vec<String>>())
        });
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn has_script() -> bool {
    let has = Command::new("script").arg("--version").output().is_ok();
    if !has {
        // Past the capture of the test harness.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: msrp chat in a terminal (no script of util-linux)"
        );
    }
    has
}

/// Somebody at a terminal, and somebody who is a script.
fn chat(columns: u16) -> (Terminal, Caller, tempfile::TempDir) {
    let mailbox = Mailbox::new();
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("inbox");
    let arguments = ["--bind", "127.0.0.1", "--folder", inbox.to_str().unwrap()];
    let mut a = Terminal::start(columns, &mailbox.offerer(&arguments));
    let mut b = Caller::run("chat", &mailbox.answerer(&[]), &[]);
    b.remarks("each line that you type is sent");
    a.ends_with(&[">"]);
    (a, b, folder)
}

#[test]
fn narrow_and_wide() {
    if !has_script() {
        return;
    }
    each([40, 120], |columns| {
        let (mut a, mut b, folder) = chat(columns);
        a.types("Hello, Rob");
        b.shows("* peer is composing");
        a.ends_with(&["> Hello, Rob"]);
        // The cursor goes back, and R becomes B.
        a.types("\u{1b}[D\u{1b}[D\u{7f}B");
        a.ends_with(&["> Hello, Bob"]);
        b.types("One that has more in it than forty columns can hold\n");
        let (first, second) = match columns {
            40 => (
                "<peer> One that has more in it than",
                Some("  forty columns can hold"),
            ),
            _ => ("<peer> One that has more in it than forty columns can hold", None),
        };
        let mut rows = vec![first];
        rows.extend(second);
        rows.push("> Hello, Bob");
        a.ends_with(&rows);
        a.types("\r");
        b.shows("<peer> Hello, Bob");
        a.ends_with(&["#1> Hello, Bob", "#1 displayed", ">"]);
        b.types("Hm");
        a.ends_with(&["peer is composing; #1 displayed", ">"]);

        // What is pasted is one text.
        a.types("\u{1b}[200~two\r\nlines\u{1b}[201~");
        a.ends_with(&["> two⏎lines"]);
        a.types("\r");
        b.shows("<peer> two");
        b.shows("<peer> lines");

        let path = folder.path().join("an endless file that has a long name.bin");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        b.types(&format!("\n/send {}\n", path.display()));
        a.shows("progress", |rows| {
            let file = rows.iter().rev().find(|row| row.starts_with("receiving "));
            file.is_some_and(|row| row.contains(" % of 1.00 TiB: an") && (columns > 40 || row.ends_with('…')))
        });
        a.types("/stop\r");
        a.shows("an end of it", |rows| {
            !rows.iter().any(|row| row.starts_with("receiving ")) && rows.concat().contains("NOT COMPLETE")
        });
        a.ends_with(&["#1-2 displayed", ">"]);

        a.types("not sent\u{3}");
        b.shows("* the other side has left");
        a.shows("the modes of a terminal", |rows| {
            rows.concat().contains(" icanon")
        });
        a.shows("all that was said", |rows| {
            let last = rows.iter().position(|row| row == "* #1-2 displayed");
            last.is_some_and(|last| {
                rows[last + 1] == "* not sent: not sent" && rows[last + 2].starts_with("speed")
            })
        });
        assert_eq!(a.child.wait().unwrap().code(), Some(130));
        assert_ended(&b.wait(), 1);
    });
}

/// Many files at once leave room for the rest, and can be stopped by who is about to leave.
#[test]
fn many_files() {
    if !has_script() {
        return;
    }
    let (mut a, mut b, folder) = chat(60);
    for number in 1..=30 {
        let path = folder.path().join(format!("{number}.bin"));
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        a.types(&format!("/send {}\r", path.display()));
    }
    a.ends_with(&[
        "sending 0 % of 1.00 TiB: 5.bin",
        "and 25 more",
        "#1-30 sending",
        ">",
    ]);
    a.types("/quit\r");
    a.shows("that it leaves", |rows| {
        rows.contains(&"* leaving when all is delivered; Ctrl-C leaves at once".into())
    });
    a.types("too late\r");
    a.shows("that it leaves", |rows| {
        rows.contains(&"* leaving: nothing more is sent".into())
    });
    a.types("/stop\r");
    b.shows("* the other side has left");
    assert_eq!(a.child.wait().unwrap().code(), Some(1));
}

/// What the other side says is shown, and does nothing.
#[test]
fn harmless() {
    if !has_script() {
        return;
    }
    let (mut a, mut b, _folder) = chat(60);
    b.types("\u{1b}[2J\u{1b}[H\u{9b}31m\u{7}\u{202e}\r\n");
    a.ends_with(&["<peer> \\u{1b}[2J\\u{1b}[H\\u{9b}31m\\u{7}\\u{202e}", ">"]);
    a.types("\u{4}");
    b.shows("* the other side has left");
    assert_eq!(a.child.wait().unwrap().code(), Some(0));
}
