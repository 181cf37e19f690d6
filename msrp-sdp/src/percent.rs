//! Percent-encoding of quoted strings: `filename-string` (RFC 5547 §6), `quoted-string` (RFC 8864 §5.1.1).

/// Encodes what the grammar excludes, control characters, octets that are not UTF-8, and what `also` names.
pub(crate) fn encode(octets: &[u8], also: fn(char) -> bool) -> String {
    let mut encoded = String::with_capacity(octets.len());
    let escape = |encoded: &mut String, octet: u8| {
        encoded.push('%');
        encoded.push_str(&data_encoding::HEXUPPER.encode(&[octet]));
    };
    for chunk in octets.utf8_chunks() {
        for character in chunk.valid().chars() {
            if matches!(character, '"' | '%') || character.is_control() || also(character) {
                let mut utf8 = [0; 4];
                for octet in character.encode_utf8(&mut utf8).bytes() {
                    escape(&mut encoded, octet);
                }
            } else {
                encoded.push(character);
            }
        }
        for &octet in chunk.invalid() {
            escape(&mut encoded, octet);
        }
    }
    encoded
}

/// The octets that a text stands for; `None` if a `%` has no two hexadecimal digits behind it.
pub(crate) fn decode(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    loop {
        match text {
            [] => return Some(octets),
            [b'%', high, low, rest @ ..] => {
                let digit = |octet: u8| char::from(octet).to_digit(16);
                octets.push(u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?);
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
