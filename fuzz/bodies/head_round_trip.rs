//! Frames survive being written and read: those described by the input, and those that the input holds.

use arbitrary::{Result, Unstructured};
use bytes::{Bytes, BytesMut};
use msrp_multipart::{MediaType, Profile};
use msrp_proto::wire::{
    ByteRange, ContinuationFlag, EncodeError, FailureReport, Head, Header, Limits, MessageId, Method,
    OtherMethod, Path, Report, Request, Response, SendHead, StartLine, Status, StatusCode, TransactionId,
    end_line_stands_in, put_body_end, put_end_line,
};

use super::frames::{Frame, decode};
use super::rewrite::rewrite;

pub fn run(data: &[u8]) {
    read_and_written(data);
    // An input too short for a description is none.
    let _ = written_and_read(&mut Unstructured::new(data));
}

/// Written frames may be longer than what they were read from.
const WIDE: Limits = Limits {
    head: usize::MAX,
    headers: usize::MAX,
    line: usize::MAX,
    uris: usize::MAX,
    other_body: usize::MAX,
};

/// Decode, encode, decode, encode: stable from the first encoding on.
fn read_and_written(data: &[u8]) {
    let (decoded, _) = decode(Limits::default(), [Bytes::copy_from_slice(data)]);
    for frame in &decoded.frames {
        let (None, Some(flag)) = (frame.fault, frame.flag) else {
            continue;
        };
        let Some(written) = rewrite(&frame.head, frame.body.as_deref(), flag) else {
            continue;
        };
        let again = only(&written);
        let (one, other) = (&frame.head, &again.head);
        assert_eq!(one.transaction_id(), other.transaction_id());
        assert_eq!(one.start_line(), other.start_line());
        assert_eq!(one.to_path(), other.to_path());
        assert_eq!(one.from_path(), other.from_path());
        if one.start_line() == &StartLine::Request(Method::Report) {
            let code = |head: &Head| head.status().map(|status| (status.namespace, status.code));
            assert_eq!(code(one), code(other));
        }
        assert_eq!(frame.body, again.body);
        assert_eq!(frame.flag, again.flag);
        if frame.body.is_some() {
            assert_eq!(one.content_type(), other.content_type());
        }
        let twice = rewrite(&again.head, again.body.as_deref(), flag);
        assert_eq!(twice.as_ref(), Some(&written));
    }
}

/// The frame in a stream that holds one legal frame and nothing else.
fn only(stream: &[u8]) -> Frame {
    let (mut decoded, _) = decode(WIDE, [Bytes::copy_from_slice(stream)]);
    assert_eq!(decoded.error, None);
    assert!(decoded.between_frames);
    assert_eq!(decoded.frames.len(), 1);
    let frame = decoded.frames.pop().unwrap();
    assert_eq!(frame.fault, None);
    frame
}

