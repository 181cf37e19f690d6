//! The two sides of a call, or of a chat.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `msrp call` or `msrp chat` with a folder of its own.
pub(crate) struct Caller {
    pub(crate) folder: TempDir,
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    output: Lines,
    remarks: Lines,
}

/// What came out of one that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: Vec<String>,
    pub(crate) remarks: Vec<String>,
}

struct Lines {
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Caller {
    /// `arguments` begin with what it makes.
    pub(crate) fn start(arguments: &[impl AsRef<OsStr>]) -> Self {
        Self::run("call", arguments, &[])
    }

    /// `arguments` begin with what it makes.
    pub(crate) fn run(command: &str, arguments: &[impl AsRef<OsStr>], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_msrp"))
            .arg(command)
            .args(arguments)
            .envs(environment.iter().copied())
            .arg("--folder")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            folder,
            input: child.stdin.take(),
            output: Lines::of(child.stdout.take().unwrap()),
            remarks: Lines::of(child.stderr.take().unwrap()),
            child,
        }
    }

    pub(crate) fn types(&mut self, text: &str) {
        // One that has ended is told of by its exit code.
        let _ = self.input.as_mut().unwrap().write_all(text.as_bytes());
    }

    pub(crate) fn ends_input(&mut self) {
        self.input = None;
    }

    /// Waits for a line on standard output that has this in it.
    #[track_caller]
    pub(crate) fn shows(&mut self, part: &str) -> String {
        self.output.wait_for(part)
    }

    /// Waits for a line on standard error that has this in it.
    #[track_caller]
    pub(crate) fn remarks(&mut self, part: &str) -> String {
        self.remarks.wait_for(part)
    }

    /// The description that is printed, with LF at the ends of lines.
    #[track_caller]
    pub(crate) fn description(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            let line = self.output.lines.recv_timeout(PATIENCE).unwrap();
            match line.strip_suffix('\r').unwrap() {
                "" => return lines.concat(),
                line => lines.push(format!("{line}\n")),
            }
        }
    }

    pub(crate) fn wait(mut self) -> Ended {
        // One that does not end is not waited for.
        if !(self.output.rest() && self.remarks.rest()) {
            let _ = self.child.kill();
        }
        Ended {
            code: self.child.wait().unwrap().code(),
            output: std::mem::take(&mut self.output.heard),
            remarks: std::mem::take(&mut self.remarks.heard),
        }
    }

    pub(crate) fn stored(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lines {
    fn of(output: impl Read + Send + 'static) -> Self {
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n') {
                let Ok(line) = line else { return };
                if tell.send(String::from_utf8(line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self {
            lines,
            heard: Vec::new(),
        }
    }

    #[track_caller]
    fn wait_for(&mut self, part: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no {part:?} in {:#?}", self.heard)
            };
            self.heard.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Whether there was an end.
    fn rest(&mut self) -> bool {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.heard.push(line),
                Err(error) => return error == RecvTimeoutError::Disconnected,
            }
        }
    }
}

impl Ended {
    /// Asserts the code, and that the last remark has these parts.
    #[track_caller]
    pub(crate) fn assert_fails(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        let complaint = self.remarks.last().unwrap();
        assert!(complaint.starts_with("msrp: "), "{complaint}");
        assert!(!complaint.contains(char::is_control), "{complaint:?}");
        for part in parts {
            assert!(complaint.contains(part), "no {part:?} in {complaint}");
        }
    }

    /// Lines that tell of what the peer sent.
    pub(crate) fn peer_lines(&self) -> Vec<&str> {
        let lines = self.output.iter().map(String::as_str);
        lines.filter(|line| line.starts_with("peer ")).collect()
    }
}

/// A place for the files with the two descriptions.
pub(crate) struct Mailbox(TempDir);

impl Mailbox {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().into()
    }

    /// Both sides, with more arguments for each.
    pub(crate) fn call(&self, offerer: &[&str], answerer: &[&str]) -> (Caller, Caller) {
        (
            Caller::start(&self.offerer(offerer)),
            Caller::start(&self.answerer(answerer)),
        )
    }

    /// The arguments of who offers.
    pub(crate) fn offerer(&self, more: &[&str]) -> Vec<String> {
        let (offer, answer) = (self.path("offer.sdp"), self.path("answer.sdp"));
        strings(&[&["offer", "--out", &offer, "--in", &answer], more].concat())
    }

    /// The arguments of who answers.
    pub(crate) fn answerer(&self, more: &[&str]) -> Vec<String> {
        let (offer, answer) = (self.path("offer.sdp"), self.path("answer.sdp"));
        strings(&[&["answer", "--in", &offer, "--out", &answer], more].concat())
    }
}

fn strings(arguments: &[&str]) -> Vec<String> {
    arguments.iter().copied().map(Into::into).collect()
}

/// Tries all cases at the same time: they mostly wait.
pub(crate) fn each<T: Send>(cases: impl IntoIterator<Item = T>, test: impl Fn(T) + Sync) {
    thread::scope(|scope| {
        for case in cases {
            let test = &test;
            scope.spawn(move || test(case));
        }
    });
}

pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    (1..=len as u64)
        .map(|at| (at.wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
        .collect()
}

#[track_caller]
pub(crate) fn assert_same(path: &Path, octets: &[u8]) {
    assert!(fs::read(path).unwrap() == octets, "{}", path.display());
}
