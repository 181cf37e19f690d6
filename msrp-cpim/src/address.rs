use std::{fmt, str::FromStr};

use crate::{
    AddressError, Deviation, Deviations,
    chars::{is_token, run},
    escape, uri,
};

/// An address with or without the name of who has it: the value of From, To and cc (RFC 3862 §4.1).
///
/// The URI is opaque: an absolute one without blanks, control characters and angle brackets, compared octet by
/// octet. [`Display`](fmt::Display) writes the value of a header: a name of tokens with a SP between each two as
/// it is, any other in quotes (ruling C2), whatever text it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Not empty.
    name: Option<Box<str>>,
    uri: Box<str>,
}

impl Address {
    /// An address without a name.
    ///
    /// # Errors
    ///
    /// [`AddressError::Uri`] if it is no absolute URI, or not of US-ASCII characters that URIs are written with.
    pub fn new(uri: &str) -> Result<Self, AddressError> {
        if !uri::is_absolute(uri) || !uri::is_plain(uri) {
            return Err(AddressError::Uri { offset: 0 });
        }
        Ok(Self {
            name: None,
            uri: uri.into(),
        })
    }

    /// The same with a name, of any characters; an empty one is none.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        Self {
            name: Some(name).filter(|name| !name.is_empty()).map(Into::into),
            ..self
        }
    }

    /// Reads the value of a header. What breaks a rule but has only one reading is accepted.
    ///
    /// # Errors
    ///
    /// What was expected and is not there, and where.
    pub fn parse(value: &str) -> Result<Self, AddressError> {
        Ok(Self::parse_with_deviations(value)?.0)
    }

    /// As [`parse`](Self::parse); tells also what had to be tolerated.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with_deviations(value: &str) -> Result<(Self, Deviations), AddressError> {
        let mut deviations = Deviations::default();
        let trimmed = value.trim_matches(' ');
        if trimmed.len() < value.len() {
            deviations.insert(Deviation::LooseAddress);
        }
        let start = value.len() - value.trim_start_matches(' ').len();

        let (name, bracket) = split_name(trimmed, &mut deviations).map_err(|error| error.behind(start))?;
        let open = start + trimmed.len() - bracket.len();
        let Some(inner) = bracket.strip_prefix('<') else {
            return Err(AddressError::Bracket { offset: open });
        };
        let Some(raw) = inner.strip_suffix('>') else {
            let offset = start + trimmed.len();
            return Err(AddressError::Bracket { offset });
        };
        let uri = escape::decode(raw);
        if !uri::is_absolute(&uri) {
            return Err(AddressError::Uri { offset: open + 1 });
        }
        if !uri::is_plain(raw) {
            deviations.insert(Deviation::BadUri);
        }
        let address = Self {
            name: None,
            uri: uri.into(),
        };
        Ok((address.with_name(&escape::decode(name)), deviations))
    }

    /// The name, without quotes and escapes.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The URI, without the angle brackets.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Whether the URI is one of those that SIP gives to who stays anonymous: its host is `anonymous.invalid`
    /// (RFC 3323 §4.1.1.3).
    pub fn is_anonymous(&self) -> bool {
        let host = self.uri.rsplit_once('@').map(|(_, host)| host);
        host.and_then(|host| host.split([';', '?', ':']).next())
            .is_some_and(|host| host.eq_ignore_ascii_case("anonymous.invalid"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = String::new();
        if let Some(name) = &self.name {
            if name.split(' ').all(is_token_text) {
                value.push_str(name);
                value.push(' ');
            } else {
                value.push('"');
                escape::encode(name, true, &mut value);
                value.push('"');
            }
        }
        value.push('<');
        escape::encode(&self.uri, false, &mut value);
        value.push('>');
        f.pad(&value)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(value: &str) -> Result<Self, AddressError> {
        Self::parse(value)
    }
}

impl AddressError {
    /// The same fault of a text that stands behind others.
    fn behind(self, octets: usize) -> Self {
        match self {
            Self::Name { offset } => Self::Name {
                offset: offset + octets,
            },
            Self::Bracket { offset } => Self::Bracket {
                offset: offset + octets,
            },
            Self::Uri { offset } => Self::Uri {
                offset: offset + octets,
            },
        }
    }
}

fn is_token_text(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token)
}

/// The name with its escapes, and what stands behind it and its spaces.
fn split_name<'a>(value: &'a str, deviations: &mut Deviations) -> Result<(&'a str, &'a str), AddressError> {
    let (name, rest) = match value.strip_prefix('"') {
        Some(quoted) => {
            let end = escape::end_of_string(quoted).ok_or(AddressError::Name { offset: 0 })?;
            let (name, rest) = quoted.split_at_checked(end).unwrap_or_default();
            (name, rest.strip_prefix('"').unwrap_or_default())
        }
        None => {
            // An escape has no place here, but one reading.
            let legal = |character: char| is_token(character) || matches!(character, ' ' | '\\');
            let end = run(value, legal);
            let (name, rest) = value.split_at_checked(end).unwrap_or_default();
            if !rest.starts_with('<') {
                return Err(if rest.is_empty() {
                    AddressError::Bracket { offset: end }
                } else {
                    AddressError::Name { offset: end }
                });
            }
            let tokens = name.strip_suffix(' ').unwrap_or_default();
            if !name.is_empty() && !tokens.split(' ').all(is_token_text) {
                deviations.insert(Deviation::LooseAddress);
            }
            return Ok((name.trim_end_matches(' '), rest));
        }
    };
    let bracket = rest.trim_start_matches(' ');
    if bracket.len() < rest.len() {
        deviations.insert(Deviation::LooseAddress);
    }
    Ok((name, bracket))
}
