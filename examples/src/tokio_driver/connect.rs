//! Connecting to a target.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use msrp_proto::{Lookup, Target};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use super::service::servers;
use crate::dscp::Dscp;
use crate::unreachable::{ADDRESS_PATIENCE, Attempt, Unreachable};

/// Connects to a target: its name is looked up, and the addresses are tried in their order until one takes the
/// connection (RFC 4975 §6.2), each for 10 s. `dscp`: how packets are marked, from the first one on, if that can be
/// had.
///
/// Of a service, as that of a relay without a port is, the servers are looked up first (SRV, in the order of RFC 2782);
/// one that has no such records is where its name and port 2855 are (RFC 4976 §8).
///
/// Otherwise the port is that of the target, whether it is for TLS or not.
///
/// # Errors
///
/// [`Unreachable`], with what was said of each address.
pub async fn connect(target: &Target, dscp: Option<Dscp>) -> Result<TcpStream, Unreachable> {
    connect_by(&[], target, dscp).await
}

/// [`connect`] with services looked up at these name servers; none stands for those of the system.
pub(super) async fn connect_by(
    name_servers: &[SocketAddr],
    target: &Target,
    dscp: Option<Dscp>,
) -> Result<TcpStream, Unreachable> {
    let port = target.port();
    let addresses = match target.lookup() {
        Lookup::NotNeeded(address) => vec![(address, port).into()],
        Lookup::Address(name) => addresses([(name.as_str().to_owned(), port)]).await?,
        Lookup::Service { service, fallback } => {
            addresses(servers(service, (fallback, port), name_servers).await?).await?
        }
        _ => return Err(Unreachable::Service),
    };
    connect_any(&addresses, ADDRESS_PATIENCE, dscp).await
}

/// The addresses of several names, of which some may have none.
async fn addresses(servers: impl IntoIterator<Item = (String, u16)>) -> Result<Vec<SocketAddr>, Unreachable> {
    let (mut addresses, mut failed) = (Vec::new(), None);
    for server in servers {
        match lookup_host(server).await {
            Ok(found) => addresses.extend(found),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if addresses.is_empty() => Err(Unreachable::Lookup(error)),
        _ => Ok(addresses),
    }
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
