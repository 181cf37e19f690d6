//! Endpoints of the tokio driver, with peers that are not whom they should be: they get nothing, and are not heard.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use msrp_examples::tls::{Identity, Layer, TlsError, Trust};
use msrp_examples::tokio_driver::{ConnectErrorReason, Endpoint, Session};
use msrp_proto::wire::StatusCode;
use msrp_proto::{Config, ConnectionError, LinkError, Role, SessionConfig, SessionFailure};
use rustls::AlertDescription;
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::spawn_blocking;

use crate::endpoint::{connecting, failure, listening, port, session, within};
use crate::probe::{Probe, Seen};
use crate::support::{SECRET, Shown, TestAuthority, host, listener, only, run, secret, send_to};

/// An endpoint connects to somebody who shows a certificate. What came of it, and what the other one saw.
async fn connect_to(shows: &Shown, trust: Trust, at: &str) -> Vec<(Option<ConnectErrorReason>, Seen)> {
    let mut outcomes = Vec::new();
    for version in [&TLS12, &TLS13] {
        let (listener, address) = listener();
        let shows = Some(Arc::clone(&shows.key));
        let seen = spawn_blocking(move || {
            let (socket, _) = listener.accept().unwrap();
            Probe { version, shows }.serve(socket)
        });
        let client = connecting(&Identity::self_signed().unwrap()).await;
        let (active, _) = session("a", "msrps", at, address.port());
        let refused = within(15, client.connect_tls(active.clone(), trust.clone())).await;
        let refused = refused.err().map(|error| {
            assert_eq!(*error.session, active);
            error.reason
        });
        assert_eq!((client.connection_count(), client.session_count()), (0, 0));
        outcomes.push((refused, within(15, seen).await.unwrap()));
    }
    outcomes
}

/// Shows: MSRP-14.4-02 (the endpoint that connects).
#[tokio::test]
async fn connects_to_another_fingerprint() {
    let (expected, shown) = (Shown::self_signed(), Shown::self_signed());
    for (refused, seen) in connect_to(&shown, only(&expected.identity), "127.0.0.1").await {
        assert!(
            matches!(refused, Some(ConnectErrorReason::Tls(TlsError::Certificate))),
            "{refused:?}"
        );
        assert!(seen.octets.is_empty());
        assert_eq!(seen.end, Err(TlsError::Refused(AlertDescription::BadCertificate)));
    }
}

#[tokio::test]
async fn connects_to_another_host() {
    let authority = TestAuthority::new("Test");
    for (at, shown) in [("localhost", "example.com"), ("127.0.0.1", "127.0.0.2")] {
        let (trust, shown) = (authority.trust(host(at)), authority.issue(shown));
        for (refused, seen) in connect_to(&shown, trust, at).await {
            assert!(
                matches!(refused, Some(ConnectErrorReason::Tls(TlsError::Name))),
                "{refused:?}"
            );
            assert!(seen.octets.is_empty());
            assert_eq!(seen.end, Err(TlsError::Refused(AlertDescription::BadCertificate)));
        }
    }
}

/// What is in signalling and in the endpoint must fit before there is any connection.
#[tokio::test]
async fn connects_without_what_it_takes() {
    let identity = Identity::self_signed().unwrap();
    let (listener, address) = listener();
    listener.set_nonblocking(true).unwrap();
    let client = connecting(&identity).await;
    let (secure, _) = session("a", "msrps", "127.0.0.1", address.port());
    let (plain, _) = session("a", "msrp", "127.0.0.1", address.port());
    let refused = client.connect(secure.clone()).await.unwrap_err();
    assert!(matches!(refused.reason, ConnectErrorReason::Untrusted));
    let refused = client.connect_tls(plain, only(&identity)).await.unwrap_err();
    assert!(matches!(refused.reason, ConnectErrorReason::Tls(TlsError::Plain)));
    let nobody = Endpoint::bind(Config::default(), &[]).await.unwrap();
    let refused = nobody.connect_tls(secure, only(&identity)).await.unwrap_err();
    assert!(matches!(refused.reason, ConnectErrorReason::NoIdentity));
    assert!(listener.accept().is_err());
}

