//! Where middleboxes may be (RFC 6714).

use std::collections::BTreeSet;

use msrp_proto::Role;
use msrp_proto::wire::HostName;

use crate::{Media, Names};

/// By what a side that connects finds the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the path, as RFC 4975 has it. Also for who waits.
    Path,
    /// By `c=` and `m=`, where a middlebox may be.
    Lines,
    /// Not at all: a new offer without CEMA is needed.
    Reoffer,
}

/// RFC 6714 §4.2, and ruling R-64 for an offerer with a relay and an answer with CEMA.
pub(super) fn way_of_offerer(
    offer: &Media,
    answer: &Media,
    role: Role,
    names: &Names,
) -> Result<Way, BTreeSet<HostName>> {
    if !offer.cema() || (answer.cema() && role == Role::Passive) {
        return Ok(Way::Path);
    }
    let own_relay = offer.is_relayed();
    let their_relay = answer.is_relayed();
    if answer.cema() && !own_relay && !their_relay {
        return Ok(Way::Lines);
    }
    let matches = names.match_media(answer)?;
    Ok(match role {
        // No middlebox. A relay is reached by the path even if the lines name who is behind it.
        _ if matches => Way::Path,
        Role::Active if !own_relay && (answer.cema() || !their_relay) => Way::Lines,
        _ => Way::Reoffer,
    })
}

/// RFC 6714 §4.3: an answerer that has put the attribute into its answer, and connects, uses `c=` and `m=`. An offer
/// without it was taken because they match its path: no middlebox is there, and the lines of an offerer behind a relay
/// may be its own (ruling R-44), where nobody listens.
pub(super) fn way_of_answerer(offer: &Media, answer: &Media, role: Role) -> Way {
    match role {
        Role::Active if offer.cema() && answer.cema() => Way::Lines,
        _ => Way::Path,
    }
}
