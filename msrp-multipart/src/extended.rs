//! The extended form of parameters, `name*=charset'language'octets` (RFC 2231 §4, RFC 5987 §3.2).

use alloc::{format, string::String};

use crate::{Parameter, percent};

/// Values longer than this are written in the extended form (RFC 2183 §2).
const SHORT: usize = 78;

/// The parameter in the form that its value needs. `name` is a token.
pub(crate) fn parameter(name: &str, value: &str) -> Parameter {
    let plain = value.len() <= SHORT && value.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    if plain {
        Parameter::unchecked(name, value)
    } else {
        Parameter::unchecked(&format!("{name}*"), &encode(value))
    }
}

/// The text of an extended value; `None` if it is none, or in a charset other than the three that senders may
/// use (RFC 5987 §3.2.1).
pub(crate) fn decode(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |&octet| octet == b'\'');
    let (charset, _language, text) = (parts.next()?, parts.next()?, parts.next()?);
    let octets = percent::decode(text)?;
    if charset.eq_ignore_ascii_case(b"UTF-8") {
        String::from_utf8(octets).ok()
    } else if charset.eq_ignore_ascii_case(b"ISO-8859-1") {
        Some(octets.into_iter().map(char::from).collect())
    } else if charset.eq_ignore_ascii_case(b"US-ASCII") {
        String::from_utf8(octets).ok().filter(|text| text.is_ascii())
    } else {
        None
    }
}

fn encode(text: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&octet);
    format!("UTF-8''{}", percent::encode_but(text, plain))
}
