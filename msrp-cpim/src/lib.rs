//! What instant messages carry besides their text: message/cpim (RFC 3862) with the headers of a message,
//! disposition notifications (IMDN, RFC 5438), who is composing (RFC 3994), and for whom messages in chat rooms are
//! (RFC 7701).
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
//! # Chat rooms
//!
//! In a room the headers say for whom a message is ([`chat`]): a participant writes and reads them as a
//! [`Room`](chat::Room), and a [`Switch`](chat::Switch) checks them before it passes a message on.
//!
//! ```
//! use msrp_cpim::chat::{Participant, Switch, Verdict, read};
//! use msrp_cpim::Address;
//!
//! /// A participant with one URI.
//! #[derive(Debug)]
//! struct Joined(&'static str);
//!
//! impl Participant for Joined {
//!     fn uris(&self) -> impl Iterator<Item = &str> {
//!         [self.0].into_iter()
//!     }
//!
//!     fn takes_private_messages(&self) -> bool {
//!         true
//!     }
//! }
//!
//! let switch = Switch::new(Address::new("sip:room@chat.example.com")?);
//! let [alice, bob] = [Joined("sip:alice@example.com"), Joined("sip:bob@example.com")];
//! let body = "From: <sip:alice@example.com>\r\nTo: <sip:bob@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nHi";
//! let message = read(Some(&"message/cpim".parse()?), &body.into())?;
//! match switch.check(&message, &alice, [&alice, &bob])? {
//!     Verdict::Regular => unreachable!("a copy to all others"),
//!     Verdict::Private(to) => assert_eq!(to[0].0, "sip:bob@example.com"),
//! }
//! // On a session of Bob's, the same message is not his to send.
//! let refusal = switch.check(&message, &bob, [&alice, &bob]).unwrap_err();
//! assert_eq!((refusal.status(), refusal.phrase()), (403, "Forbidden"));
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

pub mod chat;
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
