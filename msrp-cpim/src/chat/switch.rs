use super::{ByUserAndHost, ChatRefusal, UriComparison, only_recipient, private_sessions};
use crate::{Address, Message};

/// A session of a participant, as the switch of a room knows it from signalling. Who has joined several times is
/// several of them, with the same URIs.
pub trait Participant {
    /// The URIs by which the participant is known in the room: SIP, tel, IM, and the anonymous one (RFC 7701 §5.2).
    /// The real ones of who is anonymous do not belong to them.
    fn uris(&self) -> impl Iterator<Item = &str>;

    /// Whether private messages may be sent to the session: its `a=chatroom` has `private-messages`, and the policy
    /// of the room allows them (RFC 7701 §6.2, §8).
    fn takes_private_messages(&self) -> bool;
}

impl<P: Participant> Participant for &P {
    fn uris(&self) -> impl Iterator<Item = &str> {
        (**self).uris()
    }

    fn takes_private_messages(&self) -> bool {
        (**self).takes_private_messages()
    }
}

/// Whom a message is to be passed on to, its octets as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<P> {
    /// All participants but the sender (RFC 7701 §6.1).
    Regular,
    /// These sessions, all of the one participant whom the message is for: those that take private messages, in
    /// the order of the participants, at least one (RFC 7701 §6.2).
    Private(Vec<P>),
}

/// What a switch does with the messages of a room before it passes them on (RFC 7701 §6).
///
/// Refused are, in this order: what is [no message/cpim](super::read) (415), or a damaged one (400); a From that is not
/// [the sender](Self::check_from) (403); another number of recipients than [one](only_recipient) (403); a recipient
/// that is [not in the room](Self::sessions_of) (404); one that takes [no private messages](private_sessions) (428).
#[derive(Clone, Debug)]
pub struct Switch<C = ByUserAndHost> {
    room: Address,
    comparison: C,
}

impl Switch {
    /// The switch of the room with that address.
    pub fn new(room: Address) -> Self {
        Self::with_comparison(room, ByUserAndHost)
    }
}

impl<C: UriComparison> Switch<C> {
    /// As [`new`](Switch::new), where URIs are compared otherwise.
    pub fn with_comparison(room: Address, comparison: C) -> Self {
        Self { room, comparison }
    }

    /// All checks of a message that came on a session of `sender`, who need not be among the `participants`.
    ///
    /// # Errors
    ///
    /// The first [`ChatRefusal`] in the order above.
    pub fn check<P: Participant>(
        &self,
        message: &Message,
        sender: &impl Participant,
        participants: impl IntoIterator<Item = P>,
    ) -> Result<Verdict<P>, ChatRefusal> {
        self.check_from(message, sender)?;
        let recipient = only_recipient(message)?;
        if self.is_room(&recipient) {
            return Ok(Verdict::Regular);
        }
        let sessions = self.sessions_of(&recipient, participants)?;
        private_sessions(sessions).map(Verdict::Private)
    }

    /// Whether From is one of the URIs of the session that the message came on. Gives it.
    ///
    /// # Errors
    ///
    /// [`ChatRefusal::NotSender`].
    pub fn check_from(&self, message: &Message, sender: &impl Participant) -> Result<Address, ChatRefusal> {
        let from = message.only_from().ok_or(ChatRefusal::NotSender)?;
        if self.is_one_of(&from, sender) {
            Ok(from)
        } else {
            Err(ChatRefusal::NotSender)
        }
    }

    /// Whether an address is that of the room.
    pub fn is_room(&self, address: &Address) -> bool {
        self.comparison.is_same(self.room.uri(), address.uri())
    }

    /// The sessions of the participant with that address, in the order of the participants, at least one.
    ///
    /// # Errors
    ///
    /// [`ChatRefusal::NoSuchRecipient`].
    pub fn sessions_of<P: Participant>(
        &self,
        address: &Address,
        participants: impl IntoIterator<Item = P>,
    ) -> Result<Vec<P>, ChatRefusal> {
        let participants = participants.into_iter();
        let sessions: Vec<_> = participants
            .filter(|participant| self.is_one_of(address, participant))
            .collect();
        if sessions.is_empty() {
            return Err(ChatRefusal::NoSuchRecipient);
        }
        Ok(sessions)
    }

    fn is_one_of(&self, address: &Address, participant: &impl Participant) -> bool {
        participant
            .uris()
            .any(|uri| self.comparison.is_same(uri, address.uri()))
    }
}
