//! Sans-IO implementation of MSRP (RFC 4975).

mod config;
mod connection;
mod error;
mod event;
mod ids;
mod inbox;
mod message;
mod range_set;
mod slots;
mod target;
#[cfg(feature = "test-util")]
pub mod test_util;
mod time;
pub mod wire;

pub use msrp_multipart::{MediaRange, MediaRanges, MediaType};

pub use self::config::{Config, Direction, Link, Role, SessionConfig, Terms};
pub use self::connection::{Connection, Incoming, Outgoing, Progress, Session, Stats};
pub use self::error::{
    ConnectionError, FinishError, LinkError, OpenError, OpenErrorReason, ReceiveFailure, SendError,
    SendErrorReason, SendFailure, SessionFailure, SessionsOpen, TooLate, WriteError, WriteErrorReason,
};
pub use self::event::{
    Event, IncomingEvent, IncomingId, MessageHead, OutgoingEvent, OutgoingId, Receipt, SessionEvent,
    SessionId,
};
pub use self::ids::Seed;
pub use self::inbox::{Inbox, Received};
pub use self::message::{Body, Message, Refusal};
pub use self::target::{Host, Lookup, ReuseKey, Target, TargetError, Transport};
pub use self::time::Instant;
