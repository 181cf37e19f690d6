use std::fmt;

use thiserror::Error;

use super::{MessageId, Notification, nested::may_hold_notification};
use crate::{Address, AddressError, BuildError, Header, Message, MessageBuilder, escape};

/// The namespace of the headers of disposition notification (RFC 5438 §6.1).
pub const NAMESPACE: &str = "urn:ietf:params:imdn";

/// The prefix that RFC 5438 declares it with; any other will do.
pub(super) const PREFIX: &str = "imdn";

/// What the sender of a message wants to be told: Disposition-Notification (RFC 5438 §6.2).
///
/// [`Display`](fmt::Display) writes the value of the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// `positive-delivery`: that it was delivered.
    pub positive_delivery: bool,
    /// `negative-delivery`: that it could not be delivered.
    pub negative_delivery: bool,
    /// `processing`: what an intermediary did with it.
    pub processing: bool,
    /// `display`: that it was shown.
    pub display: bool,
}

/// The Message-ID of a peer is empty, or has a blank or a control character in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an identifier of a message")]
pub struct MessageIdError;

impl Request {
    /// Reads the value of a header. Names count with their case; those that are not known, and all parameters, are
    /// ignored (RFC 5438 §7.2.1).
    pub fn parse(value: &str) -> Self {
        let mut request = Self::default();
        for entry in entries(value) {
            let name = entry.split(';').next().unwrap_or_default();
            match name.trim_matches(' ') {
                "positive-delivery" => request.positive_delivery = true,
                "negative-delivery" => request.negative_delivery = true,
                "processing" => request.processing = true,
                "display" => request.display = true,
                _ => {}
            }
        }
        request
    }

    /// Whether nothing is asked for.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.positive_delivery, "positive-delivery"),
            (self.negative_delivery, "negative-delivery"),
            (self.processing, "processing"),
            (self.display, "display"),
        ];
        all.into_iter()
            .filter(|(is_asked, _)| *is_asked)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.names().collect();
        f.pad(&names.join(", "))
    }
}

/// The headers of disposition notification (RFC 5438 §6).
impl Message {
    /// Message-ID: the identifier that notifications refer to.
    pub fn message_id(&self) -> Option<Result<MessageId, MessageIdError>> {
        let header = self.header(NAMESPACE, "Message-ID")?;
        let text = escape::decode(header.value().trim_end_matches(' '));
        Some(MessageId::read(&text).ok_or(MessageIdError))
    }

    /// Disposition-Notification: what the sender wants to be told. Nothing, for a disposition notification: whatever
    /// is in it, it is never answered by another one (RFC 5438 §7.2.1).
    pub fn requested_notifications(&self) -> Request {
        if self.is_notification() {
            return Request::default();
        }
        let values = self.headers_named(NAMESPACE, "Disposition-Notification");
        values
            .map(|header| Request::parse(header.value()))
            .fold(Request::default(), |all, more| Request {
                positive_delivery: all.positive_delivery | more.positive_delivery,
                negative_delivery: all.negative_delivery | more.negative_delivery,
                processing: all.processing | more.processing,
                display: all.display | more.display,
            })
    }

    /// Original-To: whom the message was for before an intermediary put another address into To.
    pub fn original_to(&self) -> Option<Result<Address, AddressError>> {
        self.header(NAMESPACE, "Original-To").map(Header::address)
    }

    /// IMDN-Record-Route: who wants the notifications of this message on their way back, the last one first. None,
    /// for a disposition notification (RFC 5438 §7.2.1).
    pub fn imdn_record_routes(&self) -> impl Iterator<Item = Result<Address, AddressError>> {
        let is_notification = self.is_notification();
        self.headers_named(NAMESPACE, "IMDN-Record-Route")
            .filter(move |_| !is_notification)
            .map(Header::address)
    }

    /// IMDN-Route: where this notification is still to go, the next one first.
    pub fn imdn_routes(&self) -> impl Iterator<Item = Result<Address, AddressError>> {
        self.headers_named(NAMESPACE, "IMDN-Route").map(Header::address)
    }

    /// Whether the content says that it is a disposition notification, by its disposition or by its type (RFC 5438
    /// §7.1.2, §9). [`Class::of`](super::Class::of) looks into a multipart too.
    pub fn is_notification(&self) -> bool {
        let headers = &self.content().headers;
        headers
            .disposition()
            .is_some_and(|disposition| disposition.is("notification"))
            || headers
                .content_type()
                .is_some_and(|media_type| media_type.is(Notification::MEDIA_TYPE))
    }
}

/// The headers of disposition notification. The namespace is declared with the first of them.
impl MessageBuilder {
    /// Message-ID: the identifier that notifications refer to. A second one replaces the first.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadToken`] for an identifier that a peer has made and that is no token.
    pub fn message_id(self, id: &MessageId) -> Result<Self, BuildError> {
        if !MessageId::is_token(id.as_str()) {
            return Err(BuildError::BadToken);
        }
        Ok(self
            .without(NAMESPACE, "Message-ID")
            .with_imdn_header("Message-ID", id.as_str()))
    }

    /// Disposition-Notification: what the sender wants to be told. A second one replaces the first. The message has
    /// to have a DateTime and a Message-ID too (RFC 5438 §7.1.1).
    pub fn request_notifications(self, request: Request) -> Self {
        self.without(NAMESPACE, "Disposition-Notification")
            .with_imdn_header("Disposition-Notification", &request.to_string())
    }

    /// A header of disposition notification whose value is legal.
    pub(super) fn with_imdn_header(self, name: &str, value: &str) -> Self {
        self.with_extension(NAMESPACE, PREFIX, name, value)
    }
}

/// Whether a message that is being built asks for notifications, and may.
pub(crate) fn check_request(message: &Message, is_anonymous: bool) -> Result<(), BuildError> {
    if message.header(NAMESPACE, "Disposition-Notification").is_none() {
        return Ok(());
    }
    if may_hold_notification(message) {
        return Err(BuildError::RequestInNotification);
    }
    if is_anonymous {
        return Err(BuildError::AnonymousRequest);
    }
    if message.date_time().is_none() {
        return Err(BuildError::MissingDateTime);
    }
    if message.header(NAMESPACE, "Message-ID").is_none() {
        return Err(BuildError::MissingMessageId);
    }
    Ok(())
}

/// The entries of a list; a comma in a quoted string of a parameter does not part two.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let comma = text.bytes().position(|octet| {
            let ends = octet == b',' && !is_quoted;
            is_quoted ^= octet == b'"' && !is_escaped;
            is_escaped = is_quoted && octet == b'\\' && !is_escaped;
            ends
        });
        match comma {
            Some(at) => {
                rest = text.get(at + 1..);
                text.get(..at)
            }
            None => rest.take(),
        }
    })
}
