use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use bytes::Bytes;
use thiserror::Error;

use crate::{
    ContentId, DecodingError, Deviation, Deviations, Disposition, Headers, Item, Limits, MediaType, PartHead,
    ReadError, Reader, content_id::percent_decoded,
};

/// The whole body of a multipart, with all parts found in it.
///
/// Parts are slices of the body. Those of inner multiparts stand in the same list, behind the part that holds them;
/// [`Group`] is the view of one multipart.
///
/// ```
/// use msrp_multipart::{MediaType, Multipart};
///
/// let media_type: MediaType = "multipart/alternative;boundary=b".parse()?;
/// let body = "--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--b--\r\n";
/// let multipart = Multipart::parse(&media_type, &body.into())?;
/// let best = multipart.top().alternative(|media_type| media_type.is("text/plain"));
/// assert_eq!(best.map(|part| &part.body()[..]), Some(&b"plain"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Multipart {
    media_type: MediaType,
    octets: Bytes,
    parts: Vec<Part>,
    deviations: Deviations,
}

/// A part of a [`Multipart`].
#[derive(Clone)]
pub struct Part {
    head: PartHead,
    media_type: MediaType,
    octets: Bytes,
    body: Bytes,
    /// The part that is the multipart it stands in.
    parent: Option<usize>,
    in_related: bool,
    deviations: Deviations,
}

/// One multipart: the outermost, or a part that is one.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    multipart: &'a Multipart,
    /// The part that it is; `None` for the outermost.
    index: Option<usize>,
}

/// What a multipart says of its parts (RFC 2046 §5.1, RFC 2387, RFC 1847).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The same thing in several forms, the plainest first.
    Alternative,
    /// Messages.
    Digest,
    /// Things of their own, in order. Unknown subtypes are treated like it (RFC 2046 §5.1.3).
    Mixed,
    /// A root, and what it refers to.
    Related,
    /// Content, and the signature of its exact octets.
    Signed,
}

impl Multipart {
    /// Finds the parts of a body. What breaks a rule but has only one reading is accepted.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the type is none of a multipart, there is no part, or there are too many.
    pub fn parse(media_type: &MediaType, body: &Bytes) -> Result<Self, ReadError> {
        Self::parse_with(media_type, body, Limits::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with(media_type: &MediaType, body: &Bytes, limits: Limits) -> Result<Self, ReadError> {
        Self::read(media_type, body, Reader::new(media_type)?.with_limits(limits))
    }

    /// Finds the parts and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`ReadError::Deviation`] for what it would have accepted.
    pub fn parse_strict(media_type: &MediaType, body: &Bytes) -> Result<Self, ReadError> {
        Self::read(media_type, body, Reader::new(media_type)?.strict())
    }

    /// The outermost multipart.
    pub fn top(&self) -> Group<'_> {
        Group {
            multipart: self,
            index: None,
        }
    }

    /// All parts, those of inner multiparts behind the part that holds them.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The multipart that a part is, if its parts were found.
    pub fn group(&self, index: usize) -> Option<Group<'_>> {
        self.parts.get(index).filter(|part| part.is_multipart())?;
        Some(Group {
            multipart: self,
            index: Some(index),
        })
    }

    /// The part that a `cid:` URL refers to, wherever it stands (RFC 2392 §2). Of several it is the first, but of several
    /// in one multipart/alternative the last that is `supported`.
    pub fn resolve(&self, url: &str, supported: impl Fn(&MediaType) -> bool) -> Option<&Part> {
        let verbatim = ContentId::strip_scheme(url)?;
        let is = |part: &&Part, text: &str| part.headers().content_id().is_some_and(|id| id.as_str() == text);
        let found = |text: &str| {
            let mut named = self.parts.iter().filter(|part| is(part, text));
            let first = named.next()?;
            let mut rivals = named.filter(|part| part.parent == first.parent).peekable();
            if rivals.peek().is_none() || self.kind_of(first.parent) != Kind::Alternative {
                return Some(first);
            }
            let all = core::iter::once(first).chain(rivals);
            all.filter(|part| supported(&part.media_type)).last()
        };
        // Any text, because that of a peer may be no address. Some senders do not decode (ruling C22).
        let decoded = percent_decoded(verbatim).ok();
        decoded.and_then(|text| found(&text)).or_else(|| found(verbatim))
    }

    /// The octets of the body, as read.
    pub fn as_bytes(&self) -> &Bytes {
        &self.octets
    }

    /// The media type by which it was read.
    pub fn media_type(&self) -> &MediaType {
        &self.media_type
    }

