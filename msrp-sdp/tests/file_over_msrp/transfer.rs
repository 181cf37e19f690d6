//! A whole transfer.

use msrp_proto::test_util::epoch;
use msrp_proto::{Config, Connection, Link, SendErrorReason};
use msrp_sdp::{
    Answer, FileAnswer, FileFate, FileRange, FileTransfers, FileVerdict, FileVerified, Ids, Local, Names,
    Outcome, Policy, Side, negotiate,
};

use crate::{Call, F, Outcomes, Who, f, lines, message, received, session};

/// Shows: FT-8.7-01.
#[test]
fn one_file_in_one_message() {
    let (mut call, id) = Call::push(&f(), FileRange::WHOLE, Config::default().chunk_limit(Some(4)));
    call.send(Who::Alice, message(F)).unwrap();
    assert_eq!(
        call.send(Who::Alice, message(F)),
        Err(SendErrorReason::SingleMessage)
    );
    call.run();
    // One message, in several chunks.
    assert_eq!(
        call.end(Who::Alice).sent(),
        ["SEND 1-4/10 [4] +", "SEND 5-8/10 [4] +", "SEND 9-10/10 [2] $"]
    );
    assert_eq!(call.end(Who::Alice).outcomes, [Outcomes::Sent]);
    assert_eq!(
        call.send(Who::Alice, message(F)),
        Err(SendErrorReason::SingleMessage)
    );
    call.run();
    assert_eq!(call.end(Who::Alice).sent(), [""; 0]);

    let bob = call.end(Who::Bob);
    assert_eq!(bob.outcomes, [Outcomes::Received(10)]);
    let mut receipt = bob.transfers.receipt(&id).unwrap();
    for (offset, octets) in &bob.data {
        assert_eq!(receipt.take(*offset, octets), Ok(*offset));
    }
    assert_eq!(
        receipt.finish(f().name(), f().media_type()),
        Ok(FileVerified::WithHash)
    );
    bob.transfers.completed(&id);

    // The sender closes the session.
    let alice = call.end(Who::Alice);
    alice.transfers.completed(&id);
    assert_eq!(alice.transfers.get(&id).unwrap().fate(), FileFate::Completed);
    let part = alice.transfers.parts().next().unwrap();
    assert!(part.closed);
    assert_eq!(
        lines(&alice.local.offer().refused_with(&part))[0],
        "m=message 0 TCP/MSRP *"
    );
    alice.connection.session(alice.session).unwrap().close();
    let verdict = call.offer(Who::Alice, &part);
    assert!(
        matches!(verdict, FileVerdict::Closed { abort: None, .. }),
        "{verdict:?}"
    );
}

/// Nor does the receiver take a second one, or send a file itself.
#[test]
fn nothing_else_either_way() {
    let (mut call, _) = Call::push(&f(), FileRange::WHOLE, Config::default());
    assert_eq!(call.send(Who::Bob, message(F)), Err(SendErrorReason::Direction));
    call.run();
    assert_eq!(call.end(Who::Bob).sent(), [""; 0]);
}

/// Also where the peer does not know that it is a file.
#[test]
fn to_a_peer_without_file_transfer() {
    let mut ids = Ids::seeded([3; 32]);
    let mut alice = FileTransfers::default();
    let part = alice.push(&f(), FileRange::WHOLE, 0, &mut ids).unwrap();
    let offered = session(Who::Alice, &part, None, &mut ids).offer();
    let host: std::net::IpAddr = "192.0.2.2".parse().unwrap();
    let bob = Local::listening(host, 7654).plain().open(&mut ids).unwrap();
    let Ok(Answer::Media(answered)) = bob.answer(&offered, &Policy::default(), &Names::default()) else {
        panic!("no answer")
    };
    assert!(matches!(
        alice.answered(&received(&answered)),
        Ok(FileAnswer::Accepted(_))
    ));
    let outcome = negotiate(
        &offered,
        &answered,
        Side::Offerer,
        &Policy::default(),
        &Names::default(),
    );
    let Ok(Outcome::Session(agreement)) = outcome else {
        panic!("{outcome:?}")
    };
    let config = std::sync::Arc::new(Config::default());
    let mut connection = Connection::new(config, Link::tcp(), epoch(), ids.seed());
    let id = connection.open(agreement.session()).unwrap();
    let mut send = || {
        connection
            .session(id)
            .unwrap()
            .send(message(F))
            .map_err(|error| error.reason)
    };
    assert!(send().is_ok());
    assert_eq!(send(), Err(SendErrorReason::SingleMessage));
}
