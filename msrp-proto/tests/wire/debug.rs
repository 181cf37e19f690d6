//! `Debug` shows no session-id, no header value, no body.

use bytes::Bytes;
use msrp_multipart::MediaType;
use msrp_proto::wire::{
    ByteRange, Decoder, FailureReport, Header, Limits, MessageId, Method, Path, Report, Request, Response,
    SendHead, Status, StatusCode, TransactionId,
};

const SECRETS: [&str; 6] = ["sesame", "nonce1234", "hush", "idid", "71", "type"];

fn check(shown: &str, must_show: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(shown.contains(must_show), "{shown}");
}

#[test]
fn of_what_was_read() {
    let head = "To-Path: msrp://b:1/sesame;tcp\r\nFrom-Path: msrp://a:1/sesame;tcp\r\nMessage-ID: idid\r\n\
                Byte-Range: 71-74/74\r\nStatus: 000 200 nonce1234\r\nAuthorization: nonce1234\r\n\
                Content-Type: hush/type\r\n";
    let frames = [
        ("SEND", head.to_owned()),
        ("REPORT", head.to_owned()),
        ("200 hush", head.to_owned()),
        ("SEND", head.replace("b:1", "b:0")),
        ("SEND", head.replace("Auth", "Auth\u{e4}")),
        ("send hush", head.to_owned()),
        ("SEND", head.replace("71-74", "71-idid")),
    ];
    for (rest, head) in frames {
        let stream = format!("MSRP abcd {rest}\r\n{head}\r\nhush\r\n-------abcd$\r\n");
        let (start, end) = stream.split_at(stream.len() - 20);
        let mut decoder = Decoder::new(Limits::default());
        let mut items = Vec::new();
        for part in [start, end] {
            let mut input = Bytes::copy_from_slice(part.as_bytes());
            while let Some(item) = decoder.decode(&mut input).unwrap() {
                items.push(format!("{item:?}"));
            }
            check(&format!("{decoder:?}"), "Decoder");
        }
        check(&items.join("\n"), "octets");
        check(&items[0], "abcd");
    }
}

#[test]
fn of_what_is_written() {
    let path: Path = "msrp://b:1/sesame;tcp".parse().unwrap();
    let id: TransactionId = "abcd".parse().unwrap();
    let message_id = MessageId::new("idid").unwrap();
    let headers = [Header::new("Authorization", "nonce1234").unwrap()];
    let media_type = MediaType::new("hush", "type").unwrap();
    let body = Some((&media_type, &b"hush"[..]));
    let status = Status {
        comment: Some(b"hush"),
        ..Status::new(StatusCode::OK)
    };
    let (to_path, from_path) = (path.as_ref(), path.as_ref());
    let byte_range = ByteRange::new(71, None, None);
    let send = SendHead {
        id,
        to_path,
        from_path,
        message_id: &message_id,
        byte_range,
        success_report: false,
        failure_report: FailureReport::Yes,
        headers: &headers,
        content_type: Some(&media_type),
    };
    let report = Report {
        id,
        to_path,
        from_path,
        message_id: &message_id,
        byte_range,
        status,
        body,
    };
    let request = Request {
        id,
        method: &Method::Auth,
        to_path,
        from_path,
        headers: &headers,
        body,
    };
    let response = Response {
        id,
        code: StatusCode::OK,
        comment: Some("hush"),
        to_path,
        from_path,
        headers: &headers,
    };
    check(&format!("{send:?}"), "abcd");
    check(&format!("{report:?}"), "abcd");
    check(&format!("{request:?}"), "abcd");
    check(&format!("{response:?}"), "abcd");
    check(&format!("{headers:?}"), "Authorization");
    check(&format!("{status:?}"), "200");
}
