//! What a relay forwards, and in which form.

use std::time::Duration;

use msrp_proto::test_util::RelayOptions;

use crate::hand::{Hand, frame};

const RELAY: &str = "msrps://r.example.com:9000;tcp";
const OWNER: &str = "msrps://owner.example.com:1/own;tcp";
const ONE: &str = "msrps://one.example.com:2/one;tcp";
const OTHER: &str = "msrps://other.example.com:3/two;tcp";

fn send(to: &str, from: &str, rest: &[&str]) -> String {
    let (to, from) = (format!("To-Path: {to}"), format!("From-Path: {from}"));
    let mut lines = vec!["MSRP abcd SEND", &to, &from, "Message-ID: m1"];
    lines.extend(rest);
    frame(&lines)
}

/// A SEND of one octet, to be answered by errors alone.
fn short(to: &str, from: &str) -> String {
    let rest = [
        "Byte-Range: 1-1/1",
        "Failure-Report: partial",
        "Content-Type: text/plain",
    ];
    send(to, from, &[&rest[..], &["", "x", "-------abcd$"]].concat())
}

#[test]
fn a_uri_is_good_for_the_way_to_its_owner_and_from_it() {
    let mut relay = Hand::new(RELAY, RelayOptions::new());
    let [owner, one, other] = [OWNER, ONE, OTHER].map(|uri| relay.client(uri));
    let uri = relay.grant(owner, OWNER);

    relay.feed(one, short(&format!("{uri} {OWNER}"), ONE));
    assert!(
        relay
            .sent_one(owner)
            .0
            .contains(&format!("To-Path: {OWNER}\r\nFrom-Path: {uri} {ONE}\r\n"))
    );
    relay.feed(owner, short(&format!("{uri} {OTHER}"), OWNER));
    assert!(
        relay
            .sent_one(other)
            .0
            .contains(&format!("To-Path: {OTHER}\r\nFrom-Path: {uri} {OWNER}\r\n"))
    );
    assert_eq!(relay.relay.counts().discarded, 0);

    // From a third party to another, to the relay's own URI alone, by a URI of nobody: discarded, and said so.
    let unknown = "msrps://r.example.com:9000/unknown;tcp";
    for to in [
        format!("{uri} {OTHER}"),
        uri.to_string(),
        format!("{unknown} {OWNER}"),
    ] {
        relay.feed(one, short(&to, ONE));
        let (report, _) = relay.sent_one(one);
        let first = to.split(' ').next().unwrap();
        let paths = format!("MSRP thisid REPORT\r\nTo-Path: {ONE}\r\nFrom-Path: {first}\r\n");
        assert!(report.starts_with(&paths), "{report}");
        assert!(
            report.contains("Byte-Range: 1-1/1\r\nStatus: 000 481 "),
            "{report}"
        );
    }
    relay.assert_silent(owner);
    relay.assert_silent(other);
    assert_eq!(relay.relay.counts().discarded, 3);
}

#[test]
fn a_uri_ends_with_its_time_and_with_the_connection_it_was_given_on() {
    let mut relay = Hand::new(RELAY, RelayOptions::new());
    let [owner, one] = [OWNER, ONE].map(|uri| relay.client(uri));
    let uri = relay.grant(owner, OWNER);
    let message = short(&format!("{uri} {OWNER}"), ONE);
    relay.wait(Duration::from_secs(59));
    relay.feed(one, message.clone());
    assert_eq!(relay.sent(owner).len(), 1);
    relay.wait(Duration::from_secs(1));
    relay.feed(one, message);
    assert!(relay.sent_one(one).0.contains("Status: 000 481 "));

    let uri = relay.grant(owner, OWNER);
    relay.relay.handle_eof(owner);
    let again = relay.client(OWNER);
    relay.feed(one, short(&format!("{uri} {OWNER}"), ONE));
    assert!(relay.sent_one(one).0.contains("Status: 000 481 "));
    relay.assert_silent(again);
}

/// What a relay was granted is good on all its connections.
#[test]
fn a_uri_for_a_relay_is_good_on_any_connection_to_it() {
    let mut relay = Hand::new(RELAY, RelayOptions::new());
    let inner = "msrps://inner.example.com:9000;tcp";
    let (first, one) = (relay.neighbour(inner), relay.client(ONE));
    let back = format!("msrps://inner.example.com:9000/abc;tcp {OWNER}");
    let uri = relay.grant(first, &back);
    let second = relay.neighbour(inner);
    relay.relay.handle_eof(first);
    relay.feed(one, short(&format!("{uri} {back}"), ONE));
    assert_eq!(relay.sent(second).len(), 1);
    relay.feed(second, short(&format!("{uri} {ONE}"), &back));
    assert_eq!(relay.sent(one).len(), 1);
}

