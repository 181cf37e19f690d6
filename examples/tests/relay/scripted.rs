//! A relay that answers AUTH, and otherwise shows what it gets.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use msrp_examples::tls::Identity;
use msrp_examples::tokio_driver::{Endpoint, Options, Relayed};
use msrp_proto::wire::digest::{AuthenticationInfo, Authorization, Challenge, Credentials};
use msrp_proto::wire::{HostName, MsrpUri};
use msrp_proto::{Config, RelayConfig};
use msrp_sdp::{Ids, Local, LocalSession};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What relays and clients know.
pub(crate) fn credentials() -> Credentials {
    Credentials::new("alice", "open sesame").unwrap()
}

/// A relay with a certificate for `localhost`, which asks clients for theirs.
pub(crate) struct Relay {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    authority: CertifiedIssuer<'static, KeyPair>,
    pub(crate) roots: Arc<RootCertStore>,
}

/// A connection to it.
pub(crate) struct Link {
    stream: TlsStream<TcpStream>,
    read: Vec<u8>,
    answered: usize,
}

impl Relay {
    pub(crate) async fn new() -> Self {
        Self::named("localhost").await
    }

    /// One that has a certificate for another name.
    pub(crate) async fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).unwrap();
        let roots = Arc::new(roots);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();

        let provider = Arc::new(ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![certificate.into()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
            acceptor: Arc::new(config).into(),
            authority,
            roots,
        }
    }

    /// An endpoint that has a certificate for peers, of the same authority.
    pub(crate) async fn endpoint(&self, config: Config) -> Endpoint {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["client.example.com".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let identity = Identity::new(vec![certificate.into()], key.into()).unwrap();
        let options = Options::default().identity(identity);
        Endpoint::bind_with(config, &[], options).await.unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Where AUTH goes.
    pub(crate) fn uri(&self) -> MsrpUri {
        format!("msrps://localhost:{};tcp", self.port()).parse().unwrap()
    }

    /// The URI that stands for a session.
    pub(crate) fn given(&self, name: &str) -> String {
        format!("msrps://localhost:{}/{name};tcp", self.port())
    }

    pub(crate) async fn accept(&self) -> Link {
        let (stream, _) = within(self.listener.accept()).await.unwrap();
        Link {
            stream: within(self.acceptor.accept(stream)).await.unwrap(),
            read: Vec::new(),
            answered: 0,
        }
    }

    /// Takes connections of those who do not trust it.
    pub(crate) async fn refused(&self) {
        loop {
            let (stream, _) = self.listener.accept().await.unwrap();
            let accepted = self.acceptor.accept(stream).await;
            assert!(accepted.is_err(), "trusted");
        }
    }

    /// Whether nobody connects for a while.
    pub(crate) async fn is_left_alone(&self) -> bool {
        let wait = Duration::from_millis(100);
        timeout(wait, self.listener.accept()).await.is_err()
    }
}

impl Link {
    /// Whether the client has shown a certificate.
    pub(crate) fn has_certificate(&self) -> bool {
        self.stream.get_ref().1.peer_certificates().is_some()
    }

    /// The name that the client has asked for.
    pub(crate) fn server_name(&self) -> Option<&str> {
        self.stream.get_ref().1.server_name()
    }

    /// The next request or response; `None` at the end.
    pub(crate) async fn frame(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.end() {
                let rest = self.read.split_off(end);
                let frame = std::mem::replace(&mut self.read, rest);
                return Some(String::from_utf8(frame).unwrap());
            }
            if self.stream.read_buf(&mut self.read).await.unwrap() == 0 {
                assert!(self.read.is_empty());
                return None;
            }
        }
    }

    /// Fails if there is none soon.
    pub(crate) async fn expect(&mut self, start: &str) -> String {
        let frame = within(self.frame()).await.expect("a frame");
        let (_, line) = frame.split_once(' ').unwrap();
        let (_, line) = line.split_once(' ').unwrap();
        assert!(line.starts_with(start), "{frame}");
        frame
    }

    /// Whether nothing comes for a while.
    pub(crate) async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(100), self.frame()).await.is_err()
    }

    pub(crate) async fn write(&mut self, octets: &str) {
        self.stream.write_all(octets.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Answers a request.
    pub(crate) async fn answer(&mut self, request: &str, status: &str, headers: &str) {
        let tid = request.split(' ').nth(1).unwrap();
        let to = value(request, "From-Path").split(' ').next().unwrap();
        let from = value(request, "To-Path").split(' ').next().unwrap();
        let answer = format!(
            "MSRP {tid} {status}\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n{headers}-------{tid}$\r\n"
        );
        self.write(&answer).await;
    }

    /// Answers AUTH until the client has shown that it knows the password, and gives it a URI for so many seconds. How
    /// often it was asked.
    pub(crate) async fn grant(&mut self, uri: &str, seconds: u64) -> usize {
        for asked in 1.. {
            let request = self.expect("AUTH\r\n").await;
            let to: MsrpUri = value(&request, "To-Path").parse().unwrap();
            if request.contains("\r\nAuthorization: ") {
                let authorization =
                    Authorization::parse(value(&request, "Authorization").as_bytes()).unwrap();
                assert!(authorization.is_by(&credentials(), to.as_ref()));
                let info = AuthenticationInfo::new(&authorization, &credentials(), to.as_ref());
                let headers =
                    format!("Use-Path: {uri}\r\nExpires: {seconds}\r\nAuthentication-Info: {info}\r\n");
                self.answer(&request, "200 OK", &headers).await;
                return asked;
            }
            self.answered += 1;
            let challenge = Challenge::new("localhost", &format!("nonce{}", self.answered)).unwrap();
            let headers = format!("WWW-Authenticate: {challenge}\r\n");
            self.answer(&request, "401 Unauthorized", &headers).await;
        }
        unreachable!("it has returned")
    }

    /// Octets that come, or how it ends.
    pub(crate) async fn read(&mut self) -> io::Result<usize> {
        self.stream.read(&mut [0; 64]).await
    }

    /// Closes the connection.
    pub(crate) async fn close(mut self) {
        self.stream.shutdown().await.unwrap();
    }

    fn end(&self) -> Option<usize> {
        let read = str::from_utf8(&self.read).unwrap();
        let tid = read.strip_prefix("MSRP ")?.split(' ').next()?;
        let end = format!("\r\n-------{tid}");
        Some(read.find(&end)? + end.len() + "$\r\n".len()).filter(|end| *end <= read.len())
    }
}

/// The value of a header.
pub(crate) fn value<'a>(frame: &'a str, name: &str) -> &'a str {
    let mut lines = frame.split("\r\n");
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .expect(name)
}

