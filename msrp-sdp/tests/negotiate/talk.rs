//! Sessions that an offer and its answer have set up talk.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{self, Pair};
use msrp_proto::{Config, Event, Inbox, Link, MediaType, Message, OutgoingEvent, Role};
use msrp_sdp::{Agreement, Local};

use crate::{CERTIFICATES, agreements, answer, carried, fingerprints, host, open, plain};

/// Opens a connection for each side, A for the one that connects, and sends a message each way.
fn talk(agreed: &[Agreement; 2], link: Link) {
    let (active, passive) = match agreed.each_ref().map(Agreement::role) {
        [Role::Active, Role::Passive] => (&agreed[0], &agreed[1]),
        [Role::Passive, Role::Active] => (&agreed[1], &agreed[0]),
        other => panic!("{other:?}"),
    };
    let at = crate::listens(passive);
    assert_eq!(crate::connects(active), at, "connects to who listens");
    let config = Arc::new(Config::default());
    let mut pair = Pair::with_link([config.clone(), config], link);
    let sides = [test_util::Side::A, test_util::Side::B];
    let opened = [active, passive].map(Agreement::session);
    let text = MediaType::new("text", "plain").expect("a type");
    for (side, session) in sides.into_iter().zip(opened) {
        let connection = pair.connection(side);
        let id = connection.open(session).expect("a session");
        let message = Message::new(text.clone(), format!("from {side:?}")).success_report(true);
        connection
            .session(id)
            .expect("open")
            .send(message)
            .expect("may be sent");
    }
    let mut inboxes = [Inbox::default(), Inbox::default()];
    let (mut got, mut completed) = (Vec::new(), 0);
    pair.advance(Duration::from_secs(1), |side, connection, mut event| {
        if let Some(received) = inboxes[side as usize].on(connection, &mut event) {
            got.push((side, String::from_utf8(received.body.to_vec()).expect("text")));
        }
        match event {
            Event::Outgoing(_, OutgoingEvent::Completed) => completed += 1,
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
            _ => {}
        }
    });
    got.sort();
    let expected = [(sides[0], "from B".to_owned()), (sides[1], "from A".to_owned())];
    assert_eq!((got, completed), (expected.to_vec(), 2));
}

#[test]
fn an_active_and_a_passive_offerer() {
    let answerer = open(plain("2001:db8::9", 8493));
    let behind_nat = plain("192.0.2.9", 8493)
        .reachable(false)
        .open(&mut msrp_sdp::Ids::seeded([9; 32]));
    for (offerer, answerer, role) in [
        (plain("192.0.2.1", 7394), &answerer, Role::Active),
        (
            Local::connecting(host("192.0.2.1")).plain(),
            &answerer,
            Role::Active,
        ),
        (
            plain("192.0.2.1", 7394),
            &behind_nat.expect("a session"),
            Role::Passive,
        ),
    ] {
        let offer = carried(&open(offerer).offer());
        let agreed = agreements(&offer, &carried(&answer(answerer, &offer)));
        assert_eq!(agreed[0].role(), role);
        talk(&agreed, Link::tcp());
    }
}

#[test]
fn over_tls() {
    let local =
        |at: &str, side| Local::listening(host(at), 7394).fingerprints(fingerprints(CERTIFICATES[side]));
    for reachable in [true, false] {
        let answerer = local("192.0.2.9", 1)
            .reachable(reachable)
            .open(&mut msrp_sdp::Ids::seeded([9; 32]));
        let offer = carried(&open(local("192.0.2.1", 0)).offer());
        let agreed = agreements(&offer, &carried(&answer(&answerer.expect("a session"), &offer)));
        assert!(agreed.iter().all(|agreed| agreed.plan().tls()));
        talk(&agreed, Link::tls());
    }
}
