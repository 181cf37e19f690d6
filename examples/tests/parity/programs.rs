//! P23: what sample programs do, in one call.
//!
//! It is done here by the library alone. A test of the programs themselves would join here: `msrp call` on both sides of
//! a pipe, of which one offers and the other answers.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use msrp_cpim::{Address, TextMessage};
use msrp_examples::tokio_driver::{News, Session};
use msrp_multipart::{Disposition, Entity, Multipart, MultipartBuilder};
use msrp_proto::{Body, IncomingEvent, Message, Received};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, ReadBuf};

use crate::support::{media_type, message, octet_stream, octets, parties, session, text, within};

const FILE: u64 = 5 << 20;

/// A reader that tells how far it is.
struct Watched<R> {
    inner: R,
    progress: Arc<AtomicU64>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Watched<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, into);
        let read = into.filled().len() - before;
        self.progress.fetch_add(read as u64, Ordering::Relaxed);
        polled
    }
}

/// In a call that an offer and an answer have set up, over TLS: texts both ways, one in message/cpim, a file with
/// progress at both sides, and a picture with a text in a multipart.
#[tokio::test]
async fn p23_a_call_with_everything() {
    let (alice, bob) = parties(true).await;
    let (mut alices, mut bobs) = session(&alice, &bob).await;

    // A text in message/cpim, and a text that answers it.
    let cpim = msrp_cpim::Message::builder()
        .from(Address::new("sip:alice@example.com").unwrap().with_name("Alice"))
        .to(Address::new("sip:bob@example.com").unwrap())
        .build(Entity::text("Hi, Bob! Here comes the file."))
        .unwrap();
    let wrapped = Message::new(media_type("message/cpim"), cpim.to_bytes()).wraps(media_type("text/plain"));
    let delivery = alices.send(wrapped.success_report(true)).await.unwrap();
    let (received, read) = read_text(&mut bobs).await;
    assert!(received.head.content_type().unwrap().is("message/cpim"));
    assert_eq!(read.text, "Hi, Bob! Here comes the file.");
    assert_eq!(read.from().and_then(Address::name), Some("Alice"));
    within(delivery.outcome()).await.unwrap();
    let delivery = bobs.send(text("Go ahead!")).await.unwrap();
    let (_, read) = read_text(&mut alices).await;
    assert_eq!((&read.text[..], read.from()), ("Go ahead!", None));
    within(delivery.outcome()).await.unwrap();

    file(&mut alices, &mut bobs).await;

    // A picture with a text.
    let picture = [b"\x89PNG\r\n\x1a\n", &octets(100_000)[..]].concat();
    let entity = Entity::new(&media_type("image/png"), picture.clone()).unwrap();
    let built = MultipartBuilder::mixed()
        .part(Entity::text("We meet here."))
        .part(
            entity
                .with_disposition(&Disposition::attachment().with_file_name("map.png"))
                .unwrap(),
        )
        .build(&mut |octets| getrandom::fill(octets).unwrap())
        .unwrap();
    let sent = Message::new(built.headers.media_type(), built.body).success_report(true);
    let delivery = bobs.send(sent).await.unwrap();
    let received = message(&mut alices).await.unwrap();
    let read = Multipart::parse(&received.head.content_type().unwrap(), &received.body).unwrap();
    assert_eq!(read.parts()[0].body(), "We meet here.");
    assert_eq!(read.parts()[1].file_name().as_deref(), Some("map.png"));
    assert_eq!(read.parts()[1].body()[..], picture);
    within(delivery.outcome()).await.unwrap();

    // The end, in good order.
    drop((alices, bobs));
    let wait = std::time::Duration::from_secs(5);
    alice.endpoint.shutdown(wait).await.unwrap();
    bob.endpoint.shutdown(wait).await.unwrap();
}

async fn read_text(session: &mut Session) -> (Received, TextMessage) {
    let received = message(session).await.unwrap();
    let content_type = received.head.content_type().unwrap();
    let read = TextMessage::read(&content_type, &received.body).unwrap();
    (received, read)
}

/// A file that is read as it is wanted, while a text overtakes it.
async fn file(alices: &mut Session, bobs: &mut Session) {
    let content: Vec<u8> = octets(FILE as usize);
    let progress = Arc::new(AtomicU64::new(0));
    let reader = Watched {
        inner: std::io::Cursor::new(content.clone()),
        progress: Arc::clone(&progress),
    };
    let disposition = Disposition::attachment()
        .with_file_name("holiday.mp4")
        .with_size(FILE);
    let sent = Message::new(octet_stream(), Body::streamed(Some(FILE)))
        .disposition(&disposition)
        .success_report(true);
    let sender = alices.sender().clone();
    let sending = tokio::spawn(async move { sender.send_from(sent, reader).await });

    let (mut hash, mut steps, mut total, mut in_between) = (Sha256::new(), Vec::new(), None, None);
    loop {
        match within(bobs.next()).await.unwrap() {
            News::Incoming(_, IncomingEvent::Started { head, .. }) => {
                assert_eq!(head.disposition().file_name().as_deref(), Some("holiday.mp4"));
                total = head.total();
            }
            News::Incoming(_, IncomingEvent::Data { offset, data, .. }) => {
                if steps.is_empty() {
                    in_between = Some(alices.send(text("It is large.")).await.unwrap());
                }
                hash.update(&data);
                // What has come is no more than was read, and the sender is not far ahead.
                let come = offset + data.len() as u64;
                assert!(progress.load(Ordering::Relaxed) >= come);
                steps.push(come);
            }
            News::Incoming(_, IncomingEvent::Finished { len, .. }) => {
                assert_eq!(len, FILE);
                break;
            }
            News::Message(received) => {
                assert_eq!(received.body, "It is large.");
                assert!(
                    steps.last().is_some_and(|&come| come < FILE),
                    "a text waits for no file"
                );
            }
            News::Session(_) => {}
            news => panic!("{news:?}"),
        }
    }
    assert_eq!(total, Some(FILE));
    assert!(steps.len() > 20 && steps.is_sorted() && steps.last() == Some(&FILE));
    assert_eq!(hash.finalize(), Sha256::digest(&content));
    within(sending).await.unwrap().unwrap();
    assert_eq!(progress.load(Ordering::Relaxed), FILE);
    within(in_between.unwrap().outcome()).await.unwrap();
}
