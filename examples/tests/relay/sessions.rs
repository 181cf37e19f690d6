//! Sessions go over the connection of their path, and over no other.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use msrp_examples::tokio_driver::{Call, CallError, ConnectErrorReason, News, Session};
use msrp_proto::wire::Path;
use msrp_proto::{Config, MediaType, Message, OpenErrorReason, Role, SessionConfig, Terms};
use msrp_sdp::{
    Action, Agreement, Answer, Ids, Local, LocalSession, Names, Outcome, Policy, Side, negotiate,
};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::scripted::{Link, Relay, asking, behind, session, value, within};

/// Somebody without relays, who could be connected to.
struct Bob {
    listener: TcpListener,
    session: LocalSession,
}

impl Bob {
    async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let local = Local::listening(IpAddr::from(Ipv4Addr::LOCALHOST), port).by_name(true);
        let session = local.open(&mut Ids::seeded([7; 32])).unwrap();
        Self { listener, session }
    }

    async fn is_left_alone(&self) -> bool {
        timeout(Duration::from_millis(100), self.listener.accept())
            .await
            .is_err()
    }

    /// A message to somebody behind that URI of a relay.
    fn send(&self, to: &LocalSession, through: &str, text: &str) -> String {
        let len = text.len();
        format!(
            "MSRP b0bb0b SEND\r\nTo-Path: {}\r\nFrom-Path: {through} {}\r\nMessage-ID: b0b\r\n\
             Byte-Range: 1-{len}/{len}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n-------b0bb0b$\r\n",
            to.uri(),
            self.session.uri(),
        )
    }
}

/// What an offer and its answer come to for Alice. Certificates are known by name.
fn agree(offerer: &LocalSession, answerer: &LocalSession, side: Side, policy: &Policy) -> Agreement {
    let (offer, names) = (offerer.offer(), Names::default());
    let Ok(Answer::Media(answer)) = answerer.answer(&offer, policy, &names) else {
        panic!("refused: {offer:?}")
    };
    match negotiate(&offer, &answer, side, policy, &names) {
        Ok(Outcome::Session(agreement)) => *agreement,
        other => panic!("{other:?}"),
    }
}

fn by_name() -> Policy {
    Policy::default().by_name(true)
}

fn text(text: &str) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), text.to_owned())
}

async fn message(session: &mut Session) -> String {
    let heard = async {
        loop {
            if let News::Message(message) = session.next().await.expect("a session") {
                return String::from_utf8(message.body.to_vec()).unwrap();
            }
        }
    };
    within(heard).await
}

/// The next request is a SEND that goes through the relay to Bob.
async fn expect_send(link: &mut Link, alice: &LocalSession, bob: &Bob) -> String {
    let request = link.expect("SEND\r\n").await;
    let to = format!("{} {}", alice.path().leftmost(), bob.session.uri());
    assert_eq!(value(&request, "To-Path"), to);
    assert_eq!(value(&request, "From-Path"), alice.uri().as_str());
    link.answer(&request, "200 OK", "").await;
    request
}

/// [`expect_send`], for one that has a body.
async fn expect_text(link: &mut Link, alice: &LocalSession, bob: &Bob) -> String {
    loop {
        let request = expect_send(link, alice, bob).await;
        if request.contains("\r\nContent-Type: ") {
            return request;
        }
    }
}

