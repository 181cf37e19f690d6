//! This side: where it listens, who it is, and what it says of both.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::{Config, Host, SuccessReports};
use msrp_sdp::{
    Agreement, Answer, Description, Fingerprints, Ids, Local, LocalSession, Media, Names, Origin, Outcome,
    Policy, Side, negotiate,
};
use rustls::RootCertStore;

use super::relay::{authorities, end};
use super::{Error, Kind, Options};
use crate::reach::{NotAHost, far, outgoing, reached_by};
use crate::receiving::SILENCE;
use crate::tls::Identity;
use crate::tokio_driver::{Call, CallError, Endpoint, Options as EndpointOptions, Relayed};

/// How long the first request of a session may go without an answer: the peer may have to wait for a description that
/// is still on its way.
pub(crate) const BINDING: Duration = Duration::from_secs(60);

/// An endpoint, and the one session that it is for.
pub(super) struct Own {
    pub(super) endpoint: Endpoint,
    pub(super) party: Party,
    /// Behind a relay.
    pub(super) relayed: Option<Relayed>,
    /// Authorities, for relays: they are known by name.
    pub(super) roots: Arc<RootCertStore>,
}

/// What this side says of the session, and makes of what the other says.
pub(super) struct Party {
    pub(super) session: LocalSession,
    policy: Policy,
    origin: Origin,
}

impl Own {
    /// `toward`: whom it is to be reached by, if that is known.
    pub(super) async fn open(
        options: &Options,
        toward: Option<IpAddr>,
        remark: &mut impl FnMut(fmt::Arguments<'_>),
    ) -> Result<Self, Error> {
        let mut endpoint_options = EndpointOptions::default()
            .streamed(true)
            .success_reports(SuccessReports::Manual);
        let mut fingerprints = Fingerprints::default();
        if !options.plain {
            let identity = Identity::self_signed()?;
            fingerprints = Fingerprints::of([identity.certificate()])?;
            endpoint_options = endpoint_options.identity(identity);
        }
        let roots = authorities(options.authorities.as_deref())?;
        let bind = options
            .bind
            .unwrap_or_else(|| SocketAddr::new(unspecified(toward), 0));
        let connects_only = options.behind_nat || options.relay.is_some();
        let listens: &[SocketAddr] = if connects_only { &[] } else { &[bind] };
        let config = Config::default()
            .incomplete_timeout(SILENCE)
            .request_timeout(options.wait)
            .transaction_timeout(BINDING);
        let endpoint = Endpoint::bind_with(config, listens, endpoint_options)
            .await
            .map_err(|source| Error::Bind {
                address: bind,
                source,
            })?;
        let nearest = match options.bind {
            None => toward.and_then(outgoing).unwrap_or(bind.ip()),
            Some(_) => bind.ip(),
        };
        let (host, reachable) =
            reached_by(nearest, options.name.as_deref()).map_err(|NotAHost| Error::Name)?;
        let local = match endpoint.addresses() {
            [address, ..] => Local::listening(host.clone(), address.port()),
            [] => Local::connecting(host.clone()),
        };
        if !(reachable || connects_only || toward.is_some_and(|toward| toward.is_loopback())) {
            remark(format_args!(
                "only this machine can connect to {nearest}; see --bind and --name"
            ));
        }
        let local = match (options.plain, &options.relay) {
            (true, _) => local.plain(),
            // It is the relay that peers connect to, by its name.
            (false, Some(_)) => local.by_name(true),
            (false, None) => local.fingerprints(fingerprints),
        };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| Error::Random(error.into()))?;
        let mut ids = Ids::seeded(seed);
        let mut session = local.open(&mut ids)?;
        let mut relayed = None;
        if let Some(relay) = &options.relay {
            remark(format_args!("asking the relay for a path"));
            let config = relay.config(session.uri().clone());
            let given = endpoint.authorize(config, Arc::clone(&roots)).await;
            let given = given.map_err(|error| Error::Relay(error.reason))?;
            if let Some(end) = end(given.grant()) {
                remark(format_args!("the path through the relay ends at {end}"));
            }
            session = session.with_relays(given.path().clone())?;
            relayed = Some(given);
        }
        Ok(Self {
            endpoint,
            party: Party {
                session,
                policy: Policy::default().wait(options.wait),
                origin: Origin::new(ids.number(), host),
            },
            relayed,
            roots,
        })
    }