    /// What had to be tolerated, all parts included.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    fn read(media_type: &MediaType, body: &Bytes, mut reader: Reader) -> Result<Self, ReadError> {
        let mut multipart = Self {
            media_type: media_type.clone(),
            octets: body.clone(),
            parts: Vec::new(),
            deviations: Deviations::default(),
        };
        // The parts that have not ended, the outermost first.
        let mut open: Vec<usize> = Vec::new();
        let mut input = body.clone();
        reader.end();
        while let Some(item) = reader.read(&mut input)? {
            match item {
                Item::Part(head) => {
                    let parent = open.last().copied();
                    open.push(multipart.parts.len());
                    let in_related = multipart.kind_of(parent) == Kind::Related;
                    multipart.parts.push(Part::new(head, parent, in_related));
                }
                Item::Body(_) => {}
                Item::End(end) => {
                    if let Some(part) = open.pop().and_then(|index| multipart.parts.get_mut(index)) {
                        part.end(body, end.position(), end.deviations());
                    }
                }
            }
        }
        multipart.deviations = reader.deviations();
        multipart.note_related(reader.is_strict())?;
        Ok(multipart)
    }

    /// What each multipart/related lacks, which shows when its root is there.
    fn note_related(&mut self, strict: bool) -> Result<(), ReadError> {
        let inner = (0..self.parts.len()).filter_map(|index| self.group(index));
        let found: Vec<_> = core::iter::once(self.top())
            .chain(inner)
            .map(|group| (group.index, group.related_deviations()))
            .filter(|(_, deviations)| !deviations.is_empty())
            .collect();
        for (index, deviations) in found {
            let part = index.and_then(|index| self.parts.get_mut(index));
            if let Some(deviation) = deviations.iter().next().filter(|_| strict) {
                let offset = part.map_or(0, |part| part.head.position());
                return Err(ReadError::Deviation { deviation, offset });
            }
            self.deviations.extend(deviations);
            if let Some(part) = part {
                part.deviations.extend(deviations);
            }
        }
        Ok(())
    }

    fn kind_of(&self, index: Option<usize>) -> Kind {
        let part = index.and_then(|index| self.parts.get(index));
        Kind::of(part.map_or(&self.media_type, |part| &part.media_type))
    }
}

impl Part {
    /// The fields.
    pub fn headers(&self) -> &Headers {
        self.head.headers()
    }

    /// What the body is to be taken for, see [`PartHead::media_type`].
    pub fn media_type(&self) -> &MediaType {
        &self.media_type
    }

    /// The octets of the body, encoded as they are.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The octets that the body stands for, decoded if it is encoded.
    ///
    /// # Errors
    ///
    /// [`DecodingError`] if it is no legal encoding, or not known.
    pub fn decoded(&self) -> Result<Cow<'_, [u8]>, DecodingError> {
        self.headers().transfer_encoding().decode(&self.body)
    }

    /// The exact octets of the part, fields and body: what a signature is made over (RFC 1847 §2.1).
    pub fn as_bytes(&self) -> &Bytes {
        &self.octets
    }

    /// Whether its own parts stand behind it in the list.
    pub fn is_multipart(&self) -> bool {
        self.head.is_multipart()
    }

    /// The index of the part that it stands in; `None` in the outermost multipart.
    pub fn parent(&self) -> Option<usize> {
        self.parent
    }

    /// In how many multiparts it stands, besides the outermost.
    pub fn depth(&self) -> usize {
        self.head.depth()
    }

    /// What the sender wants done with it; `None` if nothing is said, and in multipart/related, where the disposition
    /// is of no account (RFC 2387 §4). That of a multipart is meant for the whole of it (RFC 2183 §2.9).
    pub fn disposition(&self) -> Option<&Disposition> {
        self.headers().disposition().filter(|_| !self.in_related)
    }

    /// The file name that the sender gave it, also in multipart/related: **not one to store anything under**, see
    /// [`safe_file_name`](crate::safe_file_name).
    pub fn file_name(&self) -> Option<Cow<'_, str>> {
        self.headers().disposition()?.file_name()
    }

    /// What had to be tolerated in this part; not what is in the parts within it.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    fn new(head: PartHead, parent: Option<usize>, in_related: bool) -> Self {
        Self {
            media_type: head.media_type(),
            deviations: head.headers().deviations(),
            head,
            octets: Bytes::new(),
            body: Bytes::new(),
            parent,
            in_related,
        }
    }

    fn end(&mut self, whole: &Bytes, end: u64, deviations: Deviations) {
        self.deviations.extend(deviations);
        // Positions in octets that are all in memory.
        let start = usize::try_from(self.head.position())
            .unwrap_or(usize::MAX)
            .min(whole.len());
        let end = usize::try_from(end)
            .unwrap_or(usize::MAX)
            .clamp(start, whole.len());
        self.octets = whole.slice(start..end);
        let blank_line = if self.head.has_blank_line { 2 } else { 0 };
        let fields = self.headers().as_bytes().len() + blank_line;
        self.body = self.octets.slice(fields.min(self.octets.len())..);
    }
}

