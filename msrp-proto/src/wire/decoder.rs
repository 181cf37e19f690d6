//! The streaming decoder: framing first, heads second.

use core::fmt;

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;
use thiserror::Error;

use super::boundary::{Boundary, Found};
use super::head::{COMMON_START, Fields, Head, HeadError, Malformed, StartLine};
use super::header::ContinuationFlag;
use super::ident::TransactionId;
use super::known::KnownHeaders;
use super::method::Method;
use super::whole_head;

/// Splits a stream of octets into frames, however the stream is cut.
///
/// Framing depends on the start line alone: its transaction identifier tells what the end-line looks
/// like. A head that is illegal therefore costs its own frame and nothing else.
///
/// No octet is looked at more than a few times, however the stream is cut. Between reads the decoder keeps
/// a few numbers, and the octets of an unfinished head, little more than [`Limits::head`]; of a body it
/// keeps what may be the begin of the end-line, at most 43 octets. Between frames it keeps the last paths
/// and the last media type, which a session repeats in every frame, up to 256 octets each, and room for a head that
/// arrives in parts, 512 octets.
///
/// ```
/// use bytes::Bytes;
/// use msrp_proto::wire::{ContinuationFlag, Decoder, Item, Limits};
///
/// let mut input = Bytes::from_static(
///     b"MSRP d93kswow SEND\r\n\
///       To-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n\
///       From-Path: msrp://alice.example.com:7777/iau39soe2843z;tcp\r\n\
///       Message-ID: 12339sdqwer\r\n\
///       Byte-Range: 1-5/5\r\n\
///       Content-Type: text/plain\r\n\
///       \r\n\
///       Hello\r\n\
///       -------d93kswow$\r\n",
/// );
/// let mut decoder = Decoder::new(Limits::default());
/// let Some(Item::Head(head)) = decoder.decode(&mut input)? else { panic!() };
/// assert_eq!(head.message_id().unwrap().as_str(), "12339sdqwer");
/// let Some(Item::Body(body)) = decoder.decode(&mut input)? else { panic!() };
/// assert_eq!(body, "Hello");
/// let Some(Item::End(flag)) = decoder.decode(&mut input)? else { panic!() };
/// assert_eq!(flag, ContinuationFlag::Complete);
/// assert!(decoder.decode(&mut input)?.is_none() && decoder.is_between_frames());
/// # Ok::<(), msrp_proto::wire::DecodeError>(())
/// ```
pub struct Decoder {
    limits: Limits,
    state: State,
    /// The part of a head that arrived with earlier input.
    partial: BytesMut,
    /// Offsets behind the CRLF of each line of the head.
    line_ends: Vec<u32>,
    /// Offset in the head up to which it has been searched for a line end.
    searched: usize,
    known: KnownHeaders,
    examined: u64,
}

/// Bounds on what a peer may send before a frame is refused. What passes one costs its own frame, except
/// where noted: it comes out as [`Malformed`], and if its head is too long or has too many lines, the rest
/// of it, body included, is passed over up to the end-line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of start line and headers together; more than 2^30 count as 2^30. A start line that alone is
    /// longer loses the stream. Default: 16384.
    pub head: usize,
    /// Header lines in a head. Default: 64.
    pub headers: usize,
    /// Octets of one line, its CRLF included. A longer start line loses the stream. Default: 8192.
    pub line: usize,
    /// URIs in a path. Default: 32.
    pub uris: usize,
    /// Octets in the body of a request other than SEND, or of a response (RFC 4975 §7.1; ruling R-28).
    /// A longer one loses the stream. Default: 10240.
    pub other_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 16_384,
            headers: 64,
            line: 8192,
            uris: 32,
            other_body: 10_240,
        }
    }
}

/// A piece of the stream. Each frame is one `Head` or `Malformed`, any number of `Body`, one `End`.
///
/// `Debug` shows how long a body is, not what it says.
#[derive(Clone)]
pub enum Item {
    /// A frame begins whose head is legal.
    Head(Head),
    /// A frame begins whose head is not.
    Malformed(Malformed),
    /// Octets of the body, in order, never empty: a slice of the input, except for up to 43 octets at a
    /// time that looked like an end-line across two inputs.
    Body(Bytes),
    /// The frame ends.
    End(ContinuationFlag),
}

