//! What is sent arrives.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use sha2::{Digest, Sha256};

use crate::support::{Listener, assert_delivered, assert_fails, converse, frame, names, send, send_command};

fn hash(octets: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(octets).to_vec()
}

fn noise(len: usize) -> Vec<u8> {
    (0..len as u64)
        .map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
        .collect()
}

#[test]
fn texts_and_files() {
    let listener = Listener::start(&["--once"]);
    let ours = tempfile::tempdir().unwrap();
    let big = noise(20_000_003);
    fs::write(ours.path().join("big one.bin"), &big).unwrap();
    fs::write(ours.path().join("notes.txt"), "a note").unwrap();
    fs::write(ours.path().join("\u{e9}mpty"), "").unwrap();
    let output = send_command(&listener.uri)
        .current_dir(ours.path())
        .args([
            "--text",
            "Hello\n\u{1b}[31mred\u{7}",
            "--text",
            "",
            "big one.bin",
            "notes.txt",
            "\u{e9}mpty",
        ])
        .output()
        .unwrap();
    assert_delivered(&output);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "text 1: delivered, 15 octets\ntext 2: delivered, 0 octets\n\
         big one.bin: delivered, 20000003 octets\nnotes.txt: delivered, 6 octets\n\u{e9}mpty: delivered, 0 octets\n"
    );
    let mut listener = listener;
    let (code, lines, folder) = listener.wait();
    assert_eq!(code, Some(0), "{lines:#?}");
    assert_eq!(names(folder.path()), ["big one.bin", "notes.txt", "\u{e9}mpty"]);
    let stored = fs::read(folder.path().join("big one.bin")).unwrap();
    assert_eq!(hash(stored), hash(big));
    assert_eq!(fs::read(folder.path().join("notes.txt")).unwrap(), b"a note");
    let said: Vec<_> = lines.iter().filter(|line| line.contains("says:")).collect();
    assert_eq!(
        said,
        ["#1 says: Hello", "#1 says: \\u{1b}[31mred\\u{7}", "#1 says: "]
    );
    let stored: Vec<_> = lines.iter().filter(|line| line.contains("stored as")).collect();
    assert!(stored[0].starts_with("#1 stored as \"big one.bin\", 20000003 octets, in "));
    assert_eq!(stored.len(), 3);
}

