use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{fmt, ops::Range};

use bytes::Bytes;
use memchr::memmem;
use thiserror::Error;

use crate::{
    ContentId, Deviation, Deviations, Disposition, DispositionError, MediaType, MediaTypeError, Profile,
    TransferEncoding,
    chars::{ascii_str, is_blank, is_text, is_token},
    scan::Scanner,
};

/// The header fields of a MIME entity: of a part of a multipart, of what a message/cpim carries.
///
/// All fields stay as they are, in their order; those that MIME knows can be had as typed values. `Debug` shows
/// names and no values.
#[derive(Clone, Default)]
pub struct Headers {
    /// The lines, each with its CRLF but perhaps the last.
    raw: Bytes,
    fields: Vec<Span>,
    known: Known,
    deviations: Deviations,
}

/// Where a field stands.
#[derive(Clone)]
struct Span {
    name: Range<usize>,
    value: Range<usize>,
}

/// Fields that are read once.
#[derive(Clone, Default)]
struct Known {
    content_type: Option<MediaType>,
    disposition: Option<Disposition>,
    id: Option<ContentId>,
    encoding: TransferEncoding,
}

/// One field of [`Headers`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HeaderField<'a> {
    name: &'a str,
    value: &'a [u8],
}

impl Headers {
    /// Octets above which a block of fields is refused (ruling C20).
    pub const MAX_LEN: usize = 65_536;
    /// Fields above which a block is refused.
    pub const MAX_FIELDS: usize = 256;

    /// Reads fields, one or more lines each, without the empty line behind them. What breaks a rule but has only
    /// one reading is accepted, and recorded in [`deviations`](Self::deviations).
    ///
    /// # Errors
    ///
    /// [`HeadersError`] if they are too many, or one that MIME knows stands twice.
    pub fn parse(raw: Bytes) -> Result<Self, HeadersError> {
        Self::read(raw, false)
    }

    /// Reads fields and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`HeadersError::Deviation`] for what it would have accepted.
    pub fn parse_strict(raw: Bytes) -> Result<Self, HeadersError> {
        Self::read(raw, true)
    }

    /// The octets of all lines, as read or built.
    pub fn as_bytes(&self) -> &Bytes {
        &self.raw
    }

