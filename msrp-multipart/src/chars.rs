//! Classes of octets.
//!
//! RFC 4975 §9 lists the characters of a token one by one, RFC 2045 §5.1 lists those that are none: the two
//! sets are the same, so one table serves all profiles.

const TOKEN: u8 = 1;
const BARE: u8 = 1 << 1;
const QUOTABLE: u8 = 1 << 2;
const TEXT: u8 = 1 << 3;

static CLASSES: [u8; 256] = classes();

/// A character of `token`: RFC 4975 §9, RFC 2045 §5.1.
pub(crate) fn is_token(octet: u8) -> bool {
    has(octet, TOKEN)
}

/// What is read as part of a value without quotes. Left out, besides blanks and controls, is what would
/// give the value a second reading: `;` and `,` end things, `"`, `\`, `(` and `)` have a meaning of their own.
pub(crate) fn is_bare(octet: u8) -> bool {
    has(octet, BARE)
}

/// What stands for itself in a quoted string (`qdtext`, RFC 4975 §9); above 127 any octet.
pub(crate) fn is_quotable(octet: u8) -> bool {
    has(octet, QUOTABLE)
}

/// Everything but control characters; HTAB is none of them here.
pub(crate) fn is_text(octet: u8) -> bool {
    has(octet, TEXT)
}

/// What stands for itself in a comment (`ctext`, RFC 822 §3.3).
pub(crate) fn is_comment_text(octet: u8) -> bool {
    is_text(octet) && !matches!(octet, b'(' | b')' | b'\\')
}

pub(crate) fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// Checks a whole token; the error is the offset of the first octet at fault.
pub(crate) fn check_token(token: &str) -> Result<(), usize> {
    match token.bytes().position(|octet| !is_token(octet)) {
        Some(offset) => Err(offset),
        None if token.is_empty() => Err(0),
        None => Ok(()),
    }
}

/// The text of a token, which has been matched and is therefore US-ASCII.
pub(crate) fn ascii_str(token: &[u8]) -> &str {
    core::str::from_utf8(token).unwrap_or_default()
}

fn has(octet: u8, class: u8) -> bool {
    // The index is always in range, and the compiler knows.
    CLASSES
        .get(usize::from(octet))
        .is_some_and(|classes| classes & class != 0)
}

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < table.len() {
        table[octet] = classes_of(octet as u8);
        octet += 1;
    }
    table
}

const fn classes_of(octet: u8) -> u8 {
    match octet {
        0x21 | 0x23..=0x27 | 0x2A..=0x2B | 0x2D..=0x2E | 0x30..=0x39 | 0x41..=0x5A | 0x5E..=0x7E => {
            TOKEN | BARE | QUOTABLE | TEXT
        }
        b'/' | b':' | b'<' | b'=' | b'>' | b'?' | b'@' | b'[' | b']' | 0x80..=0xFF => BARE | QUOTABLE | TEXT,
        b'\t' | b' ' | b'(' | b')' | b',' | b';' => QUOTABLE | TEXT,
        b'"' | b'\\' => TEXT,
        0x00..=0x08 | 0x0A..=0x1F | 0x7F => 0,
    }
}
