//! Connections that peers make.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::stream::Stream;
use super::{MOST_CONNECTIONS, Shared};
use crate::tls::HANDSHAKE_PATIENCE;

/// Handshakes at once; further connections are closed as they come. A handshake takes milliseconds, so those that
/// fill this are idle, and gone within [`HANDSHAKE_PATIENCE`].
pub(super) const MOST_HANDSHAKES: usize = 256;

/// Takes connections until the endpoint shuts down.
pub(super) async fn listen(shared: Arc<Shared>, listener: TcpListener, tls: Option<Arc<ServerConfig>>) {
    let mut closing = shared.closing.subscribe();
    loop {
        tokio::select! {
            () = async { drop(closing.wait_for(|closing| *closing).await) } => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    shared.prepare(&stream);
                    match &tls {
                        Some(config) => shared.begin_handshake(stream, Arc::clone(config)),
                        None => shared.accepted(Stream::Plain(stream)),
                    }
                }
                // Out of file descriptors, mostly: others may be given back soon.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
        }
    }
}

impl Shared {
    /// In a task of its own: a slow peer holds up nobody.
    fn begin_handshake(self: &Arc<Self>, stream: TcpStream, config: Arc<ServerConfig>) {
        let Ok(permit) = Arc::clone(&self.handshakes).try_acquire_owned() else {
            return;
        };
        let mut state = self.state();
        if !self.is_closing() {
            let handshake = handshake(Arc::clone(self), stream, config, permit);
            state.spawn(handshake);
        }
    }

    fn accepted(self: &Arc<Self>, stream: Stream) {
        let Ok(connection) = self.connection(stream.link()) else {
            return; // no connection without identifiers that nobody can guess
        };
        let mut state = self.state();
        if self.is_closing() || state.connections.len() >= MOST_CONNECTIONS {
            return;
        }
        let task = self.enlist(&mut state, connection, stream);
        state.spawn(task.run());
    }
}

async fn handshake(
    shared: Arc<Shared>,
    stream: TcpStream,
    config: Arc<ServerConfig>,
    _permit: OwnedSemaphorePermit,
) {
    let mut closing = shared.closing.subscribe();
    tokio::select! {
        () = async { drop(closing.wait_for(|closing| *closing).await) } => {}
        stream = timeout(HANDSHAKE_PATIENCE, TlsAcceptor::from(config).accept(stream)) => {
            // One that has failed has got its alert.
            if let Ok(Ok(stream)) = stream {
                shared.accepted(Stream::tls(stream));
            }
        }
    }
}