    /// All fields in their order. Lines that are none are left out.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = HeaderField<'_>> + Clone {
        self.fields.iter().map(|span| HeaderField {
            name: ascii_str(self.slice(&span.name)),
            value: self.slice(&span.value),
        })
    }

    /// The first field of that name; case does not count.
    pub fn field(&self, name: &str) -> Option<HeaderField<'_>> {
        self.fields().find(|field| field.is_named(name))
    }

    /// Content-Type as it was declared; `None` if there is none, or none that can be read.
    pub fn content_type(&self) -> Option<&MediaType> {
        self.known.content_type.as_ref()
    }

    /// What the octets are to be taken for: as declared, `text/plain;charset=us-ascii` where nothing is (RFC 2045
    /// §5.2), `application/octet-stream` where the transfer encoding is not known (RFC 2045 §6.4).
    pub fn media_type(&self) -> MediaType {
        self.media_type_or(|| MediaType::fixed("text", "plain", Some("us-ascii")))
    }

    /// Content-Disposition; `None` if there is none, or none that can be read.
    pub fn disposition(&self) -> Option<&Disposition> {
        self.known.disposition.as_ref()
    }

    /// Content-ID.
    pub fn content_id(&self) -> Option<&ContentId> {
        self.known.id.as_ref()
    }

    /// Content-Description, unfolded; octets that are not UTF-8 become U+FFFD.
    pub fn description(&self) -> Option<Cow<'_, str>> {
        Some(self.field("Content-Description")?.text())
    }

    /// Content-Transfer-Encoding, `7bit` if there is none.
    pub fn transfer_encoding(&self) -> &TransferEncoding {
        &self.known.encoding
    }

    /// What had to be tolerated.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// The same with a Content-Type; one that was there is replaced.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if a value of a parameter is not US-ASCII.
    pub fn with_content_type(self, media_type: &MediaType) -> Result<Self, FieldError> {
        let mut value = Vec::new();
        media_type.write(&mut value);
        self.with("Content-Type", &value)
    }

    /// The same with a Content-Disposition; one that was there is replaced.
    ///
    /// # Errors
    ///
    /// As [`with_content_type`](Self::with_content_type), for one that was read and not built.
    pub fn with_disposition(self, disposition: &Disposition) -> Result<Self, FieldError> {
        let mut value = Vec::new();
        disposition.write(&mut value);
        self.with("Content-Disposition", &value)
    }

    /// The same with a Content-ID; one that was there is replaced.
    ///
    /// # Errors
    ///
    /// As [`with_field`](Self::with_field): an identifier that was read may be too long, or none that can be written.
    pub fn with_content_id(self, id: &ContentId) -> Result<Self, FieldError> {
        let value = [b"<", id.as_str().as_bytes(), b">"].concat();
        self.with("Content-ID", &value)
    }

    /// The same with a Content-Description, of US-ASCII; one that was there is replaced.
    ///
    /// # Errors
    ///
    /// As [`with_field`](Self::with_field).
    pub fn with_description(self, text: &str) -> Result<Self, FieldError> {
        self.with("Content-Description", text.as_bytes())
    }

    /// The same with another field, behind the others. One of those that MIME knows is replaced.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if the name is no token, the value is not printable US-ASCII, has blanks at an end, or is
    /// not legal for a field that MIME knows; if the fields become too many or too long, or those that are there,
    /// read from a peer, are illegal.
    pub fn with_field(self, name: &str, value: &str) -> Result<Self, FieldError> {
        self.with(name, value.as_bytes())
    }

    /// As [`media_type`](Self::media_type), but with the default that holds where the entity stands.
    pub(crate) fn media_type_or(&self, default: impl FnOnce() -> MediaType) -> MediaType {
        if let TransferEncoding::Other(_) = self.known.encoding {
            return MediaType::fixed("application", "octet-stream", None);
        }
        self.known.content_type.clone().unwrap_or_else(default)
    }

    fn read(raw: Bytes, strict: bool) -> Result<Self, HeadersError> {
        if raw.len() > Self::MAX_LEN {
            return Err(HeadersError::TooLong);
        }
        let mut headers = Self {
            raw,
            ..Self::default()
        };
        let mut notes = Notes {
            strict,
            deviations: Deviations::default(),
        };
        headers.find_fields(&mut notes)?;
        headers.read_known(&mut notes)?;
        headers.deviations = notes.deviations;
        Ok(headers)
    }

    fn find_fields(&mut self, notes: &mut Notes) -> Result<(), HeadersError> {
        let raw = self.raw.clone();
        let mut start = 0;
        let mut goes_on = false;
        while let Some(rest) = raw.get(start..).filter(|rest| !rest.is_empty()) {
            let len = memmem::find(rest, b"\r\n").unwrap_or(rest.len());
            let line = rest.get(..len).unwrap_or_default();
            if line.first().copied().is_some_and(is_blank) {
                match self.fields.last_mut().filter(|_| goes_on) {
                    Some(field) => field.value.end = start + len,
                    None => notes.add(Deviation::BadField, start)?,
                }
            } else {
                goes_on = false;
                match split(line) {
                    Some((name, colon)) => {
                        if name < colon {
                            notes.add(Deviation::Blank, start + name)?;
                        }
                        if self.fields.len() >= Self::MAX_FIELDS {
                            return Err(HeadersError::TooMany);
                        }
                        self.fields.push(Span {
                            name: start..start + name,
                            value: start + colon + 1..start + len,
                        });
                        goes_on = true;
                    }
                    None => notes.add(Deviation::BadField, start)?,
                }
            }
            start += len + 2;
        }
        for field in &mut self.fields {
            let value = raw.get(field.value.clone()).unwrap_or_default();
            // Before the edges are cut off: a lone CR or LF may stand there, too.
            if let Some(at) = first_control(value) {
                notes.add(Deviation::ControlCharacter, field.value.start + at)?;
            }
            let blank = |octet: &u8| is_blank(*octet) || matches!(octet, b'\r' | b'\n');
            let before = value.iter().take_while(|octet| blank(octet)).count();
            let behind = value.iter().rev().take_while(|octet| blank(octet)).count();
            field.value =
                field.value.start + before..field.value.end.max(field.value.start + before + behind) - behind;
            let value = raw.get(field.value.clone()).unwrap_or_default();
            if let Some(at) = value.iter().position(|octet| !octet.is_ascii()) {
                notes.add(Deviation::NonAscii, field.value.start + at)?;
            }
        }
        Ok(())
    }

    fn read_known(&mut self, notes: &mut Notes) -> Result<(), HeadersError> {
        let raw = self.raw.clone();
        let mut seen = [false; KNOWN.len()];
        for span in self.fields.clone() {
            let name = ascii_str(raw.get(span.name.clone()).unwrap_or_default());
            let index = KNOWN.iter().position(|known| known.eq_ignore_ascii_case(name));
            let Some(seen) = index.and_then(|index| seen.get_mut(index)) else {
                continue;
            };
            if core::mem::replace(seen, true) {
                return Err(HeadersError::DuplicateField {
                    offset: span.name.start,
                });
            }
            let (at, value) = (span.value.start, raw.get(span.value.clone()).unwrap_or_default());
            if name.eq_ignore_ascii_case("Content-Type") {
                self.known.content_type = notes.content_type(value, at)?;
            } else if name.eq_ignore_ascii_case("Content-Disposition") {
                self.known.disposition = notes.disposition(value, at)?;
            } else if name.eq_ignore_ascii_case("Content-ID") {
                self.known.id = notes.content_id(value, at)?;
            } else if name.eq_ignore_ascii_case("Content-Transfer-Encoding") {
                self.known.encoding = notes.encoding(value, at)?;
            }
        }
        let composite = self.known.content_type.as_ref().is_some_and(is_composite);
        if composite && !self.known.encoding.is_identity() {
            notes.add(Deviation::EncodedComposite, 0)?;
        }
        Ok(())
    }

    /// A field more, or another one in the place of that which was there; whatever comes of it, the strict parser
    /// has to accept.
    fn with(self, name: &str, value: &[u8]) -> Result<Self, FieldError> {
        check_field(name, value)?;
        let single = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
        let replaced = |field: &HeaderField<'_>| single && field.is_named(name);
        let mut raw = Vec::with_capacity(self.raw.len() + name.len() + value.len() + 4);
        for field in self.fields().filter(|field| !replaced(field)) {
            put_line(&mut raw, field.name, field.value);
        }
        put_line(&mut raw, name, value);
        // Fields that were read from a peer may be illegal, too.
        Self::parse_strict(raw.into()).map_err(FieldError::Illegal)
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.fields().map(|field| field.name))
            .finish()
    }
}

