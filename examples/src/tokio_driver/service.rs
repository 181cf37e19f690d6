//! The servers of a service.

use std::net::SocketAddr;

use domain::base::{Name, RelativeName};
use domain::resolv::StubResolver;
use domain::resolv::stub::conf::{ResolvConf, ServerConf, Transport};
use msrp_proto::wire::HostName;
use tokio::time::timeout;

use crate::unreachable::{ADDRESS_PATIENCE, Unreachable};

/// The names and ports of the servers of a service, in the order in which they are to be tried: as their records say and
/// chance has it (RFC 2782). Without a record, or without an answer, it is `fallback` alone.
///
/// `name_servers`: who is asked; none stands for those of the system.
pub(super) async fn servers(
    service: &str,
    fallback: (&HostName, u16),
    name_servers: &[SocketAddr],
) -> Result<Vec<(String, u16)>, Unreachable> {
    let (host, port) = (fallback.0.as_str(), fallback.1);
    let alone = vec![(host.to_owned(), port)];
    let prefix = service
        .strip_suffix(host)
        .and_then(|prefix| prefix.strip_suffix('.'))
        .and_then(|prefix| prefix.parse::<RelativeName<Vec<u8>>>().ok());
    let (Some(prefix), Ok(name)) = (prefix, host.parse::<Name<Vec<u8>>>()) else {
        return Ok(alone);
    };
    let resolver = StubResolver::from_conf(configuration(name_servers));
    match timeout(ADDRESS_PATIENCE, resolver.lookup_srv(prefix, name, port)).await {
        Ok(Ok(Some(found))) => Ok(found
            .into_srvs()
            .map(|server| (server.target().to_string(), server.port()))
            .collect()),
        Ok(Ok(None)) => Err(Unreachable::Service),
        Ok(Err(_)) | Err(_) => Ok(alone),
    }
}

fn configuration(name_servers: &[SocketAddr]) -> ResolvConf {
    if name_servers.is_empty() {
        return ResolvConf::default();
    }
    let mut configuration = ResolvConf::new();
    let by_udp = name_servers
        .iter()
        .map(|address| ServerConf::new(*address, Transport::UdpTcp));
    configuration.servers.extend(by_udp);
    configuration.finalize();
    configuration
}