#[tokio::test]
async fn connects_to_a_port_without_tls() {
    for answer in [
        &b"MSRP d93kswow 200 OK\r\n"[..],
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ] {
        let (listener, address) = listener();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let told = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(answer).await.unwrap();
            socket.shutdown().await.unwrap();
            let mut told = Vec::new();
            let _ = socket.read_to_end(&mut told).await; // a reset tells nothing
            told
        });
        let identity = Identity::self_signed().unwrap();
        let client = connecting(&identity).await;
        let (active, _) = session("a", "msrps", "127.0.0.1", address.port());
        let refused = within(15, client.connect_tls(active, only(&identity))).await;
        assert!(matches!(
            refused.unwrap_err().reason,
            ConnectErrorReason::Tls(TlsError::NotTls)
        ));
        let told = within(15, told).await.unwrap();
        assert!(!told.windows(4).any(|part| part == b"MSRP"));
    }
}

/// A peer that says nothing, and one that leaves.
#[tokio::test]
async fn connects_to_silence() {
    let identity = Identity::self_signed().unwrap();
    for (stays, expected) in [(true, TlsError::Timeout), (false, TlsError::Truncated)] {
        let (listener, address) = listener();
        let peer = spawn_blocking(move || {
            let (mut socket, _) = listener.accept().unwrap();
            if stays {
                return Some(socket);
            }
            // All of its greeting, so that nothing unread resets the connection.
            let _ = std::io::Read::read(&mut socket, &mut [0; 4096]).unwrap();
            None
        });
        let client = connecting(&identity).await;
        let (active, _) = session("a", "msrps", "127.0.0.1", address.port());
        let refused = within(15, client.connect_tls(active, only(&identity))).await;
        let ConnectErrorReason::Tls(error) = refused.unwrap_err().reason else {
            panic!()
        };
        assert_eq!(error, expected);
        drop(peer.await);
    }
}

/// The peer does not take our certificate: with TLS 1.3 that shows when the session is open already.
#[tokio::test(flavor = "multi_thread")]
async fn is_refused() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let (listener, address) = listener();
    let layer = Layer::accepting(&bob, Trust::certificate(|_| false)).unwrap();
    let bob_runs = spawn_blocking(move || {
        let (socket, _) = listener.accept().unwrap();
        run(Role::Passive, Ok(socket), Some(layer), secret())
    });
    let client = connecting(&alice).await;
    let (active, _) = session("a", "msrps", "127.0.0.1", address.port());
    let mut active = client.connect_tls(active, only(&bob)).await.unwrap();
    let delivery = active.send(secret()).await;
    assert_eq!(failure(&mut active).await, SessionFailure::ConnectionLost);
    let lost = active.lost().unwrap();
    assert_eq!(lost.reason, ConnectionError::Link(LinkError::Tls));
    assert_eq!(
        lost.tls,
        Some(TlsError::Refused(AlertDescription::BadCertificate))
    );
    if let Ok(delivery) = delivery {
        assert!(delivery.outcome().await.is_err());
    }
    within(10, bob_runs).await.unwrap().assert_refused(
        ConnectionError::Link(LinkError::Fingerprint),
        &TlsError::Certificate,
    );
}

/// Somebody connects to an endpoint, shows a certificate or none, and sends the secret.
fn call(
    address: SocketAddr,
    shows: Option<&Arc<CertifiedKey>>,
    version: &'static rustls::SupportedProtocolVersion,
    (active, passive): &(SessionConfig, SessionConfig),
) -> tokio::task::JoinHandle<Seen> {
    let octets = send_to(&passive.local().to_string(), &active.local().to_string());
    let shows = shows.cloned();
    spawn_blocking(move || {
        let socket = TcpStream::connect(address).unwrap();
        Probe { version, shows }.call(socket, &octets)
    })
}

