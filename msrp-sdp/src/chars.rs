//! Classes of octets (RFC 8866 §9).

/// `token`.
pub(crate) fn is_token(octets: &[u8]) -> bool {
    token(octets).is_some()
}

/// The octets as text, if they are a `token`.
pub(crate) fn token(octets: &[u8]) -> Option<&str> {
    text_of(octets, |octet| {
        octet.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]".contains(&octet)
    })
}

/// The octets as text, if they are a `token` of SIP (RFC 3261 §25.1).
pub(crate) fn sip_token(octets: &[u8]) -> Option<&str> {
    text_of(octets, |octet| {
        octet.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&octet)
    })
}

/// `non-ws-string`.
pub(crate) fn is_visible(octets: &[u8]) -> bool {
    !octets.is_empty()
        && octets
            .iter()
            .all(|octet| octet.is_ascii_graphic() || *octet >= 0x80)
}

/// `1*DIGIT`.
pub(crate) fn is_digits(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(u8::is_ascii_digit)
}

/// What `byte-string` leaves out.
pub(crate) fn ends_line(octet: u8) -> bool {
    matches!(octet, b'\0' | b'\r' | b'\n')
}

fn text_of(octets: &[u8], allowed: impl Fn(u8) -> bool) -> Option<&str> {
    let legal = !octets.is_empty() && octets.iter().all(|&octet| allowed(octet));
    legal.then(|| str::from_utf8(octets).ok()).flatten()
}
