//! A peer that the test plays itself, octet by octet, and a connection that it is connected to.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use msrp_examples::tokio_driver::{Driver, seed};
use msrp_proto::wire::{ContinuationFlag, Decoder, Head, Item, Limits, Method, StartLine};
use msrp_proto::{Config, Connection, Event, Inbox, Link, Received, Role, SessionConfig, SessionId, Terms};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::within;

/// The session of the connection under test, and that of the peer.
pub(crate) const OURS: &str = "msrp://127.0.0.1:9/ours-jshA7weztas;tcp";
pub(crate) const THEIRS: &str = "msrp://127.0.0.1:9/theirs-kjhd37s2s20w2a;tcp";

/// Both ends of a TCP connection.
pub(crate) async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (one, other) = tokio::join!(
        TcpStream::connect(listener.local_addr().unwrap()),
        listener.accept()
    );
    let (one, other) = (one.unwrap(), other.unwrap().0);
    for socket in [&one, &other] {
        socket.set_nodelay(true).unwrap();
    }
    (one, other)
}

/// A frame as it came.
pub(crate) struct Frame {
    pub(crate) head: Head,
    pub(crate) body: Bytes,
    pub(crate) flag: ContinuationFlag,
}

impl Frame {
    pub(crate) fn is(&self, method: &Method) -> bool {
        self.head.method() == Some(method)
    }

    /// The code of a response.
    pub(crate) fn code(&self) -> Option<u16> {
        match self.head.start_line() {
            StartLine::Response(code) => Some(code.as_u16()),
            _ => None,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.head.header(name)?;
        Some(String::from_utf8(value.to_vec()).unwrap())
    }

    pub(crate) fn range(&self) -> String {
        self.header("Byte-Range").unwrap()
    }
}

/// The peer that the test plays.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    /// What it calls itself, and whom it talks to.
    pub(crate) from: String,
    pub(crate) to: String,
    decoder: Decoder,
    input: Bytes,
}

impl Peer {
    pub(crate) fn new(stream: TcpStream, from: &str, to: &str) -> Self {
        Self {
            stream,
            from: from.into(),
            to: to.into(),
            decoder: Decoder::new(Limits::default()),
            input: Bytes::new(),
        }
    }

    /// The next frame; `None` if the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        within(self.read_frame()).await
    }

    /// Whether nothing comes for so long.
    pub(crate) async fn is_silent_for(&mut self, wait: Duration) -> bool {
        assert!(self.decoder.is_between_frames());
        self.input.is_empty()
            && tokio::time::timeout(wait, self.stream.peek(&mut [0]))
                .await
                .is_err()
    }

    async fn read_frame(&mut self) -> Option<Frame> {
        let (mut head, mut body) = (None, BytesMut::new());
        loop {
            while let Some(item) = self.decoder.decode(&mut self.input).unwrap() {
                match item {
                    Item::Head(read) => head = Some(read),
                    Item::Body(octets) => body.extend_from_slice(&octets),
                    Item::End(flag) => {
                        return Some(Frame {
                            head: head.unwrap(),
                            body: body.freeze(),
                            flag,
                        });
                    }
                    other => panic!("{other:?}"),
                }
            }
            let mut octets = vec![0; 16 * 1024];
            let len = self.stream.read(&mut octets).await.unwrap_or(0);
            if len == 0 {
                return None;
            }
            octets.truncate(len);
            self.input = octets.into();
        }
    }

    pub(crate) async fn write(&mut self, octets: impl AsRef<[u8]>) {
        within(self.stream.write_all(octets.as_ref())).await.unwrap();
    }

    /// A SEND: transaction, further headers, body with its type, flag.
    pub(crate) async fn send(
        &mut self,
        tid: &str,
        headers: &[&str],
        body: Option<(&str, &[u8])>,
        flag: char,
    ) {
        let octets = send(&self.to, &self.from, tid, headers, body, flag);
        self.write(octets).await;
    }

    /// A whole text, in one chunk.
    pub(crate) async fn text(&mut self, tid: &str, text: &str) {
        let (id, range) = (
            format!("Message-ID: id-{tid}"),
            format!("Byte-Range: 1-{0}/{0}", text.len()),
        );
        self.send(tid, &[&id, &range], Some(("text/plain", text.as_bytes())), '$')
            .await;
    }

    /// Answers a request.
    pub(crate) async fn answer(&mut self, request: &Frame, status: &str) {
        let tid = request.head.transaction_id();
        let (to, from) = (&self.to, &self.from);
        let response =
            format!("MSRP {tid} {status}\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n-------{tid}$\r\n");
        self.write(response).await;
    }
}

