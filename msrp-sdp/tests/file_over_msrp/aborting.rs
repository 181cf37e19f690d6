//! Transfers that one side ends (RFC 5547 §8.4).

use msrp_proto::wire::{FailureReport, StatusCode};
use msrp_proto::{Config, Refusal, SendFailure};
use msrp_sdp::{FileFate, FileRange, FileTransferId, FileVerdict};

use crate::{Call, Outcomes, Who, info, lines, message};

/// What the closing section of a side says, and that it closes.
fn closing(call: &mut Call, who: Who, id: &FileTransferId) -> (FileVerdict, Vec<String>) {
    let part = call.end(who).transfers.close(id).unwrap();
    let lines = lines(&call.end(who).local.offer().refused_with(&part));
    (call.offer(who, &part), lines)
}

fn sending(octets: usize, config: Config) -> (Call, FileTransferId) {
    Call::push(&info(octets as u64), FileRange::WHOLE, config)
}

/// Shows: FT-8.4-01.
#[test]
fn the_sender_ends_it() {
    let (mut call, id) = sending(9000, Config::default().chunk_limit(Some(2000)).in_flight(2));
    let outgoing = call.send(Who::Alice, message(vec![b'x'; 9000])).unwrap();
    while call.poll(Who::Alice) {}
    assert_eq!(
        call.end(Who::Alice).sent(),
        ["SEND 1-2000/9000 [2000] +", "SEND 2001-4000/9000 [2000] +"]
    );
    call.end(Who::Alice)
        .connection
        .outgoing(outgoing)
        .unwrap()
        .abort();
    call.run();
    // Its end, and nothing more.
    assert_eq!(call.end(Who::Alice).sent(), ["SEND 1-0/9000 [0] #"]);
    assert_eq!(
        call.end(Who::Alice).outcomes,
        [Outcomes::NotSent(SendFailure::Aborted)]
    );
    assert_eq!(call.end(Who::Bob).outcomes, [Outcomes::NotReceived]);
    assert_eq!(call.end(Who::Bob).sent(), ["200", "200", "200"]);
    call.end(Who::Bob).transfers.aborted(&id);

    let (verdict, lines) = closing(&mut call, Who::Alice, &id);
    let expected = [
        "m=message 0 TCP/MSRP *".to_owned(),
        "a=sendonly".into(),
        "a=file-selector:type:application/octet-stream size:9000".into(),
        format!("a=file-transfer-id:{id}"),
    ];
    assert_eq!(lines, expected);
    let FileVerdict::Closed { answer, abort } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(
        (answer.closed, answer.attributes.transfer_id, abort),
        (true, Some(id.clone()), None)
    );
    assert_eq!(
        call.end(Who::Alice).transfers.get(&id).unwrap().fate(),
        FileFate::Aborted
    );
}

/// Shows: FT-8.4-02.
#[test]
fn the_receiver_ends_it() {
    for (reports, answers) in [
        (FailureReport::Yes, &["413"][..]),
        (FailureReport::Partial, &["413"]),
        (FailureReport::No, &[]),
    ] {
        let (mut call, id) = sending(90_000, Config::default().chunk_limit(None));
        let file = message(vec![b'x'; 90_000]).failure_report(reports);
        call.send(Who::Alice, file).unwrap();
        // The head and some of the file.
        for _ in 0..2 {
            assert!(call.poll(Who::Alice));
        }
        call.deliver(Who::Alice);
        assert!(!call.end(Who::Bob).data.is_empty());
        let incoming = call.end(Who::Bob).incoming.unwrap();
        let bob = call.end(Who::Bob);
        bob.connection
            .incoming(incoming)
            .unwrap()
            .reject(Refusal::STOP_SENDING);
        while call.poll(Who::Bob) {}
        assert_eq!(call.end(Who::Bob).sent(), answers, "{reports:?}");

        let (verdict, lines) = closing(&mut call, Who::Bob, &id);
        assert_eq!(lines[..2], ["m=message 0 TCP/MSRP *", "a=recvonly"]);
        assert_eq!(lines[3], format!("a=file-transfer-id:{id}"));
        assert!(matches!(verdict, FileVerdict::Closed { abort: Some(abort), .. } if abort == id));
    }
}

/// Shows: FT-8.4-03 (a 413).
#[test]
fn a_413_in_a_chunk() {
    let (mut call, id) = sending(90_000, Config::default().chunk_limit(None));
    call.send(Who::Alice, message(vec![b'x'; 90_000])).unwrap();
    for _ in 0..2 {
        assert!(call.poll(Who::Alice));
    }
    call.deliver(Who::Alice);
    let out: usize = call
        .end(Who::Bob)
        .data
        .iter()
        .map(|(_, octets)| octets.len())
        .sum();
    assert!((1..90_000).contains(&out));
    let incoming = call.end(Who::Bob).incoming.unwrap();
    let bob = call.end(Who::Bob);
    bob.connection
        .incoming(incoming)
        .unwrap()
        .reject(Refusal::STOP_SENDING);
    while call.poll(Who::Bob) {}
    call.deliver(Who::Bob);
    // It is the peer who has ended it.
    let refused = SendFailure::Refused(StatusCode::STOP_SENDING);
    assert_eq!(call.end(Who::Alice).outcomes, [Outcomes::NotSent(refused)]);
    call.run();
    assert_eq!(call.end(Who::Alice).sent(), [format!("SEND 1-*/90000 [{out}] #")]);
    call.end(Who::Alice).transfers.aborted(&id);
    let (verdict, _) = closing(&mut call, Who::Bob, &id);
    assert!(
        matches!(verdict, FileVerdict::Closed { abort: None, .. }),
        "{verdict:?}"
    );
}

