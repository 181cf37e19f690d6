//! Where to connect for a URI, and whom to expect there (RFC 4975 §5.4, §6.2; RFC 4976 §8; RFC 6714 §7.1).

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use crate::wire::{HostName, HostNameError, HostRef, MsrpUri, Path, Scheme, UriRef};

/// Why there is nowhere to connect to.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TargetError {
    /// A relay that is not `msrps`: AUTH goes over TLS only (RFC 4976 §8).
    #[error("a relay is reached over TLS only")]
    Insecure,
    /// A name under `.invalid`, which is never looked up (RFC 6761 §6.4, RFC 7977 Appendix A).
    #[error("a name under .invalid does not resolve")]
    Invalid,
    /// The URI has no port, or the port given is 0. Only the URI of a relay that AUTH goes to may lack one
    /// (RFC 4975 §6.2, RFC 4976 §8).
    #[error("no port")]
    NoPort,
    /// The host is legal in a URI and yet not a name that could be looked up.
    #[error("not a host name")]
    NotAHostName,
    /// Any transport but `tcp`: the other end of a WebSocket or of a data channel is not found by its URI.
    #[error("nothing to connect to for this transport")]
    UnsupportedTransport,
}

impl From<HostNameError> for TargetError {
    fn from(_: HostNameError) -> TargetError {
        TargetError::NotAHostName
    }
}

/// An address, or a name to look up.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Host {
    /// To be used as it is (RFC 4975 §6.2).
    Address(IpAddr),
    /// To be looked up.
    Name(HostName),
}

/// What to ask the domain name system before connecting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lookup<'a> {
    /// The addresses of this name, to be tried in the order of the answer until one connects
    /// (RFC 4975 §6.2).
    Address(&'a HostName),
    /// Nothing: this is the address.
    NotNeeded(IpAddr),
    /// The servers of a service (SRV, chosen by RFC 2782), then their addresses; without such a record the
    /// addresses of `fallback`, with [`Target::port`] (RFC 4976 §8).
    Service {
        /// `_msrps._tcp.` and the name of the relay.
        service: &'a str,
        /// The name of the relay.
        fallback: &'a HostName,
    },
}

/// How octets are carried to a target.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Transport {
    /// `tcp`, below TLS if [`Target::tls`].
    Tcp,
}

/// All that a driver needs to connect: what to look up, the port, whether TLS, and which name to verify.
///
/// A pure function of a URI; nothing is looked up here.
///
/// ```
/// use msrp_proto::{Lookup, wire::MsrpUri};
///
/// let uri: MsrpUri = "msrps://relay.example.com:9000/hjdhfha;tcp".parse()?;
/// let target = uri.target()?;
/// assert!(matches!(target.lookup(), Lookup::Address(name) if name.as_str() == "relay.example.com"));
/// assert_eq!((target.port(), target.tls()), (9000, true));
/// assert_eq!(target.server_name(), Some("relay.example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    host: Host,
    service: Option<Box<str>>,
    port: u16,
    scheme: Scheme,
    identity: Host,
    transport: Transport,
}

/// Equal for targets that one connection can serve (RFC 4975 §5.4): the same scheme, host, port and
/// transport.
///
/// Host and port are those really connected to, so that sessions through different middleboxes do not
/// share a connection (RFC 6714 §6.3). Over TLS the peer that was verified counts too: a connection
/// verified for one name says nothing about another behind the same middlebox.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ReuseKey {
    scheme: Scheme,
    host: Host,
    /// None: as the service record says.
    port: Option<u16>,
    transport: Transport,
    verified: Option<Host>,
}

impl UriRef<'_> {
    /// Where to connect when this is the next hop (RFC 4975 §6.2).
    ///
    /// # Errors
    ///
    /// A [`TargetError`] if the URI has no port, is not for TCP, or names no host that can be looked up.
    pub fn target(self) -> Result<Target, TargetError> {
        let transport = Transport::of(self)?;
        let port = self.port().ok_or(TargetError::NoPort)?;
        let host = Host::of(self)?;
        let identity = host.clone();
        Ok(Target {
            host,
            service: None,
            port,
            scheme: self.scheme(),
            identity,
            transport,
        })
    }

    /// Where to connect for AUTH when this is the URI of a relay: as [`target`](UriRef::target), but a name
    /// without port is looked up as a service, with a fallback to port 2855 (RFC 4976 §8).
    ///
    /// # Errors
    ///
    /// A [`TargetError`] if the URI is not `msrps`, not for TCP, or names no host that can be looked up.
    pub fn relay_target(self) -> Result<Target, TargetError> {
        if self.scheme() != Scheme::Msrps {
            return Err(TargetError::Insecure);
        }
        let transport = Transport::of(self)?;
        let host = Host::of(self)?;
        let service = match (&host, self.port()) {
            (Host::Name(name), None) => Some(format!("_msrps._tcp.{name}").into()),
            _ => None,
        };
        let port = self.port().unwrap_or(MsrpUri::REGISTERED_PORT);
        let identity = host.clone();
        Ok(Target {
            host,
            service,
            port,
            scheme: self.scheme(),
            identity,
            transport,
        })
    }
}

