//! Who does not read holds the other side back, and costs it no memory.

use std::time::Duration;

use msrp_proto::{Body, Config, ConnectionError, Event, Message, OutgoingEvent, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::sockets::{ALICE, BOB, content, octet_stream};
use crate::support::{driver, tcp, within};

/// What both socket buffers (the system doubles what is asked for), the body window, a buffer in the hand
/// of the driver and the events and reads of the receiver can hold, and room to spare.
const MOST: u64 = 4 << 20;

/// Sends an endless message until it is told to stop, and returns how much of it was asked for.
async fn send_without_end(stream: TcpStream, stop: impl Future<Output = ()>) -> u64 {
    let (mut driver, session) = driver(Role::Active, Config::default().in_flight(1 << 20), stream);
    let message = Message::new(octet_stream(), Body::streamed(None));
    driver
        .connection_mut()
        .session(session)
        .unwrap()
        .send(message)
        .unwrap();
    let mut asked = 0;
    tokio::pin!(stop);
    let mut stopped = false;
    loop {
        tokio::select! {
            event = driver.next() => match event {
                Some(Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max })) => {
                    asked = offset + max as u64;
                    let mut message = driver.connection_mut().outgoing(id).unwrap();
                    message.write(content(offset, max)).unwrap();
                }
                Some(Event::ConnectionLost(why)) => assert_eq!(why == ConnectionError::Aborted, stopped),
                Some(_) => {}
                None => return asked,
            },
            () = &mut stop, if !stopped => {
                stopped = true;
                driver.connection_mut().abort();
            }
        }
    }
}

#[tokio::test]
async fn peer_that_never_reads() {
    let (active, passive) = tcp();
    let started = Instant::now();
    let stop = tokio::time::sleep(Duration::from_millis(300));
    let asked = within(Duration::from_secs(20), send_without_end(active, stop)).await;
    // The driver had octets to write.
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!((1..MOST).contains(&asked), "{asked}");
    drop(passive);
}

/// What is not taken is not read. Meanwhile the driver answers: the other way is as free as before.
#[tokio::test]
async fn application_that_is_busy() {
    let (active, passive) = tcp();
    let sender = tokio::spawn(send_without_end(active, std::future::pending()));
    let (mut driver, _) = driver(Role::Passive, Config::default(), passive);
    let fill = async {
        while driver.connection().wants_input() {
            let busy = timeout(Duration::from_millis(100), driver.carry_on()).await;
            assert!(busy.is_err());
        }
    };
    within(Duration::from_secs(10), fill).await;
    // What it has read, it answers.
    assert!(
        timeout(Duration::from_millis(300), driver.carry_on())
            .await
            .is_err()
    );
    let stats = driver.connection().stats();
    assert!((1..MOST).contains(&stats.octets_received), "{stats:?}");
    assert!(stats.frames_sent > 100, "{stats:?}");
    drop(driver);
    let asked = within(Duration::from_secs(20), sender).await.unwrap();
    assert!((1..MOST).contains(&asked), "{asked}");
}

fn text_message(number: usize) -> String {
    format!(
        "MSRP tid{number:06} SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\nMessage-ID: mid{number:06}\r\n\
         Byte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------tid{number:06}$\r\n"
    )
}

/// A peer that does not take its answers is not read from either: there would be ever more of them.
#[tokio::test]
async fn peer_that_takes_no_answers() {
    let (mut active, passive) = tcp();
    let (mut driver, _) = driver(
        Role::Passive,
        Config::default().in_flight(5).max_answers(10),
        passive,
    );
    let peer = tokio::spawn(async move {
        let mut sent = 0;
        while sent < 64 << 20 {
            let message = text_message(sent);
            match timeout(Duration::from_millis(300), active.write_all(message.as_bytes())).await {
                Ok(Ok(())) => sent += message.len(),
                _ => break, // held back
            }
        }
        (active, sent as u64)
    });
    let held_back = async { while driver.next().await.is_some() {} };
    tokio::select! {
        () = held_back => panic!("it has ended"),
        peer = peer => {
            let (_, sent) = peer.unwrap();
            assert!((1..MOST).contains(&sent), "{sent}");
        }
    }
}

/// The peer has said all and goes on without taking its answers: they are waited for, but not for ever.
#[tokio::test(start_paused = true)]
async fn answers_that_nobody_takes() {
    let (mut active, passive) = tokio::io::duplex(16 * 1024);
    let peer = tokio::spawn(async move {
        for number in 0..2000 {
            active.write_all(text_message(number).as_bytes()).await.unwrap();
        }
        active.shutdown().await.unwrap();
        active
    });
    let (driver, _) = driver(Role::Passive, Config::default(), passive);
    let mut driver = driver.linger(Duration::from_secs(7));
    let mut lost = None;
    while let Some(event) = driver.next().await {
        if let Event::ConnectionLost(why) = event {
            lost = Some((why, Instant::now()));
        }
    }
    let (why, at) = lost.unwrap();
    assert_eq!(why, ConnectionError::PeerClosed);
    assert_eq!(at.elapsed().as_secs(), 7);
    drop(driver);
    // What it could take without reading.
    let mut taken = Vec::new();
    peer.await.unwrap().read_to_end(&mut taken).await.unwrap();
    assert_eq!(taken.len(), 16 * 1024);
}
