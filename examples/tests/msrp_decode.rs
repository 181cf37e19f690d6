//! `msrp decode` on every test vector, as a process.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Files whose frames are all legal, and in which a Byte-Range contradicts the body: printed examples
/// (ruling R-03), and those made to.
const CONTRADICTING: [&str; 9] = [
    "rfc4975/11.1-reply.msrp",
    "rfc4975/11.1-send.msrp",
    "rfc4975/11.2-xhtml.msrp",
    "rfc4975/11.4-cpim-chunks.msrp",
    "rfc4975/11.5-system-message.msrp",
    "rfc4975/11.6-send.msrp",
    "rfc4975/4-send.msrp",
    "torture/chunk-range-huge.msrp",
    "torture/chunk-range-not-length.msrp",
];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn index() -> Vec<Value> {
    let text = fs::read_to_string(vectors().join("index.json")).unwrap();
    let index: Value = serde_json::from_str(&text).unwrap();
    index["vectors"].as_array().unwrap().clone()
}

fn msrp(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_msrp"))
        .arg("decode")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has seen enough closes its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn decode(file: &Path, options: &[&str]) -> (Option<i32>, String) {
    let mut arguments = options.to_vec();
    arguments.push(file.to_str().unwrap());
    let output = msrp(&arguments, b"");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{file:?}");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_vector() {
    let mut contradicting = BTreeSet::new();
    for vector in index() {
        let name = vector["file"].as_str().unwrap();
        let frames = vector["frames"].as_array().unwrap();
        let (code, text) = decode(&vectors().join(name), &[]);

        let mut expected = Vec::new();
        for frame in frames.iter().filter(|frame| frame["kind"] == "malformed") {
            expected.push(format!(
                "  ! malformed head: {} (",
                frame["reason"].as_str().unwrap()
            ));
        }
        if let Some(error) = vector["error"].as_str() {
            expected.push(format!("  ! stream lost ({error}): "));
        }
        if vector["incomplete"] == true {
            expected.push("  ! the stream ends at octet ".into());
        }
        // As often as expected, and in that order.
        let mut rest = &text[..];
        for line in &expected {
            let at = rest
                .find(line.as_str())
                .unwrap_or_else(|| panic!("{name}: no {line:?} in\n{text}"));
            rest = &rest[at + line.len()..];
        }
        let problems: Vec<&str> = text.lines().filter(|line| line.starts_with("  ! ")).collect();
        let ranges = problems
            .iter()
            .filter(|line| line.starts_with("  ! Byte-Range "))
            .count();
        // A frame that never ends is not in the index; its head may be illegal as well.
        let open = usize::from(vector["error"] == "body-too-long" || vector["incomplete"] == true);
        let others = problems.len() - ranges;
        assert!(
            (expected.len()..=expected.len() + open).contains(&others),
            "{name}:\n{text}"
        );
        assert_eq!(code, Some(i32::from(!problems.is_empty())), "{name}:\n{text}");
        if ranges > 0 && expected.is_empty() {
            contradicting.insert(name.to_owned());
        }

        let shown = text.lines().filter(|line| line.starts_with('#')).count();
        assert!(
            (frames.len()..=frames.len() + open).contains(&shown),
            "{name}:\n{text}"
        );
        for frame in frames {
            assert!(text.contains(frame["tid"].as_str().unwrap()), "{name}:\n{text}");
        }
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{name}:\n{text}"
        );
    }
    assert_eq!(contradicting, CONTRADICTING.map(String::from).into());
}

/// Each frame begins where the octets of its start line do.
#[test]
fn offsets() {
    for vector in index() {
        let path = vectors().join(vector["file"].as_str().unwrap());
        let octets = fs::read(&path).unwrap();
        for line in decode(&path, &[]).1.lines().filter(|line| line.starts_with('#')) {
            let mut words = line.split_whitespace().skip(2);
            let at: usize = words.next().unwrap().parse().unwrap();
            let start = format!("MSRP {} ", line.split_whitespace().last().unwrap());
            assert!(octets[at..].starts_with(start.as_bytes()), "{path:?}: {line}");
        }
    }
}

/// No session-id of a legal frame is left.
#[test]
fn redacted() {
    for vector in index() {
        let path = vectors().join(vector["file"].as_str().unwrap());
        let (_, text) = decode(&path, &["--redact", "--full"]);
        let (_, plain) = decode(&path, &["--full"]);
        let mut hidden = BTreeMap::new();
        for frame in vector["frames"].as_array().unwrap() {
            for uri in ["to_path", "from_path"]
                .iter()
                .filter_map(|path| frame[path].as_array())
                .flatten()
                .filter_map(Value::as_str)
            {
                let uri: msrp_proto::wire::MsrpUri = uri.parse().unwrap();
                if let Some(id) = uri.session_id() {
                    hidden.insert(format!("/{id};"), uri.clone());
                }
            }
        }
        for id in hidden.keys() {
            assert!(plain.contains(id.as_str()), "{path:?} {id}");
            assert!(!text.contains(id.as_str()), "{path:?} {id}\n{text}");
        }
    }
}

#[test]
fn standard_input() {
    let stream = fs::read(vectors().join("rfc4975/5.1-chunks.msrp")).unwrap();
    let output = msrp(&["-"], &stream);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "\
#1  octet 0  SEND request dkei38sd
    To-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp
    From-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp
    Message-ID: 4564dpWd
    Byte-Range: 1-*/8
    Content-Type: text/plain
    body of 4 octets
    | abcd
    end + more to come

#2  octet 234  SEND request dkei38ia
    To-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp
    From-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp
    Message-ID: 4564dpWd
    Byte-Range: 5-8/8
    Content-Type: text/plain
    body of 4 octets
    | EFGH
    end $ complete

468 octets; frames: 2 (SEND 2, responses 0, others 0), bare CRLFs: 0
problems (!): 0, warnings (?): 0
"
    );
}

#[test]
fn warnings_alone_are_no_failure() {
    let stream = b"\r\n\r\nMSRP a786hjs2 SEND\r\n\
        To-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp\r\n\
        From-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp\r\n\
        Message-ID: 1\r\nContent-Type: text/plain\r\n\r\n\x1b[31mred\r\n-------a786hjs2$\r\n";
    let output = msrp(&["-"], stream);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("#1  octet 4  SEND request a786hjs2\n"), "{text}");
    assert!(text.contains("  ? no Byte-Range: "), "{text}");
    assert!(text.contains("  ? a Message-ID has 4 to 32 characters"), "{text}");
    assert!(
        text.ends_with("bare CRLFs: 2\nproblems (!): 0, warnings (?): 2\n"),
        "{text}"
    );
}

#[test]
fn long_bodies_are_cut_unless_asked_for() {
    let path = vectors().join("torture/body-17000.msrp");
    let (code, text) = decode(&path, &[]);
    let (_, full) = decode(&path, &["--full"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("octets more)") && text.len() < 4000, "{text}");
    assert!(!full.contains("octets more)") && full.len() > 17_000);
}

#[test]
fn what_cannot_be_used() {
    for arguments in [&["no-such-file.msrp"][..], &[], &["-", "--unknown"]] {
        let output = msrp(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}
