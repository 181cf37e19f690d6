//! How long Message-IDs are remembered (ruling R-65).

use std::time::Duration;

use msrp_proto::Config;
use msrp_proto::wire::MessageId;

use crate::frame::Frame;
use crate::peer::{Peer, Setup, text};

const AGE: Duration = Duration::from_secs(100);
const MORE: Duration = Duration::from_nanos(1);

fn setup() -> Setup {
    Setup::new().config(|config| config.remember_for(AGE))
}

fn receive(peer: &mut Peer, id: &str) -> String {
    peer.feed(Frame::text("t001", id, "x"));
    peer.sent();
    let events = peer.events();
    events
        .iter()
        .find(|event| event.contains("started"))
        .unwrap()
        .clone()
}

#[test]
fn duplicates() {
    setup().run(|peer| {
        assert_eq!(receive(peer, "m001"), "m001 started");
        peer.wait(AGE);
        // Counted from when it was received first.
        assert_eq!(receive(peer, "m001"), "m001 started duplicate");
        peer.wait(MORE);
        assert_eq!(receive(peer, "m002"), "m002 started");
        assert_eq!(receive(peer, "m001"), "m001 started");
        assert_eq!(receive(peer, "m001"), "m001 started duplicate", "known again");
        assert_eq!(peer.due_in(), None, "it takes no timer");
    });
}

/// An hour by default.
#[test]
fn by_default() {
    assert_eq!(
        Config::default(),
        Config::default().remember_for(Duration::from_secs(3600))
    );
}

/// The number of them counts as before.
#[test]
fn only_so_many() {
    setup().config(|config| config.max_remembered(2)).run(|peer| {
        for id in ["m001", "m002", "m003"] {
            assert_eq!(receive(peer, id), format!("{id} started"));
        }
        assert_eq!(receive(peer, "m003"), "m003 started duplicate");
        assert_eq!(receive(peer, "m002"), "m002 started duplicate");
        assert_eq!(receive(peer, "m001"), "m001 started");
    });
}

#[test]
fn refused_ones() {
    setup().run(|peer| {
        let bad = |id| Frame::text(id, "m001", "x").header("Content-Transfer-Encoding", "base64");
        let good = |id| Frame::text(id, "m001", "x");
        peer.feed(bad("t001"));
        peer.wait(AGE);
        peer.feed(good("t002"));
        peer.wait(MORE);
        peer.feed(good("t003"));
        assert_eq!(peer.sent_lines(), ["t001 415", "t002 415", "t003 200"]);
    });
}

#[test]
fn sent_ones() {
    setup().run(|peer| {
        peer.bind();
        let message = || text("x").message_id(MessageId::new("mine").unwrap());
        peer.send("out", message());
        let sent = peer.sent();
        peer.feed(Frame::response(&sent[0].id(), "200 OK"));
        peer.events();
        let report = || Frame::report("r001", "mine", "1-1/1", "000 413 No");
        peer.wait(AGE);
        peer.feed(report());
        assert_eq!(peer.events(), ["B late mine 413"]);
        assert!(peer.session("B").send(message()).is_err());
        peer.wait(MORE);
        peer.feed(report());
        assert_eq!(peer.events(), [""; 0]);
        assert!(peer.session("B").send(message()).is_ok());
    });
}
