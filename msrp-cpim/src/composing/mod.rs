//! Indication of message composition (RFC 3994): who is typing, or recording, a message.
//!
//! [`Composer`] says what to send about the own user, [`Watcher`] what is known about others, and
//! [`IsComposing`] is the document between them. Neither has a clock: the caller tells the time.
//!
//! ```
//! # #![allow(clippy::disallowed_methods)]
//! use msrp_cpim::composing::{Carriage, Composer, Event, IsComposing, Watcher};
//! use msrp_multipart::{MediaRanges, MediaType};
//!
//! # let now = std::time::Instant::now();
//! let accept_types = MediaRanges::parse(b"text/plain application/im-iscomposing+xml")?;
//! let mut composer = Composer::new(Carriage::Bare, &accept_types, &MediaRanges::new());
//! let mut watcher = Watcher::new();
//!
//! // Alice presses a key, and Bob is told.
//! composer.activity(now);
//! let status = composer.poll_status(now).expect("composing has begun");
//! let document = status.to_xml()?;
//! watcher.handle_status(now, &"alice", &IsComposing::parse(&document)?);
//! assert_eq!(watcher.poll_event(), Some(Event::Active("alice")));
//!
//! // She sends her message, which tells by itself that she is done.
//! composer.content_sent();
//! assert_eq!(composer.poll_status(now), None);
//! watcher.handle_message(&"alice", Some(&MediaType::new("text", "plain")?));
//! assert_eq!(watcher.poll_event(), Some(Event::Idle("alice")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod composer;
mod document;
mod time;
mod watcher;

pub use crate::xml::{DocumentDeviation, DocumentDeviations, XmlError};
pub use composer::{Carriage, Composer, NotContentType, RefreshTooShort};
pub use document::{IsComposing, IsComposingBuildError, IsComposingError, State};
pub use time::Instant;
pub use watcher::{Event, Watcher};
