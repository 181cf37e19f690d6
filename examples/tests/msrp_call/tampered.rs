//! Somebody has changed a fingerprint on its way: there is no session, and nothing is heard.

use crate::support::{Caller, Ended, each};

/// Another fingerprint of the same form.
fn tampered(description: &str) -> String {
    let (head, rest) = description.split_once("a=fingerprint:sha-256 ").unwrap();
    let digit = if rest.starts_with('0') { '1' } else { '0' };
    format!("{head}a=fingerprint:sha-256 {digit}{}", &rest[1..])
}

/// A call with what the other one gets changed. Both have something to say.
fn call(
    answerer: &[&str],
    offer: impl Fn(&str) -> String,
    answer: impl Fn(&str) -> String,
) -> (Ended, Ended) {
    let mut a = Caller::start(&["offer", "--bind", "127.0.0.1", "--wait", "2", "--text", "secret"]);
    let mut b = Caller::start(&[&["answer", "--wait", "2", "--text", "secret"], answerer].concat());
    b.types(&format!("{}\n", offer(&a.description())));
    let answered = answer(&b.description());
    a.types(&format!("{answered}\n"));
    a.remarks(if answerer.is_empty() {
        "connecting"
    } else {
        "waiting for the other side"
    });
    b.types("\n");
    let (a, b) = (a.wait(), b.wait());
    for side in [&a, &b] {
        assert_eq!(side.code, Some(2), "{a:#?} {b:#?}");
        assert!(side.output.is_empty(), "{a:#?} {b:#?}");
        assert!(
            !side.remarks.iter().any(|remark| remark.contains("over TLS")),
            "{a:#?} {b:#?}"
        );
    }
    (a, b)
}

const NOT_THE_ONE: &str = "the other side is not who its description says";
const NOT_HEARD: &str = "was the description of this side changed on its way?";

/// Whose fingerprint is changed shows who finds out: the side that connects ends the handshake, and the one that listens
/// waits for somebody else; the side that listens lets the other one connect, and does not hear it.
#[test]
fn fingerprints() {
    const LATE: &str = "has not connected in time";
    let same = |description: &str| description.to_owned();
    let cases: [(&[&str], bool, [&str; 2]); 4] = [
        (&[], false, [NOT_THE_ONE, LATE]),
        (&[], true, [NOT_HEARD, NOT_THE_ONE]),
        (&["--behind-nat"], false, [NOT_THE_ONE, NOT_HEARD]),
        (&["--behind-nat"], true, [LATE, NOT_THE_ONE]),
    ];
    each(cases, |(answerer, in_offer, [offerer_says, answerer_says])| {
        let (a, b) = match in_offer {
            true => call(answerer, tampered, same),
            false => call(answerer, same, tampered),
        };
        a.assert_fails(2, &[offerer_says]);
        b.assert_fails(2, &[answerer_says]);
    });
}
