//! The URIs that a relay has given out, and what they are good for (RFC 4976 §6.3, §6.4).

use std::collections::BTreeMap;

use super::HopId;
use crate::time::Instant;
use crate::wire::{MsrpUri, UriRef};

/// For whom a URI is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// A client, on the connection on which it got the URI and no other.
    Client(HopId),
    /// A relay, on any connection to it.
    Relay(MsrpUri),
}

pub(super) struct Grant {
    pub(super) owner: Owner,
    /// The next hop back to the client: the leftmost From-Path URI of the AUTH request.
    pub(super) back: MsrpUri,
    /// `None`: past the end of the clock.
    expires: Option<Instant>,
}

/// By token.
#[derive(Default)]
pub(super) struct Grants(BTreeMap<String, Grant>);

impl Grants {
    pub(super) fn insert(&mut self, uri: UriRef<'_>, owner: Owner, back: MsrpUri, expires: Option<Instant>) {
        let token = uri.session_id().unwrap_or_default();
        let grant = Grant { owner, back, expires };
        self.0.insert(token.to_owned(), grant);
    }

    /// What a URI of this relay is good for, if it is still good for something.
    pub(super) fn of(&self, uri: UriRef<'_>, now: Instant) -> Option<&Grant> {
        let grant = self.0.get(uri.session_id()?)?;
        grant.expires.is_none_or(|end| now < end).then_some(grant)
    }

    /// The connection of a client has ended, and with it what it was granted there.
    pub(super) fn end(&mut self, hop: HopId) {
        self.0.retain(|_, grant| grant.owner != Owner::Client(hop));
    }
}
