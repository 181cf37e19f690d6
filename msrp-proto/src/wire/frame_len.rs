//! How long frames get, without writing them.

use super::byte_range::ByteRange;
use super::ident::{MessageId, TransactionId};

/// A SEND, the octets of its body apart. `tid`, `message_id`, `reports` and `content` are octets of the
/// identifiers and of whole lines.
pub(crate) fn send_len(
    tid: usize,
    paths: [&[u8]; 2],
    message_id: usize,
    range: &ByteRange,
    reports: usize,
    content: usize,
) -> usize {
    // With content there is a body, which ends with a CRLF of its own.
    let crlf = if content == 0 { 0 } else { 2 };
    request_start_len(tid, "SEND", paths)
        + message_len(message_id, range)
        + reports
        + content
        + crlf
        + end_line_len(tid)
}

/// Another request. `content` is octets of whole lines, the empty line before the body included.
pub(crate) fn request_len(
    tid: usize,
    method: &str,
    paths: [&[u8]; 2],
    content: usize,
    body: Option<usize>,
) -> usize {
    let body = body.map_or(0, |body| body + 2);
    request_start_len(tid, method, paths) + content + body + end_line_len(tid)
}

/// A REPORT without a comment.
pub(crate) fn report_len(tid: usize, paths: [&[u8]; 2], message_id: &MessageId, range: &ByteRange) -> usize {
    request_start_len(tid, "REPORT", paths)
        + message_len(message_id.as_bytes().len(), range)
        + line("Status: ", "000 200".len())
        + end_line_len(tid)
}

/// A response without a comment and without further headers.
pub(crate) fn response_len(id: &TransactionId, paths: [&[u8]; 2]) -> usize {
    let tid = id.as_bytes().len();
    line("MSRP ", tid + " 200".len()) + paths_len(paths) + end_line_len(tid)
}

fn request_start_len(tid: usize, method: &str, paths: [&[u8]; 2]) -> usize {
    line("MSRP ", tid + 1 + method.len()) + paths_len(paths)
}

fn paths_len([to_path, from_path]: [&[u8]; 2]) -> usize {
    line("To-Path: ", to_path.len()) + line("From-Path: ", from_path.len())
}

fn message_len(message_id: usize, range: &ByteRange) -> usize {
    let numbers = digits(Some(range.start)) + 1 + digits(range.end) + 1 + digits(range.total);
    line("Message-ID: ", message_id) + line("Byte-Range: ", numbers)
}

fn end_line_len(tid: usize) -> usize {
    line("-------", tid + 1)
}

fn line(name: &str, value: usize) -> usize {
    name.len() + value + 2
}

fn digits(number: Option<u64>) -> usize {
    number
        .and_then(u64::checked_ilog10)
        .map_or(1, |power| power as usize + 1)
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::super::encode::{SendLines, put_line, put_report_head, put_response_start};
    use super::super::{ContinuationFlag, Status, StatusCode, put_body_end, put_end_line};
    use super::*;

    #[test]
    fn frames_get_as_long_as_foretold() {
        let tid = TransactionId::parse(b"abcd2345").unwrap();
        let message_id = MessageId::parse(b"message-1").unwrap();
        let (to, from) = (&b"msrp://a.example/x;tcp"[..], &b"msrp://b.example/yz;tcp"[..]);
        for range in [
            ByteRange::EMPTY,
            ByteRange::WHOLE,
            ByteRange::new(1, Some(9), Some(10)),
            ByteRange::new(u64::MAX, None, Some(99)),
        ] {
            for content in [&b""[..], b"Content-Type: text/plain\r\n\r\n"] {
                let lines = SendLines {
                    to_path: to,
                    from_path: from,
                    message_id: &message_id,
                    reports: "Failure-Report: no\r\n",
                    content,
                };
                let mut out = BytesMut::new();
                lines.put(&mut out, &tid, &range);
                if content.is_empty() {
                    put_end_line(&mut out, &tid, ContinuationFlag::Complete);
                } else {
                    put_body_end(&mut out, &tid, ContinuationFlag::Continued);
                }
                let (id, reports) = (message_id.as_bytes().len(), lines.reports.len());
                let len = send_len(8, [to, from], id, &range, reports, content.len());
                assert_eq!(len, out.len());
            }
            let status = Status {
                comment: Some(b""),
                ..Status::new(StatusCode::OK)
            };
            let mut out = BytesMut::new();
            put_report_head(&mut out, &tid, [to, from], &message_id, &range, &status);
            put_end_line(&mut out, &tid, ContinuationFlag::Complete);
            assert_eq!(report_len(8, [to, from], &message_id, &range), out.len());
        }
        let mut out = BytesMut::new();
        put_response_start(&mut out, &tid, StatusCode::OK, Some(b""));
        put_line(&mut out, "To-Path: ", to);
        put_line(&mut out, "From-Path: ", from);
        put_end_line(&mut out, &tid, ContinuationFlag::Complete);
        assert_eq!(response_len(&tid, [to, from]), out.len());
    }
}
