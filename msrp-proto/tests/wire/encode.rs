//! What is written, octet for octet (RFC 4975 §7.1, §7.1.2, §7.2, §9).

use msrp_multipart::MediaType;
use msrp_proto::wire::{
    ByteRange, ContinuationFlag, EncodeError, FailureReport, Header, HeaderError, MAX_OTHER_BODY, MessageId,
    Method, OtherMethod, Path, Report, Request, Response, SendHead, Status, StatusCode, TransactionId,
    end_line_stands_in, put_body_end, put_end_line,
};

use crate::support::{PATHS, decode, written};

/// What all frames here have in common.
struct Values {
    id: TransactionId,
    to: Path,
    from: Path,
    message_id: MessageId,
    text: MediaType,
}

impl Values {
    fn new() -> Self {
        Self {
            id: "d93kswow".parse().unwrap(),
            to: "msrp://b.example.com:12763/kjhd37s2s20w2a;tcp".parse().unwrap(),
            from: "msrp://a.example.com:7654/jshA7weztas;tcp".parse().unwrap(),
            message_id: MessageId::new("12339sdqwer").unwrap(),
            text: MediaType::new("text", "plain").unwrap(),
        }
    }

    fn send(&self) -> SendHead<'_> {
        SendHead {
            id: self.id,
            to_path: self.to.as_ref(),
            from_path: self.from.as_ref(),
            message_id: &self.message_id,
            byte_range: ByteRange::new(1, Some(5), Some(5)),
            success_report: false,
            failure_report: FailureReport::Yes,
            headers: &[],
            content_type: Some(&self.text),
        }
    }

    fn report(&self) -> Report<'_> {
        Report {
            id: self.id,
            to_path: self.to.as_ref(),
            from_path: self.from.as_ref(),
            message_id: &self.message_id,
            byte_range: ByteRange::new(1, Some(106), Some(106)),
            status: Status::new(StatusCode::OK),
            body: None,
        }
    }

    fn request<'a>(&'a self, method: &'a Method) -> Request<'a> {
        Request {
            id: self.id,
            method,
            to_path: self.to.as_ref(),
            from_path: self.from.as_ref(),
            headers: &[],
            body: None,
        }
    }

    fn response(&self) -> Response<'_> {
        Response {
            id: self.id,
            code: StatusCode::OK,
            comment: None,
            to_path: self.to.as_ref(),
            from_path: self.from.as_ref(),
            headers: &[],
        }
    }
}

/// The head, a body if the head announces one, and the end.
fn whole(head: &SendHead<'_>, body: Option<&[u8]>, flag: ContinuationFlag) -> String {
    let octets = written(|to| {
        head.encode(to).unwrap();
        match body {
            Some(body) => {
                to.extend_from_slice(body);
                put_body_end(to, &head.id, flag);
            }
            None => put_end_line(to, &head.id, flag),
        }
    });
    String::from_utf8(octets).unwrap()
}

fn text(encode: impl FnOnce(&mut bytes::BytesMut)) -> String {
    String::from_utf8(written(encode)).unwrap()
}

/// Shows: MSRP-7.1-03, MSRP-7.1-08, MSRP-7.1-15, MSRP-9-14 (the writing half), MSRP-9-15 (the writing
/// half).
#[test]
fn a_send() {
    let values = Values::new();
    assert_eq!(
        whole(&values.send(), Some(b"Hello"), ContinuationFlag::Complete),
        "MSRP d93kswow SEND\r\n\
         To-Path: msrp://b.example.com:12763/kjhd37s2s20w2a;tcp\r\n\
         From-Path: msrp://a.example.com:7654/jshA7weztas;tcp\r\n\
         Message-ID: 12339sdqwer\r\n\
         Byte-Range: 1-5/5\r\n\
         Content-Type: text/plain\r\n\
         \r\n\
         Hello\r\n\
         -------d93kswow$\r\n"
    );
}

/// Shows: MSRP-7.1-11, MSRP-7.1-12.
#[test]
fn a_send_without_a_body() {
    let values = Values::new();
    let id = Header::new("X-Foo", "bar").unwrap();
    let disposition = Header::new("Content-Disposition", "render").unwrap();
    let mut head = SendHead {
        byte_range: ByteRange::EMPTY,
        content_type: None,
        headers: core::slice::from_ref(&id),
        ..values.send()
    };
    assert_eq!(
        whole(&head, None, ContinuationFlag::Complete),
        format!(
            "MSRP d93kswow SEND\r\n{PATHS}Message-ID: 12339sdqwer\r\nByte-Range: 1-0/0\r\nX-Foo: bar\r\n\
             -------d93kswow$\r\n"
        )
    );
    head.headers = core::slice::from_ref(&disposition);
    let nothing = written(|to| assert_eq!(head.encode(to), Err(EncodeError::MimeWithoutBody)));
    assert!(nothing.is_empty());
    let method = Method::Other(OtherMethod::new("FOO").unwrap());
    let request = Request {
        headers: head.headers,
        ..values.request(&method)
    };
    let nothing = written(|to| assert_eq!(request.encode(to), Err(EncodeError::MimeWithoutBody)));
    assert!(nothing.is_empty());
}

