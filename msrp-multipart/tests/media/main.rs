//! Media types, lists of them, dispositions and file names, through the public API.

mod builder;
mod disposition;
mod equality;
mod file_name;
mod hostile;
mod mime;
mod msrp;
mod properties;
mod ranges;
mod sdp;

use msrp_multipart::{Deviation, MediaType, MediaTypeError, Profile};

const PROFILES: [Profile; 3] = [Profile::Msrp, Profile::Mime, Profile::Sdp];

#[track_caller]
fn msrp(input: &[u8]) -> MediaType {
    MediaType::parse(input, Profile::Msrp).unwrap()
}

#[track_caller]
fn mime(input: &[u8]) -> MediaType {
    MediaType::parse(input, Profile::Mime).unwrap()
}

/// Asserts that the input is fine for the strict parser, and that the lenient one notes nothing.
#[track_caller]
fn assert_clean(input: &[u8], profile: Profile) {
    let (read, deviations) = MediaType::parse_with_deviations(input, profile).unwrap();
    assert!(deviations.is_empty(), "{deviations:?}");
    assert_eq!(MediaType::parse_strict(input, profile), Ok(read));
    assert_eq!(MediaType::check(input, profile), Ok(()));
}

/// Asserts that exactly these deviations are noted, and that the strict parser refuses with the first.
#[track_caller]
fn assert_deviates(input: &[u8], profile: Profile, expected: &[(Deviation, usize)]) -> MediaType {
    let (read, deviations) = MediaType::parse_with_deviations(input, profile).unwrap();
    let found: Vec<_> = deviations.iter().collect();
    assert_eq!(found.len(), expected.len(), "{deviations:?}");
    assert!(
        expected
            .iter()
            .all(|(deviation, _)| deviations.contains(*deviation)),
        "{deviations:?}"
    );
    let &(deviation, offset) = expected.iter().min_by_key(|(_, offset)| offset).unwrap();
    assert_eq!(
        MediaType::parse_strict(input, profile),
        Err(MediaTypeError::Deviation { deviation, offset })
    );
    read
}

/// Asserts that no parser takes the input, all for this reason.
#[track_caller]
fn assert_refused(input: &[u8], profile: Profile, error: MediaTypeError) {
    assert_eq!(MediaType::parse(input, profile), Err(error));
    assert_eq!(MediaType::check(input, profile), Err(error));
    assert!(MediaType::parse_strict(input, profile).is_err());
}
