//! Streams decoded in pieces, and what comes out in a form that can be compared.

use bytes::Bytes;
use msrp_proto::wire::{ContinuationFlag, DecodeError, Decoder, Head, HeadError, Item, Limits};

/// A frame, its body in one piece.
pub(super) struct Frame {
    pub(super) head: Head,
    pub(super) fault: Option<HeadError>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) flag: Option<ContinuationFlag>,
}

/// What a stream decodes to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Decoded {
    pub(super) frames: Vec<Frame>,
    pub(super) error: Option<DecodeError>,
    pub(super) between_frames: bool,
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        let typed = |head: &Head| {
            (
                head.transaction_id(),
                head.start_line().clone(),
                head.message_id(),
                head.byte_range(),
                head.success_report(),
                head.failure_report(),
                head.has_body(),
            )
        };
        self.head.as_bytes() == other.head.as_bytes()
            && typed(&self.head) == typed(&other.head)
            && self.head.to_path_octets() == other.head.to_path_octets()
            && self.head.from_path_octets() == other.head.from_path_octets()
            && self.head.content_type_octets() == other.head.content_type_octets()
            && (self.fault, &self.body, self.flag) == (other.fault, &other.body, other.flag)
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let escaped = |octets: &[u8]| octets.escape_ascii().to_string();
        f.debug_struct("Frame")
            .field("head", &escaped(self.head.as_bytes()))
            .field("fault", &self.fault)
            .field("body", &self.body.as_deref().map(escaped))
            .field("flag", &self.flag)
            .finish()
    }
}

/// Decodes a stream handed over in pieces. Tells also how many octets the decoder has looked at.
pub(super) fn decode(limits: Limits, pieces: impl IntoIterator<Item = Bytes>) -> (Decoded, u64) {
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
    assert!(
        frames.last().is_none_or(|frame| frame.flag.is_some()),
        "a head inside a frame"
    );
    frames.push(Frame {
        body: head.has_body().then(Vec::new),
        head,
        fault,
        flag: None,
    });
}
