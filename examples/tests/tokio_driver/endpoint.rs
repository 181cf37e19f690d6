//! Sessions of endpoints find their connections, and connections their sessions.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use msrp_examples::tokio_driver::{ConnectErrorReason, Endpoint, News, Options, Session};
use msrp_proto::wire::{MsrpUri, Path, StatusCode};
use msrp_proto::{
    Body, Config, ExpectErrorReason, IncomingEvent, MediaType, Message, Role, SessionConfig, SessionEvent,
    SessionFailure, SuccessReports, Terms,
};

use crate::support::{connecting, listening, message, open, session, text, until};

async fn failure(session: &mut Session) -> SessionFailure {
    loop {
        match session.next().await.unwrap() {
            News::Session(SessionEvent::Failed(why, _)) => {
                assert!(session.next().await.is_none());
                return why;
            }
            News::Session(SessionEvent::Closed) => panic!("closed"),
            _ => {}
        }
    }
}

/// Shows: MSRP-5.4-01 (the second session makes no connection).
#[tokio::test]
async fn many_sessions_on_one_port_and_one_connection() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let names: Vec<_> = (0..50).map(|number| format!("s{number}")).collect();
    let mut sessions = Vec::new();
    for name in &names {
        sessions.push(open(name, &client, &server).await);
    }
    assert_eq!((client.connection_count(), server.connection_count()), (1, 1));
    assert_eq!((client.session_count(), server.session_count()), (50, 50));

    for (name, (active, _)) in names.iter().zip(&sessions) {
        let _ = active.send(text(format!("to {name}"))).await.unwrap();
    }
    for (name, (active, passive)) in names.iter().zip(&mut sessions) {
        assert_eq!(message(passive).await.unwrap(), format!("to {name}"));
        let delivery = passive.send(text(format!("from {name}"))).await.unwrap();
        assert_eq!(message(active).await.unwrap(), format!("from {name}"));
        delivery.outcome().await.unwrap();
    }
    // Another host is another next hop.
    let (other, _) = session("other", &server);
    let port = server.addresses()[0].port();
    let theirs: MsrpUri = format!("msrp://localhost:{port}/other;tcp").parse().unwrap();
    let other = SessionConfig::new(
        other.local().clone(),
        Role::Active,
        Terms::new(Path::from(theirs.clone())),
    );
    let passive = Terms::new(Path::from(other.local().clone()));
    let mut expected = server
        .expect(SessionConfig::new(theirs, Role::Passive, passive))
        .unwrap();
    let _other = client.connect(other).await.unwrap();
    let _other_end = expected.bound().await.unwrap();
    assert_eq!((client.connection_count(), server.connection_count()), (2, 2));
}

#[tokio::test]
async fn two_that_connect_at_once_share_a_connection() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let ((a, a_end), (b, b_end)) = (session("a", &server), session("b", &server));
    let _ends = (server.expect(a_end).unwrap(), server.expect(b_end).unwrap());
    let (a, b) = tokio::join!(client.connect(a), client.connect(b));
    let _both = (a.unwrap(), b.unwrap());
    assert_eq!(client.connection_count(), 1);
}

/// A connection that is full is passed over, and used again when it has room.
#[tokio::test]
async fn full_connections_are_passed_over() {
    let client = connecting(Config::default().max_sessions(2)).await;
    let server = listening(Config::default()).await;
    let mut sessions = Vec::new();
    for number in 0..6 {
        sessions.push(open(&format!("s{number}"), &client, &server).await);
        assert_eq!(client.connection_count(), number / 2 + 1);
    }
    // One of the oldest connection.
    let (first, _) = sessions.remove(0);
    first.close();
    drop(first);
    until(|| client.session_count() == 5).await;
    let _more = open("more", &client, &server).await;
    assert_eq!(client.connection_count(), 3);
}

