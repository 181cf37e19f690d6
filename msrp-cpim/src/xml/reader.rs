use core::str::from_utf8;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, QName};

use super::chars::{first_illegal, is_blank, is_legal, is_name};
use super::scope::Scope;
use super::{Element, XmlError};

/// Octets of a document; either format has a few hundred.
pub(crate) const MAX_LENGTH: usize = 65_536;

const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a whole document. A byte order mark is no error: UTF-8 may have one (XML 1.0 §4.3.3).
pub(crate) fn read(document: &[u8]) -> Result<Element, XmlError> {
    if document.len() > MAX_LENGTH {
        return Err(XmlError::TooLong { limit: MAX_LENGTH });
    }
    let octets = document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document);
    let base = document.len().saturating_sub(octets.len());
    let text = from_utf8(octets).map_err(|error| XmlError::Encoding {
        offset: base.saturating_add(error.valid_up_to()),
    })?;
    if let Some(illegal) = first_illegal(text) {
        return Err(XmlError::Character {
            offset: base.saturating_add(illegal),
        });
    }

    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let position = |reader: &Reader<&[u8]>| base.saturating_add(offset_of(reader.buffer_position()));

    let mut tree = Tree::default();
    loop {
        let offset = position(&reader);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let found_at = base.saturating_add(offset_of(reader.error_position()));
                return Err(tree.fault(&error, found_at.max(offset)));
            }
        };
        match event {
            Event::Start(tag) => tree.open(&tag, offset)?,
            Event::Empty(tag) => {
                tree.open(&tag, offset)?;
                tree.close(position(&reader), offset)?;
            }
            Event::End(_) => tree.close(position(&reader), offset)?,
            Event::Text(text) if text.contains("]]>") => return Err(XmlError::Malformed { offset }),
            Event::Text(text) => tree.text(&text.xml10_content(), offset)?,
            Event::CData(_) if tree.open.is_empty() => return Err(tree.outside(offset)),
            Event::CData(text) => tree.text(&text.xml10_content(), offset)?,
            Event::GeneralRef(_) if tree.open.is_empty() => return Err(tree.outside(offset)),
            Event::GeneralRef(reference) => {
                let character = resolve(&reference, offset)?;
                tree.text(character.encode_utf8(&mut [0; 4]), offset)?;
            }
            Event::Decl(declaration) if offset == base => check_declaration(&declaration, offset)?,
            Event::PI(instruction) if is_name(instruction.target()) => {}
            Event::Decl(_) | Event::PI(_) => return Err(XmlError::Malformed { offset }),
            Event::Comment(_) => {}
            Event::DocType(_) => return Err(XmlError::Doctype { offset }),
            Event::Eof => return tree.finish(),
        }
    }
}

/// The elements read so far.
#[derive(Default)]
struct Tree {
    /// Those that are open, the innermost last, with the declarations that were in force before each.
    open: Vec<(Element, usize)>,
    root: Option<Element>,
    scope: Scope,
    elements: usize,
}

