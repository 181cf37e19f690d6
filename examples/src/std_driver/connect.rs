//! Connecting to a target.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use msrp_proto::{Lookup, Target};
use socket2::{Domain, Protocol, Socket, Type};

use crate::dscp::Dscp;
use crate::unreachable::{ADDRESS_PATIENCE, Attempt, Unreachable};

/// Connects to a target: its name is looked up, and the addresses are tried in their order until one takes the
/// connection (RFC 4975 §6.2), each for 10 s. `dscp`: how packets are marked, from the first one on, if that can be
/// had.
///
/// No service records are looked up: a relay without a port is where its name and port 2855 are (RFC 4976 §8).
///
/// Otherwise the port is that of the target, whether it is for TLS or not.
///
/// # Errors
///
/// [`Unreachable`], with what was said of each address.
pub fn connect(target: &Target, dscp: Option<Dscp>) -> Result<TcpStream, Unreachable> {
    let port = target.port();
    let addresses = match target.lookup() {
        Lookup::NotNeeded(address) => vec![(address, port).into()],
        Lookup::Address(name) | Lookup::Service { fallback: name, .. } => (name.as_str(), port)
            .to_socket_addrs()
            .map_err(Unreachable::Lookup)?
            .collect(),
        _ => return Err(Unreachable::Service),
    };
    connect_any(&addresses, ADDRESS_PATIENCE, dscp)
}

/// [`connect`] for those who look up names by themselves. `patience`: how long each address has to answer.
///
/// # Errors
///
/// [`Unreachable::NoneAnswered`].
pub fn connect_any(
    addresses: &[SocketAddr],
    patience: Duration,
    dscp: Option<Dscp>,
) -> Result<TcpStream, Unreachable> {
    let mut attempts = Vec::new();
    for &address in addresses {
        match connect_one(address, patience, dscp) {
            Ok(stream) => return Ok(stream),
            Err(error) => attempts.push(Attempt { address, error }),
        }
    }
    Err(Unreachable::NoneAnswered(attempts))
}

fn connect_one(address: SocketAddr, patience: Duration, dscp: Option<Dscp>) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if let Some(dscp) = dscp {
        let _ = dscp.mark(&socket, address); // a wish, not a condition
    }
    socket.connect_timeout(&address.into(), patience)?;
    Ok(socket.into())
}
