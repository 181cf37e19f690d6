//! Writes a decoded frame again.

use bytes::BytesMut;
use msrp_proto::wire::{
    ByteRange, ContinuationFlag, EncodeError, Field, Head, Header, Method, Report, Request, Response,
    SendHead, StartLine, Status, put_body_end, put_end_line,
};

/// The frame in canonical form. `None` if the encoders do not write such a frame at all: a value that is
/// not UTF-8, no Message-ID in a SEND, a body in a response, the own end-line in a body, and the like.
///
/// What canonical form cannot keep is lost on the way, namely the order of headers, blanks, defaults
/// written out, an absent Byte-Range, and headers that stand without meaning.
pub(crate) fn rewrite(head: &Head, body: Option<&[u8]>, flag: ContinuationFlag) -> Option<Vec<u8>> {
    let id = head.transaction_id();
    let (to_path, from_path) = (head.to_path()?, head.from_path()?);
    let headers = further_headers(head, body.is_some())?;
    let content_type = head.content_type();
    let content = match body {
        Some(body) => Some((content_type.as_ref()?, body)),
        None => None,
    };
    let byte_range = head.byte_range().unwrap_or(ByteRange::WHOLE);
    let mut to = BytesMut::new();
    let written: Result<(), EncodeError> = match head.start_line() {
        StartLine::Request(Method::Send) => {
            let message_id = head.message_id()?;
            let frame = SendHead {
                id,
                to_path,
                from_path,
                message_id: &message_id,
                byte_range,
                success_report: head.success_report().unwrap_or_default(),
                failure_report: head.failure_report().unwrap_or_default(),
                headers: &headers,
                content_type: content.map(|(content_type, _)| content_type),
            };
            let written = frame.encode(&mut to);
            match body {
                Some(body) => {
                    to.extend_from_slice(body);
                    put_body_end(&mut to, &id, flag);
                }
                None => put_end_line(&mut to, &id, flag),
            }
            written
        }
        _ if flag != ContinuationFlag::Complete => return None,
        StartLine::Request(Method::Report) => {
            let message_id = head.message_id()?;
            let status = head.status()?;
            Report {
                id,
                to_path,
                from_path,
                message_id: &message_id,
                byte_range,
                status: Status {
                    // Without one the usual comment would be written.
                    comment: Some(status.comment.unwrap_or_default()),
                    ..status
                },
                body: content,
            }
            .encode(&mut to)
        }
        StartLine::Request(method) => Request {
            id,
            method,
            to_path,
            from_path,
            headers: &headers,
            body: content,
        }
        .encode(&mut to),
        StartLine::Response(_) if body.is_some() => return None,
        StartLine::Response(code) => {
            let comment = core::str::from_utf8(head.comment().unwrap_or_default()).ok()?;
            Response {
                id,
                code: *code,
                comment: Some(comment),
                to_path,
                from_path,
                headers: &headers,
            }
            .encode(&mut to);
            Ok(())
        }
        _ => return None,
    };
    written.ok().map(|()| to.to_vec())
}

/// The headers that are not typed; without a body those about the body have no meaning.
fn further_headers(head: &Head, has_body: bool) -> Option<Vec<Header>> {
    head.headers()
        .filter(|(name, _)| Field::from_name(name).is_none())
        .filter(|(name, _)| {
            let mime = name
                .get(..8)
                .is_some_and(|start| start.eq_ignore_ascii_case(b"Content-"));
            has_body || !mime
        })
        .map(|(name, value)| {
            let text = |octets| core::str::from_utf8(octets).ok();
            Header::new(text(name)?, text(value)?).ok()
        })
        .collect()
}
