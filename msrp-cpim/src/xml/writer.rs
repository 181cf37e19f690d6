use super::chars::first_illegal;

/// Appends elements to a document. Names and namespaces are those of the program, texts those of anybody:
/// whatever is in a text is read back as text.
pub(crate) struct Writer(String);

impl Writer {
    /// A document with the declaration of its encoding and the start tag of its element.
    pub(crate) fn new(root: &str, namespace: &str) -> Self {
        Self(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">"
        ))
    }

    /// Appends a start tag.
    pub(crate) fn open(&mut self, name: &str) {
        self.markup(&["<", name, ">"]);
    }

    /// Appends an end tag.
    pub(crate) fn close(&mut self, name: &str) {
        self.markup(&["</", name, ">"]);
    }

    /// Appends an element without anything in it.
    pub(crate) fn empty(&mut self, name: &str) {
        self.markup(&["<", name, "/>"]);
    }

    /// Appends an element with one attribute and nothing in it.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text), for the value.
    pub(crate) fn empty_with(&mut self, name: &str, attribute: &str, value: &str) -> Result<(), usize> {
        self.markup(&["<", name, " ", attribute, "=\""]);
        self.escaped(value)?;
        self.markup(&["\"/>"]);
        Ok(())
    }

    /// Appends an element with text.
    ///
    /// # Errors
    ///
    /// The offset in octets of the first character that XML 1.0 forbids, even as a reference; nothing could
    /// be put in its place that says the same.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> Result<(), usize> {
        self.open(name);
        self.escaped(text)?;
        self.close(name);
        Ok(())
    }

    /// Appends an element with a decimal number.
    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.markup(&["<", name, ">", &number.to_string(), "</", name, ">"]);
    }

    /// Appends the start tag of an element with the language of what is in it.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text), for the language.
    pub(crate) fn open_in_language(&mut self, name: &str, language: &str) -> Result<(), usize> {
        self.markup(&["<", name, " xml:lang=\""]);
        self.escaped(language)?;
        self.markup(&["\">"]);
        Ok(())
    }

    /// Appends text to the open element.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text).
    pub(crate) fn escaped(&mut self, text: &str) -> Result<(), usize> {
        if let Some(offset) = first_illegal(text) {
            return Err(offset);
        }
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // Readers turn a line end into LF, and in attributes all of these into blanks.
                '\t' => self.0.push_str("&#9;"),
                '\n' => self.0.push_str("&#10;"),
                '\r' => self.0.push_str("&#13;"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self, root: &str) -> Vec<u8> {
        self.close(root);
        self.0.into_bytes()
    }

    fn markup(&mut self, pieces: &[&str]) {
        pieces.iter().for_each(|piece| self.0.push_str(piece));
    }
}
