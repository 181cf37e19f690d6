//! What arrives over WebSocket and data channels: a message that is not one frame costs itself alone.

use std::time::Duration;

use msrp_proto::wire::DecodeError;
use msrp_proto::{Config, ConnectionError, Event, Link, Unframed};

use crate::frame::{B2, Frame};
use crate::peer::{Cut, Peer, Setup, passive};

/// Runs a test over both kinds of link, with the session bound.
fn run(config: fn(Config) -> Config, mut test: impl FnMut(&mut Peer)) {
    for link in [Link::websocket(65_536), Link::data_channel(65_536)] {
        let mut peer = Setup::new().config(config).link(link).peer(Cut::Whole);
        peer.bind();
        test(&mut peer);
    }
}

fn same(config: Config) -> Config {
    config
}

/// A message of the transport arrives, and these events come of it.
fn assert_told(peer: &mut Peer, octets: Vec<u8>, events: &[&str]) {
    peer.feed_anyway(octets);
    assert_eq!(peer.events(), events);
}

/// The next message is read as if nothing had been before it.
fn assert_unharmed(peer: &mut Peer) {
    assert_eq!(peer.sent_lines(), [""; 0]);
    peer.feed(Frame::text("next", "next", "hello"));
    assert_eq!(
        peer.events(),
        ["next started", "next data 0 hello", "next finished 5"]
    );
    assert_eq!(peer.sent_lines(), ["next 200"]);
}

/// Shows: WS-4.2-01.
#[test]
fn text_and_binary_are_octets() {
    run(same, |peer| {
        // The text of one message, and the octets of another, which are no text.
        let text = String::from_utf8(Frame::text("tran", "m1", "grüß").octets()).unwrap();
        let started = ["m1 started", "m1 data 0 gr\\xc3\\xbc\\xc3\\x9f", "m1 finished 6"];
        peer.feed(text.clone());
        assert_eq!(peer.events(), started);
        peer.feed(text.into_bytes());
        assert_eq!(peer.events(), [&["m1 started duplicate"], &started[1..]].concat());
        peer.feed(Frame::text("tran", "m2", b"a\xff\x00b"));
        assert_eq!(
            peer.events(),
            ["m2 started", "m2 data 0 a\\xff\\x00b", "m2 finished 4"]
        );
    });
}

/// Shows: WS-5.1-02, DC-5.4-02.
#[test]
fn anything_but_one_frame_is_told_and_costs_itself() {
    run(same, |peer| {
        let [one, two] = ["m1", "m2"].map(|id| Frame::text("tran", id, "hello").octets());
        let start = ["m1 started", "m1 data 0 hello"];
        assert_told(peer, vec![], &["Unframed(Empty)"]);
        assert_unharmed_by(peer, &[]);

        // Half a frame: in its body, its end-line, its head, its start line.
        let half = |len: usize| one[..one.len() - len].to_vec();
        assert_told(peer, half(20), &["m1 started", "m1 data 0 h", "Unframed(Cut)"]);
        assert_unharmed_by(peer, &[]);
        assert_told(peer, half(1), &["m1 data 0 hello (seen 1)", "Unframed(Cut)"]);
        assert_unharmed_by(peer, &[]);
        assert_told(peer, one[..150].to_vec(), &["Unframed(Cut)"]);
        assert_unharmed_by(peer, &[]);
        assert_told(peer, one[..8].to_vec(), &["Unframed(Cut)"]);
        assert_unharmed_by(peer, &[]);
        // The other half is no frame, nor does it go on with the first.
        assert_told(peer, one[8..].to_vec(), &["Unframed(Illegal(StartLine))"]);
        assert_unharmed_by(peer, &[]);

        // Something behind a frame, which counts.
        for behind in [&two[..], b"\r\n", b"x", &two[..30]] {
            let mut peer = Setup::new().link(Link::websocket(4096)).peer(Cut::Whole);
            peer.bind();
            let both = [&one[..], behind].concat();
            assert_told(
                &mut peer,
                both,
                &[start[0], start[1], "m1 finished 5", "Unframed(Surplus)"],
            );
            assert_unharmed_by(&mut peer, &["tran 200"]);
        }
        // Something before it, and nothing at all.
        for message in [[b"\r\n", &one[..]].concat(), b"\r\n".to_vec(), b"x".to_vec()] {
            assert_told(peer, message, &["Unframed(Illegal(StartLine))"]);
            assert_unharmed_by(peer, &[]);
        }
    });
}

/// What is sent because of the message before, and that the next one is read as if it had not been.
fn assert_unharmed_by(peer: &mut Peer, sent: &[&str]) {
    assert_eq!(peer.sent_lines(), sent);
    peer.feed(Frame::text("next", "next", "hello"));
    let events = peer.events();
    assert!(events[0].starts_with("next started"), "{events:?}");
    assert_eq!(events[1..], ["next data 0 hello", "next finished 5"]);
    assert_eq!(peer.sent_lines(), ["next 200"]);
}

