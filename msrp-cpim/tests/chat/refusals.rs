//! What a switch refuses, what it passes on, and what the sender gets to hear, as SENDs between two connections.

use bytes::Bytes;
use msrp_cpim::chat::{ChatRefusal, Switch, read};
use msrp_proto::wire::FailureReport;

use crate::server::{Outcome, Server};
use crate::{ALICE, BOB, CAROL, Joined, ROOM, octets, switch, written};

const CPIM: &str = "message/cpim";
const TEL: &str = "tel:+1-201-555-0123";
const NOBODY: &str = "sip:nobody@x.example";
const DAVE: &str = "sip:dave@example.com";

/// Bob has joined twice, Dave takes no private messages, and Erin takes them on one of her sessions.
fn roster() -> Vec<Joined> {
    vec![
        Joined::new("alice", &[ALICE, TEL], true),
        Joined::new("bob1", &[BOB], true),
        Joined::new("bob2", &[BOB], true),
        Joined::new("carol", &[CAROL, "sip:x7Gh@anonymous.invalid"], true),
        Joined::new("dave", &[DAVE], false),
        Joined::new("erin1", &["sip:erin@example.com"], false),
        Joined::new("erin2", &["sip:erin@example.com"], true),
    ]
}

const ALL_BUT_ALICE: [&str; 6] = ["bob1", "bob2", "carol", "dave", "erin1", "erin2"];

fn server() -> Server {
    Server::new(roster())
}

fn refused(status: u16) -> Outcome {
    Outcome {
        sent: Err(status),
        answers: 1,
        copies: Vec::new(),
    }
}

#[track_caller]
fn assert_passed_on(outcome: &Outcome, body: &Bytes, to: &[&str]) {
    assert_eq!((outcome.sent, outcome.answers), (Ok(()), 1));
    let copies: Vec<_> = outcome.copies.iter().map(|(name, _)| *name).collect();
    assert_eq!(copies, to);
    assert!(outcome.copies.iter().all(|(_, copy)| copy == body));
}

/// Shows: CHAT-6.1-02.
#[test]
fn from_is_the_sender() {
    let mut server = server();
    for to in [ROOM, BOB] {
        for from in [
            BOB,
            NOBODY,
            "sip:Alice@atlanta.example.com",
            "im:alice@atlanta.example.com",
        ] {
            assert_eq!(
                server.send("alice", CPIM, written(from, &[to])),
                refused(403),
                "{from}"
            );
        }
        // None, and one too many.
        for headers in [
            &[("To", to)][..],
            &[("From", ALICE), ("From", ALICE), ("To", to)],
            &[("From", ALICE), ("From", BOB), ("To", to)],
        ] {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, uri)| (*name, format!("<{uri}>")))
                .collect();
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            assert_eq!(server.send("alice", CPIM, octets(&headers)), refused(403));
        }
    }
    // Each of her own, whatever others have.
    for from in [ALICE, TEL, "SIP:alice@Atlanta.example.com;transport=tcp"] {
        let body = written(from, &[ROOM]);
        assert_passed_on(&server.send("alice", CPIM, body.clone()), &body, &ALL_BUT_ALICE);
        assert_eq!(server.send("bob1", CPIM, body), refused(403));
    }
    let body = written("sip:x7Gh@anonymous.invalid", &[BOB]);
    assert_passed_on(
        &server.send("carol", CPIM, body.clone()),
        &body,
        &["bob1", "bob2"],
    );
}

/// Shows: CHAT-6.1-03.
#[test]
fn one_recipient() {
    let mut server = server();
    for to in [
        &[ROOM, BOB][..],
        &[BOB, ROOM],
        &[BOB, CAROL],
        &[ROOM, ROOM],
        &[BOB, BOB, BOB],
        &[],
    ] {
        assert_eq!(
            server.send("alice", CPIM, written(ALICE, to)),
            refused(403),
            "{to:?}"
        );
    }
    let body = written(ALICE, &[ROOM]);
    assert_passed_on(&server.send("alice", CPIM, body.clone()), &body, &ALL_BUT_ALICE);
}

/// Shows: CHAT-6.2-02.
#[test]
fn recipients_that_are_not_here() {
    let mut server = server();
    for to in [
        NOBODY,
        "sip:Bob@example.com",
        "sip:bob@example.com:5060",
        "sips:bob@example.com",
        "sip:Chatroom22@chat.example.com",
    ] {
        assert_eq!(
            server.send("alice", CPIM, written(ALICE, &[to])),
            refused(404),
            "{to}"
        );
    }
    let mistyped = octets(&[("From", "<sip:alice@atlanta.example.com>"), ("To", "bob")]);
    assert_eq!(server.send("alice", CPIM, mistyped), refused(404));
    assert_eq!(
        ChatRefusal::NoSuchRecipient.phrase(),
        "Failure to resolve recipient's URI"
    );
    for (to, names) in [
        (BOB, &["bob1", "bob2"][..]),
        ("SIP:bob@EXAMPLE.com;x=y", &["bob1", "bob2"]),
        ("sip:x7Gh@anonymous.invalid", &["carol"]),
        (ALICE, &["alice"]),
    ] {
        let body = written(ALICE, &[to]);
        assert_passed_on(&server.send("alice", CPIM, body.clone()), &body, names);
    }
}

