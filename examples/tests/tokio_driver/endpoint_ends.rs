//! How sessions and endpoints end.

use std::time::Duration;

use msrp_examples::tokio_driver::{DeadlinePassed, News};
use msrp_proto::{Config, SendErrorReason, SendFailure, SessionEvent, SessionFailure};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::support::{connecting, listening, message, open, session, text, until, within};

/// Everything that was taken has its outcome, and everything is closed.
#[tokio::test]
async fn shutdown_drains() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let taking = tokio::spawn(async move {
        let mut texts = 0;
        while let Some(body) = message(&mut passive).await {
            assert!(body.starts_with(format!("{texts} ").as_bytes()));
            texts += 1;
        }
        texts
    });
    let mut deliveries = Vec::new();
    for number in 0..500 {
        let message = text(format!("{number} {}", "x".repeat(1000)));
        deliveries.push(active.send(message).await.unwrap());
    }
    // The session that is still expected is called off.
    let (_, never) = session("never", &server);
    let mut expected = server.expect(never).unwrap();

    let started = Instant::now();
    client.shutdown(Duration::from_secs(10)).await.unwrap();
    for delivery in deliveries {
        delivery.outcome().await.unwrap();
    }
    let error = active.send(text("Too late")).await.unwrap_err();
    assert_eq!(error.reason, SendErrorReason::Closing);
    assert_eq!(within(Duration::from_secs(5), taking).await.unwrap(), 500);
    until(|| server.connection_count() == 0).await;
    server.shutdown(Duration::from_secs(5)).await.unwrap();
    assert!(expected.bound().await.is_none());
    // Nobody had to wait for a deadline, or for a peer to close its side.
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// A peer that answers nothing holds the shutdown up to its deadline.
#[tokio::test]
async fn shutdown_has_a_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut octets = Vec::new();
        let _ = socket.read_to_end(&mut octets).await; // reset or not
    });
    let client = connecting(Config::default()).await;
    let theirs: msrp_proto::wire::Path = format!("msrp://127.0.0.1:{port}/b;tcp").parse().unwrap();
    let ours = "msrp://127.0.0.1:9/a;tcp".parse().unwrap();
    let terms = msrp_proto::Terms::new(theirs);
    let session = msrp_proto::SessionConfig::new(ours, msrp_proto::Role::Active, terms);
    let mut session = client.connect(session).await.unwrap();
    let delivery = session.send(text("Hello?")).await.unwrap();
    let ended = client.shutdown(Duration::from_millis(100)).await;
    assert_eq!(ended, Err(DeadlinePassed));
    assert_eq!(delivery.outcome().await, Err(SendFailure::ConnectionLost));
    assert!(session.next().await.is_none());
    within(Duration::from_secs(5), silent).await.unwrap();
}

/// The peer is gone without a word.
#[tokio::test]
async fn peer_that_vanishes() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let (_other, mut other) = open("b", &client, &server).await;
    let delivery = active.send(text("Hello")).await.unwrap();
    delivery.outcome().await.unwrap();
    drop(client);
    assert_eq!(message(&mut passive).await.unwrap(), "Hello");
    for session in [&mut passive, &mut other] {
        let why = loop {
            match session.next().await.unwrap() {
                News::Session(SessionEvent::Failed(why, _)) => break why,
                News::Session(SessionEvent::Bound) => {}
                news => panic!("{news:?}"),
            }
        };
        assert_eq!(why, SessionFailure::ConnectionLost);
        assert!(session.next().await.is_none());
    }
    until(|| server.connection_count() == 0 && server.session_count() == 0).await;
    let error = passive.send(text("Anybody?")).await.unwrap_err();
    assert_eq!(error.reason, SendErrorReason::Closing);
}

/// Nobody waits for a session of an endpoint that is gone.
#[tokio::test]
async fn dropped_endpoint() {
    let server = listening(Config::default()).await;
    let address = server.addresses()[0];
    let (_, passive) = session("a", &server);
    let mut expected = server.expect(passive).unwrap();
    drop(server);
    let bound = within(Duration::from_secs(5), expected.bound()).await;
    assert!(bound.is_none());
    // Nor does anybody listen any more.
    let gone = async { while tokio::net::TcpStream::connect(address).await.is_ok() {} };
    within(Duration::from_secs(5), gone).await;
}

/// Whoever drops a session still delivers what was taken, and refuses what comes.
#[tokio::test]
async fn dropped_session() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, mut passive) = open("a", &client, &server).await;
    let delivery = active.send(text("Bye")).await.unwrap();
    drop(active);
    delivery.outcome().await.unwrap();
    assert_eq!(message(&mut passive).await.unwrap(), "Bye");
    until(|| client.session_count() == 0).await;
    let delivery = passive.send(text("Wait!")).await.unwrap();
    assert!(matches!(delivery.outcome().await, Err(SendFailure::Refused(_))));
}

/// Closed by one side; the other closes its own.
#[tokio::test]
async fn closed_session() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (mut active, passive) = open("a", &client, &server).await;
    active.close();
    let last = loop {
        match active.next().await.unwrap() {
            News::Session(SessionEvent::Bound) => {}
            News::Session(event) => break event,
            news => panic!("{news:?}"),
        }
    };
    assert!(matches!(last, SessionEvent::Closed));
    assert!(active.next().await.is_none());
    assert_eq!((client.session_count(), server.session_count()), (0, 1));
    drop(passive);
    until(|| server.session_count() == 0).await;
}
