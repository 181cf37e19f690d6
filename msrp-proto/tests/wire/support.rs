//! Decoding in every way of cutting the input, and what comes out in a form that can be compared.

use bytes::Bytes;
use msrp_proto::wire::{ContinuationFlag, DecodeError, Decoder, Head, HeadError, Item, Limits};

/// A frame as a whole: adjacent pieces of body joined.
#[derive(Debug, PartialEq)]
pub(crate) struct Frame {
    /// Start line and headers, as read.
    pub(crate) head: String,
    pub(crate) fault: Option<HeadError>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) flag: Option<ContinuationFlag>,
}

/// What a stream decodes to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) frames: Vec<Frame>,
    pub(crate) error: Option<DecodeError>,
    pub(crate) between_frames: bool,
}

/// Decodes a stream handed over in pieces.
pub(crate) fn decode_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Decoded, Vec<Head>, u64) {
    let mut decoder = Decoder::new(Limits::default());
    let mut decoded = Decoded::default();
    let mut heads = Vec::new();
    'pieces: for piece in pieces {
        let mut input = Bytes::copy_from_slice(piece);
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(item)) => add(&mut decoded.frames, &mut heads, item),
                Ok(None) => break,
                Err(error) => {
                    decoded.error = Some(error);
                    break 'pieces;
                }
            }
        }
        assert!(input.is_empty(), "input left over without an item");
    }
    decoded.between_frames = decoder.is_between_frames();
    (decoded, heads, decoder.examined())
}

/// Decodes a stream whole, octet by octet, and cut at every point; all must agree.
pub(crate) fn decode(stream: &[u8]) -> Decoded {
    decode_with_heads(stream).0
}

pub(crate) fn decode_with_heads(stream: &[u8]) -> (Decoded, Vec<Head>) {
    let (whole, heads, _) = decode_pieces([stream]);
    let (octets, _, _) = decode_pieces(stream.chunks(1));
    assert_eq!(octets, whole, "octet by octet");
    for at in 0..=stream.len() {
        let (left, right) = stream.split_at(at);
        let (cut, _, _) = decode_pieces([left, right]);
        assert_eq!(cut, whole, "cut at {at}");
    }
    (whole, heads)
}

fn add(frames: &mut Vec<Frame>, heads: &mut Vec<Head>, item: Item) {
    let (head, fault) = match item {
        Item::Head(head) => (head, None),
        Item::Malformed(malformed) => (malformed.head, Some(malformed.error)),
        Item::Body(octets) => {
            assert!(!octets.is_empty());
            let frame = frames.last_mut().expect("a body without a head");
            assert!(frame.flag.is_none());
            frame
                .body
                .as_mut()
                .expect("a body that was not announced")
                .extend_from_slice(&octets);
            return;
        }
        Item::End(flag) => {
            let frame = frames.last_mut().expect("an end without a head");
            assert!(frame.flag.replace(flag).is_none());
            return;
        }
    };
    assert!(
        frames.last().is_none_or(|frame| frame.flag.is_some()),
        "a head inside a frame"
    );
    frames.push(Frame {
        head: String::from_utf8_lossy(head.as_bytes()).into_owned(),
        fault,
        body: head.has_body().then(Vec::new),
        flag: None,
    });
    heads.push(head);
}
