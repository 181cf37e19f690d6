//! P9, P12 to P16: messages that are sent, and what is heard of them.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use msrp_examples::tokio_driver::News;
use msrp_proto::wire::{ByteRange, ContinuationFlag, FailureReport, MessageId, Method, StatusCode};
use msrp_proto::{
    Body, Config, Event, IncomingEvent, Message, OutgoingEvent, OutgoingId, Role, SendErrorReason,
    SendFailure, SessionEvent,
};
use tokio::io::{AsyncRead, ReadBuf};

use crate::peer::{Frame, OURS, Peer, Side, THEIRS, against_peer, sockets};
use crate::support::{message, octet_stream, octets, parties, session, text, within};

/// What was told of a message.
fn told(side: &Side, id: OutgoingId) -> Vec<OutgoingEvent> {
    let of = |event: &Event| match event {
        Event::Outgoing(of, event) if *of == id => Some(event.clone()),
        _ => None,
    };
    side.events.iter().filter_map(of).collect()
}

fn outcomes(side: &Side, id: OutgoingId) -> Vec<OutgoingEvent> {
    let mut told = told(side, id);
    told.retain(|event| matches!(event, OutgoingEvent::Completed | OutgoingEvent::Failed(_)));
    told
}

/// A connection that connects, whose peer has answered its first request.
async fn bound(config: Config) -> (Side, Peer) {
    let (mut side, mut peer) = against_peer(config, Role::Active).await;
    let binding = async {
        let first = peer.frame().await.unwrap();
        assert!(first.body.is_empty());
        peer.answer(&first, "200 OK").await;
    };
    side.meanwhile(binding).await;
    side.until(|_, event| matches!(event, Event::Session(_, SessionEvent::Bound)))
        .await;
    (side, peer)
}

/// One outcome for each message, whatever becomes of its chunks: with its Message-ID, the code, and how much was
/// acknowledged. A timeout is no refusal.
#[tokio::test]
async fn p09_one_outcome_for_each_message() {
    let (mut side, mut peer) = bound(Config::default().transaction_timeout(Duration::from_millis(400))).await;
    let id = side
        .session()
        .send(Message::new(octet_stream(), octets(6 * 2048)))
        .unwrap();
    let message_id = side
        .driver
        .connection_mut()
        .outgoing(id)
        .unwrap()
        .message_id()
        .unwrap()
        .clone();
    // The first two chunks arrive, each of the others is refused.
    let seen = async {
        for number in 0..6 {
            let chunk = peer.frame().await.unwrap();
            assert_eq!(chunk.head.message_id().unwrap(), message_id);
            peer.answer(&chunk, if number < 2 { "200 OK" } else { "413 Enough" })
                .await;
        }
    };
    side.meanwhile(seen).await;
    let next = side.session().send(text("next")).unwrap();
    side.meanwhile(async {
        let chunk = peer.frame().await.unwrap();
        peer.answer(&chunk, "200 OK").await;
    })
    .await;
    side.until(|_, event| matches!(event, Event::Outgoing(of, OutgoingEvent::Completed) if *of == next))
        .await;
    assert_eq!(
        outcomes(&side, id),
        [OutgoingEvent::Failed(SendFailure::Refused(
            StatusCode::STOP_SENDING
        ))]
    );
    let acknowledged = told(&side, id)
        .into_iter()
        .filter_map(|event| match event {
            OutgoingEvent::Acknowledged { upto } => Some(upto),
            _ => None,
        })
        .max();
    assert_eq!(acknowledged, Some(2 * 2048));

    // Not answered: timed out, after so long, and no sooner; it is not sent again.
    let started = Instant::now();
    let id = side.session().send(text("Hello?")).unwrap();
    side.until(|_, event| matches!(event, Event::Outgoing(_, OutgoingEvent::Failed(_))))
        .await;
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(
        outcomes(&side, id),
        [OutgoingEvent::Failed(SendFailure::TimedOut)]
    );
    let chunk = side.meanwhile(peer.frame()).await.unwrap();
    assert_eq!(chunk.body, "Hello?");
    assert!(
        side.meanwhile(peer.is_silent_for(Duration::from_millis(100)))
            .await
    );
}

