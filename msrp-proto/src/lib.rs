//! MSRP, the Message Session Relay Protocol (RFC 4975), without I/O.
//!
//! MSRP carries instant messages and files inside SIP calls. This crate is the protocol and nothing
//! else: a [`Connection`] takes octets and the time, and gives back octets, events and the next moment at
//! which it wants to be called. It opens no socket, asks no clock, starts no thread and knows no runtime,
//! so it fits into any: a thread, an event loop, tokio, a test with a virtual clock.
//!
//! - [`Connection`]: sessions, messages both ways, chunks, responses, reports, timers.
//! - [`Inbox`]: whole messages, for those who do not stream.
//! - [`SessionTable`]: sessions over all connections of an endpoint.
//! - [`NicknameTable`]: nicknames in a chat room.
//! - [`Target`]: what to connect to for a URI that signalling has agreed upon.
//! - [`wire`]: the codec, usable alone.
//!
//! # A conversation
//!
//! Signalling (usually SIP with SDP) has given each side its own URI and the path of the other. Here two
//! connections talk to each other in memory; in earnest, `shuttle` is the driver's work.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Instant;
//! use msrp_proto::{
//!     Config, Connection, Event, Inbox, Link, MediaType, Message, OutgoingEvent, Role, Seed,
//!     SessionConfig, Terms,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Arc::new(Config::default());
//! let now = Instant::now();
//! // In earnest: 32 fresh octets from the operating system for each connection.
//! let mut alice = Connection::new(config.clone(), Link::tcp(), now, Seed::new([1; 32]));
//! let mut bob = Connection::new(config, Link::tcp(), now, Seed::new([2; 32]));
//!
//! let alice_uri = "msrp://alice.example.com:7777/iau39soe2843z;tcp";
//! let bob_uri = "msrp://bob.example.com:8888/9di4eae923wzd;tcp";
//! // Alice has connected, so her session is the active one.
//! let session = alice.open(SessionConfig::new(
//!     alice_uri.parse()?,
//!     Role::Active,
//!     Terms::new(bob_uri.parse()?),
//! ))?;
//! bob.open(SessionConfig::new(bob_uri.parse()?, Role::Passive, Terms::new(alice_uri.parse()?)))?;
//!
//! let text = Message::new(MediaType::new("text", "plain")?, "Hi, I'm Alice!").success_report(true);
//! let sent = alice.session(session).expect("just opened").send(text)?;
//!
//! let mut inbox = Inbox::default();
//! let mut heard = None;
//! let mut completed = false;
//! while shuttle(&mut alice, &mut bob, now) | shuttle(&mut bob, &mut alice, now) {
//!     while let Some(mut event) = bob.poll_event() {
//!         if let Some(received) = inbox.on(&mut bob, &mut event) {
//!             heard = Some(received.body);
//!         }
//!     }
//!     while let Some(event) = alice.poll_event() {
//!         if let Event::Outgoing(id, OutgoingEvent::Completed) = event {
//!             completed = id == sent;
//!         }
//!     }
//! }
//! assert_eq!(heard.as_deref(), Some(&b"Hi, I'm Alice!"[..]));
//! assert!(completed);
//!
//! /// Carries octets from one to the other.
//! fn shuttle(from: &mut Connection, to: &mut Connection, now: Instant) -> bool {
//!     let octets = from.poll_transmit(now);
//!     octets.map(|octets| to.handle_input(now, octets)).is_some()
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Writing a driver
//!
//! A driver owns a transport and a [`Connection`], and goes round this loop:
//!
//! 1. Take every event ([`poll_event`](Connection::poll_event)) and let the application act on it.
//! 2. If no octets are waiting to be written, ask for some ([`poll_transmit`](Connection::poll_transmit)).
//!    They are at most about 16 KiB on a stream, and are to be written in order and completely. If there were some,
//!    take events again: handing octets out raises them too (`Sent`, `BodyWanted`).
//! 3. If none are waiting and [`is_closed`](Connection::is_closed): done, close the transport.
//! 4. Wait for the first of these, and tell it:
//!    - the transport can be read, waited for only while [`wants_input`](Connection::wants_input):
//!      [`handle_input`](Connection::handle_input) with what was read, 64 KiB being a good size of
//!      buffer; at the end of the stream [`handle_eof`](Connection::handle_eof), once;
//!    - the transport can be written, waited for only while octets are waiting: write, and keep the rest;
//!    - the time of [`poll_timeout`](Connection::poll_timeout) has come:
//!      [`handle_timeout`](Connection::handle_timeout);
//!    - the application wants something: call the command it wants.
//!
//!    A transport that fails, at reading, writing or while it is set up, takes nothing more: drop the
//!    octets waiting to be written, tell it by [`handle_failure`](Connection::handle_failure), and go on
//!    with 1. Telling it twice, or after `handle_eof`, is harmless.
//!
//! What to mind:
//!
//! - **Never wait for a write alone.** The peer may be waiting for this side to read before it reads
//!   itself. Where both are possible, read first.
//! - **Any call may change everything**: whether octets are wanted, the timeout, whether more can be
//!   transmitted. Ask again in every round; asking is cheap. [`wants_transmit`](Connection::wants_transmit)
//!   tells without taking anything.
//! - **Time** is any [`Instant`] that does not run backwards. `poll_timeout` may lie in the past: then
//!   call `handle_timeout` at once. It may change with every call, also to an earlier moment.
//! - **Timers go off in `handle_timeout` only.** Call it whenever the time of `poll_timeout` has passed,
//!   also when the wait ended for another reason; else a busy peer starves them. Early or twice is
//!   harmless.
//! - **The end.** [`Event::ConnectionLost`] is the last event. Octets may still have to be written after
//!   it: answers owed to a peer that has closed only its own direction. To end a connection in order,
//!   close its sessions ([`Session::close`]), wait for their [`SessionEvent::Closed`], then
//!   [`close`](Connection::close); to end it at once, [`abort`](Connection::abort).
//! - **A peer that does not read** can make draining last for ever. Set a time of your own from
//!   `ConnectionLost` on, and from `close` on; then close the transport, or `abort`.
//! - **Closing a TCP socket**: shut down the direction you write in, read and drop what still comes until
//!   the end of the stream or a few seconds have passed, then close. Closing with octets unread resets the
//!   connection, and the peer may lose your last ones. After `abort` or a failure close at once.
//! - `handle_eof` may come while `wants_input` is false: input that was held is processed first.
//! - **One connection, one place.** A `Connection` is `Send`, shares nothing with others, and is cheap:
//!   move it to the thread or task that drives it.
//! - **WebSocket and data channels** ([`Link::websocket`], [`Link::data_channel`]) carry messages: each buffer
//!   to transmit is to be sent as one, and each one that is received is to be handed in as it is, even an
//!   empty one. Those that are not exactly one frame are told by [`Event::Unframed`]. The handshake of a WebSocket
//!   asks for MSRP ([`Link::WEBSOCKET_HEADER`]), and its reply must agree ([`Link::check_subprotocol`]). A data
//!   channel carries one session at a time.
//! - **TLS** (`msrps`) is the driver's: it sets up the protected stream, checks the peer as [`Target`]
//!   says, and uses [`Link::tls`]. If that fails it tells so by `handle_failure`, and nothing is sent.
//!
//! A driver over `std::net` with threads is in the `examples` folder of the repository, with a program
//! around it.
//!
//! # Sending
//!
//! [`Session::send`] queues a [`Message`] and returns an [`OutgoingId`]. Its events tell what becomes of
//! it: [`Sent`](OutgoingEvent::Sent) when its last octet is handed out,
//! [`Acknowledged`](OutgoingEvent::Acknowledged) as responses come, and at last
//! [`Completed`](OutgoingEvent::Completed) or [`Failed`](OutgoingEvent::Failed), exactly once.
//!
//! A body that is not in memory is streamed: the connection asks, and the application answers now or
//! later. The offset comes with the question, so the application keeps no cursor.
//!
//! ```
//! # use msrp_proto::{Body, Connection, Event, MediaType, Message, OutgoingEvent, SessionId};
//! # use std::io::{self, Read, Seek, SeekFrom};
//! # fn send(connection: &mut Connection, session: SessionId) -> Result<(), Box<dyn std::error::Error>> {
//! let file = Message::new(MediaType::new("application", "pdf")?, Body::streamed(Some(20_000_000)))
//!     .success_report(true);
//! let id = connection.session(session).expect("open").send(file)?;
//! # Ok(())
//! # }
//! # fn on_event<F: Read + Seek>(connection: &mut Connection, file: &mut F, event: Event) -> io::Result<()> {
//! match event {
//!     Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
//!         let mut part = Vec::with_capacity(max);
//!         file.seek(SeekFrom::Start(offset))?;
//!         file.take(max as u64).read_to_end(&mut part)?;
//!         if let Some(mut outgoing) = connection.outgoing(id) {
//!             // An error means that the message has ended in the meantime, or the file has changed.
//!             if outgoing.write(part).is_err() {
//!                 outgoing.abort();
//!             }
//!         }
//!     }
//!     _ => {}
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A body whose length is not known beforehand is [`Body::streamed(None)`](Body::streamed), and ends with
//! [`Outgoing::finish`].
//!
//! # Receiving
//!
//! Messages arrive as [`Started`](IncomingEvent::Started), any number of [`Data`](IncomingEvent::Data),
//! and [`Finished`](IncomingEvent::Finished) or [`Aborted`](IncomingEvent::Aborted). Chunks may arrive in
//! any order, so `Data` says where its octets stand. [`Inbox`] does the assembling for messages that fit
//! into memory. A message can be refused while it arrives ([`Incoming::reject`]), and when it is complete
//! ([`Connection::fail`]). All that RFC 4975 wants answered is answered without the application: it only
//! decides what it does not want.
//!
//! # Other requests, and nicknames
//!
//! [`Session::request`] sends a request that is neither SEND nor REPORT; [`SessionEvent::Answered`] tells its outcome.
//! Such requests of the peer are answered with 501, unless the application has declared their method by
//! [`Config::methods`]: then they come as [`SessionEvent::Requested`], and [`Connection::respond`] answers them.
//!
//! NICKNAME (RFC 7701 §7) is one of them. A participant of a chat room asks for a nickname:
//!
//! ```
//! # use msrp_proto::{Connection, Event, Nickname, NicknameRefusal, SessionEvent, SessionId, UseNickname};
//! # fn ask(connection: &mut Connection, session: SessionId) -> Result<(), Box<dyn std::error::Error>> {
//! let wanted = UseNickname::Take(Nickname::new("Alice the great")?);
//! let asked = connection.session(session).expect("open").request(wanted.to_request())?;
//! # Ok(())
//! # }
//! # fn on_event(event: Event) {
//! match event {
//!     Event::Session(_, SessionEvent::Answered(_, Ok(reply))) => match NicknameRefusal::of(reply.status()) {
//!         None => println!("from now on you are Alice the great"),
//!         Some(NicknameRefusal::InUse) => println!("somebody else has that nickname"),
//!         Some(refusal) => println!("no: {refusal}"),
//!     },
//!     Event::Session(_, SessionEvent::Answered(_, Err(why))) => println!("no answer: {why}"),
//!     _ => {}
//! }
//! # }
//! ```
//!
//! [`Terms::peer_nicknames`] says that the room has nicknames; without it none is asked for. The switch of a chat
//! room decides by a [`NicknameTable`].
//!
//! # Many sessions, many connections
//!
//! A connection carries any number of sessions; each is found by its URI in To-Path, and none harms another.
//! Who knows all sessions of a connection beforehand opens them, and requests for others are answered with
//! 481. Behind a listening socket nobody knows which session a new connection is for before its first request
//! has come: with [`Config::session_requests`] the connection asks ([`Event::SessionRequested`]), keeps what is
//! behind the request, and goes on when the application accepts ([`Connection::accept`]) or refuses
//! ([`Connection::refuse`]), after 5 s by itself with 481.
//!
//! [`SessionTable`] has the answers where there are several connections: which sessions are expected, which
//! connection has which (506 for a request that comes on another one), and which connection can be used again
//! for a [`Target`]. [`SessionConfig::target`] says where to connect for a session that has to.
//!
//! # Relays
//!
//! With the feature `relay`, which is on by default, an endpoint can be behind relays (RFC 4976). It connects to its relay
//! ([`MsrpUri::relay_target`](wire::MsrpUri::relay_target)), over TLS, and asks for a path ([`Connection::authorize`]): AUTH,
//! challenge and Digest are the connection's. The path goes into SDP ([`RelayPath::for_sdp`]) and before the peer's path in
//! the terms of the session ([`Terms::relayed`]), which is opened on that connection.
//!
//! ```
//! # #[cfg(feature = "relay")] {
//! # use msrp_proto::wire::{MsrpUri, Path};
//! # use msrp_proto::{Connection, Credentials, Event, RelayConfig, RelayEvent, Role, SessionConfig, Terms};
//! # fn ask(connection: &mut Connection, own: &MsrpUri) -> Result<(), Box<dyn std::error::Error>> {
//! let relay = "msrps://relay.example.com;tcp".parse()?;
//! let config = RelayConfig::new(own.clone(), relay).credentials(Credentials::new("alice", "wonderland")?);
//! let asked = connection.authorize(config)?;
//! # Ok(())
//! # }
//! # fn on_event(connection: &mut Connection, event: Event, own: &MsrpUri, peer: &Path) -> Result<(), Box<dyn std::error::Error>> {
//! match event {
//!     Event::Relay(_, RelayEvent::Authorized(grant)) => {
//!         println!("a=path:{}", grant.path().for_sdp(own)?.as_str());
//!         // With the answer, which has the path of the peer:
//!         let terms = Terms::relayed(grant.path(), peer.as_ref())?;
//!         connection.open(SessionConfig::new(own.clone(), Role::Active, terms))?;
//!     }
//!     // Another path is to be had before this one ends ...
//!     Event::Relay(id, RelayEvent::Expiring) => {
//!         connection.relay(id).map(|mut relay| relay.renew());
//!     }
//!     // ... and the peer is to hear of it by a new offer; the answer brings new terms, for Session::update.
//!     Event::Relay(_, RelayEvent::Renewed(grant)) => println!("offer: {:?}", grant.path().for_sdp(own)?),
//!     Event::Relay(_, RelayEvent::Failed(why)) => println!("no path: {why}"),
//!     _ => {}
//! }
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! A path is for one session, on the connection that it came over; the connection sees to both. A relay answers SENDs for
//! itself: delivery is what success reports say ([`Message::success_report`](crate::Message::success_report)), and what a
//! relay could not deliver comes back as a failure report.
//!
//! # When a session fails
//!
//! A session does not survive its connection; signalling may agree on another one, with new URIs (RFC 4975
//! §5.4). [`SessionEvent::Failed`] has a [`Carry`] for it: hand the event to the [`Inbox`], keep the carry, and
//! give it to [`SessionConfig::replaces`]. Messages that were being received go on
//! ([`Resumed`](IncomingEvent::Resumed)), those received before are known as duplicates, and
//! [`Carry::unconfirmed`] lists what may be sent again, whole or from where it stopped
//! ([`Unconfirmed::resume`]).
//!
//! # Errors
//!
//! `handle_*` never fail. What a peer does wrong costs its own request (an error response) or, where the
//! octets cannot be told apart any more, the connection ([`Event::ConnectionLost`]). Commands that cannot
//! be carried out return a small typed error with the caller's data in it. Nothing a peer sends makes this
//! crate panic.

