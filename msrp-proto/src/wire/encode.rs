//! Writing frames. What is written is strict: RFC spelling, RFC order, one blank, no folding.

use core::fmt;

use bytes::BytesMut;
use msrp_multipart::MediaType;
use thiserror::Error;

use super::boundary::{FINDER, LEAD};
use super::byte_range::ByteRange;
use super::chars;
use super::header::{ContinuationFlag, FailureReport, Field};
use super::ident::{MessageId, TransactionId};
use super::method::Method;
use super::path::PathRef;
use super::status::{Status, StatusCode};

/// The most octets that the body of a request other than SEND may have (RFC 4975 §7.1).
pub const MAX_OTHER_BODY: usize = 10_240;

/// A header of the application, for requests that it sends. `Debug` hides the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    name: Box<str>,
    value: Box<str>,
}

impl Header {
    /// A header that the codec does not write by itself. Blanks around the value are dropped, since readers
    /// do not count them as part of it (ruling R-09).
    ///
    /// # Errors
    ///
    /// [`HeaderError`] for a name outside the grammar, for one that the codec writes by itself, for
    /// Content-Transfer-Encoding (RFC 4975 §7.1.1: the encoding is always binary), and for a value with a
    /// control octet in it: a value can never become a line of its own.
    pub fn new(name: &str, value: &str) -> Result<Self, HeaderError> {
        let legal = name.as_bytes().iter().all(|&octet| chars::is_token(octet));
        if !legal || !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(HeaderError::Name);
        }
        if Field::from_name(name.as_bytes()).is_some()
            || name.eq_ignore_ascii_case("Content-Transfer-Encoding")
        {
            return Err(HeaderError::Reserved);
        }
        if !chars::is_text(value.as_bytes()) {
            return Err(HeaderError::Value);
        }
        Ok(Self {
            name: name.into(),
            value: value.trim_matches(BLANKS).into(),
        })
    }

    /// The name, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, without blanks around it.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Octets of the whole line.
    pub(crate) fn len(&self) -> usize {
        self.name.len() + self.value.len() + ": \r\n".len()
    }

    /// MIME headers describe a body, and stand directly before Content-Type (RFC 4975 §7.1).
    pub(crate) fn is_mime(&self) -> bool {
        self.name
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("Content-"))
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}: …)", self.name)
    }
}

/// Why a header cannot be sent.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// The name is not a letter followed by token characters.
    #[error("illegal header name")]
    Name,
    /// The header is written by the codec, or must not be written at all.
    #[error("header not for the application to write")]
    Reserved,
    /// The value has a control octet in it.
    #[error("illegal header value")]
    Value,
}

/// Why a frame cannot be written. Nothing is.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The body is longer than [`MAX_OTHER_BODY`].
    #[error("body too long")]
    BodyTooLong,
    /// A range that starts at 0: positions count from 1.
    #[error("illegal byte range")]
    ByteRange,
    /// The end-line stands in the body: take another transaction identifier.
    #[error("the end-line stands in the body")]
    EndLineInBody,
    /// SEND and REPORT have encoders of their own. Others of up to 32 capitals can be written.
    #[error("not for this method")]
    Method,
    /// A MIME header in a request without a body.
    #[error("MIME header without a body")]
    MimeWithoutBody,
    /// The namespace of a status has more than three digits.
    #[error("illegal status namespace")]
    Namespace,
}

/// The head of a SEND request; body and end-line follow by the caller's hand.
#[derive(Clone, Copy)]
pub struct SendHead<'a> {
    /// The identifier of the transaction.
    pub id: TransactionId,
    /// The whole path to the peer.
    pub to_path: PathRef<'a>,
    /// The sender's own URI.
    pub from_path: PathRef<'a>,
    /// The message that the chunk belongs to.
    pub message_id: &'a MessageId,
    /// Where the chunk stands in it.
    pub byte_range: ByteRange,
    /// Whether success is to be reported.
    pub success_report: bool,
    /// Which failures are to be reported.
    pub failure_report: FailureReport,
    /// Further headers, the same in every chunk.
    pub headers: &'a [Header],
    /// The media type of the message; `None` for a SEND without a body.
    pub content_type: Option<&'a MediaType>,
}

impl SendHead<'_> {
    /// Appends the head. With a media type, the empty line before the body is its last line.
    ///
    /// # Errors
    ///
    /// [`EncodeError::ByteRange`], [`EncodeError::MimeWithoutBody`].
    pub fn encode(&self, to: &mut BytesMut) -> Result<(), EncodeError> {
        check_range(&self.byte_range)?;
        let content = content_lines(self.headers, self.content_type)?;
        let head = SendLines {
            to_path: self.to_path.as_str().as_bytes(),
            from_path: self.from_path.as_str().as_bytes(),
            message_id: self.message_id,
            reports: report_lines(self.success_report, self.failure_report),
            content: &content,
        };
        head.put(to, &self.id, &self.byte_range);
        Ok(())
    }
}