/// The session has failed, and nobody was told anything: the certificate is that of somebody else, or for another
/// host. It makes no difference whether the answer that says so is there when the peer comes.
///
/// Shows: FP-6.2-02 (a mismatch), MSRP-14.4-02 (the endpoint that listens),
/// MSRP-5.4-11 (the driver: a session whose peer is not at a host that the certificate names).
#[tokio::test]
async fn accepts_no_other() {
    let authority = TestAuthority::new("Test");
    let (expected, other) = (
        authority.issue("alice.example.com"),
        authority.issue("mallory.example.com"),
    );
    let path = "msrps://alice.example.com:9/a-active;tcp".parse().unwrap();
    let connector = Trust::connector(&path, authority.roots()).unwrap();
    for (trust, error) in [
        (only(&expected.identity), TlsError::Certificate),
        (connector, TlsError::Name),
    ] {
        for version in [&TLS12, &TLS13] {
            for late in [false, true] {
                let server = listening(&Identity::self_signed().unwrap()).await;
                let session = session("a", "msrps", "127.0.0.1", port(&server));
                let mut expected = server.expect(session.1.clone()).unwrap();
                if !late {
                    expected.trust(trust.clone());
                }
                let seen = call(server.addresses()[0], Some(&other.key), version, &session);
                if late {
                    let wait = Duration::from_millis(300);
                    assert!(tokio::time::timeout(wait, expected.bound()).await.is_err());
                    expected.trust(trust.clone());
                }
                assert!(within(10, expected.bound()).await.is_none());
                assert_eq!(expected.failure(), Some(&error));
                let seen = within(10, seen).await.unwrap();
                assert!(seen.octets.is_empty(), "{seen:?}");
                assert_eq!(seen.end, Ok(()));
                assert_eq!(server.session_count(), 0);
            }
        }
    }
}

/// No certificate, or one without its key: such a peer does not get as far as to name a session, and the session
/// waits for the right one.
#[tokio::test]
async fn accepts_nobody_unproven() {
    let (alice, bob) = (Shown::self_signed(), Identity::self_signed().unwrap());
    let server = listening(&bob).await;
    let session = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(session.1.clone()).unwrap();
    expected.trust(only(&alice.identity));
    let stolen = Shown::stolen(&alice);
    for version in [&TLS12, &TLS13] {
        for (shows, alert) in [
            (None, AlertDescription::CertificateRequired),
            (Some(&stolen), AlertDescription::DecryptError),
        ] {
            let seen = call(server.addresses()[0], shows, version, &session);
            let seen = within(10, seen).await.unwrap();
            assert!(seen.octets.is_empty());
            assert_eq!(seen.end, Err(TlsError::Refused(alert)));
        }
    }
    let client = connecting(&alice.identity).await;
    let active = client.connect_tls(session.0, only(&bob)).await.unwrap();
    assert!(within(10, expected.bound()).await.is_some());
    drop(active);
}

/// `msrp` where `msrps` was agreed upon, and the reverse: nobody hears anything.
///
/// Shows: MSRP-5.4-08 (the endpoint).
#[tokio::test]
async fn accepts_only_what_was_agreed() {
    // A port with TLS, a peer without.
    let identity = Identity::self_signed().unwrap();
    let server = listening(&identity).await;
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let _expected = server.expect(passive.clone()).unwrap();
    let request = send_to(&passive.local().to_string(), &active.local().to_string());
    let told = speak(server.addresses()[0], &request).await;
    assert!(!told.windows(4).any(|part| part == b"MSRP"));
    assert_eq!((server.connection_count(), server.session_count()), (0, 1));

    // A port without TLS: the session that wants it has failed.
    let server = Endpoint::bind(Config::default(), &[([127, 0, 0, 1], 0).into()])
        .await
        .unwrap();
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive.clone()).unwrap();
    let request = send_to(&passive.local().to_string(), &active.local().to_string());
    let told = speak(server.addresses()[0], &request).await;
    assert!(told.starts_with(b"MSRP a786hjs2 481 "), "{told:?}");
    assert!(within(5, expected.bound()).await.is_none());
    assert_eq!(expected.failure(), Some(&TlsError::Plain));

    // A port with TLS, and a session that was agreed upon without.
    let server = listening(&identity).await;
    let session = session("a", "msrp", "127.0.0.1", port(&server));
    let mut expected = server.expect(session.1.clone()).unwrap();
    expected.trust(only(&identity));
    let alice = Shown::self_signed();
    let octets = send_to(&session.1.local().to_string(), &session.0.local().to_string());
    let address = server.addresses()[0];
    let told = spawn_blocking(move || {
        let probe = Probe {
            version: &TLS13,
            shows: Some(alice.key),
        };
        let mut stream = probe.client(TcpStream::connect(address).unwrap());
        std::io::Write::write_all(&mut stream, &octets).unwrap();
        let mut told = [0; 18];
        std::io::Read::read_exact(&mut stream, &mut told).unwrap();
        told
    });
    assert_eq!(&within(10, told).await.unwrap(), b"MSRP a786hjs2 481 ");
    assert!(within(5, expected.bound()).await.is_none());
}

