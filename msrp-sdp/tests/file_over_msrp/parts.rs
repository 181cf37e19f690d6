//! Parts of a file (RFC 5547 §8.7).

use msrp_cpim::{Address, Message as Cpim};
use msrp_multipart::Entity;
use msrp_proto::{Config, Message};
use msrp_sdp::{FileRange, FileVerified};

use crate::{Call, F, Outcomes, Who, f, message};

/// Shows: FT-8.7-03.
#[test]
fn the_inclusive_octets_and_no_others() {
    for (range, sent, octets, offset) in [
        (FileRange::new(3, 6).unwrap(), "SEND 1-4/4 [4] $", &b"2345"[..], 2),
        (FileRange::WHOLE, "SEND 1-10/10 [10] $", F, 0),
    ] {
        for pushing in [true, false] {
            let (mut call, id, sender) = if pushing {
                let (call, id) = Call::push(&f(), range, Config::default());
                (call, id, Who::Alice)
            } else {
                let (call, id) = Call::pull(f().selector(), range, &f(), Config::default());
                (call, id, Who::Bob)
            };
            // The sender extracts what was agreed upon.
            let agreed = call.end(sender).transfers.get(&id).unwrap().range();
            let extracted = agreed.within(F.len() as u64).unwrap();
            let part = &F[extracted.start as usize..extracted.end as usize];
            call.send(sender, message(part)).unwrap();
            call.run();
            assert_eq!(call.end(sender).sent(), [sent]);
            // The receiver places it.
            let receiver = call.end(sender.other());
            let mut receipt = receiver.transfers.receipt(&id).unwrap();
            let [(at, data)] = &receiver.data[..] else {
                panic!("{:?}", receiver.data)
            };
            assert_eq!(data, octets);
            assert_eq!(receipt.take(*at, data), Ok(offset));
            let whole = range == FileRange::WHOLE;
            let verified = if whole {
                FileVerified::WithHash
            } else {
                FileVerified::WithoutHash
            };
            assert_eq!(receipt.finish(None, None), Ok(verified));
        }
    }
}

/// Extracted first, then wrapped.
#[test]
fn a_part_in_a_wrapper() {
    let (mut call, id) = Call::push(&f(), FileRange::new(3, 6).unwrap(), Config::default());
    let entity = Entity::new(&"text/plain".parse().unwrap(), &F[2..6]).unwrap();
    let entity = entity.with_disposition(&f().content_disposition()).unwrap();
    let cpim = Cpim::builder()
        .from(Address::new("im:a@b").unwrap())
        .to(Address::new("im:c@d").unwrap());
    let wrapped = cpim.build(entity).unwrap().to_bytes();
    let len = wrapped.len();
    call.send(Who::Alice, Message::new("message/cpim".parse().unwrap(), wrapped))
        .unwrap();
    call.run();
    assert_eq!(
        call.end(Who::Alice).sent(),
        [format!("SEND 1-{len}/{len} [{len}] $")]
    );
    let bob = call.end(Who::Bob);
    assert_eq!(bob.outcomes, [Outcomes::Received(len as u64)]);
    let mut receipt = bob.transfers.receipt(&id).unwrap();
    let read = Cpim::parse_strict(&bob.data[0].1).unwrap();
    let name = read
        .content()
        .headers
        .disposition()
        .unwrap()
        .file_name()
        .unwrap()
        .into_owned();
    assert_eq!(receipt.take(0, &read.content().body), Ok(2));
    let name = msrp_sdp::FileName::new(&name).unwrap();
    assert_eq!(receipt.finish(Some(&name), None), Ok(FileVerified::WithoutHash));
}
