//! Connecting to a target.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use msrp_proto::{Lookup, Target};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::dscp::Dscp;
use crate::unreachable::{ADDRESS_PATIENCE, Attempt, Unreachable};

/// Connects to a target: its name is looked up, and the addresses are tried in their order until one takes the
/// connection (RFC 4975 §6.2), each for 10 s. `dscp`: how packets are marked, from the first one on, if that can be
/// had.
///
/// The port is that of the target, whether it is for TLS or not.
///
/// # Errors
///
/// [`Unreachable`], with what was said of each address.
pub async fn connect(target: &Target, dscp: Option<Dscp>) -> Result<TcpStream, Unreachable> {
    let port = target.port();
    let addresses: Vec<SocketAddr> = match target.lookup() {
        Lookup::NotNeeded(address) => vec![(address, port).into()],
        Lookup::Address(name) => lookup_host((name.as_str(), port))
            .await
            .map_err(Unreachable::Lookup)?
            .collect(),
        _ => return Err(Unreachable::Service),
    };
    connect_any(&addresses, ADDRESS_PATIENCE, dscp).await
}

/// [`connect`] for those who look up names by themselves. `patience`: how long each address has to answer.
///
/// # Errors
///
/// [`Unreachable::NoneAnswered`].
pub async fn connect_any(
    addresses: &[SocketAddr],
    patience: Duration,
    dscp: Option<Dscp>,
) -> Result<TcpStream, Unreachable> {
    let mut attempts = Vec::new();
    for &address in addresses {
        let error = match timeout(patience, connect_one(address, dscp)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => error,
            Err(_) => io::ErrorKind::TimedOut.into(),
        };
        attempts.push(Attempt { address, error });
    }
    Err(Unreachable::NoneAnswered(attempts))
}

async fn connect_one(address: SocketAddr, dscp: Option<Dscp>) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if let Some(dscp) = dscp {
        let _ = dscp.mark(&socket, address); // a wish, not a condition
    }
    socket.connect(address).await
}
