//! The document of a disposition notification, message/imdn+xml (RFC 5438 §11).

use chrono::{DateTime, FixedOffset};
use thiserror::Error;

use super::Disposition;
use super::disposition::{Status, UnknownStatus, is_state};
use crate::xml::{self, DocumentDeviation, DocumentDeviations, Element, Findings, Writer, XmlError};

pub(super) const NAMESPACE: &str = "urn:ietf:params:xml:ns:imdn";
const KINDS: [&str; 3] = [
    "delivery-notification",
    "processing-notification",
    "display-notification",
];
/// The elements in the order of the schema.
const ELEMENTS: [&str; 8] = [
    "message-id",
    "datetime",
    "recipient-uri",
    "original-recipient-uri",
    "subject",
    KINDS[0],
    KINDS[1],
    KINDS[2],
];

/// A disposition notification: what became of a message at one recipient (RFC 5438 §11).
///
/// The texts are those of the message that is reported on. White space around them means nothing but in the
/// subject: it is neither read nor written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The Message-ID of the message, octet for octet (§11.1.1).
    pub message_id: String,
    /// The DateTime of the message, letter for letter (§11.1.2). If it is not a date, that is a deviation.
    pub datetime: String,
    /// The URI of the final recipient, from To (§11.1.3).
    pub recipient_uri: Option<String>,
    /// The URI of the original recipient, from Original-To (§11.1.4).
    pub original_recipient_uri: Option<String>,
    /// A Subject of the message (§11.1.5).
    pub subject: Option<Subject>,
    /// What became of the message (§11.1.6, §11.1.7).
    pub disposition: Disposition,
}

/// A Subject header of the message that is reported on (RFC 5438 §11.1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The tag of its language, if it has one; written as `xml:lang` (ruling C13). The empty tag counts as
    /// none.
    pub language: Option<String>,
    /// The text.
    pub text: String,
}

impl Notification {
    /// The type of the document, to which no parameter is written (RFC 5438 §11.1.8).
    pub const MEDIA_TYPE: &'static str = "message/imdn+xml";

    /// The number of octets above which a document is neither read nor written.
    pub const MAX_LENGTH: usize = xml::MAX_LENGTH;

    /// About the message of this Message-ID and DateTime, without recipient and subject.
    pub fn new(message_id: &str, datetime: &str, disposition: Disposition) -> Self {
        Self {
            message_id: message_id.into(),
            datetime: datetime.into(),
            recipient_uri: None,
            original_recipient_uri: None,
            subject: None,
            disposition,
        }
    }

    /// Reads a document. What breaks a rule but has only one reading is accepted: elements in any order, and
    /// any combination of recipients and subject (ruling C12). Elements of other namespaces are passed over.
    ///
    /// # Errors
    ///
    /// What is wrong, and where; see [`NotificationError`].
    pub fn parse(document: &[u8]) -> Result<Self, NotificationError> {
        Ok(Self::parse_with_deviations(document)?.0)
    }

