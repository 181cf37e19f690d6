//! The streams that everything is measured with. Identifiers and bodies are pseudo-random from fixed seeds, so
//! that a stream is the same octets everywhere and always.

use bytes::Bytes;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

/// Octets of the message in S1, S2 and S3: 64 MiB.
pub const MESSAGE: usize = 64 << 20;
/// Messages in S4 and S6.
pub const TEXTS: usize = 200_000;
/// Octets of each of them.
pub const TEXT: usize = 80;
/// Responses in S5.
pub const RESPONSES: usize = 100_000;
/// Sessions in S6.
pub const SESSIONS: usize = 64;
/// Octets of body in a chunk of S1.
pub const SHORT_CHUNK: usize = 2048;
/// Octets of body in a chunk of S2.
pub const LONG_CHUNK: usize = 64 << 10;

/// The URI of the side that the streams come from.
pub const ALICE: &str = "msrp://127.0.0.1:7654/s.alice9754session;tcp";
/// The URI of the side that they go to.
pub const BOB: &str = "msrp://127.0.0.1:2855/s.bob4975sessionid;tcp";

/// Octets on their way from Alice to Bob.
#[derive(Debug)]
pub struct Stream {
    /// What it is called in tables.
    pub name: &'static str,
    /// All of it.
    pub octets: Bytes,
    /// How many chunks, messages or responses it has.
    pub frames: usize,
    /// How many sessions it is for; their URIs are [`session_uri`].
    pub sessions: usize,
}

impl Stream {
    /// S1: a message of `len` octets in chunks of 2048.
    pub fn s1(len: usize) -> Self {
        Self::chunks("S1", len, SHORT_CHUNK)
    }

    /// S2: a message of `len` octets in chunks of 64 KiB.
    pub fn s2(len: usize) -> Self {
        Self::chunks("S2", len, LONG_CHUNK)
    }

    /// S3: a message of `len` octets in one interruptible chunk.
    pub fn s3(len: usize) -> Self {
        let mut writer = Writer::new(3);
        let message_id = writer.ident::<16>();
        let body = writer.octets(len);
        writer.send(BOB, &message_id, &format!("1-*/{len}"), OCTETS, &body, '$');
        writer.finish("S3", 1)
    }

    /// S4: so many complete texts of 80 octets.
    pub fn s4(messages: usize) -> Self {
        Self::texts("S4", messages, 1)
    }

    /// S5: so many responses `200 OK`.
    pub fn s5(responses: usize) -> Self {
        let mut writer = Writer::new(5);
        for _ in 0..responses {
            let id = writer.ident::<12>();
            writer.response(&id);
        }
        writer.finish("S5", 1)
    }

    /// S6: so many complete texts of 80 octets, for 64 sessions in turn.
    pub fn s6(messages: usize) -> Self {
        Self::texts("S6", messages, SESSIONS)
    }

    /// Complete texts of 80 octets, for so many sessions in turn.
    pub fn texts(name: &'static str, messages: usize, sessions: usize) -> Self {
        let mut writer = Writer::new(4);
        let uris: Vec<_> = (0..sessions).map(|index| session_uri(index, sessions)).collect();
        for index in 0..messages {
            let message_id = writer.ident::<16>();
            let body = writer.ident::<TEXT>();
            let range = format!("1-{TEXT}/{TEXT}");
            let to = &uris[index % sessions];
            writer.send(to, &message_id, &range, TEXT_PLAIN, body.as_bytes(), '$');
        }
        writer.finish(name, sessions)
    }

    /// Parts of a message each in a chunk of its own, in the order given.
    pub fn parts(name: &'static str, len: usize, parts: &[core::ops::Range<usize>]) -> Self {
        let mut writer = Writer::new(7);
        let message_id = writer.ident::<16>();
        for part in parts {
            let range = format!("{}-{}/{len}", part.start + 1, part.end);
            let body = writer.octets(part.len());
            let flag = if part.end == len { '$' } else { '+' };
            writer.send(BOB, &message_id, &range, OCTETS, &body, flag);
        }
        writer.finish(name, 1)
    }

