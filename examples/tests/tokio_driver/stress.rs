//! A thousand sessions over a hundred connections, some of which break.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use msrp_examples::tokio_driver::{News, Session, StreamError};
use msrp_proto::wire::MessageId;
use msrp_proto::{Body, Config, IncomingEvent, Message};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::sockets::{content, octet_stream};
use crate::support::{connecting, listening, session, until, within};

const CONNECTIONS: usize = 100;
const SESSIONS: usize = 10;
/// Of the connections, those that break.
const BREAKING: usize = 15;
const MESSAGES: u64 = 6;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Lines, photographs, and now and then a film.
    fn len(&mut self) -> usize {
        let len = match self.below(100) {
            0..60 => self.below(300),
            60..98 => self.below(60_000),
            _ => (1 << 20) + self.below(1 << 20),
        };
        len as usize
    }
}

/// What was sent, by Message-ID, and whether it is known to have arrived; what came.
#[derive(Default)]
struct Ledger {
    sent: BTreeMap<MessageId, (usize, bool)>,
    received: BTreeMap<MessageId, usize>,
}

type Ledgers = Arc<Mutex<BTreeMap<String, Ledger>>>;

/// The octets of a message depend on its Message-ID.
fn body(id: &MessageId, len: usize) -> Bytes {
    let at = id
        .as_str()
        .bytes()
        .fold(7, |at: u64, octet| at * 31 % 1_000_003 + u64::from(octet));
    let mut octets = BytesMut::with_capacity(len);
    while octets.len() < len {
        octets.extend_from_slice(&content(at + octets.len() as u64, len - octets.len()));
    }
    octets.freeze()
}

/// One end of a session: sends its messages, takes those of the peer until it has all of them or the session
/// has failed.
async fn end(name: String, mut session: Session, seed: u64, ledgers: Ledgers, done: Option<Arc<Barrier>>) {
    let sender = session.sender().clone();
    let send = async {
        let mut random = Random(seed);
        for number in 0..MESSAGES {
            let id = MessageId::new(&format!("{name}.{number}")).unwrap();
            let len = random.len();
            let whole = body(&id, len);
            let as_stream = random.below(3) == 0;
            ledgers
                .lock()
                .unwrap()
                .entry(name.clone())
                .or_default()
                .sent
                .insert(id.clone(), (len, false));
            let message = |body| Message::new(octet_stream(), body).message_id(id.clone());
            let arrived = if as_stream {
                let message = message(Body::streamed(Some(len as u64)));
                match sender.send_from(message, &whole[..]).await {
                    Ok(()) => true,
                    Err(StreamError::Read(error)) => panic!("{error}"),
                    Err(_) => false,
                }
            } else {
                match sender.send(message(Body::from(whole))).await {
                    Ok(delivery) => delivery.outcome().await.is_ok(),
                    Err(_) => false,
                }
            };
            let mut ledgers = ledgers.lock().unwrap();
            ledgers.get_mut(&name).unwrap().sent.get_mut(&id).unwrap().1 = arrived;
        }
        if let Some(done) = done {
            done.wait().await;
            sender.close();
        }
    };
    let take = async {
        let mut long = BTreeMap::new();
        while let Some(news) = session.next().await {
            let (id, octets) = match news {
                News::Message(message) => (message.head.message_id().unwrap(), message.body),
                News::Incoming(handle, IncomingEvent::Started { head, .. }) => {
                    long.insert(handle, (head.message_id().unwrap(), BytesMut::new()));
                    continue;
                }
                News::Incoming(handle, IncomingEvent::Data { offset, data, .. }) => {
                    let (_, octets) = long.get_mut(&handle).unwrap();
                    assert_eq!(offset, octets.len() as u64);
                    octets.extend_from_slice(&data);
                    continue;
                }
                News::Incoming(handle, IncomingEvent::Finished { .. }) => {
                    let (id, octets) = long.remove(&handle).unwrap();
                    (id, octets.freeze())
                }
                _ => continue,
            };
            assert!(octets == body(&id, octets.len()), "{id:?} is not intact");
            let before = ledgers
                .lock()
                .unwrap()
                .entry(name.clone())
                .or_default()
                .received
                .insert(id, octets.len());
            assert_eq!(before, None, "received twice");
        }
    };
    tokio::join!(send, take);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_arrives_intact_or_has_failed() {
    within(Duration::from_secs(60), exchange()).await;
}

async fn exchange() {
    let server = Arc::new(listening(Config::default()).await);
    let ledgers = Ledgers::default();
    let mut ends = JoinSet::new();
    let mut clients = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let client = connecting(Config::default()).await;
        // The sessions of a connection end together, when all their messages have their outcome.
        let done = Arc::new(Barrier::new(2 * SESSIONS));
        for number in 0..SESSIONS {
            let name = format!("{connection}.{number}");
            let (active, passive) = session(&name, &server);
            let mut expected = server.expect(passive).unwrap();
            let active = client.connect(active).await.unwrap();
            let seed = (connection * SESSIONS + number) as u64;
            ends.spawn(end(
                format!("a.{name}"),
                active,
                seed,
                Arc::clone(&ledgers),
                Some(Arc::clone(&done)),
            ));
            let (ledgers, done) = (Arc::clone(&ledgers), Arc::clone(&done));
            ends.spawn(async move {
                // The connection may break before the first request has come.
                match timeout(Duration::from_secs(3), expected.bound())
                    .await
                    .ok()
                    .flatten()
                {
                    Some(passive) => {
                        end(format!("p.{name}"), passive, !seed, ledgers, Some(done)).await;
                    }
                    None => {
                        done.wait().await;
                    }
                }
            });
        }
        assert_eq!(client.connection_count(), 1);
        let pause = Duration::from_millis(Random(connection as u64).below(100));
        clients.spawn(async move {
            if connection < BREAKING {
                sleep(pause).await;
                return; // dropped, whatever it was doing
            }
            while client.session_count() > 0 {
                sleep(Duration::from_millis(10)).await;
            }
            client.shutdown(Duration::from_secs(10)).await.unwrap();
        });
    }
    while let Some(ended) = ends.join_next().await {
        ended.unwrap();
    }
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    until(|| server.connection_count() == 0 && server.session_count() == 0).await;
    let server = Arc::into_inner(server).unwrap();
    server.shutdown(Duration::from_secs(5)).await.unwrap();
    judge(&ledgers.lock().unwrap());
}

fn judge(ledgers: &BTreeMap<String, Ledger>) {
    let (mut arrived, mut failed) = (0, 0);
    for (name, ledger) in ledgers {
        let (side, session) = name.split_once('.').unwrap();
        let connection: usize = session.split_once('.').unwrap().0.parse().unwrap();
        let peer = if side == "a" { "p" } else { "a" };
        let peer = ledgers.get(&format!("{peer}.{session}"));
        for (id, &(len, known)) in &ledger.sent {
            let received = peer.and_then(|peer| peer.received.get(id)).copied();
            assert!(received.is_none_or(|received| received == len), "{id:?}");
            // What a client that breaks has acknowledged may be lost with it.
            let broke = connection < BREAKING;
            assert!(!known || received.is_some() || (broke && side == "p"), "{id:?}");
            assert!(known || broke, "{id:?} has failed");
            arrived += usize::from(known);
            failed += usize::from(!known);
        }
    }
    let sent = (CONNECTIONS - BREAKING) * SESSIONS * 2 * MESSAGES as usize;
    assert!(
        arrived >= sent && failed > 0,
        "{arrived} arrived, {failed} failed"
    );
}
