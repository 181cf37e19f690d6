//! Relays that mean no good, or do not know better: few requests, one outcome.

use std::time::Duration;

use msrp_proto::wire::digest::Challenge;
use msrp_proto::{Config, RelayConfig, UriParameter};

use crate::frame::Frame;
use crate::peer::{Peer, Sent};
use crate::relay_side::*;

/// Asks, and has every AUTH answered the same way, the first one too. How many there were, and what was told.
fn against(config: RelayConfig, mut answer: impl FnMut(&Sent, usize) -> Frame) -> (usize, String) {
    let mut peer = peer();
    against_of(&mut peer, config, &mut answer)
}

fn against_of(
    peer: &mut Peer,
    config: RelayConfig,
    answer: &mut dyn FnMut(&Sent, usize) -> Frame,
) -> (usize, String) {
    peer.authorize("R", config);
    for asked in 0..20 {
        let sent = peer.sent();
        let [sent] = &sent[..] else {
            assert!(sent.is_empty(), "one at a time");
            let mut events = peer.events();
            assert_eq!(events.len(), 1, "{events:?}");
            peer.wait(Duration::from_secs(60));
            peer.assert_silent();
            return (asked, events.pop().unwrap());
        };
        assert_eq!(peer.events(), [""; 0]);
        peer.feed(answer(sent, asked));
    }
    panic!("it never ends");
}

/// The nonce is another one each time.
fn looped(config: RelayConfig, stale: bool) -> (usize, String) {
    against(config, |sent, asked| {
        let challenge = Challenge::new("x", &format!("n{asked}"))
            .unwrap()
            .with_stale(stale);
        unauthorized(sent, &challenge.to_string())
    })
}

#[test]
fn challenges_without_end() {
    let refused = "R failed: the credentials were refused";
    let fallback = || config().uri_parameter(UriParameter::Fallback);
    assert_eq!(looped(config(), false), (2, refused.into()));
    assert_eq!(looped(config(), true), (3, refused.into()));
    assert_eq!(looped(fallback(), false), (3, refused.into()));
    assert_eq!(looped(fallback(), true), (3, refused.into()));
    // Whatever it mixes.
    for mask in 0..64_u32 {
        let (count, told) = against(fallback().expires(Duration::from_secs(10)), |sent, asked| {
            let challenge = Challenge::new("x", &format!("n{asked}")).unwrap();
            match mask >> (2 * (asked % 3)) & 3 {
                0 => unauthorized(sent, &challenge.to_string()),
                1 => unauthorized(sent, &challenge.with_stale(true).to_string()),
                2 => response(sent, "423").header("Min-Expires", &(60 + asked).to_string()),
                _ => unauthorized(sent, &Challenge::new("y", "n").unwrap().to_string()),
            }
        });
        assert!(count <= 5, "{count} for {mask}");
        assert!(
            [refused, "R failed: no agreement about the lifetime"].contains(&&*told),
            "{told}"
        );
    }
}

/// With a nonce from before, there is one more.
#[test]
fn challenges_without_end_with_a_nonce_from_before() {
    let mut peer = peer();
    peer.authorize("R0", config2());
    let sent = auth(&mut peer);
    peer.feed(unauthorized(&sent, &challenge("x", "old")));
    let sent = auth(&mut peer);
    peer.feed(granted(&sent, U1));
    peer.events();
    let stale = |asked: usize| {
        Challenge::new("x", &format!("n{asked}"))
            .unwrap()
            .with_stale(true)
    };
    let (count, told) = against_of(&mut peer, config(), &mut |sent, asked| {
        unauthorized(sent, &stale(asked).to_string())
    });
    assert_eq!((count, &*told), (3, "R failed: the credentials were refused"));
}

#[test]
fn challenges_that_are_none() {
    let long = format!("Digest realm=\"x\", qop=\"auth\", nonce=\"{}\"", "n".repeat(3000));
    for value in [
        "",
        "Digest",
        "Digest ",
        "Digest realm",
        "Digest realm=\"x",
        "Digest realm=\"x\", qop=\"auth\"",
        "Digest qop=\"auth\", nonce=\"n\"",
        "Digest realm=\"x\", realm=\"y\", qop=\"auth\", nonce=\"n\"",
        "Digest realm=\"x\" qop=\"auth\" nonce=\"n\"",
        "Digest realm=\"x\", qop=\"auth\", nonce=\"n\\q\"",
        "realm=\"x\", qop=\"auth\", nonce=\"n\"",
    ] {
        let (count, told) = against(config(), |sent, _| unauthorized(sent, value));
        assert_eq!(count, 1, "{value}");
        assert!(
            told.starts_with("R failed: the challenge cannot be answered: "),
            "{value}: {told}"
        );
    }
    let (count, told) = against(config(), |sent, _| response(sent, "401"));
    assert_eq!(
        (count, &*told),
        (
            1,
            "R failed: the challenge cannot be answered: malformed challenge"
        )
    );
    // A long one is a challenge.
    let (count, told) = against(config(), |sent, asked| match asked {
        0 => unauthorized(sent, &long),
        _ => granted(sent, U1),
    });
    assert_eq!((count, told), (2, format!("R authorized {U1}")));
    // Octets that are no text.
    let mut peer = peer();
    peer.authorize("R", config());
    let sent = auth(&mut peer);
    let mut octets = unauthorized(&sent, &challenge("x", "@")).octets();
    let at = octets.windows(3).position(|three| three == b"\"@\"").unwrap();
    octets[at + 1] = 0xff;
    peer.feed(octets);
    assert_eq!(
        peer.events(),
        ["R failed: the challenge cannot be answered: malformed challenge"]
    );
}

