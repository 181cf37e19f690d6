//! What is wrapped in message/cpim.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{Listener, assert_delivered, assert_fails, converse, frame, names, send, send_command};

const FROM: &str = "Alice, at home <im:alice@example.com>";
const ALICE: &str = "\"Alice, at home\" <im:alice@example.com>";
const BOB: &str = "im:bob@example.com";

#[test]
fn texts_files_and_standard_input() {
    let mut listener = Listener::start(&["--once"]);
    let ours = tempfile::tempdir().unwrap();
    let big: Vec<u8> = (0..3_000_003u32).map(|at| (at % 251) as u8).collect();
    fs::write(ours.path().join("big one.bin"), &big).unwrap();
    fs::write(ours.path().join("empty"), "").unwrap();
    let mut sender = send_command(&listener.uri)
        .current_dir(ours.path())
        .args([
            "--cpim",
            "--from",
            ALICE,
            "--to",
            BOB,
            "--text",
            "Hello\nB\u{f6}b",
        ])
        .args(["big one.bin", "empty", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    sender.stdin.take().unwrap().write_all(b"from elsewhere").unwrap();
    let output = sender.wait_with_output().unwrap();
    assert_delivered(&output);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "text 1: delivered, 10 octets\nbig one.bin: delivered, 3000003 octets\n\
         empty: delivered, 0 octets\nstandard input: delivered, 14 octets\n"
    );
    let (code, lines, folder) = listener.wait();
    assert_eq!(code, Some(0), "{lines:#?}");
    let told: Vec<_> = lines.iter().filter(|line| line.contains(FROM)).collect();
    assert_eq!(
        told,
        [
            &format!("#1 says, as {FROM}: Hello"),
            &format!("#1 says, as {FROM}: B\u{f6}b"),
            &format!("#1 as {FROM}: stored as \"big one.bin\", 3000003 octets"),
            &format!("#1 as {FROM}: stored as \"empty\", 0 octets"),
            &format!("#1 as {FROM}: stored as \"stdin\", 14 octets"),
        ]
    );
    assert_eq!(names(folder.path()), ["big one.bin", "empty", "stdin"]);
    assert_eq!(fs::read(folder.path().join("big one.bin")).unwrap(), big);
    assert_eq!(fs::read(folder.path().join("stdin")).unwrap(), b"from elsewhere");
}

#[test]
fn wrong_arguments() {
    let listener = Listener::start(&[]);
    for arguments in [
        &["--cpim", "--text", "x"][..],
        &["--cpim", "--from", BOB, "--text", "x"],
        &["--from", BOB, "--to", BOB, "--text", "x"],
        &["--cpim", "--from", "no address", "--to", BOB, "--text", "x"],
        &[
            "--cpim",
            "--from",
            "a <im:x>\r\nTo: <im:y>",
            "--to",
            BOB,
            "--text",
            "x",
        ],
    ] {
        let output = send(&listener.uri, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    assert_fails(&send(&listener.uri, &[]), 2, &["nothing to send"]);
}

/// `⏎` is CRLF.
#[track_caller]
fn heard(content_type: &str, body: &str) -> (Vec<String>, Vec<String>) {
    let mut listener = Listener::start(&["--once"]);
    let body = body.replace('⏎', "\r\n");
    let len = body.len();
    let headers = format!("Message-ID: cpim1\r\nByte-Range: 1-{len}/{len}\r\nContent-Type: {content_type}");
    let answers = converse(
        listener.connect(),
        &frame(&listener.uri, "abcd1234", &headers, body.as_bytes(), '$'),
    );
    assert!(answers.contains(" 200 OK\r\n"), "{answers}");
    let (code, lines, folder) = listener.wait();
    assert_eq!(code, Some(0), "{lines:#?}");
    let told = lines
        .into_iter()
        .filter(|line| !line.contains("is here") && !line.contains("has left"));
    (told.collect(), names(folder.path()))
}

const HEAD: &str = "From: A <im:a@x.example>⏎To: <im:b@x.example>⏎";

#[test]
fn other_content() {
    let status = "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">\
                  <state>active</state></isComposing>";
    let wrapped = format!("{HEAD}⏎Content-Type: application/im-iscomposing+xml⏎⏎{status}");
    assert_eq!(
        heard("message/cpim", &wrapped).0,
        ["#1 as A <im:a@x.example>: is composing"]
    );
    let idle = status.replace("active", "idle");
    assert_eq!(
        heard("application/im-iscomposing+xml", &idle).0,
        ["#1 is not composing any more"]
    );

    let notification = "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m1</message-id>\
                        <datetime>2008-04-04T12:16:49-05:00</datetime><display-notification><status>\
                        <displayed/></status></display-notification></imdn>";
    let wrapped =
        format!("{HEAD}⏎Content-Type: message/imdn+xml⏎Content-Disposition: notification⏎⏎{notification}");
    let told = heard("message/cpim", &wrapped).0;
    assert_eq!(
        told,
        ["#1 as A <im:a@x.example>: notifies of message m1, display: displayed"]
    );

    let parts = "--b⏎⏎a text⏎--b⏎Content-Type: image/gif⏎⏎GIF⏎--b--";
    let wrapped = format!("{HEAD}⏎Content-Type: multipart/mixed;boundary=b⏎⏎{parts}");
    let (told, names) = heard("message/cpim", &wrapped);
    assert_eq!(
        told,
        [
            "#1 says, as A <im:a@x.example>: a text",
            "#1 part stored as \"picture.gif\", 3 octets"
        ]
    );
    assert_eq!(names, ["picture.gif"]);

    let required = format!("{HEAD}NS: F <urn:f>⏎Require: F.x⏎⏎Content-Type: text/plain⏎⏎hidden");
    let (told, names) = heard("message/cpim", &required);
    assert_eq!(
        told,
        ["#1 as A <im:a@x.example>: what it sent asks for something unknown"]
    );
    assert!(names.is_empty());

    let (told, names) = heard("message/cpim", "no headers");
    assert!(
        told[0].starts_with("#1 sent a message/cpim that cannot be read: "),
        "{told:?}"
    );
    assert!(
        told[1].starts_with("#1 stored as \"message.cpim\", 10 octets"),
        "{told:?}"
    );
    assert_eq!(names, ["message.cpim"]);
    assert_eq!(
        heard("text/plain;charset=iso-8859-1", "plain").0,
        ["#1 says: plain"]
    );
}
