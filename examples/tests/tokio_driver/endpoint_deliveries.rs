//! What is told of each message: on its way, and while it arrives.

use std::time::Duration;

use msrp_examples::tokio_driver::{
    Arriving, Delivery, DeliveryStage, DeliveryState, Endpoint, News, Session,
};
use msrp_proto::wire::{MessageId, StatusCode};
use msrp_proto::{
    Body, Config, IncomingEvent, IncomingId, Message, ReceiveFailure, Received, Refusal, SendFailure,
    SuccessReports,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, repeat};

use crate::sockets::octet_stream;
use crate::support::{connecting, listening, message, open, session, text, within};

const PATIENCE: Duration = Duration::from_secs(20);

/// Two endpoints, whose limits do not matter, and a session between them.
async fn pair() -> (Endpoint, Endpoint, Session, Session) {
    let (client, server) = (
        connecting(Config::default()).await,
        listening(Config::default()).await,
    );
    let (active, passive) = open("a", &client, &server).await;
    (client, server, active, passive)
}

/// The same, and nothing is confirmed by itself.
async fn unconfirmed() -> (Endpoint, Endpoint, Session, Session) {
    let client = connecting(Config::default()).await;
    let server = listening(Config::default()).await;
    let (active, passive) = session("a", &server);
    let passive = passive.success_reports(SuccessReports::Manual);
    let mut expected = server.expect(passive).unwrap();
    let active = client.connect(active).await.unwrap();
    let passive = expected.bound().await.unwrap();
    (client, server, active, passive)
}

/// The first state in which all five octets are acknowledged.
async fn acknowledged(delivery: &mut Delivery) -> DeliveryState {
    loop {
        let state = delivery.changed().await.unwrap();
        if state.progress.acknowledged == 5 {
            return state;
        }
    }
}

/// All that is told of a message.
async fn told(mut delivery: Delivery) -> Vec<DeliveryState> {
    let mut states = vec![delivery.state()];
    while let Some(state) = delivery.changed().await {
        states.push(state);
    }
    states
}

async fn received(session: &mut Session) -> Received {
    loop {
        if let News::Message(message) = session.next().await.unwrap() {
            return message;
        }
    }
}

/// A body that begins, and then has nothing more for now.
fn stalled(len: u64) -> impl tokio::io::AsyncRead + Unpin {
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        let mut far = far;
        let _ = tokio::io::copy(&mut repeat(b'x').take(len), &mut far).await;
        std::future::pending::<()>().await;
    });
    near
}

#[tokio::test]
async fn message_id_and_outcome() {
    let (_client, _server, active, mut passive) = pair().await;
    let sent = active.send(text("Hello")).await.unwrap();
    let given: MessageId = MessageId::new("my.own-1").unwrap();
    let named = active
        .send(text("again").message_id(given.clone()))
        .await
        .unwrap();
    assert_eq!(named.message_id(), &given);
    let first = within(PATIENCE, received(&mut passive)).await;
    assert_eq!(first.receipt.message_id(), sent.message_id());
    let second = within(PATIENCE, received(&mut passive)).await;
    assert_eq!(second.receipt.message_id(), &given);

    let states = within(PATIENCE, told(sent.clone())).await;
    let last = states.last().unwrap();
    assert_eq!(last.stage, DeliveryStage::Completed);
    assert_eq!((last.progress.sent, last.progress.acknowledged), (5, 5));
    assert_eq!((last.progress.total, last.progress.reported), (Some(5), 0));
    assert_eq!(last.report, None);
    assert_eq!(sent.outcome().await, Ok(()));
}

/// Acknowledged is one thing, reported another: nothing is said to have arrived before the peer has said so.
#[tokio::test]
async fn acknowledged_before_it_is_reported() {
    let (_client, _server, active, mut passive) = unconfirmed().await;
    let mut delivery = active.send(text("Hello").success_report(true)).await.unwrap();
    let arrived = within(PATIENCE, received(&mut passive)).await;
    let state = within(PATIENCE, acknowledged(&mut delivery)).await;
    assert_eq!((state.stage, state.report), (DeliveryStage::Acknowledged, None));
    passive.sender().report(arrived.receipt);
    let states = within(PATIENCE, told(delivery)).await;
    let last = states.last().unwrap();
    assert_eq!(last.stage, DeliveryStage::Completed);
    assert_eq!(last.progress.reported, 5);
    let report = last.report.as_ref().unwrap();
    assert_eq!(report.status.as_u16(), 200);
    assert_eq!(report.range.to_string(), "1-5/5");
}

