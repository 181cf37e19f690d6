//! Sessions hold one another back where they must, and nowhere else.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use msrp_examples::tokio_driver::{News, Session, StreamError};
use msrp_proto::{Body, Config, IncomingEvent, Message, ReceiveFailure, SendFailure};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::timeout;

use crate::sockets::{content, is_content, octet_stream};
use crate::support::{connecting, listening, message, open, text, within};

/// The endless content, and how much of it was read.
#[derive(Clone, Default)]
struct Source {
    read: Arc<AtomicU64>,
    /// Where it fails.
    fails: Option<u64>,
    /// Where it ends.
    ends: Option<u64>,
}

impl AsyncRead for Source {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let at = self.read.load(Ordering::Relaxed);
        if self.fails.is_some_and(|fails| fails <= at) {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        let left = self.ends.map_or(u64::MAX, |ends| ends - at);
        let octets = content(
            at,
            room.remaining().min(usize::try_from(left).unwrap_or(usize::MAX)),
        );
        room.put_slice(&octets);
        self.read.fetch_add(octets.len() as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

fn file(len: Option<u64>) -> Message {
    Message::new(octet_stream(), Body::streamed(len))
}

/// Takes a long message to its end.
async fn take_file(session: &mut Session) -> Result<u64, ReceiveFailure> {
    let mut received = 0;
    loop {
        match session.next().await.unwrap() {
            News::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
                assert_eq!(offset, received);
                assert!(is_content(offset, &data), "at {offset}");
                received += data.len() as u64;
            }
            News::Incoming(_, IncomingEvent::Finished { len, .. }) => {
                assert_eq!(len, received);
                return Ok(len);
            }
            News::Incoming(_, IncomingEvent::Aborted(why)) => return Err(why),
            _ => {}
        }
    }
}

/// Nobody takes what a session receives: the file at the other end is not read any further. Then somebody does.
#[tokio::test]
async fn file_for_a_slow_consumer() {
    const LEN: u64 = 64 << 20;
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let source = Source::default();
    let read = Arc::clone(&source.read);
    let sent = tokio::spawn(async move {
        let sent = active.sender().send_from(file(Some(LEN)), source).await;
        (active, sent)
    });
    // The buffers of the system hold some MiB of loopback.
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = read.load(Ordering::Relaxed);
        if now > 0 && std::mem::replace(&mut before, now) == now {
            break;
        }
    }
    assert!(before < LEN / 2, "{before}");

    let taken = within(Duration::from_secs(20), take_file(&mut passive)).await;
    assert_eq!(taken, Ok(LEN));
    let (_active, sent) = within(Duration::from_secs(5), sent).await.unwrap();
    sent.unwrap();
    assert_eq!(read.load(Ordering::Relaxed), LEN);
}

/// Both ways at once, far more than all buffers hold.
#[tokio::test]
async fn files_both_ways() {
    const LEN: u64 = 64 << 20;
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, passive) = open("a", &client, &server).await;
    let end = async |mut session: Session| {
        let sender = session.sender().clone();
        let (sent, taken) = tokio::join!(
            sender.send_from(file(Some(LEN)), Source::default()),
            take_file(&mut session)
        );
        sent.unwrap();
        assert_eq!(taken, Ok(LEN));
        session
    };
    let both = async { tokio::join!(end(active), end(passive)) };
    within(Duration::from_secs(60), both).await;
}

/// Texts go on until everything on the way is full, then `send` waits.
#[tokio::test]
async fn texts_for_a_slow_consumer() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let body = "x".repeat(64 * 1024);
    let mut deliveries = Vec::new();
    loop {
        let send = active.send(text(body.clone()));
        match timeout(Duration::from_millis(300), send).await {
            Ok(delivery) => deliveries.push(delivery.unwrap()),
            Err(_) => break,
        }
        assert!(deliveries.len() < 1000);
    }
    assert!(deliveries.len() >= 32, "{}", deliveries.len());
    for number in 0..deliveries.len() {
        let taken = within(Duration::from_secs(5), message(&mut passive)).await;
        assert_eq!(taken.unwrap().len(), body.len(), "{number}");
    }
    for delivery in deliveries {
        within(Duration::from_secs(5), delivery.outcome()).await.unwrap();
    }
}

/// Two applications that answer every message before they take the next do not wait for one another.
#[tokio::test]
async fn echo() {
    const TEXTS: usize = 5000;
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (mut active, mut passive) = open("a", &client, &server).await;
    let echo = tokio::spawn(async move {
        while let Some(body) = message(&mut passive).await {
            let _ = passive
                .send(Message::new("text/plain".parse().unwrap(), body))
                .await
                .unwrap();
        }
    });
    let sender = active.sender().clone();
    let send = async {
        for number in 0..TEXTS {
            let _ = sender.send(text(number.to_string())).await.unwrap();
        }
    };
    let take = async {
        for number in 0..TEXTS {
            assert_eq!(message(&mut active).await.unwrap(), number.to_string());
        }
    };
    within(Duration::from_secs(20), async { tokio::join!(send, take) }).await;
    drop(active);
    drop(client);
    within(Duration::from_secs(5), echo).await.unwrap();
}

#[tokio::test]
async fn bodies_that_are_not_what_was_announced() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let sender = active.sender().clone();
    const LEN: u64 = 4 << 20;

    // Fewer octets than announced.
    let short = Source {
        ends: Some(LEN / 2),
        ..Source::default()
    };
    let (sent, taken) = tokio::join!(sender.send_from(file(Some(LEN)), short), take_file(&mut passive));
    assert!(
        matches!(sent, Err(StreamError::Failed(SendFailure::Aborted))),
        "{sent:?}"
    );
    assert_eq!(taken, Err(ReceiveFailure::PeerAborted));

    // More octets are none of its business.
    let (sent, taken) = tokio::join!(
        sender.send_from(file(Some(LEN)), Source::default()),
        take_file(&mut passive)
    );
    assert!(sent.is_ok(), "{sent:?}");
    assert_eq!(taken, Ok(LEN));

    // It cannot be read.
    let broken = Source {
        fails: Some(LEN / 2),
        ..Source::default()
    };
    let (sent, taken) = tokio::join!(sender.send_from(file(Some(LEN)), broken), take_file(&mut passive));
    assert!(matches!(sent, Err(StreamError::Read(_))), "{sent:?}");
    assert_eq!(taken, Err(ReceiveFailure::PeerAborted));

    // The sender has lost interest.
    let sending = timeout(
        Duration::from_millis(50),
        sender.send_from(file(Some(1 << 40)), Source::default()),
    );
    let (sent, taken) = tokio::join!(sending, take_file(&mut passive));
    assert!(sent.is_err());
    assert_eq!(taken, Err(ReceiveFailure::PeerAborted));

    // Of unknown length.
    let unknown = Source {
        ends: Some(300_000),
        ..Source::default()
    };
    let (sent, taken) = tokio::join!(sender.send_from(file(None), unknown), message(&mut passive));
    assert!(sent.is_ok(), "{sent:?}");
    let taken = taken.unwrap();
    assert_eq!(taken.len(), 300_000);
    assert!(is_content(0, &taken));
}