mod carry;
mod config;
mod connection;
mod error;
mod event;
mod handshake;
mod ids;
mod inbox;
mod message;
mod nickname;
mod nickname_table;
mod range_set;
#[cfg(feature = "relay")]
mod relay;
mod relay_path;
mod request;
mod session_table;
mod slots;
mod target;
#[cfg(feature = "test-util")]
pub mod test_util;
mod time;
pub mod wire;

pub use msrp_multipart::{Disposition, MediaRange, MediaRanges, MediaType, safe_file_name};

pub use self::carry::{Carry, PartialBody, Unconfirmed};
pub use self::config::{Config, Direction, Link, Matching, Role, SessionConfig, SuccessReports, Terms};
#[cfg(feature = "relay")]
pub use self::connection::Relay;
pub use self::connection::{Connection, Incoming, Outgoing, Progress, Session, SessionStats, Stats};
pub use self::error::{
    AcceptError, AcceptErrorReason, ConnectionError, ExpectError, ExpectErrorReason, FinishError, LinkError,
    OpenError, OpenErrorReason, ReceiveFailure, ReportError, RequestError, RequestErrorReason,
    RequestFailure, RespondError, RespondErrorReason, SendError, SendErrorReason, SendFailure,
    SessionFailure, SessionsOpen, TooLate, Unframed, WriteError, WriteErrorReason,
};
pub use self::event::{
    Event, IncomingEvent, IncomingId, MessageHead, OutgoingEvent, OutgoingId, Receipt, RequestId,
    SessionEvent, SessionId, SessionRequest,
};
#[cfg(feature = "relay")]
pub use self::event::{RelayEvent, RelayId};
pub use self::handshake::SubprotocolError;
pub use self::ids::Seed;
pub use self::inbox::{Inbox, Received};
pub use self::message::{Body, Message, Refusal};
pub use self::nickname::{Nickname, NicknameDeviation, NicknameError, NicknameRefusal, UseNickname};
pub use self::nickname_table::{ExactNicknames, NicknameProfile, NicknameTable};
#[cfg(feature = "relay")]
pub use self::relay::{RelayConfig, RelayError, RelayErrorReason, RelayFailure, RelayGrant, UriParameter};
pub use self::relay_path::RelayPath;
pub use self::request::{InboundRequest, Reply, Request, Response};
pub use self::session_table::{Registration, SessionTable};
pub use self::target::{Host, Lookup, ReuseKey, Target, TargetError, Transport};
pub use self::time::Instant;
#[cfg(feature = "relay")]
pub use self::wire::digest::{ChallengeError, Credentials};
