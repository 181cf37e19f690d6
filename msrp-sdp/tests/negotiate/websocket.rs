//! Endpoints on WebSockets (RFC 7977).

use msrp_proto::wire::{BuildError, HostName};
use msrp_proto::{Direction, TargetError};
use msrp_sdp::{Action, Identity, Local, LocalError, Media, NegotiationError, Side};

use crate::{
    agreement, answer, carried, connects, has_line, host, ids, open, outcome, peer, plain, relay_path,
    relayed_terms,
};

const RELAY: &str = "msrps://a.example.com:2855/jui787s2f;tcp";

fn browser() -> HostName {
    let mut ids = ids();
    HostName::random_invalid(|octets| ids.fill(octets))
}

/// Shows: WS-5.1-04 (scheme and path; who opens the WebSocket checks its server).
#[test]
fn only_secure_and_only_over_a_relay() {
    assert_eq!(
        Local::websocket(browser()).open(&mut ids()),
        Err(LocalError::RelayRequired)
    );
    for local in [
        Local::websocket(browser()).plain().relays(relay_path(RELAY)),
        Local::websocket("ws.example.com".parse().expect("a name"))
            .relays(relay_path(RELAY))
            .plain(),
    ] {
        assert_eq!(local.open(&mut ids()), Err(LocalError::Uri(BuildError::Insecure)));
    }
    assert!(Local::websocket(browser()).plain().open(&mut ids()).is_err());
    let session = open(Local::websocket(browser()).relays(relay_path(RELAY)));
    assert!(session.path().len() == 2 && session.uri().to_string().starts_with("msrps://"));
    let offer = session.offer();
    let theirs = answer(&open(plain("192.0.2.9", 8493)), &carried(&offer));
    let ours = agreement(&offer, &theirs, Side::Offerer);
    // However the relay's own URI reads, it is reached by the WebSocket there is.
    assert_eq!(ours.plan().action(), &Action::WebSocket);
    assert_eq!(ours.plan().target(), None);
    assert_eq!(ours.plan().identity(), &Identity::Session);
    assert_eq!(ours.terms(), relayed_terms(RELAY, &theirs, Direction::SendRecv));
    for chain in [
        "msrps://w.example.com:443/x;ws msrps://a.example.com:2855/y;tcp",
        RELAY,
    ] {
        let session = open(Local::websocket(browser()).relays(relay_path(chain)));
        let offer = session.offer();
        let theirs = answer(&open(plain("192.0.2.9", 8493)), &carried(&offer));
        assert_eq!(
            agreement(&offer, &theirs, Side::Offerer).plan().action(),
            &Action::WebSocket
        );
    }
}

/// Shows: WS-5.2.2-01.
#[test]
fn the_path_of_a_websocket_client() {
    let session = open(Local::websocket(browser()).relays(relay_path(RELAY)));
    let offer = session.offer();
    assert!(crate::lines(&offer)[0].ends_with(" TCP/TLS/MSRP *"));
    assert!(has_line(&offer, &format!("a=path:{RELAY} {}", session.uri())));
    assert!(session.uri().as_ref().transport() == "ws");

    // RFC 7977 §8.2.1.
    let printed = peer(
        "message 1234 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 a.example.com",
            "accept-types:message/cpim text/plain text/html",
            "path:msrps://a.example.com:2855/jui787s2f;tcp msrps://df7jal23ls0d.invalid:2855/98cjs;ws",
        ],
    );
    let path = printed.path().expect("a path");
    assert_eq!((path.len(), path.leftmost().transport()), (2, "tcp"));
    let bob = peer(
        "message 1234 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 bob.example.com",
            "accept-types:message/cpim text/plain",
            "path:msrps://bob.example.com:49154/foo;tcp",
        ],
    );
    assert_eq!(
        agreement(&printed, &bob, Side::Offerer).plan().action(),
        &Action::WebSocket
    );

    let offer = open(plain("192.0.2.1", 7394)).offer();
    let with = |path: &str| {
        peer(
            "message 1 TCP/TLS/MSRP *",
            &["c=IN IP4 192.0.2.9", &format!("path:{path}"), "accept-types:*"],
        )
    };
    let beyond = with("msrps://r:1/a;tcp msrps://x:2/b;zz9");
    assert_eq!(
        connects(&agreement(&offer, &beyond, Side::Offerer)),
        ("r".into(), 1)
    );
    assert_eq!(
        outcome(
            &offer,
            &with("msrps://r:1/a;zz9 msrps://x:2/b;zz9"),
            Side::Offerer
        ),
        Err(NegotiationError::Target(TargetError::UnsupportedTransport))
    );
}

/// RFC 7977 §8.2 elsewhere writes the URI of the client without a port.
#[test]
fn a_websocket_uri_needs_no_port() {
    let text = crate::text(
        "message 1234 TCP/TLS/MSRP *",
        &[
            "c=IN IP4 a.example.com",
            "path:msrps://a.example.com:2855/jui787s2f;tcp msrps://df7jal23ls0d.invalid/98cjs;ws",
            "accept-types:*",
        ],
    );
    assert!(Media::parse_strict(text.as_bytes()).is_ok());
    assert_eq!(host("df7jal23ls0d.invalid").to_string(), "df7jal23ls0d.invalid");
}
