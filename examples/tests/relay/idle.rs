//! How long connections to relays are kept.

use std::time::Duration;

use msrp_examples::tls::Trust;
use msrp_examples::tokio_driver::{Relayed, Session};
use msrp_proto::wire::Path;
use msrp_proto::{Config, RelayPath, Role, SessionConfig, Terms};
use msrp_sdp::LocalSession;
use tokio::time::{Instant, advance};

use crate::scripted::{Link, Relay, asking, session, within};

/// Longer than anything that is not waited for.
const SLACK: Duration = Duration::from_secs(5);

/// A session with somebody far away, through that relay.
fn config(own: &LocalSession, through: &RelayPath) -> SessionConfig {
    let peer: Path = "msrps://far.example.com:9/far;tcp".parse().unwrap();
    let terms = Terms::relayed(through, peer.as_ref()).unwrap();
    SessionConfig::new(own.uri().clone(), Role::Passive, terms)
}

/// After how long the connection ends, by a clock that runs only while nobody has anything to do.
async fn until_closed(link: &mut Link) -> Duration {
    let since = Instant::now();
    while link.frame().await.is_some() {}
    since.elapsed()
}

fn assert_about(waited: Duration, seconds: u64) {
    let least = Duration::from_secs(seconds);
    assert!((least..least + SLACK).contains(&waited), "{waited:?}");
}

/// The own relay: an hour after the last session has ended.
///
/// Shows: RELAY-5.4-01 (the own relay).
#[tokio::test]
async fn own() {
    for (idle, seconds) in [
        (Config::default(), 3600),
        (Config::default().relay_idle_timeout(Duration::from_secs(70)), 70),
    ] {
        let relay = Relay::new().await;
        let endpoint = relay.endpoint(idle).await;
        let own = [session("a", |local| local), session("b", |local| local)];
        let ask = |own| endpoint.authorize(asking(&relay, own), relay.roots.clone());
        let answers = async {
            let mut link = relay.accept().await;
            link.grant(&relay.given("a"), 100_000).await;
            link.grant(&relay.given("b"), 100_000).await;
            link
        };
        let (a, b, mut link) = within(async { tokio::join!(ask(&own[0]), ask(&own[1]), answers) }).await;
        let open = async |relayed: &Relayed, own: &LocalSession| -> Session {
            relayed.open(config(own, relayed.path())).await.unwrap()
        };
        let (a, b) = (a.unwrap(), b.unwrap());
        let first = open(&a, &own[0]).await;
        let last = open(&b, &own[1]).await;

        tokio::time::pause();
        drop(first);
        advance(Duration::from_secs(seconds - 10)).await;
        drop(last);
        assert_about(until_closed(&mut link).await, seconds);
        tokio::time::resume();
    }
}

/// That of a peer, who is reached through it without AUTH: five minutes.
///
/// Shows: RELAY-5.4-01 (a foreign relay).
#[tokio::test]
async fn foreign() {
    for (idle, seconds) in [
        (Config::default(), 300),
        (Config::default().idle_timeout(Duration::from_secs(70)), 70),
    ] {
        let relay = Relay::new().await;
        let endpoint = relay.endpoint(idle).await;
        let open = |name: &'static str| {
            let path: Path = format!("{} msrps://far.example.com:9/far;tcp", relay.given(name))
                .parse()
                .unwrap();
            let own = session(name, |local| local).uri().clone();
            let trust = Trust::target(&path.target().unwrap(), relay.roots.clone()).unwrap();
            endpoint.connect_tls(SessionConfig::new(own, Role::Active, Terms::new(path)), trust)
        };
        let answers = async {
            let mut link = relay.accept().await;
            for _ in 0..2 {
                let request = link.expect("SEND\r\n").await;
                link.answer(&request, "200 OK", "").await;
            }
            link
        };
        let (first, last, mut link) = within(async { tokio::join!(open("a"), open("b"), answers) }).await;

        tokio::time::pause();
        drop(first.unwrap());
        advance(Duration::from_secs(seconds - 10)).await;
        drop(last.unwrap());
        assert_about(until_closed(&mut link).await, seconds);
        tokio::time::resume();
    }
}
