//! Both ends send at once, far more than all buffers between them hold. Whoever does not read while it
//! writes never comes to an end here.

use std::time::Duration;

use msrp_proto::wire::FailureReport;
use msrp_proto::{Body, Config, Event, IncomingEvent, Message, OutgoingEvent, Role, SessionEvent};
use tokio::net::TcpStream;

use crate::sockets::{content, is_content, octet_stream};
use crate::support::{driver, tcp, within};

const LEN: u64 = 64 << 20;

/// Sends one message, takes one, and closes its session when both are done.
async fn peer(role: Role, stream: TcpStream, config: Config, failure_report: FailureReport) {
    let (mut driver, session) = driver(role, config, stream);
    let message = Message::new(octet_stream(), Body::streamed(Some(LEN))).failure_report(failure_report);
    driver
        .connection_mut()
        .session(session)
        .unwrap()
        .send(message)
        .unwrap();
    let (mut received, mut finished, mut completed) = (0, false, false);
    while let Some(event) = driver.next().await {
        let connection = driver.connection_mut();
        match event {
            Event::Outgoing(id, OutgoingEvent::BodyWanted { offset, max }) => {
                let mut message = connection.outgoing(id).unwrap();
                message.write(content(offset, max)).unwrap();
            }
            Event::Outgoing(_, OutgoingEvent::Completed) => completed = true,
            Event::Outgoing(_, OutgoingEvent::Failed(why)) => panic!("not sent: {why}"),
            Event::Incoming(_, IncomingEvent::Data { offset, data, seen }) => {
                assert_eq!((offset, seen), (received, 0));
                assert!(is_content(offset, &data), "at {offset}");
                received += data.len() as u64;
            }
            Event::Incoming(_, IncomingEvent::Finished { len, .. }) => {
                assert_eq!((len, received), (LEN, LEN));
                finished = true;
            }
            Event::Incoming(_, IncomingEvent::Aborted(why)) => panic!("not received: {why}"),
            Event::Session(_, SessionEvent::Closed) => connection.close().unwrap(),
            _ => {}
        }
        if finished
            && completed
            && let Some(session) = connection.session(session)
        {
            session.close();
        }
    }
    assert!(finished && completed, "{:?}", driver.error());
}

async fn exchange(config: Config, failure_report: FailureReport) {
    let (active, passive) = tcp();
    let ends = [(Role::Active, active), (Role::Passive, passive)]
        .map(|(role, stream)| tokio::spawn(peer(role, stream, config.clone(), failure_report)));
    for end in ends {
        within(Duration::from_secs(60), end).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_responses() {
    exchange(Config::default(), FailureReport::Yes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_responses() {
    exchange(Config::default(), FailureReport::No).await;
}

/// One thread for both, so that neither can make up for what the other starves.
#[tokio::test]
async fn as_one_chunk_on_one_thread() {
    exchange(Config::default().chunk_limit(None), FailureReport::Yes).await;
}
