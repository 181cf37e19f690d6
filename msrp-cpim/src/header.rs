use std::{borrow::Cow, fmt, sync::Arc};

use crate::{
    Address, AddressError, BuildError, CORE_NAMESPACE, DateTime, DateTimeError, Deviation, ParseError,
    chars::{control, is_language, is_name, is_token, run},
    error::Notes,
    escape,
    namespace::split_name,
};

/// A header of a message/cpim: `prefix.Name:;parameter=value Value` (RFC 3862 §3.6).
///
/// What identifies it is the [namespace](Self::namespace) that its prefix stands for, together with its name
/// (RFC 3862 §3.4); [`is`](Self::is) compares both. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    prefix: Option<Box<str>>,
    name: Box<str>,
    namespace: Option<Arc<str>>,
    parameters: Vec<Parameter>,
    value: Box<str>,
}

#[derive(Clone, PartialEq, Eq)]
struct Parameter {
    name: Box<str>,
    /// As it is on the wire, with its quotes.
    raw: Box<str>,
}

impl Header {
    /// The number of parameters above which reading and building fail.
    pub const MAX_PARAMETERS: usize = 32;

    /// A header whose value is text, of any characters: control characters, line ends among them, are written as
    /// escapes (RFC 3862 §2.3.1). The name may have a prefix.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadHeaderName`], and [`BuildError::TrailingWhitespace`] for a text that ends with a SP.
    pub fn new(name: &str, text: &str) -> Result<Self, BuildError> {
        let mut value = String::with_capacity(text.len());
        escape::encode(text, false, &mut value);
        Self::from_value(name, &value)
    }

    /// A header whose value has a grammar of its own and is written as it is.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and [`BuildError::ControlChar`].
    pub fn from_value(name: &str, value: &str) -> Result<Self, BuildError> {
        let (prefix, name) = split_name(name).map_err(|offset| BuildError::BadHeaderName { offset })?;
        if let Some(offset) = control(value.as_bytes()) {
            return Err(BuildError::ControlChar { offset });
        }
        if value.ends_with(' ') {
            return Err(BuildError::TrailingWhitespace);
        }
        Ok(Self {
            prefix: prefix.map(Into::into),
            name: name.into(),
            namespace: None,
            parameters: Vec::new(),
            value: value.into(),
        })
    }

    /// The same with the language of its text (RFC 3862 §3.3).
    ///
    /// # Errors
    ///
    /// [`BuildError::BadLanguage`] if it is no language tag, and as [`with_parameter`](Self::with_parameter).
    pub fn with_language(self, tag: &str) -> Result<Self, BuildError> {
        if !is_language(tag) {
            return Err(BuildError::BadLanguage);
        }
        self.with_raw_parameter("lang", tag.into())
    }

    /// The same with one parameter more, of any characters: a value that is no token is quoted.
    ///
    /// # Errors
    ///
    /// [`BuildError::BadHeaderName`] if its name is none, [`BuildError::BadLanguage`] if it is `lang`, which has
    /// [a method of its own](Self::with_language), [`BuildError::ExtraParameter`] if there is one of that name, or
    /// there are [`MAX_PARAMETERS`](Self::MAX_PARAMETERS).
    pub fn with_parameter(self, name: &str, value: &str) -> Result<Self, BuildError> {
        if name == "lang" {
            return Err(BuildError::BadLanguage);
        }
        let offset = run(name, is_name);
        if name.is_empty() || offset < name.len() {
            return Err(BuildError::BadHeaderName { offset });
        }
        let is_plain = !value.is_empty() && value.chars().all(is_token);
        let mut raw = String::with_capacity(value.len() + 2);
        if is_plain {
            raw.push_str(value);
        } else {
            raw.push('"');
            escape::encode(value, true, &mut raw);
            raw.push('"');
        }
        self.with_raw_parameter(name, raw)
    }

