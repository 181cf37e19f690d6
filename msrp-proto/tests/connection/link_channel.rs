//! What is special about data channels (RFC 8873).

use msrp_proto::{AcceptErrorReason, Link, OpenErrorReason, Refusal, Role, SessionConfig, Terms};

use crate::frame::Frame;
use crate::peer::{Peer, Setup, text};

const OWN: &str = "msrps://192.0.2.7:9/own1;dc";
const NEXT: &str = "msrps://192.0.2.7:9/own2;dc";
const PEER: &str = "msrps://[2001:db8::3]:54111/si438dsaodes;dc";

fn session(local: &str, role: Role, remote: &str) -> SessionConfig {
    SessionConfig::new(local.parse().unwrap(), role, Terms::new(remote.parse().unwrap()))
}

fn channel() -> Setup {
    let session = session(OWN, Role::Passive, PEER);
    Setup::new().link(Link::data_channel(65_536)).session(session)
}

fn frame(id: &str, message: &str) -> Frame {
    Frame::text(id, message, "hello").to(OWN).from(PEER)
}

fn whole(setup: &Setup) -> Peer {
    setup.peer(crate::peer::Cut::Whole)
}

/// Shows: DC-4.4-05.
#[test]
fn paths_name_and_do_not_lead() {
    let mut peer = whole(&channel());
    peer.feed(frame("aaaa", "m1"));
    assert_eq!(peer.sent_lines(), ["aaaa 200"]);
    assert_eq!(peer.events().last().unwrap(), "m1 finished 5");
    for other in [
        "msrps://192.0.2.7:9/other;dc",
        "msrps://192.0.2.8:9/own1;dc",
        "msrps://192.0.2.7:10/own1;dc",
        "msrps://192.0.2.7:9/own1;tcp",
        "msrp://192.0.2.7:9/own1;dc",
    ] {
        peer.feed(frame("bbbb", "m2").to(other));
        assert_eq!(peer.sent_lines(), ["bbbb 481"], "{other}");
        peer.feed(Frame::bodiless("cccc").to(other).from(PEER));
        assert_eq!(peer.sent_lines(), ["cccc 481"], "{other}");
    }
    assert_eq!(peer.events(), [""; 0]);

    // A name, an address, what resolves to nothing, and what would be connected to if it were for TCP.
    for remote in [
        PEER,
        "msrps://b.example.com:2855/s;dc",
        "msrps://abc.invalid:9/s;dc",
        "msrps://b.example.com/s;dc",
        "msrps://b.example.com:2855/s;tcp",
        "msrps://relay.example.com:2855/r;tcp msrps://b.example.com:9000/s;tcp",
        "msrps://relay.example.com:2855/r;ws msrps://b.example.com:9000/s;dc",
    ] {
        for role in [Role::Active, Role::Passive] {
            for own in [OWN, "msrps://192.0.2.7:9/own1;DC"] {
                assert_eq!(session(own, role, remote).target(), Ok(None), "{remote}");
            }
        }
    }
    // By the own URI, that is.
    let tcp = session(
        "msrps://a.example.com:9/own1;tcp",
        Role::Active,
        "msrps://b:9/s;tcp",
    );
    assert!(tcp.target().unwrap().is_some());
}

#[test]
fn one_session_at_a_time() {
    let busy = |peer: &mut Peer, local: &str| {
        let next = session(local, Role::Passive, PEER);
        let error = peer.connection.open(next.clone()).unwrap_err();
        assert_eq!(
            (error.reason, *error.session),
            (OpenErrorReason::ChannelBusy, next)
        );
    };
    let ends: [fn(&mut Peer); 2] = [|peer| peer.session("B").close(), |peer| peer.session("B").abort()];
    for end in ends {
        let mut peer = whole(&channel());
        busy(&mut peer, NEXT);
        busy(&mut peer, OWN);
        end(&mut peer);
        peer.events();
        peer.open("next", session(NEXT, Role::Passive, PEER));
        busy(&mut peer, OWN);
        peer.feed(frame("aaaa", "m1").to(NEXT));
        assert_eq!(peer.sent_lines(), ["aaaa 200"]);
    }
    // Streams and WebSockets carry any number.
    for link in [Link::tls(), Link::websocket(4096)] {
        let mut peer = whole(&Setup::new().link(link).session(session(OWN, Role::Passive, PEER)));
        peer.open("next", session(NEXT, Role::Passive, PEER));
    }
}

/// A session that was asked for is one more, too.
#[test]
fn nor_is_another_accepted() {
    let asking = channel().config(|config| config.session_requests(true));
    let mut peer = whole(&asking);
    peer.feed(frame("aaaa", "m1").to(NEXT));
    let request = peer.request();
    let next = session(NEXT, Role::Passive, PEER);
    let error = peer.connection.accept(request, next).unwrap_err();
    assert_eq!(
        error.reason,
        AcceptErrorReason::Open(OpenErrorReason::ChannelBusy)
    );
    peer.connection.refuse(*error.request, Refusal::NO_SESSION);
    assert_eq!(peer.sent_lines(), ["aaaa 481"]);
    peer.feed(frame("bbbb", "m2"));
    assert_eq!(peer.sent_lines(), ["bbbb 200"]);
}

/// A file is complete, its session closed: the channel takes the next file (RFC 8873 §5.6).
#[test]
fn one_file_after_the_other() {
    let file = |own| session(own, Role::Active, PEER).single_message(true);
    let mut peer = whole(&Setup::new().link(Link::data_channel(65_536)).session(file(OWN)));
    for own in [OWN, NEXT] {
        if own == NEXT {
            peer.open("B", file(NEXT));
        }
        peer.send("file", text("hello"));
        let sent = peer.sent();
        assert_eq!(sent[0].line(), "SEND 1-5/5 hello $");
        assert_eq!(
            (sent[0].header("From-Path"), sent[0].header("To-Path")),
            (own, PEER)
        );
        let answer = Frame::response(&sent[0].id(), "200 OK").to(own).from(PEER);
        peer.feed(answer);
        assert_eq!(peer.events().last().unwrap(), "file completed");
        let another = peer.connection.open(file("msrps://192.0.2.7:9/own3;dc"));
        assert_eq!(another.unwrap_err().reason, OpenErrorReason::ChannelBusy);
        peer.session("B").close();
        assert_eq!(peer.events(), ["B closed"]);
    }
}
