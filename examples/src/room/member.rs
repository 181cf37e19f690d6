//! A participant of a room.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use msrp_cpim::chat::{self, ChatBuildError, ChatMessage};
use msrp_cpim::{Address, Message as Wrapper, TextMessage};
use msrp_multipart::Entity;
use msrp_proto::wire::StatusCode;
use msrp_proto::{
    Config, MediaRanges, MediaType, Message, Nickname, NicknameRefusal, Received, Refusal, RequestError,
    RequestFailure, RequestId, SendError, SessionEvent, SessionFailure, UseNickname,
};
use msrp_sdp::{
    CertificateError, Chatroom, Description, Fingerprints, Ids, Local, LocalError, MediaError, Names,
    NegotiationError, Origin, Outcome, Policy, Side, negotiate,
};
use rustls::RootCertStore;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::notice::{cpim, now, plain};
use super::signalling::{Invitation, Reply, SignallingError, Status};
use crate::tls::{Identity, IdentityError};
use crate::tokio_driver::{Call, CallError, Delivery, Endpoint, Lost, News, Options, Sender, Session};

/// How long signalling may take.
const SIGNALLING: Duration = Duration::from_secs(15);

/// How long to go on for an orderly end.
const LEAVING: Duration = Duration::from_secs(3);

/// The most octets of a message from the room, wrapper included.
const MAX_SIZE: u64 = 1 << 20;

/// How somebody joins.
#[derive(Clone, Debug)]
pub struct JoinOptions {
    /// Who it is.
    pub from: Address,
    /// Without TLS.
    pub plain: bool,
    /// What it can do in chat rooms.
    pub chatroom: Chatroom,
    /// What it takes in wrappers; anything if it does not say.
    pub wrapped: Option<MediaRanges>,
}

impl JoinOptions {
    /// Somebody who knows nicknames and private messages, and takes text.
    pub fn new(from: Address) -> Self {
        Self {
            from,
            plain: false,
            chatroom: Chatroom::new().with_nickname().with_private_messages(),
            wrapped: Some(MediaRanges::new().with(plain()).expect("one type")),
        }
    }
}

