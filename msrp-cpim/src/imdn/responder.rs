use msrp_multipart::{Disposition as ContentDisposition, Entity, MediaType};
use thiserror::Error;

use super::{
    DeliveryStatus, DisplayStatus, Disposition, MessageId, Notification, NotificationBuildError,
    ProcessingStatus, Request, Subject, nested::may_hold_notification,
};
use crate::{Address, AddressError, BuildError, CORE_NAMESPACE, Message};

/// Who reports on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whom it is for: reports delivery and display (RFC 5438 §7.2).
    Recipient,
    /// One on the way: reports processing, and delivery that has come to nothing (RFC 5438 §8.1, §8.2).
    Intermediary,
}

/// Whether the user, or who decides for the user, agrees to a report (RFC 5438 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The sender is told what became of the message.
    Given,
    /// The sender is told that nothing will be told, whatever became of the message.
    Forbidden,
    /// The sender is told nothing at all.
    Withheld,
}

/// A disposition notification that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who is to get it: the topmost IMDN-Record-Route, or else the sender.
    pub destination: Address,
    /// What it says.
    pub notification: Notification,
    /// The message that carries it, to be sent as message/cpim.
    pub message: Message,
}

/// Answers for one message: what is to be told its sender, and what is not (RFC 5438 §7.2.1).
///
/// It reports only what the message asks for, each type of disposition once, and nothing on a notification.
#[derive(Clone, Debug)]
pub struct Responder {
    message: Message,
    role: Role,
    request: Request,
    recipient: Option<Address>,
    date_time: Option<Box<str>>,
    /// Which types have been reported.
    reported: Request,
}

impl Responder {
    /// Answers for a message that came in.
    pub fn new(message: &Message, role: Role) -> Self {
        Self {
            request: request_of(message),
            message: message.clone(),
            role,
            recipient: None,
            date_time: None,
            reported: Request::default(),
        }
    }

    /// Names the recipient that is reported on. Without it, that is the first To.
    #[must_use]
    pub fn with_recipient(self, recipient: Address) -> Self {
        Self {
            recipient: Some(recipient),
            ..self
        }
    }

    /// Gives a date for a message that has none: without one there can be no report (ruling C13).
    #[must_use]
    pub fn with_date_time(self, text: &str) -> Self {
        Self {
            date_time: Some(text.into()),
            ..self
        }
    }

    /// What the sender asks for.
    pub fn request(&self) -> Request {
        self.request
    }

