use alloc::{collections::VecDeque, vec::Vec};
use core::fmt;

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memmem};

use crate::{
    Boundary, BoundaryError, Deviation, Deviations, Headers, HeadersError, MediaType,
    boundary::{MAX_LINE, Verdict, judge},
    item::{Item, Limits, PartEnd, PartHead, ReadError},
};

/// Splits the body of a multipart into its parts, however the body is cut (RFC 2046 §5.1).
///
/// Multiparts within are opened too, to a limit; a delimiter of an outer one ends all that is within. What is before
/// the first and behind the closing delimiter is passed over. A line with more than 64 blanks behind what would be a
/// delimiter is none: they have to be kept until it is clear. Between reads the reader keeps the boundaries, the
/// fields of a part that are not complete, and of a body what may be the begin of a delimiter, at most 142 octets.
/// Work is linear in the input.
///
/// ```
/// use bytes::Bytes;
/// use msrp_multipart::{Item, MediaType, Reader};
///
/// let media_type: MediaType = "multipart/mixed;boundary=b".parse()?;
/// let mut reader = Reader::new(&media_type)?;
/// let mut shown = Vec::new();
/// for piece in ["--b\r\nContent-Type: text/pl", "ain\r\n\r\nHello\r", "\n--b--\r\n"] {
///     let mut input = Bytes::from(piece);
///     while let Some(item) = reader.read(&mut input)? {
///         match item {
///             Item::Part(part) => shown.extend_from_slice(part.media_type().to_string().as_bytes()),
///             Item::Body(octets) => shown.extend_from_slice(&octets),
///             Item::End(_) => shown.extend_from_slice(b"."),
///             _ => {}
///         }
///     }
/// }
/// reader.end();
/// assert!(reader.read(&mut Bytes::new())?.is_none());
/// assert_eq!(shown, b"text/plainHello.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader {
    limits: Limits,
    strict: bool,
    /// Multiparts that a delimiter is awaited of, the outermost first.
    open: Vec<Level>,
    state: State,
    /// Octets seen that are not yet told: the fields so far, or the begin of what may be a delimiter.
    held: BytesMut,
    /// Where in `held` the last line of the fields begins.
    line: usize,
    /// Octets of input that are told or held.
    position: u64,
    parts: usize,
    items: VecDeque<Item>,
    deviations: Deviations,
    /// No further input will come.
    ended: bool,
    failed: Option<ReadError>,
    finder: memmem::Finder<'static>,
}

/// A multipart that is open.
struct Level {
    boundary: Boundary,
    is_digest: bool,
    parts: usize,
    /// A part of it has begun and not ended.
    in_part: bool,
    /// What that part, a multipart, lacks.
    lacks: Deviations,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the fields of a part.
    Fields,
    /// In octets that are told.
    Body(Search),
    /// In octets that are passed over: before the first delimiter of a multipart, or behind its closing one.
    Skip(Search),
    /// Behind the end.
    Over,
}

/// How far a delimiter has been found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    /// Nothing is held.
    Nothing,
    /// What is held is the begin of a line that may be one; the line end before it is gone.
    Line,
    /// What is held begins with the line end before it.
    LineEnd,
}

