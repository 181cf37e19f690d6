//! However the input is cut into reads, the same comes out (RFC 4975 §5.1).

use bytes::Bytes;

use crate::frame::Frame;
use crate::peer::{Cut, Peer, Setup, passive};

const SHORT_A: &str = "msrp://a:1/s;tcp";
const SHORT_B: &str = "msrp://b:1/s;tcp";

/// Shows: MSRP-5.1-07.
#[test]
fn every_pair_of_cuts() {
    let stream = stream(&[
        Frame::chunk("t001", "m001", "1-*/8", "ab\r\n").continued(),
        Frame::text("t002", "m002", "-------t002"),
        Frame::text("t003", "m003", "x").header("Byte-Range", "x"),
        Frame::chunk("t004", "m001", "5-8/8", "efgh").success_report("yes"),
        Frame::bodiless("t005"),
    ]);
    let setup = Setup::new().session(passive(SHORT_B));
    let expected = outcome(&mut setup.peer(Cut::Whole), &[&stream]);
    assert_eq!(expected, outcome(&mut setup.peer(Cut::Octets), &[&stream]));
    assert_eq!(
        expected.0,
        [
            "B bound",
            "m001 started",
            "m001 data 0 ab\\r\\n",
            "m002 started",
            "m002 data 0 -------t002",
            "m002 finished 11",
            "m001 data 4 efgh",
            "m001 finished 8"
        ]
    );
    for second in 1..stream.len() {
        let (front, third) = stream.split_at(second);
        for first in 1..second {
            let (first, second) = front.split_at(first);
            let found = outcome(&mut setup.peer(Cut::Whole), &[first, second, third]);
            assert_eq!(found, expected, "cut after {} and {}", first.len(), front.len());
        }
    }
}

/// With what is to be transmitted taken at the same positions of the stream, it is the same octets: reads
/// of several sizes, against the same octets one by one. Limits strike at the octet that exceeds them, not
/// where a read happens to end.
#[test]
fn answers_at_the_same_positions() {
    let long = vec![b'x'; 3000];
    let stream = stream(&[
        Frame::chunk("t001", "m001", "1-*/*", &long).continued(),
        Frame::chunk("t002", "m002", "1-2/*", "ab").continued(),
        Frame::chunk("t003", "m002", "5-6/*", "ef").continued(),
        // One hole too many.
        Frame::chunk("t004", "m002", "9-*/*", &long[..900]).continued(),
        // Within what is allowed by its own word only.
        Frame::chunk("t005", "m003", "1-2500/2500", &long),
        Frame::chunk("t006", "m004", "1-*/*", "no").typed("image/png"),
        // Behind the end.
        Frame::chunk("t007", "m005", "5-8/8", "efgh"),
        Frame::chunk("t008", "m005", "3-*/*", "cdefghijk").continued(),
        Frame::chunk("t009", "m005", "1-2/8", "ab").continued(),
        Frame::chunk("t010", "m006", "18446744073709551000-*/*", &long),
    ]);
    for max_size in [Some(2500), None] {
        let session = passive(SHORT_B)
            .max_size(max_size)
            .accepts(msrp_proto::MediaRanges::parse(b"text/*").unwrap());
        let setup = Setup::new().session(session).config(|config| config.max_holes(1));
        for size in [1, 2, 3, 7, 60, 500, 999, 1024, 1025, 1460, 4096, usize::MAX] {
            let mut peers = [Cut::Whole, Cut::Octets].map(|cut| setup.peer(cut));
            for (count, read) in stream.chunks(size).enumerate() {
                let [whole, octets] = peers.each_mut().map(|peer| {
                    peer.feed(Bytes::copy_from_slice(read));
                    String::from_utf8(peer.transmitted()).unwrap()
                });
                assert_eq!(
                    whole, octets,
                    "max_size {max_size:?}, read {count} of size {size}"
                );
            }
            let [whole, octets] = peers.each_mut().map(Peer::events);
            assert_eq!(whole, octets, "max_size {max_size:?}, reads of {size}");
        }
    }
}

fn stream(frames: &[Frame]) -> Vec<u8> {
    frames
        .iter()
        .flat_map(|frame| frame.clone().to(SHORT_B).from(SHORT_A).octets())
        .collect()
}

/// What is told and transmitted when these reads arrive.
fn outcome(peer: &mut Peer, reads: &[&[u8]]) -> (Vec<String>, Vec<u8>) {
    for read in reads {
        peer.feed(Bytes::copy_from_slice(read));
    }
    (peer.events(), peer.transmitted())
}