/// What could be taken for more headers or another request is none by the time it is written.
#[test]
fn nothing_is_put_into_the_request() {
    let quoted = "a\\\"b, nc=00000009";
    let mut peer = peer();
    peer.authorize("R", config());
    let sent = auth(&mut peer);
    peer.feed(unauthorized(
        &sent,
        &format!("Digest realm=\"{quoted}\", qop=\"auth\", nonce=\"{quoted}\", opaque=\"{quoted}\""),
    ));
    let sent = auth(&mut peer);
    assert_by_alice(&sent, "a\"b, nc=00000009", "a\"b, nc=00000009", 1);
    let names: Vec<_> = sent
        .head
        .headers()
        .map(|(name, _)| name.escape_ascii().to_string())
        .collect();
    assert_eq!(names, ["To-Path", "From-Path", "Authorization"]);
}

/// A Use-Path without end does not even fit into a head.
#[test]
fn a_use_path_of_a_thousand_uris() {
    let path = vec![U1; 1000].join(" ");
    let mut peer = peer();
    peer.authorize("R", config());
    let sent = auth(&mut peer);
    peer.feed(granted(&sent, &path));
    assert_eq!(peer.events(), [""; 0]);
    peer.wait(Duration::from_secs(30));
    assert_eq!(peer.events(), ["R failed: timed out"]);
}

/// What is no MSRP is the end of the connection, and of the path with it.
#[test]
fn a_relay_that_speaks_something_else() {
    run(|peer| {
        peer.authorize("R", config());
        auth(peer);
        peer.feed(&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]);
        let events = peer.events();
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!(events[0], "R failed: the connection ended");
        assert!(events[1].starts_with("lost: "));
    });
}

/// Responses to what was never asked, and requests as if this were a relay.
#[test]
fn what_was_not_asked() {
    run(|peer| {
        peer.authorize("R", config());
        let sent = auth(peer);
        for id in ["aaaa", "bbbb", "zzzzzzzzzzzzzzzzzzzz"] {
            peer.feed(
                Frame::response(id, "200 OK")
                    .to(OWN)
                    .from(INTRA)
                    .header("Use-Path", U2),
            );
        }
        peer.feed(Frame::new("t001", "AUTH").to(OWN).from(INTRA));
        assert_eq!(peer.sent_lines(), ["t001 481"]);
        assert_eq!(peer.events(), [""; 0]);
        peer.feed(granted(&sent, U1));
        assert_eq!(peer.events(), [format!("R authorized {U1}")]);
        peer.open("B", session(OWN, msrp_proto::Role::Passive, U1));
        peer.feed(Frame::new("t002", "AUTH").to(OWN).from(INTRA));
        assert_eq!(peer.sent_lines(), ["t002 501"]);
    });
}

/// Of many relays, the nonces of some are forgotten: nothing worse comes of it than another challenge.
#[test]
fn not_all_nonces_are_kept() {
    let setup = setup().config(|config: Config| config.max_sessions(1000));
    let mut peer = setup.peer(crate::peer::Cut::Whole);
    let relay = |at: usize| uri(&format!("msrps://relay{at}.example.com;tcp"));
    let path = |at: usize| format!("msrps://relay.example.com:1/u{at};tcp");
    let mut used = 0;
    for at in 0..300 {
        peer.authorize(
            "R",
            RelayConfig::new(uri(OWN), relay(at % 150)).credentials(alice()),
        );
        let mut sent = auth(&mut peer);
        used += usize::from(authorization(&sent).is_some());
        if authorization(&sent).is_none() {
            peer.feed(unauthorized(&sent, &challenge("x", "n")));
            sent = auth(&mut peer);
        }
        peer.feed(granted(&sent, &path(at)));
        assert_eq!(peer.events(), [format!("R authorized {}", path(at))]);
    }
    assert!((1..=64).contains(&used), "{used}");
}

/// Each octet of a 401 and of a 200, replaced: there is one outcome, soon, and nothing panics.
#[test]
fn damaged_responses() {
    let info = "rspauth=\"cc9450e3086fdbde5061198e1b2af3a8\", nextnonce=\"m\", qop=auth";
    let (mut good, mut bad) = (0, 0);
    for at in 0..600 {
        for octet in [0, b'"', b',', b' ', b'\r', b'9', 0xff] {
            let mut peer = peer();
            peer.authorize("R", config());
            let mut asked = 0;
            while let [sent] = &peer.sent()[..] {
                asked += 1;
                assert!(asked <= 3, "octet {octet} at {at}");
                let frame = match (at < 300, asked) {
                    (true, 1) => unauthorized(sent, &challenge("intra.example.com", "dcd98b7102dd")),
                    (true, _) => granted(sent, U1).header("Expires", "900"),
                    (false, _) => granted(sent, U1)
                        .header("Expires", "900")
                        .header("Authentication-Info", info),
                };
                let mut octets = frame.octets();
                if asked == 1
                    && let Some(damaged) = octets.get_mut(at % 300)
                {
                    *damaged = octet;
                }
                peer.feed(octets);
            }
            peer.wait(Duration::from_secs(60));
            assert_eq!(peer.sent_lines(), [""; 0]);
            let events = peer.events();
            let of_path = |what: &str| events.iter().filter(|event| event.starts_with(what)).count();
            assert_eq!(of_path("R authorized ") + of_path("R failed: "), 1, "{events:?}");
            let is_good = of_path("R authorized ") == 1;
            assert_eq!(peer.connection.relay(peer.relay_id("R")).is_some(), is_good);
            good += u32::from(is_good);
            bad += u32::from(!is_good);
        }
    }
    assert!(good > 500 && bad > 500, "{good} {bad}");
}
