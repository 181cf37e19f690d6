//! Media types as MSRP (RFC 4975), MIME (RFC 2045) and SDP spell them, what a sender wants done with a body
//! (Content-Disposition, RFC 2183), and MIME entities and multiparts (RFC 2045, RFC 2046), read and built.
//!
//! # Multiparts
//!
//! [`Multipart`] finds the parts of a body in memory, [`Reader`] those of one that is still arriving, in pieces cut
//! anywhere; both give slices of what they are given, and what was read is written again octet for octet.
//! [`MultipartBuilder`] puts [entities](Entity) together, with a boundary that stands in none of them.
//!
//! ```
//! use msrp_multipart::{Disposition, Entity, Multipart, MultipartBuilder};
//!
//! let map = Entity::new(&"image/png".parse()?, &b"\x89PNG\r\n\x1a\n\r\n--"[..])?
//!     .with_disposition(&Disposition::attachment().with_file_name("map.png"))?;
//! let built = MultipartBuilder::mixed()
//!     .part(Entity::text("We meet here."))
//!     .part(map)
//!     .build(&mut |random| random.fill(7))?; // of a real generator, in earnest
//!
//! // The media type and the body are what goes into a message, and what comes out of it.
//! let read = Multipart::parse(&built.headers.media_type(), &built.body)?;
//! let names: Vec<_> = read.parts().iter().map(|part| part.file_name()).collect();
//! assert_eq!(names, [None, Some("map.png".into())]);
//! assert_eq!(read.parts()[0].body(), "We meet here.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Media types
//!
//! The three formats share one idea and differ in the small print: MSRP allows parameters without a value,
//! MIME allows comments and folded lines, SDP puts several types on one line. [`MediaType`] is the one type
//! for all of them and [`Profile`] names the rules to read by; [`MediaRanges`] is the list behind the
//! `accept-types` and `accept-wrapped-types` attributes.
//!
//! ```
//! use msrp_multipart::{Deviation, MediaRanges, MediaType, Profile};
//!
//! // A Content-Type header of a SEND request.
//! let read = MediaType::parse(b"Text/Plain;charset=UTF-8", Profile::Msrp)?;
//! assert!(read.is("text/plain"));
//! assert_eq!(read.charset(), Some("UTF-8"));
//!
//! // What the peer said it takes.
//! let accepted = MediaRanges::parse(b"message/cpim text/*")?;
//! assert!(accepted.accepts(&read));
//! assert!(!accepted.accepts_essence("image", "png"));
//!
//! // Writing gives the canonical form, quoted where it has to be.
//! let mixed = MediaType::new("multipart", "mixed")?.with_parameter("boundary", "a:b")?;
//! assert_eq!(mixed.to_string(), r#"multipart/mixed;boundary="a:b""#);
//!
//! // Slips with only one reading are accepted and can be asked for; the strict parser refuses them.
//! let sloppy = b"text/plain; charset=utf-8";
//! let (_, deviations) = MediaType::parse_with_deviations(sloppy, Profile::Msrp)?;
//! assert!(deviations.contains(Deviation::Blank));
//! assert!(MediaType::parse_strict(sloppy, Profile::Msrp).is_err());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Dispositions
//!
//! [`Disposition`] tells whether a body is to be shown or kept, and under which name; [`safe_file_name`] makes
//! of that name one that can be given to a file.
//!
//! ```
//! use msrp_multipart::{Disposition, Profile, safe_file_name};
//!
//! let read = Disposition::parse(b"attachment; filename=\"../../.login\"; size=12", Profile::Mime)?;
//! assert!(!read.is_rendered());
//! assert_eq!(read.size(), Some(12));
//! assert_eq!(safe_file_name(&read.file_name().unwrap_or_default()), "login");
//!
//! let written = Disposition::attachment().with_file_name("holiday photo.jpg");
//! assert_eq!(written.to_string(), r#"attachment;filename="holiday photo.jpg""#);
//! # Ok::<(), msrp_multipart::DispositionError>(())
//! ```
//!
//! # What is accepted
//!
//! Input that breaks a rule but can only mean one thing is read, and the slip is recorded as a [`Deviation`].
//! Input with two readings is always an error, and so is a control character. Builders have no lenient mode:
//! what they produce passes the strict MSRP parser.
//!
//! No input makes a function of this crate panic, and the work is linear in the length of the input: the
//! number of parameters, of list entries, of fields, of parts and of multiparts within each other is limited
//! ([`MediaType::MAX_PARAMETERS`], [`MediaRanges::MAX_ENTRIES`], [`Headers::MAX_FIELDS`], [`Limits`]).
//!
//! The crate is `no_std` and needs `alloc`.
#![no_std]

extern crate alloc;

mod boundary;
mod builder;
mod chars;
mod content_id;
mod date;
mod deviation;
mod disposition;
mod encoding;
mod entity;
mod error;
mod extended;
mod file_name;
mod grammar;
mod headers;
mod item;
mod media_type;
mod multipart;
mod parameter;
mod percent;
mod profile;
mod range;
mod ranges;
mod reader;
mod scan;

pub use boundary::{Boundary, BoundaryError};
pub use builder::{BuildError, MultipartBuilder};
pub use content_id::{ContentId, ContentIdError, MessageUrl};
pub use deviation::{Deviation, Deviations};
pub use disposition::Disposition;
pub use encoding::{DecodingError, TransferEncoding, encode_base64};
pub use entity::Entity;
pub use error::{DispositionError, MediaRangesError, MediaTypeError};
pub use file_name::safe_file_name;
pub use headers::{FieldError, HeaderField, Headers, HeadersError};
pub use item::{Item, Limits, PartEnd, PartHead, ReadError};
pub use media_type::MediaType;
pub use multipart::{Group, Kind, Multipart, Part, RootNotFound, StartInfo};
pub use parameter::Parameter;
pub use profile::Profile;
pub use range::MediaRange;
pub use ranges::MediaRanges;
pub use reader::Reader;
