//! What the other side sends: texts, who is composing, notifications; and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use msrp_cpim::composing::IsComposing;
use msrp_cpim::imdn::{Class, Notification, Responder, Role};
use msrp_cpim::{Message as Cpim, TextMessage};
use msrp_multipart::MediaType;
use msrp_proto::{IncomingEvent, IncomingId, MessageHead, Receipt, SessionId};

use crate::receiving::{Arrivals, MAX_SHOWN, Told, Verdict, place};

pub(super) struct Hearing {
    /// Files, and everything else that is long or strange.
    pub(super) arrivals: Arrivals,
    short: BTreeMap<IncomingId, Short>,
    incomplete: bool,
}

/// A short message that is arriving.
struct Short {
    session: SessionId,
    head: Box<MessageHead>,
    octets: Vec<u8>,
}

/// What has come.
pub(super) enum Heard {
    /// A text.
    Text(Box<Text>),
    /// Whether somebody is composing.
    Status(IsComposing, Receipt),
    /// What became of texts.
    Notifications(Vec<Notification>, Receipt),
    /// Anything else.
    Told(Told),
}

pub(super) struct Text {
    /// What the sender calls himself.
    pub(super) name: Option<String>,
    pub(super) text: String,
    pub(super) receipt: Receipt,
    /// Of a text in message/cpim.
    pub(super) responder: Option<Responder>,
}

impl Hearing {
    /// Files go to that folder.
    pub(super) fn new(folder: Arc<Path>) -> Self {
        Self {
            arrivals: Arrivals::new(folder),
            short: BTreeMap::new(),
            incomplete: false,
        }
    }

    /// Whether nothing is arriving.
    pub(super) fn is_idle(&self) -> bool {
        self.short.is_empty() && self.arrivals.is_idle()
    }

    /// Whether something began to arrive, and was not stored or shown.
    pub(super) fn is_incomplete(&self) -> bool {
        self.incomplete || self.arrivals.is_incomplete()
    }

    pub(super) fn on(&mut self, id: IncomingId, event: IncomingEvent) -> Option<Heard> {
        let told = match event {
            IncomingEvent::Started { session, head } if is_short(&head) => {
                let octets = Vec::new();
                self.short.insert(
                    id,
                    Short {
                        session,
                        head,
                        octets,
                    },
                );
                return None;
            }
            IncomingEvent::Data { offset, data, seen } => {
                let mut told = Told::default();
                if let Some(short) = self.short.get_mut(&id) {
                    if place(&mut short.octets, offset, &data).is_some() {
                        return None;
                    }
                    told = self.pass_on(id);
                }
                told.and(self.arrivals.on(id, IncomingEvent::Data { offset, data, seen }))
            }
            IncomingEvent::Finished { len, receipt } => match self.short.remove(&id) {
                Some(short) => return Some(self.read(&short.head, short.octets.into(), receipt)),
                None => self.arrivals.on(id, IncomingEvent::Finished { len, receipt }),
            },
            IncomingEvent::Aborted(why) if self.short.remove(&id).is_some() => {
                self.incomplete = true;
                let lines = vec![format!("NOT COMPLETE: a text: {why}")];
                Told { lines, verdict: None }
            }
            event => self.arrivals.on(id, event),
        };
        Some(Heard::Told(told))
    }

    /// It is longer than was said, or nothing was said.
    fn pass_on(&mut self, id: IncomingId) -> Told {
        let Some(Short {
            session,
            head,
            octets,
        }) = self.short.remove(&id)
        else {
            return Told::default();
        };
        let begun = self.arrivals.on(id, IncomingEvent::Started { session, head });
        let data = IncomingEvent::Data {
            offset: 0,
            data: octets.into(),
            seen: 0,
        };
        begun.and(self.arrivals.on(id, data))
    }

    fn read(&mut self, head: &MessageHead, body: Bytes, receipt: Receipt) -> Heard {
        // Where nothing is said it is text (RFC 4975 §7.1).
        let media_type = head
            .content_type()
            .unwrap_or_else(|| "text/plain".parse().expect("a media type"));
        if IsComposing::is_media_type(&media_type) {
            return status(&body, receipt);
        }
        if Cpim::is_cpim(&media_type) {
            return self.unwrap(&media_type, &body, receipt);
        }
        match TextMessage::read(&media_type, &body) {
            Ok(read) => Heard::Text(Box::new(Text {
                name: None,
                text: read.text,
                receipt,
                responder: None,
            })),
            Err(_) => told("sent a text that cannot be read", receipt),
        }
    }

    fn unwrap(&mut self, media_type: &MediaType, body: &Bytes, receipt: Receipt) -> Heard {
        let Ok(message) = Cpim::parse(body) else {
            return Heard::Told(self.arrivals.unwrap(body, receipt));
        };
        if message.check_required(|_, _| false).is_err() {
            return Heard::Told(self.arrivals.unwrap(body, receipt));
        }
        match Class::of(&message) {
            Ok(Class::Notifications(found)) => return Heard::Notifications(found.notifications, receipt),
            Ok(Class::Message) => {}
            Err(_) => return told("sent a notification that cannot be read", receipt),
        }
        let content = message.content();
        if IsComposing::is_media_type(&content.headers.media_type()) {
            return status(&content.body, receipt);
        }
        let disposition = content.headers.disposition();
        let is_rendered = disposition.is_none_or(|disposition| disposition.is_rendered());
        match TextMessage::read(media_type, body) {
            Ok(read) if is_rendered => Heard::Text(Box::new(Text {
                name: read.from().and_then(|from| from.name()).map(Into::into),
                responder: Some(Responder::new(&message, Role::Recipient)),
                text: read.text,
                receipt,
            })),
            _ => Heard::Told(self.arrivals.unwrap(body, receipt)),
        }
    }
}

fn is_short(head: &MessageHead) -> bool {
    let is_known = head.content_type().is_none_or(|media_type| {
        media_type.is("text/plain") || Cpim::is_cpim(&media_type) || IsComposing::is_media_type(&media_type)
    });
    let is_short = head.total().is_none_or(|total| total <= MAX_SHOWN as u64);
    is_known && is_short && head.disposition().is_rendered() && !head.is_duplicate()
}

fn status(document: &[u8], receipt: Receipt) -> Heard {
    match IsComposing::parse(document) {
        Ok(status) => Heard::Status(status, receipt),
        Err(_) => told("sent a status that cannot be read", receipt),
    }
}

fn told(line: &str, receipt: Receipt) -> Heard {
    Heard::Told(Told {
        lines: vec![line.into()],
        verdict: Some(Verdict::Done(receipt)),
    })
}
