//! What has arrived in message/cpim, and who is composing.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use msrp_cpim::composing::IsComposing;
use msrp_cpim::imdn::{Class, Notification};
use msrp_cpim::{Address, Message, ParseError, TextMessage};
use msrp_multipart::{Entity, MediaType, safe_file_name};

use super::parts::{Parts, unnamed};
use super::store::Download;
use super::{lines, octets, parts};
use crate::terminal::harmless;

/// A longer one is stored as it came.
pub(super) const MAX_LEN: u64 = 64 << 20;

/// Why a message was not taken out of its wrapper.
pub(super) enum Error {
    Disk(io::Error),
    Illegal(ParseError),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Takes a message out of its wrapper, shows text and stores everything else. Returns what there is to tell.
pub(super) fn unwrap(mut file: impl Read + Seek, folder: &Path) -> Result<Vec<String>, Error> {
    file.seek(SeekFrom::Start(0))?;
    let mut body = Vec::new();
    file.read_to_end(&mut body)?;
    let body = Bytes::from(body);
    let message = Message::parse(&body).map_err(Error::Illegal)?;
    let sender = match message.from() {
        Some(Ok(from)) => shown(&from),
        _ => "somebody".into(),
    };
    let Ok(content) = message.check_required(|_, _| false) else {
        return Ok(vec![format!(
            "as {sender}: what it sent asks for something unknown"
        )]);
    };
    if let Ok(Class::Notifications(found)) = Class::of(&message) {
        let tell = |found: &Notification| {
            let (id, what) = (
                harmless(&found.message_id),
                harmless(&found.disposition.to_string()),
            );
            format!("as {sender}: notifies of message {id}, {what}")
        };
        return Ok(found.notifications.iter().map(tell).collect());
    }
    let media_type = content.headers.media_type();
    if let Some(told) = composing(&media_type, &content.body) {
        return Ok(vec![format!("as {sender}: {told}")]);
    }
    let says = format!("says, as {sender}");
    if media_type.type_().eq_ignore_ascii_case("multipart") {
        match Parts::of(Cursor::new(&content.body), &media_type, folder) {
            Ok(parts) => return Ok(parts.finish(&says)?),
            Err(parts::Error::Disk(error)) => return Err(error.into()),
            Err(parts::Error::Illegal(_)) => {}
        }
    }
    let is_shown = content
        .headers
        .disposition()
        .is_none_or(|found| found.is_rendered());
    let cpim = MediaType::new("message", "cpim").expect("both are tokens");
    if is_shown && let Ok(read) = TextMessage::read(&cpim, &body) {
        return Ok(lines(&says, &read.text));
    }
    let (name, len) = store(content, &media_type, folder)?;
    Ok(vec![format!("as {sender}: stored as {name:?}, {}", octets(len))])
}

/// What a status says of who is composing; `None` if it is none.
pub(super) fn composing(media_type: &MediaType, body: &[u8]) -> Option<&'static str> {
    if !IsComposing::is_media_type(media_type) {
        return None;
    }
    Some(match IsComposing::parse(body) {
        Ok(status) if status.state.is_active() => "is composing",
        Ok(_) => "is not composing any more",
        Err(_) => "sent a status that cannot be read",
    })
}

fn store(content: &Entity, media_type: &MediaType, folder: &Path) -> io::Result<(String, u64)> {
    let given = content
        .headers
        .disposition()
        .and_then(|disposition| disposition.file_name());
    let name = given.map_or_else(|| unnamed(media_type), |name| name.into_owned());
    let mut download = Download::begin(folder, safe_file_name(&name))?;
    download.write_at(0, &content.body)?;
    let len = content.body.len() as u64;
    Ok((download.finish(len)?, len))
}

fn shown(address: &Address) -> String {
    match address.name() {
        Some(name) => harmless(&format!("{name} <{}>", address.uri())),
        None => harmless(&format!("<{}>", address.uri())),
    }
}
