//! From an offer and an answer to a session and a connection.

mod agreement;
mod cema;
mod error;
mod plan;
mod roles;

use std::collections::BTreeSet;

use msrp_proto::wire::{HostName, Scheme};
use msrp_proto::{Direction, RelayPath, Role, Target};

pub use self::agreement::{Agreement, Change};
pub use self::error::NegotiationError;
pub use self::plan::{Action, ConnectionPlan, Identity, Verified};

use self::cema::Way;
use crate::media::Carrier;
use crate::side::{both, mirrored};
use crate::{Media, Names, Policy, Side, accept_types};

/// What an offer and its answer come to.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Outcome {
    /// A session, and how its connection comes to be.
    Session(Box<Agreement>),
    /// Names to be looked up first; then ask again with the addresses (RFC 6714 §4.4).
    Lookup(BTreeSet<HostName>),
    /// A middlebox without CEMA is between: offer anew without CEMA, in the same dialog or in a new one (RFC 6714 §4.2):
    /// [`LocalSession::offer_without_cema`](crate::LocalSession::offer_without_cema).
    Reoffer,
    /// As [`Reoffer`](Outcome::Reoffer), but the policy does not accept middleboxes: end the session.
    End,
}

/// Puts an offer and its answer together: the settings of the session for msrp-proto, and what the driver has to do.
/// `side` tells which of the two is ours.
///
/// Both sides that ask this of the same two sections get plans that fit together: one connects, the other listens.
/// Whatever cannot become a session is an error or an outcome of its own.
///
/// `names` holds what was looked up; it may be empty at first. It is asked only if our side uses CEMA.
///
/// ```
/// use msrp_sdp::{Action, Media, Names, Outcome, Policy, Side, negotiate};
///
/// let offer = Media::parse(b"m=message 7394 TCP/MSRP *\r\nc=IN IP4 192.0.2.1\r\n\
///     a=path:msrp://192.0.2.1:7394/2s93i9ek2a;tcp\r\na=accept-types:text/plain\r\n")?;
/// let answer = Media::parse(b"m=message 8493 TCP/MSRP *\r\nc=IN IP4 192.0.2.9\r\n\
///     a=path:msrp://192.0.2.9:8493/si438dsaodes;tcp\r\na=accept-types:text/plain\r\n")?;
/// let Outcome::Session(ours) =
///     negotiate(&offer, &answer, Side::Offerer, &Policy::default(), &Names::default())?
/// else {
///     panic!("nothing to look up, and no middlebox");
/// };
/// // RFC 4975: the offerer connects.
/// let Action::Connect(target) = ours.plan().action() else { panic!() };
/// assert_eq!((target.host().to_string(), target.port()), ("192.0.2.9".into(), 8493));
/// let session = ours.session(); // for Connection::open
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A [`NegotiationError`] for every reason why no session can work.
pub fn negotiate(
    offer: &Media,
    answer: &Media,
    side: Side,
    policy: &Policy,
    names: &Names,
) -> Result<Outcome, NegotiationError> {
    let exchange = Exchange::new(offer, answer, side)?;
    if exchange.own().carrier() == Carrier::DataChannel {
        let agreement = exchange.agreement(ConnectionPlan::data_channel())?;
        return Ok(Outcome::Session(Box::new(agreement)));
    }
    let way = match exchange.way(names) {
        Ok(way) => way,
        Err(missing) => return Ok(Outcome::Lookup(missing)),
    };
    if way == Way::Reoffer {
        return Ok(if policy.accept_middleboxes {
            Outcome::Reoffer
        } else {
            Outcome::End
        });
    }
    let plan = exchange.plan(way, policy)?.waiting(exchange.role, policy);
    exchange
        .agreement(plan)
        .map(|agreement| Outcome::Session(Box::new(agreement)))
}

/// What an offer and an answer about a data channel come to: nobody connects, whatever the paths say (RFC 8873 §4.4).
pub(crate) fn negotiate_channel(
    offer: &Media,
    answer: &Media,
    side: Side,
) -> Result<Agreement, NegotiationError> {
    Exchange::new(offer, answer, side)?.agreement(ConnectionPlan::data_channel())
}

/// Two sections that a session can come of, and the role of our side in it.
struct Exchange<'a> {
    offer: &'a Media,
    answer: &'a Media,
    side: Side,
    role: Role,
}

