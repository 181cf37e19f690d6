//! MSRP URIs (RFC 4975 §6): reading, comparing, writing.

mod build;
mod grammar;
mod token;

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::num::NonZeroU16;
use core::str::FromStr;
use std::sync::Arc;

pub use self::build::{BuildError, UriBuilder};
pub(crate) use self::grammar::Layout;
use self::grammar::Span;
pub use self::grammar::UriError;
pub use self::token::SessionToken;
pub(super) use self::token::base32;
use super::HostRef;

/// The scheme of a URI: whether the next hop is reached over TLS (RFC 4975 §6).
///
/// It says nothing about the hops behind that one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Scheme {
    /// `msrp`: TCP.
    Msrp,
    /// `msrps`: TLS.
    Msrps,
}

impl Scheme {
    /// The scheme in lower case, without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Msrp => "msrp",
            Scheme::Msrps => "msrps",
        }
    }

    /// Where the authority of a URI of this scheme begins.
    const fn authority(self) -> u16 {
        match self {
            Scheme::Msrp => "msrp://".len() as u16,
            Scheme::Msrps => "msrps://".len() as u16,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An MSRP URI inside someone else's text: reads without allocating, costs nothing to copy.
///
/// Compared by RFC 4975 §6.1, as [`MsrpUri`] is. `Debug` hides the session-id, which is a secret
/// (RFC 4975 §14.1), and the userinfo; `Display` writes the URI in full, for the wire and for SDP.
#[derive(Clone, Copy)]
pub struct UriRef<'a> {
    text: &'a str,
    layout: Layout,
}

impl<'a> UriRef<'a> {
    /// Reads a URI that fills `octets` (RFC 4975 §9).
    ///
    /// # Errors
    ///
    /// A [`UriError`] naming the first part that is malformed. Two things that RFC 3986 permits are refused: an
    /// empty port, and a semicolon in the host.
    pub fn parse(octets: &'a [u8]) -> Result<UriRef<'a>, UriError> {
        match str::from_utf8(octets) {
            Ok(text) if text.is_ascii() => UriRef::read(text),
            _ => Err(UriError::NotAscii),
        }
    }

    pub(crate) fn read(text: &'a str) -> Result<UriRef<'a>, UriError> {
        Ok(UriRef {
            text,
            layout: grammar::read(text)?,
        })
    }

    /// A URI read before; `layout` belongs to `text`.
    pub(crate) const fn with_layout(text: &'a str, layout: Layout) -> UriRef<'a> {
        UriRef { text, layout }
    }

    pub(crate) const fn layout(self) -> Layout {
        self.layout
    }

    /// Whether the next hop is TLS.
    pub const fn scheme(self) -> Scheme {
        self.layout.scheme
    }

    /// The part before the `@`, percent-encoded as written.
    ///
    /// A peer may have put a password behind a colon, against RFC 4975 §6: show [`user`](Self::user) instead.
    pub fn userinfo(self) -> Option<&'a str> {
        let userinfo = Span {
            start: self.scheme().authority(),
            end: self.layout.host.start,
        };
        self.part(userinfo).strip_suffix('@')
    }

    /// The account of the userinfo, without what may follow it behind a colon.
    pub fn user(self) -> Option<&'a str> {
        self.userinfo()
            .map(|userinfo| userinfo.split_once(':').map_or(userinfo, |(user, _)| user))
    }

    /// The device (RFC 4975 §6.2).
    pub fn host(self) -> HostRef<'a> {
        let host = self.part(self.layout.host);
        if self.layout.numeric {
            HostRef::read(host)
        } else {
            HostRef::Name(host)
        }
    }

    /// The port, if there is one. None is not 2855: there is no default port (RFC 4975 §6).
    pub fn port(self) -> Option<u16> {
        self.layout.port.map(NonZeroU16::get)
    }

    /// Whether it has no port where it needs one, which is anywhere but in AUTH (RFC 4976 §8). That of a WebSocket is not
    /// connected to, and RFC 7977 §8.2.1 writes one without.
    pub(crate) fn lacks_port(self) -> bool {
        self.layout.port.is_none() && !self.transport().eq_ignore_ascii_case("ws")
    }

    /// The session at the host; `None` is a host device and no session (RFC 4975 §6). A secret.
    pub fn session_id(self) -> Option<&'a str> {
        Some(self.part(self.layout.session_id)).filter(|id| !id.is_empty())
    }

    /// The transport as written, to be compared without case: `tcp`, `ws` (RFC 7977), `dc` (RFC 8873), or
    /// one not known yet.
    pub fn transport(self) -> &'a str {
        self.part(self.layout.transport)
    }

    /// The parameters behind the transport, in order, each with its value if it has one.
    pub fn parameters(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> + Clone {
        let parameters = self
            .text
            .get(usize::from(self.layout.transport.end)..)
            .unwrap_or_default();
        parameters
            .split(';')
            .skip(1)
            .map(|parameter| match parameter.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (parameter, None),
            })
    }

    /// The whole URI as written, with its secrets.
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// Copies the text into a URI that owns it.
    pub fn to_uri(self) -> MsrpUri {
        MsrpUri {
            text: self.text.into(),
            layout: self.layout,
        }
    }

    fn part(self, span: Span) -> &'a str {
        self.text
            .get(usize::from(span.start)..usize::from(span.end))
            .unwrap_or_default()
    }

    /// What is compared, apart from the transport (RFC 4975 §6.1).
    fn key(self) -> (Scheme, HostRef<'a>, Option<NonZeroU16>, Option<&'a str>) {
        (self.scheme(), self.host(), self.layout.port, self.session_id())
    }

    fn lower_transport(self) -> impl Iterator<Item = u8> {
        self.transport().bytes().map(|octet| octet.to_ascii_lowercase())
    }

    fn fmt_redacted(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host())?;
        if let Some(port) = self.port() {
            write!(f, ":{port}")?;
        }
        let session = if self.session_id().is_some() { "/…" } else { "" };
        write!(f, "{session};{}", self.transport())
    }
}

