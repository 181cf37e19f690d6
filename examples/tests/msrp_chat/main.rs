//! `msrp chat`: two processes that talk, directly and through a relay.

mod ends;
mod files;
#[expect(
    dead_code,
    reason = "some is for programs that go through the relay by themselves"
)]
#[path = "../kamailio/relay.rs"]
mod relay;
mod relayed;
mod strange;
#[expect(dead_code, reason = "some is for calls")]
#[path = "../msrp_call/support.rs"]
mod support;
mod talk;
mod terminal;

use crate::support::{Caller, Ended, Mailbox};

/// Both sides, with more arguments for each.
fn chat(offerer: &[&str], answerer: &[&str]) -> (Caller, Caller) {
    let mailbox = Mailbox::new();
    let offerer = [&["--bind", "127.0.0.1"], offerer].concat();
    let mut a = Caller::run("chat", &mailbox.offerer(&offerer), &[]);
    let mut b = Caller::run("chat", &mailbox.answerer(answerer), &[]);
    a.remarks("each line that you type is sent");
    b.remarks("each line that you type is sent");
    (a, b)
}

/// Asserts the code, and that no line could command a terminal.
#[track_caller]
fn assert_ended(ended: &Ended, code: i32) {
    assert_eq!(ended.code, Some(code), "{ended:#?}");
    for line in ended.output.iter().chain(&ended.remarks) {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}