/// A REPORT request (RFC 4975 §7.1.2). It has neither Success-Report nor Failure-Report, and no flag
/// but `$`.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The identifier of the transaction.
    pub id: TransactionId,
    /// The From-Path of the SEND, in the same order.
    pub to_path: PathRef<'a>,
    /// The own URI.
    pub from_path: PathRef<'a>,
    /// The message that the report is about.
    pub message_id: &'a MessageId,
    /// The part of it that the report is about.
    pub byte_range: ByteRange,
    /// What became of that part. Without a comment, or with one that has a control octet in it, the usual
    /// comment is written; an empty comment writes none.
    pub status: Status<'a>,
    /// A body, which the peer may ignore.
    pub body: Option<(&'a MediaType, &'a [u8])>,
}

impl Report<'_> {
    /// Appends the whole frame.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BodyTooLong`], [`EncodeError::ByteRange`], [`EncodeError::EndLineInBody`],
    /// [`EncodeError::Namespace`].
    pub fn encode(&self, to: &mut BytesMut) -> Result<(), EncodeError> {
        check_range(&self.byte_range)?;
        check_body(&self.id, self.body)?;
        StatusCode::new(self.status.namespace).ok_or(EncodeError::Namespace)?;
        let (to_path, from_path) = (
            self.to_path.as_str().as_bytes(),
            self.from_path.as_str().as_bytes(),
        );
        put_report_head(
            to,
            &self.id,
            [to_path, from_path],
            self.message_id,
            &self.byte_range,
            &self.status,
        );
        put_body_and_end(to, &self.id, self.body);
        Ok(())
    }
}

/// A request that is neither SEND nor REPORT. It has no flag but `$`.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The identifier of the transaction.
    pub id: TransactionId,
    /// The method: any but SEND and REPORT.
    pub method: &'a Method,
    /// The whole path to the peer.
    pub to_path: PathRef<'a>,
    /// The own URI.
    pub from_path: PathRef<'a>,
    /// Further headers.
    pub headers: &'a [Header],
    /// A body of at most [`MAX_OTHER_BODY`] octets.
    pub body: Option<(&'a MediaType, &'a [u8])>,
}

impl Request<'_> {
    /// Appends the whole frame.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BodyTooLong`], [`EncodeError::EndLineInBody`], [`EncodeError::Method`],
    /// [`EncodeError::MimeWithoutBody`].
    pub fn encode(&self, to: &mut BytesMut) -> Result<(), EncodeError> {
        if !self.method.is_for_requests() {
            return Err(EncodeError::Method);
        }
        check_body(&self.id, self.body)?;
        // The media type is written with the body, so the lines here stop before it.
        if self.body.is_none() && self.headers.iter().any(Header::is_mime) {
            return Err(EncodeError::MimeWithoutBody);
        }
        put_request_start(
            to,
            &self.id,
            self.method.as_str(),
            self.to_path.as_str().as_bytes(),
            self.from_path.as_str().as_bytes(),
        );
        put_content_headers(to, self.headers);
        put_body_and_end(to, &self.id, self.body);
        Ok(())
    }
}

/// A response. It has no body and no flag but `$` (RFC 4975 §7.2; ruling R-23).
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The identifier of the request.
    pub id: TransactionId,
    /// The outcome.
    pub code: StatusCode,
    /// Text for people. Without one, or with one that has a control octet in it, the usual comment is
    /// written; an empty one writes none.
    pub comment: Option<&'a str>,
    /// The leftmost From-Path URI of a SEND, the whole From-Path of another request.
    pub to_path: PathRef<'a>,
    /// The own URI.
    pub from_path: PathRef<'a>,
    /// Further headers; MIME headers are left out, since there is no body.
    pub headers: &'a [Header],
}

impl Response<'_> {
    /// Appends the whole frame.
    pub fn encode(&self, to: &mut BytesMut) {
        put_response_start(to, &self.id, self.code, self.comment.map(str::as_bytes));
        put_line(to, "To-Path: ", self.to_path.as_str().as_bytes());
        put_line(to, "From-Path: ", self.from_path.as_str().as_bytes());
        put_headers(to, self.headers.iter().filter(|header| !header.is_mime()));
        put_end_line(to, &self.id, ContinuationFlag::Complete);
    }
}

