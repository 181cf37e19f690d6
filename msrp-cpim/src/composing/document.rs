//! The document that tells who is composing, application/im-iscomposing+xml (RFC 3994 §6).

use core::num::NonZeroU64;

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat};
use msrp_multipart::{Disposition, MediaType, Profile};
use thiserror::Error;

use crate::xml::{self, DocumentDeviation, DocumentDeviations, Element, Findings, Writer, XmlError};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:im-iscomposing";
/// The elements in the order of the schema.
const ELEMENTS: [&str; 4] = ["state", "lastactive", "contenttype", "refresh"];

/// A status message: whether its sender is composing a message (RFC 3994 §3.4, §6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IsComposing {
    /// Whether the sender is composing.
    pub state: State,
    /// When the sender last added or edited something (§3.5).
    pub last_active: Option<DateTime<FixedOffset>>,
    /// What is being composed, a hint only: a type such as `audio`, or a type and subtype such as `text/html`
    /// (§3.5).
    pub content_type: Option<String>,
    /// After how many seconds the next status message is to be expected (§3.2). Those who send it choose at
    /// least 60; those who read it accept any number, and one above 64 bits counts as the greatest.
    pub refresh: Option<NonZeroU64>,
}

/// The state of a composer (RFC 3994 §3.1). Case counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Composing.
    Active,
    /// Not composing.
    Idle,
    /// Any other word, which counts as idle (§3.5).
    Other(String),
}

impl State {
    /// Whether this is [`Active`](Self::Active).
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Active)
    }

    /// The word in the document.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Other(word) => word,
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "idle" => Self::Idle,
            _ => Self::Other(word.into()),
        }
    }
}

impl IsComposing {
    /// The type of the document, to which no parameter is written (RFC 3994 §8.1).
    pub const MEDIA_TYPE: &'static str = "application/im-iscomposing+xml";

    /// The number of octets above which a document is neither read nor written.
    pub const MAX_LENGTH: usize = xml::MAX_LENGTH;

    /// The state alone.
    pub const fn new(state: State) -> Self {
        Self {
            state,
            last_active: None,
            content_type: None,
            refresh: None,
        }
    }

    /// Whether this is the type of such documents; case and parameters do not count. A charset other than
    /// UTF-8 is shown by the document itself, which then cannot be read.
    pub fn is_media_type(media_type: &MediaType) -> bool {
        media_type.is(Self::MEDIA_TYPE)
    }

    /// Reads a document. What breaks a rule but has only one reading is accepted: elements in any order, white
    /// space around texts, values that cannot be used (ruling C15). Elements of other namespaces are passed
    /// over.
    ///
    /// # Errors
    ///
    /// What is wrong, and where; see [`IsComposingError`].
    pub fn parse(document: &[u8]) -> Result<Self, IsComposingError> {
        Ok(Self::parse_with_deviations(document)?.0)
    }

    /// As [`parse`](Self::parse); tells also what had to be tolerated.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(document: &[u8]) -> Result<(Self, DocumentDeviations), IsComposingError> {
        let mut findings = Findings::new(false);
        let status = read(document, &mut findings)?;
        Ok((status, findings.into_deviations()))
    }

    /// Reads a document and tolerates nothing.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and [`XmlError::Deviation`] for the first deviation.
    pub fn parse_strict(document: &[u8]) -> Result<Self, IsComposingError> {
        read(document, &mut Findings::new(true))
    }

    /// The document, with its elements in the order of the schema.
    ///
    /// # Errors
    ///
    /// [`IsComposingBuildError`] for what such a document cannot hold.
    pub fn to_xml(&self) -> Result<Vec<u8>, IsComposingBuildError> {
        let mut writer = Writer::new("isComposing", NAMESPACE);
        let state = xml::trim(self.state.as_str());
        if state.is_empty() {
            return Err(IsComposingBuildError::EmptyState);
        }
        writer
            .text("state", state)
            .map_err(|offset| IsComposingBuildError::State { offset })?;
        if let Some(date) = &self.last_active {
            let text = written(date).ok_or(IsComposingBuildError::LastActive)?;
            writer
                .text("lastactive", &text)
                .map_err(|_| IsComposingBuildError::LastActive)?;
        }
        if let Some(content_type) = &self.content_type {
            let legal = content_type_of(content_type).ok_or(IsComposingBuildError::ContentType)?;
            writer
                .text("contenttype", legal)
                .map_err(|_| IsComposingBuildError::ContentType)?;
        }
        if let Some(refresh) = self.refresh {
            writer.number("refresh", refresh.get());
        }
        let document = writer.finish("isComposing");
        if document.len() > Self::MAX_LENGTH {
            return Err(IsComposingBuildError::TooLong {
                limit: Self::MAX_LENGTH,
            });
        }
        Ok(document)
    }
}

