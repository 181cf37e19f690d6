//! Two who are behind the relay, and agree by SDP.

use std::time::Duration;

use bytes::Bytes;
use msrp_examples::tokio_driver::{Call, Endpoint, News, Relayed, Session};
use msrp_proto::wire::HostName;
use msrp_proto::{Config, Credentials, MediaType, Message, RelayConfig, UriParameter};
use msrp_sdp::{Agreement, Answer, Ids, Local, LocalSession, Media, Names, Outcome, Policy, Side, negotiate};

use crate::relay::Relay;

pub(crate) const ALICE: (&str, &str) = ("alice", "open sesame");
pub(crate) const BOB: (&str, &str) = ("bob", "open barley");

/// An endpoint with one session behind the relay.
pub(crate) struct Party {
    pub(crate) endpoint: Endpoint,
    pub(crate) relayed: Relayed,
    pub(crate) session: LocalSession,
}

impl Party {
    pub(crate) async fn new(relay: &Relay, who: (&str, &str), local: impl FnOnce(Local) -> Local) -> Self {
        let endpoint = endpoint().await;
        let name: HostName = format!("{}.example.com", who.0).parse().unwrap();
        let session = local(Local::connecting(name).by_name(true));
        let session = session.open(&mut ids(who.0)).unwrap();
        let config = asking(relay, &session, who);
        let relayed = endpoint.authorize(config, relay.roots.clone()).await.unwrap();
        let session = session.with_relays(relayed.path().clone()).unwrap();
        Self {
            endpoint,
            relayed,
            session,
        }
    }

    pub(crate) async fn shut_down(self) {
        drop(self.relayed);
        self.endpoint.shutdown(Duration::from_secs(5)).await.unwrap();
    }
}

pub(crate) async fn endpoint() -> Endpoint {
    Endpoint::bind(Config::default(), &[]).await.unwrap()
}

pub(crate) fn ids(name: &str) -> Ids {
    let mut seed = [0; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    Ids::seeded(seed)
}

/// What to ask the relay for. Kamailio refuses Authorization without `uri`.
pub(crate) fn asking(relay: &Relay, session: &LocalSession, (user, password): (&str, &str)) -> RelayConfig {
    RelayConfig::new(session.uri().clone(), relay.uri())
        .credentials(Credentials::new(user, password).unwrap())
        .uri_parameter(UriParameter::Fallback)
}

/// An offer, its answer, and what they come to for each side.
pub(crate) fn agree(offerer: &LocalSession, answerer: &LocalSession) -> (Agreement, Agreement) {
    let offer = offerer.offer();
    let (policy, names) = (Policy::default(), Names::default());
    let Ok(Answer::Media(answer)) = answerer.answer(&offer, &policy, &names) else {
        panic!("refused: {offer:?}")
    };
    let side = |side| agreement(&offer, &answer, side);
    (side(Side::Offerer), side(Side::Answerer))
}

fn agreement(offer: &Media, answer: &Media, side: Side) -> Agreement {
    match negotiate(offer, answer, side, &Policy::default(), &Names::default()) {
        Ok(Outcome::Session(agreement)) => *agreement,
        other => panic!("{other:?}"),
    }
}

/// As if each description had arrived at once: the session of who offers, and of who answers.
pub(crate) async fn call(relay: &Relay, offerer: &Party, answerer: &Party) -> (Session, Session) {
    let offered = Call::offer_through(&offerer.relayed, &offerer.session)
        .await
        .unwrap();
    let (ours, theirs) = agree(&offerer.session, &answerer.session);
    let answered = Call::answer_through(&answerer.relayed, &theirs).await.unwrap();
    let both = async {
        tokio::join!(
            offered.establish(&ours, &relay.roots),
            answered.establish(&theirs, &relay.roots)
        )
    };
    let (ours, theirs) = within(20, both).await;
    (ours.unwrap(), theirs.unwrap())
}

/// Fails instead of hanging.
pub(crate) async fn within<T>(seconds: u64, work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(seconds);
    tokio::time::timeout(limit, work).await.expect("in time")
}

pub(crate) fn text(text: impl Into<String>) -> Message {
    Message::new(MediaType::new("text", "plain").unwrap(), text.into()).success_report(true)
}

/// The next message, whole.
pub(crate) async fn message(session: &mut Session) -> Bytes {
    loop {
        match session.next().await.expect("a session") {
            News::Message(message) => return message.body,
            News::Session(event) => assert!(
                !matches!(event, msrp_proto::SessionEvent::Failed(..)),
                "{event:?}"
            ),
            _ => {}
        }
    }
}

/// A text that arrives, by the account of both.
pub(crate) async fn say(from: &Session, to: &mut Session, what: &str) {
    within(20, async {
        let delivery = from.send(text(what)).await.unwrap();
        assert_eq!(message(to).await, what);
        delivery.outcome().await.unwrap();
    })
    .await;
}
