//! Packets are marked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use msrp_examples::dscp::Dscp;
use msrp_examples::std_driver::{Driver, seed};
use msrp_examples::{std_driver, tokio_driver};
use msrp_proto::{Config, Connection, Event, Link};
use socket2::SockRef;

const PATIENCE: Duration = Duration::from_secs(5);

/// What packets of a socket are marked with, over IPv4 and IPv6. The bits below are not ours.
fn marks(stream: &TcpStream) -> (Option<u32>, Option<u32>) {
    let socket = SockRef::from(stream);
    let six = stream.local_addr().unwrap().is_ipv6();
    (
        socket.tos_v4().ok().map(|octet| octet >> 2),
        six.then(|| socket.tclass_v6().unwrap() >> 2),
    )
}

fn listen(address: impl Into<IpAddr>) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((address.into(), 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[test]
fn code_points() {
    assert_eq!(Dscp::default().code_point(), 18);
    assert_eq!(Dscp::new(18), Some(Dscp::AF21));
    assert_eq!(Dscp::new(63).unwrap().code_point(), 63);
    assert_eq!(Dscp::new(64), None);
}

#[tokio::test]
async fn connecting() {
    for dscp in [Some(Dscp::AF21), Dscp::new(10), None] {
        let mark = dscp.map_or(0, |dscp| u32::from(dscp.code_point()));
        let (_four, four) = listen(Ipv4Addr::LOCALHOST);
        let (_six, six) = listen(Ipv6Addr::LOCALHOST);
        for address in [four, six] {
            let by_std = std_driver::connect_any(&[address], PATIENCE, dscp).unwrap();
            let by_tokio = tokio_driver::connect_any(&[address], PATIENCE, dscp)
                .await
                .unwrap();
            for stream in [by_std, by_tokio.into_std().unwrap()] {
                let (over_four, over_six) = marks(&stream);
                if address == four {
                    assert_eq!(over_four, Some(mark));
                } else {
                    assert_eq!(over_six, Some(mark));
                }
            }
        }
    }
}

/// Whoever made the connection, the driver marks it; also IPv4 that comes in by a socket for IPv6.
#[test]
fn accepted() {
    for dscp in [None, Some(Some(Dscp::AF21)), Some(Dscp::new(10)), Some(None)] {
        let mark = dscp
            .unwrap_or(Some(Dscp::default()))
            .map_or(0, |dscp| u32::from(dscp.code_point()));
        let ((four, at_four), (six, at_six)) = (listen(Ipv4Addr::LOCALHOST), listen(Ipv6Addr::LOCALHOST));
        let (both, at_both) = listen(Ipv6Addr::UNSPECIFIED);
        let at_both = SocketAddr::from((Ipv4Addr::LOCALHOST, at_both.port()));
        for (listener, address, expected) in [
            (&four, at_four, (Some(mark), None)),
            (&six, at_six, (None, Some(mark))),
            (&both, at_both, (Some(mark), Some(mark))),
        ] {
            let _peer = TcpStream::connect(address).unwrap();
            let (socket, _) = listener.accept().unwrap();
            let looked_at = socket.try_clone().unwrap();
            let connection = Connection::new(
                Arc::new(Config::default()),
                Link::tcp(),
                Instant::now(),
                seed().unwrap(),
            );
            let mut driver = Driver::new(connection);
            if let Some(dscp) = dscp {
                driver = driver.dscp(dscp);
            }
            let handle = driver.handle();
            let running =
                thread::spawn(move || driver.run(Ok(socket), &mut |_: &mut Connection, _: Event| {}));
            let (done, seen) = std::sync::mpsc::channel();
            handle
                .call(move |connection, _| {
                    done.send(marks(&looked_at)).unwrap();
                    connection.abort();
                })
                .unwrap();
            let (over_four, over_six) = seen.recv_timeout(PATIENCE).unwrap();
            if expected.0.is_some() {
                assert_eq!(over_four, expected.0);
            }
            assert_eq!(over_six, expected.1);
            running.join().unwrap();
        }
    }
}
