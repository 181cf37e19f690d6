//! Certificates of all kinds, sessions of `msrps`, and drivers that run one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msrp_examples::std_driver::{Driver, Ended, seed};
use msrp_examples::tls::{Identity, Layer, TlsError, Trust};
use msrp_proto::wire::MsrpUri;
use msrp_proto::{
    Config, Connection, ConnectionError, Event, Host, Inbox, Link, MediaType, Message, OutgoingEvent, Role,
    SessionConfig, SessionEvent, Target, Terms,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::sign::CertifiedKey;

/// Where nobody has to connect to: the sockets are made by the tests.
pub(crate) const ALICE: &str = "msrps://alice.example.com:7654/jshA7weztas;tcp";
pub(crate) const BOB: &str = "msrps://bob.example.com:12763/kjhd37s2s20w2a;tcp";

/// A text that must not be seen where it does not belong.
pub(crate) const SECRET: &str = "For your eyes only";

/// Authorities, as they are few in the world.
pub(crate) struct TestAuthority(CertifiedIssuer<'static, KeyPair>);

impl TestAuthority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        Arc::new(roots)
    }

    /// A certificate for a name or an address.
    pub(crate) fn issue(&self, name: &str) -> Shown {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        Shown::new(params.signed_by(&key, &self.0).unwrap().into(), &key)
    }

    /// One that was valid once.
    pub(crate) fn expired(&self, name: &str) -> Shown {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        Shown::new(params.signed_by(&key, &self.0).unwrap().into(), &key)
    }

    /// Trust in whoever has a certificate for a host.
    pub(crate) fn trust(&self, host: impl Into<Host>) -> Trust {
        let (host, roots) = (host.into(), self.roots());
        Trust::Name { host, roots }
    }
}

/// A certificate, for drivers and for probes.
pub(crate) struct Shown {
    pub(crate) identity: Identity,
    pub(crate) key: Arc<CertifiedKey>,
}

impl Shown {
    fn new(certificate: rustls::pki_types::CertificateDer<'static>, key: &KeyPair) -> Self {
        let chain = vec![certificate];
        let key = || PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let identity = Identity::new(chain.clone(), key()).unwrap();
        let key = CertifiedKey::from_der(chain, key(), &ring::default_provider()).unwrap();
        Self {
            identity,
            key: Arc::new(key),
        }
    }

    pub(crate) fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        Self::new(certificate.into(), &key)
    }

    /// The certificate of somebody else, without its key.
    pub(crate) fn stolen(from: &Self) -> Arc<CertifiedKey> {
        let own = Self::self_signed().key.key.clone();
        Arc::new(CertifiedKey::new(from.key.cert.clone(), own))
    }
}

/// Trust in one certificate, octet for octet: what a fingerprint is for.
pub(crate) fn only(identity: &Identity) -> Trust {
    let certificate = identity.certificate().to_vec();
    Trust::certificate(move |shown| shown == certificate)
}

pub(crate) fn host(name: &str) -> Host {
    let uri: MsrpUri = format!("msrps://{name}:1/s;tcp").parse().unwrap();
    uri.target().unwrap().host().clone()
}

/// Bob, wherever he listens: the address is not that of his URI.
pub(crate) fn bob_at(address: SocketAddr) -> Target {
    let uri: MsrpUri = BOB.parse().unwrap();
    uri.target()
        .unwrap()
        .connect_to(address.ip(), address.port())
        .unwrap()
}

pub(crate) fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Two ends of one connection: the one that connected, the one that was connected to.
pub(crate) fn sockets() -> (TcpStream, TcpStream) {
    let (listener, address) = listener();
    let active = TcpStream::connect(address).unwrap();
    (active, listener.accept().unwrap().0)
}

static LONG: LazyLock<Bytes> =
    LazyLock::new(|| (0..1_u32 << 18).flat_map(|number| number.to_be_bytes()).collect());

/// 1 MiB, with a success report.
pub(crate) fn long() -> Message {
    let octets = MediaType::new("application", "octet-stream").unwrap();
    Message::new(octets, LONG.clone()).success_report(true)
}

pub(crate) fn is_long(octets: &[u8]) -> bool {
    octets == *LONG
}

pub(crate) fn secret() -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), SECRET)
}

/// The secret, as Alice would send it to Bob.
pub(crate) fn send_to(to: &str, from: &str) -> Vec<u8> {
    format!(
        "MSRP a786hjs2 SEND\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\nMessage-ID: 87652491\r\n\
         Byte-Range: 1-18/18\r\nContent-Type: text/plain\r\n\r\n{SECRET}\r\n-------a786hjs2$\r\n"
    )
    .into_bytes()
}

/// What an application saw of a connection with one session.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) ended: Ended,
    /// Bodies of messages.
    pub(crate) received: Vec<Bytes>,
    /// Messages that arrived, by the account of the peer.
    pub(crate) delivered: usize,
    pub(crate) bound: bool,
    /// Messages that have failed, and the session.
    pub(crate) failed: (usize, bool),
}

impl Run {
    pub(crate) fn tls_error(&self) -> Option<TlsError> {
        self.ended.error.as_ref().and_then(TlsError::of)
    }

    /// Nothing happened, but that message and session have failed for this reason.
    pub(crate) fn assert_refused(&self, reason: ConnectionError, error: &TlsError) {
        assert_eq!(self.ended.reason, reason, "{self:?}");
        assert_eq!(self.tls_error().as_ref(), Some(error), "{self:?}");
        assert!(
            self.received.is_empty() && self.delivered == 0 && !self.bound,
            "{self:?}"
        );
        assert_eq!(self.failed, (1, true), "{self:?}");
    }
}

/// Runs a connection with a session between Alice, who connects, and Bob, on which a message is sent. Alice closes
/// when hers has arrived and one of Bob has come.
pub(crate) fn run(role: Role, socket: io::Result<TcpStream>, tls: Option<Layer>, message: Message) -> Run {
    let (local, remote) = match role {
        Role::Active => (ALICE, BOB),
        Role::Passive => (BOB, ALICE),
    };
    let mut connection = Connection::new(
        Arc::new(Config::default()),
        Link::tls(),
        Instant::now(),
        seed().unwrap(),
    );
    let terms = Terms::new(remote.parse().unwrap());
    let session = SessionConfig::new(local.parse().unwrap(), role, terms);
    let session = connection.open(session).unwrap();
    connection.session(session).unwrap().send(message).unwrap();

    let mut inbox = Inbox::new(1 << 20, 1 << 24);
    let (mut received, mut delivered, mut bound, mut failed) = (Vec::new(), 0, false, (0, false));
    let mut driver = Driver::new(connection);
    if let Some(tls) = tls {
        driver = driver.secure(tls);
    }
    let ended = driver.run(socket, &mut |connection: &mut Connection, mut event: Event| {
        if let Some(message) = inbox.on(connection, &mut event) {
            received.push(message.body);
        }
        match event {
            Event::Outgoing(_, OutgoingEvent::Completed) => delivered += 1,
            Event::Outgoing(_, OutgoingEvent::Failed(_)) => failed.0 += 1,
            Event::Session(_, SessionEvent::Bound) => bound = true,
            Event::Session(_, SessionEvent::Failed(..)) => failed.1 = true,
            Event::Session(_, SessionEvent::Closed) => connection.close().unwrap(),
            _ => {}
        }
        if role == Role::Active
            && delivered == 1
            && received.len() == 1
            && let Some(session) = connection.session(session)
        {
            session.close();
        }
    });
    Run {
        ended,
        received,
        delivered,
        bound,
        failed,
    }
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
