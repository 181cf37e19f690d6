//! This side of a call: where it listens, who it is, and what it says of both.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use msrp_proto::{Config, Host, SuccessReports};
use msrp_sdp::{
    Agreement, Answer, Description, Fingerprints, Ids, Local, LocalSession, Media, Names, Origin, Outcome,
    Policy, Side, negotiate,
};

use super::{Error, Kind, Options};
use crate::reach::{NotAHost, far, outgoing, reached_by};
use crate::receiving::SILENCE;
use crate::tls::Identity;
use crate::tokio_driver::{Endpoint, Options as EndpointOptions};

/// How long the first request of a session may go without an answer: the peer may have to wait for a description that
/// is still on its way.
pub(super) const BINDING: Duration = Duration::from_secs(60);

/// An endpoint, and the one session that it is for.
pub(super) struct Own {
    pub(super) endpoint: Endpoint,
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
        let bind = options
            .bind
            .unwrap_or_else(|| SocketAddr::new(unspecified(toward), 0));
        let listens: &[SocketAddr] = if options.behind_nat { &[] } else { &[bind] };
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
        if !(reachable || options.behind_nat || toward.is_some_and(|toward| toward.is_loopback())) {
            remark(format_args!(
                "only this machine can connect to {nearest}; see --bind and --name"
            ));
        }
        let local = if options.plain {
            local.plain()
        } else {
            local.fingerprints(fingerprints)
        };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| Error::Random(error.into()))?;
        let mut ids = Ids::seeded(seed);
        let session = local.open(&mut ids)?;
        Ok(Self {
            endpoint,
            session,
            policy: Policy::default().wait(options.wait),
            origin: Origin::new(ids.number(), host),
        })
    }

    pub(super) fn offer(&self) -> Description {
        Description::new(self.origin.clone()).with_section(self.session.offer())
    }

    /// What an answer to the own offer comes to.
    pub(super) fn accepted(&self, answer: &Description) -> Result<Agreement, Error> {
        let (_, answered) = msrp_section(Kind::Answer, answer)?;
        if answered.path() == Some(self.session.path()) {
            return Err(Error::Own);
        }
        if answered.is_refused() {
            return Err(Error::Refused);
        }
        self.agreement(&self.session.offer(), &answered, Side::Offerer)
    }

    /// The answer to an offer, and what they come to.
    pub(super) fn answer(&self, offer: &Description) -> Result<(Description, Agreement), Error> {
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
        Ok((answer.finish(), agreement))
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
