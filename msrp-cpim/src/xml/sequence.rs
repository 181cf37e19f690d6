//! What a schema says about the elements in one element, and what of it was not kept.

use super::{DocumentDeviation, DocumentDeviations, Element, XmlError, is_blank};

/// The deviations of a document that is being read.
pub(crate) struct Findings {
    strict: bool,
    found: DocumentDeviations,
}

impl Findings {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            found: DocumentDeviations::default(),
        }
    }

    pub(crate) const fn into_deviations(self) -> DocumentDeviations {
        self.found
    }

    /// Records a deviation.
    ///
    /// # Errors
    ///
    /// [`XmlError::Deviation`] if none is tolerated.
    pub(crate) fn note(&mut self, deviation: DocumentDeviation, offset: usize) -> Result<(), XmlError> {
        if self.strict {
            return Err(XmlError::Deviation { deviation, offset });
        }
        self.found.insert(deviation);
        Ok(())
    }

    /// Looks whether the children are those of the schema: the ones of `namespace` in the order of `names`,
    /// behind them any of other namespaces, and no text.
    pub(crate) fn sequence(
        &mut self,
        element: &Element,
        namespace: &str,
        names: &[&str],
    ) -> Result<(), XmlError> {
        if !is_blank(&element.text) {
            self.note(DocumentDeviation::StrayText, element.offset())?;
        }
        let mut last = 0;
        for child in &element.children {
            let own = &*child.namespace == namespace;
            let known = own.then(|| names.iter().position(|name| **name == *child.name));
            let rank = match known.flatten() {
                Some(rank) => rank,
                None if own || child.namespace.is_empty() => {
                    self.note(DocumentDeviation::UnknownElement, child.offset())?;
                    continue;
                }
                None => names.len(),
            };
            if rank < last {
                self.note(DocumentDeviation::Misplaced, child.offset())?;
            }
            last = rank;
        }
        Ok(())
    }

    /// The text of an element that has no elements in it.
    pub(crate) fn leaf<'a>(&mut self, element: &'a Element) -> Result<&'a str, XmlError> {
        if let Some(child) = element.children.first() {
            self.note(DocumentDeviation::UnknownElement, child.offset())?;
        }
        Ok(&element.text)
    }
}