impl<'a> Exchange<'a> {
    fn new(offer: &'a Media, answer: &'a Media, side: Side) -> Result<Self, NegotiationError> {
        if offer.is_refused() {
            return Err(NegotiationError::Closed);
        }
        if answer.is_refused() {
            return Err(NegotiationError::Refused);
        }
        if !accept_types::have_common(offer.accept_types(), answer.accept_types()) {
            return Err(NegotiationError::NoCommonType);
        }
        let role = match side {
            Side::Offerer => roles::of_offerer(offer.setup, answer.setup)?,
            Side::Answerer => roles::other(roles::of_offerer(offer.setup, answer.setup)?),
        };
        let exchange = Self {
            offer,
            answer,
            side,
            role,
        };
        exchange.check_security()?;
        Ok(exchange)
    }

    const fn own(&self) -> &'a Media {
        match self.side {
            Side::Offerer => self.offer,
            Side::Answerer => self.answer,
        }
    }

    const fn peer(&self) -> &'a Media {
        match self.side {
            Side::Offerer => self.answer,
            Side::Answerer => self.offer,
        }
    }

    /// Two peers without relays use one connection: it is TLS for both or for none. What carries a data channel does not
    /// follow from its path (ruling S24).
    fn check_security(&self) -> Result<(), NegotiationError> {
        let schemes = [self.offer, self.answer].map(|media| match (media.carrier(), media.path()) {
            (Carrier::Stream(_), Some(path)) if path.len() == 1 => Some(path.leftmost().scheme()),
            _ => None,
        });
        match schemes {
            [Some(one), Some(other)] if one != other => Err(NegotiationError::Security),
            _ => Ok(()),
        }
    }

    fn way(&self, names: &Names) -> Result<Way, BTreeSet<HostName>> {
        match self.side {
            Side::Offerer => cema::way_of_offerer(self.offer, self.answer, self.role, names),
            Side::Answerer => Ok(cema::way_of_answerer(self.offer, self.answer, self.role)),
        }
    }

    fn plan(&self, way: Way, policy: &Policy) -> Result<ConnectionPlan, NegotiationError> {
        let own_path = self.own().path().ok_or(NegotiationError::NoPath)?;
        let peer_path = self.peer().path().ok_or(NegotiationError::NoPath)?;
        // Who has a relay talks to it, whatever the roles are (RFC 6135 §4.5); the relay proves itself by name.
        if let Some(relays) = RelayPath::of_own_sdp(own_path) {
            // The relay's own URI is for the world, and says `tcp` also to who came by WebSocket (RFC 7977 §8.1).
            return if own_path.rightmost().transport().eq_ignore_ascii_case("ws") {
                Ok(ConnectionPlan::relay_by_websocket())
            } else {
                Ok(ConnectionPlan::relay(relays.nearest().relay_target()?))
            };
        }
        let identity = plan::identity(self.peer(), self.role, policy)?;
        match self.role {
            Role::Passive => {
                let uri = own_path.leftmost();
                let connection = self.own().connection().ok_or(NegotiationError::NoConnection)?;
                Ok(ConnectionPlan::listen(
                    connection.host().clone(),
                    uri.port().ok_or(NegotiationError::NoPath)?,
                    uri.scheme() == Scheme::Msrps,
                    identity,
                    policy,
                ))
            }
            Role::Active => Ok(ConnectionPlan::connect(
                self.target(peer_path.target()?, way)?,
                identity,
                policy,
            )),
        }
    }

    /// Over a middlebox the address is that of `c=` and `m=`; what is verified stays the host of the URI (ruling R-63).
    fn target(&self, target: Target, way: Way) -> Result<Target, NegotiationError> {
        match (way, self.peer().connection()) {
            (Way::Lines, Some(connection)) => {
                Ok(target.connect_to(connection.host().clone(), self.peer().port())?)
            }
            _ => Ok(target),
        }
    }

    fn agreement(&self, plan: ConnectionPlan) -> Result<Agreement, NegotiationError> {
        Agreement::new(self.own(), self.peer(), self.role, self.direction(), plan)
    }

    fn direction(&self) -> Direction {
        both(self.own().direction, mirrored(self.peer().direction))
    }
}
