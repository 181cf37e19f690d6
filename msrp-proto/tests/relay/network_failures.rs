//! Failures that relays report, and what they mean (rulings ).

use std::sync::Arc;
use std::time::Duration;

use msrp_proto::test_util::{Network, Pipe, RelayOptions, Side};
use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Config, Refusal, SendFailure, SessionFailure, SessionId};

use crate::talk::Talk;

fn talk() -> (Talk, [SessionId; 2]) {
    let config = Arc::new(Config::default());
    let options = [RelayOptions::new(), RelayOptions::new()];
    let mut talk = Talk::new(Network::new([config.clone(), config], options, 1));
    let sessions = talk.open([1, 1]);
    (talk, sessions)
}

/// The receiver refuses a message with a code, which the relay next to it reports. 481 and 506 say that the
/// session is gone, others say something of the message.
#[test]
fn a_refusal_behind_relays_is_reported() {
    for wanted in [FailureReport::Yes, FailureReport::Partial] {
        for code in [400, 403, 413, 415, 428, 481, 506, 599] {
            let (mut talk, [session, _]) = talk();
            let code = StatusCode::new(code).unwrap();
            talk.apps[1].refusal = Refusal::new(code);
            // The head arrives before the end.
            talk.network.set_pipe(2, Side::B, Pipe::new(1).segments(1..=1));
            let refused = talk.send(Side::A, session, vec![b'x'; 10], |message| {
                message.failure_report(wanted).success_report(true)
            });
            talk.pass(Duration::from_secs(1));
            assert_eq!(talk.apps[0].reports, [format!("1-10/10 {code}")]);
            assert_eq!(talk.network.relay(0).counts().failures_reported, 0);
            assert_eq!(talk.network.relay(1).counts().failures_reported, 1);
            if [StatusCode::NO_SESSION, StatusCode::BOUND_ELSEWHERE].contains(&code) {
                let why = SendFailure::SessionEnded;
                assert!(
                    [Some(Err(why)), Some(Err(SendFailure::Refused(code)))].contains(&talk.outcome(refused))
                );
                assert_eq!(talk.apps[0].session_ends, [Err(SessionFailure::Refused(code))]);
                continue;
            }
            assert_eq!(talk.outcome(refused), Some(Err(SendFailure::Refused(code))));
            // The session goes on, but for the type that is not understood.
            talk.apps[1].refusal = None;
            if code != StatusCode::UNSUPPORTED_MEDIA_TYPE {
                let next = talk.send(Side::A, session, b"next".to_vec(), |message| {
                    message.success_report(true)
                });
                talk.finish();
                assert_eq!(talk.outcome(next), Some(Ok(())));
            }
            assert!(talk.apps[0].session_ends.is_empty());
        }
    }
}

/// The last hop is silent: after 30 s its relay says 408, and the session has failed.
#[test]
fn silence_behind_relays_is_reported() {
    let (mut talk, [session, _]) = talk();
    talk.network.set_pipe(2, Side::B, Pipe::new(1).silence(0));
    let lost = talk.send(Side::A, session, vec![b'x'; 10], |message| {
        message.success_report(true)
    });
    talk.pass(Duration::from_secs(29));
    assert_eq!(talk.outcome(lost), None);
    talk.pass(Duration::from_secs(2));
    assert!(talk.outcome(lost).unwrap().is_err());
    assert_eq!(talk.apps[0].reports, ["1-10/10 408"]);
    let why = SessionFailure::Refused(StatusCode::TIMEOUT);
    assert_eq!(talk.apps[0].session_ends, [Err(why)]);
}

/// The peer has closed the session.
#[test]
fn a_session_that_is_gone_is_reported() {
    let (mut talk, [a, b]) = talk();
    let first = talk.send(Side::A, a, b"first".to_vec(), |message| message);
    talk.finish();
    assert_eq!(talk.outcome(first), Some(Ok(())));
    talk.network.connection(Side::B).session(b).unwrap().close();
    let second = talk.send(Side::A, a, b"second".to_vec(), |message| {
        message.success_report(true)
    });
    talk.pass(Duration::from_secs(1));
    assert!(talk.outcome(second).unwrap().is_err());
    assert_eq!(talk.apps[0].reports, ["1-6/6 481"]);
    let why = SessionFailure::Refused(StatusCode::NO_SESSION);
    assert_eq!(talk.apps[0].session_ends, [Err(why)]);
}
