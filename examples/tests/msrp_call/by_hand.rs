//! Offer and answer are pasted, and lines are typed.

use crate::support::{Caller, Ended, each};

fn is_well(ended: &Ended, said: &[&str]) {
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let said: Vec<_> = said.iter().map(|text| format!("peer says: {text}")).collect();
    assert_eq!(ended.peer_lines(), said, "{ended:#?}");
}

#[test]
fn pasted_with_lf_and_with_crlf() {
    each(["\n", "\r\n"], |end| {
        let mut a = Caller::start(&["offer", "--bind", "127.0.0.1"]);
        let mut b = Caller::start(&["answer"]);
        let offer = a.description();
        a.remarks("give all of it to the other side");
        a.remarks("paste the answer");
        b.remarks("paste the offer");
        b.types(&format!("{end}{}{end}", offer.replace('\n', end)));
        let answer = b.description();
        b.remarks("waiting for the other side to connect");
        a.types(&format!("{}{end}", answer.replace('\n', end)));
        a.remarks("over TLS");
        b.remarks("over TLS");
        a.types("Hello, B\n\nand again\n");
        b.shows("peer says: and again");
        b.types("Hello, \u{e4}\u{1b}[2J");
        b.ends_input();
        a.shows("peer says: Hello, \u{e4}\\u{1b}[2J");
        a.remarks("the other side has left");
        is_well(&a.wait(), &["Hello, \u{e4}\\u{1b}[2J"]);
        is_well(&b.wait(), &["Hello, B", "and again"]);
    });
}

/// The side that connects does so when it is told that the other has its answer.
#[test]
fn the_answerer_connects_at_enter() {
    let mut a = Caller::start(&["offer", "--bind", "127.0.0.1", "--text", "from a"]);
    let mut b = Caller::start(&["answer", "--behind-nat"]);
    b.types(&format!("{}\n", a.description()));
    let answer = b.description();
    b.remarks("then press Enter here");
    a.types(&answer);
    a.types("\n");
    a.remarks("waiting for the other side to connect");
    b.types("\nfrom b\n");
    a.shows("peer says: from b");
    b.shows("peer says: from a");
    a.ends_input();
    b.ends_input();
    is_well(&a.wait(), &["from b"]);
    is_well(&b.wait(), &["from a"]);
}

/// A pipe that ends behind the offer: nobody is there to press anything, and nothing more is sent.
#[test]
fn the_input_ends_behind_the_offer() {
    let mut a = Caller::start(&["offer", "--bind", "127.0.0.1"]);
    let mut b = Caller::start(&["answer", "--behind-nat"]);
    b.types(&a.description());
    b.ends_input();
    let answer = b.description();
    // It has connected already, and waits until the answer is here.
    b.remarks("connecting to 127.0.0.1");
    a.types(&format!("{answer}\nto whom it may concern\n"));
    a.ends_input();
    assert_eq!(a.wait().code, Some(0));
    is_well(&b.wait(), &["to whom it may concern"]);
}
