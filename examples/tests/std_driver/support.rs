//! Sockets with small buffers, sessions over them, and contents that can be checked wherever they are cut.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_examples::std_driver::seed;
use msrp_proto::wire::{MsrpUri, Path};
use msrp_proto::{Config, Connection, Link, MediaType, Role, SessionConfig, SessionId, Terms};
use socket2::{Domain, Socket, Type};

/// Less than one buffer of the connection and its read buffer: whoever writes too much waits.
const SOCKET_BUFFER: usize = 16 * 1024;

/// Two ends of one connection: the one that connected, the one that was connected to.
pub(crate) fn sockets() -> (TcpStream, TcpStream) {
    let listener = socket();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listener.bind(&any.into()).unwrap();
    listener.listen(1).unwrap();
    let listener = TcpListener::from(listener);
    let active = socket();
    active.connect(&listener.local_addr().unwrap().into()).unwrap();
    let (passive, _) = listener.accept().unwrap();
    (active.into(), passive)
}

/// Buffers are inherited by accepted sockets, and must be set before the window is agreed upon.
fn socket() -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_send_buffer_size(SOCKET_BUFFER).unwrap();
    socket.set_recv_buffer_size(SOCKET_BUFFER).unwrap();
    // The segments of loopback are larger than such buffers; Linux leaves a sender that waits for room for a
    // whole one to timers of 200 ms.
    #[cfg(target_os = "linux")]
    socket.set_tcp_mss(1400).unwrap();
    socket
}

pub(crate) const ALICE: &str = "msrp://127.0.0.1:7654/jshA7weztas;tcp";
pub(crate) const BOB: &str = "msrp://127.0.0.1:12763/kjhd37s2s20w2a;tcp";

/// A connection with a session between Alice, who connects, and Bob.
pub(crate) fn connection(role: Role, config: Config) -> (Connection, SessionId) {
    let (local, remote) = match role {
        Role::Active => (ALICE, BOB),
        Role::Passive => (BOB, ALICE),
    };
    let local: MsrpUri = local.parse().unwrap();
    let remote: Path = remote.parse().unwrap();
    let mut connection = Connection::new(Arc::new(config), Link::tcp(), Instant::now(), seed().unwrap());
    let session = connection
        .open(SessionConfig::new(local, role, Terms::new(remote)))
        .unwrap();
    (connection, session)
}

pub(crate) fn octet_stream() -> MediaType {
    MediaType::new("application", "octet-stream").unwrap()
}

/// An odd length, so that no cut by powers of two repeats.
const PERIOD: usize = 65_537;

static PATTERN: LazyLock<Bytes> = LazyLock::new(|| {
    let mut state = 1u32;
    (0..2 * PERIOD)
        .map(|at| {
            if at == PERIOD {
                state = 1;
            }
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
});

/// Up to `max` octets of the endless content, from `offset` on.
pub(crate) fn content(offset: u64, max: usize) -> Bytes {
    let at = (offset % PERIOD as u64) as usize;
    PATTERN.slice(at..at + max.min(PERIOD))
}

/// Whether those octets are the content from `offset` on.
pub(crate) fn is_content(mut offset: u64, mut octets: &[u8]) -> bool {
    while !octets.is_empty() {
        let (now, later) = octets.split_at(octets.len().min(PERIOD));
        if now != content(offset, now.len()) {
            return false;
        }
        (offset, octets) = (offset + now.len() as u64, later);
    }
    true
}

/// Runs on a thread of its own, and fails instead of hanging.
pub(crate) fn within<T: Send + 'static>(wait: Duration, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    let worker = thread::spawn(move || {
        let _ = done.send(work());
    });
    match result.recv_timeout(wait) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("not done within {wait:?}"),
        Err(RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => unreachable!("done without a result"),
        },
    }
}