    /// The prefix, as it is in this message; what it stands for is [the namespace](Self::namespace).
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The name without the prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URI of the namespace; `None` if the prefix is not declared, or the header is not part of a message yet.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Whether the header has this name in this namespace; case counts.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace() == Some(namespace) && *self.name == *name
    }

    /// Whether RFC 3862 defines the header (§4).
    pub fn is_core(&self) -> bool {
        let core = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"];
        self.namespace() == Some(CORE_NAMESPACE) && core.contains(&&*self.name)
    }

    /// The value as it is on the wire.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value as text: escapes are decoded. **It may hold control characters, line ends too.**
    pub fn text(&self) -> Cow<'_, str> {
        escape::decode(&self.value)
    }

    /// The language of the text, `i-default` if none is given (RFC 3862 §3.3).
    pub fn language(&self) -> Cow<'_, str> {
        self.parameter("lang").unwrap_or(Cow::Borrowed("i-default"))
    }

    /// The value of a parameter, without quotes and escapes; case counts in the name.
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// Names and values of the parameters, in their order; no name stands twice.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, Cow<'_, str>)> {
        self.parameters
            .iter()
            .map(|parameter| (&*parameter.name, parameter.value()))
    }

    /// The value as an address, which it is in From, To, cc and some headers of disposition notification.
    ///
    /// # Errors
    ///
    /// [`AddressError`] if it is none.
    pub fn address(&self) -> Result<Address, AddressError> {
        Address::parse(&self.value)
    }

    /// The value as date and time, which it is in DateTime.
    ///
    /// # Errors
    ///
    /// [`DateTimeError`] if it is none.
    pub fn date_time(&self) -> Result<DateTime, DateTimeError> {
        DateTime::parse(self.value.trim_end_matches(' '))
    }

    /// Reads a line without its line end, which stands at `at`. With the header comes where its value begins.
    pub(crate) fn read(line: &str, at: usize, notes: &mut Notes) -> Result<(Self, usize), ParseError> {
        let end = run(line, |character| is_name(character) || character == '.');
        let (full_name, rest) = line.split_at_checked(end).unwrap_or_default();
        let (prefix, name) =
            split_name(full_name).map_err(|offset| ParseError::BadHeaderName { offset: at + offset })?;
        let Some(mut rest) = rest.strip_prefix(':') else {
            return Err(ParseError::BadHeaderName { offset: at + end });
        };
        let place = |rest: &str| at + line.len() - rest.len();

        let mut parameters: Vec<Parameter> = Vec::new();
        while let Some(text) = rest.strip_prefix(';') {
            let offset = place(text);
            if parameters.len() >= Self::MAX_PARAMETERS {
                return Err(ParseError::TooManyParameters { offset });
            }
            let (parameter, behind) = Parameter::read(text).ok_or(ParseError::BadParameter { offset })?;
            if parameters.iter().any(|other| other.name == parameter.name) {
                return Err(ParseError::DuplicateParameter { offset });
            }
            if &*parameter.name == "lang" && !is_language(&parameter.raw) {
                notes.add(Deviation::BadLanguage, offset)?;
            }
            if escape::is_needless(&parameter.raw) {
                notes.add(Deviation::NeedlessEscape, offset)?;
            }
            parameters.push(parameter);
            rest = behind;
        }

        let value = rest.strip_prefix(' ').unwrap_or(rest);
        if value.len() == rest.len() {
            notes.add(Deviation::MissingSpace, place(rest))?;
        }
        if escape::is_needless(value) {
            notes.add(Deviation::NeedlessEscape, place(value))?;
        }
        if value.ends_with(' ') {
            notes.add(Deviation::TrailingWhitespace, at + line.len() - 1)?;
        }
        let header = Self {
            prefix: prefix.map(Into::into),
            name: name.into(),
            namespace: None,
            parameters,
            value: value.into(),
        };
        Ok((header, place(value)))
    }

    /// A header of legal parts.
    pub(crate) fn of_parts(prefix: &str, name: &str, value: &str) -> Self {
        Self {
            prefix: Some(prefix.into()),
            name: name.into(),
            namespace: None,
            parameters: Vec::new(),
            value: value.into(),
        }
    }

    /// Gives the header its place in a namespace.
    pub(crate) fn resolved(self, namespace: Option<Arc<str>>) -> Self {
        Self { namespace, ..self }
    }

    /// Appends the line with its line end.
    pub(crate) fn write(&self, to: &mut String) {
        if let Some(prefix) = &self.prefix {
            to.push_str(prefix);
            to.push('.');
        }
        to.push_str(&self.name);
        to.push(':');
        for parameter in &self.parameters {
            to.push(';');
            to.push_str(&parameter.name);
            to.push('=');
            to.push_str(&parameter.raw);
        }
        to.push(' ');
        to.push_str(&self.value);
        to.push_str("\r\n");
    }

    fn with_raw_parameter(mut self, name: &str, raw: String) -> Result<Self, BuildError> {
        let has = self.parameters.iter().any(|other| *other.name == *name);
        if has || self.parameters.len() >= Self::MAX_PARAMETERS {
            return Err(BuildError::ExtraParameter);
        }
        self.parameters.push(Parameter {
            name: name.into(),
            raw: raw.into(),
        });
        Ok(self)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("name", &self.name)
            .field("namespace", &self.namespace)
            .field("value", &format_args!("{} octets", self.value.len()))
            .finish_non_exhaustive()
    }
}

impl Parameter {
    /// `name=value`, and what stands behind it.
    fn read(text: &str) -> Option<(Self, &str)> {
        let (name, rest) = text.split_at_checked(run(text, is_name))?;
        let value = rest.strip_prefix('=')?;
        let end = match value.strip_prefix('"') {
            Some(string) => escape::end_of_string(string)? + 2,
            None => run(value, is_token),
        };
        let (raw, rest) = value.split_at_checked(end)?;
        let parameter = Self {
            name: name.into(),
            raw: raw.into(),
        };
        (!name.is_empty() && !raw.is_empty()).then_some((parameter, rest))
    }

    fn value(&self) -> Cow<'_, str> {
        match self.raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            Some(inner) => escape::decode(inner),
            None => Cow::Borrowed(&self.raw),
        }
    }
}
