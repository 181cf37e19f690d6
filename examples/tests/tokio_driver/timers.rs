//! Time goes by when it should, whatever else is going on.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use msrp_proto::{Config, Event, OutgoingEvent, Role, SendFailure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout};

use crate::sockets::{ALICE, BOB};
use crate::support::{driver, tcp, text, within};

/// A peer that reads and never answers.
#[tokio::test(start_paused = true)]
async fn no_response_for_30_s() {
    let (active, mut passive) = tokio::io::duplex(4096);
    tokio::spawn(async move { while passive.read(&mut [0; 1024]).await.unwrap() > 0 {} });
    let (mut driver, session) = driver(Role::Active, Config::default(), active);
    let started = Instant::now();
    let mut session = driver.connection_mut().session(session).unwrap();
    session.send(text("Are you there?")).unwrap();
    loop {
        match driver.next().await.unwrap() {
            Event::Outgoing(_, OutgoingEvent::Sent) => assert_eq!(started.elapsed(), Duration::ZERO),
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => {
                assert_eq!(why, SendFailure::TimedOut);
                break;
            }
            event => panic!("{event:?}"),
        }
    }
    let waited = started.elapsed();
    let (least, most) = (Duration::from_secs(30), Duration::from_millis(30_002));
    assert!((least..=most).contains(&waited), "{waited:?}");
}

/// The time of a transaction starts when the stream has taken its last octet, if the configuration wants so.
#[tokio::test(start_paused = true)]
async fn flushed_after_a_minute() {
    let (active, mut passive) = tokio::io::duplex(16);
    let (mut driver, session) = driver(Role::Active, Config::default().flush_reported(true), active);
    let mut session = driver.connection_mut().session(session).unwrap();
    session.send(text("Are you there?")).unwrap();
    let started = Instant::now();
    let slow = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        while passive.read(&mut [0; 1024]).await.unwrap() > 0 {}
    });
    let failed = loop {
        if let Event::Outgoing(_, OutgoingEvent::Failed(why)) = driver.next().await.unwrap() {
            break why;
        }
    };
    assert_eq!(failed, SendFailure::TimedOut);
    assert_eq!(started.elapsed().as_secs(), 90);
    drop(driver);
    slow.await.unwrap();
}

/// A peer that goes on sending while nothing else happens does not keep timers from going off.
#[tokio::test]
async fn busy_peer() {
    let (active, mut passive) = tcp();
    let config = Config::default().transaction_timeout(Duration::from_millis(100));
    let (mut driver, session) = driver(Role::Active, config, active);
    let mut session = driver.connection_mut().session(session).unwrap();
    session.send(text("Hello?")).unwrap();
    // Keep-alives of the peer, without a pause.
    tokio::spawn(async move { while passive.write_all(&[b'\r', b'\n'].repeat(1000)).await.is_ok() {} });
    let failed = async {
        loop {
            if let Event::Outgoing(_, OutgoingEvent::Failed(why)) = driver.next().await.unwrap() {
                break why;
            }
        }
    };
    assert_eq!(
        within(Duration::from_secs(10), failed).await,
        SendFailure::TimedOut
    );
}

/// There is always something to read here, and room for all that is written. Knows nothing of budgets.
#[derive(Default)]
struct Endless {
    reads: usize,
    writes: usize,
    /// Whether what there is to read wants answers.
    talks: bool,
}

impl AsyncRead for Endless {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.reads += 1;
        let octets = match (self.talks, self.reads) {
            (true, number) => format!(
                "MSRP tid{number:06} SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\n\
                 Message-ID: mid{number:06}\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n\
                 -------tid{number:06}$\r\n"
            ),
            (false, _) => "\r\n".into(),
        };
        room.put_slice(octets.as_bytes());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Endless {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.writes += 1;
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Nor does it keep other tasks of the same thread from running.
#[tokio::test]
async fn other_tasks_go_on() {
    let (mut driver, _) = driver(Role::Passive, Config::default(), Endless::default());
    assert!(timeout(Duration::from_millis(20), driver.next()).await.is_err());
    assert!(
        timeout(Duration::from_millis(20), driver.carry_on())
            .await
            .is_err()
    );
}

/// A peer that never pauses gets each answer before its next request is read.
#[tokio::test]
async fn answers_for_a_peer_without_a_pause() {
    let talkative = Endless {
        talks: true,
        ..Endless::default()
    };
    let (mut driver, _) = driver(Role::Passive, Config::default(), talkative);
    while driver.stream().reads < 1000 {
        driver.next().await.unwrap();
    }
    let writes = driver.stream().writes;
    assert!((900..=1000).contains(&writes), "{writes}");
}
