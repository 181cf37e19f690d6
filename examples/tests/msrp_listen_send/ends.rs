//! Ends in mid-file: the other side says so, and no partial file gets a name.
#![cfg(unix)]

use std::time::{Duration, Instant};

use crate::support::{Listener, assert_fails, long_file, names, send_command, signal};

#[test]
fn the_sender_is_killed() {
    let mut listener = Listener::start(&["--once"]);
    let ours = tempfile::tempdir().unwrap();
    let mut sender = send_command(&listener.uri).arg(long_file(&ours)).spawn().unwrap();
    listener.hears("sends \"long.bin\", 2147483648 octets");
    sender.kill().unwrap();
    sender.wait().unwrap();
    let line = listener.hears("NOT COMPLETE");
    assert!(
        line.contains("\"long.bin\"") && line.ends_with(": the peer went away; nothing is kept"),
        "{line}"
    );
    let (code, _, folder) = listener.wait();
    assert_eq!(code, Some(1));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn the_listener_is_killed() {
    let mut listener = Listener::start(&[]);
    let ours = tempfile::tempdir().unwrap();
    let sender = send_command(&listener.uri)
        .arg(long_file(&ours))
        .args(["--text", "before it"])
        .spawn()
        .unwrap();
    listener.hears("sends \"long.bin\"");
    listener.child.kill().unwrap();
    let output = sender.wait_with_output().unwrap();
    assert_fails(&output, 1, &["long.bin: the peer went away"]);
    assert_eq!(output.stdout, b"text 1: delivered, 9 octets\n");
    // Nobody was there to tidy up, but what is left does not look like the file.
    let left = names(listener.folder.path());
    assert!(
        left.iter()
            .all(|name| name.starts_with(".msrp-") && name.ends_with(".part")),
        "{left:?}"
    );
}

#[test]
fn the_sender_is_interrupted() {
    let mut listener = Listener::start(&["--once"]);
    let ours = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let sender = send_command(&listener.uri).arg(long_file(&ours)).spawn().unwrap();
    listener.hears("sends \"long.bin\"");
    signal(&sender, "-INT");
    let output = sender.wait_with_output().unwrap();
    assert_fails(&output, 130, &["long.bin: interrupted"]);
    assert!(began.elapsed() < Duration::from_secs(20));
    let line = listener.hears("NOT COMPLETE");
    assert!(
        line.ends_with(": abandoned by the sender; nothing is kept"),
        "{line}"
    );
    let (code, _, folder) = listener.wait();
    assert_eq!(code, Some(1));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn the_listener_is_interrupted() {
    let mut listener = Listener::start(&[]);
    let ours = tempfile::tempdir().unwrap();
    let sender = send_command(&listener.uri).arg(long_file(&ours)).spawn().unwrap();
    listener.hears("sends \"long.bin\"");
    let (_, folder) = listener.stop();
    assert_eq!(names(folder.path()), [""; 0]);
    let output = sender.wait_with_output().unwrap();
    assert_fails(&output, 1, &["long.bin: the peer went away"]);
}