/// Its length is not known beforehand; what follows it comes after it.
#[test]
fn standard_input() {
    let mut listener = Listener::start(&[]);
    for octets in [noise(3_000_001), Vec::new()] {
        let mut sender = send_command(&listener.uri)
            .args(["--text", "now", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = sender.stdin.take().unwrap();
        let (first, second) = octets.split_at(octets.len() / 3);
        input.write_all(first).unwrap();
        // The text does not wait for it.
        listener.hears("says: now");
        input.write_all(second).unwrap();
        drop(input);
        let output = sender.wait_with_output().unwrap();
        assert_delivered(&output);
        let said = format!("standard input: delivered, {} octets\n", octets.len());
        assert!(output.stdout.ends_with(said.as_bytes()), "{output:?}");
        let line = listener.hears("stored as \"stdin");
        let name = line.split('"').nth(1).unwrap();
        assert!(fs::read(listener.folder.path().join(name)).unwrap() == octets);
    }
    assert_fails(&send(&listener.uri, &["-", "-"]), 2, &["once only"]);
    listener.stop();
}

#[test]
fn several_peers_with_files_of_one_name() {
    let mut listener = Listener::start(&[]);
    let ours = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    let senders: Vec<_> = (0..6)
        .map(|number: usize| {
            let folder = ours.path().join(number.to_string());
            fs::create_dir(&folder).unwrap();
            let octets = noise(1_000_000 + number);
            fs::write(folder.join("same.tar.gz"), &octets).unwrap();
            expected.push(hash(octets));
            let text = format!("I am {number}");
            send_command(&listener.uri)
                .args(["--text", &text])
                .arg(folder.join("same.tar.gz"))
                .spawn()
                .unwrap()
        })
        .collect();
    for sender in senders {
        assert_delivered(&sender.wait_with_output().unwrap());
    }
    // And one after them.
    let one = ours.path().join("0/same.tar.gz");
    assert_delivered(&send(&listener.uri, &[one.to_str().unwrap()]));
    expected.push(expected[0].clone());
    listener.hears("#7 has left");
    let (lines, folder) = listener.stop();
    for number in 0..6 {
        assert!(
            lines
                .iter()
                .any(|line| line.ends_with(&format!("says: I am {number}")))
        );
    }
    let names = names(folder.path());
    assert_eq!(names[0], "same.tar (1).gz");
    assert_eq!((names[6].as_str(), names.len()), ("same.tar.gz", 7));
    let mut stored: Vec<_> = names
        .iter()
        .map(|name| hash(fs::read(folder.path().join(name)).unwrap()))
        .collect();
    stored.sort();
    expected.sort();
    assert_eq!(stored, expected);
}

#[test]
fn chunks_in_any_order_and_twice() {
    let mut listener = Listener::start(&[]);
    let file = "Message-ID: file1\r\nContent-Disposition: attachment; filename=f\r\nContent-Type: a/b";
    let with = |range: &str| format!("Byte-Range: {range}\r\n{file}");
    let uri = listener.uri.clone();
    let text = "Message-ID: text1\r\nContent-Type: text/plain";
    let octets = [
        frame(&uri, "tid1", &with("7-9/9"), b"ghi", '+'),
        frame(&uri, "tid2", &with("1-5/9"), b"abXXX", '+'),
        frame(&uri, "tid3", &with("3-6/9"), b"cdef", '$'),
        frame(&uri, "tid4", text, b"said once", '$'),
        frame(&uri, "tid5", text, b"said once", '$'),
        frame(&uri, "tid6", &with("1-9/9"), b"abcdefghi", '$'),
    ]
    .concat();
    let answers = converse(listener.connect(), &octets);
    assert_eq!(answers.matches(" 200 OK\r\n").count(), 6, "{answers}");
    listener.hears("has left");
    let (lines, folder) = listener.stop();
    assert_eq!(names(folder.path()), ["f"]);
    assert_eq!(fs::read(folder.path().join("f")).unwrap(), b"abcdefghi");
    assert_eq!(lines.iter().filter(|line| line.contains("said once")).count(), 1);
    assert_eq!(lines.iter().filter(|line| line.contains("stored as")).count(), 1);
}

#[test]
fn a_text_too_long_to_be_shown_is_stored() {
    let mut listener = Listener::start(&[]);
    let long = "word ".repeat(30_000);
    // Its length is not announced.
    let headers = "Message-ID: long1\r\nByte-Range: 1-*/*\r\nContent-Type: text/html";
    let octets = frame(&listener.uri, "tid1", headers, long.as_bytes(), '$');
    converse(listener.connect(), &octets);
    listener.hears("stored as \"message.txt\", 150000 octets");
    let (_, folder) = listener.stop();
    assert_eq!(
        fs::read_to_string(folder.path().join("message.txt")).unwrap(),
        long
    );
}

#[test]
fn the_uri_is_for_one_run_and_says_what_it_is_told_to() {
    let first = Listener::start(&["--name", "host.example.com"]);
    let second = Listener::start(&["--name", "host.example.com"]);
    let id = |uri: &str| {
        let rest = uri.strip_prefix("msrp://host.example.com:").unwrap();
        let id = rest.split_once('/').unwrap().1;
        id.strip_suffix(";tcp").unwrap().to_owned()
    };
    assert_ne!(id(&first.uri), id(&second.uri));
    // 80 bits as 16 characters.
    assert_eq!(id(&first.uri).len(), 16);
    first.stop();
    second.stop();
}
