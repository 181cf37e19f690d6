//! Who connects (RFC 4145 §4.1, RFC 6135 §4.2.2).

use msrp_proto::Role;

use super::NegotiationError;
use crate::Setup;

/// The role of the offerer. Without the attribute an offer counts as active and an answer as passive.
pub(super) const fn of_offerer(
    offer: Option<Setup>,
    answer: Option<Setup>,
) -> Result<Role, NegotiationError> {
    match (offer, answer) {
        (None | Some(Setup::Active | Setup::Actpass), None | Some(Setup::Passive)) => Ok(Role::Active),
        (Some(Setup::Passive | Setup::Actpass), Some(Setup::Active)) => Ok(Role::Passive),
        (None | Some(Setup::Active), Some(Setup::Active)) => Err(NegotiationError::BothConnect),
        (Some(Setup::Passive), None | Some(Setup::Passive)) => Err(NegotiationError::NobodyConnects),
        (_, Some(Setup::Actpass)) => Err(NegotiationError::ActpassAnswered),
    }
}

pub(super) const fn other(role: Role) -> Role {
    match role {
        Role::Active => Role::Passive,
        Role::Passive => Role::Active,
    }
}