#[tokio::test]
async fn failure_is_reported() {
    let (_client, _server, active, mut passive) = unconfirmed().await;
    let mut delivery = active.send(text("Hello").success_report(true)).await.unwrap();
    let arrived = within(PATIENCE, received(&mut passive)).await;
    within(PATIENCE, acknowledged(&mut delivery)).await;
    passive.sender().fail(arrived.receipt, Refusal::STOP_SENDING);
    let why = within(PATIENCE, delivery.clone().outcome()).await;
    let refused = StatusCode::new(413).unwrap();
    assert_eq!(why, Err(SendFailure::Refused(refused)));
    let state = delivery.state();
    assert_eq!(state.stage, DeliveryStage::Failed(SendFailure::Refused(refused)));
    assert!(state.is_last());
    assert_eq!(state.report.unwrap().status, refused);
    assert_eq!(state.progress.reported, 0);
}

/// Octets sent, acknowledged and reported go up, and end at all of them.
#[tokio::test]
async fn progress_of_a_file() {
    const LEN: u64 = 8 << 20;
    let (_client, _server, active, mut passive) = pair().await;
    let file = Message::new(octet_stream(), Body::streamed(Some(LEN))).success_report(true);
    let (delivery, sent) = active
        .sender()
        .start_from(file, repeat(b'x').take(LEN))
        .await
        .unwrap();
    let sent = tokio::spawn(sent);
    let states = tokio::spawn(told(delivery));
    let take = async {
        loop {
            match passive.next().await.unwrap() {
                News::Incoming(_, IncomingEvent::Finished { len, .. }) => return len,
                News::Incoming(..) | News::Session(_) => {}
                news => panic!("{news:?}"),
            }
        }
    };
    assert_eq!(within(PATIENCE, take).await, LEN);
    within(PATIENCE, sent).await.unwrap().unwrap();
    let states = within(PATIENCE, states).await.unwrap();
    for pair in states.windows(2) {
        let (before, after) = (&pair[0].progress, &pair[1].progress);
        assert!(before.sent <= after.sent && before.acknowledged <= after.acknowledged);
        assert!(after.acknowledged <= after.sent && after.sent <= LEN);
    }
    let between = |state: &DeliveryState| (1..LEN).contains(&state.progress.acknowledged);
    assert!(states.iter().any(between));
    let last = &states.last().unwrap();
    assert_eq!(last.stage, DeliveryStage::Completed);
    assert_eq!((last.progress.sent, last.progress.acknowledged), (LEN, LEN));
    assert_eq!((last.progress.reported, last.progress.total), (LEN, Some(LEN)));
}

/// One message is given up, and the session goes on.
#[tokio::test]
async fn aborted_while_it_is_sent() {
    let (_client, _server, active, mut passive) = pair().await;
    let file = Message::new(octet_stream(), Body::streamed(Some(8 << 20)));
    let (delivery, sent) = active.sender().start_from(file, stalled(1 << 20)).await.unwrap();
    let sent = tokio::spawn(sent);
    let begun = async {
        loop {
            if let News::Incoming(_, IncomingEvent::Data { .. }) = passive.next().await.unwrap() {
                return;
            }
        }
    };
    within(PATIENCE, begun).await;
    delivery.abort();
    let ended = async {
        loop {
            if let News::Incoming(_, IncomingEvent::Aborted(why)) = passive.next().await.unwrap() {
                return why;
            }
        }
    };
    assert_eq!(within(PATIENCE, ended).await, ReceiveFailure::PeerAborted);
    assert_eq!(
        within(PATIENCE, delivery.outcome()).await,
        Err(SendFailure::Aborted)
    );
    let sent = within(PATIENCE, sent).await.unwrap();
    assert!(sent.is_err());
    let _ = active.send(text("still here")).await.unwrap();
    assert_eq!(
        within(PATIENCE, message(&mut passive)).await.unwrap(),
        "still here"
    );
}