impl Tree {
    fn open(&mut self, tag: &BytesStart<'_>, offset: usize) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(XmlError::Trailing { offset });
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::TooDeep { offset });
        }
        if self.elements >= MAX_ELEMENTS {
            return Err(XmlError::TooManyElements { offset });
        }
        self.elements = self.elements.saturating_add(1);

        let mark = self.scope.mark();
        let mut language = None;
        let mut prefixes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| XmlError::Malformed { offset })?;
            let value = attribute_value(&attribute.value, offset)?;
            match attribute.key.as_namespace_binding() {
                Some(PrefixDeclaration::Default) => self.scope.declare("", value, offset)?,
                Some(PrefixDeclaration::Named(prefix)) if is_name(prefix) => {
                    self.scope.declare(prefix, value, offset)?;
                }
                Some(PrefixDeclaration::Named(_)) => return Err(XmlError::Malformed { offset }),
                None => {
                    let (prefix, name) = split(attribute.key, offset)?;
                    match (prefix, name) {
                        ("xml", "lang") => language = Some(value),
                        _ => prefixes.push(prefix),
                    }
                }
            }
        }
        // A declaration holds for the attributes before it as well.
        for prefix in prefixes {
            self.scope.resolve(prefix, offset)?;
        }
        let (prefix, name) = split(tag.name(), offset)?;
        let element = Element {
            namespace: self.scope.resolve(prefix, offset)?,
            name: name.into(),
            language,
            text: String::new(),
            children: Vec::new(),
            span: offset..offset,
        };
        self.open.push((element, mark));
        Ok(())
    }

    fn close(&mut self, end: usize, offset: usize) -> Result<(), XmlError> {
        let Some((mut element, mark)) = self.open.pop() else {
            return Err(XmlError::Mismatched { offset });
        };
        element.span.end = end;
        self.scope.leave(mark);
        match self.open.last_mut() {
            Some((parent, _)) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some((element, _)) => element.text.push_str(text),
            None if is_blank(text) => {}
            None => return Err(self.outside(offset)),
        }
        Ok(())
    }

    /// What it means that there is something outside all elements.
    const fn outside(&self, offset: usize) -> XmlError {
        match self.root {
            Some(_) => XmlError::Trailing { offset },
            None => XmlError::Malformed { offset },
        }
    }

    fn fault(&self, error: &Error, offset: usize) -> XmlError {
        match error {
            Error::Syntax(SyntaxError::UnclosedDoctype)
            | Error::IllFormed(IllFormedError::MissingDoctypeName) => XmlError::Doctype { offset },
            Error::IllFormed(IllFormedError::MismatchedEndTag { .. }) => XmlError::Mismatched { offset },
            Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => self.outside(offset),
            _ => XmlError::Malformed { offset },
        }
    }

    fn finish(self) -> Result<Element, XmlError> {
        if let Some((element, _)) = self.open.last() {
            return Err(XmlError::Unclosed {
                offset: element.offset(),
            });
        }
        self.root.ok_or(XmlError::NoElement)
    }
}

fn offset_of(position: u64) -> usize {
    // The document has been measured, so that this cannot saturate.
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn check_declaration(declaration: &BytesDecl<'_>, offset: usize) -> Result<(), XmlError> {
    // Any 1.x is to be read as 1.0 (XML 1.0 §2.8).
    let version = declaration
        .version()
        .map_err(|_| XmlError::Malformed { offset })?;
    if !version.strip_prefix("1.").is_some_and(is_decimal) {
        return Err(XmlError::Malformed { offset });
    }
    match declaration.encoding() {
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("UTF-8") => Ok(()),
        Some(Ok(_)) => Err(XmlError::Encoding { offset }),
        Some(Err(_)) => Err(XmlError::Malformed { offset }),
        None => Ok(()),
    }
}

/// Prefix and local name; the prefix is empty if there is none.
fn split(name: QName<'_>, offset: usize) -> Result<(&str, &str), XmlError> {
    let (prefix, local) = name.0.split_once(':').unwrap_or(("", name.0));
    let prefixed = name.0.contains(':');
    if is_name(local) && (!prefixed || is_name(prefix)) {
        Ok((prefix, local))
    } else {
        Err(XmlError::Malformed { offset })
    }
}

/// The value of an attribute with its references resolved and its white space normalized (XML §3.3.3).
fn attribute_value(raw: &str, offset: usize) -> Result<String, XmlError> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(special) = rest.find(['&', '<', '\t', '\r', '\n']) {
        let (plain, from) = rest.split_at(special);
        value.push_str(plain);
        if let Some(reference) = from.strip_prefix('&') {
            let (name, behind) = reference.split_once(';').ok_or(XmlError::Malformed { offset })?;
            value.push(resolve(name, offset)?);
            rest = behind;
        } else if from.starts_with('<') {
            return Err(XmlError::Malformed { offset });
        } else {
            value.push(' ');
            let end = if from.starts_with("\r\n") { 2 } else { 1 };
            rest = from.get(end..).unwrap_or_default();
        }
    }
    value.push_str(rest);
    Ok(value)
}

/// The character of a reference, of which the part between `&` and `;` is given.
fn resolve(reference: &str, offset: usize) -> Result<char, XmlError> {
    let Some(number) = reference.strip_prefix('#') else {
        return match reference {
            "amp" => Ok('&'),
            "apos" => Ok('\''),
            "gt" => Ok('>'),
            "lt" => Ok('<'),
            "quot" => Ok('"'),
            _ => Err(XmlError::Entity { offset }),
        };
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` alone would take a sign.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(XmlError::Malformed { offset });
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|character| is_legal(*character))
        .ok_or(XmlError::Character { offset })
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}