impl<'a> HeaderField<'a> {
    /// The name as it was spelled.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The octets of the value, without blanks around them; where it is folded, with the line ends.
    pub fn value(&self) -> &'a [u8] {
        self.value
    }

    /// Whether the field has this name; case does not count.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as text: unfolded, octets that are not UTF-8 as U+FFFD.
    pub fn text(&self) -> Cow<'a, str> {
        match String::from_utf8_lossy(self.value) {
            Cow::Borrowed(text) if !text.contains("\r\n") => Cow::Borrowed(text),
            text => Cow::Owned(text.replace("\r\n", "")),
        }
    }
}

impl fmt::Debug for HeaderField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderField")
            .field("name", &self.name)
            .field("value", &format_args!("{} octets", self.value.len()))
            .finish()
    }
}

/// Why a block of fields cannot be read. Offsets count octets from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HeadersError {
    /// A field that may stand once stands twice, so it has two readings.
    #[error("second field of the same name at octet {offset}")]
    DuplicateField {
        /// Where its name begins.
        offset: usize,
    },
    /// A strict parser met what a lenient one would have accepted.
    #[error("{deviation} at octet {offset}")]
    Deviation {
        /// What was met.
        deviation: Deviation,
        /// Where it was met.
        offset: usize,
    },
    /// More than [`Headers::MAX_LEN`] octets.
    #[error("more than {} octets of header fields", Headers::MAX_LEN)]
    TooLong,
    /// More than [`Headers::MAX_FIELDS`] fields.
    #[error("more than {} header fields", Headers::MAX_FIELDS)]
    TooMany,
}

/// Why a field cannot be written. Offsets count from the start of the argument at fault, but those of
/// [`Illegal`](Self::Illegal) from the start of all fields with the new one among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The name is no token.
    #[error("illegal octet of a field name at {offset}")]
    Name {
        /// Where the fault is.
        offset: usize,
    },
    /// A control character in the value, a line end above all.
    #[error("control character at octet {offset}")]
    ControlCharacter {
        /// Where it stands.
        offset: usize,
    },
    /// A character outside US-ASCII in the value (RFC 2046 §5.1.1).
    #[error("octet outside US-ASCII at {offset}")]
    NonAscii {
        /// Where it begins.
        offset: usize,
    },
    /// A blank at the begin or the end of the value, which no reader would keep.
    #[error("blank at the edge of a value")]
    Blank,
    /// The value is none of this field, or there are too many fields.
    #[error(transparent)]
    Illegal(HeadersError),
}

/// Fields that may stand once.
const KNOWN: [&str; 5] = [
    "Content-Type",
    "Content-Disposition",
    "Content-ID",
    "Content-Transfer-Encoding",
    "Content-Description",
];

/// Collects deviations, or ends the reading with the first.
struct Notes {
    strict: bool,
    deviations: Deviations,
}

