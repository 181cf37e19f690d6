//! Where frames begin and end (RFC 4975 §5.1, §7.3.1).

use crate::support::decode;

const PATHS: &str =
    "To-Path: msrp://b.example.com:2855/b;tcp\r\nFrom-Path: msrp://a.example.com:7654/a;tcp\r\n";

fn send(tid: &str, body: &str, flag: char) -> String {
    format!(
        "MSRP {tid} SEND\r\n{PATHS}Message-ID: m{tid}\r\nByte-Range: 1-*/*\r\nContent-Type: text/plain\r\n\r\n\
         {body}\r\n-------{tid}{flag}\r\n"
    )
}

/// Shows: MSRP-5.1-03, MSRP-5.1-08.
#[test]
fn the_end_line_is_that_of_the_own_transaction() {
    let body = "x\r\n-------bbbb2$\r\ny";
    let stream = send("aaaa1", body, '$') + &send("bbbb2", "second", '+');
    let decoded = decode(stream.as_bytes());
    let bodies: Vec<_> = decoded
        .frames
        .iter()
        .map(|frame| frame.body.as_deref().unwrap())
        .collect();
    assert_eq!(bodies, [body.as_bytes(), b"second"]);
    assert!(decoded.error.is_none() && decoded.between_frames);
}
