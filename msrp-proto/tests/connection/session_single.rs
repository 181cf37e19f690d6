//! Sessions for one message (RFC 5547 §8.7).

use msrp_proto::{Direction, Message, Refusal, Role, SendErrorReason, SessionConfig, Terms};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup, text};

fn setup(direction: Direction) -> Setup {
    let terms = Terms::new(A.parse().unwrap()).direction(direction);
    let session = SessionConfig::new(B.parse().unwrap(), Role::Active, terms);
    Setup::new().session(session.single_message(true))
}

fn refusal(peer: &mut Peer, message: Message) -> Option<SendErrorReason> {
    let sent = peer.session("B").send(message);
    sent.err().map(|error| error.reason)
}

#[test]
fn a_second_message_is_not_sent() {
    setup(Direction::SendOnly).run(|peer| {
        peer.sent();
        // Neither of them is a message.
        peer.session("B").ping();
        peer.send("control", text("before").control());
        assert_eq!(peer.sent().len(), 2);
        peer.send("file", text("file"));
        assert_eq!(refusal(peer, text("x")), Some(SendErrorReason::SingleMessage));
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        assert_eq!(peer.events().last().unwrap(), "file completed");
        assert_eq!(refusal(peer, text("x")), Some(SendErrorReason::SingleMessage));
        peer.send("control", text("after").control());
        peer.session("B").ping();
        assert_eq!(peer.sent().len(), 2);
    });
}

/// Whatever became of the first one; but one that was not taken was none.
#[test]
fn nor_after_a_failure() {
    setup(Direction::SendRecv).run(|peer| {
        let terms = |size| Terms::new(A.parse().unwrap()).peer_max_size(Some(size));
        peer.session("B").update(terms(2));
        assert_eq!(refusal(peer, text("file")), Some(SendErrorReason::TooLarge));
        peer.session("B").update(terms(4));
        let id = peer.send("file", text("file"));
        peer.connection.outgoing(id).unwrap().abort();
        assert_eq!(refusal(peer, text("x")), Some(SendErrorReason::SingleMessage));
    });
}

#[test]
fn a_second_message_is_refused() {
    for direction in [Direction::RecvOnly, Direction::SendRecv] {
        setup(direction).run(|peer| {
            peer.sent();
            peer.feed(Frame::bodiless("t001"));
            peer.feed(Frame::chunk("t002", "m001", "1-2/4", "ab").continued());
            peer.feed(Frame::text("t003", "m002", "other"));
            assert_eq!(peer.sent_lines(), ["t001 200", "t002 200", "t003 403"]);
            peer.feed(Frame::bodiless("t004"));
            peer.feed(Frame::chunk("t005", "m001", "3-4/4", "cd"));
            assert_eq!(peer.sent_lines(), ["t004 200", "t005 200"]);
            peer.events();
            // Not even when the first is complete. It may come again, as one that was resent does.
            peer.feed(Frame::text("t006", "m002", "other"));
            peer.feed(Frame::text("t007", "m003", "").failure_report("partial"));
            peer.feed(Frame::text("t008", "m004", "silent").failure_report("no"));
            assert_eq!(peer.sent_lines(), ["t006 403", "t007 403"]);
            peer.feed(Frame::text("t009", "m001", "abcd"));
            assert_eq!(peer.sent_lines(), ["t009 200"]);
            let again = ["started duplicate", "data 0 abcd", "finished 4"];
            assert_eq!(peer.events(), again.map(|what| format!("m001 {what}")));
            // The session goes on.
            assert!(peer.session("B").is_bound());
        });
    }
}

/// Of a chunk without an announced end the rest is not waited for.
#[test]
fn it_is_refused_at_once() {
    setup(Direction::RecvOnly).run(|peer| {
        peer.sent();
        peer.feed(Frame::text("t001", "m001", "file"));
        peer.sent();
        let [head, rest] = Frame::chunk("t002", "m002", "1-*/*", "other").split_in_body(0);
        peer.feed(head);
        assert_eq!(peer.sent_lines(), ["t002 403"]);
        peer.feed(rest);
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// One that did not begin was none; one that did was, whatever became of it.
#[test]
fn what_counts_as_the_first() {
    setup(Direction::RecvOnly).run(|peer| {
        peer.sent();
        let unreadable = Frame::text("t001", "m001", "x").header("Content-Transfer-Encoding", "base64");
        peer.feed(unreadable);
        assert_eq!(peer.sent_lines(), ["t001 415"]);
        peer.feed(Frame::chunk("t002", "m002", "1-2/4", "ab").continued());
        peer.events();
        peer.incoming("m002").reject(Refusal::STOP_SENDING);
        peer.feed(Frame::text("t003", "m003", "other"));
        assert_eq!(peer.sent_lines(), ["t002 413", "t003 403"]);
    });
}

/// What comes to the sender of a file is about the file.
#[test]
fn control_messages_are_not_counted() {
    for direction in [Direction::SendOnly, Direction::Inactive] {
        setup(direction).run(|peer| {
            peer.sent();
            for message in ["m001", "m002", "m003"] {
                peer.feed(Frame::text("t001", message, "imdn"));
                assert_eq!(peer.sent_lines(), ["t001 200"]);
            }
        });
    }
}

#[test]
fn not_by_default() {
    let terms = Terms::new(A.parse().unwrap());
    let session = SessionConfig::new(B.parse().unwrap(), Role::Active, terms);
    for session in [
        session.clone(),
        session.single_message(true).single_message(false),
    ] {
        Setup::new().session(session).run(|peer| {
            peer.sent();
            peer.feed(Frame::text("t001", "m001", "one"));
            peer.feed(Frame::text("t002", "m002", "two"));
            assert_eq!(peer.sent_lines(), ["t001 200", "t002 200"]);
            assert_eq!(refusal(peer, text("one")), None);
            assert_eq!(refusal(peer, text("two")), None);
        });
    }
}
