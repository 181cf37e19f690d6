//! By what address peers reach this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use msrp_proto::Host;
use msrp_proto::wire::HostName;

/// What was given as a name is neither a host name nor an address.
pub(crate) struct NotAHost;

/// The host to tell peers of what listens at `bound`: `name` if there is one, else the address; and whether peers on
/// other machines can use it, as far as can be told here.
pub(crate) fn reached_by(bound: IpAddr, name: Option<&str>) -> Result<(Host, bool), NotAHost> {
    if let Some(name) = name {
        return Ok((host(name)?, true));
    }
    let address = match bound {
        any if any.is_unspecified() => outgoing(far(any)).unwrap_or(loopback(any)),
        address => address,
    };
    Ok((address.into(), !address.is_loopback()))
}

/// The own address on the way to another one. Nothing is sent for that.
pub(crate) fn outgoing(to: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match to {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    Some(address).filter(|address| !address.is_unspecified())
}

fn host(name: &str) -> Result<Host, NotAHost> {
    if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(address.into());
    }
    let name: HostName = name.parse().map_err(|_| NotAHost)?;
    Ok(Host::Name(name))
}

/// An address for documentation (RFC 5737, RFC 3849), which lies behind the default route.
pub(crate) fn far(family: IpAddr) -> IpAddr {
    match family {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    }
}

fn loopback(family: IpAddr) -> IpAddr {
    match family {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}
