//! Line 1: what comes out is a function of configuration, link, seed and the sequence of calls.

use msrp_proto::test_util::epoch;
use msrp_proto::{Config, Connection, Credentials, Link, Message, RelayConfig, Role, Seed};

use crate::bench::{read, text, with_seed};
use crate::ops;
use crate::ops::shared::frames;
use crate::ops::shared::random::Random;

#[test]
fn equal_calls_give_equal_events_and_octets() {
    let mut random = Random(1);
    let (mut entries, mut octets) = (0, 0);
    for round in 0..130 {
        let len = 100 + random.below(3000);
        let script = random.octets(len);
        let link = match round % 4 {
            0 => ops::MESSAGE_LINKS[round / 4 % 3],
            _ => Link::tcp(),
        };
        let first = ops::single(link, &script, Seed::new([1; 32]));
        let second = ops::single(link, &script, Seed::new([1; 32]));
        assert!(first == second, "equal calls gave something else");
        entries += first.0.0.len();
        octets += first.1.len();
    }
    assert!(
        entries > 1000 && octets > 1_000_000,
        "{entries} {octets}: these scripts do little"
    );
}

#[test]
fn another_seed_gives_other_identifiers_and_nothing_else() {
    let run = |seed| {
        let (mut bench, session) = with_seed(Config::default(), Role::Active, [seed; 32]);
        for len in [10, 5000, 40] {
            bench
                .send(session, Message::new(text(), vec![b'x'; len]))
                .expect("room");
        }
        bench.transmit(bench.now)
    };
    let (first, second) = (read(&run(1)), read(&run(2)));
    assert_eq!((first.len(), second.len()), (5, 5));
    for (first, second) in first.iter().zip(&second) {
        assert_ne!(first.tid, second.tid);
        assert_ne!(first.id, second.id);
        assert_eq!(
            (first.range, first.body, first.flag),
            (second.range, second.body, second.flag)
        );
    }
}

/// What is asked of relays has nonces of the client, which are drawn like identifiers.
#[test]
fn asking_relays_draws_from_the_seed() {
    let run = |seed| {
        let config = std::sync::Arc::new(Config::default());
        let mut connection = Connection::new(config, Link::tls(), epoch(), Seed::new([seed; 32]));
        let own = "msrps://a.example.com:1/own;tcp".parse().expect("a URI");
        let relay = "msrps://r.example.com;tcp".parse().expect("a URI");
        let credentials = Credentials::new("alice", "wonderland").expect("credentials");
        connection
            .authorize(RelayConfig::new(own, relay).credentials(credentials))
            .expect("a protected link");
        let first = connection.poll_transmit(epoch()).expect("an AUTH");
        let head = "To-Path: msrps://a.example.com:1/own;tcp\r\nFrom-Path: msrps://r.example.com;tcp\r\n\
                    WWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n\"\r\n";
        let challenge = frames::frame(&read(&first)[0].tid, "401", head, None, '$');
        connection.handle_input(epoch(), challenge.into());
        let second = connection.poll_transmit(epoch()).expect("an AUTH");
        (first, second)
    };
    assert_eq!(run(1), run(1));
    let (one, other) = (run(1), run(2));
    let cnonce = |octets: &[u8]| {
        let text = String::from_utf8(octets.to_vec()).expect("a text");
        let (_, behind) = text.split_once("cnonce=\"").expect("a cnonce");
        behind.split_once('"').expect("its end").0.to_owned()
    };
    assert_ne!(cnonce(&one.1), cnonce(&other.1));
    assert_ne!(read(&one.0)[0].tid, read(&other.0)[0].tid);
    assert_eq!((one.0.len(), one.1.len()), (other.0.len(), other.1.len()));
}
