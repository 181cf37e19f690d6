//! AUTH requests for the relay itself (RFC 4976 §6.3, §9.1).

use core::fmt::Display;
use core::time::Duration;
use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use super::{AuthManner, HopId, Neighbour, Relay};
use crate::time::Instant;
use crate::wire::digest::{Algorithm, AuthenticationInfo, Authorization, Challenge, Credentials};
use crate::wire::{Head, Header, PathRef, Response, SessionToken, StatusCode};

/// The nonces that a relay has given out.
#[derive(Default)]
pub(super) struct Nonces(BTreeMap<String, Nonce>);

struct Nonce {
    since: Instant,
    /// The greatest nonce-count seen with it.
    count: u32,
}

/// An answer to an AUTH.
struct Answer {
    code: StatusCode,
    headers: Vec<Header>,
}

impl Relay {
    pub(super) fn take_auth(&mut self, now: Instant, hop: HopId, head: &Head) {
        let (Some(to), Some(from)) = (head.to_path(), head.from_path()) else {
            return;
        };
        let answer = match self.options.auth.manner {
            AuthManner::Silent => return,
            AuthManner::Closing => return self.close(hop),
            AuthManner::Garbage => {
                let garbage = Bytes::from_static(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                return self.hops[hop.0].out.push_back(garbage);
            }
            AuthManner::Bare => Answer::new(StatusCode::OK),
            AuthManner::Challenging { stale } => self.challenge(now, stale),
            AuthManner::Proper | AuthManner::Expiring(_) => self
                .authorize(now, hop, head, to, from)
                .unwrap_or_else(|refusal| refusal),
        };
        let response = Response {
            id: head.transaction_id(),
            code: answer.code,
            comment: None,
            to_path: from,
            from_path: to,
            headers: &answer.headers,
        };
        let mut octets = BytesMut::new();
        response.encode(&mut octets);
        self.hops[hop.0].out.push_back(octets.freeze());
    }

    /// First the previous hop and the client are authenticated, then authorised, then all else is looked at.
    fn authorize(
        &mut self,
        now: Instant,
        hop: HopId,
        head: &Head,
        to: PathRef<'_>,
        from: PathRef<'_>,
    ) -> Result<Answer, Answer> {
        if let Neighbour::Relay(uri) = &self.hops[hop.0].neighbour
            && uri.host() != from.leftmost().host()
        {
            return Err(Answer::new(StatusCode::FORBIDDEN));
        }
        let Some(value) = head.header("Authorization") else {
            return Err(self.challenge(now, false));
        };
        let authorization = Authorization::parse(value).map_err(|_| Answer::new(StatusCode::BAD_REQUEST))?;
        let account = self.options.auth.accounts.iter().find(|account| {
            account.credentials.user() == authorization.user()
                && authorization.is_by(&account.credentials, to.rightmost())
        });
        let Some(account) = account.cloned().filter(|_| self.is_expected(&authorization)) else {
            return Err(self.challenge(now, false));
        };
        let nonce_lifetime = self.options.auth.nonce_lifetime;
        if !self.nonces.is_fresh(&authorization, now, nonce_lifetime) {
            return Err(self.challenge(now, true));
        }
        if !account.is_allowed {
            return Err(Answer::new(StatusCode::FORBIDDEN));
        }
        let lifetime = self.lifetime(head)?;
        let use_path = self.grant(now, hop, from, Duration::from_secs(lifetime));
        let expires = match self.options.auth.manner {
            AuthManner::Expiring(expires) => expires.to_owned(),
            _ => lifetime.to_string(),
        };
        let info = self.info(now, &authorization, &account.credentials, to);
        Ok(Answer::new(StatusCode::OK)
            .with("Use-Path", &use_path)
            .with("Authentication-Info", &info)
            .with("Expires", &expires))
    }

    /// Whether the parameters are what was asked for, the nonce apart.
    fn is_expected(&self, authorization: &Authorization) -> bool {
        let options = &self.options.auth;
        authorization.realm() == self.realm()
            && options.algorithms.contains(&authorization.algorithm())
            && options
                .uri_parameter
                .is_none_or(|wanted| wanted == authorization.uri().is_some())
    }

    /// How long the client gets its URI, in seconds.
    fn lifetime(&self, head: &Head) -> Result<u64, Answer> {
        let options = &self.options.auth;
        let Some(wanted) = head.header("Expires") else {
            return Ok(options.lifetime);
        };
        let wanted = str::from_utf8(wanted).ok().and_then(|text| text.parse().ok());
        let wanted: u64 = wanted.ok_or_else(|| Answer::new(StatusCode::BAD_REQUEST))?;
        let (least, most) = (options.lifetimes.start(), options.lifetimes.end());
        let refusal = Answer::new(StatusCode::OUT_OF_BOUNDS);
        if wanted < *least {
            Err(refusal.with("Min-Expires", least))
        } else if wanted > *most {
            Err(refusal.with("Max-Expires", most))
        } else {
            Ok(wanted)
        }
    }

    fn challenge(&mut self, now: Instant, stale: bool) -> Answer {
        let mut answer = Answer::new(StatusCode::UNAUTHORIZED);
        let nonce = self.new_nonce(now);
        for algorithm in &self.options.auth.algorithms {
            let challenge = Challenge::new(&self.realm(), &nonce).expect("no control characters");
            // MD5 is what is meant if nothing is said.
            let challenge = match algorithm {
                Algorithm::Md5 => challenge,
                _ => challenge.with_algorithm(*algorithm),
            };
            answer = answer.with("WWW-Authenticate", &challenge.with_stale(stale));
        }
        answer
    }

    fn info(
        &mut self,
        now: Instant,
        authorization: &Authorization,
        credentials: &Credentials,
        to: PathRef<'_>,
    ) -> AuthenticationInfo {
        let info = AuthenticationInfo::new(authorization, credentials, to.rightmost());
        if !self.options.auth.next_nonce {
            return info;
        }
        let nonce = self.new_nonce(now);
        info.with_nextnonce(&nonce).expect("no control characters")
    }

    /// The host, as RFC 4976 §5.1 suggests.
    fn realm(&self) -> String {
        self.uri.host().to_string()
    }

    fn new_nonce(&mut self, now: Instant) -> String {
        let nonce = SessionToken::random(|octets| self.random.fill(octets));
        let state = Nonce { since: now, count: 0 };
        self.nonces.0.insert(nonce.as_str().to_owned(), state);
        nonce.as_str().to_owned()
    }
}

impl Nonces {
    /// Whether a nonce was given out lately, and its count is greater than before, which it then is.
    fn is_fresh(&mut self, authorization: &Authorization, now: Instant, lifetime: Duration) -> bool {
        let Some(nonce) = self.0.get_mut(authorization.nonce()) else {
            return false;
        };
        let is_next = authorization.nc() > nonce.count;
        nonce.count = nonce.count.max(authorization.nc());
        is_next && now.saturating_duration_since(nonce.since) < lifetime
    }
}

impl Answer {
    fn new(code: StatusCode) -> Self {
        let headers = Vec::new();
        Self { code, headers }
    }

    fn with(mut self, name: &str, value: &dyn Display) -> Self {
        let header = Header::new(name, &value.to_string());
        self.headers.push(header.expect("a legal header"));
        self
    }
}
