//! The head of a frame: start line and headers, delimited, legal and typed.

use core::fmt;

use bytes::Bytes;
use memchr::{memchr, memchr_iter};
use msrp_multipart::{MediaType, Profile};
use nom::Offset;
use thiserror::Error;

use super::byte_range::ByteRange;
use super::chars;
use super::decoder::Limits;
use super::header::{self, FailureReport, Field};
use super::ident::{self, MessageId, TransactionId};
use super::known::{KnownHeaders, Repeated};
use super::method::Method;
use super::path::{PathError, PathRef, Shape};
use super::status::{self, Status, StatusCode};
use super::whole_head::{Whole, line_len};

/// The head of a request or a response.
///
/// What the codec knows is typed; every header, known or not, can be reached by [`Head::headers`].
/// `Debug` shows the names of the headers and no values, since those hold session-ids and credentials.
#[derive(Clone)]
pub struct Head {
    /// Start line and headers, each line with its CRLF.
    raw: Bytes,
    id: TransactionId,
    start: StartLine,
    fields: Fields,
    has_body: bool,
}

/// What the headers that the codec knows say, and where.
#[derive(Clone, Copy, Default)]
pub(super) struct Fields {
    to_path: Option<PathSpan>,
    from_path: Option<PathSpan>,
    message_id: Option<Span>,
    content_type: Option<Span>,
    status: Option<Span>,
    byte_range: Option<ByteRange>,
    success_report: Option<bool>,
    failure_report: Option<FailureReport>,
    /// Which headers of those that may stand once have been seen, legal or not.
    seen: FieldSet,
    /// Which of them are legal.
    legal: FieldSet,
    /// There are headers besides those.
    has_others: bool,
}

/// What kind of frame a head begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartLine {
    /// Neither a method nor a status code: only in the head of a [`Malformed`] frame.
    Illegal,
    /// A request.
    Request(Method),
    /// A response, whose comment is at [`Head::comment`].
    Response(StatusCode),
}

impl Head {
    /// The identifier that ties end-line, request and response together.
    pub fn transaction_id(&self) -> TransactionId {
        self.id
    }

    /// Whether this is a request, of which method, or a response, with which code.
    pub fn start_line(&self) -> &StartLine {
        &self.start
    }

    /// The method, if this is a request.
    pub fn method(&self) -> Option<&Method> {
        match &self.start {
            StartLine::Request(method) => Some(method),
            _ => None,
        }
    }

    /// The comment of a response, octets that should be UTF-8; `None` if the line ends after the code.
    pub fn comment(&self) -> Option<&[u8]> {
        match self.start {
            StartLine::Response(_) => {
                let rest = self
                    .start_line_octets()
                    .get(COMMON_START + self.id.as_bytes().len() + 1..)?;
                status::parse_code(rest).ok()?.1
            }
            _ => None,
        }
    }

