//! Asking one relay for its URI: what to write, and what its answers mean (RFC 4976 §5.1, §9.1).

use core::fmt::Write;
use std::collections::BTreeMap;

use crate::relay::{RelayConfig, RelayFailure, UriParameter};
use crate::relay_path::RelayPath;
use crate::wire::digest::{Algorithm, Answer, AuthenticationInfo, Challenge, ChallengeError, Cnonce};
use crate::wire::{Head, MsrpUri, Path, PathError, StatusCode, UriRef};

/// How far the asking of one relay has come.
pub(super) struct Attempt {
    /// Seconds to ask for.
    expires: Option<u64>,
    /// A 423 was heeded.
    bounded: bool,
    /// A challenge of this attempt was answered.
    challenged: bool,
    /// A nonce was told to be stale.
    stale: bool,
    /// The `uri` parameter is written.
    with_uri: bool,
    /// What the last request had for Authorization, to check the proof of the relay by.
    answer: Option<Answer>,
}

/// What comes of an answer.
pub(super) enum Step {
    /// Another request, to the same relay.
    Again,
    Granted(Granted),
}

/// What a relay has given.
pub(super) struct Granted {
    pub(super) use_path: Path,
    /// Seconds.
    pub(super) lifetime: Option<u64>,
    pub(super) is_verified: bool,
}

/// The last challenge of each relay that this side talks to, and how often it was answered. The authority of the
/// relay's URI is what a nonce is good for (RFC 4976 §9.1).
#[derive(Default)]
pub(super) struct Nonces(BTreeMap<Box<str>, Nonce>);

struct Nonce {
    challenge: Challenge,
    used: u32,
}

/// Relays remembered at most.
const MAX_NONCES: usize = 64;

impl Attempt {
    pub(super) fn new(config: &RelayConfig) -> Self {
        Self {
            expires: config.expires,
            bounded: false,
            challenged: false,
            stale: false,
            with_uri: config.uri_parameter == UriParameter::Always,
            answer: None,
        }
    }

    /// The headers of the next request, behind the paths.
    pub(super) fn headers(
        &mut self,
        config: &RelayConfig,
        relay: &MsrpUri,
        nonces: &mut Nonces,
        cnonce: &Cnonce,
    ) -> String {
        let mut headers = String::new();
        if let Some(expires) = self.expires {
            // Writing into a string does not fail.
            let _ = write!(headers, "Expires: {expires}\r\n");
        }
        self.answer = nonces.find(relay).and_then(|nonce| {
            // It may have come in answer to another configuration.
            let challenge = &nonce.challenge;
            let credentials = config.credentials_of(challenge.realm())?;
            if !is_answerable(config, challenge) {
                return None;
            }
            // Used up, if it ever comes so far.
            let count = nonce.used.checked_add(1)?;
            let answer = challenge.answer(credentials, relay.as_ref(), count, cnonce);
            Some(if self.with_uri { answer.with_uri() } else { answer })
        });
        if let Some(answer) = &self.answer {
            let _ = write!(headers, "Authorization: {}\r\n", answer.authorization());
        }
        headers
    }

    /// The request is out. One that never left is none that the nonce was used for.
    pub(super) fn sent(&self, relay: &MsrpUri, nonces: &mut Nonces) {
        if self.answer.is_some()
            && let Some(nonce) = nonces.find(relay)
        {
            nonce.used = nonce.used.saturating_add(1);
        }
    }

    /// The answer of the relay.
    pub(super) fn answered(
        &mut self,
        config: &RelayConfig,
        relay: &MsrpUri,
        nonces: &mut Nonces,
        (head, status): (&Head, StatusCode),
    ) -> Result<Step, RelayFailure> {
        match status {
            StatusCode::UNAUTHORIZED => {
                let challenge = self.challenged(config, head);
                let challenge = challenge.inspect_err(|_| nonces.forget(relay))?;
                nonces.put(relay, challenge);
                Ok(Step::Again)
            }
            StatusCode::OUT_OF_BOUNDS => {
                self.expires = Some(self.bounded(head).ok_or(RelayFailure::Lifetime)?);
                // The credentials were right; a relay may want every nonce used once.
                self.challenged = false;
                Ok(Step::Again)
            }
            status if status.is_success() => self.granted(config, relay, nonces, head).map(Step::Granted),
            status => Err(RelayFailure::Refused(status)),
        }
    }

    /// A 401. The challenge to answer, if it is to be answered.
    fn challenged(&mut self, config: &RelayConfig, head: &Head) -> Result<Challenge, RelayFailure> {
        let challenge = pick(config, head)?;
        // Where the last request answered a challenge of an earlier attempt, this is the first of this one.
        let refused = self.answer.is_some() && self.challenged;
        self.challenged = true;
        if refused {
            let once = if challenge.is_stale() {
                &mut self.stale
            } else if config.uri_parameter == UriParameter::Fallback {
                &mut self.with_uri
            } else {
                return Err(RelayFailure::Credentials);
            };
            if core::mem::replace(once, true) {
                return Err(RelayFailure::Credentials);
            }
        }
        Ok(challenge)
    }

    /// A 423: the lifetime to ask for instead (RFC 4976 §4.6).
    fn bounded(&mut self, head: &Head) -> Option<u64> {
        if core::mem::replace(&mut self.bounded, true) {
            return None;
        }
        let least = head.header("Min-Expires").and_then(seconds);
        let most = head.header("Max-Expires").and_then(seconds);
        let bound = match (least, most, self.expires) {
            (Some(least), Some(most), _) if least > most => None,
            (Some(least), _, Some(asked)) if asked < least => Some(least),
            (_, Some(most), Some(asked)) if asked > most => Some(most),
            // It does not like its own default.
            (least, most, None) => least.or(most),
            _ => None,
        };
        bound.filter(|seconds| *seconds > 0)
    }

