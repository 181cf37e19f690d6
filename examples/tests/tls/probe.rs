//! A peer that trusts everybody, shows any certificate, and counts what it gets.

use std::io::{self, Read, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use msrp_examples::tls::TlsError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    ServerConnection, SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Probe {
    pub(crate) version: &'static SupportedProtocolVersion,
    /// What it shows. A client may have nothing.
    pub(crate) shows: Option<Arc<CertifiedKey>>,
}

/// What a probe saw.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    /// Decrypted.
    pub(crate) octets: Vec<u8>,
    /// The name that a client asked for.
    pub(crate) server_name: Option<String>,
    /// Whether the client has shown a certificate.
    pub(crate) certificate: bool,
    pub(crate) end: Result<(), TlsError>,
}

impl Probe {
    /// Is connected to, and reads until the end.
    pub(crate) fn serve(&self, socket: TcpStream) -> Seen {
        self.read(socket, |stream, octets| stream.read_to_end(octets).map(drop))
    }

    /// Is connected to, and reads the first that comes.
    pub(crate) fn greet(&self, socket: TcpStream) -> Seen {
        self.read(socket, |stream, octets| {
            octets.resize(64, 0);
            stream.read_exact(octets)
        })
    }

    /// Has connected; sends octets as soon as it can, then reads until the end.
    pub(crate) fn call(&self, socket: TcpStream, octets: &[u8]) -> Seen {
        self.say(socket, octets, |stream, octets| {
            stream.read_to_end(octets).map(drop)
        })
    }

    /// Has connected; sends octets as soon as it can, then reads the first that comes.
    pub(crate) fn ask(&self, socket: TcpStream, octets: &[u8]) -> Seen {
        self.say(socket, octets, |stream, octets| {
            octets.resize(18, 0);
            stream.read_exact(octets)
        })
    }

    fn say(
        &self,
        socket: TcpStream,
        octets: &[u8],
        read: impl FnOnce(&mut dyn Read, &mut Vec<u8>) -> io::Result<()>,
    ) -> Seen {
        let mut stream = self.client(socket);
        // Whatever the other side says to it is in what is read.
        let _ = stream.write_all(octets).and_then(|()| stream.flush());
        let mut octets = Vec::new();
        let end = read(&mut stream, &mut octets);
        Seen {
            octets,
            server_name: None,
            certificate: stream.conn.peer_certificates().is_some(),
            end: end.map_err(tls_error),
        }
    }

    /// Has connected.
    pub(crate) fn client(&self, socket: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody));
        let config = match &self.shows {
            Some(key) => config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key.clone()))),
            None => config.with_no_client_auth(),
        };
        let name = ServerName::try_from("bob.example.com").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(connection, socket)
    }

    fn read(
        &self,
        socket: TcpStream,
        read: impl FnOnce(&mut dyn Read, &mut Vec<u8>) -> io::Result<()>,
    ) -> Seen {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_client_cert_verifier(Arc::new(Anybody))
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(self.shows.clone().unwrap())));
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, socket);
        let mut octets = Vec::new();
        let end = read(&mut stream, &mut octets);
        Seen {
            octets,
            server_name: stream.conn.server_name().map(str::to_owned),
            certificate: stream.conn.peer_certificates().is_some(),
            end: end.map_err(tls_error),
        }
    }
}

fn tls_error(error: io::Error) -> TlsError {
    TlsError::of(&error).unwrap_or_else(|| panic!("{error}"))
}

#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = ring::default_provider();
        provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Anybody {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ServerCertVerifier::supported_verify_schemes(self)
    }
}
