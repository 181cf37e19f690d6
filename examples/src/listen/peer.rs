//! One connection of a peer: what arrives on it.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use msrp_proto::wire::MsrpUri;
use msrp_proto::{
    Config, Connection, Direction, Event, Link, Refusal, Role, SessionConfig, SessionEvent, Terms,
};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep_until};

use crate::receiving::{Arrivals, Verdict};
use crate::tokio_driver::{Driver, seed};

/// How long a connection may be there without a request for the session.
const STRANGER: Duration = Duration::from_secs(30);

/// What all connections share.
pub(super) struct Shared {
    pub(super) uri: MsrpUri,
    pub(super) folder: Arc<Path>,
    pub(super) max_size: Option<u64>,
    pub(super) config: Arc<Config>,
    /// Lines to print.
    pub(super) told: Sender<String>,
}

/// What became of a connection.
#[derive(Clone, Copy, Default)]
pub(super) struct Visit {
    /// The peer knew the session.
    pub(super) bound: bool,
    /// Something began to arrive, and was not stored or shown.
    pub(super) incomplete: bool,
}

/// Talks to a peer until it leaves.
pub(super) async fn receive(number: u64, stream: TcpStream, from: IpAddr, shared: Arc<Shared>) -> Visit {
    let _ = stream.set_nodelay(true);
    let Ok(seed) = seed() else {
        return Visit::default();
    };
    let now = Instant::now().into_std();
    let mut connection = Connection::new(Arc::clone(&shared.config), Link::tcp(), now, seed);
    let terms = Terms::unknown().direction(Direction::RecvOnly);
    let session = SessionConfig::new(shared.uri.clone(), Role::Passive, terms).max_size(shared.max_size);
    if connection.open(session).is_err() {
        return Visit::default();
    }
    let mut peer = Peer {
        number,
        from,
        arrivals: Arrivals::new(Arc::clone(&shared.folder)),
        shared,
        bound: false,
    };
    let mut driver = Driver::new(connection, stream);
    let patience = sleep_until(Instant::now() + STRANGER);
    tokio::pin!(patience);
    let mut sent_away = false;
    loop {
        let event = tokio::select! {
            event = driver.next() => event,
            () = &mut patience, if !(peer.bound || sent_away) => {
                sent_away = true;
                driver.connection_mut().abort();
                continue;
            }
        };
        let Some(event) = event else { break };
        for line in peer.on_event(driver.connection_mut(), event) {
            peer.tell(line).await;
        }
    }
    if peer.bound {
        peer.tell("has left".into()).await;
    }
    Visit {
        bound: peer.bound,
        incomplete: peer.arrivals.is_incomplete(),
    }
}

struct Peer {
    number: u64,
    from: IpAddr,
    shared: Arc<Shared>,
    arrivals: Arrivals,
    bound: bool,
}

impl Peer {
    async fn tell(&self, line: String) {
        // Nobody listens any more only when the program ends.
        let _ = self.shared.told.send(format!("#{} {line}", self.number)).await;
    }

    /// Returns what there is to tell.
    fn on_event(&mut self, connection: &mut Connection, event: Event) -> Vec<String> {
        match event {
            Event::Session(_, SessionEvent::Bound) => {
                self.bound = true;
                vec![format!("is here, from {}", self.from)]
            }
            Event::Incoming(id, event) => {
                let told = self.arrivals.on(id, event);
                match told.verdict {
                    Some(Verdict::Fail(receipt)) => {
                        let _ = connection.fail(receipt, Refusal::STOP_SENDING);
                    }
                    Some(Verdict::Reject(id)) => {
                        if let Some(incoming) = connection.incoming(id) {
                            incoming.reject(Refusal::STOP_SENDING);
                        }
                    }
                    // The connection says so by itself. No answer has left before this: what is confirmed is on
                    // the disk.
                    Some(Verdict::Done(_)) | None => {}
                }
                told.lines
            }
            _ => Vec::new(),
        }
    }
}
