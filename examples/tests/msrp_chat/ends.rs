//! How a chat ends.

use std::process::Command;

use crate::support::Caller;
use crate::{assert_ended, chat};

fn signal(caller: &Caller, name: &str) {
    let process = caller.child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &process]).status();
    assert!(sent.unwrap().success());
}

/// All is confirmed when the input has ended.
#[test]
fn the_input_ends() {
    let (mut a, mut b) = chat(&[], &[]);
    a.types("one\ntwo\nthree without an end");
    a.ends_input();
    b.shows("<peer> three without an end");
    b.shows("* the other side has left");
    let a = a.wait();
    assert_ended(&a, 0);
    let displayed = a.output.iter().filter(|line| line.ends_with(" displayed"));
    assert_eq!(displayed.count(), 3, "{a:#?}");
    assert_ended(&b.wait(), 0);
}

/// Who has said nothing is there to hear.
#[test]
fn the_input_ends_at_once() {
    let (mut a, mut b) = chat(&[], &[]);
    b.ends_input();
    std::thread::sleep(std::time::Duration::from_secs(3));
    a.types("still there?\n");
    b.shows("<peer> still there?");
    a.shows("* #1 displayed");
    a.types("/quit\n");
    assert_ended(&a.wait(), 0);
    assert_ended(&b.wait(), 0);
}

/// What the other side has not confirmed when it dies is told as not delivered.
#[test]
fn the_peer_is_killed() {
    let (mut a, mut b) = chat(&[], &[]);
    a.types("Hello\n");
    a.shows("* #1 displayed");
    signal(&b, "STOP");
    a.types("anybody there?\n");
    a.shows("* #2 sent");
    b.child.kill().unwrap();
    a.shows("* #2 NOT DELIVERED: the peer went away");
    a.shows("* the connection to the other side broke");
    assert_ended(&a.wait(), 1);
}

#[test]
fn interrupted() {
    let (mut a, mut b) = chat(&[], &[]);
    a.types("Hello\n");
    a.shows("* #1 displayed");
    signal(&a, "INT");
    b.shows("* the other side has left");
    assert_ended(&a.wait(), 130);
    assert_ended(&b.wait(), 0);
}
