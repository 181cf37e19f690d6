use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use crate::{
    chars::{is_name, run},
    escape, uri,
};

/// The namespace of the headers that RFC 3862 defines; names without a prefix are in it, until an NS header says
/// otherwise.
pub const CORE_NAMESPACE: &str = "urn:ietf:params:cpim-headers:";

/// The URI of a header of RFC 3862: its namespace and its name, with what a URN may not hold percent-encoded
/// (RFC 3862 §7.2).
pub fn core_header_uri(name: &str) -> String {
    let mut uri = String::from(CORE_NAMESPACE);
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || b"()+,-.:=@;$_!*'".contains(&octet) {
            uri.push(char::from(octet));
        } else {
            // Writing to a String does not fail.
            let _ = write!(uri, "%{octet:02X}");
        }
    }
    uri
}

/// What an NS header says (RFC 3862 §4.6): which namespace a prefix stands for from there on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub(crate) prefix: Option<Box<str>>,
    pub(crate) uri: Arc<str>,
}

impl Declaration {
    /// The prefix; `None` for the default namespace, that of names without one.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The URI of the namespace.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The value of an NS header. Between prefix and URI there may be spaces, or none (ruling C3).
    pub(crate) fn read(value: &str) -> Option<Self> {
        let (prefix, rest) = value.split_at_checked(run(value, is_name))?;
        let uri = rest.trim_matches(' ').strip_prefix('<')?.strip_suffix('>')?;
        // As wherever they stand in a value (RFC 3862 §2.3.1): other readers decode them, too, and which headers are
        // those of RFC 3862 must not depend on who reads.
        let uri = escape::decode(uri);
        let forbidden = |character: char| "<> ".contains(character);
        (!uri.is_empty() && !uri.contains(forbidden)).then(|| Self {
            prefix: Some(prefix).filter(|prefix| !prefix.is_empty()).map(Into::into),
            uri: uri.as_ref().into(),
        })
    }

    pub(crate) fn has_legal_uri(&self) -> bool {
        uri::is_namespace(&self.uri)
    }

    /// The value of an NS header.
    pub(crate) fn value(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix} <{}>", self.uri),
            None => format!("<{}>", self.uri),
        }
    }
}

/// What the prefixes stand for at one place of a message.
pub(crate) struct Scope {
    core: Arc<str>,
    default: Arc<str>,
    prefixes: BTreeMap<Box<str>, Arc<str>>,
}

impl Scope {
    /// Where no NS header has been yet.
    pub(crate) fn new() -> Self {
        let core: Arc<str> = CORE_NAMESPACE.into();
        Self {
            default: core.clone(),
            core,
            prefixes: BTreeMap::new(),
        }
    }

    /// From here on it holds; of several declarations of a prefix the last (ruling C9).
    pub(crate) fn declare(&mut self, declaration: &Declaration) {
        let uri = declaration.uri.clone();
        match &declaration.prefix {
            Some(prefix) => drop(self.prefixes.insert(prefix.clone(), uri)),
            None => self.default = uri,
        }
    }

    /// The namespace of a header; `None` if its prefix is not declared. NS and Require keep theirs whatever the
    /// default is (ruling C8).
    pub(crate) fn resolve(&self, prefix: Option<&str>, name: &str) -> Option<Arc<str>> {
        match prefix {
            Some(prefix) => self.prefixes.get(prefix).cloned(),
            None if matches!(name, "NS" | "Require") => Some(self.core.clone()),
            None => Some(self.default.clone()),
        }
    }

    /// A prefix that stands for the namespace.
    pub(crate) fn prefix_of(&self, namespace: &str) -> Option<&str> {
        let mut prefixes = self.prefixes.iter();
        prefixes
            .find(|(_, uri)| &***uri == namespace)
            .map(|(prefix, _)| &**prefix)
    }

    /// A prefix that stands for nothing yet: this one, or one like it.
    pub(crate) fn unused_prefix(&self, wish: &str) -> String {
        let mut prefix = wish.to_owned();
        while self.prefixes.contains_key(prefix.as_str()) {
            prefix.push('-');
        }
        prefix
    }

    /// What a prefix stands for.
    pub(crate) fn namespace_of(&self, prefix: &str) -> Option<&str> {
        self.prefixes.get(prefix).map(|uri| &**uri)
    }
}

/// A name and its prefix; `None` with the offset of what is illegal in it.
pub(crate) fn split_name(text: &str) -> Result<(Option<&str>, &str), usize> {
    let (prefix, name, start) = match text.split_once('.') {
        Some((prefix, name)) => (Some(prefix), name, prefix.len() + 1),
        None => (None, text, 0),
    };
    if let Some(prefix) = prefix {
        whole_name(prefix)?;
    }
    whole_name(name).map_err(|offset| start + offset)?;
    Ok((prefix, name))
}

fn whole_name(text: &str) -> Result<(), usize> {
    match run(text, is_name) {
        end if end < text.len() || text.is_empty() => Err(end),
        _ => Ok(()),
    }
}
