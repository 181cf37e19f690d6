//! What the task of a connection is told to do.

use bytes::Bytes;
use msrp_proto::wire::ByteRange;
use msrp_proto::{
    InboundRequest, IncomingId, Message, OpenError, OutgoingId, Receipt, Refusal, Registration, RelayConfig,
    RelayErrorReason, RelayId, Request, RequestError, RequestErrorReason, RequestId, Response, SendError,
    SendErrorReason, SessionConfig, SessionId, Terms,
};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::Task;
use crate::tls::Trust;
use crate::tokio_driver::endpoint::delivery::Delivery;
use crate::tokio_driver::endpoint::error::ConnectErrorReason;
use crate::tokio_driver::endpoint::relayed::Asked;
use crate::tokio_driver::endpoint::session::Session;

/// What a connection is told to do.
pub(in crate::tokio_driver::endpoint) enum Command {
    Abandon(OutgoingId),
    Abort(SessionId),
    Agree {
        id: SessionId,
        session: Box<SessionConfig>,
        terms: Box<Terms>,
        trust: Trust,
        reply: oneshot::Sender<Result<Option<Session>, ConnectErrorReason>>,
    },
    Authorize {
        config: Box<RelayConfig>,
        trust: Trust,
        reply: oneshot::Sender<Result<Asked, RelayErrorReason>>,
    },
    Close(SessionId),
    Fail(Box<Receipt>, Refusal),
    Finish(OutgoingId),
    Open {
        registration: Registration,
        session: Box<SessionConfig>,
        /// In TLS.
        trust: Option<Trust>,
        reply: oneshot::Sender<Result<Session, OpenError>>,
    },
    Reject(IncomingId, Refusal),
    Release(RelayId),
    Renew(RelayId),
    Request {
        session: SessionId,
        request: Box<Request>,
        reply: oneshot::Sender<Result<RequestId, RequestError>>,
    },
    Respond(Box<InboundRequest>, Box<Response>),
    Report(Box<Receipt>),
    Send {
        session: SessionId,
        message: Box<Message>,
        /// Given back when the message is sent.
        permit: Option<OwnedSemaphorePermit>,
        /// Of a streamed body.
        wants: Option<mpsc::UnboundedSender<(u64, usize)>>,
        reply: oneshot::Sender<Result<Delivery, SendError>>,
    },
    Shutdown,
    Update(SessionId, Box<Terms>),
    Write(OutgoingId, Bytes),
}

impl Task {
    pub(super) fn on_command(&mut self, command: Command) {
        let connection = self.driver.connection_mut();
        match command {
            Command::Abandon(id) => {
                if let Some(message) = connection.outgoing(id) {
                    message.abort();
                }
            }
            Command::Abort(id) => {
                if let Some(session) = connection.session(id) {
                    session.abort();
                }
            }
            Command::Agree {
                id,
                session,
                terms,
                trust,
                reply,
            } => {
                let _ = reply.send(self.agree(id, *session, *terms, &trust)); // as with `Open`
            }
            Command::Authorize { config, trust, reply } => {
                let _ = reply.send(self.authorize_at(*config, &trust)); // its first event finds nobody then
            }
            Command::Close(id) => {
                if let Some(session) = connection.session(id) {
                    session.close();
                }
            }
            Command::Fail(receipt, refusal) => {
                let _ = connection.fail(*receipt, refusal); // too late, then
            }
            Command::Finish(id) => {
                if let Some(mut message) = connection.outgoing(id)
                    && message.finish().is_err()
                {
                    message.abort(); // the reader has nothing more
                }
            }
            Command::Open {
                registration,
                session,
                trust,
                reply,
            } => {
                let opened = self.open(registration, *session, trust.as_ref());
                if opened.is_err() {
                    self.place.shared.state().table.ended(registration);
                }
                let _ = reply.send(opened); // whoever has given up has dropped the session
            }
            Command::Reject(id, refusal) => {
                if let Some(message) = connection.incoming(id) {
                    message.reject(refusal);
                }
            }
            Command::Release(id) => self.release(id),
            Command::Renew(id) => {
                if let Some(mut relay) = connection.relay(id) {
                    relay.renew();
                }
            }
            Command::Request {
                session,
                request,
                reply,
            } => {
                let taken = match connection.session(session) {
                    Some(mut session) => session.request(*request),
                    None => Err(RequestError {
                        request,
                        reason: RequestErrorReason::Closing,
                    }),
                };
                let _ = reply.send(taken);
            }
            Command::Respond(request, response) => {
                let _ = connection.respond(*request, *response); // too late, then
            }
            Command::Report(receipt) => {
                // Refused only if nobody wants to hear of it any more.
                let all = ByteRange::new(1, Some(receipt.len()), Some(receipt.len()));
                let _ = connection.report(&receipt, all);
            }
            Command::Send {
                session,
                message,
                permit,
                wants,
                reply,
            } => {
                let taken = match connection.session(session) {
                    Some(mut session) => session.send(*message),
                    None => Err(SendError {
                        message,
                        reason: SendErrorReason::Closing,
                    }),
                };
                let taken = taken.map(|id| self.track(id, permit, wants));
                let _ = reply.send(taken);
            }
            Command::Shutdown => {
                self.closing = true;
                for id in self.sessions.keys() {
                    if let Some(session) = connection.session(*id) {
                        session.close();
                    }
                }
                self.close_if_done();
            }
            Command::Update(id, terms) => {
                if let Some(mut session) = connection.session(id) {
                    session.update(*terms);
                }
            }
            Command::Write(id, octets) => {
                // Refused only if the message is longer than the peer wants, and then it has failed.
                if let Some(mut message) = connection.outgoing(id)
                    && message.write(octets).is_err()
                    && let Some(message) = connection.outgoing(id)
                {
                    message.abort();
                }
            }
        }
    }
}
