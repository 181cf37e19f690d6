use alloc::{collections::BTreeMap, format, vec::Vec};

use bytes::Bytes;
use thiserror::Error;

use crate::{
    Boundary, BoundaryError, ContentId, Entity, FieldError, Headers, HeadersError, Kind, MediaType,
    MediaTypeError, boundary::collides, headers::is_composite,
};

/// Puts parts together to a multipart, with a boundary that stands in none of them.
///
/// ```
/// use msrp_multipart::{Disposition, Entity, MediaType, MultipartBuilder};
///
/// let picture = Entity::new(&"image/png".parse()?, &b"\x89PNG\r\n--\x00"[..])?
///     .with_disposition(&Disposition::attachment().with_file_name("map.png"))?;
/// let multipart = MultipartBuilder::mixed()
///     .part(Entity::text("where I am"))
///     .part(picture)
///     .build(&mut |random| random.fill(7))?; // of the operating system's generator, in earnest
/// let media_type: MediaType = multipart.headers.media_type();
/// assert!(media_type.is("multipart/mixed"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MultipartBuilder {
    media_type: MediaType,
    parts: Vec<Piece>,
    boundary: Option<Boundary>,
    id: Option<ContentId>,
    root: usize,
}

#[derive(Clone, Debug)]
enum Piece {
    Entity(Entity),
    Raw(Bytes),
}

impl MultipartBuilder {
    /// A multipart of any subtype.
    ///
    /// # Errors
    ///
    /// [`MediaTypeError::Subtype`] if it is no token.
    pub fn new(subtype: &str) -> Result<Self, MediaTypeError> {
        Ok(Self::of(MediaType::new("multipart", subtype)?))
    }

    /// multipart/mixed: things of their own, in order.
    pub fn mixed() -> Self {
        Self::of(MediaType::fixed("multipart", "mixed", None))
    }

    /// multipart/alternative: the same thing in several forms. Add the plainest first (RFC 2046 §5.1.4).
    pub fn alternative() -> Self {
        Self::of(MediaType::fixed("multipart", "alternative", None))
    }

    /// multipart/related: a root, and what it refers to (RFC 2387).
    pub fn related() -> Self {
        Self::of(MediaType::fixed("multipart", "related", None))
    }

    /// One part more, behind the others. One that was read has to be free of [deviations](Entity::deviations); see also
    /// [`raw_part`](Self::raw_part).
    #[must_use]
    pub fn part(mut self, entity: Entity) -> Self {
        self.parts.push(Piece::Entity(entity));
        self
    }

    /// One part more, of exactly these octets, fields and body: one that was read and perhaps signed, see
    /// [`Part::as_bytes`](crate::Part::as_bytes). What a lenient parser tolerates in it is passed on.
    #[must_use]
    pub fn raw_part(mut self, octets: impl Into<Bytes>) -> Self {
        self.parts.push(Piece::Raw(octets.into()));
        self
    }

    /// The same with that boundary instead of one that is found.
    #[must_use]
    pub fn boundary(self, boundary: Boundary) -> Self {
        Self {
            boundary: Some(boundary),
            ..self
        }
    }