/// Speaks without TLS, and returns what it was told.
async fn speak(address: SocketAddr, octets: &[u8]) -> Vec<u8> {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(octets).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut told = Vec::new();
    let _ = within(10, socket.read_to_end(&mut told)).await; // a reset tells nothing
    told
}

/// The answer never comes: after a while the peer is refused.
#[tokio::test]
async fn no_answer() {
    let config = Config::default().request_timeout(Duration::from_millis(300));
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    let options = msrp_examples::tokio_driver::Options::default().identity(bob.clone());
    let server = Endpoint::bind_with(config, &[([127, 0, 0, 1], 0).into()], options)
        .await
        .unwrap();
    let client = connecting(&alice).await;
    let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
    let mut expected = server.expect(passive).unwrap();
    let mut active = client.connect_tls(active, only(&bob)).await.unwrap();
    assert_eq!(
        failure(&mut active).await,
        SessionFailure::Refused(StatusCode::NO_SESSION)
    );
    expected.trust(only(&alice));
    assert!(within(5, expected.bound()).await.is_none());
}

/// What was cut off has failed: an end without close_notify is none in good order.
#[tokio::test(flavor = "multi_thread")]
async fn cut_off() {
    for polite in [false, true] {
        let (alice, bob) = (Shown::self_signed(), Identity::self_signed().unwrap());
        let server = listening(&bob).await;
        let (active, passive) = session("a", "msrps", "127.0.0.1", port(&server));
        let mut expected = server.expect(passive.clone()).unwrap();
        expected.trust(only(&alice.identity));
        let octets = send_to(&passive.local().to_string(), &active.local().to_string());
        let address = server.addresses()[0];
        let probe = spawn_blocking(move || {
            let probe = Probe {
                version: &TLS13,
                shows: Some(alice.key),
            };
            let mut stream = probe.client(TcpStream::connect(address).unwrap());
            std::io::Write::write_all(&mut stream, &octets).unwrap();
            // Its answer has come: nothing is left unread that would reset the connection.
            std::io::Read::read_exact(&mut stream, &mut [0; 18]).unwrap();
            if polite {
                stream.conn.send_close_notify();
                std::io::Write::flush(&mut stream).unwrap();
            }
            stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
            while std::io::Read::read(&mut stream.sock, &mut [0; 1024]).is_ok_and(|len| len > 0) {}
        });
        let mut session: Session = within(10, expected.bound()).await.unwrap();
        let mut messages = 0;
        while let Some(news) = within(10, session.next()).await {
            if let msrp_examples::tokio_driver::News::Message(message) = news {
                assert_eq!(message.body, SECRET);
                messages += 1;
            }
        }
        assert_eq!(messages, 1);
        let lost = session.lost().unwrap();
        let (reason, tls) = if polite {
            (ConnectionError::PeerClosed, None)
        } else {
            (ConnectionError::Link(LinkError::Reset), Some(TlsError::Truncated))
        };
        assert_eq!((lost.reason, lost.tls.clone()), (reason, tls));
        within(10, probe).await.unwrap();
    }
}
