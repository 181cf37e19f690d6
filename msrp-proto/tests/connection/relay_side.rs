//! What relays say, written by the test.

use msrp_proto::wire::digest::{AuthenticationInfo, Authorization, Challenge, Credentials};
use msrp_proto::wire::{MsrpUri, UriRef};
use msrp_proto::{Link, RelayConfig, RelayId, RelayPath, Role, SessionConfig, Terms};

use crate::frame::Frame;
use crate::peer::{Cut, Peer, Sent, Setup};

/// The session behind the relays, as in the examples of RFC 4976 §5.1, and another one.
pub(crate) const OWN: &str = "msrps://alice.example.com:9892/98cjs;tcp";
pub(crate) const OWN2: &str = "msrps://alice.example.com:9892/kjhd37s2;tcp";
/// The relays, as they are asked.
pub(crate) const INTRA: &str = "msrps://alice@intra.example.com;tcp";
pub(crate) const EXTRA: &str = "msrps://extra.example.com;tcp";
/// What they give.
pub(crate) const U1: &str = "msrps://intra.example.com:9000/jui787s2f;tcp";
pub(crate) const U2: &str = "msrps://extra.example.com:9000/mywdEe1233;tcp";
/// Who is on the other side.
pub(crate) const PEER: &str = "msrp://bob.example.net:7654/iau39soe2843z;tcp";

/// A connection to the nearest relay, without a session.
pub(crate) fn setup() -> Setup {
    Setup::new().no_session().secure()
}

pub(crate) fn run(test: impl FnMut(&mut Peer)) {
    setup().run(test);
}

pub(crate) fn peer() -> Peer {
    setup().peer(Cut::Whole)
}

pub(crate) fn uri(text: &str) -> MsrpUri {
    text.parse().unwrap()
}

pub(crate) fn alice() -> Credentials {
    Credentials::new("Alice", "wonderland").unwrap()
}

/// A path through the inner relay, for Alice.
pub(crate) fn config() -> RelayConfig {
    RelayConfig::new(uri(OWN), uri(INTRA)).credentials(alice())
}

/// The same for another session.
pub(crate) fn config2() -> RelayConfig {
    RelayConfig::new(uri(OWN2), uri(INTRA)).credentials(alice())
}

/// The one AUTH that is to be sent, and nothing else.
pub(crate) fn auth(peer: &mut Peer) -> Sent {
    let mut sent = peer.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    let auth = sent.remove(0);
    assert_eq!(auth.line(), "AUTH  $");
    auth
}

/// A response to an AUTH, as relays bring it back.
pub(crate) fn response(auth: &Sent, status: &str) -> Frame {
    Frame::response(&auth.id(), status)
        .to(auth.header("From-Path"))
        .from(auth.header("To-Path"))
}

/// A 401 with that WWW-Authenticate.
pub(crate) fn unauthorized(auth: &Sent, challenge: &str) -> Frame {
    response(auth, "401 Unauthorized").header("WWW-Authenticate", challenge)
}

pub(crate) fn challenge(realm: &str, nonce: &str) -> String {
    Challenge::new(realm, nonce).unwrap().to_string()
}

/// A 200 with that Use-Path.
pub(crate) fn granted(auth: &Sent, use_path: &str) -> Frame {
    response(auth, "200 OK").header("Use-Path", use_path)
}

/// What an AUTH has for Authorization.
pub(crate) fn authorization(auth: &Sent) -> Option<Authorization> {
    let value = auth.head.header("Authorization")?;
    Some(Authorization::parse(value).expect("an Authorization"))
}

/// The URI that is hashed.
pub(crate) fn target(auth: &Sent) -> UriRef<'_> {
    let last = auth.header("To-Path").rsplit(' ').next().unwrap();
    UriRef::parse(last.as_bytes()).unwrap()
}

/// What proves that the relay knows the password.
pub(crate) fn proof(auth: &Sent, credentials: &Credentials) -> AuthenticationInfo {
    let authorization = authorization(auth).expect("an Authorization");
    AuthenticationInfo::new(&authorization, credentials, target(auth))
}

/// Alice answers the challenge, as nobody else can.
pub(crate) fn assert_by_alice(auth: &Sent, realm: &str, nonce: &str, nc: u32) {
    let authorization = authorization(auth).expect("an Authorization");
    assert_eq!((authorization.realm(), authorization.nonce()), (realm, nonce));
    assert_eq!(authorization.nc(), nc);
    assert!(authorization.is_by(&alice(), target(auth)));
    let mallory = Credentials::new("Alice", "looking-glass").unwrap();
    assert!(!authorization.is_by(&mallory, target(auth)));
}

/// A relay gives that path without more ado.
pub(crate) fn authorize(peer: &mut Peer, name: &str, config: RelayConfig, use_path: &str) -> RelayId {
    let id = peer.authorize(name, config);
    let auth = auth(peer);
    peer.feed(granted(&auth, use_path).header("Expires", "900"));
    assert_eq!(peer.events(), [format!("{name} authorized {use_path}")]);
    id
}

pub(crate) fn relays(use_path: &str) -> RelayPath {
    RelayPath::new(use_path.parse().unwrap())
}

pub(crate) fn terms(use_path: &str) -> Terms {
    Terms::relayed(
        &relays(use_path),
        PEER.parse::<msrp_proto::wire::Path>().unwrap().as_ref(),
    )
    .unwrap()
}

/// The session behind those relays.
pub(crate) fn session(local: &str, role: Role, use_path: &str) -> SessionConfig {
    SessionConfig::new(uri(local), role, terms(use_path))
}

/// A session B at [`OWN`] on the path R through [`U1`], which has spoken.
pub(crate) fn open(peer: &mut Peer) {
    authorize(peer, "R", config(), U1);
    peer.open("B", session(OWN, Role::Active, U1));
    let sent = peer.sent();
    assert_eq!(sent.len(), 1);
    peer.feed(response(&sent[0], "200 OK").from(U1));
    assert_eq!(peer.events(), ["B bound"]);
}

/// A link of each kind that is protected.
pub(crate) fn links() -> [Link; 3] {
    [Link::tls(), Link::websocket(4096), Link::data_channel(4096)]
}