impl<'a> Group<'a> {
    /// The media type of the multipart.
    pub fn media_type(&self) -> &'a MediaType {
        let part = self.index.and_then(|index| self.multipart.parts.get(index));
        part.map_or(&self.multipart.media_type, |part| &part.media_type)
    }

    /// What it says of its parts.
    pub fn kind(&self) -> Kind {
        Kind::of(self.media_type())
    }

    /// Its parts and their indices in the list of all, in order; not those within them.
    pub fn parts(&self) -> impl Iterator<Item = (usize, &'a Part)> + use<'a> {
        let index = self.index;
        let depth = index
            .and_then(|index| self.multipart.parts.get(index))
            .map(Part::depth);
        // All that is within stands behind it in one piece: what comes later is not looked at, or many small multiparts
        // would make for a lot of work.
        let behind = self
            .multipart
            .parts
            .iter()
            .enumerate()
            .skip(index.map_or(0, |index| index + 1));
        let within = behind.take_while(move |(_, part)| depth.is_none_or(|depth| part.depth() > depth));
        within.filter(move |(_, part)| part.parent == index)
    }

    /// The part of a multipart/alternative to be shown: the last that is supported (RFC 2046 §5.1.4). `None` if none
    /// is. A multipart among them is asked for by its own type.
    pub fn alternative(&self, supported: impl Fn(&MediaType) -> bool) -> Option<&'a Part> {
        let parts = self.parts().map(|(_, part)| part);
        parts.filter(|part| supported(&part.media_type)).last()
    }

    /// The root of a multipart/related: by its `start`, or else the first part (RFC 2387 §3.2).
    ///
    /// # Errors
    ///
    /// [`RootNotFound`] if no part has the Content-ID that `start` names.
    pub fn root(&self) -> Result<(usize, &'a Part), RootNotFound> {
        match self.media_type().parameter("start") {
            None => self.parts().next(),
            Some(start) => {
                let id = start.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
                let id = id.unwrap_or(start);
                let is_it = |part: &Part| {
                    let found = part.headers().content_id();
                    found.is_some_and(|found| found.as_str().as_bytes() == id)
                };
                self.parts().find(|(_, part)| is_it(part))
            }
        }
        .ok_or(RootNotFound)
    }

    /// The `start-info` of a multipart/related (RFC 2387 §3.3).
    pub fn start_info(&self) -> Option<StartInfo<'a>> {
        let text = self.media_type().parameter_str("start-info")?;
        let list = text.trim_matches([' ', '\t']);
        let inner = list.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        Some(match inner {
            Some(ids) if ids.contains(['<', '>']) => StartInfo::References(list),
            Some(id) => StartInfo::Reference(id),
            None => StartInfo::Text(text),
        })
    }

    /// What is wrong with the parameters of a multipart/related, and has to be tolerated: [`Deviation::MissingType`],
    /// [`Deviation::RootTypeMismatch`]. They are among those of the part and of the whole.
    pub fn related_deviations(&self) -> Deviations {
        let mut deviations = Deviations::default();
        if self.kind() != Kind::Related {
            return deviations;
        }
        match (self.media_type().parameter_str("type"), self.root()) {
            (None, _) => deviations.insert(Deviation::MissingType),
            (Some(declared), Ok((_, root))) if !root.media_type.is(declared) => {
                deviations.insert(Deviation::RootTypeMismatch);
            }
            _ => {}
        }
        deviations
    }
}

/// The `start-info` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartInfo<'a> {
    /// It refers to the part with that Content-ID.
    Reference(&'a str),
    /// It refers to several: their Content-IDs as they stand there, each in its brackets.
    References(&'a str),
    /// Anything else.
    Text(&'a str),
}

/// No part of a multipart/related has the Content-ID that `start` names.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no part is the root that `start` names")]
pub struct RootNotFound;

impl Kind {
    /// That of a media type, which should be `multipart/…`.
    pub fn of(media_type: &MediaType) -> Self {
        let known = [
            ("alternative", Self::Alternative),
            ("digest", Self::Digest),
            ("related", Self::Related),
            ("signed", Self::Signed),
        ];
        let subtype = media_type.subtype();
        let found = known.iter().find(|(name, _)| subtype.eq_ignore_ascii_case(name));
        found.map_or(Self::Mixed, |(_, kind)| *kind)
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("media_type", &self.media_type)
            .field("parts", &self.parts)
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("media_type", &self.media_type)
            .field("body", &format_args!("{} octets", self.body.len()))
            .field("parent", &self.parent)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("media_type", self.media_type())
            .field("parts", &self.parts().count())
            .finish()
    }
}
