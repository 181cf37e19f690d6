//! Values made of pieces: SP between them, and none that counts inside of quotes (RFC 5547 §6).

use crate::{Deviation, Deviations};

/// The pieces between `separator`s, which do not count inside of quotes; `None` if a quote is not closed.
pub(super) fn split(value: &[u8], separator: u8) -> Option<Vec<&[u8]>> {
    let mut quoted = false;
    let pieces = value
        .split(|&octet| {
            quoted ^= octet == b'"';
            octet == separator && !quoted
        })
        .collect();
    (!quoted).then_some(pieces)
}

/// The pieces between blanks: there should be one SP between two, and none at either end.
pub(super) fn words<'a>(value: &'a [u8], deviations: &mut Deviations) -> Option<Vec<&'a [u8]>> {
    if value.is_empty() {
        return Some(Vec::new());
    }
    let mut words = split(value, b' ')?;
    if words.iter().any(|word| word.is_empty()) {
        deviations.insert(Deviation::Blank);
        words.retain(|word| !word.is_empty());
    }
    Some(words)
}

/// What stands before the first `separator`, as text, and what stands behind it.
pub(super) fn split_once(piece: &[u8], separator: u8) -> Option<(&str, &[u8])> {
    let at = memchr::memchr(separator, piece)?;
    let (before, behind) = piece.split_at_checked(at)?;
    Some((std::str::from_utf8(before).ok()?, behind.split_first()?.1))
}

/// What stands between quotes; `None` if they are missing, or there are others inside.
pub(super) fn unquoted(piece: &[u8]) -> Option<&[u8]> {
    let inner = piece.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    (!inner.contains(&b'"')).then_some(inner)
}

/// What stands between quotes, or, if there is no other reading, without them.
pub(super) fn maybe_quoted<'a>(piece: &'a [u8], deviations: &mut Deviations) -> Option<&'a [u8]> {
    if let Some(inner) = unquoted(piece) {
        return Some(inner);
    }
    // Without quotes nobody knows whether a `%` is one.
    let plain = !piece.is_empty() && !piece.iter().any(|octet| b"\"%".contains(octet));
    deviations.insert(Deviation::Unquoted);
    plain.then_some(piece)
}