    /// As [`parse`](Self::parse); tells also what had to be tolerated.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(document: &[u8]) -> Result<(Self, DocumentDeviations), NotificationError> {
        let mut findings = Findings::new(false);
        let notification = read(document, &mut findings)?;
        Ok((notification, findings.into_deviations()))
    }

    /// Reads a document and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`XmlError::Deviation`] for the first deviation.
    pub fn parse_strict(document: &[u8]) -> Result<Self, NotificationError> {
        read(document, &mut Findings::new(true))
    }

    /// The moment of [`datetime`](Self::datetime); `None` if that is no date with a zone (RFC 3339).
    pub fn date(&self) -> Option<DateTime<FixedOffset>> {
        let date = crate::DateTime::parse(&self.datetime).ok()?;
        Some(date.instant())
    }

    /// The document. The strict parser accepts it unless [`datetime`](Self::datetime) is no date: what a peer has
    /// written there is repeated letter for letter (§11.1.2).
    ///
    /// It satisfies the schema (ruling C12): with a recipient it has an original recipient too, which is the
    /// same if there is no other; without one, it has neither an original recipient nor a subject.
    ///
    /// # Errors
    ///
    /// [`NotificationBuildError`] for what such a document cannot hold. Text is written as it is or not at
    /// all: if a subject has characters that XML forbids, it can be left out.
    pub fn to_xml(&self) -> Result<Vec<u8>, NotificationBuildError> {
        let mut writer = Writer::new("imdn", NAMESPACE);
        write_text(&mut writer, NotificationField::MessageId, &self.message_id)?;
        write_text(&mut writer, NotificationField::DateTime, &self.datetime)?;
        if let Some(recipient) = &self.recipient_uri {
            let original = self.original_recipient_uri.as_ref().unwrap_or(recipient);
            write_text(&mut writer, NotificationField::RecipientUri, recipient)?;
            write_text(&mut writer, NotificationField::OriginalRecipientUri, original)?;
            if let Some(subject) = &self.subject {
                write_subject(&mut writer, subject)?;
            }
        }
        match &self.disposition {
            Disposition::Delivery(status) => write_status(&mut writer, KINDS[0], status)?,
            Disposition::Processing(status) => write_status(&mut writer, KINDS[1], status)?,
            Disposition::Display(status) => write_status(&mut writer, KINDS[2], status)?,
        }
        let document = writer.finish("imdn");
        if document.len() > Self::MAX_LENGTH {
            return Err(NotificationBuildError::TooLong {
                limit: Self::MAX_LENGTH,
            });
        }
        Ok(document)
    }

    /// The same without the recipient URIs, for lists whose members are not to be disclosed (RFC 5438 §8,
    /// §14.2). A document that came from elsewhere keeps more of itself in
    /// [`strip_recipients`](Self::strip_recipients).
    #[must_use]
    pub fn without_recipients(&self) -> Self {
        Self {
            recipient_uri: None,
            original_recipient_uri: None,
            ..self.clone()
        }
    }

    /// The document without its `<recipient-uri>` and `<original-recipient-uri>` elements, at any depth; all
    /// other octets stay what they are, extensions included (RFC 5438 §8, §14.2).
    ///
    /// Comments and extensions may name a recipient as well; who has to be sure sends on
    /// [`without_recipients`](Self::without_recipients).
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse): what cannot be read is not to be sent on.
    pub fn strip_recipients(document: &[u8]) -> Result<Vec<u8>, NotificationError> {
        let root = xml::read(document)?;
        interpret(&root, &mut Findings::new(false))?;

        let mut stripped = Vec::with_capacity(document.len());
        let mut from = 0;
        for recipient in recipients(&root) {
            stripped.extend_from_slice(document.get(from..recipient.span.start).unwrap_or_default());
            from = recipient.span.end;
        }
        stripped.extend_from_slice(document.get(from..).unwrap_or_default());
        Ok(stripped)
    }
}

/// Why octets are no disposition notification.
///
/// Offsets count octets from the start of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// No `<datetime>`, or one without text (RFC 5438 §11.1.2).
    #[error("no datetime")]
    MissingDateTime,
    /// No `<message-id>`, or one without text (RFC 5438 §11.1.1).
    #[error("no message-id")]
    MissingMessageId,
    /// None of the three notification elements (RFC 5438 §11.1.6, ruling C13).
    #[error("no notification element")]
    MissingNotification,
    /// A notification element without `<status>`, or a status without a state (RFC 5438 §11.1.7).
    #[error("no status in the element at octet {offset}")]
    MissingStatus {
        /// Where the element that lacks it starts.
        offset: usize,
    },
    /// An element a second time, or a second notification element or state: which one counts cannot be told.
    #[error("second element at octet {offset}")]
    Repeated {
        /// Where the second one starts.
        offset: usize,
    },
    /// The element of the document is not `<imdn>` of `urn:ietf:params:xml:ns:imdn`.
    #[error("no imdn element at octet {offset}")]
    Root {
        /// Where it starts.
        offset: usize,
    },
    /// A state that notifications of this type do not have (RFC 5438 §5).
    #[error("state of another notification type at octet {offset}")]
    StatusNotAllowed {
        /// Where the state is.
        offset: usize,
    },
    /// The document cannot be read at all.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// Why a notification cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotificationBuildError {
    /// A character that XML 1.0 forbids, even as a reference: most control characters, U+FFFE and U+FFFF.
    #[error("character at octet {offset} of {field:?} that XML forbids")]
    Character {
        /// Whose text has it.
        field: NotificationField,
        /// Where it is, in octets from the start of that text.
        offset: usize,
    },
    /// No text where there has to be some.
    #[error("nothing in {field:?}")]
    Empty {
        /// What is empty.
        field: NotificationField,
    },
    /// The document is longer than [`Notification::MAX_LENGTH`].
    #[error("document of more than {limit} octets")]
    TooLong {
        /// The number of octets that would have been written.
        limit: usize,
    },
    /// An unknown state, read from a peer, whose element is in no namespace of its own.
    #[error("unknown state that cannot be written")]
    UnknownStatus,
}

