//! Offer and answer go as files, texts and files go both ways.

use std::fs;

use msrp_sdp::{Description, Setup};

use crate::support::{Caller, Mailbox, assert_same, each, noise};

/// Calls, has both sides send a text, a long file and an empty one, and compares all. Returns the descriptions.
fn both_ways(offerer: &[&str], answerer: &[&str], connected: &str) -> (String, String) {
    let mailbox = Mailbox::new();
    let (ours, theirs) = (noise(3_000_001, 1), noise(700_003, 2));
    let (our_file, their_file) = (mailbox.path("ours \u{e9}.bin"), mailbox.path("theirs.txt"));
    let empty = mailbox.path("empty");
    fs::write(&our_file, &ours).unwrap();
    fs::write(&their_file, &theirs).unwrap();
    fs::write(&empty, "").unwrap();
    let (mut a, mut b) = mailbox.call(
        &[offerer, &["--text", "one\n\u{1b}[31mtwo", &our_file, &empty]].concat(),
        &[answerer, &["--text", "", &their_file, &empty]].concat(),
    );
    a.ends_input();
    b.ends_input();
    for side in [&mut a, &mut b] {
        let line = side.remarks("connected to ");
        assert!(line.contains(connected), "{line}");
    }
    let (a_stored, b_stored) = (a.stored("theirs.txt"), b.stored("ours \u{e9}.bin"));
    let folders = (
        std::mem::replace(&mut a.folder, tempfile::tempdir().unwrap()),
        std::mem::replace(&mut b.folder, tempfile::tempdir().unwrap()),
    );
    let (a, b) = (a.wait(), b.wait());
    assert_eq!((a.code, b.code), (Some(0), Some(0)), "{a:#?} {b:#?}");
    assert_same(&a_stored, &theirs);
    assert_same(&b_stored, &ours);
    assert_same(&folders.0.path().join("empty"), b"");
    assert_same(&folders.1.path().join("empty"), b"");
    assert!(a.peer_lines().contains(&"peer says: "), "{a:#?}");
    assert!(b.peer_lines().contains(&"peer says: one"), "{b:#?}");
    assert!(b.peer_lines().contains(&"peer says: \\u{1b}[31mtwo"), "{b:#?}");
    for (side, expected) in [
        (
            &a,
            [
                "text 1: delivered, 12 octets",
                "ours \u{e9}.bin: delivered, 3000001 octets",
            ],
        ),
        (
            &b,
            [
                "text 1: delivered, 0 octets",
                "theirs.txt: delivered, 700003 octets",
            ],
        ),
    ] {
        for line in expected.into_iter().chain(["empty: delivered, 0 octets"]) {
            assert!(side.output.iter().any(|shown| shown == line), "{line}: {side:#?}");
        }
    }
    let read = |name| fs::read_to_string(mailbox.path(name)).unwrap();
    (read("offer.sdp"), read("answer.sdp"))
}

/// What a description says of the connection.
fn said(description: &str) -> (String, Option<Setup>, usize) {
    let read = Description::parse_strict(description.as_bytes()).unwrap();
    let (_, media) = read.msrp().swap_remove(0);
    let media = media.unwrap();
    let fingerprints = media.fingerprints().into_iter().count();
    (
        media.uri().unwrap().scheme().to_string(),
        media.setup(),
        fingerprints,
    )
}

#[test]
fn with_tls() {
    let (offer, answer) = both_ways(
        &[],
        &[],
        "over TLS; the fingerprint of the other side is the one it gave",
    );
    assert_eq!(said(&offer), ("msrps".into(), Some(Setup::Actpass), 1));
    assert_eq!(said(&answer), ("msrps".into(), Some(Setup::Passive), 1));
}

#[test]
fn without_tls() {
    let (offer, answer) = both_ways(
        &["--plain", "--bind", "127.0.0.1"],
        &["--plain", "--name", "localhost", "--bind", "127.0.0.1:0"],
        "over TCP, readable on the way",
    );
    assert_eq!(said(&offer), ("msrp".into(), Some(Setup::Actpass), 0));
    assert_eq!(said(&answer), ("msrp".into(), Some(Setup::Passive), 0));
    assert!(offer.contains("a=path:msrp://127.0.0.1:"), "{offer}");
    assert!(answer.contains("a=path:msrp://localhost:"), "{answer}");
}

#[test]
fn behind_a_nat() {
    let cases: [(&[&str], &[&str], _, _, _); 3] = [
        (&["--behind-nat"], &[], "over TLS", Setup::Active, Setup::Passive),
        (
            &["--bind", "127.0.0.1"],
            &["--behind-nat"],
            "over TLS",
            Setup::Actpass,
            Setup::Active,
        ),
        (
            &["--bind", "127.0.0.1", "--plain"],
            &["--behind-nat", "--plain"],
            "over TCP",
            Setup::Actpass,
            Setup::Active,
        ),
    ];
    each(cases, |(offerer, answerer, connected, offered, answered)| {
        let (offer, answer) = both_ways(offerer, answerer, connected);
        assert_eq!(said(&offer).1, Some(offered));
        assert_eq!(said(&answer).1, Some(answered));
    });
}

#[test]
fn over_ipv6() {
    each([&[][..], &["--behind-nat"]], |answerer| {
        let (offer, answer) = both_ways(&["--bind", "::1"], answerer, "connected to [::1]:");
        // The answerer has chosen its address by that of the offer.
        for description in [offer, answer] {
            assert!(description.contains("a=path:msrps://[::1]:"), "{description}");
            assert!(description.contains("c=IN IP6 ::1"), "{description}");
        }
    });
}

/// The offer is written in pieces, and the answer takes its time: a peer that connects before it is there waits.
#[test]
fn files_that_come_late() {
    let mailbox = Mailbox::new();
    let (offer, answer, on_its_way) = (
        mailbox.path("offer.sdp"),
        mailbox.path("answer.sdp"),
        mailbox.path("mail"),
    );
    let mut a = Caller::start(&[
        "offer",
        "--bind",
        "127.0.0.1",
        "--out",
        &on_its_way,
        "--in",
        &answer,
    ]);
    a.remarks("the offer is in");
    let octets = fs::read(&on_its_way).unwrap();
    let answer_on_its_way = mailbox.path("reply");
    let mut b = Caller::start(&[
        "answer",
        "--behind-nat",
        "--text",
        "early",
        "--in",
        &offer,
        "--out",
        &answer_on_its_way,
    ]);
    b.remarks("waiting for the offer");
    let (first, second) = octets.split_at(octets.len() / 2);
    fs::write(&offer, first).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    fs::write(&offer, [first, second].concat()).unwrap();
    b.remarks("connecting to 127.0.0.1");
    std::thread::sleep(std::time::Duration::from_secs(1));
    fs::rename(&answer_on_its_way, &answer).unwrap();
    a.shows("peer says: early");
    b.ends_input();
    a.ends_input();
    assert_eq!(b.wait().code, Some(0));
    assert_eq!(a.wait().code, Some(0));
}
