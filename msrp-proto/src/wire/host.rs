//! Hosts: the one written in a URI (RFC 4975 §6, RFC 3986 §3.2.2) and the name to look up.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::chars::is_unreserved;

/// The host of an MSRP URI.
///
/// Compared by RFC 4975 §6.1: addresses by value, names without case and with percent-encoded unreserved
/// characters decoded, and an address never equals a name.
#[derive(Clone, Copy, Debug)]
pub enum HostRef<'a> {
    /// A numeric address.
    Address(IpAddr),
    /// A name, as written.
    Name(&'a str),
}

impl<'a> HostRef<'a> {
    /// Reads a host as it is written in a URI, or an IPv6 address without its brackets.
    pub(super) fn read(text: &'a str) -> HostRef<'a> {
        let unwrapped = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .unwrap_or(text);
        match unwrapped.parse::<Ipv6Addr>() {
            Ok(address) => HostRef::Address(address.into()),
            Err(_) => address_of(text.as_bytes())
                .map_or(HostRef::Name(text), |address| HostRef::Address(address.into())),
        }
    }
}

/// The IPv4 address that a host without brackets is (RFC 3986 §3.2.2: the first match wins).
///
/// Percent-encoding is undone first (RFC 4975 §6.1), so that `192.0.2.%31` is not a name.
pub(super) fn address_of(name: &[u8]) -> Option<Ipv4Addr> {
    if !matches!(name.first(), Some(b'0'..=b'9' | b'%')) {
        return None;
    }
    let mut text = [0; "255.255.255.255".len()];
    let mut octets = normalised(name);
    let len = text
        .iter_mut()
        .zip(&mut octets)
        .map(|(to, octet)| *to = octet)
        .count();
    match octets.next() {
        Some(_) => None,
        None => str::from_utf8(text.get(..len)?).ok()?.parse().ok(),
    }
}

/// The octets of a name as they are compared: lower case, unreserved characters decoded.
///
/// What stays percent-encoded cannot be taken for a decoded character, because a percent sign is only ever
/// the beginning of such a triple.
pub(super) fn normalised(name: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = name;
    core::iter::from_fn(move || {
        let (octet, tail) =
            split_unescaped(rest).or_else(|| rest.split_first().map(|(o, tail)| (*o, tail)))?;
        rest = tail;
        Some(octet.to_ascii_lowercase())
    })
}

fn split_unescaped(octets: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, tail @ ..] = octets else {
        return None;
    };
    let digit = |octet: u8| {
        char::from(octet)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let octet = (digit(*high)? << 4) | digit(*low)?;
    is_unreserved(octet).then_some((octet, tail))
}

impl<'a> From<&'a str> for HostRef<'a> {
    /// An address, with or without the brackets of IPv6, or else a name.
    fn from(text: &'a str) -> HostRef<'a> {
        HostRef::read(text)
    }
}

impl From<IpAddr> for HostRef<'_> {
    fn from(address: IpAddr) -> Self {
        HostRef::Address(address)
    }
}

impl From<Ipv4Addr> for HostRef<'_> {
    fn from(address: Ipv4Addr) -> Self {
        HostRef::Address(address.into())
    }
}

impl From<Ipv6Addr> for HostRef<'_> {
    fn from(address: Ipv6Addr) -> Self {
        HostRef::Address(address.into())
    }
}

impl PartialEq for HostRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            // The common case, without decoding anything.
            (HostRef::Name(ours), HostRef::Name(theirs)) if ours.eq_ignore_ascii_case(theirs) => true,
            _ => self.cmp(other).is_eq(),
        }
    }
}

impl Eq for HostRef<'_> {}

impl PartialOrd for HostRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for HostRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (HostRef::Address(ours), HostRef::Address(theirs)) => ours.cmp(theirs),
            (HostRef::Address(_), HostRef::Name(_)) => Ordering::Less,
            (HostRef::Name(_), HostRef::Address(_)) => Ordering::Greater,
            (HostRef::Name(ours), HostRef::Name(theirs)) => {
                normalised(ours.as_bytes()).cmp(normalised(theirs.as_bytes()))
            }
        }
    }
}

impl Hash for HostRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            HostRef::Address(address) => address.hash(state),
            HostRef::Name(name) => {
                normalised(name.as_bytes()).for_each(|octet| state.write_u8(octet));
                // Ends the name, as the hash of a string does.
                state.write_u8(0xFF);
            }
        }
    }
}

impl fmt::Display for HostRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostRef::Address(IpAddr::V4(address)) => address.fmt(f),
            HostRef::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            HostRef::Name(name) => f.write_str(name),
        }
    }
}