/// Why a stream can no longer be split into frames. MSRP has no point at which to take it up again
/// (ruling R-16), so the connection is lost.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body of a request other than SEND, or of a response, exceeds [`Limits::other_body`]. The octets
    /// up to the limit have been handed out.
    #[error("body-too-long")]
    BodyTooLong,
    /// What should be a start line has no legal transaction identifier where it belongs.
    #[error("start-line")]
    StartLine,
    /// The start line exceeds [`Limits::line`] or [`Limits::head`].
    #[error("start-line-too-long")]
    StartLineTooLong,
}

#[repr(u8)]
enum State {
    /// Before a start line; `true` after the CR of a CRLF between frames.
    Between {
        cr: bool,
    },
    /// In a head; the identifier is known behind the start line.
    Head {
        id: Option<TransactionId>,
    },
    /// In a body. `left` octets are still allowed, without limit in a SEND.
    Body {
        boundary: Boundary,
        left: Option<usize>,
    },
    /// In the rest of a head that exceeded its limits.
    Skip {
        boundary: Boundary,
    },
    /// The end-line has been consumed, and is to be told.
    End(ContinuationFlag),
    Lost(DecodeError),
}

impl Decoder {
    /// A decoder at the begin of a stream.
    pub fn new(limits: Limits) -> Self {
        let head = limits.head.min(MAX_HEAD);
        Self {
            limits: Limits { head, ..limits },
            state: State::Between { cr: false },
            partial: BytesMut::new(),
            line_ends: Vec::new(),
            searched: 0,
            known: KnownHeaders::default(),
            examined: 0,
        }
    }

    /// Takes the next piece off the front of the input. `None`: the input is used up.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the stream can no longer be split into frames; the same one from then on.
    pub fn decode(&mut self, input: &mut Bytes) -> Result<Option<Item>, DecodeError> {
        loop {
            if let Some(flag) = self.take_end() {
                return Ok(Some(Item::End(flag)));
            }
            match &mut self.state {
                State::End(_) => {} // taken above
                State::Lost(error) => return Err(*error),
                _ if input.is_empty() => return Ok(None),
                State::Between { .. } => self.skip_line_ends(input)?,
                State::Head { id: None } if self.partial.is_empty() && self.searched == 0 => {
                    return self.read_new_head(input);
                }
                State::Head { id } => {
                    let id = *id;
                    if id.is_some() && self.extend_line(input) {
                        return Ok(None);
                    }
                    if let Some(item) = self.read_head(input, id)? {
                        return Ok(Some(item));
                    }
                }
                State::Body { .. } | State::Skip { .. } => {
                    if let Some(body) = self.read_body(input) {
                        return Ok(Some(Item::Body(body)));
                    }
                }
            }
        }
    }

