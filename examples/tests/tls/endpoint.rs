//! Endpoints of the tokio driver, with peers that are whom they should be.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use msrp_examples::tls::{Identity, TlsError, Trust};
use msrp_examples::tokio_driver::{ConnectErrorReason, Endpoint, News, Options, Session};
use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Config, MediaType, Message, Role, SessionConfig, SessionEvent, SessionFailure, Terms};

use crate::support::{SECRET, TestAuthority, host, is_long, long, only, secret};

pub(crate) async fn listening(identity: &Identity) -> Endpoint {
    listening_at((Ipv4Addr::LOCALHOST, 0).into(), identity).await
}

async fn listening_at(address: SocketAddr, identity: &Identity) -> Endpoint {
    let options = Options::default().identity(identity.clone());
    Endpoint::bind_with(Config::default(), &[address], options)
        .await
        .unwrap()
}

pub(crate) async fn connecting(identity: &Identity) -> Endpoint {
    let options = Options::default().identity(identity.clone());
    Endpoint::bind_with(Config::default(), &[], options)
        .await
        .unwrap()
}

/// A session as the two endpoints know it: the one that connects, the one that listens.
pub(crate) fn session(name: &str, scheme: &str, host: &str, port: u16) -> (SessionConfig, SessionConfig) {
    let ours: MsrpUri = format!("{scheme}://alice.example.com:9/{name}-active;tcp")
        .parse()
        .unwrap();
    let theirs: MsrpUri = format!("{scheme}://{host}:{port}/{name}-passive;tcp")
        .parse()
        .unwrap();
    let active = SessionConfig::new(ours.clone(), Role::Active, Terms::new(Path::from(theirs.clone())));
    let passive = SessionConfig::new(theirs, Role::Passive, Terms::new(Path::from(ours)));
    (active, passive)
}

pub(crate) fn port(endpoint: &Endpoint) -> u16 {
    endpoint.addresses()[0].port()
}

/// Fails instead of hanging.
pub(crate) async fn within<T>(seconds: u64, work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(seconds);
    tokio::time::timeout(limit, work).await.expect("in time")
}

/// The next message, whole.
async fn message(session: &mut Session) -> Option<Bytes> {
    loop {
        if let News::Message(message) = session.next().await? {
            return Some(message.body);
        }
    }
}

/// How a session has failed. It must not have heard anything but that.
pub(crate) async fn failure(session: &mut Session) -> SessionFailure {
    let mut failure = None;
    while let Some(news) = within(15, session.next()).await {
        match news {
            News::Session(SessionEvent::Failed(why, _)) => failure = Some(why),
            news => panic!("{news:?}"),
        }
    }
    failure.unwrap()
}

/// Each sends 1 MiB and hears that it has arrived.
async fn converse(active: &mut Session, passive: &mut Session) {
    within(60, async {
        let delivery = active.send(long()).await.unwrap();
        assert!(is_long(&message(passive).await.unwrap()));
        delivery.outcome().await.unwrap();
        let delivery = passive.send(long()).await.unwrap();
        assert!(is_long(&message(active).await.unwrap()));
        delivery.outcome().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn by_fingerprint() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let (client, server) = (connecting(&alice).await, listening(&bob).await);
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive).unwrap();
    expected.trust(only(&alice));
    let mut active = client.connect_tls(active, only(&bob)).await.unwrap();
    let mut passive = within(10, expected.bound()).await.unwrap();
    converse(&mut active, &mut passive).await;
    active.close();
    drop((active, passive));
    client.shutdown(Duration::from_secs(5)).await.unwrap();
    server.shutdown(Duration::from_secs(5)).await.unwrap();
}

/// Names and addresses, of either family.
#[tokio::test]
async fn by_name() {
    let authority = TestAuthority::new("Test");
    let alice = authority.issue("alice.example.com").identity;
    for (address, at) in [
        (Ipv4Addr::LOCALHOST.into(), "127.0.0.1"),
        (Ipv6Addr::LOCALHOST.into(), "[::1]"),
        (Ipv4Addr::LOCALHOST.into(), "localhost"),
    ] {
        let bob = authority.issue(at.trim_matches(['[', ']'])).identity;
        let server = listening_at(SocketAddr::new(address, 0), &bob).await;
        let client = connecting(&alice).await;
        let (active, passive) = session("a", "msrps", at, port(&server));
        let mut expected = server.expect(passive).unwrap();
        expected.trust(authority.trust(host("alice.example.com")));
        let trust = Trust::target(&active.target().unwrap().unwrap(), authority.roots()).unwrap();
        let mut active = client.connect_tls(active, trust).await.unwrap();
        let mut passive = within(10, expected.bound()).await.unwrap();
        converse(&mut active, &mut passive).await;
    }
}

/// Where to connect is what signalling says, whom to trust is the host of the URI.
///
/// Shows: CEMA-7-01 (the endpoint).
#[tokio::test]
async fn elsewhere() {
    let authority = TestAuthority::new("Test");
    let alice = authority.issue("alice.example.com").identity;
    let bob = authority.issue("bob.example.com").identity;
    let proxy = authority.issue("127.0.0.1").identity;
    for (shown, trusted) in [(bob, true), (proxy, false)] {
        let (client, server) = (connecting(&alice).await, listening(&shown).await);
        let (active, passive) = session("a", "msrps", "bob.example.com", 2855);
        let mut expected = server.expect(passive).unwrap();
        let path = active.target().unwrap().unwrap();
        let target = path.connect_to(Ipv4Addr::LOCALHOST, port(&server)).unwrap();
        let trust = Trust::target(&target, authority.roots()).unwrap();
        let opened = client.connect_to(target, active, Some(trust)).await;
        if !trusted {
            let reason = opened.unwrap_err().reason;
            assert!(matches!(reason, ConnectErrorReason::Tls(TlsError::Name)));
            continue;
        }
        // Relays stand before the host of the peer.
        let path = "msrps://relay.example.com:2855/r;tcp msrps://alice.example.com:9/a;tcp";
        expected.trust(Trust::connector(&path.parse().unwrap(), authority.roots()).unwrap());
        let mut passive = within(10, expected.bound()).await.unwrap();
        converse(&mut opened.unwrap(), &mut passive).await;
    }
}

/// Sessions share a connection if each of them trusts the peer. It is each that is judged, on either side.
#[tokio::test]
async fn shared_connections() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let (client, server) = (connecting(&alice).await, listening(&bob).await);
    let mut sessions = Vec::new();
    for name in ["a", "b", "c"] {
        let (active, passive) = session(name, "msrps", "127.0.0.1", port(&server));
        let mut expected = server.expect(passive).unwrap();
        expected.trust(only(&alice));
        let active = client.connect_tls(active, only(&bob)).await.unwrap();
        sessions.push((active, within(10, expected.bound()).await.unwrap()));
    }
    assert_eq!((client.connection_count(), server.connection_count()), (1, 1));

    // One that does not trust the peer does not use it, and the others go on.
    let (active, _) = session("d", "msrps", "127.0.0.1", port(&server));
    let refused = client
        .connect_tls(active.clone(), only(&alice))
        .await
        .unwrap_err();
    assert_eq!(*refused.session, active);
    assert_eq!(client.connection_count(), 1);
    let (active, passive) = &mut sessions[0];
    converse(active, passive).await;

    // Nor is the peer heard for a session that somebody else is expected for.
    let (active, passive) = session("e", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive).unwrap();
    expected.trust(only(&bob));
    let mut active = client.connect_tls(active, only(&bob)).await.unwrap();
    assert!(within(10, expected.bound()).await.is_none());
    assert!(expected.failure().is_some());
    assert_eq!(failure(&mut active).await, SessionFailure::ConnectionLost);
}