impl PartialEq for UriRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        // A session-id tells two URIs apart soonest, a host costs most to compare.
        self.text == other.text
            || (self.session_id() == other.session_id()
                && self.layout.port == other.layout.port
                && self.scheme() == other.scheme()
                && self.transport().eq_ignore_ascii_case(other.transport())
                && self.host() == other.host())
    }
}

impl Eq for UriRef<'_> {}

impl PartialOrd for UriRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UriRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = self.key().cmp(&other.key());
        by_key.then_with(|| self.lower_transport().cmp(other.lower_transport()))
    }
}

impl Hash for UriRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
        self.lower_transport().for_each(|octet| state.write_u8(octet));
    }
}

impl fmt::Debug for UriRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_redacted(f)
    }
}

impl fmt::Display for UriRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// An MSRP URI (RFC 4975 §6) that owns its text, exactly as it was written.
///
/// Cloning shares the text. `==`, the order and the hash follow RFC 4975 §6.1: scheme, host and transport
/// without case, addresses by value, percent-encoded unreserved characters of the host decoded; port and
/// session-id exactly, where present never equals absent; userinfo and parameters not at all.
///
/// `Debug` hides the session-id, which is a secret (RFC 4975 §14.1), the userinfo and the parameters;
/// `Display` writes the URI in full, for the wire and for SDP.
#[derive(Clone)]
pub struct MsrpUri {
    text: Arc<str>,
    layout: Layout,
}

impl MsrpUri {
    /// The most octets that a URI may have.
    pub const MAX_LEN: usize = u16::MAX as usize;

    /// Reads a URI that fills `octets`.
    ///
    /// # Errors
    ///
    /// As [`UriRef::parse`].
    pub fn parse(octets: &[u8]) -> Result<MsrpUri, UriError> {
        UriRef::parse(octets).map(UriRef::to_uri)
    }

    /// The same URI, borrowed.
    pub fn as_ref(&self) -> UriRef<'_> {
        UriRef::with_layout(&self.text, self.layout)
    }

    /// See [`UriRef::scheme`].
    pub const fn scheme(&self) -> Scheme {
        self.layout.scheme
    }

    /// See [`UriRef::userinfo`].
    pub fn userinfo(&self) -> Option<&str> {
        self.as_ref().userinfo()
    }

    /// See [`UriRef::user`].
    pub fn user(&self) -> Option<&str> {
        self.as_ref().user()
    }

    /// See [`UriRef::host`].
    pub fn host(&self) -> HostRef<'_> {
        self.as_ref().host()
    }

    /// See [`UriRef::port`].
    pub fn port(&self) -> Option<u16> {
        self.as_ref().port()
    }

    /// See [`UriRef::session_id`].
    pub fn session_id(&self) -> Option<&str> {
        self.as_ref().session_id()
    }

    /// See [`UriRef::transport`].
    pub fn transport(&self) -> &str {
        self.as_ref().transport()
    }

    /// See [`UriRef::parameters`].
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Option<&str>)> + Clone {
        self.as_ref().parameters()
    }

    /// The whole URI as written, with its secrets.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, shared, and where its parts are.
    pub(crate) fn into_parts(self) -> (Arc<str>, Layout) {
        (self.text, self.layout)
    }
}

impl FromStr for MsrpUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<MsrpUri, UriError> {
        MsrpUri::parse(text.as_bytes())
    }
}

impl From<UriRef<'_>> for MsrpUri {
    fn from(uri: UriRef<'_>) -> MsrpUri {
        uri.to_uri()
    }
}

impl PartialEq for MsrpUri {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for MsrpUri {}

impl PartialEq<UriRef<'_>> for MsrpUri {
    fn eq(&self, other: &UriRef<'_>) -> bool {
        self.as_ref() == *other
    }
}

impl PartialEq<MsrpUri> for UriRef<'_> {
    fn eq(&self, other: &MsrpUri) -> bool {
        *self == other.as_ref()
    }
}

impl PartialOrd for MsrpUri {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MsrpUri {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_ref().cmp(&other.as_ref())
    }
}

impl Hash for MsrpUri {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Debug for MsrpUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt_redacted(f)
    }
}

impl fmt::Display for MsrpUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
