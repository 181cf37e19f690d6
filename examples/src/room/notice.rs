//! What the room itself says.

use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime as Moment, SecondsFormat, Utc};
use msrp_cpim::{Address, DateTime, Message};
use msrp_multipart::{Entity, MediaType};
use msrp_proto::wire::{FailureReport, Header};
use msrp_proto::{Message as Outgoing, Received};

/// A text of the room for all that are in it.
pub(super) fn notice(room: &Address, text: &str) -> Option<Bytes> {
    let mut builder = Message::builder().from(room.clone()).to(room.clone());
    builder = match now() {
        Some(now) => builder.date_time(now),
        None => builder,
    };
    // The address of the room has been read, and may be one that is not to be written.
    Some(builder.build(Entity::text(text)).ok()?.to_bytes())
}

/// A message/cpim for one session. No answers are asked for: a session whose connection stands gets it.
pub(super) fn copy(wrapper: Bytes) -> Outgoing {
    Outgoing::new(cpim(), wrapper).failure_report(FailureReport::No)
}

/// The same of a message that came: it is to be shown or kept as there.
pub(super) fn copy_of(message: &Received) -> Outgoing {
    let disposition = message.head.head().header("Content-Disposition");
    let disposition = disposition.and_then(|value| std::str::from_utf8(value).ok());
    let disposition = disposition.and_then(|value| Header::new("Content-Disposition", value).ok());
    let copy = copy(message.body.clone());
    match disposition {
        Some(disposition) => copy.header(disposition),
        None => copy,
    }
}

pub(super) fn cpim() -> MediaType {
    MediaType::new("message", "cpim").expect("two tokens")
}

pub(super) fn plain() -> MediaType {
    MediaType::new("text", "plain").expect("two tokens")
}

/// `None` if the clock has gone mad.
pub(super) fn now() -> Option<DateTime> {
    let now = Moment::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true);
    DateTime::parse(&now).ok()
}