/// A report is an event of its own: which octets, what became of them, and what the peer adds.
#[tokio::test]
async fn p12_reports() {
    let (mut side, mut peer) = bound(Config::default()).await;
    let wish = Message::new(octet_stream(), octets(3000)).success_report(true);
    let id = side.session().send(wish).unwrap();
    side.meanwhile(async {
        let mut message_id = String::new();
        for _ in 0..2 {
            let chunk = peer.frame().await.unwrap();
            assert_eq!(chunk.header("Success-Report").as_deref(), Some("yes"));
            message_id = chunk.header("Message-ID").unwrap();
            peer.answer(&chunk, "200 OK").await;
        }
        for (tid, range, status) in [
            ("report01", "1-1000/3000", "000 200 the beginning"),
            ("report02", "1001-3000/3000", "000 200"),
        ] {
            let report = format!(
                "MSRP {tid} REPORT\r\nTo-Path: {OURS}\r\nFrom-Path: {THEIRS}\r\nMessage-ID: {message_id}\r\n\
                 Byte-Range: {range}\r\nStatus: {status}\r\n-------{tid}$\r\n"
            );
            peer.write(report).await;
        }
    })
    .await;
    side.until(|_, event| matches!(event, Event::Outgoing(_, OutgoingEvent::Completed)))
        .await;
    let reports: Vec<_> = told(&side, id)
        .into_iter()
        .filter(|event| matches!(event, OutgoingEvent::Reported { .. }))
        .collect();
    let reported = |range, comment: Option<&str>, upto| OutgoingEvent::Reported {
        range,
        status: StatusCode::OK,
        comment: comment.map(Into::into),
        upto,
    };
    assert_eq!(
        reports,
        [
            reported(
                ByteRange::new(1, Some(1000), Some(3000)),
                Some("the beginning"),
                1000
            ),
            reported(ByteRange::new(1001, Some(3000), Some(3000)), None, 3000),
        ]
    );

    // A failure, of a message that was acknowledged before.
    let wish = text("refused later")
        .failure_report(FailureReport::Yes)
        .success_report(true);
    let id = side.session().send(wish).unwrap();
    side.meanwhile(async {
        let chunk = peer.frame().await.unwrap();
        let message_id = chunk.header("Message-ID").unwrap();
        peer.answer(&chunk, "200 OK").await;
        peer.write(format!(
            "MSRP report03 REPORT\r\nTo-Path: {OURS}\r\nFrom-Path: {THEIRS}\r\nMessage-ID: {message_id}\r\n\
             Byte-Range: 1-13/13\r\nStatus: 000 403 not for you\r\n-------report03$\r\n"
        ))
        .await;
    })
    .await;
    side.until(|_, event| matches!(event, Event::Outgoing(_, OutgoingEvent::Failed(_))))
        .await;
    assert_eq!(
        outcomes(&side, id),
        [OutgoingEvent::Failed(SendFailure::Refused(StatusCode::FORBIDDEN))]
    );
    // A REPORT is not answered.
    assert!(
        side.meanwhile(peer.is_silent_for(Duration::from_millis(50)))
            .await
    );
}

