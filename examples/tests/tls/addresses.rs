//! Names have several addresses, and not all of them answer.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use msrp_examples::unreachable::Unreachable;
use msrp_examples::{std_driver, tokio_driver};
use msrp_proto::Target;
use msrp_proto::wire::MsrpUri;

const PATIENCE: Duration = Duration::from_secs(5);

/// By both drivers.
async fn connect(target: &Target) -> [Result<SocketAddr, Unreachable>; 2] {
    [
        std_driver::connect(target, None).map(|stream| stream.peer_addr().unwrap()),
        tokio_driver::connect(target, None)
            .await
            .map(|stream| stream.peer_addr().unwrap()),
    ]
}

async fn connect_any(addresses: &[SocketAddr], patience: Duration) -> [Result<SocketAddr, Unreachable>; 2] {
    [
        std_driver::connect_any(addresses, patience, None).map(|stream| stream.peer_addr().unwrap()),
        tokio_driver::connect_any(addresses, patience, None)
            .await
            .map(|stream| stream.peer_addr().unwrap()),
    ]
}

fn target(host: &str, port: u16) -> Target {
    let uri: MsrpUri = format!("msrps://{host}:{port}/s;tcp").parse().unwrap();
    uri.target().unwrap()
}

fn listen(address: impl Into<std::net::IpAddr>) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((address.into(), 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nobody listens.
fn nobody(address: impl Into<std::net::IpAddr>) -> SocketAddr {
    listen(address).1
}

#[tokio::test]
async fn localhost_with_one_family() {
    // Where the name has ::1 as well, nobody is there.
    let (_listener, address) = listen(Ipv4Addr::LOCALHOST);
    for connected in connect(&target("localhost", address.port())).await {
        assert_eq!(connected.unwrap(), address);
    }
}

#[tokio::test]
async fn address_of_either_family() {
    let (_listener, address) = listen(Ipv6Addr::LOCALHOST);
    for connected in connect(&target("[::1]", address.port())).await {
        assert_eq!(connected.unwrap(), address);
    }
    let (_listener, address) = listen(Ipv4Addr::LOCALHOST);
    for connected in connect(&target("127.0.0.1", address.port())).await {
        assert_eq!(connected.unwrap(), address);
    }
}

/// The first that answers, in the order of the name.
///
/// Shows: MSRP-6.2-03 (the addresses in their order, and what is said of each).
#[tokio::test]
async fn in_order() {
    let (refuses_six, refuses_four) = (nobody(Ipv6Addr::LOCALHOST), nobody(Ipv4Addr::LOCALHOST));
    let ((_first, first), (_second, second)) = (listen(Ipv4Addr::LOCALHOST), listen(Ipv4Addr::LOCALHOST));
    for (addresses, reached) in [
        ([refuses_six, refuses_four, first, second], first),
        ([refuses_six, second, refuses_four, first], second),
        ([first, second, refuses_six, refuses_four], first),
    ] {
        for connected in connect_any(&addresses, PATIENCE).await {
            assert_eq!(connected.unwrap(), reached);
        }
    }
    for refused in connect_any(&[refuses_six, refuses_four], PATIENCE).await {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let text = refused.to_string();
        assert!(
            text.contains(&refuses_six.to_string()) && text.contains(&refuses_four.to_string()),
            "{text}"
        );
        let Unreachable::NoneAnswered(attempts) = refused else {
            panic!("{refused:?}")
        };
        let tried: Vec<_> = attempts.iter().map(|attempt| attempt.address).collect();
        assert_eq!(tried, [refuses_six, refuses_four]);
        for attempt in attempts {
            assert_eq!(attempt.error.kind(), ErrorKind::ConnectionRefused);
        }
    }
}

/// Who does not answer at all is passed over after a while.
#[tokio::test]
async fn silence() {
    let full = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .unwrap();
    full.listen(0).unwrap();
    let silent = full.local_addr().unwrap().as_socket().unwrap();
    let short = Duration::from_millis(300);
    // Connections that nobody accepts, until there is no room for more. One that is only slow is not yet a sign.
    let (mut waiting, mut without) = (Vec::new(), 0);
    while without < 3 {
        match TcpStream::connect_timeout(&silent, short) {
            Ok(stream) => {
                without = 0;
                waiting.push(stream);
                assert!(waiting.len() < 100);
            }
            Err(_) => without += 1,
        }
    }
    let (_listener, address) = listen(Ipv4Addr::LOCALHOST);
    let started = Instant::now();
    for connected in connect_any(&[silent, address], short).await {
        assert_eq!(connected.unwrap(), address);
    }
    assert!(started.elapsed() >= 2 * short);
    for refused in connect_any(&[silent], short).await {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}

/// A name without an address.
#[tokio::test]
async fn nothing_to_connect_to() {
    for refused in connect(&target("no-such-host.example", 9)).await {
        assert!(matches!(refused, Err(Unreachable::Lookup(_))));
    }
}
