//! A session, as the application holds it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use bytes::BytesMut;
use msrp_proto::wire::{MessageId, MsrpUri};
use msrp_proto::{
    ConnectionError, InboundRequest, IncomingEvent, IncomingId, Message, Receipt, Received, Refusal, Request,
    RequestError, RequestErrorReason, RequestId, Response, SendError, SendErrorReason, SessionEvent,
    SessionId, Terms,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::delivery::Delivery;
use super::error::StreamError;
use super::task::Command;
use crate::tls::TlsError;

/// What a session may have received before its connection is no longer read from.
pub(super) const NEWS: usize = 32;
/// Messages of a session that were taken and not yet sent.
pub(super) const UNSENT: usize = 32;
/// Octets of a streamed body read at once.
const PIECE: u64 = 64 * 1024;

/// A session that is open. Dropping it closes the session: messages that were taken still have their outcome,
/// further ones of the peer are refused.
pub struct Session {
    sender: Sender,
    news: mpsc::Receiver<News>,
    /// Looked at, and not taken yet.
    first: Option<Box<News>>,
    address: Option<SocketAddr>,
    lost: Arc<OnceLock<Lost>>,
}

/// How the connection of a session was lost.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lost {
    /// What the connection said.
    pub reason: ConnectionError,
    /// What TLS said, if that was it.
    pub tls: Option<TlsError>,
}

/// What happened to a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// So far has a message come that is being put together. Told of those above 64 KiB, as they come and there is room
    /// for the news. [`Message`](Self::Message) follows, with this Message-ID in its receipt, or
    /// [`IncomingEvent::Aborted`]; until then [`Sender::reject`] stops it.
    Arriving(IncomingId, Arriving),
    /// A piece of a message that is longer than 1 MiB by its sender's account, or of any
    /// ([`Options::streamed`](super::Options::streamed)); and how one ended that [`Arriving`](Self::Arriving) told of.
    Incoming(IncomingId, IncomingEvent),
    /// A message has come. Up to 1 MiB each is put together; one whose length is not announced and that turns
    /// out longer is refused with 413.
    Message(Received),
    /// Something about the session itself. [`SessionEvent::Closed`] and [`SessionEvent::Failed`] are the last.
    Session(SessionEvent),
}

/// How far a message has come that is arriving.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arriving {
    /// Which.
    pub message_id: MessageId,
    /// Octets received, in whatever order.
    pub received: u64,
    /// Octets of the whole message by its sender's account, if he gives one.
    pub total: Option<u64>,
}

/// Commands a session: sends messages on it, closes it. There may be any number.
#[derive(Clone)]
pub struct Sender {
    pub(super) id: SessionId,
    pub(super) local: MsrpUri,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    /// Room for messages that are not sent yet.
    pub(super) room: Arc<Semaphore>,
}

impl Session {
    pub(super) fn new(
        sender: Sender,
        news: mpsc::Receiver<News>,
        address: Option<SocketAddr>,
        lost: Arc<OnceLock<Lost>>,
    ) -> Self {
        Self {
            sender,
            news,
            first: None,
            address,
            lost,
        }
    }

    /// What happened next; `None` when the session has ended.
    ///
    /// # Cancel safety
    ///
    /// The future may be dropped, and nothing is lost.
    pub async fn next(&mut self) -> Option<News> {
        match self.first.take() {
            Some(news) => Some(*news),
            None => self.news.recv().await,
        }
    }

    /// Waits until the peer has shown that it knows the session, which is the first that happens to one that does not
    /// end before. No news is taken.
    ///
    /// # Cancel safety
    ///
    /// As for [`next`](Self::next).
    pub(in crate::tokio_driver) async fn is_bound(&mut self) -> bool {
        if self.first.is_none() {
            self.first = self.news.recv().await.map(Box::new);
        }
        matches!(self.first.as_deref(), Some(News::Session(SessionEvent::Bound)))
    }

    /// The other end of the connection: the peer, or a relay. `None` if the connection was gone already.
    pub fn peer_address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// How the connection was lost: known when [`next`](Self::next) has returned `None` after
    /// [`SessionFailure::ConnectionLost`](msrp_proto::SessionFailure::ConnectionLost).
    pub fn lost(&self) -> Option<&Lost> {
        self.lost.get()
    }

    /// By which the session is commanded, from this task or from others.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// See [`Sender::send`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn send(&self, message: Message) -> Result<Delivery, SendError> {
        self.sender.send(message).await
    }

    /// See [`Sender::close`].
    pub fn close(&self) {
        self.sender.close();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sender.close();
    }
}

impl Sender {
    /// Sends a message. Waits while 32 messages of the session were taken and are not sent yet.
    ///
    /// # Errors
    ///
    /// [`SendError`], which gives the message back.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the message is either sent as a whole or not at all, and it is not known
    /// which.
    pub async fn send(&self, message: Message) -> Result<Delivery, SendError> {
        self.queue(message, None).await
    }

    /// Sends a message with a streamed body ([`Body::streamed`](msrp_proto::Body::streamed)), and returns when
    /// its outcome is known. Its octets are read as they are wanted. A reader may have more than were
    /// announced.
    ///
    /// # Errors
    ///
    /// [`StreamError`].
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the message is abandoned, and the peer is told.
    pub async fn send_from(&self, message: Message, body: impl AsyncRead + Unpin) -> Result<(), StreamError> {
        let (_, sent) = self.start_from(message, body).await?;
        sent.await
    }