    /// A 200.
    fn granted(
        &self,
        config: &RelayConfig,
        relay: &MsrpUri,
        nonces: &mut Nonces,
        head: &Head,
    ) -> Result<Granted, RelayFailure> {
        let info = only(head, "Authentication-Info").and_then(|value| AuthenticationInfo::parse(value).ok());
        let proof = info.as_ref().and_then(AuthenticationInfo::rspauth);
        let is_verified = match (&self.answer, proof) {
            (Some(answer), Some(proof)) if answer.is_proof(proof) => true,
            (Some(_), Some(_)) => return Err(RelayFailure::NotAuthenticated),
            // Without a password asked for there is nothing to prove.
            _ => false,
        };
        if config.require_proof && !is_verified {
            return Err(RelayFailure::NotAuthenticated);
        }
        let use_path = only(head, "Use-Path").ok_or(RelayFailure::UsePath)?;
        let use_path = read_use_path(use_path).map_err(|_| RelayFailure::UsePath)?;
        let lifetime = match head.header("Expires") {
            Some(value) => Some(
                seconds(value)
                    .filter(|seconds| *seconds > 0)
                    .ok_or(RelayFailure::Lifetime)?,
            ),
            None => self.expires,
        };
        if let Some(next) = info.as_ref().and_then(AuthenticationInfo::nextnonce) {
            nonces.renew(relay, next);
        }
        Ok(Granted {
            use_path,
            lifetime,
            is_verified,
        })
    }
}

/// Of several challenges the first that can be answered (ruling R-41).
fn pick(config: &RelayConfig, head: &Head) -> Result<Challenge, RelayFailure> {
    let mut foreign = None;
    let mut unusable = None;
    for (name, value) in head.headers() {
        if !name.eq_ignore_ascii_case(b"WWW-Authenticate") {
            continue;
        }
        let challenge = if config.missing_qop {
            Challenge::parse_without_qop(value)
        } else {
            Challenge::parse(value)
        };
        match challenge {
            Ok(challenge) if !is_answerable(config, &challenge) => {
                unusable.get_or_insert(ChallengeError::Algorithm);
            }
            Ok(challenge) if config.credentials_of(challenge.realm()).is_none() => {
                foreign.get_or_insert(challenge);
            }
            Ok(challenge) => return Ok(challenge),
            Err(error) => {
                unusable.get_or_insert(error);
            }
        }
    }
    match foreign {
        Some(challenge) => Err(RelayFailure::NoCredentials(challenge.realm().into())),
        None => Err(unusable.unwrap_or(ChallengeError::Malformed).into()),
    }
}

fn is_answerable(config: &RelayConfig, challenge: &Challenge) -> bool {
    challenge.algorithm() == Algorithm::Md5 || config.sha256
}

/// The value of a header that stands there once.
fn only<'a>(head: &'a Head, name: &str) -> Option<&'a [u8]> {
    let mut all = head.headers();
    let mut next = || all.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
    let (_, value) = next()?;
    next().is_none().then_some(value)
}

/// The URIs that relays give out have ports (RFC 4976 §4.2).
fn read_use_path(value: &[u8]) -> Result<Path, PathError> {
    let path = Path::parse(value, RelayPath::MAX)?;
    if path.iter().all(|uri| uri.port().is_some()) {
        Ok(path)
    } else {
        Err(PathError::Empty)
    }
}

/// Digits; what is beyond all numbers is the highest (ruling R-11).
fn seconds(value: &[u8]) -> Option<u64> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let digit = |octet: &u8| u64::from(octet - b'0');
    is_number.then(|| {
        value.iter().fold(0u64, |number, octet| {
            number.saturating_mul(10).saturating_add(digit(octet))
        })
    })
}

impl Nonces {
    /// The challenge to answer without having been asked.
    fn find(&mut self, relay: &MsrpUri) -> Option<&mut Nonce> {
        self.0.get_mut(&*authority(relay.as_ref()))
    }

    fn put(&mut self, relay: &MsrpUri, challenge: Challenge) {
        // One that comes again goes on being counted.
        let used = self.find(relay).map(|nonce| nonce.used_of(&challenge));
        if used.is_none() && self.0.len() >= MAX_NONCES {
            self.0.pop_first();
        }
        let used = used.unwrap_or(0);
        self.0
            .insert(authority(relay.as_ref()), Nonce { challenge, used });
    }

    fn renew(&mut self, relay: &MsrpUri, next: &str) {
        let renewed = self.find(relay).map(|nonce| nonce.challenge.with_nonce(next));
        if let Some(Ok(challenge)) = renewed {
            self.put(relay, challenge);
        }
    }

    fn forget(&mut self, relay: &MsrpUri) {
        self.0.remove(&*authority(relay.as_ref()));
    }
}

impl Nonce {
    /// How often the nonce of a challenge was used.
    fn used_of(&self, challenge: &Challenge) -> u32 {
        match self.challenge.nonce() == challenge.nonce() {
            true => self.used,
            false => 0,
        }
    }
}

fn authority(uri: UriRef<'_>) -> Box<str> {
    let port = uri.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}{port}", uri.host()).to_ascii_lowercase().into()
}
