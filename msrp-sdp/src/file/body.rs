use std::fmt;

use bytes::Bytes;
use msrp_multipart::{
    BuildError, ContentId, Disposition, Entity, FieldError, MediaType, Multipart, MultipartBuilder, Part,
    ReadError,
};
use thiserror::Error;

use crate::Ids;

/// Why a body has no SDP in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SdpBodyError {
    /// Neither `application/sdp` nor `multipart/related` with SDP as its root.
    #[error("not SDP")]
    NotSdp,
    /// The multipart cannot be read.
    #[error(transparent)]
    Multipart(#[from] ReadError),
}

/// The body of a message of signalling: SDP alone, or as the root of a multipart/related whose other parts are the icons of
/// files (RFC 5547 §8.8).
///
/// ```
/// use bytes::Bytes;
/// use msrp_multipart::ContentId;
/// use msrp_sdp::{Ids, SdpBody};
///
/// let mut ids = Ids::seeded([7; 32]); // of the operating system's generator, in earnest
/// let id = ContentId::generate("alice.example.com", &mut |octets| ids.fill(octets))?;
/// let icon = SdpBody::icon_part(&id, &"image/png".parse()?, &b"\x89PNG"[..])?;
/// let body = SdpBody::with_icons("v=0\r\n", [icon], &mut ids)?;
///
/// let read = SdpBody::parse(&body.headers.media_type(), &body.body)?;
/// assert_eq!(read.sdp(), "v=0\r\n");
/// assert_eq!(read.icon(&id).unwrap().body(), &b"\x89PNG"[..]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `Debug` shows no SDP: there are secrets in it.
#[derive(Clone)]
pub struct SdpBody {
    sdp: Bytes,
    related: Option<Multipart>,
}

impl SdpBody {
    /// Reads a body of this media type.
    ///
    /// # Errors
    ///
    /// A [`SdpBodyError`] if there is no SDP in it.
    pub fn parse(media_type: &MediaType, body: &Bytes) -> Result<Self, SdpBodyError> {
        if media_type.is(SDP) {
            return Ok(Self {
                sdp: body.clone(),
                related: None,
            });
        }
        if !media_type.is("multipart/related") {
            return Err(SdpBodyError::NotSdp);
        }
        let related = Multipart::parse(media_type, body)?;
        let (_, root) = related.top().root().map_err(|_| SdpBodyError::NotSdp)?;
        if !root.media_type().is(SDP) {
            return Err(SdpBodyError::NotSdp);
        }
        let sdp = match root.decoded().map_err(|_| SdpBodyError::NotSdp)? {
            std::borrow::Cow::Borrowed(_) => root.body().clone(),
            std::borrow::Cow::Owned(decoded) => decoded.into(),
        };
        Ok(Self {
            sdp,
            related: Some(related),
        })
    }

    /// The SDP.
    pub fn sdp(&self) -> &Bytes {
        &self.sdp
    }

    /// The part that a `file-icon` means; `None` if there is none.
    pub fn icon(&self, icon: &ContentId) -> Option<&Part> {
        self.related.as_ref()?.resolve(&icon.to_url(), |_| true)
    }

    /// An icon as a part of a body. It should be as small as it can be and still be told from others (RFC 5547 §8.8).
    ///
    /// # Errors
    ///
    /// A [`FieldError`] if a parameter of the type is not US-ASCII.
    pub fn icon_part(
        id: &ContentId,
        media_type: &MediaType,
        picture: impl Into<Bytes>,
    ) -> Result<Entity, FieldError> {
        let icon = Disposition::new("icon").expect("a token");
        Entity::new(media_type, picture)?
            .with_field("Content-Transfer-Encoding", "binary")?
            .with_content_id(id)?
            .with_disposition(&icon)
    }

    /// Puts SDP and icons together: a multipart/related of which SDP is the first part and the root. Its peer may not take
    /// multiparts, and then reject it; the same SDP without `file-icon` is then sent alone, as `application/sdp`.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] as [`MultipartBuilder::build`] tells it.
    pub fn with_icons(
        sdp: impl Into<Bytes>,
        icons: impl IntoIterator<Item = Entity>,
        ids: &mut Ids,
    ) -> Result<Entity, BuildError> {
        let media_type = MediaType::new("application", "sdp").expect("two tokens");
        let root = Entity::new(&media_type, sdp).expect("a type without parameters");
        let parts = MultipartBuilder::related().part(root);
        let parts = icons.into_iter().fold(parts, MultipartBuilder::part);
        parts.build(&mut |octets| ids.fill(octets))
    }
}

impl fmt::Debug for SdpBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdpBody")
            .field("octets", &self.sdp.len())
            .field("is_multipart", &self.related.is_some())
            .finish()
    }
}

const SDP: &str = "application/sdp";
