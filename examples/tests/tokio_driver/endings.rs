//! How connections end, and that nothing hangs or is lost when they do.

use std::io::ErrorKind;
use std::time::Duration;

use msrp_examples::tokio_driver::Driver;
use msrp_proto::{
    Config, ConnectionError, Event, Inbox, IncomingEvent, LinkError, OutgoingEvent, ReceiveFailure, Role,
    SendFailure, SessionEvent, SessionFailure,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

use crate::sockets::{ALICE, BOB, connection};
use crate::support::{driver, tcp, text, within};

/// All events to the end.
async fn events(driver: &mut Driver<impl AsyncRead + AsyncWrite + Unpin>) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = driver.next().await {
        events.push(event);
    }
    assert!(driver.next().await.is_none());
    events
}

/// Where to connect comes from signalling, so the application may decline. The session has failed then, and
/// asks for nothing more.
///
/// Shows: MSRP-14.5-05.
#[tokio::test]
async fn connection_that_is_declined() {
    let (mut connection, session) = connection(Role::Active, Config::default());
    connection.session(session).unwrap().send(text("Hello?")).unwrap();
    let now = Instant::now().into_std();
    connection.handle_failure(now, LinkError::Connect);
    let events: Vec<_> = std::iter::from_fn(|| connection.poll_event()).collect();
    assert!(
        matches!(
            events[..],
            [
                Event::Outgoing(_, OutgoingEvent::Failed(SendFailure::ConnectionLost)),
                Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, ..)),
                Event::ConnectionLost(ConnectionError::Link(LinkError::Connect)),
            ]
        ),
        "{events:?}"
    );
    assert!(connection.poll_transmit(now).is_none());
    assert!(connection.poll_timeout().is_none());
    assert!(connection.is_closed());
}

#[tokio::test]
async fn eof_in_the_middle_of_a_message() {
    let (mut active, passive) = tcp();
    let cut_off = format!(
        "MSRP a786hjs2 SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\nMessage-ID: 87652491\r\n\
         Byte-Range: 1-*/4096\r\nContent-Type: text/plain\r\n\r\nHey Bob, are you th"
    );
    active.write_all(cut_off.as_bytes()).await.unwrap();
    active.shutdown().await.unwrap();
    let (mut driver, _) = driver(Role::Passive, Config::default(), passive);
    let started = Instant::now();
    let events = within(Duration::from_secs(20), events(&mut driver)).await;
    // The peer has closed its side: there is nothing to linger for.
    assert!(started.elapsed() < Duration::from_secs(1));
    assert!(driver.error().is_none());
    let last = events.len() - 3;
    assert!(
        matches!(
            events[last..],
            [
                Event::Incoming(_, IncomingEvent::Aborted(ReceiveFailure::ConnectionLost)),
                Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, ..)),
                Event::ConnectionLost(ConnectionError::Truncated),
            ]
        ),
        "{events:?}"
    );
}

/// The peer has no more to say but still listens: it gets its answers, then the end.
#[tokio::test(start_paused = true)]
async fn half_closed_by_the_peer() {
    let (active, passive) = tokio::io::duplex(1000);
    let (mut answers, mut requests) = tokio::io::split(active);
    let peer = tokio::spawn(async move {
        for number in 0..100 {
            let request = format!(
                "MSRP tid{number:05} SEND\r\nTo-Path: {BOB}\r\nFrom-Path: {ALICE}\r\n\
                 Message-ID: mid{number:05}\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n\
                 -------tid{number:05}$\r\n"
            );
            requests.write_all(request.as_bytes()).await.unwrap();
        }
        requests.shutdown().await.unwrap();
        // The answers wait until it has said everything.
        let mut text = String::new();
        answers.read_to_string(&mut text).await.unwrap();
        text
    });
    let (mut driver, _) = driver(Role::Passive, Config::default(), passive);
    let events = events(&mut driver).await;
    assert!(matches!(
        events.last(),
        Some(Event::ConnectionLost(ConnectionError::PeerClosed))
    ));
    let answers = peer.await.unwrap();
    for number in 0..100 {
        assert!(answers.contains(&format!("MSRP tid{number:05} 200 OK\r\n")));
        assert!(answers.contains(&format!("-------tid{number:05}$\r\n")));
    }
}

/// Closing right behind the last message loses nothing, here or on the way.
#[tokio::test]
async fn close_drains() {
    let (active, passive) = tcp();
    let receiver = tokio::spawn(async move {
        let (mut driver, _) = driver(Role::Passive, Config::default(), passive);
        let mut inbox = Inbox::default();
        let mut texts = Vec::new();
        let mut lost = None;
        while let Some(event) = driver.next().await {
            if let Event::ConnectionLost(why) = event {
                lost = Some(why);
            }
            texts.extend(take(&mut inbox, &mut driver, event));
        }
        assert_eq!(lost, Some(ConnectionError::PeerClosed));
        texts
    });

    let (mut driver, session) = driver(Role::Active, Config::default(), active);
    let connection = driver.connection_mut();
    for number in 0..1000 {
        let mut session = connection.session(session).unwrap();
        session
            .send(text(format!("{number} {}", "x".repeat(500))))
            .unwrap();
    }
    connection.session(session).unwrap().close();
    let mut completed = 0;
    while let Some(event) = driver.next().await {
        match event {
            Event::Outgoing(_, OutgoingEvent::Completed) => completed += 1,
            Event::Session(_, SessionEvent::Closed) => driver.connection_mut().close().unwrap(),
            Event::ConnectionLost(why) => assert_eq!(why, ConnectionError::Closed),
            _ => {}
        }
    }
    assert_eq!(completed, 1000);
    assert!(driver.error().is_none());

    let texts = within(Duration::from_secs(20), receiver).await.unwrap();
    assert_eq!(texts.len(), 1000);
    for (number, text) in texts.iter().enumerate() {
        assert!(text.starts_with(format!("{number} ").as_bytes()));
    }
}

