//! URIs of our own making (RFC 4975 §6): what RFC 4975 forbids to write cannot be built.

use core::fmt::{self, Write};

use thiserror::Error;

use super::grammar::{is_name_text, is_transport_text, is_user_text};
use super::{HostRef, MsrpUri, Scheme, SessionToken};

/// Why a URI cannot be built.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// The name of the host is empty or has a character that must be percent-encoded.
    #[error("illegal host name")]
    Host,
    /// Transport `ws` or `dc` in a URI of scheme `msrp`: these are always secure (RFC 7977 §5.1, RFC 8873 §4.2).
    #[error("this transport needs msrps")]
    Insecure,
    /// Port 0.
    #[error("port 0")]
    Port,
    /// Longer than [`MsrpUri::MAX_LEN`].
    #[error("URI too long")]
    TooLong,
    /// The transport is empty or has a character that is neither a letter nor a digit.
    #[error("illegal transport")]
    Transport,
    /// The user is empty, has a character that must be percent-encoded, or has a colon, behind which a password
    /// would be (RFC 4975 §6).
    #[error("illegal user, or one with a password")]
    User,
}

/// A URI being built; see [`MsrpUri::build`].
#[derive(Clone)]
#[must_use]
pub struct UriBuilder<'a> {
    scheme: Scheme,
    host: HostRef<'a>,
    port: u16,
    user: Option<&'a str>,
    session_id: Option<SessionToken>,
    transport: &'a str,
}

impl MsrpUri {
    /// The registered port (RFC 4975 §15.4): written unless another is given, and never implied when reading.
    pub const REGISTERED_PORT: u16 = 2855;

    /// Begins a URI at `host`: an address, a [`HostName`](crate::wire::HostName), or text that is either, in
    /// which an IPv6 address may lack its brackets.
    ///
    /// Unless said otherwise the port is [`REGISTERED_PORT`](MsrpUri::REGISTERED_PORT), the transport is `tcp`,
    /// and there are no user and no session-id. Nothing is percent-encoded behind the caller's back.
    ///
    /// ```
    /// use msrp_proto::wire::{MsrpUri, Scheme, SessionToken};
    ///
    /// # let mut generator = |octets: &mut [u8]| octets.fill(0);
    /// let uri = MsrpUri::build(Scheme::Msrps, "2001:db8::1").session_id(SessionToken::random(&mut generator));
    /// assert_eq!(uri.finish()?.to_string(), "msrps://[2001:db8::1]:2855/aaaaaaaaaaaaaaaa;tcp");
    /// # Ok::<(), msrp_proto::wire::BuildError>(())
    /// ```
    pub fn build<'a>(scheme: Scheme, host: impl Into<HostRef<'a>>) -> UriBuilder<'a> {
        UriBuilder {
            scheme,
            host: host.into(),
            port: MsrpUri::REGISTERED_PORT,
            user: None,
            session_id: None,
            transport: "tcp",
        }
    }
}

impl<'a> UriBuilder<'a> {
    /// Sets the port, which must not be 0.
    pub fn port(self, port: u16) -> UriBuilder<'a> {
        UriBuilder { port, ..self }
    }

    /// Names the account for which the session is valid (RFC 4975 §6).
    pub fn user(self, user: &'a str) -> UriBuilder<'a> {
        UriBuilder {
            user: Some(user),
            ..self
        }
    }

    /// Makes it the URI of a session.
    pub fn session_id(self, session_id: SessionToken) -> UriBuilder<'a> {
        UriBuilder {
            session_id: Some(session_id),
            ..self
        }
    }

    /// Sets the transport, for example `ws` (RFC 7977) or `dc` (RFC 8873).
    pub fn transport(self, transport: &'a str) -> UriBuilder<'a> {
        UriBuilder { transport, ..self }
    }

    /// The URI.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] naming the part that may not be written.
    pub fn finish(self) -> Result<MsrpUri, BuildError> {
        self.check()?;
        // Every part is legal by itself and holds no delimiter of another part: only the sum can be wrong.
        self.text().parse().map_err(|_| BuildError::TooLong)
    }

    fn check(&self) -> Result<(), BuildError> {
        let secure = self.scheme == Scheme::Msrps;
        let needs_security = ["ws", "dc"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(self.transport));
        match self {
            UriBuilder {
                host: HostRef::Name(name),
                ..
            } if !is_name_text(name) => Err(BuildError::Host),
            UriBuilder { port: 0, .. } => Err(BuildError::Port),
            UriBuilder { user: Some(user), .. } if !is_user_text(user) => Err(BuildError::User),
            UriBuilder { transport, .. } if !is_transport_text(transport) => Err(BuildError::Transport),
            _ if needs_security && !secure => Err(BuildError::Insecure),
            _ => Ok(()),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}://", self.scheme);
        if let Some(user) = self.user {
            text.extend([user, "@"]);
        }
        // Writing into a string does not fail.
        let _ = write!(text, "{}:{}", self.host, self.port);
        if let Some(id) = &self.session_id {
            text.extend(["/", id.as_str()]);
        }
        text.extend([";", self.transport]);
        text
    }
}

/// Without the user, which may turn out to hold a password, and without the session-id.
impl fmt::Debug for UriBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("UriBuilder");
        fields
            .field("scheme", &self.scheme)
            .field("host", &self.host)
            .field("port", &self.port);
        fields.field("transport", &self.transport).finish_non_exhaustive()
    }
}
