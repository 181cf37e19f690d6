//! Frames on their way through a relay: read as a whole, written with other paths.

use bytes::{Bytes, BytesMut};

use crate::wire::{
    ByteRange, ContinuationFlag, DecodeError, Decoder, Head, Item, Limits, PathRef, TransactionId,
    put_body_end, put_end_line,
};

/// A frame with all that belongs to it.
pub(super) struct Frame {
    pub(super) head: Head,
    pub(super) body: Bytes,
    pub(super) flag: ContinuationFlag,
}

/// Reads frames. One with a malformed head is passed over.
pub(super) struct Reader {
    decoder: Decoder,
    /// Of the frame that has begun; `None` if it is malformed.
    head: Option<Head>,
    body: BytesMut,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            decoder: Decoder::new(Limits::default()),
            head: None,
            body: BytesMut::new(),
        }
    }
}

impl Reader {
    /// The next frame that ends in the input. `None`: the input is used up.
    pub(super) fn read(&mut self, input: &mut Bytes) -> Result<Option<Frame>, DecodeError> {
        while let Some(item) = self.decoder.decode(input)? {
            match item {
                Item::Head(head) => self.head = Some(head.compact()),
                Item::Malformed(_) => self.head = None,
                Item::Body(octets) => self.body.extend_from_slice(&octets),
                Item::End(flag) => {
                    let body = self.body.split().freeze();
                    if let Some(head) = self.head.take() {
                        return Ok(Some(Frame { head, body, flag }));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// What is written anew in the head of a frame that goes on. All other lines stay as they are.
#[derive(Clone, Copy)]
pub(super) struct NewHead<'a> {
    pub(super) id: TransactionId,
    pub(super) to: PathRef<'a>,
    pub(super) from: PathRef<'a>,
    /// `None`: as it was.
    pub(super) range: Option<ByteRange>,
}

impl NewHead<'_> {
    pub(super) fn encode(&self, old: &Head, body: &[u8], flag: ContinuationFlag) -> Bytes {
        let mut octets = BytesMut::with_capacity(old.as_bytes().len() + body.len() + 256);
        for part in [b"MSRP ", self.id.as_bytes(), b" ", start_of(old), b"\r\n"] {
            octets.extend_from_slice(part);
        }
        put(&mut octets, b"To-Path", self.to.as_str().as_bytes());
        put(&mut octets, b"From-Path", self.from.as_str().as_bytes());
        if let Some(range) = self.range {
            put(&mut octets, b"Byte-Range", range.to_string().as_bytes());
        }
        for (name, value) in old.headers() {
            let is_new = is_path(name) || (self.range.is_some() && is_range(name));
            if !is_new {
                put(&mut octets, name, value);
            }
        }
        if old.has_body() {
            octets.extend_from_slice(b"\r\n");
            octets.extend_from_slice(body);
            put_body_end(&mut octets, &self.id, flag);
        } else {
            put_end_line(&mut octets, &self.id, flag);
        }
        octets.freeze()
    }
}

/// Whether two chunks can become one: all headers say the same, but for those that are written anew.
pub(super) fn is_same_but_range(one: &Head, other: &Head) -> bool {
    let kept = |head: &'_ Head| -> Vec<(Vec<u8>, Vec<u8>)> {
        head.headers()
            .filter(|(name, _)| !is_path(name) && !is_range(name))
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect()
    };
    one.has_body() && other.has_body() && kept(one) == kept(other)
}

fn is_path(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"To-Path") || name.eq_ignore_ascii_case(b"From-Path")
}

fn is_range(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"Byte-Range")
}

/// Method, or code and comment.
fn start_of(head: &Head) -> &[u8] {
    let line = head.as_bytes().split(|&octet| octet == b'\r').next();
    let before = b"MSRP ".len() + head.transaction_id().as_bytes().len() + b" ".len();
    line.and_then(|line| line.get(before..)).unwrap_or_default()
}

fn put(to: &mut BytesMut, name: &[u8], value: &[u8]) {
    for part in [name, b": ", value, b"\r\n"] {
        to.extend_from_slice(part);
    }
}
