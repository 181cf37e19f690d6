//! The sender of a file: one message on a session of its own (RFC 5547 §8.1, §8.4, §8.7).

use msrp_proto::wire::ContinuationFlag;
use msrp_proto::{Body, Config, Direction, OutgoingId, Role, SendErrorReason, SessionConfig, Terms};

use crate::frame::{A, B, Frame};
use crate::peer::{Peer, Setup, text};

/// A session for one file, which goes from here to the peer.
fn setup() -> Setup {
    let terms = Terms::new(A.parse().unwrap()).direction(Direction::SendOnly);
    let session = SessionConfig::new(B.parse().unwrap(), Role::Active, terms);
    Setup::new().session(session.single_message(true))
}

fn chunks_of(limit: Option<usize>) -> Setup {
    setup().config(|config: Config| config.chunk_limit(limit).in_flight(2))
}

/// 4000 of 9000 octets have left, in two chunks.
fn between_chunks(peer: &mut Peer) -> (OutgoingId, Vec<String>) {
    let id = peer.send("file", text(vec![b'x'; 9000]));
    let sent = peer.sent();
    let lines: Vec<_> = sent.iter().map(|frame| frame.line()).collect();
    assert_eq!(
        lines,
        ["SEND 1-2000/9000 [2000] +", "SEND 2001-4000/9000 [2000] +"]
    );
    (id, sent.iter().map(|frame| frame.id()).collect())
}

/// Some has left of a chunk that has no announced end. How many octets of the file.
fn in_chunk(peer: &mut Peer) -> (OutgoingId, usize) {
    let id = peer.send("file", text(vec![b'x'; 90_000]));
    for _ in 0..2 {
        assert!(peer.sent_in_a_buffer().is_empty());
    }
    let open = peer.unfinished().unwrap();
    assert_eq!(open.header("Byte-Range"), "1-*/90000");
    let out = open.body.len();
    assert!((1..90_000).contains(&out));
    (id, out)
}

/// The session is closed as soon as the end of the message has left.
#[test]
fn aborting_between_chunks() {
    chunks_of(Some(2000)).run(|peer| {
        let (id, chunks) = between_chunks(peer);
        peer.connection.outgoing(id).unwrap().abort();
        peer.session("B").close();
        assert_eq!(peer.events(), ["file failed: aborted"]);
        assert_eq!(peer.sent_lines(), ["SEND 1-0/9000 #"]);
        assert_eq!(peer.events(), ["B closed"]);
        for chunk in chunks {
            peer.feed(Frame::response(&chunk, "200 OK"));
        }
        peer.assert_silent();
    });
}

#[test]
fn aborting_in_a_chunk() {
    chunks_of(None).run(|peer| {
        let (id, out) = in_chunk(peer);
        peer.connection.outgoing(id).unwrap().abort();
        let sent = peer.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].line(), format!("SEND 1-*/90000 [{out}] #"));
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        assert_eq!(peer.sent_lines(), [""; 0]);
        peer.session("B").close();
        assert_eq!(peer.events().last().unwrap(), "B closed");
    });
}

/// The receiver aborts.
#[test]
fn refused_in_a_chunk() {
    chunks_of(None).run(|peer| {
        let (_, out) = in_chunk(peer);
        peer.events();
        let chunk = peer.unfinished().unwrap().id();
        peer.feed(Frame::response(&chunk, "413 Stop"));
        assert_eq!(peer.events(), ["file failed: refused with 413"]);
        assert_eq!(peer.sent_lines(), [format!("SEND 1-*/90000 [{out}] #")]);
        peer.assert_silent();
        // It was the one message, and is over.
        peer.session("B").close();
        assert_eq!(peer.events(), ["B closed"]);
    });
}

