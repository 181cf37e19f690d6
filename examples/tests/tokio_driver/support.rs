//! Drivers over sockets with small buffers, and what to send over them.

use std::time::Duration;

use msrp_examples::tokio_driver::Driver;
use msrp_proto::{Config, MediaType, Message, Role, SessionId};
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
