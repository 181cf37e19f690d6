//! Arbitrary frames of every kind, described by what they say.

use bytes::BytesMut;
use msrp_multipart::MediaType;
use msrp_proto::wire::{
    ByteRange, ContinuationFlag, FailureReport, Header, MAX_OTHER_BODY, MessageId, Method, OtherMethod, Path,
    Report, Request, Response, SendHead, StartLine, Status, StatusCode, TransactionId, end_line_stands_in,
    put_body_end, put_end_line,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::Frame;

/// A frame, described by what it says.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    id: TransactionId,
    to: Path,
    from: Path,
    headers: Vec<Header>,
    kind: Kind,
    flag: ContinuationFlag,
}

#[derive(Clone, Debug)]
enum Kind {
    Send {
        message_id: MessageId,
        range: ByteRange,
        success: bool,
        failure: FailureReport,
        body: Option<(MediaType, Vec<u8>)>,
    },
    Report {
        message_id: MessageId,
        range: ByteRange,
        namespace: u16,
        code: StatusCode,
        comment: String,
        body: Option<(MediaType, Vec<u8>)>,
    },
    Request {
        method: Method,
        body: Option<(MediaType, Vec<u8>)>,
    },
    Response {
        code: StatusCode,
        comment: String,
    },
}

impl Kind {
    fn body(&self) -> Option<(&MediaType, &[u8])> {
        match self {
            Self::Send { body, .. } | Self::Report { body, .. } | Self::Request { body, .. } => {
                body.as_ref().map(|(media_type, body)| (media_type, &body[..]))
            }
            Self::Response { .. } => None,
        }
    }
}

impl Description {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut to = BytesMut::new();
        let (id, to_path, from_path, headers) =
            (self.id, self.to.as_ref(), self.from.as_ref(), &self.headers[..]);
        let body = self.kind.body();
        match &self.kind {
            Kind::Send {
                message_id,
                range,
                success,
                failure,
                ..
            } => {
                let head = SendHead {
                    id,
                    to_path,
                    from_path,
                    message_id,
                    byte_range: *range,
                    success_report: *success,
                    failure_report: *failure,
                    headers,
                    content_type: body.map(|(media_type, _)| media_type),
                };
                head.encode(&mut to).unwrap();
                match body {
                    Some((_, body)) => {
                        to.extend_from_slice(body);
                        put_body_end(&mut to, &id, self.flag);
                    }
                    None => put_end_line(&mut to, &id, self.flag),
                }
            }
            Kind::Report {
                message_id,
                range,
                namespace,
                code,
                comment,
                ..
            } => Report {
                id,
                to_path,
                from_path,
                message_id,
                byte_range: *range,
                status: Status {
                    namespace: *namespace,
                    code: *code,
                    comment: Some(comment.as_bytes()),
                },
                body,
            }
            .encode(&mut to)
            .unwrap(),
            Kind::Request { method, .. } => Request {
                id,
                method,
                to_path,
                from_path,
                headers,
                body,
            }
            .encode(&mut to)
            .unwrap(),
            Kind::Response { code, comment } => Response {
                id,
                code: *code,
                comment: Some(comment),
                to_path,
                from_path,
                headers,
            }
            .encode(&mut to),
        }
        to.to_vec()
    }

    /// Asserts that the frame says what the description says.
    pub(crate) fn check(&self, frame: &Frame) {
        let head = &frame.head;
        assert_eq!(frame.fault, None);
        assert_eq!(head.transaction_id(), self.id);
        assert_eq!(head.to_path().unwrap().as_str(), self.to.as_str());
        assert_eq!(head.from_path().unwrap().as_str(), self.from.as_str());
        let body = self.kind.body();
        assert_eq!(frame.body.as_deref(), body.map(|(_, body)| body));
        assert_eq!(
            head.content_type(),
            body.map(|(media_type, _)| media_type.clone())
        );
        let comment_of = |comment: &str| Some(comment.as_bytes().to_vec()).filter(|text| !text.is_empty());
        let mut flag = ContinuationFlag::Complete;
        match &self.kind {
            Kind::Send {
                message_id,
                range,
                success,
                failure,
                ..
            } => {
                assert_eq!(head.start_line(), &StartLine::Request(Method::Send));
                assert_eq!(head.message_id().as_ref(), Some(message_id));
                assert_eq!(head.byte_range(), Some(*range));
                assert_eq!(head.success_report().unwrap_or_default(), *success);
                assert_eq!(head.failure_report().unwrap_or_default(), *failure);
                flag = self.flag;
            }
            Kind::Report {
                message_id,
                range,
                namespace,
                code,
                comment,
                ..
            } => {
                assert_eq!(head.start_line(), &StartLine::Request(Method::Report));
                assert_eq!(head.message_id().as_ref(), Some(message_id));
                assert_eq!(head.byte_range(), Some(*range));
                let status = head.status().unwrap();
                assert_eq!((status.namespace, status.code), (*namespace, *code));
                assert_eq!(status.comment.map(<[u8]>::to_vec), comment_of(comment));
                assert_eq!((head.success_report(), head.failure_report()), (None, None));
            }
            Kind::Request { method, .. } => {
                assert_eq!(head.start_line(), &StartLine::Request(method.clone()));
            }
            Kind::Response { code, comment } => {
                assert_eq!(head.start_line(), &StartLine::Response(*code));
                assert_eq!(head.comment().map(<[u8]>::to_vec), comment_of(comment));
            }
        }
        assert_eq!(frame.flag, Some(flag));

        // The paths first, the type last, and of the others those that are written, in their order.
        let names: Vec<_> = head.headers().map(|(name, _)| name).collect();
        assert_eq!(names[..2], [&b"To-Path"[..], b"From-Path"]);
        assert_eq!(names.last() == Some(&&b"Content-Type"[..]), body.is_some());
        for header in &self.headers {
            let written = head
                .headers()
                .any(|found| found == (header.name().as_bytes(), header.value().as_bytes()));
            assert_eq!(written, !matches!(self.kind, Kind::Report { .. }), "{header:?}");
        }
    }
}