    /// Has the other side expected who gets the offer.
    pub(super) async fn offered(&self) -> Result<Call<'_>, Error> {
        match &self.relayed {
            Some(relayed) => {
                let call = Call::offer_through(relayed, &self.party.session).await;
                call.map_err(|error| CallError::from(error).into())
            }
            None => Ok(Call::offer(&self.endpoint, &self.party.session).expect("its first session")),
        }
    }

    /// Has the other side expected who gets the answer.
    pub(super) async fn answered(&self, agreement: &Agreement) -> Result<Call<'_>, Error> {
        match &self.relayed {
            Some(relayed) => {
                let call = Call::answer_through(relayed, agreement).await;
                call.map_err(|error| CallError::from(error).into())
            }
            None => Ok(Call::answer(&self.endpoint, agreement, &self.roots).expect("its first session")),
        }
    }
}

impl Party {
    pub(super) fn offer(&self) -> Description {
        Description::new(self.origin.clone()).with_section(self.session.offer())
    }

    /// What an answer to the own offer says, and what they come to.
    pub(super) fn accepted(&self, answer: &Description) -> Result<(Media, Agreement), Error> {
        let (_, answered) = msrp_section(Kind::Answer, answer)?;
        if answered.path() == Some(self.session.path()) {
            return Err(Error::Own);
        }
        if answered.is_refused() {
            return Err(Error::Refused);
        }
        let agreement = self.agreement(&self.session.offer(), &answered, Side::Offerer)?;
        Ok((answered, agreement))
    }

    /// The answer to an offer, what the offer says, and what they come to.
    pub(super) fn answer(&self, offer: &Description) -> Result<(Description, Media, Agreement), Error> {
        let (index, offered) = msrp_section(Kind::Offer, offer)?;
        let names = Names::default();
        let answered = match self.session.answer(&offered, &self.policy, &names) {
            Ok(Answer::Media(answered)) => answered,
            Ok(Answer::Lookup(_)) => return Err(Error::Unsupported),
            Err(refusal) => return Err(Error::Unacceptable(refusal)),
        };
        let mut answer = offer.answer(self.origin.clone());
        answer
            .accept(index, &*answered)
            .expect("the section is one of MSRP, and open");
        let agreement = self.agreement(&offered, &answered, Side::Answerer)?;
        Ok((answer.finish(), offered, agreement))
    }

    fn agreement(&self, offer: &Media, answer: &Media, side: Side) -> Result<Agreement, Error> {
        match negotiate(offer, answer, side, &self.policy, &Names::default())? {
            Outcome::Session(agreement) => Ok(*agreement),
            // Only with CEMA.
            _ => Err(Error::Unsupported),
        }
    }
}

/// The address that an offer names, by which the own one is chosen.
pub(super) fn address_of(offer: &Description) -> Option<IpAddr> {
    let (_, offered) = msrp_section(Kind::Offer, offer).ok()?;
    match offered.connection()?.host() {
        Host::Address(address) => Some(*address),
        Host::Name(_) => None,
    }
}

/// The first section that is of MSRP, and not closed if there is one that is not.
fn msrp_section(kind: Kind, description: &Description) -> Result<(usize, Media), Error> {
    let mut sections = description.msrp();
    let open = |(_, media): &(usize, Result<Media, _>)| media.as_ref().is_ok_and(|media| !media.is_refused());
    let at = sections.iter().position(open).unwrap_or(0);
    if sections.is_empty() {
        return Err(Error::NoMsrp(kind));
    }
    let (index, media) = sections.swap_remove(at);
    let media = media.map_err(|source| Error::Section { kind, source })?;
    Ok((index, media))
}

/// IPv6 where the other side, or nobody here, has no IPv4.
fn unspecified(toward: Option<IpAddr>) -> IpAddr {
    let v4 = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let v6 = IpAddr::from(Ipv6Addr::UNSPECIFIED);
    match toward {
        Some(IpAddr::V4(_)) => v4,
        Some(IpAddr::V6(_)) => v6,
        None if outgoing(far(v4)).is_none() && outgoing(far(v6)).is_some() => v6,
        None => v4,
    }
}