/// Shows: MSRP-7.1-14.
#[test]
fn a_send_with_an_empty_body() {
    let values = Values::new();
    let head = SendHead {
        byte_range: ByteRange::EMPTY,
        ..values.send()
    };
    let written = whole(&head, Some(b""), ContinuationFlag::Complete);
    assert!(written.ends_with("\r\nContent-Type: text/plain\r\n\r\n\r\n-------d93kswow$\r\n"));
}

/// Shows: MSRP-7.1-16 (the writing half).
#[test]
fn the_crlf_before_the_end_line_is_added_to_that_of_the_body() {
    let values = Values::new();
    let written = whole(&values.send(), Some(b"x\r\n"), ContinuationFlag::Continued);
    assert!(written.ends_with("\r\n\r\nx\r\n\r\n-------d93kswow+\r\n"));
    assert_eq!(
        decode(written.as_bytes()).only().body.as_deref(),
        Some(&b"x\r\n"[..])
    );
}

/// Shows: MSRP-7.1-07.
#[test]
fn mime_headers_stand_between_the_others_and_the_content_type() {
    let values = Values::new();
    let headers = [
        ("Content-Disposition", "attachment"),
        ("X-Foo", "1"),
        ("content-id", "<a@b>"),
        ("Z", "2"),
        ("Content-Language", "en"),
    ]
    .map(|(name, value)| Header::new(name, value).unwrap());
    let expected = "X-Foo: 1\r\nZ: 2\r\nContent-Disposition: attachment\r\ncontent-id: <a@b>\r\n\
                    Content-Language: en\r\nContent-Type: text/plain\r\n\r\nHello\r\n-------d93kswow$\r\n";
    let head = SendHead {
        headers: &headers,
        ..values.send()
    };
    let send = whole(&head, Some(b"Hello"), ContinuationFlag::Complete);
    assert_eq!(
        send,
        format!("MSRP d93kswow SEND\r\n{PATHS}Message-ID: 12339sdqwer\r\nByte-Range: 1-5/5\r\n{expected}")
    );
    let method = Method::Other(OtherMethod::new("FOO").unwrap());
    let request = Request {
        headers: &headers,
        body: Some((&values.text, b"Hello")),
        ..values.request(&method)
    };
    assert_eq!(
        text(|to| request.encode(to).unwrap()),
        format!("MSRP d93kswow FOO\r\n{PATHS}{expected}")
    );
}

/// A body and its type are one value, or the empty line before the body is written with the type alone.
///
/// Shows: MSRP-7.1-06.
#[test]
fn there_is_no_body_without_a_type() {
    let values = Values::new();
    let typeless = SendHead {
        content_type: None,
        ..values.send()
    };
    let written = written(|to| typeless.encode(to).unwrap());
    assert!(
        written.ends_with(b"\r\nByte-Range: 1-5/5\r\n"),
        "no empty line, so no body can follow"
    );
    let _: Option<(&MediaType, &[u8])> = values.report().body;
    let _: Option<(&MediaType, &[u8])> = values.request(&Method::Auth).body;
}

/// Shows: MSRP-7.1.1-05, MSRP-9-19 (the writing half).
#[test]
fn reports_are_asked_for_where_the_default_does_not_do() {
    let values = Values::new();
    for (success_report, failure_report, expected) in [
        (false, FailureReport::Yes, ""),
        (false, FailureReport::No, "Failure-Report: no\r\n"),
        (false, FailureReport::Partial, "Failure-Report: partial\r\n"),
        (true, FailureReport::Yes, "Success-Report: yes\r\n"),
        (
            true,
            FailureReport::No,
            "Success-Report: yes\r\nFailure-Report: no\r\n",
        ),
        (
            true,
            FailureReport::Partial,
            "Success-Report: yes\r\nFailure-Report: partial\r\n",
        ),
    ] {
        let head = SendHead {
            success_report,
            failure_report,
            ..values.send()
        };
        let written = whole(&head, Some(b"Hello"), ContinuationFlag::Complete);
        let (_, rest) = written.split_once("1-5/5\r\n").unwrap();
        assert!(rest.starts_with(&format!("{expected}Content-Type: ")), "{rest}");
    }
}

