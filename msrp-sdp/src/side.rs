//! Which of two bodies is whose.

use msrp_proto::Direction;

/// Whether the offer or the answer is ours. It is that of the latest exchange: who sends a new offer is the offerer,
/// whoever called whom (RFC 4975 §8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The offer is ours.
    Offerer,
    /// The answer is ours.
    Answerer,
}

/// The direction as the other side sees it.
pub(crate) const fn mirrored(direction: Direction) -> Direction {
    direction_of(direction.may_receive(), direction.may_send())
}

/// What both allow.
pub(crate) const fn both(one: Direction, other: Direction) -> Direction {
    direction_of(
        one.may_send() && other.may_send(),
        one.may_receive() && other.may_receive(),
    )
}

const fn direction_of(send: bool, receive: bool) -> Direction {
    match (send, receive) {
        (true, true) => Direction::SendRecv,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::RecvOnly,
        (false, false) => Direction::Inactive,
    }
}
