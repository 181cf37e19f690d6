//! Media types as MSRP (RFC 4975), MIME (RFC 2045) and SDP spell them.
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
mod error;
mod grammar;
mod media_type;
mod parameter;
mod profile;
mod range;
mod ranges;
mod scan;

pub use deviation::{Deviation, Deviations};
pub use error::{MediaRangesError, MediaTypeError};
pub use media_type::MediaType;
pub use parameter::Parameter;
pub use profile::Profile;
pub use range::MediaRange;
pub use ranges::MediaRanges;