impl Notes {
    fn add(&mut self, deviation: Deviation, offset: usize) -> Result<(), HeadersError> {
        if self.strict {
            return Err(HeadersError::Deviation { deviation, offset });
        }
        self.deviations.insert(deviation);
        Ok(())
    }

    /// What a value of `read` says, or that it says nothing.
    fn typed<T>(
        &mut self,
        read: Result<(T, Deviations), MediaTypeError>,
        bad: Deviation,
        at: usize,
    ) -> Result<Option<T>, HeadersError> {
        match read {
            Ok((read, deviations)) => {
                self.deviations.extend(deviations);
                Ok(Some(read))
            }
            Err(MediaTypeError::Deviation { deviation, offset }) => {
                self.add(deviation, at + offset).map(|()| None)
            }
            Err(error) => self.add(bad, at + error.offset()).map(|()| None),
        }
    }

    fn content_type(&mut self, value: &[u8], at: usize) -> Result<Option<MediaType>, HeadersError> {
        let read = if self.strict {
            MediaType::parse_strict(value, Profile::Mime).map(|read| (read, Deviations::default()))
        } else {
            MediaType::parse_with_deviations(value, Profile::Mime)
        };
        self.typed(read, Deviation::BadMediaType, at)
    }

    fn disposition(&mut self, value: &[u8], at: usize) -> Result<Option<Disposition>, HeadersError> {
        let read = if self.strict {
            Disposition::parse_strict(value, Profile::Mime).map(|read| (read, Deviations::default()))
        } else {
            Disposition::parse_with_deviations(value, Profile::Mime)
        };
        let read = read.map_err(|error| match error {
            DispositionError::Parameters(error) => error,
            DispositionError::Kind { offset } => MediaTypeError::Type { offset },
        });
        self.typed(read, Deviation::BadDisposition, at)
    }

    fn content_id(&mut self, value: &[u8], at: usize) -> Result<Option<ContentId>, HeadersError> {
        let (text, has_brackets) = match Scanner::new(value, Profile::Mime, self.strict).lone_id() {
            Ok(found) => found,
            Err(error) => return self.add(Deviation::BadField, at + error.offset()).map(|()| None),
        };
        let Some(id) = ContentId::read(text) else {
            return self.add(Deviation::BadField, at).map(|()| None);
        };
        if !has_brackets || !id.is_address() {
            self.add(Deviation::BareContentId, at)?;
        }
        Ok(Some(id))
    }

    fn encoding(&mut self, value: &[u8], at: usize) -> Result<TransferEncoding, HeadersError> {
        match Scanner::new(value, Profile::Mime, self.strict).lone_token() {
            Ok(name) => Ok(TransferEncoding::of_name(name)),
            Err(error) => {
                self.add(Deviation::BadField, at + error.offset())?;
                Ok(TransferEncoding::Other(String::from_utf8_lossy(value).into()))
            }
        }
    }
}

/// Whether entities of that type have others in them.
pub(crate) fn is_composite(media_type: &MediaType) -> bool {
    ["multipart", "message"]
        .iter()
        .any(|type_| media_type.type_().eq_ignore_ascii_case(type_))
}

/// Octets of the name that a line begins with, and where its colon stands: RFC 822 has blanks before it.
fn split(line: &[u8]) -> Option<(usize, usize)> {
    let name = line.iter().take_while(|octet| is_token(**octet)).count();
    let rest = line.get(name..)?;
    let colon = name + rest.iter().take_while(|octet| is_blank(**octet)).count();
    (name > 0 && line.get(colon) == Some(&b':')).then_some((name, colon))
}

/// The first control character that is no part of a fold.
fn first_control(value: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = value.get(at..).filter(|rest| !rest.is_empty()) {
        match rest {
            [b'\r', b'\n', blank, ..] if is_blank(*blank) => at += 3,
            [octet, ..] if !is_text(*octet) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

fn check_field(name: &str, value: &[u8]) -> Result<(), FieldError> {
    crate::chars::check_token(name).map_err(|offset| FieldError::Name { offset })?;
    if let Some(offset) = value.iter().position(|octet| !is_text(*octet)) {
        return Err(FieldError::ControlCharacter { offset });
    }
    if let Some(offset) = value.iter().position(|octet| !octet.is_ascii()) {
        return Err(FieldError::NonAscii { offset });
    }
    let at_edge = [value.first(), value.last()].into_iter().flatten();
    if at_edge.copied().any(is_blank) {
        return Err(FieldError::Blank);
    }
    Ok(())
}

fn put_line(to: &mut Vec<u8>, name: &str, value: &[u8]) {
    to.extend_from_slice(name.as_bytes());
    to.extend_from_slice(b": ");
    to.extend_from_slice(value);
    to.extend_from_slice(b"\r\n");
}
