//! The driver for threads.

use std::sync::Arc;
use std::time::Instant;

use msrp_examples::std_driver::{Driver, connect, seed};
use msrp_examples::tls::{Layer, Trust};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{
    Config, Connection, Credentials, Event, Inbox, Link, OutgoingEvent, RelayConfig, RelayEvent, RelayPath,
    Role, SessionConfig, Terms, UriParameter,
};

use crate::relay::Relay;
use crate::support::{ALICE, text};

const TEXT: &str = "There and back again";

/// Two sessions of one connection, each with the other: through the relay and back.
#[test]
fn to_oneself() {
    let Some(relay) = Relay::start() else { return };
    let uris: [MsrpUri; 2] = [
        "msrps://alice.example.com:9/there;tcp".parse().unwrap(),
        "msrps://alice.example.com:9/back;tcp".parse().unwrap(),
    ];
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(Config::default()), Link::tls(), now, seed().unwrap());
    let mut asked = Vec::new();
    for uri in &uris {
        let config = RelayConfig::new(uri.clone(), relay.uri())
            .credentials(Credentials::new(ALICE.0, ALICE.1).unwrap())
            .uri_parameter(UriParameter::Fallback);
        asked.push(connection.authorize(config).unwrap());
    }
    let target = relay.uri().relay_target().unwrap();
    let trust = Trust::target(&target, relay.roots.clone()).unwrap();
    let tls = Layer::to_relay(&target, trust).unwrap();

    let mut inbox = Inbox::new(1 << 20, 1 << 20);
    let mut paths: [Option<RelayPath>; 2] = [None, None];
    let (mut received, mut completed) = (Vec::new(), 0);
    let mut on_event = |connection: &mut Connection, mut event: Event| {
        if let Some(message) = inbox.on(connection, &mut event) {
            received.push(message.body);
        }
        match event {
            Event::Relay(id, RelayEvent::Authorized(grant)) => {
                let number = asked.iter().position(|asked| *asked == id).unwrap();
                paths[number] = Some(grant.path().clone());
                if let [Some(there), Some(back)] = &paths {
                    let open =
                        |connection: &mut Connection, own: &RelayPath, peer: &RelayPath, number: usize| {
                            let peer = peer.for_sdp(&uris[1 - number]).unwrap();
                            let terms = Terms::relayed(own, peer.as_ref()).unwrap();
                            let role = [Role::Active, Role::Passive][number];
                            let config = SessionConfig::new(uris[number].clone(), role, terms);
                            connection.open(config).unwrap()
                        };
                    open(connection, back, there, 1);
                    let first = open(connection, there, back, 0);
                    connection.session(first).unwrap().send(text(TEXT)).unwrap();
                }
            }
            Event::Outgoing(_, OutgoingEvent::Completed) => {
                completed += 1;
                connection.abort();
            }
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("{why}"),
            Event::Relay(_, RelayEvent::Failed(why)) if completed == 0 => panic!("{why}"),
            _ => {}
        }
    };
    let socket = connect(&target, None).unwrap();
    let _ = Driver::new(connection).secure(tls).run(Ok(socket), &mut on_event);
    assert_eq!(received, [TEXT]);
    assert_eq!(completed, 1);
}
