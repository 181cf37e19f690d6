//! The examples of RFC 4976, with the URIs that the relays give out in place of those printed.

use msrp_proto::test_util::RelayOptions;

use crate::hand::{Hand, frame};

const ALICE: &str = "msrps://alice.example.org:7965/bar;tcp";
const BOB: &str = "msrps://bob.example.net:8145/foo;tcp";

/// RFC 4976 §3: a SEND from Alice to Bob, and the REPORT back.
#[test]
fn uris_move_from_the_front_of_one_path_to_the_front_of_the_other() {
    let mut a = Hand::new("msrps://a.example.org:9000;tcp", RelayOptions::new());
    let mut b = Hand::new("msrps://b.example.net:9000;tcp", RelayOptions::new());
    let alice = a.client(ALICE);
    let a_to_b = a.neighbour("msrps://b.example.net:9000;tcp");
    let b_to_a = b.neighbour("msrps://a.example.org:9000;tcp");
    let bob = b.client(BOB);
    let (at_a, at_b) = (a.grant(alice, ALICE), b.grant(bob, BOB));

    let send = |id: &str, to: &str, from: &str| {
        frame(&[
            &format!("MSRP {id} SEND"),
            &format!("To-Path: {to}"),
            &format!("From-Path: {from}"),
            "Success-Report: yes",
            "Byte-Range: 1-*/*",
            "Message-ID: 87652",
            "Content-Type: text/plain",
            "",
            "Hi Bob, I'm about to send you file.mpeg",
            &format!("-------{id}$"),
        ])
    };
    let ok = |id: &str, to: &str, from: &str| {
        frame(&[
            &format!("MSRP {id} 200 OK"),
            &format!("To-Path: {to}"),
            &format!("From-Path: {from}"),
            &format!("-------{id}$"),
        ])
    };

    a.feed(alice, send("6aef", &format!("{at_a} {at_b} {BOB}"), ALICE));
    let (answer, id) = a.sent_one(alice);
    assert_eq!(
        (answer, id.as_str()),
        (ok("thisid", ALICE, at_a.as_str()), "6aef")
    );
    let (forwarded, id) = a.sent_one(a_to_b);
    assert_ne!(id, "6aef");
    let (to, from) = (format!("{at_b} {BOB}"), format!("{at_a} {ALICE}"));
    assert_eq!(forwarded, send("thisid", &to, &from));

    b.feed(b_to_a, forwarded.replace("thisid", &id));
    assert_eq!(
        b.sent_one(b_to_a),
        (ok("thisid", at_a.as_str(), at_b.as_str()), id)
    );
    let (forwarded, id) = b.sent_one(bob);
    assert_eq!(forwarded, send("thisid", BOB, &format!("{at_b} {at_a} {ALICE}")));
    b.feed(bob, ok(&id, at_b.as_str(), BOB));

    let report = |id: &str, to: &str, from: &str| {
        frame(&[
            &format!("MSRP {id} REPORT"),
            &format!("To-Path: {to}"),
            &format!("From-Path: {from}"),
            "Message-ID: 87652",
            "Byte-Range: 1-39/39",
            "Status: 000 200 OK",
            &format!("-------{id}$"),
        ])
    };
    b.feed(bob, report("yh67", &format!("{at_b} {at_a} {ALICE}"), BOB));
    let (passed, id) = b.sent_one(b_to_a);
    let (to, from) = (format!("{at_a} {ALICE}"), format!("{at_b} {BOB}"));
    assert_eq!(passed, report("thisid", &to, &from));
    b.assert_silent(bob);

    a.feed(a_to_b, passed.replace("thisid", &id));
    let (passed, _) = a.sent_one(alice);
    assert_eq!(passed, report("thisid", ALICE, &format!("{at_a} {at_b} {BOB}")));
    a.assert_silent(a_to_b);
    for counts in [a.relay.counts(), b.relay.counts()] {
        assert_eq!((counts.discarded, counts.failures_reported), (0, 0));
    }
}

/// RFC 4976 §5.1: Alice reaches her outer relay through the inner one. The answer comes back under the
/// identifier that she knows.
#[test]
fn an_auth_for_the_outer_relay_passes_the_inner_one() {
    let client = "msrps://alice.example.com:9892/98cjs;tcp";
    let outer = "msrps://extra.example.com;tcp";
    let mut intra = Hand::new("msrps://intra.example.com:9000;tcp", RelayOptions::new());
    let mut extra = Hand::new("msrps://extra.example.com:9000;tcp", RelayOptions::new());
    let alice = intra.client(client);
    let out = intra.neighbour("msrps://extra.example.com:9000;tcp");
    let inner = extra.neighbour("msrps://intra.example.com:9000;tcp");
    let at_intra = intra.grant(alice, client);

    let auth = |id: &str, to: &str, from: &str| {
        frame(&[
            &format!("MSRP {id} AUTH"),
            &format!("To-Path: {to}"),
            &format!("From-Path: {from}"),
            &format!("-------{id}$"),
        ])
    };
    intra.feed(alice, auth("mnbvw", &format!("{at_intra} {outer}"), client));
    intra.assert_silent(alice);
    let (passed, id) = intra.sent_one(out);
    let back = format!("{at_intra} {client}");
    assert_eq!(passed, auth("thisid", outer, &back));

    extra.feed(inner, passed.replace("thisid", &id));
    let (challenge, answered) = extra.sent_one(inner);
    assert_eq!(answered, id);
    let head = format!("MSRP thisid 401 Unauthorized\r\nTo-Path: {back}\r\nFrom-Path: {outer}\r\n");
    let rest = challenge.strip_prefix(&head).expect("the printed paths");
    assert!(
        rest.starts_with("WWW-Authenticate: Digest realm=\"extra.example.com\", "),
        "{rest}"
    );
    intra.feed(out, challenge.replace("thisid", &id));
    let (passed, id) = intra.sent_one(alice);
    assert_eq!(id, "mnbvw");
    let head =
        format!("MSRP thisid 401 Unauthorized\r\nTo-Path: {client}\r\nFrom-Path: {at_intra} {outer}\r\n");
    assert_eq!(passed.strip_prefix(&head), Some(rest));
}