    /// The way the frame has yet to go, leftmost first. `None` only in the head of a [`Malformed`] frame.
    pub fn to_path(&self) -> Option<PathRef<'_>> {
        self.path(self.fields.to_path)
    }

    /// The octets of To-Path as read.
    pub fn to_path_octets(&self) -> Option<&[u8]> {
        self.value(Some(self.fields.to_path?.span))
    }

    /// The way back, leftmost first. `None` only in the head of a [`Malformed`] frame.
    pub fn from_path(&self) -> Option<PathRef<'_>> {
        self.path(self.fields.from_path)
    }

    /// The octets of From-Path as read.
    pub fn from_path_octets(&self) -> Option<&[u8]> {
        self.value(Some(self.fields.from_path?.span))
    }

    /// Which message the frame is about.
    pub fn message_id(&self) -> Option<MessageId> {
        let octets = self.message_id_octets()?;
        if self.fields.legal.contains(Field::MessageId) {
            MessageId::of_checked(octets)
        } else {
            None
        }
    }

    /// The octets of Message-ID as read.
    pub fn message_id_octets(&self) -> Option<&[u8]> {
        self.value(self.fields.message_id)
    }

    /// Where the chunk stands in its message, or which part a REPORT is about.
    pub fn byte_range(&self) -> Option<ByteRange> {
        self.fields.byte_range
    }

    /// Whether success is to be reported; `None` if the header is absent, which means no.
    pub fn success_report(&self) -> Option<bool> {
        self.fields.success_report
    }

    /// Which failures are to be reported; `None` if the header is absent, which means yes.
    pub fn failure_report(&self) -> Option<FailureReport> {
        self.fields.failure_report
    }

    /// The Status of a REPORT.
    pub fn status(&self) -> Option<Status<'_>> {
        Status::parse(self.value(self.fields.status)?).ok()
    }

    /// The media type of the body; of the whole message, where the body is a chunk.
    pub fn content_type(&self) -> Option<MediaType> {
        MediaType::parse(self.content_type_octets()?, Profile::Msrp).ok()
    }

    /// The octets of Content-Type as read.
    pub fn content_type_octets(&self) -> Option<&[u8]> {
        self.value(self.fields.content_type)
    }

    /// Whether an empty line ends the head, so that a body follows, be it empty.
    pub fn has_body(&self) -> bool {
        self.has_body
    }

    /// The value of the first header of that name, compared without case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        if !self.fields.has_others && Field::from_name(name.as_bytes()).is_none() {
            return None;
        }
        self.headers()
            .find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// All headers in the order of the wire: name as written, value without surrounding blanks. Lines
    /// that are no header (only in the head of a [`Malformed`] frame) are left out.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut lines = Lines(&self.raw);
        lines.next();
        lines.filter(|line| chars::is_text(line)).filter_map(split_header)
    }

    /// The octets of start line and headers as read, each line with its CRLF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// Start line and headers, legal or not, without their CRLF.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        Lines(&self.raw)
    }

    /// Whether a start line that could not be read was meant as that of a response.
    pub(crate) fn looks_like_response(&self) -> bool {
        let rest = self
            .start_line_octets()
            .get(COMMON_START + self.id.as_bytes().len() + 1..);
        rest.and_then(|rest| rest.first()).is_some_and(u8::is_ascii_digit)
    }

    /// A copy in memory of its own. A decoded head is a slice of the octets handed to the decoder, and
    /// keeps all of them alive.
    #[must_use]
    #[inline]
    pub fn compact(&self) -> Self {
        Self {
            raw: Bytes::copy_from_slice(&self.raw),
            id: self.id,
            start: self.start.clone(),
            fields: self.fields,
            has_body: self.has_body,
        }
    }

    /// Reads what has been delimited: `line_ends` has the offset behind the CRLF of every line in `raw`.
    ///
    /// A head with a fault comes back with what could be read, and the first fault.
    pub(super) fn read(
        raw: Bytes,
        id: TransactionId,
        line_ends: &[u32],
        has_body: bool,
        limits: &Limits,
        known: &mut KnownHeaders,
    ) -> (Self, Option<HeadError>) {
        let (mut start, mut fields) = (StartLine::Illegal, Fields::default());
        let mut fault = None;
        let mut line_start = 0;
        for (index, &end) in line_ends.iter().enumerate() {
            let line = raw
                .get(line_start..(end as usize).saturating_sub(2))
                .unwrap_or_default();
            let read = match index {
                0 => {
                    let rest = line.get(COMMON_START + id.as_bytes().len() + 1..);
                    StartLine::read(rest.unwrap_or_default()).map(|found| start = found)
                }
                _ => fields.read_line(line, line_start, limits, known),
            };
            if let Err(error) = read {
                fault.get_or_insert(error);
            }
            line_start = end as usize;
        }
        let fault = fault.or_else(|| fields.missing(&start, has_body));
        let head = Self {
            raw,
            id,
            start,
            fields,
            has_body,
        };
        (head, fault)
    }

    /// A head that has been read as a whole.
    pub(super) fn of_whole(raw: Bytes, whole: Whole, fields: &Fields) -> Self {
        Self {
            raw,
            id: whole.id,
            start: whole.start,
            fields: *fields,
            has_body: whole.flag.is_none(),
        }
    }

    fn value(&self, span: Option<Span>) -> Option<&[u8]> {
        let span = span?;
        self.raw.get(span.start as usize..span.end as usize)
    }

    fn path(&self, path: Option<PathSpan>) -> Option<PathRef<'_>> {
        let PathSpan { span, shape } = path?;
        Some(PathRef::with_shape(self.value(Some(span))?, shape?))
    }

    fn start_line_octets(&self) -> &[u8] {
        Lines(&self.raw).next().unwrap_or_default()
    }
}

impl StartLine {
    /// Reads what is behind the identifier in a start line.
    pub(super) fn read(rest: &[u8]) -> Result<Self, HeadError> {
        if rest.first().is_some_and(u8::is_ascii_digit) {
            let (code, _) = status::parse_code(rest).map_err(|_| HeadError::StartLine)?;
            Ok(Self::Response(code))
        } else {
            Method::parse(rest).map(Self::Request).ok_or(HeadError::StartLine)
        }
    }
}

