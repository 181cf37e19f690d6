//! Instant Message Disposition Notification (RFC 5438): what became of a message, told to its sender.
//!
//! A [`Notification`] is the document that tells it, message/imdn+xml:
//!
//! ```
//! use msrp_cpim::imdn::{DeliveryStatus, Disposition, Notification};
//!
//! let delivered = Disposition::Delivery(DeliveryStatus::Delivered);
//! let mut notification = Notification::new("34jk324j", "2008-04-04T12:16:49-05:00", delivered);
//! notification.recipient_uri = Some("im:bob@example.com".into());
//! let document = notification.to_xml()?;
//!
//! let received = Notification::parse(&document)?;
//! assert_eq!(received.message_id, "34jk324j");
//! assert_eq!(received.disposition, Disposition::Delivery(DeliveryStatus::Delivered));
//! // The schema wants both recipients, and they are the same unless another one is named.
//! assert_eq!(received.original_recipient_uri.as_deref(), Some("im:bob@example.com"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The sender asks for it in the headers of the message, and a [`Responder`] at the other end knows what is due:
//!
//! ```
//! use msrp_cpim::{Address, DateTime, Message};
//! use msrp_cpim::imdn::{Class, Consent, DisplayStatus, Disposition, MessageId, Request, Responder, Role};
//! use msrp_cpim::imdn::{Tracker, TrackerEvent};
//! use msrp_multipart::Entity;
//!
//! // In earnest: the generator of the operating system.
//! let mut random = |octets: &mut [u8]| octets.fill(7);
//!
//! let id = MessageId::generate(&mut random);
//! let message = Message::builder()
//!     .from(Address::new("im:alice@example.com")?)
//!     .to(Address::new("im:bob@example.com")?)
//!     .date_time(DateTime::parse("2008-04-04T12:16:49-05:00")?)
//!     .message_id(&id)?
//!     .request_notifications(Request { display: true, ..Request::default() })
//!     .build(Entity::text("Hello"))?;
//! let mut tracker = Tracker::new();
//! tracker.track(&id, "the first message");
//!
//! // Bob has seen it, and does not mind that Alice knows.
//! let mut responder = Responder::new(&message, Role::Recipient);
//! let displayed = Disposition::Display(DisplayStatus::Displayed);
//! let report = responder.report(displayed.clone(), Consent::Given, &mut random)?.ok_or("nothing due")?;
//! assert_eq!(report.destination.uri(), "im:alice@example.com");
//! assert!(responder.report(displayed, Consent::Given, &mut random)?.is_none());
//!
//! // Back at Alice's.
//! let Class::Notifications(received) = Class::of(&report.message)? else {
//!     return Err("not a notification".into());
//! };
//! for notification in &received.notifications {
//!     match tracker.handle(notification) {
//!         TrackerEvent::Reported { message, recipient, .. } => {
//!             assert_eq!((*message, recipient), ("the first message", Some("im:bob@example.com")));
//!         }
//!         TrackerEvent::Unsolicited { .. } => unreachable!(),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aggregate;
mod disposition;
mod document;
mod message_id;
mod nested;
mod request;
mod responder;
mod route;
mod tracker;

pub use crate::xml::{DocumentDeviation, DocumentDeviations, XmlError};
pub use aggregate::{AggregateError, Class, ClassError, Notifications, aggregate};
pub use disposition::{DeliveryStatus, DisplayStatus, Disposition, ProcessingStatus, UnknownStatus};
pub use document::{Notification, NotificationBuildError, NotificationError, NotificationField, Subject};
pub use message_id::MessageId;
pub(crate) use request::check_request;
pub use request::{MessageIdError, NAMESPACE, Request};
pub use responder::{Consent, Report, ReportError, Responder, Role};
pub use route::{Hop, RouteError};
pub use tracker::{Tracker, TrackerEvent};
