//! How what is said is put into messages.

use std::time::SystemTime;

use chrono::{DateTime as Moment, SecondsFormat, Utc};
use msrp_cpim::composing::{Carriage, Composer, IsComposing};
use msrp_cpim::imdn::{MessageId, Report, Request};
use msrp_cpim::{Address, BuildError, DateTime, Message as Cpim};
use msrp_multipart::{Entity, MediaRanges, MediaType};
use msrp_proto::Message;
use msrp_sdp::Media;

/// Who talks to whom, and whether message/cpim says so.
pub(super) struct Envelope {
    from: Address,
    to: Address,
    wraps: bool,
    /// What the other side takes.
    accepts: MediaRanges,
    accepts_wrapped: MediaRanges,
}

impl Envelope {
    /// Wraps if the other side names message/cpim among what it takes: `*` alone does not say that it can read it.
    pub(super) fn new(from: Address, to: Address, media: &Media) -> Self {
        let accepts = media.accept_types().clone();
        let accepts_wrapped = media.accept_wrapped_types().cloned().unwrap_or_default();
        let takes_text = |ranges: &MediaRanges| ranges.accepts_essence("text", "plain");
        let names_cpim = accepts.iter().any(|range| {
            let named = range.media_type();
            named.is_some_and(Cpim::is_cpim)
        });
        Self {
            from,
            to,
            wraps: names_cpim && (takes_text(&accepts) || takes_text(&accepts_wrapped)),
            accepts,
            accepts_wrapped,
        }
    }

    /// By which the other side is told that this one is composing.
    pub(super) fn composer(&self) -> Composer {
        let carriage = if self.wraps {
            Carriage::Wrapped
        } else {
            Carriage::Bare
        };
        Composer::new(carriage, &self.accepts, &self.accepts_wrapped)
    }

    /// A text, and under which name the other side notifies that it was displayed, if it can.
    pub(super) fn text(&self, text: &str) -> Result<(Message, Option<MessageId>), BuildError> {
        if !self.wraps {
            let utf8 = media_type("text", "plain").with_parameter("charset", "utf-8");
            let message = Message::new(utf8.expect("a token"), text.to_owned());
            return Ok((message.success_report(true), None));
        }
        let id = MessageId::generate(&mut random);
        let mut builder = Cpim::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .message_id(&id)?
            .request_notifications(Request {
                display: true,
                ..Request::default()
            });
        if let Some(now) = now() {
            builder = builder.date_time(now);
        }
        let cpim = builder.build(Entity::text(text))?;
        let message = wrapped(&cpim, media_type("text", "plain"));
        Ok((message.success_report(true), Some(id)))
    }

    /// Whether the user is composing.
    pub(super) fn status(&self, status: &IsComposing) -> Result<Message, BuildError> {
        let type_: MediaType = IsComposing::MEDIA_TYPE.parse().expect("a media type");
        let document = status.to_xml().expect("a state that it has itself");
        if !self.wraps {
            return Ok(Message::new(type_, document));
        }
        let content = Entity::new(&type_, document).map_err(BuildError::Field)?;
        let builder = Cpim::builder().from(self.from.clone()).to(self.to.clone());
        Ok(wrapped(&builder.build(content)?, type_))
    }
}

/// A notification, as a message.
pub(super) fn notification(report: &Report) -> Message {
    wrapped(&report.message, report.message.content().headers.media_type()).control()
}

/// From the generator of the operating system.
pub(super) fn random(octets: &mut [u8]) {
    getrandom::fill(octets).expect("it has given a seed before");
}

/// `None` if the clock has gone mad.
pub(super) fn now() -> Option<DateTime> {
    let now = Moment::<Utc>::from(SystemTime::now());
    DateTime::parse(&now.to_rfc3339_opts(SecondsFormat::Secs, true)).ok()
}

fn wrapped(cpim: &Cpim, content: MediaType) -> Message {
    Message::new(media_type("message", "cpim"), cpim.to_bytes()).wraps(content)
}

fn media_type(type_: &str, subtype: &str) -> MediaType {
    MediaType::new(type_, subtype).expect("both are tokens")
}