/// A text of a [`Notification`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotificationField {
    /// [`Notification::datetime`].
    DateTime,
    /// [`Subject::language`].
    Language,
    /// [`Notification::message_id`].
    MessageId,
    /// [`Notification::original_recipient_uri`].
    OriginalRecipientUri,
    /// [`Notification::recipient_uri`].
    RecipientUri,
    /// The namespace of an [`UnknownStatus`].
    Status,
    /// [`Subject::text`].
    Subject,
}

impl NotificationField {
    /// The element that it is in.
    const fn element(self) -> &'static str {
        match self {
            Self::DateTime => "datetime",
            Self::MessageId => "message-id",
            Self::OriginalRecipientUri => "original-recipient-uri",
            Self::RecipientUri => "recipient-uri",
            Self::Status => "status",
            Self::Language | Self::Subject => "subject",
        }
    }
}

fn read(document: &[u8], findings: &mut Findings) -> Result<Notification, NotificationError> {
    interpret(&xml::read(document)?, findings)
}

fn interpret(root: &Element, findings: &mut Findings) -> Result<Notification, NotificationError> {
    if !root.is(NAMESPACE, "imdn") {
        return Err(NotificationError::Root {
            offset: root.offset(),
        });
    }
    findings.sequence(root, NAMESPACE, &ELEMENTS)?;

    let message_id = text(root, "message-id", findings)?.ok_or(NotificationError::MissingMessageId)?;
    let datetime = text(root, "datetime", findings)?.ok_or(NotificationError::MissingDateTime)?;
    let recipient_uri = text(root, "recipient-uri", findings)?;
    let original_recipient_uri = text(root, "original-recipient-uri", findings)?;
    let subject = only(root, "subject")?
        .map(|element| read_subject(element, root, findings))
        .transpose()?;
    let notification = Notification {
        message_id,
        datetime,
        recipient_uri,
        original_recipient_uri,
        subject,
        disposition: read_disposition(root, findings)?,
    };

    let recipients = notification.recipient_uri.is_some();
    if recipients != notification.original_recipient_uri.is_some()
        || (notification.subject.is_some() && !recipients)
    {
        findings.note(DocumentDeviation::Unpaired, root.offset())?;
    }
    if notification.date().is_none() {
        let element = only(root, "datetime")?.unwrap_or(root);
        findings.note(DocumentDeviation::BadDateTime, element.offset())?;
    }
    Ok(notification)
}

fn only<'a>(parent: &'a Element, name: &str) -> Result<Option<&'a Element>, NotificationError> {
    parent
        .only(NAMESPACE, name)
        .map_err(|offset| NotificationError::Repeated { offset })
}

