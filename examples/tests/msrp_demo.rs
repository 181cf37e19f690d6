//! `msrp demo` as a process.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the demonstration with a folder of its own for temporary files, which must be empty afterwards.
fn demo(arguments: &[&str]) -> Output {
    let temporary = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_msrp"))
        .arg("demo")
        .args(arguments)
        .env("TMPDIR", temporary.path())
        .env("TMP", temporary.path())
        .output()
        .unwrap();
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    output
}

fn transcript(output: &Output) -> String {
    // Not a terminal: no bar, and nothing that moves the cursor.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
    text
}

fn assert_intact(output: &Output, len: u64) {
    let text = transcript(output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        &format!("({len} octets)"),
        &format!("file  arrived, {len} octets, SHA-256 matches"),
        "file  completed: Bob has confirmed all of it",
        "alice  text  \"Hello, Bob.",
        "bob    text  \"Hello, Alice.",
        "bob    text  \"Thank you, it is all here.\"",
        "bob    type  sees that alice is composing\n",
        "bob    type  sees that alice is not composing any more\n",
        "bob    cpim  from Alice <im:alice@example.com>\n",
        "\"A question\": \"Did you see this?\", to be told of when it is shown\n",
        "alice  imdn  of its message, display: displayed\n",
        "alice  mime  text/plain, 26 octets; image/png named meeting point.png, 100 octets\n",
        "Other:  5 of 5 arrived",
        " MiB/s",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    assert!(text.ends_with("Everything arrived intact.\n"), "{text}");
}

#[test]
fn in_chunks() {
    let output = demo(&["--size", "4"]);
    assert_intact(&output, 4 << 20);
    let text = transcript(&output);
    assert!(text.contains("in chunks of at most 2048 octets"), "{text}");
    assert!(text.contains("REPORT: 1-4194304/4194304 200"), "{text}");
    // Three of each side while the file was under way, by which the transcript says how long they took.
    assert!(text.contains("Texts:  9 of 9 arrived; "), "{text}");
}

const OFFER: &str = "\nalice offers:\n";
const ANSWER: &str = "\nbob answers:\n";

/// The lines that somebody has sent, without what stands before them.
fn description<'t>(text: &'t str, title: &str) -> Vec<&'t str> {
    let (_, sent) = text
        .split_once(title)
        .unwrap_or_else(|| panic!("no {title:?} in\n{text}"));
    let lines = sent.lines().take_while(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix("  ").unwrap()).collect()
}

/// The value of a line that stands there once.
fn value<'t>(lines: &[&'t str], name: &str) -> &'t str {
    let mut values = lines.iter().filter_map(|line| line.strip_prefix(name));
    let value = values.next().unwrap_or_else(|| panic!("no {name} in {lines:?}"));
    assert_eq!(values.next(), None, "{name} in {lines:?}");
    value
}

/// Both descriptions are shown, and who connects where follows from them.
fn assert_agreed(output: &Output, protocol: &str, scheme: &str, how: &str) {
    let text = transcript(output);
    let sent = [OFFER, ANSWER].map(|title| description(&text, title));
    let mut ports = Vec::new();
    for lines in &sent {
        assert_eq!(lines[0], "v=0");
        let (port, rest) = value(lines, "m=message ").split_once(' ').unwrap();
        assert_eq!(rest, format!("{protocol} *"));
        let path = format!("{scheme}://127.0.0.1:{port}/");
        assert!(value(lines, "a=path:").starts_with(&path), "{text}");
        ports.push(port);
    }
    let [offer, answer] = &sent;
    assert_ne!(value(offer, "a=path:"), value(answer, "a=path:"));
    assert_eq!(value(offer, "a=setup:"), "actpass");
    assert_eq!(value(answer, "a=setup:"), "passive");
    let agreed = format!(
        "  alice  link  connects to bob at 127.0.0.1:{}, {how}\n",
        ports[1]
    );
    assert!(text.contains(&agreed), "no {agreed:?} in\n{text}");
}

#[test]
fn over_tls() {
    let output = demo(&["--size", "1"]);
    assert_intact(&output, 1 << 20);
    let how = "TLS 1.3, both fingerprints verified";
    assert_agreed(&output, "TCP/TLS/MSRP", "msrps", how);
    let text = transcript(&output);
    let shown = [OFFER, ANSWER].map(|title| description(&text, title));
    let [alice, bob] = shown.map(|lines| value(&lines, "a=fingerprint:sha-256 "));
    assert_eq!((alice.len(), bob.len()), (95, 95));
    assert_ne!(alice, bob);
}

#[test]
fn plain() {
    let output = demo(&["--size", "1", "--plain"]);
    assert_intact(&output, 1 << 20);
    assert_agreed(&output, "TCP/MSRP", "msrp", "TCP");
    assert!(!transcript(&output).contains("a=fingerprint:"));
}

#[test]
fn as_one_chunk() {
    let output = demo(&["--size", "4", "--chunk", "none"]);
    assert_intact(&output, 4 << 20);
    assert!(transcript(&output).contains("as one chunk, interrupted when others wait"));
}

#[test]
fn own_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own \u{1b}[31m.bin");
    let octets: Vec<u8> = (0..1_000_003u32).map(|at| (at % 251) as u8).collect();
    fs::write(&path, &octets).unwrap();
    let output = demo(&["--file", path.to_str().unwrap()]);
    assert_intact(&output, 1_000_003);
    assert_eq!(fs::read(&path).unwrap(), octets);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn empty_file() {
    assert_intact(&demo(&["--size", "0"]), 0);
}

#[test]
fn what_cannot_be_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_str().unwrap();
    for arguments in [
        &["--file", "no-such-file"][..],
        &["--file", folder],
        &["--chunk", "0"],
        &["--chunk", "some"],
        &["--size", "-1"],
        &["--size", "1", "--file", "x"],
    ] {
        let output = demo(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

/// It tidies up when it is told to stop.
#[cfg(unix)]
#[test]
fn interrupted() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    let temporary = tempfile::tempdir().unwrap();
    // In small chunks, so that it is under way long enough; without octets on the disk.
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.as_file_mut().set_len(256 << 20).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_msrp"))
        .args(["demo", "--chunk", "100", "--file"])
        .arg(file.path())
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("begins") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0);
    }
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(
        rest.ends_with("INTERRUPTED before everything had arrived.\n"),
        "{rest}"
    );
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}
