//! The `type` selector: a media type with other rules for its parameters (RFC 5547 §6).

use msrp_multipart::{Deviation as MimeDeviation, MediaType, Profile};

use super::{FileSelectorError, pieces};
use crate::{Deviation, Deviations, chars, percent};

/// Reads what stands behind `type:`.
pub(super) fn parse(value: &[u8], deviations: &mut Deviations) -> Result<MediaType, FileSelectorError> {
    const BAD: FileSelectorError = FileSelectorError::BadType;
    let mut pieces = pieces::split(value, b';').ok_or(BAD)?.into_iter();
    // Translated to the form of a Content-Type, and read as one.
    let mut content_type = pieces.next().ok_or(BAD)?.to_vec();
    for piece in pieces {
        let (name, value) = pieces::split_once(piece, b'=').ok_or(BAD)?;
        let value = pieces::maybe_quoted(value, deviations).ok_or(BAD)?;
        let value = percent::decode(value).ok_or(FileSelectorError::BadPercent)?;
        if !chars::is_token(name.as_bytes()) || value.is_empty() {
            return Err(BAD);
        }
        content_type.push(b';');
        content_type.extend_from_slice(name.as_bytes());
        content_type.extend_from_slice(b"=\"");
        for octet in value {
            if matches!(octet, b'"' | b'\\') {
                content_type.push(b'\\');
            }
            content_type.push(octet);
        }
        content_type.push(b'"');
    }
    let (read, found) = MediaType::parse_with_deviations(&content_type, Profile::Msrp).map_err(|_| BAD)?;
    for deviation in found.iter() {
        deviations.insert(match deviation {
            MimeDeviation::NotUtf8 => Deviation::NotUtf8,
            MimeDeviation::RepeatedParameter => Deviation::Duplicate,
            _ => return Err(BAD),
        });
    }
    Ok(read)
}

/// What stands behind `type:`. `None` if a parameter has no value, or an empty one, which cannot be written.
pub(super) fn write(media_type: &MediaType) -> Option<String> {
    let mut written = media_type.essence().to_owned();
    for parameter in media_type.parameters() {
        let value = parameter.value().filter(|value| !value.is_empty())?;
        written.push(';');
        written.push_str(parameter.name());
        written.push_str("=\"");
        written.push_str(&percent::encode(value, |_| false));
        written.push('"');
    }
    Some(written)
}