impl Fields {
    /// Reads a header, without its CRLF, that stands at `at`.
    pub(super) fn read_line(
        &mut self,
        line: &[u8],
        at: usize,
        limits: &Limits,
        known: &mut KnownHeaders,
    ) -> Result<(), HeadError> {
        let (field, value) = match Field::strip_name(line) {
            Some((field, rest)) => (field, trim(rest)),
            None => {
                let (name, value) = split_header(line).ok_or(HeadError::HeaderLine)?;
                let Some(field) = Field::from_name(name) else {
                    self.has_others = true;
                    return chars::is_text(value).then_some(()).ok_or(HeadError::HeaderLine);
                };
                (field, value)
            }
        };
        // With a control octet in it, it is no header, whatever its name: another one of that name may be.
        if !chars::is_text(value) {
            return Err(HeadError::HeaderLine);
        }
        if !self.seen.insert(field) {
            return Err(HeadError::Duplicate(field));
        }
        // The value is a slice of the line.
        let span = Span::new(at + line.offset(value), value.len());
        let illegal = HeadError::Illegal(field);
        match field {
            Field::ToPath => {
                let read = known.read_to_path(value, limits);
                self.to_path = Some(PathSpan::new(span, &read, value));
                path_fault(read, illegal)?;
            }
            Field::FromPath => {
                let read = known.read_from_path(value, limits);
                self.from_path = Some(PathSpan::new(span, &read, value));
                path_fault(read, illegal)?;
            }
            Field::MessageId => {
                self.message_id = Some(span);
                ident::check_message_id(value).map_err(|_| illegal)?;
            }
            Field::ContentType => {
                self.content_type = Some(span);
                known.read_content_type(value).map_err(|_| illegal)?;
            }
            Field::Status => {
                self.status = Some(span);
                Status::parse(value).map_err(|_| illegal)?;
            }
            Field::ByteRange => self.byte_range = Some(ByteRange::parse(value).map_err(|_| illegal)?),
            Field::SuccessReport => {
                self.success_report = Some(header::parse_success_report(value).ok_or(illegal)?);
            }
            Field::FailureReport => self.failure_report = Some(FailureReport::parse(value).ok_or(illegal)?),
        }
        self.legal.insert(field);
        Ok(())
    }

    /// Reads the header that the input begins with and that stands at `at`: how many octets it has, CRLF
    /// included. `None` if there is anything wrong with it.
    pub(super) fn read_front(
        &mut self,
        input: &[u8],
        at: usize,
        limits: &Limits,
        known: &mut KnownHeaders,
    ) -> Option<usize> {
        if let Some(repeated) = known.repeated(input) {
            return self.put_repeated(&repeated, at).then_some(repeated.len);
        }
        if let Some(len) = self.read_by_value(input, at) {
            return Some(len);
        }
        let len = line_len(input)?;
        self.read_line(input.get(..len - 2)?, at, limits, known).ok()?;
        Some(len)
    }

    /// As [`read_front`](Self::read_front), for two headers that differ from chunk to chunk and whose values tell
    /// where they end: no line end is searched for.
    fn read_by_value(&mut self, input: &[u8], at: usize) -> Option<usize> {
        let (field, rest) = if let Some(value) = input.strip_prefix(b"Byte-Range: ") {
            let (range, rest) = ByteRange::parse_front(value).ok()?;
            self.byte_range = Some(range);
            (Field::ByteRange, rest)
        } else {
            let value = input.strip_prefix(b"Message-ID: ")?;
            let (len, rest) = ident::message_id_front(value)?;
            self.message_id = Some(Span::new(at + input.len() - value.len(), len));
            (Field::MessageId, rest)
        };
        // With blanks behind the value, say, or a second time, it is left to the other way.
        if !rest.starts_with(b"\r\n") || !self.seen.insert(field) {
            return None;
        }
        Some(input.len() - rest.len() + 2)
    }

    /// Notes a header that has been read before, and now stands at `at`. `false`: there was one of that name.
    fn put_repeated(&mut self, repeated: &Repeated, at: usize) -> bool {
        let Repeated { field, len, shape } = *repeated;
        let name = field.name().len() + 2;
        let span = Span::new(at + name, len - name - 2);
        match field {
            Field::ToPath => self.to_path = Some(PathSpan { span, shape }),
            Field::FromPath => self.from_path = Some(PathSpan { span, shape }),
            _ => self.content_type = Some(span),
        }
        self.seen.insert(field)
    }

    /// All headers have been found legal.
    pub(super) fn set_legal(&mut self) {
        self.legal = self.seen;
    }