pub(crate) fn transaction_id() -> impl Strategy<Value = TransactionId> {
    "[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}".prop_map(|text| text.parse().unwrap())
}

fn message_id() -> impl Strategy<Value = MessageId> {
    "[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}".prop_map(|text| MessageId::new(&text).unwrap())
}

fn path() -> impl Strategy<Value = Path> {
    let uri = "msrps?://([a-z]{1,8}@)?([a-z]{1,9}\\.example|192\\.0\\.2\\.[1-9]|\\[2001:db8::[1-9a-f]\\]):[1-9][0-9]{0,3}\
               /[A-Za-z0-9._~+=/-]{1,20};tcp(;[a-z]{1,4}(=[a-z]{1,3})?)?";
    vec(uri, 1..4).prop_map(|uris| uris.join(" ").parse().unwrap())
}

fn range() -> impl Strategy<Value = ByteRange> {
    let number = || option::of(prop_oneof![0..5000_u64, any::<u64>(), Just(u64::MAX)]);
    (prop_oneof![1..5000_u64, 1..=u64::MAX], number(), number())
        .prop_map(|(start, end, total)| ByteRange::new(start, end, total))
}

fn flag() -> impl Strategy<Value = ContinuationFlag> {
    select(vec![
        ContinuationFlag::Aborted,
        ContinuationFlag::Complete,
        ContinuationFlag::Continued,
    ])
}

fn code() -> impl Strategy<Value = StatusCode> {
    (0..1000_u16).prop_map(|code| StatusCode::new(code).unwrap())
}

/// Without blanks at its ends, which are not written.
fn comment() -> impl Strategy<Value = String> {
    "[ -~\u{a0}-\u{2000}\t]{0,20}".prop_map(|text| text.trim_matches([' ', '\t']).to_owned())
}

