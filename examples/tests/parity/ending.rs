//! P6, P7, P8: how sessions begin, and how they end.

use std::time::Duration;

use msrp_examples::tokio_driver::{CallError, ConnectErrorReason, News};
use msrp_proto::{
    Body, Config, ConnectionError, Event, IncomingEvent, LinkError, OutgoingEvent, OutgoingId,
    ReceiveFailure, Role, SendErrorReason, SendFailure, SessionEvent, SessionFailure,
};
use msrp_sdp::{Local, Policy};
use tokio::io::AsyncWriteExt as _;

use crate::peer::{Peer, Side, against_peer};
use crate::support::{
    Party, call, end_of, host, message, octet_stream, parties, session, text, until, within,
};

/// A shutdown waits until what is queued has arrived; with a peer that takes nothing it ends all the same, and each
/// message is told to have failed.
#[tokio::test]
async fn p06_shutdown_loses_nothing_in_silence() {
    let (alice, bob) = parties(true).await;
    let (one, mut other) = session(&alice, &bob).await;
    let mut deliveries = Vec::new();
    let reading = tokio::spawn(async move {
        let mut bodies = Vec::new();
        while let Some(message) = message(&mut other).await {
            bodies.push(message.body);
        }
        bodies
    });
    for number in 0..300 {
        let body = format!("{number} {}", "x".repeat(3000));
        deliveries.push((body.clone(), one.send(text(body)).await.unwrap()));
    }
    alice.endpoint.shutdown(Duration::from_secs(10)).await.unwrap();
    let bodies = reading.await.unwrap();
    assert_eq!(bodies.len(), deliveries.len());
    for (body, (sent, delivery)) in bodies.into_iter().zip(deliveries) {
        assert_eq!(body, sent);
        delivery.outcome().await.unwrap();
    }
    assert_eq!(
        one.send(text("late")).await.unwrap_err().reason,
        SendErrorReason::Closing
    );

    // A peer that answers nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let alice = Party::new("127.0.0.1", false, Config::default()).await;
    let silent = Local::listening(host("127.0.0.1"), port).plain();
    let one = connected_to(&alice, silent).await;
    let mut deliveries = Vec::new();
    for number in 0..20 {
        deliveries.push(one.send(text(number.to_string())).await.unwrap());
    }
    let _peer = listener.accept().await.unwrap();
    assert!(alice.endpoint.shutdown(Duration::from_millis(200)).await.is_err());
    for delivery in deliveries {
        assert_eq!(within(delivery.outcome()).await, Err(SendFailure::ConnectionLost));
    }
}

/// A session with someone who has agreed to listen there.
async fn connected_to(party: &Party, peer: Local) -> msrp_examples::tokio_driver::Session {
    connect_to(party, peer).await.unwrap()
}

async fn connect_to(party: &Party, peer: Local) -> Result<msrp_examples::tokio_driver::Session, CallError> {
    use crate::support::{agree, ids, read, text_of};
    let offering = party.local().open(&mut ids()).unwrap();
    let answering = peer.open(&mut ids()).unwrap();
    let offered = read(&text_of(&offering.offer()));
    let answered = answering.answer(&offered, &Policy::default(), &msrp_sdp::Names::default());
    let Ok(msrp_sdp::Answer::Media(answered)) = answered else {
        panic!("{answered:?}")
    };
    let agreement = agree(&offering.offer(), &answered, msrp_sdp::Side::Offerer).unwrap();
    let roots = std::sync::Arc::new(rustls::RootCertStore::empty());
    let call = msrp_examples::tokio_driver::Call::offer(&party.endpoint, &offering).unwrap();
    within(call.establish(&agreement, &roots)).await
}

