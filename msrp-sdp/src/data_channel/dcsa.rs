//! `dcsa`: attributes of the protocol that is spoken on a data channel (RFC 8864 §5.2).

use super::stream_ids;
use crate::{Deviations, chars};

/// The attributes that have a meaning on an MSRP channel (RFC 8873 §9.3). Others are ignored (RFC 8864 §6.7).
const EMBEDDED: [&str; 16] = [
    "accept-types",
    "accept-wrapped-types",
    "file-date",
    "file-disposition",
    "file-icon",
    "file-range",
    "file-selector",
    "file-transfer-id",
    "inactive",
    "max-size",
    "msrp-cema",
    "path",
    "recvonly",
    "sendonly",
    "sendrecv",
    "setup",
];

/// What stands behind `a=dcsa:`.
pub(super) struct Dcsa<'a> {
    pub(super) stream: u16,
    /// `None` if it is none.
    pub(super) attribute: Option<Attribute<'a>>,
}

/// A name, and what stands behind the colon.
pub(super) type Attribute<'a> = (&'a str, Option<&'a [u8]>);

impl<'a> Dcsa<'a> {
    /// `None` without a stream id. SP around the attribute are noted.
    pub(super) fn parse(value: &'a [u8], deviations: &mut Deviations) -> Option<Self> {
        let (stream, attribute) = stream_ids::split(value)?;
        let attribute = deviations.trim(attribute.unwrap_or_default());
        Some(Self {
            stream,
            attribute: split(attribute),
        })
    }
}

/// Whether the attribute has a meaning on an MSRP channel.
pub(super) fn is_embedded((name, _): &Attribute<'_>) -> bool {
    EMBEDDED.contains(name)
}

fn split(attribute: &[u8]) -> Option<Attribute<'_>> {
    let mut parts = attribute.splitn(2, |octet| *octet == b':');
    let name = chars::token(parts.next()?)?;
    Some((name, parts.next()))
}
