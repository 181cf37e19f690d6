//! Percent-encoding (RFC 3986 §2.1).

use alloc::{format, string::String, vec::Vec};

/// Encodes all octets but those that may stand for themselves everywhere.
pub(crate) fn encode_but(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for octet in text.bytes() {
        if plain(octet) {
            encoded.push(char::from(octet));
        } else {
            encoded.push_str(&format!("%{octet:02X}"));
        }
    }
    encoded
}

/// As it stands in the path of a URL: unreserved characters, and `@`, for themselves.
pub(crate) fn encode(text: &str) -> String {
    encode_but(text, |octet| {
        octet.is_ascii_alphanumeric() || b"-._~@".contains(&octet)
    })
}

/// The octets that a text stands for; `None` if a `%` has no two hexadecimal digits behind it.
pub(crate) fn decode(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    loop {
        match text {
            [] => return Some(octets),
            [b'%', high, low, rest @ ..] => {
                octets.push(hex(*high)? << 4 | hex(*low)?);
                text = rest;
            }
            [b'%', ..] => return None,
            [octet, rest @ ..] => {
                octets.push(*octet);
                text = rest;
            }
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16)?.try_into().ok()
}