/// Why octets are no status message of composing.
///
/// Offsets count octets from the start of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IsComposingError {
    /// No `<state>`, or one without text (RFC 3994 §3.4).
    #[error("no state")]
    MissingState,
    /// An element a second time: which one counts cannot be told.
    #[error("second element at octet {offset}")]
    Repeated {
        /// Where the second one starts.
        offset: usize,
    },
    /// The element of the document is not `<isComposing>` of `urn:ietf:params:xml:ns:im-iscomposing`.
    #[error("no isComposing element at octet {offset}")]
    Root {
        /// Where it starts.
        offset: usize,
    },
    /// The document cannot be read at all.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// Why a status message of composing cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IsComposingBuildError {
    /// The content type is neither a type nor a type and a subtype.
    #[error("content type that is none")]
    ContentType,
    /// The state is [`State::Other`] without a word.
    #[error("no state")]
    EmptyState,
    /// The year of the last activity has not four digits.
    #[error("date that cannot be written")]
    LastActive,
    /// A character of the state that XML 1.0 forbids, even as a reference.
    #[error("character at octet {offset} of the state that XML forbids")]
    State {
        /// Where it is, in octets from the start of the word.
        offset: usize,
    },
    /// The document is longer than [`IsComposing::MAX_LENGTH`].
    #[error("document of more than {limit} octets")]
    TooLong {
        /// The number of octets that would have been written.
        limit: usize,
    },
}

fn read(document: &[u8], findings: &mut Findings) -> Result<IsComposing, IsComposingError> {
    let root = xml::read(document)?;
    if !root.is(NAMESPACE, "isComposing") {
        return Err(IsComposingError::Root {
            offset: root.offset(),
        });
    }
    findings.sequence(&root, NAMESPACE, &ELEMENTS)?;

    let state = only(&root, "state")?.ok_or(IsComposingError::MissingState)?;
    let state = xml::trim(findings.leaf(state)?);
    if state.is_empty() {
        return Err(IsComposingError::MissingState);
    }
    Ok(IsComposing {
        state: State::of(state),
        last_active: value(
            &root,
            "lastactive",
            DocumentDeviation::BadDateTime,
            findings,
            |text| crate::DateTime::parse(text).ok().map(|date| date.instant()),
        )?,
        content_type: value(
            &root,
            "contenttype",
            DocumentDeviation::BadContentType,
            findings,
            |text| content_type_of(text).map(str::to_owned),
        )?,
        refresh: value(
            &root,
            "refresh",
            DocumentDeviation::BadRefresh,
            findings,
            positive,
        )?,
    })
}

fn only<'a>(parent: &'a Element, name: &str) -> Result<Option<&'a Element>, IsComposingError> {
    parent
        .only(NAMESPACE, name)
        .map_err(|offset| IsComposingError::Repeated { offset })
}

/// What an element says, and a deviation if that cannot be understood.
fn value<T>(
    root: &Element,
    name: &str,
    otherwise: DocumentDeviation,
    findings: &mut Findings,
    understand: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, IsComposingError> {
    let Some(element) = only(root, name)? else {
        return Ok(None);
    };
    let value = understand(xml::trim(findings.leaf(element)?));
    if value.is_none() {
        findings.note(otherwise, element.offset())?;
    }
    Ok(value)
}

/// An xs:positiveInteger; there is no greatest one.
fn positive(text: &str) -> Option<NonZeroU64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    NonZeroU64::new(digits.parse().unwrap_or(u64::MAX))
}

/// The text without white space around it if it is a type, or a type and a subtype.
pub(super) fn content_type_of(text: &str) -> Option<&str> {
    let text = xml::trim(text);
    let legal = match text.contains('/') {
        true => MediaType::parse(text.as_bytes(), Profile::Mime).is_ok(),
        // A type alone is a token, as the disposition is.
        false => Disposition::new(text).is_ok(),
    };
    legal.then_some(text)
}

/// `None` for a year that RFC 3339 cannot write.
fn written(date: &DateTime<FixedOffset>) -> Option<String> {
    // RFC 3339 has no seconds in the zone.
    let whole = date.offset().local_minus_utc() % 60 == 0;
    let date = if whole {
        *date
    } else {
        date.to_utc().fixed_offset()
    };
    (0..=9999)
        .contains(&date.year())
        .then(|| date.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