/// A connection that comes before the answer waits for it: nothing is heard, nothing is answered. Then all is heard,
/// in order.
///
/// Shows: FP-6.2-02 (a match; `endpoint_refuses` has the mismatch).
#[tokio::test]
async fn before_the_answer() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let (client, server) = (connecting(&alice).await, listening(&bob).await);
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive).unwrap();
    let active = client.connect_tls(active, only(&bob)).await.unwrap();
    let mut deliveries = Vec::new();
    for number in 0..5 {
        let plain = MediaType::new("text", "plain").unwrap();
        let message = Message::new(plain, number.to_string());
        deliveries.push(active.send(message).await.unwrap());
    }
    let first = deliveries.remove(0);
    let answered = first.outcome();
    tokio::pin!(answered);
    tokio::select! {
        _ = expected.bound() => panic!("bound to nobody knows whom"),
        _ = &mut answered => panic!("answered"),
        () = tokio::time::sleep(Duration::from_millis(500)) => {}
    }
    expected.trust(only(&alice));
    let mut passive = within(5, expected.bound()).await.unwrap();
    for number in 0..5 {
        assert_eq!(
            within(5, message(&mut passive)).await.unwrap(),
            number.to_string()
        );
    }
    within(5, answered).await.unwrap();
    for delivery in deliveries {
        within(5, delivery.outcome()).await.unwrap();
    }
}

/// Those who never finish their handshake hold up nobody, and are gone after a while.
#[tokio::test]
async fn slow_handshakes() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let (client, server) = (connecting(&alice).await, listening(&bob).await);
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(
            tokio::net::TcpStream::connect(server.addresses()[0])
                .await
                .unwrap(),
        );
    }
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive).unwrap();
    expected.trust(only(&alice));
    let active = within(3, client.connect_tls(active, only(&bob))).await.unwrap();
    let mut passive = within(3, expected.bound()).await.unwrap();
    let delivery = active.send(secret()).await.unwrap();
    assert_eq!(within(3, message(&mut passive)).await.unwrap(), SECRET);
    delivery.outcome().await.unwrap();
    assert_eq!(server.connection_count(), 1);

    let started = std::time::Instant::now();
    for mut socket in silent {
        let mut octets = [0];
        let read = tokio::io::AsyncReadExt::read(&mut socket, &mut octets);
        assert!(matches!(within(15, read).await, Ok(0) | Err(_)));
    }
    assert!((8..13).contains(&started.elapsed().as_secs()));
}

/// There is a limit to how many may try at once. Those beyond it are turned away.
#[tokio::test]
async fn many_handshakes() {
    let bob = Identity::self_signed().unwrap();
    let server = listening(&bob).await;
    let mut silent = Vec::new();
    for _ in 0..256 {
        silent.push(
            tokio::net::TcpStream::connect(server.addresses()[0])
                .await
                .unwrap(),
        );
    }
    let mut further = tokio::net::TcpStream::connect(server.addresses()[0])
        .await
        .unwrap();
    let mut octets = [0];
    let read = tokio::io::AsyncReadExt::read(&mut further, &mut octets);
    assert!(matches!(within(5, read).await, Ok(0) | Err(_)));
    // A shutdown does not wait for them.
    within(5, server.shutdown(Duration::from_secs(3))).await.unwrap();
}
