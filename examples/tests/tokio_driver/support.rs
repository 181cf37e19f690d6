//! Drivers over sockets with small buffers, endpoints with sessions, and what to send over them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use msrp_examples::tokio_driver::{Driver, Endpoint, News, Session};
use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Config, MediaType, Message, Role, SessionConfig, SessionId, Terms};
use tokio::net::TcpStream;

use crate::sockets;

/// Two ends of one connection: the one that connected, the one that was connected to.
pub(crate) fn tcp() -> (TcpStream, TcpStream) {
    let (active, passive) = sockets::sockets();
    let tokio = |socket: std::net::TcpStream| {
        socket.set_nonblocking(true).unwrap();
        socket.set_nodelay(true).unwrap();
        TcpStream::from_std(socket).unwrap()
    };
    (tokio(active), tokio(passive))
}

/// A driver with a session between Alice, who connects, and Bob.
pub(crate) fn driver<S>(role: Role, config: Config, stream: S) -> (Driver<S>, SessionId)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (connection, session) = sockets::connection(role, config);
    (Driver::new(connection, stream), session)
}

pub(crate) fn text(text: impl Into<String>) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), text.into())
}

/// Fails instead of hanging.
pub(crate) async fn within<T>(wait: Duration, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(wait, work).await {
        Ok(result) => result,
        Err(_) => panic!("not done within {wait:?}"),
    }
}

/// An endpoint that listens on a port of its own.
pub(crate) async fn listening(config: Config) -> Endpoint {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Endpoint::bind(config, &[any]).await.unwrap()
}

/// An endpoint that only connects.
pub(crate) async fn connecting(config: Config) -> Endpoint {
    Endpoint::bind(config, &[]).await.unwrap()
}

/// A session as the two endpoints know it: the one that connects, the one that listens.
pub(crate) fn session(name: &str, listening: &Endpoint) -> (SessionConfig, SessionConfig) {
    let port = listening.addresses()[0].port();
    let ours: MsrpUri = format!("msrp://127.0.0.1:9/{name}-active;tcp").parse().unwrap();
    let theirs: MsrpUri = format!("msrp://127.0.0.1:{port}/{name}-passive;tcp")
        .parse()
        .unwrap();
    let active = SessionConfig::new(ours.clone(), Role::Active, Terms::new(Path::from(theirs.clone())));
    let passive = SessionConfig::new(theirs, Role::Passive, Terms::new(Path::from(ours)));
    (active, passive)
}

/// Opens a session between two endpoints.
pub(crate) async fn open(name: &str, connecting: &Endpoint, listening: &Endpoint) -> (Session, Session) {
    let (active, passive) = session(name, listening);
    let mut expected = listening.expect(passive).unwrap();
    let active = connecting.connect(active).await.unwrap();
    (active, expected.bound().await.unwrap())
}

/// The next whole message of a session; `None` when it has ended.
pub(crate) async fn message(session: &mut Session) -> Option<Bytes> {
    loop {
        match session.next().await? {
            News::Message(message) => return Some(message.body),
            News::Incoming(id, event) => panic!("{id:?}: {event:?}"),
            _ => {}
        }
    }
}

/// Waits until something holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    within(Duration::from_secs(10), wait).await;
}