    /// Whether the octets so far end where a frame ended, so that the stream may end here.
    pub fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Between { cr: false })
    }

    /// Forgets the frame that was being read, so that the next input begins a new one.
    pub(crate) fn reset(&mut self) {
        self.state = State::Between { cr: false };
        self.partial = BytesMut::new();
        self.line_ends.clear();
        self.line_ends.shrink_to(KEPT_LINES);
        self.searched = 0;
    }

    /// Gives up the room for a head that arrives in parts, if there is none.
    pub(crate) fn release(&mut self) {
        if self.partial.is_empty() {
            self.partial = BytesMut::new();
        }
    }

    /// The end of the frame, if it is what comes next. As an item it would be much larger.
    #[inline]
    pub(crate) fn take_end(&mut self) -> Option<ContinuationFlag> {
        let State::End(flag) = self.state else {
            return None;
        };
        self.state = State::Between { cr: false };
        Some(flag)
    }

    /// Whether there is an item to take without further input.
    pub(crate) fn has_item(&self) -> bool {
        matches!(self.state, State::End(_))
    }

    /// How many octets have been looked at in search of structure; an octet looked at twice counts twice.
    /// It grows in step with the input, whatever the input is, and how ever it is cut.
    pub fn examined(&self) -> u64 {
        self.examined
    }

    /// Peers send bare CRLFs between frames to keep a connection alive.
    fn skip_line_ends(&mut self, input: &mut Bytes) -> Result<(), DecodeError> {
        let State::Between { cr } = &mut self.state else {
            return Ok(());
        };
        while let Some(&octet) = input.first() {
            match (*cr, octet) {
                (false, b'\r') => *cr = true,
                (true, b'\n') => *cr = false,
                (false, _) => {
                    self.state = State::Head { id: None };
                    break;
                }
                (true, _) => return self.lose(DecodeError::StartLine),
            }
            self.examined += 1;
            input.advance(1);
        }
        Ok(())
    }

    /// A head of which nothing has been read yet. `None`: the input is used up.
    // Not inlined: the ways of body and end should not have to pay for its many variables.
    #[inline(never)]
    fn read_new_head(&mut self, input: &mut Bytes) -> Result<Option<Item>, DecodeError> {
        let mut fields = Fields::default();
        let Some(whole) = whole_head::read(input, &self.limits, &mut self.known, &mut fields) else {
            return self.read_head(input, None);
        };
        self.examined += whole.end as u64;
        let raw = input.split_to(whole.len);
        input.advance(whole.end - whole.len);
        self.state = match whole.flag {
            Some(flag) => State::End(flag),
            None => self.body_of(&whole.start, &whole.id),
        };
        Ok(Some(Item::Head(Head::of_whole(raw, whole, &fields))))
    }

    fn read_head(
        &mut self,
        input: &mut Bytes,
        id: Option<TransactionId>,
    ) -> Result<Option<Item>, DecodeError> {
        if self.partial.is_empty() {
            return match self.scan(input, id)? {
                Some((id, end, ended)) => Ok(Some(self.finish_head(input.split_to(end), id, ended))),
                None => {
                    // Most heads have room in it. It is used again when the head is gone.
                    self.partial.reserve(HEAD_BLOCK.max(input.len()));
                    self.partial.extend_from_slice(input);
                    input.clear();
                    Ok(None)
                }
            };
        }
        // Line by line: what stands behind the head must stay in the input.
        let room = (self.limits.head + END_LINE + 1).saturating_sub(self.partial.len());
        let window = input.get(..room).unwrap_or(input);
        let taken = find_lf(window).map_or(window.len(), |at| at + 1);
        self.examined += taken as u64;
        self.partial
            .extend_from_slice(window.get(..taken).unwrap_or_default());
        input.advance(taken);
        let mut partial = core::mem::take(&mut self.partial);
        let ended = self.scan(&partial, id)?;
        let raw = ended.as_ref().map(|_| partial.split().freeze());
        if raw.as_ref().is_none_or(|raw| raw.len() <= HEAD_BLOCK) {
            self.partial = partial;
        }
        Ok(raw
            .zip(ended)
            .map(|(raw, (id, _, ended))| self.finish_head(raw, id, ended)))
    }

    /// Where octets come one by one, most of them end nothing: there is nothing to find out about one, but that it is not
    /// one too many. `false`: it is more than that.
    #[inline]
    fn extend_line(&mut self, input: &mut Bytes) -> bool {
        let &[octet] = &input[..] else { return false };
        let len = self.partial.len() + 1;
        let line_start = self.line_ends.last().map_or(0, |&end| end as usize);
        let fits = len <= self.limits.head && len - line_start <= self.limits.line;
        // Without what has come so far, or behind a limit, it is for the search to say.
        if octet == b'\n' || self.searched + 1 != len || self.partial.is_empty() || !fits {
            return false;
        }
        self.partial.extend_from_slice(&[octet]);
        self.searched = len;
        // As the search counts it: once to find it, once to look at it.
        self.examined += 2;
        input.clear();
        true
    }

    /// Looks for line ends in the head, from where the last search stopped. When the head has ended: how many
    /// octets belong to it, and what ended it.
    fn scan(
        &mut self,
        head: &[u8],
        id: Option<TransactionId>,
    ) -> Result<Option<(TransactionId, usize, Ended)>, DecodeError> {
        let known = match id {
            Some(_) => id,
            None => self.scan_start(head)?,
        };
        let ended = known.and_then(|id| self.scan_headers(head, &id).map(|(end, ended)| (id, end, ended)));
        if ended.is_none() {
            self.state = State::Head { id: known };
        }
        Ok(ended)
    }

    /// The start line, once it has arrived: the identifier in it.
    fn scan_start(&mut self, head: &[u8]) -> Result<Option<TransactionId>, DecodeError> {
        let from = self.searched;
        let found = find_lf(head.get(from..).unwrap_or_default());
        let end = found.map_or(head.len(), |at| from + at + 1);
        self.examined += (end - from) as u64;
        self.searched = end;
        if !looks_like_start(head) {
            return self.lose(DecodeError::StartLine);
        }
        let line = head.get(..end).unwrap_or_default();
        let id = found.and_then(|_| read_start(line));
        // An end-line is no longer.
        let slack = if id.is_some() { 0 } else { END_LINE };
        if end > self.limits.line.max(slack) || end > self.limits.head + slack {
            return self.lose(DecodeError::StartLineTooLong);
        }
        match (id, found) {
            (Some(id), _) => {
                self.line_ends.push(end as u32);
                Ok(Some(id))
            }
            (None, Some(_)) => self.lose(DecodeError::StartLine),
            (None, None) => Ok(None),
        }
    }

    /// The lines behind the start line.
    fn scan_headers(&mut self, head: &[u8], id: &TransactionId) -> Option<(usize, Ended)> {
        let mut from = core::mem::take(&mut self.searched);
        let mut line_start = self.line_ends.last().map_or(0, |&end| end as usize);
        loop {
            let found = find_lf(head.get(from..).unwrap_or_default());
            let end = found.map_or(head.len(), |at| from + at + 1);
            self.examined += (end - from) as u64;
            let line = head.get(line_start..end).unwrap_or_default();
            // A bare LF ends no line; what it does to a header, the header's own check will find.
            let text = line.strip_suffix(b"\r\n");
            if let Some(text) = text
                && let Some(flag) = last_line(text, id)
            {
                return Some((end, Ended::Complete(flag)));
            }
            // An end-line may yet come behind the last header that is allowed.
            let slack = if text.is_some() { 0 } else { END_LINE };
            if line.len() > self.limits.line.max(slack) || end > self.limits.head + slack {
                return Some((end, Ended::Exceeded(HeadError::TooLong)));
            }
            if found.is_none() {
                self.searched = end;
                return None;
            }
            from = end;
            if text.is_some() {
                // `line_ends` has the start line too.
                if self.line_ends.len() > self.limits.headers {
                    return Some((end, Ended::Exceeded(HeadError::TooManyHeaders)));
                }
                self.line_ends.push(end as u32);
                line_start = end;
            }
        }
    }

    /// `raw` is start line and headers, and what ended them.
    fn finish_head(&mut self, mut raw: Bytes, id: TransactionId, ended: Ended) -> Item {
        let last = raw.split_off(self.line_ends.last().map_or(0, |&end| end as usize));
        self.examined += raw.len() as u64;
        let has_body = matches!(ended, Ended::Complete(None));
        let (head, fault) = Head::read(raw, id, &self.line_ends, has_body, &self.limits, &mut self.known);
        self.line_ends.clear();
        self.line_ends.shrink_to(KEPT_LINES);
        self.state = match ended {
            Ended::Complete(Some(flag)) => State::End(flag),
            Ended::Complete(None) => self.body_of(head.start_line(), &id),
            Ended::Exceeded(_) => {
                let mut boundary = Boundary::new(&id, 2);
                boundary.pass(&last);
                self.examined += boundary.take_examined();
                State::Skip { boundary }
            }
        };
        let fault = if let Ended::Exceeded(cause) = ended {
            Some(cause)
        } else {
            fault
        };
        match fault {
            Some(error) => Item::Malformed(Malformed { head, error }),
            None => Item::Head(head),
        }
    }

    fn read_body(&mut self, input: &mut Bytes) -> Option<Bytes> {
        let (boundary, left, skip) = match &mut self.state {
            State::Body { boundary, left } => (boundary, left.as_mut(), false),
            State::Skip { boundary } => (boundary, None, true),
            _ => return None,
        };
        let (mut body, end) = match boundary.search(input) {
            Found::Body(body) => {
                let found = input.split_to(body);
                input.clear();
                (found, None)
            }
            Found::End { body, end, flag } => {
                let found = input.split_to(body);
                input.advance(end - body);
                (found, Some(flag))
            }
            Found::Released { held, consumed } => {
                let taken = input.split_to(consumed);
                // What was held back ends with the octets taken now, all in the pattern's own words.
                debug_assert!(held.ends_with(&taken));
                (Bytes::copy_from_slice(held), None)
            }
        };
        self.examined += boundary.take_examined();
        let mut next = end.map(State::End);
        if let Some(left) = left {
            if body.len() > *left {
                // As much as fits is handed out, so that the cuts of the input do not show.
                body.truncate(*left);
                next = Some(State::Lost(DecodeError::BodyTooLong));
            }
            *left -= body.len();
        }
        if let Some(next) = next {
            self.state = next;
        }
        (!skip && !body.is_empty()).then_some(body)
    }

    /// In the body behind a head.
    fn body_of(&self, start: &StartLine, id: &TransactionId) -> State {
        let is_send = *start == StartLine::Request(Method::Send);
        State::Body {
            boundary: Boundary::new(id, 2),
            left: (!is_send).then_some(self.limits.other_body),
        }
    }

    fn lose<T>(&mut self, error: DecodeError) -> Result<T, DecodeError> {
        self.state = State::Lost(error);
        self.partial = BytesMut::new();
        self.line_ends = Vec::new();
        Err(error)
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(head) => f.debug_tuple("Head").field(head).finish(),
            Self::Malformed(malformed) => f.debug_tuple("Malformed").field(malformed).finish(),
            Self::Body(octets) => write!(f, "Body({} octets)", octets.len()),
            Self::End(flag) => f.debug_tuple("End").field(flag).finish(),
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Between { .. } => "between frames",
            State::Head { .. } => "head",
            State::Body { .. } => "body",
            State::Skip { .. } => "rest of a head too long",
            State::End(_) => "end of a frame",
            State::Lost(_) => "lost",
        };
        f.debug_struct("Decoder")
            .field("limits", &self.limits)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// What ended a head.
