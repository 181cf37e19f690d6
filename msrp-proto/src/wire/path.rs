//! Paths: the URIs of To-Path, From-Path, Use-Path and the `path` attribute (RFC 4975 §7.1, §9).

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::{FromStr, Split};
use std::sync::Arc;

use memchr::memchr;
use thiserror::Error;

use super::uri::Layout;
use super::{MsrpUri, Scheme, UriError, UriRef};

/// Why octets are not a path.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PathError {
    /// There is no URI.
    #[error("a path has at least one URI")]
    Empty,
    /// Anything but one space between two URIs, or a space before the first or after the last.
    #[error("URIs are separated by one space")]
    Spacing,
    /// Longer than [`Path::MAX_LEN`].
    #[error("path too long")]
    TooLong,
    /// More URIs than permitted.
    #[error("too many URIs in the path")]
    TooMany,
    /// One of the URIs is malformed.
    #[error(transparent)]
    Uri(#[from] UriError),
}

/// A path inside someone else's text: reads without allocating.
///
/// Each URI was found well formed; the first and the last are not read again, those between them are when the
/// path is walked (only paths over several relays have any). `Debug` hides what [`UriRef`] hides.
#[derive(Clone, Copy)]
pub struct PathRef<'a> {
    /// US-ASCII. As octets, because a path that nobody looks at need not become text.
    octets: &'a [u8],
    shape: Shape,
}

/// What reading has found out about the text of a path.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    leftmost: Layout,
    rightmost: Layout,
    len: u16,
}

impl Shape {
    /// That of a path of one URI.
    const fn of_one(layout: Layout) -> Self {
        Self {
            leftmost: layout,
            rightmost: layout,
            len: 1,
        }
    }
}

impl<'a> PathRef<'a> {
    /// Reads the value of a path header field: at most `max_uris` URIs, separated by one space (RFC 4975 §9).
    ///
    /// # Errors
    ///
    /// A [`PathError`]; [`PathError::TooMany`] comes before any URI past the limit is looked at.
    pub fn parse(octets: &'a [u8], max_uris: usize) -> Result<PathRef<'a>, PathError> {
        match str::from_utf8(octets) {
            Ok(text) if text.is_ascii() => PathRef::read(text, max_uris),
            _ => Err(UriError::NotAscii.into()),
        }
    }

    /// A path read before; `shape` belongs to it.
    pub(super) const fn with_shape(octets: &'a [u8], shape: Shape) -> PathRef<'a> {
        PathRef { octets, shape }
    }

    pub(super) const fn shape(self) -> Shape {
        self.shape
    }

    fn read(text: &'a str, max_uris: usize) -> Result<PathRef<'a>, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.len() > Path::MAX_LEN {
            return Err(PathError::TooLong);
        }
        if max_uris > 0 && memchr(b' ', text.as_bytes()).is_none() {
            let layout = UriRef::read(text)?.layout();
            return Ok(PathRef {
                octets: text.as_bytes(),
                shape: Shape::of_one(layout),
            });
        }
        let mut shape: Option<Shape> = None;
        for uri in text.split(' ') {
            let len = shape.map_or(0, |shape| shape.len);
            if usize::from(len) >= max_uris {
                return Err(PathError::TooMany);
            }
            if uri.is_empty() {
                return Err(PathError::Spacing);
            }
            let rightmost = UriRef::read(uri)?.layout();
            let leftmost = shape.map_or(rightmost, |shape| shape.leftmost);
            shape = Some(Shape {
                leftmost,
                rightmost,
                len: len.saturating_add(1),
            });
        }
        let octets = text.as_bytes();
        shape
            .map(|shape| PathRef { octets, shape })
            .ok_or(PathError::Empty)
    }

    /// The next hop: the first URI visited (RFC 4975 §7.1).
    pub fn leftmost(self) -> UriRef<'a> {
        // Most paths are one URI, in which nothing need be searched.
        let text = match self.shape.len {
            1 => self.as_str(),
            _ => self.as_str().split(' ').next().unwrap_or_default(),
        };
        UriRef::with_layout(text, self.shape.leftmost)
    }

    /// The last URI visited: the session meant in a To-Path, the sender in a From-Path.
    pub fn rightmost(self) -> UriRef<'a> {
        let text = match self.shape.len {
            1 => self.as_str(),
            _ => self.as_str().rsplit(' ').next().unwrap_or_default(),
        };
        UriRef::with_layout(text, self.shape.rightmost)
    }

    /// How many URIs there are, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a path is never empty")]
    pub fn len(self) -> usize {
        usize::from(self.shape.len)
    }

    /// The URIs, leftmost first.
    pub fn iter(self) -> Uris<'a> {
        Uris {
            path: self,
            pieces: self.as_str().split(' '),
            front: 0,
            back: self.shape.len,
        }
    }

    /// The scheme of each URI, leftmost first. `msrps` speaks about one hop only (RFC 4975 §4).
    pub fn schemes(self) -> impl DoubleEndedIterator<Item = Scheme> + ExactSizeIterator {
        self.iter().map(UriRef::scheme)
    }

    /// The whole path as written, with its secrets.
    pub fn as_str(self) -> &'a str {
        // It was text when it was read.
        str::from_utf8(self.octets).unwrap_or_default()
    }

    /// Copies the text into a path that owns it.
    pub fn to_path(self) -> Path {
        Path {
            text: self.as_str().into(),
            shape: self.shape,
        }
    }
}

