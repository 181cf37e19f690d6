use msrp_multipart::{
    BuildError as MultipartBuildError, DecodingError, Entity, Limits, MediaType, Multipart, MultipartBuilder,
    ReadError,
};
use thiserror::Error;

use super::responder::content;
use super::{Notification, NotificationBuildError, NotificationError};
use crate::xml::DocumentDeviations;
use crate::{BuildError, Message};

/// What a message/cpim is: never both at a time (RFC 5438 §9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// An instant message.
    Message,
    /// One disposition notification or several, about one message or several.
    Notifications(Notifications),
}

/// The notifications in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notifications {
    /// At least one, in their order (RFC 5438 §7.1.4, §8.3).
    pub notifications: Vec<Notification>,
    /// The content does not say that it is a notification, by Content-Disposition; its type says so (RFC 5438
    /// §7.2.1).
    pub lacks_disposition: bool,
    /// What had to be tolerated in the documents.
    pub deviations: DocumentDeviations,
    /// What had to be tolerated of the multipart they stand in, such as that it does not end.
    pub multipart_deviations: msrp_multipart::Deviations,
}

impl Class {
    /// Tells what a message is, and reads the notifications in it: one document, or a multipart of them.
    ///
    /// # Errors
    ///
    /// [`ClassError`] if it is both, or a notification that cannot be read.
    pub fn of(message: &Message) -> Result<Self, ClassError> {
        let entity = message.content();
        let disposition = entity.headers.disposition();
        let mut found = Notifications {
            notifications: Vec::new(),
            lacks_disposition: !disposition.is_some_and(|disposition| disposition.is("notification")),
            deviations: DocumentDeviations::default(),
            multipart_deviations: msrp_multipart::Deviations::default(),
        };
        let media_type = entity.headers.media_type();
        if is_document(&media_type) {
            found.read(&entity.decoded()?)?;
            return Ok(Self::Notifications(found));
        }
        let is_multipart = media_type.type_().eq_ignore_ascii_case("multipart");
        if is_multipart && entity.headers.transfer_encoding().is_identity() {
            let read = Multipart::parse(&media_type, &entity.body);
            let multipart = match read {
                Ok(multipart) => multipart,
                // What an instant message carries is not judged here.
                Err(_) if found.lacks_disposition => return Ok(Self::Message),
                Err(error) => return Err(error.into()),
            };
            let leaves = || multipart.parts().iter().filter(|part| !part.is_multipart());
            let documents = leaves().filter(|part| is_document(part.media_type()));
            if documents.clone().next().is_some() {
                if leaves().any(|part| !is_document(part.media_type())) {
                    return Err(ClassError::Mixed);
                }
                for document in documents {
                    found.read(&document.decoded()?)?;
                }
                found.multipart_deviations = multipart.deviations();
                return Ok(Self::Notifications(found));
            }
        }
        if found.lacks_disposition {
            Ok(Self::Message)
        } else {
            Err(ClassError::NoDocument)
        }
    }
}

impl Notifications {
    fn read(&mut self, document: &[u8]) -> Result<(), ClassError> {
        let (notification, deviations) = Notification::parse_with_deviations(document)?;
        self.notifications.push(notification);
        self.deviations = self.deviations.union(deviations);
        Ok(())
    }
}

/// Several notifications as the content of one message (RFC 5438 §8.3). `fill` fills a buffer with random octets, for
/// the boundary.
///
/// # Errors
///
/// [`AggregateError`] if there is none, there are more than the parts that a reader [takes by
/// default](Limits::parts), or a document cannot be written.
pub fn aggregate(
    notifications: &[Notification],
    fill: &mut dyn FnMut(&mut [u8]),
) -> Result<Entity, AggregateError> {
    // More than that nobody would read.
    if notifications.len() > Limits::default().parts {
        return Err(AggregateError::TooMany);
    }
    let mut builder = MultipartBuilder::mixed();
    for notification in notifications {
        builder = builder.part(content(notification.to_xml()?)?);
    }
    let whole = builder.build(fill)?;
    let labelled = whole.with_disposition(&msrp_multipart::Disposition::notification());
    labelled.map_err(|error| BuildError::Field(error).into())
}

/// Why there is no telling what a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClassError {
    /// A document of a notification in an encoding that cannot be undone.
    #[error(transparent)]
    Encoding(#[from] DecodingError),
    /// A document of a notification that cannot be read.
    #[error(transparent)]
    Document(#[from] NotificationError),
    /// Notifications and something else in one message (RFC 5438 §9).
    #[error("a notification and something else in one message")]
    Mixed,
    /// The multipart that is said to be a notification cannot be read.
    #[error(transparent)]
    Multipart(#[from] ReadError),
    /// It is said to be a notification, and there is none in it.
    #[error("a notification without a document")]
    NoDocument,
}

/// Why notifications cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AggregateError {
    /// A part cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A document cannot be written.
    #[error(transparent)]
    Document(#[from] NotificationBuildError),
    /// The parts cannot be put together: there is none, above all.
    #[error(transparent)]
    Multipart(#[from] MultipartBuildError),
    /// More notifications than parts that a reader takes.
    #[error("too many notifications for one message")]
    TooMany,
}

fn is_document(media_type: &MediaType) -> bool {
    media_type.is(Notification::MEDIA_TYPE)
}
