//! Calls that end before all is said.
#![cfg(unix)]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Caller, Mailbox};

fn interrupt(caller: &Caller) {
    let id = caller.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
}

/// A file without octets on the disk, too long to be through soon.
fn long_file(mailbox: &Mailbox) -> String {
    let path = mailbox.path("long.bin");
    fs::File::create(&path).unwrap().set_len(2 << 30).unwrap();
    path
}

#[test]
fn a_talk_is_interrupted() {
    let mailbox = Mailbox::new();
    let (mut a, mut b) = mailbox.call(&[], &[]);
    a.remarks("connected");
    a.types("bye\n");
    b.shows("peer says: bye");
    let began = Instant::now();
    interrupt(&a);
    b.remarks("the other side has left");
    let (a, b) = (a.wait(), b.wait());
    assert_eq!((a.code, b.code), (Some(130), Some(0)), "{a:#?} {b:#?}");
    // Everything was confirmed: nothing is to be waited for.
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_file_is_interrupted() {
    let mailbox = Mailbox::new();
    let long = long_file(&mailbox);
    let (mut a, mut b) = mailbox.call(&[&long, "--text", "before it"], &[]);
    b.shows("sends \"long.bin\", 2147483648 octets");
    interrupt(&a);
    a.remarks("long.bin: interrupted");
    let line = b.shows("NOT COMPLETE");
    assert!(
        line.ends_with(": abandoned by the sender; nothing is kept"),
        "{line}"
    );
    assert_eq!(fs::read_dir(b.folder.path()).unwrap().count(), 0);
    let (a, b) = (a.wait(), b.wait());
    assert_eq!((a.code, b.code), (Some(130), Some(1)), "{a:#?} {b:#?}");
    assert!(a.output.contains(&"text 1: delivered, 9 octets".into()), "{a:#?}");
}

#[test]
fn the_receiver_is_killed() {
    let mailbox = Mailbox::new();
    let long = long_file(&mailbox);
    let (mut a, mut b) = mailbox.call(&[&long], &[]);
    b.shows("sends \"long.bin\"");
    b.child.kill().unwrap();
    a.remarks("long.bin: the peer went away");
    assert_eq!(a.wait().code, Some(1));
}

#[test]
fn interrupted_before_there_is_an_answer() {
    let mut a = Caller::start(&["offer"]);
    a.description();
    interrupt(&a);
    assert_eq!(a.wait().code, Some(130));
}

/// One who has nothing to send is there to receive: the end of its input is not that of the session.
#[test]
fn who_sends_nothing_stays() {
    let mailbox = Mailbox::new();
    let (mut a, mut b) = mailbox.call(&[], &[]);
    b.ends_input();
    a.remarks("connected");
    b.remarks("connected");
    std::thread::sleep(Duration::from_secs(3));
    a.types("late\n");
    b.shows("peer says: late");
    a.ends_input();
    assert_eq!((a.wait().code, b.wait().code), (Some(0), Some(0)));
}