/// Both sides hear that the session is bound, once, and before anything of it; role and peer are those agreed upon.
#[tokio::test]
async fn p07_a_session_tells_that_it_is_bound() {
    let (alice, bob) = parties(true).await;
    for reachable in [true, false] {
        let answering = bob.local().reachable(reachable);
        let established = call(
            (&alice, alice.local()),
            (&bob, answering),
            &Policy::default(),
            |_, text| text,
        )
        .await;
        let roles = established
            .agreements
            .each_ref()
            .map(|agreement| agreement.role());
        assert_eq!(
            roles,
            if reachable {
                [Role::Active, Role::Passive]
            } else {
                [Role::Passive, Role::Active]
            }
        );
        let [ours, theirs] = &established.agreements;
        assert_eq!(ours.peer_path().rightmost(), theirs.uri().as_ref());
        assert_eq!(theirs.peer_path().rightmost(), ours.uri().as_ref());
        let [mut one, mut other] = established.sessions.map(Result::unwrap);
        assert_eq!(
            (one.sender().local(), other.sender().local()),
            (&ours.uri(), &theirs.uri())
        );
        let sent = one.send(text("hello")).await.unwrap();
        let back = other.send(text("hello")).await.unwrap();
        for session in [&mut one, &mut other] {
            let first = within(session.next()).await.unwrap();
            assert!(matches!(first, News::Session(SessionEvent::Bound)), "{first:?}");
            let second = within(session.next()).await.unwrap();
            let News::Message(message) = second else {
                panic!("{second:?}")
            };
            assert_eq!(message.body, "hello");
        }
        sent.outcome().await.unwrap();
        back.outcome().await.unwrap();
        one.close();
        assert!(matches!(end_of(&mut one).await, SessionEvent::Closed));
    }
}

/// What was under way when a connection ended.
struct UnderWay {
    side: Side,
    /// A message that waits for its response, and one that waits for octets.
    outgoing: [OutgoingId; 2],
}

/// A session on which two messages are being sent, and one received.
async fn under_way(config: Config) -> (UnderWay, Peer) {
    let (mut side, mut peer) = against_peer(config, Role::Passive).await;
    let body = Some(("text/plain", &b"the beginning"[..]));
    peer.send(
        "begin001",
        &["Message-ID: begun", "Byte-Range: 1-13/100"],
        body,
        '+',
    )
    .await;
    side.until(|_, event| matches!(event, Event::Incoming(_, IncomingEvent::Data { .. })))
        .await;
    let unanswered = side.session().send(text("unanswered")).unwrap();
    let streamed = msrp_proto::Message::new(octet_stream(), Body::streamed(Some(100)));
    let streamed = side.session().send(streamed).unwrap();
    side.until(|_, event| matches!(event, Event::Outgoing(_, OutgoingEvent::Sent)))
        .await;
    let outgoing = [unanswered, streamed];
    (UnderWay { side, outgoing }, peer)
}

impl UnderWay {
    /// Each message has one outcome, then the session, then the connection; and that is all.
    async fn ends(mut self, reason: ConnectionError) {
        self.side.finish().await;
        let events = &self.side.events;
        for id in self.outgoing {
            let outcomes: Vec<_> = events
                .iter()
                .filter_map(|event| match event {
                    Event::Outgoing(of, event @ (OutgoingEvent::Failed(_) | OutgoingEvent::Completed)) => {
                        (*of == id).then_some(event)
                    }
                    _ => None,
                })
                .collect();
            assert_eq!(
                outcomes,
                [&OutgoingEvent::Failed(SendFailure::ConnectionLost)],
                "{reason:?}"
            );
        }
        let aborted = |event: &&Event| matches!(event, Event::Incoming(_, IncomingEvent::Aborted(_)));
        let failed = |event: &&Event| matches!(event, Event::Session(_, SessionEvent::Failed(..)));
        assert_eq!(events.iter().filter(aborted).count(), 1, "{reason:?}");
        assert_eq!(events.iter().filter(failed).count(), 1, "{reason:?}");
        let [.., session, connection] = &events[..] else {
            panic!("{events:?}")
        };
        assert!(
            matches!(
                session,
                Event::Session(_, SessionEvent::Failed(SessionFailure::ConnectionLost, _))
            ),
            "{session:?}"
        );
        assert!(
            matches!(connection, Event::ConnectionLost(lost) if *lost == reason),
            "{connection:?} for {reason:?}"
        );
        let aborted = events.iter().find(aborted);
        assert!(matches!(
            aborted,
            Some(Event::Incoming(
                _,
                IncomingEvent::Aborted(ReceiveFailure::ConnectionLost)
            ))
        ));
    }
}

