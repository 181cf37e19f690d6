//! Which prefix stands for which namespace.

use std::rc::Rc;

use super::XmlError;

const MAX_BINDINGS: usize = 64;
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The declarations in force, those of inner elements behind those of outer ones.
#[derive(Default)]
pub(super) struct Scope(Vec<Binding>);

struct Binding {
    /// Empty for the default namespace.
    prefix: Box<str>,
    /// Shared with the elements: a long one under many elements would otherwise fill the memory.
    namespace: Rc<str>,
}

impl Scope {
    /// What [`leave`](Self::leave) takes to forget all that is declared from now on.
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn leave(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    /// Declares a namespace; the prefix is empty for the default one.
    pub(super) fn declare(&mut self, prefix: &str, namespace: String, offset: usize) -> Result<(), XmlError> {
        let reserved = namespace == XML || namespace == XMLNS;
        match prefix {
            "xml" if namespace == XML => return Ok(()),
            "xml" | "xmlns" => return Err(XmlError::Malformed { offset }),
            _ if reserved || (namespace.is_empty() && !prefix.is_empty()) => {
                return Err(XmlError::Malformed { offset });
            }
            _ => {}
        }
        if self.0.len() >= MAX_BINDINGS {
            return Err(XmlError::TooManyNamespaces { offset });
        }
        self.0.push(Binding {
            prefix: prefix.into(),
            namespace: namespace.into(),
        });
        Ok(())
    }

    /// The namespace of a prefix; of the empty one, if there is no default namespace, the empty namespace.
    pub(super) fn resolve(&self, prefix: &str, offset: usize) -> Result<Rc<str>, XmlError> {
        let found = self.0.iter().rfind(|binding| *binding.prefix == *prefix);
        match (found, prefix) {
            (Some(binding), _) => Ok(Rc::clone(&binding.namespace)),
            (None, "") => Ok("".into()),
            (None, "xml") => Ok(XML.into()),
            (None, _) => Err(XmlError::UndeclaredPrefix { offset }),
        }
    }
}