#[derive(Clone, Copy)]
enum Ended {
    /// An empty line, or an end-line with its flag.
    Complete(Option<ContinuationFlag>),
    /// A limit. What follows is passed over up to the end-line.
    Exceeded(HeadError),
}

/// Offsets in a head are kept as `u32`, with room above this for an end-line.
const MAX_HEAD: usize = 1 << 30;

/// Octets that are set aside for a head that arrives in parts. No more is kept between frames.
const HEAD_BLOCK: usize = 512;

/// Lines of a head whose offsets find room without an allocation, from the second frame on.
const KEPT_LINES: usize = 16;

/// The longest end-line: hyphens, identifier, flag, CRLF.
const END_LINE: usize = 7 + TransactionId::MAX_LEN + 3;

fn find_lf(octets: &[u8]) -> Option<usize> {
    match octets {
        // Where octets come one by one, calling for a search of one would cost most of all.
        [octet] => (*octet == b'\n').then_some(0),
        _ => memchr(b'\n', octets),
    }
}

/// Tells junk from a start line by its first octets, without waiting for the line to end.
fn looks_like_start(head: &[u8]) -> bool {
    let start = head.get(..COMMON_START).unwrap_or(head);
    b"MSRP ".starts_with(start)
}

/// The identifier in a start line; `None` if it is none, or its LF has no CR before it.
fn read_start(line: &[u8]) -> Option<TransactionId> {
    let rest = line.strip_suffix(b"\r\n")?.strip_prefix(b"MSRP ")?;
    let (id, rest) = TransactionId::parse_front(rest)?;
    rest.starts_with(b" ").then_some(id)
}