#[test]
fn a_request_for_another_relay_costs_the_connection() {
    let mut relay = Hand::new(RELAY, RelayOptions::new());
    let [owner, one] = [OWNER, ONE].map(|uri| relay.client(uri));
    let uri = relay
        .grant(owner, OWNER)
        .to_string()
        .replace("r.example", "s.example");
    relay.feed(one, short(&format!("{uri} {OWNER}"), ONE));
    assert!(relay.relay.is_closed(one) && !relay.relay.is_closed(owner));
    relay.assert_silent(owner);
}

#[test]
fn other_requests_pass_and_are_answered_from_end_to_end() {
    let mut relay = Hand::new(RELAY, RelayOptions::new());
    let [owner, one] = [OWNER, ONE].map(|uri| relay.client(uri));
    let uri = relay.grant(owner, OWNER);
    let to = format!("To-Path: {uri} {OWNER}");
    let from = format!("From-Path: {ONE}");
    relay.feed(
        one,
        frame(&["MSRP abcd FOO", &to, &from, "X-Y: z", "-------abcd$"]),
    );
    relay.assert_silent(one);
    let (passed, id) = relay.sent_one(owner);
    let (to, from) = (format!("To-Path: {OWNER}"), format!("From-Path: {uri} {ONE}"));
    assert_eq!(
        passed,
        frame(&["MSRP thisid FOO", &to, &from, "X-Y: z", "-------thisid$"])
    );

    let start = format!("MSRP {id} 299 Fine");
    let end = format!("-------{id}$");
    let (to, from) = (format!("To-Path: {uri} {ONE}"), format!("From-Path: {OWNER}"));
    relay.feed(owner, frame(&[&start, &to, &from, "X-Y: a", &end]));
    let (passed, id) = relay.sent_one(one);
    let (to, from) = (format!("To-Path: {ONE}"), format!("From-Path: {uri} {OWNER}"));
    let expected = frame(&["MSRP thisid 299 Fine", &to, &from, "X-Y: a", "-------thisid$"]);
    assert_eq!((passed, id.as_str()), (expected, "abcd"));
}

/// Chunks are cut and joined; Byte-Range is exact, the flag of the last chunk and all headers are kept.
#[test]
fn messages_are_cut_anew() {
    let wait = Duration::from_millis(1);
    let options = RelayOptions::new().chunk_sizes(4..=4).delay(wait..=wait);
    let mut relay = Hand::new(RELAY, options);
    let [owner, one] = [OWNER, ONE].map(|uri| relay.client(uri));
    let to = format!("{} {OWNER}", relay.grant(owner, OWNER));
    let chunk = |range: &str, body: &str, flag: char| {
        let (range, end) = (format!("Byte-Range: {range}"), format!("-------abcd{flag}"));
        let headers = ["Failure-Report: no", "Success-Report: yes", "X-Foo: bar"];
        let content = ["Content-Type: text/plain", "", body, &end];
        send(&to, ONE, &[&[range.as_str()][..], &headers, &content].concat())
    };
    let mut pass = |chunks: &[String]| {
        for chunk in chunks {
            relay.feed(one, chunk.clone());
        }
        relay.assert_silent(owner);
        relay.wait(wait);
        relay.assert_silent(one);
        let described = relay.sent(owner).into_iter().map(|(text, _)| {
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            for line in [
                "Failure-Report: no",
                "Success-Report: yes",
                "X-Foo: bar",
                "Message-ID: m1",
            ] {
                assert!(head.contains(line), "{head}");
            }
            let lines = head.lines().find_map(|line| line.strip_prefix("Byte-Range: "));
            let (body, end) = body.split_once("\r\n-------thisid").unwrap();
            format!("{} {body} {}", lines.unwrap(), end.trim())
        });
        described.collect::<Vec<_>>()
    };
    // One becomes three.
    let cut = pass(&[chunk("1-*/10", "abcdefghij", '$')]);
    assert_eq!(cut, ["1-4/10 abcd +", "5-8/10 efgh +", "9-10/10 ij $"]);
    // Three become two, and then one that ends what was begun.
    let cut = pass(&[
        chunk("1-2/8", "ab", '+'),
        chunk("3-3/8", "c", '+'),
        chunk("4-*/*", "def", '+'),
    ]);
    assert_eq!(cut, ["1-4/8 abcd +", "5-6/8 ef +"]);
    assert_eq!(pass(&[chunk("7-8/8", "gh", '$')]), ["7-8/8 gh $"]);
    // What does not follow is not joined, nor what follows an end.
    let cut = pass(&[
        chunk("5-6/8", "ef", '+'),
        chunk("1-2/8", "ab", '#'),
        chunk("3-4/8", "cd", '+'),
    ]);
    assert_eq!(cut, ["5-6/8 ef +", "1-2/8 ab #", "3-4/8 cd +"]);
    // The total is that of the last one that knows it.
    let cut = pass(&[chunk("1-*/*", "ab", '+'), chunk("3-4/4", "cd", '$')]);
    assert_eq!(cut, ["1-4/4 abcd $"]);
    // Abandoned.
    let cut = pass(&[chunk("1-3/9", "abc", '+'), chunk("4-9/9", "de", '#')]);
    assert_eq!(cut, ["1-4/9 abcd +", "5-5/9 e #"]);
}