impl<'a> IntoIterator for PathRef<'a> {
    type Item = UriRef<'a>;
    type IntoIter = Uris<'a>;

    fn into_iter(self) -> Uris<'a> {
        self.iter()
    }
}

impl PartialEq for PathRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets || self.iter().eq(other.iter())
    }
}

impl Eq for PathRef<'_> {}

impl PartialOrd for PathRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PathRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl Hash for PathRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u16(self.shape.len);
        self.iter().for_each(|uri| uri.hash(state));
    }
}

impl fmt::Debug for PathRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for PathRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The URIs of a path, from either end.
#[derive(Clone)]
pub struct Uris<'a> {
    path: PathRef<'a>,
    pieces: Split<'a, char>,
    front: u16,
    back: u16,
}

impl<'a> Uris<'a> {
    fn uri(&self, index: u16, text: &'a str) -> Option<UriRef<'a>> {
        let shape = self.path.shape;
        match index {
            0 => Some(UriRef::with_layout(text, shape.leftmost)),
            _ if index == shape.len.saturating_sub(1) => Some(UriRef::with_layout(text, shape.rightmost)),
            _ => UriRef::read(text).ok(),
        }
    }
}

impl<'a> Iterator for Uris<'a> {
    type Item = UriRef<'a>;

    fn next(&mut self) -> Option<UriRef<'a>> {
        let text = self.pieces.next()?;
        let index = self.front;
        self.front = self.front.saturating_add(1);
        self.uri(index, text)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.back.saturating_sub(self.front));
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Uris<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let text = self.pieces.next_back()?;
        self.back = self.back.saturating_sub(1);
        self.uri(self.back, text)
    }
}

impl ExactSizeIterator for Uris<'_> {}

impl core::iter::FusedIterator for Uris<'_> {}

impl fmt::Debug for Uris<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// One or more URIs that own their text, exactly as it was written.
///
/// Cloning shares the text. Two paths are equal when they have equal URIs in the same order. `Debug` hides what
/// [`MsrpUri`] hides; `Display` writes the path in full, for the wire and for SDP.
#[derive(Clone)]
pub struct Path {
    text: Arc<str>,
    shape: Shape,
}

impl Path {
    /// The most octets that a path may have.
    pub const MAX_LEN: usize = u16::MAX as usize;

    /// Reads the value of a path header field, as [`PathRef::parse`].
    ///
    /// # Errors
    ///
    /// As [`PathRef::parse`].
    pub fn parse(octets: &[u8], max_uris: usize) -> Result<Path, PathError> {
        PathRef::parse(octets, max_uris).map(PathRef::to_path)
    }

    /// Puts a path together, leftmost first: the URIs of a relay before those of the peer (RFC 4976 §5.1), or
    /// those of another path the other way round.
    ///
    /// # Errors
    ///
    /// [`PathError::Empty`] without a URI, [`PathError::TooLong`] past [`Path::MAX_LEN`].
    pub fn from_uris<'a>(uris: impl IntoIterator<Item = UriRef<'a>>) -> Result<Path, PathError> {
        let mut text = String::new();
        for uri in uris {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(uri.as_str());
        }
        PathRef::read(&text, usize::MAX).map(PathRef::to_path)
    }

    /// The same path, borrowed.
    pub fn as_ref(&self) -> PathRef<'_> {
        PathRef {
            octets: self.text.as_bytes(),
            shape: self.shape,
        }
    }

    /// See [`PathRef::leftmost`].
    pub fn leftmost(&self) -> UriRef<'_> {
        self.as_ref().leftmost()
    }

    /// See [`PathRef::rightmost`].
    pub fn rightmost(&self) -> UriRef<'_> {
        self.as_ref().rightmost()
    }

    /// How many URIs there are, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a path is never empty")]
    pub fn len(&self) -> usize {
        self.as_ref().len()
    }

    /// The URIs, leftmost first.
    pub fn iter(&self) -> Uris<'_> {
        self.as_ref().iter()
    }

    /// See [`PathRef::schemes`].
    pub fn schemes(&self) -> impl DoubleEndedIterator<Item = Scheme> + ExactSizeIterator {
        self.as_ref().schemes()
    }

    /// The whole path as written, with its secrets.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'a> IntoIterator for &'a Path {
    type Item = UriRef<'a>;
    type IntoIter = Uris<'a>;

    fn into_iter(self) -> Uris<'a> {
        self.iter()
    }
}

impl From<MsrpUri> for Path {
    fn from(uri: MsrpUri) -> Path {
        let (text, layout) = uri.into_parts();
        Path {
            text,
            shape: Shape::of_one(layout),
        }
    }
}

impl From<PathRef<'_>> for Path {
    fn from(path: PathRef<'_>) -> Path {
        path.to_path()
    }
}

impl TryFrom<Vec<MsrpUri>> for Path {
    type Error = PathError;

    /// See [`Path::from_uris`].
    fn try_from(uris: Vec<MsrpUri>) -> Result<Path, PathError> {
        Path::from_uris(uris.iter().map(MsrpUri::as_ref))
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Path, PathError> {
        Path::parse(text.as_bytes(), usize::MAX)
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Path {}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Path {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_ref().cmp(&other.as_ref())
    }
}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
