//! How a relay of a test answers AUTH.

use core::ops::RangeInclusive;
use core::time::Duration;

use crate::wire::digest::{Algorithm, Credentials};

/// How a [`Relay`](super::Relay) answers AUTH requests (RFC 4976 §6.3). By default it knows nobody.
#[derive(Clone, Debug)]
#[must_use]
pub struct AuthOptions {
    pub(super) manner: AuthManner,
    pub(super) accounts: Vec<Account>,
    pub(super) algorithms: Vec<Algorithm>,
    /// In seconds.
    pub(super) lifetimes: RangeInclusive<u64>,
    pub(super) lifetime: u64,
    pub(super) nonce_lifetime: Duration,
    pub(super) next_nonce: bool,
    pub(super) uri_parameter: Option<bool>,
}

/// Somebody who can prove who they are.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) credentials: Credentials,
    pub(super) is_allowed: bool,
}

/// What becomes of AUTH requests for the relay itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthManner {
    /// They are answered as RFC 4976 §6.3 says.
    #[default]
    Proper,
    /// They are never answered.
    Silent,
    /// They are answered with octets that are not MSRP.
    Garbage,
    /// They are answered with a 200 that says nothing, whoever asks.
    Bare,
    /// They are answered with 401, always, and a new nonce each time.
    Challenging {
        /// Whether the challenge says that the nonce was stale, and the credentials right.
        stale: bool,
    },
    /// The connection is closed instead of an answer.
    Closing,
    /// They are answered properly, but for what a 200 says in Expires: these octets.
    Expiring(&'static str),
}

impl Default for AuthOptions {
    fn default() -> Self {
        Self {
            manner: AuthManner::Proper,
            accounts: Vec::new(),
            algorithms: vec![Algorithm::Md5],
            lifetimes: 1..=3600,
            lifetime: 900,
            nonce_lifetime: Duration::from_secs(3600),
            next_nonce: true,
            uri_parameter: None,
        }
    }
}

impl AuthOptions {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers in another manner than the proper one.
    pub fn manner(self, manner: AuthManner) -> Self {
        Self { manner, ..self }
    }

    /// Somebody who may use the relay.
    pub fn account(self, credentials: Credentials) -> Self {
        self.with(credentials, true)
    }

    /// Somebody who is known, and may not use the relay: answered with 403.
    pub fn forbidden(self, credentials: Credentials) -> Self {
        self.with(credentials, false)
    }

    /// A challenge for each of these, in this order. Default: MD5.
    pub fn algorithms(self, algorithms: impl Into<Vec<Algorithm>>) -> Self {
        Self {
            algorithms: algorithms.into(),
            ..self
        }
    }

    /// How long URIs can be valid, in whole seconds; who asks for less or more is answered with 423. Default:
    /// 1 to 3600.
    pub fn lifetimes(self, seconds: RangeInclusive<u64>) -> Self {
        Self {
            lifetimes: seconds,
            ..self
        }
    }

    /// How long URIs are valid if nothing is asked for, in seconds. Default: 900.
    pub fn lifetime(self, seconds: u64) -> Self {
        Self {
            lifetime: seconds,
            ..self
        }
    }

    /// How long a nonce can be used: after that it is stale. Default: an hour.
    pub fn nonce_lifetime(self, lifetime: Duration) -> Self {
        Self {
            nonce_lifetime: lifetime,
            ..self
        }
    }

    /// Whether a 200 gives out the nonce to use next. Default: it does.
    pub fn next_nonce(self, given: bool) -> Self {
        Self {
            next_nonce: given,
            ..self
        }
    }

    /// Whether `uri` must be there in Authorization, or must not; `None` takes both (ruling R-38). Default: `None`.
    pub fn uri_parameter(self, wanted: Option<bool>) -> Self {
        Self {
            uri_parameter: wanted,
            ..self
        }
    }

    fn with(mut self, credentials: Credentials, is_allowed: bool) -> Self {
        self.accounts.push(Account {
            credentials,
            is_allowed,
        });
        self
    }
}