impl Reader {
    /// A reader of a body with that media type.
    ///
    /// # Errors
    ///
    /// [`BoundaryError`] if the type is none of a multipart, or has no boundary that can be used.
    pub fn new(media_type: &MediaType) -> Result<Self, BoundaryError> {
        let (boundary, deviations) = Boundary::declared(media_type)?;
        Ok(Self {
            limits: Limits::default(),
            strict: false,
            open: [Level::new(boundary, media_type)].into(),
            state: State::Skip(Search::Line),
            held: BytesMut::new(),
            line: 0,
            position: 0,
            parts: 0,
            items: VecDeque::new(),
            deviations,
            ended: false,
            failed: None,
            finder: memmem::Finder::new(b"\r\n--"),
        })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, but one that tolerates nothing. Whether a multipart/related names the type of its root it does not look
    /// at: [`Multipart`](crate::Multipart) does.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        if let Some(deviation) = self.deviations.iter().next() {
            self.failed = Some(ReadError::Deviation { deviation, offset: 0 });
        }
        self
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Takes the next piece off the front of the input. `None`: the input is used up; after [`end`](Self::end), all
    /// is told.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the multipart cannot be read further; the same one from then on. What was told before stands.
    pub fn read(&mut self, input: &mut Bytes) -> Result<Option<Item>, ReadError> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(Some(item));
            }
            if let Some(error) = self.failed {
                return Err(error);
            }
            if self.state == State::Over || (input.is_empty() && !self.ended) {
                self.position += input.len() as u64;
                input.clear();
                return Ok(None);
            }
            let step = match self.state {
                State::Fields => self.read_fields(input),
                State::Body(search) | State::Skip(search) => self.read_octets(input, search),
                State::Over => Ok(()),
            };
            if let Err(error) = step {
                self.failed = Some(error);
            }
        }
    }

    /// No further input will come: [`read`](Self::read) tells what is left.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What had to be tolerated so far, all parts included.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// Takes lines until the empty one.
    fn read_fields(&mut self, input: &mut Bytes) -> Result<(), ReadError> {
        let start = self.position - self.held.len() as u64;
        if input.is_empty() {
            return self.end_in_fields(start);
        }
        // No more is taken than it needs to see that they are too many.
        let room = (Headers::MAX_LEN + MAX_LINE + 1).saturating_sub(self.held.len());
        let near = input.get(..room).unwrap_or(input);
        let len = memchr(b'\n', near).map_or(near.len(), |at| at + 1);
        self.position += len as u64;
        self.held.extend_from_slice(&input.split_to(len));
        let line = self.held.get(self.line..).unwrap_or_default();
        if line == b"\r\n" {
            self.held.truncate(self.line);
            return self.begin_part(start, true);
        }
        // Whoever has no end of them has too many.
        if self.held.len() > Headers::MAX_LEN + MAX_LINE {
            let error = HeadersError::TooLong;
            return Err(ReadError::Headers { error, offset: start });
        }
        if !line.ends_with(b"\r\n") {
            return Ok(());
        }
        let found = judge(line, self.open.iter().map(|level| &level.boundary), false);
        let Verdict::Delimiter {
            index, closes, crlf, ..
        } = found
        else {
            self.line = self.held.len();
            return Ok(());
        };
        self.held.truncate(self.line);
        if self.opens_no_part(index) {
            return self.delimiter(index, closes, crlf, start.saturating_sub(2));
        }
        // The line end of the last field is that of the delimiter (RFC 2046 §5.1.1).
        let end = start + self.line.saturating_sub(2) as u64;
        self.begin_part(start, false)?;
        self.delimiter(index, closes, crlf, end)
    }

    /// The input ends within the fields of a part.
    fn end_in_fields(&mut self, start: u64) -> Result<(), ReadError> {
        if self.held.is_empty() {
            // A delimiter with nothing behind it opens no part (ruling C19).
            return self.end_of_input(start);
        }
        let line = self.held.get(self.line..).unwrap_or_default();
        let found = judge(line, self.open.iter().map(|level| &level.boundary), true);
        let end = match found {
            Verdict::Delimiter { .. } => self.line,
            _ => self.held.len(),
        };
        self.held.truncate(end);
        if let Verdict::Delimiter { index, closes, .. } = found
            && self.opens_no_part(index)
        {
            return self.delimiter(index, closes, false, start.saturating_sub(2));
        }
        self.begin_part(start, false)?;
        match found {
            Verdict::Delimiter { index, closes, .. } => {
                self.delimiter(index, closes, false, start + end.saturating_sub(2) as u64)
            }
            _ => self.end_of_input(start + end as u64),
        }
    }

    /// Whether the delimiter before the fields had nothing behind it in its own multipart, which ends with the delimiter
    /// of an outer one: it opens no part (ruling C19), and its line end is that of the other.
    fn opens_no_part(&self, index: usize) -> bool {
        self.held.is_empty() && self.open.len() > index + 1
    }

    fn begin_part(&mut self, position: u64, has_blank_line: bool) -> Result<(), ReadError> {
        let raw = self.held.split().freeze();
        self.line = 0;
        if self.parts >= self.limits.parts {
            return Err(ReadError::TooManyParts { offset: position });
        }
        self.parts += 1;
        let read = if self.strict {
            Headers::parse_strict(raw)
        } else {
            Headers::parse(raw)
        };
        let headers = read.map_err(|error| ReadError::Headers {
            error,
            offset: position,
        })?;
        self.deviations.extend(headers.deviations());
        let mut lacks = Deviations::default();
        if !has_blank_line {
            self.deviate(&mut lacks, Deviation::MissingBlankLine, position)?;
        }
        let inner = if has_blank_line {
            self.inner_of(&headers, &mut lacks, position)?
        } else {
            None
        };
        let depth = self.open.len() - 1;
        let mut in_digest = false;
        if let Some(level) = self.open.last_mut() {
            level.parts += 1;
            level.in_part = true;
            level.lacks = lacks;
            in_digest = level.is_digest;
        }
        self.items.push_back(Item::Part(PartHead {
            headers,
            depth,
            is_multipart: inner.is_some(),
            in_digest,
            has_blank_line,
            position,
        }));
        self.state = if inner.is_some() {
            State::Skip(Search::Line)
        } else {
            State::Body(Search::Line)
        };
        self.open.extend(inner);
        Ok(())
    }

    /// What a part is inside, if it is a multipart that can be opened.
    fn inner_of(
        &mut self,
        headers: &Headers,
        lacks: &mut Deviations,
        position: u64,
    ) -> Result<Option<Level>, ReadError> {
        let Some(media_type) = headers.content_type() else {
            return Ok(None);
        };
        if !headers.transfer_encoding().is_identity() {
            return Ok(None);
        }
        match Boundary::declared(media_type) {
            Ok((boundary, deviations)) => {
                if let Some(deviation) = deviations.iter().next() {
                    self.deviate(lacks, deviation, position)?;
                }
                if self.open.len() >= self.limits.depth {
                    return Err(ReadError::TooDeep { offset: position });
                }
                Ok(Some(Level::new(boundary, media_type)))
            }
            Err(BoundaryError::NotMultipart) => Ok(None),
            Err(_) => self
                .deviate(lacks, Deviation::MissingBoundary, position)
                .map(|()| None),
        }
    }

    /// Takes octets up to the next delimiter.
    fn read_octets(&mut self, input: &mut Bytes, search: Search) -> Result<(), ReadError> {
        if search != Search::Nothing {
            return self.read_candidate(input, search);
        }
        let mut from = 0;
        while let Some(at) = self
            .finder
            .find(input.get(from..).unwrap_or_default())
            .map(|at| from + at)
        {
            let line = input.get(at + 2..).unwrap_or_default();
            match judge(line, self.open.iter().map(|level| &level.boundary), self.ended) {
                Verdict::No => from = at + 2,
                Verdict::Undecided => {
                    self.tell(input.split_to(at));
                    self.hold(input);
                    return Ok(());
                }
                Verdict::Delimiter {
                    index,
                    closes,
                    len,
                    crlf,
                } => {
                    self.tell(input.split_to(at));
                    let end = self.position;
                    self.position += len as u64 + 2;
                    input.advance(len + 2);
                    return self.delimiter(index, closes, crlf, end);
                }
            }
        }
        // The input may end in the begin of a line end with two hyphens.
        let tail = (1..=3)
            .rev()
            .find(|&len| input.ends_with(b"\r\n--".get(..len).unwrap_or_default()));
        let told = input.split_to(input.len() - tail.unwrap_or_default());
        self.tell(told);
        if self.ended {
            let rest = core::mem::take(input);
            self.tell(rest);
            return self.end_of_input(self.position);
        }
        if tail.is_some() {
            self.hold(input);
        }
        Ok(())
    }

    /// Goes on with what may be a delimiter.
    fn read_candidate(&mut self, input: &mut Bytes, search: Search) -> Result<(), ReadError> {
        let lead = if search == Search::LineEnd { 2 } else { 0 };
        let start = self.position - self.held.len() as u64;
        let known = self.held.len();
        let more = input.len().min((MAX_LINE + lead + 1).saturating_sub(known));
        self.held.extend_from_slice(input.get(..more).unwrap_or_default());
        let ended = self.ended && more == input.len();
        let verdict = match (lead, &self.held[..]) {
            (2, [b'\r', b'\n', line @ ..]) | (0, line) => {
                judge(line, self.open.iter().map(|level| &level.boundary), ended)
            }
            (_, [b'\r'] | []) if !ended => Verdict::Undecided,
            _ => Verdict::No,
        };
        match verdict {
            Verdict::Undecided => {
                self.position += more as u64;
                input.advance(more);
                Ok(())
            }
            Verdict::Delimiter {
                index,
                closes,
                len,
                crlf,
            } => {
                let taken = lead + len - known;
                self.position += taken as u64;
                input.advance(taken);
                self.held.clear();
                // A line end that the fields end with is that of the delimiter (RFC 2046 §5.1.1).
                let at = if search == Search::Line {
                    start.saturating_sub(2)
                } else {
                    start
                };
                self.delimiter(index, closes, crlf, at)
            }
            Verdict::No => {
                self.held.truncate(known);
                let held = self.held.split().freeze();
                self.position = start;
                self.tell(held);
                self.set_search(Search::Nothing);
                if ended && input.is_empty() {
                    return self.end_of_input(self.position);
                }
                Ok(())
            }
        }
    }

    /// Octets that are no delimiter.
    fn tell(&mut self, octets: Bytes) {
        self.position += octets.len() as u64;
        if !octets.is_empty() && matches!(self.state, State::Body(_)) {
            self.items.push_back(Item::Body(octets));
        }
    }

    /// Keeps the rest of the input, which may become a delimiter with what follows.
    fn hold(&mut self, input: &mut Bytes) {
        self.position += input.len() as u64;
        self.held.extend_from_slice(input);
        input.clear();
        self.set_search(Search::LineEnd);
    }

    fn set_search(&mut self, search: Search) {
        self.state = match self.state {
            State::Body(_) => State::Body(search),
            _ => State::Skip(search),
        };
    }

    /// A delimiter has come of one of the multiparts that are open; its line begins at `at`.
    fn delimiter(&mut self, index: usize, closes: bool, crlf: bool, at: u64) -> Result<(), ReadError> {
        self.close_inner(index, at)?;
        self.end_part(at);
        if closes {
            self.close_innermost(true, at)?;
            self.state = match self.open.is_empty() {
                true => State::Over,
                // The line end may be that of the next delimiter.
                false if crlf => {
                    self.held.extend_from_slice(b"\r\n");
                    State::Skip(Search::LineEnd)
                }
                false => State::Skip(Search::Nothing),
            };
        } else {
            self.state = State::Fields;
        }
        Ok(())
    }

    fn end_of_input(&mut self, at: u64) -> Result<(), ReadError> {
        self.close_inner(0, at)?;
        self.end_part(at);
        self.state = State::Over;
        self.close_innermost(false, at)
    }

    /// Ends the multiparts within that one.
    fn close_inner(&mut self, index: usize, at: u64) -> Result<(), ReadError> {
        while self.open.len() > index + 1 {
            self.end_part(at);
            self.close_innermost(false, at)?;
        }
        Ok(())
    }

    /// Ends the part that is open in the innermost multipart, if one is.
    fn end_part(&mut self, position: u64) {
        if let Some(level) = self.open.last_mut()
            && core::mem::take(&mut level.in_part)
        {
            let deviations = core::mem::take(&mut level.lacks);
            self.items.push_back(Item::End(PartEnd { position, deviations }));
        }
    }

    fn close_innermost(&mut self, delimited: bool, at: u64) -> Result<(), ReadError> {
        let Some(level) = self.open.pop() else {
            return Ok(());
        };
        if level.parts == 0 && self.open.is_empty() {
            return Err(ReadError::NoParts);
        }
        let mut lacks = Deviations::default();
        if level.parts == 0 {
            self.deviate(&mut lacks, Deviation::NoParts, at)?;
        }
        if !delimited {
            self.deviate(&mut lacks, Deviation::Unterminated, at)?;
        }
        if let Some(outer) = self.open.last_mut() {
            outer.lacks.extend(lacks);
        }
        Ok(())
    }

    fn deviate(&mut self, of: &mut Deviations, deviation: Deviation, offset: u64) -> Result<(), ReadError> {
        if self.strict {
            return Err(ReadError::Deviation { deviation, offset });
        }
        of.insert(deviation);
        self.deviations.insert(deviation);
        Ok(())
    }
}

impl Level {
    fn new(boundary: Boundary, media_type: &MediaType) -> Self {
        Self {
            boundary,
            is_digest: media_type.is("multipart/digest"),
            parts: 0,
            in_part: false,
            lacks: Deviations::default(),
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("limits", &self.limits)
            .field("parts", &self.parts)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}
