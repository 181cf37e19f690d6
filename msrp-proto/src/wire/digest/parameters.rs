//! The grammar that the three headers share: `name=value`, separated by commas (RFC 4976 §7).

use core::fmt::{self, Write};

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::{fold_many0, many1_count, separated_list1};
use nom::sequence::{delimited, preceded, separated_pair, terminated};
use nom::{IResult, Parser};
use thiserror::Error;

use super::super::chars;

/// A text has a control character in it and cannot be written into a header.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a control character in a text")]
pub struct ParameterError;

/// Why nothing can be read.
pub(super) enum Unread {
    Malformed,
    /// Another scheme than Digest.
    NotDigest,
}

/// Parameters of a header that have not been asked for yet.
pub(super) struct Parameters<'a>(Vec<(&'a str, String)>);

impl<'a> Parameters<'a> {
    /// Reads `"Digest" SP parameter *("," SP parameter)`.
    pub(super) fn of_digest(value: &'a [u8]) -> Result<Self, Unread> {
        let value = trimmed(value).ok_or(Unread::Malformed)?;
        let (rest, scheme) = token(value).map_err(|_| Unread::Malformed)?;
        if !rest.is_empty() && !rest.starts_with(BLANKS) {
            return Err(Unread::Malformed);
        }
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(Unread::NotDigest);
        }
        list(rest).ok_or(Unread::Malformed)
    }

    /// Reads `parameter *("," parameter)`.
    pub(super) fn of(value: &'a [u8]) -> Option<Self> {
        list(trimmed(value)?)
    }

    /// Takes out the parameter of that name, in any case. `Err` if there are several.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<String>, Unread> {
        let mut found = self
            .0
            .extract_if(.., |(given, _)| given.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value);
        match found.next() {
            None => Ok(first),
            Some(_) => Err(Unread::Malformed),
        }
    }

    /// Takes out one that must be there.
    pub(super) fn want(&mut self, name: &str) -> Result<Box<str>, Unread> {
        self.take(name)?.map(Into::into).ok_or(Unread::Malformed)
    }

    /// Those that nobody took.
    pub(super) fn rest(self) -> impl Iterator<Item = (&'a str, String)> {
        self.0.into_iter()
    }
}

/// A text that may stand in a quoted string.
pub(super) fn text(text: &str) -> Result<Box<str>, ParameterError> {
    match chars::is_text(text.as_bytes()) {
        true => Ok(text.into()),
        false => Err(ParameterError),
    }
}

/// Reads a nonce-count: hexadecimal digits, eight of them where the writer keeps to the grammar.
pub(super) fn count(digits: &str) -> Result<u32, Unread> {
    let legal = digits.len() <= 8 && digits.bytes().all(chars::is_hex);
    let count = legal.then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    count.ok_or(Unread::Malformed)
}

/// Reads a hash: hexadecimal digits, in lower case where the writer keeps to the grammar.
pub(super) fn hash(digits: &str) -> Result<Box<str>, Unread> {
    match digits.bytes().all(chars::is_hex) {
        true => Ok(digits.to_ascii_lowercase().into()),
        false => Err(Unread::Malformed),
    }
}

/// Writes a text as a quoted string.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(character)?;
        }
        f.write_char('"')
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// The text without blanks around it; `None` for control characters and for what is not UTF-8.
fn trimmed(value: &[u8]) -> Option<&str> {
    let value = str::from_utf8(value).ok()?;
    chars::is_text(value.as_bytes()).then(|| value.trim_matches(BLANKS))
}

/// One parameter or more, up to the end. Empty places between commas mean nothing (RFC 2616 §2.1).
fn list(input: &str) -> Option<Parameters<'_>> {
    let commas = || many1_count(delimited(blanks, char(','), blanks));
    let list = terminated(separated_list1(commas(), parameter), opt(commas()));
    let (_, list) = all_consuming(preceded(blanks, list)).parse(input).ok()?;
    Some(Parameters(list))
}

fn parameter(input: &str) -> IResult<&str, (&str, String), ()> {
    let equals = delimited(blanks, char('='), blanks);
    separated_pair(token, equals, alt((quoted, plain))).parse(input)
}

fn token(input: &str) -> IResult<&str, &str, ()> {
    let is_token = |character| u8::try_from(character).is_ok_and(chars::is_token);
    take_while1(is_token).parse(input)
}

/// `quoted-string` of RFC 4975 §9, unescaped.
fn quoted(input: &str) -> IResult<&str, String, ()> {
    let plain = take_while1(|character| !matches!(character, '"' | '\\'));
    let escaped = preceded(char('\\'), recognize(one_of("\"\\")));
    let text = fold_many0(alt((plain, escaped)), String::new, |text, part| text + part);
    delimited(char('"'), text, char('"')).parse(input)
}

/// A value without quotes. More than a token can be told: base64, say, and a URI.
fn plain(input: &str) -> IResult<&str, String, ()> {
    let is_plain = |character| !matches!(character, ' ' | '\t' | ',' | '"' | '\\');
    take_while1(is_plain).map(String::from).parse(input)
}

fn blanks(input: &str) -> IResult<&str, &str, ()> {
    take_while(|character| BLANKS.contains(&character)).parse(input)
}
