//! Names that can be looked up.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use super::HostRef;
use super::host::normalised;
use super::uri::base32;

/// Not a name of the domain name system: a label that is empty, longer than 63 characters or of anything but
/// letters, digits, hyphens and underscores; a name longer than 253 characters; or one whose last label is a
/// number, which resolvers take for an address in an old notation.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a host name")]
#[non_exhaustive]
pub struct HostNameError;

/// A name of the domain name system, in lower case and free of percent-encoding.
///
/// The grammar of URIs permits far more in the place of a host than can be looked up or found in a certificate.
/// A dot at the end is kept, because RFC 4975 §6.1 compares it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HostName(Box<str>);

impl HostName {
    /// Reads a name as it is written in a URI, where unreserved characters may be percent-encoded.
    ///
    /// # Errors
    ///
    /// [`HostNameError`] if it could not be the name of a host.
    pub fn new(text: &str) -> Result<HostName, HostNameError> {
        let name: String = normalised(text.as_bytes()).map(char::from).collect();
        if is_domain_name(&name) {
            Ok(HostName(name.into()))
        } else {
            Err(HostNameError)
        }
    }

    /// A random name under `.invalid`, for the URI of an endpoint that cannot know its address and is
    /// not to be connected to (RFC 7977 Appendix A).
    ///
    /// `fill` puts 10 random octets into the buffer.
    pub fn random_invalid(fill: impl FnOnce(&mut [u8])) -> HostName {
        HostName((base32(fill) + ".invalid").into())
    }

    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as certificates and TLS server name indication have it: without a dot at the end.
    pub(crate) fn without_root(&self) -> &str {
        without_root(&self.0)
    }

    /// Whether it is reserved for names that never resolve (RFC 6761 §6.4).
    pub(crate) fn is_invalid(&self) -> bool {
        self.without_root().rsplit('.').next() == Some("invalid")
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<HostName, HostNameError> {
        HostName::new(text)
    }
}

impl<'a> From<&'a HostName> for HostRef<'a> {
    fn from(name: &'a HostName) -> HostRef<'a> {
        HostRef::Name(&name.0)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Takes the text in lower case.
fn is_domain_name(name: &str) -> bool {
    let name = without_root(name);
    let labels_fit = name.split('.').all(|label| (1..=63).contains(&label.len()));
    let legal = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.');
    name.len() <= 253 && labels_fit && name.bytes().all(legal) && !ends_in_number(name)
}

/// Decimal, octal, or hexadecimal, as `inet_aton` reads the last part of an address.
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|octet| octet.is_ascii_hexdigit()),
        None => last.bytes().all(|octet| octet.is_ascii_digit()),
    }
}

fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}
