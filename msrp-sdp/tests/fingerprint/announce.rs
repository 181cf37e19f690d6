//! What is announced for certificates of one's own.

use msrp_sdp::{CertificateError, Fingerprints};

use crate::certificate::{
    ECDSA_SHA256, ECDSA_SHA384, ED25519, RSA_MD5, RSA_PSS_SHA1, RSA_PSS_SHA384, RSA_SHA1, RSA_SHA224,
    RSA_SHA256, RSA_SHA512,
};
use crate::printed::{RSA_SHA1_BY_SHA1, RSA_SHA1_BY_SHA256, RSA_SHA256_BY_SHA1, RSA_SHA256_BY_SHA256};

fn written(certificates: &[&[u8]]) -> Vec<String> {
    let fingerprints = Fingerprints::of(certificates).unwrap();
    fingerprints.iter().map(ToString::to_string).collect()
}

fn functions(certificate: &[u8]) -> Vec<String> {
    let fingerprints = Fingerprints::of([certificate]).unwrap();
    fingerprints
        .into_iter()
        .map(|fingerprint| fingerprint.hash_name().to_owned())
        .collect()
}

/// Shows: FP-5.1-03.
#[test]
fn sha256_and_the_hash_of_the_signature() {
    assert_eq!(written(&[RSA_SHA1]), [RSA_SHA1_BY_SHA256, RSA_SHA1_BY_SHA1]);
    assert_eq!(written(&[RSA_SHA256]), [RSA_SHA256_BY_SHA256]);
    // Each with the functions of all, whichever comes first.
    let (first, second) = (
        [RSA_SHA1_BY_SHA256, RSA_SHA1_BY_SHA1],
        [RSA_SHA256_BY_SHA256, RSA_SHA256_BY_SHA1],
    );
    assert_eq!(written(&[RSA_SHA1, RSA_SHA256]), [first, second].concat());
    assert_eq!(written(&[RSA_SHA256, RSA_SHA1]), [second, first].concat());

    for (certificate, more) in [
        (RSA_SHA224, Some("sha-224")),
        (RSA_SHA512, Some("sha-512")),
        (ECDSA_SHA256, None),
        (ECDSA_SHA384, Some("sha-384")),
        (RSA_PSS_SHA1, Some("sha-1")),
        (RSA_PSS_SHA384, Some("sha-384")),
    ] {
        let expected: Vec<_> = ["sha-256"].into_iter().chain(more).collect();
        assert_eq!(functions(certificate), expected);
    }
}

#[test]
fn algorithms_without_a_usable_hash_function_add_none() {
    assert_eq!(functions(ED25519), ["sha-256"]);
    assert_eq!(functions(RSA_MD5), ["sha-256"]);
}

/// No attribute stands twice (ruling S2).
#[test]
fn the_same_certificate_twice_is_announced_once() {
    assert_eq!(written(&[RSA_SHA256, RSA_SHA256]), [RSA_SHA256_BY_SHA256]);
    assert_eq!(written(&[]), [""; 0]);
}

#[test]
fn what_is_no_certificate_is_refused() {
    let refused = |octets: &[u8]| Fingerprints::of([octets]) == Err(CertificateError::Malformed);
    for certificate in [RSA_SHA256, RSA_PSS_SHA1, RSA_PSS_SHA384, ED25519] {
        for end in 0..certificate.len() {
            assert!(refused(&certificate[..end]), "{end}");
        }
        assert!(refused(&[certificate, b"\0"].concat()));
        let mut set = certificate.to_vec();
        set[0] = 0x31;
        assert!(refused(&set));
    }
    assert!(refused(b"-----BEGIN CERTIFICATE-----\n"));
    assert!(refused(b"\x30\x00"));
    // A sequence, an algorithm, and no signature.
    assert!(refused(b"\x30\x09\x30\x00\x30\x05\x06\x03\x2B\x65\x70"));
    // Lengths beyond the end, and such as no memory has.
    assert!(refused(b"\x30\x84\xFF\xFF\xFF\xFF"));
    assert!(refused(b"\x30\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
    // One bad among good ones.
    assert_eq!(
        Fingerprints::of([RSA_SHA256, b"", RSA_SHA1]),
        Err(CertificateError::Malformed)
    );
}

/// RSASSA-PSS without the parameters that tell its hash function (RFC 4055 §3.1).
#[test]
fn pss_needs_its_parameters() {
    let algorithm = |inside: &[u8]| {
        let oid = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A";
        let algorithm = sequence(&[&oid[..], inside].concat());
        sequence(&[&b"\x30\x00"[..], &algorithm, b"\x03\x02\x00\x00"].concat())
    };
    assert_eq!(functions(&algorithm(b"\x30\x00")), ["sha-256", "sha-1"]);
    let unknown = b"\x30\x09\xA0\x07\x30\x05\x06\x03\x2B\x65\x70";
    assert_eq!(functions(&algorithm(unknown)), ["sha-256"]);
    for broken in [
        &b""[..],
        b"\x05\x00",
        b"\x30\x04\xA0\x02\x05\x00",
        b"\x30\x02\xA0\x00",
    ] {
        assert_eq!(
            Fingerprints::of([algorithm(broken)]),
            Err(CertificateError::Malformed),
            "{broken:?}"
        );
    }
}

fn sequence(inside: &[u8]) -> Vec<u8> {
    let len = u8::try_from(inside.len()).unwrap();
    [&[0x30, len][..], inside].concat()
}
