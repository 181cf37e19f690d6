//! Whom to ask for a path, and with what.

use core::time::Duration;

use crate::target::{Target, TargetError};
use crate::wire::MsrpUri;
use crate::wire::digest::Credentials;

/// What to ask relays for: a path for one session (RFC 4976 §5.1).
///
/// `Debug` shows no credentials.
///
/// ```
/// use msrp_proto::{Credentials, RelayConfig};
///
/// let own = "msrps://alice.example.com:7654/jshA7weztas;tcp".parse()?;
/// let relay = "msrps://alice@intra.example.com;tcp".parse()?;
/// let config = RelayConfig::new(own, relay).credentials(Credentials::new("alice", "wonderland")?);
/// # let _ = config;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RelayConfig {
    pub(crate) own: MsrpUri,
    /// The nearest first. At least one.
    pub(crate) relays: Vec<MsrpUri>,
    credentials: Vec<(Option<Box<str>>, Credentials)>,
    /// Seconds.
    pub(crate) expires: Option<u64>,
    pub(crate) lead: Duration,
    pub(crate) uri_parameter: UriParameter,
    pub(crate) sha256: bool,
    pub(crate) missing_qop: bool,
    pub(crate) require_proof: bool,
}

/// When Authorization has the `uri` parameter. The grammar of RFC 4976 §7 leaves it out, RFC 2617 demands it, and
/// of the relays deployed some refuse it and some refuse to go without (ruling R-38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriParameter {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// Not at first; once more with it when the credentials are refused.
    Fallback,
}

impl RelayConfig {
    /// A path to that session, which the own URI names as it does in SDP, through that relay: `msrps`, with or
    /// without a port (RFC 4976 §8).
    pub fn new(own: MsrpUri, relay: MsrpUri) -> Self {
        Self {
            own,
            relays: vec![relay],
            credentials: Vec::new(),
            expires: None,
            lead: Duration::from_secs(60),
            uri_parameter: UriParameter::Never,
            sha256: false,
            missing_qop: false,
            require_proof: false,
        }
    }

    /// Where to connect: to the first relay ([`MsrpUri::relay_target`]).
    ///
    /// # Errors
    ///
    /// A [`TargetError`] as there.
    pub fn target(&self) -> Result<Target, TargetError> {
        let nearest = self.relays.first().expect("there is one from the start");
        nearest.relay_target()
    }

    /// A further relay, which is asked through those before. The last one is the one that peers talk to.
    pub fn then(mut self, relay: MsrpUri) -> Self {
        self.relays.push(relay);
        self
    }

    /// Credentials for every realm that has none of its own.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials.push((None, credentials));
        self
    }

    /// Credentials for the relays of one realm.
    pub fn credentials_for(mut self, realm: &str, credentials: Credentials) -> Self {
        self.credentials.push((Some(realm.into()), credentials));
        self
    }

    /// How long the path should live, in whole seconds, of which there is at least one; what is granted may be
    /// shorter or longer (RFC 4976 §4.6). Default: as the relay likes, which is also what relays cope with that cannot
    /// read Expires (kamailio 5.6).
    pub fn expires(mut self, lifetime: Duration) -> Self {
        self.expires = Some(lifetime.as_secs().max(1));
        self
    }

    /// How long before its end [`RelayEvent::Expiring`](crate::RelayEvent::Expiring) says that the path needs
    /// renewal; for one that lives less than twice as long, half of its life. Default: 60 s.
    pub fn lead(mut self, lead: Duration) -> Self {
        self.lead = lead;
        self
    }

    /// When Authorization has the `uri` parameter. Default: [`UriParameter::Never`].
    pub fn uri_parameter(mut self, uri_parameter: UriParameter) -> Self {
        self.uri_parameter = uri_parameter;
        self
    }

    /// Whether a challenge with SHA-256 (RFC 7616) is answered. RFC 4976 knows MD5 only (ruling R-41). Default: no.
    pub fn sha256(mut self, allowed: bool) -> Self {
        self.sha256 = allowed;
        self
    }

    /// Whether a challenge without `qop` is answered as if it said `auth` (ruling R-41). Default: no.
    pub fn missing_qop(mut self, allowed: bool) -> Self {
        self.missing_qop = allowed;
        self
    }

    /// Whether the relay must prove that it knows the password, by `rspauth` (RFC 4976 §9.1). A wrong proof is never
    /// accepted; this says that none is not, either. Default: no; [`RelayGrant::is_verified`](crate::RelayGrant::is_verified)
    /// tells.
    pub fn require_proof(mut self, required: bool) -> Self {
        self.require_proof = required;
        self
    }

    pub(crate) fn credentials_of(&self, realm: &str) -> Option<&Credentials> {
        let of = |wanted: Option<&str>| {
            let mut all = self.credentials.iter().rev();
            all.find(|(realm, _)| realm.as_deref() == wanted)
        };
        of(Some(realm))
            .or_else(|| of(None))
            .map(|(_, credentials)| credentials)
    }
}
