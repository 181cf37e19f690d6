//! Headers last found legal. Frames of one session repeat them octet for octet, and what was read once need not
//! be read again.

use msrp_multipart::{MediaType, MediaTypeError, Profile};

use super::decoder::Limits;
use super::header::Field;
use super::path::{PathError, PathRef, Shape};

/// The headers that frames repeat.
pub(super) struct KnownHeaders {
    to_path: KnownHeader<Shape>,
    from_path: KnownHeader<Shape>,
    content_type: KnownHeader<()>,
}

/// The header of one name that was last found legal.
struct KnownHeader<T> {
    field: Field,
    /// The line as RFC 4975 spells it, with its CRLF; empty before the first one.
    line: Box<[u8]>,
    /// What its value says.
    meaning: Option<T>,
}

/// A header that stands again where its line was expected.
pub(super) struct Repeated {
    pub(super) field: Field,
    /// Octets of the line, CRLF included.
    pub(super) len: usize,
    /// How its path is built, if it has one.
    pub(super) shape: Option<Shape>,
}

impl KnownHeaders {
    /// Longer values are read each time: what a peer makes an idle connection keep is bounded.
    pub(super) const MAX_LEN: usize = 256;

    /// The header that the input begins with, if it is a known one.
    pub(super) fn repeated(&self, input: &[u8]) -> Option<Repeated> {
        match input.first()? {
            b'T' => self.to_path.repeated(input, |shape| Some(*shape)),
            b'F' => self.from_path.repeated(input, |shape| Some(*shape)),
            b'C' => self.content_type.repeated(input, |()| None),
            _ => None,
        }
    }

    pub(super) fn read_to_path(&mut self, value: &[u8], limits: &Limits) -> Result<Shape, PathError> {
        self.to_path
            .meaning_of(value, |value| Ok(PathRef::parse(value, limits.uris)?.shape()))
    }

    pub(super) fn read_from_path(&mut self, value: &[u8], limits: &Limits) -> Result<Shape, PathError> {
        self.from_path
            .meaning_of(value, |value| Ok(PathRef::parse(value, limits.uris)?.shape()))
    }

    pub(super) fn read_content_type(&mut self, value: &[u8]) -> Result<(), MediaTypeError> {
        self.content_type
            .meaning_of(value, |value| MediaType::check(value, Profile::Msrp))
    }

    /// Octets set aside.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.to_path.line.len() + self.from_path.line.len() + self.content_type.line.len()
    }
}

impl Default for KnownHeaders {
    fn default() -> Self {
        Self {
            to_path: KnownHeader::new(Field::ToPath),
            from_path: KnownHeader::new(Field::FromPath),
            content_type: KnownHeader::new(Field::ContentType),
        }
    }
}

impl<T: Copy> KnownHeader<T> {
    fn new(field: Field) -> Self {
        Self {
            field,
            line: Box::default(),
            meaning: None,
        }
    }

    fn repeated(&self, input: &[u8], shape: impl FnOnce(&T) -> Option<Shape>) -> Option<Repeated> {
        let meaning = self.meaning.as_ref()?;
        input.starts_with(&self.line).then(|| Repeated {
            field: self.field,
            len: self.line.len(),
            shape: shape(meaning),
        })
    }

    /// What a value says: as known, or as it is read now.
    fn meaning_of<E>(&mut self, value: &[u8], read: impl FnOnce(&[u8]) -> Result<T, E>) -> Result<T, E> {
        if let Some(meaning) = self.meaning
            && self.value() == value
        {
            return Ok(meaning);
        }
        let meaning = read(value)?;
        if value.len() <= KnownHeaders::MAX_LEN {
            self.keep(value);
            self.meaning = Some(meaning);
        }
        Ok(meaning)
    }

    fn value(&self) -> &[u8] {
        let line = self.line.strip_suffix(CRLF).unwrap_or_default();
        line.get(self.value_start()..).unwrap_or_default()
    }

    fn keep(&mut self, value: &[u8]) {
        let start = self.value_start();
        let behind = start + value.len();
        if self.line.len() == behind + CRLF.len()
            && let Some(known) = self.line.get_mut(start..behind)
        {
            // Where sessions take turns, their paths are mostly equally long: then nothing is allocated.
            known.copy_from_slice(value);
        } else {
            let name = self.field.name().as_bytes();
            self.line = [name, COLON, value, CRLF].concat().into();
        }
    }

    fn value_start(&self) -> usize {
        self.field.name().len() + COLON.len()
    }
}

const COLON: &[u8] = b": ";
const CRLF: &[u8] = b"\r\n";
