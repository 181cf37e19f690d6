//! P3, P4, P22: connections over TCP and TLS, IPv4 and IPv6, and how their packets are marked.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use msrp_examples::dscp::Dscp;
use msrp_examples::std_driver;
use msrp_examples::tls::{Identity, TlsError};
use msrp_examples::tokio_driver::{CallError, ConnectErrorReason, connect};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{Config, Connection, Event, Link, Lookup, Role};
use msrp_sdp::{Fingerprint, Fingerprints, HashFunction, Policy, Side};
use socket2::SockRef;

use crate::support::{Party, call, host, parties, talk, until};

/// Fingerprints are in the offer and in the answer, SHA-256 first, and the certificate is checked against them in both
/// roles, whoever connects: the wrong one ends the call, and nothing is heard.
#[tokio::test]
async fn p03_tls_with_fingerprints_that_are_checked() {
    let mallory = Identity::self_signed().unwrap();
    let wrong: Fingerprints = Fingerprints::of([mallory.certificate()]).unwrap();
    let wrong = wrong.iter().next().unwrap().to_string();
    for reachable in [true, false] {
        let (alice, bob) = parties(true).await;
        let answering = || bob.local().reachable(reachable);
        let policy = Policy::default();

        let established = call(
            (&alice, alice.local()),
            (&bob, answering()),
            &policy,
            |_, text| text,
        )
        .await;
        let role = if reachable { Role::Active } else { Role::Passive };
        assert_eq!(established.agreements[0].role(), role);
        for (text, party) in [(&established.offer, &alice), (&established.answer, &bob)] {
            let certificate = party.identity.as_ref().unwrap().certificate();
            let first = text.lines().find_map(|line| line.strip_prefix("a=fingerprint:"));
            let expected = Fingerprint::of(certificate, HashFunction::Sha256).to_string();
            assert_eq!(first, Some(&expected[..]));
            assert!(text.contains(" TCP/TLS/MSRP *\r\n") && text.contains("a=path:msrps://"));
        }
        let [one, other] = established.sessions;
        talk(&mut one.unwrap(), &mut other.unwrap()).await;

        // Somebody else's fingerprint, as that of the offerer, then as that of the answerer.
        for forged in [Side::Offerer, Side::Answerer] {
            let (alice, bob) = parties(true).await;
            let answering = bob.local().reachable(reachable);
            // Who listens is not told that the other one would not have it.
            let policy = Policy::default().wait(Duration::from_secs(1));
            let established = call(
                (&alice, alice.local()),
                (&bob, answering),
                &policy,
                |side, text| {
                    if side != forged {
                        return text;
                    }
                    let lines =
                        text.split_inclusive("\r\n")
                            .map(|line| match line.starts_with("a=fingerprint:") {
                                true => format!("a=fingerprint:{wrong}\r\n"),
                                false => line.to_owned(),
                            });
                    lines.collect()
                },
            )
            .await;
            let [alices, bobs] = established.sessions;
            let (deceived, other) = match forged {
                Side::Offerer => (bobs, alices),
                Side::Answerer => (alices, bobs),
            };
            let connects = (forged == Side::Answerer) == reachable;
            match deceived.unwrap_err() {
                CallError::Connect(error) if connects => {
                    let ConnectErrorReason::Tls(reason) = &error.reason else {
                        panic!("{error:?}")
                    };
                    assert_eq!(*reason, TlsError::Certificate);
                }
                CallError::Peer(error) if !connects => assert_eq!(error, TlsError::Certificate),
                error => panic!("{error:?}"),
            }
            // The other one, whose peer has refused, has no session either: at once, or as soon as the refusal comes.
            if let Ok(mut session) = other {
                let end = crate::support::end_of(&mut session).await;
                assert!(matches!(end, msrp_proto::SessionEvent::Failed(..)), "{end:?}");
            }
            for party in [&alice, &bob] {
                until(|| party.endpoint.connection_count() == 0).await;
            }
        }
    }
}

