//! What the relay says to AUTH.

use std::sync::Arc;
use std::time::Duration;

use msrp_examples::tls::TlsError;
use msrp_examples::tokio_driver::{AuthorizeErrorReason, ConnectErrorReason};
use msrp_proto::wire::HostName;
use msrp_proto::{RelayFailure, UriParameter};
use msrp_sdp::{Local, LocalSession};
use rustls::RootCertStore;

use crate::relay::Relay;
use crate::support::{ALICE, BOB, asking, endpoint, ids, within};

fn session() -> LocalSession {
    let name: HostName = "alice.example.com".parse().unwrap();
    let local = Local::connecting(name).by_name(true);
    local.open(&mut ids("alice")).unwrap()
}

#[tokio::test]
async fn credentials() {
    let Some(relay) = Relay::start() else { return };
    let endpoint = endpoint().await;
    let session = session();
    for wrong in [("alice", "open barley"), ("mallory", "open sesame")] {
        for uri in [UriParameter::Fallback, UriParameter::Always] {
            let config = asking(&relay, &session, wrong).uri_parameter(uri);
            let refused = endpoint.authorize(config, relay.roots.clone());
            let error = within(20, refused).await.unwrap_err();
            let credentials = AuthorizeErrorReason::Relay(RelayFailure::Credentials);
            assert_eq!(error.reason.to_string(), credentials.to_string());
            assert_eq!(error.config.target(), relay.uri().relay_target());
        }
    }
    for right in [ALICE, BOB] {
        for uri in [UriParameter::Fallback, UriParameter::Always] {
            let config = asking(&relay, &session, right).uri_parameter(uri);
            let relayed = within(20, endpoint.authorize(config, relay.roots.clone()))
                .await
                .unwrap();
            assert_eq!(relayed.grant().lifetime(), Some(Duration::from_secs(3600)));
            assert!(!relayed.grant().has_address() && !relayed.grant().is_verified());
        }
    }
    // All over one connection.
    assert_eq!(endpoint.connection_count(), 1);
}

#[tokio::test]
async fn a_relay_that_is_not_trusted() {
    let Some(relay) = Relay::start() else { return };
    let endpoint = endpoint().await;
    let config = asking(&relay, &session(), ALICE);
    let refused = endpoint.authorize(config, Arc::new(RootCertStore::empty()));
    let error = within(20, refused).await.unwrap_err();
    assert!(
        matches!(
            error.reason,
            AuthorizeErrorReason::Connect(ConnectErrorReason::Tls(TlsError::UnknownIssuer))
        ),
        "{error:?}"
    );
    assert_eq!(endpoint.connection_count(), 0);
}
