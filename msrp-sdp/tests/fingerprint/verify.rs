//! Whether a certificate is the one announced.

use msrp_sdp::{Fingerprint, Fingerprints, HashFunction, HashPreference, VerifyError};

use crate::certificate::{RSA_SHA1, RSA_SHA256};
use crate::printed::{
    RSA_SHA1_BY_SHA1, RSA_SHA1_BY_SHA256, RSA_SHA256_BY_MD5, RSA_SHA256_BY_SHA1, RSA_SHA256_BY_SHA256,
    RSA_SHA256_BY_SHA384, RSA_SHA256_BY_SHA512,
};

/// A function that nobody knows, with the SHA-256 of the certificate behind it.
const UNKNOWN: &str = "sha3-256 AF:A9:F3:33:1E:F0:E2:0F:8A:5A:A3:C6:0F:6A:E9:4E:\
                       D7:21:4E:80:DE:57:F6:C1:62:52:A1:1F:CE:1C:6A:0C";

fn offered(values: &[&str]) -> Fingerprints {
    values
        .iter()
        .map(|value| Fingerprint::parse_strict(value.as_bytes()).unwrap())
        .collect()
}

fn verify(values: &[&str]) -> Result<(), VerifyError> {
    offered(values).verify(RSA_SHA256, &HashPreference::default())
}

/// Shows: FP-5.1-01.
#[test]
fn only_the_most_preferred_hash_function_counts() {
    // The right one of another function does not help, wherever it stands.
    for values in [
        [RSA_SHA1_BY_SHA256, RSA_SHA256_BY_SHA1],
        [RSA_SHA256_BY_SHA1, RSA_SHA1_BY_SHA256],
    ] {
        assert_eq!(verify(&values), Err(VerifyError::Mismatch));
    }
    // Nor does the wrong one harm.
    assert_eq!(verify(&[RSA_SHA1_BY_SHA1, RSA_SHA256_BY_SHA256]), Ok(()));

    assert_eq!(verify(&[RSA_SHA1_BY_SHA256, RSA_SHA256_BY_SHA256]), Ok(()));
    assert_eq!(verify(&[RSA_SHA256_BY_SHA256, RSA_SHA1_BY_SHA256]), Ok(()));
    assert_eq!(
        verify(&[RSA_SHA1_BY_SHA256, RSA_SHA1_BY_SHA256]),
        Err(VerifyError::Mismatch)
    );
    assert_eq!(verify(&[RSA_SHA256_BY_SHA1]), Ok(()));
    assert_eq!(verify(&[RSA_SHA1_BY_SHA1]), Err(VerifyError::Mismatch));

    let sha1_first = HashPreference::new([HashFunction::Sha1, HashFunction::Sha256]);
    let both = offered(&[RSA_SHA1_BY_SHA256, RSA_SHA256_BY_SHA1]);
    assert_eq!(both.preferred(&sha1_first), Some(HashFunction::Sha1));
    assert_eq!(both.verify(RSA_SHA256, &sha1_first), Ok(()));
    assert_eq!(
        both.preferred(&HashPreference::default()),
        Some(HashFunction::Sha256)
    );
}

#[test]
fn by_default_the_strongest_is_preferred() {
    let mut values = vec![
        RSA_SHA256_BY_SHA1,
        RSA_SHA256_BY_SHA256,
        RSA_SHA256_BY_SHA384,
        RSA_SHA256_BY_SHA512,
    ];
    for strongest in [
        HashFunction::Sha512,
        HashFunction::Sha384,
        HashFunction::Sha256,
        HashFunction::Sha1,
    ] {
        let preferred = offered(&values).preferred(&HashPreference::default());
        assert_eq!(preferred, Some(strongest));
        values.pop();
    }
}

/// Shows: FP-5.1-02 (the check of a certificate).
#[test]
fn unknown_hash_functions_are_skipped() {
    assert_eq!(verify(&[UNKNOWN, RSA_SHA256_BY_SHA1]), Ok(()));
    assert_eq!(verify(&[UNKNOWN, RSA_SHA1_BY_SHA1]), Err(VerifyError::Mismatch));
    assert_eq!(verify(&[UNKNOWN]), Err(VerifyError::NoUsableFingerprint));
    assert_eq!(offered(&[UNKNOWN]).preferred(&HashPreference::default()), None);
}

/// Shows: FP-5-03 (the check of a certificate; that nothing computes MD5 is shown where `HashFunction` stands).
#[test]
fn md5_is_recognised_and_never_trusted() {
    let md5 = offered(&[RSA_SHA256_BY_MD5]);
    assert_eq!(
        md5.iter().map(Fingerprint::hash_name).collect::<Vec<_>>(),
        ["md5"]
    );
    assert_eq!(md5.preferred(&HashPreference::default()), None);
    assert_eq!(
        md5.verify(RSA_SHA256, &HashPreference::default()),
        Err(VerifyError::NoUsableFingerprint)
    );
    for name in ["md2", "MD2", "md5", "MD5"] {
        assert_eq!(HashFunction::from_name(name), None);
    }
    let md2 = RSA_SHA256_BY_MD5.replace("md5", "MD2");
    assert_eq!(verify(&[&md2]), Err(VerifyError::NoUsableFingerprint));
    assert_eq!(verify(&[RSA_SHA256_BY_MD5, RSA_SHA256_BY_SHA256]), Ok(()));
    assert_eq!(
        verify(&[RSA_SHA256_BY_MD5, RSA_SHA1_BY_SHA256]),
        Err(VerifyError::Mismatch)
    );
}

#[test]
fn what_is_not_in_the_preference_is_not_trusted() {
    let no_sha1 = HashPreference::new([HashFunction::Sha256]);
    assert_eq!(
        offered(&[RSA_SHA256_BY_SHA1]).verify(RSA_SHA256, &no_sha1),
        Err(VerifyError::NoUsableFingerprint)
    );
    assert_eq!(
        offered(&[RSA_SHA256_BY_SHA256]).verify(RSA_SHA256, &HashPreference::new([])),
        Err(VerifyError::NoUsableFingerprint)
    );
    assert_eq!(verify(&[]), Err(VerifyError::NoUsableFingerprint));
    assert!(offered(&[]).is_empty());
}

#[test]
fn the_whole_certificate_counts() {
    let own = Fingerprints::from(Fingerprint::of(RSA_SHA1, HashFunction::Sha256));
    assert_eq!(own.verify(RSA_SHA1, &HashPreference::default()), Ok(()));
    let (_, shorter) = RSA_SHA1.split_last().unwrap();
    assert_eq!(
        own.verify(shorter, &HashPreference::default()),
        Err(VerifyError::Mismatch)
    );
}
