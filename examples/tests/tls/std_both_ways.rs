//! The std driver, with peers that are whom they should be.

use std::thread;
use std::time::Duration;

use msrp_examples::std_driver::connect;
use msrp_examples::tls::{Identity, Layer, Trust};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{ConnectionError, Role};
use rustls::version::{TLS12, TLS13};

use crate::probe::Probe;
use crate::support::{
    ALICE, BOB, Run, Shown, TestAuthority, bob_at, host, is_long, listener, long, only, run, secret, sockets,
    within,
};

/// Alice connects to Bob; each sends 1 MiB and hears that it has arrived.
fn converse(alice: &Identity, trusts_bob: Trust, bob: &Identity, trusts_alice: Trust) -> (Run, Run) {
    let (listener, address) = listener();
    let accepting = Layer::accepting(bob, trusts_alice).unwrap();
    let target = bob_at(address);
    let connecting = Layer::connecting(alice, &target, trusts_bob).unwrap();
    within(Duration::from_secs(60), move || {
        let bob = thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            run(Role::Passive, Ok(socket), Some(accepting), long())
        });
        let socket = connect(&target, None).map_err(Into::into);
        let alice = run(Role::Active, socket, Some(connecting), long());
        (alice, bob.join().unwrap())
    })
}

fn assert_conversed((alice, bob): (Run, Run)) {
    assert_eq!(alice.ended.reason, ConnectionError::Closed, "{:?}", alice.ended);
    assert_eq!(bob.ended.reason, ConnectionError::PeerClosed, "{:?}", bob.ended);
    for run in [alice, bob] {
        assert!(run.ended.error.is_none(), "{:?}", run.ended);
        assert_eq!((run.received.len(), run.delivered, run.bound), (1, 1, true));
        assert!(is_long(&run.received[0]));
    }
}

/// Self-signed certificates prove who is who in both directions, where signalling told of them.
///
/// Shows: MSRP-5.4-10 (the driver: no name and no authority is asked for).
#[test]
fn by_fingerprint() {
    let (alice, bob) = (Identity::self_signed().unwrap(), Identity::self_signed().unwrap());
    assert_conversed(converse(&alice, only(&bob), &bob, only(&alice)));
}

/// The name is the one in the URI, though it is an address that was connected to.
///
/// Shows: MSRP-5.4-09 (the SubjectAltName that is right), CEMA-7-01 (the driver).
#[test]
fn by_name() {
    let authority = TestAuthority::new("Test");
    let (alice, bob) = (
        authority.issue("alice.example.com"),
        authority.issue("bob.example.com"),
    );
    let (trusts_bob, trusts_alice) = (
        Trust::target(&bob_at(([127, 0, 0, 1], 1).into()), authority.roots()).unwrap(),
        Trust::connector(&ALICE.parse().unwrap(), authority.roots()).unwrap(),
    );
    assert_conversed(converse(&alice.identity, trusts_bob, &bob.identity, trusts_alice));
}

/// Addresses are names like others, of either family.
#[test]
fn by_address() {
    let authority = TestAuthority::new("Test");
    let (alice, bob) = (authority.issue("2001:db8::1"), authority.issue("192.0.2.7"));
    assert_conversed(converse(
        &alice.identity,
        authority.trust(host("192.0.2.7")),
        &bob.identity,
        authority.trust(host("[2001:db8::1]")),
    ));
}

/// Who connects is the TLS client, shows its certificate, and asks for the host of the peer's URI, wherever it has
/// connected to. For an address it asks for nothing.
///
/// Shows: MSRP-14.2-01 (the driver), SETUP-4.3-01 (the active side; `std_refuses` has the passive one).
#[test]
fn server_name() {
    for version in [&TLS12, &TLS13] {
        for (uri, at, asked) in [
            (BOB, host("127.0.0.1"), Some("bob.example.com")),
            (BOB, host("proxy.example.com"), Some("bob.example.com")),
            ("msrps://127.0.0.1:9/s;tcp", host("proxy.example.com"), None),
        ] {
            let alice = Identity::self_signed().unwrap();
            let bob = Shown::self_signed();
            let target = uri.parse::<MsrpUri>().unwrap().target().unwrap();
            let target = target.connect_to(at, 2855).unwrap();
            let layer = Layer::connecting(&alice, &target, only(&bob.identity)).unwrap();
            let seen = within(Duration::from_secs(20), move || {
                let (active, passive) = sockets();
                let alice = thread::spawn(move || run(Role::Active, Ok(active), Some(layer), secret()));
                let probe = Probe {
                    version,
                    shows: Some(bob.key),
                };
                let seen = probe.greet(passive);
                drop(alice);
                seen
            });
            assert_eq!(seen.server_name.as_deref(), asked);
            assert!(seen.certificate);
            // A peer that is trusted does get the message.
            assert!(seen.octets.starts_with(b"MSRP "), "{seen:?}");
        }
    }
}