/// An offer with port 0 comes: the message ends with the next octets handed out, whenever the answer leaves.
#[test]
fn called_off_in_a_chunk() {
    chunks_of(None).run(|peer| {
        let (id, out) = in_chunk(peer);
        peer.connection.outgoing(id).unwrap().abort();
        peer.session("B").close();
        let sent = peer.sent_in_a_buffer();
        assert_eq!(sent[0].flag, Some(ContinuationFlag::Aborted));
        assert_eq!(sent[0].body.len(), out);
        assert_eq!(peer.events().last().unwrap(), "B closed");
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

/// A new file-transfer-id with the URIs as they are: the transfer starts again (RFC 5547 §8.1).
#[test]
fn starting_again() {
    chunks_of(Some(2000)).run(|peer| {
        let (id, chunks) = between_chunks(peer);
        let refused = peer.session("B").send(text("again")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::SingleMessage);
        peer.connection.outgoing(id).unwrap().abort();
        peer.session("B").allow_next_message();
        peer.send("again", text("fgh"));
        for chunk in chunks {
            peer.feed(Frame::response(&chunk, "200 OK"));
        }
        let sent = peer.sent();
        let mut lines: Vec<_> = sent.iter().map(|frame| frame.line()).collect();
        lines.sort();
        assert_eq!(lines, ["SEND 1-0/9000 #", "SEND 1-3/3 fgh $"]);
        for frame in sent {
            peer.feed(Frame::response(&frame.id(), "200 OK"));
        }
        let events = peer.events();
        assert_eq!(events.last().unwrap(), "again completed");
        assert!(events.contains(&"file failed: aborted".into()), "{events:?}");
        // One more, and no further one.
        let refused = peer.session("B").send(text("third")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::SingleMessage);
    });
}

/// Once its last chunk is acknowledged the file has arrived, and the session should be closed.
#[test]
fn a_transfer_that_completes() {
    chunks_of(Some(4)).run(|peer| {
        peer.send("file", text("0123456789"));
        let first = peer.sent();
        assert_eq!(first[0].line(), "SEND 1-4/10 0123 +");
        assert_eq!(first[1].line(), "SEND 5-8/10 4567 +");
        peer.feed(Frame::response(&first[1].id(), "200 OK"));
        let last = peer.sent();
        assert_eq!(last[0].line(), "SEND 9-10/10 89 $");
        peer.feed(Frame::response(&last[0].id(), "200 OK"));
        assert!(!peer.events().contains(&"file completed".into()));
        peer.feed(Frame::response(&first[0].id(), "200 OK"));
        assert_eq!(peer.events().last().unwrap(), "file completed");
        let refused = peer.session("B").send(text("x")).unwrap_err();
        assert_eq!(refused.reason, SendErrorReason::SingleMessage);
        peer.session("B").close();
        assert_eq!(peer.events(), ["B closed"]);
        assert_eq!(peer.sent_lines(), [""; 0]);
    });
}

const FILE: &[u8] = b"0123456789";

/// What is handed over is the whole message, whatever part of a file it is.
#[test]
fn a_part_of_a_file_counts_from_one() {
    setup().run(|peer| {
        peer.send("part", text(&FILE[2..6]));
        assert_eq!(peer.sent_lines(), ["SEND 1-4/4 2345 $"]);
    });
    setup().run(|peer| {
        peer.send("whole", text(FILE));
        assert_eq!(peer.sent_lines(), ["SEND 1-10/10 0123456789 $"]);
    });
    // Streamed, the connection asks for octets from 0 on; and takes no more than there are.
    setup().run(|peer| {
        let id = peer.send("part", text(Body::streamed(Some(4))));
        assert_eq!(peer.events().last().unwrap(), "part wanted 0");
        let mut outgoing = peer.connection.outgoing(id).unwrap();
        assert!(outgoing.write(&FILE[2..7]).is_err());
        outgoing.write(&FILE[2..6]).unwrap();
        assert_eq!(peer.sent_lines(), ["SEND 1-4/4 2345 $"]);
    });
}