/// Why somebody is not in the room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JoinError {
    /// There was no connection for the session.
    #[error("no session with the room")]
    Call(#[from] CallError),
    /// The own certificate has no fingerprint.
    #[error("no fingerprint of the own certificate")]
    Certificate(#[from] CertificateError),
    /// No endpoint could be made.
    #[error("no endpoint")]
    Endpoint(#[source] io::Error),
    /// No certificate could be made.
    #[error("no certificate")]
    Identity(#[from] IdentityError),
    /// No session can be described.
    #[error("no session can be described")]
    Local(#[from] LocalError),
    /// The room does not answer the first request, or has ended the connection.
    #[error("connected, but the room has ended the session before it began")]
    Lost,
    /// The answer cannot be read.
    #[error("the answer of the room cannot be read")]
    Media(#[from] MediaError),
    /// The answer does not fit the offer.
    #[error("the answer of the room does not fit the offer{}", mismatch(.0))]
    Negotiation(#[from] NegotiationError),
    /// The answer is one for something else.
    #[error("the answer has no session for this program")]
    NoSession,
    /// It is no room for chatting: its answer does not say so.
    #[error("that is no chat room")]
    NotARoom,
    /// No random octets.
    #[error("no random octets")]
    Random(#[source] io::Error),
    /// The room has refused.
    #[error("the room has refused: {}", refusal(*.0))]
    Refused(Status),
    /// Signalling has failed.
    #[error("no answer of the room")]
    Signalling(#[from] SignallingError),
    /// Signalling took too long.
    #[error("no answer of the room in time")]
    TimedOut,
}

fn mismatch(error: &NegotiationError) -> &'static str {
    match error {
        NegotiationError::Security => " (is --plain on one side only?)",
        _ => "",
    }
}

fn refusal(status: Status) -> String {
    match status {
        Status::Busy => "it is full, or has too many sessions of yours".into(),
        Status::Forbidden => "that address is not for you".into(),
        Status::NotAcceptable => "the offer does not fit (is --plain on one side only?)".into(),
        other => other.to_string(),
    }
}

/// What a participant hears.
#[derive(Debug)]
#[non_exhaustive]
pub enum Heard {
    /// A message.
    Message {
        /// Who wrote it, and whether to this participant alone.
        to: ChatMessage,
        /// What it says.
        content: Content,
    },
    /// What became of a nickname that was asked for.
    Nickname(RequestId, Result<(), NicknameError>),
    /// A message that cannot be read: it was refused.
    Unreadable,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A text.
    Text(String),
    /// Something else: of that type, so many octets.
    Other(MediaType, usize),
}

/// Why a nickname was not granted.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum NicknameError {
    /// The room says so.
    #[error(transparent)]
    Refused(#[from] NicknameRefusal),
    /// There was no answer.
    #[error(transparent)]
    Unanswered(#[from] RequestFailure),
}

/// Why something is not sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SayError {
    /// There can be no such message.
    #[error(transparent)]
    Build(#[from] ChatBuildError),
    /// It was not taken.
    #[error(transparent)]
    Send(#[from] SendError),
}

/// A participant of a chat room.
#[derive(Debug)]
pub struct Member {
    endpoint: Endpoint,
    session: Session,
    address: Address,
    /// As it joined, but for a nickname.
    own: Address,
    /// The name without a nickname.
    name: Option<Box<str>>,
    /// What the room supports.
    chatroom: Chatroom,
    room: chat::Room,
    /// The nickname that was asked for.
    asked: Option<(RequestId, UseNickname)>,
}

impl Member {
    /// Joins the room whose signalling the stream leads to.
    ///
    /// # Errors
    ///
    /// [`JoinError`].
    pub async fn join(stream: TcpStream, options: JoinOptions) -> Result<Self, JoinError> {
        let host = stream.local_addr().map_err(SignallingError::Io)?.ip();
        let mut settings = Options::default();
        let mut local = Local::connecting(host)
            .chatroom(options.chatroom)
            .accept_types(MediaRanges::new().with(cpim()).expect("one type"))
            .max_size(MAX_SIZE);
        if let Some(wrapped) = options.wrapped {
            local = local.accept_wrapped_types(wrapped);
        }
        if options.plain {
            local = local.plain();
        } else {
            let identity = Identity::self_signed()?;
            local = local.fingerprints(Fingerprints::of([identity.certificate()])?);
            settings = settings.identity(identity);
        }
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| JoinError::Random(error.into()))?;
        let mut ids = Ids::seeded(seed);
        let local = local.open(&mut ids)?;
        let endpoint = Endpoint::bind_with(Config::default(), &[], settings)
            .await
            .map_err(JoinError::Endpoint)?;

        let call = Call::offer(&endpoint, &local).expect("its first session");
        let offered = local.offer();
        let invitation = Invitation {
            from: options.from.clone(),
            offer: Description::new(Origin::new(ids.number(), host.into())).with_section(&offered),
        };
        let reply = timeout(SIGNALLING, invitation.send(stream)).await;
        let (address, answer) = match reply.map_err(|_| JoinError::TimedOut)?? {
            Reply::Accepted { room, answer } => (room, answer),
            Reply::Refused(status) => return Err(JoinError::Refused(status)),
        };
        let answered = answer.msrp().into_iter().next().ok_or(JoinError::NoSession)?.1?;
        let (policy, names) = (Policy::default(), Names::default());
        let agreement = match negotiate(&offered, &answered, Side::Offerer, &policy, &names)? {
            Outcome::Session(agreement) => agreement,
            _ => return Err(JoinError::NoSession),
        };
        let chatroom = agreement.peer_chatroom().cloned().ok_or(JoinError::NotARoom)?;
        let roots = Arc::new(RootCertStore::empty());
        let mut session = call.establish(&agreement, &roots).await?;
        bound(&mut session).await?;
        let own = options.from;
        Ok(Self {
            room: chat::Room::new(address.clone(), own.clone())
                .private_messages(chatroom.supports_private_messages()),
            endpoint,
            session,
            address,
            name: own.name().map(Into::into),
            own,
            chatroom,
            asked: None,
        })
    }

    /// The address of the room.
    pub fn room(&self) -> &Address {
        &self.address
    }

    /// What the room supports.
    pub fn chatroom(&self) -> &Chatroom {
        &self.chatroom
    }

    /// As what this participant writes.
    pub fn own(&self) -> &Address {
        &self.own
    }

    /// By which anything can be sent.
    pub fn sender(&self) -> &Sender {
        self.session.sender()
    }

    /// How the connection was lost, after [`next`](Self::next) has returned `None`.
    pub fn lost(&self) -> Option<&Lost> {
        self.session.lost()
    }

    /// Writes to all who are in the room.
    ///
    /// # Errors
    ///
    /// [`SayError`].
    pub async fn say(&self, text: &str) -> Result<Delivery, SayError> {
        let wrapper = self.room.regular(builder(), Entity::text(text))?;
        self.send(&wrapper).await
    }

    /// Writes to one participant alone.
    ///
    /// # Errors
    ///
    /// [`SayError`].
    pub async fn whisper(&self, to: &Address, text: &str) -> Result<Delivery, SayError> {
        let wrapper = self.room.private(builder().to(to.clone()), Entity::text(text))?;
        self.send(&wrapper).await
    }

    /// Asks for a nickname, or gives it up: [`Heard::Nickname`] tells what became of it. Once granted, it stands as
    /// the name in what this participant writes.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: the room has no nicknames, for one.
    pub async fn rename(&mut self, wanted: UseNickname) -> Result<RequestId, RequestError> {
        let id = self.session.sender().request(wanted.to_request()).await?;
        self.asked = Some((id, wanted));
        Ok(id)
    }

    /// What is heard next; `None` when the session has ended.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and nothing is lost.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            match self.session.next().await? {
                News::Message(message) if message.head.is_duplicate() => {}
                News::Message(message) => return Some(self.on_message(&message)),
                News::Incoming(id, _) => self.session.sender().reject(id, Refusal::STOP_SENDING),
                News::Session(SessionEvent::Answered(id, reply)) => {
                    let outcome = match reply {
                        Ok(reply) => match NicknameRefusal::of(reply.status()) {
                            Some(refusal) => Err(refusal.into()),
                            None => Ok(()),
                        },
                        Err(failure) => Err(failure.into()),
                    };
                    self.on_nickname(id, outcome.is_ok());
                    return Some(Heard::Nickname(id, outcome));
                }
                News::Arriving(..) | News::Session(_) => {}
            }
        }
    }

    /// Leaves the room; what was taken to be sent is waited for, 3 seconds at most.
    pub async fn leave(mut self) {
        self.session.close();
        let rest = async { while self.session.next().await.is_some() {} };
        let _ = tokio::join!(self.endpoint.shutdown(LEAVING), timeout(LEAVING, rest));
    }

    async fn send(&self, wrapper: &Wrapper) -> Result<Delivery, SayError> {
        let message = Message::new(cpim(), wrapper.to_bytes());
        Ok(self.session.send(message).await?)
    }

    fn on_message(&self, message: &Received) -> Heard {
        let wrapper = Wrapper::parse(&message.body).ok();
        let read = wrapper.and_then(|wrapper| Some((self.room.read(&wrapper).ok()?, wrapper)));
        let Some((to, wrapper)) = read else {
            self.session
                .sender()
                .fail(message.receipt.clone(), Refusal::UNSUPPORTED_MEDIA_TYPE);
            return Heard::Unreadable;
        };
        let content = wrapper.content();
        let content = match TextMessage::read(&cpim(), &message.body) {
            Ok(text) => Content::Text(text.text),
            Err(_) => Content::Other(content.headers.media_type(), content.body.len()),
        };
        Heard::Message { to, content }
    }

    fn on_nickname(&mut self, id: RequestId, granted: bool) {
        let Some((_, wanted)) = self.asked.take_if(|(asked, _)| *asked == id) else {
            return;
        };
        if granted {
            let name = match &wanted {
                UseNickname::Take(nickname) => Nickname::as_str(nickname),
                UseNickname::Remove => self.name.as_deref().unwrap_or_default(),
            };
            self.own = self.own.clone().with_name(name);
            self.room = chat::Room::new(self.address.clone(), self.own.clone())
                .private_messages(self.chatroom.supports_private_messages());
        }
    }
}

fn builder() -> msrp_cpim::MessageBuilder {
    match now() {
        Some(now) => Wrapper::builder().date_time(now),
        None => Wrapper::builder(),
    }
}

/// Waits until the room has shown that it knows the session.
async fn bound(session: &mut Session) -> Result<(), JoinError> {
    loop {
        match session.next().await {
            Some(News::Session(SessionEvent::Bound)) => return Ok(()),
            Some(News::Session(SessionEvent::Failed(SessionFailure::Refused(StatusCode::NO_SESSION), _))) => {
                return Err(JoinError::Lost);
            }
            Some(News::Session(SessionEvent::Unanswered)) | None => return Err(JoinError::Lost),
            Some(_) => {}
        }
    }
}
