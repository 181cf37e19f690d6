//! Descriptions that no session can come of: one clear sentence, and nothing is sent.

use std::fs;

use crate::support::{Caller, Ended, Mailbox, each};

const HEAD: &str = "v=0\no=- 1 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n";

fn section(port: u16, scheme: &str, lines: &str) -> String {
    let protocol = if scheme == "msrps" {
        "TCP/TLS/MSRP"
    } else {
        "TCP/MSRP"
    };
    format!("{HEAD}m=message {port} {protocol} *\na=path:{scheme}://127.0.0.1:9999/x1y2z3w4;tcp\n{lines}")
}

fn answerer(arguments: &[&str], offer: &str) -> Ended {
    let mut caller = Caller::start(&[&["answer"], arguments].concat());
    caller.types(offer);
    caller.ends_input();
    let ended = caller.wait();
    assert!(ended.output.is_empty(), "{ended:#?}");
    ended
}

fn offerer(arguments: &[&str], answer: impl FnOnce(&str) -> String) -> Ended {
    let mut caller = Caller::start(&[&["offer", "--bind", "127.0.0.1"], arguments].concat());
    let offer = caller.description();
    caller.types(&answer(&offer));
    caller.ends_input();
    let ended = caller.wait();
    assert!(ended.output.is_empty(), "{ended:#?}");
    ended
}

#[test]
fn offers() {
    let text = "a=accept-types:text/plain\n";
    let plain = |lines: &str| section(9999, "msrp", &format!("{text}{lines}"));
    let cases = [
        (&[][..], String::new(), "no offer was given"),
        (
            &[],
            "Dear Bob,\nhere it is\n".into(),
            "the offer cannot be read: line 1 is",
        ),
        (
            &[],
            format!("{HEAD}m=audio 4000 RTP/AVP 0\n"),
            "the offer has no MSRP section",
        ),
        (&[], plain("a=setup:actpass\n"), "is --plain on one side only?"),
        (
            &["--plain"],
            section(
                9999,
                "msrps",
                &format!("{text}a=fingerprint:sha-256 {}\n", ["AA"; 32].join(":")),
            ),
            "is --plain on one side only?",
        ),
        (&[], section(9999, "msrps", text), "TLS without a fingerprint"),
        (&["--plain"], section(0, "msrp", text), "the section is closed"),
        (
            &["--plain", "--behind-nat"],
            plain("a=setup:active\n"),
            "one has to be reachable",
        ),
        (
            &["--plain"],
            format!("{HEAD}m=message 9999 TCP/MSRP *\n{text}a=path:\u{1b}[2J\n"),
            "the MSRP section of the offer cannot be read",
        ),
    ];
    each(cases, |(arguments, offer, part)| {
        answerer(arguments, &offer).assert_fails(2, &[part]);
    });
}

#[test]
fn answers() {
    let text = "a=accept-types:text/plain\n";
    let answer = |port, scheme: &str, setup: &str| section(port, scheme, &format!("{text}a=setup:{setup}\n"));
    let cases = [
        (&[][..], String::new(), "no answer was given"),
        (&[], "v=0\n".into(), "the answer cannot be read: no o="),
        (&[], HEAD.into(), "the answer has no MSRP section"),
        (
            &["--plain"],
            answer(0, "msrp", "passive"),
            "the other side has refused",
        ),
        (
            &[],
            answer(9999, "msrp", "passive"),
            "is --plain on one side only?",
        ),
        (&[], answer(9999, "msrps", "passive"), "TLS without a fingerprint"),
        (
            &["--plain"],
            answer(9999, "msrp", "actpass"),
            "is it another offer?",
        ),
    ];
    each(cases, |(arguments, answer, part)| {
        offerer(arguments, |_| answer).assert_fails(2, &[part]);
    });
    offerer(&[], |offer| offer.into()).assert_fails(2, &["the offer of this side"]);
    // Nobody listens where the answer points.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let answer = answer(free, "msrp", "passive").replace("9999", &free.to_string());
    offerer(&["--plain"], |_| answer).assert_fails(2, &["cannot connect to the other side", "127.0.0.1"]);
}

#[test]
fn files_and_arguments() {
    let mailbox = Mailbox::new();
    let (bad, missing) = (mailbox.path("bad.sdp"), mailbox.path("missing.sdp"));
    fs::write(&bad, "not SDP\n").unwrap();
    let nowhere = mailbox.path("no/such/folder/offer.sdp");
    let cases = [
        (&["answer", "--in", &bad][..], "the offer cannot be read"),
        (&["answer", "--in", &missing, "--wait", "1"], "within 1 s"),
        (&["offer", "--in", &bad], "would be taken for the answer"),
        (&["offer", "--out", &nowhere], "cannot write"),
        (&["offer", "--name", "a b"], "neither a host name nor an address"),
        (
            &["offer", "--bind", "192.0.2.77:1"],
            "cannot listen at 192.0.2.77:1",
        ),
        (&["offer", "-"], "standard input cannot be sent as a file"),
        (&["offer", &missing], "missing.sdp: "),
    ];
    each(cases, |(arguments, part)| {
        Caller::start(arguments).wait().assert_fails(2, &[part]);
    });
}