/// Appends the CRLF that ends a body, which is not part of it, and the end-line.
pub fn put_body_end(to: &mut BytesMut, id: &TransactionId, flag: ContinuationFlag) {
    put_around(to, b"\r\n-------", id, &[flag.as_u8(), b'\r', b'\n']);
}

/// Appends the end-line alone: the end of a frame without a body.
pub fn put_end_line(to: &mut BytesMut, id: &TransactionId, flag: ContinuationFlag) {
    put_around(to, b"-------", id, &[flag.as_u8(), b'\r', b'\n']);
}

/// Whether the end-line of a transaction, whatever its flag, stands in a body, so that another
/// identifier is to be taken (RFC 4975 §7.1; rulings ).
pub fn end_line_stands_in(body: &[u8], id: &TransactionId) -> bool {
    let (crlf, hyphens) = LEAD.split_at(2);
    let at_start = body
        .strip_prefix(hyphens)
        .is_some_and(|rest| rest.starts_with(id.as_bytes()));
    at_start
        || FINDER.find_iter(body).any(|at| {
            let rest = body.get(at + crlf.len() + hyphens.len()..).unwrap_or_default();
            rest.starts_with(id.as_bytes())
        })
}

/// The head of a REPORT; `paths` is To-Path and From-Path.
pub(crate) fn put_report_head(
    to: &mut BytesMut,
    id: &TransactionId,
    paths: [&[u8]; 2],
    message_id: &MessageId,
    range: &ByteRange,
    status: &Status<'_>,
) {
    let [to_path, from_path] = paths;
    put_request_start(to, id, "REPORT", to_path, from_path);
    put_line(to, "Message-ID: ", message_id.as_bytes());
    put_byte_range(to, range);
    to.extend_from_slice(b"Status: ");
    let namespace = StatusCode::new(status.namespace).unwrap_or(StatusCode::OK);
    to.extend_from_slice(&namespace.digits());
    to.extend_from_slice(b" ");
    put_code(to, status.code, status.comment);
}

/// The lines of a SEND that chunks of one message share.
pub(crate) struct SendLines<'a> {
    pub(crate) to_path: &'a [u8],
    pub(crate) from_path: &'a [u8],
    pub(crate) message_id: &'a MessageId,
    pub(crate) reports: &'static str,
    /// From [`content_lines`].
    pub(crate) content: &'a [u8],
}

impl SendLines<'_> {
    pub(crate) fn put(&self, to: &mut BytesMut, id: &TransactionId, range: &ByteRange) {
        put_request_start(to, id, "SEND", self.to_path, self.from_path);
        put_line(to, "Message-ID: ", self.message_id.as_bytes());
        put_byte_range(to, range);
        to.extend_from_slice(self.reports.as_bytes());
        to.extend_from_slice(self.content);
    }
}

/// Defaults are left out (RFC 4975 §7.1.1).
pub(crate) fn report_lines(success: bool, failure: FailureReport) -> &'static str {
    match (success, failure) {
        (false, FailureReport::Yes) => "",
        (false, FailureReport::Partial) => "Failure-Report: partial\r\n",
        (false, FailureReport::No) => "Failure-Report: no\r\n",
        (true, FailureReport::Yes) => "Success-Report: yes\r\n",
        (true, FailureReport::Partial) => "Success-Report: yes\r\nFailure-Report: partial\r\n",
        (true, FailureReport::No) => "Success-Report: yes\r\nFailure-Report: no\r\n",
    }
}

/// The end of a SEND head: extension headers, MIME headers, Content-Type, the empty line.
pub(crate) fn content_lines(
    headers: &[Header],
    content_type: Option<&MediaType>,
) -> Result<BytesMut, EncodeError> {
    if content_type.is_none() && headers.iter().any(Header::is_mime) {
        return Err(EncodeError::MimeWithoutBody);
    }
    let mut lines = BytesMut::new();
    put_content_headers(&mut lines, headers);
    if let Some(content_type) = content_type {
        put_content_type(&mut lines, content_type);
    }
    Ok(lines)
}

pub(crate) fn put_response_start(
    to: &mut BytesMut,
    id: &TransactionId,
    code: StatusCode,
    comment: Option<&[u8]>,
) {
    if code == StatusCode::OK && comment.is_none_or(|text| text == b"OK") {
        return put_around(to, b"MSRP ", id, b" 200 OK\r\n");
    }
    put_around(to, b"MSRP ", id, b" ");
    put_code(to, code, comment);
}

pub(crate) fn put_line(to: &mut BytesMut, name: &str, value: &[u8]) {
    to.extend_from_slice(name.as_bytes());
    to.extend_from_slice(value);
    to.extend_from_slice(b"\r\n");
}

