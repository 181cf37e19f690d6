//! The std driver, with peers that leave, or never come.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use msrp_examples::tls::{Identity, Layer, TlsError, Trust};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{ConnectionError, LinkError, Role};
use rustls::version::{TLS12, TLS13};

use crate::probe::Probe;
use crate::std_refuses::meet;
use crate::support::{ALICE, BOB, SECRET, Shown, bob_at, only, run, secret, send_to, sockets, within};

fn accepting(trust: Trust) -> Layer {
    Layer::accepting(&Identity::self_signed().unwrap(), trust).unwrap()
}

fn connecting(trust: Trust) -> Layer {
    let target = bob_at(([127, 0, 0, 1], 1).into());
    Layer::connecting(&Identity::self_signed().unwrap(), &target, trust).unwrap()
}

/// An end without close_notify may be the work of somebody else: it is no end in good order.
#[test]
fn cut_off() {
    for version in [&TLS12, &TLS13] {
        for polite in [false, true] {
            let alice = Shown::self_signed();
            let layer = accepting(only(&alice.identity));
            let ((), bob) = meet(
                move |socket| {
                    let probe = Probe {
                        version,
                        shows: Some(alice.key),
                    };
                    let mut stream = probe.client(socket);
                    stream.write_all(&send_to(BOB, ALICE)).unwrap();
                    if polite {
                        stream.conn.send_close_notify();
                    }
                    stream.flush().unwrap();
                    // Its answer has come: nothing is left unread that would reset the connection.
                    stream.read_exact(&mut [0; 64]).unwrap();
                    stream.sock.shutdown(std::net::Shutdown::Write).unwrap();
                    while stream.sock.read(&mut [0; 1024]).is_ok_and(|len| len > 0) {}
                },
                move |socket| run(Role::Passive, Ok(socket), Some(layer), secret()),
            );
            assert_eq!(bob.received, [SECRET]);
            let (reason, error) = if polite {
                (ConnectionError::PeerClosed, None)
            } else {
                (ConnectionError::Link(LinkError::Reset), Some(TlsError::Truncated))
            };
            assert_eq!((bob.ended.reason, bob.tls_error()), (reason, error));
        }
    }
}

/// In either role there is an end to a handshake that does not go on; that the peer leaves ends it at once.
#[test]
fn no_handshake() {
    for (stays, error, reason) in [
        (true, TlsError::Timeout, LinkError::Tls),
        (false, TlsError::Truncated, LinkError::Reset),
    ] {
        let [role_a, role_b] = [Role::Active, Role::Passive].map(|role| {
            let (own, peer) = sockets();
            let layer = match role {
                Role::Active => connecting(Trust::certificate(|_| true)),
                Role::Passive => accepting(Trust::certificate(|_| true)),
            };
            let peer = stays.then_some(peer);
            std::thread::spawn(move || {
                let started = Instant::now();
                let run = run(role, Ok(own), Some(layer), secret());
                drop(peer);
                (run, started.elapsed())
            })
        });
        for driver in [role_a, role_b] {
            let (run, took) = within(Duration::from_secs(20), move || driver.join().unwrap());
            run.assert_refused(ConnectionError::Link(reason), &error);
            let seconds = if stays { 10..14 } else { 0..3 };
            assert!(seconds.contains(&took.as_secs()), "{took:?}");
        }
    }
}

/// What was to be protected does not go over a plain socket by mistake.
///
/// Shows: MSRP-5.4-08 (the driver).
#[test]
fn without_tls() {
    for role in [Role::Active, Role::Passive] {
        let (driver, seen) = meet(
            move |socket| run(role, Ok(socket), None, secret()),
            |mut socket| {
                let mut octets = Vec::new();
                socket.read_to_end(&mut octets).unwrap();
                octets
            },
        );
        driver.assert_refused(ConnectionError::Link(LinkError::Tls), &TlsError::Plain);
        assert!(seen.is_empty());
    }
    // Nor is there TLS where the URI has it without.
    let target = "msrp://127.0.0.1:9/s;tcp"
        .parse::<MsrpUri>()
        .unwrap()
        .target()
        .unwrap();
    let identity = Identity::self_signed().unwrap();
    let error = Layer::connecting(&identity, &target, Trust::certificate(|_| true)).unwrap_err();
    assert_eq!(error, TlsError::Plain);
}
