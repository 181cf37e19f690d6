//! One session as this side describes it.

use msrp_proto::wire::{MsrpUri, Path, Scheme};
use msrp_proto::{Host, RelayPath, Role, SessionConfig, Terms};

use super::{Carriage, Local, LocalError};
use crate::media::Carrier;
use crate::{ConnectionData, Fingerprints, Ids, Media, Protocol, Setup};

/// One MSRP session as this side describes it: a [`Local`] with its URI. Offers and answers are functions of it, so one
/// that changes nothing comes out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSession {
    pub(super) local: Local,
    uri: MsrpUri,
    path: Path,
}

impl LocalSession {
    pub(super) fn new(local: Local, uri: MsrpUri) -> Result<Self, LocalError> {
        let path = match &local.relays {
            None => uri.clone().into(),
            Some(relays) => relays.for_sdp(&uri)?,
        };
        Ok(Self { local, uri, path })
    }

    /// The own URI.
    pub const fn uri(&self) -> &MsrpUri {
        &self.uri
    }

    /// The path to this side: its relays, then its own URI.
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// What the session was made from.
    pub const fn local(&self) -> &Local {
        &self.local
    }

    /// The same session on other terms: types, size, direction, chat room, file. Its URI stays, and so where it listens and
    /// how it is protected.
    ///
    /// # Errors
    ///
    /// A [`LocalError`] if the terms do not fit together.
    pub fn with_terms(&self, terms: impl FnOnce(Local) -> Local) -> Result<Self, LocalError> {
        let kept = self.local.clone();
        let local = Local {
            host: kept.host,
            listener: kept.listener,
            carriage: kept.carriage,
            plain: kept.plain,
            fingerprints: kept.fingerprints,
            by_name: kept.by_name,
            relays: kept.relays,
            ..terms(self.local.clone())
        };
        Self::new(local.checked()?, self.uri.clone())
    }

    /// The same session behind relays that have given it another path, before the present one expires
    /// (RFC 4976 §9.4). Its own URI stays. The next offer says the new path; where the connections stay too, all that the
    /// exchange comes to is [`Change::Terms`](crate::Change::Terms).
    ///
    /// # Errors
    ///
    /// A [`LocalError`] if the relays cannot be used.
    pub fn with_relays(&self, relays: RelayPath) -> Result<Self, LocalError> {
        let local = self.local.clone().relays(relays);
        Self::new(local.checked()?, self.uri.clone())
    }

    /// A session in the place of this one, with a URI of its own: after the loss of a connection, the one to a relay
    /// included. Its path is another one, which the next offer says (RFC 4975 §8.4).
    ///
    /// # Errors
    ///
    /// A [`LocalError`] if `local` does not fit together.
    pub fn renewed(&self, local: impl FnOnce(Local) -> Local, ids: &mut Ids) -> Result<Self, LocalError> {
        local(self.local.clone()).open(ids)
    }

    /// The section of an offer.
    ///
    /// Who offers to be passive, by `passive` or `actpass`, listens before the offer leaves (RFC 4145 §4.1): see
    /// [`listens`](LocalSession::listens).
    pub fn offer(&self) -> Media {
        self.media(self.offered_setup(), self.local.cema)
    }

    /// The section of an offer in answer to [`Outcome::Reoffer`](crate::Outcome::Reoffer): without CEMA, with the own
    /// address in `c=` and `m=` (RFC 6714 §4.2). It may go in the same dialog or in a new one.
    pub fn offer_without_cema(&self) -> Media {
        self.media(self.offered_setup(), false)
    }

    /// The section of an offer that ends this session and leaves the others: port 0 (RFC 4975 §8.1). A session on a data
    /// channel ends otherwise: [`DataChannels::remove`](crate::DataChannels::remove).
    pub fn closing_offer(&self) -> Media {
        self.offer().refused()
    }

    /// The settings of the session while its offer is under way: who has it may connect before the answer is here, and is
    /// heard (ruling R-59). What the answer says comes later: [`Agreement::terms`](crate::Agreement::terms), for
    /// [`Session::update`](msrp_proto::Session::update).
    pub fn awaiting_answer(&self) -> SessionConfig {
        let local = &self.local;
        let mut session = SessionConfig::new(self.uri.clone(), Role::Passive, Terms::unknown())
            .accepts(local.accept_types.clone())
            .max_size(local.max_size)
            .single_message(local.file.is_some());
        if let Some(wrapped) = &local.accept_wrapped_types {
            session = session.accepts_wrapped(wrapped.clone());
        }
        session
    }

    /// Where this side has to listen as soon as its offer leaves; `None` if nobody will connect, or only its relay.
    pub fn listens(&self) -> Option<(&Host, u16)> {
        let direct = self.local.relays.is_none() && !self.is_data_channel();
        let passive = direct && self.offered_setup() == Some(Setup::Actpass);
        let port = self.local.listener.filter(|_| passive)?;
        Some((&self.local.host, port))
    }

    /// Whether the session is carried by a data channel (RFC 8873).
    pub(crate) fn is_data_channel(&self) -> bool {
        self.local.carriage == Carriage::DataChannel
    }

    fn offered_setup(&self) -> Option<Setup> {
        let can_listen =
            self.local.relays.is_some() || (self.local.reachable && self.local.listener.is_some());
        let role = if can_listen { Setup::Actpass } else { Setup::Active };
        self.local.setup.then_some(role)
    }

    pub(super) fn media(&self, setup: Option<Setup>, cema: bool) -> Media {
        let local = &self.local;
        let carrier = match self.path.leftmost().scheme() {
            _ if self.is_data_channel() => Carrier::DataChannel,
            Scheme::Msrp => Carrier::Stream(Protocol::Tcp),
            Scheme::Msrps => Carrier::Stream(Protocol::Tls),
        };
        // With CEMA the world talks to the relay by these lines; otherwise they are the endpoint's own (ruling R-44).
        let reached = match &local.relays {
            Some(relays) if cema => relays.outermost(),
            _ => self.uri.as_ref(),
        };
        Media {
            carrier,
            port: reached.port().unwrap_or_default(),
            connection: ConnectionData::of_uri(reached).filter(|_| carrier != Carrier::DataChannel),
            path: Some(self.path.clone()),
            accept_types: local.accept_types.clone(),
            accept_wrapped_types: local.accept_wrapped_types.clone(),
            max_size: local.max_size,
            direction: local.direction,
            setup,
            cema: cema || carrier == Carrier::DataChannel,
            fingerprints: self.shown_fingerprints(),
            label: local.label.clone(),
            chatroom: local.chatroom.clone(),
            file: local.file.clone(),
        }
    }

    /// A relay never sees SDP (RFC 6135 §4.3).
    fn shown_fingerprints(&self) -> Fingerprints {
        match self.local.relays {
            None => self.local.fingerprints.clone(),
            Some(_) => Fingerprints::default(),
        }
    }
}
