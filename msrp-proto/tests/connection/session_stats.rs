//! What a session has done so far.

use msrp_proto::SessionStats;

use crate::frame::{B2, Frame};
use crate::peer::{Peer, Setup, passive, run, text};

fn stats(peer: &mut Peer) -> [u64; 6] {
    let stats = peer.session("B").stats();
    [
        stats.messages_sent,
        stats.octets_sent,
        stats.reports_sent,
        stats.messages_received,
        stats.octets_received,
        stats.reports_received,
    ]
}

#[test]
fn what_is_received() {
    run(|peer| {
        peer.open("B2", passive(B2));
        assert_eq!(peer.session("B").stats(), SessionStats::default());
        peer.bind();
        assert_eq!(stats(peer), [0; 6], "a SEND without a body is no message");
        let chunk = |id, range, body, flag| Frame::chunk(id, "m001", range, body).flag(flag);
        peer.feed(chunk("t001", "1-4/8", "abcd", '+').success_report("yes"));
        assert_eq!(stats(peer), [0, 0, 0, 0, 4, 0]);
        // Two of them again.
        peer.feed(chunk("t002", "3-8/8", "cdefgh", '$'));
        assert_eq!(stats(peer), [0, 0, 0, 1, 10, 0]);
        peer.sent();
        assert_eq!(stats(peer), [0, 0, 1, 1, 10, 0]);
        // What is refused, and what becomes no message.
        peer.feed(Frame::text("t003", "m002", "bad").header("Content-Transfer-Encoding", "base64"));
        peer.feed(Frame::text("t004", "m003", "never").flag('#'));
        peer.feed(Frame::report("r001", "unknown0", "1-5/5", "000 200 OK"));
        assert_eq!(stats(peer), [0, 0, 1, 1, 15, 1]);
        assert_eq!(peer.session("B2").stats(), SessionStats::default());
    });
}

/// Whether chunks are short, or one that is gathered, or passed on uncopied.
#[test]
fn what_is_sent() {
    for (limit, len) in [(Some(2048), 5000), (None, 100), (None, 5000), (None, 100_000)] {
        let setup = Setup::new().config(|config| config.chunk_limit(limit));
        setup.run(|peer| {
            peer.bind();
            peer.send("out", text(vec![b'x'; len]).success_report(true));
            let sent = peer.sent();
            assert_eq!(stats(peer), [1, len as u64, 0, 0, 0, 0], "{limit:?}, {len}");
            let range = format!("1-{len}/{len}");
            peer.feed(Frame::report("r001", &sent[0].message_id(), &range, "000 200 OK"));
            assert_eq!(stats(peer), [1, len as u64, 0, 0, 0, 1]);
            peer.session("B").ping();
            peer.sent();
            assert_eq!(stats(peer), [1, len as u64, 0, 0, 0, 1]);
        });
    }
}
