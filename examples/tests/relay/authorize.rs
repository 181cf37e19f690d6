//! Asking the relay, and over which connection.

use std::net::Ipv4Addr;
use std::time::Duration;

use msrp_examples::tokio_driver::{AuthorizeErrorReason, ConnectErrorReason};
use msrp_proto::wire::{MsrpUri, Path, StatusCode};
use msrp_proto::{
    Config, RelayConfig, RelayErrorReason, RelayFailure, Role, SessionConfig, TargetError, Terms,
};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::scripted::{Relay, asking, credentials, session, value, within};

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";

/// The endpoint has a certificate, and the relay asks for one.
///
/// Shows: RELAY-9.2-02.
#[tokio::test]
async fn no_certificate_is_shown() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default()).await;
    let config = asking(&relay, &session("a", |local| local));
    let asked = tokio::spawn({
        let roots = relay.roots.clone();
        async move {
            endpoint
                .authorize(config, roots)
                .await
                .map(|relayed| (endpoint, relayed))
        }
    });
    let mut link = relay.accept().await;
    assert!(!link.has_certificate());
    assert_eq!(link.grant(&relay.given("a"), 600).await, 2);
    let (_endpoint, relayed) = within(asked).await.unwrap().unwrap();
    assert_eq!(relayed.path().use_path().as_str(), relay.given("a"));
    assert_eq!(relayed.grant().lifetime(), Some(Duration::from_secs(600)));
    assert!(relayed.grant().is_verified());
}

/// The second path comes over the connection of the first; a third one, for which it has no room, over another; a
/// fourth over the first again.
#[tokio::test]
async fn connections_are_shared() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default().max_sessions(2)).await;
    let roots = || relay.roots.clone();
    let ask = |name| endpoint.authorize(asking(&relay, &session(name, |local| local)), roots());

    let (a, b, c, d) = (
        relay.given("a"),
        relay.given("b"),
        relay.given("c"),
        relay.given("d"),
    );
    let (first, mut one) = within(async {
        tokio::join!(ask("a"), async {
            let mut link = relay.accept().await;
            link.grant(&a, 600).await;
            link
        })
    })
    .await;
    let first = first.unwrap();
    let (second, asked) = within(async { tokio::join!(ask("b"), one.grant(&b, 600)) }).await;
    let _second = second.unwrap();
    assert_eq!(asked, 1, "the nonce is good for more than one");
    assert_eq!(endpoint.connection_count(), 1);
    let (third, _two) = within(async {
        tokio::join!(ask("c"), async {
            let mut link = relay.accept().await;
            link.grant(&c, 600).await;
            link
        })
    })
    .await;
    let _third = third.unwrap();
    assert_eq!(endpoint.connection_count(), 2);

    drop(first); // gives its path up
    let (fourth, _) = within(async { tokio::join!(ask("d"), one.grant(&d, 600)) }).await;
    assert_eq!(fourth.unwrap().path().use_path().as_str(), d);
    assert_eq!(endpoint.connection_count(), 2);
}

/// Two that ask at once make one connection.
#[tokio::test]
async fn two_at_once() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default()).await;
    let ask = |name| {
        let config = asking(&relay, &session(name, |local| local));
        endpoint.authorize(config, relay.roots.clone())
    };
    let (a, b, _link) = within(async {
        tokio::join!(ask("a"), ask("b"), async {
            let mut link = relay.accept().await;
            link.grant(&relay.given("a"), 600).await;
            link.grant(&relay.given("b"), 600).await;
            link
        })
    })
    .await;
    assert_ne!(a.unwrap().path(), b.unwrap().path());
    assert_eq!(endpoint.connection_count(), 1);
}

