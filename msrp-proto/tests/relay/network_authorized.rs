//! The client asks the relays of a network for paths, and talks over them.

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{AuthManner, AuthOptions, Network, RelayOptions, Side};
use msrp_proto::wire::{MsrpUri, Path, StatusCode};
use msrp_proto::{
    Config, Credentials, RelayConfig, RelayFailure, RelayPath, Role, SessionConfig, SessionId, Terms,
};

use crate::talk::Talk;

fn credentials() -> Credentials {
    Credentials::new("alice", "wonderland").unwrap()
}

/// So many relays, which know who asks.
fn talk(relays: usize, auth: &AuthOptions) -> Talk {
    let config = Arc::new(Config::default());
    let auth = auth.clone().account(credentials());
    let options = vec![RelayOptions::new().auth(auth); relays];
    Talk::new(Network::new([config.clone(), config], options, 1))
}

/// Asks so many relays in a row, beginning with the next one.
fn authorize(talk: &mut Talk, side: Side, own: &MsrpUri, relays: usize) -> Result<RelayPath, RelayFailure> {
    let last = talk.network.hop_count() - 2;
    let uri = |at| Network::relay_uri(if side == Side::A { at } else { last - at });
    let mut config = RelayConfig::new(own.clone(), uri(0)).credentials(credentials());
    for at in 1..relays {
        config = config.then(uri(at));
    }
    let id = talk.network.connection(side).authorize(config).unwrap();
    talk.apps[side as usize].asked(id);
    talk.pass(Duration::from_secs(100));
    let outcome = talk.apps[side as usize].granted.pop();
    outcome.expect("an outcome").map(|grant| {
        assert!(grant.is_verified());
        grant.path().clone()
    })
}

/// Both open a session, on paths for which they have asked relays, if any.
fn open(talk: &mut Talk, relays: [usize; 2]) -> [SessionId; 2] {
    let own = [Side::A, Side::B].map(|side| talk.network.session_uri(side));
    let paths = [Side::A, Side::B].map(|side| {
        let count = relays[side as usize];
        (count > 0).then(|| authorize(talk, side, &own[side as usize], count).unwrap())
    });
    let sdp = [0, 1].map(|at| match &paths[at] {
        Some(relays) => relays.for_sdp(&own[at]).unwrap(),
        None => Path::from(own[at].clone()),
    });
    [(Side::A, Role::Active), (Side::B, Role::Passive)].map(|(side, role)| {
        let peer = &sdp[side.other() as usize];
        let terms = match &paths[side as usize] {
            Some(relays) => Terms::relayed(relays, peer.as_ref()).unwrap(),
            None => Terms::new(peer.clone()),
        };
        let session = SessionConfig::new(own[side as usize].clone(), role, terms);
        talk.open_session(side, session)
    })
}

/// Each has its own relay, one relay is that of both, A has two in a row, and both have.
#[test]
fn messages_cross_on_paths_that_relays_have_granted() {
    for (count, relays) in [(2, [1, 1]), (1, [1, 1]), (1, [1, 0]), (2, [2, 0]), (4, [2, 2])] {
        let mut talk = talk(count, &AuthOptions::new());
        let sessions = open(&mut talk, relays);
        for (side, session) in [Side::A, Side::B].into_iter().zip(sessions) {
            talk.send(side, session, vec![b'x'; 5000], |message| {
                message.success_report(true)
            });
        }
        talk.finish();
        talk.assert_all_delivered();
    }
}

/// Whatever a relay answers, whoever asks hears of it once.
#[test]
fn a_hostile_relay_is_told_of() {
    let failure = |manner| {
        let mut talk = talk(1, &AuthOptions::new().manner(manner));
        let own = talk.network.session_uri(Side::A);
        authorize(&mut talk, Side::A, &own, 1).unwrap_err()
    };
    assert_eq!(failure(AuthManner::Silent), RelayFailure::TimedOut);
    assert_eq!(failure(AuthManner::Garbage), RelayFailure::ConnectionLost);
    assert_eq!(failure(AuthManner::Closing), RelayFailure::ConnectionLost);
    for stale in [false, true] {
        assert_eq!(
            failure(AuthManner::Challenging { stale }),
            RelayFailure::Credentials
        );
    }
    assert_eq!(failure(AuthManner::Expiring("0")), RelayFailure::Lifetime);
}

/// A lifetime past the end of the clock, or of all numbers, ends nothing early.
#[test]
fn an_enormous_lifetime_is_no_trouble() {
    for seconds in ["18446744073709551615", "99999999999999999999999999"] {
        let auth = AuthOptions::new().manner(AuthManner::Expiring(seconds));
        let mut talk = talk(1, &auth);
        let sessions = open(&mut talk, [1, 0]);
        talk.pass(Duration::from_secs(600));
        talk.send(Side::A, sessions[0], b"late".to_vec(), |message| {
            message.success_report(true)
        });
        talk.finish();
        talk.assert_all_delivered();
    }
}

#[test]
fn who_may_not_use_a_relay_is_told_so() {
    let config = Arc::new(Config::default());
    let options = RelayOptions::new().auth(AuthOptions::new().forbidden(credentials()));
    let mut talk = Talk::new(Network::new([config.clone(), config], [options], 1));
    let own = talk.network.session_uri(Side::A);
    let outcome = authorize(&mut talk, Side::A, &own, 1);
    assert_eq!(outcome, Err(RelayFailure::Refused(StatusCode::FORBIDDEN)));
}
