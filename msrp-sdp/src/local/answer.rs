//! Answers to offers.

use std::collections::BTreeSet;

use msrp_proto::wire::HostName;
use thiserror::Error;

use super::LocalSession;
use crate::media::Carrier;
use crate::negotiate::negotiate_channel;
use crate::side::{both, mirrored};
use crate::{Media, Names, NegotiationError, Policy, Setup, Side, negotiate};

/// What becomes of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// The section of the answer.
    Media(Box<Media>),
    /// Names to be looked up first; then ask again (RFC 6714 §4.4).
    Lookup(BTreeSet<HostName>),
}

/// Why an offered session is not to be had. Its section is answered with port 0
/// ([`Media::refused`]), or, where it is the only one, the whole request with 488 (RFC 4975 §8.6, RFC 6714 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The offer closes the section: port 0.
    #[error("the section is closed")]
    Closed,
    /// The session is offered on a data channel and described for something else here, or the other way round.
    #[error("a data channel on one side only")]
    Carrier,
    /// None of the types of one side is taken by the other (RFC 4975 §8.6).
    #[error("no common type")]
    NoCommonType,
    /// The offerer wants to connect and nobody can connect here.
    #[error("the peer wants to connect, and cannot connect here")]
    CannotListen,
    /// The offerer insists on being passive, and this side does not know `setup`: nobody would connect.
    #[error("neither side would connect")]
    NobodyConnects,
    /// One side wants TLS, the other does not, and there is no relay between.
    #[error("one side wants TLS and the other does not")]
    Security,
    /// The offer has no fingerprint, and by name alone is not enough here.
    #[error("TLS without a fingerprint")]
    NoFingerprint,
    /// The offer has no fingerprint that can be used: hash functions that are unknown or broken.
    #[error("no fingerprint that can be used")]
    NoUsableFingerprint,
    /// A middlebox without CEMA has changed `c=` and `m=` of an offer without CEMA (RFC 6714 §4.3).
    #[error("a middlebox has changed the address")]
    Middlebox,
    /// The offered path leads nowhere that could be connected to, or is too long together with the relays here.
    #[error("the offered path cannot be connected to")]
    Unreachable,
}

impl From<NegotiationError> for Refusal {
    fn from(error: NegotiationError) -> Self {
        match error {
            NegotiationError::Closed | NegotiationError::NoPath => Self::Closed,
            NegotiationError::NoCommonType => Self::NoCommonType,
            NegotiationError::NobodyConnects => Self::NobodyConnects,
            NegotiationError::Security => Self::Security,
            NegotiationError::NoFingerprint => Self::NoFingerprint,
            NegotiationError::NoUsableFingerprint => Self::NoUsableFingerprint,
            // The others are about answers that are not made here.
            _ => Self::Unreachable,
        }
    }
}

impl LocalSession {
    /// Answers an offer: who connects, who trusts whom, and whether a middlebox may be between. Of the answer and the offer
    /// [`negotiate`] makes a session at this side, asked with the same `policy`.
    ///
    /// `names` holds what was looked up; it may be empty at first. It is asked only with CEMA.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] if no session can come of it.
    pub fn answer(&self, offer: &Media, policy: &Policy, names: &Names) -> Result<Answer, Refusal> {
        self.check_carrier(offer)?;
        if offer.is_refused() {
            return Err(Refusal::Closed);
        }
        if self.is_data_channel() {
            return Ok(Answer::Media(Box::new(self.answer_on_channel(offer)?)));
        }
        let cema = if self.local.cema {
            match names.match_media(offer) {
                Err(missing) => return Ok(Answer::Lookup(missing)),
                Ok(false) if !offer.cema => return Err(Refusal::Middlebox),
                Ok(_) => self.can_use_cema(offer),
            }
        } else {
            false
        };
        let role = self.answered_role(offer, cema)?;
        let answer = self.answered(offer, role, cema);
        // Nothing is promised that could not be kept.
        let _ = negotiate(offer, &answer, Side::Answerer, policy, names)?;
        Ok(Answer::Media(Box::new(answer)))
    }

    /// Nobody connects, no middlebox is between, and the channel is secure by itself: what is left is who sends first
    /// (RFC 8873 §4.4, §4.5).
    pub(crate) fn answer_on_channel(&self, offer: &Media) -> Result<Media, Refusal> {
        self.check_carrier(offer)?;
        let role = self.answered_role(offer, false)?;
        let answer = self.answered(offer, role, true);
        negotiate_channel(offer, &answer, Side::Answerer)?;
        Ok(answer)
    }

    fn check_carrier(&self, offer: &Media) -> Result<(), Refusal> {
        if (offer.carrier == Carrier::DataChannel) == self.is_data_channel() {
            Ok(())
        } else {
            Err(Refusal::Carrier)
        }
    }

    fn answered(&self, offer: &Media, role: Setup, cema: bool) -> Media {
        Media {
            direction: both(self.local.direction, mirrored(offer.direction)),
            ..self.media(self.local.setup.then_some(role), cema)
        }
    }

    /// RFC 6714 §4.3: otherwise RFC 4975 and RFC 4976 apply.
    fn can_use_cema(&self, offer: &Media) -> bool {
        let relay_here = self.local.relays.is_some();
        let relay_there = offer.is_relayed();
        let offerer_active = matches!(offer.setup, None | Some(Setup::Active));
        let both_relayed = relay_here && relay_there;
        let past_lines = relay_there && offerer_active;
        let must_connect = relay_here && offer.setup == Some(Setup::Passive);
        !(both_relayed || past_lines || must_connect)
    }

    fn answered_role(&self, offer: &Media, cema: bool) -> Result<Setup, Refusal> {
        let local = &self.local;
        let relayed = local.relays.is_some();
        let can_listen = relayed || local.listener.is_some();
        match offer.setup {
            Some(Setup::Passive) if local.setup => Ok(Setup::Active),
            Some(Setup::Passive) => Err(Refusal::NobodyConnects),
            Some(Setup::Actpass) if local.setup => {
                // Towards an offerer behind a relay only a connection to `c=` and `m=` passes the middlebox (ruling
                //
                let past_middlebox = cema && offer.is_relayed();
                let passive = relayed || (can_listen && local.reachable && !past_middlebox);
                Ok(if passive { Setup::Passive } else { Setup::Active })
            }
            _ if can_listen => Ok(Setup::Passive),
            _ => Err(Refusal::CannotListen),
        }
    }
}
