use msrp_multipart::Entity;
use thiserror::Error;

use super::{ByUserAndHost, UriComparison};
use crate::{Address, BuildError, Message, MessageBuilder};

/// A room, as a participant knows it that has joined it: makes messages for it, and tells for whom those from it are.
#[derive(Clone, Debug)]
pub struct Room<C = ByUserAndHost> {
    address: Address,
    own: Address,
    is_anonymous: bool,
    private_messages: bool,
    comparison: C,
}

/// A message that came from the room, with who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatMessage {
    /// For all participants (RFC 7701 §6.1).
    Regular(Address),
    /// For this participant alone (RFC 7701 §6.2).
    Private(Address),
}

impl Room {
    /// The room with that address, which knows this participant by the address `own`.
    pub fn new(address: Address, own: Address) -> Self {
        Self::with_comparison(address, own, ByUserAndHost)
    }
}

impl<C: UriComparison> Room<C> {
    /// As [`new`](Room::new), where URIs are compared otherwise.
    pub fn with_comparison(address: Address, own: Address, comparison: C) -> Self {
        Self {
            address,
            own,
            is_anonymous: false,
            private_messages: false,
            comparison,
        }
    }

    /// The participant stays anonymous: this address, which the room knows and which must not tell who it is, takes the
    /// place of its own, without a name (RFC 7701 §6.1). Disposition notifications cannot be asked for then (RFC 5438
    /// §12.1.1).
    #[must_use]
    pub fn anonymous(self, address: Address) -> Self {
        Self {
            own: address.with_name(""),
            is_anonymous: true,
            ..self
        }
    }

    /// Whether the room announced `private-messages` when it was last asked (RFC 7701 §8). Default: no.
    #[must_use]
    pub fn private_messages(self, announced: bool) -> Self {
        Self {
            private_messages: announced,
            ..self
        }
    }

    /// A message for all participants: To is the room, and From the participant, whatever From the builder has. What
    /// else it is to have, such as DateTime, is in the builder.
    ///
    /// # Errors
    ///
    /// [`ChatBuildError::OneRecipient`] if the builder has a To or cc, and [`ChatBuildError::Build`].
    pub fn regular(&self, builder: MessageBuilder, content: Entity) -> Result<Message, ChatBuildError> {
        let ([], []) = builder.recipients() else {
            return Err(ChatBuildError::OneRecipient);
        };
        self.build(builder.to(self.address.clone()), content)
    }

    /// A message for the one participant that is the To of the builder. From is this participant, whatever From the
    /// builder has.
    ///
    /// # Errors
    ///
    /// [`ChatBuildError::NotSupported`] if the room has not [announced](Self::private_messages) private messages: it
    /// might pass the message on to all. [`ChatBuildError::OneRecipient`] if there is not exactly one To, or a cc,
    /// [`ChatBuildError::Room`] if it is the room, and [`ChatBuildError::Build`].
    pub fn private(&self, builder: MessageBuilder, content: Entity) -> Result<Message, ChatBuildError> {
        if !self.private_messages {
            return Err(ChatBuildError::NotSupported);
        }
        let ([recipient], []) = builder.recipients() else {
            return Err(ChatBuildError::OneRecipient);
        };
        if self.is_room(recipient) {
            return Err(ChatBuildError::Room);
        }
        self.build(builder, content)
    }

    /// For whom a message is that came from the room, and by whom it is.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if that cannot be told.
    pub fn read(&self, message: &Message) -> Result<ChatMessage, ReadError> {
        let to = message.only_to().and_then(Result::ok).ok_or(ReadError::To)?;
        let from = message.only_from().ok_or(ReadError::From)?;
        Ok(if self.is_room(&to) {
            ChatMessage::Regular(from)
        } else {
            ChatMessage::Private(from)
        })
    }

    fn build(&self, builder: MessageBuilder, content: Entity) -> Result<Message, ChatBuildError> {
        let builder = builder.from(self.own.clone());
        let builder = if self.is_anonymous {
            builder.anonymous()
        } else {
            builder
        };
        Ok(builder.build(content)?)
    }

    fn is_room(&self, address: &Address) -> bool {
        self.comparison.is_same(self.address.uri(), address.uri())
    }
}

impl ChatMessage {
    /// Who wrote it.
    pub fn from(&self) -> &Address {
        match self {
            Self::Regular(from) | Self::Private(from) => from,
        }
    }

    /// Whether it is for this participant alone, which who shows it should make plain.
    pub fn is_private(&self) -> bool {
        matches!(self, Self::Private(_))
    }
}

/// Why there is no message for a room or a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChatBuildError {
    /// It cannot be built anywhere.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The room has not announced private messages.
    #[error("the room has no private messages")]
    NotSupported,
    /// The room is the one recipient of a regular message, a participant that of a private message; there is no cc.
    #[error("not exactly one recipient")]
    OneRecipient,
    /// The recipient of the private message is the room: all would get it.
    #[error("a private message to the room")]
    Room,
}

/// Why it cannot be told for whom a message of a room is, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is not exactly one From that can be read.
    #[error("no readable From, or several")]
    From,
    /// There is not exactly one To that can be read.
    #[error("no readable To, or several")]
    To,
}
