//! Frames as a peer writes them, from B to A of a `Pair`.

use bytes::Bytes;
use msrp_proto::test_util::{Pair, Side};
use msrp_proto::wire::{Decoder, Item, Limits};

pub fn uri(side: Side) -> String {
    Pair::uri(side).as_str().to_owned()
}

/// To-Path and From-Path of what the peer sends.
pub fn paths() -> String {
    format!("To-Path: {}\r\nFrom-Path: {}\r\n", uri(Side::A), uri(Side::B))
}

/// A frame with any lines between its start line and its body.
pub fn frame(tid: &str, method: &str, lines: &str, body: Option<&[u8]>, flag: char) -> Vec<u8> {
    let mut frame = format!("MSRP {tid} {method}\r\n{lines}").into_bytes();
    if let Some(body) = body {
        frame.extend_from_slice(b"\r\n");
        frame.extend_from_slice(body);
        frame.extend_from_slice(b"\r\n");
    }
    frame.extend_from_slice(format!("-------{tid}{flag}\r\n").as_bytes());
    frame
}

/// A chunk of a message: `lines` are further headers, each with its CRLF.
pub fn chunk(tid: &str, id: &str, range: &str, lines: &str, body: &[u8], flag: char) -> Vec<u8> {
    let lines = format!(
        "{}Message-ID: {id}\r\nByte-Range: {range}\r\n{lines}Content-Type: text/plain\r\n",
        paths()
    );
    frame(tid, "SEND", &lines, Some(body), flag)
}

/// A whole message in one chunk.
pub fn message(tid: &str, id: &str, body: &[u8]) -> Vec<u8> {
    let len = body.len();
    chunk(tid, id, &format!("1-{len}/{len}"), "", body, '$')
}

/// A SEND without a body.
pub fn bodiless(tid: &str) -> Vec<u8> {
    let lines = format!("{}Message-ID: b{tid}\r\nByte-Range: 1-0/0\r\n", paths());
    frame(tid, "SEND", &lines, None, '$')
}

pub fn response(tid: &str, status: &str) -> Vec<u8> {
    frame(tid, status, &paths(), None, '$')
}

pub fn report(tid: &str, id: &str, range: &str, status: &str) -> Vec<u8> {
    let lines = format!(
        "{}Message-ID: {id}\r\nByte-Range: {range}\r\nStatus: 000 {status}\r\n",
        paths()
    );
    frame(tid, "REPORT", &lines, None, '$')
}

/// Whether these octets are one frame from its first octet to its last.
pub fn is_one(octets: &Bytes) -> bool {
    let mut decoder = Decoder::new(Limits {
        head: 1 << 20,
        headers: 1 << 10,
        line: 1 << 20,
        uris: 1 << 10,
        other_body: 1 << 20,
    });
    let mut rest = octets.clone();
    loop {
        match decoder.decode(&mut rest) {
            Ok(Some(Item::End(_))) => return rest.is_empty(),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return false,
        }
    }
}