    /// [`send_from`](Self::send_from) in two steps: returns when the message was taken, with its [`Delivery`] and with
    /// the future that sends it, which is to be awaited or spawned.
    ///
    /// # Errors
    ///
    /// [`SendError`], which gives the message back; the future: [`StreamError`].
    ///
    /// # Cancel safety
    ///
    /// If the future that sends is dropped, the message is abandoned, and the peer is told.
    pub async fn start_from<R: AsyncRead + Unpin>(
        &self,
        message: Message,
        body: R,
    ) -> Result<(Delivery, impl Future<Output = Result<(), StreamError>> + use<R>), SendError> {
        let (wants, wanted) = mpsc::unbounded_channel();
        let delivery = self.queue(message, Some(wants)).await?;
        let abandon = Abandon(delivery.clone());
        let outcome = delivery.clone().outcome();
        let sent = async move {
            tokio::select! {
                outcome = outcome => Ok(outcome?),
                error = feed(&abandon.0, wanted, body) => Err(StreamError::Read(error)),
            }
        };
        Ok((delivery, sent))
    }

    /// Refuses a message that is coming ([`News::Incoming`], [`News::Arriving`]).
    pub fn reject(&self, message: IncomingId, refusal: Refusal) {
        self.command(Command::Reject(message, refusal));
    }

    /// Refuses a message that has come, if its sender wants to hear of that.
    pub fn fail(&self, receipt: Receipt, refusal: Refusal) {
        self.command(Command::Fail(Box::new(receipt), refusal));
    }

    /// Reports the success of a message that has come, if its sender wants to hear of that: for endpoints whose
    /// reports are [`Manual`](msrp_proto::SuccessReports::Manual).
    pub fn report(&self, receipt: Receipt) {
        self.command(Command::Report(Box::new(receipt)));
    }

    /// Sends a request that is neither SEND nor REPORT, such as NICKNAME. What becomes of it comes as
    /// [`SessionEvent::Answered`](msrp_proto::SessionEvent::Answered).
    ///
    /// # Errors
    ///
    /// [`RequestError`], which gives the request back.
    pub async fn request(&self, request: Request) -> Result<RequestId, RequestError> {
        let (reply, taken) = oneshot::channel();
        self.command(Command::Request {
            session: self.id,
            request: Box::new(request.clone()),
            reply,
        });
        taken.await.unwrap_or_else(|_| {
            Err(RequestError {
                request: Box::new(request),
                reason: RequestErrorReason::Closing,
            })
        })
    }

    /// Answers a request of the peer ([`SessionEvent::Requested`](msrp_proto::SessionEvent::Requested)).
    pub fn respond(&self, request: InboundRequest, response: Response) {
        self.command(Command::Respond(Box::new(request), Box::new(response)));
    }

    /// Takes over what signalling has agreed upon now.
    pub fn update(&self, terms: Terms) {
        self.command(Command::Update(self.id, Box::new(terms)));
    }

    /// Ends the session when every message taken has its outcome; takes no further ones.
    pub fn close(&self) {
        self.command(Command::Close(self.id));
    }

    /// Ends the session at once. Messages without an outcome have failed.
    pub fn abort(&self) {
        self.command(Command::Abort(self.id));
    }

    /// The own URI of the session.
    pub fn local(&self) -> &MsrpUri {
        &self.local
    }

    fn command(&self, command: Command) {
        let _ = self.commands.send(command); // a connection that is gone has told so
    }

    async fn queue(
        &self,
        message: Message,
        wants: Option<mpsc::UnboundedSender<(u64, usize)>>,
    ) -> Result<Delivery, SendError> {
        let permit = Arc::clone(&self.room).acquire_owned().await;
        let (reply, taken) = oneshot::channel();
        self.command(Command::Send {
            session: self.id,
            message: Box::new(message.clone()),
            permit: permit.ok(), // it is never closed
            wants,
            reply,
        });
        // Without a reply it was not taken: the connection has ended.
        taken.await.unwrap_or_else(|_| {
            Err(SendError {
                message: Box::new(message),
                reason: SendErrorReason::Closing,
            })
        })
    }
}

/// Reads a body as it is wanted. Returns only if that fails.
async fn feed(
    delivery: &Delivery,
    mut wanted: mpsc::UnboundedReceiver<(u64, usize)>,
    mut body: impl AsyncRead + Unpin,
) -> io::Error {
    let id = delivery.id();
    let (mut at, mut until) = (0, 0);
    let mut octets = BytesMut::new();
    while let Some((offset, max)) = wanted.recv().await {
        at = at.max(offset); // a message that is resumed begins later
        until = until.max(offset + max as u64);
        while at < until {
            let piece = PIECE.min(until - at);
            octets.reserve(piece as usize);
            match (&mut body).take(piece).read_buf(&mut octets).await {
                Ok(0) => {
                    delivery.command(Command::Finish(id));
                    return std::future::pending().await; // the outcome is about to be known
                }
                Ok(len) => {
                    at += len as u64;
                    delivery.command(Command::Write(id, octets.split().freeze()));
                }
                Err(error) => return error,
            }
        }
    }
    std::future::pending().await
}

/// Abandons a message when dropped. One that has its outcome takes no notice.
struct Abandon(Delivery);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.sender.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
