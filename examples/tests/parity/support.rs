//! Two endpoints, and sessions between them that two texts have set up.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use msrp_examples::tls::Identity;
use msrp_examples::tokio_driver::{Call, CallError, Endpoint, News, Options, Session};
use msrp_proto::{Config, Host, MediaType, Message, Received, SessionEvent};
use msrp_sdp::{
    Agreement, Answer, Description, Fingerprints, Ids, Local, LocalSession, Media, Names, NegotiationError,
    Origin, Outcome, Policy, Side, negotiate,
};
use rustls::RootCertStore;

/// Fails instead of hanging.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    let wait = Duration::from_secs(20);
    match tokio::time::timeout(wait, work).await {
        Ok(result) => result,
        Err(_) => panic!("not done within {wait:?}"),
    }
}

/// Waits until something holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    within(async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

pub(crate) fn ids() -> Ids {
    Ids::drawn_from(|octets| getrandom::fill(octets).unwrap())
}

pub(crate) fn host(text: &str) -> Host {
    match text.parse::<IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => Host::Name(text.parse().unwrap()),
    }
}

/// One side: an endpoint that listens, in TLS or not.
pub(crate) struct Party {
    pub(crate) endpoint: Endpoint,
    pub(crate) identity: Option<Identity>,
}

impl Party {
    pub(crate) async fn new(address: &str, tls: bool, config: Config) -> Self {
        let identity = tls.then(|| Identity::self_signed().unwrap());
        let options = match &identity {
            Some(identity) => Options::default().identity(identity.clone()),
            None => Options::default(),
        };
        let any = SocketAddr::from((address.parse::<IpAddr>().unwrap(), 0));
        let endpoint = Endpoint::bind_with(config, &[any], options).await.unwrap();
        Self { endpoint, identity }
    }

    /// What it says of itself, reached under its address.
    pub(crate) fn local(&self) -> Local {
        self.local_at(self.endpoint.addresses()[0].ip().into())
    }

    pub(crate) fn local_at(&self, host: Host) -> Local {
        let local = Local::listening(host, self.endpoint.addresses()[0].port());
        match &self.identity {
            Some(identity) => local.fingerprints(Fingerprints::of([identity.certificate()]).unwrap()),
            None => local.plain(),
        }
    }
}

/// Two parties on the loopback address of IPv4.
pub(crate) async fn parties(tls: bool) -> (Party, Party) {
    let (one, other) = (Config::default(), Config::default());
    (
        Party::new("127.0.0.1", tls, one).await,
        Party::new("127.0.0.1", tls, other).await,
    )
}

/// A section as signalling carries it: within a description, as text.
pub(crate) fn text_of(media: &Media) -> String {
    let origin = Origin::new(ids().number(), host("192.0.2.1"));
    let description = Description::new(origin).with_section(media);
    String::from_utf8(description.to_bytes()).unwrap()
}

/// The section of such a text, read without tolerance.
pub(crate) fn read(text: &str) -> Media {
    let description =
        Description::parse_strict(text.as_bytes()).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let (index, media) = description.msrp().swap_remove(0);
    assert_eq!(index, 0);
    media.unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

pub(crate) fn agree(offer: &Media, answer: &Media, side: Side) -> Result<Agreement, NegotiationError> {
    agree_by(offer, answer, side, &Policy::default())
}

pub(crate) fn agree_by(
    offer: &Media,
    answer: &Media,
    side: Side,
    policy: &Policy,
) -> Result<Agreement, NegotiationError> {
    match negotiate(offer, answer, side, policy, &Names::default())? {
        Outcome::Session(agreement) => Ok(*agreement),
        other => panic!("{other:?}"),
    }
}

/// What an offer and its answer were, as text, and what each side got from them.
pub(crate) struct Established {
    pub(crate) offer: String,
    pub(crate) answer: String,
    /// Of the offerer, of the answerer.
    pub(crate) agreements: [Agreement; 2],
    pub(crate) sessions: [Result<Session, CallError>; 2],
}

/// Sets up a session. `on_the_way` may change both texts.
pub(crate) async fn call(
    (alice, offering): (&Party, Local),
    (bob, answering): (&Party, Local),
    policy: &Policy,
    on_the_way: impl Fn(Side, String) -> String,
) -> Established {
    let roots = Arc::new(RootCertStore::empty());
    let offering: LocalSession = offering.open(&mut ids()).unwrap();
    let answering = answering.open(&mut ids()).unwrap();

    let alices = Call::offer(&alice.endpoint, &offering).unwrap();
    let offer = text_of(&offering.offer());

    let offered = read(&on_the_way(Side::Offerer, offer.clone()));
    let answered = match answering.answer(&offered, policy, &Names::default()).unwrap() {
        Answer::Media(answer) => *answer,
        other => panic!("{other:?}"),
    };
    let bobs_agreement = agree_by(&offered, &answered, Side::Answerer, policy).unwrap();
    let bobs = Call::answer(&bob.endpoint, &bobs_agreement, &roots).unwrap();
    let answer = text_of(&answered);

    let received = read(&on_the_way(Side::Answerer, answer.clone()));
    let alices_agreement = agree_by(&offering.offer(), &received, Side::Offerer, policy).unwrap();
    let (alices, bobs) = within(async {
        tokio::join!(
            alices.establish(&alices_agreement, &roots),
            bobs.establish(&bobs_agreement, &roots),
        )
    })
    .await;
    Established {
        offer,
        answer,
        agreements: [alices_agreement, bobs_agreement],
        sessions: [alices, bobs],
    }
}

/// A session between two parties, the first of which offers and connects.
pub(crate) async fn session(alice: &Party, bob: &Party) -> (Session, Session) {
    let established = call(
        (alice, alice.local()),
        (bob, bob.local()),
        &Policy::default(),
        |_, text| text,
    )
    .await;
    let [alices, bobs] = established.sessions;
    (alices.unwrap(), bobs.unwrap())
}

pub(crate) fn text(text: impl Into<String>) -> Message {
    Message::new(media_type("text/plain"), text.into())
}

pub(crate) fn media_type(text: &str) -> MediaType {
    text.parse().unwrap()
}

pub(crate) fn octet_stream() -> MediaType {
    media_type("application/octet-stream")
}

/// Octets that differ from their neighbours, and from those 256 further on.
pub(crate) fn octets(len: usize) -> Vec<u8> {
    (0..len)
        .map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8)
        .collect()
}

/// The next whole message of a session; `None` when it has ended.
pub(crate) async fn message(session: &mut Session) -> Option<Received> {
    within(async {
        loop {
            match session.next().await? {
                News::Message(message) => return Some(message),
                News::Arriving(..) | News::Session(_) => {}
                news => panic!("{news:?}"),
            }
        }
    })
    .await
}

/// The last thing that a session tells.
pub(crate) async fn end_of(session: &mut Session) -> SessionEvent {
    within(async {
        let mut last = None;
        while let Some(news) = session.next().await {
            if let News::Session(event) = news {
                last = Some(event);
            }
        }
        last.expect("no session ends without a word")
    })
    .await
}

/// Each side tells the other something.
pub(crate) async fn talk(one: &mut Session, other: &mut Session) {
    let there = one.send(text("from one")).await.unwrap();
    assert_eq!(message(other).await.unwrap().body, "from one");
    let back = other.send(text("from the other")).await.unwrap();
    assert_eq!(message(one).await.unwrap().body, "from the other");
    within(there.outcome()).await.unwrap();
    within(back.outcome()).await.unwrap();
}
