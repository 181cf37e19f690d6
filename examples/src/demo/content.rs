//! What else than texts and a file goes to and fro: who is composing, a message/cpim that asks for a disposition
//! notification, that notification, and a picture with a text.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use chrono::{DateTime as Moment, SecondsFormat, Utc};
use msrp_cpim::composing::{Carriage, Composer, Event, IsComposing, Watcher};
use msrp_cpim::imdn::{
    Class, Consent, DisplayStatus, Disposition, MessageId, Request, Responder, Role, Tracker, TrackerEvent,
};
use msrp_cpim::{Address, DateTime, Message as Cpim, TextMessage};
use msrp_multipart::{
    Disposition as ContentDisposition, Entity, MediaRanges, MediaType, Multipart, MultipartBuilder,
};
use msrp_proto::Message;

use super::peer::Who;

/// Who pauses that long is not composing any more. People take longer, and 15 seconds are the default.
pub(super) const PAUSE: Duration = Duration::from_millis(250);

const PICTURE: &[u8] = include_bytes!("picture.png");
const CAPTION: &str = "And this is where we meet.";
const LETTER: &str = "Did you see this?";

/// What there is to tell of content that arrived.
pub(super) enum Told {
    Composing(bool),
    /// A message/cpim: From, Subject, text, and whether a notification is wanted of it.
    Letter {
        from: String,
        subject: String,
        text: String,
        wants_notification: bool,
    },
    /// What a notification says, and whether it is about a message that was sent.
    Notified {
        what: String,
        is_known: bool,
    },
    /// The parts of a multipart, and whether they are those that were sent.
    Parts {
        what: Vec<String>,
        are_intact: bool,
    },
    Unknown(String),
}

impl Told {
    pub(super) fn is_intact(&self) -> bool {
        match self {
            Self::Composing(_) => true,
            Self::Letter { text, .. } => text == LETTER,
            Self::Notified { is_known, .. } => *is_known,
            Self::Parts { are_intact, .. } => *are_intact,
            Self::Unknown(_) => false,
        }
    }
}

/// What one of the two does with content.
pub(super) struct Contents {
    who: Who,
    composer: Composer,
    watcher: Watcher<()>,
    tracker: Tracker,
}

impl Contents {
    pub(super) fn new(who: Who) -> Self {
        let none = MediaRanges::default();
        Self {
            who,
            composer: Composer::new(Carriage::Bare, &MediaRanges::any(), &none).with_idle_timeout(PAUSE),
            watcher: Watcher::new(),
            tracker: Tracker::new(),
        }
    }

    /// The user types.
    pub(super) fn compose(&mut self, now: Instant) -> Option<Message> {
        self.composer.activity(now);
        self.status(now)
    }

    /// Time has passed, perhaps without a key pressed.
    pub(super) fn pause(&mut self, now: Instant) -> Option<Message> {
        self.composer.handle_timeout(now);
        self.status(now)
    }

    fn status(&mut self, now: Instant) -> Option<Message> {
        let status = self.composer.poll_status(now)?;
        // Not the user's words, and allowed wherever the user's words are not.
        Some(Message::new(media_type(IsComposing::MEDIA_TYPE), status.to_xml().ok()?).control())
    }

