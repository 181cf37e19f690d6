//! The characters of RFC 3862 §3.6.

/// `NAMECHAR`: names of headers, prefixes and parameters.
pub(crate) fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-^_`|~".contains(character)
}

/// `TOKENCHAR`: names of people, values of parameters, identifiers.
pub(crate) fn is_token(character: char) -> bool {
    is_name(character) || character == '.' || !character.is_ascii()
}

/// Octets of the text that are such characters, from its start.
pub(crate) fn run(text: &str, legal: fn(char) -> bool) -> usize {
    text.find(|character| !legal(character)).unwrap_or(text.len())
}

/// The first octet of the text that is a control character.
pub(crate) fn control(text: &[u8]) -> Option<usize> {
    text.iter().position(u8::is_ascii_control)
}

/// `Language-tag` (RFC 3066 §2.1).
pub(crate) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let short = |part: &str| (1..=8).contains(&part.len());
    parts
        .next()
        .is_some_and(|first| short(first) && first.bytes().all(|octet| octet.is_ascii_alphabetic()))
        && parts.all(|part| short(part) && part.bytes().all(|octet| octet.is_ascii_alphanumeric()))
}