    /// What a frame of this kind cannot do without (RFC 4975 §7.1, §7.1.2; rulings R-15, R-26).
    pub(super) fn missing(&self, start: &StartLine, has_body: bool) -> Option<HeadError> {
        let send_with_body = has_body && *start == StartLine::Request(Method::Send);
        let report = *start == StartLine::Request(Method::Report);
        [
            (Field::ToPath, true),
            (Field::FromPath, true),
            (Field::MessageId, send_with_body || report),
            (Field::ContentType, send_with_body),
            (Field::Status, report),
        ]
        .into_iter()
        .find(|&(field, needed)| needed && !self.seen.contains(field))
        .map(|(field, _)| HeadError::Missing(field))
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Names<'a>(&'a Head);
        impl fmt::Debug for Names<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list()
                    .entries(self.0.headers().map(|(name, _)| name.escape_ascii().to_string()))
                    .finish()
            }
        }
        f.debug_struct("Head")
            .field("transaction_id", &self.id)
            .field("start_line", &self.start)
            .field("headers", &Names(self))
            .field("has_body", &self.has_body)
            .finish_non_exhaustive()
    }
}

/// A frame that its transaction identifier delimits, but whose head is illegal.
///
/// A request of this kind is answered with 400 if its From-Path could be read, and else dropped; so is a
/// response (ruling R-16).
#[derive(Clone, Debug)]
pub struct Malformed {
    /// What could be read: illegal headers are absent, or there as octets only.
    pub head: Head,
    /// The first fault.
    pub error: HeadError,
}

/// Why a head is illegal though its frame can be delimited.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// A header that may stand once stands twice (ruling R-14).
    #[error("duplicate {0}")]
    Duplicate(Field),
    /// A line that is no header: no colon, an illegal name, a control octet, folding.
    #[error("header-line")]
    HeaderLine,
    /// A known header with an illegal value.
    #[error("illegal {0}")]
    Illegal(Field),
    /// A header without which the frame has no meaning.
    #[error("missing {0}")]
    Missing(Field),
    /// Neither a method nor a status code behind the transaction identifier.
    #[error("start-line")]
    StartLine,
    /// A line or the head exceeds [`Limits`].
    #[error("too-long")]
    TooLong,
    /// More header lines than [`Limits`] allow.
    #[error("too-many-headers")]
    TooManyHeaders,
    /// A path with more URIs than [`Limits`] allow.
    #[error("too-many-uris")]
    TooManyUris,
}

/// A set of headers.
#[derive(Clone, Copy, Default)]
struct FieldSet(u8);

impl FieldSet {
    /// `false`: it was there.
    fn insert(&mut self, field: Field) -> bool {
        let new = !self.contains(field);
        self.0 |= 1 << field as u8;
        new
    }

    fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }
}

/// `MSRP` and the SP behind it.
pub(super) const COMMON_START: usize = 5;

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Heads are no longer than 32 bits can tell.
    fn new(start: usize, len: usize) -> Self {
        Self {
            start: start as u32,
            end: (start + len) as u32,
        }
    }
}

/// A path, and how it is built if it is legal.
#[derive(Clone, Copy)]
struct PathSpan {
    span: Span,
    shape: Option<Shape>,
}

impl PathSpan {
    fn new(span: Span, read: &Result<Shape, PathError>, value: &[u8]) -> Self {
        let shape = match read {
            Ok(shape) => Some(*shape),
            // Its sender can be told all the same.
            Err(PathError::TooMany) => PathRef::parse(value, usize::MAX).map(PathRef::shape).ok(),
            Err(_) => None,
        };
        Self { span, shape }
    }
}

/// The lines of a head, without their CRLF. A bare LF ends no line.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr_iter(b'\n', self.0)
            .find(|&lf| self.0.get(..lf).is_some_and(|line| line.ends_with(b"\r")))
            .map_or(self.0.len(), |lf| lf + 1);
        let line = self.0.get(..end)?;
        self.0 = self.0.get(end..).unwrap_or_default();
        Some(line.strip_suffix(b"\r\n").unwrap_or(line))
    }
}

/// Name and trimmed value; `None` for a line that is no header. Blanks before the colon make the name
/// illegal (ruling R-09).
fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', line)?;
    let (name, rest) = line.split_at_checked(colon)?;
    if !name.first()?.is_ascii_alphabetic() || !name.iter().all(|&octet| chars::is_token(octet)) {
        return None;
    }
    Some((name, trim(rest.get(1..)?)))
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn path_fault(read: Result<Shape, PathError>, illegal: HeadError) -> Result<(), HeadError> {
    match read {
        Ok(_) => Ok(()),
        Err(PathError::TooMany) => Err(HeadError::TooManyUris),
        Err(_) => Err(illegal),
    }
}