    /// The same with a Content-ID of the whole.
    #[must_use]
    pub fn content_id(self, id: ContentId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The same with another parameter of the media type, such as `protocol` or `start-info`.
    ///
    /// # Errors
    ///
    /// As [`MediaType::with_parameter`]. That `boundary` and, of a multipart/related, `type` and `start` are not for
    /// the caller to give, [`build`](Self::build) will tell.
    pub fn parameter(self, name: &str, value: &str) -> Result<Self, MediaTypeError> {
        Ok(Self {
            media_type: self.media_type.with_parameter(name, value)?,
            ..self
        })
    }

    /// The same with another root of a multipart/related than the first part.
    #[must_use]
    pub fn root(self, index: usize) -> Self {
        Self { root: index, ..self }
    }

    /// Puts all together: Content-Type and body of the multipart. `fill` fills a buffer with random octets; it is
    /// asked until the boundary stands in no part.
    ///
    /// # Errors
    ///
    /// [`BuildError`]: there is no part, the given boundary stands in one, or what the parts say does not fit together.
    pub fn build(self, fill: &mut dyn FnMut(&mut [u8])) -> Result<Entity, BuildError> {
        if self.parts.is_empty() {
            return Err(BuildError::NoParts);
        }
        let entities = self.entities()?;
        self.check(&entities)?;
        let octets: Vec<Bytes> = self.parts.iter().map(Piece::octets).collect();
        let boundary = match &self.boundary {
            Some(given) if octets.iter().any(|part| collides(part, given)) => {
                return Err(BuildError::BoundaryCollision);
            }
            Some(given) => {
                given.check()?;
                given.clone()
            }
            None => free_boundary(&octets, fill)?,
        };
        let mut media_type = self.media_type.clone();
        if Kind::of(&media_type) == Kind::Related {
            media_type = self.with_root(media_type, &entities)?;
        }
        let media_type = media_type.with_parameter("boundary", boundary.as_str())?;
        let mut headers = Headers::default().with_content_type(&media_type)?;
        if let Some(id) = &self.id {
            headers = headers.with_content_id(id)?;
        }
        Ok(Entity {
            headers,
            body: joined(&octets, &boundary),
            ..Entity::default()
        })
    }

    fn of(media_type: MediaType) -> Self {
        Self {
            media_type,
            parts: Vec::new(),
            boundary: None,
            id: None,
            root: 0,
        }
    }

    /// All parts, read if they were given as octets.
    fn entities(&self) -> Result<Vec<Entity>, BuildError> {
        let read = |piece: &Piece| match piece {
            Piece::Entity(entity) => entity.check().map(|()| entity.clone()).map_err(BuildError::Part),
            Piece::Raw(octets) => Entity::parse(octets).map_err(BuildError::Part),
        };
        self.parts.iter().map(read).collect()
    }

    fn check(&self, entities: &[Entity]) -> Result<(), BuildError> {
        let is_alternative = Kind::of(&self.media_type) == Kind::Alternative;
        let mut ids: BTreeMap<&ContentId, &Entity> = BTreeMap::new();
        for entity in entities {
            let headers = &entity.headers;
            let is_encoded = !headers.transfer_encoding().is_identity();
            if is_encoded && headers.content_type().is_some_and(is_composite) {
                return Err(BuildError::EncodedComposite);
            }
            let Some(id) = headers.content_id() else { continue };
            // Those that were the same as the first with that id are the same as each other.
            let first = *ids.entry(id).or_insert(entity);
            let is_free = core::ptr::eq(first, entity) || (is_alternative && first.body == entity.body);
            if !is_free || self.id.as_ref() == Some(id) {
                return Err(BuildError::DuplicateContentId);
            }
        }
        Ok(())
    }

    /// `type`, and `start` where the root has a Content-ID (RFC 2387 §3).
    fn with_root(&self, media_type: MediaType, entities: &[Entity]) -> Result<MediaType, BuildError> {
        let root = entities.get(self.root).ok_or(BuildError::NoRoot)?;
        if media_type.parameter("start").is_some() {
            // It might name no part, or not the one whose type is given.
            return Err(MediaTypeError::DuplicateParameter { offset: 0 }.into());
        }
        let media_type = media_type.with_parameter("type", root.headers.media_type().essence())?;
        match root.headers.content_id() {
            Some(id) => Ok(media_type.with_parameter("start", &format!("<{id}>"))?),
            None if self.root == 0 => Ok(media_type),
            None => Err(BuildError::NoRoot),
        }
    }
}

impl Piece {
    fn octets(&self) -> Bytes {
        match self {
            Self::Entity(entity) => entity.to_bytes(),
            Self::Raw(octets) => octets.clone(),
        }
    }
}

/// Why no multipart can be made of these parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The given boundary was read, and is none that may be written.
    #[error(transparent)]
    Boundary(#[from] BoundaryError),
    /// A line of a part begins with the delimiter of the given boundary.
    #[error("the boundary stands in a part")]
    BoundaryCollision,
    /// Two parts, or one and the whole, have the same Content-ID (RFC 2046 §5.1.4).
    #[error("the same Content-ID twice")]
    DuplicateContentId,
    /// A multipart or message with a transfer encoding (RFC 2045 §6.4).
    #[error("transfer encoding of a composite")]
    EncodedComposite,
    /// A field cannot be written.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A parameter of the media type.
    #[error(transparent)]
    MediaType(#[from] MediaTypeError),
    /// There is none (RFC 2046 §5.1).
    #[error("a multipart has one part at least")]
    NoParts,
    /// Boundaries of 120 random bits, and all of them stand in a part: `fill` does not fill at random.
    #[error("boundaries are not drawn at random")]
    NotRandom,
    /// The root of a multipart/related does not exist, or is not the first part and has no Content-ID.
    #[error("no root")]
    NoRoot,
    /// A part is none, or one that was read and has deviations.
    #[error(transparent)]
    Part(HeadersError),
}

/// How often a boundary is drawn before the generator is given up.
const DRAWS: usize = 16;

fn free_boundary(parts: &[Bytes], fill: &mut dyn FnMut(&mut [u8])) -> Result<Boundary, BuildError> {
    for _ in 0..DRAWS {
        let boundary = Boundary::generate(fill);
        if !parts.iter().any(|part| collides(part, &boundary)) {
            return Ok(boundary);
        }
    }
    Err(BuildError::NotRandom)
}

fn joined(parts: &[Bytes], boundary: &Boundary) -> Bytes {
    let delimiter = 2 + 2 + boundary.as_bytes().len() + 2;
    let len: usize = parts.iter().map(|part| delimiter + part.len()).sum();
    let mut body = Vec::with_capacity(len + delimiter + 2);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--");
        body.extend_from_slice(boundary.as_bytes());
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(part);
    }
    body.extend_from_slice(b"\r\n--");
    body.extend_from_slice(boundary.as_bytes());
    body.extend_from_slice(b"--\r\n");
    body.into()
}