/// Shows: CHAT-6.2-03 (what SDP says is in the tests of msrp-sdp).
#[test]
fn private_messages_for_who_takes_them() {
    let mut server = server();
    assert_eq!(server.send("alice", CPIM, written(ALICE, &[DAVE])), refused(428));
    let body = written(ALICE, &[BOB]);
    assert_passed_on(
        &server.send("alice", CPIM, body.clone()),
        &body,
        &["bob1", "bob2"],
    );
    // Where it would be taken for a regular one, it does not go.
    let body = written(ALICE, &["sip:erin@example.com"]);
    assert_passed_on(&server.send("alice", CPIM, body.clone()), &body, &["erin2"]);
    // To write them is another matter.
    let body = written(DAVE, &[BOB]);
    assert_passed_on(&server.send("dave", CPIM, body.clone()), &body, &["bob1", "bob2"]);
    let body = written(ALICE, &[ROOM]);
    assert_passed_on(&server.send("alice", CPIM, body.clone()), &body, &ALL_BUT_ALICE);
}

/// Shows: CHAT-6.3-01.
#[test]
fn only_cpim() {
    // Each session was bound by a SEND without a body, with a 200 and nothing else.
    let mut silent = server();
    assert_eq!(silent.bound.len(), roster().len());
    assert_eq!(silent.frames(), roster().len() as u64);

    let body = written(ALICE, &[ROOM]);
    for content_type in ["text/plain", "message/imdn+xml", "multipart/mixed;boundary=x"] {
        for body in [body.clone(), Bytes::from("Hi")] {
            assert_eq!(server().send("alice", content_type, body), refused(415));
        }
    }
    // A long one, before it is there.
    let mut early = server();
    let outcome = early.send("alice", "text/plain", vec![b'x'; 1 << 20]);
    assert_eq!((outcome.sent, outcome.copies), (Err(415), Vec::new()));
    assert_eq!(early.refused_early, 1);

    let mut server = server();
    for content_type in [CPIM, "Message/CPIM", "MESSAGE/cpim;charset=utf-8"] {
        // It says so, and is none; one without any octet has a body all the same. That is no reason to send no other.
        for damaged in ["Hi", ""] {
            assert_eq!(server.send("alice", content_type, damaged), refused(400));
        }
        let outcome = server.send("alice", content_type, body.clone());
        assert_passed_on(&outcome, &body, &ALL_BUT_ALICE);
    }
}

/// Shows: CHAT-6.3-02.
#[test]
fn the_first_fault_counts() {
    let roster = roster();
    let check = |content_type: &str, body: &Bytes| {
        let message = read(Some(&content_type.parse().unwrap()), body)?;
        let switch: Switch = switch();
        switch.check(&message, &roster[0], &roster).map(|_| ())
    };
    // Each is wrong in all that follows, as far as that can be.
    for (content_type, from, to, expected) in [
        ("text/plain", BOB, &[NOBODY, DAVE][..], ChatRefusal::NotCpim),
        ("text/plain", ALICE, &[NOBODY], ChatRefusal::NotCpim),
        ("text/plain", ALICE, &[DAVE], ChatRefusal::NotCpim),
        (CPIM, BOB, &[NOBODY, DAVE], ChatRefusal::NotSender),
        (CPIM, BOB, &[], ChatRefusal::NotSender),
        (CPIM, BOB, &[NOBODY], ChatRefusal::NotSender),
        (CPIM, BOB, &[DAVE], ChatRefusal::NotSender),
        (CPIM, ALICE, &[NOBODY, DAVE], ChatRefusal::NotOneRecipient),
        (CPIM, ALICE, &[DAVE, DAVE], ChatRefusal::NotOneRecipient),
        (CPIM, ALICE, &[NOBODY], ChatRefusal::NoSuchRecipient),
        (CPIM, ALICE, &[DAVE], ChatRefusal::PrivateMessagesNotSupported),
    ] {
        let body = written(from, to);
        assert_eq!(check(content_type, &body), Err(expected));
        // The status, or no word, and to nobody in any case.
        for failure_report in [FailureReport::Yes, FailureReport::Partial, FailureReport::No] {
            let mut server = server();
            let outcome = server.send_reporting("alice", content_type, body.clone(), failure_report);
            let silent = Outcome {
                sent: Ok(()),
                answers: 0,
                copies: Vec::new(),
            };
            match failure_report {
                FailureReport::No => assert_eq!(outcome, silent),
                FailureReport::Partial => {
                    assert_eq!((outcome.answers, outcome.copies), (1, Vec::new()));
                }
                FailureReport::Yes => assert_eq!(outcome, refused(expected.status())),
            }
        }
    }
    // Two damaged recipients are two.
    let damaged = octets(&[
        ("From", "<sip:alice@atlanta.example.com>"),
        ("To", "damaged"),
        ("To", "damaged"),
    ]);
    assert_eq!(check(CPIM, &damaged), Err(ChatRefusal::NotOneRecipient));
}
