//! Splitting a stream into frames, with every head read.

use core::hint::black_box;

use bytes::Bytes;
use msrp_proto::wire::{Decoder, Head, Item, Limits};

/// What came out of decoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Heads, each legal and with all of its values looked at.
    pub heads: usize,
    /// Octets of body.
    pub body: usize,
    /// Ends of frames.
    pub ends: usize,
}

/// Decodes reads one after the other, and looks at every value of every head.
///
/// # Panics
///
/// If a frame is malformed: the streams are legal.
#[inline(never)] // so that profiles show it
pub fn decode(reads: impl Iterator<Item = Bytes>) -> Decoded {
    let mut decoder = Decoder::new(Limits::default());
    let mut decoded = Decoded::default();
    for mut read in reads {
        loop {
            // By reference: an item is large, and moving it would be measured along.
            match &decoder.decode(&mut read) {
                Ok(Some(Item::Head(head))) => {
                    look_at(head);
                    decoded.heads += 1;
                }
                Ok(Some(Item::Body(octets))) => decoded.body += black_box(octets).len(),
                Ok(Some(Item::End(flag))) => {
                    black_box(flag);
                    decoded.ends += 1;
                }
                Ok(Some(Item::Malformed(malformed))) => panic!("{}", malformed.error),
                Ok(None) => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
    decoded
}

/// Every value that a head has typed: to be there is not enough, it has to be taken. The media type, which is
/// copied when it is asked for, is left as it stands: found, and checked to be one.
fn look_at(head: &Head) {
    black_box(head.start_line());
    black_box(head.transaction_id());
    black_box(head.to_path());
    black_box(head.from_path());
    black_box(head.message_id());
    black_box(head.byte_range());
    black_box(head.success_report());
    black_box(head.failure_report());
    black_box(head.content_type_octets());
}
