use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;
use msrp_multipart::Entity;

use crate::{
    Address, CORE_NAMESPACE, Declaration, Deviation, Deviations, Header, Limits, Message, ParseError,
    Required,
    chars::control,
    error::Notes,
    imdn,
    namespace::{Scope, split_name},
};

/// Reads one message.
pub(crate) struct Reader<'a> {
    octets: &'a Bytes,
    limits: &'a Limits,
    notes: Notes,
    scope: Scope,
    headers: Vec<Header>,
    lines: Vec<Range<usize>>,
    declarations: Vec<Declaration>,
    required: Vec<Required>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a Bytes, limits: &'a Limits, strict: bool) -> Self {
        Self {
            octets,
            limits,
            notes: Notes {
                strict,
                deviations: Deviations::default(),
            },
            scope: Scope::new(),
            headers: Vec::new(),
            lines: Vec::new(),
            declarations: Vec::new(),
            required: Vec::new(),
        }
    }

    pub(crate) fn read(mut self) -> Result<Message, ParseError> {
        let content = self.octets.slice(self.head()?..);
        let content = if self.notes.strict {
            Entity::parse_strict(&content)
        } else {
            Entity::parse(&content)
        };
        let content = content.map_err(ParseError::Content)?;
        if content.headers.field("Content-Type").is_none() {
            return Err(ParseError::MissingContentType);
        }
        Ok(Message {
            octets: self.octets.clone(),
            headers: self.headers,
            lines: self.lines,
            declarations: self.declarations,
            required: self.required,
            content,
            deviations: self.notes.deviations,
        })
    }

    /// Reads the headers; tells where the content begins.
    fn head(&mut self) -> Result<usize, ParseError> {
        let limit = self.limits.header_octets;
        let octets = self.octets.clone();
        // The first line that could be one of the content decides, as it knows all lines behind it.
        let mut may_lack_separator = true;
        let mut at = 0;
        loop {
            let rest = octets.get(at..).unwrap_or_default();
            let in_limit = rest
                .get(..limit.saturating_sub(at).saturating_add(2))
                .unwrap_or(rest);
            let line_end = memmem::find(in_limit, b"\r\n");
            if may_lack_separator && starts_with_ignoring_case(rest, b"Content-") {
                may_lack_separator = false;
                // The limit is not one for lines of the content.
                if memmem::find(rest, b"\r\n").is_some() && has_content_type(rest) {
                    self.notes.add(Deviation::MissingSeparator, at)?;
                    return Ok(at);
                }
            }
            let Some(len) = line_end else {
                return Err(match stray_control(in_limit) {
                    Some(offset) => ParseError::ControlChar { offset: at + offset },
                    None if in_limit.len() < rest.len() => ParseError::TooLong { limit },
                    None => ParseError::MissingContent,
                });
            };
            let line = rest.get(..len).unwrap_or_default();
            if line.is_empty() {
                return Ok(at + 2);
            }
            if at + len + 2 > limit {
                return Err(ParseError::TooLong { limit });
            }
            self.line(line, at)?;
            at += len + 2;
        }
    }

    fn line(&mut self, line: &[u8], at: usize) -> Result<(), ParseError> {
        if self.headers.len() >= self.limits.headers {
            let limit = self.limits.headers;
            return Err(ParseError::TooManyHeaders { limit });
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            return Err(ParseError::LeadingWhitespace { offset: at });
        }
        if let Some(offset) = control(line) {
            return Err(ParseError::ControlChar { offset: at + offset });
        }
        let text = str::from_utf8(line).map_err(|error| ParseError::InvalidUtf8 {
            offset: at + error.valid_up_to(),
        })?;
        let (header, value_at) = Header::read(text, at, &mut self.notes)?;
        let namespace = self.scope.resolve(header.prefix(), header.name());
        if namespace.is_none() {
            self.notes.add(Deviation::UndeclaredPrefix, at)?;
        }
        let header = header.resolved(namespace);
        self.known(&header, value_at)?;
        self.headers.push(header);
        self.lines.push(at..at + line.len() + 2);
        Ok(())
    }

    /// What a header means here, and whether its value is what it should be.
    fn known(&mut self, header: &Header, at: usize) -> Result<(), ParseError> {
        let value = header.value().trim_end_matches(' ');
        match (header.namespace(), header.name()) {
            (Some(CORE_NAMESPACE), "NS") => {
                let declaration = Declaration::read(value).ok_or(ParseError::BadNamespace { offset: at })?;
                if !declaration.has_legal_uri() {
                    self.notes.add(Deviation::BadUri, at)?;
                }
                self.scope.declare(&declaration);
                self.declarations.push(declaration);
                Ok(())
            }
            (Some(CORE_NAMESPACE), "Require") => self.require(value, at),
            (Some(CORE_NAMESPACE), "From" | "To" | "cc")
            | (Some(imdn::NAMESPACE), "Original-To" | "IMDN-Route" | "IMDN-Record-Route") => {
                match Address::parse_with_deviations(value) {
                    Ok((_, deviations)) => self.notes.extend(deviations, at),
                    Err(_) => self.notes.add(Deviation::BadAddress, at),
                }
            }
            (Some(CORE_NAMESPACE), "DateTime") if header.date_time().is_err() => {
                self.notes.add(Deviation::BadDateTime, at)
            }
            (Some(imdn::NAMESPACE), "Message-ID") if !imdn::MessageId::is_token(value) => {
                self.notes.add(Deviation::BadToken, at)
            }
            _ => Ok(()),
        }
    }

    fn require(&mut self, list: &str, at: usize) -> Result<(), ParseError> {
        let mut offset = at;
        for entry in list.split(',').filter(|_| !list.is_empty()) {
            let full_name = entry.trim_matches(' ');
            if full_name.len() < entry.len() {
                self.notes.add(Deviation::SpaceInList, offset)?;
            }
            let (prefix, name) = split_name(full_name).map_err(|_| ParseError::BadRequire { offset })?;
            let namespace = self.scope.resolve(prefix, name);
            if namespace.is_none() {
                self.notes.add(Deviation::UndeclaredPrefix, offset)?;
            }
            self.required.push(Required {
                name: name.into(),
                namespace,
            });
            offset += entry.len() + 1;
        }
        Ok(())
    }
}

/// Whether a line before the first empty one is a Content-Type field: no header of RFC 3862 has that name, so the
/// fields of the content have begun (ruling C1).
fn has_content_type(lines: &[u8]) -> bool {
    let mut rest = lines;
    loop {
        let len = memmem::find(rest, b"\r\n").unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default();
        let name = line.split(|octet| *octet == b':').next().unwrap_or_default();
        if name.len() < line.len() && name.trim_ascii_end().eq_ignore_ascii_case(b"Content-Type") {
            return true;
        }
        match rest.get(len + 2..) {
            Some(behind) if !line.is_empty() => rest = behind,
            _ => return false,
        }
    }
}

/// A control character in a line that has no end yet, but for the CR that may be half of it.
fn stray_control(line: &[u8]) -> Option<usize> {
    control(line.strip_suffix(b"\r").unwrap_or(line))
}

fn starts_with_ignoring_case(line: &[u8], start: &[u8]) -> bool {
    line.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}
