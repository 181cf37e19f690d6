//! Media types as MSRP (RFC 4975), MIME (RFC 2045) and SDP spell them, and what a sender wants done with a
//! body: Content-Disposition (RFC 2183).
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
//! number of parameters and of list entries is limited ([`MediaType::MAX_PARAMETERS`],
//! [`MediaRanges::MAX_ENTRIES`]).
//!
//! The crate is `no_std` and needs `alloc`.
#![no_std]

extern crate alloc;

mod chars;
mod deviation;
mod disposition;
mod error;
mod extended;
mod file_name;
mod grammar;
mod media_type;
mod parameter;
mod profile;
mod range;
mod ranges;
mod scan;

pub use deviation::{Deviation, Deviations};
pub use disposition::Disposition;
pub use error::{DispositionError, MediaRangesError, MediaTypeError};
pub use file_name::safe_file_name;
pub use media_type::MediaType;
pub use parameter::Parameter;
pub use profile::Profile;
pub use range::MediaRange;
pub use ranges::MediaRanges;
