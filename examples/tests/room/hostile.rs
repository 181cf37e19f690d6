//! Participants that speak for themselves, well or not.

use std::time::Duration;

use msrp_examples::room::{Leave, Occurrence};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Running, address, status, until, uri, within};

/// A participant without a library.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    own: String,
    room: String,
    heard: Vec<u8>,
}

impl Raw {
    /// One that knows nothing of chat rooms, but for message/cpim.
    pub(crate) async fn join(room: &Running, from: &str) -> Self {
        let token = from.bytes().map(u64::from).sum::<u64>();
        let own = format!("msrp://127.0.0.1:9/raw{token}0123456789;tcp");
        let offer = format!(
            "{from}\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=message 9 TCP/MSRP *\r\na=setup:active\r\na=accept-types:message/cpim\r\na=path:{own}\r\n"
        );
        let reply = signal(room, offer.as_bytes()).await;
        assert!(
            reply.starts_with("200 OK\r\nRoom: <sip:room@example.com>\r\n\r\n"),
            "{reply}"
        );
        let path = reply.lines().find_map(|line| line.strip_prefix("a=path:"));
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut raw = Self {
            stream: socket.connect(room.media).await.unwrap(),
            own,
            room: path.unwrap().into(),
            heard: Vec::new(),
        };
        raw.write(&raw.frame("first123", "Message-ID: first123\r\n", "$"))
            .await;
        raw
    }

    /// A SEND.
    pub(crate) fn frame(&self, id: &str, rest: &str, flag: &str) -> String {
        let (to, from) = (&self.room, &self.own);
        format!("MSRP {id} SEND\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\n{rest}-------{id}{flag}\r\n")
    }

    pub(crate) async fn write(&mut self, octets: &str) {
        self.stream.write_all(octets.as_bytes()).await.unwrap();
    }

    #[track_caller]
    pub(crate) fn hears(&mut self, wanted: &str) -> impl Future<Output = ()> {
        within(async move {
            let mut seen = 0;
            loop {
                let found = self.heard[seen..].windows(wanted.len());
                if found.into_iter().any(|window| window == wanted.as_bytes()) {
                    return;
                }
                seen = self.heard.len().saturating_sub(wanted.len());
                let len = self.stream.read_buf(&mut self.heard).await.unwrap();
                assert!(len > 0, "no {wanted:?} before the end");
            }
        })
    }

    pub(crate) fn has_heard(&self, wanted: &str) -> bool {
        String::from_utf8_lossy(&self.heard).contains(wanted)
    }

    /// Reads what there is until something holds.
    pub(crate) async fn reads_until(&mut self, condition: impl Fn() -> bool) {
        within(async {
            while !condition() {
                assert!(self.stream.read_buf(&mut self.heard).await.unwrap() > 0);
            }
        })
        .await;
    }

    /// Waits for the end of the connection.
    async fn ends(&mut self) {
        // Reset or not: it is over.
        within(async {
            while self
                .stream
                .read_buf(&mut self.heard)
                .await
                .is_ok_and(|len| len > 0)
            {}
        })
        .await;
    }
}

/// What signalling says to something.
async fn signal(room: &Running, octets: &[u8]) -> String {
    let mut stream = TcpStream::connect(room.at).await.unwrap();
    let mut reply = Vec::new();
    // One that is told early that it is too long may find the connection reset.
    let _ = stream.write_all(octets).await;
    let _ = stream.shutdown().await;
    let _ = within(stream.read_to_end(&mut reply)).await;
    String::from_utf8(reply).unwrap()
}

/// One that knows nothing of chat rooms is told that it is in one (RFC 7701 §11), and gets no private messages
/// (RFC 7701 §6.2).
#[tokio::test]
async fn an_unaware_participant() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let mut old = Raw::join(&room, "From: <sip:old@example.com>").await;
    old.hears("This is a chat room").await;
    old.hears("Here are: sip:alice@example.com.").await;
    alice.hears("sip:old@example.com has joined.").await;
    assert_eq!(status(alice.whisper(&uri("old"), "psst").await), 428);
    alice.say("hello").await.unwrap();
    old.hears("hello").await;
}

/// What is not MSRP ends the connection that it came on, and no other.
#[tokio::test]
async fn garbage() {
    let mut room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let bob = room.join("bob").await;
    let mut raw = Raw::join(&room, "From: <sip:mallory@example.com>").await;
    alice.hears("sip:mallory@example.com has joined.").await;
    raw.write(&"\u{1b}[2J no MSRP\r\n\0".repeat(10_000)).await;
    raw.ends().await;
    let left = Occurrence::Left(address(&uri("mallory")), Leave::Unintelligible);
    room.happens(|found| *found == left).await;
    bob.say("still here").await.unwrap();
    alice.hears("sip:mallory@example.com has left.").await;
    alice.hears("still here").await;
    assert_eq!(room.handle.sessions(), 2);
    // And where there is no session at all.
    let mut stranger = TcpStream::connect(room.media).await.unwrap();
    stranger.write_all(&[b'\r'; 100_000]).await.unwrap();
    let mut nothing = Vec::new();
    let _ = within(stranger.read_to_end(&mut nothing)).await;
    assert!(nothing.is_empty());
    alice.say("and here").await.unwrap();
}