    /// First chunks of so many messages, in turn: each has `chunks` chunks of one octet.
    pub fn interleaved(messages: usize, chunks: usize) -> Self {
        let mut writer = Writer::new(8);
        let ids: Vec<_> = (0..messages).map(|_| writer.ident::<16>()).collect();
        for chunk in 1..=chunks {
            let flag = if chunk == chunks { '$' } else { '+' };
            for id in &ids {
                let range = format!("{chunk}-{chunk}/{chunks}");
                writer.send(BOB, id, &range, TEXT_PLAIN, b"x", flag);
            }
        }
        writer.finish("interleaved", 1)
    }

    /// The responses `200 OK` to requests with those identifiers.
    pub fn responses(ids: &[String]) -> Self {
        let mut writer = Writer::new(5);
        for id in ids {
            writer.response(id);
        }
        writer.finish("S5", 1)
    }

    /// The stream in reads of `len` octets.
    pub fn reads(&self, len: usize) -> impl Iterator<Item = Bytes> + '_ {
        reads(&self.octets, len)
    }

    /// The first `len` octets.
    pub fn start(&self, len: usize) -> Bytes {
        self.octets.slice(..len.min(self.octets.len()))
    }

    fn chunks(name: &'static str, len: usize, chunk: usize) -> Self {
        let mut writer = Writer::new(1);
        let message_id = writer.ident::<16>();
        let mut start = 0;
        while start < len {
            let end = (start + chunk).min(len);
            let body = writer.octets(end - start);
            let flag = if end == len { '$' } else { '+' };
            let range = format!("{}-{end}/{len}", start + 1);
            writer.send(BOB, &message_id, &range, OCTETS, &body, flag);
            start = end;
        }
        writer.finish(name, 1)
    }
}

/// Octets in reads of `len`: slices, as a driver makes them of its read buffer.
pub fn reads(octets: &Bytes, len: usize) -> impl Iterator<Item = Bytes> + '_ {
    (0..octets.len())
        .step_by(len)
        .map(move |start| octets.slice(start..(start + len).min(octets.len())))
}

/// The URI of one of so many sessions; a single one is [`BOB`]. All are equally long up to 100 of them.
pub fn session_uri(index: usize, sessions: usize) -> String {
    if sessions == 1 {
        return BOB.to_owned();
    }
    BOB.replace("sessionid", &format!("session{index:02}"))
}

/// Pseudo-random octets.
pub fn octets(seed: u64, len: usize) -> Vec<u8> {
    Writer::new(seed).octets(len)
}

const OCTETS: &str = "application/octet-stream";
const TEXT_PLAIN: &str = "text/plain";
const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct Writer {
    random: ChaCha12Rng,
    out: Vec<u8>,
    frames: usize,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Self {
            random: ChaCha12Rng::seed_from_u64(seed),
            out: Vec::new(),
            frames: 0,
        }
    }

    fn ident<const LEN: usize>(&mut self) -> String {
        let mut octets = [0; LEN];
        self.random.fill_bytes(&mut octets);
        octets
            .iter()
            .map(|octet| char::from(ALPHANUMERIC[usize::from(*octet) % ALPHANUMERIC.len()]))
            .collect()
    }

    fn octets(&mut self, len: usize) -> Vec<u8> {
        let mut octets = vec![0; len];
        self.random.fill_bytes(&mut octets);
        octets
    }

    fn send(&mut self, to: &str, message_id: &str, range: &str, media_type: &str, body: &[u8], flag: char) {
        let id = self.ident::<12>();
        let head = format!(
            "MSRP {id} SEND\r\nTo-Path: {to}\r\nFrom-Path: {ALICE}\r\nMessage-ID: {message_id}\r\n\
             Byte-Range: {range}\r\nContent-Type: {media_type}\r\n\r\n"
        );
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(body);
        self.out
            .extend_from_slice(format!("\r\n-------{id}{flag}\r\n").as_bytes());
        self.frames += 1;
    }

    fn response(&mut self, id: &str) {
        let frame = format!("MSRP {id} 200 OK\r\nTo-Path: {ALICE}\r\nFrom-Path: {BOB}\r\n-------{id}$\r\n");
        self.out.extend_from_slice(frame.as_bytes());
        self.frames += 1;
    }

    fn finish(self, name: &'static str, sessions: usize) -> Stream {
        Stream {
            name,
            octets: self.out.into(),
            frames: self.frames,
            sessions,
        }
    }
}
