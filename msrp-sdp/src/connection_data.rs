//! `c=`, the address (RFC 8866 §5.7).

use std::fmt;
use std::net::IpAddr;

use msrp_proto::Host;
use msrp_proto::wire::{HostName, HostRef, UriRef};
use thiserror::Error;

use crate::{Deviation, Deviations, chars};

/// Why connection data cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConnectionDataError {
    /// It is not `IN IP4` or `IN IP6` and an address.
    #[error("not connection data of the Internet")]
    Syntax,
    /// An address that is neither one of the type named nor a host name.
    #[error("illegal address")]
    Address,
}

/// Connection data: `IN IP4 192.0.2.5`. IPv6 addresses stand without brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionData {
    host: Host,
    ipv6: bool,
}

impl ConnectionData {
    /// Connection data of a host: a name is said to be IPv4, as is usual where it is not known (RFC 4975 §8.1).
    pub fn new(host: Host) -> Self {
        let ipv6 = matches!(host, Host::Address(IpAddr::V6(_)));
        Self { host, ipv6 }
    }

    /// That of the host of a URI; `None` if the host is no name that could stand there.
    pub(crate) fn of_uri(uri: UriRef<'_>) -> Option<Self> {
        let host = match uri.host() {
            HostRef::Address(address) => Host::Address(address),
            HostRef::Name(name) => Host::Name(HostName::new(name).ok()?),
        };
        Some(Self::new(host))
    }

    /// Reads what stands behind `c=`.
    ///
    /// # Errors
    ///
    /// A [`ConnectionDataError`] if it is not an address of the Internet, or a host name.
    pub fn parse(value: &str) -> Result<Self, ConnectionDataError> {
        Self::parse_with_deviations(value).map(|(data, _)| data)
    }

    /// As [`parse`](Self::parse), and tells what was forgiven.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn parse_with_deviations(value: &str) -> Result<(Self, Deviations), ConnectionDataError> {
        let mut deviations = Deviations::default();
        let mut fields = value.split(' ');
        let (Some(network), Some(family), Some(address), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(ConnectionDataError::Syntax);
        };
        let ipv6 = match (network, family) {
            ("IN", "IP4") => false,
            ("IN", "IP6") => true,
            _ => return Err(ConnectionDataError::Syntax),
        };
        let address = match address.split_once('/') {
            None => address,
            Some((address, _)) => {
                deviations.insert(Deviation::SlashOnUnicast);
                address
            }
        };
        let host = match address.parse::<IpAddr>() {
            Ok(address) if address.is_ipv6() == ipv6 => Host::Address(address),
            Ok(_) => return Err(ConnectionDataError::Address),
            // What a URI may escape stands for itself here.
            Err(_) if address.contains('%') => return Err(ConnectionDataError::Address),
            Err(_) => Host::Name(HostName::new(address).map_err(|_| ConnectionDataError::Address)?),
        };
        Ok((Self { host, ipv6 }, deviations))
    }

    /// Reads a `c=` of any kind. `None` for what is legal and not the address of one host of the Internet: other
    /// networks, and groups, whose TTL and number of addresses are no slip.
    pub(crate) fn read(value: &[u8]) -> Result<(Option<Self>, Deviations), ConnectionDataError> {
        let mut fields = value.splitn(3, |octet| *octet == b' ');
        let (Some(network), Some(family), Some(address)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(ConnectionDataError::Syntax);
        };
        if (network, family) != (b"IN", b"IP4") && (network, family) != (b"IN", b"IP6") {
            let legal = chars::is_token(network)
                && chars::is_token(family)
                && address.split(|octet| *octet == b' ').all(chars::is_visible);
            return if legal {
                Ok(Default::default())
            } else {
                Err(ConnectionDataError::Syntax)
            };
        }
        let address = str::from_utf8(address).map_err(|_| ConnectionDataError::Address)?;
        let ipv6 = family == b"IP6";
        let mut parts = address.split('/');
        let host = parts.next().and_then(|host| host.parse::<IpAddr>().ok());
        if host.is_some_and(|host| host.is_multicast() && host.is_ipv6() == ipv6) {
            // The TTL, for IPv4 alone, and the number of addresses.
            let most = if ipv6 { 1 } else { 2 };
            let legal = parts.clone().count() <= most && parts.all(|part| chars::is_digits(part.as_bytes()));
            return if legal {
                Ok(Default::default())
            } else {
                Err(ConnectionDataError::Address)
            };
        }
        let value = str::from_utf8(value).map_err(|_| ConnectionDataError::Address)?;
        Self::parse_with_deviations(value).map(|(data, deviations)| (Some(data), deviations))
    }

    /// The address, or the name of the host.
    pub const fn host(&self) -> &Host {
        &self.host
    }
}

/// What stands behind `c=`.
impl fmt::Display for ConnectionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = if self.ipv6 { "IP6" } else { "IP4" };
        match &self.host {
            Host::Address(address) => write!(f, "IN {family} {address}"),
            Host::Name(name) => write!(f, "IN {family} {}", name.as_str()),
        }
    }
}