/// Fails instead of hanging.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), work).await.expect("in time")
}

/// A session that has no relays yet.
pub(crate) fn session(name: &str, local: impl FnOnce(Local) -> Local) -> LocalSession {
    let host: HostName = format!("{name}.example.com").parse().unwrap();
    let mut seed = [0; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    local(Local::connecting(host).by_name(true))
        .open(&mut Ids::seeded(seed))
        .unwrap()
}

/// A session behind the relay, for the first path that is asked for.
pub(crate) async fn behind(
    relay: &Relay,
    endpoint: &Endpoint,
    name: &str,
    local: impl FnOnce(Local) -> Local,
) -> (Link, Relayed, LocalSession) {
    let session = session(name, local);
    let (uri, asked) = (relay.given(name), asking(relay, &session));
    let granted = async {
        let mut link = relay.accept().await;
        link.grant(&uri, 100_000).await;
        link
    };
    let asked = endpoint.authorize(asked, relay.roots.clone());
    let (relayed, link) = within(async { tokio::join!(asked, granted) }).await;
    let relayed = relayed.unwrap();
    let session = session.with_relays(relayed.path().clone()).unwrap();
    (link, relayed, session)
}

pub(crate) fn asking(relay: &Relay, session: &LocalSession) -> RelayConfig {
    RelayConfig::new(session.uri().clone(), relay.uri()).credentials(credentials())
}