#[tokio::test]
async fn connection_refused() {
    let client = connecting(Config::default()).await;
    let server = listening(Config::default()).await;
    let (active, _) = session("a", &server);
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let theirs: MsrpUri = format!("msrp://127.0.0.1:{port}/a;tcp").parse().unwrap();
    let lonely = SessionConfig::new(
        active.local().clone(),
        Role::Active,
        Terms::new(Path::from(theirs)),
    );
    let error = client.connect(lonely.clone()).await.unwrap_err();
    assert_eq!(*error.session, lonely);
    let ConnectErrorReason::Unreachable(reason) = error.reason else {
        panic!("{error:?}")
    };
    assert_eq!(reason.kind(), ErrorKind::ConnectionRefused);
    assert_eq!((client.connection_count(), client.session_count()), (0, 0));

    // Nothing is left of it: the session can be tried again.
    let (active, passive) = session("a", &server);
    let mut expected = server.expect(passive).unwrap();
    let _active = client.connect(active).await.unwrap();
    assert!(expected.bound().await.is_some());
}

#[tokio::test]
async fn sessions_that_are_not_to_be_connected_for() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, passive) = session("a", &server);
    let error = client.connect(passive.clone()).await.unwrap_err();
    assert!(matches!(error.reason, ConnectErrorReason::Passive));
    assert_eq!(*error.session, passive);

    let secure: Path = "msrps://127.0.0.1:7654/s;tcp".parse().unwrap();
    let secure = SessionConfig::new(active.local().clone(), Role::Active, Terms::new(secure));
    let error = client.connect(secure).await.unwrap_err();
    assert!(matches!(error.reason, ConnectErrorReason::Untrusted));

    let _expected = server.expect(passive).unwrap();
    let opened = client.connect(active.clone()).await.unwrap();
    let error = client.connect(active.clone()).await.unwrap_err();
    assert!(matches!(
        error.reason,
        ConnectErrorReason::Expect(ExpectErrorReason::InUse)
    ));
    drop(opened);
    until(|| client.session_count() == 0).await;
    assert!(client.connect(active).await.is_ok());
}

/// Nobody expects the session, or no longer.
#[tokio::test]
async fn unknown_sessions() {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, passive) = session("a", &server);
    drop(server.expect(passive).unwrap());
    assert_eq!(server.session_count(), 0);
    let mut active = client.connect(active).await.unwrap();
    let delivery = active.send(text("Anybody?")).await.unwrap();
    let refused = SessionFailure::Refused(StatusCode::NO_SESSION);
    assert_eq!(failure(&mut active).await, refused);
    assert!(delivery.outcome().await.is_err());
    assert!(active.send(text("Hello?")).await.is_err());
    assert_eq!(client.session_count(), 0);

    // The connection is there for others.
    let (mut active, passive) = open("b", &client, &server).await;
    let _ = passive.send(text("Hello")).await.unwrap();
    assert_eq!(message(&mut active).await.unwrap(), "Hello");
    assert_eq!(client.connection_count(), 1);
}

/// A session belongs to the connection of its first request.
#[tokio::test]
async fn bound_elsewhere() {
    let server = listening(Config::default()).await;
    let clients = [
        connecting(Config::default()).await,
        connecting(Config::default()).await,
    ];
    let (first, mut bound) = open("a", &clients[0], &server).await;
    let (again, _) = session("a", &server);
    let mut second = clients[1].connect(again).await.unwrap();
    let refused = SessionFailure::Refused(StatusCode::BOUND_ELSEWHERE);
    assert_eq!(failure(&mut second).await, refused);
    // The first one is not disturbed.
    let _ = first.send(text("Still here")).await.unwrap();
    assert_eq!(message(&mut bound).await.unwrap(), "Still here");
}