/// Bob would listen, and is not connected to. Alice sends first, over the connection to her relay.
///
/// Shows: RELAY-5.1-22.
#[tokio::test]
async fn active() {
    let (relay, bob) = (Relay::new().await, Bob::new().await);
    let endpoint = relay.endpoint(Config::default()).await;
    let (mut link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let call = Call::offer_through(&relayed, &alice).await.unwrap();
    assert!(link.is_silent().await);
    let agreement = agree(&alice, &bob.session, Side::Offerer, &by_name());
    assert_eq!(agreement.role(), Role::Active);
    assert!(matches!(agreement.plan().action(), Action::Relay(_)));
    let session = within(call.establish(&agreement, &relay.roots)).await.unwrap();

    let first = expect_send(&mut link, &alice, &bob).await;
    assert!(!first.contains("Content-Type"), "{first}");
    let delivery = session.send(text("Hi, Bob!")).await.unwrap();
    assert!(expect_send(&mut link, &alice, &bob).await.contains("Hi, Bob!"));
    within(delivery.outcome()).await.unwrap();
    assert!(bob.is_left_alone().await && relay.is_left_alone().await);
    assert_eq!((endpoint.connection_count(), endpoint.session_count()), (1, 1));
}

/// Bob connects, to the outermost relay. Alice waits for him on the connection that she has made to hers, and says
/// nothing before.
///
/// Shows: SETUP-4.5-01.
#[tokio::test]
async fn passive() {
    let (relay, bob) = (Relay::new().await, Bob::new().await);
    let endpoint = relay.endpoint(Config::default()).await;
    let (mut link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let bob_active = bob
        .session
        .renewed(|local| local.reachable(false), &mut Ids::seeded([7; 32]));
    let bob = Bob {
        session: bob_active.unwrap(),
        ..bob
    };
    let agreement = agree(&bob.session, &alice, Side::Answerer, &by_name());
    assert_eq!(agreement.role(), Role::Passive);
    let call = Call::answer_through(&relayed, &agreement).await.unwrap();
    let established = async {
        assert!(link.is_silent().await);
        link.write(&bob.send(&alice, &relay.given("alice"), "Hi, Alice!"))
            .await;
        link.expect("200 ").await;
    };
    let (session, ()) =
        within(async { tokio::join!(call.establish(&agreement, &relay.roots), established) }).await;
    let mut session = session.unwrap();
    assert_eq!(message(&mut session).await, "Hi, Alice!");
    let _ = session.send(text("Hi, Bob!")).await.unwrap();
    assert!(expect_send(&mut link, &alice, &bob).await.contains("Hi, Bob!"));
    assert!(bob.is_left_alone().await && relay.is_left_alone().await);
    assert_eq!(endpoint.connection_count(), 1);
}

/// What is to be sent waits on the passive side, and does not on the active one.
///
/// Shows: SETUP-4.5-02.
#[tokio::test]
async fn who_sends_first() {
    let (relay, bob) = (Relay::new().await, Bob::new().await);
    let endpoint = relay.endpoint(Config::default()).await;
    for role in [Role::Active, Role::Passive] {
        let (mut link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
        let terms = Terms::relayed(relayed.path(), bob.session.path().as_ref()).unwrap();
        let config = SessionConfig::new(alice.uri().clone(), role, terms);
        let session = relayed.open(config).await.unwrap();
        let _ = session.send(text("Hi, Bob!")).await.unwrap();
        if role == Role::Passive {
            assert!(link.is_silent().await);
            link.write(&bob.send(&alice, &relay.given("alice"), "Hi, Alice!"))
                .await;
            link.expect("200 ").await;
        }
        assert!(expect_text(&mut link, &alice, &bob).await.contains("Hi, Bob!"));
        link.close().await;
        drop(session);
        within(async {
            while endpoint.connection_count() > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
    }
}

/// Bob has the offer, and is faster than his answer.
#[tokio::test]
async fn earlier_than_the_answer() {
    let (relay, bob) = (Relay::new().await, Bob::new().await);
    let endpoint = relay.endpoint(Config::default()).await;
    let (mut link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let call = Call::offer_through(&relayed, &alice).await.unwrap();
    link.write(&bob.send(&alice, &relay.given("alice"), "Hi, Alice!"))
        .await;
    link.expect("200 ").await;
    let agreement = agree(&alice, &bob.session, Side::Offerer, &by_name());
    let mut session = within(call.establish(&agreement, &relay.roots)).await.unwrap();
    assert_eq!(message(&mut session).await, "Hi, Alice!");
    let _ = session.send(text("Hi, Bob!")).await.unwrap();
    assert!(expect_text(&mut link, &alice, &bob).await.contains("Hi, Bob!"));
}

#[tokio::test]
async fn nobody_comes() {
    let (relay, bob) = (Relay::new().await, Bob::new().await);
    let endpoint = relay.endpoint(Config::default()).await;
    let (_link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let bob = bob
        .session
        .renewed(|local| local.reachable(false), &mut Ids::seeded([7; 32]))
        .unwrap();
    let brief = by_name().wait(Duration::from_millis(50));
    let agreement = agree(&bob, &alice, Side::Answerer, &brief);
    let call = Call::answer_through(&relayed, &agreement).await.unwrap();
    let error = within(call.establish(&agreement, &relay.roots))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::TimedOut), "{error:?}");
}

/// A path is for one session, on the connection that it came over.
#[tokio::test]
async fn no_other_connection() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default().max_sessions(1)).await;
    let (_one, first, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let (_two, second, carol) = behind(&relay, &endpoint, "carol", |local| local).await;
    let peer: Path = "msrps://bob.example.com:9/bob;tcp".parse().unwrap();
    let terms = Terms::relayed(first.path(), peer.as_ref()).unwrap();
    let config = |own: &LocalSession| SessionConfig::new(own.uri().clone(), Role::Active, terms.clone());
    let refused = |error: ConnectErrorReason, reason: OpenErrorReason| match error {
        ConnectErrorReason::Open(why) => assert_eq!(why, reason),
        error => panic!("{error:?}"),
    };
    let error = second.open(config(&carol)).await.unwrap_err();
    refused(error.reason, OpenErrorReason::RelayPath);
    let _session = first.open(config(&alice)).await.unwrap();

    // Without relays asked for it there is no way.
    let direct = Call::offer(&endpoint, &alice).unwrap();
    let bob = Bob::new().await;
    let agreement = agree(&alice, &bob.session, Side::Offerer, &by_name());
    let error = direct.establish(&agreement, &relay.roots).await.unwrap_err();
    assert!(matches!(error, CallError::Unsupported), "{error:?}");
    assert!(bob.is_left_alone().await);
}

/// An offer that comes to nothing leaves nothing: there is room for another path on the connection.
#[tokio::test]
async fn offered_in_vain() {
    let relay = Relay::new().await;
    let endpoint = relay.endpoint(Config::default().max_sessions(1)).await;
    let (mut link, relayed, alice) = behind(&relay, &endpoint, "alice", |local| local).await;
    let call = Call::offer_through(&relayed, &alice).await.unwrap();
    drop(call);
    drop(relayed);
    let again = session("again", |local| local);
    let asked = endpoint.authorize(asking(&relay, &again), relay.roots.clone());
    let uri = relay.given("again");
    let (relayed, _) = within(async { tokio::join!(asked, link.grant(&uri, 600)) }).await;
    assert_eq!(relayed.unwrap().path().use_path().as_str(), uri);
    assert_eq!(endpoint.connection_count(), 1);
}
