use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

use bytes::Bytes;
use memchr::memmem;

use crate::{
    ContentId, DecodingError, Deviation, Deviations, Disposition, FieldError, Headers, HeadersError,
    MediaType,
};

/// A MIME entity: header fields, an empty line, and a body of any octets (RFC 2045 §2.4).
///
/// One that was read is written again octet for octet. `Debug` does not show the body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entity {
    /// The fields.
    pub headers: Headers,
    /// The octets, encoded as [`Headers::transfer_encoding`] says.
    pub body: Bytes,
    /// There was no empty line. It is written all the same if there is a body by now.
    pub(crate) lacks_blank_line: bool,
}

impl Entity {
    /// An entity of any type and octets.
    ///
    /// # Errors
    ///
    /// [`FieldError`] if a value of a parameter of the type is not US-ASCII.
    pub fn new(media_type: &MediaType, body: impl Into<Bytes>) -> Result<Self, FieldError> {
        Ok(Self {
            headers: Headers::default().with_content_type(media_type)?,
            body: body.into(),
            lacks_blank_line: false,
        })
    }

    /// Text, as `text/plain;charset=utf-8`. Lines end with CRLF, whatever ended them before (RFC 2046 §4.1.1).
    pub fn text(text: &str) -> Self {
        let headers = Headers::default().with_content_type(&MediaType::fixed("text", "plain", Some("utf-8")));
        Self {
            headers: headers.unwrap_or_default(),
            body: with_crlf(text).into_owned().into(),
            lacks_blank_line: false,
        }
    }

    /// Reads an entity that is all of the input: the body runs to its end, whatever is in it.
    ///
    /// # Errors
    ///
    /// [`HeadersError`] if the fields cannot be read.
    pub fn parse(octets: &Bytes) -> Result<Self, HeadersError> {
        let (raw, body) = split(octets);
        if raw.len() > Headers::MAX_LEN {
            return Err(HeadersError::TooLong);
        }
        Ok(Self {
            headers: Headers::parse(raw)?,
            lacks_blank_line: body.is_none(),
            body: body.unwrap_or_default(),
        })
    }

    /// Reads an entity and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`HeadersError::Deviation`] for what it would have accepted.
    pub fn parse_strict(octets: &Bytes) -> Result<Self, HeadersError> {
        let (raw, body) = split(octets);
        if raw.len() > Headers::MAX_LEN {
            return Err(HeadersError::TooLong);
        }
        let (deviation, offset) = (Deviation::MissingBlankLine, raw.len());
        Ok(Self {
            headers: Headers::parse_strict(raw)?,
            body: body.ok_or(HeadersError::Deviation { deviation, offset })?,
            lacks_blank_line: false,
        })
    }

    /// What had to be tolerated.
    pub fn deviations(&self) -> Deviations {
        let mut deviations = self.headers.deviations();
        if !self.has_blank_line() {
            deviations.insert(Deviation::MissingBlankLine);
        }
        deviations
    }

    /// The same with a Content-Disposition.
    ///
    /// # Errors
    ///
    /// As [`Headers::with_disposition`].
    pub fn with_disposition(self, disposition: &Disposition) -> Result<Self, FieldError> {
        Ok(Self {
            headers: self.headers.with_disposition(disposition)?,
            ..self
        })
    }

    /// The same with a Content-ID.
    ///
    /// # Errors
    ///
    /// As [`Headers::with_content_id`].
    pub fn with_content_id(self, id: &ContentId) -> Result<Self, FieldError> {
        Ok(Self {
            headers: self.headers.with_content_id(id)?,
            ..self
        })
    }

    /// The same with a Content-Description.
    ///
    /// # Errors
    ///
    /// As [`Headers::with_description`].
    pub fn with_description(self, text: &str) -> Result<Self, FieldError> {
        Ok(Self {
            headers: self.headers.with_description(text)?,
            ..self
        })
    }

    /// The same with another field.
    ///
    /// # Errors
    ///
    /// As [`Headers::with_field`].
    pub fn with_field(self, name: &str, value: &str) -> Result<Self, FieldError> {
        Ok(Self {
            headers: self.headers.with_field(name, value)?,
            ..self
        })
    }

    /// The octets that the body stands for, decoded if it is encoded.
    ///
    /// # Errors
    ///
    /// [`DecodingError`] if it is no legal encoding, or not known.
    pub fn decoded(&self) -> Result<Cow<'_, [u8]>, DecodingError> {
        self.headers.transfer_encoding().decode(&self.body)
    }

    /// Octets that [`write`](Self::write) appends.
    pub fn len(&self) -> usize {
        self.headers.as_bytes().len() + self.between().len() + self.body.len()
    }

    /// Whether there is nothing at all: neither fields, nor an empty line, nor a body.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the entity.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self.headers.as_bytes());
        to.extend_from_slice(self.between());
        to.extend_from_slice(&self.body);
    }

    /// The octets of the entity.
    pub fn to_bytes(&self) -> Bytes {
        let mut octets = Vec::with_capacity(self.len());
        self.write(&mut octets);
        octets.into()
    }

    /// Whether the strict parser accepts it.
    pub(crate) fn check(&self) -> Result<(), HeadersError> {
        if self.deviations().is_empty() {
            return Ok(());
        }
        let raw = self.headers.as_bytes();
        Headers::parse_strict(raw.clone())?;
        let (deviation, offset) = (Deviation::MissingBlankLine, raw.len());
        Err(HeadersError::Deviation { deviation, offset })
    }

    fn has_blank_line(&self) -> bool {
        !self.lacks_blank_line || !self.body.is_empty()
    }

    /// What separates fields and body: no octet of a body may become a field.
    fn between(&self) -> &'static [u8] {
        let fields = self.headers.as_bytes();
        match (
            self.has_blank_line(),
            fields.is_empty() || fields.ends_with(b"\r\n"),
        ) {
            (false, _) => b"",
            (true, true) => b"\r\n",
            (true, false) => b"\r\n\r\n",
        }
    }
}

impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entity")
            .field("headers", &self.headers)
            .field("body", &format_args!("{} octets", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// The fields, each line with its CRLF, and what is behind the empty line, if there is one.
fn split(octets: &Bytes) -> (Bytes, Option<Bytes>) {
    if octets.starts_with(b"\r\n") {
        return (Bytes::new(), Some(octets.slice(2..)));
    }
    match memmem::find(octets, b"\r\n\r\n") {
        Some(at) => (octets.slice(..at + 2), Some(octets.slice(at + 4..))),
        None => (octets.clone(), None),
    }
}

/// Text whose lines end with CRLF.
fn with_crlf(text: &str) -> Cow<'_, str> {
    let legal = |text: &str| {
        let bare = text.replace("\r\n", "");
        !bare.contains(['\r', '\n'])
    };
    if legal(text) {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\r' => {
                rest.next_if_eq(&'\n');
                lines.push_str("\r\n");
            }
            '\n' => lines.push_str("\r\n"),
            other => lines.push(other),
        }
    }
    Cow::Owned(lines)
}