/// Shows: FT-8.4-03 (an offer with port 0).
#[test]
fn port_0_in_a_chunk() {
    let (mut call, id) = sending(90_000, Config::default().chunk_limit(None));
    let outgoing = call.send(Who::Alice, message(vec![b'x'; 90_000])).unwrap();
    for _ in 0..2 {
        assert!(call.poll(Who::Alice));
    }
    assert!(call.end(Who::Alice).frame.is_some(), "in a chunk");
    call.end(Who::Alice).sent();
    // By signalling alone, as with Failure-Report no.
    let (verdict, _) = closing(&mut call, Who::Bob, &id);
    let FileVerdict::Closed { answer, abort } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(abort, Some(id));
    // First the end of the message is on its way, then the answer leaves.
    call.end(Who::Alice)
        .connection
        .outgoing(outgoing)
        .unwrap()
        .abort();
    assert!(call.poll(Who::Alice));
    let sent = call.end(Who::Alice).sent();
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].starts_with("SEND 1-*/90000 [") && sent[0].ends_with("] #"),
        "{sent:?}"
    );
    let answer = call.end(Who::Alice).local.offer().refused_with(&answer);
    assert_eq!(lines(&answer)[..2], ["m=message 0 TCP/MSRP *", "a=sendonly"]);
    call.run();
    assert_eq!(call.end(Who::Bob).outcomes, [Outcomes::NotReceived]);
}

/// Shows: FT-8.1-04.
#[test]
fn a_new_identifier_starts_again() {
    let config = Config::default().chunk_limit(Some(2000)).in_flight(2);
    let file: Vec<u8> = (0..9000_u32).map(|number| number as u8).collect();
    let selector = info(9000).selector();
    let (mut call, old) = Call::pull(selector.clone(), FileRange::WHOLE, &info(9000), config);
    let outgoing = call.send(Who::Bob, message(file.clone())).unwrap();
    while call.poll(Who::Bob) {}
    assert_eq!(call.end(Who::Bob).sent().len(), 2);
    call.deliver(Who::Bob);

    // Alice wants the rest only, in the middle of it.
    let alice = call.end(Who::Alice);
    alice.transfers.aborted(&old);
    let part = alice
        .transfers
        .resume(&old, 5, 0, &mut msrp_sdp::Ids::seeded([4; 32]))
        .unwrap();
    assert_eq!(part.section, 0);
    let new = part.attributes.transfer_id.clone().unwrap();
    let verdict = call.offer(Who::Alice, &part);
    let range = FileRange::parse(b"5-*").unwrap();
    let FileVerdict::New {
        id,
        range: wanted,
        abort,
        ..
    } = verdict
    else {
        panic!("{verdict:?}")
    };
    assert_eq!((&id, wanted, abort), (&new, range, Some(old)));

    // Bob ends the old one, then begins the new one at the octet that is wanted.
    call.end(Who::Bob).connection.outgoing(outgoing).unwrap().abort();
    for who in [Who::Alice, Who::Bob] {
        let end = call.end(who);
        end.connection.session(end.session).unwrap().allow_next_message();
    }
    let answer = call
        .end(Who::Bob)
        .transfers
        .accept_pull(&new, &info(9000))
        .unwrap();
    assert_eq!(answer.attributes.range, Some(range));
    let octets = range.within(9000).unwrap();
    let rest = file[octets.start as usize..octets.end as usize].to_vec();
    call.send(Who::Bob, message(rest)).unwrap();
    call.run();
    let sent = call.end(Who::Bob).sent();
    assert!(sent.contains(&"SEND 1-0/9000 [0] #".into()), "{sent:?}");
    assert!(sent.contains(&"SEND 1-2000/8996 [2000] +".into()), "{sent:?}");
    let outcomes = &call.end(Who::Alice).outcomes;
    assert_eq!(outcomes, &[Outcomes::NotReceived, Outcomes::Received(8996)]);
    let mut receipt = call.end(Who::Alice).transfers.receipt(&new).unwrap();
    let data = std::mem::take(&mut call.end(Who::Alice).data);
    let (offset, octets) = data
        .iter()
        .find(|(offset, octets)| *offset == 0 && octets[..] == file[4..4 + octets.len()])
        .unwrap();
    assert_eq!(receipt.take(*offset, octets), Ok(4));
}