/// The side that connects sends one without a body at once, unless told not to; the other side does not. Those that
/// come bind, are answered, and are no messages.
#[tokio::test]
async fn p13_requests_without_a_body() {
    let (mut side, mut peer) = against_peer(Config::default(), Role::Active).await;
    let first = side.meanwhile(peer.frame()).await.unwrap();
    assert!(first.is(&Method::Send) && first.body.is_empty() && !first.head.has_body());
    assert_eq!(first.header("Content-Type"), None);
    peer.answer(&first, "200 OK").await;
    side.until(|_, event| matches!(event, Event::Session(_, SessionEvent::Bound)))
        .await;
    assert!(
        side.events
            .iter()
            .all(|event| !matches!(event, Event::Outgoing(..)))
    );

    let silent = Config::default().immediate_send(false);
    for (config, role) in [(silent, Role::Active), (Config::default(), Role::Passive)] {
        let (mut side, mut peer) = against_peer(config, role).await;
        assert!(
            side.meanwhile(peer.is_silent_for(Duration::from_millis(150)))
                .await
        );
    }

    let (mut side, mut peer) = against_peer(Config::default(), Role::Passive).await;
    for number in 0..2 {
        let answer = async {
            let headers = [&format!("Message-ID: empty{number}")[..], "Byte-Range: 1-0/0"];
            peer.send(&format!("binding{number}"), &headers, None, '$').await;
            peer.frame().await.unwrap().code()
        };
        assert_eq!(side.meanwhile(answer).await, Some(200));
    }
    assert!(side.session().is_bound());
    let bound = |event: &&Event| matches!(event, Event::Session(_, SessionEvent::Bound));
    assert_eq!(side.events.iter().filter(bound).count(), 1);
    assert!(
        side.events
            .iter()
            .all(|event| !matches!(event, Event::Incoming(..)))
    );

    // Between two endpoints: bound without a message of either.
    let (alice, bob) = parties(true).await;
    let (mut one, mut other) = session(&alice, &bob).await;
    for session in [&mut one, &mut other] {
        let news = within(session.next()).await.unwrap();
        assert!(matches!(news, News::Session(SessionEvent::Bound)), "{news:?}");
    }
    let quiet = tokio::time::timeout(Duration::from_millis(50), other.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

/// A body that is made as it is read, and counts how much of it was.
struct Made {
    at: u64,
    len: u64,
}

impl AsyncRead for Made {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let len = (self.len - self.at).min(into.remaining() as u64) as usize;
        let made: Vec<u8> = (self.at..self.at + len as u64).map(made).collect();
        into.put_slice(&made);
        self.at += len as u64;
        Poll::Ready(Ok(()))
    }
}

fn made(at: u64) -> u8 {
    (at ^ (at >> 8) ^ (at >> 16)) as u8
}

/// One call; bodies of any length, made as they are wanted; many chunks on the way at once and none twice; progress,
/// abort, and a peer that is slow slows down who makes the body.
#[tokio::test]
async fn p14_sending() {
    // Between endpoints, 48 MiB from a reader to a reader.
    let (alice, bob) = parties(false).await;
    let (one, mut other) = session(&alice, &bob).await;
    let len = 48 << 20;
    let reading = tokio::spawn(async move {
        let mut at = 0;
        loop {
            match within(other.next()).await.unwrap() {
                News::Incoming(_, IncomingEvent::Data { offset, data, seen }) => {
                    assert_eq!((offset, seen), (at, 0));
                    assert!(data.iter().zip(at..).all(|(&octet, at)| octet == made(at)));
                    at += data.len() as u64;
                }
                News::Incoming(_, IncomingEvent::Finished { len, .. }) => return (at, len),
                News::Incoming(_, IncomingEvent::Started { .. }) | News::Session(_) => {}
                news => panic!("{news:?}"),
            }
        }
    });
    let file = Message::new(octet_stream(), Body::streamed(Some(len))).success_report(true);
    let mut body = Made { at: 0, len };
    within(one.sender().send_from(file, &mut body)).await.unwrap();
    assert_eq!(reading.await.unwrap(), (len, len));

    // A peer that answers nothing yet: many chunks come all the same, no more than may be on the way, and none again.
    let (mut side, mut peer) = bound(Config::default().in_flight(64)).await;
    let id = side
        .session()
        .send(Message::new(octet_stream(), octets(200 * 2048)))
        .unwrap();
    let mut on_the_way = Vec::new();
    let silence = async {
        for _ in 0..64 {
            on_the_way.push(peer.frame().await.unwrap());
        }
        peer.is_silent_for(Duration::from_millis(700)).await
    };
    assert!(side.meanwhile(silence).await);
    let progress = side.driver.connection_mut().outgoing(id).unwrap().progress();
    assert_eq!(
        (progress.sent, progress.acknowledged, progress.total),
        (64 * 2048, 0, Some(200 * 2048))
    );
    let rest = async {
        let mut ranges = BTreeSet::new();
        for frame in &on_the_way {
            ranges.insert(frame.range());
            peer.answer(frame, "200 OK").await;
        }
        while ranges.len() < 200 {
            let frame = peer.frame().await.unwrap();
            assert!(ranges.insert(frame.range()), "sent twice: {}", frame.range());
            peer.answer(&frame, "200 OK").await;
        }
    };
    side.meanwhile(rest).await;
    side.until(|_, event| matches!(event, Event::Outgoing(_, OutgoingEvent::Completed)))
        .await;
    let steps: Vec<_> = told(&side, id)
        .into_iter()
        .filter_map(|event| match event {
            OutgoingEvent::Acknowledged { upto } => Some(upto),
            _ => None,
        })
        .collect();
    assert!(
        steps.len() > 20 && steps.is_sorted() && steps.last() == Some(&(200 * 2048)),
        "{steps:?}"
    );

    abort_and_backpressure().await;
}

async fn abort_and_backpressure() {
    let (mut side, mut peer) = bound(Config::default().body_window(64 << 10)).await;
    // The peer reads nothing: what is asked of the application is bounded.
    let endless = Message::new(octet_stream(), Body::streamed(None));
    let id = side.session().send(endless).unwrap();
    let (mut written, mut most) = (0, 0);
    let asked = async {
        loop {
            let Some(event) = side.driver.next().await else {
                panic!()
            };
            if let Event::Outgoing(_, OutgoingEvent::BodyWanted { offset, max }) = event {
                assert_eq!(offset, written);
                most = most.max(max);
                let mut outgoing = side.driver.connection_mut().outgoing(id).unwrap();
                outgoing.write(octets(max)).unwrap();
                written += max as u64;
            }
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_millis(500), asked)
            .await
            .is_err()
    );
    // What may be on the way, and the window.
    assert!(written <= 256 * 2048 + 2 * (64 << 10), "{written}");
    assert!(written >= 64 << 10 && most <= 64 << 10, "{written}, {most}");

    // Abandoned: the peer is told by the end of a chunk, and the application by one outcome.
    side.driver.connection_mut().outgoing(id).unwrap().abort();
    let last = async {
        loop {
            let frame = peer.frame().await.unwrap();
            if frame.flag == ContinuationFlag::Aborted {
                return;
            }
            peer.answer(&frame, "200 OK").await;
        }
    };
    side.meanwhile(last).await;
    assert_eq!(outcomes(&side, id), [OutgoingEvent::Failed(SendFailure::Aborted)]);

    // With endpoints: an application that does not take its messages holds the sender back.
    let (alice, bob) = parties(false).await;
    let (one, mut other) = session(&alice, &bob).await;
    let sender = one.sender().clone();
    let sent = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&sent);
    let sending = tokio::spawn(async move {
        let mut deliveries = Vec::new();
        for _ in 0..400 {
            let message = Message::new(octet_stream(), octets(60_000));
            deliveries.push(sender.send(message).await.unwrap());
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        for delivery in deliveries {
            delivery.outcome().await.unwrap();
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let held = sent.load(std::sync::atomic::Ordering::Relaxed);
    assert!((32..390).contains(&held), "{held}");
    for _ in 0..400 {
        assert_eq!(message(&mut other).await.unwrap().body.len(), 60_000);
    }
    within(sending).await.unwrap();
}

/// The chunks of a message of 5000 octets.
async fn chunks_of(config: Config) -> Vec<Frame> {
    let (mut side, mut peer) = bound(config).await;
    side.session()
        .send(Message::new(octet_stream(), octets(5000)))
        .unwrap();
    let chunks = async {
        let mut chunks: Vec<Frame> = Vec::new();
        while chunks
            .last()
            .is_none_or(|chunk| chunk.flag == ContinuationFlag::Continued)
        {
            let chunk = peer.frame().await.unwrap();
            peer.answer(&chunk, "200 OK").await;
            chunks.push(chunk);
        }
        chunks
    };
    let chunks = side.meanwhile(chunks).await;
    let body: Vec<u8> = chunks
        .iter()
        .flat_map(|chunk| chunk.body.iter().copied())
        .collect();
    assert_eq!(body, octets(5000));
    chunks
}

/// Chunks of 2048 octets, of any other size, or one that gives way to what is short.
#[tokio::test]
async fn p15_chunks() {
    let lens = |chunks: &[Frame]| chunks.iter().map(|chunk| chunk.body.len()).collect::<Vec<_>>();
    let chunks = chunks_of(Config::default()).await;
    assert_eq!(lens(&chunks), [2048, 2048, 904]);
    let ranges: Vec<_> = chunks.iter().map(Frame::range).collect();
    assert_eq!(ranges, ["1-2048/5000", "2049-4096/5000", "4097-5000/5000"]);
    assert_eq!(
        lens(&chunks_of(Config::default().chunk_limit(Some(999))).await),
        [999, 999, 999, 999, 999, 5]
    );
    assert_eq!(
        lens(&chunks_of(Config::default().chunk_limit(Some(1 << 20))).await),
        [5000]
    );
    assert_eq!(
        lens(&chunks_of(Config::default().chunk_limit(None)).await),
        [5000]
    );

    // A long message in one chunk; a short one that comes later ends the chunk, and the rest follows.
    let (mut side, mut peer) = bound(Config::default().chunk_limit(None)).await;
    let len = 32 << 20;
    let long = side
        .session()
        .send(Message::new(octet_stream(), Body::streamed(Some(len))))
        .unwrap();
    let mut asked = 0;
    side.until(|connection, event| {
        if let Event::Outgoing(_, OutgoingEvent::BodyWanted { offset, max }) = event {
            connection
                .outgoing(long)
                .unwrap()
                .write((*offset..*offset + *max as u64).map(made).collect::<Vec<_>>())
                .unwrap();
            asked += 1;
        }
        asked == 4
    })
    .await;
    side.session().send(text("in between")).unwrap();
    let reading = tokio::spawn(async move {
        let (mut frames, mut at) = (Vec::new(), 0);
        while at < len {
            let frame = peer.frame().await.unwrap();
            if frame.head.content_type().unwrap().is("text/plain") {
                frames.push((frame.body.clone(), frame.flag));
            } else {
                assert!(frame.body.iter().zip(at..).all(|(&octet, at)| octet == made(at)));
                at += frame.body.len() as u64;
                frames.push((frame.range().into(), frame.flag));
            }
            peer.answer(&frame, "200 OK").await;
        }
        frames
    });
    side.until(|connection, event| {
        if let Event::Outgoing(_, OutgoingEvent::BodyWanted { offset, max }) = event {
            connection
                .outgoing(long)
                .unwrap()
                .write((*offset..*offset + *max as u64).map(made).collect::<Vec<_>>())
                .unwrap();
        }
        matches!(event, Event::Outgoing(id, OutgoingEvent::Completed) if *id == long)
    })
    .await;
    let frames = within(reading).await.unwrap();
    let [(first, more), (between, _), (rest, end)] = &frames[..] else {
        panic!("{frames:?}")
    };
    assert_eq!(between, "in between");
    assert_eq!(
        (*more, *end),
        (ContinuationFlag::Continued, ContinuationFlag::Complete)
    );
    assert!(first.starts_with(b"1-*/"));
    let rest = std::str::from_utf8(rest).unwrap();
    assert!(!rest.starts_with("1-"), "{rest}");
}

/// Success reports, failure reports and the Message-ID are wishes of their own; ids that are generated cannot be
/// guessed.
#[tokio::test]
async fn p16_each_wish_is_an_option() {
    let (mut side, mut peer) = bound(Config::default()).await;
    let own = MessageId::new("own-Message-ID.1").unwrap();
    for success in [false, true] {
        for (failure, written) in [
            (FailureReport::Yes, None),
            (FailureReport::Partial, Some("partial")),
            (FailureReport::No, Some("no")),
        ] {
            for id in [
                None,
                Some(format!("{}-{success}-{}", own.as_str(), written.unwrap_or("yes"))),
            ] {
                let mut wish = text("hello").success_report(success).failure_report(failure);
                if let Some(id) = &id {
                    wish = wish.message_id(MessageId::new(id).unwrap());
                }
                side.session().send(wish).unwrap();
                let frame = side.meanwhile(peer.frame()).await.unwrap();
                if failure == FailureReport::Yes {
                    peer.answer(&frame, "200 OK").await;
                }
                // The defaults of the protocol may be left out.
                let wanted = frame.header("Success-Report").unwrap_or("no".into());
                assert_eq!(wanted, if success { "yes" } else { "no" });
                let told = frame.header("Failure-Report").unwrap_or("yes".into());
                assert_eq!(told, written.unwrap_or("yes"));
                let written_id = frame.header("Message-ID").unwrap();
                match id {
                    Some(id) => assert_eq!(written_id, id),
                    None => assert!(!written_id.contains(own.as_str())),
                }
            }
        }
    }
    // The same id again is refused.
    let again = text("again").message_id(MessageId::new("own-Message-ID.1-false-yes").unwrap());
    assert_eq!(
        side.session().send(again).unwrap_err().reason,
        SendErrorReason::DuplicateId
    );

    // 2 connections, 400 ids: none twice, and none that tells of another. 16 letters and digits at least, and at no
    // place the same in all of them.
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (ours, _theirs) = sockets().await;
        let mut side = Side::new(ours, Config::default(), Role::Active, |session| session);
        for _ in 0..200 {
            let id = side.session().send(text("x")).unwrap();
            let outgoing = side.driver.connection_mut().outgoing(id).unwrap();
            ids.push(outgoing.message_id().unwrap().as_str().to_owned());
        }
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 400);
    let len = ids.iter().map(String::len).min().unwrap();
    let mut bits = 0.0;
    for at in 0..len {
        let there: BTreeSet<_> = ids.iter().map(|id| id.as_bytes()[at]).collect();
        bits += (there.len() as f64).log2();
    }
    assert!(bits >= 64.0, "{bits} bits in {:?}", ids[0]);
}