pub(crate) fn put_request_start(
    to: &mut BytesMut,
    id: &TransactionId,
    method: &str,
    to_path: &[u8],
    from_path: &[u8],
) {
    if method == "SEND" {
        put_around(to, b"MSRP ", id, b" SEND\r\n");
    } else {
        put_around(to, b"MSRP ", id, b" ");
        put_line(to, "", method.as_bytes());
    }
    put_line(to, "To-Path: ", to_path);
    put_line(to, "From-Path: ", from_path);
}

fn put_code(to: &mut BytesMut, code: StatusCode, comment: Option<&[u8]>) {
    to.extend_from_slice(&code.digits());
    let comment = comment
        .filter(|text| chars::is_text(text))
        .map_or(code.comment().as_bytes(), trim);
    if comment.is_empty() {
        to.extend_from_slice(b"\r\n");
    } else {
        put_line(to, " ", comment);
    }
}

/// An identifier and what stands around it. It is put together first, with nothing in it whose length is not known
/// beforehand, and then appended as one piece: so it is in every frame.
fn put_around<const LEAD: usize, const REST: usize>(
    to: &mut BytesMut,
    lead: &[u8; LEAD],
    id: &TransactionId,
    rest: &[u8; REST],
) {
    const { assert!(LEAD + TransactionId::MAX_LEN + REST <= PIECE) };
    let mut piece = [0; PIECE];
    let len = id.as_bytes().len();
    if let Some((start, behind)) = piece.split_first_chunk_mut() {
        *start = *lead;
        if let Some((ident, _)) = behind.split_first_chunk_mut() {
            *ident = *id.padded();
        }
        if let Some((end, _)) = behind
            .get_mut(len..)
            .and_then(|behind| behind.split_first_chunk_mut())
        {
            *end = *rest;
        }
    }
    to.extend_from_slice(piece.get(..LEAD + len + REST).unwrap_or_default());
}

/// Room for the longest identifier and what stands around it.
const PIECE: usize = 64;

fn put_byte_range(to: &mut BytesMut, range: &ByteRange) {
    to.extend_from_slice(b"Byte-Range: ");
    put_number(to, Some(range.start));
    to.extend_from_slice(b"-");
    put_number(to, range.end);
    to.extend_from_slice(b"/");
    put_number(to, range.total);
    to.extend_from_slice(b"\r\n");
}

fn put_number(to: &mut BytesMut, number: Option<u64>) {
    match number {
        Some(number) => to.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
        None => to.extend_from_slice(b"*"),
    }
}

/// Extension headers first, MIME headers directly before the Content-Type.
fn put_content_headers(to: &mut BytesMut, headers: &[Header]) {
    put_headers(to, headers.iter().filter(|header| !header.is_mime()));
    put_headers(to, headers.iter().filter(|header| header.is_mime()));
}

pub(crate) fn put_headers<'a>(to: &mut BytesMut, headers: impl IntoIterator<Item = &'a Header>) {
    for header in headers {
        to.extend_from_slice(header.name().as_bytes());
        put_line(to, ": ", header.value().as_bytes());
    }
}

fn put_content_type(to: &mut BytesMut, content_type: &MediaType) {
    let mut value = Vec::new();
    content_type.write(&mut value);
    put_line(to, "Content-Type: ", &value);
    to.extend_from_slice(b"\r\n");
}

fn put_body_and_end(to: &mut BytesMut, id: &TransactionId, body: Option<(&MediaType, &[u8])>) {
    if let Some((content_type, body)) = body {
        put_content_type(to, content_type);
        to.extend_from_slice(body);
        to.extend_from_slice(b"\r\n");
    }
    put_end_line(to, id, ContinuationFlag::Complete);
}

fn check_body(id: &TransactionId, body: Option<(&MediaType, &[u8])>) -> Result<(), EncodeError> {
    match body {
        Some((_, body)) if body.len() > MAX_OTHER_BODY => Err(EncodeError::BodyTooLong),
        Some((_, body)) if end_line_stands_in(body, id) => Err(EncodeError::EndLineInBody),
        _ => Ok(()),
    }
}

fn check_range(range: &ByteRange) -> Result<(), EncodeError> {
    if range.start == 0 {
        Err(EncodeError::ByteRange)
    } else {
        Ok(())
    }
}

/// Blanks at either end of a comment: behind the comment of a Status header, readers do not see them.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

const BLANKS: [char; 2] = [' ', '\t'];

// What is about to be written is secret in part, so `Debug` tells which frame it is and no more.

impl fmt::Debug for SendHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendHead")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("id", &self.id)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}