fn header(mime: bool) -> impl Strategy<Value = Header> {
    let name = if mime {
        "Content-[A-Z][a-z]{1,5}x"
    } else {
        "X[!#-'*+.A-Z^-~-]{0,12}"
    };
    (name, "[ -~\u{a0}-\u{2000}\t]{0,30}").prop_map(|(name, value)| Header::new(&name, &value).unwrap())
}

fn media_type() -> impl Strategy<Value = MediaType> {
    let value = option::of("[ -~\u{a0}-\u{2000}\t]{0,12}");
    ("[a-z]{1,8}", "[a-z0-9.+-]{1,8}", value).prop_map(|(type_, subtype, value)| {
        let media_type = MediaType::new(&type_, &subtype).unwrap();
        match value {
            Some(value) => media_type.with_parameter("x", &value).unwrap(),
            None => media_type,
        }
    })
}

/// Octets of which many look like parts of the own end-line.
pub(crate) fn body(id: TransactionId) -> impl Strategy<Value = Vec<u8>> {
    let own = format!("\r\n-------{id}$\r\n").into_bytes();
    let part = (0..own.len(), 0..own.len())
        .prop_map(move |(one, other)| own[one.min(other)..one.max(other)].to_vec());
    let piece = prop_oneof![
        3 => part,
        1 => select(vec![&b"\r"[..], b"\n", b"\r\n", b"\r\r\n", b"-", b"-------", b"\r\n-------"])
            .prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..40),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn content(id: TransactionId) -> impl Strategy<Value = Option<(MediaType, Vec<u8>)>> {
    option::weighted(0.8, (media_type(), body(id)))
}

pub(crate) fn description() -> impl Strategy<Value = Description> {
    let other = "[A-Z]{1,12}".prop_filter_map("a method of its own", |name| {
        OtherMethod::new(&name).map(Method::Other)
    });
    let method = prop_oneof![Just(Method::Auth), Just(Method::Nickname), other];
    (transaction_id(), method)
        .prop_flat_map(|(id, method)| {
            let failure = select(vec![
                FailureReport::No,
                FailureReport::Partial,
                FailureReport::Yes,
            ]);
            let send = (message_id(), range(), any::<bool>(), failure, content(id)).prop_map(
                |(message_id, range, success, failure, body)| Kind::Send {
                    message_id,
                    range,
                    success,
                    failure,
                    body,
                },
            );
            let report = (message_id(), range(), 0..1000_u16, code(), comment(), content(id)).prop_map(
                |(message_id, range, namespace, code, comment, body)| Kind::Report {
                    message_id,
                    range,
                    namespace,
                    code,
                    comment,
                    body,
                },
            );
            let request = content(id).prop_map(move |body| Kind::Request {
                method: method.clone(),
                body,
            });
            let response = (code(), comment()).prop_map(|(code, comment)| Kind::Response { code, comment });
            let kind = prop_oneof![4 => send, 1 => report, 1 => request, 1 => response];
            (
                Just(id),
                kind,
                path(),
                path(),
                vec(header(false), 0..4),
                vec(header(true), 0..3),
                flag(),
            )
        })
        .prop_map(|(id, kind, to, from, mut headers, mime, flag)| {
            if kind.body().is_some() {
                headers.extend(mime);
            }
            Description {
                id,
                to,
                from,
                headers,
                kind,
                flag,
            }
        })
        .prop_filter("the end-line in the body", |description| {
            let body = description.kind.body();
            match &description.kind {
                // Read it must be all the same, unless it is whole.
                Kind::Send { .. } => body.is_none_or(|(_, body)| !holds_end_line(body, &description.id)),
                _ => body.is_none_or(|(_, body)| {
                    body.len() <= MAX_OTHER_BODY && !end_line_stands_in(body, &description.id)
                }),
            }
        })
}

/// The rule of ruling R-20 in its plainest form: does the frame end before its end?
fn holds_end_line(body: &[u8], id: &TransactionId) -> bool {
    let stream = [b"\r\n", body, b"\r\n"].concat();
    "+$#".chars().any(|flag| {
        let end_line = format!("\r\n-------{id}{flag}\r\n").into_bytes();
        stream.windows(end_line.len()).any(|octets| octets == end_line)
    })
}
