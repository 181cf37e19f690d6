//! From a plan to a socket.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use msrp_sdp::{Action, ConnectionPlan};
use thiserror::Error;

use super::connect;
use crate::dscp::Dscp;
use crate::unreachable::Unreachable;

/// How often a listener is asked while its patience lasts: the standard library knows no `accept` with a deadline.
const ASK: Duration = Duration::from_millis(5);

/// Why there is no socket for a session that was agreed upon. Nothing was sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EstablishError {
    /// The peer could not be connected to.
    #[error(transparent)]
    Connect(#[from] Unreachable),
    /// The listener has failed.
    #[error("the listener has failed: {0}")]
    Listener(#[source] io::Error),
    /// The plan is to listen, and there is no listener.
    #[error("the peer is to connect, and nobody listens")]
    NoListener,
    /// The peer has not connected in time ([`ConnectionPlan::wait`]).
    #[error("the peer has not connected in time")]
    TimedOut,
    /// The plan wants a relay, whose connection is there already, a WebSocket, or a data channel.
    #[error("only connections over TCP and TLS can be made here")]
    Unsupported,
}

/// Does what a plan says, up to the socket for [`Driver::run`](super::Driver::run): connects, as [`connect`] does, or waits
/// for the peer to connect, for as long as the plan says. TLS comes on top: [`Layer::of`](crate::tls::Layer::of).
///
/// `listener` is the one whose port signalling told the peer; who cannot be connected to has none. It is for this session
/// alone: whoever connects first is taken, and if he is not the one, the session fails. Sessions that share a port are for
/// [`Endpoint`](crate::tokio_driver::Endpoint). `dscp` is as for [`connect`].
///
/// # Errors
///
/// [`EstablishError`].
pub fn establish(
    plan: &ConnectionPlan,
    listener: Option<&TcpListener>,
    dscp: Option<Dscp>,
) -> Result<TcpStream, EstablishError> {
    match plan.action() {
        Action::Connect(target) => Ok(connect(target, dscp)?),
        Action::Listen { .. } => {
            let listener = listener.ok_or(EstablishError::NoListener)?;
            let accepted = match plan.wait() {
                Some(wait) => accept_within(wait, listener),
                None => listener.accept().map(|(stream, _)| Some(stream)),
            };
            accepted
                .map_err(EstablishError::Listener)?
                .ok_or(EstablishError::TimedOut)
        }
        _ => Err(EstablishError::Unsupported),
    }
}

/// `None`: nobody has come. The listener blocks again afterwards.
fn accept_within(wait: Duration, listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    let began = Instant::now();
    listener.set_nonblocking(true)?;
    let accepted = loop {
        match listener.accept() {
            Ok((stream, _)) => break Ok(Some(stream)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // Who came has gone again before it was asked for.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => break Err(error),
        }
        let left = wait.saturating_sub(began.elapsed());
        if left.is_zero() {
            break Ok(None);
        }
        thread::sleep(left.min(ASK));
    };
    listener.set_nonblocking(false)?;
    let accepted = accepted?;
    if let Some(stream) = &accepted {
        stream.set_nonblocking(false)?; // some systems have it from the listener
    }
    Ok(accepted)
}

impl From<EstablishError> for io::Error {
    fn from(error: EstablishError) -> Self {
        let kind = match &error {
            EstablishError::Connect(error) => error.kind(),
            EstablishError::Listener(error) => error.kind(),
            EstablishError::NoListener => io::ErrorKind::InvalidInput,
            EstablishError::TimedOut => io::ErrorKind::TimedOut,
            EstablishError::Unsupported => io::ErrorKind::Unsupported,
        };
        Self::new(kind, error)
    }
}
