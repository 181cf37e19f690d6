//! URIs, which mean nothing here but themselves: a scheme, and behind its colon what has no blank, no control
//! character and no angle bracket.

/// Whether the text is an absolute URI, as far as it can be told without knowing the scheme.
pub(crate) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let in_scheme = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
    let forbidden = |character: char| {
        character.is_ascii_control() || character.is_whitespace() || "<>".contains(character)
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(in_scheme)
        && !rest.is_empty()
        && !rest.contains(forbidden)
}

/// Whether each character of an absolute URI is one that URIs are written with.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|octet| octet.is_ascii_graphic() && !b"\"\\^`{|}".contains(&octet))
}

/// Whether the text can name a namespace (RFC 3862 §3.4).
pub(crate) fn is_namespace(text: &str) -> bool {
    is_absolute(text) && is_plain(text) && !text.contains('#')
}
