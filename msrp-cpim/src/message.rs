use std::{fmt, ops::Range, sync::Arc};

use bytes::Bytes;
use msrp_multipart::{Entity, MediaType};
use thiserror::Error;

use crate::{
    Address, AddressError, CORE_NAMESPACE, DateTime, DateTimeError, Declaration, Deviations, Header, Limits,
    ParseError, namespace::Scope, reader::Reader,
};

/// A message/cpim (RFC 3862): headers about a message, and the message itself, which is a MIME entity.
///
/// It never changes. One that was read is written again octet for octet (RFC 3862 §2.2), and who wants to say more
/// about it [wraps](crate::MessageBuilder::wrap) it in another one (RFC 3862 §6). `Debug` shows neither values nor
/// content.
#[derive(Clone)]
pub struct Message {
    pub(crate) octets: Bytes,
    pub(crate) headers: Vec<Header>,
    /// Where the line of each header is, with its line end.
    pub(crate) lines: Vec<Range<usize>>,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) required: Vec<Required>,
    pub(crate) content: Entity,
    pub(crate) deviations: Deviations,
}

/// The name of a header, or of something else, that a receiver has to understand (RFC 3862 §3.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    pub(crate) name: Box<str>,
    pub(crate) namespace: Option<Arc<str>>,
}

/// A message requires something that the receiver does not understand: these names.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{} required features are not supported", .0.len())]
pub struct UnsupportedRequire<'a>(pub Vec<&'a Required>);

impl Message {
    /// Whether a content type is that of these messages: message/cpim, in any case, with any parameters (RFC 3862
    /// §2.1).
    pub fn is_cpim(media_type: &MediaType) -> bool {
        media_type.is("message/cpim")
    }

    /// Reads a message that is all of the input. What breaks a rule but has only one reading is accepted, and
    /// recorded in [`deviations`](Self::deviations).
    ///
    /// # Errors
    ///
    /// [`ParseError`] says what and where.
    pub fn parse(octets: &Bytes) -> Result<Self, ParseError> {
        Self::parse_within(octets, &Limits::default())
    }

