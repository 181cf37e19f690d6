//! With which hash function a certificate is signed (RFC 5280 §4.1.1.2).

use der::asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, TagNumber};
use thiserror::Error;

use super::HashFunction;

/// Why the fingerprints of a certificate cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// It is not a certificate of X.509 in DER, or something stands behind it.
    #[error("not a certificate in DER")]
    Malformed,
}

/// The hash function of the signature. `None` if no fingerprint may be made with it, or if the algorithm names none:
/// that of Ed25519 is no choice of the signer but a part of the algorithm.
pub(super) fn signature_hash(certificate: &[u8]) -> Result<Option<HashFunction>, CertificateError> {
    read(certificate).map_err(|_| CertificateError::Malformed)
}

fn read(certificate: &[u8]) -> der::Result<Option<HashFunction>> {
    let mut reader = SliceReader::new(certificate)?;
    let hash = reader.sequence(|fields| {
        // What is signed needs no look, as its copy of the algorithm says the same.
        AnyRef::decode(fields)?.sequence(skip_rest)?;
        let hash = AnyRef::decode(fields)?.sequence(hash_of_signature)?;
        BitStringRef::decode(fields)?;
        Ok::<_, der::Error>(hash)
    })?;
    reader.finish()?;
    Ok(hash)
}

fn hash_of_signature(algorithm: &mut SliceReader<'_>) -> der::Result<Option<HashFunction>> {
    let id = ObjectIdentifier::decode(algorithm)?;
    if id == RSASSA_PSS {
        return AnyRef::decode(algorithm)?.sequence(hash_of_pss);
    }
    skip_rest(algorithm)?;
    Ok(find(&SIGNATURES, id))
}

/// `RSASSA-PSS-params` (RFC 4055 §3.1).
fn hash_of_pss(parameters: &mut SliceReader<'_>) -> der::Result<Option<HashFunction>> {
    let hash = match ContextSpecific::<AnyRef<'_>>::decode_explicit(parameters, TagNumber(0))? {
        None => Some(HashFunction::Sha1),
        Some(algorithm) => algorithm.value.sequence(|algorithm| {
            let id = ObjectIdentifier::decode(algorithm)?;
            skip_rest(algorithm)?;
            Ok::<_, der::Error>(find(&HASHES, id))
        })?,
    };
    skip_rest(parameters)?;
    Ok(hash)
}

fn skip_rest(reader: &mut SliceReader<'_>) -> der::Result<()> {
    while !reader.is_finished() {
        AnyRef::decode(reader)?;
    }
    Ok(())
}

fn find(known: &[(ObjectIdentifier, HashFunction)], id: ObjectIdentifier) -> Option<HashFunction> {
    known
        .iter()
        .find_map(|&(known, hash)| (known == id).then_some(hash))
}

const fn oid(digits: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(digits)
}

const RSASSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");

/// RSA, DSA and ECDSA (RFC 3279 §2.2, RFC 4055 §5, RFC 5758 §3).
const SIGNATURES: [(ObjectIdentifier, HashFunction); 14] = [
    (oid("1.2.840.113549.1.1.5"), HashFunction::Sha1),
    (oid("1.2.840.113549.1.1.14"), HashFunction::Sha224),
    (oid("1.2.840.113549.1.1.11"), HashFunction::Sha256),
    (oid("1.2.840.113549.1.1.12"), HashFunction::Sha384),
    (oid("1.2.840.113549.1.1.13"), HashFunction::Sha512),
    (oid("1.3.14.3.2.29"), HashFunction::Sha1), // RSA, as the OIW named it before RFC 3279
    (oid("1.2.840.10040.4.3"), HashFunction::Sha1),
    (oid("2.16.840.1.101.3.4.3.1"), HashFunction::Sha224),
    (oid("2.16.840.1.101.3.4.3.2"), HashFunction::Sha256),
    (oid("1.2.840.10045.4.1"), HashFunction::Sha1),
    (oid("1.2.840.10045.4.3.1"), HashFunction::Sha224),
    (oid("1.2.840.10045.4.3.2"), HashFunction::Sha256),
    (oid("1.2.840.10045.4.3.3"), HashFunction::Sha384),
    (oid("1.2.840.10045.4.3.4"), HashFunction::Sha512),
];

/// RFC 4055 §2.1.
const HASHES: [(ObjectIdentifier, HashFunction); 5] = [
    (oid("1.3.14.3.2.26"), HashFunction::Sha1),
    (oid("2.16.840.1.101.3.4.2.4"), HashFunction::Sha224),
    (oid("2.16.840.1.101.3.4.2.1"), HashFunction::Sha256),
    (oid("2.16.840.1.101.3.4.2.2"), HashFunction::Sha384),
    (oid("2.16.840.1.101.3.4.2.3"), HashFunction::Sha512),
];