/// The first news of a message that is being put together.
async fn arriving(session: &mut Session) -> (IncomingId, Arriving) {
    loop {
        match session.next().await.unwrap() {
            News::Arriving(id, arriving) => return (id, arriving),
            News::Session(_) => {}
            news => panic!("{news:?}"),
        }
    }
}

/// A message that is put together is refused when a part of it is there.
#[tokio::test]
async fn refused_while_it_arrives() {
    const LEN: u64 = 512 * 1024;
    let (_client, _server, active, mut passive) = pair().await;
    let message_ = Message::new(octet_stream(), Body::streamed(Some(LEN)));
    let (delivery, sent) = active
        .sender()
        .start_from(message_, stalled(LEN / 2))
        .await
        .unwrap();
    let sent = tokio::spawn(sent);
    let (id, so_far) = within(PATIENCE, arriving(&mut passive)).await;
    assert_eq!(&so_far.message_id, delivery.message_id());
    assert_eq!(so_far.total, Some(LEN));
    assert!((64 * 1024..LEN).contains(&so_far.received), "{}", so_far.received);
    passive.sender().reject(id, Refusal::STOP_SENDING);
    let refused = StatusCode::new(413).unwrap();
    let ended = async {
        loop {
            match passive.next().await.unwrap() {
                News::Incoming(ended, IncomingEvent::Aborted(why)) => return (ended, why),
                News::Arriving(..) => {}
                news => panic!("{news:?}"),
            }
        }
    };
    assert_eq!(
        within(PATIENCE, ended).await,
        (id, ReceiveFailure::Refused(refused))
    );
    assert_eq!(
        within(PATIENCE, delivery.outcome()).await,
        Err(SendFailure::Refused(refused))
    );
    assert!(within(PATIENCE, sent).await.unwrap().is_err());
    let _ = active.send(text("still here")).await.unwrap();
    assert_eq!(
        within(PATIENCE, message(&mut passive)).await.unwrap(),
        "still here"
    );
}

/// Until it is whole it is told of as it grows; short ones are not.
#[tokio::test]
async fn told_of_as_it_arrives() {
    const PART: u64 = 160 * 1024;
    let (_client, _server, active, mut passive) = pair().await;
    let _ = active.send(text("x".repeat(30_000))).await.unwrap();
    let short = async {
        loop {
            match passive.next().await.unwrap() {
                News::Message(message) => return message,
                News::Session(_) => {}
                news => panic!("{news:?}"),
            }
        }
    };
    within(PATIENCE, short).await;

    let file = Message::new(octet_stream(), Body::streamed(Some(2 * PART)));
    let (mut writer, reader) = tokio::io::duplex(PART as usize);
    let (delivery, sent) = active.sender().start_from(file, reader).await.unwrap();
    let sent = tokio::spawn(sent);
    let part = vec![b'x'; PART as usize];
    writer.write_all(&part).await.unwrap();
    let (_, first) = within(PATIENCE, arriving(&mut passive)).await;
    assert!((64 * 1024..=PART).contains(&first.received), "{first:?}");
    writer.write_all(&part).await.unwrap();
    let rest = async {
        let mut before = first.received;
        loop {
            match passive.next().await.unwrap() {
                News::Arriving(_, arriving) => {
                    assert!(before + 64 * 1024 <= arriving.received, "{before}, {arriving:?}");
                    before = arriving.received;
                }
                News::Message(message) => return message,
                news => panic!("{news:?}"),
            }
        }
    };
    let whole = within(PATIENCE, rest).await;
    assert_eq!(whole.receipt.message_id(), delivery.message_id());
    assert_eq!(whole.body.len() as u64, 2 * PART);
    within(PATIENCE, sent).await.unwrap().unwrap();
}
