//! Texts, what becomes of them, and who is composing.

use crate::support::{Caller, Mailbox};
use crate::{assert_ended, chat};

#[test]
fn texts_both_ways() {
    let (mut a, mut b) = chat(&["--from", "Alice <im:alice@example.com>"], &[]);
    a.types("Hello, B\n\n//quit is a command\n");
    a.shows("#1> Hello, B");
    a.shows("#2> /quit is a command");
    b.shows("<Alice> Hello, B");
    b.shows("<Alice> /quit is a command");
    a.shows("* #2 displayed");
    b.types("\u{e4}\u{1b}[2J\u{202e}\n");
    a.shows("<peer> \u{e4}\\u{1b}[2J\\u{202e}");
    b.shows("#1> \u{e4}\\u{1b}[2J\\u{202e}");
    b.shows("* #1 displayed");
    a.types("/quit\n");
    b.shows("* the other side has left");
    let (a, b) = (a.wait(), b.wait());
    assert_ended(&a, 0);
    assert_ended(&b, 0);
    // A state is told once, and none after one that it includes.
    for number in 1..=2 {
        let states = |what: &str| {
            let line = format!("* #{number} {what}");
            a.output.iter().filter(|found| **found == line).count()
        };
        // The notification may overtake the report.
        assert!(
            states("delivered") <= 1 && states("displayed") == 1,
            "{:#?}",
            a.output
        );
    }
}

/// Told while a part of the line is there, and ended by the text itself.
#[test]
fn composing() {
    let (mut a, mut b) = chat(&[], &[]);
    a.types("Hel");
    b.shows("* peer is composing");
    a.types("lo\n");
    b.shows("<peer> Hello");
    b.types("/qui");
    a.shows("* #1 displayed");
    b.types("t\n");
    let (a, b) = (a.wait(), b.wait());
    assert_ended(&a, 0);
    assert_ended(&b, 0);
    let composing = |lines: &[String]| lines.iter().filter(|line| line.contains("composing")).count();
    assert_eq!(composing(&b.output), 1, "{:#?}", b.output);
    // A command is for nobody else.
    assert_eq!(composing(&a.output), 0, "{:#?}", a.output);
}

/// Nothing is told that the other side need not know.
#[test]
fn discreet() {
    let (mut a, mut b) = chat(&["--discreet"], &[]);
    a.types("Hel");
    b.types("Are you there?\n");
    a.shows("<peer> Are you there?");
    b.shows("* #1 delivered");
    a.types("lo\n");
    b.shows("<peer> Hello");
    a.shows("* #1 displayed");
    a.types("/quit\n");
    let (a, b) = (a.wait(), b.wait());
    assert_ended(&a, 0);
    assert_ended(&b, 0);
    let told = |what: &str| b.output.iter().any(|line| line.contains(what));
    assert!(!told("composing") && !told("displayed"), "{:#?}", b.output);
}

#[test]
fn commands() {
    let (mut a, mut b) = chat(&[], &[]);
    a.types("/help\n");
    a.shows("* /send FILE");
    a.shows("* /quit");
    a.types("/nick Al\u{7}ice\n/stop\n");
    a.shows("* no command /nick Al\\u{7}ice; /help lists them");
    a.shows("* no file is under way");
    a.types("/quit\n");
    b.shows("* the other side has left");
    let (a, b) = (a.wait(), b.wait());
    assert_ended(&a, 0);
    assert_ended(&b, 0);
    assert_eq!(b.output, ["* the other side has left"]);
}

/// The other side has `msrp call`.
#[test]
fn with_a_call() {
    let mailbox = Mailbox::new();
    let mut a = Caller::run("chat", &mailbox.offerer(&["--bind", "127.0.0.1"]), &[]);
    let mut b = Caller::start(&mailbox.answerer(&[]));
    b.remarks("over TLS");
    a.types("Hello, B\n");
    b.shows("Hello, B");
    a.shows("* #1 delivered");
    b.types("Hello, A\n");
    a.shows("<peer> Hello, A");
    a.types("/quit\n");
    assert_ended(&a.wait(), 0);
    assert_eq!(b.wait().code, Some(0));
}
