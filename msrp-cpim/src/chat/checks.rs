//! The checks that need no room to compare with.

use bytes::Bytes;
use msrp_multipart::MediaType;

use super::{ChatRefusal, Participant};
use crate::{Address, Message};

/// Whether the content type of a SEND is message/cpim; `None` stands for one that cannot be read. That is known
/// before there is a body.
///
/// A SEND without a body is no message and has no content type: it is to be answered with 200 (ruling S28), as
/// `msrp-proto` does by itself.
///
/// # Errors
///
/// [`ChatRefusal::NotCpim`].
pub fn check_type(content_type: Option<&MediaType>) -> Result<(), ChatRefusal> {
    if content_type.is_some_and(Message::is_cpim) {
        Ok(())
    } else {
        Err(ChatRefusal::NotCpim)
    }
}

/// The message/cpim that is the body of a message with that content type.
///
/// # Errors
///
/// [`ChatRefusal::NotCpim`] for another [type](check_type), [`ChatRefusal::Damaged`] for a body that cannot be
/// [read](Message::parse).
pub fn read(content_type: Option<&MediaType>, body: &Bytes) -> Result<Message, ChatRefusal> {
    check_type(content_type)?;
    Message::parse(body).map_err(|_| ChatRefusal::Damaged)
}

/// Whom a message is for.
///
/// # Errors
///
/// [`ChatRefusal::NotOneRecipient`] if there is more than one To, or none; [`ChatRefusal::NoSuchRecipient`] if it
/// cannot be read.
pub fn only_recipient(message: &Message) -> Result<Address, ChatRefusal> {
    let to = message.only_to().ok_or(ChatRefusal::NotOneRecipient)?;
    to.map_err(|_| ChatRefusal::NoSuchRecipient)
}

/// Those of the sessions of a participant that take private messages, at least one.
///
/// # Errors
///
/// [`ChatRefusal::PrivateMessagesNotSupported`].
pub fn private_sessions<P: Participant>(mut sessions: Vec<P>) -> Result<Vec<P>, ChatRefusal> {
    sessions.retain(Participant::takes_private_messages);
    if sessions.is_empty() {
        return Err(ChatRefusal::PrivateMessagesNotSupported);
    }
    Ok(sessions)
}