/// Every way in which a connection can end is told, with its reason, and every message that was under way has its
/// outcome before.
#[tokio::test]
async fn p08_every_end_has_its_reason() {
    // The peer closes, between frames and within one.
    let (case, peer) = under_way(Config::default()).await;
    drop_in_order(peer, b"").await;
    case.ends(ConnectionError::PeerClosed).await;
    let (case, peer) = under_way(Config::default()).await;
    drop_in_order(peer, b"MSRP cutoff01 SEND\r\nTo-Path: ").await;
    case.ends(ConnectionError::Truncated).await;
    // It resets the connection.
    let (case, peer) = under_way(Config::default()).await;
    socket2::SockRef::from(&peer.stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(peer);
    case.ends(ConnectionError::Link(LinkError::Reset)).await;
    // It sends what is not MSRP.
    let (case, mut peer) = under_way(Config::default()).await;
    peer.write("GET / HTTP/1.1\r\n\r\n").await;
    case.ends(ConnectionError::Framing(msrp_proto::wire::DecodeError::StartLine))
        .await;
    // The driver tells of failures, the application ends it.
    for error in [
        LinkError::Connect,
        LinkError::Fingerprint,
        LinkError::Name,
        LinkError::Tls,
    ] {
        let (mut case, _peer) = under_way(Config::default()).await;
        let now = tokio::time::Instant::now().into_std();
        case.side.driver.connection_mut().handle_failure(now, error);
        case.ends(ConnectionError::Link(error)).await;
    }
    let (mut case, _peer) = under_way(Config::default()).await;
    case.side.driver.connection_mut().abort();
    case.ends(ConnectionError::Aborted).await;
    // More is handed in than was asked for.
    let (mut case, _peer) = under_way(Config::default().max_held(100).max_events(1)).await;
    let now = tokio::time::Instant::now().into_std();
    let connection = case.side.driver.connection_mut();
    for number in 0..20 {
        let octets = crate::peer::send(
            crate::peer::OURS,
            crate::peer::THEIRS,
            &format!("flood{number:03}"),
            &["Message-ID: begun", "Byte-Range: 14-14/100"],
            Some(("text/plain", b"x")),
            '+',
        );
        connection.handle_input(now, octets.into());
    }
    case.ends(ConnectionError::InputOverflow).await;

    in_good_order().await;
    // No connection at all.
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let alice = Party::new("127.0.0.1", false, Config::default()).await;
    let error = connect_to(&alice, Local::listening(host("127.0.0.1"), nobody).plain()).await;
    let Err(CallError::Connect(error)) = error else {
        panic!("{error:?}")
    };
    let ConnectErrorReason::Unreachable(reason) = &error.reason else {
        panic!("{error:?}")
    };
    assert_eq!(reason.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// The peer says its last, and closes its side.
async fn drop_in_order(mut peer: Peer, last: &[u8]) {
    peer.write(last).await;
    peer.stream.shutdown().await.unwrap();
    // Whatever was sent to it is read: the end must not become a reset.
    tokio::spawn(async move { while peer.frame().await.is_some() {} });
}

/// Closed sessions say so at both sides, and so does the connection under them.
async fn in_good_order() {
    let (alice, bob) = parties(false).await;
    let (mut one, mut other) = session(&alice, &bob).await;
    let delivery = one.send(text("the last")).await.unwrap();
    one.close();
    assert!(matches!(end_of(&mut one).await, SessionEvent::Closed));
    delivery.outcome().await.unwrap();
    assert_eq!(message(&mut other).await.unwrap().body, "the last");
    other.close();
    assert!(matches!(end_of(&mut other).await, SessionEvent::Closed));

    // An endpoint that vanishes: the sessions of the other one fail, and know why.
    let (one, mut other) = session(&alice, &bob).await;
    let delivery = one.send(text("hello")).await.unwrap();
    assert_eq!(message(&mut other).await.unwrap().body, "hello");
    delivery.outcome().await.unwrap();
    drop(alice);
    let end = end_of(&mut other).await;
    assert!(
        matches!(end, SessionEvent::Failed(SessionFailure::ConnectionLost, _)),
        "{end:?}"
    );
    let lost = other.lost().expect("a reason");
    assert!(matches!(
        lost.reason,
        ConnectionError::PeerClosed | ConnectionError::Link(LinkError::Reset)
    ));
    until(|| bob.endpoint.connection_count() == 0).await;

    // A connection that the application closes.
    let (mut side, mut peer) = against_peer(Config::default(), Role::Passive).await;
    let session = side.session;
    side.driver.connection_mut().session(session).unwrap().close();
    side.until(|_, event| matches!(event, Event::Session(_, SessionEvent::Closed)))
        .await;
    side.driver.connection_mut().close().unwrap();
    tokio::join!(side.finish(), async { assert!(peer.frame().await.is_none()) });
    assert!(matches!(
        side.events.last(),
        Some(Event::ConnectionLost(ConnectionError::Closed))
    ));
}
