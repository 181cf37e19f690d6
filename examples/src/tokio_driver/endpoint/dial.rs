//! Connecting to a target.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use msrp_proto::{Lookup, Target};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long an address has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tries the addresses of a target in their order (RFC 4975 §6.2). Fails as the last one did.
pub(super) async fn dial(target: &Target) -> io::Result<TcpStream> {
    let port = target.port();
    let addresses: Vec<SocketAddr> = match target.lookup() {
        Lookup::NotNeeded(address) => vec![(address, port).into()],
        Lookup::Address(name) => lookup_host((name.as_str(), port)).await?.collect(),
        // Services are for relays, and those speak TLS.
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    let mut failed = io::ErrorKind::NotFound.into();
    for address in addresses {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failed)
}