/// An offer was forked: two peers answer to the same URI.
#[tokio::test]
async fn forked() {
    let server = listening(Config::default()).await;
    let clients = [
        connecting(Config::default()).await,
        connecting(Config::default()).await,
    ];
    let port = server.addresses()[0].port();
    let ours: MsrpUri = format!("msrp://127.0.0.1:{port}/offer;tcp").parse().unwrap();
    let peer = |name: &str| -> MsrpUri { format!("msrp://127.0.0.1:9/{name};tcp").parse().unwrap() };
    let fork = |name| SessionConfig::new(ours.clone(), Role::Passive, Terms::new(Path::from(peer(name))));
    let mut first = server.expect(fork("first")).unwrap();
    let mut second = server.fork(&first, fork("second")).unwrap();
    let terms = Terms::new(Path::from(ours.clone()));
    let active = |name| SessionConfig::new(peer(name), Role::Active, terms.clone());
    let b = clients[1].connect(active("second")).await.unwrap();
    let a = clients[0].connect(active("first")).await.unwrap();
    let (mut first, mut second) = (first.bound().await.unwrap(), second.bound().await.unwrap());
    let _ = a.send(text("a")).await.unwrap();
    let _ = b.send(text("b")).await.unwrap();
    assert_eq!(message(&mut first).await.unwrap(), "a");
    assert_eq!(message(&mut second).await.unwrap(), "b");
}

/// A connection without sessions is closed after a while, one with a session is not.
///
/// Shows: MSRP-5.4-27 (by an endpoint).
#[tokio::test]
async fn idle_connections_are_closed() {
    let idle = Config::default().idle_timeout(Duration::from_millis(50));
    let (client, server) = (connecting(idle).await, listening(Config::default()).await);
    let (first, first_end) = open("a", &client, &server).await;
    let (second, mut second_end) = open("b", &client, &server).await;
    first.close();
    until(|| client.session_count() == 1).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(client.connection_count(), 1);
    let _ = second.send(text("Still here")).await.unwrap();
    assert_eq!(message(&mut second_end).await.unwrap(), "Still here");
    drop((first_end, second_end, second));
    until(|| client.connection_count() == 0 && server.connection_count() == 0).await;
    assert_eq!(server.session_count(), 0);
    // The next one gets a connection of its own.
    let _third = open("c", &client, &server).await;
    assert_eq!(client.connection_count(), 1);
}

/// Everything comes piece by piece, messages of unknown length too, and counts as delivered when the application says so.
#[tokio::test]
async fn streamed_with_reports_by_the_application() {
    let client = connecting(Config::default()).await;
    let options = Options::default()
        .streamed(true)
        .success_reports(SuccessReports::Manual);
    let server = Endpoint::bind_with(Config::default(), &["127.0.0.1:0".parse().unwrap()], options)
        .await
        .unwrap();
    let (active, mut passive) = open("a", &client, &server).await;
    assert_eq!(active.peer_address(), Some(server.addresses()[0]));
    assert!(passive.peer_address().unwrap().ip().is_loopback());
    let long = vec![7; 3 << 20];
    let plain = MediaType::new("text", "plain").unwrap();
    for unknown in [false, true] {
        let body = if unknown {
            Body::streamed(None)
        } else {
            Body::from("short")
        };
        let message = Message::new(plain.clone(), body).success_report(true);
        let (sender, octets) = (active.sender().clone(), long.clone());
        let mut sent = tokio::spawn(async move {
            if unknown {
                sender.send_from(message, &octets[..]).await.unwrap();
            } else {
                sender.send(message).await.unwrap().outcome().await.unwrap();
            }
        });
        let receipt = loop {
            match passive.next().await.unwrap() {
                News::Incoming(_, IncomingEvent::Finished { receipt, .. }) => break receipt,
                News::Message(_) => panic!("put together"),
                _ => {}
            }
        };
        assert_eq!(receipt.len(), if unknown { long.len() as u64 } else { 5 });
        // All is acknowledged, and nothing reported.
        let early = tokio::time::timeout(Duration::from_millis(300), &mut sent).await;
        assert!(early.is_err());
        passive.sender().report(receipt);
        sent.await.unwrap();
    }
}
