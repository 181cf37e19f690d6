//! SDP for MSRP: what a SIP stack hands over becomes settings for a connection and a plan for its driver.
//!
//! MSRP sessions are agreed upon by two session descriptions, an offer and an answer, that travel in SIP (RFC 4975 §8).
//! This crate makes both, reads both, and says what they come to: who connects where, over what, trusting whom. It opens
//! no socket and looks up no name.
//!
//! - [`Description`], [`Section`]: SDP (RFC 8866), written back octet for octet. Sections of other media stay as they are.
//! - [`Media`]: an MSRP section, understood.
//! - [`Local`], [`LocalSession`]: what this side is and wants, and the offers and answers that follow from it.
//! - [`negotiate`]: an offer and an answer become an [`Agreement`]: a [`SessionConfig`](msrp_proto::SessionConfig) and a
//!   [`ConnectionPlan`].
//! - [`DataChannels`]: sessions on data channels of WebRTC (RFC 8873), in the section of an SCTP association.
//!
//! # A call
//!
//! ```
//! use std::net::IpAddr;
//! use msrp_sdp::{
//!     Action, Answer, Description, Fingerprint, Fingerprints, HashFunction, Ids, Local, Names, Origin, Outcome, Policy,
//!     Side, negotiate,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (alice_certificate, bob_certificate) = (b"alice", b"bob");
//! # let fingerprints_of = |certificate: &[u8]| Fingerprints::from(Fingerprint::of(certificate, HashFunction::Sha256));
//! // In earnest: drawn from the operating system, once in a process.
//! let mut ids = Ids::seeded([7; 32]);
//! let policy = Policy::default();
//!
//! // Alice listens, and offers. In earnest: Fingerprints::of the certificate that she shows.
//! let alice_host: IpAddr = "192.0.2.1".parse()?;
//! let alice = Local::listening(alice_host, 7394).fingerprints(fingerprints_of(alice_certificate)).open(&mut ids)?;
//! let offer = Description::new(Origin::new(ids.number(), alice_host.into())).with_section(alice.offer());
//! let offer_sdp: Vec<u8> = offer.to_bytes();
//!
//! // Bob, behind a NAT, answers the MSRP section and refuses all others.
//! let bob_host: IpAddr = "10.0.0.5".parse()?;
//! let received = Description::parse(&offer_sdp)?;
//! let mut answer = received.answer(Origin::new(ids.number(), bob_host.into()));
//! let bob = Local::connecting(bob_host).fingerprints(fingerprints_of(bob_certificate)).open(&mut ids)?;
//! let (index, offered) = received.msrp().swap_remove(0);
//! let offered = offered?;
//! let Answer::Media(answered) = bob.answer(&offered, &policy, &Names::default())? else {
//!     panic!("without CEMA there is nothing to look up")
//! };
//! answer.accept(index, &*answered)?;
//! let answer_sdp = answer.finish().to_bytes();
//! let Outcome::Session(bobs) = negotiate(&offered, &answered, Side::Answerer, &policy, &Names::default())? else {
//!     panic!("without CEMA there is always a session or an error")
//! };
//!
//! // Bob connects to Alice, with TLS, and trusts the certificate that she has announced.
//! let Action::Connect(target) = bobs.plan().action() else { panic!() };
//! assert_eq!((target.host().to_string(), target.port(), target.tls()), ("192.0.2.1".into(), 7394, true));
//! bobs.plan().verify(Some(alice_certificate))?;
//! assert!(bobs.plan().verify(Some(b"eve")).is_err());
//! let settings = bobs.session(); // for Connection::open
//!
//! // Alice, who listens already, gets the answer, and knows what certificate Bob will show.
//! let (_, answered) = Description::parse(&answer_sdp)?.msrp().swap_remove(0);
//! let Outcome::Session(alices) = negotiate(&alice.offer(), &answered?, Side::Offerer, &policy, &Names::default())?
//! else {
//!     panic!()
//! };
//! assert!(matches!(alices.plan().action(), Action::Listen { port: 7394, .. }));
//! alices.plan().verify(Some(bob_certificate))?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is accepted
//!
//! Input that breaks a rule but can only mean one thing is read, and the slip is recorded as a [`Deviation`]. The strict
//! parsers refuse all of them. Builders have no lenient mode: what they write passes the strict parsers. All work is near
//! linear in the length of the input, which is limited ([`Description::MAX_LEN`]); no input makes a function of this crate
//! panic.

pub mod accept_types;
mod answer_builder;
mod chars;
mod chatroom;
mod connection_data;
mod data_channel;
mod description;
mod deviation;
mod error;
mod file;
mod fingerprint;
mod ids;
mod label;
mod level;
mod local;
mod max_size;
mod media;
mod media_line;
mod names;
mod negotiate;
mod origin;
mod percent;
mod policy;
mod reader;
mod section;
mod setup;
mod side;

pub use self::answer_builder::{AnswerBuilder, AnswerError, AnswerErrorReason};
pub use self::chatroom::{Chatroom, ChatroomError};
pub use self::connection_data::{ConnectionData, ConnectionDataError};
pub use self::data_channel::{
    Channel, ChannelBusy, ChannelChange, ChannelError, ChannelNegotiationError, ChannelOutcome, DataChannels,
    DataChannelsError, Dcmap, DcmapError, StreamIdError, StreamIds,
};
pub use self::description::Description;
pub use self::deviation::{Deviation, Deviations};
pub use self::error::{DescriptionError, ValueError};
pub use self::file::{
    FileAcceptError, FileAnswer, FileAnswerError, FileAttributes, FileAttributesError, FileDates,
    FileDatesError, FileDisposition, FileDispositionError, FileFate, FileHash, FileHasher, FileInfo,
    FileLimits, FileMismatch, FileName, FileOfferError, FilePart, FileRange, FileRangeError, FileReceipt,
    FileRefusal, FileRole, FileSelection, FileSelector, FileSelectorError, FileTransfer, FileTransferId,
    FileTransferIdError, FileTransfers, FileVerdict, FileVerified, SdpBody, SdpBodyError, TooMuchData,
};
pub use self::fingerprint::{
    CertificateError, Fingerprint, FingerprintError, Fingerprints, HashFunction, HashPreference, VerifyError,
};
pub use self::ids::Ids;
pub use self::label::{Label, LabelError};
pub use self::local::{Answer, Local, LocalError, LocalSession, Refusal};
pub use self::max_size::{MaxSize, MaxSizeError};
pub use self::media::{Carrier, Media, MediaError, SessionLevel};
pub use self::media_line::{MediaLine, MediaLineError, Protocol};
pub use self::names::Names;
pub use self::negotiate::{
    Action, Agreement, Change, ConnectionPlan, Identity, NegotiationError, Outcome, Verified, negotiate,
};
pub use self::origin::{Origin, OriginError};
pub use self::policy::Policy;
pub use self::section::Section;
pub use self::setup::Setup;
pub use self::side::Side;
