//! What instant messages carry besides their text: message/cpim (RFC 3862) with the headers of a message,
//! disposition notifications (IMDN, RFC 5438), and who is composing (RFC 3994).
//!
//! Nothing here needs an MSRP connection: octets go in, typed values and octets come out.
//!
//! # Messages
//!
//! A [`Message`] is built once and never changes; its content is an [`Entity`](msrp_multipart::Entity).
//!
//! ```
//! use bytes::Bytes;
//! use msrp_cpim::{Address, DateTime, Message};
//! use msrp_multipart::Entity;
//!
//! let message = Message::builder()
//!     .from(Address::new("sip:alice@example.com")?.with_name("Alice"))
//!     .to(Address::new("sip:bob@example.com")?.with_name("Bob, the builder"))
//!     .date_time(DateTime::parse("2026-05-15T15:02:31-03:00")?)
//!     .subject("Any text, even\r\nTo: <sip:eve@example.com>")?
//!     .build(Entity::text("Hello"))?;
//! // This is the body to send, as message/cpim. Only now may it be cut into chunks.
//! let body: Bytes = message.to_bytes();
//! assert!(body.starts_with(b"From: Alice <sip:alice@example.com>\r\nTo: \"Bob, the builder\"<sip:bob@"));
//!
//! let received = Message::parse(&body)?;
//! let from = received.from().ok_or("anonymous")??;
//! assert_eq!(from.name(), Some("Alice"));
//! assert_eq!(received.to().count(), 1);
//! // What is required and not understood must not be shown.
//! let content = received.check_required(|_namespace, _name| false).map_err(|_| "not understood")?;
//! assert!(content.headers.media_type().is("text/plain"));
//! assert_eq!(content.body, "Hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is accepted
//!
//! Input that breaks a rule but can only mean one thing is read, and the slip is recorded as a [`Deviation`]: the
//! empty line before the content that most RFCs leave out of their examples is one
//! ([`Deviation::MissingSeparator`]). [`Message::parse_strict`] refuses all of them. Builders have no lenient mode:
//! what they produce passes the strict parser, and no text can leave the place it was given for.
//!
//! No input makes a function of this crate panic, and the work is linear in the length of the input.

mod address;
mod builder;
mod chars;
mod date_time;
mod deviation;
mod error;
mod escape;
mod header;
mod limits;
mod message;
mod namespace;
mod profile;
mod reader;
mod text;
mod uri;
mod wrap;
mod xml;

pub mod composing;
pub mod imdn;

pub use address::Address;
pub use builder::MessageBuilder;
pub use date_time::DateTime;
pub use deviation::{Deviation, Deviations};
pub use error::{AddressError, BuildError, DateTimeError, NestedError, ParseError};
pub use header::Header;
pub use limits::Limits;
pub use message::{Message, Required, UnsupportedRequire};
pub use namespace::{CORE_NAMESPACE, Declaration, core_header_uri};
pub use profile::{Single, Violation};
pub use text::{NotText, TextMessage};
