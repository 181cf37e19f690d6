//! The URI that peers need.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use msrp_proto::wire::{HostName, MsrpUri, Scheme, SessionToken};

use super::Error;

/// A URI with a fresh session-id for what listens at `bound`; and whether peers on other machines can use it,
/// as far as can be told here.
pub(super) fn uri(bound: SocketAddr, name: Option<&str>) -> Result<(MsrpUri, bool), Error> {
    let (host, reachable) = match name {
        Some(name) => (host(name)?, true),
        None => {
            let address = match bound.ip() {
                any if any.is_unspecified() => outgoing(any).unwrap_or(loopback(any)),
                address => address,
            };
            (address.to_string(), !address.is_loopback())
        }
    };
    let mut octets = [0; 10];
    getrandom::fill(&mut octets).map_err(|error| Error::Random(io::Error::from(error)))?;
    let uri = MsrpUri::build(Scheme::Msrp, &*host)
        .port(bound.port())
        .session_id(SessionToken::random(|buffer| buffer.copy_from_slice(&octets)))
        .finish()
        .map_err(|_| Error::Name)?;
    Ok((uri, reachable))
}

fn host(name: &str) -> Result<String, Error> {
    if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let name: HostName = name.parse().map_err(|_| Error::Name)?;
    Ok(name.as_str().into())
}

/// The address of the interface by which other networks are reached. Nothing is sent for that.
fn outgoing(any: IpAddr) -> Option<IpAddr> {
    // Addresses for documentation (RFC 5737, RFC 3849), which lie behind the default route.
    let far: IpAddr = match any {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((far, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    Some(address).filter(|address| !address.is_unspecified())
}

fn loopback(any: IpAddr) -> IpAddr {
    match any {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}
