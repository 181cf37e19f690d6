//! What follows from lists of accepted types (RFC 4975 §8.6, §13): `a=accept-types` and `a=accept-wrapped-types`.

use std::collections::BTreeSet;

use msrp_multipart::{MediaRange, MediaRanges, MediaRangesError, MediaType};
use thiserror::Error;

/// Wrapped types are offered, but no type that could wrap them (RFC 4975 §8.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("wrapped types without a container type")]
pub struct NoContainer;

/// What is accepted if nothing else is said: text first, then the formats that every endpoint has to support (RFC 4975
/// §13, §14.3), then anything.
pub fn default() -> MediaRanges {
    MediaRanges::parse_strict(
        b"text/plain message/cpim multipart/mixed multipart/alternative multipart/signed *",
    )
    .expect("a literal list")
}

/// The list of a gateway to other systems of instant messaging: the same with `message/cpim` first (RFC 4975 §13).
///
/// # Errors
///
/// [`MediaRangesError::TooManyEntries`] if there is no room for an entry more.
pub fn of_gateway(accepted: &MediaRanges) -> Result<MediaRanges, MediaRangesError> {
    let cpim = MediaType::new("message", "cpim").expect("two tokens");
    accepted
        .iter()
        .filter(|entry| !is_cpim(entry))
        .try_fold(MediaRanges::new().with(cpim)?, |list, entry| {
            list.with(entry.clone())
        })
}

/// The list of a member of a chat room: the same with `message/cpim` at its end, if it is not listed by name (RFC 7701
/// §5.2).
///
/// # Errors
///
/// [`MediaRangesError::TooManyEntries`] if there is no room for an entry more.
pub fn of_room_member(accepted: &MediaRanges) -> Result<MediaRanges, MediaRangesError> {
    if accepted.iter().any(is_cpim) {
        return Ok(accepted.clone());
    }
    accepted
        .clone()
        .with(MediaType::new("message", "cpim").expect("two tokens"))
}

/// The list of a chat room: nothing but `message/cpim` (RFC 7701 §5.2).
pub fn of_room() -> MediaRanges {
    MediaRanges::parse_strict(b"message/cpim").expect("a literal list")
}

/// Whether instant messages to a peer should all be wrapped in `message/cpim`: it is the first type that the peer
/// accepts, as gateways say (RFC 4975 §13).
pub fn must_wrap(peer: &MediaRanges) -> bool {
    peer.iter().next().is_some_and(is_cpim)
}

/// Which of several types to send, given in one's own order of preference. What the peer lists is preferred over what
/// it only covers by a wildcard, and then what it lists or covers earlier. `None` if it accepts none of them.
pub fn choose<'a>(own: &'a [MediaType], peer: &MediaRanges) -> Option<&'a MediaType> {
    let (wildcards, listed): (Vec<_>, Vec<_>) = peer.iter().partition(|entry| entry.is_wildcard());
    listed
        .into_iter()
        .chain(wildcards)
        .find_map(|entry| own.iter().find(|media_type| entry.accepts(media_type)))
}

/// Whether there can be a type that both lists accept.
pub fn have_common(one: &MediaRanges, other: &MediaRanges) -> bool {
    let all: BTreeSet<_> = one.iter().map(halves).collect();
    let types: BTreeSet<_> = all.iter().map(|(type_, _)| type_).collect();
    // Looked up and not compared one by one: names can be long.
    other
        .iter()
        .map(halves)
        .any(|(type_, subtype)| match (&type_, &subtype) {
            (None, _) => !all.is_empty(),
            _ if types.contains(&None) => true,
            (_, None) => types.contains(&type_),
            (_, Some(_)) => all.contains(&(type_.clone(), None)) || all.contains(&(type_, subtype)),
        })
}

/// The list to write as `accept-wrapped-types` beside these accepted types: without entries that repeat one there, or
/// each other. Parameters do not count (RFC 4975 §8.6). If it has become empty, the attribute is not to be written.
///
/// # Errors
///
/// [`NoContainer`] if `wrapped` has entries and `accepted` covers no type that could contain others.
pub fn wrapped_beside(accepted: &MediaRanges, wrapped: &MediaRanges) -> Result<MediaRanges, NoContainer> {
    if wrapped.is_empty() {
        return Ok(MediaRanges::new());
    }
    if !accepted.iter().any(is_container) {
        return Err(NoContainer);
    }
    let mut seen: BTreeSet<String> = accepted.iter().map(essence).collect();
    let entries = wrapped.iter().filter(|entry| seen.insert(essence(entry)));
    Ok(entries.fold(MediaRanges::new(), |list, entry| {
        list.with(entry.clone()).expect("not more than there were")
    }))
}

fn is_cpim(entry: &MediaRange) -> bool {
    entry.media_type().is_some_and(|listed| listed.is("message/cpim"))
}

fn is_container(entry: &MediaRange) -> bool {
    const OTHERS: [(&str, &str); 4] = [
        ("message", "cpim"),
        ("message", "rfc822"),
        ("message", "global"),
        ("application", "pkcs7-mime"),
    ];
    entry
        .type_()
        .is_none_or(|type_| type_.eq_ignore_ascii_case("multipart"))
        || OTHERS
            .into_iter()
            .any(|(type_, subtype)| entry.accepts_essence(type_, subtype))
}

/// Type and subtype in lower case; `None` is a wildcard.
fn halves(entry: &MediaRange) -> (Option<String>, Option<String>) {
    (
        entry.type_().map(str::to_ascii_lowercase),
        entry.subtype().map(str::to_ascii_lowercase),
    )
}

/// What two entries have in common that mean the same.
fn essence(entry: &MediaRange) -> String {
    let type_ = entry.type_().unwrap_or("*");
    let subtype = entry.subtype().unwrap_or("*");
    format!("{type_}/{subtype}").to_ascii_lowercase()
}
