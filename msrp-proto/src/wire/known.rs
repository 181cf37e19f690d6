//! Values last found legal. Frames of one session repeat them octet for octet, and what was read once need not
//! be read again.

use msrp_multipart::{MediaType, MediaTypeError, Profile};

use super::decoder::Limits;
use super::header::Field;
use super::path::{PathError, PathRef, Shape};

/// The values that frames repeat.
#[derive(Default)]
pub(super) struct KnownValues {
    pub(super) to_path: KnownPath,
    pub(super) from_path: KnownPath,
    pub(super) content_type: KnownType,
}

/// The path last read.
#[derive(Default)]
pub(super) struct KnownPath {
    text: Box<[u8]>,
    shape: Option<Shape>,
}

/// The media type last read. Empty before the first one, which no type is.
#[derive(Default)]
pub(super) struct KnownType(Box<[u8]>);

impl KnownValues {
    /// Longer values are read each time: what a peer makes an idle connection keep is bounded.
    pub(super) const MAX_LEN: usize = 256;

    /// Octets set aside.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.to_path.text.len() + self.from_path.text.len() + self.content_type.0.len()
    }
}

impl KnownPath {
    /// How a path is built.
    pub(super) fn shape_of(&mut self, value: &[u8], limits: &Limits) -> Result<Shape, PathError> {
        if let Some(shape) = self.shape
            && *self.text == *value
        {
            return Ok(shape);
        }
        let shape = PathRef::parse(value, limits.uris)?.shape();
        if value.len() <= KnownValues::MAX_LEN {
            keep(&mut self.text, value);
            self.shape = Some(shape);
        }
        Ok(shape)
    }

    /// The path as a header of that name: its value, and how it is built.
    pub(super) fn header<'a>(
        &'a self,
        field: Field,
        name: &'a [u8],
    ) -> (Field, &'a [u8], &'a [u8], Option<Shape>) {
        (field, name, &self.text, self.shape)
    }
}

impl KnownType {
    /// Whether it is a media type.
    pub(super) fn check(&mut self, value: &[u8]) -> Result<(), MediaTypeError> {
        if *self.0 == *value && !value.is_empty() {
            return Ok(());
        }
        MediaType::check(value, Profile::Msrp)?;
        if value.len() <= KnownValues::MAX_LEN {
            keep(&mut self.0, value);
        }
        Ok(())
    }

    /// The octets of the media type last read.
    pub(super) fn text(&self) -> &[u8] {
        &self.0
    }
}

/// Where sessions take turns, their paths are mostly equally long: then nothing is allocated.
fn keep(text: &mut Box<[u8]>, value: &[u8]) {
    if text.len() == value.len() {
        text.copy_from_slice(value);
    } else {
        *text = value.into();
    }
}
