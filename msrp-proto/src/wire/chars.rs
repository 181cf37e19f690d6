//! Character classes of the grammars (RFC 4975 §9, RFC 3986 §2), one table for all of them.
//!
//! A class is a bit of the entry of an octet, so asking costs one load and one test, and the tables of all
//! classes together fill eight cache lines.

/// A set of octets; `contains` is one look into [`CLASSES`].
#[derive(Clone, Copy)]
struct Class(u16);

const ALPHA: Class = Class(1);
const DIGIT: Class = Class(1 << 1);
const HEX: Class = Class(1 << 2);
const TOKEN: Class = Class(1 << 3);
const IDENT: Class = Class(1 << 4);
const UNRESERVED: Class = Class(1 << 5);
const SESSION_ID: Class = Class(1 << 6);
const USERINFO: Class = Class(1 << 7);
const REG_NAME: Class = Class(1 << 8);

/// `ALPHA / DIGIT`.
pub(crate) const fn is_alphanumeric(octet: u8) -> bool {
    ALPHA.union(DIGIT).contains(octet)
}

/// `DIGIT`.
pub(crate) const fn is_digit(octet: u8) -> bool {
    DIGIT.contains(octet)
}

/// `HEXDIG`, in either case.
pub(crate) const fn is_hex(octet: u8) -> bool {
    HEX.contains(octet)
}

/// An octet of `token` (RFC 4975 §9).
pub(crate) const fn is_token(octet: u8) -> bool {
    TOKEN.contains(octet)
}

/// `ident-char` of transaction and message identifiers (RFC 4975 §9).
pub(crate) const fn is_ident(octet: u8) -> bool {
    IDENT.contains(octet)
}

/// `unreserved` (RFC 3986 §2.3).
pub(crate) const fn is_unreserved(octet: u8) -> bool {
    UNRESERVED.contains(octet)
}

/// An octet of `session-id` (RFC 4975 §9).
pub(crate) const fn is_session_id(octet: u8) -> bool {
    SESSION_ID.contains(octet)
}

/// An octet that stands for itself in `userinfo` (RFC 3986 §3.2.1): all but percent-encoded ones.
pub(crate) const fn is_userinfo(octet: u8) -> bool {
    USERINFO.contains(octet)
}

/// An octet that stands for itself in the host name of an MSRP URI: those of `reg-name` (RFC 3986 §3.2.2)
/// without the semicolon, which in an MSRP URI begins the transport.
pub(crate) const fn is_reg_name(octet: u8) -> bool {
    REG_NAME.contains(octet)
}

/// Whether octets may stand in a header value or a comment: no control octet but HTAB. That they are
/// UTF-8, as `utf8text` of RFC 4975 §9 wants, is for the application to check (ruling R-17).
pub(crate) fn is_text(octets: &[u8]) -> bool {
    let is_control = |octet: u8| (octet < b' ' && octet != b'\t') || octet == 0x7f;
    // All are looked at, whatever is found: so the processor looks at many at a time.
    !octets
        .iter()
        .fold(false, |found, &octet| found | is_control(octet))
}

impl Class {
    const fn contains(self, octet: u8) -> bool {
        // Any octet is below the length of the table: no check is left in the machine code.
        CLASSES[octet as usize] & self.0 != 0
    }

    const fn union(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

const CLASSES: [u16; 256] = {
    let mut table = [0; 256];
    let mut octet = 0u8;
    while octet < 128 {
        table[octet as usize] = classes_of(octet);
        octet += 1;
    }
    table
};

const fn classes_of(octet: u8) -> u16 {
    let alphanumeric = octet.is_ascii_alphanumeric();
    let unreserved = alphanumeric || matches!(octet, b'-' | b'.' | b'_' | b'~');
    let sub_delim = matches!(octet, b'!' | b'$' | b'&'..=b',' | b';' | b'=');
    let token = alphanumeric
        || matches!(octet, 0x21 | 0x23..=0x27 | 0x2A..=0x2B | 0x2D..=0x2E)
        || matches!(octet, 0x5E..=0x7E);

    let mut classes = 0;
    classes |= member(ALPHA, octet.is_ascii_alphabetic());
    classes |= member(DIGIT, octet.is_ascii_digit());
    classes |= member(HEX, octet.is_ascii_hexdigit());
    classes |= member(TOKEN, token);
    classes |= member(
        IDENT,
        alphanumeric || matches!(octet, b'.' | b'-' | b'+' | b'%' | b'='),
    );
    classes |= member(UNRESERVED, unreserved);
    classes |= member(SESSION_ID, unreserved || matches!(octet, b'+' | b'=' | b'/'));
    classes |= member(USERINFO, unreserved || sub_delim || octet == b':');
    classes |= member(REG_NAME, unreserved || (sub_delim && octet != b';'));
    classes
}

const fn member(class: Class, is: bool) -> u16 {
    if is { class.0 } else { 0 }
}
