//! Digest authentication of AUTH requests (RFC 4976 §7, §9.1; RFC 2617): what stands in WWW-Authenticate,
//! Authorization and Authentication-Info.
//!
//! The client reads a [`Challenge`], answers it, and has the relay's proof checked. The relay makes the
//! challenge, checks the [`Authorization`] and proves itself with an [`AuthenticationInfo`].
//!
//! ```
//! use msrp_proto::wire::digest::{AuthenticationInfo, Authorization, Challenge, Cnonce, Credentials};
//! use msrp_proto::wire::MsrpUri;
//!
//! # let generator = |octets: &mut [u8]| octets.fill(7);
//! let credentials = Credentials::new("Alice", "wonderland")?;
//! let relay: MsrpUri = "msrps://alice@intra.example.com;tcp".parse()?;
//!
//! // The 401 of the relay, and the next AUTH of the client.
//! let challenge = Challenge::parse(br#"Digest realm="intra.example.com", qop="auth", nonce="dcd98b71""#)?;
//! let answer = challenge.answer(&credentials, relay.as_ref(), 1, &Cnonce::random(generator));
//! let header = answer.authorization().to_string();
//!
//! // The relay checks it, and proves in its 200 that it knows the password too.
//! let authorization = Authorization::parse(header.as_bytes())?;
//! assert!(authorization.is_by(&credentials, relay.as_ref()));
//! let info = AuthenticationInfo::new(&authorization, &credentials, relay.as_ref());
//! assert!(info.rspauth().is_some_and(|proof| answer.is_proof(proof)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Written is what RFC 4976 §7 has, with qop `auth` alone: never Basic, `auth-int`, MD5-sess or a `domain`. Read
//! is what deployed relays write (ruling R-42): parameters in any order, quoted or not, with or without blanks
//! around commas, names in any case. Control characters, octets that are not UTF-8, a parameter that stands
//! twice, and a `\` before anything but `\` and `"` are refused: who wrote those may have hashed them in more than
//! one way.
//!
//! The texts are what the quoted strings mean, without quotes and escapes. `Debug` shows the realm, and
//! nothing that is secret or that tells who somebody is.

mod algorithm;
mod answer;
mod authorization;
mod challenge;
mod cnonce;
mod credentials;
mod info;
mod parameters;

pub use self::algorithm::Algorithm;
pub use self::answer::Answer;
pub use self::authorization::{Authorization, AuthorizationError};
pub use self::challenge::{Challenge, ChallengeError};
pub use self::cnonce::Cnonce;
pub use self::credentials::Credentials;
pub use self::info::{AuthenticationInfo, AuthenticationInfoError};
pub use self::parameters::ParameterError;