/// Whether a line ends the head: an empty one before a body, or the end-line, with its flag.
pub(super) fn last_line(line: &[u8], id: &TransactionId) -> Option<Option<ContinuationFlag>> {
    match line {
        [] => Some(None),
        [b'-', ..] => {
            let rest = line.strip_prefix(b"-------")?.strip_prefix(id.as_bytes())?;
            let [flag] = rest else { return None };
            ContinuationFlag::from_u8(*flag).map(Some)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An idle connection costs little, whatever came before.
    #[test]
    fn little_is_kept_between_frames() {
        let limits = Limits {
            headers: 1000,
            ..Limits::default()
        };
        let mut decoder = Decoder::new(limits);
        let lines = "X: y\r\n".repeat(900);
        for uris in [1, 9, 32] {
            let path = vec!["msrp://host.example.com:2855/session;tcp"; uris].join(" ");
            let head = format!("To-Path: {path}\r\nFrom-Path: {path}\r\n{lines}");
            for rest in ["SEND", "200 OK"] {
                let frame = format!("MSRP abcd {rest}\r\n{head}-------abcd$\r\n");
                for octet in frame.into_bytes() {
                    let mut input = Bytes::from(vec![octet]);
                    while let Ok(Some(_)) = decoder.decode(&mut input) {}
                }
                assert!(decoder.is_between_frames());
                assert!(decoder.partial.capacity() <= HEAD_BLOCK);
                assert!(decoder.line_ends.capacity() <= KEPT_LINES);
                assert!(decoder.known.len() <= 3 * KnownHeaders::MAX_LEN);
            }
        }
    }
}
