use core::ops::Range;
use std::rc::Rc;

/// An element with what is in it. Attributes are not kept but for the language.
pub(crate) struct Element {
    /// Empty if it is in none.
    pub(crate) namespace: Rc<str>,
    pub(crate) name: Box<str>,
    /// The value of `xml:lang`.
    pub(crate) language: Option<String>,
    /// Its own character data, that before, between and behind the children together.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
    /// From the `<` of the start tag to the `>` of the end tag, in octets of the document.
    pub(crate) span: Range<usize>,
}

impl Element {
    pub(crate) fn is(&self, namespace: &str, name: &str) -> bool {
        &*self.namespace == namespace && &*self.name == name
    }

    /// The offset in octets.
    pub(crate) const fn offset(&self) -> usize {
        self.span.start
    }

    pub(crate) fn children_of<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| &*child.namespace == namespace)
    }

    /// The child of that name, of which there must not be a second one.
    ///
    /// # Errors
    ///
    /// The offset of the second one.
    pub(crate) fn only(&self, namespace: &str, name: &str) -> Result<Option<&Self>, usize> {
        let mut named = self.children.iter().filter(|child| child.is(namespace, name));
        let first = named.next();
        match named.next() {
            Some(second) => Err(second.offset()),
            None => Ok(first),
        }
    }
}