fn take<S: AsyncRead + AsyncWrite + Unpin>(
    inbox: &mut Inbox,
    driver: &mut Driver<S>,
    mut event: Event,
) -> Option<bytes::Bytes> {
    Some(inbox.on(driver.connection_mut(), &mut event)?.body)
}

/// The peer is still sending when this side has closed: it is not cut off by a reset, which could cost it
/// what was sent last.
#[tokio::test]
async fn close_while_the_peer_is_sending() {
    let (active, mut passive) = tcp();
    let peer = tokio::spawn(async move {
        let mut sent = String::new();
        while !sent.ends_with("$\r\n") {
            let mut octets = [0; 1024];
            let len = passive.read(&mut octets).await.unwrap();
            sent.push_str(std::str::from_utf8(&octets[..len]).unwrap());
        }
        let id = sent.split(' ').nth(1).unwrap();
        let answer = format!("MSRP {id} 200 OK\r\nTo-Path: {ALICE}\r\nFrom-Path: {BOB}\r\n-------{id}$\r\n");
        passive.write_all(answer.as_bytes()).await.unwrap();
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            passive.write_all(b"\r\n").await.unwrap();
        }
        assert_eq!(passive.read(&mut [0; 16]).await.unwrap(), 0);
    });
    let (mut driver, session) = driver(Role::Active, Config::default(), active);
    let mut opened = driver.connection_mut().session(session).unwrap();
    opened.send(text("Bye.")).unwrap();
    opened.close();
    let started = Instant::now();
    while let Some(event) = driver.next().await {
        if let Event::Session(_, SessionEvent::Closed) = event {
            driver.connection_mut().close().unwrap();
        }
    }
    assert!(driver.error().is_none());
    drop(driver);
    peer.await.unwrap();
    // Until the peer has closed as well, and no longer.
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn peer_that_vanishes() {
    let (active, passive) = tcp();
    let (mut driver, session) = driver(Role::Active, Config::default(), active);
    let mut opened = driver.connection_mut().session(session).unwrap();
    opened.send(text("Are you there?")).unwrap();
    socket2::SockRef::from(&passive)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    let mut passive = Some(passive);
    let mut events = Vec::new();
    while let Some(event) = driver.next().await {
        if let Event::Outgoing(_, OutgoingEvent::Sent) = event {
            passive.take(); // a reset
        } else {
            events.push(event);
        }
    }
    assert!(
        matches!(
            events[..],
            [
                Event::Outgoing(_, OutgoingEvent::Failed(SendFailure::ConnectionLost)),
                Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, ..)),
                Event::ConnectionLost(ConnectionError::Link(LinkError::Reset)),
            ]
        ),
        "{events:?}"
    );
    let kind = driver.error().unwrap().kind();
    assert!(
        matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{kind:?}"
    );
}

/// Commands come from elsewhere while the driver waits, and are carried out at once.
#[tokio::test]
async fn commands_meanwhile() {
    let (active, passive) = tcp();
    let (commands, mut commanded) = tokio::sync::mpsc::channel(1);
    let (received, mut texts) = tokio::sync::mpsc::unbounded_channel();
    let (mut alice, session) = driver(Role::Active, Config::default(), active);
    let sender = tokio::spawn(async move {
        loop {
            tokio::select! {
                event = alice.next() => if event.is_none() { break },
                Some(command) = commanded.recv() => {
                    let mut session = alice.connection_mut().session(session).unwrap();
                    match command {
                        Some(message) => drop(session.send(message).unwrap()),
                        None => alice.connection_mut().abort(),
                    }
                }
            }
        }
    });
    let (mut bob, _) = driver(Role::Passive, Config::default(), passive);
    let receiver = tokio::spawn(async move {
        let mut inbox = Inbox::default();
        while let Some(event) = bob.next().await {
            if let Some(body) = take(&mut inbox, &mut bob, event) {
                received.send(body).unwrap();
            }
        }
    });
    for number in 0..10 {
        commands.send(Some(text(number.to_string()))).await.unwrap();
        // Each one gets there while nothing else is going on.
        assert_eq!(texts.recv().await.unwrap(), number.to_string());
    }
    commands.send(None).await.unwrap();
    within(Duration::from_secs(5), sender).await.unwrap();
    within(Duration::from_secs(5), receiver).await.unwrap();
}