/// A frame described by the input is written and read again.
fn written_and_read(input: &mut Unstructured<'_>) -> Result<()> {
    let id = input
        .arbitrary::<[u8; 8]>()?
        .map(|octet| IDENT[usize::from(octet) % IDENT.len()]);
    let id = TransactionId::parse(&id).unwrap_or("abcd".parse().unwrap());
    let (to, from) = (path(input)?, path(input)?);
    let headers = headers(input)?;
    let body = body(input, &id)?;
    let content = body.as_ref().map(|(media_type, body)| (media_type, &body[..]));
    let message_id = text(input, IDENT)?;
    let message_id = MessageId::new(&message_id).unwrap_or(MessageId::new("none").unwrap());
    let number = |input: &mut Unstructured<'_>| input.arbitrary::<Option<u64>>();
    let byte_range = ByteRange::new(input.arbitrary()?, number(input)?, number(input)?);
    let code = StatusCode::new(input.int_in_range(0..=999)?).unwrap();
    let comment: String = input.arbitrary()?;
    let (to_path, from_path) = (to.as_ref(), from.as_ref());
    let mut stream = BytesMut::new();
    let (start_line, result, flag) = match input.int_in_range(0..=5)? {
        0..=2 => {
            let flag = *input.choose(&[
                ContinuationFlag::Aborted,
                ContinuationFlag::Complete,
                ContinuationFlag::Continued,
            ])?;
            let head = SendHead {
                id,
                to_path,
                from_path,
                message_id: &message_id,
                byte_range,
                success_report: input.arbitrary()?,
                failure_report: *input.choose(&[
                    FailureReport::No,
                    FailureReport::Partial,
                    FailureReport::Yes,
                ])?,
                headers: &headers,
                content_type: content.map(|(media_type, _)| media_type),
            };
            let mut result = head.encode(&mut stream);
            if let (Ok(()), Some((_, body))) = (result, content) {
                if end_line_stands_in(body, &id) {
                    result = Err(EncodeError::EndLineInBody);
                }
                stream.extend_from_slice(body);
                put_body_end(&mut stream, &id, flag);
            } else {
                put_end_line(&mut stream, &id, flag);
            }
            (StartLine::Request(Method::Send), result, flag)
        }
        3 => {
            let report = Report {
                id,
                to_path,
                from_path,
                message_id: &message_id,
                byte_range,
                status: Status {
                    namespace: input.arbitrary()?,
                    code,
                    comment: Some(comment.as_bytes()),
                },
                body: content,
            };
            let start_line = StartLine::Request(Method::Report);
            (start_line, report.encode(&mut stream), ContinuationFlag::Complete)
        }
        4 => {
            let name = text(input, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")?;
            let method = OtherMethod::new(&name).map_or(Method::Nickname, Method::Other);
            let request = Request {
                id,
                method: &method,
                to_path,
                from_path,
                headers: &headers,
                body: content,
            };
            let result = request.encode(&mut stream);
            (StartLine::Request(method), result, ContinuationFlag::Complete)
        }
        _ => {
            let response = Response {
                id,
                code,
                comment: Some(&comment),
                to_path,
                from_path,
                headers: &headers,
            };
            response.encode(&mut stream);
            (StartLine::Response(code), Ok(()), ContinuationFlag::Complete)
        }
    };
    if result.is_err() {
        return Ok(());
    }
    let frame = only(&stream);
    let head = &frame.head;
    assert_eq!(head.transaction_id(), id);
    assert_eq!(head.start_line(), &start_line);
    assert_eq!(head.to_path().unwrap().as_str(), to.as_str());
    assert_eq!(head.from_path().unwrap().as_str(), from.as_str());
    assert_eq!(frame.flag, Some(flag));
    if let StartLine::Request(Method::Send | Method::Report) = start_line {
        assert_eq!(head.message_id(), Some(message_id));
        assert_eq!(head.byte_range(), Some(byte_range));
    }
    if !matches!(start_line, StartLine::Response(_)) {
        assert_eq!(frame.body.as_deref(), content.map(|(_, body)| body));
        assert_eq!(
            head.content_type().as_ref(),
            content.map(|(media_type, _)| media_type)
        );
    }
    let again = rewrite(head, frame.body.as_deref(), flag);
    assert_eq!(again.as_deref(), Some(&stream[..]));
    Ok(())
}

const IDENT: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+%=";

/// Up to 32 characters out of a set.
fn text(input: &mut Unstructured<'_>, characters: &[u8]) -> Result<String> {
    let len = input.int_in_range(1..=32)?;
    (0..len)
        .map(|_| input.choose(characters).map(|octet| char::from(*octet)))
        .collect()
}

/// From octets as they are, if they are a path.
fn path(input: &mut Unstructured<'_>) -> Result<Path> {
    let text: &str = input.arbitrary()?;
    let fallback = || "msrp://a.example.com:7654/jshA7weztas;tcp".parse().unwrap();
    Ok(Path::parse(text.as_bytes(), usize::MAX).unwrap_or_else(|_| fallback()))
}

/// Those that are legal out of some that need not be.
fn headers(input: &mut Unstructured<'_>) -> Result<Vec<Header>> {
    let mut headers = Vec::new();
    for _ in 0..input.int_in_range(0..=3)? {
        let (name, value) = input.arbitrary()?;
        headers.extend(Header::new(name, value));
    }
    Ok(headers)
}

/// Octets, and between them pieces of the own end-line.
fn body(input: &mut Unstructured<'_>, id: &TransactionId) -> Result<Option<(MediaType, Vec<u8>)>> {
    if input.arbitrary()? {
        return Ok(None);
    }
    let fallback = MediaType::new("text", "plain").unwrap();
    let media_type = MediaType::parse(input.arbitrary()?, Profile::Msrp).unwrap_or(fallback);
    let end_line = format!("\r\n-------{id}$\r\n").into_bytes();
    let mut body = Vec::new();
    for _ in 0..input.int_in_range(0..=6)? {
        if input.arbitrary()? {
            let from = input.choose_index(end_line.len())?;
            let to = input.int_in_range(from..=end_line.len())?;
            body.extend_from_slice(&end_line[from..to]);
        } else {
            body.extend_from_slice(input.arbitrary()?);
        }
    }
    Ok(Some((media_type, body)))
}
