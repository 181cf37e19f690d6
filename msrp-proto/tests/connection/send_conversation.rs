//! A session between two (RFC 4975 §11.1).

use std::sync::Arc;

use msrp_proto::test_util::{Pair, Side};
use msrp_proto::{Event, Inbox, OutgoingEvent};

use crate::wire_out::{limit, message};

/// Shows: MSRP-11.1-01.
#[test]
fn one_message_each_way() {
    for config in [limit(2048), limit(None)] {
        let mut pair = Pair::new(&Arc::new(config));
        let [a, b] = pair.open_session();
        let mut inboxes = [Inbox::default(), Inbox::default()];
        let mut got = Vec::new();
        let mut done = 0;
        let alice = "Hi, I'm Alice!";
        pair.connection(Side::A)
            .session(a)
            .unwrap()
            .send(message(alice))
            .unwrap();
        pair.run(|side, connection, mut event| {
            if let Some(received) = inboxes[side as usize].on(connection, &mut event) {
                got.push((side, received.body));
                if side == Side::B {
                    let bob = message("Hi, Alice! I'm Bob!");
                    connection.session(b).unwrap().send(bob).unwrap();
                }
            }
            match event {
                Event::Outgoing(_, OutgoingEvent::Completed) => done += 1,
                Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
                _ => {}
            }
        });
        assert_eq!(
            got,
            [(Side::B, alice.into()), (Side::A, "Hi, Alice! I'm Bob!".into())]
        );
        assert_eq!(done, 2);
        // A message and a response each way, and no other traffic.
        for side in [Side::A, Side::B] {
            let stats = pair.connection(side).stats();
            assert_eq!((stats.frames_sent, stats.frames_received), (2, 2));
        }
        assert_eq!(pair.next_due(), None);
    }
}
