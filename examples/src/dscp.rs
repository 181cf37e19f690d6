//! Marking of packets for differentiated services.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::SockRef;

/// A code point for differentiated services (RFC 2474), which says how packets are to be treated on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dscp(u8);

impl Dscp {
    /// AF21, for data that somebody waits for: the class "low-latency data" of RFC 4594 §4.7. The default of the
    /// drivers, as conversations are what MSRP is for. Networks may have rules of their own, such as those of
    /// emergency services, and mostly change or erase what they do not know.
    pub const AF21: Self = Self(18);

    /// A code point from 0 to 63; `None` above.
    pub const fn new(code_point: u8) -> Option<Self> {
        if code_point < 64 {
            Some(Self(code_point))
        } else {
            None
        }
    }

    /// The number.
    pub const fn code_point(self) -> u8 {
        self.0
    }

    /// Has the packets of a TCP socket marked, over IPv4 and IPv6. `address`: one of its two, for the family.
    ///
    /// # Errors
    ///
    /// What the operating system says. The socket works all the same.
    pub fn mark<'s>(self, socket: impl Into<SockRef<'s>>, address: SocketAddr) -> io::Result<()> {
        let socket = socket.into();
        // The two bits below are for congestion notification, which is up to the operating system.
        let octet = u32::from(self.0) << 2;
        match address.ip() {
            IpAddr::V4(_) => socket.set_tos_v4(octet),
            IpAddr::V6(address) => {
                set_traffic_class(&socket, octet)?;
                // The socket is one for IPv6, its packets are not.
                match address.to_ipv4_mapped() {
                    Some(_) => socket.set_tos_v4(octet),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(unix)]
fn set_traffic_class(socket: &SockRef<'_>, octet: u32) -> io::Result<()> {
    socket.set_tclass_v6(octet)
}

#[cfg(not(unix))]
fn set_traffic_class(_: &SockRef<'_>, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Default for Dscp {
    fn default() -> Self {
        Self::AF21
    }
}