/// IPv4 and IPv6, in brackets in URIs and without in `c=`; names are looked up by the driver.
#[tokio::test]
async fn p04_addresses_of_both_families_and_names() {
    for tls in [false, true] {
        for (address, named, line, uri) in [
            ("127.0.0.1", None, "c=IN IP4 127.0.0.1", "://127.0.0.1:"),
            ("::1", None, "c=IN IP6 ::1", "://[::1]:"),
            (
                "127.0.0.1",
                Some("localhost"),
                "c=IN IP4 localhost",
                "://localhost:",
            ),
        ] {
            let (alice, bob) = (
                Party::new(address, tls, Config::default()).await,
                Party::new(address, tls, Config::default()).await,
            );
            let at = |party: &Party| match named {
                Some(name) => party.local_at(host(name)),
                None => party.local(),
            };
            for reachable in [true, false] {
                let answering = at(&bob).reachable(reachable);
                let established = call(
                    (&alice, at(&alice)),
                    (&bob, answering),
                    &Policy::default(),
                    |_, text| text,
                )
                .await;
                for text in [&established.offer, &established.answer] {
                    let scheme = if tls { "msrps" } else { "msrp" };
                    assert!(text.lines().any(|written| written == line), "{text}");
                    assert!(text.contains(&format!("a=path:{scheme}{uri}")), "{text}");
                }
                let [ours, theirs] = &established.agreements;
                let target = ours.plan().target().or(theirs.plan().target()).unwrap();
                match (target.lookup(), named) {
                    (Lookup::NotNeeded(found), None) => assert_eq!(found.to_string(), address),
                    (Lookup::Address(name), Some(named)) => assert_eq!(name.as_str(), named),
                    other => panic!("{other:?}"),
                }
                let [one, other] = established.sessions;
                talk(&mut one.unwrap(), &mut other.unwrap()).await;
            }
        }
    }
}

/// What the packets of a socket are marked with.
fn mark_of(stream: &std::net::TcpStream) -> u32 {
    let socket = SockRef::from(stream);
    let octet = if stream.local_addr().unwrap().is_ipv6() {
        socket.tclass_v6()
    } else {
        socket.tos_v4()
    };
    octet.unwrap() >> 2
}

/// The code point has a default, and the example drivers set it, over IPv4 and IPv6, on connections that they make and
/// on those that they take.
#[tokio::test]
async fn p22_packets_are_marked() {
    assert_eq!(Dscp::default(), Dscp::AF21);
    assert_eq!(Dscp::AF21.code_point(), 18);
    for address in [
        Ipv4Addr::LOCALHOST.into(),
        std::net::IpAddr::from(Ipv6Addr::LOCALHOST),
    ] {
        let listener = std::net::TcpListener::bind((address, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let uri: MsrpUri = format!("msrp://{at}/b;tcp").parse().unwrap();
        let target = uri.target().unwrap();
        for (dscp, mark) in [(Some(Dscp::default()), 18), (Dscp::new(46), 46), (None, 0)] {
            // Made, with tokio and without.
            let made = connect(&target, dscp).await.unwrap().into_std().unwrap();
            assert_eq!(mark_of(&made), mark, "{at}");
            let (taken, _) = listener.accept().unwrap();
            let by_std = std_driver::connect_any(&[at], Duration::from_secs(5), dscp).unwrap();
            assert_eq!(mark_of(&by_std), mark, "{at}");
            drop(listener.accept().unwrap());

            // Taken: the driver does it, whoever made the connection.
            assert_eq!(mark_of(&taken), 0);
            let looked_at = taken.try_clone().unwrap();
            let seed = std_driver::seed().unwrap();
            let connection = Connection::new(Arc::new(Config::default()), Link::tcp(), Instant::now(), seed);
            let driver = match dscp {
                Some(dscp) if dscp == Dscp::default() => std_driver::Driver::new(connection),
                other => std_driver::Driver::new(connection).dscp(other),
            };
            let handle = driver.handle();
            let running = std::thread::spawn(move || {
                driver.run(Ok(taken), &mut |_: &mut Connection, _: Event| {});
            });
            let (done, seen) = std::sync::mpsc::channel();
            handle
                .call(move |connection, _| {
                    done.send(mark_of(&looked_at)).unwrap();
                    connection.abort();
                })
                .unwrap();
            assert_eq!(seen.recv_timeout(Duration::from_secs(5)).unwrap(), mark, "{at}");
            running.join().unwrap();
        }
    }
}