/// Shows: MSRP-7.1.1-35 (the octets).
#[test]
fn all_octets_are_written_as_they_are() {
    let values = Values::new();
    let body: Vec<u8> = (0..=255).collect();
    let octets = written(|to| {
        values.send().encode(to).unwrap();
        to.extend_from_slice(&body);
        put_body_end(to, &values.id, ContinuationFlag::Complete);
    });
    assert_eq!(decode(&octets).only().body.as_deref(), Some(&body[..]));
}

#[test]
fn ranges() {
    let values = Values::new();
    for (range, expected) in [
        (ByteRange::WHOLE, "1-*/*"),
        (ByteRange::EMPTY, "1-0/0"),
        (ByteRange::new(2049, None, Some(5000)), "2049-*/5000"),
        (
            ByteRange::new(u64::MAX, Some(u64::MAX), None),
            "18446744073709551615-18446744073709551615/*",
        ),
    ] {
        let head = SendHead {
            byte_range: range,
            ..values.send()
        };
        let written = text(|to| head.encode(to).unwrap());
        assert!(written.contains(&format!("\r\nByte-Range: {expected}\r\n")));
        assert_eq!(range.to_string(), expected);
    }
    let head = SendHead {
        byte_range: ByteRange::new(0, None, None),
        ..values.send()
    };
    let nothing = written(|to| assert_eq!(head.encode(to), Err(EncodeError::ByteRange)));
    assert!(nothing.is_empty());
}

/// `Report` has no field for Success-Report, Failure-Report, a flag or further headers.
///
/// Shows: MSRP-7.1.2-01, MSRP-5.1-05 (REPORT).
#[test]
fn a_report() {
    let values = Values::new();
    assert_eq!(
        text(|to| values.report().encode(to).unwrap()),
        format!(
            "MSRP d93kswow REPORT\r\n{PATHS}Message-ID: 12339sdqwer\r\nByte-Range: 1-106/106\r\n\
             Status: 000 200 OK\r\n-------d93kswow$\r\n"
        )
    );
    let report = Report {
        status: Status {
            namespace: 1000,
            ..Status::new(StatusCode::OK)
        },
        ..values.report()
    };
    let nothing = written(|to| assert_eq!(report.encode(to), Err(EncodeError::Namespace)));
    assert!(nothing.is_empty());
}

/// Shows: MSRP-7.1-09, MSRP-5.1-05 (a body of 10240 octets).
#[test]
fn a_body_that_is_not_of_a_send_has_at_most_10240_octets() {
    let values = Values::new();
    let body = "x".repeat(MAX_OTHER_BODY + 1);
    let encode = |len: usize| {
        let body = Some((&values.text, &body.as_bytes()[..len]));
        let report = Report {
            body,
            ..values.report()
        };
        let method = Method::Nickname;
        let request = Request {
            body,
            ..values.request(&method)
        };
        let mut results = Vec::new();
        let report = written(|to| results.push(report.encode(to)));
        let request = written(|to| results.push(request.encode(to)));
        (results, report, request)
    };
    assert_eq!(MAX_OTHER_BODY, 10_240);
    let (results, report, request) = encode(10_240);
    assert_eq!(results, [Ok(()), Ok(())]);
    for frame in [report, request] {
        assert_eq!(
            decode(&frame).only().body.as_deref(),
            Some(&body.as_bytes()[..10_240])
        );
    }
    let (results, report, request) = encode(10_241);
    assert_eq!(results, [Err(EncodeError::BodyTooLong); 2]);
    assert!(report.is_empty() && request.is_empty());
}

/// AUTH and NICKNAME are written as any other method is; SEND and REPORT are not.
#[test]
fn other_requests() {
    let values = Values::new();
    let headers = [Header::new("Use-Nickname", "\"Alice the great\"").unwrap()];
    let request = Request {
        headers: &headers,
        ..values.request(&Method::Nickname)
    };
    assert_eq!(
        text(|to| request.encode(to).unwrap()),
        format!("MSRP d93kswow NICKNAME\r\n{PATHS}Use-Nickname: \"Alice the great\"\r\n-------d93kswow$\r\n")
    );
    for method in [Method::Send, Method::Report] {
        let nothing = written(|to| assert_eq!(values.request(&method).encode(to), Err(EncodeError::Method)));
        assert!(nothing.is_empty());
    }
}

/// `Response` has no field for a body, a type or a flag.
///
/// Shows: MSRP-7.2-05, MSRP-5.1-05 (responses).
#[test]
fn a_response() {
    let values = Values::new();
    let headers = [
        Header::new("Expires", "600").unwrap(),
        Header::new("Content-Disposition", "render").unwrap(),
    ];
    let response = Response {
        headers: &headers,
        ..values.response()
    };
    assert_eq!(
        text(|to| response.encode(to)),
        format!("MSRP d93kswow 200 OK\r\n{PATHS}Expires: 600\r\n-------d93kswow$\r\n")
    );
}

