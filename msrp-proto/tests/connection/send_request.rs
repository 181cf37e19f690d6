//! What a SEND looks like (RFC 4975 §7.1).

use msrp_proto::wire::{Header, MessageId};
use msrp_proto::{Body, Config, MediaType, Message, Role, SessionConfig, Terms};

use crate::wire_out::{LOCAL, PEER, Wire, message, path, shapes};

const RELAY: &str = "msrp://r.example.com:2855/relayed;tcp";

fn id(text: &str) -> MessageId {
    MessageId::new(text).unwrap()
}

fn line(frame: &crate::wire_out::Frame) -> String {
    let text = String::from_utf8(frame.raw.clone()).unwrap();
    text.replace(&frame.tid(), "TID")
}

/// Shows: MSRP-7.1-03, MSRP-7.1-04, MSRP-7.1-05, MSRP-7.1-08, MSRP-7.1-15, MSRP-7.1.1-20.
#[test]
fn a_message_octet_for_octet() {
    let terms = Terms::new(path(&format!("{RELAY} {PEER}")));
    let mut wire = Wire::open(Config::default(), Role::Active, terms);
    wire.send(message("Hello").message_id(id("m1.x")));
    let frames = wire.drain();
    assert_eq!(
        line(&frames[0]),
        format!(
            "MSRP TID SEND\r\nTo-Path: {RELAY} {PEER}\r\nFrom-Path: {LOCAL}\r\nMessage-ID: m1.x\r\n\
             Byte-Range: 1-5/5\r\nContent-Type: text/plain\r\n\r\nHello\r\n-------TID$\r\n"
        )
    );
}

/// Shows: MSRP-7.1-06 (a message cannot be without a type), MSRP-7.1-07.
#[test]
fn content_headers_come_last_and_the_type_behind_them() {
    let mut wire = Wire::active(Config::default());
    let html = MediaType::new("text", "html").unwrap();
    let header = |name, value| Header::new(name, value).unwrap();
    wire.send(
        Message::new(html, "x")
            .message_id(id("m123"))
            .header(header("Content-ID", "<1@a>"))
            .header(header("X-Foo", "1"))
            .header(header("Content-Disposition", "render"))
            .success_report(true),
    );
    let frames = wire.drain();
    assert_eq!(
        line(&frames[0]),
        format!(
            "MSRP TID SEND\r\nTo-Path: {PEER}\r\nFrom-Path: {LOCAL}\r\nMessage-ID: m123\r\n\
             Byte-Range: 1-1/1\r\nSuccess-Report: yes\r\nX-Foo: 1\r\nContent-ID: <1@a>\r\n\
             Content-Disposition: render\r\nContent-Type: text/html\r\n\r\nx\r\n-------TID$\r\n"
        )
    );
}

/// Shows: MSRP-7.1-11, MSRP-7.1-12.
#[test]
fn without_a_body_nothing_speaks_of_one() {
    let mut wire = Wire::active(Config::default());
    let frames = wire.drain();
    let message_id = frames[0].message_id();
    assert_eq!(
        line(&frames[0]),
        format!(
            "MSRP TID SEND\r\nTo-Path: {PEER}\r\nFrom-Path: {LOCAL}\r\nMessage-ID: {message_id}\r\n\
             Byte-Range: 1-0/0\r\n-------TID$\r\n"
        )
    );
}

/// Shows: MSRP-7.1-14, MSRP-7.1.1-24.
#[test]
fn an_empty_body_is_written_as_one() {
    for body in [Body::from(""), Body::streamed(Some(0)), Body::streamed(None)] {
        for limit in [None, Some(2048)] {
            let mut wire = Wire::active(Config::default().chunk_limit(limit).immediate_send(false));
            let sent = wire.send(message(body.clone()).message_id(id("m.empty")));
            if !wire.connection.wants_transmit() {
                wire.finish(sent);
            }
            let frames = wire.drain();
            assert_eq!(
                line(&frames[0]),
                format!(
                    "MSRP TID SEND\r\nTo-Path: {PEER}\r\nFrom-Path: {LOCAL}\r\nMessage-ID: m.empty\r\n\
                     Byte-Range: 1-0/0\r\nContent-Type: text/plain\r\n\r\n\r\n-------TID$\r\n"
                )
            );
        }
    }
}

/// Shows: MSRP-7.1-16.
#[test]
fn the_line_end_before_the_end_line_is_not_body() {
    let mut wire = Wire::active(Config::default());
    wire.send(message("x\r\n").message_id(id("m123")));
    let frames = wire.drain();
    assert!(line(&frames[0]).ends_with("\r\n\r\nx\r\n\r\n-------TID$\r\n"));
    assert_eq!(frames[0].range(), "1-3/3");

    let returned = line(&frames[0]).replace("TID", "back1");
    let returned = returned
        .replace(PEER, "@@")
        .replace(LOCAL, PEER)
        .replace("@@", LOCAL);
    wire.feed(&returned);
    let mut body = Vec::new();
    for event in wire.events() {
        if let msrp_proto::Event::Incoming(_, msrp_proto::IncomingEvent::Data { data, .. }) = event {
            body.extend_from_slice(&data);
        }
    }
    assert_eq!(body, b"x\r\n");
}

/// Shows: MSRP-7.1-21, MSRP-5.1-05 (responses and REPORTs).
#[test]
fn only_sends_are_interrupted() {
    let mut wire = Wire::active(Config::default());
    wire.drain();
    for _ in 0..100 {
        wire.receive("Success-Report: yes\r\n");
    }
    let mut kinds = Vec::new();
    while wire.poll() > 0 {
        assert!(wire.unfinished().is_none(), "a buffer ends with a frame");
        kinds.extend(shapes(&wire.frames()));
        if kinds.len() < 190 {
            wire.receive("Failure-Report: yes\r\n");
        }
    }
    let reports = kinds.iter().filter(|kind| *kind == "REPORT").count();
    assert_eq!(reports, 100);
    assert!(kinds.iter().all(|kind| kind == "REPORT" || kind == "200"));
}

/// A buffer takes as many whole frames as fit, and no more; the harness checks its size.
#[test]
fn many_requests_make_many_buffers() {
    let mut wire = Wire::active(Config::default().in_flight(10_000));
    for session in 0..500 {
        let local = format!("msrp://a.example.com:7654/{session:03};tcp")
            .parse()
            .unwrap();
        let session = SessionConfig::new(local, Role::Active, Terms::new(path(PEER)));
        let session = wire.connection.open(session).unwrap();
        wire.connection.session(session).unwrap().ping();
    }
    for len in 0..500 {
        wire.send(message("x".repeat(len)));
    }
    let mut frames = 0;
    while wire.poll() > 0 {
        assert!(wire.unfinished().is_none());
        let found = wire.frames().len();
        assert!(found > 20 || frames + found == 1000);
        frames += found;
    }
    assert_eq!(frames, 1000);
}
