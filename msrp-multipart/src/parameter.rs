use alloc::{boxed::Box, vec::Vec};
use core::{
    fmt,
    hash::{Hash, Hasher},
    str::from_utf8,
};

use crate::{MediaTypeError, chars};

/// One parameter of a media type or a disposition: `gen-param` of RFC 4975 §9, `parameter` of RFC 2045 §5.1.
///
/// Two parameters are equal if their names are the same without case and their values are the same octets;
/// the value of `charset` is compared without case (RFC 2046 §4.1.2). Quotes and escapes are not part of a
/// value, so it does not matter whether they were there.
#[derive(Clone)]
pub struct Parameter {
    name: Box<str>,
    value: Option<Box<[u8]>>,
}

impl Parameter {
    /// The name as it was spelled.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value without quotes and escapes; `None` for a parameter without `=`.
    pub fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// The value, if there is one and it is UTF-8 (RFC 3629).
    pub fn value_str(&self) -> Option<&str> {
        self.value().and_then(|value| from_utf8(value).ok())
    }

    /// Whether the parameter has this name; case does not count.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn new(name: &str, value: &str) -> Result<Self, MediaTypeError> {
        chars::check_token(name).map_err(|offset| MediaTypeError::ParameterName { offset })?;
        if let Some(offset) = value.bytes().position(|octet| !chars::is_text(octet)) {
            return Err(MediaTypeError::ControlCharacter { offset });
        }
        Ok(Self::unchecked(name, value))
    }

    /// A parameter whose name is a token, and whose value has no control character.
    pub(crate) fn unchecked(name: &str, value: &str) -> Self {
        Self {
            name: name.into(),
            value: Some(value.as_bytes().into()),
        }
    }

    pub(crate) fn from_raw(raw: &RawParameter<'_>) -> Self {
        Self {
            name: chars::ascii_str(raw.name).into(),
            value: raw.value.map(|value| unescaped(value).collect()),
        }
    }

    /// Appends the parameter, the `;` before it included.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(b';');
        out.extend_from_slice(self.name.as_bytes());
        let Some(value) = self.value() else { return };
        out.push(b'=');
        if !value.is_empty() && value.iter().copied().all(chars::is_token) {
            out.extend_from_slice(value);
            return;
        }
        out.push(b'"');
        for &octet in value {
            if matches!(octet, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(octet);
        }
        out.push(b'"');
    }

    /// The name in the spelling that comparing, sorting and hashing go by.
    pub(crate) fn folded_name(&self) -> impl Iterator<Item = u8> {
        self.name.bytes().map(|octet| octet.to_ascii_lowercase())
    }
}

impl PartialEq for Parameter {
    fn eq(&self, other: &Self) -> bool {
        self.is_named(&other.name)
            && match (self.value(), other.value()) {
                (Some(mine), Some(theirs)) if has_folded_value(self.name.as_bytes()) => {
                    mine.eq_ignore_ascii_case(theirs)
                }
                (mine, theirs) => mine == theirs,
            }
    }
}

impl Eq for Parameter {}

impl Hash for Parameter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded_name().for_each(|octet| state.write_u8(octet));
        // No token holds this octet: it ends the name as the end of a `str` does.
        state.write_u8(0xFF);
        match &self.value {
            Some(value) if has_folded_value(self.name.as_bytes()) => {
                Some(value.to_ascii_lowercase()).hash(state);
            }
            value => value.as_deref().hash(state),
        }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name)
            .field("value", &self.value().map(|value| value.escape_ascii()))
            .finish()
    }
}

/// A parameter as it stands in the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawParameter<'a> {
    /// The input from the name on.
    pub(crate) at: &'a [u8],
    pub(crate) name: &'a [u8],
    /// Without the quotes, but with escapes and folds.
    pub(crate) value: Option<&'a [u8]>,
}

impl RawParameter<'_> {
    pub(crate) fn is_named(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Compares the values as [`Parameter`] does, given that the names are the same.
    pub(crate) fn has_value_of(&self, other: &Self) -> bool {
        match (self.value, other.value) {
            (None, None) => true,
            (Some(mine), Some(theirs)) if has_folded_value(self.name) => unescaped(mine)
                .map(|octet| octet.to_ascii_lowercase())
                .eq(unescaped(theirs).map(|octet| octet.to_ascii_lowercase())),
            (Some(mine), Some(theirs)) => unescaped(mine).eq(unescaped(theirs)),
            _ => false,
        }
    }
}

/// The octets a value stands for. Values without quotes hold neither a backslash nor a line end, so they pass
/// unchanged.
fn unescaped(mut raw: &[u8]) -> impl Iterator<Item = u8> {
    core::iter::from_fn(move || {
        // At most one fold stands in front of an octet, because a fold has a blank behind it.
        let unfolded = raw.strip_prefix(b"\r\n").unwrap_or(raw);
        let literal = unfolded.strip_prefix(b"\\").unwrap_or(unfolded);
        let (&octet, rest) = literal.split_first()?;
        raw = rest;
        Some(octet)
    })
}

fn has_folded_value(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"charset")
}
