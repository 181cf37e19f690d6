//! Line 1: what comes out is a function of configuration, link, seed and the sequence of calls.

use msrp_proto::{Config, Link, Message, Role, Seed};

use crate::bench::{read, text, with_seed};
use crate::ops;
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
