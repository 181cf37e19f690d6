//! The std driver, with peers that are not whom they should be: they get nothing, and are not heard.

use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use msrp_examples::std_driver::{Driver, seed};
use msrp_examples::tls::{Identity, Layer, TlsError, Trust};
use msrp_proto::{
    Config, Connection, ConnectionError, Event, Link, LinkError, Role, SessionConfig, SessionEvent, Terms,
};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, Side};

use crate::probe::{Probe, Seen};
use crate::support::{
    ALICE, BOB, Run, Shown, TestAuthority, bob_at, host, only, run, secret, send_to, sockets, within,
};

/// A driver has connected to somebody who shows a certificate.
fn connected_to(shows: &Arc<CertifiedKey>, trust: &Trust, each: impl Fn(Run, Seen)) {
    for version in [&TLS12, &TLS13] {
        let alice = Identity::self_signed().unwrap();
        let target = bob_at(([127, 0, 0, 1], 1).into());
        let layer = Layer::connecting(&alice, &target, trust.clone()).unwrap();
        let shows = Some(Arc::clone(shows));
        let (run, seen) = meet(
            move |socket| run(Role::Active, Ok(socket), Some(layer), secret()),
            move |socket| Probe { version, shows }.serve(socket),
        );
        each(run, seen);
    }
}

/// Somebody who shows a certificate, or none, has connected to a driver, and sends as soon as it can.
fn connected_by(shows: Option<&Arc<CertifiedKey>>, trust: &Trust, each: impl Fn(Run, Seen)) {
    for version in [&TLS12, &TLS13] {
        let bob = Identity::self_signed().unwrap();
        let layer = Layer::accepting(&bob, trust.clone()).unwrap();
        let shows = shows.cloned();
        let (seen, run) = meet(
            move |socket| Probe { version, shows }.call(socket, &send_to(BOB, ALICE)),
            move |socket| run(Role::Passive, Ok(socket), Some(layer), secret()),
        );
        each(run, seen);
    }
}

/// Two ends of a connection, each on its thread.
pub(crate) fn meet<A: Send + 'static, P: Send + 'static>(
    active: impl FnOnce(TcpStream) -> A + Send + 'static,
    passive: impl FnOnce(TcpStream) -> P + Send + 'static,
) -> (A, P) {
    within(Duration::from_secs(30), move || {
        let (to, from) = sockets();
        let passive = thread::spawn(move || passive(from));
        (active(to), passive.join().unwrap())
    })
}

fn assert_refused((reason, error): (LinkError, TlsError), alert: AlertDescription) -> impl Fn(Run, Seen) {
    move |run, seen| {
        run.assert_refused(ConnectionError::Link(reason), &error);
        assert!(seen.octets.is_empty(), "{seen:?}");
        assert_eq!(seen.end, Err(TlsError::Refused(alert)));
    }
}

/// The message that waited is not sent, the one that came is not heard, and the peer is told why.
///
/// Shows: FP-6.2-01 (the driver: a certificate that does not match), MSRP-14.4-02 (the driver),
/// SETUP-4.3-01 (either role), MSRP-5.4-10 (the driver: the certificate must be the one that signalling tells of).
#[test]
fn wrong_fingerprint() {
    let (expected, shown) = (Shown::self_signed(), Shown::self_signed());
    let trust = only(&expected.identity);
    let refused = || {
        assert_refused(
            (LinkError::Fingerprint, TlsError::Certificate),
            AlertDescription::BadCertificate,
        )
    };
    connected_to(&shown.key, &trust, refused());
    connected_by(Some(&shown.key), &trust, refused());
}

/// Who learns from the first request only for which session a connection is keeps the certificate, and judges it then.
#[test]
fn judged_later() {
    for right in [false, true] {
        let (expected, other) = (Shown::self_signed(), Shown::self_signed());
        let shown = if right { &expected } else { &other };
        let shows = Some(Arc::clone(&shown.key));
        let kept = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&kept);
        let any = Trust::certificate(move |certificate| {
            *keep.lock().unwrap() = Some(CertificateDer::from(certificate.to_vec()));
            true
        });
        let layer = Layer::accepting(&Identity::self_signed().unwrap(), any).unwrap();
        let trust = only(&expected.identity);
        let (seen, (ended, bound)) = meet(
            move |socket| {
                let probe = Probe {
                    version: &TLS13,
                    shows,
                };
                let octets = send_to(BOB, ALICE);
                if right {
                    probe.ask(socket, &octets)
                } else {
                    probe.call(socket, &octets)
                }
            },
            move |socket| {
                let config = Arc::new(Config::default().session_requests(true));
                let connection = Connection::new(config, Link::tls(), Instant::now(), seed().unwrap());
                let mut bound = false;
                let mut on_event = |connection: &mut Connection, event: Event| match event {
                    Event::SessionRequested(request) => {
                        let chain: Vec<_> = kept.lock().unwrap().clone().into_iter().collect();
                        if let Err(error) = trust.judge(&chain, Side::Client) {
                            return connection.handle_failure(Instant::now(), error.link_error());
                        }
                        let terms = Terms::new(ALICE.parse().unwrap());
                        let session = SessionConfig::new(BOB.parse().unwrap(), Role::Passive, terms);
                        connection.accept(request, session).unwrap();
                    }
                    Event::Session(_, SessionEvent::Bound) => bound = true,
                    _ => {}
                };
                let ended = Driver::new(connection)
                    .secure(layer)
                    .run(Ok(socket), &mut on_event);
                (ended, bound)
            },
        );
        if right {
            assert!(bound && seen.octets.starts_with(b"MSRP a786hjs2 200 "));
        } else {
            assert_eq!(ended.reason, ConnectionError::Link(LinkError::Fingerprint));
            assert!(!bound && seen.octets.is_empty());
            assert_eq!(seen.end, Ok(()));
        }
    }
}