/// One that goes in the middle of a message leaves nothing: not in the room, and not at the others.
#[tokio::test]
async fn leaving_in_mid_message() {
    let mut room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let bob = room.join("bob").await;
    let mut raw = Raw::join(&room, "From: <sip:mallory@example.com>").await;
    alice.hears("sip:mallory@example.com has joined.").await;
    let head = "From: <sip:mallory@example.com>\r\nTo: <sip:room@example.com>\r\n\r\n\
                Content-Type: text/plain\r\n\r\nhalf a message";
    let (len, total) = (head.len(), head.len() + 5000);
    let rest = format!(
        "Message-ID: half5678\r\nByte-Range: 1-{len}/{total}\r\nContent-Type: message/cpim\r\n\r\n{head}\r\n"
    );
    raw.write(&raw.frame("half5678", &rest, "+")).await;
    raw.hears("MSRP half5678 200").await;
    drop(raw);
    let left = Occurrence::Left(address(&uri("mallory")), Leave::Gone);
    room.happens(|found| *found == left).await;
    until(|| room.handle.sessions() == 2 && room.handle.waiting() == 0).await;
    bob.say("the end").await.unwrap();
    alice.hears("the end").await;
    assert_eq!(alice.messages(), [(uri("bob"), false, "the end".to_owned())]);
}

/// A message that its sender sends again, not knowing that it has arrived (RFC 4975 §5.4), is passed on once.
#[tokio::test]
async fn the_same_message_twice() {
    let room = Running::plain().await;
    let mut alice = room.join("alice").await;
    let mut raw = Raw::join(&room, "From: <sip:old@example.com>").await;
    let mut send = async |id: &str, message: &str, text: &str| {
        let body = format!(
            "From: <sip:old@example.com>\r\nTo: <sip:room@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\n{text}"
        );
        let len = body.len();
        let rest = format!(
            "Message-ID: {message}\r\nByte-Range: 1-{len}/{len}\r\nContent-Type: message/cpim\r\n\r\n{body}\r\n"
        );
        raw.write(&raw.frame(id, &rest, "$")).await;
        raw.hears(&format!("MSRP {id} 200")).await;
    };
    send("transact1", "message1", "once").await;
    send("transact2", "message1", "once").await;
    send("transact3", "message2", "the end").await;
    alice.hears("the end").await;
    let expected = ["once", "the end"].map(|text| (uri("old"), false, text.to_owned()));
    assert_eq!(alice.messages(), expected);
}

/// Nor is one that was refused told of success when it is sent again under its Message-ID.
#[tokio::test]
async fn a_refused_message_twice() {
    let room = Running::plain().await;
    let mut raw = Raw::join(&room, "From: <sip:old@example.com>").await;
    let body = "From: <sip:old@example.com>\r\nTo: <sip:nobody@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nhm";
    let len = body.len();
    let rest = format!(
        "Message-ID: message1\r\nByte-Range: 1-{len}/{len}\r\nContent-Type: message/cpim\r\n\r\n{body}\r\n"
    );
    for id in ["transact1", "transact2"] {
        raw.write(&raw.frame(id, &rest, "$")).await;
        raw.hears(&format!("MSRP {id} ")).await;
        assert!(raw.has_heard(&format!("MSRP {id} 404")), "{id}");
    }
}

/// One that joins and never connects is not waited for, and nobody is told that it is there.
#[tokio::test]
async fn one_that_never_comes() {
    let mut room = Running::new(|options| msrp_examples::room::ServerOptions {
        plain: true,
        wait: Duration::from_secs(2),
        ..options
    })
    .await;
    let offer = "From: <sip:ghost@example.com>\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n\
                 t=0 0\r\nm=message 9 TCP/MSRP *\r\na=setup:active\r\na=accept-types:message/cpim\r\n\
                 a=path:msrp://127.0.0.1:9/ghost0123456789;tcp\r\n";
    assert!(signal(&room, offer.as_bytes()).await.starts_with("200 OK\r\n"));
    let mut alice = room.join("alice").await;
    assert_eq!(room.handle.sessions(), 2);
    alice.hears("Nobody else is here.").await;
    let left = Occurrence::Left(address(&uri("ghost")), Leave::NeverCame);
    room.happens(|found| *found == left).await;
    assert_eq!(room.handle.sessions(), 1);
}

/// What is not signalling is answered so, and costs nothing.
#[tokio::test]
async fn hostile_signalling() {
    let room = Running::plain().await;
    let offer = |types: &str| {
        format!(
            "From: <sip:a@example.com>\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=message 9 TCP/MSRP *\r\na=setup:active\r\na=accept-types:{types}\r\n\
             a=path:msrp://127.0.0.1:9/a0123456789;tcp\r\n"
        )
    };
    let cases = [
        (Vec::new(), "400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), "400"),
        (b"From: nobody\r\n\r\nv=0\r\n".to_vec(), "400"),
        (b"From: <sip:a@example.com>\r\n\r\n".to_vec(), "400"),
        (
            b"From: <sip:a@example.com>\r\nFrom: <sip:b@example.com>\r\n\r\n".to_vec(),
            "400",
        ),
        (b"From: \xff\r\n\r\n".to_vec(), "400"),
        (
            b"From: <sip:a@example.com>\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n".to_vec(),
            "488",
        ),
        // A room takes message/cpim, and who joins has to (RFC 7701 §5.2).
        (offer("text/plain").into_bytes(), "488"),
    ];
    for (octets, expected) in cases {
        let reply = signal(&room, &octets).await;
        assert!(
            reply.starts_with(expected),
            "{:?}: {reply}",
            String::from_utf8_lossy(&octets)
        );
    }
    signal(&room, &vec![b'x'; 4 << 20]).await;
    assert_eq!(room.handle.sessions(), 0);
    room.join("alice").await;
}