    /// A message/cpim, of which is to be told when it has been shown.
    pub(super) fn letter(&mut self) -> Option<Message> {
        self.composer.content_sent();
        let id = MessageId::generate(&mut random);
        let wanted = Request {
            display: true,
            ..Request::default()
        };
        let now = Moment::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true);
        let letter = Cpim::builder()
            .from(address(self.who))
            .to(address(self.who.other()))
            .date_time(DateTime::parse(&now).ok()?)
            .subject("A question")
            .and_then(|letter| letter.message_id(&id))
            .map(|letter| letter.request_notifications(wanted))
            .and_then(|letter| letter.build(Entity::text(LETTER)))
            .ok()?;
        self.tracker.track(&id, ());
        let wrapped = media_type("text/plain");
        Some(Message::new(media_type("message/cpim"), letter.to_bytes()).wraps(wrapped))
    }

    /// A text and a picture, in one message.
    pub(super) fn picture(&self) -> Option<Message> {
        let named = ContentDisposition::inline().with_file_name("meeting point.png");
        let picture =
            Entity::new(&media_type("image/png"), PICTURE).and_then(|entity| entity.with_disposition(&named));
        let built = MultipartBuilder::mixed()
            .part(Entity::text(CAPTION))
            .part(picture.ok()?)
            .build(&mut random)
            .ok()?;
        let message = Message::new(built.headers.media_type(), built.body);
        Some(
            message
                .wraps(media_type("text/plain"))
                .wraps(media_type("image/png")),
        )
    }

    /// What has arrived. Returns what there is to tell, and what is answered.
    pub(super) fn received(
        &mut self,
        now: Instant,
        content_type: &MediaType,
        body: &Bytes,
    ) -> (Vec<Told>, Option<Message>) {
        let mut answer = None;
        let mut told = Vec::new();
        if IsComposing::is_media_type(content_type) {
            if let Ok(status) = IsComposing::parse(body) {
                self.watcher.handle_status(now, &(), &status);
            }
        } else {
            self.watcher.handle_message(&(), Some(content_type));
            told.push(match self.read(content_type, body) {
                Some((what, reply)) => {
                    answer = reply;
                    what
                }
                None => Told::Unknown(content_type.to_string()),
            });
        }
        let composing = std::iter::from_fn(|| self.watcher.poll_event())
            .map(|event| Told::Composing(matches!(event, Event::Active(()))));
        told.splice(0..0, composing.collect::<Vec<_>>());
        (told, answer)
    }

    fn read(&mut self, content_type: &MediaType, body: &Bytes) -> Option<(Told, Option<Message>)> {
        if Cpim::is_cpim(content_type) {
            return self.open(&Cpim::parse(body).ok()?);
        }
        let multipart = Multipart::parse(content_type, body).ok()?;
        let describe = |part: &msrp_multipart::Part| {
            let name = part
                .file_name()
                .map_or(String::new(), |name| format!(" named {name}"));
            format!(
                "{}{name}, {} octets",
                part.media_type().essence(),
                part.body().len()
            )
        };
        let parts = multipart.parts();
        let are_intact =
            matches!(parts, [text, picture] if text.body() == CAPTION && picture.body() == PICTURE);
        let what = parts.iter().map(describe).collect();
        Some((Told::Parts { what, are_intact }, None))
    }

    fn open(&mut self, letter: &Cpim) -> Option<(Told, Option<Message>)> {
        if let Class::Notifications(found) = Class::of(letter).ok()? {
            let notification = found.notifications.first()?;
            let is_known = matches!(self.tracker.handle(notification), TrackerEvent::Reported { .. });
            let what = notification.disposition.to_string();
            return Some((Told::Notified { what, is_known }, None));
        }
        let text = TextMessage::read(&media_type("message/cpim"), &letter.to_bytes()).ok()?;
        let mut responder = Responder::new(letter, Role::Recipient);
        let shown = Disposition::Display(DisplayStatus::Displayed);
        let report = responder.report(shown, Consent::Given, &mut random).ok()?;
        let told = Told::Letter {
            from: text.from()?.to_string(),
            subject: letter.subject("en")?.text().into_owned(),
            text: text.text,
            wants_notification: report.is_some(),
        };
        let answer = report.map(|report| {
            let wrapped = media_type("message/imdn+xml");
            let message = Message::new(media_type("message/cpim"), report.message.to_bytes());
            message.wraps(wrapped).control()
        });
        Some((told, answer))
    }
}

fn address(who: Who) -> Address {
    let uri = format!("im:{}@example.com", who.name());
    let address = Address::new(&uri).expect("a URI");
    address.with_name(match who {
        Who::Alice => "Alice",
        Who::Bob => "Bob",
    })
}

fn media_type(text: &str) -> MediaType {
    text.parse().expect("a media type")
}

/// Without randomness there would not have been a session.
fn random(octets: &mut [u8]) {
    getrandom::fill(octets).expect("random octets");
}
