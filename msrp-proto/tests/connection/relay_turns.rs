//! When an AUTH leaves, and what waits for it.

use std::time::Duration;

use crate::frame::Frame;
use crate::relay_side::*;

/// Shows: RELAY-5.1-18.
#[test]
fn one_auth_at_a_time() {
    let ends: [fn(&mut crate::peer::Peer, &crate::peer::Sent); 4] = [
        |peer, sent| peer.feed(granted(sent, U1)),
        |peer, sent| peer.feed(response(sent, "403 Forbidden")),
        |peer, _| peer.wait(Duration::from_secs(30)),
        |peer, sent| {
            // Who was challenged keeps its turn.
            peer.feed(unauthorized(sent, &challenge("x", "n")));
            let sent = auth(peer);
            assert_eq!(sent.header("From-Path"), OWN);
            assert_eq!(peer.sent_lines(), [""; 0]);
            peer.feed(granted(&sent, U1));
        },
    ];
    for end in ends {
        run(|peer| {
            peer.authorize("R", config());
            peer.authorize("R2", config2());
            let sent = auth(peer);
            assert_eq!(sent.header("From-Path"), OWN);
            peer.wait(Duration::from_secs(29));
            peer.assert_silent();
            end(peer, &sent);
            assert_eq!(peer.events().len(), 1);
            let sent = auth(peer);
            assert_eq!(sent.header("From-Path"), OWN2);
            peer.feed(granted(&sent, U2));
            assert_eq!(peer.events(), [format!("R2 authorized {U2}")]);
        });
    }
}

/// Who is given up while its AUTH is out still has its turn, until the response comes or its time is over.
#[test]
fn no_other_auth_before_the_response_to_one_given_up() {
    for answered in [true, false] {
        run(|peer| {
            peer.authorize("R", config());
            peer.authorize("R2", config2());
            let sent = auth(peer);
            peer.relay("R").release();
            assert_eq!(peer.events(), ["R failed: given up"]);
            assert_eq!(peer.sent_lines(), [""; 0]);
            if answered {
                peer.feed(granted(&sent, U1));
            } else {
                peer.wait(Duration::from_secs(30));
            }
            assert_eq!(peer.events(), [""; 0]);
            assert_eq!(auth(peer).header("From-Path"), OWN2);
        });
    }
}

/// One that waits is given up: it is never sent.
#[test]
fn given_up_before_it_is_sent() {
    run(|peer| {
        peer.authorize("R", config());
        peer.authorize("R2", config2());
        peer.relay("R").release();
        assert_eq!(peer.events(), ["R failed: given up"]);
        assert_eq!(auth(peer).header("From-Path"), OWN2);
        peer.relay("R2").release();
        assert_eq!(peer.events(), ["R2 failed: given up"]);
        peer.authorize("R3", config());
        peer.relay("R3").release();
        assert_eq!(peer.events(), ["R3 failed: given up"]);
        peer.assert_silent();
    });
}

/// Shows: RELAY-5.1-19.
#[test]
fn an_auth_without_response_times_out() {
    run(|peer| {
        peer.authorize("R", config());
        // Counted from when it is sent.
        peer.wait(Duration::from_secs(100));
        let sent = auth(peer);
        peer.wait(Duration::from_millis(29_999));
        peer.assert_silent();
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.events(), ["R failed: timed out"]);
        peer.feed(granted(&sent, U1));
        peer.assert_silent();
    });
    let setup = setup().config(|config| {
        config
            .flush_reported(true)
            .transaction_timeout(Duration::from_secs(7))
    });
    setup.run(|peer| {
        peer.authorize("R", config());
        auth(peer);
        peer.wait(Duration::from_secs(60));
        peer.connection.handle_flushed(peer.now);
        peer.wait(Duration::from_millis(6_999));
        peer.assert_silent();
        peer.wait(Duration::from_millis(1));
        assert_eq!(peer.events(), ["R failed: timed out"]);
    });
}

/// An AUTH does not wait until a peer that sends without end has all its answers.
#[test]
fn an_auth_does_not_wait_for_all_answers() {
    run(|peer| {
        open(peer);
        peer.authorize("R2", config2());
        let mut octets = 0;
        for at in 0..2000 {
            let buffer = |peer: &mut crate::peer::Peer| {
                for chunk in 0..200 {
                    let id = format!("t{at}x{chunk}");
                    peer.feed(Frame::text(&id, &id, "x").to(OWN).from(U1));
                }
                peer.events();
                peer.sent_in_a_buffer()
            };
            let sent = buffer(peer);
            if sent.iter().any(|sent| sent.line() == "AUTH  $") {
                return;
            }
            octets += 16 * 1024;
            assert!(octets < 100_000, "nothing but answers");
        }
    });
}

/// A long message gives way to an AUTH as to whatever else is short.
#[test]
fn an_auth_does_not_wait_for_bulk() {
    setup().config(|config| config.chunk_limit(None)).run(|peer| {
        open(peer);
        peer.send("bulk", crate::peer::text(vec![b'x'; 500_000]));
        for _ in 0..2 {
            assert_eq!(peer.sent_in_a_buffer().len(), 0, "a long chunk is open");
        }
        peer.authorize("R2", config2());
        let sent = peer.sent_in_a_buffer();
        assert!(sent[0].line().ends_with('+'), "{}", sent[0].line());
        assert_eq!(
            (sent[1].line(), sent[1].header("From-Path")),
            ("AUTH  $".into(), OWN2)
        );
    });
}
