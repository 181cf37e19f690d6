//! Heads that have arrived in one piece and hold nothing unusual, which is nearly all of them: read in one go.
//!
//! What is not taken here the decoder reads line by line, with the same result. So there are no faults to tell,
//! and no limits to pass: at the first sight of one, it is left to the other way.

use memchr::memchr;

use super::decoder::{Limits, last_line};
use super::head::{Fields, StartLine};
use super::header::ContinuationFlag;
use super::ident::TransactionId;
use super::known::KnownHeaders;
use super::method::Method;
use super::status::StatusCode;

/// A head that is legal.
pub(super) struct Whole {
    pub(super) id: TransactionId,
    pub(super) start: StartLine,
    /// Octets of start line and headers.
    pub(super) len: usize,
    /// Octets of these, and of the line that ends the head.
    pub(super) end: usize,
    /// That of the end-line, if it ends the head.
    pub(super) flag: Option<ContinuationFlag>,
}

/// The head that the input begins with. What its headers say is put into `fields`.
#[inline]
pub(super) fn read(
    input: &[u8],
    limits: &Limits,
    known: &mut KnownHeaders,
    fields: &mut Fields,
) -> Option<Whole> {
    let input = input.get(..limits.head.min(limits.line)).unwrap_or(input);
    let (id, start, mut len) = start_line(input)?;
    let mut room = limits.headers;
    loop {
        let rest = input.get(len..)?;
        if let Some(b'-' | b'\r') = rest.first() {
            let (flag, last) = end(rest, &id)?;
            let is_whole = fields.missing(&start, flag.is_none()).is_none();
            fields.set_legal();
            return is_whole.then_some(Whole {
                id,
                start,
                len,
                end: len + last,
                flag,
            });
        }
        room = room.checked_sub(1)?;
        len += fields.read_front(rest, len, limits, known)?;
    }
}

/// The start line that the input begins with, and how many octets it has.
fn start_line(input: &[u8]) -> Option<(TransactionId, StartLine, usize)> {
    let (id, rest) = TransactionId::parse_front(input.strip_prefix(b"MSRP ")?)?;
    if let Some(rest) = rest.strip_prefix(b" SEND\r\n") {
        return Some((id, StartLine::Request(Method::Send), input.len() - rest.len()));
    }
    if let Some(rest) = rest.strip_prefix(b" 200 OK\r\n") {
        return Some((id, StartLine::Response(StatusCode::OK), input.len() - rest.len()));
    }
    let rest = rest.strip_prefix(b" ")?;
    let len = line_len(rest)?;
    let start = StartLine::read(rest.get(..len - 2)?).ok()?;
    Some((id, start, input.len() - rest.len() + len))
}

/// The line that ends the head: the flag of an end-line, and how many octets the line has.
fn end(input: &[u8], id: &TransactionId) -> Option<(Option<ContinuationFlag>, usize)> {
    if input.starts_with(b"\r\n") {
        return Some((None, 2));
    }
    let len = 7 + id.as_bytes().len() + 3;
    let line = input.get(..len)?.strip_suffix(b"\r\n")?;
    Some((last_line(line, id)?, len))
}

/// Octets of the line that the input begins with, CRLF included.
pub(super) fn line_len(input: &[u8]) -> Option<usize> {
    let lf = memchr(b'\n', input)?;
    (input.get(lf.checked_sub(1)?) == Some(&b'\r')).then_some(lf + 1)
}