    /// Tells what became of the message. Makes the notification for it, if one is due and there is consent; a second
    /// one of the same type is never due. `fill` fills a buffer with random octets, from a generator that is fit for
    /// secrets, for the Message-ID.
    ///
    /// What cannot be determined is reported too, as `Error`.
    ///
    /// # Errors
    ///
    /// [`ReportError::NotAllowed`] for what this role does not report; else what the message lacks. Nothing counts as
    /// reported then.
    pub fn report(
        &mut self,
        disposition: Disposition,
        consent: Consent,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Option<Report>, ReportError> {
        if !is_allowed(self.role, &disposition) {
            return Err(ReportError::NotAllowed);
        }
        let disposition = match consent {
            Consent::Given => disposition,
            Consent::Forbidden => forbidden(&disposition),
            Consent::Withheld => return Ok(None),
        };
        if !is_asked(self.request, &disposition) || is_asked(self.reported, &disposition) {
            return Ok(None);
        }
        let reported = with_type_of(self.reported, &disposition);
        let report = self.make(disposition, &MessageId::generate(fill))?;
        self.reported = reported;
        Ok(Some(report))
    }

    fn make(&self, disposition: Disposition, id: &MessageId) -> Result<Report, ReportError> {
        let sender = self.message.from().ok_or(ReportError::MissingFrom)??;
        let recipient = match &self.recipient {
            Some(recipient) => recipient.clone(),
            None => self.message.to().next().ok_or(ReportError::MissingTo)??,
        };
        let routes: Vec<_> = self.message.imdn_record_routes().collect::<Result<_, _>>()?;
        let (notification, document) = self.document(disposition, &recipient)?;

        let mut builder = Message::builder()
            .from(recipient)
            .to(sender.clone())
            .message_id(id)?;
        for route in &routes {
            builder = builder.with_imdn_header("IMDN-Route", &route.to_string());
        }
        Ok(Report {
            destination: routes.into_iter().next().unwrap_or(sender),
            notification,
            message: builder.build(content(document)?)?,
        })
    }

    fn document(
        &self,
        disposition: Disposition,
        recipient: &Address,
    ) -> Result<(Notification, Vec<u8>), ReportError> {
        let id = self
            .message
            .message_id()
            .and_then(Result::ok)
            .ok_or(ReportError::MissingMessageId)?;
        let in_message = self
            .message
            .header(CORE_NAMESPACE, "DateTime")
            .map(|header| header.text());
        let date_time = in_message.as_deref().or(self.date_time.as_deref());
        let date_time = date_time.ok_or(ReportError::MissingDateTime)?;

        let mut notification = Notification::new(id.as_str(), date_time, disposition);
        notification.recipient_uri = Some(recipient.uri().to_owned());
        notification.original_recipient_uri = self
            .message
            .original_to()
            .transpose()?
            .map(|original| original.uri().to_owned());
        notification.subject = self.message.subjects().next().map(|subject| Subject {
            language: subject.parameter("lang").map(Into::into),
            text: subject.text().into_owned(),
        });
        if let Ok(document) = notification.to_xml() {
            return Ok((notification, document));
        }
        // A header can hold characters that XML cannot; the subject does not have to be there.
        notification.subject = None;
        let document = notification.to_xml()?;
        Ok((notification, document))
    }
}

/// Why a report cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// An address in the message cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The message that carries the notification cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The document cannot be written.
    #[error(transparent)]
    Document(#[from] NotificationBuildError),
    /// The message has no DateTime, and none was given for it.
    #[error("the message has no DateTime")]
    MissingDateTime,
    /// The message has no From.
    #[error("the message has no From")]
    MissingFrom,
    /// The message has no Message-ID, or none that can be read.
    #[error("the message has no Message-ID")]
    MissingMessageId,
    /// The message has no To.
    #[error("the message has no To")]
    MissingTo,
    /// A recipient reports no processing, an intermediary neither display nor success, and nobody a state that RFC
    /// 5438 does not have.
    #[error("not for this role to report")]
    NotAllowed,
}

pub(super) fn content(document: Vec<u8>) -> Result<Entity, BuildError> {
    let media_type = MediaType::new("message", "imdn+xml").expect("two tokens");
    Entity::new(&media_type, document)
        .and_then(|entity| entity.with_disposition(&ContentDisposition::notification()))
        .map_err(BuildError::Field)
}

/// What the message asks for: nothing, if there may be notifications anywhere in it, though it does not say so.
fn request_of(message: &Message) -> Request {
    let request = message.requested_notifications();
    if request.is_empty() || !may_hold_notification(message) {
        request
    } else {
        Request::default()
    }
}

fn is_allowed(role: Role, disposition: &Disposition) -> bool {
    match (role, disposition) {
        (_, Disposition::Delivery(DeliveryStatus::Unknown(_)))
        | (_, Disposition::Processing(ProcessingStatus::Unknown(_)))
        | (_, Disposition::Display(DisplayStatus::Unknown(_)))
        | (Role::Recipient, Disposition::Processing(_))
        | (Role::Intermediary, Disposition::Display(_) | Disposition::Delivery(DeliveryStatus::Delivered)) => {
            false
        }
        (Role::Recipient, Disposition::Delivery(_) | Disposition::Display(_))
        | (Role::Intermediary, Disposition::Delivery(_) | Disposition::Processing(_)) => true,
    }
}

/// Whether a disposition is among those asked for: success and failure of delivery are asked for apart, what is
/// neither belongs to both.
fn is_asked(request: Request, disposition: &Disposition) -> bool {
    match disposition {
        Disposition::Delivery(DeliveryStatus::Delivered) => request.positive_delivery,
        Disposition::Delivery(DeliveryStatus::Failed) => request.negative_delivery,
        Disposition::Delivery(_) => request.positive_delivery || request.negative_delivery,
        Disposition::Processing(_) => request.processing,
        Disposition::Display(_) => request.display,
    }
}

/// The request with all of the disposition's type.
fn with_type_of(request: Request, disposition: &Disposition) -> Request {
    match disposition {
        Disposition::Delivery(_) => Request {
            positive_delivery: true,
            negative_delivery: true,
            ..request
        },
        Disposition::Processing(_) => Request {
            processing: true,
            ..request
        },
        Disposition::Display(_) => Request {
            display: true,
            ..request
        },
    }
}

fn forbidden(disposition: &Disposition) -> Disposition {
    match disposition {
        Disposition::Delivery(_) => Disposition::Delivery(DeliveryStatus::Forbidden),
        Disposition::Processing(_) => Disposition::Processing(ProcessingStatus::Forbidden),
        Disposition::Display(_) => Disposition::Display(DisplayStatus::Forbidden),
    }
}