/// Whoever does not wait for the path does not have it: there is room for another.
#[tokio::test]
async fn given_up() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default().max_sessions(1)).await;
    let ask = |name| {
        let config = asking(&relay, &session(name, |local| local));
        endpoint.authorize(config, relay.roots.clone())
    };
    let accept = async {
        tokio::select! {
            _ = ask("a") => panic!("nobody has answered"),
            link = relay.accept() => link,
        }
    };
    let mut link = within(accept).await;
    let answers = async {
        let request = link.expect("AUTH\r\n").await;
        assert!(value(&request, "From-Path").contains("//a.example.com"));
        link.answer(&request, "401 Unauthorized", CHALLENGE).await;
        let request = link.expect("AUTH\r\n").await;
        assert!(value(&request, "From-Path").contains("//b.example.com"));
        link.answer(&request, "401 Unauthorized", CHALLENGE).await;
        link.grant(&relay.given("b"), 600).await
    };
    let (b, _) = within(async { tokio::join!(ask("b"), answers) }).await;
    b.unwrap();
    assert_eq!(endpoint.connection_count(), 1);
}

#[tokio::test]
async fn refusals() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default()).await;
    let ask = || {
        let config = asking(&relay, &session("a", |local| local));
        endpoint.authorize(config, relay.roots.clone())
    };
    let (refused, mut link) = within(async {
        tokio::join!(ask(), async {
            let mut link = relay.accept().await;
            let request = link.expect("AUTH\r\n").await;
            link.answer(&request, "403 Forbidden", "").await;
            link
        })
    })
    .await;
    let error = refused.unwrap_err();
    let AuthorizeErrorReason::Relay(RelayFailure::Refused(status)) = error.reason else {
        panic!("{error:?}")
    };
    assert_eq!(status, StatusCode::FORBIDDEN);

    // The connection ends instead of an answer.
    let (lost, ()) = within(async {
        tokio::join!(ask(), async {
            link.expect("AUTH\r\n").await;
            link.close().await;
        })
    })
    .await;
    let lost = lost.unwrap_err().reason;
    assert!(matches!(
        lost,
        AuthorizeErrorReason::Relay(RelayFailure::ConnectionLost)
    ));
}

/// What is no relay to be asked is not connected to, or not asked. The relay of a peer may be without TLS.
///
/// Shows: RELAY-9.2-03.
#[tokio::test]
async fn not_asked() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default()).await;
    let own = session("a", |local| local).uri().clone();
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = plain.local_addr().unwrap().port();
    let insecure: MsrpUri = format!("msrp://localhost:{port};tcp").parse().unwrap();

    let config = RelayConfig::new(own.clone(), insecure).credentials(credentials());
    let error = endpoint.authorize(config, relay.roots.clone()).await.unwrap_err();
    let AuthorizeErrorReason::Connect(ConnectErrorReason::Target(reason)) = error.reason else {
        panic!("{error:?}")
    };
    assert_eq!(reason, TargetError::Insecure);
    let wait = Duration::from_millis(100);
    assert!(timeout(wait, plain.accept()).await.is_err());
    let path: Path = format!("msrp://localhost:{port}/r;tcp msrp://bob.example.com:9/bob;tcp")
        .parse()
        .unwrap();
    let alice = "msrp://a.example.com:9/a;tcp".parse().unwrap();
    let session = SessionConfig::new(alice, Role::Active, Terms::new(path));
    let (session, accepted) = within(async { tokio::join!(endpoint.connect(session), plain.accept()) }).await;
    let (session, (mut stream, _)) = (session.unwrap(), accepted.unwrap());
    let mut octets = vec![0; 5];
    within(stream.read_exact(&mut octets)).await.unwrap();
    assert_eq!(octets, b"MSRP ");
    drop(stream);

    let config = RelayConfig::new("msrps://a.example.com:9;tcp".parse().unwrap(), relay.uri());
    let roots = relay.roots.clone();
    let (error, mut link) =
        within(async { tokio::join!(endpoint.authorize(config, roots), relay.accept()) }).await;
    let reason = error.unwrap_err().reason;
    assert!(matches!(
        reason,
        AuthorizeErrorReason::Config(RelayErrorReason::NoSessionId)
    ));
    // The connection is not kept, and nothing was said.
    assert!(!matches!(within(link.read()).await, Ok(1..)));
    drop(session);
    within(async {
        while endpoint.connection_count() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}
