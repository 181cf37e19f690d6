//! What is not said in a SEND that is received, and how large it may be (RFC 4975 §7.1, §7.1.1).

use bytes::Bytes;
use msrp_proto::{Config, Event, IncomingEvent};

use crate::wire_out::{LOCAL, PEER, Wire, octets, shapes};

/// Shows: MSRP-7.1.1-14, MSRP-7.1.1-15 (success).
#[test]
fn absent_headers_ask_for_responses_and_no_success_report() {
    let mut wire = Wire::passive(Config::default());
    wire.receive("");
    assert_eq!(shapes(&wire.drain()), ["200"]);
}

/// Shows: MSRP-7.1.1-15 (failure).
#[test]
fn absent_headers_ask_for_error_responses() {
    let mut wire = Wire::passive(Config::default());
    wire.receive("Content-Transfer-Encoding: base64\r\n");
    assert_eq!(shapes(&wire.drain()), ["415"]);
}

/// Shows: MSRP-7.1.1-16.
#[test]
fn a_report_on_an_unknown_message_is_dropped() {
    let mut wire = Wire::passive(Config::default());
    wire.bind();
    wire.drain();
    wire.events();
    wire.feed(&format!(
        "MSRP rep0 REPORT\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: nobody\r\n\
         Byte-Range: 1-5/5\r\nStatus: 000 403 no\r\n-------rep0$\r\n"
    ));
    assert!(wire.drain().is_empty() && wire.events().is_empty());
    wire.receive("");
    assert_eq!(shapes(&wire.drain()), ["200"]);
}

/// Shows: MSRP-7.1.1-28.
#[test]
fn chunks_of_any_size_are_taken() {
    for size in [0, 1, 2047, 2048, 2049, 10 << 20] {
        let mut wire = Wire::passive(Config::default());
        let body = octets(size);
        let mut input = format!(
            "MSRP size SEND\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: sized\r\n\
             Byte-Range: 1-*/{size}\r\nContent-Type: a/b\r\n\r\n"
        )
        .into_bytes();
        input.extend_from_slice(&body);
        input.extend_from_slice(b"\r\n-------size$\r\n");
        let (mut got, mut finished) = (Vec::new(), None);
        for part in input.chunks(100_000) {
            wire.connection
                .handle_input(wire.now, Bytes::copy_from_slice(part));
            for event in wire.events() {
                match event {
                    Event::Incoming(_, IncomingEvent::Data { data, .. }) => got.extend_from_slice(&data),
                    Event::Incoming(_, IncomingEvent::Finished { len, .. }) => finished = Some(len),
                    _ => {}
                }
            }
        }
        assert_eq!(finished, Some(size as u64));
        assert!(got == body, "{size}");
        assert_eq!(shapes(&wire.drain()), ["200"]);
    }
}

/// Shows: MSRP-7.1-13.
#[test]
fn no_body_is_no_message_and_an_empty_body_is_one() {
    let mut wire = Wire::passive(Config::default());
    wire.bind();
    let messages = |wire: &mut Wire| {
        let mut finished = Vec::new();
        for event in wire.events() {
            if let Event::Incoming(_, IncomingEvent::Finished { len, .. }) = event {
                finished.push(len);
            }
        }
        finished
    };
    assert_eq!(messages(&mut wire), [0; 0]);
    wire.feed(&format!(
        "MSRP empt SEND\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: e\r\nByte-Range: 1-0/0\r\n\
         Content-Type: text/plain\r\n\r\n\r\n-------empt$\r\n"
    ));
    assert_eq!(messages(&mut wire), [0]);
    assert_eq!(shapes(&wire.drain()), ["200", "200"]);
}

/// Shows: MSRP-7.1-10.
#[test]
fn the_body_of_another_request_is_bounded() {
    let report = |len: usize| {
        let body = "z".repeat(len);
        format!(
            "MSRP rep1 REPORT\r\nTo-Path: {LOCAL}\r\nFrom-Path: {PEER}\r\nMessage-ID: m\r\nStatus: 000 200\r\n\
             Content-Type: text/plain\r\n\r\n{body}\r\n-------rep1$\r\n"
        )
    };
    let mut wire = Wire::passive(Config::default());
    wire.feed(&report(10_240));
    wire.session_events();
    wire.feed(&report(10_241));
    assert_eq!(
        wire.session_events(),
        ["Failed(ConnectionLost)", "ConnectionLost(Framing(BodyTooLong))"]
    );
}
