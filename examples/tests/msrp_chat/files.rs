//! Files, beside what is said.

use std::fs::{self, File};

use crate::support::{assert_same, noise};
use crate::{assert_ended, chat};

const LEN: usize = 3 << 20;

#[test]
fn both_ways() {
    let (mut a, mut b) = chat(&[], &[]);
    let folder = tempfile::tempdir().unwrap();
    let octets = noise(LEN, 1);
    let picture = folder.path().join("a picture.png");
    fs::write(&picture, &octets).unwrap();
    let send = format!("/send {}\n", picture.display());
    a.types(&send);
    a.shows("* #1 a picture.png: 3145728 octets");
    b.shows("* peer sends \"a picture.png\", 3145728 octets");
    b.shows("* peer stored as \"a picture.png\", 3145728 octets");
    a.shows("* #1 a picture.png: delivered");
    b.types(&send);
    a.shows("* peer stored as \"a picture.png\"");
    b.shows("* #1 a picture.png: delivered");
    assert_same(&a.stored("a picture.png"), &octets);
    assert_same(&b.stored("a picture.png"), &octets);
    a.types("/quit\n");
    assert_ended(&a.wait(), 0);
    assert_ended(&b.wait(), 0);
}

/// Who quits with a file under way leaves when it is delivered.
#[test]
fn quits_when_all_is_delivered() {
    let (mut a, b) = chat(&[], &[]);
    let folder = tempfile::tempdir().unwrap();
    let octets = noise(LEN, 2);
    let file = folder.path().join("file");
    fs::write(&file, &octets).unwrap();
    a.types(&format!("/send {}\nBye\n/quit\n", file.display()));
    a.shows("* leaving when all is delivered");
    let a = a.wait();
    assert_ended(&a, 0);
    assert!(
        a.output.iter().any(|line| line == "* #1 file: delivered"),
        "{a:#?}"
    );
    assert_same(&b.stored("file"), &octets);
    assert_ended(&b.wait(), 0);
}

#[test]
fn no_such_file() {
    let (mut a, b) = chat(&[], &[]);
    a.types("/send /nowhere/at all\nstill here\n");
    a.shows("* NOT SENT: /nowhere/at all: ");
    a.shows("* #1 displayed");
    a.types("/quit\n");
    assert_ended(&a.wait(), 1);
    assert_ended(&b.wait(), 0);
}

/// More than goes through while the test runs; nothing of it is on the disk.
fn endless(folder: &tempfile::TempDir) -> String {
    let path = folder.path().join("endless");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    path.to_str().unwrap().into()
}

#[test]
fn stopped_by_who_sends_it() {
    let (mut a, mut b) = chat(&[], &[]);
    let folder = tempfile::tempdir().unwrap();
    a.types(&format!("/send {}\n", endless(&folder)));
    b.shows("* peer sends \"endless\", 1099511627776 octets");
    a.types("/stop\n");
    a.shows("* #1 endless: NOT DELIVERED: stopped");
    b.shows("* peer NOT COMPLETE: \"endless\"");
    a.types("still here\n");
    b.shows("<peer> still here");
    a.shows("* #2 displayed");
    a.types("/quit\n");
    assert_ended(&a.wait(), 1);
    assert!(!b.stored("endless").exists());
    assert_ended(&b.wait(), 1);
}

#[test]
fn stopped_by_who_receives_it() {
    let (mut a, mut b) = chat(&[], &[]);
    let folder = tempfile::tempdir().unwrap();
    a.types(&format!("/send {}\n", endless(&folder)));
    b.shows("* peer sends \"endless\"");
    b.types("/stop\n");
    a.shows("* #1 endless: NOT DELIVERED: refused");
    b.shows("* peer NOT COMPLETE: \"endless\"");
    b.types("enough\n");
    a.shows("<peer> enough");
    a.types("/quit\n");
    assert_ended(&a.wait(), 1);
    assert_ended(&b.wait(), 1);
}
