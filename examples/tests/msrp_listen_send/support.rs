//! Processes, and peers that speak MSRP by hand.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `msrp listen` with a folder of its own.
pub(crate) struct Listener {
    pub(crate) uri: String,
    pub(crate) folder: TempDir,
    pub(crate) child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Listener {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_msrp"))
            .args(["listen", "--bind", "127.0.0.1:0", "--folder"])
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let uri = lines.recv_timeout(PATIENCE).unwrap();
        Self {
            uri,
            folder,
            child,
            lines,
            heard: Vec::new(),
        }
    }

    /// Waits for a line that has this in it.
    #[track_caller]
    pub(crate) fn hears(&mut self, part: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let Ok(line) = line else {
                panic!("no {part:?} in {:#?}", self.heard)
            };
            assert!(!line.contains(char::is_control), "{line:?}");
            self.heard.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Ends it as Ctrl-C does, and returns all lines behind the URI.
    #[track_caller]
    pub(crate) fn stop(mut self) -> (Vec<String>, TempDir) {
        signal(&self.child, "-INT");
        let (code, lines, folder) = self.wait();
        assert_eq!(code, Some(130), "{lines:#?}");
        (lines, folder)
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> (Option<i32>, Vec<String>, TempDir) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.heard.push(line);
        }
        let code = self.child.wait().unwrap().code();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        (code, std::mem::take(&mut self.heard), folder)
    }

    /// A connection to it, to speak by hand.
    pub(crate) fn connect(&self) -> TcpStream {
        let authority = self.uri.strip_prefix("msrp://").unwrap();
        TcpStream::connect(authority.split('/').next().unwrap()).unwrap()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { return };
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    told
}

pub(crate) fn signal(child: &Child, which: &str) {
    let status = Command::new("kill")
        .args([which, &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

pub(crate) fn send_command(uri: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_msrp"));
    command
        .args(["send", uri])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn send(uri: &str, arguments: &[&str]) -> Output {
    send_command(uri).args(arguments).output().unwrap()
}

/// Asserts the code and the one line on standard error, which must hold these parts.
#[track_caller]
pub(crate) fn assert_fails(output: &Output, code: i32, parts: &[&str]) {
    let complaint = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    assert!(complaint.starts_with("msrp: "), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    for part in parts {
        assert!(complaint.contains(part), "no {part:?} in {complaint}");
    }
}

#[track_caller]
pub(crate) fn assert_delivered(output: &Output) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaint, "");
    assert_eq!(output.status.code(), Some(0));
}

/// What is in a folder, partial files included, in order of name.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A file without octets on the disk, too long to be through soon.
pub(crate) fn long_file(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("long.bin");
    fs::File::create(&path).unwrap().set_len(2 << 30).unwrap();
    path
}

/// A SEND by hand.
pub(crate) fn frame(uri: &str, id: &str, headers: &str, body: &[u8], flag: char) -> Vec<u8> {
    let head = format!(
        "MSRP {id} SEND\r\nTo-Path: {uri}\r\nFrom-Path: msrp://127.0.0.1:9/by-hand;tcp\r\n{headers}\r\n\r\n"
    );
    let end = format!("\r\n-------{id}{flag}\r\n");
    [head.as_bytes(), body, end.as_bytes()].concat()
}

/// Writes, says that this is all, and returns what is answered.
pub(crate) fn converse(mut stream: TcpStream, octets: &[u8]) -> String {
    stream.write_all(octets).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    answers
}

/// A peer that answers every SEND with this status, and does nothing else. Without one it says nothing.
pub(crate) fn answering(status: Option<&'static str>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("msrp://{}/answering;tcp", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut writer = stream.try_clone().unwrap();
        let (mut id, mut ours, mut theirs) = (String::new(), String::new(), String::new());
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if let Some(rest) = line.strip_prefix("MSRP ") {
                id = rest.split(' ').next().unwrap().to_owned();
            } else if let Some(path) = line.strip_prefix("To-Path: ") {
                ours = path.to_owned();
            } else if let Some(path) = line.strip_prefix("From-Path: ") {
                theirs = path.to_owned();
            } else if line.starts_with(&format!("-------{id}"))
                && !id.is_empty()
                && let Some(status) = status
            {
                let answer = format!(
                    "MSRP {id} {status}\r\nTo-Path: {theirs}\r\nFrom-Path: {ours}\r\n-------{id}$\r\n"
                );
                let _ = writer.write_all(answer.as_bytes());
            }
        }
    });
    (uri, served)
}