#[test]
fn comments() {
    let values = Values::new();
    let status_line = |code: u16, comment| {
        let response = Response {
            code: StatusCode::new(code).unwrap(),
            comment,
            ..values.response()
        };
        let written = text(|to| response.encode(to));
        let line = written.split("\r\n").next().unwrap();
        line.strip_prefix("MSRP d93kswow ").unwrap().to_owned()
    };
    assert_eq!(status_line(481, None), "481 Session Does Not Exist");
    assert_eq!(status_line(299, None), "299");
    assert_eq!(status_line(7, Some("")), "007");
    assert_eq!(status_line(200, Some(" \t ")), "200");
    assert_eq!(status_line(200, Some(" Gr\u{fc}n\tx ")), "200 Gr\u{fc}n\tx");
}

#[test]
fn the_own_end_line_in_a_body_is_noticed() {
    let values = Values::new();
    let id = &values.id;
    for body in [
        "-------d93kswow",
        "-------d93kswow$\r\n",
        "-------d93kswowx",
        "x\r\n-------d93kswow",
        "\r\n-------d93kswow$\r\n",
        "\r\n-------\r\n-------d93kswow",
        "\r\r\n-------d93kswow!",
    ] {
        assert!(end_line_stands_in(body.as_bytes(), id), "{body:?}");
        let report = Report {
            body: Some((&values.text, body.as_bytes())),
            ..values.report()
        };
        let nothing = written(|to| assert_eq!(report.encode(to), Err(EncodeError::EndLineInBody)));
        assert!(nothing.is_empty());
    }
    for body in [
        "",
        "-------",
        "-------d93kswo",
        "x-------d93kswow$\r\n",
        "\n-------d93kswow$\r\n",
        "\r\n------d93kswow$\r\n",
        "\r\n--------d93kswow$\r\n",
        "\r\n-------D93KSWOW$\r\n",
        "\r\n-------d93kswo\r\n-------",
    ] {
        assert!(!end_line_stands_in(body.as_bytes(), id), "{body:?}");
    }
}

#[test]
fn a_header_cannot_become_another_line() {
    for value in [
        "a\r\nb",
        "a\nb",
        "a\rb",
        "\0",
        "a\u{7f}",
        "\r\n",
        "x\r\n-------d93kswow$\r\n",
    ] {
        assert_eq!(Header::new("X-Foo", value), Err(HeaderError::Value), "{value:?}");
    }
    for name in [
        "", " ", "X Foo", "X-Foo:", "X:Y", "X\r\n", "X\r\nY", "1X", "-X", "X(", "\u{e4}", "X\u{e4}", "X\t",
    ] {
        assert_eq!(Header::new(name, "x"), Err(HeaderError::Name), "{name:?}");
    }
    let header = Header::new("X*!", " \ta b\t\u{e4} ").unwrap();
    assert_eq!((header.name(), header.value()), ("X*!", "a b\t\u{e4}"));
    assert_eq!(Header::new("X", "").unwrap().value(), "");
}

/// Shows: MSRP-7.1.1-35 (the header).
#[test]
fn some_headers_are_not_for_the_application() {
    for name in [
        "To-Path",
        "from-path",
        "Message-ID",
        "BYTE-RANGE",
        "Success-Report",
        "Failure-Report",
        "Status",
        "Content-Type",
        "content-transfer-encoding",
    ] {
        assert_eq!(Header::new(name, "x"), Err(HeaderError::Reserved), "{name}");
    }
}

#[test]
fn a_comment_cannot_become_another_line() {
    let values = Values::new();
    for comment in ["OK\r\nX: y", "OK\n", "\r", "\0", "\r\n-------d93kswow$\r\n"] {
        let response = Response {
            comment: Some(comment),
            ..values.response()
        };
        let usual = text(|to| values.response().encode(to));
        assert_eq!(text(|to| response.encode(to)), usual, "{comment:?}");
        let report = Report {
            status: Status {
                comment: Some(comment.as_bytes()),
                ..Status::new(StatusCode::OK)
            },
            ..values.report()
        };
        let usual = text(|to| values.report().encode(to).unwrap());
        assert_eq!(text(|to| report.encode(to).unwrap()), usual, "{comment:?}");
    }
}

#[test]
fn only_identifiers_of_the_grammar_can_be_written() {
    for text in ["abcd", "a.-+", &"x".repeat(32)] {
        assert_eq!(MessageId::new(text).unwrap().as_str(), text);
    }
    for text in ["", "abc", &"x".repeat(33), "-abc", "a\r\nbc", "ab c", "ab@c"] {
        assert!(MessageId::new(text).is_err(), "{text:?}");
        assert!(text.parse::<TransactionId>().is_err(), "{text:?}");
    }
}
