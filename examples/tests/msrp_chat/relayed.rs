//! Through a relay, where kamailio is installed.

use std::fs;
use std::time::Duration;

use crate::assert_ended;
use crate::relay::Relay;
use crate::support::{Caller, Mailbox, assert_same, noise};

/// The arguments for a user of the relay.
fn at<'a>(relay: &'a str, authority: &'a str, user: &'a str) -> Vec<&'a str> {
    let through = ["--relay", relay, "--ca", authority];
    [&through[..], &["--user", user, "--uri-parameter", "fallback"]].concat()
}

/// Alice and Bob, who agree by files.
fn through(relay: &Relay) -> (Caller, Caller, Mailbox) {
    let uri = relay.uri().to_string();
    let authority = relay.folder.path().join("authority.pem");
    let authority = authority.to_str().unwrap();
    let mailbox = Mailbox::new();
    let offerer = mailbox.offerer(&at(&uri, authority, "alice"));
    let answerer = mailbox.answerer(&at(&uri, authority, "bob"));
    let mut a = Caller::run("chat", &offerer, &[("MSRP_PASSWORD", "open sesame")]);
    let mut b = Caller::run("chat", &answerer, &[("MSRP_PASSWORD", "open barley")]);
    a.remarks("the path through the relay ends at");
    a.remarks("relays are on the way");
    b.remarks("relays are on the way");
    (a, b, mailbox)
}

#[test]
fn both_behind_it() {
    let Some(relay) = Relay::start() else { return };
    let (mut a, mut b, _mailbox) = through(&relay);
    a.types("Hello, B\n");
    b.shows("<peer> Hello, B");
    a.shows("* #1 displayed");
    b.types("Hel");
    a.shows("* peer is composing");
    b.types("lo, A\n");
    a.shows("<peer> Hello, A");
    b.shows("* #1 displayed");

    let folder = tempfile::tempdir().unwrap();
    let octets = noise(1 << 20, 3);
    let file = folder.path().join("file");
    fs::write(&file, &octets).unwrap();
    a.types(&format!("/send {}\n", file.display()));
    b.shows("* peer stored as \"file\", 1048576 octets");
    a.shows("* #2 file: delivered");
    assert_same(&b.stored("file"), &octets);
    a.types("/quit\n");
    assert_ended(&a.wait(), 0);
    // Who is behind a relay does not see the other side go.
    b.types("/quit\n");
    assert_ended(&b.wait(), 0);
}

/// The paths end, and others take their place: each side asks for one, offers it in the files of the first offer and
/// answer, and the chat goes on.
#[test]
fn renewed() {
    let Some(relay) = Relay::start_granting(8) else {
        return;
    };
    let (mut a, mut b, _mailbox) = through(&relay);
    a.types("Hello, B\n");
    a.shows("* #1 displayed");
    for side in [&mut a, &mut b] {
        side.shows("* the path through the relay ends at");
        side.shows("* the new path through the relay is agreed upon");
    }
    // By then the first paths are no more.
    std::thread::sleep(Duration::from_secs(6));
    a.types("still there?\n");
    b.shows("<peer> still there?");
    a.shows("* #2 displayed");
    b.types("yes\n/quit\n");
    a.shows("<peer> yes");
    assert_ended(&b.wait(), 0);
    a.types("/quit\n");
    assert_ended(&a.wait(), 0);
}

/// Nobody takes the new offer: the path ends, and the chat with it.
#[test]
fn not_agreed_again() {
    let Some(relay) = Relay::start_granting(8) else {
        return;
    };
    let (mut a, b, mailbox) = through(&relay);
    fs::remove_file(mailbox.path("answer.sdp")).unwrap();
    drop(b);
    a.shows("* the path through the relay ends at");
    a.shows("* the path through the relay has ended");
    assert_ended(&a.wait(), 1);
}

#[test]
fn not_let_in() {
    let Some(relay) = Relay::start() else { return };
    let uri = relay.uri().to_string();
    let authority = relay.folder.path().join("authority.pem");
    let mailbox = Mailbox::new();
    let offerer = mailbox.offerer(&at(&uri, authority.to_str().unwrap(), "alice"));
    let ended = Caller::run("chat", &offerer, &[("MSRP_PASSWORD", "wrong")]).wait();
    ended.assert_fails(2, &["the relay gives no path", "the credentials were refused"]);
    assert!(!ended.remarks.concat().contains("wrong"));
    let ended = Caller::run("chat", &offerer, &[]).wait();
    ended.assert_fails(2, &["no password"]);

    // A relay that nobody vouches for is told nothing.
    let key = relay.folder.path().join("certificate.pem");
    let offerer = mailbox.offerer(&at(&uri, key.to_str().unwrap(), "alice"));
    let ended = Caller::run("chat", &offerer, &[("MSRP_PASSWORD", "open sesame")]).wait();
    ended.assert_fails(2, &["the relay gives no path", "--ca"]);
}
