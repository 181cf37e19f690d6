use bytes::Bytes;
use msrp_multipart::{Headers, MediaType, Multipart};

use super::Notification;
use crate::Message;

/// How many message/cpim and multiparts within each other are looked into.
const MAX_DEPTH: usize = 8;

/// Whether there may be a disposition notification in a message, however it is wrapped: also in what cannot be looked
/// into. To leave a notification out does little harm, to answer one with another is forbidden (RFC 5438 §7.2.1).
pub(super) fn may_hold_notification(message: &Message) -> bool {
    let content = message.content();
    may_hold(
        &content.headers,
        &content.headers.media_type(),
        &content.body,
        MAX_DEPTH,
    )
}

fn may_hold(headers: &Headers, media_type: &MediaType, body: &Bytes, depth: usize) -> bool {
    // What is said to be one is one, though its encoding is not known.
    let media_type = headers.content_type().unwrap_or(media_type);
    if is_labelled(headers) || media_type.is(Notification::MEDIA_TYPE) {
        return true;
    }
    let is_cpim = Message::is_cpim(media_type);
    if !is_cpim && !media_type.type_().eq_ignore_ascii_case("multipart") {
        return false;
    }
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    let encoding = headers.transfer_encoding();
    let body = if encoding.is_identity() {
        body.clone()
    } else {
        match encoding.decode(body) {
            Ok(decoded) => decoded.into_owned().into(),
            Err(_) => return true,
        }
    };
    if is_cpim {
        return Message::parse(&body).map_or(true, |inner| {
            let content = inner.content();
            may_hold(
                &content.headers,
                &content.headers.media_type(),
                &content.body,
                depth,
            )
        });
    }
    Multipart::parse(media_type, &body).map_or(true, |multipart| {
        multipart.parts().iter().any(|part| {
            // The parts of one that is opened stand in the list themselves.
            if part.is_multipart() {
                is_labelled(part.headers())
            } else {
                may_hold(part.headers(), part.media_type(), part.body(), depth)
            }
        })
    })
}

fn is_labelled(headers: &Headers) -> bool {
    headers
        .disposition()
        .is_some_and(|disposition| disposition.is("notification"))
}
