//! Decoding in every way of cutting the input, and what comes out in a form that can be compared.

use bytes::{Bytes, BytesMut};
use msrp_proto::wire::{ContinuationFlag, DecodeError, Decoder, Head, HeadError, Item, Limits};

/// A frame as a whole: adjacent pieces of body joined.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) head: Head,
    pub(crate) fault: Option<HeadError>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) flag: Option<ContinuationFlag>,
}

impl Frame {
    pub(crate) fn tid(&self) -> String {
        self.head.transaction_id().to_string()
    }
}

/// By what was read. Typed values count too, since they might depend on how the head arrived.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (&self.head, &other.head);
        one.as_bytes() == two.as_bytes()
            && (self.fault, &self.body, self.flag) == (other.fault, &other.body, other.flag)
            && one.transaction_id() == two.transaction_id()
            && one.start_line() == two.start_line()
            && one.comment() == two.comment()
            && one.to_path_octets() == two.to_path_octets()
            && one.from_path_octets() == two.from_path_octets()
            && one.message_id_octets() == two.message_id_octets()
            && one.byte_range() == two.byte_range()
            && one.success_report() == two.success_report()
            && one.failure_report() == two.failure_report()
            && one.status() == two.status()
            && one.content_type_octets() == two.content_type_octets()
            && one.has_body() == two.has_body()
    }
}

/// Shows the octets, which `Head` does not.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("head", &self.head.as_bytes().escape_ascii().to_string())
            .field("fault", &self.fault)
            .field(
                "body",
                &self.body.as_ref().map(|body| body.escape_ascii().to_string()),
            )
            .field("flag", &self.flag)
            .finish()
    }
}

/// What a stream decodes to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) frames: Vec<Frame>,
    pub(crate) error: Option<DecodeError>,
    pub(crate) between_frames: bool,
}

impl Decoded {
    /// The frame, if it is one and the stream ends behind it.
    pub(crate) fn only(&self) -> &Frame {
        match &self.frames[..] {
            [frame] if self.error.is_none() && self.between_frames => frame,
            _ => panic!("one frame expected: {self:?}"),
        }
    }

    /// Whether the stream was lost before any frame, even an illegal one.
    pub(crate) fn lost_at_once(&self, error: DecodeError) -> bool {
        self.frames.is_empty() && self.error == Some(error)
    }
}

/// Decodes a stream whole, octet by octet, and cut at every point; all must agree.
pub(crate) fn decode(stream: &[u8]) -> Decoded {
    decode_within(Limits::default(), stream)
}

pub(crate) fn decode_within(limits: Limits, stream: &[u8]) -> Decoded {
    let (whole, _) = decode_pieces(limits, [stream]);
    let (octets, _) = decode_pieces(limits, stream.chunks(1));
    assert_eq!(octets, whole, "octet by octet");
    let stream = Bytes::copy_from_slice(stream);
    for at in 0..=stream.len() {
        let (cut, _) = decode_shared(limits, [stream.slice(..at), stream.slice(at..)]);
        assert_eq!(cut, whole, "cut at {at}");
    }
    whole
}

/// Decodes a stream handed over in pieces. Tells also how many octets the decoder has looked at.
pub(crate) fn decode_pieces<'a>(
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Decoded, u64) {
    decode_shared(limits, pieces.into_iter().map(Bytes::copy_from_slice))
}

fn decode_shared(limits: Limits, pieces: impl IntoIterator<Item = Bytes>) -> (Decoded, u64) {
    let mut decoder = Decoder::new(limits);
    let mut decoded = Decoded::default();
    'pieces: for mut input in pieces {
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(item)) => add(&mut decoded.frames, item),
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
    (decoded, decoder.examined())
}

fn add(frames: &mut Vec<Frame>, item: Item) {
    let (head, fault) = match item {
        Item::Head(head) => (head, None),
        Item::Malformed(malformed) => (malformed.head, Some(malformed.error)),
        Item::Body(octets) => {
            assert!(!octets.is_empty());
            let frame = frames.last_mut().expect("a body without a head");
            assert!(frame.flag.is_none(), "a body behind the end");
            let body = frame.body.as_mut().expect("a body that was not announced");
            body.extend_from_slice(&octets);
            return;
        }
        Item::End(flag) => {
            let frame = frames.last_mut().expect("an end without a head");
            assert!(frame.flag.replace(flag).is_none(), "two ends");
            return;
        }
    };
    let ended = frames.last().is_none_or(|frame| frame.flag.is_some());
    assert!(ended, "a head inside a frame");
    frames.push(Frame {
        body: head.has_body().then(Vec::new),
        head,
        fault,
        flag: None,
    });
}

/// What an encoder writes.
pub(crate) fn written(encode: impl FnOnce(&mut BytesMut)) -> Vec<u8> {
    let mut to = BytesMut::new();
    encode(&mut to);
    to.to_vec()
}

/// To-Path `B` and From-Path `A`, as lines.
pub(crate) const PATHS: &str = "To-Path: msrp://b.example.com:12763/kjhd37s2s20w2a;tcp\r\n\
                                From-Path: msrp://a.example.com:7654/jshA7weztas;tcp\r\n";

/// A SEND whose head and body are as simple as can be.
pub(crate) fn send(tid: &str, body: impl AsRef<[u8]>, flag: char) -> Vec<u8> {
    let mut stream = format!(
        "MSRP {tid} SEND\r\n{PATHS}Message-ID: m{tid}\r\nByte-Range: 1-*/*\r\nContent-Type: text/plain\r\n\r\n"
    )
    .into_bytes();
    stream.extend_from_slice(body.as_ref());
    stream.extend_from_slice(format!("\r\n-------{tid}{flag}\r\n").as_bytes());
    stream
}

/// A frame without a body whose start line continues with `rest`, with further header lines.
pub(crate) fn bodiless(rest: &str, lines: &str) -> Vec<u8> {
    format!("MSRP abcd {rest}\r\n{PATHS}{lines}-------abcd$\r\n").into_bytes()
}
