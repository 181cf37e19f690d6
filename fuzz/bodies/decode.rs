//! Any octets as a stream: the same frames however it is cut, for work in proportion to its length.

use bytes::Bytes;
use msrp_proto::wire::{ContinuationFlag, HeadError, Limits, StartLine};

use super::frames::{Decoded, Frame, decode};

pub fn run(data: &[u8]) {
    let mut random = Random(hash(data));
    let stream = Bytes::copy_from_slice(data);
    let tiny = Limits {
        head: random.below(200),
        headers: random.below(10),
        line: random.below(100),
        uris: random.below(4),
        other_body: random.below(50),
    };
    for limits in [Limits::default(), tiny] {
        let (whole, examined) = decode(limits, [stream.clone()]);
        let looks = 4 * data.len() as u64 + 64;
        assert!(examined <= looks, "{examined} looks, whole");
        let (octets, examined) = decode(limits, (0..data.len()).map(|at| stream.slice(at..=at)));
        assert_eq!(octets, whole, "octet by octet");
        assert!(examined <= looks, "{examined} looks, octet by octet");
        for longest in [12, 500] {
            let pieces = random.pieces(stream.clone(), longest);
            let seams = 16 * pieces.len() as u64;
            let (cut, examined) = decode(limits, pieces);
            assert_eq!(cut, whole, "in pieces of up to {longest}");
            assert!(examined <= looks + seams, "{examined} looks, in pieces");
        }
        check(limits, data, &whole);
    }
}

/// What holds for all that was decoded.
fn check(limits: Limits, data: &[u8], decoded: &Decoded) {
    let mut octets = 0;
    for frame in &decoded.frames {
        octets += frame.head.as_bytes().len() + frame.body.as_ref().map_or(0, Vec::len);
        check_head(frame);
        let is_send = frame.head.start_line() == &StartLine::Request(msrp_proto::wire::Method::Send);
        if let (Some(body), false) = (&frame.body, is_send) {
            assert!(body.len() <= limits.other_body);
        }
        assert!(frame.head.as_bytes().len() <= limits.head);
        assert!(frame.head.headers().count() <= limits.headers);
        let passed_over = matches!(frame.fault, Some(HeadError::TooLong | HeadError::TooManyHeaders));
        assert!(!passed_over || frame.body.is_none());
        let compact = Frame {
            head: frame.head.compact(),
            fault: frame.fault,
            body: frame.body.clone(),
            flag: frame.flag,
        };
        assert_eq!(&compact, frame);
        assert!(!format!("{:?}", frame.head).is_empty());
    }
    assert!(octets <= data.len());
    if decoded.error.is_some() {
        assert!(!decoded.between_frames);
    } else {
        let complete = decoded.frames.last().is_none_or(|frame| frame.flag.is_some());
        assert!(complete || !decoded.between_frames);
    }
}

/// A legal head has what its kind needs, and every typed value can be read.
fn check_head(frame: &Frame) {
    let head = &frame.head;
    let (status, content_type) = (head.status(), head.content_type());
    for (name, _) in head.headers() {
        let name = core::str::from_utf8(name).unwrap();
        assert!(head.header(name).is_some());
    }
    if frame.fault.is_some() {
        return;
    }
    let uris = |path: msrp_proto::wire::PathRef<'_>| {
        assert_eq!(path.iter().count(), path.len());
        path.len()
    };
    assert!(head.to_path().map(uris).is_some());
    assert!(head.from_path().map(uris).is_some());
    assert_eq!(head.message_id().is_some(), head.header("Message-ID").is_some());
    assert_eq!(head.byte_range().is_some(), head.header("Byte-Range").is_some());
    assert_eq!(
        head.success_report().is_some(),
        head.header("Success-Report").is_some()
    );
    assert_eq!(
        head.failure_report().is_some(),
        head.header("Failure-Report").is_some()
    );
    assert_eq!(status.is_some(), head.header("Status").is_some());
    assert_eq!(content_type.is_some(), head.header("Content-Type").is_some());
    match head.start_line() {
        StartLine::Request(msrp_proto::wire::Method::Send) if head.has_body() => {
            assert!(head.message_id().is_some() && content_type.is_some());
        }
        StartLine::Request(msrp_proto::wire::Method::Report) => {
            assert!(head.message_id().is_some() && status.is_some());
        }
        StartLine::Request(method) => assert!(!method.as_str().is_empty()),
        StartLine::Response(code) => assert!(code.as_u16() < 1000),
        _ => panic!("a legal head without a legal start line"),
    }
    assert!(head.comment().is_none() || head.method().is_none());
    if let Some(flag) = frame.flag {
        assert_eq!(ContinuationFlag::from_u8(flag.as_u8()), Some(flag));
    }
}

/// Places to cut at follow from the input, so that any octets can be one.
struct Random(u64);

impl Random {
    /// xorshift64*
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn pieces(&mut self, mut stream: Bytes, longest: usize) -> Vec<Bytes> {
        let mut pieces = Vec::new();
        while !stream.is_empty() {
            let len = stream.len().min(self.below(longest) + 1);
            pieces.push(stream.split_to(len));
        }
        pieces
    }
}

/// FNV-1a; never 0, which xorshift would keep.
fn hash(data: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    data.iter().fold(start, |hash: u64, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    }) | 1
}
