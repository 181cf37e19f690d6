//! Which connection a session goes on, where there are some (RFC 4976 §5.2).

use std::net::Ipv4Addr;
use std::time::Duration;

use msrp_proto::wire::Path;
use msrp_proto::{Config, Role, SessionConfig, Terms};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{connecting, listening, message, open, text, until, within};

/// A session with somebody behind a relay, whose connections come to that port.
fn behind(port: u16, name: &str) -> SessionConfig {
    let path: Path = format!("msrp://127.0.0.1:{port}/r{name};tcp msrp://{name}.example.com:7654/s;tcp")
        .parse()
        .unwrap();
    let own = format!("msrp://alice.example.com:9/{name};tcp").parse().unwrap();
    SessionConfig::new(own, Role::Active, Terms::new(path))
}

/// Reads until this was read.
async fn read_until(stream: &mut TcpStream, sought: &str) {
    let mut read = String::new();
    while !read.contains(sought) {
        let mut octets = [0; 1024];
        let len = within(Duration::from_secs(10), stream.read(&mut octets))
            .await
            .unwrap();
        assert!(len > 0, "{read}");
        read.push_str(str::from_utf8(&octets[..len]).unwrap());
    }
}

/// Peers behind the same relay are reached by one connection, whatever else is in their paths.
///
/// Shows: RELAY-5.2-02.
#[tokio::test]
async fn the_next_hop_decides() {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (relay, other) = (listen().await.unwrap(), listen().await.unwrap());
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let client = connecting(Config::default()).await;

    let _bob = client.connect(behind(port(&relay), "bob")).await.unwrap();
    let (mut stream, _) = relay.accept().await.unwrap();
    read_until(&mut stream, "/rbob;tcp msrp://bob.example.com:7654/s;tcp\r\n").await;
    let _carol = client.connect(behind(port(&relay), "carol")).await.unwrap();
    read_until(&mut stream, "/rcarol;tcp msrp://carol.example.com:7654/s;tcp\r\n").await;
    assert_eq!(client.connection_count(), 1);

    let _dave = client.connect(behind(port(&other), "dave")).await.unwrap();
    let (mut stream, _) = other.accept().await.unwrap();
    read_until(&mut stream, "/rdave;tcp msrp://dave.example.com:7654/s;tcp\r\n").await;
    assert_eq!(client.connection_count(), 2);
}

/// Three connections to one next hop, all with room: the one made first gets the session.
///
/// Shows: RELAY-5.2-03.
#[tokio::test]
async fn the_first_of_several() {
    let client = connecting(Config::default().max_sessions(1)).await;
    let server = listening(Config::default()).await;
    let mut by_age = Vec::new();
    for name in ["a", "b", "c"] {
        by_age.push(open(name, &client, &server).await);
    }
    let connection = |number: usize| by_age[number].1.peer_address().unwrap();
    let addresses = [connection(0), connection(1), connection(2)];
    assert_eq!(client.connection_count(), 3);
    drop(by_age);
    until(|| client.session_count() == 0 && server.session_count() == 0).await;
    assert_eq!(client.connection_count(), 3);

    let mut kept = Vec::new();
    for (number, name) in ["d", "e", "f"].iter().enumerate() {
        let (active, mut passive) = open(name, &client, &server).await;
        let _ = active.send(text(*name)).await.unwrap();
        assert_eq!(message(&mut passive).await.unwrap(), *name);
        assert_eq!(passive.peer_address(), Some(addresses[number]));
        kept.push((active, passive));
    }
    assert_eq!(client.connection_count(), 3);
}
