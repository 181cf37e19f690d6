//! Chat rooms (RFC 7701): each message is a message/cpim whose To says whether it is for the room or for one
//! participant, and whose From says by whom it is.
//!
//! # Participants
//!
//! A [`Room`] is what a participant knows of the room that it has joined:
//!
//! ```
//! use msrp_cpim::chat::{ChatMessage, Room};
//! use msrp_cpim::{Address, Message};
//! use msrp_multipart::Entity;
//!
//! let address = Address::new("sip:chatroom22@chat.example.com")?;
//! let bob = Address::new("sip:bob@example.com")?;
//! // What the room announces in `a=chatroom` says whether there are private messages.
//! let room = Room::new(address, Address::new("sip:alice@example.com")?).private_messages(true);
//! let to_all = room.regular(Message::builder(), Entity::text("Hello guys, how are you today?"))?;
//! let to_bob = room.private(Message::builder().to(bob.clone()), Entity::text("Hello Bob."))?;
//!
//! // At the other end.
//! let room = Room::new(Address::new("sip:chatroom22@chat.example.com")?, bob);
//! let ChatMessage::Regular(from) = room.read(&to_all)? else {
//!     return Err("a private message".into());
//! };
//! assert_eq!(from.uri(), "sip:alice@example.com");
//! assert!(room.read(&to_bob)?.is_private());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Switches
//!
//! A [`Switch`] is what checks the messages of participants before they are passed on. It decides and keeps nothing:
//! who takes part is told by values of the application, one for each session.
//!
//! ```
//! use bytes::Bytes;
//! use msrp_cpim::chat::{ChatRefusal, Participant, Switch, Verdict, read};
//! use msrp_cpim::{Address, Message};
//! use msrp_multipart::MediaType;
//!
//! /// A session of a participant; a server has it by a key of its own.
//! struct Joined {
//!     session: u64,
//!     uris: Vec<String>,
//!     private_messages: bool,
//! }
//!
//! impl Participant for Joined {
//!     fn uris(&self) -> impl Iterator<Item = &str> {
//!         self.uris.iter().map(String::as_str)
//!     }
//!
//!     fn takes_private_messages(&self) -> bool {
//!         self.private_messages
//!     }
//! }
//!
//! /// To which sessions a message goes, its octets as they are, or with what it is refused.
//! fn recipients(
//!     switch: &Switch,
//!     joined: &[Joined],
//!     sender: &Joined,
//!     content_type: Option<&MediaType>,
//!     body: &Bytes,
//! ) -> Result<Vec<u64>, ChatRefusal> {
//!     let message = read(content_type, body)?;
//!     Ok(match switch.check(&message, sender, joined)? {
//!         Verdict::Regular => {
//!             let others = joined.iter().filter(|other| other.session != sender.session);
//!             others.map(|other| other.session).collect()
//!         }
//!         Verdict::Private(recipients) => recipients.iter().map(|joined| joined.session).collect(),
//!     })
//! }
//!
//! let switch = Switch::new(Address::new("sip:chatroom22@chat.example.com")?);
//! let joined: Vec<_> = [(1, "alice"), (2, "bob"), (3, "carol"), (4, "carol")]
//!     .map(|(session, user)| Joined {
//!         session,
//!         uris: vec![format!("sip:{user}@example.com")],
//!         private_messages: user != "bob",
//!     })
//!     .into();
//! let send = |from: &str, to: &str| {
//!     let headers = format!("From: <sip:{from}@example.com>\r\nTo: <sip:{to}>\r\n\r\n");
//!     let body = headers + "Content-Type: text/plain\r\n\r\nHi";
//!     let cpim = "message/cpim".parse().expect("a media type");
//!     recipients(&switch, &joined, &joined[0], Some(&cpim), &body.into())
//! };
//! assert_eq!(send("alice", "chatroom22@chat.example.com;transport=tcp"), Ok(vec![2, 3, 4]));
//! assert_eq!(send("alice", "carol@example.com"), Ok(vec![3, 4]));
//! // Each refusal has the status of the response.
//! let status = |refused: Result<_, ChatRefusal>| refused.map_err(ChatRefusal::status).unwrap_err();
//! assert_eq!(status(send("bob", "carol@example.com")), 403);
//! assert_eq!(status(send("alice", "nobody@example.com")), 404);
//! assert_eq!(status(send("alice", "bob@example.com")), 428);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What URIs are the same is decided by [`ByUserAndHost`], or by whatever else [compares](UriComparison) them.

mod checks;
mod comparison;
mod refusal;
mod room;
mod switch;

pub use checks::{check_type, only_recipient, private_sessions, read};
pub use comparison::{ByUserAndHost, UriComparison};
pub use refusal::ChatRefusal;
pub use room::{ChatBuildError, ChatMessage, ReadError, Room};
pub use switch::{Participant, Switch, Verdict};
