//! Properties of all frames, and of all octets.

use msrp_proto::wire::{HeadError, Limits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed};

use crate::description::{Description, body, description, transaction_id};
use crate::rewrite::rewrite;
use crate::support::{Frame, decode_pieces, send};

proptest! {
    #![proptest_config(Config {
        cases: 1000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(4975),
        ..Config::default()
    })]

    /// Shows: MSRP-9-12, MSRP-9-31 (decode what was encoded).
    #[test]
    fn what_is_written_is_read(description in description(), cuts in vec(any::<Index>(), 0..6)) {
        let stream = description.encode();
        let frames = check_cuts(Limits::default(), &stream, &cuts);
        prop_assert_eq!(frames.len(), 1);
        description.check(&frames[0]);
    }

    /// Shows: MSRP-9-31 (encode what was decoded).
    #[test]
    fn what_is_read_is_written_again(description in description()) {
        let stream = description.encode();
        let (decoded, _) = decode_pieces(Limits::default(), [&stream[..]]);
        let frame = decoded.only();
        // A comment that is not written stands for the usual one; the codec itself never leaves it out.
        let again = rewrite(&frame.head, frame.body.as_deref(), frame.flag.unwrap());
        prop_assert_eq!(again, Some(stream));
    }

    #[test]
    fn many_frames_in_a_row(descriptions in vec(description(), 0..6), cuts in vec(any::<Index>(), 0..12)) {
        let stream: Vec<u8> = descriptions.iter().flat_map(Description::encode).collect();
        let frames = check_cuts(Limits::default(), &stream, &cuts);
        prop_assert_eq!(frames.len(), descriptions.len());
        for (description, frame) in descriptions.iter().zip(&frames) {
            description.check(frame);
        }
    }

    /// The search for the end-line, against the plainest one.
    #[test]
    fn a_body_ends_where_it_ends((id, body) in transaction_id().prop_flat_map(|id| (Just(id), body(id))),
                                 cuts in vec(any::<Index>(), 0..8)) {
        let stream = send(id.as_str(), &body, '$');
        let (decoded, _) = decode_pieces(Limits::default(), cut_at(&stream, &cuts));
        let head = decoded.frames[0].head.as_bytes().len();
        // From the CRLF of the empty line on, which may belong to the end-line (ruling R-21).
        let rest = &stream[head..];
        let end_line = (0..rest.len()).find(|&at| {
            let found = rest[at..].strip_prefix(b"\r\n-------").and_then(|rest| rest.strip_prefix(id.as_bytes()));
            matches!(found, Some([b'+' | b'$' | b'#', b'\r', b'\n', ..]))
        });
        let expected = rest[..end_line.unwrap()].strip_prefix(b"\r\n").unwrap_or_default();
        prop_assert_eq!(decoded.frames[0].body.as_deref(), Some(expected));
    }

    /// Shows: MSRP-9-32 (no panic).
    #[test]
    fn any_octets(octets in vec(any::<u8>(), 0..300), cuts in vec(any::<Index>(), 0..8)) {
        check_cuts(Limits::default(), &octets, &cuts);
        let behind_a_start = [b"MSRP aaaa SEND\r\n", &octets[..]].concat();
        check_cuts(Limits::default(), &behind_a_start, &cuts);
    }

    #[test]
    fn changed_streams(changes in vec(change(), 1..8), cuts in vec(any::<Index>(), 0..8), tiny in tiny_limits()) {
        let mut stream = good_stream();
        for change in &changes {
            change.apply(&mut stream);
        }
        for limits in [Limits::default(), tiny] {
            for frame in check_cuts(limits, &stream, &cuts) {
                if frame.fault == Some(HeadError::TooLong) || frame.fault == Some(HeadError::TooManyHeaders) {
                    prop_assert_eq!(&frame.body, &None);
                }
            }
        }
    }
}

/// The stream cut at these places.
fn cut_at<'a>(stream: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    places.extend([0, stream.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|places| &stream[places[0]..places[1]])
        .collect()
}

/// The same whole, octet by octet and cut, for work in proportion to the length.
fn check_cuts(limits: Limits, stream: &[u8], cuts: &[Index]) -> Vec<Frame> {
    let (whole, examined) = decode_pieces(limits, [stream]);
    let bound = 4 * stream.len() as u64 + 64;
    assert!(examined <= bound, "{examined} looks, whole");
    let pieces = cut_at(stream, cuts);
    let (cut, examined) = decode_pieces(limits, pieces);
    assert_eq!(cut, whole);
    assert!(
        examined <= bound + 16 * cuts.len() as u64,
        "{examined} looks, cut"
    );
    let (octets, examined) = decode_pieces(limits, stream.chunks(1));
    assert_eq!(octets, whole);
    assert!(examined <= bound, "{examined} looks, octet by octet");
    whole.frames
}

fn tiny_limits() -> impl Strategy<Value = Limits> {
    (0..300_usize, 0..12_usize, 0..120_usize, 0..4_usize, 0..60_usize).prop_map(
        |(head, headers, line, uris, other_body)| Limits {
            head,
            headers,
            line,
            uris,
            other_body,
        },
    )
}

/// A change to a good stream.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
}

impl Change {
    fn apply(&self, stream: &mut Vec<u8>) {
        let place = |index: &Index| index.index(stream.len().max(1)).min(stream.len());
        match self {
            Self::Replace(index, octet) => {
                let at = place(index);
                if let Some(slot) = stream.get_mut(at) {
                    *slot = *octet;
                }
            }
            Self::Insert(index, octets) => {
                let at = place(index);
                stream.splice(at..at, octets.iter().copied());
            }
            Self::Remove(index, len) => {
                let at = place(index);
                let end = stream.len().min(at + len);
                stream.drain(at..end);
            }
            Self::Repeat(index, len) => {
                let at = place(index);
                let end = stream.len().min(at + len);
                let part = stream[at..end].to_vec();
                stream.splice(at..at, part);
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let octet = || prop_oneof![any::<u8>(), select(b"\r\n-$+#: M1".to_vec())];
    let piece = select(vec![
        &b"\r\n"[..],
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"-------",
        b"\r\n-------aaaa$\r\n",
        b"-------aaaa+\r\n",
        b"MSRP aaaa SEND\r\n",
        b"To-Path: msrp://b:1/b;tcp\r\n",
        b"Content-Type: a/b\r\n\r\n",
    ]);
    prop_oneof![
        (any::<Index>(), octet()).prop_map(|(index, octet)| Change::Replace(index, octet)),
        (any::<Index>(), piece).prop_map(|(index, octets)| Change::Insert(index, octets.to_vec())),
        (any::<Index>(), 0..40_usize).prop_map(|(index, len)| Change::Remove(index, len)),
        (any::<Index>(), 0..200_usize).prop_map(|(index, len)| Change::Repeat(index, len)),
    ]
}

fn good_stream() -> Vec<u8> {
    let paths = "To-Path: msrp://b:1/b;tcp\r\nFrom-Path: msrp://a:1/a;tcp\r\n";
    let others = format!(
        "MSRP aaaa 200 OK\r\n{paths}-------aaaa$\r\n\r\n\
         MSRP aaaa REPORT\r\n{paths}Message-ID: 1\r\nStatus: 000 200 OK\r\n\r\nbody\r\n-------aaaa$\r\n"
    );
    [
        send("aaaa", "first\r\n-------aaa\r\n", '+'),
        others.into_bytes(),
        send("bbbb", "", '$'),
    ]
    .concat()
}