impl MsrpUri {
    /// See [`UriRef::target`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn target(&self) -> Result<Target, TargetError> {
        self.as_ref().target()
    }

    /// See [`UriRef::relay_target`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn relay_target(&self) -> Result<Target, TargetError> {
        self.as_ref().relay_target()
    }
}

impl Path {
    /// Where to connect for a session with this path: its leftmost URI is the next hop (RFC 4975 §5.4). See
    /// [`UriRef::target`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn target(&self) -> Result<Target, TargetError> {
        self.leftmost().target()
    }
}

impl Target {
    /// Connects somewhere else for the same peer: to the address and port of the c= and m= lines (RFC 6714 §4.2,
    /// §4.3). What is verified stays the host of the URI (RFC 6714 §7.1); the reuse key follows the new address.
    ///
    /// # Errors
    ///
    /// [`TargetError::NoPort`] for port 0, [`TargetError::Invalid`] for a name under `.invalid`.
    pub fn connect_to(self, host: impl Into<Host>, port: u16) -> Result<Target, TargetError> {
        let host = host.into().connectable()?;
        if port == 0 {
            return Err(TargetError::NoPort);
        }
        Ok(Target {
            host,
            port,
            service: None,
            ..self
        })
    }

    /// The address to connect to, or the name behind it.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What to ask the domain name system.
    pub fn lookup(&self) -> Lookup<'_> {
        match (&self.host, &self.service) {
            (Host::Address(address), _) => Lookup::NotNeeded(*address),
            (Host::Name(name), None) => Lookup::Address(name),
            (Host::Name(fallback), Some(service)) => Lookup::Service { service, fallback },
        }
    }

    /// The port to connect to, unless a service record gives another.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection must be TLS (RFC 4975 §5.4).
    pub fn tls(&self) -> bool {
        self.scheme == Scheme::Msrps
    }

    /// The scheme of the URI.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// How octets are carried.
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// The name for TLS server name indication (RFC 4975 §14.2): none for an address, none without TLS.
    pub fn server_name(&self) -> Option<&str> {
        match self.verify()? {
            Host::Address(_) => None,
            Host::Name(name) => Some(name.without_root()),
        }
    }

    /// What the SubjectAltName of the peer's certificate must be: the host of the URI, a name or an address,
    /// whatever address was connected to (RFC 4975 §5.4, RFC 4976 §9.2, RFC 6714 §7.1). None without TLS.
    pub fn verify(&self) -> Option<&Host> {
        self.tls().then_some(&self.identity)
    }

    /// The key under which a connection to this target can be found again (RFC 4975 §5.4).
    pub fn reuse_key(&self) -> ReuseKey {
        ReuseKey {
            scheme: self.scheme,
            host: self.host.clone(),
            port: self.service.is_none().then_some(self.port),
            transport: self.transport,
            verified: self.verify().cloned(),
        }
    }
}

impl Host {
    pub(crate) fn of(uri: UriRef<'_>) -> Result<Host, TargetError> {
        match uri.host() {
            HostRef::Address(address) => Ok(Host::Address(address)),
            HostRef::Name(name) => Host::Name(HostName::new(name)?).connectable(),
        }
    }

    fn connectable(self) -> Result<Host, TargetError> {
        match self {
            Host::Name(name) if name.is_invalid() => Err(TargetError::Invalid),
            host => Ok(host),
        }
    }
}

impl Transport {
    fn of(uri: UriRef<'_>) -> Result<Transport, TargetError> {
        let tcp = uri.transport().eq_ignore_ascii_case("tcp");
        if tcp {
            Ok(Transport::Tcp)
        } else {
            Err(TargetError::UnsupportedTransport)
        }
    }
}

impl From<HostName> for Host {
    fn from(name: HostName) -> Host {
        Host::Name(name)
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Host {
        Host::Address(address)
    }
}

impl From<Ipv4Addr> for Host {
    fn from(address: Ipv4Addr) -> Host {
        Host::Address(address.into())
    }
}

impl From<Ipv6Addr> for Host {
    fn from(address: Ipv6Addr) -> Host {
        Host::Address(address.into())
    }
}

impl<'a> From<&'a Host> for HostRef<'a> {
    fn from(host: &'a Host) -> HostRef<'a> {
        match host {
            Host::Address(address) => HostRef::Address(*address),
            Host::Name(name) => name.into(),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        HostRef::from(self).fmt(f)
    }
}
