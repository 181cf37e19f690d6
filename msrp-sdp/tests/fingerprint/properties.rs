//! What holds for all input.

use msrp_sdp::{Fingerprint, Fingerprints};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::certificate::{ECDSA_SHA256, RSA_PSS_SHA384, RSA_SHA1};

proptest! {
    #[test]
    fn what_is_read_is_written_and_read_again(
        pieces in vec(select(vec!["x", "sha-1", "MD5", " ", ":", "AB", "0f", "9", "\t", "\0", "é"]), 0..12)
    ) {
        let value = pieces.concat();
        if let Ok((read, deviations)) = Fingerprint::parse_with_deviations(value.as_bytes()) {
            let written = read.to_string();
            prop_assert_eq!(Fingerprint::parse_strict(written.as_bytes()), Ok(read));
            prop_assert_eq!(Fingerprint::parse_strict(value.as_bytes()).is_ok(), deviations.is_empty());
            prop_assert_eq!(
                value.bytes().filter(u8::is_ascii_hexdigit).count(),
                written.bytes().filter(u8::is_ascii_hexdigit).count()
            );
        } else {
            prop_assert!(Fingerprint::parse_strict(value.as_bytes()).is_err());
        }
    }

    #[test]
    fn no_certificate_is_too_broken(
        original in select(vec![ECDSA_SHA256, RSA_PSS_SHA384, RSA_SHA1]),
        changes in vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut certificate = original.to_vec();
        for (index, octet) in changes {
            *index.get_mut(&mut certificate) = octet;
        }
        // Whatever was read is at least SHA-256 and at most one function more.
        if let Ok(fingerprints) = Fingerprints::of([&certificate]) {
            prop_assert_eq!(fingerprints.iter().next().map(Fingerprint::hash_name), Some("sha-256"));
            prop_assert!(fingerprints.iter().count() <= 2);
        }
    }
}
