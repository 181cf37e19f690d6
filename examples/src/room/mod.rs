//! A chat room (RFC 7701), and those who take part in it.
//!
//! [`Server`] is the focus and the switch of one room, [`Member`] one participant. What the room is, who is in it and
//! who gets what is decided by a [`Room`], which knows neither sockets nor time.
//!
//! There is no SIP here. Where INVITE and its answer would carry the descriptions, a TCP connection does
//! ([`signalling`]); where a conference event package would tell who is there, the room says so in messages of its own.
//! Nothing proves that somebody is who From says.

mod command;
pub mod host;
pub mod join;
mod member;
mod names;
mod nickname;
mod notice;
mod outbox;
mod reason;
mod server;
pub mod signalling;
mod state;

pub use self::member::{Content, Heard, JoinError, JoinOptions, Member, NicknameError, SayError};
pub use self::nickname::FoldedNicknames;
pub use self::server::{Handle, Leave, Occurrence, Server, ServerError, ServerOptions};
pub use self::signalling::Status;
pub use self::state::{Joined, Limits, NoRoom, Room};
