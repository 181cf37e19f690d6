//! What is not sent, and not taken.

use msrp_cpim::{Address, Message as Cpim};
use msrp_multipart::Entity;
use msrp_proto::wire::StatusCode;
use msrp_proto::{Config, Message, Refusal, SendErrorReason, SendFailure};
use msrp_sdp::{FileRange, TooMuchData};

use crate::{Call, F, Outcomes, Who, f, info, message};

/// F in a message/cpim of 86 octets.
fn wrapped() -> Message {
    let entity = Entity::new(&"a/b".parse().unwrap(), F).unwrap();
    let cpim = Cpim::builder()
        .from(Address::new("im:alice@a.example").unwrap())
        .to(Address::new("im:bob@bo.example").unwrap())
        .build(entity)
        .unwrap();
    let octets = cpim.to_bytes();
    assert_eq!((octets.len(), &octets[octets.len() - F.len()..]), (86, F));
    Message::new("message/cpim".parse().unwrap(), octets)
}

/// Shows: FT-8.7-02.
#[test]
fn the_wrapper_counts() {
    for (max_size, fits) in [(86, true), (85, false)] {
        let (mut call, _) = Call::negotiated(
            Config::default(),
            Some(max_size),
            |transfers, ids| transfers.push(&f(), FileRange::WHOLE, 0, ids).unwrap(),
            |bob, id| bob.accept(id).unwrap(),
        );
        let sent = call.send(Who::Alice, wrapped());
        assert_eq!(
            sent.err(),
            (!fits).then_some(SendErrorReason::TooLarge),
            "{max_size}"
        );
        call.run();
        assert_eq!(call.end(Who::Alice).sent().len(), usize::from(fits));
        let outcomes: &[_] = if fits { &[Outcomes::Received(86)] } else { &[] };
        assert_eq!(call.end(Who::Bob).outcomes, outcomes);
    }
}

/// Shows: FT-10-01 (octets beyond the size end the transfer).
#[test]
fn more_octets_than_announced() {
    // The eleventh is the last, or there are more.
    for octets in [&b"0123456789x"[..], b"0123456789xxxxxxxxxxxxxxxxxxxxxx"] {
        let config = Config::default().chunk_limit(Some(10)).in_flight(2);
        let (mut call, id) = Call::push(&info(10), FileRange::WHOLE, config);
        call.send(Who::Alice, message(octets)).unwrap();
        let mut receipt = call.end(Who::Bob).transfers.receipt(&id).unwrap();
        while call.poll(Who::Alice) {}
        call.deliver(Who::Alice);
        let bob = call.end(Who::Bob);
        let taken = bob
            .data
            .iter()
            .map(|(offset, octets)| receipt.take(*offset, octets));
        assert_eq!(taken.collect::<Vec<_>>(), [Ok(0), Err(TooMuchData)]);
        let incoming = bob.incoming.unwrap();
        match (bob.receipt.take(), bob.connection.incoming(incoming)) {
            (Some(receipt), _) => assert!(bob.connection.fail(receipt, Refusal::STOP_SENDING).is_ok()),
            (None, Some(incoming)) => incoming.reject(Refusal::STOP_SENDING),
            (None, None) => panic!("nothing to refuse"),
        }
        bob.transfers.aborted(&id);
        call.run();
        let refused = SendFailure::Refused(StatusCode::STOP_SENDING);
        assert_eq!(call.end(Who::Alice).outcomes, [Outcomes::NotSent(refused)]);
        assert!(call.end(Who::Bob).transfers.parts().all(|part| part.closed));
    }
}
