//! What becomes of a path is told.

use msrp_examples::tokio_driver::{Endpoint, News, Relayed, Session};
use msrp_proto::wire::Path;
use msrp_proto::{
    Config, MediaType, Message, RelayEvent, RelayFailure, RelayPath, Role, SendErrorReason, SessionConfig,
    SessionEvent, SessionFailure, Terms,
};
use msrp_sdp::LocalSession;
use tokio::time::Instant;

use crate::scripted::{Link, Relay, asking, session, within};

fn terms(through: &RelayPath) -> Terms {
    let peer: Path = "msrps://bob.example.com:9/bob;tcp".parse().unwrap();
    Terms::relayed(through, peer.as_ref()).unwrap()
}

/// A path, a session on it, and what else has to stay.
struct Opened {
    link: Link,
    relayed: Relayed,
    session: Session,
    own: LocalSession,
    _endpoint: Endpoint,
}

/// With a path that lives 600 s.
async fn open(relay: &Relay) -> Opened {
    let endpoint = relay.endpoint(Config::default()).await;
    let own = session("a", |local| local);
    let asked = endpoint.authorize(asking(relay, &own), relay.roots.clone());
    let (relayed, link) = within(async {
        tokio::join!(asked, async {
            let mut link = relay.accept().await;
            link.grant(&relay.given("a"), 600).await;
            link
        })
    })
    .await;
    let relayed = relayed.unwrap();
    let config = SessionConfig::new(own.uri().clone(), Role::Passive, terms(relayed.path()));
    let session = relayed.open(config).await.unwrap();
    Opened {
        link,
        relayed,
        session,
        own,
        _endpoint: endpoint,
    }
}

async fn refused(session: &Session) -> SendErrorReason {
    let text = Message::new(MediaType::new("text", "plain").unwrap(), "?");
    session.send(text).await.unwrap_err().reason
}

/// Nobody renews it.
#[tokio::test]
async fn it_expires() {
    let relay = Relay::new().await;
    let mut opened = open(&relay).await;
    let relayed = &mut opened.relayed;
    tokio::time::pause();
    let since = Instant::now();
    assert!(matches!(relayed.next().await, Some(RelayEvent::Expiring)));
    assert!(
        (538..545).contains(&since.elapsed().as_secs()),
        "{:?}",
        since.elapsed()
    );
    let last = relayed.next().await;
    assert!(
        matches!(last, Some(RelayEvent::Failed(RelayFailure::Expired))),
        "{last:?}"
    );
    assert!((598..605).contains(&since.elapsed().as_secs()));
    assert!(relayed.next().await.is_none());
    assert_eq!(refused(&opened.session).await, SendErrorReason::RelayPathExpired);
}

/// Renewed once, and once in vain.
#[tokio::test]
async fn it_is_renewed() {
    let relay = Relay::new().await;
    let Opened {
        mut link,
        mut relayed,
        session,
        _endpoint,
        ..
    } = open(&relay).await;
    let first = relayed.path().clone();
    relayed.renew();
    assert_eq!(link.grant(&relay.given("b"), 900).await, 1);
    let event = within(relayed.next()).await;
    let Some(RelayEvent::Renewed(grant)) = event else {
        panic!("{event:?}")
    };
    assert_eq!((grant.path(), relayed.grant()), (relayed.path(), &*grant));
    assert_eq!(relayed.path().use_path().as_str(), relay.given("b"));

    relayed.renew();
    let request = link.expect("AUTH\r\n").await;
    link.answer(&request, "403 Forbidden", "").await;
    let event = within(relayed.next()).await;
    assert!(
        matches!(event, Some(RelayEvent::NotRenewed(RelayFailure::Refused(_)))),
        "{event:?}"
    );

    session.sender().update(terms(relayed.path()));
    tokio::time::pause();
    let event = relayed.next().await;
    assert!(
        matches!(&event, Some(RelayEvent::Lapsed(path)) if **path == first),
        "{event:?}"
    );
}

/// The relay goes away, and takes path and session with it.
#[tokio::test]
async fn it_is_lost() {
    let relay = Relay::new().await;
    let Opened {
        link,
        mut relayed,
        mut session,
        _endpoint,
        ..
    } = open(&relay).await;
    link.close().await;
    let event = within(relayed.next()).await;
    assert!(
        matches!(event, Some(RelayEvent::Failed(RelayFailure::ConnectionLost))),
        "{event:?}"
    );
    let mut failed = None;
    while let Some(news) = within(session.next()).await {
        if let News::Session(SessionEvent::Failed(why, _)) = news {
            failed = Some(why);
        }
    }
    assert_eq!(failed, Some(SessionFailure::ConnectionLost));
    assert!(within(relayed.next()).await.is_none());
}

/// Its session ends.
#[tokio::test]
async fn it_is_over() {
    let relay = Relay::new().await;
    let Opened {
        link: _link,
        mut relayed,
        session,
        _endpoint,
        ..
    } = open(&relay).await;
    drop(session);
    let event = within(relayed.next()).await;
    assert!(
        matches!(event, Some(RelayEvent::Failed(RelayFailure::SessionEnded))),
        "{event:?}"
    );
}

/// Nobody wants to hear of it any more, and the session goes on.
#[tokio::test]
async fn it_is_let_go() {
    let relay = Relay::new().await;
    let Opened {
        mut link,
        relayed,
        mut session,
        own,
        _endpoint,
    } = open(&relay).await;
    drop(relayed);
    let request = format!(
        "MSRP b0bb0b SEND\r\nTo-Path: {}\r\nFrom-Path: {} msrps://bob.example.com:9/bob;tcp\r\n\
         Message-ID: b0b\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------b0bb0b$\r\n",
        own.uri(),
        relay.given("a"),
    );
    link.write(&request).await;
    link.expect("200 ").await;
    let heard = within(async {
        loop {
            if let News::Message(message) = session.next().await.unwrap() {
                return message.body;
            }
        }
    });
    assert_eq!(heard.await, "Hi");
    let text = Message::new(MediaType::new("text", "plain").unwrap(), "Still here");
    let _ = session.send(text).await.unwrap();
    assert!(link.expect("SEND\r\n").await.contains("Still here"));
}