    /// As [`parse`](Self::parse), with other limits.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_within(octets: &Bytes, limits: &Limits) -> Result<Self, ParseError> {
        Reader::new(octets, limits, false).read()
    }

    /// Reads a message and tolerates nothing, neither in the headers nor in those of the content.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`ParseError::Deviation`] for what it would have accepted.
    pub fn parse_strict(octets: &Bytes) -> Result<Self, ParseError> {
        Reader::new(octets, &Limits::default(), true).read()
    }

    /// What had to be tolerated in the headers. [`Entity::deviations`] tells of the content.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// The octets, all of them, as they were read or built.
    pub fn to_bytes(&self) -> Bytes {
        self.octets.clone()
    }

    /// All headers in their order, known or not, those of the content not among them.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The headers of this name in this namespace, in their order; case counts.
    pub fn headers_named<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Header> {
        self.headers
            .iter()
            .filter(move |header| header.is(namespace, name))
    }

    /// The first header of this name in this namespace; case counts.
    pub fn header(&self, namespace: &str, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.is(namespace, name))
    }

    /// The headers that RFC 3862 does not define. They do not matter to who does not know them, unless
    /// [required](Self::check_required).
    pub fn extension_headers(&self) -> impl Iterator<Item = &Header> {
        self.headers.iter().filter(|header| !header.is_core())
    }

    /// From, the sender (RFC 3862 §4.1): the first such header, see [`validate_msrp`](Self::validate_msrp).
    pub fn from(&self) -> Option<Result<Address, AddressError>> {
        self.header(CORE_NAMESPACE, "From").map(Header::address)
    }

    /// To, the recipients, in their order (RFC 3862 §4.2).
    pub fn to(&self) -> impl Iterator<Item = Result<Address, AddressError>> {
        self.headers_named(CORE_NAMESPACE, "To").map(Header::address)
    }

    /// cc, who else gets a copy, in their order (RFC 3862 §4.3).
    pub fn cc(&self) -> impl Iterator<Item = Result<Address, AddressError>> {
        self.headers_named(CORE_NAMESPACE, "cc").map(Header::address)
    }

    /// DateTime, when the message was sent (RFC 3862 §4.4). The text of one that cannot be read is the value of its
    /// header.
    pub fn date_time(&self) -> Option<Result<DateTime, DateTimeError>> {
        self.header(CORE_NAMESPACE, "DateTime").map(Header::date_time)
    }

    /// All Subject headers, which may be in different languages (RFC 3862 §4.5).
    pub fn subjects(&self) -> impl Iterator<Item = &Header> {
        self.headers_named(CORE_NAMESPACE, "Subject")
    }

    /// The Subject in this language, or in a kind of it (`fr-CA` for `fr`), or else the first.
    pub fn subject(&self, language: &str) -> Option<&Header> {
        let exact = |header: &&Header| header.language().eq_ignore_ascii_case(language);
        let kind = |header: &&Header| {
            let tag = header.language();
            tag.split_at_checked(language.len())
                .is_some_and(|(first, rest)| first.eq_ignore_ascii_case(language) && rest.starts_with('-'))
        };
        self.subjects()
            .find(exact)
            .or_else(|| self.subjects().find(kind))
            .or_else(|| self.subjects().next())
    }

    /// The namespaces that NS headers declare, in their order.
    pub fn namespaces(&self) -> &[Declaration] {
        &self.declarations
    }

    /// What Require headers name, in their order.
    pub fn required(&self) -> &[Required] {
        &self.required
    }

    /// The content, for who understands all that is required. `supports` tells of the URI of a namespace and a
    /// name in it whether it is understood; of [`CORE_NAMESPACE`] it is asked too.
    ///
    /// # Errors
    ///
    /// [`UnsupportedRequire`] with all that is not; a name whose prefix is not declared is never supported. Over
    /// MSRP such a message is to be answered like one of an unsupported type (ruling C10).
    pub fn check_required(
        &self,
        supports: impl Fn(&str, &str) -> bool,
    ) -> Result<&Entity, UnsupportedRequire<'_>> {
        let is_supported = |required: &Required| {
            required
                .namespace()
                .is_some_and(|namespace| supports(namespace, &required.name))
        };
        let missing: Vec<_> = self
            .required
            .iter()
            .filter(|required| !is_supported(required))
            .collect();
        if missing.is_empty() {
            Ok(&self.content)
        } else {
            Err(UnsupportedRequire(missing))
        }
    }

    /// The content, whether what the message [requires](Self::check_required) is understood or not.
    pub fn content(&self) -> &Entity {
        &self.content
    }

    /// From, if there is one and no more: of two senders neither counts, since which one is shown would depend on who
    /// reads (RFC 4975 §13).
    pub(crate) fn only_from(&self) -> Option<Address> {
        let mut found = self.headers_named(CORE_NAMESPACE, "From");
        let first = found.next()?;
        let is_only = found.next().is_none();
        first.address().ok().filter(|_| is_only)
    }

    /// To, if there is one and no more.
    pub(crate) fn only_to(&self) -> Option<Result<Address, AddressError>> {
        let mut found = self.to();
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The headers, each with where its line is in the octets.
    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = (&Header, Range<usize>)> {
        self.headers.iter().zip(self.lines.iter().cloned())
    }

    /// What the prefixes stand for behind the last header.
    pub(crate) fn final_scope(&self) -> Scope {
        let mut scope = Scope::new();
        self.declarations
            .iter()
            .for_each(|declaration| scope.declare(declaration));
        scope
    }
}

/// Two are equal if their octets are.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Message {}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("headers", &self.headers)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

impl Required {
    /// The name without its prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URI of the namespace; `None` if the prefix is not declared before.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }
}
