//! Heads that have arrived in one piece and hold nothing unusual, which is nearly all of them: read in one go.
//!
//! What is not taken here the decoder reads line by line, with the same result. So there are no faults to tell,
//! and no limits to pass: at the first sight of one, it is left to the other way.

use memchr::memchr;

use super::decoder::{Limits, last_line, read_start};
use super::head::{Fields, StartLine};
use super::header::ContinuationFlag;
use super::ident::TransactionId;
use super::known::KnownHeaders;

/// A head that is legal.
pub(super) struct Whole {
    pub(super) id: TransactionId,
    pub(super) start: StartLine,
    pub(super) fields: Fields,
    /// Octets of start line and headers.
    pub(super) len: usize,
    /// Octets of these, and of the line that ends the head.
    pub(super) end: usize,
    /// That of the end-line, if it ends the head.
    pub(super) flag: Option<ContinuationFlag>,
}

/// The head that the input begins with.
pub(super) fn read(input: &[u8], limits: &Limits, known: &mut KnownHeaders) -> Option<Whole> {
    let input = input.get(..limits.head.min(limits.line)).unwrap_or(input);
    let mut at = line_len(input)?;
    let start = input.get(..at)?;
    let id = read_start(start)?;
    let start = StartLine::read(start.get(..at - 2)?, &id).ok()?;
    let mut fields = Fields::default();
    for _ in 0..=limits.headers {
        let rest = input.get(at..)?;
        if let [b'-' | b'\r', ..] = rest {
            let len = line_len(rest)?;
            let flag = last_line(rest.get(..len - 2)?, &id)?;
            if fields.missing(&start, flag.is_none()).is_some() {
                return None;
            }
            let (len, end) = (at, at + len);
            return Some(Whole {
                id,
                start,
                fields,
                len,
                end,
                flag,
            });
        }
        at += fields.read_front(rest, at, limits, known)?;
    }
    None
}

/// Octets of the line that the input begins with, CRLF included.
pub(super) fn line_len(input: &[u8]) -> Option<usize> {
    let lf = memchr(b'\n', input)?;
    (input.get(lf.checked_sub(1)?) == Some(&b'\r')).then_some(lf + 1)
}
