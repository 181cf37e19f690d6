//! The escapes by which control characters get into a header (RFC 3862 §2.3).

use std::{borrow::Cow, fmt::Write as _};

/// Appends text as a header value holds it. Escaped is what has to be and nothing else (RFC 3862 §2.3.1); double
/// quotes have to be in a quoted string only.
pub(crate) fn encode(text: &str, in_string: bool, to: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => to.push_str("\\\\"),
            '\u{8}' => to.push_str("\\b"),
            '\t' => to.push_str("\\t"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '"' if in_string => to.push_str("\\\""),
            control if control.is_ascii_control() => {
                // Writing to a String does not fail.
                let _ = write!(to, "\\u{:04x}", u32::from(control));
            }
            other => to.push(other),
        }
    }
}

/// The text that a value stands for. Every backslash begins an escape (ruling C5).
pub(crate) fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let escape = Escape::read(escape);
        text.extend(escape.character);
        rest = escape.rest;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Whether the value has an escape that RFC 3862 §2.3.1 forbids a writer, wherever it stands.
pub(crate) fn is_needless(value: &str) -> bool {
    let mut rest = value;
    while let Some((_, escape)) = rest.split_once('\\') {
        let escape = Escape::read(escape);
        if !escape.is_legal {
            return true;
        }
        rest = escape.rest;
    }
    false
}

/// Where the closing quote of a string stands whose opening one has been taken away.
pub(crate) fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|octet| {
        let ends = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        ends
    })
}

struct Escape<'a> {
    /// `None` if the value ends with the backslash.
    character: Option<char>,
    is_legal: bool,
    rest: &'a str,
}

impl<'a> Escape<'a> {
    /// What stands behind a backslash.
    fn read(behind: &'a str) -> Self {
        if let Some((unit, rest)) = code_unit(behind) {
            return Self::of_unit(unit, rest);
        }
        let mut characters = behind.chars();
        let first = characters.next();
        let character = first.map(|first| match first {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            other => other,
        });
        Self {
            character,
            is_legal: first.is_some_and(|first| "btnr\\\"'".contains(first)),
            rest: characters.as_str(),
        }
    }

    /// Pairs of surrogates are one character, a lone one stands for none (ruling C6).
    fn of_unit(unit: u16, rest: &'a str) -> Self {
        let pair = rest.strip_prefix('\\').and_then(code_unit);
        let low = pair.map(|(low, _)| low);
        let mut decoded = char::decode_utf16([Some(unit), low].into_iter().flatten());
        let first = decoded.next().and_then(Result::ok);
        let rest = match pair {
            Some((_, behind)) if decoded.next().is_none() => behind,
            _ => rest,
        };
        let character = first.unwrap_or(char::REPLACEMENT_CHARACTER);
        Self {
            character: Some(character),
            is_legal: character.is_ascii_control(),
            rest,
        }
    }
}

/// `u` and four hexadecimal digits.
fn code_unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.strip_prefix('u')?.split_at_checked(4)?;
    let legal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| legal)?;
    Some((unit, rest))
}