/// A SEND as octets.
pub(crate) fn send(
    to: &str,
    from: &str,
    tid: &str,
    headers: &[&str],
    body: Option<(&str, &[u8])>,
    flag: char,
) -> Vec<u8> {
    let mut octets = format!("MSRP {tid} SEND\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n").into_bytes();
    for header in headers {
        octets.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    if let Some((content_type, body)) = body {
        octets.extend_from_slice(format!("Content-Type: {content_type}\r\n\r\n").as_bytes());
        octets.extend_from_slice(body);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(format!("-------{tid}{flag}\r\n").as_bytes());
    octets
}

/// A connection with a session, over a socket.
pub(crate) struct Side {
    pub(crate) driver: Driver<TcpStream>,
    pub(crate) session: SessionId,
    pub(crate) inbox: Inbox,
    pub(crate) received: Vec<Received>,
    /// All events so far.
    pub(crate) events: Vec<Event>,
}

impl Side {
    pub(crate) fn new(
        stream: TcpStream,
        config: Config,
        role: Role,
        settings: impl FnOnce(SessionConfig) -> SessionConfig,
    ) -> Self {
        let mut connection = connection(config);
        let terms = Terms::new(THEIRS.parse().unwrap());
        let session = SessionConfig::new(OURS.parse().unwrap(), role, terms);
        let session = connection.open(settings(session)).unwrap();
        Self {
            driver: Driver::new(connection, stream).linger(Duration::from_millis(100)),
            session,
            inbox: Inbox::default(),
            received: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn session(&mut self) -> msrp_proto::Session<'_> {
        self.driver.connection_mut().session(self.session).unwrap()
    }

    /// Goes on until something has happened; what is in the way is kept in `events`.
    pub(crate) async fn until(&mut self, mut is_it: impl FnMut(&mut Connection, &Event) -> bool) {
        within(async {
            loop {
                let mut event = self.driver.next().await.expect("the connection has ended");
                let connection = self.driver.connection_mut();
                if let Some(message) = self.inbox.on(connection, &mut event) {
                    self.received.push(message);
                }
                let done = is_it(connection, &event);
                self.events.push(event);
                if done {
                    return;
                }
            }
        })
        .await;
    }

    /// Goes on while the peer does its part.
    pub(crate) async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            let event = tokio::select! {
                biased;
                done = &mut work => return done,
                event = self.driver.next() => event,
            };
            let Some(mut event) = event else {
                return work.await;
            };
            if let Some(message) = self.inbox.on(self.driver.connection_mut(), &mut event) {
                self.received.push(message);
            }
            self.events.push(event);
        }
    }

    /// Goes on to the end.
    pub(crate) async fn finish(&mut self) {
        within(async {
            while let Some(mut event) = self.driver.next().await {
                if let Some(message) = self.inbox.on(self.driver.connection_mut(), &mut event) {
                    self.received.push(message);
                }
                self.events.push(event);
            }
        })
        .await;
    }
}

pub(crate) fn connection(config: Config) -> Connection {
    let now = tokio::time::Instant::now().into_std();
    Connection::new(Arc::new(config), Link::tcp(), now, seed().unwrap())
}

/// A connection under test and the peer that it is connected to.
pub(crate) async fn against_peer(config: Config, role: Role) -> (Side, Peer) {
    let (ours, theirs) = sockets().await;
    (
        Side::new(ours, config, role, |session| session),
        Peer::new(theirs, THEIRS, OURS),
    )
}