/// The text of an element; without any it counts as absent.
fn text(root: &Element, name: &str, findings: &mut Findings) -> Result<Option<String>, NotificationError> {
    let Some(element) = only(root, name)? else {
        return Ok(None);
    };
    let text = xml::trim(findings.leaf(element)?);
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn read_subject(
    element: &Element,
    root: &Element,
    findings: &mut Findings,
) -> Result<Subject, NotificationError> {
    // The language of an element is also that of those in it (XML 1.0 §2.12).
    let language = element.language.as_ref().or(root.language.as_ref());
    Ok(Subject {
        language: language.filter(|language| !language.is_empty()).cloned(),
        text: findings.leaf(element)?.to_owned(),
    })
}

fn read_disposition(root: &Element, findings: &mut Findings) -> Result<Disposition, NotificationError> {
    let mut kinds = root
        .children_of(NAMESPACE)
        .filter(|child| KINDS.contains(&&*child.name));
    let kind = kinds.next().ok_or(NotificationError::MissingNotification)?;
    if let Some(second) = kinds.next() {
        return Err(NotificationError::Repeated {
            offset: second.offset(),
        });
    }
    findings.sequence(kind, NAMESPACE, &["status"])?;
    let status = only(kind, "status")?.ok_or(NotificationError::MissingStatus {
        offset: kind.offset(),
    })?;
    if *kind.name == *KINDS[0] {
        read_status(status, findings).map(Disposition::Delivery)
    } else if *kind.name == *KINDS[1] {
        read_status(status, findings).map(Disposition::Processing)
    } else {
        read_status(status, findings).map(Disposition::Display)
    }
}

/// The state is the element of the own namespace; if there is none, the first one.
fn read_status<S: Status>(status: &Element, findings: &mut Findings) -> Result<S, NotificationError> {
    let mut own = status.children_of(NAMESPACE);
    let state = own
        .next()
        .or(status.children.first())
        .ok_or(NotificationError::MissingStatus {
            offset: status.offset(),
        })?;
    if let Some(second) = own.next() {
        return Err(NotificationError::Repeated {
            offset: second.offset(),
        });
    }
    findings.sequence(status, NAMESPACE, &[&state.name])?;
    if *state.namespace != *NAMESPACE {
        return Ok(S::unknown(UnknownStatus::new(&state.namespace, &state.name)));
    }
    findings.sequence(state, NAMESPACE, &[])?;
    match S::from_name(&state.name) {
        Some(known) => Ok(known),
        None if is_state(&state.name) => Err(NotificationError::StatusNotAllowed {
            offset: state.offset(),
        }),
        None => Ok(S::unknown(UnknownStatus::new(NAMESPACE, &state.name))),
    }
}

/// The recipient elements in the order of the document, those in another one not counted.
fn recipients(root: &Element) -> Vec<&Element> {
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(element) = waiting.pop() {
        if element.is(NAMESPACE, "recipient-uri") || element.is(NAMESPACE, "original-recipient-uri") {
            found.push(element);
        } else {
            waiting.extend(element.children.iter().rev());
        }
    }
    found
}

fn write_text(
    writer: &mut Writer,
    field: NotificationField,
    text: &str,
) -> Result<(), NotificationBuildError> {
    if xml::is_blank(text) {
        return Err(NotificationBuildError::Empty { field });
    }
    writer
        .text(field.element(), xml::trim(text))
        .map_err(|offset| NotificationBuildError::Character { field, offset })
}

fn write_subject(writer: &mut Writer, subject: &Subject) -> Result<(), NotificationBuildError> {
    let illegal = |field| move |offset| NotificationBuildError::Character { field, offset };
    match subject.language.as_deref() {
        Some("") | None => writer.open("subject"),
        Some(language) => writer
            .open_in_language("subject", language)
            .map_err(illegal(NotificationField::Language))?,
    }
    writer
        .escaped(&subject.text)
        .map_err(illegal(NotificationField::Subject))?;
    writer.close("subject");
    Ok(())
}

fn write_status(writer: &mut Writer, kind: &str, status: &impl Status) -> Result<(), NotificationBuildError> {
    writer.open(kind);
    writer.open("status");
    match status.name() {
        Ok(name) => writer.empty(name),
        Err(unknown) if !unknown.can_be_written() => return Err(NotificationBuildError::UnknownStatus),
        Err(unknown) => writer
            .empty_with(unknown.name(), "xmlns", unknown.namespace())
            .map_err(|offset| NotificationBuildError::Character {
                field: NotificationField::Status,
                offset,
            })?,
    }
    writer.close("status");
    writer.close(kind);
    Ok(())
}