/// Shows: FP-6.2-01 (the driver: a client without certificate; the alert for that is the one of RFC 8446 §4.4.2.4).
#[test]
fn client_without_certificate() {
    let authority = TestAuthority::new("Test");
    for trust in [
        Trust::certificate(|_| true),
        authority.trust(host("alice.example.com")),
    ] {
        connected_by(
            None,
            &trust,
            assert_refused(
                (LinkError::Tls, TlsError::NoCertificate),
                AlertDescription::CertificateRequired,
            ),
        );
    }
}

/// Shows: MSRP-5.4-09 (the driver: another SubjectAltName, or nobody known has signed it).
#[test]
fn wrong_host() {
    let authority = TestAuthority::new("Test");
    let wrong = || {
        assert_refused(
            (LinkError::Name, TlsError::Name),
            AlertDescription::BadCertificate,
        )
    };
    for (expected, shown) in [
        ("bob.example.com", "mallory.example.com"),
        ("bob.example.com", "example.com"),
        ("bob.example.com", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.2"),
        ("[::1]", "127.0.0.1"),
    ] {
        let trust = authority.trust(host(expected));
        let shown = authority.issue(shown);
        connected_to(&shown.key, &trust, wrong());
        connected_by(Some(&shown.key), &trust, wrong());
    }
    // The right name does not help where nobody known has signed it.
    let trust = authority.trust(host("bob.example.com"));
    for stranger in [
        TestAuthority::new("Another").issue("bob.example.com"),
        Shown::self_signed(),
    ] {
        let unknown = || {
            assert_refused(
                (LinkError::Tls, TlsError::UnknownIssuer),
                AlertDescription::UnknownCA,
            )
        };
        connected_to(&stranger.key, &trust, unknown());
        connected_by(Some(&stranger.key), &trust, unknown());
    }
}

/// Names do not help when the time is over.
///
/// Shows: MSRP-5.4-09 (the driver: a certificate that is not valid).
#[test]
fn expired() {
    let authority = TestAuthority::new("Test");
    let refused = |run: Run, seen: Seen| {
        assert_eq!(run.ended.reason, ConnectionError::Link(LinkError::Tls));
        assert!(
            run.received.is_empty() && !run.bound && run.delivered == 0,
            "{run:?}"
        );
        assert_eq!(run.failed, (1, true));
        assert!(seen.octets.is_empty(), "{seen:?}");
        assert_eq!(
            seen.end,
            Err(TlsError::Refused(AlertDescription::CertificateExpired))
        );
    };
    let expired = authority.expired("bob.example.com");
    let trust = authority.trust(host("bob.example.com"));
    connected_to(&expired.key, &trust, refused);
    connected_by(Some(&expired.key), &trust, refused);
    // Fingerprints are of one session, and know no time.
    let alice = Identity::self_signed().unwrap();
    let layer = Layer::accepting(&expired.identity, only(&alice)).unwrap();
    let target = bob_at(([127, 0, 0, 1], 1).into());
    let connecting = Layer::connecting(&alice, &target, only(&expired.identity)).unwrap();
    let (alice, _) = meet(
        move |socket| run(Role::Active, Ok(socket), Some(connecting), secret()),
        move |socket| run(Role::Passive, Ok(socket), Some(layer), secret()),
    );
    assert_eq!((alice.received.len(), alice.delivered), (1, 1));
}

/// Certificates are public: who shows one must prove to have its key.
#[test]
fn stolen_certificate() {
    let expected = Shown::self_signed();
    let (trust, stolen) = (only(&expected.identity), Shown::stolen(&expected));
    let refused = |run: Run, seen: Seen| {
        assert_eq!(run.ended.reason, ConnectionError::Link(LinkError::Tls));
        assert!(
            run.received.is_empty() && !run.bound && run.delivered == 0,
            "{run:?}"
        );
        assert_eq!(run.failed, (1, true));
        assert!(seen.octets.is_empty(), "{seen:?}");
        assert_eq!(seen.end, Err(TlsError::Refused(AlertDescription::DecryptError)));
    };
    connected_to(&stolen, &trust, refused);
    connected_by(Some(&stolen), &trust, refused);
}
