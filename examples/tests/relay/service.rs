//! Relays that are found by their service records (RFC 4976 §8).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use msrp_examples::std_driver;
use msrp_examples::tls::TlsError;
use msrp_examples::tokio_driver::{AuthorizeErrorReason, ConnectErrorReason, Endpoint, Options};
use msrp_examples::unreachable::Unreachable;
use msrp_proto::{Config, RelayConfig};
use tokio::net::{TcpListener, UdpSocket};

use crate::scripted::{Relay, credentials, session, within};

/// A name server that knows the records of one service: priority, weight, port, target.
struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

const SRV: u16 = 33;

impl NameServer {
    async fn with(records: Vec<(u16, u16, u16, &'static str)>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (address, asked) = (socket.local_addr().unwrap(), Arc::<Mutex<Vec<_>>>::default());
        let questions = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut query = [0; 2048];
            loop {
                let (_, from) = socket.recv_from(&mut query).await.unwrap();
                let (question, end) = question(&query);
                questions.lock().unwrap().push(question);
                let _ = socket.send_to(&answer(&query[..end], &records), from).await;
            }
        });
        Self { address, asked }
    }

    async fn endpoint(&self) -> Endpoint {
        let options = Options::default().name_servers(vec![self.address]);
        Endpoint::bind_with(Config::default(), &[], options)
            .await
            .unwrap()
    }
}

/// What a query asks for, and where the question ends.
fn question(query: &[u8]) -> (String, usize) {
    let (mut name, mut at) = (Vec::new(), 12);
    while query[at] > 0 {
        let end = at + 1 + usize::from(query[at]);
        name.push(str::from_utf8(&query[at + 1..end]).unwrap());
        at = end;
    }
    assert_eq!(query[at + 1..at + 3], SRV.to_be_bytes());
    (name.join("."), at + 5)
}

/// The header and the question of a query, answered.
fn answer(query: &[u8], records: &[(u16, u16, u16, &str)]) -> Vec<u8> {
    let mut answer = query.to_vec();
    answer[2..4].copy_from_slice(&[0x85, 0x80]); // an answer, with authority, without error
    answer[6..8].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
    answer[8..12].fill(0);
    for (priority, weight, port, target) in records {
        let mut data = Vec::new();
        for number in [priority, weight, port] {
            data.extend(number.to_be_bytes());
        }
        for label in target.split('.').filter(|label| !label.is_empty()) {
            data.push(u8::try_from(label.len()).unwrap());
            data.extend(label.as_bytes());
        }
        data.push(0);
        answer.extend([0xc0, 12]); // the name of the question
        answer.extend(SRV.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]);
        answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        answer.extend(data);
    }
    answer
}

fn asking(host: &str) -> RelayConfig {
    let relay = format!("msrps://alice@{host};tcp").parse().unwrap();
    RelayConfig::new(session("a", |local| local).uri().clone(), relay).credentials(credentials())
}

/// The server that does not answer is passed over. The one that does has a certificate for the relay's name, which is not
/// its own.
///
/// Shows: RELAY-5.1-01.
#[tokio::test]
async fn servers_are_tried_in_their_order() {
    let (relay, other) = (
        Relay::named("relay.example.com").await,
        Relay::named("localhost").await,
    );
    let nobody = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let name_server = NameServer::with(vec![
        (30, 0, other.port(), "localhost"),
        (20, 5, relay.port(), "localhost"),
        (10, 0, nobody.local_addr().unwrap().port(), "localhost"),
    ])
    .await;
    let endpoint = name_server.endpoint().await;
    let asked = endpoint.authorize(asking("relay.example.com"), relay.roots.clone());
    let granted = async {
        let mut link = relay.accept().await;
        assert_eq!(link.server_name(), Some("relay.example.com"));
        link.grant(&relay.given("a"), 600).await
    };
    let (relayed, _) = within(async { tokio::join!(asked, granted) }).await;
    assert_eq!(relayed.unwrap().path().use_path().as_str(), relay.given("a"));
    assert_eq!(
        *name_server.asked.lock().unwrap(),
        ["_msrps._tcp.relay.example.com"]
    );
    assert!(other.is_left_alone().await);
}

/// It is the name of the relay that its certificate must have, not that of its server.
#[tokio::test]
async fn another_name() {
    let relay = Relay::named("localhost").await;
    let name_server = NameServer::with(vec![(0, 0, relay.port(), "localhost")]).await;
    let endpoint = name_server.endpoint().await;
    let asked = endpoint.authorize(asking("relay.example.com"), relay.roots.clone());
    let error = within(async {
        tokio::select! {
            asked = asked => asked.unwrap_err(),
            _ = relay.refused() => panic!("it waits for nothing"),
        }
    })
    .await;
    assert!(
        matches!(
            error.reason,
            AuthorizeErrorReason::Connect(ConnectErrorReason::Tls(TlsError::Name))
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn no_such_service() {
    let name_server = NameServer::with(vec![(0, 0, 0, ".")]).await;
    let endpoint = name_server.endpoint().await;
    let relay = Relay::named("localhost").await;
    let asked = endpoint.authorize(asking("localhost"), relay.roots.clone());
    let error = within(asked).await.unwrap_err();
    let AuthorizeErrorReason::Connect(ConnectErrorReason::Unreachable(reason)) = error.reason else {
        panic!("{error:?}")
    };
    assert!(matches!(reason, Unreachable::Service), "{reason:?}");
}

/// Without records, or if nobody looks for them, it is the address of the name, and port 2855.
#[tokio::test]
async fn no_records() {
    let name_server = NameServer::with(Vec::new()).await;
    let endpoint = name_server.endpoint().await;
    let relay = Relay::named("localhost").await;
    let asked = endpoint.authorize(asking("localhost"), relay.roots.clone());
    let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, 2855)).await else {
        // Somebody else has the port. Whoever it is, it is not this relay.
        assert!(within(asked).await.is_err());
        return;
    };
    let connected = async {
        tokio::select! {
            asked = asked => panic!("{asked:?}"),
            accepted = listener.accept() => accepted.unwrap(),
        }
    };
    within(connected).await;
    assert_eq!(*name_server.asked.lock().unwrap(), ["_msrps._tcp.localhost"]);

    let target = asking("localhost").target().unwrap();
    let connect = tokio::task::spawn_blocking(move || std_driver::connect(&target, None));
    within(listener.accept()).await.unwrap();
    let stream = within(connect).await.unwrap().unwrap();
    assert_eq!(stream.peer_addr().unwrap().port(), 2855);
}