/// What loses a stream does not lose a connection whose transport tells where the next frame begins.
#[test]
fn what_is_not_msrp_costs_itself() {
    run(same, |peer| {
        for junk in ["GET / HTTP/1.1\r\n\r\n", "MSRP x\r\n", "MSRP !!!! SEND\r\n\r\n"] {
            peer.feed(junk);
            let Some(Event::Unframed(why)) = peer.connection.poll_event() else {
                panic!("{junk} is no frame");
            };
            assert_eq!(why, Unframed::Illegal(DecodeError::StartLine));
        }
        peer.feed("MSRP ".to_owned() + &"x".repeat(20_000));
        assert_eq!(peer.events(), ["Unframed(Illegal(StartLineTooLong))"]);
        peer.feed(Frame::new("tran", "NICKNAME").typed("a/b").body([b'x'; 20_000]));
        assert_eq!(peer.events(), ["Unframed(Illegal(BodyTooLong))"]);
        // A head that is wrong is a frame all the same.
        peer.feed(Frame::text("tran", "m1", "hello").header("Byte-Range", "x"));
        assert_eq!(peer.events(), [""; 0]);
        assert_eq!(peer.sent_lines(), ["tran 400"]);
        assert_unharmed(peer);
    });
}

/// A chunk that is cut off is not answered, and its message goes on with the next one that is whole.
#[test]
fn a_chunk_that_is_cut_off_can_be_sent_again() {
    let config = |config: Config| config.incomplete_timeout(Duration::from_secs(60));
    run(config, |peer| {
        let chunk = |id, range, body: &str| Frame::chunk(id, "m1", range, body);
        let [front, _] = chunk("aaaa", "1-5/10", "hello").continued().split_in_body(3);
        assert_told(peer, front, &["m1 started", "m1 data 0 hel", "Unframed(Cut)"]);
        // Other messages of the session come in between.
        assert_unharmed(peer);
        peer.feed(chunk("bbbb", "6-10/10", "world"));
        assert_eq!(peer.events(), ["m1 data 5 world"]);
        peer.feed(chunk("cccc", "1-5/10", "hello").continued());
        assert_eq!(peer.events(), ["m1 data 0 hello (seen 3)", "m1 finished 10"]);
        assert_eq!(peer.sent_lines(), ["bbbb 200", "cccc 200"]);

        // Or it is given up.
        let [front, _] = Frame::text("dddd", "m2", "hello").split_in_body(3);
        assert_told(peer, front, &["m2 started", "m2 data 0 hel", "Unframed(Cut)"]);
        peer.wait(Duration::from_secs(59));
        peer.assert_silent();
        peer.wait(Duration::from_secs(1));
        assert_eq!(peer.events(), ["m2 aborted: nothing arrived for too long"]);
        assert_unharmed_by(peer, &[]);
    });
}

/// What is cut off in one session is nothing to another, nor is its end to a message that is whole. A data channel
/// has no other.
#[test]
fn other_sessions_do_not_suffer() {
    let mut peer = Setup::new().link(Link::websocket(65_536)).peer(Cut::Whole);
    peer.bind();
    peer.open("B2", passive(B2));
    let [front, rest] = Frame::text("tran", "m1", "hello").split_in_body(2);
    peer.feed(front);
    peer.feed(Frame::text("tran", "m2", "other").to(B2));
    peer.feed(rest);
    assert_eq!(
        peer.events(),
        [
            "m1 started",
            "m1 data 0 he",
            "Unframed(Cut)",
            "B2 bound",
            "B2/m2 started",
            "B2/m2 data 0 other",
            "B2/m2 finished 5",
            "Unframed(Illegal(StartLine))"
        ]
    );
    assert_eq!(peer.sent_lines(), ["tran 200"]);
    // A refused one has no answer either, when its end has not come.
    let unknown = Frame::text("tran", "m3", "hello").to("msrp://b.example.com/no;tcp");
    let mut unknown = unknown.octets();
    unknown.truncate(unknown.len() - 3);
    peer.feed(unknown);
    assert_eq!(peer.events(), ["Unframed(Cut)"]);
    peer.assert_silent();
}

/// Input that waits keeps its boundaries, and an empty message is not kept for nothing.
#[test]
fn held_messages_stay_apart() {
    let config = |config: Config| config.max_events(1).max_held(2000);
    run(config, |peer| {
        let [one, two] = ["m1", "m2"].map(|id| Frame::text("tran", id, "hello").octets());
        peer.feed_anyway(one.clone());
        assert!(!peer.connection.wants_input());
        let [front, rest] = Frame::text("tran", "m3", "hello").split_in_body(2);
        for message in [front, two, rest, vec![], one] {
            peer.feed_anyway(message);
        }
        assert_eq!(
            peer.events(),
            [
                "m1 started",
                "m1 data 0 hello",
                "m1 finished 5",
                "m3 started",
                "m3 data 0 he",
                "Unframed(Cut)",
                "m2 started",
                "m2 data 0 hello",
                "m2 finished 5",
                "Unframed(Illegal(StartLine))",
                "Unframed(Empty)",
                "m1 started duplicate",
                "m1 data 0 hello",
                "m1 finished 5"
            ]
        );
        assert_eq!(peer.sent_lines(), ["tran 200"; 3]);

        for _ in 0..2002 {
            peer.feed_anyway("");
        }
        let mut last = None;
        let mut told = 0;
        while let Some(event) = peer.connection.poll_event() {
            told += usize::from(matches!(event, Event::Unframed(_)));
            last = Some(event);
        }
        let overflow = ConnectionError::InputOverflow;
        assert!(matches!(last, Some(Event::ConnectionLost(error)) if error == overflow));
        assert_eq!(told, 1);
    });
}

/// The transport may end at any time: between messages there is no frame that it could cut.
#[test]
fn the_end_comes_between_messages() {
    run(same, |peer| {
        let [front, _] = Frame::text("tran", "m1", "hello").split_in_body(2);
        peer.feed(front);
        peer.events();
        peer.eof();
        assert_eq!(
            peer.events(),
            [
                "m1 aborted: the connection ended",
                "B failed: the connection ended",
                "lost: the peer closed the connection"
            ]
        );
    });
}
